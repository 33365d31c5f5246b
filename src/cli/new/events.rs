//! Enters: the name of an event. Leaves: the questions that are its own, in the order in which people are asked: where
//! two dates must follow each other, the one at which the reader would tell it comes last.
//! Never: holds a question that every event has (those are in `table`).

use super::question::Due::{MayIf, MustElseMay, MustIf};
use super::question::Sort::{Choice, Date, Entry, Flag, Group, Line, List, Place, Prose, Standard, Time};
use super::question::When::{Absent, Is, There};
use super::question::{GRADE, Question, REFERENCE, closed, may, must, when};
use despatch_core::words::Role;
use despatch_process::case::{
    About, Agreement, Answer, Decision, Departure, EventName, Gender, InterpreterMode, Level, Met, Method,
    OpinionMethod, Outcome, Rebooking, RemovalFailure, Respondent,
};

/// The questions of one event alone.
pub fn of_event(event: EventName) -> &'static [Question] {
    match event {
        EventName::ExternalReportReceived => EXTERNAL_REPORT_RECEIVED,
        EventName::ReferralReceived => REFERRAL_RECEIVED,
        EventName::NoDoctorAvailable => NO_DOCTOR_AVAILABLE,
        EventName::AppointmentConfirmed => APPOINTMENT,
        EventName::LetterServed => LETTER_SERVED,
        EventName::ServiceFailed => SERVICE_FAILED,
        EventName::GuidanceGiven => GUIDANCE_GIVEN,
        EventName::ResponseReceived => RESPONSE_RECEIVED,
        EventName::NoResponse => NO_RESPONSE,
        EventName::RecordsReceived => RECORDS_RECEIVED,
        EventName::AssessmentOutcome => OUTCOME,
        EventName::ConcernsRaised => CONCERNS_RAISED,
        EventName::SecondOpinionReceived => OPINION_RECEIVED,
        EventName::Transferred => TRANSFERRED,
        EventName::ReleaseDecided => RELEASE_DECIDED,
        EventName::RemovalSet => REMOVAL_SET,
        EventName::LeftDetention => LEFT_DETENTION,
        EventName::RemovalFailed => REMOVAL_FAILED,
        EventName::RepresentativeChanged => REPRESENTATIVE_CHANGED,
        EventName::Died => DIED,
        EventName::ResponseDecided => RESPONSE_DECIDED,
    }
}

const REPORT: &[Question] = &[
    must("author", "Who wrote the external medical report?", Line),
    must("profession", "The author's profession", Line),
    must("author_regulated", "Does a professional body regulate the author?", Flag),
    when(MustIf(Is("author_regulated", &["true"])), "regulator", "That body", Line),
    when(
        MustIf(Is("author_regulated", &["true"])),
        "registration",
        "The author's number in its register",
        Line,
    ),
    when(
        MustIf(Is("author_regulated", &["false"])),
        "register_checked",
        "The register in which the author was looked for and not found",
        Line,
    ),
    must("report_date", "The date of the report", Date),
    must("assessed_on", "The day of the assessment", Date),
    must("method", "How was the person assessed?", Choice(|| closed(Method::WORDS, Method::words))),
    may("limitations_stated", "Does the report set out the limits of its method?", Flag),
];

const DOCTOR: &[Question] = &[must("entry", "The contracted doctor", Entry(Role::Doctor)), REFERENCE];

const INTERPRETER: &[Question] = &[
    must("language", "The interpreter's language", Line),
    must(
        "mode",
        "How does the interpreter take part?",
        Choice(|| closed(InterpreterMode::WORDS, InterpreterMode::words)),
    ),
    may("dialect", "The dialect, where one was asked for", Line),
    may(
        "requested_gender",
        "The interpreter's gender, where one was asked for",
        Choice(|| closed(Gender::WORDS, Gender::words)),
    ),
];

const APPOINTMENT: &[Question] = &[
    must(
        "referred_on",
        "The day on which the report was referred to the Detained Medical Reports Team",
        Date,
    ),
    must("date", "The day of the assessment", Date),
    must("time", "Its time in the United Kingdom", Time),
    must("location", "The room, as the letter says it after \"at\"", Line),
    must("doctor", "", Group(DOCTOR)),
    when(MustIf(Is("/person/interpreter_needed", &["true"])), "interpreter", "", Group(INTERPRETER)),
    may("transferred_on", "The day on which the person came from a temporary place, where they did", Date),
    may(
        "rebooks",
        "The date of the cancelled assessment that this one takes the place of, where there was one",
        Date,
    ),
    may("joining_instructions", "How the doctor joins the call", Line),
    may("on_the_day_contact", "Whom to call on the day", Line),
];

const SECOND_OPINION: &[Question] = &[
    must(
        "doctor_name",
        "The name of the doctor who gave the second opinion, as the response states it",
        Line,
    ),
    must("report_date", "The date of the second opinion report", Date),
    must(
        "method",
        "How was the second opinion formed?",
        Choice(|| closed(OpinionMethod::WORDS, OpinionMethod::words)),
    ),
    when(MustIf(Is("method", &["video"])), "assessed_on", "The day of that assessment", Date),
    must("limitations", "The limits that the second opinion report states", Prose),
    must(
        "agrees_condition",
        "Does it agree with the external medical report on the condition?",
        Choice(|| closed(Agreement::WORDS, Agreement::words)),
    ),
    must(
        "agrees_harm",
        "Does it agree with the external medical report on harm by detention?",
        Choice(|| closed(Agreement::WORDS, Agreement::words)),
    ),
];

const FINDING: &[Question] = &[
    must("id", "A standard for external medical reports", Standard),
    must("met", "Is it met?", Choice(|| closed(Met::WORDS, Met::words))),
    must("reasons", "The reasons", Prose),
];

const DECIDED_BY: &[Question] = &[must("name", "The name of whoever decided", Line), GRADE];
const AUTHORISED_BY: &[Question] = &[
    must("name", "The name of whoever authorised it", Line),
    GRADE,
    must("on", "The day of the authority", Date),
];

const RESPONSE_RECEIVED: &[Question] = &[
    must("received_on", "The day on which the response came in", Date),
    must("from", "Who answered?", Choice(|| closed(Respondent::WORDS, Respondent::words))),
    must("attend", "Does the person agree to attend?", Choice(|| closed(Answer::WORDS, Answer::words))),
    must(
        "records",
        "Do they agree to the release of their healthcare records?",
        Choice(|| closed(Answer::WORDS, Answer::words)),
    ),
    must("signed", "Is the response signed?", Flag),
    must(
        "own_instruction",
        "Does the representative state in writing that this is the client's own instruction?",
        Flag,
    ),
];

const OUTCOME: &[Question] = &[
    must("outcome", "What came of the appointment?", Choice(|| closed(Outcome::WORDS, Outcome::words))),
    must("date", "The day of the appointment", Date),
    must("reported_on", "The day on which its outcome was reported", Date),
    when(
        MustIf(Is(
            "outcome",
            &["staff_unavailable", "technical", "interpreter_unavailable", "other_home_office"],
        )),
        "rebooking",
        "Can the assessment be booked again in time?",
        Choice(|| closed(Rebooking::WORDS, Rebooking::words)),
    ),
];

const OPINION_RECEIVED: &[Question] = &[
    must("received_on", "The day on which the second opinion report came in", Date),
    must("doctor", "", Group(DOCTOR)),
    must(
        "method",
        "How was the opinion formed?",
        Choice(|| closed(OpinionMethod::WORDS, OpinionMethod::words)),
    ),
    when(MustIf(Is("method", &["video"])), "assessed_on", "The day of the assessment", Date),
    must("limitations_stated", "Does the report state the limits of its method?", Flag),
];

const REMOVAL_FAILED: &[Question] = &[
    must("failed_on", "The day on which the removal was to be", Date),
    must("cause", "Why did it fail?", Choice(|| closed(RemovalFailure::WORDS, RemovalFailure::words))),
    must("detention_maintained", "Does the person stay detained?", Flag),
    may("removal_set_for", "The new date for which removal is set, where it is", Date),
];

const REPRESENTATIVE_CHANGED: &[Question] = &[
    must("on", "The day of the change", Date),
    when(
        MustElseMay(Absent("/representative")),
        "previous",
        "The representative before",
        Entry(Role::Representative),
    ),
    when(
        MayIf(There("/representative")),
        "appointment",
        "Is an appointment ahead, to which the new representative is invited?",
        Group(APPOINTMENT),
    ),
];

const RESPONSE_DECIDED: &[Question] = &[
    must(
        "dcpr_completed_on",
        "The day on which the Detention and Case Progression Review was completed",
        Date,
    ),
    must("report", "", Group(REPORT)),
    may("second_opinion", "Is there a second opinion?", Group(SECOND_OPINION)),
    when(
        MustIf(Absent("second_opinion")),
        "no_second_opinion_because",
        "Why is there no second opinion?",
        Line,
    ),
    must("standards", "What was found of each standard", List(FINDING)),
    when(MustIf(There("second_opinion")), "agreement", "Where do the two reports agree?", Prose),
    when(MustIf(There("second_opinion")), "differences", "Where do they differ?", Prose),
    must("circumstances", "The person's own circumstances, and how they were weighed", Prose),
    must("level", "The level of evidence", Choice(|| closed(Level::WORDS, Level::words))),
    must("level_reasons", "The reasons for that level", Prose),
    must("outcome", "What was decided about detention?", Choice(|| closed(Decision::WORDS, Decision::words))),
    must("outcome_reasons", "The reasons for that decision", Prose),
    must("decision_maker", "", Group(DECIDED_BY)),
    must("authorised_by", "", Group(AUTHORISED_BY)),
    may("removal_on", "The day for which removal is set, where the response must be served before it", Date),
];

const EXTERNAL_REPORT_RECEIVED: &[Question] = &[
    must("received_on", "The day on which the report came in", Date),
    must("report", "", Group(REPORT)),
    may("release_decided_on", "The date of a decision to release, where there is one", Date),
    may("removal_set_for", "The date for which removal is set, where it is", Date),
    may("level_in_force", "The vulnerability level in force", Choice(|| closed(Level::WORDS, Level::words))),
];

const REFERRAL_RECEIVED: &[Question] = &[
    must("received_on", "The day on which the referral came in", Date),
    must("opinion_requested", "Is a second opinion requested?", Flag),
    may("doctor", "Is a contracted doctor to be asked whether they are free?", Group(DOCTOR)),
];

const NO_DOCTOR_AVAILABLE: &[Question] = &[
    must("established_on", "The day on which it was clear that no doctor can assess in time", Date),
    must(
        "referred_on",
        "The day on which the report was referred to the Detained Medical Reports Team",
        Date,
    ),
];

const LETTER_SERVED: &[Question] = &[
    must("served_on", "The day of service", Date),
    must("explained", "Was the letter explained?", Flag),
    must("refused", "Did the person refuse to take it?", Flag),
];

const SERVICE_FAILED: &[Question] = &[
    must("reported_on", "The day on which the place reported it", Date),
    must("reason", "Why can the letter not be served in time?", Line),
];

const GUIDANCE_GIVEN: &[Question] = &[
    must("asked_on", "The day of the question", Date),
    must("about", "What was it about?", Choice(|| closed(About::WORDS, About::words))),
    must("question", "The question", Prose),
    must("answer", "The answer", Prose),
];

const NO_RESPONSE: &[Question] = &[
    must("place_confirmed_on", "The day on which the place confirmed that nothing came", Date),
    must("inbox_checked_on", "The day on which the inbox was checked", Date),
];

const RECORDS_RECEIVED: &[Question] = &[must("received_on", "The day on which the records came in", Date)];

const CONCERNS_RAISED: &[Question] = &[
    must("raised_on", "The day on which the concern was raised", Date),
    must("concerns", "The concern", Prose),
];

const TRANSFERRED: &[Question] =
    &[must("on", "The day of the transfer", Date), must("from", "The place that the person left", Place)];

const RELEASE_DECIDED: &[Question] = &[must("decided_on", "The day of the decision to release", Date)];

const REMOVAL_SET: &[Question] = &[
    must("set_on", "The day on which removal was set", Date),
    must("removal_on", "The day for which it is set", Date),
];

const LEFT_DETENTION: &[Question] = &[
    must("on", "The day on which the person left detention", Date),
    must("how", "How?", Choice(|| closed(Departure::WORDS, Departure::words))),
];

const DIED: &[Question] = &[must("on", "The day of the death", Date)];
