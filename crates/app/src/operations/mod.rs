//! Enters: an office that is open, who asks, and a request. Leaves: what was decided, or what was assembled for people,
//! as a value. Never: reads an argument or a terminal, writes to a place of the caller's, or prints.
//!
//! **The form of an operation.** A function `(&mut OpenOffice, &Actor, Request) -> Result<Answer, Failure>`.
//! The request is owned and serialisable: ids, texts and bytes, never a path, so that it can come through a socket.
//! What takes long tells of its progress by a callback, and a passphrase is asked for by one ([`Unlock`]). The answer
//! serialises as `--json` prints it. Whoever may give a command may read; what decides or discloses asks the actor for
//! the member of staff ([`Actor::staff`]).
//!
//! [`Unlock`]: crate::office::Unlock

mod actor;
/// What has waited too long.
pub mod alarms;
/// Whether the record is whole and unchanged.
pub mod audit;
/// A backup, an office restored from it, and what may have gone since.
pub mod backup;
/// What is on record of a case, how it stands, and its notes.
pub mod case_history;
/// Everything that is wrong with an office.
pub mod check_office;
/// A mended case file in place of the one that was taken.
pub mod correct;
/// A new office.
pub mod create_office;
/// What people decide about despatches.
pub mod decisions;
/// What runs, nearest first.
pub mod deadlines;
/// A made-up office.
pub mod demo;
/// Whom the office may write to.
pub mod directory;
/// Everything on record of one case, unsealed.
pub mod export;
mod export_paper;
mod failure;
/// What a case file would make.
pub mod foresight;
/// Messages that went to the wrong person.
pub mod incidents;
/// The office's own keys.
pub mod keys;
mod open_office;
/// What waits for review.
pub mod outbox;
mod paper;
/// Which edition of the guidance counts.
pub mod policy;
/// The inbox of an office, processed.
pub mod process_inbox;
/// A despatch as its recipient will see it, proved to be what was sent.
pub mod reading;
/// What recipients let the office know.
pub mod receipts;
/// What is kept, on hold, or to go.
pub mod retention;
mod review_keys;
/// What is approved, sent.
pub mod send_approved;
/// What is on record of a case, in sentences.
pub mod summary;
/// The kinds of letters.
pub mod templates;

pub use actor::Actor;
pub use failure::Failure;
pub use open_office::OpenOffice;
pub use review_keys::ReviewKeys;

use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, is_plain_line};

/// The reason that a person gives.
///
/// # Errors
/// It says nothing.
pub fn reason(text: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Failure::request(
            "reason",
            "reason.empty",
            "a reason is missing",
            "say why in a few words",
        ));
    }
    Ok(text.to_owned())
}

/// One line of a person's words, the text of `field`, without blanks around it.
///
/// # Errors
/// It is empty, longer than `most` characters or several lines.
pub fn one_line(text: &str, field: &str, most: usize) -> Result<String, Failure> {
    let text = text.trim();
    if is_plain_line(text, most) {
        return Ok(text.to_owned());
    }
    let cause = format!("it is empty, longer than {most} characters or not one line");
    Err(Failure::request(field, "words.line", cause, "write one short line"))
}

/// The fault of a case that nothing is on record of.
fn unknown_case(case_id: &CaseId) -> Fault {
    let cure = "check the case's id with `despatch outbox list`";
    Fault::new(case_id.to_string(), "case.unknown", "nothing of this case is on record", cure)
}
