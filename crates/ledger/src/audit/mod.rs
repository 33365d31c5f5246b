//! Enters: the event log, the tables, the files and the checkpoints. Leaves: everything that does not follow from the
//! events, and how much was checked. Never: repairs anything, or stops at the first error.
//!
//! The events are replayed from an empty state through the code that the ledger itself uses; the result must equal the
//! tables.

mod approvals;
pub(crate) mod batches;
pub(crate) mod casework;
mod checkpoints;
mod files;
pub(crate) mod tables;

pub use approvals::SignedApprovals;
pub use checkpoints::Fork;

use crate::apply::{State, apply};
use crate::checkpoints::Checkpoint;
use crate::error::LedgerError;
use crate::event_log::{Checked, walk};
use crate::events::Event;
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use approvals::Approvals;
use checkpoints::Checkpoints;
use despatch_seal::signing::Signer;
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
    /// Batches of the line that are signed in the record itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub signed_batches: usize,
    /// The restorations on record, and where each goes on from its backup.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forks: Vec<Fork>,
    /// Checkpoints of what a restoration lost: they say nothing against the record, and nothing for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub before_restoration: Vec<Checkpoint>,
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
    /// Whose signatures of batches count.
    pub signers: &'a [Signer],
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
            let Against { checkpoints, signers, approvals } = against;
            let signed = Checkpoints::of(&mut tx, checkpoints, signers, &mut audit).await?;
            let mut replay = Replay::new(signed, approvals);
            let whole = walk(&mut tx, |row| replay.take(row, &mut audit)).await?;
            if let Err(broken) = whole {
                // First, since the other findings may follow from it.
                audit.wrong.insert(0, Wrong::new(at_row(broken.seq), broken.why));
            }
            std::mem::take(&mut replay.signed).check(checkpoints, &mut audit);
            tables::check(&mut tx, &replay, &mut audit).await?;
            casework::check(&mut tx, &replay, &mut audit).await?;
            batches::check(&mut tx, &replay, &mut audit).await?;
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
    signed: Checkpoints,
    sealed: SealedFiles,
    approvals: Approvals<'a>,
}

impl<'a> Replay<'a> {
    fn new(signed: Checkpoints, approvals: SignedApprovals<'a>) -> Self {
        Self {
            state: State::default(),
            last: BTreeMap::new(),
            signed,
            sealed: SealedFiles::default(),
            approvals: Approvals::new(approvals),
        }
    }

    fn take(&mut self, row: Checked, audit: &mut Audit) {
        audit.events += 1;
        self.signed.take(&row, audit);
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
}
