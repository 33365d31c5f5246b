//! What the PDFs are: sound, accessible, and the invitation word for word what Annex A says.

use super::{MARKING, REPORT, drop_and_process, opened, script, tidy_office, words};
use crate::support::office::{DemoOffice, TODAY, appointment, report_received};
use crate::support::pdf::{all_sound, flowing_text, keywords, text};
use crate::support::tools::{command, run, run_with};
use despatch_letters::catalogue::Catalogue;
use despatch_letters::render::engine::Engine;
use despatch_letters::render::job::Job;
use despatch_testing::swap::Swap;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;

#[test]
fn every_pdf_of_the_demo_is_sound_and_accessible() {
    let office = DemoOffice::new();
    let catalogue = Catalogue::load(None).expect("the built-in catalogue");
    let mut pdfs = BTreeMap::new();
    let mut cover_notes = 0;
    for despatch in office.despatches() {
        let kind = catalogue.kind(&words(&despatch["planned"]["kind"]).parse().expect("a kind's name"));
        let role = serde_json::from_value(despatch["planned"]["role"].clone()).expect("a role");
        let own = 1 + kind.expect("a kind").documents.iter().filter(|own| own.goes_to(role)).count();
        for (place, (name, bytes)) in opened(&office, &despatch).into_iter().enumerate() {
            cover_notes += usize::from(name == "01-cover-note.pdf");
            if place < own {
                let keywords = keywords(&bytes);
                assert!(keywords.contains(words(&despatch["pack"])), "{name} of {despatch}: {keywords:?}");
            }
            if name.ends_with(".pdf") {
                // A letter or an attachment that several get is looked at once.
                let number = words(&despatch["id"]).split('-').next().expect("a number");
                let hash = despatch_core::words::Sha256::of(&bytes).to_string();
                pdfs.insert(format!("{number}/{name}/{hash}"), bytes);
            }
        }
    }
    assert_eq!(cover_notes, office.despatches().len(), "one each");
    assert!(pdfs.len() > 25, "only {} PDFs", pdfs.len());
    all_sound(&pdfs);
}

#[test]
fn every_example_of_every_kind_makes_sound_and_accessible_pdfs() {
    let catalogue = Catalogue::load(None).expect("the built-in catalogue");
    let engine = Engine::new(catalogue.files());
    let mut pdfs = BTreeMap::new();
    for kind in catalogue.kinds() {
        let mut examples = 0;
        for (path, data) in catalogue.examples(&kind.name) {
            examples += 1;
            for file in kind.files() {
                let name = format!("{path}/{file}");
                let job = Job {
                    main: format!("/{}/{file}", kind.name),
                    title: kind.title.clone(),
                    author: "Detained Medical Reports Team".to_owned(),
                    keywords: vec!["hoso-2022-09-12".to_owned()],
                    date: "2026-11-23".parse().expect("a date"),
                    ident: name.clone(),
                    language: None,
                    data: data.clone(),
                };
                let pdf = engine.pdf(&job).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
                pdfs.insert(name, pdf);
            }
        }
        assert!(examples >= 3, "{} has {examples} examples", kind.name);
    }
    assert!(pdfs.len() > 20, "only {} PDFs", pdfs.len());
    all_sound(&pdfs);
}

/// One invitation: where, with whose help, and what the letter must then say.
struct Letter {
    place: &'static str,
    interpreter: Option<(&'static str, &'static str)>,
    date: &'static str,
    respond_by: &'static str,
}

/// The appointment is on Tuesday 1 December 2026. At Dungavel the Monday before is a bank holiday, and at the office it
/// is none: the person gets the later day.
const LETTERS: [Letter; 4] = [
    Letter {
        place: "brook-house",
        interpreter: Some(("A", "Tigrinya")),
        date: "Tuesday 1 December 2026",
        respond_by: "Monday 30 November 2026",
    },
    Letter {
        place: "yarls-wood",
        interpreter: Some(("An", "Arabic")),
        date: "Tuesday 1 December 2026",
        respond_by: "Monday 30 November 2026",
    },
    Letter {
        place: "brook-house",
        interpreter: None,
        date: "Tuesday 1 December 2026",
        respond_by: "Monday 30 November 2026",
    },
    Letter {
        place: "dungavel",
        interpreter: None,
        date: "Tuesday 1 December 2026",
        respond_by: "Monday 30 November 2026",
    },
];

impl Letter {
    fn case(&self, n: usize) -> Value {
        let mut case = appointment(n, REPORT);
        case["detention"]["place"] = json!(self.place);
        match self.interpreter {
            Some((_, language)) => {
                case["person"]["language"] = json!(language);
                case["event"]["interpreter"]["language"] = json!(language);
            }
            None => {
                case["person"]["interpreter_needed"] = json!(false);
                case["event"].as_object_mut().expect("an object").remove("interpreter");
            }
        }
        case
    }

    /// Annex A, sentence by sentence, filled in by hand.
    fn sentences(&self, case: &Value) -> Vec<String> {
        let (article, language) = self.interpreter.unwrap_or_default();
        let values = [
            ("[Team]", "Detained Medical Reports Team"),
            ("[Tel]", "020 7946 0142"),
            ("[Fax]", "020 7946 0143"),
            ("[Email]", "detained-medical-reports@office.example.invalid"),
            ("[Address]", "3rd Floor, Lantern House 1 Example Street Exampleton ZZ99 1ZZ"),
            ("[Name]", words(&case["person"]["name"])),
            ("[Nationality]", words(&case["person"]["nationality"])),
            ("[Home Office reference]", words(&case["home_office_reference"])),
            ("[00 Month 0000]", "23 November 2026"),
            ("[date]", self.date),
            ("[time]", "2:30pm"),
            ("[location]", "the healthcare interview room"),
            ("[A/An]", article),
            ("[language]", language),
            ("[enter deadline date]", self.respond_by),
        ];
        let annex = fs::read_to_string(script("annex-a.txt")).expect("the wording of Annex A");
        let lines = annex.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| match line.strip_prefix("where applicable|") {
                Some(sentence) => self.interpreter.is_some().then_some(sentence),
                None => Some(line),
            })
            .map(|line| values.iter().fold(line.to_owned(), |line, (gap, value)| line.replace(gap, value)))
            .collect()
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The letter's own words: without what the head and the foot of each page say, and what the letter's head says beside
/// Annex A.
fn body(pdf: &[u8], home_office_reference: &str, reference: &str) -> String {
    let mut text = flowing_text(pdf);
    let references = format!("Home Office reference: {home_office_reference} Our reference: {reference} ");
    for beside in [format!("{MARKING} Home Office "), references] {
        assert!(text.contains(&beside), "{beside}: {text}");
        text = text.swapped_once(&beside, "");
    }
    for page in 1..=2 {
        let foot = format!("Home Office reference: {home_office_reference} Page {page} of 2");
        assert!(text.contains(&foot), "{text}");
        text = text.swapped(&foot, "");
    }
    text = text.replace("Made-up letter: this is a demonstration", "").replace(MARKING, "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_invitation_says_annex_a_whole_in_its_order_and_nothing_else() {
    assert_eq!(TODAY, "2026-11-23");
    let office = tidy_office();
    for (n, letter) in LETTERS.iter().enumerate() {
        let case = letter.case(n);
        let finding = drop_and_process(&office, &format!("letter-{n}"), &case, &[("report.pdf", REPORT)]);
        assert_eq!(finding["outcome"], "queued", "{finding}");
        let pack = of_kind(&office, words(&case["case_id"]), "service-pack");
        let pdf = &pack["03-document.pdf"];
        assert!(*pdf == pack["04-document.pdf"], "to keep, and to answer on");
        let said = body(pdf, words(&case["home_office_reference"]), words(&case["case_id"]));
        let sentences = letter.sentences(&case);
        for sentence in sentences.iter().filter(|sentence| !sentence.contains("https://")) {
            assert!(said.contains(sentence.as_str()), "{sentence:?} is not in {said}");
        }
        assert_eq!(squeezed(&said), squeezed(&sentences.concat()));
        assert_eq!(said.matches("Yes / No Signed:").count(), 2, "{said}");
        assert_eq!(said.contains("interpreter"), letter.interpreter.is_some());
        looks_right(pdf, MARKING);
    }
}

/// The documents of the one despatch of a case that is of this kind.
fn of_kind(office: &DemoOffice, case: &str, kind: &str) -> BTreeMap<String, Vec<u8>> {
    let despatches = super::despatches_of(office, case);
    let mut found = despatches.iter().filter(|one| one["planned"]["kind"] == kind);
    let one = found.next().unwrap_or_else(|| panic!("no {kind} of {case}"));
    assert!(found.next().is_none(), "two {kind} of {case}");
    opened(office, one)
}

#[test]
fn the_outside_of_the_envelope_says_to_whom_it_goes_and_nothing_of_what_is_in_it() {
    let office = tidy_office();
    let case = appointment(1, REPORT);
    drop_and_process(&office, "served", &case, &[("report.pdf", REPORT)]);
    let pack = of_kind(&office, words(&case["case_id"]), "service-pack");
    let said = flowing_text(&pack["02-document.pdf"]);
    assert!(said.contains("ADDRESSEE ONLY") && said.contains(words(&case["person"]["name"])), "{said}");
    let reference = words(&case["home_office_reference"]);
    for secret in [MARKING, "Medical", "medical", "doctor", "health", words(&case["case_id"]), reference] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
    for file in ["01-cover-note.pdf", "03-document.pdf", "04-document.pdf", "05-document.pdf"] {
        assert!(flowing_text(&pack[file]).starts_with(MARKING), "{file}");
    }
}

/// Two pages of A4 with the marking at head and foot, in Despatch Sans, 12 points or more.
fn looks_right(pdf: &[u8], marking: &str) {
    let text = text(pdf);
    let pages: Vec<&str> = text.split('\u{c}').filter(|page| !page.trim().is_empty()).collect();
    assert_eq!(pages.len(), 2);
    for page in pages {
        let lines: Vec<&str> = page.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!((lines.first(), lines.last()), (Some(&marking), Some(&marking)), "{page}");
    }
    let ask = |name: &str| {
        let said = run_with(command(name).arg("-"), pdf).unwrap_or_else(|why| panic!("{why}"));
        String::from_utf8(said).expect("UTF-8")
    };
    let info = ask("pdfinfo");
    let field = |name: &str| {
        let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_else(|| panic!("no {name} in {info}")).trim().to_owned()
    };
    assert_eq!(field("Title"), "Invitation letter");
    assert_eq!(field("Author"), "Detained Medical Reports Team");
    assert_eq!(field("Pages"), "2");
    assert!(field("Page size").contains("A4"), "{info}");
    assert!(field("Keywords").contains("hoso-2022-09-12"), "{info}");

    let fonts = ask("pdffonts");
    let fonts: Vec<Vec<&str>> = fonts.lines().skip(2).map(|line| line.split_whitespace().collect()).collect();
    assert!(!fonts.is_empty());
    for font in &fonts {
        let (name, marks) = (font[0], &font[font.len() - 5..font.len() - 2]);
        let family = name.split_once('+').expect("a subset").1;
        assert!(matches!(family, "DespatchSans" | "DespatchSans-Bold"), "{name}");
        assert_eq!(marks, ["yes", "yes", "yes"], "embedded, a subset, with its characters: {font:?}");
    }
    sizes_and_language(pdf);
}

fn sizes_and_language(pdf: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("letter.pdf");
    fs::write(&path, pdf).expect("a new file");
    let ask = |name: &str, words: &[&str]| {
        let said = run(command(name).args(words).arg(&path)).unwrap_or_else(|why| panic!("{why}"));
        String::from_utf8_lossy(&said).into_owned()
    };
    // Enlarged three times, so that whole numbers tell 12 points from 11.7.
    let xml = ask("pdftohtml", &["-xml", "-i", "-zoom", "3", "-stdout"]);
    let sizes: Vec<u32> = xml
        .lines()
        .filter_map(|line| line.split_once("<fontspec")?.1.split_once("size=\"")?.1.split('"').next())
        .map(|size| size.parse().expect("a size"))
        .collect();
    assert!(sizes.len() > 1 && sizes.iter().all(|size| *size >= 3 * 12), "sizes in thirds: {sizes:?}");

    let json = ask("qpdf", &["--json=2", "--json-key=qpdf", "--json-stream-data=none"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let objects = &json["qpdf"][1];
    let root = words(&objects["trailer"]["value"]["/Root"]);
    assert_eq!(objects[format!("obj:{root}")]["value"]["/Lang"], "u:en-GB");
}

/// Everything in it would do something if a template engine took it for its own.
const MARKUP: &str = r##"#eval("1") {{x}} <b>bold</b> *b* _i_ $x$ @ref \n [#panic()]"##;

#[test]
fn markup_in_a_case_stands_in_its_letters_as_it_was_typed() {
    let office = tidy_office();
    let mut invited = appointment(1, REPORT);
    let mut referred = report_received(2, REPORT);
    for case in [&mut invited, &mut referred] {
        case["person"]["name"] = json!(MARKUP);
        case["person"]["nationality"] = json!(MARKUP);
        case["attachments"][0]["title"] = json!(MARKUP);
    }
    invited["event"]["location"] = json!(MARKUP);
    invited["event"]["joining_instructions"] = json!(MARKUP);
    referred["event"]["report"]["author"] = json!(MARKUP);
    for (name, case) in [("invited", &invited), ("referred", &referred)] {
        let finding = drop_and_process(&office, name, case, &[("report.pdf", REPORT)]);
        assert_eq!(finding["outcome"], "queued", "{finding}");
        for despatch in super::despatches_of(&office, words(&case["case_id"])) {
            let documents = opened(&office, &despatch);
            let kind = words(&despatch["planned"]["kind"]);
            let made =
                documents.iter().filter(|(name, bytes)| name.ends_with(".pdf") && bytes[..] != *REPORT);
            for (file, bytes) in made {
                let said = squeezed(&flowing_text(bytes));
                assert!(said.contains(&squeezed(MARKUP)), "{kind} {file}: {said}");
            }
        }
    }
}
