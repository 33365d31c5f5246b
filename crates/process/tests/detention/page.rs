//! The page on the pack of reviews: every row with the sentence that it rests on and the tests that show it.

use super::the_reviews_pack;
use despatch_process::case::EventName;
use despatch_process::packs::pack::{IMPLIED, Row};
use despatch_testing::swap::Swap;
use std::collections::BTreeSet;

const HEAD: &str = "# The reviews of a detention, row by row\n\nGenerated from `policy/gi-v3-reviews.toml` and the tests; \
                    `DESPATCH_UPDATE=1 cargo nextest run -p despatch-process detention::page` writes it. The number of a \
                    row is the entry of the digest of the general instructions, version 3.0. A sentence in quotation \
                    marks is the guidance's own.\n";

/// The tests that tell of what rows make.
const TOLD: [&str; 3] = [include_str!("paths.rs"), include_str!("stays.rs"), include_str!("gate.rs")];

/// How a test makes an event happen.
fn mark(event: EventName) -> String {
    match event {
        EventName::DetentionBegan => "path.began".to_owned(),
        EventName::ReviewCompleted => "review(".to_owned(),
        EventName::PregnancyEstablished => "pregnant(".to_owned(),
        EventName::Arrived => "arriv".to_owned(),
        _ => format!("\"type\": \"{}\"", event.word()),
    }
}

/// The tests of the months do their reviews in a function of their own.
fn happens(test: &str, event: EventName) -> bool {
    test.contains(&mark(event)) || event == EventName::ReviewCompleted && test.contains("months(")
}

/// The names of the tests in which one of these events happens and this is made.
fn tests_of(row: &Row) -> BTreeSet<&'static str> {
    let line = format!("\"{} to {}", row.kind, row.role.code());
    let each = TOLD.iter().flat_map(|text| text.split("#[test]\nfn ").skip(1));
    let shows = |test: &&str| test.contains(&line) && row.events.iter().any(|event| happens(test, *event));
    each.filter(shows).filter_map(|test| test.split('(').next()).collect()
}

fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).expect("JSON");
    value.as_str().unwrap_or_default().to_owned()
}

fn section(row: &Row) -> String {
    let events: Vec<String> = row.events.iter().map(|event| format!("`{}`", event.word())).collect();
    let when: Vec<String> = row.when.iter().map(|when| word(when).replace('_', " ")).collect();
    let places: Vec<&str> = row.places.iter().map(|place| place.label()).collect();
    let sentence = match row.source == IMPLIED {
        true => "Implied by the guidance, not written in it.".to_owned(),
        false => format!("“{}”", row.source),
    };
    let tests = tests_of(row);
    assert!(!tests.is_empty(), "no test shows {} to the {} on {events:?}", row.kind, row.role.label());
    let tests: Vec<String> = tests.into_iter().map(|test| format!("`{test}`")).collect();
    let mut lines = vec![
        format!("## {}: {} to the {}", row.number, row.kind, row.role.label()),
        format!(
            "- on {}{}",
            events.join(", "),
            if when.is_empty() { String::new() } else { format!(", if {}", when.join(", ")) }
        ),
        format!(
            "- at: {}",
            if places.len() == 10 { "every kind of place".to_owned() } else { places.join(", ") }
        ),
    ];
    lines.extend(row.deadline.map(|deadline| format!("- by: {}", deadline.label())));
    let encloses: Vec<&str> = row.encloses.iter().map(|kind| kind.label()).collect();
    lines.extend((!encloses.is_empty()).then(|| format!("- encloses: {}", encloses.join(", "))));
    format!(
        "\n{}\n\n{sentence}\n\nShown by {}.\n",
        lines.join("\n").swapped_once("\n", "\n\n"),
        tests.join(", ")
    )
}

#[test]
fn the_page_on_the_reviews_is_what_the_pack_says_and_each_row_has_a_test() {
    let pack = the_reviews_pack();
    let mut page = HEAD.to_owned();
    page.extend(pack.rows.iter().map(section));
    page.push_str("\n## What others report\n");
    for awaited in &pack.awaited {
        let event = awaited.event.map(|event| format!("`{}`", event.word())).unwrap_or_default();
        page.push_str(&format!("\n- {}, {event}: {}\n", awaited.number, awaited.reason));
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/process-reviews.md");
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    if std::env::var_os("DESPATCH_UPDATE").is_some() {
        std::fs::write(&path, &page).expect("the page");
    }
    assert!(page == before, "docs/process-reviews.md is older than the pack: DESPATCH_UPDATE=1 writes it");
}
