//! Enters: the file of a ledger. Leaves: a connection with every safeguard set and read back, and transactions on it.
//! Never: opens a ledger of another schema, or goes on without a safeguard.

use crate::engine::{Database, Engine, LedgerConnection, LedgerTransaction};
use crate::error::LedgerError;
use crate::statement::{Statement, statements};
use despatch_core::fault::Fault;
use sqlx::any::install_default_drivers;
use sqlx::{Connection, Row};
use std::fs;
use std::path::Path;

/// The version of `sql/*.sql`. A ledger of another version is refused.
const SCHEMA: i64 = 1;

statements! {
    SCHEMA_OF_LEDGER = "SELECT version FROM schema_version";
    SIGNED_BATCHES = "SELECT seq FROM checkpoint WHERE 1 = 0";
    CASEWORK = "SELECT case_id FROM case_mark WHERE 1 = 0";
    OPEN_NOTES = "SELECT open_notes FROM submission LIMIT 0";
    REVIEW_COLUMNS = "SELECT kind, place, prepared_by, due FROM despatch LIMIT 0";
    PACK_TEXT = "SELECT pack_sha256 FROM adoption WHERE 1 = 0";
    USER_ACCOUNTS = "SELECT staff FROM user_account WHERE 1 = 0";
    RUNNING_CASES = "SELECT case_id FROM running_case WHERE 1 = 0";
    CASE_DIGESTS = "SELECT digest FROM running_case WHERE 1 = 0";
    BATCHES = "SELECT batch FROM batch_row WHERE 1 = 0";
    WRITE_SCHEMA = "INSERT INTO schema_version (version) VALUES ($1)";
}

/// No statements of the list: they prepare only on tables that lack what they add.
const ADD_PACK_TEXT: &str = "ALTER TABLE adoption ADD COLUMN pack_sha256 TEXT";

const ADD_SIGNED_BATCHES: &str = "CREATE TABLE checkpoint (seq BIGINT PRIMARY KEY, hash TEXT NOT NULL, \
                                 at TEXT NOT NULL, signature TEXT NOT NULL)";

const ADD_REVIEW_COLUMNS: &str = "ALTER TABLE despatch ADD COLUMN kind TEXT; \
     ALTER TABLE despatch ADD COLUMN place TEXT; \
     ALTER TABLE despatch ADD COLUMN prepared_by TEXT; \
     ALTER TABLE despatch ADD COLUMN due TEXT; \
     UPDATE despatch SET kind = json_extract(record, '$.planned.kind'), \
     place = json_extract(record, '$.planned.to.body'), \
     prepared_by = json_extract(record, '$.prepared_by'), \
     due = COALESCE(json_extract(record, '$.planned.deadline.due'), '9999-12-31')";

/// The index that answers the queue of reviews by itself, down to the records of the page. What is there stays; an earlier
/// program's narrower index goes.
const QUEUE_INDEX: &str = "CREATE INDEX IF NOT EXISTS despatch_queue ON despatch \
     (state, case_id, due, submission, position, role, kind, place, prepared_by); \
     DROP INDEX IF EXISTS despatch_review";

const ADD_USER_ACCOUNTS: &str = "CREATE TABLE user_account (staff TEXT PRIMARY KEY, roles TEXT NOT NULL, \
                                 disabled BIGINT NOT NULL, must_change BIGINT NOT NULL, since TEXT NOT NULL, \
                                 failures BIGINT NOT NULL, last_failure TEXT, signed_in TEXT, hash TEXT)";

/// Every case: those that rest are noted when somebody next asks what is due.
const RUNNING: &str = include_str!("../sql/running.sql");

const ADD_CASE_DIGESTS: &str = "ALTER TABLE running_case ADD COLUMN digest TEXT";

/// The same text for both engines.
const ADD_BATCHES: &str = include_str!("../sql/batches.sql");

/// A setting of SQLite that a safeguard rests on.
pub(crate) struct Pragma {
    set: &'static str,
    pub(crate) read: &'static str,
    /// The value that reading it must return.
    holds: &'static str,
}

/// The settings, in the order in which they are set.
static PRAGMAS: [Pragma; 6] = [
    // How long a command waits for another's transaction. First, so that the other settings wait too.
    Pragma { set: "PRAGMA busy_timeout = 10000", read: "PRAGMA busy_timeout", holds: "10000" },
    Pragma { set: "PRAGMA journal_mode = WAL", read: "PRAGMA journal_mode", holds: "wal" },
    // FULL: a commit is on disk before it returns.
    Pragma { set: "PRAGMA synchronous = FULL", read: "PRAGMA synchronous", holds: "2" },
    Pragma { set: "PRAGMA foreign_keys = ON", read: "PRAGMA foreign_keys", holds: "1" },
    // Deleted content is overwritten in the file.
    Pragma { set: "PRAGMA secure_delete = ON", read: "PRAGMA secure_delete", holds: "1" },
    // No temporary file: what is sorted may be about a case, and a sender can write nowhere but in its outbox.
    Pragma { set: "PRAGMA temp_store = MEMORY", read: "PRAGMA temp_store", holds: "2" },
];

/// Opens the ledger in an existing file, and creates its tables if it is empty.
///
/// # Errors
/// The file cannot be opened, a safeguard fails, or another version of despatch made it.
pub(crate) async fn connect(file: &Path) -> Result<LedgerConnection, LedgerError> {
    let mut connection = open(file, "rw").await?;
    for pragma in &PRAGMAS {
        sqlx::raw_sql(pragma.set).execute(&mut connection).await?;
    }
    for (pragma, found) in read_back(&mut connection).await? {
        if found != pragma.holds {
            let why = format!("{} does not hold: the database answers {found}", pragma.set);
            return Err(LedgerError::Failed(why));
        }
    }
    make_tables(&mut connection).await?;
    Ok(connection)
}

/// Reads each setting back from the database.
pub(crate) async fn read_back(
    connection: &mut LedgerConnection,
) -> Result<Vec<(&'static Pragma, String)>, LedgerError> {
    let mut found = Vec::new();
    for pragma in &PRAGMAS {
        let row = sqlx::raw_sql(pragma.read).fetch_one(&mut *connection).await?;
        let text = row.try_get::<i64, _>(0).map(|number| number.to_string()).or_else(|_| row.try_get(0))?;
        found.push((pragma, text));
    }
    Ok(found)
}

/// Opens a copy of a ledger read-only.
///
/// # Errors
/// The file cannot be opened.
pub(crate) async fn connect_to_copy(file: &Path) -> Result<LedgerConnection, LedgerError> {
    open(file, "ro").await
}

/// Begins a write transaction. Readers are not blocked; other writers wait.
///
/// # Errors
/// Another writer did not finish in time.
pub(crate) async fn begin_write(
    connection: &mut LedgerConnection,
) -> Result<LedgerTransaction<'_>, LedgerError> {
    let begin = Engine::of(connection)?.begin_write();
    Ok(connection.begin_with(begin).await?)
}

/// Copies a snapshot of the ledger into an empty file, without blocking writers.
///
/// # Errors
/// The database or the disk fails.
#[expect(clippy::disallowed_methods, reason = "no statement of both engines: each has a file of its own")]
pub(crate) async fn copy(connection: &mut LedgerConnection, to: &Path) -> Result<(), LedgerError> {
    let backup = Engine::of(connection)?.backup();
    sqlx::query::<Database>(backup).bind(to.display().to_string()).execute(connection).await?;
    Ok(())
}

async fn open(file: &Path, mode: &str) -> Result<LedgerConnection, LedgerError> {
    install_default_drivers();
    // A URL would lose `..` behind a link.
    let path = fs::canonicalize(file)?;
    Ok(LedgerConnection::connect(&url(&path, mode)).await?)
}

/// Returns the URL of a file, with every reserved byte escaped.
fn url(path: &Path, mode: &str) -> String {
    let mut url = "sqlite://".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                url.push(char::from(*byte))
            }
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url + "?mode=" + mode
}

/// Creates the tables of an empty ledger; refuses one of another schema.
async fn make_tables(connection: &mut LedgerConnection) -> Result<(), LedgerError> {
    if tables(connection).await?.is_empty() {
        let engine = Engine::of(connection)?;
        let mut tx = begin_write(connection).await?;
        // Another process may have created them first.
        if tables(&mut tx).await?.is_empty() {
            sqlx::raw_sql(engine.schema()).execute(&mut *tx).await?;
            WRITE_SCHEMA.query().bind(SCHEMA).execute(&mut *tx).await?;
        }
        tx.commit().await?;
    }
    let version = match tables(connection).await?.iter().any(|table| table == "schema_version") {
        true => SCHEMA_OF_LEDGER.query().fetch_one(&mut *connection).await?.try_get("version")?,
        false => 0,
    };
    if version == SCHEMA {
        return widen(connection).await;
    }
    let cause = format!(
        "another version of despatch made this ledger (schema {version}; this one reads schema {SCHEMA})"
    );
    let cure = "use the version that made it";
    Err(LedgerError::Refused(Fault::new("outbox/ledger.db", "ledger.schema", cause, cure)))
}

/// Adds what a ledger lacks that an earlier program made: the column that says of which text an adoption is, the table
/// of signed batches, the accounts for the pages, the columns by which the queue of reviews is sorted, the count of open
/// notes, what people ask of the record while they work, the cases in which something may run, what readers made of those,
/// and batches of cases. Whoever does not know them leaves them empty: such an adoption does not count, such a batch is not
/// signed, and nobody signs in. So the schema is the same.
async fn widen(connection: &mut LedgerConnection) -> Result<(), LedgerError> {
    add(connection, &PACK_TEXT, ADD_PACK_TEXT).await?;
    add(connection, &SIGNED_BATCHES, ADD_SIGNED_BATCHES).await?;
    add(connection, &USER_ACCOUNTS, ADD_USER_ACCOUNTS).await?;
    add(connection, &REVIEW_COLUMNS, ADD_REVIEW_COLUMNS).await?;
    sqlx::raw_sql(QUEUE_INDEX).execute(&mut *connection).await?;
    let engine = Engine::of(connection)?;
    add(connection, &OPEN_NOTES, engine.open_notes()).await?;
    add(connection, &CASEWORK, engine.casework()).await?;
    add(connection, &RUNNING_CASES, RUNNING).await?;
    add(connection, &CASE_DIGESTS, ADD_CASE_DIGESTS).await?;
    add(connection, &BATCHES, ADD_BATCHES).await
}

/// Gives an `order` for what `probe` needs, unless it is there.
async fn add(
    connection: &mut LedgerConnection,
    probe: &Statement,
    order: &'static str,
) -> Result<(), LedgerError> {
    if probe.query().fetch_optional(&mut *connection).await.is_ok() {
        return Ok(());
    }
    let mut tx = begin_write(connection).await?;
    let added = sqlx::raw_sql(order).execute(&mut *tx).await;
    match added {
        Ok(_) => Ok(tx.commit().await?),
        Err(error) => {
            drop(tx);
            // Another process may have been first.
            let there = probe.query().fetch_optional(connection).await;
            there.map(drop).map_err(|_| error.into())
        }
    }
}

async fn tables(connection: &mut LedgerConnection) -> Result<Vec<String>, LedgerError> {
    let list = Engine::of(connection)?.tables();
    let rows = sqlx::raw_sql(list).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(row.try_get("name")?)).collect()
}
