//! The pack: what it holds, how a broken one is told of, and when it may be used.

use super::{PACK, PACK_FILE, codes, day, the_pack};
use despatch_core::words::{Sha256, Team};
use despatch_process::case::Grade;
use despatch_process::packs::Origin;
use despatch_process::packs::marking::LetterMarking;
use despatch_process::packs::pack::{CalendarRule, IMPLIED, Status};
use despatch_process::{Adoption, Division, Pack, permits};
use despatch_testing::swap::Swap;
use std::collections::BTreeSet;

#[test]
fn the_pack_holds_the_numbers_and_choices_of_the_guidance() {
    let pack = the_pack();
    let rules = pack.second_opinion().expect("its family");
    let numbers = &rules.numbers;
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
    assert_eq!(rules.copy_grade_min, Grade::HEO);
    assert!(pack.handling.starts_with("Only the addressee") && !pack.handling.contains('\n'));
    assert_eq!((numbers.assess_after_transfer.days, numbers.rebook.days), (7, 5));
    assert_eq!((rules.capacity.reports, rules.capacity.week_starts), (10, chrono::Weekday::Mon));
    assert_eq!(pack.calendar, CalendarRule::PlaceAndOffice(Division::EnglandAndWales));
    let standards = &rules.standards;
    let ids: Vec<&str> = standards.list.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(
        (standards.complete, ids),
        (false, vec!["author-regulated", "face-to-face", "current-detention"])
    );
    assert!(rules.dismissive.iter().any(|words| words == "not credible"));
    assert_eq!(pack.extends, None);
}

/// Every row of the table is either made or awaited, and says whose it is (G2).
#[test]
fn the_pack_has_every_row_of_the_process() {
    let pack = the_pack();
    for number in 1..=37 {
        let number = number.to_string();
        let made: Vec<_> = pack.rows.iter().filter(|row| row.number.to_string() == number).collect();
        let awaited = pack.awaited.iter().find(|row| row.number.to_string() == number);
        assert_ne!(made.is_empty(), awaited.is_none(), "row {number} is made, or awaited");
        let casework = ["1", "2", "11", "28", "32", "33", "34", "36", "37"].contains(&number.as_str());
        let team = if casework { Team::Casework } else { Team::Dmrt };
        assert!(made.iter().all(|row| row.team == team), "row {number}");
        // What the guidance writes has its sentence.
        assert!(made.iter().all(|row| row.source != IMPLIED), "row {number}");
    }
    let implied = pack.rows.iter().filter(|row| row.number.to_string().starts_with('G'));
    assert!(implied.clone().all(|row| row.source == IMPLIED));
    let readings: BTreeSet<String> = implied.map(|row| row.number.to_string()).collect();
    assert_eq!(readings, BTreeSet::from(["G5", "G6", "G10", "G14", "G16"].map(str::to_owned)));
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
    (
        "a sample of what tells of an assessment",
        "copy_grade_min",
        "sampled = [\"invitation\"]\nsample = 5\ncopy_grade_min",
        "pack.sampled",
        "sampled = ",
    ),
    (
        "a sample of what answers a report",
        "copy_grade_min",
        "sampled = [\"room-booking\", \"response\"]\nsample = 5\ncopy_grade_min",
        "pack.sampled",
        "sampled = ",
    ),
    (
        "a sample of nothing that it makes",
        "copy_grade_min",
        "sampled = [\"visit-notice\"]\nsample = 5\ncopy_grade_min",
        "pack.sampled",
        "sampled = ",
    ),
    (
        "a sample of no size",
        "copy_grade_min",
        "sampled = [\"room-booking\"]\nsample = 0\ncopy_grade_min",
        "settings.value",
        "sample = 0",
    ),
    ("another marking", "text = \"OFFICIAL SENSITIVE\"", "text = \"SECRET\"", "pack.marking", "SECRET"),
    ("no days at all", "days = 10", "days = 0", "settings.value", "days = 0"),
    ("too many days", "days = 10", "days = 600", "settings.value", "days = 600"),
    ("less than nothing", "days = 10", "days = -1", "settings.value", "days = -1"),
    ("a status out of order", "from = \"2024-05-21\"", "from = \"2024-01-12\"", "pack.status", ""),
    ("a date that isn't", "from = \"2024-05-21\"", "from = \"2024-05-41\"", "settings.value", "2024-05-41"),
    ("a row without a number", "number = \"14\"", "number = \"\"", "settings.value", "number = \"\""),
    (
        "an unknown purpose",
        "purpose = \"room_booking\"",
        "purpose = \"room\"",
        "settings.value",
        "purpose = \"room\"",
    ),
    (
        "records for another purpose",
        "purpose = \"records_to_doctor\"",
        "purpose = \"response_result\"",
        "pack.row_purpose",
        "",
    ),
    (
        "a purpose of records without them",
        "encloses = [\"signed_consent\"]",
        "encloses = []",
        "pack.row_purpose",
        "purpose = \"records_request\"",
    ),
    (
        "a cancellation that is not said to be one",
        "purpose = \"doctor_cancellation\"",
        "purpose = \"doctor_bundle\"",
        "pack.row_purpose",
        "",
    ),
    (
        "a booking that is said to be a cancellation",
        "purpose = \"room_booking\"",
        "purpose = \"booking_cancellation\"",
        "pack.row_purpose",
        "",
    ),
    (
        "a row twice",
        "number = \"14\"",
        "number = \"14\"\npurpose = \"invitation_to_representative\"\nevents = [\"appointment_confirmed\"]\nwhen = [\"invited\"]\nteam = \"dmrt\"\nkind = \"invitation\"\nrole = \"representative\"\nplaces = [\"irc\"]\nencloses = []\nstale = \"appointment\"\nsource = \"x\"\n\n[[row]]\nnumber = \"14\"",
        "pack.row_twice",
        "",
    ),
    ("a row at no place", "places = [\"irc\"]", "places = []", "pack.row_places", "places = []"),
    ("a row of no event", "events = [\"referral_received\"]", "events = []", "pack.row_events", ""),
    ("an unknown event", "[\"letter_served\", ", "[\"letter_sent\", ", "settings.value", "letter_sent"),
    ("an unknown circumstance", "when = [\"granted\"]", "when = [\"raining\"]", "settings.value", "raining"),
    (
        "an assessment at a temporary place",
        "events = [\"appointment_confirmed\"]\nteam = \"dmrt\"\nkind = \"assessment-date\"\nrole = \"caseworker\"\nplaces = [\"irc\", \"prison\", \"yoi\", \"mbu\"]",
        "events = [\"appointment_confirmed\"]\nteam = \"dmrt\"\nkind = \"assessment-date\"\nrole = \"caseworker\"\nplaces = [\"irc\", \"police\"]",
        "pack.row_places",
        "",
    ),
    (
        "a kind of place that isn't",
        "\nplaces = [\"irc\", \"prison\", \"yoi\", \"mbu\", \"sthf\", ",
        "\nplaces = [\"irc\", \"prison\", \"ship\", ",
        "settings.value",
        "ship",
    ),
    ("another place", "at = \"appointment\"", "at = \"home\"", "settings.value", "at = \"home\""),
    ("a window that no event opens", "stale = \"never\"", "stale = \"latest_service\"", "pack.row_stale", ""),
    (
        "a deadline that the event lacks",
        "deadline = \"refer\"",
        "deadline = \"serve\"",
        "pack.row_deadline",
        "deadline = \"serve\"",
    ),
    (
        "an unknown deadline",
        "deadline = \"refer\"",
        "deadline = \"soon\"",
        "settings.value",
        "deadline = \"soon\"",
    ),
    ("an unknown team", "team = \"casework\"", "team = \"cabinet\"", "settings.value", "cabinet"),
    ("an unknown role", "role = \"det\"", "role = \"robot\"", "settings.value", "robot"),
    (
        "an unknown enclosure",
        "\"external_medical_report\", \"supporting_information\"]",
        "\"external_medical_report\", \"diary\"]",
        "settings.value",
        "diary",
    ),
    ("an unknown field", "copy = true", "copy = true\ncolour = \"red\"", "settings.unknown", "colour"),
    (
        "an awaited row without a number",
        "number = \"13\"",
        "number = \" \"",
        "settings.value",
        "number = \" \"",
    ),
    (
        "an awaited row without a reason",
        "reason = \"The doctor sends it; rows 30 to 32 follow.\"",
        "reason = \"\"",
        "settings.value",
        "reason = \"\"",
    ),
    (
        "no day of the week",
        "week_starts = \"Monday\"",
        "week_starts = \"Payday\"",
        "settings.value",
        "Payday",
    ),
    ("no place a week", "reports = 10", "reports = 0", "settings.value", "reports = 0"),
    ("a calendar rule that isn't", "rule = \"place and office\"", "rule = \"moon\"", "pack.calendar", "moon"),
    (
        "an office whose calendar is not counted",
        "rule = \"place and office\"",
        "rule = \"place\"",
        "pack.calendar",
        "office = ",
    ),
    ("no office to count", "office = \"england-and-wales\"\n", "", "pack.calendar", ""),
    ("no word on completeness", "complete = false\n", "", "pack.standards", ""),
    ("a standard twice", "id = \"face-to-face\"", "id = \"author-regulated\"", "pack.standards", ""),
    (
        "a standard without a title",
        "title = \"The author is regulated\"",
        "title = \"\"",
        "settings.value",
        "title = \"\"",
    ),
    (
        "a place for the marking that isn't",
        "top and bottom of every page\"\n\n",
        "on the back\"\n\n",
        "settings.value",
        "on the back",
    ),
    (
        "an event of a row that it does not own",
        "[[event]]\nname = \"concerns_raised\"\nfields = [\"raised_on\", \"concerns\"]\n",
        "",
        "pack.row_events",
        "",
    ),
    (
        "an event without a field that it needs",
        "fields = [\"raised_on\", \"concerns\"]",
        "fields = [\"raised_on\"]",
        "pack.field",
        "fields = [\"raised_on\"]",
    ),
    (
        "a word that is listed and not known",
        "teams = [\"casework\", \"dmrt\"]",
        "teams = [\"casework\", \"dmrt\", \"cabinet\"]",
        "settings.value",
        "teams = [\"casework\", \"dmrt\", ",
    ),
    (
        "a word that is listed and not used",
        "teams = [\"casework\", \"dmrt\"]",
        "teams = [\"casework\", \"dmrt\", \"r35t\"]",
        "pack.list",
        "teams = [\"casework\", \"dmrt\", ",
    ),
    (
        "a word that is listed twice",
        "\"review\"]\nplace_kinds",
        "\"review\", \"refer\"]\nplace_kinds",
        "pack.list",
        "deadlines = [",
    ),
    (
        "a word that is used once and not listed",
        "\"copy_of_opinion\", ",
        "",
        "pack.list",
        "when = [\"copy_of_opinion\"]",
    ),
    (
        "a population, of which it has no limit",
        "\n[source]",
        "populations = [\"anyone\"]\n\n[source]",
        "pack.list",
        "populations = ",
    ),
    ("no TOML", "[marking]", "[marking", "settings.syntax", "[marking"),
];

#[test]
fn each_broken_pack_says_where_and_what() {
    for &(name, from, to, code, mark) in BROKEN {
        assert!(PACK.contains(from), "{name}");
        let broken = PACK.swapped_once(from, to);
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
    let broken = PACK.swapped("[working_days.report]", "[working_days.reports]");
    let faults = Pack::parse(PACK_FILE, &broken).expect_err("broken");
    let codes: Vec<&str> = faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["settings.missing", "settings.unknown"]);
}

#[test]
fn what_is_wrong_in_several_places_is_told_at_once() {
    let broken = PACK
        .swapped("text = \"OFFICIAL SENSITIVE\"", "text = \"SENSITIVE\"")
        .swapped("days = 7", "days = 0")
        .swapped("days = 5", "days = 0")
        .swapped_once("places = [\"irc\"]", "places = []")
        .swapped_once("places = [\"irc\"]", "places = []")
        .swapped_once("places = [\"irc\"]", "places = []");
    assert_eq!(Pack::parse("policy/other.toml", &broken).expect_err("broken").len(), 9);
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
        sha256: Some(Sha256::of(b"its text")),
    };
    let origin = Origin { sha256: Sha256::of(b"its text"), is_own: false };
    assert!(permits(&pack, origin, None, day("1 December 2022")).is_ok(), "it was in force");
    let good = adoption(
        "hoso-2022-09-12",
        &["one", "two"],
        "A demonstration.",
        "1 November 2026",
        "23 November 2026",
    );
    assert!(permits(&pack, origin, Some(&good), today).is_ok(), "the last day counts");
    for (name, adoption, says) in [
        ("none", None, "hoso-2022-09-12 was replaced on 21 May 2024, and the office has not adopted it"),
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
            "its adoption ended with its last day, 22 November 2026",
        ),
    ] {
        let fault = permits(&pack, origin, adoption.as_ref(), today).expect_err(name);
        assert!(fault.cause.contains(says), "{name}: {fault}");
        assert_eq!(fault.code, "pack.not_adopted");
    }
    let changed = Origin { sha256: Sha256::of(b"another text"), ..origin };
    let fault = permits(&pack, changed, Some(&good), today).expect_err("changed");
    assert!(fault.cause.contains("is not the one that the office adopted"), "{fault}");
    let own = Origin { is_own: true, ..origin };
    let fault = permits(&pack, own, None, day("1 December 2022")).expect_err("the office's own word");
    assert!(fault.cause.contains("is the office's own, and the office has not adopted it"), "{fault}");
    let quashed = permits(&pack, origin, None, day("1 February 2024")).expect_err("quashed");
    assert!(quashed.cause.contains("was quashed on 12 January 2024"), "{quashed}");
    let early = permits(&pack, origin, None, day("1 September 2022")).expect_err("too early");
    assert!(early.cause.contains("is not yet in force"), "{early}");
}
