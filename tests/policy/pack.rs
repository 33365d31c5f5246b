//! The pack: what it holds, how a broken one is told of, and when it may be used.

use super::{PACK, PACK_FILE, codes, day, the_pack};
use despatch::case::Grade;
use despatch::policy::pack::{LetterMarking, Status};
use despatch::policy::{Adoption, Pack, permits};

#[test]
fn the_pack_holds_the_numbers_and_choices_of_the_guidance() {
    let pack = the_pack();
    let numbers = &pack.numbers;
    let days = [
        &numbers.refer,
        &numbers.assess,
        &numbers.serve,
        &numbers.respond,
        &numbers.report,
        &numbers.removal_exclusion,
    ];
    assert_eq!(days.map(|number| number.days), [1, 7, 3, 2, 5, 10]);
    assert_eq!(pack.marking.text, "OFFICIAL SENSITIVE");
    assert_eq!(pack.marking.letters, LetterMarking::EveryPage);
    assert_eq!(pack.copy_grade_min, Grade::HEO);
    assert!(pack.handling.starts_with("Only the addressee") && !pack.handling.contains('\n'));
    let rows: Vec<&str> = pack.rows.iter().map(|row| row.number.as_str()).collect();
    assert_eq!(rows, ["1", "1", "2", "5", "8", "12", "14"]);
}

#[test]
fn the_status_is_that_of_the_day() {
    let pack = the_pack();
    for (date, status) in [
        ("11 September 2022", None),
        ("12 September 2022", Some(Status::InForce)),
        ("11 January 2024", Some(Status::InForce)),
        ("12 January 2024", Some(Status::Quashed)),
        ("20 May 2024", Some(Status::Quashed)),
        ("21 May 2024", Some(Status::Replaced)),
        ("21 November 2026", Some(Status::Replaced)),
    ] {
        assert_eq!(pack.status_on(day(date)).map(|change| change.status), status, "{date}");
    }
}

/// The line (from 1) on which `text` first stands in the pack.
fn line_of(text: &str, needle: &str) -> usize {
    text.lines().position(|line| line.contains(needle)).expect(needle) + 1
}

const BROKEN: &[(&str, &str, &str, &str, &str)] = &[
    ("another id", "id = \"hoso-2022-09-12\"", "id = \"hoso\"", "pack.id", "id = \"hoso\""),
    (
        "a blank title",
        "title = \"Requesting a second opinion for an external medical report, interim guidance, version 2.0\"",
        "title = \" \"",
        "settings.value",
        "title = ",
    ),
    ("another marking", "text = \"OFFICIAL SENSITIVE\"", "text = \"SECRET\"", "pack.marking", "SECRET"),
    ("no days at all", "days = 10", "days = 0", "settings.value", "days = 0"),
    ("too many days", "days = 10", "days = 600", "settings.value", "days = 600"),
    ("less than nothing", "days = 10", "days = -1", "settings.value", "days = -1"),
    ("a status out of order", "from = \"2024-05-21\"", "from = \"2024-01-12\"", "pack.status", ""),
    ("a date that isn't", "from = \"2024-05-21\"", "from = \"2024-05-41\"", "settings.value", "2024-05-41"),
    ("a row of no process", "number = \"14\"", "number = \"38\"", "pack.row_number", "\"38\""),
    (
        "a row twice",
        "number = \"14\"",
        "number = \"14\"\nevent = \"appointment_confirmed\"\nteam = \"dmrt\"\nkind = \"invitation\"\nrole = \"representative\"\nplaces = [\"irc\"]\nencloses = []\nstale = \"appointment\"\nsource = \"x\"\n\n[[row]]\nnumber = \"14\"",
        "pack.row_twice",
        "",
    ),
    ("a row at no place", "places = [\"irc\"]", "places = []", "pack.row_places", "places = []"),
    (
        "a role that the event lacks",
        "role = \"dmrt\"",
        "role = \"doctor\"",
        "pack.row_role",
        "role = \"doctor\"",
    ),
    (
        "a staleness that the event lacks",
        "stale = \"never\"",
        "stale = \"appointment\"",
        "pack.row_stale",
        "stale = \"appointment\"",
    ),
    (
        "a deadline that the event lacks",
        "deadline = \"serve\"",
        "deadline = \"refer\"",
        "pack.row_deadline",
        "",
    ),
    ("an unknown role", "role = \"det\"", "role = \"robot\"", "settings.value", "robot"),
    ("an unknown field", "copy = true", "copy = true\ncolour = \"red\"", "settings.unknown", "colour"),
    (
        "a place for the marking that isn't",
        "top and bottom of every page\"\n\n",
        "on the back\"\n\n",
        "settings.value",
        "on the back",
    ),
    ("no TOML", "[marking]", "[marking", "settings.syntax", "[marking"),
];

#[test]
fn each_broken_pack_says_where_and_what() {
    for &(name, from, to, code, mark) in BROKEN {
        assert!(PACK.contains(from), "{name}");
        let broken = PACK.replacen(from, to, 1);
        let faults = Pack::parse(PACK_FILE, &broken).expect_err(name);
        let fault = faults.iter().find(|fault| fault.code == code);
        let fault = fault.unwrap_or_else(|| panic!("{name}: {:?}", codes(&faults)));
        // A file that is no TOML may be told of at every place where that shows.
        assert!(faults.len() == 1 || code == "settings.syntax", "{name}: {:?}", codes(&faults));
        let at = format!("{PACK_FILE}:{}", line_of(&broken, mark));
        assert!(fault.at.starts_with("policy/hoso-2022-09-12.toml:"), "{name}: {fault}");
        if !mark.is_empty() {
            assert_eq!(fault.at, at, "{name}: {fault}");
        }
        assert!(!fault.cure.is_empty() && !fault.cause.contains('\n'), "{name}: {fault}");
    }
}

#[test]
fn a_misspelt_number_is_both_unknown_and_missing() {
    let broken = PACK.replace("[working_days.report]", "[working_days.reports]");
    let faults = Pack::parse(PACK_FILE, &broken).expect_err("broken");
    let codes: Vec<&str> = faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["settings.missing", "settings.unknown"]);
}

#[test]
fn what_is_wrong_in_several_places_is_told_at_once() {
    let broken = PACK
        .replace("text = \"OFFICIAL SENSITIVE\"", "text = \"SENSITIVE\"")
        .replace("days = 7", "days = 0")
        .replace("days = 5", "days = 0")
        .replace("places = [\"irc\"]", "places = []");
    assert_eq!(Pack::parse("policy/other.toml", &broken).expect_err("broken").len(), 11);
}

#[test]
fn a_pack_that_is_not_in_force_needs_two_people_a_reason_and_a_time() {
    let pack = the_pack();
    let today = day("Monday 23 November 2026");
    let adoption = |pack: &str, by: &[&str], reason: &str, from: &str, expires: &str| Adoption {
        pack: pack.parse().expect("an id"),
        by: by.iter().map(|id| id.parse().expect("an id")).collect(),
        reason: reason.to_owned(),
        from: day(from),
        expires: day(expires),
    };
    assert!(permits(&pack, None, day("1 December 2022")).is_ok(), "it was in force");
    let good = adoption(
        "hoso-2022-09-12",
        &["one", "two"],
        "A demonstration.",
        "1 November 2026",
        "23 November 2026",
    );
    assert!(permits(&pack, Some(&good), today).is_ok(), "the last day counts");
    for (name, adoption, says) in [
        ("none", None, "was replaced on 21 May 2024 and the office has not adopted it"),
        (
            "of another pack",
            Some(adoption("other", &["one", "two"], "r", "1 November 2026", "1 December 2026")),
            "has not adopted it",
        ),
        (
            "by one",
            Some(adoption("hoso-2022-09-12", &["one"], "r", "1 November 2026", "1 December 2026")),
            "fewer than two people",
        ),
        (
            "by one, twice",
            Some(adoption("hoso-2022-09-12", &["one", "one"], "r", "1 November 2026", "1 December 2026")),
            "fewer than two people",
        ),
        (
            "without a reason",
            Some(adoption("hoso-2022-09-12", &["one", "two"], " ", "1 November 2026", "1 December 2026")),
            "gives no reason",
        ),
        (
            "from tomorrow",
            Some(adoption("hoso-2022-09-12", &["one", "two"], "r", "24 November 2026", "1 December 2026")),
            "begins on 24 November 2026",
        ),
        (
            "until yesterday",
            Some(adoption("hoso-2022-09-12", &["one", "two"], "r", "1 November 2026", "22 November 2026")),
            "ended on 22 November 2026",
        ),
    ] {
        let fault = permits(&pack, adoption.as_ref(), today).expect_err(name);
        assert!(fault.cause.contains(says), "{name}: {fault}");
        assert_eq!(fault.code, "pack.not_adopted");
    }
    let quashed = permits(&pack, None, day("1 February 2024")).expect_err("quashed");
    assert!(quashed.cause.contains("was quashed on 12 January 2024"), "{quashed}");
    let early = permits(&pack, None, day("1 September 2022")).expect_err("too early");
    assert!(early.cause.contains("is not yet in force"), "{early}");
}
