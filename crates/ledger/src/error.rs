//! Enters: a refusal, or a failure of the database or a file. Leaves: why an operation on the ledger failed.
//! Never: says that a retry is worth it where only a person can mend the cause.

use despatch_core::fault::Fault;
use std::fmt;
use std::io;

/// Why an operation on the ledger failed.
#[derive(Debug)]
pub enum LedgerError {
    /// The request is not permitted now; nothing changed except what the fault says.
    Refused(Fault),
    /// The database did not answer in time; retry.
    Busy,
    /// The disk is full; retry once there is room.
    Full,
    /// A file cannot be read, which says nothing about what is in it; nothing changed. Retry.
    Unread(String),
    /// The database or a file failed.
    Failed(String),
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LedgerError::Refused(fault) => fault.fmt(f),
            LedgerError::Busy => f.write_str("another command is writing to the ledger: try again"),
            LedgerError::Full => f.write_str("the disk is full: make room"),
            LedgerError::Unread(why) => {
                write!(f, "{why}; nothing was changed: try again, and look at the disk if it stays")
            }
            LedgerError::Failed(why) => write!(f, "the ledger failed: {why}"),
        }
    }
}

impl std::error::Error for LedgerError {}

impl From<Fault> for LedgerError {
    fn from(fault: Fault) -> Self {
        LedgerError::Refused(fault)
    }
}

impl From<sqlx::Error> for LedgerError {
    fn from(error: sqlx::Error) -> Self {
        /// SQLite: a lock timeout. PostgreSQL: a lock timeout, a deadlock, a serialisation failure.
        const BUSY: [&str; 4] = ["5", "55P03", "40P01", "40001"];
        /// No space left for a write.
        const FULL: [&str; 2] = ["13", "53100"];
        match error.as_database_error().and_then(|e| e.code()) {
            Some(code) if BUSY.contains(&code.as_ref()) => LedgerError::Busy,
            Some(code) if FULL.contains(&code.as_ref()) => LedgerError::Full,
            _ => LedgerError::Failed(error.to_string()),
        }
    }
}

impl From<io::Error> for LedgerError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull => LedgerError::Full,
            _ => LedgerError::Failed(error.to_string()),
        }
    }
}

/// Refuses what is asked of `at`.
pub(crate) fn refuse<T>(
    at: impl fmt::Display,
    code: &'static str,
    cause: impl Into<String>,
    cure: &str,
) -> Result<T, LedgerError> {
    Err(LedgerError::Refused(Fault::new(at.to_string(), code, cause, cure)))
}
