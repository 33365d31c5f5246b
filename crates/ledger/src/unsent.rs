//! Enters: an event that affects unsent despatches of its case. Leaves: those despatches superseded or held, or marked
//! as overtaken while a sender has them. Never: changes what was sent, or despatches of a later event.

use crate::despatch::{Despatch, Hold, Overtaken, SealedCase, State};
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::events::{DespatchEvent, HoldCause, LedgerEvent};
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::queries::despatches::record;
use crate::queries::history::{first_file, read};
use crate::statement::statements;
use crate::transact::Transaction;
use despatch_core::words::{CaseId, EventId};
use despatch_process::{Fact, PendingEffect, Planned, Recorded};
use sqlx::Row;

/// The position of the event `$2` of the case `$1`: that of its first file; a new one comes after all others.
macro_rules! place {
    () => {
        "COALESCE((SELECT MIN(own.number) FROM submission AS own WHERE own.case_id = $1 AND own.event_id = $2 \
          AND own.state = 'queued'), 9223372036854775807)"
    };
}

statements! {
    LATER = concat!(
        "SELECT number, recorded FROM submission WHERE case_id = $1 AND event_id <> $2 AND state = 'queued' \
         AND superseded = 0 AND ",
        first_file!(),
        " > ",
        place!(),
        " ORDER BY ",
        first_file!()
    );
    EARLIER = concat!(
        "SELECT record, recorded FROM despatch JOIN submission ON submission.number = despatch.submission \
         WHERE despatch.case_id = $1 AND submission.event_id <> $2 AND submission.superseded = 0 \
         AND despatch.state NOT IN ('sent', 'returned', 'superseded', 'cancelled') AND ",
        first_file!(),
        " < ",
        place!(),
        " ORDER BY submission, position"
    );
}

/// A despatch that is not certain to have been sent, and the record of its event.
type Waiting = (Despatch, Recorded);

impl Ledger {
    /// Returns the despatches of the case of which an event would end the last hold: it undoes what held them.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn let_go_by(
        &mut self,
        case_id: &CaseId,
        event_id: &EventId,
        by: &Recorded,
    ) -> Result<Vec<DespatchId>, LedgerError> {
        let waiting = self.ask(async |connection| earlier(connection, case_id, event_id).await)?;
        let free = waiting.iter().filter(|(despatch, made)| {
            let stays = effect(by, &despatch.planned, Some(&made.fact)).is_none();
            stays && without_undone(despatch, by).is_some_and(|left| left.is_empty())
        });
        Ok(free.map(|(despatch, _)| despatch.id).collect())
    }

    /// Returns the despatches of the case that an event would supersede (`true`) or hold.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn overtaken_by(
        &mut self,
        case_id: &CaseId,
        event_id: &EventId,
        by: &Recorded,
    ) -> Result<Vec<(DespatchId, bool)>, LedgerError> {
        let waiting = self.ask(async |connection| earlier(connection, case_id, event_id).await)?;
        let still = waiting.iter().filter(|(despatch, _)| despatch.state.may_become(State::Superseded));
        let meant = still.filter_map(|(despatch, made)| {
            let effect = effect(by, &despatch.planned, Some(&made.fact))?;
            Some((despatch.id, effect.supersedes()))
        });
        Ok(meant.collect())
    }
}

/// Returns the effect of an event on a despatch of an earlier one; superseding takes precedence over holding.
fn effect(by: &Recorded, planned: &Planned, made: Option<&Fact>) -> Option<PendingEffect> {
    let meant = || by.pending_effects.iter().copied().filter(|effect| effect.means(by, planned, made));
    meant().find(|effect| effect.supersedes()).or_else(|| meant().next())
}

/// Applies an event to the case's unsent despatches; returns how many were superseded or held. One that a sender has,
/// or may have delivered, is marked, and dealt with if it comes back.
pub(super) async fn withdraw(tx: &mut Transaction<'_>, case: &SealedCase) -> Result<usize, LedgerError> {
    if case.recorded.pending_effects.is_empty() && case.recorded.fact.undoes().is_none() {
        return Ok(0);
    }
    let mut count = 0;
    for (despatch, made) in earlier(tx.connection(), &case.case_id, &case.event_id).await? {
        let Some(effect) = effect(&case.recorded, &despatch.planned, Some(&made.fact)) else {
            end_undone(tx, &despatch, case).await?;
            continue;
        };
        let overtaken = overtaken(case.submission, &case.recorded, effect);
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

/// Returns what is left of a despatch's holds once the event that `by` undoes holds it no longer; `None` if it held
/// nothing of it.
fn without_undone(despatch: &Despatch, by: &Recorded) -> Option<Vec<Hold>> {
    let undone = format!("({})", by.fact.undoes()?.label());
    let is_undone = |hold: &&Hold| hold.code == Hold::OVERTAKEN && hold.words.contains(&undone);
    let held = despatch.state == State::Held && despatch.holds.iter().any(|hold| is_undone(&hold));
    held.then(|| despatch.holds.iter().filter(|hold| !is_undone(hold)).cloned().collect())
}

/// Ends the hold of an event that this one undoes, with the reason on record. What was approved is looked at again.
async fn end_undone(
    tx: &mut Transaction<'_>,
    despatch: &Despatch,
    case: &SealedCase,
) -> Result<(), LedgerError> {
    let Some(left) = without_undone(despatch, &case.recorded) else {
        return Ok(());
    };
    let what = case.recorded.fact.name().label();
    let reason = format!("case {} has come in since ({what}), so what held this is undone", case.submission);
    let happened = if left.is_empty() {
        DespatchEvent::Released { reason, state: State::AwaitingReview }
    } else {
        DespatchEvent::Held { holds: left, cause: HoldCause::Overtaken }
    };
    tx.record(LedgerEvent::Despatch(despatch.id, happened)).await
}

/// Supersedes or holds a despatch that an event of its case has overtaken.
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

/// Applies the later events of the case to a despatch that a correction makes: it takes the position of its event's
/// first file.
pub(super) async fn overtaken_on_arrival(
    connection: &mut LedgerConnection,
    case: &SealedCase,
    despatch: &mut Despatch,
) -> Result<(), LedgerError> {
    let rows =
        LATER.query().bind(case.case_id.as_str()).bind(case.event_id.as_str()).fetch_all(connection).await?;
    for row in rows {
        let mut by: Recorded = read(row.try_get("recorded")?)?;
        by.pending_effects = by.effects_on_correction(&case.recorded.fact);
        let Some(effect) = effect(&by, &despatch.planned, Some(&case.recorded.fact)) else {
            if let Some(left) = without_undone(despatch, &by) {
                despatch.state = if left.is_empty() { State::AwaitingReview } else { State::Held };
                despatch.holds = left;
            }
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

/// Returns the despatches of the case's earlier events that are not certain to have been sent.
async fn earlier(
    connection: &mut LedgerConnection,
    case_id: &CaseId,
    event_id: &EventId,
) -> Result<Vec<Waiting>, LedgerError> {
    let rows = EARLIER.query().bind(case_id.as_str()).bind(event_id.as_str()).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((record(row.get("record"))?, read(row.try_get("recorded")?)?))).collect()
}

fn overtaken(submission: i64, by: &Recorded, effect: PendingEffect) -> Overtaken {
    let what = format!("case {submission} has come in since ({})", by.fact.name().label());
    let words = match effect {
        PendingEffect::HeldCopies => format!(
            "{what}, and this healthcare team has the person no longer in its care: see at once that the team that has \
             them now gets the copy (correct the event with the place where the person is), then cancel this"
        ),
        _ => format!("{what}: cancel this, or release it with the reason why it is still right"),
    };
    Overtaken { by: submission, gives_way: effect.supersedes(), words }
}

/// Adds the hold of an overtaking event to a despatch's holds.
fn holds_with(holds: &[Hold], overtaken: &Overtaken) -> Vec<Hold> {
    let words = overtaken.words.clone();
    let known = holds.iter().any(|hold| hold.words == words);
    let new = (!known).then(|| Hold { code: Hold::OVERTAKEN.to_owned(), words, regenerate: false });
    holds.iter().cloned().chain(new).collect()
}
