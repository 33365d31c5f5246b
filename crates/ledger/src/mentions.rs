//! Enters: what in a case's attachments may be a reference, and whom a new case is about, both as keyed hashes.
//! Leaves: what has not gone yet and holds the reference of a case that came in since, held.
//! Never: sees a reference or the key.

use super::chain::Chain;
use super::despatch::{Despatch, Hold, SealedCase, State};
use super::ledger::{LedgerError, put_down, step};
use crate::connection::LedgerConnection;
use crate::queries::despatches::records;
use crate::queries::known_cases::marks;
use crate::statement::statements;
use despatch_core::words::CaseId;
use despatch_guards::others::{Kind, may_be_one_person};
use despatch_guards::{Check, Guard, Outcome};
use serde_json::json;
use std::collections::BTreeMap;

statements! {
    MENTION = "INSERT INTO mention (mark, claim) VALUES ($1, $2) ON CONFLICT (mark, claim) DO NOTHING";
    MENTIONED = "SELECT despatch.record FROM mention JOIN claim ON claim.number = mention.claim \
                 JOIN despatch ON despatch.claim = claim.number \
                 WHERE mention.mark = $1 AND claim.case_id <> $2 AND claim.superseded = 0 \
                 AND despatch.state IN ('held', 'awaiting_review', 'approved', 'deferred', 'refused')";
}

/// Keeps what a case file mentions.
pub(super) async fn keep(connection: &mut LedgerConnection, case: &SealedCase) -> Result<(), LedgerError> {
    for mark in &case.mentions {
        MENTION.query().bind(mark.bytes()).bind(case.claim).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Holds what has not gone and was made from an attachment with the reference of `case`, which comes in only now. Made
/// anew, it is looked at with that case known.
pub(super) async fn hold(
    connection: &mut LedgerConnection,
    chain: &mut Chain<'_>,
    case: &SealedCase,
) -> Result<(), LedgerError> {
    if !case.history.events.is_empty() {
        return Ok(());
    }
    let Some((_, mark)) = case.marks.iter().find(|(kind, _)| *kind == Kind::Reference) else { return Ok(()) };
    let rows =
        MENTIONED.query().bind(mark.bytes()).bind(case.case_id.as_str()).fetch_all(&mut *connection).await?;
    let mut theirs: BTreeMap<CaseId, Vec<Despatch>> = BTreeMap::new();
    for despatch in records(&rows)? {
        theirs.entry(despatch.case_id.clone()).or_default().push(despatch);
    }
    for (other, despatches) in theirs {
        let known = marks(connection, &other).await?;
        if known.is_empty() || may_be_one_person(&known, &case.marks) {
            continue;
        }
        for despatch in despatches {
            hold_one(connection, chain, despatch, &case.case_id).await?;
        }
    }
    Ok(())
}

async fn hold_one(
    connection: &mut LedgerConnection,
    chain: &mut Chain<'_>,
    mut despatch: Despatch,
    case: &CaseId,
) -> Result<(), LedgerError> {
    let evidence =
        format!("a document of the case holds the reference of another one, {case}, that came in since");
    if despatch.checks.iter().any(|check| check.evidence == evidence) {
        return Ok(());
    }
    let check = Check::new(Guard::Identity, Outcome::Stops, evidence);
    despatch.holds.push(Hold::from(&check));
    despatch.checks.push(check);
    despatch.checks.sort_by_key(|check| check.guard);
    despatch.approval = None;
    let detail = json!({ "holds": despatch.holds });
    if despatch.state == State::Held {
        return put_down(connection, chain, &despatch, "held", detail).await;
    }
    step(connection, chain, &mut despatch, State::Held, "held", detail).await
}
