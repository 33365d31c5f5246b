//! Enters: a case file of the actor's own. Leaves: it in the inbox, with its preparer on record.
//! Never: drops a case that `run` would reject, or one that somebody else prepared.

use super::foresight::{Foreseeable, Foresight, foresee_bytes};
use super::{Actor, Failure, OpenOffice};
use crate::intake::{Inbox, LocalCase, lossy};
use despatch_core::fault::Fault;
use despatch_core::words::{Sha256, StaffId};
use serde::Serialize;
use std::path::PathBuf;

/// What became of a case file that was to be dropped.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum DropOutcome {
    Dropped(Box<Dropped>),
    /// The same bytes are queued already.
    Known {
        duplicate_of: i64,
    },
}

/// A case that is in the inbox.
#[derive(Debug, Serialize)]
pub struct Dropped {
    #[serde(flatten)]
    pub foreseen: Foreseeable,
    /// Its path, relative to the inbox.
    #[serde(serialize_with = "lossy")]
    pub dropped: PathBuf,
}

/// Drops a case file. The actor is its preparer for certain: the record says so for these very bytes.
///
/// # Errors
/// The case or its attachments are at fault; the actor is not the preparer whom it names; the inbox cannot be written to.
pub fn drop_case(open: &mut OpenOffice, actor: &Actor, file: LocalCase) -> Result<DropOutcome, Failure> {
    let foreseen = match foresee_bytes(open, &file, file.bytes()?)? {
        Foresight::New(foreseen) => *foreseen,
        Foresight::Known { duplicate_of, .. } => return Ok(DropOutcome::Known { duplicate_of }),
    };
    check_actor(open, actor, &foreseen.case.prepared_by)?;
    let dropped = deposit(open, &foreseen.case.prepared_by, (&file.stem, file.bytes()?), &foreseen)?;
    Ok(DropOutcome::Dropped(Box::new(Dropped { foreseen, dropped })))
}

/// Checks that the actor is the preparer whom the file names.
pub(super) fn check_actor(open: &OpenOffice, actor: &Actor, preparer: &StaffId) -> Result<(), Failure> {
    if open.office.config.demo && actor.is_nobody() {
        return Ok(());
    }
    let by = actor.staff()?;
    if by.id == *preparer {
        return Ok(());
    }
    let cause = format!("{} gives the command, who is not the one named here", by.id);
    let cure = "name yourself, or let the person who prepared the case give the command";
    Err(Fault::new("/prepared_by", "prepared_by.other_owner", cause, cure).into())
}

/// Puts a case into the inbox, with its preparer on record.
pub(super) fn deposit(
    open: &mut OpenOffice,
    by: &StaffId,
    (name, bytes): (&str, &[u8]),
    foreseen: &Foreseeable,
) -> Result<PathBuf, Failure> {
    let now = open.now();
    open.ledger.record_drop(Sha256::of(bytes), by, now.at)?;
    Ok(Inbox::open(open.office.intake())?.deposit(name, bytes, &foreseen.attachments)?)
}
