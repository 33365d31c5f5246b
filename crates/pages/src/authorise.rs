//! Enters: the number of a case file whose step needs somebody's authority. Leaves: who may sign it, and the authority of
//! whoever gives it. Never: approves a message.

use crate::blocks::{Block, Form};
use crate::components::{Button, Field};
use crate::forms::case_path;
use crate::frame::Banner;
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::authorise::{StepAuthorised, Unauthorised, authorise};
use despatch_web::Response;

/// What waits for an authority, and the button by which somebody gives it as themselves.
pub fn block(waits: &Unauthorised) -> Block {
    let words = format!("Authorise case file {} as yourself: you have read the review", waits.case_file);
    let fields = vec![Field::Buttons(vec![Button::new(words).secondary()])];
    Block::Form(Form::new(format!("/authorise/{}", waits.case_file), fields))
}

/// Authorises it.
///
/// # Errors
/// Nothing of it waits for an authority, or the person's own is not enough.
pub fn sign(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let number: i64 = visit.step_as("number")?;
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
    Ok(Response::redirect(case_path(&case_id)))
}
