//! Enters: nothing by itself. Leaves: everything on record for one case, as an export writes it.
//! Never: reads or opens anything.

use despatch_core::words::{CaseId, Sha256};
use despatch_ledger::{Despatch, Event};
use serde::Serialize;
use serde_json::Value;

/// Everything on record for one case.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    pub(super) schema: &'static str,
    pub case_id: CaseId,
    pub exported: Value,
    pub received: Vec<Received>,
    pub despatches: Vec<Sent>,
    pub events: Vec<Event>,
    /// The policy packs, by the hash that the despatches name.
    pub packs: Vec<Value>,
    /// The template versions, by the hash that the despatches name.
    pub templates: Vec<Value>,
}

/// One case file that was received.
#[derive(Debug, Serialize)]
pub(super) struct Received {
    pub submission: i64,
    pub files: Vec<Listed>,
    /// The contents of the case file itself.
    pub(super) case: Value,
    /// Why it cannot be shown: it was removed, or is missing.
    pub missing: Option<String>,
}

/// One despatch with its documents.
#[derive(Debug, Serialize)]
pub(super) struct Sent {
    pub despatch: Despatch,
    pub files: Vec<Listed>,
    pub missing: Option<String>,
}

/// A file of the export.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Listed {
    pub path: String,
    pub size: usize,
    pub sha256: Sha256,
}
