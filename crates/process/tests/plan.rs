//! What each event makes, with which deadlines, and every fault that stops it.

use super::cases::{appointment, appointment_confirmed, received, report_received};
use super::detention::the_reviews_pack;
use super::{day, the_calendar, the_pack, the_places};
use despatch_core::fault::Fault;
use despatch_process::case::{Case, Event};
use despatch_process::events::Family;
use despatch_process::{History, Plan, Planned, Purpose, To, plan};

/// The plan for a case of which nothing is on record.
pub fn plan_on(case: &Case, today: &str) -> Result<Plan, Vec<Fault>> {
    let pack = match case.event.name().family() {
        Family::SecondOpinion => the_pack(),
        Family::DetentionReviews => the_reviews_pack(),
    };
    plan(case, &History::default(), &pack, &the_calendar(), &the_places(), day(today))
}

/// "1 referral to dmrt, body, [1], never": a despatch on one line.
fn line(planned: &Planned) -> String {
    let to = match &planned.to {
        To::Entry(entry) => entry.to_string(),
        To::Body(Some(place)) => format!("the body at {place}"),
        To::Body(None) => "the one body".to_owned(),
    };
    let copy = if planned.copy { " (copy)" } else { "" };
    let stale = planned.not_after.map_or("never".to_owned(), |date| date.to_string());
    let due = planned.deadline.as_ref().map_or("none".to_owned(), |one| one.due.to_string());
    format!(
        "{} {}{copy} to {:?}: {to}, encloses {:?}, due {due}, stale {stale}",
        planned.row, planned.kind, planned.role, planned.attachments
    )
}

fn lines(plan: &Plan) -> Vec<String> {
    plan.despatches.iter().map(line).collect()
}

#[test]
fn a_report_received_makes_the_referral_its_copy_and_the_report_to_healthcare() {
    let plan = plan_on(&report_received(), "Friday 20 November 2026").expect("a plan");
    assert_eq!(
        lines(&plan),
        [
            "1 referral to Dmrt: the one body, encloses [0], due 2026-11-23, stale never",
            "1 referral (copy) to CaseworkManager: the-manager, encloses [0], due 2026-11-23, stale never",
            "2 report-to-healthcare to Healthcare: the body at brook-house, encloses [0], due 2026-11-20, stale never",
        ]
    );
    assert_eq!((plan.not_made.len(), plan.warnings.len()), (0, 0), "{:?}", plan.warnings);
    assert_eq!(plan.issued_on, day("20 November 2026"));
    assert_eq!(plan.pack.as_str(), "hoso-2022-09-12");
    let referral = plan.despatches[0].deadline.as_ref().expect("a deadline");
    assert_eq!(
        referral.arithmetic,
        "1 working day after 20 November 2026, by the calendar of England and Wales"
    );
    assert!(referral.source.contains("within one working day of receiving"));
    let healthcare = plan.despatches[2].deadline.as_ref().expect("a deadline");
    assert_eq!(healthcare.arithmetic, "immediately on 20 November 2026");
    assert!(healthcare.source.contains("immediately on receipt of the report"));
}

#[test]
fn an_appointment_confirmed_makes_six_messages_and_the_window() {
    let plan = plan_on(&appointment_confirmed(), "Tuesday 24 November 2026").expect("a plan");
    assert_eq!(
        lines(&plan),
        [
            "5 assessment-date to Caseworker: the-caseworker, encloses [], due none, stale 2026-12-02",
            "8 doctor-bundle to Doctor: the-doctor, encloses [1, 0], due 2026-12-09, stale 2026-12-02",
            "9 interpreter-booking to InterpreterBooking: the one body, encloses [], due none, stale 2026-12-02",
            "10 room-booking to Det: the body at brook-house, encloses [], due none, stale 2026-12-02",
            "12 service-pack to Det: the body at brook-house, encloses [], due 2026-11-27, stale 2026-11-27",
            "14 invitation to Representative: the-representative, encloses [], due 2026-12-01, stale 2026-11-27",
        ]
    );
    assert_eq!((plan.not_made.len(), plan.warnings.len()), (0, 0), "{:?}", plan.warnings);
    let windows: Vec<bool> = plan.despatches.iter().map(|one| one.window.is_some()).collect();
    assert_eq!(
        windows,
        [false, false, false, false, true, true],
        "the invitations alone depend on the window"
    );
    let dates = &plan.outcome.dates;
    assert_eq!(dates.serve_by, Some(day("Friday 27 November 2026")));
    assert_eq!(dates.latest_service, Some(day("Friday 27 November 2026")));
    assert_eq!(dates.respond_by, Some(day("Tuesday 1 December 2026")));
    assert_eq!(dates.report_by, Some(day("Wednesday 9 December 2026")));
    assert_eq!(dates.assess_by, Some(day("Wednesday 2 December 2026")));
    let arithmetic: Vec<String> =
        plan.despatches.iter().filter_map(|one| Some(one.deadline.as_ref()?.arithmetic.clone())).collect();
    assert_eq!(
        arithmetic,
        [
            "5 working days after 2 December 2026, by the calendar of England and Wales",
            "3 working days after 24 November 2026, by the calendar of England and Wales",
            "1 working day before 2 December 2026, by the calendar of England and Wales",
        ]
    );
}

/// The deadline of the message to the DET that has the letter.
fn serve(plan: &Plan) -> &despatch_process::Deadline {
    let one = plan.despatches.iter().find(|one| one.purpose == Purpose::InvitationToServe).expect("row 12");
    one.deadline.as_ref().expect("a deadline")
}

#[test]
fn service_that_has_less_than_its_time_counts_back_from_the_appointment() {
    let plan = plan_on(&appointment_confirmed(), "Thursday 26 November 2026").expect("a plan");
    let serve = serve(&plan);
    assert_eq!(serve.due, day("Friday 27 November 2026"));
    assert_eq!(
        serve.arithmetic,
        "3 working days before 2 December 2026, by the calendar of England and Wales, \
         so that 2 clear working days are left to respond"
    );
    assert!(plan.warnings[0].contains("only 1 working day"), "{:?}", plan.warnings);
}

/// Monday 30 November is St Andrew's Day: a bank holiday at Dungavel, and a working day of the office.
#[test]
fn where_two_calendars_differ_the_person_gets_the_longer_time_and_officials_the_sooner_date() {
    let mut case = appointment_confirmed();
    case.detention.place = "dungavel".parse().expect("a place");
    appointment(&mut case).date = day("Tuesday 1 December 2026");
    let plan = plan_on(&case, "Tuesday 24 November 2026").expect("a plan");
    // Two clear working days by both calendars: Thursday and Friday.
    let serve = serve(&plan);
    assert_eq!(serve.due, day("Wednesday 25 November 2026"));
    assert_eq!(
        serve.arithmetic,
        "3 working days before 1 December 2026, by the calendar of Scotland and of England and Wales; 30 November is a \
         bank holiday, so that 2 clear working days are left to respond"
    );
    // The office is open on Monday, so an answer of that day is in time.
    assert_eq!(plan.outcome.dates.respond_by, Some(day("Monday 30 November 2026")));
    // The 7 working days for officials end on the sooner date: by Scotland's calendar it would be Thursday 3 December.
    assert_eq!(plan.outcome.dates.assess_by, Some(day("Wednesday 2 December 2026")));
    appointment(&mut case).date = day("Thursday 3 December 2026");
    let faults = plan_on(&case, "Tuesday 24 November 2026").expect_err("too late");
    assert_eq!(faults[0].code, "appointment.too_late");
    // The report is due 5 working days after it, by the sooner calendar.
    appointment(&mut case).date = day("Wednesday 2 December 2026");
    let plan = plan_on(&case, "Tuesday 24 November 2026").expect("a plan");
    assert_eq!(plan.outcome.dates.report_by, Some(day("Wednesday 9 December 2026")));
}

#[test]
fn without_a_representative_row_14_is_not_made_and_says_why() {
    let mut case = appointment_confirmed();
    case.representative = None;
    let plan = plan_on(&case, "Tuesday 24 November 2026").expect("a plan");
    let rows: Vec<String> = plan.despatches.iter().map(|one| one.row.to_string()).collect();
    assert_eq!(rows, ["5", "8", "9", "10", "12"]);
    assert_eq!(plan.not_made.len(), 1);
    assert_eq!(plan.not_made[0].purpose, Purpose::InvitationToRepresentative);
    assert_eq!(plan.not_made[0].reason, "The case names no legal representative.");
}

/// How an ordinary case is changed.
type Spoil = fn(&mut Case);

const OPINIONS: &[(&str, Spoil, bool, &str)] = &[
    ("an ordinary report", |_| {}, true, "A second opinion is requested"),
    (
        "received before the detention",
        |case| {
            case.detention.since = day("Friday 20 November 2026");
            received(case).received_on = day("Thursday 19 November 2026");
            received(case).report.report_date = day("20 November 2026");
        },
        false,
        "received before the current detention began",
    ),
    (
        "written before the detention",
        |case| case.detention.since = day("17 November 2026"),
        false,
        "pre-dates the current detention",
    ),
    (
        "written on the day on which the detention began",
        |case| case.detention.since = day("16 November 2026"),
        true,
        "is requested",
    ),
    (
        "release decided before",
        |case| received(case).release_decided_on = Some(day("19 November 2026")),
        false,
        "decision to release has already been made",
    ),
    (
        "release decided on the day",
        |case| received(case).release_decided_on = Some(day("20 November 2026")),
        false,
        "decision to release has already been made",
    ),
    (
        "removal on the 10th working day",
        |case| received(case).removal_set_for = Some(day("Friday 4 December 2026")),
        false,
        "within 10 working days of receipt",
    ),
    (
        "removal on the day after that",
        |case| received(case).removal_set_for = Some(day("Saturday 5 December 2026")),
        true,
        "is requested",
    ),
    (
        "removal on the day of receipt",
        |case| received(case).removal_set_for = Some(day("20 November 2026")),
        false,
        "within 10 working days of receipt",
    ),
    (
        "an author who is not regulated",
        |case| received(case).report.author_regulated = false,
        false,
        "baseline standard is not met",
    ),
];

#[test]
fn whether_a_second_opinion_is_requested() {
    let table = OPINIONS;
    for (name, spoil, requested, says) in table {
        let mut case = report_received();
        spoil(&mut case);
        let plan = plan_on(&case, "Friday 20 November 2026").expect(name);
        let rows: Vec<String> = plan.despatches.iter().map(|one| one.row.to_string()).collect();
        assert_eq!(rows[..3], ["1", "1", "2"], "{name}: rows 1 and 2 always go");
        let rejected = rows.iter().any(|row| row == "G14");
        assert_eq!(rejected, !received(&mut case).report.author_regulated, "{name}: G14 {rows:?}");
        let outcome = &plan.outcome;
        assert_eq!(outcome.second_opinion_requested, Some(*requested), "{name}");
        let reason = outcome.reason.as_deref().expect("a reason");
        assert!(reason.contains(says), "{name}: {reason}");
        assert!(outcome.dates.refer_by > Some(received(&mut case).received_on), "{name}");
    }
    let mut case = report_received();
    received(&mut case).report.author_regulated = false;
    received(&mut case).release_decided_on = Some(day("19 November 2026"));
    let reason = plan_on(&case, "Friday 20 November 2026").expect("a plan").outcome.reason.expect("a reason");
    assert!(reason.contains("release") && reason.contains("regulated"), "every reason: {reason}");
}

#[test]
fn a_release_decided_between_receipt_and_a_late_referral_ends_the_request() {
    let mut case = report_received();
    received(&mut case).release_decided_on = Some(day("23 November 2026"));
    let plan = plan_on(&case, "Tuesday 24 November 2026").expect("a plan");
    assert_eq!(plan.outcome.second_opinion_requested, Some(false));
}

#[test]
fn what_is_late_or_odd_is_a_warning() {
    let warnings = |case: &Case, today| plan_on(case, today).expect("a plan").warnings;
    let on_time = warnings(&report_received(), "Monday 23 November 2026");
    assert_eq!(on_time.len(), 1, "{on_time:?}");
    assert!(on_time[0].contains("received on Friday 20 November 2026"));
    let late = warnings(&report_received(), "Tuesday 24 November 2026");
    assert_eq!(late[1], "The referral is late: it was due by Monday 23 November 2026.");
    let mut case = report_received();
    case.detention.since = day("10 November 2026");
    assert!(warnings(&case, "Friday 20 November 2026")[0].contains("assessment was made before"));
    case = report_received();
    case.attachments.extend(appointment_confirmed().attachments);
    assert!(warnings(&case, "Friday 20 November 2026")[0].ends_with("is sent them: 1."));
}

#[test]
fn a_plan_is_the_same_every_time_survives_json_and_says_nothing_personal() {
    for (mut case, today) in [
        (report_received(), "Wednesday 25 November 2026"),
        (appointment_confirmed(), "Thursday 26 November 2026"),
    ] {
        case.representative = None;
        let first = plan_on(&case, today).expect("a plan");
        assert_eq!(first, plan_on(&case, today).expect("a plan"));
        let json = serde_json::to_string(&first).expect("JSON");
        assert_eq!(serde_json::from_str::<Plan>(&json).expect("a plan"), first);
        for personal in ["Marker", "marker", "M1234567", "1990"] {
            assert!(!json.contains(personal), "{personal} in {json}");
        }
        if let Event::AppointmentConfirmed(_) = case.event {
            appointment(&mut case).date = day("27 November 2026");
        }
        case.person.interpreter_needed = false;
        case.manager = None;
        let faults = plan_on(&case, today).expect_err("faults");
        assert!(!format!("{faults:?}").to_lowercase().contains("marker"));
    }
}
