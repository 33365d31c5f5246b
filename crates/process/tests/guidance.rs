//! Enters: the sentences of both documents and what binds each. Leaves: docs/guidance.md, and proof that no demand is
//! without a test that runs, or a reading that says how it is understood. `DESPATCH_UPDATE=1` writes the page anew.

use std::fs;
use std::path::{Path, PathBuf};

/// A document: its heading, its sentences with what binds each, how many there are and how many demands at least.
struct Document {
    head: &'static str,
    table: &'static str,
    sentences: usize,
    demands: usize,
}

const DOCUMENTS: [Document; 2] = [
    Document {
        head: "## Second opinions: `hoso-2022-09-12`

Every sentence of the interim guidance ([G0](readings.md#g0)).
",
        table: include_str!("guidance.txt"),
        sentences: 212,
        demands: 150,
    },
    Document {
        head: "## Reviews of detention: `gi-v3-reviews`

The sentences of the [general instructions](readings.md#general-instructions) on reviews, written reasons, Case Progression
Panels, reports under rule 35 and rule 32, pregnancy and limits of stay. What else that document is about (entry into
detention, where somebody is held, conduct, searches, consulates, families, release) is no part of the pack. Its rows, each
with its sentence and its tests, stand in [the reviews, row by row](process-reviews.md); the factors that weigh against
evidence of vulnerability are from [another document](readings.md#adults-at-risk).
",
        table: include_str!("general-instructions.txt"),
        sentences: 128,
        demands: 70,
    },
];

const HEAD: &str = "# The guidance, sentence by sentence

This page is made by a test of the tables `guidance.txt` and `general-instructions.txt` of `crates/process/tests`; another test
fails for a demand that no test shows. `DESPATCH_UPDATE=1 cargo nextest run -p despatch-process guidance::` writes it anew.

Each pack that comes with the program is made of one document. Its sentences stand here, each with its line in the plain-text
copy from which the pack was made, and with what binds it: the tests that show that it is done, the [reading](readings.md) by
which a sentence for people is understood, or why it demands nothing of a program. Crown copyright, used under the
[Open Government Licence v3.0](https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/).
";

const COLUMNS: &str = "
| sentence | line | what it says | what binds it |
|---|---|---|---|
";

/// One sentence: its number, its line, its words, what binds it.
struct Sentence {
    number: usize,
    line: usize,
    words: &'static str,
    bound: Bound,
}

enum Bound {
    Tests(Vec<&'static str>),
    Reading(&'static str),
    Nothing(&'static str),
}

fn sentences(document: &Document) -> Vec<Sentence> {
    let lines = document.table.lines().filter(|line| !line.starts_with('#'));
    let read = |line: &'static str| {
        let [number, at, words, bound] = line.split(" | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
        let bound = match bound.split_once(": ").expect(line) {
            ("test", tests) => Bound::Tests(tests.split(", ").collect()),
            ("reading", reading) => Bound::Reading(reading),
            ("demands nothing", why) => Bound::Nothing(why),
            _ => panic!("{line}"),
        };
        Sentence { number: number.parse().expect(line), line: at.parse().expect(line), words, bound }
    };
    lines.map(read).collect()
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The source of a test by its name: `rows::row_1_…`, `paths::again::…`, `line::letters::…`.
fn source_of(name: &str) -> Option<(String, &str)> {
    let (module, function) = name.rsplit_once("::")?;
    let file = module.replace("::", "/");
    let places = ["crates/process/tests", "tests"];
    let files =
        places.iter().flat_map(|place| [format!("{place}/{file}.rs"), format!("{place}/{file}/mod.rs")]);
    let mut found = files.filter_map(|file| fs::read_to_string(repository().join(file)).ok());
    Some((found.next()?, function))
}

/// Why a test does not show anything; `None` if it runs with the others.
fn wrong_with(name: &str) -> Option<String> {
    let Some((source, function)) = source_of(name) else {
        return Some(format!("{name} is in no file"));
    };
    let lines: Vec<&str> = source.lines().collect();
    let begins = format!("fn {function}(");
    let Some(at) = lines.iter().position(|line| line.starts_with(&begins)) else {
        return Some(format!("{name} is no function of its file"));
    };
    let above: Vec<&str> = lines[..at].iter().rev().take_while(|line| !line.is_empty()).copied().collect();
    let path = source.contains("paths! {") && lines.contains(&format!("    {function},").as_str());
    let runs = path || above.contains(&"#[test]");
    let ignored = above.iter().any(|line| line.starts_with("#[ignore"));
    (!runs || ignored).then(|| format!("{name} is not run"))
}

#[test]
fn every_demand_of_the_guidance_has_a_test_that_runs_or_a_reading() {
    let readings = fs::read_to_string(repository().join("docs/readings.md")).expect("the readings");
    for document in &DOCUMENTS {
        demands_are_bound(document, &readings);
    }
}

fn demands_are_bound(document: &Document, readings: &str) {
    let all = sentences(document);
    let numbers: Vec<usize> = all.iter().map(|one| one.number).collect();
    assert_eq!(
        numbers,
        (1..=document.sentences).collect::<Vec<_>>(),
        "each sentence stands once, in its order"
    );
    let (mut wrong, mut demands) = (Vec::new(), 0);
    for one in &all {
        let faults: Vec<String> = match &one.bound {
            Bound::Tests(tests) => tests.iter().filter_map(|name| wrong_with(name)).collect(),
            Bound::Reading(reading) if readings.contains(&format!("\n### {reading}\n")) => Vec::new(),
            Bound::Reading(reading) => vec![format!("{reading} is no reading")],
            Bound::Nothing("") => vec!["it does not say why".to_owned()],
            Bound::Nothing(_) => Vec::new(),
        };
        demands += usize::from(!matches!(one.bound, Bound::Nothing(_)));
        wrong.extend(faults.into_iter().map(|fault| format!("sentence {}: {fault}", one.number)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(demands > document.demands, "only {demands} demands");
}

#[test]
fn a_binding_that_shows_nothing_is_found() {
    assert!(wrong_with("rows::row_1_of_another_name").is_some());
    assert!(wrong_with("nowhere::at_all").is_some());
    // A function that is no test.
    assert!(wrong_with("rows::of").is_some());
    assert_eq!(wrong_with("rows::each_row_has_its_test"), None);
    assert_eq!(wrong_with("paths::again::days_for_a_new_date_that_are_over"), None);
}

#[test]
fn the_page_on_the_guidance_is_what_the_table_says() {
    let mut page = HEAD.to_owned();
    for document in &DOCUMENTS {
        page.push_str(&format!("\n{}{COLUMNS}", document.head));
        page.push_str(&rows(document));
    }
    let path = repository().join("docs/guidance.md");
    if std::env::var_os("DESPATCH_UPDATE").is_some() {
        fs::write(&path, &page).expect("docs can be written");
    }
    assert!(fs::read_to_string(path).unwrap_or_default() == page, "docs/guidance.md is out of date");
}

fn rows(document: &Document) -> String {
    let mut page = String::new();
    for Sentence { number, line, words, bound } in sentences(document) {
        let bound = match bound {
            Bound::Tests(tests) => {
                tests.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            }
            Bound::Reading(reading) => format!("[{reading}](readings.md#{})", reading.to_lowercase()),
            Bound::Nothing(why) => format!("demands nothing: {why}"),
        };
        page.push_str(&format!("| {number} | {line} | {words} | {bound} |\n"));
    }
    page
}

/// The words of a note or a letter, as its template has them.
fn template(name: &str) -> String {
    let text = fs::read_to_string(repository().join("templates").join(name)).expect(name);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_doctor_is_asked_for_limits_inconsistencies_and_thin_evidence() {
    for kind in ["doctor-bundle", "papers-only", "conclude"] {
        let note = template(&format!("{kind}/cover-note.typ"));
        let limits = match kind {
            "doctor-bundle" => "tate clearly in your report: any limits that",
            _ => "tate clearly any limits that",
        };
        for asked in [limits, "not necessarily consistent with", "too little evidence for a clear"] {
            assert!(note.contains(asked), "{kind}: {asked}");
        }
    }
}

#[test]
fn the_response_gives_the_weight_of_the_report() {
    let letter = template("_shared/response.typ");
    assert!(letter.contains("The weight that we give to the external medical report #prose(event.weight)"));
}
