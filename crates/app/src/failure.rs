//! Enters: an error of anything that an operation used. Leaves: one of four failures that a caller can act on.
//! Never: includes text of a case; faults have none.

use despatch_core::fault::Fault;
use despatch_ledger::{DurableError, LedgerError};
use serde::Serialize;
use std::fmt;
use std::io;

/// Why an operation failed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The case or the office has faults.
    Faults(Vec<Fault>),
    /// The request itself is invalid: nothing was done.
    Request(Fault),
    /// A temporary failure: nothing was lost.
    TryAgain(String),
    Internal(String),
}

impl Failure {
    /// The failure of a request with an invalid `field`, which people know as an option of the command.
    pub fn request(
        field: &str,
        code: &'static str,
        cause: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Failure::Request(Fault::new(format!("--{field}"), code, cause, cure))
    }
}

/// On one line, for a log.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |fault: &Fault| format!("{}: {}", fault.at, fault.cause);
        match self {
            Failure::Faults(faults) => f.write_str(&faults.iter().map(line).collect::<Vec<_>>().join("; ")),
            Failure::Request(fault) => f.write_str(&line(fault)),
            Failure::TryAgain(why) | Failure::Internal(why) => f.write_str(why),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Failure::Faults(vec![fault])
    }
}

impl From<Vec<Fault>> for Failure {
    fn from(faults: Vec<Fault>) -> Self {
        Failure::Faults(faults)
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Refused(fault) => fault.into(),
            LedgerError::Busy | LedgerError::Full | LedgerError::Unread(_) => {
                Failure::TryAgain(error.to_string())
            }
            LedgerError::Failed(_) => Failure::Internal(error.to_string()),
        }
    }
}

impl From<DurableError> for Failure {
    fn from(error: DurableError) -> Self {
        Failure::TryAgain(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::StorageFull => Failure::TryAgain(error.to_string()),
            _ => Failure::Internal(error.to_string()),
        }
    }
}
