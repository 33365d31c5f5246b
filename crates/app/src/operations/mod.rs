//! Enters: an open office, an actor and a request. Leaves: what was decided, or what was assembled for people, as a
//! value. Never: reads an argument or a terminal, writes to a place of the caller's, or prints.
//!
//! **The form of an operation.** A function `(&mut OpenOffice, &Actor, Request) -> Result<Answer, Failure>`.
//! The request is owned and serialisable: ids, texts and bytes, never a path, so that it can come through a socket.
//! A long operation reports progress through a callback, and a passphrase is requested through one ([`Unlock`]). The
//! answer serialises as `--json` prints it. Anyone who may run a command may read; an operation that decides or
//! discloses requires a member of staff ([`Actor::staff`]).
//!
//! [`Unlock`]: crate::office::Unlock

mod actor;
/// Alarms for what has waited too long.
pub mod alarms;
/// Cases in which nothing runs any more.
mod at_rest;
/// Whether the record is complete and unchanged.
pub mod audit;
/// The response that is still to be decided or sent.
mod awaited;
/// Who authorises a step personally.
pub mod authorise;
/// Whether a step is authorised, and by whom.
pub mod authority_standing;
/// Many case files from one sheet.
pub mod batch;
/// Backing up and restoring an office, and settling what may have been sent since.
pub mod backup;
/// Whom to telephone about words that open messages.
pub mod calls;
/// Who owns a case, who alone may see it, and who works in whose place.
pub mod casework;
/// What the board of what is due needs of a case, as it is kept.
mod case_digest;
/// What is on record for a case, its state, and its notes.
pub mod case_history;
/// The limits and the services that are near, kept from one look to the next.
mod case_watch;
/// Every fault of an office.
pub mod check_office;
/// How a detention stands, in lines.
mod detention_summary;
/// The limits of detentions and stays that are near.
pub mod limits;
/// The other cases of a person's reference.
pub mod linked_cases;
/// Whether the machine's clock may be believed.
pub mod clock_check;
/// The office's own files of rules and templates.
pub mod config_files;
/// Replacing a case file by a corrected one.
pub mod correct;
/// Creating an office.
pub mod create_office;
/// What people decide about despatches.
pub mod decisions;
/// What is due, nearest first.
pub mod deadlines;
/// What somebody has begun to prepare.
pub mod drafts;
/// What is due in all cases, kept from one request to the next.
pub mod due_list;
/// What a message was before it was made again.
pub mod earlier_version;
/// Dropping a case.
pub mod drop_case;
/// A fictional office.
pub mod demo;
/// The recipients to whom the office may write.
pub mod directory;
/// Everything on record for one case, unsealed.
pub mod export;
mod export_paper;
/// Finding a case.
pub mod find;
/// What would be made of a case file.
pub mod foresight;
/// That in words.
pub mod foreseen;
/// Messages that went to the wrong person.
pub mod incidents;
/// How an office does right now.
pub mod health;
/// The office's own keys.
pub mod keys;
/// What lies in the inbox and among the rejected cases.
pub mod inbox;
/// The case file from which another one of its case is begun.
pub mod last_file;
/// Who has received which document of a case.
pub mod matrix;
/// What is held and waits for nothing any more.
pub mod moot;
/// What somebody needs who prepares a case file.
pub mod new_case;
mod open_office;
/// Listing despatches and what waits for review.
pub mod outbox;
/// How an office stands.
pub mod overview;
mod paper;
/// Documents as pictures.
pub mod pictures;
/// Which edition of the guidance applies.
pub mod policy;
/// Letters that are served in person, to print.
pub mod print;
/// Keeping checkpoints elsewhere.
pub mod push;
/// Processing the inbox of an office.
pub mod process_inbox;
/// A despatch as its recipient will see it, proved to be what was sent.
pub mod reading;
mod record;
/// What happened, by case, person and period.
pub mod record_search;
/// What waits for a reviewer, nearest deadline first.
pub mod review_queue;
/// Acknowledgements from recipients.
pub mod receipts;
/// Purging, litigation holds and erasure.
pub mod retention;
mod review_keys;
/// The digest of each case in which something may run or wait.
mod running_cases;
/// Sending what is approved.
pub mod send_approved;
/// What a sender reads before it gives up the rest.
pub mod sender;
/// What is on record for a case, in sentences.
pub mod summary;
/// Calls about messages.
pub mod telephone;
/// The kinds of letters.
pub mod templates;
/// What a reviewer signs with a key of their own.
pub mod to_sign;
/// Who may use the pages.
pub mod users;
/// The review key for the pages.
pub mod unlock;
/// Responses before a removal whose service is not on record.
pub mod unserved;
/// Taking back an event that did not happen.
pub mod withdraw;
/// What there is to do.
pub mod work;
/// How many of a week's places for second opinions are taken.
pub mod week_places;

pub use crate::failure::Failure;
pub use actor::Actor;
pub use open_office::OpenOffice;
pub use review_keys::{ReviewKeys, Unlocks};

use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, is_plain_line};

/// Checks the reason that a person gives, and trims it.
///
/// # Errors
/// It is empty.
pub fn reason(text: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.is_empty() { Err(no_reason("say why in a few words")) } else { Ok(text.to_owned()) }
}

fn no_reason(cure: &str) -> Failure {
    Failure::request("reason", "reason.empty", "a reason is missing", cure)
}

/// Checks one line of a person's text, the value of `field`, and trims it.
///
/// # Errors
/// It is empty, longer than `most` characters or has several lines.
pub fn one_line(text: &str, field: &str, most: usize) -> Result<String, Failure> {
    let text = text.trim();
    if is_plain_line(text, most) {
        return Ok(text.to_owned());
    }
    let cause = format!("it is empty, longer than {most} characters or not one line");
    Err(Failure::request(field, "words.line", cause, "write one short line"))
}

/// The fault of a case for which nothing is on record.
fn unknown_case(case_id: &CaseId) -> Fault {
    let cure = "check the case's id with `despatch outbox list`";
    Fault::new(case_id.to_string(), "case.unknown", "nothing of this case is on record", cure)
}
