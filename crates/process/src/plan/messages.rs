//! Enters: the rules' findings, and the pack's rows. Leaves: the messages that the rows require.
//! Never: decides a circumstance (the rules do), or knows the text of a kind.

use super::builder::{Held, PlanBuilder};
use super::detention::MAINTAINS;
use super::{NotMade, Planned, To};
use crate::case::{AttachmentKind, Case, Event, Respondent};
use crate::deadlines::{Deadline, DeadlineRule};
use crate::history::PastEvent;
use crate::packs::pack::{At, Row, Stale};
use crate::places::PlaceKind;
use despatch_core::words::Role;

/// Selects the rows that apply, and checks what they need of the case.
pub(super) fn rows<'a>(plan: &mut PlanBuilder<'a>, case: &Case) -> Vec<&'a Row> {
    let event = plan.case.event;
    let pack = plan.pack;
    let holds = |row: &&Row| {
        row.events.contains(&event)
            && row.when.is_subset(&plan.circumstances)
            && row.places.contains(&kind_at(plan, row.at))
    };
    let rows: Vec<&Row> = pack.rows.iter().filter(holds).collect();
    check_manager(plan, case, &rows);
    check_enclosures(plan, case, &rows);
    rows
}

/// Returns the kind of the place to which a row refers.
fn kind_at(plan: &PlanBuilder<'_>, at: At) -> PlaceKind {
    let booked = plan.state.appointment.as_ref();
    match (at, booked) {
        (At::Appointment, Some(booked)) => booked.kind,
        _ => plan.place_kind(),
    }
}

fn check_manager(plan: &mut PlanBuilder<'_>, case: &Case, rows: &[&Row]) {
    if !rows.iter().any(|row| row.role == Role::CaseworkManager) {
        return;
    }
    let Some(lowest) = plan.second_opinion().map(|rules| rules.copy_grade_min) else { return };
    let cure = format!("name a casework manager of grade {lowest:?} or above");
    match &case.manager {
        None => {
            let cause = "the referral is copied to the casework manager, and the case names none";
            plan.fault("/manager", "manager.missing", cause, &cure);
        }
        Some(manager) if manager.grade < lowest => {
            let cause = format!("the casework manager's grade is below {lowest:?}");
            plan.fault("/manager/grade", "manager.grade", cause, &cure);
        }
        Some(_) => {}
    }
}

/// Checks that what a row encloses is attached: without the report, the signed consent or the records the message is
/// meaningless. Supporting information is enclosed if there is any.
fn check_enclosures(plan: &mut PlanBuilder<'_>, case: &Case, rows: &[&Row]) {
    let attachments = &case.attachments;
    let has = |kind: AttachmentKind| attachments.iter().any(|one| one.kind == kind);
    let encloses = |kind: AttachmentKind| rows.iter().any(|row| row.encloses.contains(&kind));
    let on_file = [
        AttachmentKind::OtherRecord,
        AttachmentKind::Dcpr,
        AttachmentKind::MinisterAuthority,
        AttachmentKind::StayAuthority,
    ];
    let kept = |kind: AttachmentKind| on_file.contains(&kind) || encloses(kind);
    let unused = attachments.iter().filter(|one| !kept(one.kind)).count();
    let missing: Vec<&Enclosure> = ENCLOSURES
        .iter()
        .filter(|one| encloses(one.kind) && !has(one.kind) && !may_lack(&case.event, one.kind))
        .collect();
    let opinion = AttachmentKind::SecondOpinionReport;
    let uncited = has(opinion) && may_lack(&case.event, opinion);
    if unused > 0 && !rows.is_empty() {
        plan.warn(format!(
            "Attachments that no message of this event encloses, so nobody is sent them: {unused}."
        ));
    }
    for one in missing {
        let cause = format!("this event sends {}, and no attachment is one", one.what);
        plan.fault("/attachments", one.code, cause, one.cure);
    }
    if uncited {
        let cause = "a second opinion report is attached, and the response does not cite one";
        let cure = "add the second opinion to the response, or leave the attachment out";
        plan.fault("/attachments", "attachments.uncited", cause, cure);
    }
}

/// Returns whether the messages of an event go without such an enclosure: the gate follows the route (G8), so without a
/// second opinion there is none to enclose; and a representative's answer, which comes by email, need not bring what the
/// person signed (G5).
fn may_lack(event: &Event, kind: AttachmentKind) -> bool {
    match event {
        Event::ResponseDecided(event) => {
            kind == AttachmentKind::SecondOpinionReport && event.second_opinion.is_none()
        }
        Event::ResponseReceived(event) => {
            kind == AttachmentKind::SignedConsent && event.from == Respondent::Representative
        }
        _ => false,
    }
}

/// An attachment without which a message cannot be made.
struct Enclosure {
    kind: AttachmentKind,
    code: &'static str,
    what: &'static str,
    cure: &'static str,
}

const ENCLOSURES: [Enclosure; 4] = [
    Enclosure {
        kind: AttachmentKind::ExternalMedicalReport,
        code: "attachments.no_report",
        what: "the external medical report",
        cure: "attach the report with the kind external_medical_report",
    },
    Enclosure {
        kind: AttachmentKind::SecondOpinionReport,
        code: "attachments.no_opinion",
        what: "the second opinion report",
        cure: "attach it with the kind second_opinion_report",
    },
    Enclosure {
        kind: AttachmentKind::HealthcareRecords,
        code: "attachments.no_records",
        what: "the healthcare records",
        cure: "attach them with the kind healthcare_records",
    },
    Enclosure {
        kind: AttachmentKind::SignedConsent,
        code: "attachments.no_consent",
        what: "the signed consent",
        cure: "attach it with the kind signed_consent",
    },
];

/// Makes the messages, and lists the rows without a recipient.
pub(super) fn make(plan: &PlanBuilder<'_>, case: &Case, rows: &[&Row]) -> (Vec<Planned>, Vec<NotMade>) {
    let mut despatches = Vec::new();
    let mut not_made = Vec::new();
    for row in rows {
        match addressees(plan, case, row) {
            Ok(all) => despatches.extend(all.into_iter().map(|to| planned(plan, case, row, to))),
            Err(reason) => not_made.push(NotMade {
                purpose: row.purpose,
                row: row.number.clone(),
                reason: reason.to_owned(),
            }),
        }
    }
    (despatches, not_made)
}

/// Returns the recipients of a row; more than one only if records went to several.
fn addressees(plan: &PlanBuilder<'_>, case: &Case, row: &Row) -> Result<Vec<To>, &'static str> {
    match (row.at, row.role) {
        (At::Records, Role::Doctor) => {
            let mut all = told_of_records(plan, Role::Doctor);
            match addressee(plan, case, row) {
                Ok(current) => all.push(current),
                Err(nobody) if all.is_empty() => return Err(nobody),
                Err(_) => {}
            }
            Ok(distinct(all))
        }
        (At::Records, _) => {
            let all = distinct(told_of_records(plan, row.role));
            let nobody = "No healthcare team was asked for the records.";
            if all.is_empty() { Err(nobody) } else { Ok(all) }
        }
        _ => addressee(plan, case, row).map(|to| vec![to]),
    }
}

/// Returns who was asked for the healthcare records, or was sent them: the person may have moved since, and another
/// doctor been booked. Includes what a corrected file sent.
fn told_of_records(plan: &PlanBuilder<'_>, role: Role) -> Vec<To> {
    let replaced = plan.history.replaced.as_deref();
    let gone = plan.history.events.iter().chain(replaced).flat_map(PastEvent::gone);
    let of_records = gone.filter(|message| message.purpose.concerns_records() && message.role == role);
    of_records.map(|message| message.to.clone()).collect()
}

fn distinct(all: Vec<To>) -> Vec<To> {
    let mut kept: Vec<To> = Vec::new();
    for to in all {
        if !kept.contains(&to) {
            kept.push(to);
        }
    }
    kept
}

/// Returns the recipient of a row: an entry named by the case or the record, or the body of the place.
fn addressee(plan: &PlanBuilder<'_>, case: &Case, row: &Row) -> Result<To, &'static str> {
    let booked = plan.state.appointment.as_ref();
    let entry = match row.role {
        Role::Dmrt
        | Role::InterpreterBooking
        | Role::ReviewAuthoriser
        | Role::R35t
        | Role::StrategicDirector
        | Role::PanelTeam => return Ok(To::Body(None)),
        Role::Healthcare | Role::Det | Role::Ost | Role::Ipt => {
            let place = match (row.at, booked) {
                (At::Appointment, Some(booked)) => booked.place.clone(),
                _ => case.detention.place.clone(),
            };
            return Ok(To::Body(Some(place)));
        }
        Role::Caseworker => Some(&case.caseworker.entry),
        Role::CaseworkManager => case.manager.as_ref().map(|manager| &manager.entry),
        Role::SeniorCaseworker => case.decision_maker.as_ref().map(|manager| &manager.entry),
        Role::Representative => case.representative.as_ref().map(|one| &one.entry),
        // A message about an appointment goes to its own doctor, even if the event names the next one.
        Role::Doctor if row.at == At::Appointment => {
            plan.outcome.cancelled.as_ref().or(booked).map(|booked| &booked.fact.doctor)
        }
        Role::Doctor => case.event.doctor().map(|doctor| &doctor.entry).or(plan.state.doctor.as_ref()),
    };
    entry.map(|entry| To::Entry(entry.clone())).ok_or(match row.role {
        Role::Representative => "The case names no legal representative.",
        Role::CaseworkManager => "The case names no casework manager.",
        Role::SeniorCaseworker => "The case names no senior caseworker or team leader.",
        Role::Doctor => "Neither the case nor the record names a contracted doctor.",
        _ => "The case names nobody of this role.",
    })
}

fn planned(plan: &PlanBuilder<'_>, case: &Case, row: &Row, to: To) -> Planned {
    let attachments = &case.attachments;
    let of_kind = |kind: &AttachmentKind| {
        let kind = *kind;
        let listed = attachments.iter().enumerate();
        listed.filter(move |(_, one)| one.kind == kind).map(|(index, _)| index)
    };
    let window = plan.window.as_ref();
    let booked = plan.outcome.appointment.as_ref();
    let (window, not_after) = match row.stale {
        Stale::Never => (None, None),
        Stale::Appointment => (None, booked.map(|booked| booked.fact.date)),
        Stale::Assessment => (None, plan.outcome.dates.assess_by),
        Stale::LatestService => match window {
            Some(window) => (Some(window.clone()), Some(window.latest_service)),
            // A correction of a letter whose time to answer continues.
            None => (None, booked.map(|booked| booked.fact.date)),
        },
        Stale::Removal => (None, plan.outcome.dates.removal_on),
    };
    let means = |held: &&Held| held.purposes.contains(&row.purpose) && (held.safety_too || !row.safety);
    let hold = plan.holds.iter().find(means).map(|held| held.hold.clone());
    Planned {
        purpose: row.purpose,
        row: row.number.clone(),
        team: row.team,
        kind: row.kind.clone(),
        role: row.role,
        to,
        copy: row.copy,
        attachments: row.encloses.iter().flat_map(of_kind).collect(),
        deadline: row.deadline.and_then(|rule| deadline(plan, rule, row)),
        window,
        not_after,
        maintains: plan.maintains && MAINTAINS.contains(&row.purpose) && !row.safety,
        safety: row.safety && hold.is_none(),
        hold,
        source: row.source.clone(),
    }
}

/// Returns the deadline of a row: of the clock that the event started, or of the one running on record. A deadline on
/// the day itself is always this event's day, never an earlier one's.
fn deadline(plan: &PlanBuilder<'_>, rule: DeadlineRule, row: &Row) -> Option<Deadline> {
    let of_rule = |clock: &&Deadline| clock.rule == rule;
    let own = plan.clocks.iter().find(of_rule);
    if rule == DeadlineRule::Immediately {
        let mut deadline = own?.clone();
        deadline.source.clone_from(&row.source);
        return Some(deadline);
    }
    own.or_else(|| plan.state.clocks.iter().find(of_rule)).cloned()
}
