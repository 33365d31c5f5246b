//! Enters: a sheet, a file of cases or a folder of them. Leaves: ordinary case files, each with the row from which it was
//! made, or every fault of every row at once. Never: makes a file of a sheet in which a row is at fault.

/// Putting a sheet on record as a batch.
pub mod begin;
mod cases;
mod cells;
mod columns;
/// Holding, releasing and cancelling a whole batch.
pub mod decide;
mod files;
mod fits;
/// Dropping the rows that have not gone.
pub mod go_on;
mod known;
/// How batches stand.
pub mod list;
/// What would be made of a sheet.
pub mod proof;
mod proof_paper;
/// What would be made of a sheet, as values.
pub mod proved;
/// Reading a batch.
pub mod reading;
/// What became of a batch.
pub mod report;
mod rows;
/// Samples that stand for a kind.
pub mod sampling;
/// The rows of a sheet, without an office.
pub mod sheet;
mod targets;
/// The empty workbook of an event.
pub mod template;

pub use columns::{ColumnSeen, Mapping};
pub use files::{FILES_BYTES_MAX, Files, NamedFile};

use crate::intake::LocalCase;
use crate::operations::Failure;
use despatch_core::words::{BatchName, Sha256};
use despatch_process::case::EventName;
use serde::{Deserialize, Serialize};

/// A row that became a case file. The same row gives the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparedRow {
    /// Its number in the sheet, as a person sees it: the heading is row 1.
    pub row: u32,
    /// The case file, with its attachments.
    pub file: LocalCase,
}

/// A sheet whose rows all stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// The event of each row; `None` where the cases name their own.
    pub event: Option<EventName>,
    /// Of the sheet as it was given.
    pub sheet: Sha256,
    /// Whether many rows give the same reasons, and the person said that they are meant: the record of the batch says so.
    pub identical_reasons: bool,
    /// The rows, in their order.
    pub rows: Vec<PreparedRow>,
}

impl Prepared {
    /// The name of a batch that was given none: the same for the same sheet, and nobody's.
    ///
    /// # Errors
    /// Never: a hash makes a name.
    pub fn own_name(&self) -> Result<BatchName, Failure> {
        let name = format!("sheet-{}", self.sheet.short());
        name.parse().map_err(|why: &str| Failure::Internal(format!("{name} is not {why}")))
    }
}

/// What is wrong with a row, or with the whole sheet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowFault {
    /// The number of the row in the sheet; `None` for what is wrong with the sheet.
    pub row: Option<u32>,
    /// The heading of the column, if it is one column's.
    pub column: Option<String>,
    /// What is wrong.
    pub cause: String,
    /// What to do about it.
    pub cure: String,
}

/// What came of reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reading {
    /// Every row became a case file.
    Prepared(Prepared),
    /// Something is wrong, and no row became one.
    Faults {
        /// All that is wrong: of the sheet first, then row by row.
        faults: Vec<RowFault>,
        /// The sheet with a column of faults, as an `.xlsx`; `None` where there are no rows to write.
        copy: Option<Vec<u8>>,
    },
}
