//! Enters: what somebody decided about a batch, and why. Leaves: it done, with what was refused.
//! Never: decides anything itself.

use super::one::page;
use crate::forms::{Refused, value};
use crate::frame::Banner;
use crate::passphrase;
use crate::visit::Visit;
use despatch_app::operations::batch::decide::{self, BatchDecided, DecideBatch, RefusedMessage, Whole};
use despatch_app::operations::batch::sampling::{self, OfKind};
use despatch_app::operations::{Failure, Unlocks};
use despatch_core::words::{BatchName, KindName, count};
use despatch_web::Response;
use std::time::{Duration, Instant};

/// How long one request approves: the page has the button still while some are left.
const WORKS: Duration = Duration::from_secs(40);
/// How many refused messages a banner names.
const NAMED: usize = 5;

/// Holds what has not gone.
///
/// # Errors
/// The ledger fails.
pub fn hold(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    whole(visit, Whole::Hold, "held")
}

/// Lets a held batch go on.
///
/// # Errors
/// The ledger fails.
pub fn release(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let name: BatchName = visit.step_as("batch")?;
    if let Some(asked) = passphrase::due(visit, &format!("/batches/{name}")) {
        return Ok(asked);
    }
    whole(visit, Whole::Release, "let on")
}

/// Cancels what has not gone.
///
/// # Errors
/// The ledger fails.
pub fn cancel(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    whole(visit, Whole::Cancel, "cancelled: they are never sent")
}

fn whole(visit: &mut Visit<'_>, whole: Whole, did: &str) -> Result<Response, Failure> {
    let (actor, name): (_, BatchName) = (visit.actor()?, visit.step_as("batch")?);
    let (unlock, reason) = (visit.unlock(), visit.request.field("reason").to_owned());
    let unlocks = Unlocks { review: &unlock, signing: &unlock };
    let request = DecideBatch { name: name.clone(), whole, reason };
    match decide::decide(visit.open, &actor, request, unlocks) {
        Ok(BatchDecided { batch, messages, refused }) => {
            let words = format!("The batch is {}; {} {did}", batch.state.label(), count(messages, "message"));
            said(visit, words, &refused);
            Ok(Response::redirect(format!("/batches/{name}")))
        }
        Err(failure) => page(visit, &Refused::of(failure)?),
    }
}

fn said(visit: &Visit<'_>, words: String, refused: &[RefusedMessage]) {
    if refused.is_empty() {
        return visit.say(Banner::done(words));
    }
    let why = |one: &RefusedMessage| {
        let causes: Vec<&str> = one.faults.iter().map(|fault| fault.cause.as_str()).collect();
        format!("{}: {}", one.id, causes.join(", "))
    };
    let named: Vec<String> = refused.iter().take(NAMED).map(why).collect();
    let not = format!("{words}; {} refused: {}", count(refused.len(), "message"), named.join("; "));
    visit.say(Banner::important(not));
}

/// Draws the sample of a kind.
///
/// # Errors
/// The ledger fails.
pub fn sample(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, of_kind) = (visit.actor()?, of_kind(visit)?);
    let name = of_kind.name.clone();
    match sampling::draw(visit.open, &actor, of_kind) {
        Ok(_) => {
            visit.say(Banner::done("The sample is drawn: open each of its messages"));
            Ok(Response::redirect(format!("/batches/{name}")))
        }
        Err(failure) => page(visit, &Refused::of(failure)?),
    }
}

/// Approves the messages of a kind on the strength of its sample.
///
/// # Errors
/// The ledger fails.
pub fn approve(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, of_kind) = (visit.actor()?, of_kind(visit)?);
    let path = format!("/batches/{}", of_kind.name);
    if let Some(asked) = passphrase::due(visit, &path) {
        return Ok(asked);
    }
    let begun = Instant::now();
    match sampling::approve_rest(visit.open, &actor, of_kind, &mut |_| begun.elapsed() < WORKS) {
        Ok(done) => {
            let both = done.approved + done.first_approved;
            let by_two = if done.first_approved > 0 { "; another reviewer approves them too" } else { "" };
            said(visit, format!("{} approved{by_two}", count(both, "message")), &done.refused);
            Ok(Response::redirect(path))
        }
        Err(failure) => page(visit, &Refused::of(failure)?),
    }
}

fn of_kind(visit: &Visit<'_>) -> Result<OfKind, Failure> {
    let kind: KindName = value(visit.request, "kind", "the kind of letter, as the page shows it")?;
    Ok(OfKind { name: visit.step_as("batch")?, kind })
}
