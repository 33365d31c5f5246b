//! Enters: the bytes of a case file that is at fault somewhere. Leaves: a case file for the healthcare team's copy alone,
//! if that needs nothing of what is wrong (G19). Never: changes who the person is, where they are, or what is attached.

use crate::case::{self, Case};
use serde_json::{Map, Value, json};

/// The fields that the copy needs as they are.
const KEPT: [&str; 6] = ["schema", "case_id", "home_office_reference", "prepared_by", "person", "detention"];
/// What marks the event's id as that of a copy.
const MARK: &str = ".copy";
const LONGEST_ID: usize = 64;

/// Leaves out something of the copy's file, or of its event.
type LeaveOut = fn(&mut Map<String, Value>, &mut Value);

/// Returns the case file of the copy, with its case; `None` if the event brings nothing for a healthcare team, or what is
/// wrong concerns the copy too: who the person is, where they are, the document.
pub fn derive(bytes: &[u8]) -> Option<(Vec<u8>, Case)> {
    let file: Value = serde_json::from_slice(bytes).ok()?;
    let event = file.get("event")?;
    let (of, kind) = match event.get("type")?.as_str()? {
        "external_report_received" => ("report", "external_medical_report"),
        "second_opinion_received" => ("second_opinion", "second_opinion_report"),
        _ => return None,
    };
    let mut copy: Map<String, Value> =
        KEPT.iter().filter_map(|field| Some(((*field).to_owned(), file.get(*field)?.clone()))).collect();
    let id: String = file.get("event_id")?.as_str()?.chars().take(LONGEST_ID - MARK.len()).collect();
    copy.insert("event_id".to_owned(), json!(format!("{id}{MARK}")));
    copy.insert("caseworker".to_owned(), file.get("caseworker").cloned().unwrap_or(Value::Null));
    let documents = file.get("attachments")?.as_array()?.iter();
    let documents: Vec<&Value> = documents.filter(|one| one.get("kind") == Some(&json!(kind))).collect();
    copy.insert("attachments".to_owned(), json!(documents));
    let report = event.get("report").filter(|_| of == "report");
    let mut own = json!({ "type": "copied_to_healthcare", "of": of, "received_on": event.get("received_on"), "report": report });
    // What the copy can do without goes, one by one, until the rest is sound.
    let without: [LeaveOut; 4] = [
        |_, _| {},
        |_, event| event["report"] = Value::Null,
        |_, event| event["received_on"] = Value::Null,
        |copy, _| {
            copy.insert("caseworker".to_owned(), json!({ "entry": "nobody" }));
        },
    ];
    for leave_out in without {
        leave_out(&mut copy, &mut own);
        copy.insert("event".to_owned(), own.clone());
        let bytes = serde_json::to_vec(&copy).ok()?;
        if let Ok(case) = case::parse(&bytes) {
            return Some((bytes, case));
        }
    }
    None
}
