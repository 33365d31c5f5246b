//! Enters: a batch, a kind of which the pack lets a sample stand for the rest, and a reviewer. Leaves: the sample, on record;
//! and once this reviewer has opened all of it, their approvals of the others. Never: draws by anything but hashes that
//! anybody can compute again, or approves unopened where a check asks a person to look.

use crate::batches::unknown;
use crate::checks::Checks;
use crate::despatch::{Despatch, State};
use crate::engine::LedgerConnection;
use crate::error::{LedgerError, refuse};
use crate::event_log;
use crate::events::{BatchEvent, DespatchEvent, LedgerEvent, Subject};
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::queries::batches::{BatchOnRecord, RowFate, after_of_kind, load, of_kind, rows_of};
use crate::review::{Approving, approval};
use crate::transact::Transaction;
use crate::views::{asks, has_viewed};
use despatch_core::clock::Moment;
use despatch_core::words::{BatchName, KindName, Sha256};
use despatch_settings::{Staff, Unseen};
use serde::Serialize;

/// How many messages are approved in one transaction, which waits for the disk once.
const APPROVED_AT_ONCE: u32 = 100;

/// What a sample on record depends on. The rows that a batch lists, which may be ten thousand, are not among it: it is asked
/// for with every part that is approved.
const OF_SAMPLES: [&str; 2] = ["batch_begun", "batch_sampled"];

/// The messages of a kind that are opened for all of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sample {
    pub kind: KindName,
    /// How many messages it stands for, itself among them.
    pub of: usize,
    pub drawn: Vec<DespatchId>,
}

/// Approvals on the strength of a sample.
#[derive(Debug, Default)]
pub struct SampledApprovals {
    pub decided: Vec<(DespatchId, Result<Despatch, LedgerError>)>,
    /// Where to go on; `None` if nothing is left.
    pub next: Option<(i64, i64)>,
}

impl Ledger {
    /// Draws the sample of a kind, or returns the one that was drawn of the same rows.
    ///
    /// # Errors
    /// There is no such batch; rows of it are still to be made; the pack lets no sample stand for this kind; the ledger fails.
    pub fn draw_sample(
        &mut self,
        (name, kind): (&BatchName, &KindName),
        by: &Staff,
        checks: Checks<'_>,
        now: Moment,
    ) -> Result<Sample, LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let batch = load(tx.connection(), name).await?.ok_or_else(|| unknown(name))?;
            if let Some(drawn) = on_record(tx.connection(), name, kind).await? {
                return Ok(drawn);
            }
            let rows = rows_of(tx.connection(), &batch).await?;
            let open =
                rows.iter().filter(|row| matches!(row.fate, RowFate::Waiting | RowFate::InHand)).count();
            if open > 0 {
                let cause = format!("messages of {open} of its rows are still to be made");
                let cure = "wait until all of them are, or give the command for the sheet again";
                return refuse(at(name), "batch.incomplete", cause, cure);
            }
            let messages = of_kind(tx.connection(), name, kind).await?;
            let sample = draw(&batch, kind, &messages, checks)?;
            let Sample { kind, of, drawn } = sample.clone();
            let sampled = BatchEvent::Sampled { kind, of, drawn };
            tx.record(LedgerEvent::Batch(name.clone(), sampled)).await?;
            Ok(sample)
        })
    }

    /// Returns the sample of a kind that was drawn of the rows as they are.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn sample_on_record(
        &mut self,
        name: &BatchName,
        kind: &KindName,
    ) -> Result<Option<Sample>, LedgerError> {
        self.ask(async |connection| on_record(connection, name, kind).await)
    }

    /// Approves some messages of a kind after a place, each as [`Ledger::approve`] would: those that this person has opened,
    /// and, where they have opened the whole sample and stopped nothing of it, the others too. What a check asks a person to
    /// look at is refused.
    ///
    /// # Errors
    /// There is no sample on record; this person has not opened all of it, or something of it was stopped; the ledger fails.
    pub fn approve_by_sample(
        &mut self,
        (name, kind): (&BatchName, &KindName),
        by: &Staff,
        (unseen, checks): (&Unseen, Checks<'_>),
        after: (i64, i64),
        now: Moment,
    ) -> Result<SampledApprovals, LedgerError> {
        let files = self.files().clone();
        self.transact(by.id.as_str(), now.at, async |tx| {
            let Some(sample) = on_record(tx.connection(), name, kind).await? else {
                let cause = format!("no sample of {kind} was drawn of its rows as they are");
                return refuse(at(name), "sample.none", cause, "draw it with `despatch batch sample`");
            };
            let reason = passed(tx, name, &sample, by).await?;
            let waiting = after_of_kind(tx.connection(), name, kind, after, APPROVED_AT_ONCE).await?;
            let full = waiting.len() == APPROVED_AT_ONCE as usize;
            let last = waiting.last().map(|last| (last.id.submission, last.id.position as i64));
            let mut done = SampledApprovals { decided: Vec::new(), next: last.filter(|_| full) };
            for despatch in waiting {
                let id = despatch.id;
                // A pack that lists the kind no longer lets no sample stand for it.
                let listed = checks.packs.get(&despatch.pack).and_then(|pack| pack.sample_of(kind));
                let sampled = listed.and(Some(reason.as_str()));
                let saying = Approving { seen: None, confirmed: &[], unseen, signing: None };
                let given = approval(tx, id, by, (saying, sampled), (&files, checks), now).await;
                let outcome = match given {
                    Ok(Ok((despatch, approval))) => {
                        let approved = match despatch.needs_two() && despatch.first_approval.is_none() {
                            true => DespatchEvent::FirstApproved { approval },
                            false => DespatchEvent::Approved { approval },
                        };
                        Ok(tx.change(id, approved).await?)
                    }
                    Ok(Err(refused)) => Err(refused),
                    // Nothing was written of it, and the others are no worse for it.
                    Err(LedgerError::Refused(fault)) => Err(LedgerError::Refused(fault)),
                    Err(failed) => return Err(failed),
                };
                done.decided.push((id, outcome));
            }
            Ok(done)
        })
    }
}

fn at(name: &BatchName) -> String {
    format!("batch {name}")
}

/// Draws the sample: the first of the messages, ordered by the hash of the batch, its sheet and each id. Nobody can choose
/// it, and everybody can draw it again.
///
/// # Errors
/// The pack lets no sample stand for this kind.
fn draw(
    batch: &BatchOnRecord,
    kind: &KindName,
    messages: &[Despatch],
    checks: Checks<'_>,
) -> Result<Sample, LedgerError> {
    let size = |one: &Despatch| checks.packs.get(&one.pack).and_then(|pack| pack.sample_of(kind));
    let sampled = messages.iter().filter(|one| one.state == State::AwaitingReview && !asks(one));
    let sampled: Vec<(&Despatch, u32)> = sampled.filter_map(|one| Some((one, size(one)?))).collect();
    let Some(number) = sampled.iter().map(|(_, size)| *size).max() else {
        let cause =
            format!("no message of the kind {kind} waits in it of which the pack lets a sample stand");
        let cure = "open each message: `despatch batch show` says which come next";
        return refuse(at(&batch.name), "sample.kind", cause, cure);
    };
    let lot = |id: DespatchId| Sha256::of(format!("{}\n{}\n{id}", batch.name, batch.sheet).as_bytes());
    let mut ids: Vec<DespatchId> = sampled.iter().map(|(one, _)| one.id).collect();
    ids.sort_by_key(|id| lot(*id));
    let of = ids.len();
    ids.truncate(usize::try_from(number).unwrap_or(usize::MAX));
    ids.sort();
    Ok(Sample { kind: kind.clone(), of, drawn: ids })
}

/// Returns the sample of a kind that is on record and was drawn since the rows were listed.
async fn on_record(
    connection: &mut LedgerConnection,
    name: &BatchName,
    kind: &KindName,
) -> Result<Option<Sample>, LedgerError> {
    let subject = Subject::Batch(name.clone()).to_string();
    let events = event_log::read_kinds_of(connection, &subject, &OF_SAMPLES).await?;
    Ok(last_drawn(events.iter().map(|event| &event.happened), kind))
}

fn last_drawn<'e>(events: impl Iterator<Item = &'e LedgerEvent>, kind: &KindName) -> Option<Sample> {
    let mut last = None;
    for happened in events {
        match happened {
            LedgerEvent::Batch(_, BatchEvent::Begun { .. }) => last = None,
            LedgerEvent::Batch(_, BatchEvent::Sampled { kind: of_kind, of, drawn }) if of_kind == kind => {
                last = Some(Sample { kind: kind.clone(), of: *of, drawn: drawn.clone() });
            }
            _ => {}
        }
    }
    last
}

/// Returns what the record says of the messages that are approved unopened, if this person has opened the whole sample.
///
/// # Errors
/// They have not, or something of it was stopped: then each message is opened.
async fn passed(
    tx: &mut Transaction<'_>,
    name: &BatchName,
    sample: &Sample,
    by: &Staff,
) -> Result<String, LedgerError> {
    let mut unopened = Vec::new();
    for id in &sample.drawn {
        let despatch = tx.despatch(*id).await?;
        let stopped = matches!(
            despatch.state,
            State::Held | State::Returned | State::Cancelled | State::Superseded | State::Refused
        );
        if stopped {
            let cause = format!(
                "{id}, of the sample, is {}: the sample does not stand for the rest",
                despatch.state.label()
            );
            let cure = "open each of the other messages, and decide about it";
            return refuse(at(name), "sample.stopped", cause, cure);
        }
        let opened = match &despatch.message {
            Some(bound) => has_viewed(tx.connection(), *id, bound.sha256, by).await?,
            None => false,
        };
        if !opened {
            unopened.push(id.to_string());
        }
    }
    if unopened.is_empty() {
        let (drawn, of, kind) = (sample.drawn.len(), sample.of, &sample.kind);
        return Ok(format!(
            "{drawn} of the {of} messages {kind} of the batch {name} were opened, drawn by lot"
        ));
    }
    let cause = format!("{} has not opened all of the sample: {}", by.id, unopened.join(", "));
    let cure = "open these with `despatch outbox open`, look at each document, and then decide";
    refuse(at(name), "sample.unopened", cause, cure)
}
