//! Enters: a case, a pack, the calendar, the places and today's date. Leaves: what the event calls for, or every
//! fault. Never: copies a word of the case into a reason, a warning or a fault.

use super::calendar::{BeyondCalendar, Calendar, WorkingDays};
use super::pack::{Pack, Row, Rule, Stale};
use super::places::{Place, Places};
use super::referral::second_opinion;
use super::window::response_window;
use super::{Deadline, NotMade, Outcome, Plan, Planned, To};
use crate::case::{AppointmentConfirmed, AttachmentKind, Case, Event, ReportReceived};
use crate::fault::Fault;
use crate::words::{Role, date_words, weekday_words};
use chrono::NaiveDate;

/// The age from which this process may be used (domain.md, E: under 18 is blocked).
const ADULT: u32 = 18;

/// What the rules are asked about, and what they have found so far.
struct Planner<'a> {
    case: &'a Case,
    pack: &'a Pack,
    today: NaiveDate,
    rows: Vec<&'a Row>,
    faults: Vec<Fault>,
    warnings: Vec<String>,
}

/// What the event calls for under `pack`, for letters that are issued on `today`.
///
/// Whether the pack may be used at all is [`super::permits`]' question.
///
/// # Errors
/// Every fault at once, each with a JSON pointer into the case.
pub fn plan(
    case: &Case,
    pack: &Pack,
    calendar: &Calendar,
    places: &Places,
    today: NaiveDate,
) -> Result<Plan, Vec<Fault>> {
    let mut planner =
        Planner { case, pack, today, rows: Vec::new(), faults: Vec::new(), warnings: Vec::new() };
    planner.check_people();
    let Some(place) = places.get(&case.detention.place) else {
        planner.fault(
            "/detention/place",
            "place.unknown",
            "the list of places has no place of this id",
            "use an id of policy/places.toml, or add the place there",
        );
        return Err(planner.faults);
    };
    planner.find_rows(place);
    planner.check_enclosures();
    let days = calendar.working_days(place.division);
    let outcome = match &case.event {
        Event::ExternalReportReceived(event) => planner.report_received(event, &days),
        Event::AppointmentConfirmed(event) => planner.appointment_confirmed(event, &days),
        _ => None,
    };
    match outcome {
        Some(outcome) if planner.faults.is_empty() => Ok(planner.finish(outcome, &days)),
        _ => Err(planner.faults),
    }
}

impl Planner<'_> {
    fn fault(&mut self, at: &str, code: &'static str, cause: impl Into<String>, cure: &str) {
        self.faults.push(Fault::new(at, code, cause, cure));
    }

    /// A day that has been, or today; else a fault.
    fn not_future(&mut self, at: &str, date: NaiveDate) {
        if date > self.today {
            let cause = format!("{} is in the future", weekday_words(date));
            self.fault(at, "date.future", cause, "correct the date");
        }
    }

    fn check_people(&mut self) {
        let case = self.case;
        if self.today.years_since(case.person.date_of_birth).is_none_or(|age| age < ADULT) {
            self.fault(
                "/person/date_of_birth",
                "person.under_18",
                "by this date of birth the person is under 18, and this process is for adults only",
                "correct the date of birth; if it is right, stop and take the case to a manager at once",
            );
        }
        self.not_future("/detention/since", case.detention.since);
        if let Some(representative) = &case.representative {
            self.not_future("/representative/authority_date", representative.authority_date);
        }
    }

    /// The rows that hold for this event at this place; the manager is checked where one is copied in.
    fn find_rows(&mut self, place: &Place) {
        let event = self.case.event.name();
        let pack = self.pack;
        let holds = |row: &&Row| row.event == event && row.places.contains(&place.kind);
        self.rows = pack.rows.iter().filter(holds).collect();
        if self.rows.is_empty() {
            let cause = format!(
                "the policy pack has no rows for this event at this kind of place ({})",
                place.kind.words()
            );
            let cure = "handle the case by hand, or use a pack that covers this kind of place";
            self.fault("/detention/place", "place.not_covered", cause, cure);
        }
        if !self.rows.iter().any(|row| row.role == Role::CaseworkManager) {
            return;
        }
        let lowest = pack.copy_grade_min;
        match &self.case.manager {
            None => self.fault(
                "/manager",
                "manager.missing",
                "the referral is copied to the casework manager, and the case names none",
                &format!("name a casework manager of grade {lowest:?} or above"),
            ),
            Some(manager) if manager.grade < lowest => self.fault(
                "/manager/grade",
                "manager.grade",
                format!("the casework manager's grade is below {lowest:?}"),
                &format!("name a casework manager of grade {lowest:?} or above"),
            ),
            Some(_) => {}
        }
    }

    fn check_enclosures(&mut self) {
        const REPORT: AttachmentKind = AttachmentKind::ExternalMedicalReport;
        let encloses = |kind| self.rows.iter().any(|row| row.encloses.contains(kind));
        let has = |kind| self.case.attachments.iter().any(|attachment| attachment.kind == kind);
        let unused = self.case.attachments.iter().filter(|one| !encloses(&one.kind)).count();
        let report_missing = encloses(&REPORT) && !has(REPORT);
        if unused > 0 && !self.rows.is_empty() {
            self.warnings.push(format!(
                "Attachments that nothing of this event encloses, and that nobody is sent: {unused}."
            ));
        }
        if report_missing {
            self.fault(
                "/attachments",
                "attachments.no_report",
                "this event sends the external medical report, and no attachment is one",
                "attach the report with the kind external_medical_report",
            );
        }
    }

    fn report_received(&mut self, event: &ReportReceived, days: &WorkingDays) -> Option<Outcome> {
        const AT: &str = "/event/received_on";
        self.not_future(AT, event.received_on);
        if let Some(decided) = event.release_decided_on {
            self.not_future("/event/release_decided_on", decided);
        }
        if event.removal_set_for.is_some_and(|removal| removal < event.received_on) {
            self.fault(
                "/event/removal_set_for",
                "removal.before_receipt",
                "the removal is set for a day before the report was received",
                "give the day for which removal is set now, or leave it out",
            );
        }
        let since = self.case.detention.since;
        if event.report.assessed_on < since && since <= event.report.report_date {
            self.warnings.push(
                "The report's assessment was made before the current detention began: consider whether the report \
                 is contemporaneous with it."
                    .to_owned(),
            );
        }
        let numbers = &self.pack.numbers;
        let refer_by = days.after(event.received_on, numbers.refer.days);
        let opinion = second_opinion(event, since, self.today, days, numbers);
        let refer_by = self.covered(AT, refer_by)?;
        let opinion = self.covered(AT, opinion)?;
        if event.received_on < self.today {
            self.warnings.push(format!(
                "The report was received on {} and was to go to the healthcare team immediately.",
                weekday_words(event.received_on)
            ));
        }
        if refer_by < self.today {
            let due = weekday_words(refer_by);
            self.warnings.push(format!("The referral is late: it was due by {due}."));
        }
        Some(Outcome::ExternalReportReceived {
            second_opinion_requested: opinion.requested,
            reason: opinion.reason,
            refer_by,
        })
    }

    fn appointment_confirmed(&mut self, event: &AppointmentConfirmed, days: &WorkingDays) -> Option<Outcome> {
        const AT: &str = "/event/referred_on";
        self.check_interpreter(event);
        self.not_future(AT, event.referred_on);
        if event.referred_on > event.date {
            self.fault(
                AT,
                "referral.after_appointment",
                "the referral is dated after the appointment",
                "correct the date of the referral or of the appointment",
            );
        }
        if event.referred_on > event.date || event.referred_on > self.today {
            // Lawful dates reckoned from a wrong referral would mislead.
            return None;
        }
        let numbers = &self.pack.numbers;
        match response_window(event.date, event.referred_on, self.today, days, numbers) {
            Ok(opened) => {
                self.warnings.extend(opened.warnings);
                let report_by = days.after(event.date, numbers.report.days);
                let report_by = self.covered("/event/date", report_by)?;
                Some(Outcome::AppointmentConfirmed { window: opened.window, report_by })
            }
            Err(fault) => {
                self.faults.push(fault);
                None
            }
        }
    }

    /// B15: a language barrier calls for an interpreter, and only a language barrier does.
    fn check_interpreter(&mut self, event: &AppointmentConfirmed) {
        const AT: &str = "/event/interpreter";
        let person = &self.case.person;
        match &event.interpreter {
            None if person.interpreter_needed => self.fault(
                AT,
                "interpreter.missing",
                "the person needs an interpreter and none is booked",
                "book one and give its language and mode",
            ),
            Some(_) if !person.interpreter_needed => self.fault(
                AT,
                "interpreter.not_needed",
                "an interpreter is booked and the case says that the person needs none",
                "set /person/interpreter_needed to true, or leave the interpreter out",
            ),
            Some(interpreter) => {
                let other = |language: &String| {
                    language.trim().to_lowercase() != interpreter.language.trim().to_lowercase()
                };
                if person.language.as_ref().is_some_and(other) {
                    self.warnings.push(
                        "The interpreter's language is not the language that the case gives for the person."
                            .to_owned(),
                    );
                }
            }
            None => {}
        }
    }

    fn covered<T>(&mut self, at: &str, counted: Result<T, BeyondCalendar>) -> Option<T> {
        match counted {
            Ok(value) => Some(value),
            Err(beyond) => {
                let fault = beyond.fault(at);
                if !self.faults.contains(&fault) {
                    self.faults.push(fault);
                }
                None
            }
        }
    }

    fn finish(self, outcome: Outcome, days: &WorkingDays) -> Plan {
        let mut despatches = Vec::new();
        let mut not_made = Vec::new();
        for row in &self.rows {
            match addressee(row.role, self.case) {
                Ok(to) => despatches.push(self.planned(row, to, &outcome, days)),
                Err(reason) => not_made.push(NotMade { row: row.number.clone(), reason: reason.to_owned() }),
            }
        }
        Plan {
            pack: self.pack.id.clone(),
            issued_on: self.today,
            despatches,
            not_made,
            warnings: self.warnings,
            outcome,
        }
    }

    fn planned(&self, row: &Row, to: To, outcome: &Outcome, days: &WorkingDays) -> Planned {
        let window = match outcome {
            Outcome::AppointmentConfirmed { window, .. } => Some(window),
            Outcome::ExternalReportReceived { .. } => None,
        };
        let (window, not_after) = match row.stale {
            Stale::Never => (None, None),
            Stale::Appointment => (None, window.map(|window| window.appointment)),
            Stale::LatestService => (window.cloned(), window.map(|window| window.latest_service)),
        };
        let of_kind = |kind: &AttachmentKind| {
            let kind = *kind;
            let attachments = self.case.attachments.iter().enumerate();
            attachments.filter(move |(_, one)| one.kind == kind).map(|(index, _)| index)
        };
        Planned {
            row: row.number.clone(),
            team: row.team,
            kind: row.kind.clone(),
            role: row.role,
            to,
            copy: row.copy,
            attachments: row.encloses.iter().flat_map(of_kind).collect(),
            deadline: row.deadline.and_then(|rule| self.deadline(rule, row, outcome, days)),
            window,
            not_after,
            source: row.source.clone(),
        }
    }

    /// The deadline of a row; `None` only for a rule that the event doesn't set, which no parsed pack has.
    fn deadline(&self, rule: Rule, row: &Row, outcome: &Outcome, days: &WorkingDays) -> Option<Deadline> {
        let numbers = &self.pack.numbers;
        let (due, what, source, arithmetic) = match (rule, &self.case.event, outcome) {
            (
                Rule::Refer,
                Event::ExternalReportReceived(event),
                Outcome::ExternalReportReceived { refer_by, .. },
            ) => (
                *refer_by,
                "refer the report to the Detained Medical Reports Team",
                &numbers.refer.source,
                days.arithmetic(numbers.refer.days, event.received_on, *refer_by),
            ),
            (Rule::Immediately, Event::ExternalReportReceived(event), _) => (
                event.received_on,
                "send the report to the healthcare team",
                &row.source,
                format!("immediately on receipt on {}", date_words(event.received_on)),
            ),
            (Rule::Serve, _, Outcome::AppointmentConfirmed { window, .. }) => {
                let respond = numbers.respond.days;
                let arithmetic = if days.between(self.today, window.serve_by) == Ok(numbers.serve.days) {
                    days.arithmetic(numbers.serve.days, self.today, window.serve_by)
                } else {
                    let counted = days.arithmetic(respond + 1, window.appointment, window.serve_by);
                    format!("{counted}, so that {respond} clear working days are left to respond")
                };
                (window.serve_by, "serve the letter in person", &numbers.serve.source, arithmetic)
            }
            (Rule::Respond, _, Outcome::AppointmentConfirmed { window, .. }) => (
                window.respond_by,
                "respond to the invitation",
                &numbers.respond.source,
                days.arithmetic(1, window.appointment, window.respond_by),
            ),
            (Rule::Report, _, Outcome::AppointmentConfirmed { window, report_by }) => (
                *report_by,
                "complete the second opinion report",
                &numbers.report.source,
                days.arithmetic(numbers.report.days, window.appointment, *report_by),
            ),
            _ => return None,
        };
        Some(Deadline { due, what: what.to_owned(), source: source.clone(), arithmetic })
    }
}

/// To whom a row goes: those whom the case names, or the body of the place.
fn addressee(role: Role, case: &Case) -> Result<To, &'static str> {
    let entry = match role {
        Role::Dmrt | Role::InterpreterBooking => return Ok(To::Body(None)),
        Role::Healthcare | Role::Det | Role::Ost => return Ok(To::Body(Some(case.detention.place.clone()))),
        Role::Caseworker => Some(&case.caseworker),
        Role::CaseworkManager => case.manager.as_ref().map(|manager| &manager.contact),
        Role::SeniorCaseworker => case.decision_maker.as_ref().map(|manager| &manager.contact),
        Role::Representative => case.representative.as_ref().map(|one| &one.contact),
        Role::Doctor => case.event.doctor(),
    };
    entry.map(|contact| To::Entry(contact.entry.clone())).ok_or(match role {
        Role::Representative => "The case names no legal representative.",
        Role::CaseworkManager => "The case names no casework manager.",
        _ => "The case names nobody of this role.",
    })
}
