//! Enters: the events, and the rows of what may not be removed or sent. Leaves: each row that does not follow.
//! Never: changes a row.

use super::{Audit, Wrong};
use crate::backup::OFFICE;
use crate::chain::Event;
use crate::connection::LedgerConnection;
use crate::statement::statements;
use serde_json::Value;
use sqlx::Row;
use std::collections::{BTreeMap, BTreeSet};

/// Who set a hold or asked for an erasure, and why, by what it is and its case.
type Words = BTreeMap<(&'static str, String), (String, String)>;

statements! {
    HOLDS = "SELECT case_id, by, reason FROM litigation_hold";
    ERASURES = "SELECT case_id, by, reason FROM erasure";
    RESTORATION = "SELECT one FROM restoration";
    UNRECONCILED = "SELECT despatch FROM unreconciled";
}

const HOLD: &str = "litigation hold";
const ERASURE: &str = "erasure that was asked for";

/// Whether each litigation hold, each erasure that waits for a second person, and what is still to be settled after a
/// restoration is as the events leave it.
pub(super) async fn check(
    connection: &mut LedgerConnection,
    events: &[Event],
    audit: &mut Audit,
) -> sqlx::Result<()> {
    let told = words(events);
    let mut rows = Words::new();
    for (what, query) in [(HOLD, HOLDS), (ERASURE, ERASURES)] {
        for row in query.query().fetch_all(&mut *connection).await? {
            rows.insert((what, row.get("case_id")), (row.get("by"), row.get("reason")));
        }
    }
    let all: BTreeSet<_> = told.keys().chain(rows.keys()).collect();
    for key in all.into_iter().filter(|key| told.get(*key) != rows.get(*key)) {
        let at = format!("the {} of {}", key.0, key.1);
        audit.wrong.push(Wrong::new(at, "it does not follow from what happened"));
    }
    let restored = RESTORATION.query().fetch_optional(&mut *connection).await?.is_some();
    let open = UNRECONCILED.query().fetch_all(connection).await?;
    let open: BTreeSet<String> = open.iter().map(|row| row.get("despatch")).collect();
    let told = unsettled(events);
    if restored != told.is_some() || open != told.unwrap_or_default() {
        let why = "what is still to be settled after it does not follow from what happened";
        audit.wrong.push(Wrong::new("the restoration from a backup", why));
    }
    Ok(())
}

fn words(events: &[Event]) -> Words {
    let mut told = Words::new();
    for event in events {
        let Some(case) = event.subject.strip_prefix("retention ") else { continue };
        let reason = event.detail["reason"].as_str().unwrap_or_default().to_owned();
        let said = (event.actor.clone(), reason);
        match event.what.as_str() {
            "litigation_held" => drop(told.insert((HOLD, case.to_owned()), said)),
            "litigation_lifted" => drop(told.remove(&(HOLD, case.to_owned()))),
            "erasure_asked" => drop(told.insert((ERASURE, case.to_owned()), said)),
            "erased" => drop(told.remove(&(ERASURE, case.to_owned()))),
            _ => {}
        }
    }
    told
}

/// What a restored office has still to settle; `None` where it comes from no backup, or all is settled.
fn unsettled(events: &[Event]) -> Option<BTreeSet<String>> {
    let mut open: Option<BTreeSet<String>> = None;
    for event in events {
        match event.what.as_str() {
            "restored" if event.subject == OFFICE => {
                let ids = event.detail["open"].as_array().into_iter().flatten();
                open.get_or_insert_default().extend(ids.filter_map(Value::as_str).map(str::to_owned));
            }
            "reconciled" if event.subject == OFFICE => open = None,
            "found_sent" | "found_unsent" => {
                if let Some(open) = &mut open {
                    open.remove(&event.subject);
                }
            }
            _ => {}
        }
    }
    open
}
