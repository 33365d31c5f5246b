//! Enters: possible references in a case's attachments, and the person of a new case, both as keyed hashes.
//! Leaves: unsent despatches held if they contain the reference of a case that arrived later.
//! Never: sees a reference or the key.

use crate::despatch::{Despatch, Hold, SealedCase};
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::events::{DespatchEvent, HoldCause, LedgerEvent};
use crate::queries::despatches::records;
use crate::queries::despatches::unsent;
use crate::queries::known_cases::pseudonyms;
use crate::statement::statements;
use crate::transact::Transaction;
use despatch_core::words::CaseId;
use despatch_guards::others::Kind;
use despatch_guards::persons::is_one_person;
use despatch_guards::{Check, Guard, Outcome};
use std::collections::BTreeMap;

statements! {
    REFER = "INSERT INTO cross_reference (pseudonym, submission) VALUES ($1, $2) ON CONFLICT (pseudonym, submission) DO NOTHING";
    REFERRING = concat!(
        "SELECT despatch.record FROM cross_reference \
         JOIN submission ON submission.number = cross_reference.submission \
         JOIN despatch ON despatch.submission = submission.number \
         WHERE cross_reference.pseudonym = $1 AND submission.case_id <> $2 AND submission.superseded = 0 \
         AND despatch.state IN (",
        unsent!(),
        ")"
    );
}

/// Stores the cross-references of a case file.
pub(super) async fn keep(connection: &mut LedgerConnection, case: &SealedCase) -> Result<(), LedgerError> {
    for pseudonym in &case.cross_references {
        REFER.query().bind(pseudonym.bytes()).bind(case.submission).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Holds unsent despatches that were made from an attachment with the reference of `case`, which has only just arrived.
/// When they are regenerated, they are checked with that case known.
pub(super) async fn hold(tx: &mut Transaction<'_>, case: &SealedCase) -> Result<(), LedgerError> {
    if !case.history.events.is_empty() {
        return Ok(());
    }
    let Some((_, pseudonym)) = case.pseudonyms.iter().find(|(kind, _)| *kind == Kind::Reference) else {
        return Ok(());
    };
    let referring = REFERRING.query().bind(pseudonym.bytes()).bind(case.case_id.as_str());
    let rows = referring.fetch_all(tx.connection()).await?;
    let mut theirs: BTreeMap<CaseId, Vec<Despatch>> = BTreeMap::new();
    for despatch in records(&rows)? {
        theirs.entry(despatch.case_id.clone()).or_default().push(despatch);
    }
    for (other, despatches) in theirs {
        let known = pseudonyms(tx.connection(), &other).await?;
        if known.is_empty() || is_one_person(&known, &case.pseudonyms) {
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
