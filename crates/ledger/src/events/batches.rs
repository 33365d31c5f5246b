//! Enters: what happened to a batch. Leaves: the closed list of its events.
//! Never: a value of a row but its number and the hash of the case file that was made of it.

use super::events;
use crate::ids::DespatchId;
use despatch_core::words::{KindName, Sha256};
use despatch_process::case::EventName;
use serde::{Deserialize, Serialize};

events! {
    /// The events of a batch. Their codes are of no other subject, for events are counted by their codes.
    pub enum BatchEvent {
        /// A sheet of so many rows is to be dropped, or another one in its place: one that was mended.
        "batch_begun" Begun {
            /// The event of every row; `None` where each case file names its own.
            event: Option<EventName>,
            /// The SHA-256 of the sheet.
            sheet: Sha256,
            rows: usize,
            /// Whether somebody confirmed that many rows give the same reason and that this is right.
            identical_reasons: bool,
        },
        /// Rows of the sheet that was begun last.
        "batch_rows" Rows { rows: Vec<ListedRow> },
        /// No further row is dropped.
        "batch_held" Held { reason: String },
        "batch_released" Released { reason: String },
        "batch_cancelled" Cancelled { reason: String },
        /// These messages of a kind are opened; the others may then be approved unopened.
        "batch_sampled" Sampled { kind: KindName, of: usize, drawn: Vec<DespatchId> },
    }
}

/// A row of a sheet, and the case file that was made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedRow {
    /// Its number in the sheet, as a person sees it.
    pub row: u32,
    /// The SHA-256 of the case file.
    pub sha256: Sha256,
}
