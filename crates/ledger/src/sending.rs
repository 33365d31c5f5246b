//! Enters: approved despatches. Leaves: [`Approved`], the one thing that a courier takes, and the results of sending,
//! those of several messages in one commit.
//! Never: returns bytes other than the approved ones, or retries what may have arrived.

use crate::checks::{AsOf, Checks, Decided, decided, recheck};
use crate::despatch::{Despatch, State, Verdict};
use crate::error::LedgerError;
use crate::events::{DespatchEvent, HoldCause, LedgerEvent, OfficeEvent};
use crate::files::Files;
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::queries::next_to_send::{next_due, overtaken_and_back, replacement, superseded_and_back};
use crate::signing::hold_unsigned;
use crate::transact::Transaction;
use crate::unsent::overtake;
use chrono::TimeDelta;
use despatch_core::clock::Moment;
use despatch_seal::approvers::Approvers;
use despatch_settings::Staff;

/// The actor of what the sender does by itself.
pub(crate) const THE_SENDER: &str = "despatch send";
/// The first wait after a temporary refusal; it doubles with each attempt. RFC 5321, 4.5.4.1 asks for 30 minutes or
/// more between attempts at one host, which this reaches with the third.
const FIRST_WAIT_MINUTES: i64 = 10;
/// The longest wait between attempts.
const LONGEST_WAIT_MINUTES: i64 = 240;
/// Attempts after which a temporary refusal needs a person: with the waits above, about a day.
pub(crate) const ATTEMPTS_MAX: u32 = 10;

/// A despatch that a second person approved, with the approved bytes. Only the ledger makes one, after rechecking the
/// bytes, the recipient and the dates.
#[derive(Debug)]
pub struct Approved {
    despatch: Despatch,
    bytes: Vec<u8>,
}

impl Approved {
    /// Returns the despatch.
    pub fn despatch(&self) -> &Despatch {
        &self.despatch
    }
    /// Returns the approved message.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
    /// Returns the parcel for a courier.
    pub fn parcel(&self) -> Parcel<'_> {
        let name = self.despatch.id.to_string();
        Parcel { name, to: &self.despatch.recipient.address, bytes: &self.bytes }
    }
}

/// One message and its destination: all that a courier takes. Only the ledger makes one, from an approved despatch, a test
/// message or the notice of a reject.
#[derive(Debug)]
pub struct Parcel<'a> {
    pub(super) name: String,
    pub(super) to: &'a str,
    pub(super) bytes: &'a [u8],
}

impl Parcel<'_> {
    /// Returns its unique name, used for its file.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Returns the recipient's address.
    pub fn to(&self) -> &str {
        self.to
    }
    /// Returns the message.
    pub fn bytes(&self) -> &[u8] {
        self.bytes
    }
}

/// The outcome for a despatch in the queue.
#[derive(Debug)]
pub enum Attempt {
    Ready(Box<Approved>),
    /// It cannot be sent now and is held, with the reasons; or its message cannot be read, and it is tried again.
    Held(Box<Despatch>),
}

impl Ledger {
    /// Recovers what an earlier sender left: an incomplete message may be sent again, one that may have arrived is in
    /// doubt. The caller holds the sender's lease.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn recover_sending(&mut self, now: Moment) -> Result<Vec<DespatchId>, LedgerError> {
        let left = self.despatches(&[State::Claimed, State::DotPending])?;
        self.transact(THE_SENDER, now.at, async |tx| {
            let mut in_doubt = Vec::new();
            for despatch in left {
                let happened = if despatch.state == State::Claimed {
                    DespatchEvent::Unclaimed
                } else {
                    in_doubt.push(despatch.id);
                    let reply = "the sender stopped before the relay's answer was recorded".to_owned();
                    DespatchEvent::InDoubt { reply, attempts: despatch.attempts }
                };
                tx.record(LedgerEvent::Despatch(despatch.id, happened)).await?;
            }
            Ok(in_doubt)
        })
    }

    /// Withdraws, holds or supersedes what an event of its case could not touch while a sender had it, and what has come
    /// back since. A sender begins with it; what comes back later is found when it is next to be sent.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn withdraw_outdated(&mut self, now: Moment) -> Result<(), LedgerError> {
        self.transact(THE_SENDER, now.at, async |tx| {
            withdraw_superseded(tx).await?;
            withdraw_overtaken(tx).await
        })
    }

    /// Claims the next approved despatches that are due, at most `most`, each after a recheck; fewer if nothing more is
    /// due. With `approvers` one goes only if each of its approvals has a signature of theirs that counts.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn next_to_send(
        &mut self,
        most: usize,
        checks: Checks<'_>,
        approvers: Option<&Approvers>,
        now: Moment,
    ) -> Result<Vec<Attempt>, LedgerError> {
        let files = self.files.clone();
        // One transaction: a concurrent hold, cancellation or freeze is either seen or comes after it.
        self.transact(THE_SENDER, now.at, async |tx| {
            withdraw_overtaken(tx).await?;
            let decided = decided(tx.connection()).await?;
            let decided = (&decided.0, &decided.1);
            let beyond = now.at + TimeDelta::minutes(LONGEST_WAIT_MINUTES);
            let mut attempts = Vec::new();
            while attempts.len() < most
                && let Some(despatch) = next_due(tx.connection(), now.at, beyond).await?
            {
                if give_way(tx, despatch.id).await? {
                    continue;
                }
                attempts.push(attempt(tx, despatch, &files, (checks, decided, approvers), now).await?);
            }
            Ok(attempts)
        })
    }

    /// Returns the despatches that are to wait longer than any wait: a clock was wrong when that was said. They are due
    /// (F12).
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn waiting_too_long(&mut self, now: Moment) -> Result<Vec<Despatch>, LedgerError> {
        let beyond = now.at + TimeDelta::minutes(LONGEST_WAIT_MINUTES);
        let mut deferred = self.despatches(&[State::Deferred])?;
        deferred.retain(|one| one.next_attempt.is_some_and(|next| next > beyond));
        Ok(deferred)
    }

    /// Takes note of a person's word that the clock is right.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn record_clock_confirmed(&mut self, by: &Staff, now: Moment) -> Result<(), LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            tx.record(LedgerEvent::Office(OfficeEvent::ClockConfirmed)).await
        })
    }

    /// Records, before the final dot of each of these messages is written, that they may arrive, and the courier's
    /// verdicts on others: all of it in one commit, or nothing.
    ///
    /// # Errors
    /// The ledger fails; nothing of it is on record.
    pub fn record_sending(
        &mut self,
        dots: &[DespatchId],
        verdicts: &[(Approved, Verdict)],
        now: Moment,
    ) -> Result<Vec<Despatch>, LedgerError> {
        self.transact(THE_SENDER, now.at, async |tx| {
            for id in dots {
                tx.record(LedgerEvent::Despatch(*id, DespatchEvent::DotPending)).await?;
            }
            let mut done = Vec::with_capacity(verdicts.len());
            for (approved, verdict) in verdicts {
                let (id, came) = (approved.despatch.id, came_of(&approved.despatch, verdict, now));
                let despatch = tx.change(id, came).await?;
                if despatch.state == State::Deferred {
                    give_way(tx, id).await?;
                }
                done.push(despatch);
            }
            Ok(done)
        })
    }
}

/// Claims one despatch, or holds it.
async fn attempt(
    tx: &mut Transaction<'_>,
    despatch: Despatch,
    files: &Files,
    (checks, decided, approvers): (Checks<'_>, Decided<'_>, Option<&Approvers>),
    now: Moment,
) -> Result<Attempt, LedgerError> {
    let id = despatch.id;
    let as_of = AsOf::of(tx.connection(), &despatch, now).await?;
    let checked = match recheck(&despatch, files, checks, decided, as_of) {
        // Nothing is known against it, and the others go on meanwhile.
        Err(LedgerError::Unread(why)) => {
            tx.change(id, DespatchEvent::Claimed).await?;
            let later = not_now(despatch.attempts + 1, why, now);
            return Ok(Attempt::Held(Box::new(tx.change(id, later).await?)));
        }
        checked => checked?,
    };
    let unsigned = match approvers {
        Some(approvers) if checked.is_ok() => hold_unsigned(tx.connection(), &despatch, approvers).await?,
        _ => None,
    };
    match unsigned.map_or(checked, |hold| Err(vec![hold])) {
        Ok(bytes) if despatch.approval.is_some() => {
            let despatch = tx.change(id, DespatchEvent::Claimed).await?;
            Ok(Attempt::Ready(Box::new(Approved { despatch, bytes })))
        }
        Ok(_) => Err(LedgerError::Failed(format!("{id} is approved and nobody approved it"))),
        Err(holds) => {
            let held = DespatchEvent::Held { holds, cause: HoldCause::Recheck };
            Ok(Attempt::Held(Box::new(tx.change(id, held).await?)))
        }
    }
}

/// Supersedes a despatch if a correction could not while a sender had it. Returns whether it did.
async fn give_way(tx: &mut Transaction<'_>, id: DespatchId) -> Result<bool, LedgerError> {
    let replaced = replacement(tx.connection(), id).await?;
    if let Some(by) = replaced {
        tx.record(LedgerEvent::Despatch(id, DespatchEvent::Superseded { by })).await?;
    }
    Ok(replaced.is_some())
}

/// Supersedes what a correction could not while a sender had it, and what has come back since.
async fn withdraw_superseded(tx: &mut Transaction<'_>) -> Result<(), LedgerError> {
    for (id, by) in superseded_and_back(tx.connection()).await? {
        tx.record(LedgerEvent::Despatch(id, DespatchEvent::Superseded { by })).await?;
    }
    Ok(())
}

/// Withdraws or holds what an event of its case overtook while a sender had it, and what has come back since.
async fn withdraw_overtaken(tx: &mut Transaction<'_>) -> Result<(), LedgerError> {
    for despatch in overtaken_and_back(tx.connection()).await? {
        if let Some(overtaken) = &despatch.overtaken {
            overtake(tx, &despatch, overtaken).await?;
        }
    }
    Ok(())
}

/// What a courier's verdict does to a despatch.
fn came_of(despatch: &Despatch, verdict: &Verdict, now: Moment) -> DespatchEvent {
    let attempts = despatch.attempts + 1;
    match verdict.clone() {
        Verdict::Accepted { reply } => DespatchEvent::Sent { reply, attempts },
        Verdict::Deferred { reply } => not_now(attempts, reply, now),
        Verdict::Refused { reply } => DespatchEvent::Refused { reply, attempts },
        Verdict::InDoubt { why } => DespatchEvent::InDoubt { reply: why, attempts },
    }
}

/// What happens to a despatch that certainly did not go this time.
fn not_now(attempts: u32, reply: String, now: Moment) -> DespatchEvent {
    if attempts >= ATTEMPTS_MAX {
        return DespatchEvent::Refused { reply, attempts };
    }
    DespatchEvent::Deferred { reply, attempts, next_attempt: now.at + wait(attempts) }
}

/// Returns the wait after this many attempts.
pub(crate) fn wait(attempts: u32) -> TimeDelta {
    let doublings = attempts.saturating_sub(1).min(10);
    TimeDelta::minutes((FIRST_WAIT_MINUTES << doublings).min(LONGEST_WAIT_MINUTES))
}
