//! Enters: a batch, and a kind of its messages. Leaves: the sample of it, or the approvals that rest on one.
//! Never: decides anything.

use super::Failure;
use crate::context::{CommandContext, Exit, kind};
use crate::interrupts::Interrupts;
use crate::printing::{Pace, listed, strong};
use despatch_app::operations::batch::list;
use despatch_app::operations::batch::sampling::{self, approve_rest};
use despatch_core::words::{BatchName, KindName, count};
use despatch_ledger::State;
use serde::{Deserialize, Serialize};

/// A batch, and a kind of its messages.
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub(super) struct OfKind {
    /// The batch
    name: BatchName,
    /// The kind of letter, as `despatch template list` has it
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: KindName,
}

/// Draws a sample, or shows the one that was drawn.
///
/// # Errors
/// The office cannot be opened; the pack lets no sample stand for the kind; rows are still to be made.
pub(super) fn draw(OfKind { name, kind }: OfKind, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let drawn = sampling::draw(&mut open, &actor, sampling::OfKind { name, kind })?;
    print.json(&drawn);
    if let Some(sample) = &drawn.sample {
        let (number, of) = (count(sample.drawn.len(), "message"), sample.of);
        print.line(&strong(&format!("{number} of {of} stand for the rest of {}", sample.kind)));
        print.line(&listed(&sample.drawn));
    }
    if !drawn.unopened.is_empty() {
        print.line(&format!(
            "Open these first, each with `despatch outbox open`: {}",
            listed(&drawn.unopened)
        ));
    }
    Ok(Exit::Done)
}

/// Approves on the strength of a sample.
///
/// # Errors
/// The office cannot be opened; the sample is not opened, or something of it was stopped.
pub(super) fn approve(OfKind { name, kind }: OfKind, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let interrupts = Interrupts::watch(context.service.is_some())?;
    let of = list::show(&mut open, &actor, &name)?.counts.in_state(State::AwaitingReview);
    let mut pace = Pace::new("messages", usize::try_from(of).unwrap_or(usize::MAX));
    let request = sampling::OfKind { name, kind };
    let done = approve_rest(&mut open, &actor, request, &mut |done| {
        pace.tell(done, print);
        context.caller.is_there() && !interrupts.came()
    })?;
    print.json(&done);
    print.line(&strong(&format!("{} approved", count(done.approved, "message"))));
    if done.first_approved > 0 {
        let number = count(done.first_approved, "message");
        print.line(&format!("{number} approved by you; another reviewer approves them too"));
    }
    for refused in &done.refused {
        for fault in &refused.faults {
            print.line(&format!("{}: not approved: {}; {}", refused.id, fault.cause, fault.cure));
        }
    }
    Ok(if done.refused.is_empty() { Exit::Done } else { Exit::AtFault })
}
