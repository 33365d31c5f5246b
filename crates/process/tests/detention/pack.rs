//! The pack of reviews as data: what it names and the program does not know is refused with file and line.

use super::super::{PACK, PACK_FILE, codes, day};
use super::{REVIEWS, REVIEWS_FILE, the_reviews_pack};
use despatch_core::words::{PackId, Sha256};
use despatch_process::case::EventName;
use despatch_process::events::Family;
use despatch_process::packs::pack::{Origin, Status};
use despatch_process::{Adoption, Pack, Packs, permits};
use despatch_testing::swap::Swap;
use std::collections::BTreeMap;

/// A broken copy: what is broken, the text that is replaced, by what, the code, and the text of the line that is named.
type Broken = (&'static str, &'static str, &'static str, &'static str, &'static str);

const BROKEN: &[Broken] = &[
    (
        "an event that is none",
        "name = \"material_change\"",
        "name = \"material_changes\"",
        "settings.value",
        "material_changes",
    ),
    (
        "an event of another family",
        "name = \"material_change\"\nfields = [\"on\", \"what\"]",
        "name = \"died\"\nfields = [\"on\"]",
        "pack.event",
        "name = \"died\"",
    ),
    (
        "an event twice",
        "name = \"minister_authorised\"\nfields = [\"on\", \"extends\"]",
        "name = \"material_change\"\nfields = [\"on\", \"what\"]",
        "pack.event",
        "",
    ),
    ("a field that is none", "[\"on\", \"what\"]", "[\"on\", \"what\", \"why\"]", "pack.field", "\"why\""),
    ("a field that is needed", "[\"on\", \"what\"]", "[\"on\"]", "pack.field", "fields = [\"on\"]"),
    ("a role that is none", "role = \"r35t\"", "role = \"r36t\"", "settings.value", "r36t"),
    ("a team that is none", "team = \"r35t\"", "team = \"r36t\"", "settings.value", "r36t"),
    (
        "an attachment that is none",
        "encloses = [\"rule_35_report\"]",
        "encloses = [\"report_35\"]",
        "settings.value",
        "report_35",
    ),
    (
        "a circumstance that is none",
        "when = [\"reasons_long\"]",
        "when = [\"reasons_lengthy\"]",
        "settings.value",
        "reasons_lengthy",
    ),
    (
        "a deadline that is none",
        "deadline = \"report_hours\"",
        "deadline = \"report_minutes\"",
        "settings.value",
        "report_minutes",
    ),
    ("a kind of place that is none", "kinds = [\"pda\"]", "kinds = [\"pta\"]", "settings.value", "pta"),
    (
        "a population that is none",
        "population = \"child_alone\"",
        "population = \"children\"",
        "settings.value",
        "population = \"children\"",
    ),
    ("a grade that is none", "ad_hoc_initial = \"SEO\"", "ad_hoc_initial = \"SES\"", "settings.value", "SES"),
    (
        "an authority that is none",
        "authority = \"SEO\"",
        "authority = \"an SEO\"",
        "settings.value",
        "an SEO",
    ),
    ("a reading that is not given", "first_day_counts = false\n", "", "settings.missing", "[reviews]"),
    ("a stage that is none", "stage = \"7d\"", "stage = \"8d\"", "settings.value", "8d"),
    ("a stage that is monthly", "stage = \"7d\"", "stage = \"m1\"", "pack.table", "stage = \"m1\""),
    ("neither hours nor days", "stage = \"24h\"\nhours = 24\n", "stage = \"24h\"\n", "pack.span", ""),
    (
        "a cycle that begins after the table",
        "repeats_from = 13",
        "repeats_from = 25",
        "pack.table",
        "repeats_from = 25",
    ),
    ("two tables of one team", "team = \"fno_rc\"\nmonths", "team = \"non_fno\"\nmonths", "pack.table", ""),
    ("a limit that holds nowhere", "kinds = [\"pda\"]\n", "", "pack.limit", ""),
    (
        "a condition that is none",
        "longer_on = \"removal\"",
        "longer_on = \"flight\"",
        "pack.limit",
        "longer_on = \"flight\"",
    ),
    ("a longer limit without its condition", "longer_on = \"minister\"\n", "", "pack.limit", ""),
    ("no alarm", "before = [48, 24, 2]", "before = []", "pack.alarms", ""),
    (
        "an alarm of no hours",
        "before = [48, 24, 2]",
        "before = [48, 0]",
        "settings.value",
        "before = [48, 0]",
    ),
    ("a code that is none", "\"AT\", \"BE\"", "\"Austria\", \"BE\"", "settings.value", "Austria"),
    (
        "a team that ends before it begins",
        "works_to = \"17:00\"",
        "works_to = \"08:00\"",
        "pack.reports",
        "works_to = \"08:00\"",
    ),
    ("no lists at all", "[lists]\n", "[list]\n", "settings.missing", ""),
    ("a list that is none", "populations = [", "people = [", "settings.unknown", "people = ["),
    (
        "a role that is listed twice",
        "roles = [\"review_authoriser\", ",
        "roles = [\"review_authoriser\", \"det\", ",
        "pack.list",
        "roles = [",
    ),
    (
        "a role that the program does not know",
        "roles = [\"review_authoriser\", ",
        "roles = [\"review_authoriser\", \"governor\", ",
        "settings.value",
        "roles = [",
    ),
    (
        "a role that nothing uses",
        "roles = [\"review_authoriser\", ",
        "roles = [\"review_authoriser\", \"doctor\", ",
        "pack.list",
        "roles = [",
    ),
    (
        "a team that the program does not know",
        "teams = [\"casework\", \"r35t\"]",
        "teams = [\"casework\", \"r35t\", \"depmu\"]",
        "settings.value",
        "teams = [\"casework\", \"r35t\", \"depmu\"]",
    ),
    (
        "a team that nothing uses",
        "teams = [\"casework\", \"r35t\"]",
        "teams = [\"casework\", \"r35t\", \"dmrt\"]",
        "pack.list",
        "teams = [\"casework\", \"r35t\", \"dmrt\"]",
    ),
    (
        "a team that is not listed",
        "teams = [\"casework\", \"r35t\"]",
        "teams = [\"casework\"]",
        "pack.list",
        "team = \"r35t\"",
    ),
    ("a role that is not listed", "\"panel_team\", ", "", "pack.list", "role = \"panel_team\""),
    (
        "an attachment that a row encloses and that is not listed",
        "attachments = [\"rule_35_report\", ",
        "attachments = [",
        "pack.list",
        "encloses = [\"rule_35_report\"]",
    ),
    (
        "an attachment that an event needs and that is not listed",
        "\"minister_authority\", ",
        "",
        "pack.list",
        "attachments = [",
    ),
    (
        "an attachment that nothing uses",
        "attachments = [",
        "attachments = [\"signed_consent\", ",
        "pack.list",
        "attachments = [",
    ),
    (
        "an attachment that the program does not know",
        "attachments = [",
        "attachments = [\"diary\", ",
        "settings.value",
        "attachments = [",
    ),
    (
        "a circumstance that is not listed",
        "circumstances = [\"fortnight_open\", ",
        "circumstances = [",
        "pack.list",
        "when = [\"fortnight_open\"]",
    ),
    (
        "a circumstance that nothing uses",
        "circumstances = [",
        "circumstances = [\"granted\", ",
        "pack.list",
        "circumstances = [",
    ),
    (
        "a circumstance that the program does not know",
        "circumstances = [",
        "circumstances = [\"raining\", ",
        "settings.value",
        "circumstances = [",
    ),
    (
        "a deadline of a row that is not listed",
        "\"report_hours\", ",
        "",
        "pack.list",
        "deadline = \"report_hours\"",
    ),
    ("a clock of a limit that is not listed", "\"stay_norm\", ", "", "pack.list", "deadlines = ["),
    (
        "a deadline that nothing uses",
        "deadlines = [",
        "deadlines = [\"rebook\", ",
        "pack.list",
        "deadlines = [",
    ),
    (
        "a deadline that the program does not know",
        "deadlines = [",
        "deadlines = [\"soon\", ",
        "settings.value",
        "deadlines = [",
    ),
    ("a kind of place that is not listed", "place_kinds = [\"irc\", ", "place_kinds = [", "pack.list", ""),
    (
        "a kind of place that the program does not know",
        "place_kinds = [",
        "place_kinds = [\"ship\", ",
        "settings.value",
        "place_kinds = [",
    ),
    (
        "a population that is not listed",
        "populations = [\"child_alone\", ",
        "populations = [",
        "pack.list",
        "population = \"child_alone\"",
    ),
    (
        "a population that the program does not know",
        "populations = [",
        "populations = [\"students\", ",
        "settings.value",
        "populations = [",
    ),
    (
        "what is normal and may be longer",
        "hours = 72\nlonger_on = \"minister\"",
        "hours = 72\nnorm = true\nlonger_on = \"minister\"",
        "pack.limit",
        "",
    ),
    (
        "a nation that is none",
        "nation = \"northern-ireland\"",
        "nation = \"ireland\"",
        "settings.value",
        "nation = \"ireland\"",
    ),
    (
        "a family that is none",
        "family = \"detention_reviews\"",
        "family = \"detention\"",
        "settings.value",
        "family = \"detention\"",
    ),
    (
        "a row of an event that is not owned",
        "events = [\"panel_recommended\"]",
        "events = [\"died\"]",
        "pack.row_events",
        "",
    ),
];

fn line_of(text: &str, mark: &str) -> usize {
    1 + text.lines().position(|line| line.contains(mark)).unwrap_or_else(|| panic!("no {mark}"))
}

#[test]
fn what_the_program_does_not_know_is_refused_with_file_and_line() {
    for &(name, from, to, code, mark) in BROKEN {
        assert!(REVIEWS.contains(from), "{name}");
        let broken = REVIEWS.swapped_once(from, to);
        let faults = Pack::parse(REVIEWS_FILE, &broken).expect_err(name);
        let fault = faults.iter().find(|fault| fault.code == code);
        let fault = fault.unwrap_or_else(|| panic!("{name}: {:?}", codes(&faults)));
        assert!(fault.at.starts_with("policy/gi-v3-reviews.toml:"), "{name}: {fault}");
        if !mark.is_empty() {
            assert_eq!(fault.at, format!("{REVIEWS_FILE}:{}", line_of(&broken, mark)), "{name}: {fault}");
        }
        assert!(!fault.cure.is_empty() && !fault.cause.contains('\n'), "{name}: {fault}");
    }
}

#[test]
fn it_owns_its_family_and_needs_two_people() {
    let pack = the_reviews_pack();
    assert_eq!(pack.family, Family::DetentionReviews);
    let owned: Vec<EventName> = pack.events.iter().map(|event| event.name).collect();
    assert_eq!(owned, EventName::of_family(Family::DetentionReviews).collect::<Vec<_>>());
    for event in &pack.events {
        let known: Vec<&str> = event.name.table().fields.iter().map(|field| field.name).collect();
        assert_eq!(event.fields.len(), known.len(), "{}", event.name.word());
    }
    // Whether the edition is in force is not known, so it is not.
    let today = day("Tuesday 1 December 2026");
    assert_eq!(pack.status_on(today).map(|change| change.status), Some(Status::NotConfirmed));
    let origin = Origin { sha256: Sha256::of(REVIEWS.as_bytes()), is_own: false };
    let fault = permits(&pack, origin, None, today).expect_err("nobody adopted it");
    assert!(fault.cause.contains("no longer known to be in force"), "{fault}");
    let adoption = Adoption {
        pack: pack.id.clone(),
        by: ["one", "two"].map(|id| id.parse().expect("an id")).to_vec(),
        reason: "It is what there is.".to_owned(),
        from: day("1 November 2026"),
        expires: day("31 January 2027"),
        sha256: Some(origin.sha256),
    };
    assert!(permits(&pack, origin, Some(&adoption), today).is_ok());
    assert!(permits(&pack, origin, Some(&adoption), day("1 February 2027")).is_err(), "it has a last day");
}

#[test]
fn an_office_changes_single_readings_by_their_paths_and_runs_one_pack_a_family() {
    let own = "id = \"own-reviews\"\ntitle = \"Ours\"\nextends = \"gi-v3-reviews\"\n\n[[change]]\nvalue = \
               \"reasons.refused_service_restarts\"\nto = true\nreason = \"Advice of March.\"\n\n[[change]]\nvalue = \
               \"reviews.month_days\"\nto = 21\nreason = \"Every three weeks here.\"\n";
    let files = BTreeMap::from([
        (PACK_FILE.to_owned(), PACK.to_owned()),
        (REVIEWS_FILE.to_owned(), REVIEWS.to_owned()),
        ("policy/own-reviews.toml".to_owned(), own.to_owned()),
    ]);
    let (packs, faults) = Packs::read(&files);
    assert!(faults.is_empty(), "{faults:#?}");
    let id = |id: &str| -> PackId { id.parse().expect("an id") };
    let rules = packs.get(&id("own-reviews")).and_then(|pack| pack.detention()).expect("its family");
    assert!(rules.reasons.refused_service_restarts && rules.reviews.month_days == 21);
    let values = rules.values();
    assert!(values.contains(&("reviews.month_days".to_owned(), "21".to_owned())), "{values:?}");
    assert!(values.iter().any(|(path, _)| path == "reviews.table[2].initial[1].unless_from"), "{values:?}");
    let both = [id("hoso-2022-09-12"), id("gi-v3-reviews")];
    assert_eq!(packs.owner(&both, EventName::Died), Some(&both[0]));
    assert_eq!(packs.owner(&both, EventName::Arrived), Some(&both[1]));
    assert_eq!(packs.owned_twice(&both, "despatch.toml"), []);
    let twice = [both[1].clone(), id("own-reviews")];
    let faults = packs.owned_twice(&twice, "despatch.toml");
    assert_eq!(faults.len(), EventName::of_family(Family::DetentionReviews).count());
    assert!(
        faults[0].cause.contains("gi-v3-reviews and own-reviews both own detention_began"),
        "{}",
        faults[0]
    );
    assert_eq!(packs.owner(&both[..1], EventName::Arrived), None);
}
