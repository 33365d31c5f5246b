//! Enters: a number and the bytes of a report. Leaves: valid case files about a fictional person, and papers that go
//! with them. Never: anybody real.

use crate::swap::Swap;
use despatch_core::words::Sha256;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// A Monday with no bank holiday near, so that the tests can use fixed dates.
pub const TODAY: &str = "2026-11-23";
/// The preparer of the cases, from the staff of the demo office (`examples/despatch.toml`).
pub const PREPARER: &str = "imran-castellan";

/// A fictional one-page PDF about the person of [`appointment`](crate::cases::appointment) and
/// [`report_received`](crate::cases::report_received), which also says `$words`.
/// Only the guards read it, for its words, so it has no cross-reference table.
#[macro_export]
macro_rules! paper {
    ($words:literal) => {
        concat!(
            "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n",
            "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n",
            "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R ",
            "/Resources << /Font << /F 5 0 R >> >> >>\nendobj\n4 0 obj\n<< /Length 1 >>\nstream\n",
            "BT /F 12 Tf 60 760 Td 16 TL (Selamawit Quartermaine, date of birth 17 May 1990) Tj T* (",
            $words,
            ") Tj ET\nendstream\nendobj\n5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n",
            "trailer\n<< /Size 6 /Root 1 0 R >>\n%%EOF\n",
        )
        .as_bytes()
    };
}
pub use crate::paper;

/// The same with words computed by a test, padded with a comment to at least `bytes`.
pub fn paper_of(words: &str, bytes: usize) -> Vec<u8> {
    let mut pdf = String::from_utf8(paper!("WORDS").to_vec()).expect("plain text").swapped("WORDS", words);
    let missing = bytes.saturating_sub(pdf.len());
    let comment = format!("% made up: {words}\n");
    // Before the end of the file; none where the words fill it.
    let end = pdf.len() - "%%EOF\n".len();
    pdf.insert_str(end, &comment.repeat(missing.div_ceil(comment.len())));
    pdf.into_bytes()
}

/// Writes a file that only its owner may read, such as a passphrase or a password.
pub fn private_file(path: &Path, bytes: &[u8]) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, bytes).expect("a file");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("our own file");
}

/// Drops a case with its own folder into an inbox.
pub fn drop_into(inbox: &Path, name: &str, case: &str, attachments: &[(&str, &[u8])]) {
    if !attachments.is_empty() {
        fs::create_dir_all(inbox.join(name)).unwrap();
    }
    for (file, bytes) in attachments {
        fs::write(inbox.join(name).join(file), bytes).unwrap();
    }
    fs::write(inbox.join(format!("{name}.part")), case).unwrap();
    fs::rename(inbox.join(format!("{name}.part")), inbox.join(format!("{name}.json"))).unwrap();
}

/// A case that is valid on [`TODAY`]: the appointment of a fictional person at Brook House, with an interpreter and a
/// representative. Six despatches. Each `n` is another case of the same person, under another reference of ours.
pub fn appointment(n: usize, report: &[u8]) -> Value {
    let mut case = common(n, report);
    case["event"] = json!({
        "type": "appointment_confirmed",
        "referred_on": "2026-11-20", "date": "2026-12-01", "time": "14:30",
        "location": "the healthcare interview room",
        "doctor": { "entry": "dr-rathore-quill", "reference": format!("RQ-{n}") },
        "interpreter": { "language": "Tigrinya", "mode": "video" },
    });
    case
}

/// A case in which a report about a fictional person at Brook House came in on [`TODAY`]. Three despatches.
pub fn report_received(n: usize, report: &[u8]) -> Value {
    let mut case = common(n, report);
    case["event"] = json!({
        "type": "external_report_received",
        "received_on": TODAY,
        "report": {
            "author": "Dr Ottilie Marchetti-Bell", "profession": "psychiatrist", "author_regulated": true,
            "regulator": "General Medical Council", "registration": "0000000",
            "assessed_on": "2026-11-10", "report_date": "2026-11-16", "method": "in_person",
        },
    });
    case
}

/// Another event of the `n`th case, without attachments.
pub fn event(n: usize, event_id: &str, event: Value) -> Value {
    let mut case = common(n, b"");
    case["event_id"] = json!(event_id);
    case["event"] = event;
    case["attachments"] = json!([]);
    case
}

fn common(n: usize, report: &[u8]) -> Value {
    json!({
        "schema": "despatch-case/1",
        "case_id": format!("TEST-{n:05}"),
        "home_office_reference": "X0000001",
        "event_id": format!("test-event-{n}"),
        "prepared_by": PREPARER,
        "person": {
            "name": "Selamawit Quartermaine", "date_of_birth": "1990-05-17",
            "nationality": "Eritrea", "language": "Tigrinya", "interpreter_needed": true,
        },
        "detention": { "place": "brook-house", "since": "2026-10-01", "powers": "immigration" },
        "caseworker": { "entry": "caseworker-marisol" },
        "manager": { "entry": "manager-ayesha", "grade": "HEO" },
        "representative": { "entry": "harbour-lane-law", "authority_date": "2026-10-12", "reference": format!("HLL/{n}") },
        "attachments": [{
            "file": "report.pdf", "kind": "external_medical_report", "title": "External medical report",
            "size": report.len(), "sha256": Sha256::of(report).to_string(),
        }],
    })
}
