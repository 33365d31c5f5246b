//! Enters: demo offices, whole and broken. Leaves: proof that everything wrong is told at once, with place, cause and
//! cure, that an office's own files win, and that the demo works on any day.
//! Never: looks inside the program, but to make a key.

mod days;
mod plants;
mod policy;
mod unserved;
mod watching;

use crate::support::office::{DemoOffice, REVIEWER, Said, appointment, paper};
use crate::support::tools::{command, run};
use despatch_seal::keys::SecretKey;
use despatch_testing::swap::Swap;
use plants::{PACK, Plant, SINGLES, TWENTY, bring};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// Every fault that a command told with `--json`.
fn faults_of(said: &Said) -> Vec<Value> {
    said.stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .flat_map(|value| value["faults"].as_array().cloned().unwrap_or_default())
        .collect()
}

/// The names of the slips that no fault tells.
fn untold(sown: &[(&Plant, String)], faults: &[Value]) -> Vec<String> {
    sown.iter()
        .filter(|(plant, at)| !faults.iter().any(|fault| plant.is_told_by(at, fault)))
        .map(|(plant, at)| format!("{} ({at}, {})", plant.name, plant.code))
        .collect()
}

fn twenty_faults() -> (DemoOffice, Vec<(&'static Plant, String)>) {
    let office = DemoOffice::new();
    let sown = TWENTY.iter().map(|plant| (plant, plant.sow(&office))).collect();
    (office, sown)
}

#[test]
fn one_check_lists_twenty_planted_faults() {
    let (office, sown) = twenty_faults();
    let said = office.run(&["--json", "check"]).expect(1);
    let faults = faults_of(&said);
    let untold = untold(&sown, &faults);
    assert!(untold.is_empty(), "{} of 20 not told:\n{}\n{faults:#?}", untold.len(), untold.join("\n"));
}

#[test]
fn a_check_of_a_broken_office_tells_nothing_that_was_not_planted() {
    let (office, sown) = twenty_faults();
    let said = office.run(&["--json", "check"]).expect(1);
    for fault in faults_of(&said) {
        assert!(sown.iter().any(|(plant, at)| plant.is_told_by(at, &fault)), "nobody planted {fault}");
    }
}

#[test]
fn people_are_told_each_fault_with_file_and_line_and_cure_on_stderr() {
    let (office, sown) = twenty_faults();
    let said = office.run(&["check"]).expect(1);
    let as_json = faults_of(&office.run(&["--json", "check"]));
    assert_eq!(said.stdout, "");
    assert!(said.stderr.starts_with(&format!("{} things are wrong:\n", as_json.len())), "{}", said.stderr);
    for fault in &as_json {
        let text = |field: &str| fault[field].as_str().unwrap().to_owned();
        let block = format!("\n  {}\n    {}\n    to mend: {}\n", text("at"), text("cause"), text("cure"));
        assert!(said.stderr.contains(&block), "{block} is not in {}", said.stderr);
    }
    assert!(sown.len() == 20);
}

#[test]
fn a_run_over_a_broken_office_lists_the_faults_and_processes_nothing() {
    let (office, sown) = twenty_faults();
    let report = paper!("A made-up report.");
    office.drop_case("whole", &appointment(1, report).to_string(), &[("report.pdf", report)]);
    let before = files(&office.dir.join("inbox"));
    for command in [&["--json", "run", "--once"][..], &["--json", "run"]] {
        let said = office.run(command).expect(1);
        let faults = faults_of(&said);
        assert!(faults.len() > 10, "{said:?}");
        for fault in &faults {
            assert!(sown.iter().any(|(plant, at)| plant.is_told_by(at, fault)), "nobody planted {fault}");
        }
        assert_eq!(files(&office.dir.join("inbox")), before, "the inbox is untouched");
    }
    office.run(&["--json", "send", "--once"]).expect(1);
    office.run_as(REVIEWER, &["--json", "outbox", "approve", "1-1"]).expect(1);
}

#[test]
fn each_single_slip_is_told_with_its_line() {
    let office = DemoOffice::new();
    let whole: Vec<(&str, Option<Vec<u8>>)> = TWENTY
        .iter()
        .chain(&SINGLES)
        .map(|plant| (plant.file, fs::read(office.dir.join(plant.file)).ok()))
        .collect();
    let mut wrong = Vec::new();
    for plant in TWENTY.iter().chain(&SINGLES) {
        let at = plant.sow(&office);
        let said = office.run(&["--json", "check"]);
        let mut faults = faults_of(&said);
        // A pack with another text is another pack, which nobody has adopted.
        faults.retain(|fault| {
            plant.file != PACK || fault["code"] != "pack.not_adopted" && fault["code"] != "pack.cases"
        });
        let told = faults.iter().filter(|fault| plant.is_told_by(&at, fault)).count();
        if said.code != 1 || told == 0 || told != faults.len() {
            wrong.push(format!(
                "{} should be told at {at} as {}: {} {faults:#?}",
                plant.name, plant.code, said.code
            ));
        }
        for (file, text) in &whole {
            match text {
                Some(text) => fs::write(office.dir.join(file), text).unwrap(),
                None => drop(fs::remove_file(office.dir.join(file))),
            }
        }
        drop(fs::remove_dir_all(office.dir.join("templates")));
    }
    assert!(wrong.is_empty(), "{} slips are not told well:\n{}", wrong.len(), wrong.join("\n"));
    office.run(&["check"]).expect(0);
}

#[test]
fn a_pack_that_nobody_has_is_told_with_the_setting_that_names_it() {
    let office = DemoOffice::new();
    office.edit("despatch.toml", |text| {
        text.swapped("pack = \"hoso-2022-09-12\"", "pack = \"hoso-2021-01-01\"")
    });
    let said = office.run(&["check"]).expect(1);
    assert!(said.stderr.contains("correct [policy] in despatch.toml"), "{}", said.stderr);
}

#[test]
fn a_directory_that_disagrees_with_the_places_is_told() {
    let office = DemoOffice::new();
    office.says("det-dungavel", &["--place", "dungawel"]);
    let said = office.run(&["check"]).expect(1);
    assert!(
        said.stderr.contains("it serves dungawel, and the list of places has no such place"),
        "{}",
        said.stderr
    );
}

/// One key in a thousand begins like this by chance, so one demo office in seventy has such a key.
#[test]
fn an_ordinary_key_that_begins_like_one_of_another_kind_is_taken() {
    for begin in ["age1pq", "age1tag"] {
        let public = std::iter::repeat_with(|| SecretKey::generate().to_public().to_string())
            .find(|public| public.starts_with(begin))
            .expect("chance");
        let office = DemoOffice::new();
        office.new_key("dr-ebbsworth", &public);
        office.run(&["check"]).expect(0);
    }
}

#[test]
fn a_letter_that_cannot_be_typeset_keeps_cases_in_the_inbox() {
    let office = DemoOffice::new();
    let plant = TWENTY.iter().find(|plant| plant.code == "render.template").expect("a plant");
    plant.sow(&office);
    let report = paper!("A made-up report.");
    office.drop_case("whole", &appointment(1, report).to_string(), &[("report.pdf", report)]);
    office.run(&["run", "--once"]).expect(1);
    assert!(office.dir.join("inbox/whole.json").exists(), "a broken template processes nothing");
}

#[test]
fn the_untouched_demo_office_is_in_order_and_check_says_what_it_looked_at() {
    let office = DemoOffice::new();
    let before = files(&office.dir);
    let said = office.run(&["check"]).expect(0);
    for word in [
        "settings",
        "directory",
        "policy packs",
        "calendar",
        "places",
        "templates",
        "fonts",
        "keys",
        "record",
        "Nothing is wrong; 5 warnings.",
    ] {
        assert!(said.stdout.contains(word), "{word} is not in {}", said.stdout);
    }
    let own = said.stdout.lines().find(|line| line.starts_with("the office's own")).expect("its prison");
    assert!(own.ends_with(" policy/places.toml"), "{own}");
    assert_eq!(said.stderr, "");
    let content = |found: Vec<(PathBuf, Vec<u8>)>| {
        // SQLite folds its log into the ledger's file when the last reader goes; no row changes by that.
        let ledger = |path: &PathBuf| path.to_string_lossy().contains("ledger.db");
        found.into_iter().filter(|(path, _)| !ledger(path)).collect::<Vec<_>>()
    };
    assert!(content(files(&office.dir)) == content(before), "check changed something");
}

#[test]
fn a_body_serves_only_places_where_it_works_and_one_that_is_missing_is_told() {
    let office = DemoOffice::new();
    office.says("healthcare-dungavel", &["--place", "yarls-wood"]);
    let said = office.run(&["check"]).expect(0);
    let missing = "The directory has no healthcare team for dungavel: what is meant for it is held.";
    assert!(
        said.stdout.split_whitespace().collect::<Vec<_>>().join(" ").contains(missing),
        "{}",
        said.stdout
    );
    let office = DemoOffice::new();
    office.says("det-dungavel", &["--place", "dungavel", "--place", "example-prison"]);
    let faults = faults_of(&office.run(&["--json", "check"]).expect(1));
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert_eq!(
        (&faults[0]["code"], &faults[0]["at"]),
        (&json!("directory.body"), &json!("entry det-dungavel"))
    );
    assert!(faults[0]["cause"].as_str().expect("a cause").contains("example-prison"), "{faults:#?}");
}

/// Built-in files that an office replaces, with a change that a check of the demo office survives.
const OVERLAYS: [(&str, &str, &str, &str); 5] = [
    (PACK, "days = 5", "days = 4", PACK),
    ("policy/places.toml", "name = \"Brook House\"", "name = \"Brook Lodge\"", "policy/places.toml"),
    ("policy/bank-holidays.json", "Summer bank holiday", "August bank holiday", "policy/bank-holidays.json"),
    ("templates/invitation/kind.toml", "title = \"", "title = \"Our ", "templates/invitation"),
    ("templates/_shared/blocks.typ", "//", "// Ours.\n//", "templates/_shared"),
];

#[test]
fn an_offices_own_file_wins_and_check_says_so() {
    let mut wrong = Vec::new();
    for (file, from, to, named) in OVERLAYS {
        let office = DemoOffice::new();
        bring(&office.dir, file);
        office.edit(file, |text| text.swapped_once(from, to));
        if file == PACK {
            // Its text is another than the one that the demo office adopted.
            office.run(&["check"]).expect(1);
            let terms =
                ["policy", "adopt", "hoso-2022-09-12", "--reason", "our own days", "--until", "2027-03-31"];
            office.run_as(REVIEWER, &terms).expect(0);
            office.run_as("tomasz-achebe", &["policy", "adopt", "hoso-2022-09-12"]).expect(0);
        }
        let said = office.run(&["check"]).expect(0);
        let own = said.stdout.lines().find(|line| line.starts_with("the office's own"));
        if !own.is_some_and(|line| line.contains(named)) {
            wrong.push(format!("{named} is not named in {}", said.stdout));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn letters_come_from_the_offices_own_templates_and_places() {
    let office = DemoOffice::new();
    bring(&office.dir, "policy/places.toml");
    office.edit("policy/places.toml", |text| text.swapped_once("\"Brook House\"", "\"Brook Lodge\""));
    bring(&office.dir, "templates/service-pack/subject.hbs");
    office.edit("templates/service-pack/subject.hbs", |text| text.swapped("documents", "our own words"));
    let report = paper!("A made-up report.");
    office.drop_case("ours", &appointment(1, report).to_string(), &[("report.pdf", report)]);
    office.run(&["run", "--once"]);
    let despatch = office.despatch_for("TEST-00001", "det");
    let message = String::from_utf8_lossy(&office.message(&despatch)).into_owned();
    assert!(message.contains("our own words"), "{}", &message[..600]);
    let id = despatch["id"].as_str().unwrap();
    let to = office.dir.join("opened");
    office.run_as(REVIEWER, &["outbox", "open", id, "--to", to.to_str().unwrap()]).expect(0);
    let note =
        run(command("pdftotext").arg(to.join("01-cover-note.pdf")).arg("-")).expect("pdftotext reads it");
    let note = String::from_utf8_lossy(&note).into_owned();
    assert!(note.contains("Brook Lodge"), "{note}");
}

#[test]
fn a_template_error_is_shown_at_line_and_column_with_the_line_itself() {
    for code in ["template.syntax", "mail.field", "catalogue.role", "render.template"] {
        let plant = TWENTY.iter().find(|plant| plant.code == code).expect("a plant");
        let office = DemoOffice::new();
        let line = plant.sow(&office);
        let said = office.run(&["check"]).expect(1);
        let text = fs::read_to_string(office.dir.join(plant.file)).unwrap();
        let number: usize = line.rsplit_once(':').unwrap().1.parse().unwrap();
        let source = text.lines().nth(number - 1).unwrap().trim();
        let place = said.stderr.lines().find(|shown| shown.trim().starts_with(&format!("{line}:")));
        assert!(place.is_some(), "{line}:COLUMN is not in {}", said.stderr);
        assert!(said.stderr.contains(source), "{source} is not in {}", said.stderr);
    }
}

#[test]
fn a_calendar_that_ends_soon_is_told_before_it_ends() {
    let office = DemoOffice::new();
    office.on("2028-09-01", &["check"]);
    let said = office.on("2028-11-01", &["--json", "check"]).expect(1);
    let codes: Vec<_> = faults_of(&said).iter().map(|fault| fault["code"].clone()).collect();
    assert!(
        codes.contains(&"calendar.ends_soon".into()) || codes.contains(&"pack.not_adopted".into()),
        "{codes:?}"
    );
}

/// Every file and folder below one, with what it holds.
fn files(root: &std::path::Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut left = vec![root.to_owned()];
    let mut found = Vec::new();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            found.push((path, Vec::new()));
        } else {
            let bytes = fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found.sort();
    found
}
