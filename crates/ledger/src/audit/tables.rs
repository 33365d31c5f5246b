//! Enters: the replayed state, and the rows. Leaves: each row that differs, is missing or is superfluous.
//! Never: changes a row.

use super::{Audit, Replay, Wrong};
use crate::despatch::Despatch;
use crate::engine::{LedgerConnection, LedgerRow};
use crate::error::LedgerError;
use crate::ids::DespatchId;
use crate::queries::despatches::record;
use crate::queries::removals::removed_files;
use crate::rows::{DespatchRow, EntryRow, UserRow, decided_row, entry_keys, pack_rows, restoration_row};
use crate::statement::statements;
use crate::submission::Submission;
use despatch_core::words::Sha256;
use despatch_documents::template_version::TemplateVersion;
use sqlx::Row;
use std::collections::{BTreeMap, BTreeSet};

statements! {
    KEYS = "SELECT key, entry FROM entry_key";
    CHANGES = "SELECT version FROM directory";
    ADOPTIONS = "SELECT pack, proposed_by, confirmed_by, reason, first_day, last_day, pack_sha256 FROM adoption";
    WITHDRAWALS = "SELECT pack, by, reason, day FROM withdrawal";
    HOLDS = "SELECT case_id, by, reason, since FROM litigation_hold";
    ERASURES = "SELECT case_id, by, reason, since FROM erasure";
    RESTORATION = "SELECT by, since, taken FROM restoration";
    UNRECONCILED = "SELECT despatch FROM unreconciled";
    TEMPLATES = "SELECT hash, content FROM template";
    PACK_TEXTS = "SELECT hash, content FROM pack_text";
}

/// Rows per query: a table may be larger than memory.
const AT_ONCE: i64 = 1000;

pub(super) const DOES_NOT_FOLLOW: &str = "it does not follow from what happened";
const MISSING: &str = "the record tells of it and its row is missing";

pub(super) async fn check(
    connection: &mut LedgerConnection,
    replay: &Replay<'_>,
    audit: &mut Audit,
) -> Result<(), LedgerError> {
    despatches(connection, replay, audit).await?;
    submissions(connection, replay, audit).await?;
    entries(connection, replay, audit).await?;
    packs(connection, replay, audit).await?;
    decisions(connection, replay, audit).await?;
    removals(connection, replay, audit).await?;
    users(connection, replay, audit).await?;
    kept_texts(connection, audit).await
}

async fn despatches(
    connection: &mut LedgerConnection,
    replay: &Replay<'_>,
    audit: &mut Audit,
) -> Result<(), LedgerError> {
    let mut found = BTreeSet::new();
    let mut last = (i64::MIN, i64::MIN);
    loop {
        let rows = DespatchRow::part(connection, last, AT_ONCE).await?;
        let Some(end) = rows.last() else { break };
        last = (end.submission, end.position);
        audit.despatches += rows.len();
        for row in rows {
            let id: Option<DespatchId> = row.id.parse().ok();
            let expected = id.and_then(|id| Some((id, replay.state.despatches.get(&id)?)));
            let why = match expected {
                None => Some("no event tells of this despatch".to_owned()),
                Some((id, expected)) => {
                    found.insert(id);
                    differs(&row, expected, replay.last.get(&id))?
                }
            };
            audit.wrong.extend(why.map(|why| Wrong::new(&row.id, why)));
        }
    }
    let gone = replay.state.despatches.iter().filter(|(id, _)| !found.contains(id));
    audit.wrong.extend(gone.map(|(id, _)| Wrong::new(id.to_string(), MISSING)));
    Ok(())
}

/// Says how a despatch's row differs from what its events made.
fn differs(
    row: &DespatchRow,
    expected: &Despatch,
    last: Option<&(i64, &'static str)>,
) -> Result<Option<String>, LedgerError> {
    let expected = DespatchRow::of(expected)?;
    if *row == expected {
        return Ok(None);
    }
    if row.record == expected.record {
        return Ok(Some("the columns of its row do not agree".to_owned()));
    }
    let Ok(despatch) = record(&row.record) else {
        return Ok(Some("its row cannot be read".to_owned()));
    };
    let last = last.map(|(seq, code)| format!(" last ({code}, row {seq} of the record)")).unwrap_or_default();
    Ok(Some(format!("its row ({}) does not follow from what happened{last}", as_told(&despatch))))
}

/// Summarises a row for the person who investigates the difference.
fn as_told(despatch: &Despatch) -> String {
    let approval = despatch.approval.as_ref().map(|approval| format!(", approved by {}", approval.by));
    let holds: Vec<&str> = despatch.holds.iter().map(|hold| hold.code.as_str()).collect();
    let held = if holds.is_empty() { String::new() } else { format!(", held for {}", holds.join(" and ")) };
    format!("{}{}{held}", despatch.state.label(), approval.unwrap_or_default())
}

async fn submissions(
    connection: &mut LedgerConnection,
    replay: &Replay<'_>,
    audit: &mut Audit,
) -> Result<(), LedgerError> {
    let mut found = BTreeSet::new();
    let mut last = i64::MIN;
    loop {
        let rows = Submission::part(connection, last, AT_ONCE).await?;
        let Some(end) = rows.last() else { break };
        last = end.number;
        audit.cases += rows.len();
        for row in rows {
            let why = match replay.state.submissions.get(&row.number) {
                None => Some("no event tells of this case file"),
                Some(expected) if *expected != row => Some("its row does not follow from what happened"),
                Some(_) => None,
            };
            found.insert(row.number);
            audit.wrong.extend(why.map(|why| Wrong::new(format!("case {}", row.number), why)));
        }
    }
    let gone = replay.state.submissions.iter().filter(|(number, _)| !found.contains(number));
    audit.wrong.extend(gone.map(|(number, _)| Wrong::new(format!("case {number}"), MISSING)));
    Ok(())
}

/// Checks that each entry, with its address and keys, is what its last event made of it.
async fn entries(
    connection: &mut LedgerConnection,
    replay: &Replay<'_>,
    audit: &mut Audit,
) -> Result<(), LedgerError> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in KEYS.query().fetch_all(&mut *connection).await? {
        keys.entry(row.get("entry")).or_default().insert(row.get("key"));
    }
    let mut rows: BTreeMap<String, (EntryRow, BTreeSet<String>)> = BTreeMap::new();
    for row in EntryRow::all(connection).await? {
        let keys = keys.remove(&row.id).unwrap_or_default();
        rows.insert(row.id.clone(), (row, keys));
    }
    let mut wrong = |id: &str, why: &str| audit.wrong.push(Wrong::new(format!("entry {id}"), why));
    for (id, entry) in replay.state.entries.iter() {
        let expected = EntryRow::of(entry)?;
        match rows.remove(id.as_str()) {
            None => wrong(id.as_str(), "it is missing from the directory"),
            Some((row, _)) if row.record != expected.record => {
                wrong(id.as_str(), "it is not what its last event made of it");
            }
            Some((row, keys)) if row != expected || keys != entry_keys(entry) => {
                wrong(id.as_str(), "its listed address or keys differ from its last event");
            }
            Some(_) => {}
        }
    }
    rows.keys().for_each(|id| wrong(id, "no event entered it"));
    keys.keys().for_each(|id| wrong(id, "a key is listed for it that no event tells of"));
    let version = CHANGES.query().fetch_all(connection).await?;
    let version: Vec<i64> = version.iter().map(|row| row.get("version")).collect();
    if version != [replay.state.directory_changes] {
        audit.wrong.push(Wrong::new("the directory", "its number of changes is wrong"));
    }
    Ok(())
}

async fn packs(
    connection: &mut LedgerConnection,
    replay: &Replay<'_>,
    audit: &mut Audit,
) -> Result<(), LedgerError> {
    let mut rows: BTreeSet<[Option<String>; 7]> = BTreeSet::new();
    for row in ADOPTIONS.query().fetch_all(&mut *connection).await? {
        let columns =
            ["pack", "proposed_by", "confirmed_by", "reason", "first_day", "last_day", "pack_sha256"];
        rows.insert(columns.map(|column| row.get(column)));
    }
    for row in WITHDRAWALS.query().fetch_all(connection).await? {
        let [pack, by, reason, day] = ["pack", "by", "reason", "day"].map(|column| row.get(column));
        rows.insert([pack, by, None, reason, day, None, None]);
    }
    let expected: BTreeSet<_> =
        replay.state.packs.iter().flat_map(|(pack, record)| pack_rows(pack, record)).collect();
    let packs: BTreeSet<&String> =
        rows.symmetric_difference(&expected).filter_map(|[pack, ..]| pack.as_ref()).collect();
    let why = "its adoption or withdrawal does not follow from what happened";
    audit.wrong.extend(packs.into_iter().map(|pack| Wrong::new(format!("policy pack {pack}"), why)));
    Ok(())
}

/// Checks litigation holds, and erasures that wait for a second person.
async fn decisions(
    connection: &mut LedgerConnection,
    replay: &Replay<'_>,
    audit: &mut Audit,
) -> Result<(), LedgerError> {
    let state = &replay.state;
    for (what, query, decided) in [
        ("litigation hold", HOLDS, &state.litigation_holds),
        ("erasure that was asked for", ERASURES, &state.erasures),
    ] {
        let rows = query.query().fetch_all(&mut *connection).await?;
        let read =
            |row: &LedgerRow| ["case_id", "by", "reason", "since"].map(|column| row.get::<String, _>(column));
        let rows: BTreeSet<[String; 4]> = rows.iter().map(read).collect();
        let expected: BTreeSet<_> = decided.iter().map(|(case, one)| decided_row(case, one)).collect();
        let cases: BTreeSet<&String> = rows.symmetric_difference(&expected).map(|[case, ..]| case).collect();
        let at = |case| format!("the {what} of {case}");
        audit.wrong.extend(cases.into_iter().map(|case| Wrong::new(at(case), DOES_NOT_FOLLOW)));
    }
    Ok(())
}

/// Checks the removals, and what a restored office has still to settle.
async fn removals(
    connection: &mut LedgerConnection,
    replay: &Replay<'_>,
    audit: &mut Audit,
) -> Result<(), LedgerError> {
    let state = &replay.state;
    let removed = removed_files(connection).await?;
    let expected: BTreeSet<String> = state.removed.iter().map(|(file, ())| file.clone()).collect();
    let files = removed.symmetric_difference(&expected);
    let at = |file| format!("the removal of {file}");
    audit.wrong.extend(files.map(|file| Wrong::new(at(file), DOES_NOT_FOLLOW)));
    let rows = RESTORATION.query().fetch_all(&mut *connection).await?;
    let rows: Vec<[String; 3]> =
        rows.iter().map(|row| ["by", "since", "taken"].map(|column| row.get(column))).collect();
    let expected: Vec<_> = state.restoration.iter().map(|((), one)| restoration_row(one)).collect();
    let open = UNRECONCILED.query().fetch_all(connection).await?;
    let open: BTreeSet<String> = open.iter().map(|row| row.get("despatch")).collect();
    let told: BTreeSet<String> = state.unreconciled.iter().map(|(id, ())| id.to_string()).collect();
    if rows != expected || open != told {
        let why = "what is still to be settled after it does not follow from what happened";
        audit.wrong.push(Wrong::new("the restoration from a backup", why));
    }
    Ok(())
}

/// Checks the accounts for the pages, but for what proves their passphrases.
async fn users(
    connection: &mut LedgerConnection,
    replay: &Replay<'_>,
    audit: &mut Audit,
) -> Result<(), LedgerError> {
    let mut rows: BTreeMap<String, UserRow> = BTreeMap::new();
    for row in UserRow::all(connection).await? {
        rows.insert(row.staff.clone(), row);
    }
    let at = |id: &str| format!("the account of {id}");
    for (id, account) in replay.state.users.iter() {
        match rows.remove(id.as_str()) {
            None => audit.wrong.push(Wrong::new(at(id.as_str()), MISSING)),
            Some(row) if row != UserRow::of(account)? => {
                audit.wrong.push(Wrong::new(at(id.as_str()), DOES_NOT_FOLLOW));
            }
            Some(_) => {}
        }
    }
    audit.wrong.extend(rows.keys().map(|id| Wrong::new(at(id), "no event made it")));
    Ok(())
}

/// Checks the texts of templates and packs against their own hashes.
async fn kept_texts(connection: &mut LedgerConnection, audit: &mut Audit) -> Result<(), LedgerError> {
    fn wrong(what: &str, hash: &str) -> Wrong {
        let at = format!("the kept {what} {}", hash.get(..12).unwrap_or(hash));
        Wrong::new(at, "its text does not match its hash")
    }
    for row in TEMPLATES.query().fetch_all(&mut *connection).await? {
        let (hash, content): (&str, &str) = (row.get("hash"), row.get("content"));
        let version = serde_json::from_str::<TemplateVersion>(content);
        if !version.is_ok_and(|version| version.hash().to_string() == hash) {
            audit.wrong.push(wrong("template", hash));
        }
    }
    for row in PACK_TEXTS.query().fetch_all(connection).await? {
        let (hash, content): (&str, &str) = (row.get("hash"), row.get("content"));
        if Sha256::of(content.as_bytes()).to_string() != hash {
            audit.wrong.push(wrong("policy pack", hash));
        }
    }
    Ok(())
}
