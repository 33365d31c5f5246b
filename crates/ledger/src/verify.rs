//! Enters: the whole record, its tables, its files and its checkpoints. Leaves: everything that does not follow from
//! the events, or how much was found in order. Never: mends anything, or stops at the first.

use super::chain::{self, Event};
use super::checkpoints::Checkpoint;
use super::despatch::{Bound, Despatch, DespatchId, State};
use super::despatch_row::DespatchRow;
use super::files::Files;
use super::ledger::{Ledger, LedgerError, ROW};
use crate::connection::{LedgerConnection, LedgerRow};
use crate::queries::despatches::record;
use crate::statement::statements;
use despatch_core::words::Sha256;
use serde::Serialize;
use serde_json::Value;
use sqlx::{Connection, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

/// The rows of the directory.
pub(crate) mod directory;
/// The rows of litigation holds, erasures and what a restored office still has to settle.
pub(crate) mod keeping;
/// The rows of claims, adoptions and withdrawals.
pub(crate) mod tables;

statements! {
    HASH_OF_ROW = "SELECT hash FROM event WHERE seq = $1";
    DESPATCHES = "SELECT id, claim, position, state, next_attempt, case_id, role, entry, pack, safety, overtaken, unheard, \
                  unreviewed, record FROM despatch ORDER BY claim, position";
}

/// One thing that is not as the record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wrong {
    /// `row 12`, a despatch, `case 3`, a file.
    pub at: String,
    pub why: String,
}

impl Wrong {
    fn new(at: impl Into<String>, why: impl Into<String>) -> Self {
        Self { at: at.into(), why: why.into() }
    }
}

/// What an audit came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Audit {
    pub events: usize,
    pub despatches: usize,
    pub cases: usize,
    pub files: usize,
    pub checkpoints: usize,
    pub wrong: Vec<Wrong>,
    /// What no event tells of, and which harms nobody: a crash may have left it.
    pub unknown_files: Vec<String>,
}

impl Ledger {
    /// Looks at everything.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn audit(&mut self, checkpoints: &[Checkpoint]) -> Result<Audit, LedgerError> {
        let files = self.files.clone();
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            // One reading of one moment, while others write.
            let mut tx = connection.begin().await?;
            let connection = &mut *tx;
            let events = chain::read(connection, None).await?;
            let mut audit = Audit { events: events.len(), ..Audit::default() };
            if let Err(broken) = chain::verify(connection).await? {
                let at = format!("row {} of the record", broken.seq);
                audit.wrong.push(Wrong::new(at, broken.why));
            }
            check_checkpoints(connection, checkpoints, &mut audit).await?;
            let told = Told::of(&events);
            check_despatches(connection, &told, &mut audit).await?;
            tables::check(connection, &events, &mut audit).await?;
            directory::check(connection, &events, &mut audit).await?;
            keeping::check(connection, &events, &mut audit).await?;
            check_files(&files, &told, &removed(&events), &mut audit)?;
            Ok(audit)
        })
    }
}

/// What the events say of each despatch and of each sealed case file.
struct Told<'e> {
    despatches: BTreeMap<DespatchId, Vec<&'e Event>>,
    originals: BTreeMap<i64, Option<Sha256>>,
}

impl<'e> Told<'e> {
    fn of(events: &'e [Event]) -> Self {
        let mut told = Self { despatches: BTreeMap::new(), originals: BTreeMap::new() };
        for event in events {
            if let Ok(id) = event.subject.parse::<DespatchId>() {
                told.despatches.entry(id).or_default().push(event);
            }
            if let (Some(claim), "queued") = (claim_of(event), event.what.as_str()) {
                told.originals.insert(claim, sha256(&event.detail, "original_sha256"));
            }
        }
        told
    }
}

/// The number of the case file that an event is about.
fn claim_of(event: &Event) -> Option<i64> {
    event.subject.strip_prefix("case ")?.parse().ok()
}

fn sha256(detail: &Value, field: &str) -> Option<Sha256> {
    detail.get(field)?.as_str()?.parse().ok()
}

/// Whether the record still is what was signed for: a cut tail, and a chain that was written anew, show here alone.
async fn check_checkpoints(
    connection: &mut LedgerConnection,
    checkpoints: &[Checkpoint],
    audit: &mut Audit,
) -> sqlx::Result<()> {
    for checkpoint in checkpoints {
        let row = HASH_OF_ROW.query().bind(checkpoint.seq).fetch_optional(&mut *connection).await?;
        let at = format!(
            "the checkpoint of {} over row {}",
            checkpoint.at.format("%Y-%m-%d %H:%M"),
            checkpoint.seq
        );
        audit.checkpoints += 1;
        match row {
            None => audit.wrong.push(Wrong::new(at, "the record ends before it: its last rows were cut off")),
            Some(row) if row.get::<&str, _>("hash") != checkpoint.hash.to_string() => {
                audit.wrong.push(Wrong::new(at, "the record up to there is not the one that was signed for"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

async fn check_despatches(
    connection: &mut LedgerConnection,
    told: &Told<'_>,
    audit: &mut Audit,
) -> Result<(), LedgerError> {
    let rows = DESPATCHES.query().fetch_all(connection).await?;
    let mut found = BTreeSet::new();
    audit.despatches = rows.len();
    for row in &rows {
        let id: &str = row.get("id");
        let events = id.parse().ok().and_then(|id: DespatchId| told.despatches.get_key_value(&id));
        match events {
            None => audit.wrong.push(Wrong::new(id, "no event tells of this despatch")),
            Some((known, events)) => {
                found.insert(*known);
                audit.wrong.extend(differs(row, events).map(|why| Wrong::new(id, why)));
            }
        }
    }
    let gone = told.despatches.keys().filter(|id| !found.contains(id));
    audit
        .wrong
        .extend(gone.map(|id| Wrong::new(id.to_string(), "the record tells of it and its row is missing")));
    Ok(())
}

/// Why a despatch's row does not follow from its events.
fn differs(row: &LedgerRow, events: &[&Event]) -> Option<String> {
    let text: &str = row.get("record");
    let Ok(despatch) = record(text) else {
        return Some("its row cannot be read".to_owned());
    };
    let columns = DespatchRow::read(row).is_ok_and(|row| row.repeats(&despatch));
    if !columns {
        return Some("the columns of its row do not agree".to_owned());
    }
    let tells = |event: &&&Event| event.detail.get(ROW).is_some() || state_after(event).is_some();
    let Some(last) = events.iter().rev().find(tells) else {
        return Some("no event tells how it stands".to_owned());
    };
    let follows = match sha256(&last.detail, ROW) {
        Some(hash) => hash == Sha256::of(text.as_bytes()),
        // Events of before rows were bound tell the state alone.
        None => state_after(last) == Some(despatch.state),
    };
    let words = || {
        format!(
            "its row ({}) does not follow from what happened last ({}, row {} of the record)",
            told_row(&despatch),
            last.what,
            last.seq
        )
    };
    (!follows).then(words)
}

/// What a row claims, for whoever looks for the difference.
fn told_row(despatch: &Despatch) -> String {
    let approval = despatch.approval.as_ref().map(|approval| format!(", approved by {}", approval.by));
    let holds: Vec<&str> = despatch.holds.iter().map(|hold| hold.code.as_str()).collect();
    let held = if holds.is_empty() { String::new() } else { format!(", held for {}", holds.join(" and ")) };
    format!("{}{}{held}", despatch.state.words(), approval.unwrap_or_default())
}

/// The state in which an event left its despatch; `None` where it leaves the state alone.
fn state_after(event: &Event) -> Option<State> {
    match event.what.as_str() {
        "remade" => Some(State::AwaitingReview),
        "unclaimed" => Some(State::Approved),
        "released" => event.detail.get("state")?.as_str()?.parse().ok(),
        what => what.parse().ok(),
    }
}

/// Whether the sealed files are those of the record.
fn check_files(
    files: &Files,
    told: &Told<'_>,
    removed: &BTreeSet<String>,
    audit: &mut Audit,
) -> io::Result<()> {
    let mut known = BTreeSet::new();
    for (id, events) in &told.despatches {
        let made = events.iter().filter_map(|event| {
            serde_json::from_value::<Option<Bound>>(event.detail.get("message")?.clone()).ok().flatten()
        });
        for bound in made {
            let path = files.message(*id, bound.revision);
            audit.check_file(&path, Some(bound.sha256), removed, &mut known)?;
            if let Some(copy) = bound.copy {
                audit.check_file(&files.copy(*id, bound.revision), Some(copy), removed, &mut known)?;
            }
        }
    }
    for (claim, hash) in &told.originals {
        audit.check_file(&files.original(*claim), *hash, removed, &mut known)?;
    }
    for folder in [files.despatches(), files.received()] {
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            // A trial letter is about nobody, and its copy gives way to the next one's.
            if !known.contains(&name) && !name.starts_with("trial-") {
                audit.unknown_files.push(name);
            }
        }
    }
    audit.unknown_files.sort();
    Ok(())
}

/// The events that remove sealed files: their time was up, or the case was erased.
const REMOVALS: [&str; 2] = ["purged", "erased"];

/// The names of the files whose removal is on record.
fn removed(events: &[Event]) -> BTreeSet<String> {
    let removals = events.iter().filter(|event| REMOVALS.contains(&event.what.as_str()));
    let files = removals.flat_map(|event| event.detail["files"].as_array().into_iter().flatten());
    let names = files.filter_map(|file| Path::new(file["file"].as_str()?).file_name()?.to_str());
    names.map(str::to_owned).collect()
}

impl Audit {
    fn check_file(
        &mut self,
        path: &Path,
        hash: Option<Sha256>,
        removed: &BTreeSet<String>,
        known: &mut BTreeSet<String>,
    ) -> io::Result<()> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match fs::read(path) {
            Ok(bytes) => {
                self.files += 1;
                if hash.is_some_and(|hash| hash != Sha256::of(&bytes)) {
                    self.wrong.push(Wrong::new(&name, "the file is not the one that the record tells of"));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && removed.contains(&name) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.wrong.push(Wrong::new(&name, "the record tells of this file and it is missing"));
            }
            Err(error) => return Err(error),
        }
        known.insert(name);
        Ok(())
    }
}
