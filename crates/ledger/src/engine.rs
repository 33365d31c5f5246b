//! Enters: the database engine of a ledger. Leaves: the types by which it is spoken to, and the statements in which the
//! engines differ.
//! Never: holds a statement that both accept.

use crate::error::LedgerError;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, Transaction};

/// The database type of every statement of the ledger.
pub(crate) type Database = Any;
/// A connection to the ledger.
pub(crate) type LedgerConnection = AnyConnection;
/// A transaction on the ledger.
pub(crate) type LedgerTransaction<'c> = Transaction<'c, Database>;
/// A row of a query.
pub(crate) type LedgerRow = AnyRow;

/// A database that can hold a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file beside the sealed ones.
    Sqlite,
    /// A server that several machines share.
    Postgres,
}

impl Engine {
    /// Returns the engine behind a connection.
    pub(crate) fn of(connection: &LedgerConnection) -> Result<Self, LedgerError> {
        match connection.backend_name() {
            "SQLite" => Ok(Self::Sqlite),
            "PostgreSQL" => Ok(Self::Postgres),
            other => Err(LedgerError::Failed(format!("{other} cannot hold a ledger"))),
        }
    }

    /// Returns the statements that create the tables of an empty database.
    pub fn schema(self) -> &'static str {
        match self {
            Self::Sqlite => {
                concat!(
                    include_str!("../sql/sqlite.sql"),
                    include_str!("../sql/casework.sqlite.sql"),
                    include_str!("../sql/running.sql"),
                    include_str!("../sql/batches.sql")
                )
            }
            Self::Postgres => {
                concat!(
                    include_str!("../sql/postgres.sql"),
                    include_str!("../sql/casework.postgres.sql"),
                    include_str!("../sql/running.sql"),
                    include_str!("../sql/batches.sql")
                )
            }
        }
    }

    /// Returns the statements that create the part of the schema that an earlier program did not make.
    pub(crate) fn casework(self) -> &'static str {
        match self {
            Self::Sqlite => include_str!("../sql/casework.sqlite.sql"),
            Self::Postgres => include_str!("../sql/casework.postgres.sql"),
        }
    }

    /// Returns the statements that add the count of open notes to a ledger that lacks it, with what it is for each case
    /// file: the notes that were filed without those that are ticked.
    pub(crate) fn open_notes(self) -> &'static str {
        match self {
            Self::Sqlite => include_str!("../sql/open_notes.sqlite.sql"),
            Self::Postgres => include_str!("../sql/open_notes.postgres.sql"),
        }
    }

    /// Returns the statement that lists the tables of a database by `name`.
    pub fn tables(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
            Self::Postgres => {
                "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables \
                 WHERE table_schema = current_schema()"
            }
        }
    }

    /// Returns the statement that begins a write transaction: one at a time, so that each sees the previous writes and
    /// the hash chain of events never forks.
    pub fn begin_write(self) -> &'static str {
        match self {
            // A deferred transaction could be refused the lock at its first write, after the reads it relies on.
            Self::Sqlite => "BEGIN IMMEDIATE",
            // READ COMMITTED: a snapshot older than the lock would miss the last writer's rows.
            Self::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(7236841)",
        }
    }

    /// Returns the statement that copies a snapshot of the database without blocking writers.
    pub fn backup(self) -> &'static str {
        match self {
            Self::Sqlite => include_str!("../sql/backup.sqlite.sql"),
            Self::Postgres => include_str!("../sql/backup.postgres.sql"),
        }
    }
}
