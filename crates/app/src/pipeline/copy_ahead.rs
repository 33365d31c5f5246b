//! Enters: a claimed case file that is at fault. Leaves: the healthcare team's copy in the outbox, as a submission of its
//! own, if what is wrong does not concern it (G19). Never: lets a document go whose person, place, recipient or preparer
//! is in doubt, or takes the file out of `claimed/`: the rest of it is rejected all the same.

use super::store::{Stored, store};
use super::{Line, record_for};
use crate::intake::{AttachedFile, Finding, Incoming};
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::random::random_hex;
use despatch_core::words::Sha256;
use despatch_ledger::{DurableError, DurableHandle, Ledger, Submitted};
use despatch_process::case::Case;
use despatch_process::safety_copy::derive;

/// The age from which the process is written.
const ADULT: u32 = 18;

/// A copy that went ahead.
pub(super) struct Ahead {
    pub(super) finding: Finding,
    /// What a person must hear of at once.
    pub(super) alarm: String,
}

/// Makes the copy of a file with these faults and has it stored. `None` if there is none to make, or it is made already.
/// What keeps the copy back is told with the file's own faults.
pub(super) fn copy_ahead(
    line: &Line<'_>,
    ledger: &mut Ledger,
    durable: &DurableHandle,
    incoming: &Incoming,
    now: Moment,
) -> Result<Result<Option<Ahead>, Vec<Fault>>, DurableError> {
    let Some((bytes, case)) = derive(&incoming.bytes) else {
        return Ok(Ok(None));
    };
    if !line.office.check_preparer(&case.prepared_by, incoming.owner).is_empty() {
        return Ok(Ok(None));
    }
    let mut attachments = Vec::new();
    for listed in &case.attachments {
        let Some(found) = incoming.attachments.iter().find(|one| one.file == *listed.file) else {
            return Ok(Ok(None));
        };
        attachments.push(AttachedFile { file: found.file.clone(), bytes: found.bytes.clone() });
    }
    let token = random_hex(16).map_err(|error| DurableError(error.to_string()))?;
    let Submitted::Fresh(submission) = durable.submit(token, Sha256::of(&bytes))? else {
        return Ok(Ok(None));
    };
    let copy = Incoming {
        others_write: incoming.others_write,
        ..Incoming::unclaimed(submission, incoming.file.clone(), incoming.owner, bytes.into(), attachments)
    };
    loop {
        let record = record_for(ledger, &case, now.today).map_err(|error| DurableError(error.to_string()))?;
        let made = match line.make(&case, &record, (&copy, None), now) {
            Ok(made) => made,
            Err(faults) => {
                durable.reject(submission, faults.iter().map(|fault| fault.code).collect(), None)?;
                return Ok(Err(faults));
            }
        };
        match store(durable, &copy, made)? {
            Stored::Overtaken => {}
            Stored::Told(finding) => return Ok(Ok(Some(Ahead { finding, alarm: alarm(&case, now) }))),
            Stored::Duplicate(_) | Stored::Conflict(_) => return Ok(Ok(None)),
        }
    }
}

/// What is told of the rest, without a name.
fn alarm(case: &Case, now: Moment) -> String {
    let of_age = now.today.years_since(case.person.date_of_birth).is_some_and(|age| age >= ADULT);
    let whom = if of_age {
        "the caseworker"
    } else {
        "the caseworker and the casework manager, for a person under 18,"
    };
    format!(
        "ALARM  {}: only the healthcare team's copy was made, and the rest of its file is rejected: {whom} must see to it \
         now",
        case.case_id
    )
}
