//! What holds of every plan and of every fault, whatever happened: asked at each step of each story.

use super::story::{CALENDAR, line};
use despatch_core::fault::Fault;
use despatch_core::words::Role;
use despatch_process::case::{AttachmentKind, Case};
use despatch_process::{CaseState, Deadline, Division, Fact, History, Plan, Planned, Purpose};

/// Every plan is made again from the same, survives JSON, and holds nothing personal; its messages have what their
/// letters print, go to nobody who must not have them, and are due on working days.
#[track_caller]
pub fn plan(case: &Case, history: &History, plan: &Plan) {
    let json = serde_json::to_string(plan).expect("JSON");
    assert_eq!(serde_json::from_str::<Plan>(&json).expect("a plan"), *plan, "it survives JSON");
    impersonal(&json);
    assert_eq!(plan.issued_on, plan.recorded.on);
    let standing = CaseState::of(history);
    for clock in &plan.recorded.clocks {
        due(&clock.what, Some(clock));
    }
    for one in &plan.despatches {
        let name = line(one);
        due(&name, one.deadline.as_ref());
        prints(&name, plan, one);
        encloses(case, &name, plan, one);
        window(&name, plan, one);
        stays_away(&name, plan, &standing, one);
    }
}

/// Every fault names its cause and its cure, and nothing personal.
#[track_caller]
pub fn faults(faults: &[Fault]) {
    assert!(!faults.is_empty());
    for fault in faults {
        assert!(fault.at.starts_with('/') && !fault.cause.is_empty() && !fault.cure.is_empty(), "{fault}");
        assert!(!fault.cause.ends_with('.') && !fault.cause.contains("  "), "{fault}");
        impersonal(&format!("{fault:?}"));
    }
}

/// The markers stand wherever a made-up case has text of its own.
#[track_caller]
fn impersonal(text: &str) {
    let small = text.to_lowercase();
    for personal in ["marker", "m1234567", "1990-05-05", "5 may 1990"] {
        assert!(!small.contains(personal), "{personal} in {text}");
    }
}

/// What is counted in working days falls on one, by the calendar that it names.
#[track_caller]
fn due(name: &str, deadline: Option<&Deadline>) {
    let Some(deadline) = deadline else {
        return;
    };
    if deadline.arithmetic.contains("working day") {
        let named = |division: &Division| deadline.arithmetic.contains(division.label());
        let counted: Vec<Division> = Division::ALL.into_iter().filter(named).collect();
        assert!(!counted.is_empty(), "{name}: {}", deadline.arithmetic);
        for division in counted {
            let works = CALENDAR.working_days(division).is_working_day(deadline.due);
            assert_eq!(works, Ok(true), "{name}: {}", deadline.arithmetic);
        }
    } else {
        assert!(deadline.arithmetic.starts_with("immediately on "), "{name}: {}", deadline.arithmetic);
    }
    assert!(!deadline.what.is_empty() && !deadline.source.is_empty(), "{name}");
}

/// What the letters of a kind print must be known.
#[track_caller]
fn prints(name: &str, plan: &Plan, one: &Planned) {
    let outcome = &plan.outcome;
    let dates = &outcome.dates;
    let known = match one.kind.as_str() {
        "doctor-availability" | "date-request" => dates.assess_by.is_some(),
        "service-pack" | "prison-instruction" => {
            // What amends a letter that was served has no day by which it is served.
            dates.serve_by.is_some() == dates.latest_service.is_some() && dates.respond_by.is_some()
        }
        "invitation" => dates.respond_by.is_some() && outcome.appointment.is_some(),
        "doctor-bundle" => dates.report_by.is_some() && outcome.appointment.is_some(),
        "papers-only" => {
            dates.report_by.is_some() && outcome.appointment.is_some() && outcome.reason.is_some()
        }
        "rebooking" | "response-result" | "opposite-responses" => outcome.appointment.is_some(),
        "representative-declined" => outcome.appointment.is_some() && outcome.reason.is_some(),
        "cancellation" | "appointment-off" | "booking-cancellation" | "doctor-cancellation" => {
            outcome.cancelled.is_some() && outcome.reason.is_some()
        }
        "conclude" | "no-second-opinion" | "release-or-removal" | "no-capacity" => outcome.reason.is_some(),
        _ => true,
    };
    assert!(known, "{name} would print what is not known: {outcome:?}");
}

/// Each enclosure goes where it may, and to nobody else.
#[track_caller]
fn encloses(case: &Case, name: &str, plan: &Plan, one: &Planned) {
    for index in &one.attachments {
        let allowed = match case.attachments[*index].kind {
            AttachmentKind::HealthcareRecords => {
                one.role == Role::Doctor && plan.outcome.answers.records() == Some(true)
            }
            AttachmentKind::SignedConsent => one.role == Role::Healthcare,
            AttachmentKind::SupportingInformation => one.role == Role::Doctor,
            AttachmentKind::ExternalMedicalReport => {
                matches!(
                    one.role,
                    Role::Dmrt | Role::CaseworkManager | Role::Healthcare | Role::Doctor | Role::Caseworker
                )
            }
            AttachmentKind::SecondOpinionReport => {
                !matches!(one.role, Role::Doctor | Role::InterpreterBooking)
            }
            AttachmentKind::Rule35Report => one.role == Role::R35t,
            AttachmentKind::Dcpr => matches!(one.role, Role::ReviewAuthoriser | Role::StrategicDirector),
            AttachmentKind::MinisterAuthority
            | AttachmentKind::StayAuthority
            | AttachmentKind::OtherRecord => false,
        };
        assert!(allowed, "{name} encloses {:?}", case.attachments[*index].kind);
    }
}

/// An invitation goes only while its window is open, and says when it no longer may.
#[track_caller]
fn window(name: &str, plan: &Plan, one: &Planned) {
    // One that a new representative gets is only told of: its time to answer runs already.
    let opens = matches!(plan.recorded.fact, Fact::AppointmentConfirmed(_));
    let invites =
        opens && matches!(one.purpose, Purpose::InvitationToServe | Purpose::InvitationToRepresentative);
    let invites = invites && plan.outcome.dates.serve_by.is_some();
    assert_eq!(one.window.is_some(), invites, "{name}");
    if let Some(window) = &one.window {
        assert!(window.is_open_on(plan.issued_on), "{name}");
        assert_eq!(one.not_after, Some(window.latest_service), "{name}");
        assert!(window.respond_by < window.appointment && window.serve_by <= window.latest_service, "{name}");
        assert!(window.serve_by >= plan.issued_on, "{name}: a day to serve by is never past");
    }
    assert!(one.not_after.is_none_or(|last| last >= plan.issued_on), "{name} is stale from the first");
}

/// Nobody is written to who must not be.
#[track_caller]
fn stays_away(name: &str, plan: &Plan, standing: &CaseState, one: &Planned) {
    let gone = standing.left.is_some() || matches!(plan.recorded.fact, Fact::LeftDetention { .. });
    let to_hand_over = ["cancellation", "service-pack", "prison-instruction", "rebooking"];
    let hands_over = to_hand_over.contains(&one.kind.as_str()) && one.role != Role::Representative;
    assert!(!gone || !hands_over || !plan.warnings.is_empty(), "{name}: nobody is there");
    let dead = matches!(plan.recorded.fact, Fact::Died(_));
    assert!(!dead || !matches!(one.role, Role::Representative | Role::Healthcare), "{name}: after a death");
    let concluded = standing.opinion_received_on.is_some() || standing.without_opinion;
    assert!(
        !(one.purpose == Purpose::ReleaseOrRemoval && concluded),
        "{name}: the second opinion is concluded"
    );
    assert!(!(one.kind.as_str() == "papers-only" && standing.papers_only), "{name}: said twice");
    let held_copy = one.role == Role::Healthcare && one.hold.is_some();
    assert!(!(one.safety && one.hold.is_some()), "{name}: policy never delays it");
    assert!(
        !held_copy || matches!(one.purpose, Purpose::SecondOpinionToHealthcare | Purpose::RecordsRequest),
        "{name}"
    );
}
