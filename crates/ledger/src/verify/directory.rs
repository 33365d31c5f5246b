//! Enters: the events, and the rows of the directory. Leaves: each row that does not follow.
//! Never: changes a row.

use super::{Audit, Wrong};
use crate::chain::Event;
use crate::connection::LedgerConnection;
use crate::statement::statements;
use serde_json::Value;
use sqlx::Row;
use std::collections::{BTreeMap, BTreeSet};

statements! {
    KEYS = "SELECT key, entry FROM entry_key";
    ENTRIES = "SELECT id, email, domain, record FROM entry ORDER BY id";
}

/// What the subject of an entry's events begins with.
const SUBJECT: &str = "entry ";

/// Whether each entry, with its address and its keys, is what its last event made of it.
pub(super) async fn check(
    connection: &mut LedgerConnection,
    events: &[Event],
    audit: &mut Audit,
) -> sqlx::Result<()> {
    let mut told: BTreeMap<&str, &Value> = BTreeMap::new();
    for event in events.iter().filter(|event| !event.detail["entry"].is_null()) {
        if let Some(id) = event.subject.strip_prefix(SUBJECT) {
            told.insert(id, &event.detail["entry"]);
        }
    }
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in KEYS.query().fetch_all(&mut *connection).await? {
        keys.entry(row.get("entry")).or_default().insert(row.get("key"));
    }
    let mut found = BTreeSet::new();
    for row in ENTRIES.query().fetch_all(connection).await? {
        let id: String = row.get("id");
        let record: Value = serde_json::from_str(row.get("record")).unwrap_or_default();
        let words = match told.get(id.as_str()) {
            None => Some("no event entered it"),
            Some(told) if **told != record => Some("it is not what its last event made of it"),
            Some(told) => {
                let email = told["email"].as_str().unwrap_or_default().to_ascii_lowercase();
                let domain = email.rsplit_once('@').map(|(_, domain)| domain);
                let of_event = told["keys"].as_array().into_iter().flatten();
                let of_event: BTreeSet<&str> = of_event.filter_map(Value::as_str).collect();
                let of_table = keys.get(&id).cloned().unwrap_or_default();
                let same = row.get::<&str, _>("email") == email
                    && Some(row.get("domain")) == domain
                    && of_table.iter().map(String::as_str).eq(of_event);
                (!same).then_some("its address or keys are listed otherwise than its last event says")
            }
        };
        audit.wrong.extend(words.map(|words| Wrong::new(format!("entry {id}"), words)));
        found.insert(id);
    }
    let missing = told.keys().filter(|id| !found.contains(**id));
    audit
        .wrong
        .extend(missing.map(|id| Wrong::new(format!("entry {id}"), "it is missing from the directory")));
    Ok(())
}
