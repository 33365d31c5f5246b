//! Enters: the record of one case. Leaves: the same as a document for people.
//! Never: omits an event.

use super::outbox::held_for;
use super::paper::{Paper, Section};
use super::record::{Listed, Record};
use chrono::{DateTime, NaiveDate, Utc};
use despatch_core::words::capital;
use despatch_core::words::{date_words, moment_words};
use despatch_ledger::{DespatchEvent, Event, LedgerEvent};
use despatch_settings::Letterhead;
use serde_json::Value;

/// Fields of an event that only record.json has: hashes, which people cannot use, and whole despatches.
const MACHINE: [&str; 14] = [
    "row",
    "id",
    "message",
    "planned",
    "recorded",
    "history",
    "cause",
    "checks",
    "original_sha256",
    "file_sha256",
    "token",
    "case_file",
    "recipient",
    "notes",
];

pub(super) fn paper(record: &Record, sender: Option<Letterhead>) -> Paper {
    let mut sections = vec![about(record)];
    sections.extend(record.received.iter().map(|one| {
        let section = Section::new(format!("What came in: case file {}", one.submission));
        with_files(section, &one.files, one.missing.as_ref())
    }));
    sections.extend(record.despatches.iter().map(|one| {
        let despatch = &one.despatch;
        let approved = despatch.approval.as_ref();
        let approved = approved
            .map_or_else(|| "nobody".to_owned(), |one| format!("{}, {}", one.by, moment_words(one.at)));
        let facts = [
            ("To", format!("{}, {}", despatch.recipient.name, despatch.recipient.address)),
            ("State", despatch.state.label().to_owned()),
            ("Approved by", approved),
            ("Prepared by", despatch.prepared_by.to_string()),
            ("Policy pack", despatch.pack.to_string()),
            ("Held for", held_for(despatch)),
            ("Warnings", despatch.warnings.join(" ")),
            ("Message-ID", despatch.message.as_ref().map(|one| one.message_id.clone()).unwrap_or_default()),
        ];
        let section = Section::new(format!("Despatch {}: {}", despatch.id, despatch.planned.kind))
            .facts(facts.map(|(term, value)| (term, Some(value).filter(|value| !value.is_empty()))));
        with_files(section, &one.files, one.missing.as_ref())
    }));
    sections.push(happened(&record.events));
    sections.push(rules(record));
    Paper {
        title: format!("Record of the case {}", record.case_id),
        sender,
        reference: record.case_id.to_string(),
        introduction: vec![
            "Everything that despatch has on record of this case. Each file lies beside this paper under the path that is given here; record.json holds the same for programs, and SHA256SUMS with its signature shows that nothing was changed since.".to_owned(),
        ],
        sections,
    }
}

fn about(record: &Record) -> Section {
    let text =
        |field: &str| record.exported.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    Section::new("This export").facts([
        ("Made on", Some(text("at").parse::<DateTime<Utc>>().map(moment_words).unwrap_or_default())),
        ("By", Some(text("by"))),
        ("For", Some(text("reason"))),
        ("Signed with", Some(text("signed_by"))),
    ])
}

fn with_files(mut section: Section, files: &[Listed], missing: Option<&String>) -> Section {
    section.paragraphs.extend(missing.cloned());
    let rows = files.iter().map(|one| [one.path.clone(), one.size.to_string(), one.sha256.to_string()]);
    section.table(["File", "Bytes", "SHA-256"], rows)
}

fn happened(events: &[Event]) -> Section {
    let rows = events.iter().map(|event| {
        let (what, detail) = (capital(&event.label()), detail(event));
        let what = if detail.is_empty() { what } else { format!("{what}: {detail}") };
        [event.seq.to_string(), moment_words(event.at), event.actor.clone(), event.subject(), what]
    });
    Section::new("What happened").table(["Row", "When", "Who", "About", "What"], rows)
}

/// The details of an event in words: reasons, holds, replies.
fn detail(event: &Event) -> String {
    let Value::Object(fields) = event.detail() else { return String::new() };
    // A despatch that was made has a section of its own.
    if matches!(event.happened, LedgerEvent::Despatch(_, DespatchEvent::Made(_))) {
        return String::new();
    }
    let told = fields.iter().filter(|(name, _)| !MACHINE.contains(&name.as_str()));
    let told = told.map(|(name, value)| (name.replace('_', " "), words(value)));
    let told = told.filter(|(_, words)| !words.is_empty()).map(|(name, words)| format!("{name}: {words}"));
    told.collect::<Vec<_>>().join("; ")
}

fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        // A day or a time as people write it.
        Value::String(text) => match (text.parse::<NaiveDate>(), text.parse::<DateTime<Utc>>()) {
            (Ok(day), _) => date_words(day),
            (_, Ok(at)) => moment_words(at),
            _ => text.clone(),
        },
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => match fields.get("words") {
            Some(said) => words(said),
            None => {
                let told = fields.iter().filter(|(name, _)| !MACHINE.contains(&name.as_str()));
                told.map(|(name, value)| format!("{name} {}", words(value))).collect::<Vec<_>>().join(", ")
            }
        },
        other => other.to_string(),
    }
}

fn rules(record: &Record) -> Section {
    let text =
        |one: &Value, field: &str| one.get(field).and_then(Value::as_str).unwrap_or("not kept").to_owned();
    let packs = record.packs.iter().map(|one| (format!("policy pack {}", text(one, "pack")), one));
    let templates = record.templates.iter().map(|one| (format!("templates of {}", text(one, "kind")), one));
    let all = packs.chain(templates);
    let rows = all.map(|(what, one)| [what, text(one, "sha256"), text(one, "path")]);
    Section::new("By which rules and templates").table(["What", "SHA-256", "Its text"], rows)
}
