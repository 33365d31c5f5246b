//! The rules B1 to B15 that software can check: a test for each.

use super::events::*;
use super::paths::{accepted, confirmed, individual, invited, referred, representative};
use super::story::{CALENDAR, Story};
use super::{day, the_pack};
use chrono::NaiveDate;
use despatch_core::words::Role;
use despatch_process::case::Answer::*;
use despatch_process::case::{Answer, Departure, Event, Method, OpinionMethod, Outcome, Rebooking};
use despatch_process::packs::pack::CalendarRule;
use despatch_process::response_window::{AssessBy, response_window};
use despatch_process::{CaseCalendars, CaseState, DeadlineRule, Division, PlaceKind, Purpose};

const DAY: &str = "Wednesday 11 March 2026";

/// The report of Monday 2 March 2026 with something changed, and whether a second opinion is requested.
fn requested(change: impl Fn(&mut despatch_process::case::ExternalReportReceived) + 'static) -> bool {
    let changed = but(report(), move |event| {
        if let Event::ExternalReportReceived(event) = event {
            change(event);
        }
    });
    let made = Story::at("brook-house").on("Monday 2 March 2026", changed);
    made.tells("1 referral to the DMRT").tells("2 report-to-healthcare");
    made.plan.outcome.second_opinion_requested.expect("known")
}

#[test]
fn b1_a_report_belongs_to_the_current_detention() {
    // Detained since Monday 5 January 2026.
    assert!(requested(|_| {}));
    assert!(requested(|event| event.report.report_date = day("Monday 5 January 2026")));
    assert!(!requested(|event| {
        event.report.report_date = day("Sunday 4 January 2026");
    }));
    assert!(!requested(|event| event.received_on = day("Sunday 4 January 2026")));
}

#[test]
fn b2_the_route_follows_release_removal_baseline_and_place() {
    assert!(!requested(|event| event.release_decided_on = Some(day("Monday 2 March 2026"))));
    assert!(!requested(|event| event.report.author_regulated = false));
    // Monday 16 March is the 10th working day after Monday 2 March.
    assert!(!requested(|event| event.removal_set_for = Some(day("Monday 16 March 2026"))));
    assert!(requested(|event| event.removal_set_for = Some(day("Tuesday 17 March 2026"))));
    // At a temporary place it is referred like any other, and the assessment waits for the transfer.
    let mut story = Story::at("st-osyth");
    assert_eq!(story.on("Monday 2 March 2026", report()).plan.outcome.second_opinion_requested, Some(true));
    story.on("Tuesday 3 March 2026", referral()).warns("after a transfer").makes(&[]);
}

#[test]
fn b2_a_holiday_of_one_calendar_alone_excludes_nobody() {
    // In Scotland 10 working days after Thursday 26 March 2026 end on Friday 10 April, for Easter Monday is none of its
    // holidays; by both calendars together they end on Monday 13 April.
    for (removal, requested) in [("Friday 10 April 2026", false), ("Monday 13 April 2026", true)] {
        let made = Story::at("glenfern").on("Thursday 26 March 2026", report_before_removal(removal));
        assert_eq!(made.plan.outcome.second_opinion_requested, Some(requested), "{removal}");
    }
}

#[test]
fn b3_ten_a_week_in_the_order_of_receipt_whatever_the_case() {
    let ask = |taken: u32, place: &str| {
        let mut story = Story::at(place);
        story.history.granted.insert(day("Monday 2 March 2026"), taken);
        story.on("Friday 6 March 2026", referral())
    };
    for place in ["brook-house", "northmoor", "manchester-sthf"] {
        ask(9, place).is_silent_on("7");
        ask(10, place).makes(&["7 no-capacity to the caseworker, due Friday 6 March 2026"]);
        ask(11, place).tells("7 no-capacity");
    }
    // Only an opinion that is requested takes a place (G1).
    let mut story = Story::at("brook-house");
    story.on("Friday 6 March 2026", referral_without_request());
    assert!(story.history.granted.is_empty());
}

#[test]
fn b4_the_clocks_add_up_to_eighteen_working_days() {
    let numbers = the_pack().second_opinion().expect("its family").numbers.clone();
    assert_eq!(numbers.refer.days + numbers.assess.days + numbers.report.days + numbers.rebook.days, 18);
    // Every vector, by the calendar of its division alone.
    let mut pack = the_pack();
    pack.calendar = CalendarRule::Place;
    for line in include_str!("working-day-vectors.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let date = |index: usize| fields[index].parse::<NaiveDate>().expect(line);
        let division = Division::ALL.into_iter().find(|one| one.code() == fields[1]).expect(line);
        let days = CaseCalendars::of(&CALENDAR, pack.calendar, division);
        let due = |rule, number, from| days.clock(rule, number, from).expect(line).due;
        assert_eq!(due(DeadlineRule::Assess, &numbers.assess, date(0)), date(2), "{line}");
        assert_eq!(due(DeadlineRule::Assess, &numbers.assess_after_transfer, date(0)), date(2), "{line}");
        assert_eq!(due(DeadlineRule::Report, &numbers.report, date(2)), date(6), "{line}");
        assert_eq!(due(DeadlineRule::Rebook, &numbers.rebook, date(2)), date(7), "{line}");
        assert_eq!(due(DeadlineRule::Assess, &numbers.removal_exclusion, date(0)), date(8), "{line}");
        // B5: issued on the last day that leaves the whole time for service, and on the day after it.
        let assess_by = AssessBy {
            due: date(2),
            within: "7 working days".to_owned(),
            start: "referral",
            kind: PlaceKind::Irc,
            booked: false,
        };
        let open = |issued| response_window(date(2), &assess_by, issued, &days, &numbers).expect(line);
        let opened = open(date(5));
        assert_eq!((opened.window.latest_service, opened.window.serve_by), (date(3), date(3)), "{line}");
        assert_eq!(opened.window.respond_by, date(4), "{line}");
        assert!(opened.warnings.is_empty(), "{line}: {:?}", opened.warnings);
        let next = days.persons().after(date(5), 1).expect(line);
        assert!(open(next).warnings[0].contains("for service instead of 3 working days"), "{line}");
    }
}

#[test]
fn b5_two_clear_working_days_lie_between_service_and_the_assessment() {
    let window = confirmed("brook-house").history.events[2].recorded.fact.clone();
    let despatch_process::Fact::AppointmentConfirmed(booked) = window else { panic!("an appointment") };
    let window = booked.window.expect("a window");
    // Monday and Tuesday lie between Friday and Wednesday.
    assert_eq!(window.latest_service, day("Friday 6 March 2026"));
    assert_eq!(window.respond_by, day("Tuesday 10 March 2026"));
    let soon = referred("brook-house")
        .refused("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", "Friday 6 March 2026"));
    assert_eq!(
        soon,
        [
            "appointment.too_soon at /event/date: the appointment on Friday 6 March 2026 leaves fewer than 2 working days \
          between service of the invitation and the appointment"
        ]
    );
}

/// What counts after these answers, each with the day on which it came.
fn counts(answers: &[(&str, Happens2)]) -> (Option<bool>, Option<bool>) {
    let mut story = invited("brook-house");
    for (received, happens) in answers {
        story.on(received, happens());
    }
    let answers = CaseState::of(&story.history).answers;
    (answers.attend(), answers.records())
}

type Happens2 = fn() -> Happens;

#[test]
fn b6_the_individuals_own_answer_wins_and_each_question_stands_alone() {
    const FRIDAY: &str = "Friday 6 March 2026";
    const MONDAY: &str = "Monday 9 March 2026";
    assert_eq!(counts(&[]), (None, None));
    assert_eq!(counts(&[(FRIDAY, || representative(Yes, NotGiven))]), (Some(true), None));
    // A representative's own no to the records is nobody's consent and nobody's withdrawal.
    assert_eq!(counts(&[(FRIDAY, || representative(Yes, No))]), (Some(true), None));
    assert_eq!(counts(&[(FRIDAY, || instructed(NotGiven, Yes))]), (None, Some(true)));
    for (own, other) in [(Yes, No), (No, Yes)] {
        let expected = Some(own == Yes);
        let own_first: [(&str, Happens2); 2] = match own {
            Answer::Yes => {
                [(FRIDAY, || individual(Yes, NotGiven)), (MONDAY, || representative(No, NotGiven))]
            }
            _ => [(FRIDAY, || individual(No, NotGiven)), (MONDAY, || representative(Yes, NotGiven))],
        };
        assert_eq!(counts(&own_first).0, expected, "{other:?} of the representative comes second");
        let [first, second] = own_first;
        assert_eq!(counts(&[(FRIDAY, second.1), (MONDAY, first.1)]).0, expected);
    }
    // What is not answered stays what it was.
    let both: [(&str, Happens2); 2] =
        [(FRIDAY, || individual(Yes, NotGiven)), (MONDAY, || individual(NotGiven, Yes))];
    assert_eq!(counts(&both), (Some(true), Some(true)));
}

#[test]
fn b7_papers_a_new_date_or_the_standards_by_the_cause() {
    let rows = |cause, rebooking| {
        let made = accepted("brook-house").on(DAY, outcome(DAY, cause, rebooking));
        let mut rows: Vec<String> = made.plan.despatches.iter().map(|one| one.row.to_string()).collect();
        rows.retain(|row| row != "G10");
        rows.dedup();
        rows
    };
    use Rebooking::{Impossible, Possible};
    assert_eq!(rows(Outcome::TooIll, None), ["22"]);
    assert_eq!(rows(Outcome::Refused, None), ["22"]);
    assert_eq!(rows(Outcome::StaffUnavailable, Some(Possible)), ["24"]);
    assert_eq!(rows(Outcome::StaffUnavailable, Some(Impossible)), ["25", "24"]);
    assert_eq!(rows(Outcome::Technical, Some(Possible)), ["24"]);
    assert_eq!(rows(Outcome::Technical, Some(Impossible)), ["26", "24"]);
}

#[test]
fn b8_on_papers_the_report_is_still_due_from_the_appointment() {
    // Declined on Friday 6 March, for an appointment on Wednesday 11 March.
    let made = invited("brook-house").on("Friday 6 March 2026", individual(No, NotGiven));
    let papers = made.message("22", Role::Doctor);
    let deadline = papers.deadline.as_ref().expect("a deadline");
    assert_eq!(deadline.due, day("Wednesday 18 March 2026"));
    assert_eq!(
        deadline.arithmetic,
        "5 working days after 11 March 2026, by the calendar of England and Wales"
    );
    assert!(
        papers.attachments.is_empty(),
        "the doctor has the papers since row 8, and gets no records with this"
    );
}

#[test]
fn b9_release_before_the_assessment_cancels_and_after_it_completes() {
    invited("brook-house").on("Friday 6 March 2026", release()).tells("29 doctor-cancellation");
    let mut story = invited("brook-house");
    story.on(DAY, silence());
    story.on("Thursday 12 March 2026", release()).tells("29 conclude").is_silent_on("29 doctor-cancellation");
    let mut story = accepted("brook-house");
    story.on(DAY, completed(DAY));
    story
        .on("Thursday 12 March 2026", left(Departure::Removed))
        .tells("29 conclude to the doctor, due Wednesday 18 March 2026, held: removed_after_assessment");
}

#[test]
fn b10_a_failed_removal_may_refer_what_it_excluded_or_cancelled() {
    let mut excluded = Story::at("brook-house");
    excluded.on("Monday 2 March 2026", report_before_removal("Monday 9 March 2026"));
    excluded.on("Monday 9 March 2026", removal_failed(true, None)).tells("34 re-referral");
    // In line with the criteria: not where another removal is 10 working days away.
    let mut again = Story::at("brook-house");
    again.on("Monday 2 March 2026", report_before_removal("Monday 9 March 2026"));
    again.on("Monday 9 March 2026", removal_failed(true, Some("Monday 23 March 2026"))).is_silent_on("34");
    let mut later = Story::at("brook-house");
    later.on("Monday 2 March 2026", report_before_removal("Monday 9 March 2026"));
    later
        .on("Monday 9 March 2026", removal_failed(true, Some("Tuesday 24 March 2026")))
        .tells("34 re-referral");
}

#[test]
fn b11_a_report_that_was_not_made_in_person_says_its_limits() {
    let made = |method: Method, stated: Option<bool>| {
        let changed = but(report(), move |event| {
            if let Event::ExternalReportReceived(event) = event {
                (event.report.method, event.report.limitations_stated) = (method, stated);
            }
        });
        Story::at("brook-house").on("Monday 2 March 2026", changed)
    };
    made(Method::InPerson, None).warns_of_nothing();
    made(Method::Video, Some(true)).warns_of_nothing();
    for (method, stated) in [(Method::Video, Some(false)), (Method::Telephone, None), (Method::Papers, None)]
    {
        let made = made(method, stated);
        made.warns("was not in person");
        assert_eq!(made.plan.outcome.second_opinion_requested, Some(true), "it is acceptable all the same");
    }
}

#[test]
fn b12_a_level_is_never_set_by_the_rules() {
    // Hints are in the story of that name; before a level is recorded there is none.
    let mut story = accepted("brook-house");
    story.on(DAY, completed(DAY)).warns_of_nothing();
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video)).warns_of_nothing();
}

#[test]
fn b13_while_an_opinion_is_pending_the_level_stays() {
    use despatch_process::case::Level;
    let mut story = accepted("brook-house").with_complete_standards();
    let level = |story: &Story| CaseState::of(&story.history).level;
    assert_eq!(level(&story), Some(Level::Two));
    story.on(DAY, completed(DAY));
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    assert_eq!(level(&story), Some(Level::Two), "the report of the doctor alone changes nothing");
    story.on(
        "Thursday 19 March 2026",
        decided_from(response_with_opinion(), |event| event.level = Level::Three),
    );
    assert_eq!(level(&story), Some(Level::Three));
    // Detention is not maintained of somebody whose release was decided.
    let mut released = accepted("brook-house").with_complete_standards();
    released.on(DAY, completed(DAY));
    released.on("Thursday 12 March 2026", release());
    let maintained = released.refused("Friday 13 March 2026", response());
    assert!(
        maintained.iter().any(|fault| fault.starts_with("history.release at /event/outcome")),
        "{maintained:?}"
    );
}

#[test]
fn b14_the_gate_of_the_response() {
    let mut story = accepted("brook-house").with_complete_standards();
    story.on(DAY, completed(DAY));
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    let future = decided_from(response_with_opinion(), |event| {
        event.dcpr_completed_on = Some(day("Friday 20 March 2026"));
    });
    let early = story.refused("Thursday 19 March 2026", future);
    assert!(early[0].starts_with("date.future at /event/dcpr_completed_on"), "{early:?}");
    // A response that cites the report and does not bring it encloses nothing.
    let event = response_with_opinion()(day("Thursday 19 March 2026"));
    story.case.event = event.clone();
    story.case.attachments.clear();
    let faults = despatch_process::plan(
        &story.case,
        &story.history,
        &story.pack,
        &CALENDAR,
        &super::story::EVERY_PLACE,
        day("Thursday 19 March 2026"),
    );
    assert_eq!(
        super::codes(&faults.expect_err("nothing to enclose")),
        [("/attachments", "attachments.no_opinion")]
    );
}

#[test]
fn b15_an_interpreter_is_booked_where_there_is_a_language_barrier_and_only_there() {
    for booked in [true, false] {
        let mut story = referred("brook-house");
        story.case.person.interpreter_needed = booked;
        let happens = but(appointment("Tuesday 3 March 2026", DAY), move |event| {
            if let Event::AppointmentConfirmed(event) = event {
                event.interpreter = event.interpreter.take().filter(|_| booked);
            }
        });
        let made = story.on("Wednesday 4 March 2026", happens);
        assert_eq!(made.plan.despatches.iter().any(|one| one.purpose == Purpose::InterpreterBooking), booked);
    }
    // A file in which the two disagree is no case.
    let file = include_str!("../../../tests/cases/valid/appointment-full.json");
    let mut file: serde_json::Value = serde_json::from_str(file).expect("JSON");
    file["person"]["interpreter_needed"] = false.into();
    let faults = despatch_process::case::parse(file.to_string().as_bytes()).expect_err("they disagree");
    assert!(faults.iter().any(|fault| fault.at == "/event/interpreter"), "{faults:?}");
}

#[test]
fn each_rule_has_its_test() {
    let source = include_str!("rules.rs");
    for number in 1..=15 {
        assert!(source.contains(&format!("#[test]\nfn b{number}_")), "B{number} has no test");
    }
}
