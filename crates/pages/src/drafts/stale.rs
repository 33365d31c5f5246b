//! Enters: what a page sent of a draft, and the draft as it is now. Leaves: what another window has changed since that page
//! was opened. Never: lets the later of two windows win unseen.

use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::drafts::{Background, Draft};
use despatch_app::operations::new_case::form::{ATTACHMENTS, Form};
use despatch_app::operations::new_case::inputs::{Input, Kind, date_parts, moment_parts};
use despatch_core::fault::Fault;

/// The name under which a form sends the version that it shows.
pub(super) const VERSION: &str = "draft_version";
/// The longest answer that is quoted.
const QUOTED_MAX: usize = 200;

/// Whether a page shows the draft as it is now.
pub(super) fn is_current(visit: &Visit<'_>, draft: &Draft) -> bool {
    visit.request.field(VERSION).parse() == Ok(draft.kept.version)
}

/// Where a page that is out of date would change an answer that is kept: a fault for each, with that answer. Those below a
/// pointer alone count, or all of them if it is empty. Nothing is kept meanwhile.
pub(super) fn answers(
    visit: &mut Visit<'_>,
    draft: &Draft,
    (kept, background): (&Form, &Background),
    below: &str,
) -> Result<Vec<Fault>, Failure> {
    if is_current(visit, draft) {
        return Ok(Vec::new());
    }
    let actor = visit.actor()?;
    let before = kept.inputs(background.known());
    let now = Background::of_form(visit.open, &actor, &draft.kept.form)?;
    let after = draft.kept.form.inputs(now.known());
    let is_meant =
        |input: &&Input| below.is_empty() || input.at == below || input.at.starts_with(&format!("{below}/"));
    let differs = |input: &&Input, others: &[Input]| {
        others.iter().find(|other| other.at == input.at).is_none_or(|other| answer(other) != answer(input))
    };
    let mut faults: Vec<Fault> = Vec::new();
    for input in after.iter().filter(is_meant).filter(|input| differs(input, &before)) {
        let was = before.iter().find(|other| other.at == input.at).map(answer).unwrap_or_default();
        faults.push(changed(&input.at, &was));
    }
    let gone = before.iter().filter(is_meant).filter(|input| after.iter().all(|other| other.at != input.at));
    faults.extend(gone.filter(|input| !answer(input).is_empty()).map(|input| {
        let cause = format!("another window answered “{}” with “{}”", input.label, answer(input));
        Fault::new("", "drafts.changed", cause, CURE)
    }));
    if !visit.request.uploads.is_empty() && !faults.is_empty() {
        let cause = "the files that you chose were not added";
        faults.push(Fault::new(ATTACHMENTS, "drafts.changed", cause, "choose them again"));
    }
    Ok(faults)
}

/// What to do about an answer that another window changed.
const CURE: &str = "go on to keep what this page says, or open your drafts again to leave it as it is kept";

fn changed(at: &str, was: &str) -> Fault {
    let cause = match was {
        "" => "another window left this without an answer since you opened this page".to_owned(),
        was => format!("another window has kept “{was}” since you opened this page"),
    };
    Fault::new(at, "drafts.changed", cause, CURE)
}

/// An answer as people read it.
fn answer(input: &Input) -> String {
    let text = match &input.kind {
        Kind::List(count, _) => count.to_string(),
        Kind::Date(_) if !input.typed.is_empty() => date_parts(&input.typed).join(" "),
        Kind::Moment if !input.typed.is_empty() => moment_parts(&input.typed).join(" "),
        Kind::Choice(options) | Kind::Known(options) => {
            let chosen = options.iter().find(|(word, _)| *word == input.typed);
            chosen.map_or_else(|| input.typed.clone(), |(_, words)| words.clone())
        }
        _ => input.typed.clone(),
    };
    let mut short: String = text.chars().take(QUOTED_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
