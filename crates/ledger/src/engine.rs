//! Enters: which database holds a ledger. Leaves: the statements in which the engines differ.
//! Never: holds a statement that both take.

use crate::connection::LedgerConnection;
use crate::ledger::LedgerError;

/// A database that can hold a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file beside the sealed ones.
    Sqlite,
    /// A server that several machines share.
    Postgres,
}

impl Engine {
    /// The engine behind a connection.
    pub(crate) fn of(connection: &LedgerConnection) -> Result<Self, LedgerError> {
        match connection.backend_name() {
            "SQLite" => Ok(Self::Sqlite),
            "PostgreSQL" => Ok(Self::Postgres),
            other => Err(LedgerError::Failed(format!("no ledger can lie in {other}"))),
        }
    }

    /// Makes the tables of an empty database: several statements.
    pub fn schema(self) -> &'static str {
        match self {
            Self::Sqlite => include_str!("../sql/sqlite.sql"),
            Self::Postgres => include_str!("../sql/postgres.sql"),
        }
    }

    /// Lists the tables of a database by `name`.
    pub fn tables(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
            Self::Postgres => {
                "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables \
                 WHERE table_schema = current_schema()"
            }
        }
    }

    /// Begins a transaction that writes: one at a time, so that each sees what the one before it wrote and the hash
    /// chain of events never forks.
    pub fn begin_write(self) -> &'static str {
        match self {
            // A lock that is taken at the first write could be refused after the reads on which it rests.
            Self::Sqlite => "BEGIN IMMEDIATE",
            // READ COMMITTED: a snapshot that is older than the lock would not see the last writer's rows.
            Self::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(7236841)",
        }
    }

    /// Copies the database as it is at this moment, without holding up whoever writes.
    pub fn backup(self) -> &'static str {
        match self {
            Self::Sqlite => include_str!("../sql/backup.sqlite.sql"),
            Self::Postgres => include_str!("../sql/backup.postgres.sql"),
        }
    }
}
