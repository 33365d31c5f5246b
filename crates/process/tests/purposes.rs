//! Rows are asked for by what they are for. A pack numbers its rows as its own source does, and nothing changes but the
//! numbers that are cited; a row holds at the kinds of place that it names.

use super::detention::the_reviews_pack;
use super::story::Story;
use super::{paths, the_pack, walks};
use despatch_process::packs::pack::RowNumber;
use despatch_process::{Circumstance, Pack, PlaceKind, Plan, Purpose};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The pack as a source would have it that counts its rows in paragraphs, each row with a number of its own.
fn renumbered() -> Pack {
    let mut pack = the_pack();
    for (index, row) in pack.rows.iter_mut().enumerate() {
        row.number = RowNumber::new(format!("7.{index}(b)"));
    }
    for (index, row) in pack.awaited.iter_mut().enumerate() {
        row.number = RowNumber::new(format!("Annex {index}"));
    }
    pack
}

/// A plan without the numbers that it cites.
fn without_numbers(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.despatches.iter_mut().for_each(|one| one.row = RowNumber::new(""));
    plan.not_made.iter_mut().for_each(|one| one.row = RowNumber::new(""));
    for warning in &mut plan.warnings {
        if let Some((before, after)) = warning.split_once(" (row ")
            && warning.starts_with("The file that this one corrects sent ")
        {
            let after = after.split_once(')').expect("the number ends").1;
            // A number may hold a bracket of its own.
            *warning = format!("{before}{}", after.trim_start_matches(')'));
        }
    }
    plan
}

fn plans(story: &Story) -> Vec<Plan> {
    story.plans.iter().map(|(_, _, plan)| without_numbers(plan)).collect()
}

/// A story is the same under the other pack, numbers aside.
#[track_caller]
fn compare(name: &str, story: &Story) -> usize {
    let again: Vec<Plan> = story.again(&renumbered()).iter().map(without_numbers).collect();
    for (one, other) in plans(story).iter().zip(&again) {
        let (one, other) = (format!("{one:#?}"), format!("{other:#?}"));
        let differs = one.lines().zip(other.lines()).find(|(one, other)| one != other);
        assert!(one == other, "{name}: {differs:?}");
    }
    assert_eq!(story.plans.len(), again.len(), "{name}");
    again.len()
}

/// The readable stories, which reach every row, and wanderings beside them.
#[test]
fn a_pack_with_other_row_numbers_makes_the_same_plans() {
    let mut rows = BTreeSet::new();
    for (name, path) in paths::all() {
        let story = path();
        rows.extend(walks::rows_of(&story).into_iter().map(|(row, ..)| row));
        compare(name, &story);
    }
    assert_eq!(rows.len(), the_pack().rows.len(), "every row was compared");
    let compared: usize = (1..=80).map(|seed| compare("a walk", &walks::walk(seed, seed % 2 == 0))).sum();
    assert!(compared > 400, "only {compared} plans of walks were compared");
}

#[test]
fn every_purpose_has_a_row_and_a_word_of_its_own() {
    let rows = the_pack().rows.into_iter().chain(the_reviews_pack().rows);
    let used: BTreeSet<Purpose> = rows.map(|row| row.purpose).collect();
    assert_eq!(used, Purpose::ALL.iter().copied().collect());
    for purpose in Purpose::ALL {
        assert_eq!(serde_json::to_value(purpose).expect("JSON"), purpose.code());
        assert!(!purpose.label().is_empty());
    }
    let words: BTreeSet<&str> = Purpose::ALL.iter().map(|purpose| purpose.code()).collect();
    assert_eq!(words.len(), Purpose::ALL.len());
}

/// A row that names one kind of temporary place does not hold at another.
#[test]
fn a_row_holds_at_the_kinds_of_place_that_it_names() {
    let mut pack = the_pack();
    for row in pack.rows.iter_mut().filter(|row| row.purpose == Purpose::ReportToHealthcare) {
        row.places = BTreeSet::from([PlaceKind::Hospital]);
    }
    let made_at = |place: &str| {
        let mut story = Story::at(place);
        story.pack = pack.clone();
        let made = story.on("Monday 2 March 2026", super::events::report());
        made.plan.despatches.iter().any(|one| one.purpose == Purpose::ReportToHealthcare)
    };
    assert!(made_at("st-osyth"));
    assert!(!made_at("manchester-sthf") && !made_at("kirk-street") && !made_at("brook-house"));
}

/// What stops something, and what carries records, is told from the purpose; circumstances and enclosures agree.
#[test]
fn what_a_message_stops_or_carries_follows_from_its_purpose() {
    let pack = the_pack();
    let stops: BTreeSet<Purpose> = Purpose::ALL.iter().copied().filter(|one| one.stops_work()).collect();
    let asked = |row: &despatch_process::packs::pack::Row| {
        let off =
            row.when.contains(&Circumstance::Cancelled) || row.when.contains(&Circumstance::RecordsWithdrawn);
        off && !row.when.contains(&Circumstance::PersonTold)
    };
    let by_rows: BTreeSet<Purpose> =
        pack.rows.iter().filter(|row| asked(row)).map(|row| row.purpose).collect();
    assert_eq!(stops, by_rows);
}

/// Every file below a folder whose name ends so.
fn files_below(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("an entry").path();
        let ends = |ending: &&str| path.extension().is_some_and(|own| own == *ending);
        if path.is_dir() {
            files_below(&path, endings, found);
        } else if endings.iter().any(ends) {
            found.push(path);
        }
    }
}

/// Where a line asks for a row by its number, or for how many there are.
fn asks_by_number(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let compared = ["==", "!=", ".contains(", "starts_with", "matches!", ".cmp(", ".parse"];
    let of_row = code.contains("row.number") || code.contains(".row.to_string()") || code.contains(".row)");
    let text = code.contains("RowNumber::new(\"");
    of_row && compared.iter().any(|sign| code.contains(sign)) || text || code.contains("pack.rows.len()")
}

/// [`RowNumber`] has no comparison with a text, so the compiler holds most of it; what is left is to make a text of one.
#[test]
fn nothing_in_the_source_asks_for_a_row_by_its_number() {
    assert!(asks_by_number("if planned.row.to_string() == \"12\" {"));
    assert!(asks_by_number("pack.rows.iter().filter(|row| row.number.to_string().starts_with('G'))"));
    assert!(asks_by_number("one.row == RowNumber::new(\"12\")"));
    assert!(!asks_by_number("    row: row.number.clone(),"));
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    files_below(&top.join("src"), &["rs"], &mut files);
    for entry in fs::read_dir(top.join("crates")).expect("the crates") {
        files_below(&entry.expect("an entry").path().join("src"), &["rs"], &mut files);
    }
    assert!(files.len() > 100, "the sources were not found");
    let mut found = Vec::new();
    for file in &files {
        let source = fs::read_to_string(file).expect("UTF-8");
        let numbered = source.lines().zip(1..).filter(|(line, _)| asks_by_number(line));
        found.extend(numbered.map(|(line, number)| format!("{}:{number}: {}", file.display(), line.trim())));
        for trait_of_text in
            ["PartialEq<str> for RowNumber", "AsRef<str> for RowNumber", "Deref for RowNumber"]
        {
            assert!(!source.contains(trait_of_text), "{trait_of_text} in {}", file.display());
        }
    }
    let mut templates = Vec::new();
    files_below(&top.join("templates"), &["typ", "hbs"], &mut templates);
    for file in &templates {
        let source = fs::read_to_string(file).expect("UTF-8");
        let numbered = source.lines().filter(|line| line.contains("data.row"));
        found.extend(numbered.map(|line| format!("{}: {}", file.display(), line.trim())));
    }
    assert!(templates.len() > 50, "the templates were not found");
    assert!(found.is_empty(), "{}", found.join("\n"));
}
