//! Enters: a ledger in which somebody emptied a column. Leaves: that what reads it answers or fails, and goes on.
//! Never: says what is right to do with such a ledger; the audit finds the row.

use crate::support::{DAY, Scene, now, read};
use despatch_core::words::Sha256;
use despatch_ledger::Named;
use despatch_process::case::EventName;
use serde_json::json;

/// The columns of a queued case file that are empty before it is queued.
const COLUMNS: [&str; 9] = [
    "case_id",
    "event_id",
    "issued_on",
    "pack",
    "review_key",
    "original_sha256",
    "recorded",
    "notes",
    "history",
];

#[test]
fn an_empty_column_stops_no_reader_by_panic() {
    for column in COLUMNS {
        let mut scene = Scene::new();
        scene.queue("ONE", None);
        scene.tamper(&format!("UPDATE submission SET {column} = NULL WHERE number = 1"));
        let ledger = &mut scene.ledger;
        let (case, event) = ("CASE-ONE-1".parse().expect("an id"), "event-ONE".parse().expect("an id"));
        let other = "event-TWO".parse().expect("an id");
        let by = read(json!({
            "event_id": other, "on": DAY, "place": "brook-house", "place_kind": "irc",
            "detained_since": "2026-11-01", "representative": null, "clocks": [], "pending_effects": ["held"],
            "fact": { "event": "no_response", "on": DAY },
        }));
        // Whether it answers or fails is the column's business.
        let _ = ledger.record(&case, &other, EventName::NoResponse);
        let _ = ledger.record_of(&case, 1, None);
        let _ = ledger.pack_of(1);
        let _ = ledger.case_events(&case);
        let _ = ledger.cases();
        let _ = ledger.latest_file(&event);
        let named = Named { case_id: &case, event_id: &event, replaces: None };
        let _ = ledger.foresee(named, Sha256::of(b"another"));
        let _ = ledger.submissions_of(None);
        let _ = ledger.settled_cases(now().today);
        let _ = ledger.overtaken_by(&case, &other, &by);
        let _ = ledger.review_key_of(1);
        let hashes: Vec<bool> =
            ledger.sealed_files().expect("it answers").iter().map(|file| file.sha256.is_some()).collect();
        assert_eq!(hashes, [column != "original_sha256", true], "{column}");
        assert!(scene.wrong().iter().any(|wrong| wrong.starts_with("case 1: ")), "{column}");
    }
}
