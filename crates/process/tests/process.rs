//! Enters: the packs, the templates and the paths of the tests. Leaves: docs/process.md, and proof that it is true.
//! `DESPATCH_UPDATE=1` writes the page anew.

use super::detention::the_reviews_pack;
use super::paths;
use super::the_pack;
use super::walks::rows_of;
use despatch_core::words::Role;
use despatch_process::PlaceKind;
use despatch_process::case::EventName;
use despatch_process::packs::pack::{At, IMPLIED, Row};
use despatch_testing::swap::Swap;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rows of the table of communications, and the readings that imply more of them.
const READINGS: [&str; 5] = ["G5", "G6", "G10", "G14", "G16"];

const HEAD: &str = "# The process, row by row

This page is generated from the policy pack `PACK` and the templates; a test fails when it is not what they say.
`DESPATCH_UPDATE=1 cargo nextest run -p despatch-process process::` writes it anew.

A row is a communication that the guidance calls for. It is made when one of its events comes in and all of its
circumstances hold. Rules and records ask for a row by its purpose; its number cites the guidance, and another pack numbers
its rows as its own source does. A row with a G is implied by the guidance and not written in it: its source says \"implied\".
Each has a test of its name in `crates/process/tests/rows.rs` or `readings.rs`; the paths are tests too, each a readable
story of one made-up person, in `crates/process/tests/paths`.

";

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The numbers in the order of the page.
fn numbers() -> Vec<String> {
    (1..=38).map(|number| number.to_string()).chain(READINGS.map(str::to_owned)).collect()
}

/// The word by which a value is written in JSON and in the pack.
fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).expect("JSON").as_str().expect("a word").to_owned()
}

/// What a kind of letter says of itself.
#[derive(serde::Deserialize)]
struct Kind {
    title: String,
    roles: Vec<Role>,
}

/// Every kind of letter, as its own file has it: this crate knows no template.
fn kinds() -> BTreeMap<String, Kind> {
    let folders = fs::read_dir(repository().join("templates")).expect("the templates");
    let kinds = folders.filter_map(|folder| {
        let folder = folder.expect("an entry");
        let text = fs::read_to_string(folder.path().join("kind.toml")).ok()?;
        let name = folder.file_name().to_string_lossy().into_owned();
        Some((name, toml::from_str(&text).expect("a kind")))
    });
    kinds.collect()
}

/// How many paths the page names for one row.
const PATHS_SHOWN: usize = 4;

/// The paths in which each row is made, or in which the event comes in by which it is reported.
fn paths_of() -> BTreeMap<String, Vec<&'static str>> {
    let pack = the_pack();
    let mut found: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for (name, path) in paths::all() {
        let story = path();
        let made = rows_of(&story).into_iter().filter_map(|(row, ..)| pack.rows.get(row));
        let mut numbers: BTreeSet<String> = made.map(|row| row.number.to_string()).collect();
        let events: BTreeSet<EventName> = story.plans.iter().map(|(event, ..)| *event).collect();
        let reported =
            pack.awaited.iter().filter(|row| row.event.is_some_and(|event| events.contains(&event)));
        numbers.extend(reported.map(|row| row.number.to_string()));
        for number in numbers {
            found.entry(number).or_default().push(name);
        }
    }
    found
}

/// The test of a row, or of a reading, by its name: `row_12_the_letter_goes …`, `g6_…`.
fn test_of(number: &str) -> Option<&'static str> {
    let source = concat!(include_str!("rows.rs"), include_str!("readings.rs"));
    let begins = match number.strip_prefix('G') {
        Some(reading) => format!("fn g{reading}_"),
        None => format!("fn row_{number}_"),
    };
    let line = source.lines().find(|line| line.starts_with(&begins))?;
    line.strip_prefix("fn ")?.split('(').next()
}

fn when(row: &Row) -> String {
    let words: Vec<String> = row.when.iter().map(|when| word(when).replace('_', " ")).collect();
    if words.is_empty() { "always".to_owned() } else { words.join(", ") }
}

/// To whom a row goes, and at which places: the guidance knows removal centres, prisons and temporary places, and every
/// other kind is like one of these (`coverage`).
fn recipient(row: &Row) -> String {
    let mut places: Vec<&str> = [PlaceKind::Irc, PlaceKind::Prison]
        .into_iter()
        .filter(|kind| row.places.contains(kind))
        .map(PlaceKind::label)
        .collect();
    if row.places.iter().any(|place| place.is_temporary()) {
        places.push("temporary place of detention");
    }
    let mut words = row.role.label().to_owned();
    if row.copy {
        words.push_str(" (copy)");
    }
    if row.at == At::Appointment {
        words.push_str(" of the appointment's place");
    }
    if places.len() < 3 {
        words.push_str(&format!("; {}", places.join(", ")));
    }
    words
}

fn page() -> String {
    let (pack, paths) = (the_pack(), paths_of());
    let kinds = kinds();
    let mut page = HEAD.swapped("PACK", pack.id.as_str());
    for number in numbers() {
        let rows: Vec<&Row> = pack.rows.iter().filter(|row| row.number.to_string() == number).collect();
        let awaited: Vec<_> = pack.awaited.iter().filter(|row| row.number.to_string() == number).collect();
        page.push_str(&format!("## Row {number}\n\n"));
        let mut sources: BTreeMap<&str, ()> = BTreeMap::new();
        if !rows.is_empty() {
            page.push_str(
                "| event | circumstances | purpose | kind | to | written by | deadline |\n|---|---|---|---|---|---|---|\n",
            );
        }
        for row in &rows {
            let events: Vec<String> = row.events.iter().map(|event| format!("`{}`", word(event))).collect();
            let title = kinds.get(row.kind.as_str()).map_or("", |kind| kind.title.as_str());
            let deadline = row.deadline.map_or("–".to_owned(), |rule| rule.label().to_owned());
            page.push_str(&format!(
                "| {} | {} | `{}` | `{}`: {title} | {} | {} | {deadline} |\n",
                events.join(", "),
                when(row),
                row.purpose.code(),
                row.kind,
                recipient(row),
                word(row.team),
            ));
            sources.insert(&row.source, ());
        }
        for row in &awaited {
            let event = row.event.map_or(String::new(), |event| format!("Event `{}`. ", word(event)));
            page.push_str(&format!("{event}{}\n", row.reason));
            sources.insert(&row.source, ());
        }
        page.push('\n');
        for source in sources.keys() {
            let says = if *source == IMPLIED { "Source: implied.".to_owned() } else { format!("> {source}") };
            page.push_str(&format!("{says}\n\n"));
        }
        let all = paths.get(&number).map(Vec::as_slice).unwrap_or_default();
        let shown: Vec<String> =
            all.iter().take(PATHS_SHOWN).map(|name| format!("`{}`", name.replace('_', " "))).collect();
        let more = match all.len().saturating_sub(PATHS_SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let test = test_of(&number).unwrap_or_default();
        page.push_str(&format!("Test: `{test}`. Paths: {}{more}.\n\n", shown.join(", ")));
    }
    format!("{}\n", page.trim_end())
}

#[test]
fn every_row_has_a_kind_an_event_or_a_reason_and_a_test_that_shows_it() {
    let (pack, paths) = (the_pack(), paths_of());
    let mut wrong = Vec::new();
    for number in numbers() {
        let made = pack.rows.iter().any(|row| row.number.to_string() == number);
        let awaited =
            pack.awaited.iter().any(|row| row.number.to_string() == number && !row.reason.is_empty());
        if !made && !awaited {
            wrong.push(format!("row {number} makes nothing, and nothing says why"));
        }
        if test_of(&number).is_none() {
            wrong.push(format!(
                "no test of crates/process/tests/rows.rs or readings.rs is named after row {number}"
            ));
        }
        if !paths.contains_key(&number) {
            wrong.push(format!("no path of crates/process/tests/paths shows row {number}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_kind_is_made_by_a_row_and_goes_only_to_the_roles_that_it_names() {
    let packs = [the_pack(), the_reviews_pack()];
    let rows = || packs.iter().flat_map(|pack| &pack.rows);
    let kinds = kinds();
    let idle: Vec<&String> =
        kinds.keys().filter(|name| !rows().any(|row| row.kind.as_str() == *name)).collect();
    assert!(idle.is_empty(), "no row makes {idle:?}");
    for row in rows() {
        let kind = kinds.get(row.kind.as_str()).unwrap_or_else(|| panic!("there is no kind {}", row.kind));
        assert!(kind.roles.contains(&row.role), "{} may not go to the {}", row.kind, row.role.label());
    }
    for (name, kind) in &kinds {
        for role in &kind.roles {
            let used = rows().any(|row| row.kind.as_str() == name && row.role == *role);
            assert!(used, "no row sends {name} to the {}", role.label());
        }
    }
}

#[test]
fn the_page_on_the_process_is_what_the_pack_and_the_templates_say() {
    let path: &Path = &repository().join("docs/process.md");
    let now = page();
    if std::env::var_os("DESPATCH_UPDATE").is_some() {
        fs::write(path, &now).expect("docs can be written");
    }
    let written = fs::read_to_string(path).unwrap_or_default();
    let differs = written.lines().zip(now.lines()).position(|(one, other)| one != other);
    assert!(written == now, "docs/process.md is out of date from line {:?} on", differs.map(|line| line + 1));
}
