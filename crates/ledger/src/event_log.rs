//! Enters: events. Leaves: rows, each bound to all rows before it, and the events read back.
//! Never: changes or removes a row.

use crate::engine::{LedgerConnection, LedgerRow};
use crate::error::LedgerError;
use crate::events::{Event, LedgerEvent, VERSION, at_text};
use crate::statement::statements;
use chrono::{DateTime, SubsecRound, Utc};
use despatch_core::words::Sha256;
use serde::Serialize;
use sqlx::Row;
use std::sync::mpsc::sync_channel;
use std::thread;

statements! {
    TAIL = "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1";
    LAST_AT = "SELECT at FROM event ORDER BY seq DESC LIMIT 1";
    LAST_OF_KIND = "SELECT at FROM event WHERE what = $1 ORDER BY seq DESC LIMIT 1";
    APPEND = "INSERT INTO event (version, seq, at, actor, subject, what, detail, previous, hash) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    ALL = "SELECT version, seq, at, actor, subject, what, detail FROM event ORDER BY seq";
    OF_SUBJECT = "SELECT version, seq, at, actor, subject, what, detail FROM event WHERE subject = $1 ORDER BY seq";
    OF_KIND = "SELECT version, seq, at, actor, subject, what, detail FROM event WHERE what = $1 ORDER BY seq";
    OF_SUBJECT_AND_KIND = "SELECT version, seq, at, actor, subject, what, detail FROM event \
                           WHERE subject = $1 AND what = $2 ORDER BY seq";
    OF_KIND_SINCE = "SELECT version, seq, at, actor, subject, what, detail FROM event \
                     WHERE what = $1 AND at >= $2 ORDER BY seq";
    PART = "SELECT version, seq, at, actor, subject, what, detail, previous, hash FROM event \
            WHERE seq > $1 ORDER BY seq LIMIT $2";
}

/// The `previous` hash of the first row.
const BEFORE_THE_FIRST: &str = "";

/// The row at which the chain is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokenChain {
    pub seq: i64,
    pub why: String,
}

/// Appends rows within one transaction, for one actor at one time.
#[derive(Debug)]
pub(crate) struct EventLog {
    at: DateTime<Utc>,
    actor: String,
    /// The number and hash of the last row, once read.
    tail: Option<(i64, String)>,
}

impl EventLog {
    /// Truncates the time to whole milliseconds, as the record stores it.
    pub(crate) fn new(at: DateTime<Utc>, actor: &str) -> Self {
        Self { at: at.trunc_subsecs(3), actor: actor.to_owned(), tail: None }
    }

    /// Returns the number and hash of the last row that was appended, and its time; `None` if none was.
    pub(crate) fn end(&self) -> Option<(i64, &str, DateTime<Utc>)> {
        self.tail.as_ref().map(|(seq, hash)| (*seq, hash.as_str(), self.at))
    }

    /// Returns the next event to append.
    pub(crate) async fn next(
        &mut self,
        connection: &mut LedgerConnection,
        happened: LedgerEvent,
    ) -> Result<Event, LedgerError> {
        let seq = match &self.tail {
            Some((seq, _)) => seq + 1,
            None => {
                let (seq, hash) = tail(connection).await?;
                self.tail = Some((seq, hash));
                seq + 1
            }
        };
        Ok(Event { seq, at: self.at, actor: self.actor.clone(), happened })
    }

    pub(crate) async fn append(
        &mut self,
        connection: &mut LedgerConnection,
        event: &Event,
    ) -> Result<(), LedgerError> {
        let previous = match self.tail.take() {
            Some((_, hash)) => hash,
            None => tail(connection).await?.1,
        };
        let detail = event
            .happened
            .detail()
            .map_err(|error| LedgerError::Failed(format!("what happened cannot be written: {error}")))?;
        let row = StoredRow {
            version: VERSION,
            seq: event.seq,
            at: event.at_text(),
            actor: event.actor.clone(),
            subject: event.subject(),
            what: event.code().to_owned(),
            detail: detail.to_string(),
        };
        let hash = row.hash(&previous);
        APPEND
            .query()
            .bind(row.version)
            .bind(row.seq)
            .bind(&row.at)
            .bind(&row.actor)
            .bind(&row.subject)
            .bind(&row.what)
            .bind(&row.detail)
            .bind(previous)
            .bind(&hash)
            .execute(connection)
            .await?;
        self.tail = Some((event.seq, hash));
        Ok(())
    }
}

/// Returns the number and hash of the last row, or those that precede the first one.
pub(crate) async fn tail(connection: &mut LedgerConnection) -> Result<(i64, String), LedgerError> {
    let last = TAIL.query().fetch_optional(connection).await?;
    Ok(last.map_or_else(|| (0, BEFORE_THE_FIRST.to_owned()), |row| (row.get("seq"), row.get("hash"))))
}

/// Returns when the last row was written, by the clock of that time.
pub(crate) async fn last_at(connection: &mut LedgerConnection) -> Result<Option<DateTime<Utc>>, LedgerError> {
    let row = LAST_AT.query().fetch_optional(connection).await?;
    let unread = |_| LedgerError::Failed("the time of the last row of the record cannot be read".to_owned());
    row.map(|row| row.get::<String, _>("at").parse().map_err(unread)).transpose()
}

/// Returns when an event with this code was last written.
pub(crate) async fn last_of(
    connection: &mut LedgerConnection,
    code: &str,
) -> Result<Option<DateTime<Utc>>, LedgerError> {
    let row = LAST_OF_KIND.query().bind(code.to_owned()).fetch_optional(connection).await?;
    let unread = |_| LedgerError::Failed("the time of a row of the record cannot be read".to_owned());
    row.map(|row| row.get::<String, _>("at").parse().map_err(unread)).transpose()
}

/// An event as stored in its row.
#[derive(Debug)]
struct StoredRow {
    version: i64,
    seq: i64,
    at: String,
    actor: String,
    subject: String,
    what: String,
    detail: String,
}

impl StoredRow {
    fn of(row: &LedgerRow) -> Self {
        Self {
            version: row.get("version"),
            seq: row.get("seq"),
            at: row.get("at"),
            actor: row.get("actor"),
            subject: row.get("subject"),
            what: row.get("what"),
            detail: row.get("detail"),
        }
    }

    /// Returns the hash of a row. JSON delimits the fields, so no two rows have the same text.
    fn hash(&self, previous: &str) -> String {
        let Self { version, seq, at, actor, subject, what, detail } = self;
        // Texts and numbers alone: it cannot fail.
        let text = serde_json::to_vec(&(previous, version, seq, at, actor, subject, what, detail));
        Sha256::of(&text.unwrap_or_default()).to_string()
    }

    fn event(&self) -> Result<Event, String> {
        if self.version != VERSION {
            return Err(format!("its version is {}, and this despatch knows {VERSION}", self.version));
        }
        let at = self.at.parse().map_err(|_| "its time cannot be read".to_owned())?;
        let happened = LedgerEvent::read(&self.subject, &self.what, &self.detail)?;
        Ok(Event { seq: self.seq, at, actor: self.actor.clone(), happened })
    }
}

/// Reads the events of one subject, or of all, oldest first.
pub(crate) async fn read(
    connection: &mut LedgerConnection,
    subject: Option<&str>,
) -> Result<Vec<Event>, LedgerError> {
    let rows = match subject {
        Some(subject) => OF_SUBJECT.query().bind(subject).fetch_all(connection).await?,
        None => ALL.query().fetch_all(connection).await?,
    };
    rows.iter().map(event).collect()
}

/// Reads the events with these codes, oldest first.
pub(crate) async fn read_kinds(
    connection: &mut LedgerConnection,
    codes: &[&str],
) -> Result<Vec<Event>, LedgerError> {
    let mut events = Vec::new();
    for code in codes {
        let rows = OF_KIND.query().bind(*code).fetch_all(&mut *connection).await?;
        for row in &rows {
            events.push(event(row)?);
        }
    }
    events.sort_by_key(|event| event.seq);
    Ok(events)
}

/// Reads the events of one subject with these codes, oldest first.
pub(crate) async fn read_kinds_of(
    connection: &mut LedgerConnection,
    subject: &str,
    codes: &[&str],
) -> Result<Vec<Event>, LedgerError> {
    let mut events = Vec::new();
    for code in codes {
        let query = OF_SUBJECT_AND_KIND.query().bind(subject).bind(*code);
        for row in &query.fetch_all(&mut *connection).await? {
            events.push(event(row)?);
        }
    }
    events.sort_by_key(|event| event.seq);
    Ok(events)
}

/// Reads the events with these codes from a time on, oldest first.
pub(crate) async fn read_kinds_since(
    connection: &mut LedgerConnection,
    codes: &[&str],
    since: DateTime<Utc>,
) -> Result<Vec<Event>, LedgerError> {
    let mut events = Vec::new();
    for code in codes {
        let query = OF_KIND_SINCE.query().bind(*code).bind(at_text(since));
        for row in &query.fetch_all(&mut *connection).await? {
            events.push(event(row)?);
        }
    }
    events.sort_by_key(|event| event.seq);
    Ok(events)
}

/// Reads the event of a row.
pub(crate) fn event(row: &LedgerRow) -> Result<Event, LedgerError> {
    let row = StoredRow::of(row);
    row.event().map_err(|why| LedgerError::Failed(format!("row {} of the record: {why}", row.seq)))
}

/// One row of the record, read and checked against its own hash.
pub(crate) struct Checked {
    pub(crate) seq: i64,
    pub(crate) hash: String,
    /// The event, or why it cannot be read.
    pub(crate) event: Result<Event, String>,
    /// The hash of the row before it, as it says.
    previous: String,
    altered: bool,
}

/// A row of the record as it is stored.
struct Link {
    row: StoredRow,
    previous: String,
    hash: String,
}

impl Link {
    fn of(row: &LedgerRow) -> Self {
        Self { row: StoredRow::of(row), previous: row.get("previous"), hash: row.get("hash") }
    }

    /// Does what takes no other row: the hash, and reading the event.
    fn check(self) -> Checked {
        let Self { row, previous, hash } = self;
        let altered = hash != row.hash(&previous);
        Checked { seq: row.seq, event: row.event(), hash, previous, altered }
    }
}

/// The chain as far as it was walked.
struct Chain {
    previous: String,
    expected: i64,
    broken: Option<BrokenChain>,
}

impl Chain {
    /// Compares a row with the one before it.
    fn take(&mut self, row: &Checked) {
        let why = if row.seq != self.expected {
            Some("a row before this one is missing")
        } else if row.previous != self.previous {
            Some("the row before this one is not the one it was written after")
        } else if row.altered {
            Some("the row was altered")
        } else {
            None
        };
        if let (Some(why), None) = (why, &self.broken) {
            self.broken = Some(BrokenChain { seq: row.seq, why: why.to_owned() });
        }
        self.expected = row.seq + 1;
        self.previous.clone_from(&row.hash);
    }
}

/// Walks the whole record in order, passing each row to `each`, and returns the number of rows or the first break in
/// the chain. Rows after the break are passed on too. While one part of it is read from the database, another thread
/// checks the part before.
pub(crate) async fn walk(
    connection: &mut LedgerConnection,
    mut each: impl FnMut(Checked),
) -> Result<Result<i64, BrokenChain>, LedgerError> {
    /// Rows per query: a record may be larger than memory.
    const AT_ONCE: i64 = 1000;
    let (give, taken) = sync_channel::<Vec<Link>>(1);
    let (done, checked) = sync_channel::<Vec<Checked>>(1);
    // It ends with this function, which lets go of the other end.
    let checking = thread::spawn(move || {
        taken.into_iter().try_for_each(|part| done.send(part.into_iter().map(Link::check).collect()))
    });
    let mut chain = Chain { previous: BEFORE_THE_FIRST.to_owned(), expected: 1, broken: None };
    let (mut last, mut ahead) = (i64::MIN, false);
    loop {
        let rows = PART.query().bind(last).bind(AT_ONCE).fetch_all(&mut *connection).await?;
        last = rows.last().map_or(last, |row| row.get("seq"));
        let ended = rows.is_empty();
        let stopped = || LedgerError::Failed("the thread that checks the record has ended".to_owned());
        if !ended {
            give.send(rows.iter().map(Link::of).collect()).map_err(|_| stopped())?;
        }
        // The part before this one, and after the end the last one.
        if ahead {
            for row in checked.recv().map_err(|_| stopped())? {
                chain.take(&row);
                each(row);
            }
        }
        if ended {
            drop((give, checking));
            return Ok(chain.broken.map_or(Ok(chain.expected - 1), Err));
        }
        ahead = true;
    }
}
