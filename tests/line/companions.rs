//! Sheets that go with a letter: a translation, plain language. They accompany its words and never replace them.

use super::{REPORT, despatches_of, drop_and_process, opened, tidy_office, words};
use crate::support::office::{DemoOffice, appointment};
use crate::support::pdf::{flowing_text, languages};
use despatch_testing::swap::Swap;
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The made-up examples, as an office would adopt them.
fn adopt(office: &DemoOffice) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/companions");
    for name in ["plain-language", "invitation-exampli"] {
        let to = office.dir.join("templates/_companions").join(name);
        fs::create_dir_all(&to).expect("a folder");
        for file in ["companion.toml", "sheet.typ"] {
            fs::copy(from.join(name).join(file), to.join(file)).expect("a copy");
        }
    }
}

/// The letters that somebody of this language is served with: what each list entry is called, the letter's text, and the
/// languages of its documents.
fn served(office: &DemoOffice, n: usize, language: &str) -> (Vec<String>, String, BTreeSet<String>) {
    let mut case = appointment(n, REPORT);
    case["person"]["language"] = json!(language);
    case["event"]["interpreter"]["language"] = json!(language);
    let finding = drop_and_process(office, &format!("case-{n}"), &case, &[("report.pdf", REPORT)]);
    assert_eq!(finding["outcome"], "queued", "{finding}");
    let despatches = despatches_of(office, words(&case["case_id"]));
    let pack =
        despatches.iter().find(|one| one["planned"]["kind"] == "service-pack").expect("a service pack");
    let documents = opened(office, pack);
    let manifest = super::manifest_of(&documents);
    let titles =
        manifest["documents"].as_array().expect("a list").iter().map(|one| words(&one["title"]).to_owned());
    let spoken = documents.iter().filter(|(name, _)| name.ends_with(".pdf") && *name != "01-cover-note.pdf");
    let spoken =
        spoken.filter(|(_, bytes)| bytes[..] != *REPORT).flat_map(|(_, pdf)| languages(pdf)).collect();
    (titles.collect(), flowing_text(&documents["03-document.pdf"]), spoken)
}

#[test]
fn a_plain_sheet_goes_with_every_letter_and_a_translation_where_the_language_is_the_persons() {
    let office = tidy_office();
    let (before, letter, _) = served(&office, 1, "Tigrinya");
    adopt(&office);
    let (plain, with_plain, in_plain) = served(&office, 2, "Tigrinya");
    let (translated, with_translation, in_translation) = served(&office, 3, "Exampli");
    let sheet = "About this letter, in plain language".to_owned();
    assert_eq!(plain, [before.clone(), vec![sheet.clone()]].concat());
    assert!(
        translated.contains(&sheet)
            && translated.contains(&"Translation of the letter into Exampli".to_owned())
    );
    let has = |spoken: &BTreeSet<String>| spoken.contains("art");
    assert!(
        !has(&in_plain) && has(&in_translation),
        "a sheet says in which language it is: {in_translation:?}"
    );
    // The fixed words are there whole, whatever goes with them.
    let same = |text: &str, n: &str| {
        ["2", "3"].iter().fold(text.replace(n, "1st"), |text, other| {
            text.replace(&format!("X000000{other}"), "X0000001")
                .replace(&format!("TEST-0000{other}"), "TEST-00001")
        })
    };
    assert_eq!(same(&with_plain, "2th"), letter.replace("1th", "1st"));
    assert_eq!(
        same(&with_translation, "3th").replace("Exampli", "Tigrinya").replace("An Tigrinya", "A Tigrinya"),
        letter.replace("1th", "1st")
    );
}

#[test]
fn a_companion_that_one_person_approved_or_whose_letter_has_changed_stops_the_office() {
    for (old, new, code) in [
        ("Osei Testcase, policy lead", "Wilhelmina Sample, who wrote it", "companion.approval"),
        ("sha256 = \"", "sha256 = \"00", "companion.outdated"),
        ("\"service-pack\"", "\"room-booking\"", "companion.kind"),
        ("on = 2026-11-04", "on = \"soon\"", "companion.toml"),
        ("with = ", "language = \"Exampli\"\nwith = ", "companion.language"),
        ("with = ", "tag = \"Exampli\"\ndirection = \"left-to-right\"\nwith = ", "companion.language"),
        ("with = ", "tag = \"ti\"\ndirection = \"sideways\"\nwith = ", "companion.toml"),
    ] {
        let office = tidy_office();
        adopt(&office);
        office.edit("templates/_companions/plain-language/companion.toml", |text| text.swapped(old, new));
        let said = office.run(&["--json", "check"]).expect(1);
        let faults = said.json()["faults"].clone();
        assert_eq!(faults.as_array().map(Vec::len), Some(1), "{faults}");
        assert_eq!(faults[0]["code"], code, "{faults}");
        let at = words(&faults[0]["at"]);
        assert!(at.starts_with("templates/_companions/plain-language/companion.toml:"), "{at}");
    }
}
