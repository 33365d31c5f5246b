//! Every fault that stops a plan, with its JSON pointer.

use super::cases::{appointment, appointment_confirmed, received, report_received};
use super::plan::plan_on;
use super::{codes, day};
use despatch_process::case::{Case, Grade};

/// How a case is spoilt, and the faults that this makes: pointer and code.
type Spoilt = (&'static str, fn(&mut Case), &'static [(&'static str, &'static str)]);

const OF_A_REPORT: &[Spoilt] = &[
    (
        "under 18 until tomorrow",
        |case| case.person.date_of_birth = day("21 November 2008"),
        &[("/person/date_of_birth", "person.under_18")],
    ),
    (
        "not yet born",
        |case| case.person.date_of_birth = day("21 November 2027"),
        &[("/person/date_of_birth", "person.under_18")],
    ),
    (
        "an unknown place",
        |case| case.detention.place = "nowhere".parse().expect("an id"),
        &[("/detention/place", "place.unknown")],
    ),
    (
        "a manager below the grade",
        |case| case.manager.as_mut().expect("one").grade = Grade::EO,
        &[("/manager/grade", "manager.grade")],
    ),
    ("no manager", |case| case.manager = None, &[("/manager", "manager.missing")]),
    ("no report", |case| case.attachments.clear(), &[("/attachments", "attachments.no_report")]),
    (
        "received tomorrow",
        |case| received(case).received_on = day("21 November 2026"),
        &[("/event/received_on", "date.future")],
    ),
    (
        "release decided tomorrow",
        |case| received(case).release_decided_on = Some(day("21 November 2026")),
        &[("/event/release_decided_on", "date.future")],
    ),
    (
        "removed before receipt",
        |case| received(case).removal_set_for = Some(day("19 November 2026")),
        &[("/event/removal_set_for", "removal.before_receipt")],
    ),
    (
        "detained from tomorrow",
        |case| case.detention.since = day("21 November 2026"),
        &[("/detention/since", "date.future")],
    ),
    (
        "authority from tomorrow",
        |case| case.representative.as_mut().expect("one").authority_date = day("21 November 2026"),
        &[("/representative/authority_date", "date.future")],
    ),
    (
        "before the calendar",
        |case| received(case).received_on = day("20 November 2021"),
        &[("/event/received_on", "calendar.beyond")],
    ),
];

#[test]
fn each_fault_of_a_report_received() {
    let table: &[Spoilt] = OF_A_REPORT;
    for (name, spoil, expected) in table {
        let mut case = report_received();
        spoil(&mut case);
        let faults = plan_on(&case, "Friday 20 November 2026").expect_err(name);
        assert_eq!(codes(&faults), *expected, "{name}");
    }
    // Each of these would hide others.
    const ALONE: [&str; 2] = ["an unknown place", "before the calendar"];
    let mut case = report_received();
    for (_, spoil, _) in table.iter().filter(|(name, ..)| !ALONE.contains(name)) {
        spoil(&mut case);
    }
    let faults = plan_on(&case, "Friday 20 November 2026").expect_err("all at once");
    assert_eq!(faults.len(), 8, "{:?}", codes(&faults));
}

#[test]
fn each_fault_of_an_appointment_confirmed() {
    let table: &[Spoilt] = &[
        (
            "referred tomorrow",
            |case| appointment(case).referred_on = day("25 November 2026"),
            &[("/event/referred_on", "date.future")],
        ),
        (
            "referred after the appointment",
            |case| appointment(case).date = day("20 November 2026"),
            &[("/event/referred_on", "referral.after_appointment")],
        ),
        (
            "an appointment yesterday",
            |case| appointment(case).date = day("23 November 2026"),
            &[("/event/date", "appointment.past")],
        ),
        (
            "an appointment too soon",
            |case| appointment(case).date = day("26 November 2026"),
            &[("/event/date", "appointment.too_soon")],
        ),
        (
            "an appointment too late",
            |case| appointment(case).date = day("3 December 2026"),
            &[("/event/date", "appointment.too_late")],
        ),
        (
            "a year too far",
            |case| appointment(case).date = day("2 December 2206"),
            &[("/event/date", "calendar.beyond")],
        ),
        ("no report", |case| case.attachments.truncate(1), &[("/attachments", "attachments.no_report")]),
        (
            "a pre-departure place",
            |case| case.detention.place = "gatwick-pda".parse().expect("an id"),
            &[("/detention/place", "place.temporary")],
        ),
    ];
    for (name, spoil, expected) in table {
        let mut case = appointment_confirmed();
        spoil(&mut case);
        let faults = plan_on(&case, "Tuesday 24 November 2026").expect_err(name);
        assert_eq!(codes(&faults), *expected, "{name}");
    }
}

#[test]
fn a_person_is_adult_on_the_18th_birthday_and_a_leap_day_birthday_is_on_1_march() {
    for (born, today, adult) in [
        ("20 November 2008", "20 November 2026", true),
        ("21 November 2008", "20 November 2026", false),
        ("29 February 2008", "28 February 2026", false),
        ("29 February 2008", "1 March 2026", true),
    ] {
        let mut case = report_received();
        case.person.date_of_birth = day(born);
        let faults = plan_on(&case, today).err().unwrap_or_default();
        let blocked = faults.iter().any(|fault| fault.code == "person.under_18");
        assert_eq!(blocked, !adult, "born {born}, today {today}");
    }
}
