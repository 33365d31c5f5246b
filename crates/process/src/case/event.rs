//! Enters: nothing by itself. Leaves: the words of a case's event: what happened, as the person who drops the file
//! knows it. Never: says what follows from it (that is `policy`).

use super::closed::{
    About, Agreement, Answer, Decision, Departure, EventName, Gender, InterpreterMode, Level, Met, Method,
    OpinionMethod, Outcome, Rebooking, RemovalFailure, Respondent,
};
use super::prose::Prose;
use super::{Contact, Grade};
use chrono::{NaiveDate, NaiveTime};
use despatch_core::words::{EntryId, PlaceId, StandardId};

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    ExternalReportReceived(ReportReceived),
    ReferralReceived(ReferralReceived),
    NoDoctorAvailable(NoDoctorAvailable),
    AppointmentConfirmed(AppointmentConfirmed),
    LetterServed(LetterServed),
    ServiceFailed(ServiceFailed),
    GuidanceGiven(GuidanceGiven),
    ResponseReceived(ResponseReceived),
    NoResponse(NoResponse),
    RecordsReceived(RecordsReceived),
    AssessmentOutcome(AssessmentOutcome),
    ConcernsRaised(ConcernsRaised),
    SecondOpinionReceived(SecondOpinionReceived),
    Transferred(Transferred),
    ReleaseDecided(ReleaseDecided),
    RemovalSet(RemovalSet),
    LeftDetention(LeftDetention),
    RemovalFailed(RemovalFailed),
    RepresentativeChanged(RepresentativeChanged),
    Died(Died),
    ResponseDecided(Box<ResponseDecided>),
}

impl Event {
    /// Which event it is.
    pub fn name(&self) -> EventName {
        match self {
            Event::ExternalReportReceived(_) => EventName::ExternalReportReceived,
            Event::ReferralReceived(_) => EventName::ReferralReceived,
            Event::NoDoctorAvailable(_) => EventName::NoDoctorAvailable,
            Event::AppointmentConfirmed(_) => EventName::AppointmentConfirmed,
            Event::LetterServed(_) => EventName::LetterServed,
            Event::ServiceFailed(_) => EventName::ServiceFailed,
            Event::GuidanceGiven(_) => EventName::GuidanceGiven,
            Event::ResponseReceived(_) => EventName::ResponseReceived,
            Event::NoResponse(_) => EventName::NoResponse,
            Event::RecordsReceived(_) => EventName::RecordsReceived,
            Event::AssessmentOutcome(_) => EventName::AssessmentOutcome,
            Event::ConcernsRaised(_) => EventName::ConcernsRaised,
            Event::SecondOpinionReceived(_) => EventName::SecondOpinionReceived,
            Event::Transferred(_) => EventName::Transferred,
            Event::ReleaseDecided(_) => EventName::ReleaseDecided,
            Event::RemovalSet(_) => EventName::RemovalSet,
            Event::LeftDetention(_) => EventName::LeftDetention,
            Event::RemovalFailed(_) => EventName::RemovalFailed,
            Event::RepresentativeChanged(_) => EventName::RepresentativeChanged,
            Event::Died(_) => EventName::Died,
            Event::ResponseDecided(_) => EventName::ResponseDecided,
        }
    }

    /// What people wrote in their own words, each with what it is.
    pub(super) fn free_texts(&self) -> Vec<(&'static str, String)> {
        match self {
            Event::AppointmentConfirmed(booked) => booked.free_texts(),
            Event::RepresentativeChanged(event) => {
                event.appointment.as_deref().map(AppointmentConfirmed::free_texts).unwrap_or_default()
            }
            Event::ServiceFailed(event) => vec![("the reason", event.reason.clone())],
            Event::GuidanceGiven(event) => {
                vec![("the question", event.question.text()), ("the answer", event.answer.text())]
            }
            Event::ConcernsRaised(event) => vec![("the concern", event.concerns.text())],
            _ => Vec::new(),
        }
    }

    /// The contracted doctor whom the event names.
    pub fn doctor(&self) -> Option<&Contact> {
        match self {
            Event::AppointmentConfirmed(event) => Some(&event.doctor),
            Event::SecondOpinionReceived(event) => Some(&event.doctor),
            Event::ReferralReceived(event) => event.doctor.as_ref(),
            _ => None,
        }
    }
}

/// An external medical report came in (rows 1 and 2, and G14).
#[derive(Debug, Clone, PartialEq)]
pub struct ReportReceived {
    pub received_on: NaiveDate,
    pub report: Report,
    /// The date of a decision to release, if one was made.
    pub release_decided_on: Option<NaiveDate>,
    /// The date for which removal is set, if it is.
    pub removal_set_for: Option<NaiveDate>,
    /// The vulnerability level in force when the report came in; it stays so while an opinion is pending (G9).
    pub level_in_force: Option<Level>,
}

/// What the external medical report says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub author: String,
    pub profession: String,
    /// The baseline standard: is the author regulated (B2)?
    pub author_regulated: bool,
    pub regulator: Option<String>,
    pub registration: Option<String>,
    /// The register in which an unregulated author was looked for (G14).
    pub register_checked: Option<String>,
    pub assessed_on: NaiveDate,
    pub report_date: NaiveDate,
    pub method: Method,
    pub limitations_stated: Option<bool>,
}

/// The DMRT has the report, with or without a request for a second opinion (rows 3, 4 and 7).
#[derive(Debug, Clone, PartialEq)]
pub struct ReferralReceived {
    pub received_on: NaiveDate,
    pub opinion_requested: bool,
    /// The contracted doctor who is asked whether they are free.
    pub doctor: Option<Contact>,
}

/// No contracted doctor can assess within the working days that the guidance gives (row 6).
#[derive(Debug, Clone, PartialEq)]
pub struct NoDoctorAvailable {
    pub established_on: NaiveDate,
    pub referred_on: NaiveDate,
}

/// The date of the second-opinion assessment is set (rows 5, 8 to 10, 12 to 14, and 24 for a rebooking).
#[derive(Debug, Clone, PartialEq)]
pub struct AppointmentConfirmed {
    /// The day on which the report was referred to the DMRT; starts the 7 working days (B4).
    pub referred_on: NaiveDate,
    /// The day of transfer from a temporary place, which starts the 7 working days anew (row 11).
    pub transferred_on: Option<NaiveDate>,
    /// The date of the cancelled assessment that this one takes the place of (row 24).
    pub rebooks: Option<NaiveDate>,
    pub date: NaiveDate,
    /// Europe/London.
    pub time: NaiveTime,
    /// The room, as the letter says it after "at".
    pub location: String,
    pub doctor: Contact,
    pub interpreter: Option<Interpreter>,
    /// How the doctor joins the video call, for the doctor's bundle alone.
    pub joining_instructions: Option<String>,
    /// Whom the doctor calls on the day.
    pub on_the_day_contact: Option<String>,
}

impl AppointmentConfirmed {
    fn free_texts(&self) -> Vec<(&'static str, String)> {
        let dialect = self.interpreter.as_ref().and_then(|interpreter| interpreter.dialect.as_ref());
        let all = [
            ("the room", Some(&self.location)),
            ("the joining instructions", self.joining_instructions.as_ref()),
            ("the contact of the day", self.on_the_day_contact.as_ref()),
            ("the dialect", dialect),
        ];
        all.into_iter().filter_map(|(what, text)| Some((what, text?.clone()))).collect()
    }
}

/// The interpreter who was booked, or is to be (B15, G21).
#[derive(Debug, Clone, PartialEq)]
pub struct Interpreter {
    pub language: String,
    pub mode: InterpreterMode,
    pub dialect: Option<String>,
    pub requested_gender: Option<Gender>,
}

/// The invitation was handed over in person (row 16).
#[derive(Debug, Clone, PartialEq)]
pub struct LetterServed {
    pub served_on: NaiveDate,
    pub explained: bool,
    /// The person refused to take the letter.
    pub refused: bool,
}

/// The invitation could not be served in time (rows 17 and 18).
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceFailed {
    pub reported_on: NaiveDate,
    pub reason: String,
}

/// The DMRT answers a question of those who serve or oversee (row 15, G16).
#[derive(Debug, Clone, PartialEq)]
pub struct GuidanceGiven {
    pub asked_on: NaiveDate,
    pub about: About,
    pub question: Prose,
    pub answer: Prose,
}

/// An answer to the invitation (rows 19, 21 and 22, and G5, G6).
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseReceived {
    pub received_on: NaiveDate,
    pub from: Respondent,
    pub attend: Answer,
    pub records: Answer,
    pub signed: bool,
    /// The representative states the client's own instruction in writing (G5).
    pub own_instruction: bool,
}

/// Nobody answered, as the place of detention and the inbox both confirm (G4).
#[derive(Debug, Clone, PartialEq)]
pub struct NoResponse {
    pub place_confirmed_on: NaiveDate,
    pub inbox_checked_on: NaiveDate,
}

/// The healthcare team sent the records (G6).
#[derive(Debug, Clone, PartialEq)]
pub struct RecordsReceived {
    pub received_on: NaiveDate,
}

/// What came of an appointment (rows 20 and 22 to 26).
#[derive(Debug, Clone, PartialEq)]
pub struct AssessmentOutcome {
    /// The date of the appointment.
    pub date: NaiveDate,
    pub reported_on: NaiveDate,
    pub outcome: Outcome,
    /// With a cause on the side of the Home Office, and with no other.
    pub rebooking: Option<Rebooking>,
}

/// Those who oversee the appointment reported a concern (G16).
#[derive(Debug, Clone, PartialEq)]
pub struct ConcernsRaised {
    pub raised_on: NaiveDate,
    pub concerns: Prose,
}

/// The second opinion report came in (rows 27 and 30 to 32).
#[derive(Debug, Clone, PartialEq)]
pub struct SecondOpinionReceived {
    pub received_on: NaiveDate,
    pub doctor: Contact,
    pub method: OpinionMethod,
    pub assessed_on: Option<NaiveDate>,
    pub limitations_stated: bool,
}

/// The person was moved (row 11, G10); the case's detention names the new place.
#[derive(Debug, Clone, PartialEq)]
pub struct Transferred {
    pub on: NaiveDate,
    pub from: PlaceId,
}

/// Release was decided (rows 28 and 29).
#[derive(Debug, Clone, PartialEq)]
pub struct ReleaseDecided {
    pub decided_on: NaiveDate,
}

/// Removal was set (rows 28, 29 and 33).
#[derive(Debug, Clone, PartialEq)]
pub struct RemovalSet {
    pub set_on: NaiveDate,
    pub removal_on: NaiveDate,
}

/// The person is no longer detained (B9).
#[derive(Debug, Clone, PartialEq)]
pub struct LeftDetention {
    pub on: NaiveDate,
    pub how: Departure,
}

/// A removal failed (rows 34 and 35).
#[derive(Debug, Clone, PartialEq)]
pub struct RemovalFailed {
    pub failed_on: NaiveDate,
    pub cause: RemovalFailure,
    pub detention_maintained: bool,
    /// The date for which removal is set anew, if it is.
    pub removal_set_for: Option<NaiveDate>,
}

/// The case's representative is a new one, or there is none any more (G10).
#[derive(Debug, Clone, PartialEq)]
pub struct RepresentativeChanged {
    pub on: NaiveDate,
    pub previous: Option<EntryId>,
    /// The appointment that is ahead, as it was confirmed: the new representative gets the invitation to it.
    pub appointment: Option<Box<AppointmentConfirmed>>,
}

/// The person died (G10).
#[derive(Debug, Clone, PartialEq)]
pub struct Died {
    pub on: NaiveDate,
}

/// The decision-maker has considered the evidence (rows 33, 36 and 37).
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseDecided {
    /// When the Detention and Case Progression Review was completed.
    pub dcpr_completed_on: NaiveDate,
    /// Removal is set for this day, before the process has ended (row 33).
    pub removal_on: Option<NaiveDate>,
    pub report: Report,
    pub second_opinion: Option<SecondOpinion>,
    pub no_second_opinion_because: Option<String>,
    pub standards: Vec<StandardFinding>,
    /// Where the two reports agree.
    pub agreement: Option<Prose>,
    /// Where they differ.
    pub differences: Option<Prose>,
    /// The individual circumstances.
    pub circumstances: Prose,
    pub level: Level,
    pub level_reasons: Prose,
    pub outcome: Decision,
    pub outcome_reasons: Prose,
    pub decision_maker: Official,
    /// Who authorised the review, and so the response.
    pub authorised_by: Authority,
}

/// What the second opinion report says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct SecondOpinion {
    pub doctor_name: String,
    pub report_date: NaiveDate,
    pub method: OpinionMethod,
    pub assessed_on: Option<NaiveDate>,
    pub limitations: Prose,
    pub agrees_condition: Agreement,
    pub agrees_harm: Agreement,
}

/// One standard for external medical reports, and whether this report meets it.
#[derive(Debug, Clone, PartialEq)]
pub struct StandardFinding {
    pub id: StandardId,
    pub met: Met,
    pub reasons: Prose,
}

/// An official who signs.
#[derive(Debug, Clone, PartialEq)]
pub struct Official {
    pub name: String,
    pub grade: Grade,
}

/// An official who authorised, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Authority {
    pub name: String,
    pub grade: Grade,
    pub on: NaiveDate,
}
