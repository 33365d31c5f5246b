//! Enters: nothing by itself. Leaves: what became of one case file.
//! Never: holds a value of the case, but for the names that people gave its files.

use despatch_core::fault::Fault;
use despatch_core::words::CaseId;
use despatch_ledger::{Despatch, DespatchId};
use despatch_process::NotMade;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The outcome for one case file.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Finding {
    Queued {
        #[serde(serialize_with = "super::lossy")]
        file: PathBuf,
        submission: i64,
        case_id: CaseId,
        despatches: Vec<Despatch>,
        not_made: Vec<NotMade>,
        superseded: usize,
        /// The despatches that it replaces but cannot recall.
        already_sent: Vec<DespatchId>,
    },
    Rejected {
        #[serde(serialize_with = "super::lossy")]
        file: PathBuf,
        /// Its number in the ledger, unless it could not even be read.
        submission: Option<i64>,
        /// The case file's new path: below the office's folder, or whole where cases come in elsewhere. The faults are
        /// beside it.
        #[serde(serialize_with = "super::lossy")]
        now_at: PathBuf,
        faults: Vec<Fault>,
    },
    /// The same bytes are already queued, as case `of`.
    Duplicate {
        #[serde(serialize_with = "super::lossy")]
        file: PathBuf,
        of: i64,
    },
}

impl Finding {
    /// The same finding of the submission with this number.
    #[must_use]
    pub(crate) fn numbered(mut self, number: i64) -> Self {
        if let Finding::Rejected { submission, .. } = &mut self {
            *submission = Some(number);
        }
        self
    }

    /// The path that the case file had, relative to the inbox.
    pub fn file(&self) -> &Path {
        match self {
            Finding::Queued { file, .. }
            | Finding::Rejected { file, .. }
            | Finding::Duplicate { file, .. } => file,
        }
    }
}
