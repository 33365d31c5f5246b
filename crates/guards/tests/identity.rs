//! Whose document it is: a table of what reports say, and what is taken from it.

use super::case_of;
use despatch_documents::inspect::PageText;
use despatch_guards::Outcome;
use despatch_guards::Outcome::{Confirm, Passed, Stops};
use despatch_guards::identity::{Subject, look};
use despatch_guards::others::{IdentityKey, Kind, OpenCases, search};
use despatch_guards::text::words_of;
use serde_json::json;

/// The person of the case is Selamawit Quartermaine, born on 17 May 1990, reference X0000001.
const REPORTS: [(&str, &str, Outcome); 34] = [
    ("name and birth", "Name: Selamawit Quartermaine  Date of birth: 17/05/1990", Passed),
    ("family name first", "QUARTERMAINE, Selamawit (d.o.b. 17.05.90)", Passed),
    ("a title between", "Quartermaine, Ms Selamawit, born 17th May 1990", Passed),
    ("over a line end", "I saw Selamawit\nQuartermaine (17 May\n1990).", Passed),
    ("the reference alone", "Re: Home Office reference X0000001, the patient", Confirm),
    ("name and reference", "Re: Selamawit Quartermaine, Home Office reference X0000001", Passed),
    ("birth and reference", "Re: Home Office reference X0000001, born on 17 May 1990", Passed),
    ("the reference with a space", "Selamawit Quartermaine, HO ref X 0000001", Passed),
    ("the reference with a part", "Selamawit Quartermaine, HO ref X0000001/2", Passed),
    ("an American date", "Selamawit Quartermaine, DOB 05/17/1990", Passed),
    (
        "a brother's birth",
        "Selamawit Quartermaine, DOB 17/05/1990, lived with a brother, Yonas Quartermaine, born 3 March 1985.",
        Passed,
    ),
    (
        "a brother's birth first",
        "Her brother Yonas Quartermaine (date of birth 3 March 1985) is here. Selamawit Quartermaine was born on 17 May 1990.",
        Passed,
    ),
    (
        "a doctor's birth",
        "Home Office reference X0000001. Report on Selamawit Quartermaine by Dr Bell, date of birth 1 June 1961.",
        Passed,
    ),
    (
        "other dates",
        "Selamawit Quartermaine, 17 May 1990. Seen on 3 March 2026; detained since 1 October 2025.",
        Passed,
    ),
    (
        "a child's reference",
        "Selamawit Quartermaine 17 May 1990; the daughter has Home Office reference Y7654321.",
        Passed,
    ),
    ("our own reference", "Selamawit Quartermaine, 17 May 1990, Home Office reference TEST-00001", Passed),
    ("the name alone", "A report on Selamawit Quartermaine, who sleeps badly.", Confirm),
    ("the birth alone", "A report on a woman born on 17 May 1990.", Confirm),
    ("a sister's birth and no own", "Selamawit Quartermaine. The sister was born on 3 March 1985.", Confirm),
    ("somebody else", "Name: Okello Brandreth  Date of birth: 2 January 1985", Stops),
    (
        "a namesake under the author's name",
        "Report of Dr Bell. Name: Selamawit Quartermaine. Date of birth: 3 March 1985",
        Stops,
    ),
    (
        "another reference under the author's name",
        "Report of Dr Bell. Home Office reference: Y7654321",
        Stops,
    ),
    (
        "the brother of the person",
        "Selamawit Quartermaine and the brother (born on 3 March 1985) live here.",
        Confirm,
    ),
    ("nobody", "Guidance on the treatment of insomnia in adults.", Stops),
    ("half a name", "A report on Selamawit Brandreth, seen on 3 March 2026.", Stops),
    ("a namesake", "Name: Selamawit Quartermaine  Date of birth: 3 March 1985", Stops),
    ("a namesake's short form", "Selamawit Quartermaine (DOB 03/03/85)", Stops),
    ("a namesake, born", "Selamawit Quartermaine was born on 3 March 1985 in a town.", Stops),
    ("a namesake with initials", "Selamawit Quartermaine D.O.B. 03.03.1985", Stops),
    (
        "a namesake and a brother's own",
        "Selamawit Quartermaine DOB 03.03.1985. Later: a brother came.",
        Stops,
    ),
    ("another reference", "Selamawit Quartermaine, Home Office reference Y7654321", Stops),
    ("another reference with birth", "Selamawit Quartermaine, 17 May 1990, Home Office ref: Y7654321", Stops),
    ("a reference one digit off", "Home Office reference X0000002", Stops),
    ("only a number that begins alike", "Page X00000019 of the archive", Stops),
];

fn page(text: &str) -> PageText {
    PageText { text: text.to_owned(), ..PageText::default() }
}

#[test]
fn a_report_is_the_persons_or_another_ones_or_for_a_person_to_look_at() {
    let subject = Subject::of(&case_of(None));
    for (what, text, expected) in REPORTS {
        let (outcome, evidence) = look(&subject, &[page("A cover sheet."), page(text)]).judge();
        assert_eq!(outcome, expected, "{what}: {evidence}");
        for personal in ["elamawit", "uartermaine", "1990", "X0000001", "1985", "Y7654321"] {
            assert!(!evidence.contains(personal), "{what}: {evidence}");
        }
        if outcome == Passed {
            assert!(evidence.contains("page 2"), "{what}: {evidence}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_for_a_person_to_look_at() {
    let subject = Subject::of(&case_of(None));
    let scan = PageText { pictures: 1, ..page("") };
    let stamped = PageText { pictures: 1, ..page("Page 1 of 3") };
    let layer = PageText { pictures: 1, hidden: 400, ..page(&"5elamawlt Quartermalne ".repeat(20)) };
    let codes = PageText { unread: 300, ..page("a b") };
    let khmer = page(&"សុខវិបុល ".repeat(30));
    for (what, pages) in [
        ("no text", vec![page("")]),
        ("a scan", vec![scan.clone()]),
        ("a scan with a stamp", vec![stamped]),
        ("a scan with a poor text layer", vec![layer]),
        ("signs without letters", vec![codes]),
        ("a script that is hard to read", vec![khmer]),
        (
            "one scanned page among others",
            vec![page("A letter about other things, all in good order."), scan],
        ),
    ] {
        let (outcome, evidence) = look(&subject, &pages).judge();
        assert_eq!(outcome, Confirm, "{what}: {evidence}");
        assert!(evidence.starts_with("cannot check"), "{what}: {evidence}");
    }
    let hard = Subject::of(&case_of(Some("សុខ វិបុល")));
    assert_eq!(
        look(&hard, &[page("A report in English, without the name in its own letters.")]).judge().0,
        Confirm
    );
    assert_eq!(look(&hard, &[page("Home Office reference X0000001, born on 17 May 1990")]).judge().0, Passed);
}

#[test]
fn long_and_awkward_names_are_found_as_they_are_written() {
    for (name, text) in [
        ("Selamawit Gebremeskel Quartermaine", "Selamawit Quartermaine, born 17 May 1990"),
        ("Nguyễn Thị Ngọc Ánh", "NGUYEN THI NGOC ANH 17/05/1990"),
        ("Al Hassan Omar", "Omar AL-HASSAN 17/05/1990"),
        ("Al Hassan Omar", "AlHassan Omar 17/05/1990"),
        ("Łukasz Žižka", "Lukasz Zizka 17/05/1990"),
        ("Володимир Їжакевич", "Їжакевич Володимир 17/05/1990"),
        ("Example", "The patient, Example, born on 17/05/1990"),
        ("J. P. Example-Sample", "Example-Sample, J P, 17/05/1990"),
    ] {
        let (outcome, evidence) = look(&Subject::of(&case_of(Some(name))), &[page(text)]).judge();
        assert_eq!(outcome, Passed, "{name} in {text:?}: {evidence}");
    }
}

fn key() -> IdentityKey {
    IdentityKey::new(&[7; 32]).expect("a key")
}

/// Another open case: Okello Brandreth, born on 2 January 1985, reference Y7654321.
fn another() -> despatch_process::case::Case {
    let mut file = despatch_testing::cases::appointment(2, b"a report");
    file["person"]["name"] = json!("Okello Brandreth");
    file["person"]["date_of_birth"] = json!("1985-01-02");
    file["home_office_reference"] = json!("Y7654321");
    despatch_process::case::parse(file.to_string().as_bytes()).expect("a case")
}

fn open(cases: &[&despatch_process::case::Case]) -> OpenCases {
    let mut open = OpenCases::default();
    for case in cases {
        for (kind, mark) in key().pseudonyms(case) {
            open.add(&case.case_id, kind, mark);
        }
    }
    open
}

#[test]
fn the_person_of_another_open_case_is_recognised_by_reference_name_and_birth() {
    let (own, other) = (case_of(None), another());
    let known = open(&[&own, &other]);
    for (what, text, expected) in [
        ("reference", "Seen under y7654321 last week", Some(Kind::Reference)),
        ("reference in pieces", "Ref. Y 765 4321", Some(Kind::Reference)),
        ("our reference of it", "Our reference: TEST-00002", Some(Kind::Reference)),
        ("name", "He spoke with Brandreth, Okello in the corridor", Some(Kind::Name)),
        ("name and birth", "Okello Brandreth (2 Jan 1985)", Some(Kind::Birth)),
        ("half a name", "He spoke with Okello and with a Mr Brandreth", None),
        ("our own", "Selamawit Quartermaine, 17 May 1990, X0000001", None),
        ("nobody", "The person slept badly in the week of 3 March 2026, page 12 of 40", None),
    ] {
        let hits = search(&key(), &known, &own, &words_of(["A first page.", text]));
        assert_eq!(hits.first().map(|hit| hit.kind), expected, "{what}: {hits:?}");
        for hit in hits {
            assert_eq!((hit.case.to_string().as_str(), hit.page), ("TEST-00002", 2), "{what}");
        }
    }
}

#[test]
fn a_second_case_of_the_same_person_and_a_closed_case_are_nobody_else_and_another_reference_is_another_person()
 {
    let own = case_of(None);
    let mut same = despatch_testing::cases::appointment(3, b"a report");
    same["home_office_reference"] = json!("X0000001");
    let parse = |file: &serde_json::Value| {
        despatch_process::case::parse(file.to_string().as_bytes()).expect("a case")
    };
    let text = words_of(["Selamawit Quartermaine, 17 May 1990, X0000001, earlier X0000003"]);
    assert_eq!(search(&key(), &open(&[&own, &parse(&same)]), &own, &text), []);
    same["home_office_reference"] = json!("X0000003");
    let found = search(&key(), &open(&[&own, &parse(&same)]), &own, &text);
    assert_eq!(found.iter().map(|hit| hit.kind).collect::<Vec<_>>(), [Kind::Reference], "F6");
    let mut known = open(&[&own, &another()]);
    let text = words_of(["Okello Brandreth, 2 January 1985, Y7654321"]);
    assert_eq!(search(&key(), &known, &own, &text).len(), 2);
    known.forget(&another().case_id);
    assert_eq!(search(&key(), &known, &own, &text), []);
    assert_eq!(known.len(), 1);
}

#[test]
fn without_the_key_a_mark_says_nothing() {
    let other_key = IdentityKey::new(&[8; 32]).expect("a key");
    let (ours, theirs) = (key().pseudonyms(&case_of(None)), other_key.pseudonyms(&case_of(None)));
    assert!(ours.iter().zip(&theirs).all(|(one, other)| one != other));
    assert_eq!(ours, key().pseudonyms(&case_of(None)));
    assert_eq!(format!("{:?}", key()), "IdentityKey");
}
