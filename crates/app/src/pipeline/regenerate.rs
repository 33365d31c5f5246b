//! Enters: a held despatch and the private review key. Leaves: its message, regenerated from the sealed case file.
//! Never: runs unless a person unlocked the key.

use super::{Line, builder, note_service, original, plan_under};
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::reading::patiently;
use despatch_core::words::Sha256;
use despatch_ledger::{Despatch, Ledger, LedgerError, SealedDespatch};
use despatch_process::Planned;
use despatch_seal::keys::SecretKey;

/// Regenerates a despatch's message, for the recipient's current entry in the directory. The letters keep the date on
/// which they were first issued and the dates counted from it, under the case's current pack.
///
/// # Errors
/// The sealed case file cannot be opened, the pack may not be used, or the case does not give the same plan.
pub fn regenerate(
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
    let pack = ledger.pack_of(despatch.id.submission).map_err(unread)?;
    let moved = pack.as_ref().is_some_and(|pack| *pack != despatch.pack);
    let id = pack.unwrap_or_else(|| despatch.pack.clone());
    let mut record =
        ledger.record_of(&despatch.case_id, despatch.id.submission, Some(id.clone())).map_err(unread)?;
    let sealed =
        patiently(|| std::fs::read(ledger.files().original(despatch.id.submission))).map_err(|error| {
            one(Fault::new("the sealed case file", "original", error.to_string(), "restore it from a backup"))
        })?;
    let incoming = original::open(&sealed, despatch.id.submission, secret).map_err(one)?;
    if Sha256::of(&incoming.bytes) != despatch.case_file {
        let cause = "it is not the one that this despatch was made from: somebody has exchanged it";
        return Err(one(Fault::new("the sealed case file", "original", cause, "restore it from a backup")));
    }
    let case = incoming.case.as_ref().map_err(Clone::clone)?;
    note_service(ledger, case, &mut record, despatch.issued_on).map_err(unread)?;
    // The letter keeps its date, but the pack must be usable today.
    let pack = line.office.packs.permitted(&id, record.packs.get(&id), now.today).map_err(one)?;
    let plan = plan_under(line.office, pack, case, &record, despatch.issued_on)?;
    let planned = despatch.id.position.checked_sub(1).and_then(|index| plan.despatches.get(index));
    let Some(planned) = planned.filter(|planned| same(planned, &despatch.planned, moved)) else {
        let cause =
            "the case no longer calls for this despatch: the pack, the calendar or the teams have changed";
        return Err(one(Fault::new(
            despatch.id.to_string(),
            "regenerate.plan",
            cause,
            "return it, and drop the case file again with `replaces`",
        )));
    };
    line.refresh(ledger).map_err(unread)?;
    let revision = despatch.message.as_ref().map_or(1, |bound| bound.revision + 1);
    let making = builder::MessageBuilder::new(line, case, pack, &plan, &incoming, &record, now)?;
    making.despatch(planned, &making.resolution(planned), (despatch.id.position, revision))
}

/// Whether the plan still has this despatch. A hold of the policy may have been lifted, an earlier program did not say what
/// maintains detention, and under a pack to which a person moved the case, its dates may differ; any other change is for a
/// person to settle.
fn same(planned: &Planned, before: &Planned, moved: bool) -> bool {
    if !moved {
        let plain = |one: &Planned| Planned { hold: None, maintains: false, ..one.clone() };
        return plain(planned) == plain(before);
    }
    let whom = |planned: &Planned| {
        let Planned { purpose, team, kind, role, to, copy, attachments, .. } = planned.clone();
        (purpose, team, kind, role, to, copy, attachments)
    };
    whom(planned) == whom(before)
}
