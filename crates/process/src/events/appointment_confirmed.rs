//! Enters: the event that the date of the assessment is set. Leaves: everything the program knows about that event.
//! Never: books anything.

use super::{AttachmentKind, CaseEvent, Due, FreeText};
use crate::calendar::count_words;
use crate::case_state::{Booked, CaseState};
use crate::circumstances::Circumstance;
use crate::deadlines::{Deadline, DeadlineRule};
use crate::facts::{BookedFact, Fact};
use crate::fields::check::{Checker, whole};
use crate::fields::closed::closed;
use crate::fields::{Field, MAX_LABEL, MAX_LINE, MAX_PARAGRAPH, Order, When, ask, codes, fields, need};
use crate::history::PastEvent;
use crate::pending_effects::PendingEffect;
use crate::people::Contact;
use crate::plan::appointment::{TEMPORARY, check_referral, invite};
use crate::plan::builder::PlanBuilder;
use crate::plan::planned::To;
use crate::purpose::Purpose;
use crate::response_window::{AssessBy, ResponseWindow, not_working, past, serve_by, too_late};
use chrono::{NaiveDate, NaiveTime};
use despatch_core::words::{Role, date_words, time_words, weekday_words};

fields! {
    /// The date of the second-opinion assessment is set (rows 5, 8 to 10, 12 to 14, and 24 for a rebooking).
    AppointmentConfirmed {
        /// The day on which the report was referred to the DMRT; starts the 7 working days (B4).
        referred_on: NaiveDate = ask("The day on which the report was referred to the Detained Medical Reports Team").past();
        date: NaiveDate = ask("The day of the assessment").withheld();
        /// Europe/London.
        time: NaiveTime = ask("Its time in the United Kingdom").withheld();
        /// The room, as the letter prints it after "at".
        location: String = ask("The room, as the letter says it after \"at\"").most(MAX_LINE).withheld();
        doctor: Contact = ask("The contracted doctor").role(Role::Doctor);
        interpreter: Option<Interpreter> = INTERPRETER;
        /// The day of transfer from a temporary place, which restarts the 7 working days (row 11).
        transferred_on: Option<NaiveDate> = ask("The day on which the person came from a temporary place, where they did").past()
            .note("The time for the assessment runs from it")
            .order(&[Order::NotAfter("date", "the person came from a temporary place after the day of the assessment")]);
        /// The date of the cancelled assessment that this one replaces (row 24).
        rebooks: Option<NaiveDate> =
            ask("The date of the cancelled assessment that this one takes the place of, where there was one").order(&[
                Order::NotBefore("referred_on", "the cancelled assessment was to be before the report was referred"),
            ]);
        /// The deadline for service that the DMRT sets, where it is sooner than the guidance's own.
        serve_by: Option<NaiveDate> = ask("By when is the letter to be served, where you set a sooner day than the guidance does?")
            .note("Never later than 3 working days from its receipt, or than the last day that leaves the time to respond")
            .withheld();
        /// How the doctor joins the video call; only for the doctor's bundle.
        joining_instructions: Option<String> = ask("How the doctor joins the call")
            .note("Where it is missing, the note asks the doctor to call, and the reviewer is told")
            .most(MAX_PARAGRAPH);
        /// Whom the doctor calls on the day.
        on_the_day_contact: Option<String> = ask("Whom to call on the day").note("Where it is missing, the note asks the doctor to call, and the reviewer is told").most(MAX_LINE);
    }
}

/// An interpreter is booked if and only if one is needed (domain B15).
const INTERPRETER: Field = ask("The interpreter who was booked")
    .needed(need(
        When::Is("/person/interpreter_needed", &["true"]),
        codes::FACT_INTERPRETER,
        "an interpreter is needed and none is booked",
        "add the interpreter: language and mode",
    ))
    .barred(need(
        When::Is("/person/interpreter_needed", &["false"]),
        codes::FACT_INTERPRETER,
        "an interpreter is booked, and interpreter_needed is false",
        "correct one of the two",
    ));

fields! {
    /// The interpreter who was booked, or is to be (B15, G21).
    Interpreter {
        language: String = ask("The interpreter's language").most(MAX_LABEL);
        mode: InterpreterMode = ask("How does the interpreter take part?");
        dialect: Option<String> = ask("The dialect, where one was asked for").most(MAX_LABEL);
        requested_gender: Option<Gender> = ask("The interpreter's gender, where one was asked for").unlabelled();
    }
}

closed! {
    /// How the interpreter takes part.
    InterpreterMode {
        InPerson = "in_person", "in person";
        Video = "video", "by video-link";
    }
}

closed! {
    /// The gender of interpreter that was asked for (G21).
    Gender {
        Female = "female", "female";
        Male = "male", "male";
    }
}

/// Checks the interpreter of the appointment at a pointer against the person's language: the event's own appointment,
/// or the one that a new representative is told of.
pub(super) fn check_at(checker: &mut Checker<'_, '_>, at: &str) {
    let language = whole(at, "interpreter/language");
    let lower = |at| checker.text(at).map(str::to_lowercase);
    let (spoken, booked) = (lower("/person/language"), lower(&language));
    let needed = checker.flag("/person/interpreter_needed") == Some(true);
    if needed && spoken.is_some() && booked.is_some() && spoken != booked {
        let cause = "the interpreter's language is not the person's";
        checker.fault(&language, codes::FACT_LANGUAGE, cause, "correct one of the two");
    }
}

impl CaseEvent for AppointmentConfirmed {
    type Fact = BookedFact;
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] =
        &[(AttachmentKind::ExternalMedicalReport, Due::One)];

    fn check(checker: &mut Checker<'_, '_>) {
        check_at(checker, "/event");
    }

    fn free_texts(&self) -> Vec<FreeText> {
        let dialect = self.interpreter.as_ref().and_then(|interpreter| interpreter.dialect.as_ref());
        let all = [
            ("the room", Some(&self.location)),
            ("the joining instructions", self.joining_instructions.as_ref()),
            ("the contact of the day", self.on_the_day_contact.as_ref()),
            ("the dialect", dialect),
        ];
        all.into_iter().filter_map(|(what, text)| Some((what, text?.clone()))).collect()
    }

    fn doctor(&self) -> Option<&Contact> {
        Some(&self.doctor)
    }

    fn appointment(&self) -> Option<&AppointmentConfirmed> {
        Some(self)
    }

    /// Rows 5, 8 to 10, 12, 14 and, for a rebooking, 24 (G0, "Arranging an assessment" to "What if the second opinion
    /// assessment is delayed").
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<BookedFact> {
        check_doctors_day(plan, self);
        check_dates(plan, self);
        if plan.place_kind().is_temporary() {
            plan.fault(
                "/detention/place",
                "place.temporary",
                "no assessment is arranged at a temporary place of detention",
                TEMPORARY,
            );
            return None;
        }
        plan.must_be_open("/event/type");
        plan.must_know_outcome("/event/type", plan.today);
        if plan.state.assessed() {
            let cause = "the record says that the assessment took place, or is made on papers alone";
            plan.contradiction("/event/type", "history.assessed", cause);
        }
        if !plan.faults.is_empty() {
            // Dates calculated from a wrong referral would mislead.
            return None;
        }
        let rebooked = self.rebooks.is_some() && plan.state.answers.attend() == Some(true);
        let assess_by = assess_by(plan, self)?;
        let mut kept = false;
        let window = if rebooked {
            check_rebooked(plan, self, &assess_by)?;
            None
        } else if let Some((window, gone)) = kept_window(plan, self) {
            kept = true;
            Some(keep(plan, window, gone)?)
        } else {
            Some(invite(plan, self.date, &assess_by, self.serve_by)?)
        };
        replace(plan, self);
        corrected(plan, self);
        let number = &plan.second_opinion()?.numbers.report;
        plan.start("/event/date", DeadlineRule::Report, number, self.date)?;
        if self.interpreter.is_some() {
            plan.circumstances.insert(Circumstance::Interpreter);
        }
        plan.circumstances.insert(if rebooked { Circumstance::Rebooked } else { Circumstance::Invited });
        let date = weekday_words(self.date);
        plan.note(format!("The assessment is set for {date} (row 5: record it on CID and ATLAS)."));
        let invited_on = plan.history.replaced.as_deref().and_then(PastEvent::invited_on).filter(|_| kept);
        let fact = BookedFact { invited_on, ..self.fact(window) };
        go_on_record(plan, &fact, rebooked);
        Some(fact)
    }

    fn apply(fact: &Self::Fact, past: &PastEvent, state: &mut CaseState) {
        state.appointments += 1;
        let (place, kind) = (&past.recorded.place, past.recorded.place_kind);
        state.appointment = Some(Booked::ahead(state.appointments, place, kind, fact.clone()));
        state.referred_on = Some(fact.referred_on);
        state.doctor = Some(fact.doctor.clone());
        use DeadlineRule::{Assess, Rebook, Report, Respond, Serve};
        state.stop(&[Assess, Serve, Respond, Report, Rebook]);
        state.invitation = Some(past.submission).filter(|_| fact.restarts_questions());
        if fact.window.is_some() {
            // A new invitation restarts the questions; "sent for service" is never "served" (G4).
            state.served_on = None;
            state.answers.ask_again();
            state.silent = false;
        }
        state.papers_only = false;
        state.bookings_off = false;
    }

    fn summary(fact: &Self::Fact, what: &str, on: &str) -> String {
        let (date, time) = (weekday_words(fact.date), time_words(fact.time));
        format!("{what} for {date} at {time}, with {} (referred on {on})", fact.doctor)
    }
}

impl AppointmentConfirmed {
    /// Returns what is recorded of it.
    pub(super) fn fact(&self, window: Option<ResponseWindow>) -> BookedFact {
        BookedFact {
            referred_on: self.referred_on,
            date: self.date,
            time: self.time,
            doctor: self.doctor.entry.clone(),
            interpreter: self.interpreter.is_some(),
            window,
            invited_on: None,
        }
    }
}

/// Returns the latest date of the assessment, and why (B4): after a cancellation, within the working days from the
/// cancelled date; after a temporary place, from the transfer; otherwise from the referral.
pub(super) fn assess_by(plan: &mut PlanBuilder<'_>, event: &AppointmentConfirmed) -> Option<AssessBy> {
    let numbers = &plan.second_opinion()?.numbers;
    let transferred = match event.transferred_on {
        Some(transferred) => Some(transferred).filter(|on| *on >= event.referred_on),
        None => plan.state.counts_from_transfer(event.referred_on),
    };
    let (number, from, start, at) = match (event.rebooks, transferred) {
        (Some(cancelled), _) => match plan.state.cancellations.first {
            // "From the date of the assessment which was cancelled": of the first, however many failed since.
            Some(first) if first < cancelled => {
                (&numbers.rebook, first, "first cancelled assessment", "/event/rebooks")
            }
            _ => (&numbers.rebook, cancelled, "cancelled assessment", "/event/rebooks"),
        },
        (None, Some(on)) => (&numbers.assess_after_transfer, on, "transfer", "/event/transferred_on"),
        (None, None) => (&numbers.assess, event.referred_on, "referral", "/event/referred_on"),
    };
    let due = plan.calendars.stricter(from, number.days).map(|(due, _)| due);
    let due = plan.covered(at, due)?;
    plan.outcome.dates.assess_by = Some(due);
    let (kind, booked) = (plan.place_kind(), plan.state.ahead().is_some());
    Some(AssessBy { due, within: count_words(number.days), start, kind, booked })
}

/// Makes the letters print this appointment, not the previous one.
fn go_on_record(plan: &mut PlanBuilder<'_>, fact: &BookedFact, rebooked: bool) {
    let dates = &mut plan.outcome.dates;
    dates.rebook_by = None;
    if rebooked {
        // Nothing is asked, so nothing is due: the dates of the earlier invitation are past.
        (dates.serve_by, dates.latest_service, dates.respond_by) = (None, None, None);
    } else {
        dates.served_on = None;
        plan.outcome.answers.ask_again();
    }
    plan.outcome.dates.referred_on = Some(fact.referred_on);
    let (number, kind) = (plan.state.appointments + 1, plan.place_kind());
    plan.outcome.appointment = Some(Booked::ahead(number, &plan.case.place.id, kind, fact.clone()));
}

/// Returns the window of the file that this one corrects if date, time, place and interpreter are the same, so that
/// nothing restarts (a corrected room, say), and whether the invitation was sent to the place. A window is not kept
/// if its invitation was never sent and it is too late to serve it.
fn kept_window(plan: &PlanBuilder<'_>, event: &AppointmentConfirmed) -> Option<(ResponseWindow, bool)> {
    let replaced = plan.history.replaced.as_deref()?;
    let before = replaced.booked()?;
    let same = before.date == event.date
        && before.time == event.time
        && replaced.recorded.place == plan.case.place.id
        && before.interpreter == event.interpreter.is_some();
    let invited = replaced.gone().any(|message| message.purpose == Purpose::InvitationToServe);
    let window = before.window.clone().filter(|_| same)?;
    (invited || window.is_open_on(plan.today)).then_some((window, invited))
}

/// Continues the time to answer. A letter that amends one that was served in time has no time of its own to be served in;
/// any other is served while the two working days are left, by a day that is not past. Where none is left there is no
/// letter, but the route of failed service.
fn keep(plan: &mut PlanBuilder<'_>, window: ResponseWindow, invited: bool) -> Option<ResponseWindow> {
    let served = plan.history.served_since.is_some_and(|on| window.is_open_on(on));
    if !served && !window.is_open_on(plan.today) {
        let cause = format!(
            "the record has no service of the earlier letter in time, and {} was the last day that leaves the working \
             days to respond to this one",
            weekday_words(window.latest_service)
        );
        plan.fault(
            "/event/date",
            "appointment.unserved",
            cause,
            "if the earlier letter was served in time, record that first (letter_served); if it was not, report that \
             service failed (service_failed)",
        );
        return None;
    }
    let replaced = plan.history.replaced.as_deref();
    let clocks = replaced.iter().flat_map(|past| &past.recorded.clocks);
    let kept: Vec<Deadline> = clocks.filter(|clock| clock.rule == DeadlineRule::Respond).cloned().collect();
    plan.clocks.extend(kept);
    plan.outcome.dates.set_window(&window);
    if invited {
        plan.warn(
            "The earlier letter has gone, and its time to answer goes on: see that this one is handed over at once.",
        );
    }
    if served {
        (plan.outcome.dates.serve_by, plan.outcome.dates.latest_service) = (None, None);
        return Some(window);
    }
    let window = serve_amended(plan, window)?;
    plan.outcome.dates.set_window(&window);
    plan.window = Some(window.clone());
    Some(window)
}

/// The day by which an amended letter is served: the earlier letter's, or, once that is past, its own.
fn serve_amended(plan: &mut PlanBuilder<'_>, window: ResponseWindow) -> Option<ResponseWindow> {
    let replaced = plan.history.replaced.as_deref();
    let mut clocks = replaced.iter().flat_map(|past| &past.recorded.clocks);
    let earlier = clocks.rfind(|clock| clock.rule == DeadlineRule::Serve).cloned();
    if window.serve_by >= plan.today {
        plan.clocks.extend(earlier);
        return Some(window);
    }
    let anew = serve_by(plan.today, window.latest_service, &plan.calendars, &plan.second_opinion()?.numbers);
    let due = plan.covered("/event/date", anew)?;
    let days = plan.calendars.persons();
    let arithmetic = format!(
        "of the amended letter, issued on {}: by the working day {}",
        date_words(plan.today),
        days.arithmetic(plan.second_opinion()?.numbers.respond.days + 1, window.appointment, window.latest_service)
    );
    plan.clocks.extend(earlier.map(|clock| Deadline { due, arithmetic, ..clock }));
    Some(ResponseWindow { serve_by: due, ..window })
}

/// Stands down the doctor whom a correction drops.
fn corrected(plan: &mut PlanBuilder<'_>, event: &AppointmentConfirmed) {
    let Some(replaced) = plan.history.replaced.as_deref() else {
        return;
    };
    let Some(before) = replaced.booked() else {
        return;
    };
    let has_documents = replaced.gone().any(|message| message.purpose == Purpose::DoctorBundle);
    if before.doctor != event.doctor.entry {
        let (place, kind) = (&replaced.recorded.place, replaced.recorded.place_kind);
        let booked = Booked::ahead(plan.state.appointments, place, kind, before.clone());
        stand_down(plan, booked, has_documents);
    }
}

/// Checks a rebooking, which needs no new time to answer because the answer still applies; it must still be in time.
fn check_rebooked(
    plan: &mut PlanBuilder<'_>,
    event: &AppointmentConfirmed,
    assess_by: &AssessBy,
) -> Option<()> {
    if let Some((code, cause)) = past(event.date, plan.today) {
        plan.fault("/event/date", code, cause, "correct the date");
        return None;
    }
    if let Some((code, cause)) = too_late(event.date, assess_by) {
        let due = weekday_words(assess_by.due);
        let again = "report that it cannot be booked again (assessment_outcome, with rebooking \"impossible\")";
        let cure = match assess_by.due < plan.today {
            true => again.to_owned(),
            false => format!("book a date up to {due}; if none is free, {again}"),
        };
        plan.fault("/event/date", code, cause, &cure);
        return None;
    }
    let works = plan.calendars.persons().is_working_day(event.date);
    if !plan.covered("/event/date", works)? {
        plan.warn(not_working(event.date));
    }
    Some(())
}

/// Replaces the unsent messages of the old appointment, and cancels what was sent.
fn replace(plan: &mut PlanBuilder<'_>, event: &AppointmentConfirmed) {
    plan.pending_effects.insert(PendingEffect::Appointment);
    if received_for_another(plan, event) {
        plan.warn(
            "The healthcare records were received for another doctor: while the person consents, send them to this one \
             too (drop records_received again, as an event of its own).",
        );
    }
    if let Some(old) = plan.state.ahead().map(|booked| booked.fact.date) {
        plan.cancel(true);
        plan.because(format!(
            "The appointment on {} does not take place; the new one is on {}.",
            weekday_words(old),
            weekday_words(event.date)
        ));
        return;
    }
    let waits = plan.state.to_rebook().filter(|booked| booked.fact.doctor != event.doctor.entry).cloned();
    if let Some(booked) = waits {
        // That doctor was told to wait for a date, which another doctor has been given.
        stand_down(plan, booked, plan.doctor_has_documents());
    }
}

/// Tells the doctor of an appointment that it passed to another doctor, if they have the documents.
fn stand_down(plan: &mut PlanBuilder<'_>, booked: Booked, has_documents: bool) {
    if has_documents {
        plan.circumstances.insert(Circumstance::Cancelled);
        plan.circumstances.insert(Circumstance::DoctorTold);
        plan.outcome.cancelled = Some(booked);
        plan.because("The assessment is carried out by another doctor.");
    }
}

/// Returns whether the records were received, consent holds, and this doctor has not been sent them.
fn received_for_another(plan: &PlanBuilder<'_>, event: &AppointmentConfirmed) -> bool {
    let received = |past: &&PastEvent| matches!(past.recorded.fact, Fact::RecordsReceived(_));
    let records: Vec<&PastEvent> = plan.history.events.iter().filter(received).collect();
    let doctor = To::Entry(event.doctor.entry.clone());
    let has = records.iter().flat_map(|past| &past.messages).any(|message| message.to == doctor);
    !records.is_empty() && !has && plan.state.answers.records() == Some(true)
}

/// Checks the dates of the event against each other, today and the record.
fn check_dates(plan: &mut PlanBuilder<'_>, event: &AppointmentConfirmed) {
    const AT: &str = "/event/referred_on";
    plan.not_future(AT, event.referred_on);
    if event.referred_on > event.date {
        plan.fault(
            AT,
            "referral.after_appointment",
            "the referral is dated after the appointment",
            "correct the date of the referral or of the appointment",
        );
    }
    check_referral(plan, AT, event.referred_on);
    if let Some(transferred) = event.transferred_on {
        plan.not_future("/event/transferred_on", transferred);
        let on_record = plan.state.transferred_on;
        if !plan.history.events.is_empty() && on_record != Some(transferred) {
            let cause = match on_record {
                Some(_) => "the record has another date of transfer",
                None => "the record has no transfer from a temporary place of detention",
            };
            plan.contradiction("/event/transferred_on", "history.transferred_on", cause);
        }
    }
    check_rebooks(plan, event);
}

/// Checks that only an assessment that the Home Office cancelled is rebooked (row 24): the time runs from its date,
/// and any other rebooking would extend it.
fn check_rebooks(plan: &mut PlanBuilder<'_>, event: &AppointmentConfirmed) {
    const AT: &str = "/event/rebooks";
    let to_rebook = plan.state.to_rebook().map(|booked| booked.fact.date);
    match (event.rebooks, to_rebook) {
        (Some(rebooks), Some(cancelled)) if rebooks != cancelled => {
            let cause = format!("the assessment that was cancelled was on {}", date_words(cancelled));
            plan.contradiction(AT, "history.rebooks", cause);
        }
        (Some(_), None) if !plan.history.events.is_empty() => {
            let cause = "the record has no assessment that was cancelled and is to be booked again";
            plan.contradiction(AT, "history.rebooks", cause);
        }
        (None, Some(cancelled)) => {
            let on = weekday_words(cancelled);
            let cause = format!(
                "the record has the assessment on {on} as cancelled, and this one does not rebook it"
            );
            plan.contradiction(AT, "history.rebooks", cause);
        }
        _ => {}
    }
}

/// Warns of missing contact details: the doctor then has to call, as the note says, and a reviewer may supply them
/// first.
fn check_doctors_day(plan: &mut PlanBuilder<'_>, event: &AppointmentConfirmed) {
    let lacking = [
        (event.joining_instructions.is_none(), "how the doctor joins the video call"),
        (event.on_the_day_contact.is_none(), "whom the doctor calls on the day"),
    ];
    for (_, what) in lacking.iter().filter(|(lacks, _)| *lacks) {
        plan.warn(format!("The case does not say {what}: the doctor's note asks them to call us."));
    }
}
