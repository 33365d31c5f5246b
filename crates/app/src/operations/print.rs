//! Enters: messages whose letters are served in person, and the review key. Leaves: their letters as one PDF to print, in
//! order. Never: prints what has not been approved, or what was stopped; gives a letter out without that being on record.

use super::casework::seen;
use super::outbox::{ListOutbox, OutboxList, list};
use super::reading::open_despatch;
use super::{Actor, Failure, OpenOffice};
use crate::office::Unlock;
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_core::words::{CaseId, Role};
use despatch_ledger::{Despatch, DespatchId, State};
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use despatch_seal::manifest::{MANIFEST_NAME, Manifest};
use serde::{Deserialize, Serialize};

/// Those who serve letters in person.
pub const SERVING: [Role; 3] = [Role::Det, Role::Ost, Role::Ipt];
/// The states of a message that two people have let go, two at a time, as the outbox lists them.
pub const LET_GO: [[State; 2]; 3] =
    [[State::Approved, State::Deferred], [State::Claimed, State::DotPending], [State::InDoubt, State::Sent]];
/// The most messages that are printed together.
const TOGETHER_MAX: usize = 20;
/// The number of the cover note, which is for the office that serves the letters and not for the person.
const COVER_NOTE: usize = 1;

/// Messages to print.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PrintLetters {
    /// Their ids, in the order in which they are printed.
    pub ids: Vec<DespatchId>,
}

/// The letters, to be printed.
#[derive(Debug, Serialize)]
pub struct Printed {
    /// One PDF with the pages of all.
    #[serde(skip)]
    pub pdf: Secret,
    /// What is in it, in order.
    pub letters: Vec<PrintedLetter>,
}

/// A letter in what is to be printed.
#[derive(Debug, Serialize)]
pub struct PrintedLetter {
    /// The message to which it belongs.
    pub despatch: DespatchId,
    /// What it is.
    pub title: String,
}

/// Lists messages whose letters are served in person by a role and that are in these states, of a case or of all.
///
/// # Errors
/// The ledger cannot be read.
pub fn to_print(
    open: &mut OpenOffice,
    actor: &Actor,
    (role, states): (Role, [State; 2]),
    case: Option<CaseId>,
    (page, limit): (u32, u32),
) -> Result<OutboxList, Failure> {
    list(open, actor, ListOutbox { states: states.to_vec(), case, role: Some(role), page, limit })
}

/// Whether a message may be printed for service.
pub fn may_print(despatch: &Despatch) -> bool {
    despatch.approval.is_some()
        && LET_GO.iter().flatten().any(|state| *state == despatch.state)
        && SERVING.contains(&despatch.planned.role)
}

/// Opens messages and joins their letters into one PDF to print. Each view is recorded.
///
/// # Errors
/// One of them is not approved, is not for somebody who serves letters, or cannot be opened; the review key cannot be
/// unlocked; they cannot be joined.
pub fn print(
    open: &mut OpenOffice,
    actor: &Actor,
    request: &PrintLetters,
    unlock: &Unlock,
) -> Result<Printed, Failure> {
    if request.ids.is_empty() || request.ids.len() > TOGETHER_MAX {
        let cause = format!("{TOGETHER_MAX} are printed together at most, and one at least");
        return Err(Failure::request("ids", "print.count", cause, "choose the messages to print"));
    }
    for id in &request.ids {
        let despatch = seen(&mut open.ledger, actor, *id)?;
        if !may_print(&despatch) {
            return Err(unfit(&despatch).into());
        }
    }
    let (mut pdfs, mut letters) = (Vec::new(), Vec::new());
    for id in &request.ids {
        let opened = open_despatch(open, actor, *id, unlock)?;
        let named = |name: &str| opened.documents.iter().find(|(of, _)| of == name).map(|(_, bytes)| bytes);
        let manifest = named(MANIFEST_NAME).and_then(|bytes| Manifest::parse(bytes).ok());
        let listed = manifest.into_iter().flat_map(|manifest| manifest.documents);
        for document in listed.filter(|one| one.number != COVER_NOTE && one.file.ends_with(".pdf")) {
            let bytes = named(&document.file).ok_or_else(|| missing(*id, &document.title))?;
            pdfs.push(bytes.clone());
            letters.push(PrintedLetter { despatch: *id, title: document.title });
        }
    }
    if pdfs.is_empty() {
        let cure = "open the message itself";
        let at = request.ids.first().map(ToString::to_string).unwrap_or_default();
        return Err(Fault::new(at, "print.nothing", "it has no letter beside its cover note", cure).into());
    }
    let pool = Pool::start(&open.program, &open.office.catalogue.files(), 1, TIME_LIMIT)?;
    let bytes: Vec<&[u8]> = pdfs.iter().map(|pdf| pdf.as_slice()).collect();
    let pdf = pool.join_pdfs(&bytes).map_err(|fault| Failure::Faults(fault.faults()))?;
    Ok(Printed { pdf, letters })
}

fn unfit(despatch: &Despatch) -> Fault {
    let at = despatch.id.to_string();
    if !SERVING.contains(&despatch.planned.role) {
        let cause = format!("it is for {}, who serves no letters", despatch.planned.role.label());
        return Fault::new(at, "print.not_served", cause, "open the message instead");
    }
    let cause = format!("it is {}, and only what was approved is printed", despatch.state.label());
    Fault::new(at, "print.not_approved", cause, "have it approved first")
}

fn missing(id: DespatchId, title: &str) -> Fault {
    let cause = format!("{title} is not in it");
    Fault::new(id.to_string(), "print.missing", cause, "restore the outbox from its backup")
}
