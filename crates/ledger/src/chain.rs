//! Enters: what happened. Leaves: a row that is bound to all rows before it.
//! Never: changes or removes a row.

use crate::connection::{LedgerConnection, LedgerRow};
use crate::statement::statements;
use chrono::{DateTime, SecondsFormat, Utc};
use despatch_core::words::Sha256;
use serde::Serialize;
use serde_json::Value;
use sqlx::Row;

statements! {
    TAIL = "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1";
    APPEND = "INSERT INTO event (seq, at, actor, subject, what, detail, previous, hash) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    ALL = "SELECT seq, at, actor, subject, what, detail FROM event ORDER BY seq";
    OF_SUBJECT = "SELECT seq, at, actor, subject, what, detail FROM event WHERE subject = $1 ORDER BY seq";
    OF_KIND = "SELECT seq, at, actor, subject, what, detail FROM event WHERE what = $1 ORDER BY seq";
    CHAIN = "SELECT seq, at, actor, subject, what, detail, previous, hash FROM event ORDER BY seq";
}

/// What stands in `previous` of the first row.
const BEFORE_THE_FIRST: &str = "";

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    pub seq: i64,
    pub at: String,
    pub actor: String,
    /// `case 17`, or a despatch's id.
    pub subject: String,
    /// A closed word: `claimed`, `queued`, `approved` …
    pub what: String,
    pub detail: Value,
}

/// The row at which the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokenChain {
    pub seq: i64,
    pub why: String,
}

/// Appends rows within one transaction, by one actor at one time.
pub(super) struct Chain<'a> {
    at: String,
    actor: &'a str,
    tail: Option<(i64, String)>,
}

impl<'a> Chain<'a> {
    pub(super) fn new(at: DateTime<Utc>, actor: &'a str) -> Self {
        Self { at: at.to_rfc3339_opts(SecondsFormat::Millis, true), actor, tail: None }
    }

    pub(super) async fn append(
        &mut self,
        connection: &mut LedgerConnection,
        subject: &str,
        what: &str,
        detail: Value,
    ) -> sqlx::Result<()> {
        let (last, previous) = match self.tail.take() {
            Some(tail) => tail,
            None => tail(connection).await?.unwrap_or_else(|| (0, BEFORE_THE_FIRST.to_owned())),
        };
        let seq = last + 1;
        let detail = detail.to_string();
        let hash = row_hash(&previous, seq, &self.at, self.actor, subject, what, &detail);
        APPEND
            .query()
            .bind(seq)
            .bind(&self.at)
            .bind(self.actor)
            .bind(subject)
            .bind(what)
            .bind(detail)
            .bind(previous)
            .bind(&hash)
            .execute(connection)
            .await?;
        self.tail = Some((seq, hash));
        Ok(())
    }
}

/// The hash of a row. JSON keeps the fields apart, so no two rows share a text.
fn row_hash(
    previous: &str,
    seq: i64,
    at: &str,
    actor: &str,
    subject: &str,
    what: &str,
    detail: &str,
) -> String {
    let text = serde_json::json!([previous, seq, at, actor, subject, what, detail]).to_string();
    Sha256::of(text.as_bytes()).to_string()
}

/// Reads the events of one subject, or of all, oldest first.
pub(super) async fn read(
    connection: &mut LedgerConnection,
    subject: Option<&str>,
) -> sqlx::Result<Vec<Event>> {
    let rows = match subject {
        Some(subject) => OF_SUBJECT.query().bind(subject).fetch_all(connection).await?,
        None => ALL.query().fetch_all(connection).await?,
    };
    Ok(rows.iter().map(event).collect())
}

/// Reads the events of these kinds, oldest first.
pub(super) async fn read_kinds(
    connection: &mut LedgerConnection,
    whats: &[&str],
) -> sqlx::Result<Vec<Event>> {
    let mut events = Vec::new();
    for what in whats {
        let rows = OF_KIND.query().bind(*what).fetch_all(&mut *connection).await?;
        events.extend(rows.iter().map(event));
    }
    events.sort_by_key(|event| event.seq);
    Ok(events)
}

fn event(row: &LedgerRow) -> Event {
    Event {
        seq: row.get("seq"),
        at: row.get("at"),
        actor: row.get("actor"),
        subject: row.get("subject"),
        what: row.get("what"),
        detail: serde_json::from_str(row.get::<&str, _>("detail")).unwrap_or(Value::Null),
    }
}

/// Checks every row against the one before it.
pub(super) async fn verify(connection: &mut LedgerConnection) -> sqlx::Result<Result<i64, BrokenChain>> {
    let rows = CHAIN.query().fetch_all(connection).await?;
    let mut previous = BEFORE_THE_FIRST.to_owned();
    let mut expected = 1;
    for row in rows {
        let seq: i64 = row.get("seq");
        let broken = |why: &str| Ok(Err(BrokenChain { seq, why: why.to_owned() }));
        if seq != expected {
            return broken("a row before this one is missing");
        }
        if row.get::<&str, _>("previous") != previous {
            return broken("the row before this one is not the one it was written after");
        }
        let hash = row_hash(
            &previous,
            seq,
            row.get("at"),
            row.get("actor"),
            row.get("subject"),
            row.get("what"),
            row.get("detail"),
        );
        if row.get::<&str, _>("hash") != hash {
            return broken("the row was altered");
        }
        previous = hash;
        expected += 1;
    }
    Ok(Ok(expected - 1))
}

/// The number and the hash of the last row.
pub(super) async fn tail(connection: &mut LedgerConnection) -> sqlx::Result<Option<(i64, String)>> {
    let row = TAIL.query().fetch_optional(connection).await?;
    Ok(row.map(|row| (row.get("seq"), row.get("hash"))))
}
