//! Enters: a held despatch and the private review key. Leaves: its message made anew, from the sealed case file.
//! Never: runs without a person who unlocked the key.

use super::{Line, envelope, original};
use crate::case;
use crate::clock::Moment;
use crate::fault::Fault;
use crate::outbox::{Despatch, Files, SealedDespatch};
use crate::seal::keys::SecretKey;

/// Makes a despatch's message again, for the recipient as the directory has them now. The letters keep the date
/// on which they were first issued, and the dates counted from it.
///
/// Errors: the sealed case file cannot be opened, or the case no longer gives the same plan.
pub fn remake(
    line: &Line<'_>,
    files: &Files,
    despatch: &Despatch,
    secret: &SecretKey,
    now: Moment,
) -> Result<SealedDespatch, Vec<Fault>> {
    let one = |fault: Fault| vec![fault];
    let sealed = std::fs::read(files.original(despatch.id.claim)).map_err(|error| {
        one(Fault::new("the sealed case file", "original", error.to_string(), "restore it from a backup"))
    })?;
    let incoming = original::open(&sealed, despatch.id.claim, secret).map_err(one)?;
    let case = case::parse(&incoming.bytes)?;
    let plan = line.plan(&case, despatch.issued_on)?;
    let same = despatch.id.position.checked_sub(1).and_then(|index| plan.despatches.get(index));
    if same != Some(&despatch.planned) {
        let cause =
            "the case no longer calls for this despatch: the pack, the calendar or the teams have changed";
        return Err(one(Fault::new(
            despatch.id.to_string(),
            "remake.plan",
            cause,
            "return it and drop the case again",
        )));
    }
    let revision = despatch.message.as_ref().map_or(1, |bound| bound.revision + 1);
    envelope::Making::new(line, &case, &plan, &incoming, now)?.despatch(despatch.id.position, revision)
}
