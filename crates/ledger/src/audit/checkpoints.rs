//! Enters: the rows of the record as they are walked through, and the checkpoints of it: those in the record, the office's
//! own and those kept elsewhere. Leaves: those that the record does not bear out, and those of before a restoration.
//! Never: takes a checkpoint that contradicts the record for one of before a restoration, unless it fits there.

use super::{Audit, Wrong, at_row};
use crate::checkpoints::Checkpoint;
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::event_log::Checked;
use crate::events::{Event, LedgerEvent, OfficeEvent, SubmissionEvent, Tail};
use crate::signed_batches;
use chrono::{DateTime, Utc};
use despatch_seal::signing::Signer;
use serde::Serialize;
use std::collections::BTreeMap;

/// A restoration, and where the record goes on from its backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fork {
    /// The last event of the backup.
    pub from: Tail,
    /// When it happened.
    pub before: DateTime<Utc>,
    pub restored_at: DateTime<Utc>,
    pub by: String,
}

/// What a replay learns of checkpoints.
#[derive(Default)]
pub(super) struct Checkpoints {
    /// Those in the record itself, each of a batch of the line.
    batches: Vec<Checkpoint>,
    /// The hash of each row that a checkpoint signs.
    hashes: BTreeMap<i64, Option<String>>,
    /// The row before the present one, and when it happened.
    previous: Option<(Tail, DateTime<Utc>)>,
    /// The last row that queued a case.
    queued: Option<i64>,
    forks: Vec<Fork>,
}

impl Checkpoints {
    /// Reads those of the record, and says which of them nobody whom the office trusts has signed.
    pub(super) async fn of(
        connection: &mut LedgerConnection,
        given: &[Checkpoint],
        signers: &[Signer],
        audit: &mut Audit,
    ) -> Result<Self, LedgerError> {
        let (mut all, mut unsigned) = (Self::default(), WrongBatches::default());
        signed_batches::walk(connection, signers, |seq, read| match read {
            Ok(checkpoint) => all.batches.push(checkpoint),
            Err(why) => unsigned.add(seq, why),
        })
        .await?;
        unsigned.tell(audit);
        let signed = given.iter().chain(&all.batches).map(|one| one.seq);
        all.hashes = signed.map(|seq| (seq, None)).collect();
        audit.signed_batches = all.batches.len();
        Ok(all)
    }

    /// Takes note of one row.
    pub(super) fn take(&mut self, row: &Checked, audit: &mut Audit) {
        if let Some(hash) = self.hashes.get_mut(&row.seq) {
            *hash = Some(row.hash.clone());
        }
        if let Ok(event) = &row.event {
            self.happen(event, audit);
        }
        let at = row.event.as_ref().map(|event| event.at).ok();
        let tail = row.hash.parse().ok().map(|hash| Tail { seq: row.seq, hash });
        self.previous = tail.zip(at.or(self.previous.as_ref().map(|(_, at)| *at)));
    }

    fn happen(&mut self, event: &Event, audit: &mut Audit) {
        match &event.happened {
            LedgerEvent::Submission(_, SubmissionEvent::Queued(_)) => self.queued = Some(event.seq),
            LedgerEvent::Office(OfficeEvent::Restored { fork, .. }) => {
                let Some((from, before)) = self.previous.clone() else { return };
                if fork.as_ref().is_some_and(|fork| *fork != from) {
                    let why = "it says that the record goes on from another event than the one before it";
                    audit.wrong.push(Wrong::new(at_row(event.seq), why));
                }
                let (restored_at, by) = (event.at, event.actor.clone());
                self.forks.push(Fork { from, before, restored_at, by });
            }
            _ => {}
        }
    }

    /// Compares the record with every checkpoint of it: they alone show that it was cut, or written anew with hashes that
    /// fit.
    pub(super) fn check(self, given: &[Checkpoint], audit: &mut Audit) {
        audit.checkpoints = given.len();
        for checkpoint in given {
            let Some(why) = self.against(checkpoint) else { continue };
            if self.forks.iter().any(|fork| fork.lost(checkpoint)) {
                audit.before_restoration.push(checkpoint.clone());
                continue;
            }
            let day = checkpoint.at.format("%Y-%m-%d %H:%M");
            let at = format!("the checkpoint of {day} over row {}", checkpoint.seq);
            audit.wrong.push(Wrong::new(at, why));
        }
        let mut contradicted = WrongBatches::default();
        for batch in &self.batches {
            if let Some(why) = self.against(batch) {
                contradicted.add(batch.seq, why.to_owned());
            }
        }
        contradicted.tell(audit);
        // The last batch that was signed may have been removed with its signature; one that has none was not signed.
        if let (Some(first), Some(queued)) = (self.batches.first(), self.queued)
            && first.seq < queued
            && self.batches.iter().all(|batch| batch.seq < queued)
        {
            let why = "no signature of its batch is on record, and the line signs each since its first";
            audit.wrong.push(Wrong::new(at_row(queued), why));
        }
        audit.forks = self.forks;
    }

    /// Returns how the record contradicts a checkpoint.
    fn against(&self, checkpoint: &Checkpoint) -> Option<&'static str> {
        match self.hashes.get(&checkpoint.seq).and_then(Option::as_ref) {
            None => Some("the record ends before it: its last rows were cut off"),
            Some(hash) if *hash != checkpoint.hash.to_string() => {
                Some("the record up to there is not the one that was signed for")
            }
            Some(_) => None,
        }
    }
}

/// The batches whose signatures have one thing wrong. What alters a row contradicts those of all later batches, so the
/// first is told, and how many there are.
#[derive(Default)]
struct WrongBatches {
    first: Option<(i64, String)>,
    more: usize,
}

impl WrongBatches {
    fn add(&mut self, seq: i64, why: String) {
        match self.first {
            None => self.first = Some((seq, why)),
            Some(_) => self.more += 1,
        }
    }

    fn tell(self, audit: &mut Audit) {
        let Some((seq, why)) = self.first else { return };
        let more = match self.more {
            0 => String::new(),
            more => format!("; so it is with {more} more"),
        };
        let at = format!("the signature of the batch that ends with row {seq}");
        audit.wrong.push(Wrong::new(at, why + &more));
    }
}

impl Fork {
    /// Returns whether a checkpoint can be of what was lost with this restoration: signed after the backup's last event and
    /// before the restoration, over more than the backup has.
    fn lost(&self, checkpoint: &Checkpoint) -> bool {
        checkpoint.seq > self.from.seq && checkpoint.at >= self.before && checkpoint.at <= self.restored_at
    }
}
