//! Enters: the events, and the rows of claims, adoptions, withdrawals and kept texts. Leaves: each row that does not
//! follow. Never: changes a row.

use super::{Audit, Wrong, claim_of, sha256};
use crate::chain::Event;
use crate::connection::LedgerConnection;
use crate::statement::statements;
use despatch_core::words::Sha256;
use despatch_process::events::ReferralFact;
use despatch_process::{Fact, Recorded};
use serde_json::Value;
use sqlx::Row;
use std::collections::{BTreeMap, BTreeSet};

statements! {
    TEMPLATES = "SELECT hash, content FROM template";
    PACK_TEXTS = "SELECT hash, content FROM pack_text";
    CLAIMS = "SELECT number, token, file_sha256, state, superseded, case_id, event_id, issued_on, pack, week, recorded, \
              notes, history, original_sha256 FROM claim ORDER BY number";
    ADOPTIONS = "SELECT pack, proposed_by, confirmed_by, reason, last_day FROM adoption";
    WITHDRAWALS = "SELECT pack, by, reason FROM withdrawal";
}

/// What the events say of one case file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Claim {
    state: String,
    file_sha256: String,
    token: Option<String>,
    case_id: Option<String>,
    event_id: Option<String>,
    issued_on: Option<String>,
    pack: Option<String>,
    recorded: Option<Value>,
    notes: Option<Value>,
    /// The week whose place for a second opinion it took.
    week: Option<String>,
    history: Option<Sha256>,
    original: Option<Sha256>,
    superseded: bool,
}

pub(super) async fn check(
    connection: &mut LedgerConnection,
    events: &[Event],
    audit: &mut Audit,
) -> sqlx::Result<()> {
    check_claims(connection, events, audit).await?;
    check_adoptions(connection, events, audit).await?;
    for (table, what) in [("template", "template"), ("pack_text", "policy pack")] {
        let query = match table {
            "template" => TEMPLATES,
            _ => PACK_TEXTS,
        };
        for row in query.query().fetch_all(&mut *connection).await? {
            let (hash, content): (&str, &str) = (row.get("hash"), row.get("content"));
            let is = match table {
                "template" => {
                    serde_json::from_str::<despatch_documents::template_version::TemplateVersion>(content)
                        .is_ok_and(|version| version.hash().to_string() == hash)
                }
                _ => Sha256::of(content.as_bytes()).to_string() == hash,
            };
            if !is {
                let at = format!("the kept {what} {}", hash.get(..12).unwrap_or(hash));
                audit.wrong.push(Wrong::new(at, "its text is not what its hash says"));
            }
        }
    }
    Ok(())
}

async fn check_claims(
    connection: &mut LedgerConnection,
    events: &[Event],
    audit: &mut Audit,
) -> sqlx::Result<()> {
    let told = claims(events);
    let rows = CLAIMS.query().fetch_all(connection).await?;
    audit.cases = rows.len();
    let mut found = BTreeSet::new();
    for row in &rows {
        let number: i64 = row.get("number");
        found.insert(number);
        let at = format!("case {number}");
        let Some(expected) = told.get(&number) else {
            audit.wrong.push(Wrong::new(at, "no event tells of this case file"));
            continue;
        };
        let text = |column| row.get::<Option<String>, _>(column);
        let value = |column| text(column).and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let row = Claim {
            state: row.get("state"),
            file_sha256: row.get("file_sha256"),
            token: text("token"),
            history: text("history").map(|text| Sha256::of(text.as_bytes())),
            original: text("original_sha256").and_then(|hash| hash.parse().ok()),
            case_id: text("case_id"),
            event_id: text("event_id"),
            issued_on: text("issued_on"),
            pack: text("pack"),
            recorded: value("recorded"),
            notes: value("notes"),
            week: text("week"),
            superseded: row.get::<i64, _>("superseded") != 0,
        };
        if row != *expected {
            audit.wrong.push(Wrong::new(at, "its row does not follow from what happened"));
        }
    }
    let gone = told.keys().filter(|number| !found.contains(number));
    audit.wrong.extend(
        gone.map(|number| {
            Wrong::new(format!("case {number}"), "the record tells of it and its row is missing")
        }),
    );
    Ok(())
}

/// The case files as the events leave them.
fn claims(events: &[Event]) -> BTreeMap<i64, Claim> {
    let mut claims: BTreeMap<i64, Claim> = BTreeMap::new();
    for event in events {
        let text = |field: &str| event.detail.get(field).and_then(Value::as_str).map(str::to_owned);
        match (claim_of(event), event.what.as_str()) {
            (Some(number), what @ ("claimed" | "duplicate" | "rejected" | "queued")) => {
                if what == "queued" {
                    let same = text("event_id");
                    let earlier =
                        claims.values_mut().filter(|one| one.event_id == same && one.state == "queued");
                    earlier.for_each(|one| one.superseded = true);
                }
                let claim = claims.entry(number).or_default();
                claim.state = what.to_owned();
                if let Some(file) = text("file_sha256") {
                    claim.file_sha256 = file;
                    claim.token = text("token");
                }
                if what == "queued" {
                    claim.case_id = text("case_id");
                    claim.event_id = text("event_id");
                    claim.issued_on = text("issued_on");
                    claim.pack = text("pack");
                    claim.recorded = event.detail.get("recorded").cloned();
                    claim.notes = event.detail.get("notes").cloned();
                    claim.week = claim.recorded.as_ref().and_then(week);
                    claim.history = sha256(&event.detail, "history_sha256");
                    claim.original = sha256(&event.detail, "original_sha256");
                }
            }
            (None, "case_moved") => {
                let (case, pack) = (text("case_id"), event.subject.strip_prefix("pack ").map(str::to_owned));
                let moved = claims.values_mut().filter(|one| one.case_id == case && one.state == "queued");
                moved.for_each(|one| one.pack.clone_from(&pack));
            }
            _ => {}
        }
    }
    claims
}

/// The week whose place an event took.
fn week(recorded: &Value) -> Option<String> {
    match serde_json::from_value::<Recorded>(recorded.clone()).ok()?.fact {
        Fact::ReferralReceived(ReferralFact { week, granted: true, .. }) => Some(week.to_string()),
        _ => None,
    }
}

/// An adoption or a withdrawal of a pack: who, who second, why, and until when.
type Decided = (String, String, Option<String>, String, Option<String>);

async fn check_adoptions(
    connection: &mut LedgerConnection,
    events: &[Event],
    audit: &mut Audit,
) -> sqlx::Result<()> {
    let mut rows: BTreeSet<Decided> = BTreeSet::new();
    for row in ADOPTIONS.query().fetch_all(&mut *connection).await? {
        let until = Some(row.get("last_day"));
        rows.insert((
            row.get("pack"),
            row.get("proposed_by"),
            row.get("confirmed_by"),
            row.get("reason"),
            until,
        ));
    }
    for row in WITHDRAWALS.query().fetch_all(connection).await? {
        rows.insert((row.get("pack"), row.get("by"), None, row.get("reason"), None));
    }
    let told = decided(events);
    let packs: BTreeSet<&String> = rows.symmetric_difference(&told).map(|(pack, ..)| pack).collect();
    let why = "its adoption or withdrawal does not follow from what happened";
    audit.wrong.extend(packs.into_iter().map(|pack| Wrong::new(format!("policy pack {pack}"), why)));
    Ok(())
}

fn decided(events: &[Event]) -> BTreeSet<Decided> {
    let mut rows: Vec<Decided> = Vec::new();
    for event in events {
        let Some(pack) = event.subject.strip_prefix("pack ") else { continue };
        let text = |field: &str| event.detail.get(field).and_then(Value::as_str).map(str::to_owned);
        let is_open = |row: &Decided| row.2.is_none() && row.4.is_some();
        let reason = text("reason").unwrap_or_default();
        match event.what.as_str() {
            "adoption_proposed" => {
                rows.retain(|row| row.0 != pack || !is_open(row));
                rows.push((pack.to_owned(), event.actor.clone(), None, reason, text("expires")));
            }
            "adopted" => {
                rows.retain(|row| row.0 != pack || is_open(row));
                let open = rows.iter_mut().filter(|row| row.0 == pack);
                open.for_each(|row| row.2 = Some(event.actor.clone()));
            }
            "withdrawn" => {
                rows.retain(|row| row.0 != pack);
                rows.push((pack.to_owned(), event.actor.clone(), None, reason, None));
            }
            _ => {}
        }
    }
    rows.into_iter().collect()
}
