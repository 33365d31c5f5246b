//! Enters: what in a case's attachments may be a reference, and whom a new case is about, both as keyed hashes.
//! Leaves: what has not gone yet and holds the reference of a case that came in since, held.
//! Never: sees a reference or the key.

use super::despatch::{Despatch, Hold, SealedCase};
use super::events::{DespatchEvent, HoldCause, LedgerEvent};
use super::ledger::LedgerError;
use super::transact::Transaction;
use crate::connection::LedgerConnection;
use crate::queries::despatches::records;
use crate::queries::known_cases::pseudonyms;
use crate::statement::statements;
use despatch_core::words::CaseId;
use despatch_guards::others::{Kind, may_be_one_person};
use despatch_guards::{Check, Guard, Outcome};
use std::collections::BTreeMap;

statements! {
    REFER = "INSERT INTO mention (mark, claim) VALUES ($1, $2) ON CONFLICT (mark, claim) DO NOTHING";
    REFERRING = "SELECT despatch.record FROM mention JOIN claim ON claim.number = mention.claim \
                 JOIN despatch ON despatch.claim = claim.number \
                 WHERE mention.mark = $1 AND claim.case_id <> $2 AND claim.superseded = 0 \
                 AND despatch.state IN ('held', 'awaiting_review', 'approved', 'deferred', 'refused')";
}

/// Keeps what a case file mentions.
pub(super) async fn keep(connection: &mut LedgerConnection, case: &SealedCase) -> Result<(), LedgerError> {
    for mark in &case.mentions {
        REFER.query().bind(mark.bytes()).bind(case.claim).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Holds what has not gone and was made from an attachment with the reference of `case`, which comes in only now. Made
/// anew, it is looked at with that case known.
pub(super) async fn hold(tx: &mut Transaction<'_>, case: &SealedCase) -> Result<(), LedgerError> {
    if !case.history.events.is_empty() {
        return Ok(());
    }
    let Some((_, mark)) = case.marks.iter().find(|(kind, _)| *kind == Kind::Reference) else { return Ok(()) };
    let referring = REFERRING.query().bind(mark.bytes()).bind(case.case_id.as_str());
    let rows = referring.fetch_all(tx.connection()).await?;
    let mut theirs: BTreeMap<CaseId, Vec<Despatch>> = BTreeMap::new();
    for despatch in records(&rows)? {
        theirs.entry(despatch.case_id.clone()).or_default().push(despatch);
    }
    for (other, despatches) in theirs {
        let known = pseudonyms(tx.connection(), &other).await?;
        if known.is_empty() || may_be_one_person(&known, &case.marks) {
            continue;
        }
        for despatch in despatches {
            hold_one(tx, despatch, &case.case_id).await?;
        }
    }
    Ok(())
}

async fn hold_one(tx: &mut Transaction<'_>, despatch: Despatch, case: &CaseId) -> Result<(), LedgerError> {
    let evidence =
        format!("a document of the case holds the reference of another one, {case}, that came in since");
    if despatch.checks.iter().any(|check| check.evidence == evidence) {
        return Ok(());
    }
    let check = Check::new(Guard::Identity, Outcome::Stops, evidence);
    let holds = despatch.holds.into_iter().chain([Hold::from(&check)]).collect();
    let held = DespatchEvent::Held { holds, cause: HoldCause::CrossReference { check } };
    tx.record(LedgerEvent::Despatch(despatch.id, held)).await
}
