//! Enters: the event log, the tables, the files and the checkpoints. Leaves: everything that does not follow from the
//! events, and how much was checked. Never: repairs anything, or stops at the first error.
//!
//! The events are replayed from an empty state through the code that the ledger itself uses; the result must equal the
//! tables.

mod approvals;
mod files;
pub(crate) mod tables;

pub use approvals::SignedApprovals;

use crate::apply::{State, apply};
use crate::checkpoints::Checkpoint;
use crate::error::LedgerError;
use crate::event_log::{Checked, walk};
use crate::events::Event;
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use approvals::Approvals;
use files::SealedFiles;
use serde::Serialize;
use sqlx::Connection;
use std::collections::BTreeMap;

/// One thing that differs from the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wrong {
    /// `row 12`, a despatch, `case 3` or a file.
    pub at: String,
    pub why: String,
}

impl Wrong {
    fn new(at: impl Into<String>, why: impl Into<String>) -> Self {
        Self { at: at.into(), why: why.into() }
    }
}

/// The result of an audit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Audit {
    pub events: usize,
    pub despatches: usize,
    pub cases: usize,
    pub files: usize,
    pub checkpoints: usize,
    /// Approvals with a signature that counts.
    #[serde(skip_serializing_if = "is_zero")]
    pub signed_approvals: usize,
    /// Signed approvals that nothing was there to verify by.
    #[serde(skip_serializing_if = "is_zero")]
    pub unverified_approvals: usize,
    /// The last checkpoint that is kept where this machine cannot rewrite it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outside: Option<Checkpoint>,
    pub wrong: Vec<Wrong>,
    /// Files that no event names; harmless, since a crash may leave them.
    pub unknown_files: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// What the record is compared with, beside itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Against<'a> {
    pub checkpoints: &'a [Checkpoint],
    pub approvals: SignedApprovals<'a>,
}

impl Ledger {
    /// Audits the event log, the tables, the files and the checkpoints.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn audit(&mut self, against: Against<'_>) -> Result<Audit, LedgerError> {
        let files = self.files.clone();
        self.ask(async |connection| {
            // One snapshot, while others write.
            let mut tx = connection.begin().await?;
            let mut audit = Audit::default();
            let mut replay = Replay::new(against);
            let whole = walk(&mut tx, |row| replay.take(row, &mut audit)).await?;
            if let Err(broken) = whole {
                // First, since the other findings may follow from it.
                audit.wrong.insert(0, Wrong::new(at_row(broken.seq), broken.why));
            }
            replay.check_checkpoints(against.checkpoints, &mut audit);
            tables::check(&mut tx, &replay, &mut audit).await?;
            replay.sealed.check(&files, &replay.state, &mut audit)?;
            Ok(audit)
        })
    }
}

fn at_row(seq: i64) -> String {
    format!("row {seq} of the record")
}

/// The state of a replay of the events.
struct Replay<'a> {
    state: State,
    /// The last event that changed each despatch.
    last: BTreeMap<DespatchId, (i64, &'static str)>,
    /// The hash of each row that a checkpoint signs.
    hashes: BTreeMap<i64, Option<String>>,
    sealed: SealedFiles,
    approvals: Approvals<'a>,
}

impl<'a> Replay<'a> {
    fn new(against: Against<'a>) -> Self {
        Self {
            state: State::default(),
            last: BTreeMap::new(),
            hashes: against.checkpoints.iter().map(|one| (one.seq, None)).collect(),
            sealed: SealedFiles::default(),
            approvals: Approvals::new(against.approvals),
        }
    }

    fn take(&mut self, row: Checked, audit: &mut Audit) {
        audit.events += 1;
        if let Some(hash) = self.hashes.get_mut(&row.seq) {
            *hash = Some(row.hash);
        }
        match row.event {
            Ok(event) => self.happen(&event, audit),
            Err(why) => audit.wrong.push(Wrong::new(at_row(row.seq), why)),
        }
    }

    fn happen(&mut self, event: &Event, audit: &mut Audit) {
        if let Err(fault) = apply(&mut self.state, event) {
            let why = format!("what it tells of cannot have happened: {}: {}", fault.at, fault.cause);
            audit.wrong.push(Wrong::new(at_row(event.seq), why));
        }
        for id in self.state.despatches.take_changed() {
            self.last.insert(id, (event.seq, event.code()));
        }
        self.approvals.take(event, &self.state, audit);
        self.sealed.take(&event.happened);
    }

    /// Checks the record against its checkpoints: only they reveal a truncated or wholly rewritten record.
    fn check_checkpoints(&self, checkpoints: &[Checkpoint], audit: &mut Audit) {
        audit.checkpoints = checkpoints.len();
        for checkpoint in checkpoints {
            let why = match self.hashes.get(&checkpoint.seq).and_then(Option::as_ref) {
                None => "the record ends before it: its last rows were cut off",
                Some(hash) if *hash != checkpoint.hash.to_string() => {
                    "the record up to there is not the one that was signed for"
                }
                Some(_) => continue,
            };
            let day = checkpoint.at.format("%Y-%m-%d %H:%M");
            let at = format!("the checkpoint of {day} over row {}", checkpoint.seq);
            audit.wrong.push(Wrong::new(at, why));
        }
    }
}
