//! Enters: the event that somebody answered the invitation. Leaves: everything the program knows about that event.
//! Never: takes one answer for the other: attendance and the records are two questions.

use super::{AppointmentConfirmed, AttachmentKind, CaseEvent, Due, FreeText, appointment_confirmed};
use crate::answers::Answers;
use crate::case_state::{AppointmentState, CaseState};
use crate::circumstances::Circumstance;
use crate::deadlines::DeadlineRule;
use crate::facts::{Answer, Fact, Respondent, ResponseFact};
use crate::fields::check::Checker;
use crate::fields::{When, ask, codes, fields};
use crate::history::{PastEvent, PastMessage};
use crate::pending_effects::PendingEffect;
use crate::plan::appointment::invited;
use crate::plan::builder::PlanBuilder;
use crate::plan::papers_only::{NO_OTHER_RECORDS, papers_only};
use crate::purpose::Purpose;
use chrono::NaiveDate;
use despatch_core::words::weekday_words;

fields! {
    /// An answer to the invitation (rows 19, 21 and 22, and G5, G6).
    ResponseReceived {
        received_on: NaiveDate = ask("The day on which the response came in").past();
        from: Respondent = ask("Who answered?");
        attend: Answer = ask("Does the person agree to attend?").unlabelled();
        records: Answer = ask("Do they agree to the release of their healthcare records?").unlabelled();
        signed: bool = ask("Is the response signed?")
            .note("Without a signature, a person's yes to the records is `not_given`");
        /// The representative states the client's own instruction in writing (G5).
        own_instruction: bool = ask("Does the representative state in writing that this is the client's own instruction?")
            .note("The records are the person's own choice: without that statement, a representative's yes to them is `not_given`");
        /// Papers alone, and no record is enclosed: the preparer confirms that none bears on the person's health.
        no_other_records: Option<bool> = NO_OTHER_RECORDS;
        /// The appointment as confirmed, where what was booked for it was called off and is booked again.
        appointment: Option<AppointmentConfirmed> =
            ask("Were the room and any interpreter called off, and are they booked again for this appointment?")
                .note("The appointment as it was confirmed, where an earlier no or a silence called the bookings off")
                .asked(When::Is("attend", &["yes"]));
    }
}

impl CaseEvent for ResponseReceived {
    type Fact = ResponseFact;
    const OF_INVITATION: bool = true;
    // The signed consent accompanies the person's yes to the release of the records. A representative answers by email, and
    // states their client's instruction (G5): what the person signed comes with it if they signed something.
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] = &[(
        AttachmentKind::SignedConsent,
        Due::OneIfUnless(When::Is("records", &["yes"]), When::Is("from", &["representative"])),
    )];

    fn free_texts(&self) -> Vec<FreeText> {
        self.appointment.as_ref().map(CaseEvent::free_texts).unwrap_or_default()
    }

    fn appointment(&self) -> Option<&AppointmentConfirmed> {
        self.appointment.as_ref()
    }

    fn check(checker: &mut Checker<'_, '_>) {
        appointment_confirmed::check_at(checker, "/event/appointment");
        let answer = |at| checker.word(at, Answer::WORDS);
        let (attend, records) = (answer("/event/attend"), answer("/event/records"));
        let from = checker.word("/event/from", Respondent::WORDS).filter(|_| records == Some(Answer::Yes));
        let (signed, own) = (checker.flag("/event/signed"), checker.flag("/event/own_instruction"));
        if (attend, records) == (Some(Answer::NotGiven), Some(Answer::NotGiven)) {
            let cause = "neither of the two questions is answered";
            let cure =
                "write the answer that was given; where nobody answered at all, the event is no_response";
            checker.fault("/event/attend", codes::FACT_ANSWER, cause, cure);
        }
        match from {
            Some(Respondent::Individual) if signed == Some(false) => {
                let cause = "the person agrees to the release of their records, and has not signed this";
                let cure = "have it signed, attach it as signed_consent and set this to true; until then records is not_given";
                checker.fault("/event/signed", codes::FACT_CONSENT, cause, cure);
            }
            Some(Respondent::Representative) if own == Some(false) => {
                let cause = "the release of the records is the person's own choice, and this is not said to be their instruction";
                let cure = "get the representative's written statement of their client's instruction, keep it with the case as other_record and set this to true; until then records is not_given";
                checker.fault("/event/own_instruction", codes::FACT_CONSENT, cause, cure);
            }
            _ => {}
        }
    }

    /// Rows 19, 21 and 22, and the rows that G5 and G6 imply.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<ResponseFact> {
        const AT: &str = "/event/received_on";
        plan.not_future(AT, self.received_on);
        // After a release the person may still withdraw their consent.
        plan.must_be_alive(AT);
        check_giver(plan, self);
        let respond_by = invited_or_assessed(plan);
        check_date(plan, self);
        let before = plan.state.answers;
        let mut after = before;
        after.take(self.from, self.attend, self.records, self.own_instruction);
        plan.outcome.answers = after;
        if !self.signed && self.from == Respondent::Individual {
            plan.warn("The individual's answer is not signed: have it confirmed.");
        }
        ask_person(plan, self, respond_by, &before, &after);
        opposite(plan, &before, &after);
        attendance(plan, self, &before, &after);
        records(plan, &before, &after);
        unsigned(plan, self);
        if after.attend() == Some(false) && after.records() == Some(true) && before != after {
            plan.hold(
                OF_ANSWERS,
                "declined_with_records",
                "the person declines to attend and consents to the release of records: a person decides how to go on",
            );
        }
        if is_late(plan, self, respond_by, &before, &after) {
            plan.hold(
                OF_ANSWERS,
                "late_response",
                "the answer came after the deadline on the letter, and the guidance does not say what follows: a \
                 person decides",
            );
        }
        overtake(plan, &before, &after);
        Some(ResponseFact {
            on: self.received_on,
            from: self.from,
            attend: self.attend,
            records: self.records,
            own_instruction: self.own_instruction,
            held: !plan.holds.is_empty(),
        })
    }

    fn apply(fact: &Self::Fact, past: &PastEvent, state: &mut CaseState) {
        let before = state.answers.attend();
        state.answers.take(fact.from, fact.attend, fact.records, fact.own_instruction);
        if state.is_of_earlier(past) {
            state.answers.ask_again();
            return;
        }
        let after = state.answers.attend();
        if after.is_some() {
            state.stop(&[DeadlineRule::Respond]);
        }
        // An answer that waits for a person counts once they have let a message about it go.
        let follows = [Purpose::PapersOnly, Purpose::ResponseResult, Purpose::RecordsRequest];
        let went = |message: &PastMessage| message.sent && follows.contains(&message.purpose);
        if after != before && (!fact.held || past.messages.iter().any(went)) {
            attendance_changed(state, after);
        }
    }

    fn summary(fact: &Self::Fact, what: &str, on: &str) -> String {
        let (from, attend, records) = (fact.from.label(), fact.attend.label(), fact.records.label());
        format!("{what} on {on} from {from}: attend {attend}, release of records {records}")
    }
}

/// The messages held by a late answer, or by one that needs a person's judgement. The note that consent is withdrawn
/// is not among them: it stops current use, and no hold may delay that (G5).
const OF_ANSWERS: &[Purpose] = &[
    Purpose::OppositeResponses,
    Purpose::PapersOnly,
    Purpose::ResponseResult,
    Purpose::RecordsRequest,
    Purpose::AppointmentOff,
    Purpose::BookingCancellation,
    Purpose::InterpreterBooking,
    Purpose::RoomBooking,
];

/// Supersedes the unsent messages of earlier answers where a different answer counts (G5). An answer that a person
/// must decide on changes nothing yet, except for the records: without consent nobody requests or sends them.
fn overtake(plan: &mut PlanBuilder<'_>, before: &Answers, after: &Answers) {
    if after.records() != Some(true) {
        plan.pending_effects.insert(PendingEffect::Records);
    }
    if !plan.holds.is_empty() {
        return;
    }
    if before.opposite() != after.opposite() {
        plan.pending_effects.insert(PendingEffect::Opposites);
    }
    if plan.circumstances.contains(&Circumstance::Answered) {
        plan.pending_effects.insert(PendingEffect::Results);
        if after.attend() == Some(true) && before.attend() != Some(true) {
            plan.pending_effects.insert(PendingEffect::Papers);
        }
    }
    if plan.circumstances.contains(&Circumstance::PapersOnly) {
        plan.pending_effects.insert(PendingEffect::Bookings);
    }
}

/// Checks that the respondent is named in the case.
fn check_giver(plan: &mut PlanBuilder<'_>, event: &ResponseReceived) {
    if event.from != Respondent::Representative {
        return;
    }
    if plan.case.representative.is_none() {
        plan.fault(
            "/event/from",
            "response.no_representative",
            "the answer is said to be the legal representative's, and the case names none",
            "correct who answered, or name the representative",
        );
    }
}

/// Checks that the answer does not pre-date the invitation.
fn check_date(plan: &mut PlanBuilder<'_>, event: &ResponseReceived) {
    let issued = plan.invited_on();
    if plan.state.ahead().is_some() && issued.is_some_and(|issued| event.received_on < issued) {
        let cause = "the record has the invitation issued after this day, so this answers an earlier one";
        plan.contradiction("/event/received_on", "history.answered_before_issue", cause);
    }
}

/// Returns the deadline of the invitation that is answered. After the assessment only consent can still change.
fn invited_or_assessed(plan: &mut PlanBuilder<'_>) -> Option<NaiveDate> {
    let state = &plan.state;
    let latest = state.appointment.as_ref();
    let window = latest.and_then(|booked| booked.fact.window.as_ref());
    if latest.is_some_and(|booked| booked.fact.window.is_none())
        || state.assessed()
        || state.ended().is_some()
        || state.to_rebook().is_some()
    {
        return window.map(|window| window.respond_by);
    }
    invited(plan).map(|(_, window)| window.respond_by)
}

/// A representative's bare decline cancels nothing: the person is asked on the same day, and the representative is told
/// so. Once the deadline on the letter is over, the person's silence is confirmed in its own event.
fn ask_person(
    plan: &mut PlanBuilder<'_>,
    event: &ResponseReceived,
    respond_by: Option<NaiveDate>,
    before: &Answers,
    after: &Answers,
) {
    let is_new = after.declined_for_another() && !before.declined_for_another();
    if !is_new || !plan.is_to_be_held() || plan.state.papers_only {
        return;
    }
    if respond_by.is_some_and(|respond_by| event.received_on > respond_by) {
        plan.warn(
            "The representative declined after the deadline on the letter, and the person has not answered: confirm \
             their silence (no_response), and the doctor assesses on papers alone.",
        );
        return;
    }
    plan.circumstances.insert(Circumstance::AskPerson);
    plan.because(
        "The legal representative declined the invitation to attend the assessment, and does not say that this is the \
         person's own instruction. The person has not answered. Attending is their own choice, so the appointment stands.",
    );
    plan.start_immediately(plan.today, "have the person asked", &[Purpose::AskPerson]);
}

/// Returns whether the answer is late: a first answer after the deadline on the letter (B6), or any after the day of
/// the assessment. An answer given in time may change until then (G5), and a refusal of records is never late.
fn is_late(
    plan: &PlanBuilder<'_>,
    event: &ResponseReceived,
    respond_by: Option<NaiveDate>,
    before: &Answers,
    after: &Answers,
) -> bool {
    let Some(booked) = plan.state.ahead() else {
        return false;
    };
    let attends = after.attend() != before.attend();
    let consents = after.records() == Some(true) && before.records() != Some(true);
    let first = attends && before.attend().is_none() || consents && before.records().is_none();
    let missed = respond_by.is_some_and(|respond_by| event.received_on > respond_by);
    first && missed || (attends || consents) && event.received_on > booked.fact.date
}

/// Row 21, while an assessment is to be held: applies if a contradiction is new or reversed.
fn opposite(plan: &mut PlanBuilder<'_>, before: &Answers, after: &Answers) {
    let is_new = |(was, is): (Option<bool>, Option<bool>)| is.is_some() && was != is;
    let any_new = before.opposite().into_iter().zip(after.opposite()).any(is_new);
    if any_new && plan.is_to_be_held() {
        plan.circumstances.insert(Circumstance::Opposite);
        plan.start_immediately(plan.today, "tell the legal representative", &[Purpose::OppositeResponses]);
    }
}

fn attendance(plan: &mut PlanBuilder<'_>, event: &ResponseReceived, before: &Answers, after: &Answers) {
    let Some(attends) = after.attend().filter(|attends| before.attend() != Some(*attends)) else {
        return;
    };
    let is_ahead = plan.state.ahead().is_some();
    match (plan.state.to_rebook().is_some(), attends) {
        _ if is_ahead => {
            if plan.is_to_be_held() {
                plan.circumstances.insert(Circumstance::Answered);
            }
        }
        (true, false) => {}
        (true, true) => {
            plan.warn("The appointment is still to be booked again: the answer counts for the new date.");
            return;
        }
        (false, _) => {
            plan.warn("The answer on attendance comes when no appointment is ahead, so it changes nothing.");
            return;
        }
    }
    if attends {
        agreed(plan, before.attend() == Some(false));
        book_again(plan, event.appointment.as_ref());
    } else {
        plan.because("The person declined the invitation to attend the assessment.");
        papers_only(plan, true, event.no_other_records);
    }
}

fn agreed(plan: &mut PlanBuilder<'_>, changed: bool) {
    plan.because(if changed {
        "The person has changed their answer and agrees to attend the assessment."
    } else {
        "The person agrees to attend the assessment."
    });
    if plan.state.papers_only {
        plan.warn(
            "The doctor was told to assess on papers alone: agree with the doctor that the assessment takes place.",
        );
    }
}

/// Books the room and any interpreter again, if an earlier answer or a silence called them off: "an interpreter will be
/// present for every case where a language barrier has been identified". In a prison the OST does, whom the note of the
/// answer tells.
fn book_again(plan: &mut PlanBuilder<'_>, details: Option<&AppointmentConfirmed>) {
    let Some(booked) = plan.state.ahead().filter(|_| plan.state.bookings_off).cloned() else {
        return;
    };
    if !plan.bookings_called_off() || booked.fact.date < plan.today {
        return;
    }
    plan.warn("The room and any interpreter were called off and are booked again: see that they can be had in time.");
    if booked.kind.is_of_prison_service() {
        return;
    }
    let Some(details) = details else {
        plan.fault(
            "/event/appointment",
            "appointment.needed",
            "the room and any interpreter were called off, and are booked again for the appointment that now stands",
            "add the appointment as it was confirmed: date, time, location, doctor and interpreter",
        );
        return;
    };
    if (details.date, details.time) != (booked.fact.date, booked.fact.time) {
        let cause = format!("the record has the appointment on {}", weekday_words(booked.fact.date));
        plan.contradiction("/event/appointment/date", "history.appointment", cause);
    }
    plan.circumstances.insert(Circumstance::BookedAgain);
    if details.interpreter.is_some() {
        plan.circumstances.insert(Circumstance::Interpreter);
    }
}

/// "Sent by email from the legal representative": no signature is demanded, and the healthcare team may ask for one.
fn unsigned(plan: &mut PlanBuilder<'_>, event: &ResponseReceived) {
    let signed = plan.case.attachments.iter().any(|one| one.kind == AttachmentKind::SignedConsent);
    if event.from == Respondent::Representative && event.records == Answer::Yes && !signed {
        plan.warn(
            "The representative states that the person agrees to the release of their records, and nothing that the \
             person signed is attached: read the statement before this goes. The healthcare team may ask for a signature.",
        );
    }
}

fn records(plan: &mut PlanBuilder<'_>, before: &Answers, after: &Answers) {
    // The corrected file may have given a consent that was acted on.
    let (was, is) = (before.records().or(said_before(plan)), after.records());
    if was == is {
        return;
    }
    if is == Some(true) {
        // Either answer may change until the assessment (G5); after it, or without one, nobody needs the records.
        let wanted = plan.state.ended().is_none() && (plan.state.papers_only || !plan.state.assessed());
        if wanted {
            plan.circumstances.insert(Circumstance::RecordsAgreed);
        } else {
            plan.warn(
                "The consent comes after the assessment or the end of the process: no records are asked for.",
            );
        }
    }
    if was == Some(true) {
        // A withdrawal stops onward use at any time (G5).
        plan.circumstances.insert(Circumstance::RecordsWithdrawn);
    }
    if plan.is_to_be_held() {
        plan.circumstances.insert(Circumstance::Answered);
    }
    let words = match (was, is) {
        (_, Some(true)) => "The person consents to the release of their healthcare records.",
        (Some(true), _) => "The person has withdrawn consent to the release of their healthcare records.",
        _ => "The person does not consent to the release of their healthcare records.",
    };
    let reason = plan.outcome.reason.take();
    plan.because(reason.map_or_else(|| words.to_owned(), |first| format!("{first} {words}")));
}

/// Returns the consent given by the file that this one corrects.
fn said_before(plan: &PlanBuilder<'_>) -> Option<bool> {
    let replaced = plan.history.replaced.as_deref()?;
    let said = matches!(&replaced.recorded.fact, Fact::ResponseReceived(said) if said.records == Answer::Yes);
    said.then_some(true)
}

/// Applies a change in the answer on attendance that counts.
fn attendance_changed(state: &mut CaseState, attends: Option<bool>) {
    if state.ahead().is_some() {
        state.silent = false;
        state.papers_only = attends == Some(false);
        state.bookings_off = state.papers_only;
    } else if let Some(booked) = state.appointment.as_mut().filter(|booked| {
        // Declined before it was rebooked, so nothing is left to book.
        booked.state == AppointmentState::ToRebook && attends == Some(false)
    }) {
        booked.state = AppointmentState::Cancelled;
        state.papers_only = true;
        state.stop(&[DeadlineRule::Rebook]);
    }
}
