//! Enters: a held despatch and the private review key. Leaves: its message made anew, from the sealed case file.
//! Never: runs without a person who unlocked the key.

use super::{Line, envelope, original, plan_under};
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use despatch_ledger::{Despatch, Ledger, LedgerError, SealedDespatch};
use despatch_process::Planned;
use despatch_seal::keys::SecretKey;

/// Makes a despatch's message again, for the recipient as the directory has them now. The letters keep the date
/// on which they were first issued, and the dates counted from it, by the pack under which the case is now.
///
/// Errors: the sealed case file cannot be opened, the pack may not be used, or the case no longer gives the same plan.
pub fn remake(
    line: &Line<'_>,
    ledger: &mut Ledger,
    despatch: &Despatch,
    secret: &SecretKey,
    now: Moment,
) -> Result<SealedDespatch, Vec<Fault>> {
    let one = |fault: Fault| vec![fault];
    let unread = |error: LedgerError| match error {
        LedgerError::Refused(fault) => one(fault),
        error => one(Fault::new("the ledger", "ledger", error.to_string(), "try again")),
    };
    ledger.expect_review_key(&line.office.review_key.fingerprint(), now).map_err(unread)?;
    let pack = ledger.pack_of(despatch.id.claim).map_err(unread)?;
    let moved = pack.as_ref().is_some_and(|pack| *pack != despatch.pack);
    let id = pack.unwrap_or_else(|| despatch.pack.clone());
    let record = ledger.record_of(&despatch.case_id, despatch.id.claim, Some(id.clone())).map_err(unread)?;
    let sealed = std::fs::read(ledger.files().original(despatch.id.claim)).map_err(|error| {
        one(Fault::new("the sealed case file", "original", error.to_string(), "restore it from a backup"))
    })?;
    let incoming = original::open(&sealed, despatch.id.claim, secret).map_err(one)?;
    if Sha256::of(&incoming.bytes) != despatch.case_file {
        let cause = "it is not the one that this despatch was made from: somebody has exchanged it";
        return Err(one(Fault::new("the sealed case file", "original", cause, "restore it from a backup")));
    }
    let case = incoming.case.as_ref().map_err(Clone::clone)?;
    // The letter keeps its date, but whether the pack may be used is asked today.
    let pack = line.office.packs.permitted(&id, record.packs.get(&id), now.today).map_err(one)?;
    let plan = plan_under(line.office, pack, case, &record, despatch.issued_on)?;
    let planned = despatch.id.position.checked_sub(1).and_then(|index| plan.despatches.get(index));
    if !planned.is_some_and(|planned| same(planned, &despatch.planned, moved)) {
        let cause =
            "the case no longer calls for this despatch: the pack, the calendar or the teams have changed";
        return Err(one(Fault::new(
            despatch.id.to_string(),
            "remake.plan",
            cause,
            "return it, and drop the case file again with `replaces`",
        )));
    }
    line.refresh(ledger).map_err(unread)?;
    let revision = despatch.message.as_ref().map_or(1, |bound| bound.revision + 1);
    envelope::Making::new(line, case, pack, &plan, &incoming, &record, now)?
        .despatch(despatch.id.position, revision)
}

/// Whether the plan still has this despatch. A hold of the rules may be gone by now; under the pack to which a person
/// moved the case, its dates may be others; whatever else has changed is for a person.
fn same(planned: &Planned, before: &Planned, moved: bool) -> bool {
    if !moved {
        return Planned { hold: None, ..planned.clone() } == Planned { hold: None, ..before.clone() };
    }
    let whom = |planned: &Planned| {
        let Planned { purpose, team, kind, role, to, copy, attachments, .. } = planned.clone();
        (purpose, team, kind, role, to, copy, attachments)
    };
    whom(planned) == whom(before)
}
