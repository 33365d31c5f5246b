//! Enters: what would be made of a case file. Leaves: it in words, for a terminal and for a page.
//! Never: decides anything.

use super::foresight::{Foreseeable, Made};
use despatch_core::words::weekday_words;
use despatch_ledger::State;
use despatch_process::packs::pack::IMPLIED;
use despatch_process::{Planned, To};

/// A fact with its label.
pub type Said = (&'static str, String);

/// What is foreseen of a case file, in words.
#[derive(Debug, Clone)]
pub struct ForeseenWords {
    /// About the file.
    pub file: Vec<Said>,
    /// Each message that would be made: its title and what is known of it.
    pub messages: Vec<(String, Vec<Said>)>,
    /// About everything else.
    pub rest: Vec<Said>,
}

impl ForeseenWords {
    /// Puts what is foreseen into words.
    pub fn of(foreseen: &Foreseeable) -> Self {
        let Foreseeable { plan, made, week, .. } = foreseen;
        let mut file =
            vec![("dated", weekday_words(plan.issued_on)), ("pack", plan.pack.as_str().to_owned())];
        let corrects = |on| ("corrects", format!("the letters of {}", weekday_words(on)));
        file.extend(plan.corrects.map(corrects));
        let messages = made.iter().zip(&plan.despatches);
        let messages = messages.map(|(made, planned)| (title(made, planned), message(made, planned)));
        let mut rest: Vec<Said> = Vec::new();
        let not_made = plan.not_made.iter();
        rest.extend(not_made.map(|one| ("not made", format!("row {}: {}", one.row, one.reason))));
        rest.extend(plan.warnings.iter().map(|warning| ("warning", warning.clone())));
        rest.extend(plan.notes.iter().map(|note| ("note", note.clone())));
        rest.extend(week.iter().map(|week| ("week's places", week.words())));
        rest.push(("unsent", unsent(foreseen)));
        Self { file, messages: messages.collect(), rest }
    }
}

fn title(made: &Made, planned: &Planned) -> String {
    let copy = if planned.copy { " (copy)" } else { "" };
    format!("row {}: {}{copy}", planned.row, made.title)
}

fn message(made: &Made, planned: &Planned) -> Vec<Said> {
    let role = planned.role.label();
    let to = match &made.to {
        Some(to) => format!("{}, {} ({role})", to.name, to.organisation),
        None => format!("nobody answers: {} ({role})", meant(&planned.to)),
    };
    let mut said = vec![("to", to)];
    if !made.encloses.is_empty() {
        said.push(("with", made.encloses.join("; ")));
    }
    if let Some(due) = &planned.deadline {
        said.push(("due", format!("{}: {}", weekday_words(due.due), due.what)));
        said.push(("counted", due.arithmetic.clone()));
    }
    if let Some(window) = &planned.window {
        let served = weekday_words(window.latest_service);
        let answered = weekday_words(window.respond_by);
        said.push(("window", format!("served by {served} at the latest, answered by {answered}")));
    }
    said.extend(planned.not_after.map(|last| ("not after", weekday_words(last))));
    said.extend(made.holds.iter().map(|hold| ("would be held", hold.words.clone())));
    let implied = planned.source == IMPLIED;
    let source = if implied { "implied by the guidance, not written in it" } else { &planned.source };
    said.push(("because", source.to_owned()));
    said
}

/// Names the entry or the body that a despatch is meant for.
fn meant(to: &To) -> String {
    match to {
        To::Entry(entry) => entry.to_string(),
        To::Body(Some(place)) => format!("for {place}"),
        To::Body(None) => "no entry".to_owned(),
    }
}

/// Says what would happen to the unsent despatches of the case.
fn unsent(foreseen: &Foreseeable) -> String {
    let becomes = |state: State, what: &str| {
        let ids = foreseen.unsent.iter().filter(|one| one.becomes == state);
        let ids: Vec<String> = ids.map(|one| one.id.to_string()).collect();
        (!ids.is_empty()).then(|| format!("{} {what}", ids.join(", ")))
    };
    let gone = becomes(State::Superseded, "would be superseded by this");
    let held = becomes(State::Held, "would be held for a person to decide");
    let let_go = becomes(State::AwaitingReview, "would be held no longer, and reviewed again");
    let words: Vec<String> = gone.into_iter().chain(held).chain(let_go).collect();
    match words.is_empty() {
        true => "no waiting despatch of the case would change".to_owned(),
        false => words.join("; "),
    }
}
