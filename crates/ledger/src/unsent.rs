//! Enters: an event that changes what is still to go in its case. Leaves: those despatches superseded or held, and
//! marked where a sender has them in hand. Never: touches what has gone, or what a later event made.

use super::despatch::{Despatch, DespatchId, Hold, Overtaken, SealedCase, State};
use super::events::{DespatchEvent, HoldCause, LedgerEvent};
use super::ledger::{Ledger, LedgerError};
use super::transact::Transaction;
use crate::connection::LedgerConnection;
use crate::queries::despatches::record;
use crate::queries::history::{first_file, read};
use crate::statement::statements;
use despatch_core::words::{CaseId, EventId};
use despatch_process::{Fact, PendingEffect, Planned, Recorded};
use sqlx::Row;

/// The place of the event `$2` of the case `$1`: that of its first file; one that is new comes after all others.
macro_rules! place {
    () => {
        "COALESCE((SELECT MIN(own.number) FROM claim AS own WHERE own.case_id = $1 AND own.event_id = $2 \
          AND own.state = 'queued'), 9223372036854775807)"
    };
}

statements! {
    LATER = concat!(
        "SELECT number, recorded FROM claim WHERE case_id = $1 AND event_id <> $2 AND state = 'queued' \
         AND superseded = 0 AND ",
        first_file!(),
        " > ",
        place!(),
        " ORDER BY ",
        first_file!()
    );
    EARLIER = concat!(
        "SELECT record, recorded FROM despatch JOIN claim ON claim.number = despatch.claim \
         WHERE despatch.case_id = $1 AND claim.event_id <> $2 AND claim.superseded = 0 \
         AND despatch.state NOT IN ('sent', 'returned', 'superseded', 'cancelled') AND ",
        first_file!(),
        " < ",
        place!(),
        " ORDER BY claim, position"
    );
}

/// A despatch that has not gone for certain, and what its event put on record.
type Waiting = (Despatch, Recorded);

impl Ledger {
    /// The despatches of the case that would give way to an event (`true`), or be held by it.
    pub fn overtaken_by(
        &mut self,
        case_id: &CaseId,
        event_id: &EventId,
        by: &Recorded,
    ) -> Result<Vec<(DespatchId, bool)>, LedgerError> {
        let connection = &mut self.connection;
        let waiting = self.runtime.block_on(earlier(connection, case_id, event_id))?;
        let still = waiting.iter().filter(|(despatch, _)| despatch.state.may_become(State::Superseded));
        let meant = still.filter_map(|(despatch, made)| {
            let effect = effect(by, &despatch.planned, Some(&made.fact))?;
            Some((despatch.id, effect.supersedes()))
        });
        Ok(meant.collect())
    }
}

/// What an event does to a despatch of an earlier one; what gives way need not be held.
fn effect(by: &Recorded, planned: &Planned, made: Option<&Fact>) -> Option<PendingEffect> {
    let meant = || by.pending_effects.iter().copied().filter(|effect| effect.means(by, planned, made));
    meant().find(|effect| effect.supersedes()).or_else(|| meant().next())
}

/// Does to the case's despatches what the event calls for: how many give way or are held. What a sender has in hand,
/// or may have delivered, is marked, and dealt with if it comes back.
pub(super) async fn withdraw(tx: &mut Transaction<'_>, case: &SealedCase) -> Result<usize, LedgerError> {
    if case.recorded.pending_effects.is_empty() {
        return Ok(0);
    }
    let mut count = 0;
    for (despatch, made) in earlier(tx.connection(), &case.case_id, &case.event_id).await? {
        let Some(effect) = effect(&case.recorded, &despatch.planned, Some(&made.fact)) else {
            continue;
        };
        let overtaken = overtaken(case.claim, &case.recorded, effect);
        if despatch.state.may_become(State::Superseded) {
            count += 1;
            overtake(tx, &despatch, &overtaken).await?;
        } else if despatch.overtaken.as_ref().is_none_or(|before| !before.gives_way) {
            let happened = DespatchEvent::Overtaken(overtaken);
            tx.record(LedgerEvent::Despatch(despatch.id, happened)).await?;
        }
    }
    Ok(count)
}

/// Takes out, or holds, a despatch that an event of its case has overtaken.
pub(super) async fn overtake(
    tx: &mut Transaction<'_>,
    despatch: &Despatch,
    overtaken: &Overtaken,
) -> Result<(), LedgerError> {
    let happened = if overtaken.gives_way {
        DespatchEvent::Superseded { by: overtaken.by }
    } else {
        let holds = holds_with(&despatch.holds, overtaken);
        DespatchEvent::Held { holds, cause: HoldCause::Overtaken }
    };
    tx.record(LedgerEvent::Despatch(despatch.id, happened)).await
}

/// What a correction makes anew stands where its first file stood: what the later events of the case did to that, they
/// do to this.
pub(super) async fn overtaken_on_arrival(
    connection: &mut LedgerConnection,
    case: &SealedCase,
    despatch: &mut Despatch,
) -> Result<(), LedgerError> {
    let rows =
        LATER.query().bind(case.case_id.as_str()).bind(case.event_id.as_str()).fetch_all(connection).await?;
    for row in rows {
        let by: Recorded = read(row.get("recorded"))?;
        let Some(effect) = effect(&by, &despatch.planned, Some(&case.recorded.fact)) else {
            continue;
        };
        if effect.supersedes() {
            despatch.state = State::Superseded;
            return Ok(());
        }
        despatch.state = State::Held;
        despatch.holds = holds_with(&despatch.holds, &overtaken(row.get("number"), &by, effect));
    }
    Ok(())
}

/// What has not gone for certain of the case's earlier events.
async fn earlier(
    connection: &mut LedgerConnection,
    case_id: &CaseId,
    event_id: &EventId,
) -> Result<Vec<Waiting>, LedgerError> {
    let rows = EARLIER.query().bind(case_id.as_str()).bind(event_id.as_str()).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((record(row.get("record"))?, read(row.get("recorded"))?))).collect()
}

fn overtaken(claim: i64, by: &Recorded, effect: PendingEffect) -> Overtaken {
    let what = format!("case {claim} has come in since ({})", by.fact.name().words());
    let words = match effect {
        PendingEffect::HeldCopies => format!(
            "{what}, and this healthcare team has the person no longer in its care: see at once that the team that has \
             them now gets the copy (correct the event with the place where the person is), then cancel this"
        ),
        _ => format!("{what}: cancel this, or release it with the reason why it is still right"),
    };
    Overtaken { by: claim, gives_way: effect.supersedes(), words }
}

/// What holds a despatch, with what the event of its case adds.
fn holds_with(holds: &[Hold], overtaken: &Overtaken) -> Vec<Hold> {
    let words = overtaken.words.clone();
    let known = holds.iter().any(|hold| hold.words == words);
    let new = (!known).then(|| Hold { code: Hold::OVERTAKEN.to_owned(), words, remake: false });
    holds.iter().cloned().chain(new).collect()
}
