//! Enters: a case file whose step needs somebody's authority, or a message that waits for one. Leaves: who may give it, by
//! when, and the authority of whoever does. Never: approves a message, or offers the button to somebody who may not sign.

use crate::blocks::{Block, Form};
use crate::components::{Button, Field, Part, SummaryList, Text, fact};
use crate::forms::case_path;
use crate::frame::Banner;
use crate::passphrase::due;
use crate::runs::of_clock;
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::authorise::{StepAuthorised, authorise};
use despatch_app::operations::authority_standing::{Awaited, Standing, standing};
use despatch_core::words::{CaseId, StaffId, capital, weekday_words};
use despatch_ledger::{Despatch, Hold, State};
use despatch_web::Response;

/// Whether a message is held because nobody had authorised what it tells.
pub(crate) fn is_held_for_it(despatch: &Despatch) -> bool {
    despatch.state == State::Held && despatch.holds.iter().any(|hold| hold.code == Hold::AUTHORITY)
}

/// Where a message stands that is held for an authority, in a few words; nothing of any other.
///
/// # Errors
/// The ledger cannot be read.
pub(crate) fn tag(visit: &mut Visit<'_>, despatch: &Despatch) -> Result<Option<Part>, Failure> {
    if !is_held_for_it(despatch) {
        return Ok(None);
    }
    let actor = visit.actor()?;
    let standing = standing(visit.open, &actor, despatch.id.submission)?;
    Ok(Some(match standing {
        Some(Standing::Awaited(_)) => Part::tag("Waits for an authority", "red"),
        Some(Standing::Given(_)) | None => Part::tag("Authorised: release it", "blue"),
    }))
}

/// What waits for an authority: what it is, by when, and who may sign.
pub(crate) fn facts(visit: &Visit<'_>, Awaited { step: waits, goes_on }: &Awaited) -> SummaryList {
    let now = visit.open.now();
    let mut rows = vec![
        fact("What waits", capital(&waits.what)),
        fact("It needs", capital(&waits.needs.who())),
        fact("Waits since", weekday_words(waits.since)),
    ];
    if let Some(clock) = goes_on {
        let day = vec![
            Part::text(format!("{}, ", weekday_words(clock.due))),
            of_clock(clock, now),
            Part::line(),
            Part::quiet(format!("Until then it counts as not done: {}", clock.task())),
        ];
        rows.push(fact("By when", day));
    }
    rows.push(fact("Who may sign today", signers(visit, &waits.may_sign)));
    SummaryList::new(rows)
}

/// Each of the staff who may sign, with as whom.
fn signers(visit: &Visit<'_>, may_sign: &[StaffId]) -> Text {
    if may_sign.is_empty() {
        let words =
            "Nobody on the staff list. Ask whoever runs the office to add a grade, or a cover with its days";
        return words.into();
    }
    let mut parts = Vec::new();
    for id in may_sign {
        if !parts.is_empty() {
            parts.push(Part::line());
        }
        parts.push(Part::text(signer(visit, id)));
    }
    parts.into()
}

/// Somebody's name, and as whom they sign today.
fn signer(visit: &Visit<'_>, id: &StaffId) -> String {
    let today = visit.open.now().today;
    let Some(staff) = visit.open.office.config.staff_member(id) else { return id.to_string() };
    match staff.signer_on(today) {
        Some(signer) => format!("{}, {}", staff.name, signer.words()),
        None => staff.name.clone(),
    }
}

/// The button of whoever may sign; nothing for anybody else.
pub(crate) fn button(visit: &Visit<'_>, waits: &Awaited) -> Option<Button> {
    let me = visit.staff().ok().filter(|me| waits.step.may_sign.contains(me))?;
    let today = visit.open.now().today;
    let signer = visit.open.office.config.staff_member(me)?.signer_on(today)?;
    Some(Button::new(format!("Authorise it as {}: you have read it", signer.words())).shortcut('u'))
}

/// What waits for an authority in a case, and the button by which somebody gives it as themselves.
///
/// # Errors
/// The ledger cannot be read.
pub fn blocks(visit: &mut Visit<'_>, case_file: i64) -> Result<Vec<Block>, Failure> {
    let actor = visit.actor()?;
    let Some(Standing::Awaited(waits)) = standing(visit.open, &actor, case_file)? else {
        return Ok(Vec::new());
    };
    let mut blocks = vec![
        Block::heading(format!("Case file {case_file} waits for an authority")),
        Block::Summary(facts(visit, &waits)),
    ];
    if let Some(button) = button(visit, &waits) {
        let fields = vec![Field::Buttons(vec![button])];
        blocks.push(Block::Form(Form::new(format!("/authorise/{case_file}"), fields)));
    }
    Ok(blocks)
}

/// Authorises it.
///
/// # Errors
/// Nothing of it waits for an authority, or the person's own is not enough.
pub fn sign(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let number: i64 = visit.step_as("number")?;
    if let Some(asked) = due(visit, "/") {
        return Ok(asked);
    }
    let case = given(visit, number)?;
    Ok(Response::redirect(case_path(&case)))
}

/// Authorises a case file as the person of the session, and says so on the next page. Returns its case.
///
/// # Errors
/// Nothing of it waits for an authority, or the person's own is not enough.
pub(crate) fn given(visit: &mut Visit<'_>, number: i64) -> Result<CaseId, Failure> {
    let actor = visit.actor()?;
    let StepAuthorised { case_id, signed_as, held, .. } = authorise(visit.open, &actor, number)?;
    let ids: Vec<String> = held.iter().map(ToString::to_string).collect();
    let then = match ids.as_slice() {
        [] => String::new(),
        some => format!(" A reviewer can release what waited for it: {}.", some.join(", ")),
    };
    visit.say(Banner::done(format!(
        "Case file {number} of {case_id} is authorised, by you as {signed_as}.{then}"
    )));
    Ok(case_id)
}
