//! The commands of whoever owns templates, through the real program. Leaves: the proof that a kind can be begun,
//! checked, looked at, compared and found again without a line of Rust. Never: a real person.

use crate::support::office::{DemoOffice, Said, TODAY, despatch};
use despatch_testing::swap::Swap;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// A folder with nothing but an office's own templates.
struct Own {
    folder: tempfile::TempDir,
}

impl Own {
    fn with(kind: &str, from: &str) -> Own {
        let own = Own { folder: tempfile::tempdir().expect("a temporary folder") };
        own.run(&["template", "new", kind, "--from", from]).expect(0);
        own
    }

    fn run(&self, words: &[&str]) -> Said {
        let office = self.folder.path().to_str().expect("UTF-8");
        despatch(&[&["--office", office], words].concat())
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join("templates").join(path)
    }

    fn edit(&self, path: &str, change: impl FnOnce(String) -> String) {
        let text = fs::read_to_string(self.path(path)).expect("a template");
        let changed = change(text.clone());
        assert_ne!(changed, text, "{path}: the edit changes nothing");
        fs::write(self.path(path), changed).expect("a template");
    }
}

#[test]
fn a_new_kind_is_a_copy_that_is_checked_and_takes_no_rust() {
    let own = Own::with("visit-notice", "invitation");
    let said = own.run(&["template", "check", "visit-notice"]).expect(1);
    assert!(said.stdout.contains("changed") && said.stderr.is_empty(), "its looks are new: {said:?}");
    own.run(&["template", "check", "visit-notice", "--update"]).expect(0);
    assert!(own.path("visit-notice/examples/cruel.letter.1.png").is_file());
    own.run(&["template", "check", "visit-notice"]).expect(0);
    let again = own.run(&["template", "new", "visit-notice", "--from", "invitation"]).expect(1);
    assert!(again.stderr.contains("there is such a folder already"), "{again:?}");
    let listed = own.run(&["template", "list"]).expect(0);
    assert!(
        listed
            .stdout
            .lines()
            .any(|line| line.starts_with("visit-notice") && line.contains("the office's own"))
    );
}

/// A slip in a template, where it is told, and what is said of it.
const SLIPS: [(&str, &str, &str, &str, &str); 13] = [
    ("letter.typ", "annex-a(data)", "annex-a(data", "templates/visit-notice/letter.typ:7:", "unclosed"),
    ("letter.typ", "annex-a(data)", "annex-a(data.persn)", "templates/visit-notice/letter.typ:7:", "persn"),
    (
        "letter.typ",
        "annex-a(data)",
        "read(\"/etc/passwd\")",
        "templates/visit-notice/letter.typ:7:",
        "may not read files",
    ),
    (
        "letter.typ",
        "annex-a(data)",
        "eval(\"1\")",
        "templates/visit-notice/letter.typ:7:",
        "run text as code",
    ),
    (
        "letter.typ",
        "/_shared/annex-a.typ",
        "@preview/x:1.0.0",
        "templates/visit-notice/letter.typ:5:",
        "imports something",
    ),
    (
        "letter.typ",
        "/_shared/annex-a.typ",
        "/response/letter.typ",
        "templates/visit-notice/letter.typ:5:",
        "imports something",
    ),
    // The words of a side stand in one block.
    (
        "letter.typ",
        "annex-a(data)",
        "{ import \"/_shared/page.typ\": page-of; page-of(data)[One #pagebreak() two] }",
        "templates/visit-notice/letter.typ:7:",
        "pagebreaks are not allowed",
    ),
    ("letter.typ", "annex-a(data)", "[\u{1f600}]", "templates/visit-notice/letter.typ:7:", "GRINNING FACE"),
    (
        "kind.toml",
        "\"/sender/team\"",
        "\"/sender/motto\"",
        "templates/visit-notice/examples/cruel.json",
        "/sender/motto",
    ),
    (
        "kind.toml",
        "\"/sender/team\"",
        "\"/demo\", \"/pack/title\"",
        "templates/visit-notice/kind.toml",
        "no template of it uses",
    ),
    (
        "subject.hbs",
        "sealed ",
        "your medical documents, and a good deal more that nobody can read in a list ",
        "templates/visit-notice/subject.hbs",
        "longer than one line",
    ),
    (
        "body.txt.hbs",
        "{{> frame-text}}",
        "{{> frame-text}}\nAbout a person in detention.",
        "templates/visit-notice/body.txt.hbs",
        "detention",
    ),
    (
        "kind.toml",
        "needs = [",
        "marking = { handling = \"HMG USE ONLY\" }\nneeds = [",
        "templates/visit-notice/kind.toml",
        "keeps out the legal representative",
    ),
];

#[test]
fn each_slip_in_a_template_is_told_with_its_place_and_its_line() {
    for (file, old, new, at, says) in SLIPS {
        let own = Own::with("visit-notice", "invitation");
        if file.ends_with(".hbs") {
            // The kind gets an email of its own in place of the one that all share.
            let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/_shared").join(file);
            fs::copy(shared, own.path(&format!("visit-notice/{file}"))).expect("the email");
        }
        own.edit(&format!("visit-notice/{file}"), |text| text.swapped(old, new));
        let said = own.run(&["template", "check", "visit-notice"]).expect(1);
        assert!(said.stderr.contains(at) && said.stderr.contains(says), "{new}: {said:?}");
        assert!(said.stderr.contains("to mend:"), "{said:?}");
    }
}

#[test]
fn what_looks_other_than_before_is_listed_and_shown_side_by_side() {
    let own = Own::with("invitation", "invitation");
    own.run(&["template", "check", "invitation", "--update"]).expect(0);
    own.edit("invitation/cover-note.typ", |text| {
        text.swapped("The letter says what happens", "That letter says what happens")
    });
    let said = own.run(&["template", "check", "invitation"]).expect(1);
    let changed: Vec<&str> = said.stdout.lines().filter(|line| line.starts_with("  templates/")).collect();
    assert!(!changed.is_empty() && changed.iter().all(|line| line.contains(".cover-note.")), "{said:?}");
    let sheet = own.folder.path().join("diff.html");
    let to = sheet.to_str().expect("UTF-8");
    let said = own
        .run(&["--json", "template", "diff", "invitation", "built-in", "current", "--to", to])
        .expect(0)
        .json();
    let differ: Vec<&str> =
        said["changed"].as_array().expect("a list").iter().filter_map(|one| one.as_str()).collect();
    assert!(!differ.is_empty() && differ.iter().all(|name| name.ends_with(".cover-note")), "{said}");
    let html = fs::read_to_string(sheet).expect("the sheet");
    assert!(
        html.contains("data:image/png;base64,") && !asks_outside(&html),
        "one file, and nothing from outside"
    );
}

#[test]
fn a_built_in_kind_looks_as_it_came_until_the_office_changes_what_it_shares() {
    let own = Own { folder: tempfile::tempdir().expect("a temporary folder") };
    let said = own.run(&["template", "check", "cancellation"]).expect(0);
    assert!(!said.stdout.contains("changed") && said.stderr.is_empty(), "{said:?}");
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/_shared/letterhead.typ");
    fs::create_dir_all(own.path("_shared")).expect("a folder");
    fs::copy(built_in, own.path("_shared/letterhead.typ")).expect("the letterhead");
    own.edit("_shared/letterhead.typ", |text| {
        text.swapped("#let office = \"Home Office\"", "#let office = \"Another Office\"")
    });
    let said = own.run(&["template", "check", "cancellation"]).expect(1);
    assert!(said.stdout.contains("templates/cancellation/examples/"), "{said:?}");
    own.run(&["template", "check", "cancellation", "--update"]).expect(0);
    own.run(&["template", "check", "cancellation"]).expect(0);
}

fn asks_outside(html: &str) -> bool {
    ["src=\"http", "href=\"http", "url(", "@import", "<script"].iter().any(|sign| html.contains(sign))
}

#[test]
fn the_gallery_shows_every_page_of_a_kind_with_its_words_for_whoever_cannot_see_it() {
    let own = Own::with("invitation", "invitation");
    let sheet = own.folder.path().join("gallery.html");
    let said = own
        .run(&["--json", "template", "gallery", "service-pack", "--to", sheet.to_str().expect("UTF-8")])
        .expect(0)
        .json();
    let html = fs::read_to_string(sheet).expect("the sheet");
    assert_eq!(html.matches("<img ").count() as u64, said["pages"].as_u64().expect("a number"));
    assert_eq!(html.matches("<img ").count(), html.matches("alt=\"").count());
    assert!(html.contains("ADDRESSEE ONLY") && !asks_outside(&html));
}

/// The version by which a despatch of the demo was made.
fn version_of(office: &DemoOffice, kind: &str) -> String {
    let despatches = office.despatches();
    let one = despatches
        .iter()
        .find(|one| one["planned"]["kind"] == kind && one["message"].is_object())
        .expect(kind);
    one["message"]["template"].as_str().expect("a hash").to_owned()
}

#[test]
fn a_despatch_names_the_templates_it_was_made_of_and_they_can_be_had_again() {
    let office = DemoOffice::new();
    let hash = version_of(&office, "referral");
    let to = office.dir.join("then");
    office.run(&["template", "show", &hash[..12], "--to", to.to_str().expect("UTF-8")]).expect(0);
    let note = fs::read(to.join("referral/cover-note.typ")).expect("the template");
    assert!(
        note == fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/referral/cover-note.typ"))
            .expect("it")
    );
    for (words, says) in [("abcdef0123", "no version of this hash"), ("xyz", "not the beginning of a hash")] {
        let said = office.run(&["template", "show", words]).expect(1);
        assert!(said.stderr.contains(says), "{said:?}");
    }
}

#[test]
fn a_template_that_changes_leaves_what_waits_as_it_was_and_the_list_says_so() {
    let office = DemoOffice::new();
    let before: BTreeMap<PathBuf, Vec<u8>> = messages(&office);
    let hash = version_of(&office, "referral");
    assert!(!office.run(&["outbox", "list"]).expect(0).stdout.contains("templates of"));
    office.run(&["template", "new", "referral", "--from", "referral"]).expect(0);
    office.edit("templates/referral/cover-note.typ", |text| {
        text.swapped("cover-note(\n  data,", "cover-note(\n  data + (marking: \"OFFICIAL\"),")
    });
    let said = office.run(&["outbox", "list"]).expect(0);
    let line = said.stdout.lines().find(|line| line.starts_with("The templates of")).expect("it is said");
    for despatch in office.despatches() {
        let of_referral = despatch["planned"]["kind"] == "referral" && despatch["message"].is_object();
        let listed = line.split([' ', ',']).any(|word| despatch["id"] == word);
        assert_eq!(listed, of_referral, "{}: {line}", despatch["id"]);
    }
    assert_eq!(before, messages(&office), "not a byte of what waits has changed");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let to = folder.path().join("diff.html");
    let said = office.run(&[
        "--json",
        "template",
        "diff",
        "referral",
        &hash[..10],
        "current",
        "--to",
        to.to_str().expect("UTF-8"),
    ]);
    assert!(!said.expect(0).json()["changed"].as_array().expect("a list").is_empty());
}

fn messages(office: &DemoOffice) -> BTreeMap<PathBuf, Vec<u8>> {
    let folder = fs::read_dir(office.dir.join("outbox/despatches")).expect("the outbox");
    folder
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.clone(), fs::read(path).expect("a message")))
        .collect()
}

#[test]
fn a_preview_makes_the_documents_of_an_example_or_of_a_case_and_keeps_nothing() {
    let office = DemoOffice::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let to = folder.path().to_str().expect("UTF-8");
    office.run(&["preview", "service-pack", "--to", to]).expect(0);
    for file in ["letter.pdf", "record-of-service.pdf", "addressee-only.pdf", "cover-note.pdf"] {
        assert!(fs::read(folder.path().join(file)).expect(file).starts_with(b"%PDF-1.7"), "{file}");
    }
    let before = files(&office.dir);
    let case =
        crate::support::office::event(7, "preview-7", serde_json::json!({ "type": "died", "on": TODAY }));
    let path = folder.path().join("case.json");
    fs::write(&path, case.to_string()).expect("a case");
    let said =
        office.run(&["preview", "referral", "--case", path.to_str().expect("UTF-8"), "--to", to]).expect(1);
    assert!(said.stderr.contains("makes no referral"), "{said:?}");
    let case = crate::support::office::report_received(8, crate::support::office::paper!("x"));
    fs::write(&path, case.to_string()).expect("a case");
    fs::write(folder.path().join("report.pdf"), crate::support::office::paper!("x")).expect("a report");
    office
        .run(&["preview", "report-to-healthcare", "--case", path.to_str().expect("UTF-8"), "--to", to])
        .expect(0);
    let note = fs::read(folder.path().join("01-cover-note.pdf")).expect("the note");
    assert!(crate::support::pdf::flowing_text(&note).contains("Selamawit Quartermaine"));
    assert_eq!(before, files(&office.dir), "a preview writes nothing into the office");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = walk(folder);
    // The ledger's own side files come and go with whoever reads it.
    found.retain(|path| {
        !path.to_string_lossy().ends_with("-wal") && !path.to_string_lossy().ends_with("-shm")
    });
    found.sort();
    found
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn a_preview_that_watches_makes_the_documents_anew_on_each_save_and_tells_a_slip() {
    let own = Own::with("visit-notice", "invitation");
    let to = own.folder.path().join("out");
    let office = own.folder.path().to_str().expect("UTF-8");
    let mut child = std::process::Command::new(crate::support::office::PROGRAM)
        .args(["--office", office, "--json", "preview", "visit-notice", "--watch", "--to"])
        .arg(&to)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut next = || -> serde_json::Value {
        serde_json::from_str(&lines.next().expect("a line").expect("UTF-8")).expect("JSON")
    };
    assert!(next()["files"].is_array());
    let first = fs::read(to.join("letter.pdf")).expect("the letter");
    own.edit("visit-notice/letter.typ", |text| text.swapped("annex-a(data)", "annex-a(data"));
    let told = next();
    assert!(
        told["faults"][0]["at"].as_str().expect("a place").starts_with("templates/visit-notice/letter.typ:"),
        "{told}"
    );
    own.edit("visit-notice/letter.typ", |text| {
        text.swapped("annex-a(data", "annex-a(data + (marking: \"OFFICIAL\"))")
    });
    assert!(next()["files"].is_array());
    assert!(first != fs::read(to.join("letter.pdf")).expect("the letter"));
    child.kill().expect("it ends");
    child.wait().expect("it ended");
}
