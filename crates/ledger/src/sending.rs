//! Enters: approved despatches. Leaves: [`Approved`], the one thing that a courier takes, and what came of it.
//! Never: gives out bytes other than the approved ones, or retries what may have arrived.

use super::chain::Chain;
use super::despatch::{Despatch, DespatchId, State};
use super::incidents::frozen;
use super::ledger::{Ledger, LedgerError, step};
use super::review::{Checks, recheck};
use super::unsent::overtake;
use crate::connection::begin_write;
use crate::queries::despatches::load;
use crate::queries::next_to_send::{next_due, overtaken_and_back, superseded_and_back};
use crate::queries::packs::pack_record;
use chrono::TimeDelta;
use despatch_core::clock::Moment;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The actor of what the sender does by itself.
const THE_SENDER: &str = "despatch send";
/// The first wait after "not now"; it doubles with each attempt. RFC 5321, 4.5.4.1 asks for 30 minutes or more
/// between attempts at one host, which this reaches with the third.
const FIRST_WAIT_MINUTES: i64 = 10;
/// The longest wait between attempts.
const LONGEST_WAIT_MINUTES: i64 = 240;
/// Attempts after which "not now" is given to a person: with the waits above, about a day.
const ATTEMPTS_MAX: u32 = 10;

/// What became of one attempt to deliver one message. The texts are the relay's or ours, without control
/// characters and cut short, fit for the ledger and a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case", deny_unknown_fields)]
pub enum Verdict {
    /// The relay answered 250 to the dot: it is responsible for the message now.
    Accepted { reply: String },
    /// Certainly not delivered, and worth trying again: a 4xx answer, or a failure before the dot.
    Deferred { reply: String },
    /// Certainly not delivered, and trying again would fail again: a 5xx answer to the message or an address.
    Refused { reply: String },
    /// The dot may have arrived and no certain answer came back: only a person can decide (RFC 1047).
    InDoubt { why: String },
}

impl Verdict {
    /// Whether it arrived, or may have.
    pub fn may_have_gone(&self) -> bool {
        matches!(self, Self::Accepted { .. } | Self::InDoubt { .. })
    }
}

/// A despatch that a second person approved, with the approved bytes. Only the ledger makes one,
/// after checking the bytes, the recipient and the dates once more.
#[derive(Debug)]
pub struct Approved {
    despatch: Despatch,
    bytes: Vec<u8>,
}

impl Approved {
    /// The despatch.
    pub fn despatch(&self) -> &Despatch {
        &self.despatch
    }
    /// The approved message.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
    /// What a courier takes.
    pub fn parcel(&self) -> Parcel<'_> {
        let name = self.despatch.id.to_string();
        Parcel { name, to: &self.despatch.recipient.address, bytes: &self.bytes }
    }
}

/// One message and where it goes: all that a courier takes. Only the ledger makes one, of what was approved or of a
/// trial letter.
#[derive(Debug)]
pub struct Parcel<'a> {
    pub(super) name: String,
    pub(super) to: &'a str,
    pub(super) bytes: &'a [u8],
}

impl Parcel<'_> {
    /// Tells it from every other: the name of its file.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// The recipient's address.
    pub fn to(&self) -> &str {
        self.to
    }
    /// The message.
    pub fn bytes(&self) -> &[u8] {
        self.bytes
    }
}

/// What became of the next despatch in turn.
#[derive(Debug)]
pub enum Attempt {
    Ready(Box<Approved>),
    /// It may not go as things stand; it is held, with the reasons.
    Held(Box<Despatch>),
    /// Nothing is approved and due.
    Nothing,
}

impl Ledger {
    /// Puts in order what an earlier sender left behind: what was not completed may be sent again,
    /// what may have arrived is in doubt. The caller holds the sender's lease.
    pub fn recover_sending(&mut self, now: Moment) -> Result<Vec<DespatchId>, LedgerError> {
        let mut in_doubt = Vec::new();
        for despatch in self.despatches(&[State::Claimed, State::DotPending])? {
            let (next, what) = match despatch.state {
                State::Claimed => (State::Approved, "unclaimed"),
                _ => (State::InDoubt, "in_doubt"),
            };
            if next == State::InDoubt {
                in_doubt.push(despatch.id);
            }
            self.sender_step(despatch.id, next, what, Value::Null, now, |despatch| {
                if next == State::InDoubt {
                    despatch.reply =
                        Some("the sender stopped before the relay's answer was recorded".to_owned());
                }
            })?;
        }
        Ok(in_doubt)
    }

    /// Takes the next approved despatch that is due, checked once more.
    pub fn next_to_send(&mut self, checks: Checks<'_>, now: Moment) -> Result<Attempt, LedgerError> {
        self.withdraw_superseded(now)?;
        self.withdraw_overtaken(now)?;
        let files = self.files.clone();
        let connection = &mut self.connection;
        // One transaction: what somebody holds, cancels or freezes meanwhile is seen, or comes after the claim.
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            let Some(mut despatch) = next_due(&mut tx, now.at).await? else {
                return Ok(Attempt::Nothing);
            };
            let (packs, frozen) = (pack_record(&mut tx).await?, frozen(&mut tx).await?);
            let mut chain = Chain::new(now.at, THE_SENDER);
            let attempt = match recheck(&despatch, &files, checks, (&packs, &frozen), now.today) {
                Ok(bytes) if despatch.approval.is_some() => {
                    step(&mut tx, &mut chain, &mut despatch, State::Claimed, "claimed", Value::Null).await?;
                    Attempt::Ready(Box::new(Approved { despatch, bytes }))
                }
                Ok(_) => {
                    let words = format!("{} is approved and nobody approved it", despatch.id);
                    return Err(LedgerError::Failed(words));
                }
                Err(holds) => {
                    let detail = json!({ "holds": holds });
                    if holds.iter().any(|hold| hold.remake) {
                        despatch.approval = None;
                    }
                    despatch.holds = holds;
                    step(&mut tx, &mut chain, &mut despatch, State::Held, "held", detail).await?;
                    Attempt::Held(Box::new(despatch))
                }
            };
            tx.commit().await?;
            Ok(attempt)
        })
    }

    /// Takes out what a correction could not supersede while a sender had it, and what has come back since.
    fn withdraw_superseded(&mut self, now: Moment) -> Result<(), LedgerError> {
        let connection = &mut self.connection;
        for id in self.runtime.block_on(superseded_and_back(connection))? {
            self.sender_step(id, State::Superseded, "superseded", Value::Null, now, |despatch| {
                despatch.approval = None;
            })?;
        }
        Ok(())
    }

    /// Takes out or holds what an event of its case has overtaken while a sender had it, and what has come back since.
    fn withdraw_overtaken(&mut self, now: Moment) -> Result<(), LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            let back = overtaken_and_back(&mut tx).await?;
            let mut chain = Chain::new(now.at, THE_SENDER);
            for mut despatch in back {
                if let Some(overtaken) = despatch.overtaken.clone() {
                    overtake(&mut tx, &mut chain, &mut despatch, &overtaken).await?;
                }
            }
            Ok(tx.commit().await?)
        })
    }

    /// Records, before the final dot is written, that from now on the message may arrive.
    pub fn dot_pending(&mut self, approved: &Approved, now: Moment) -> Result<(), LedgerError> {
        self.sender_step(approved.despatch.id, State::DotPending, "dot_pending", Value::Null, now, |_| ())?;
        Ok(())
    }

    /// Records what the courier says.
    pub fn record_verdict(
        &mut self,
        approved: Approved,
        verdict: &Verdict,
        now: Moment,
    ) -> Result<Despatch, LedgerError> {
        let attempts = approved.despatch.attempts + 1;
        let (next, what, reply) = match verdict {
            Verdict::Accepted { reply } => (State::Sent, "sent", reply),
            Verdict::Deferred { reply } if attempts >= ATTEMPTS_MAX => (State::Refused, "refused", reply),
            Verdict::Deferred { reply } => (State::Deferred, "deferred", reply),
            Verdict::Refused { reply } => (State::Refused, "refused", reply),
            Verdict::InDoubt { why } => (State::InDoubt, "in_doubt", why),
        };
        let detail = json!({ "reply": reply, "attempts": attempts });
        let next_attempt = (next == State::Deferred).then(|| now.at + wait(attempts));
        self.sender_step(approved.despatch.id, next, what, detail, now, |despatch| {
            despatch.attempts = attempts;
            despatch.reply = Some(reply.clone());
            despatch.next_attempt = next_attempt;
            despatch.sent_on = (next == State::Sent).then_some(now.today);
        })
    }

    fn sender_step(
        &mut self,
        id: DespatchId,
        next: State,
        what: &str,
        detail: Value,
        now: Moment,
        change: impl FnOnce(&mut Despatch),
    ) -> Result<Despatch, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            let mut chain = Chain::new(now.at, THE_SENDER);
            let mut despatch = load(&mut tx, id).await?;
            change(&mut despatch);
            step(&mut tx, &mut chain, &mut despatch, next, what, detail).await?;
            tx.commit().await?;
            Ok(despatch)
        })
    }
}

/// The wait after so many attempts.
fn wait(attempts: u32) -> TimeDelta {
    let doublings = attempts.saturating_sub(1).min(10);
    TimeDelta::minutes((FIRST_WAIT_MINUTES << doublings).min(LONGEST_WAIT_MINUTES))
}
