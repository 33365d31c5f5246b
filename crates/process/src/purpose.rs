//! Enters: nothing by itself. Leaves: the closed list of what messages are for. A row of a pack names its purpose, rules
//! and records ask by it. Never: knows the number under which a source lists a row (the row cites it).

use serde::{Deserialize, Serialize};

/// Purposes with the word by which a pack and the record write them, and as people read them.
macro_rules! purposes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $label:literal;)*) => {
        /// What a message is for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Purpose {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl Purpose {
            /// Every purpose.
            pub const ALL: &'static [Purpose] = &[$(Purpose::$variant),*];

            /// The word by which a pack names it.
            pub fn word(self) -> &'static str {
                match self { $(Purpose::$variant => $word,)* }
            }

            /// The purpose in words, for people.
            pub fn label(self) -> &'static str {
                match self { $(Purpose::$variant => $label,)* }
            }
        }
    };
}

purposes! {
    /// The report goes to the DMRT, with a copy to the casework manager.
    Referral = "referral", "refer an external medical report";
    /// The report goes to those who care for the person.
    ReportToHealthcare = "report_to_healthcare", "give the healthcare team the report";
    /// The report does not meet the baseline standard (G14).
    ReportRejected = "report_rejected", "reject a report below the baseline standard";
    /// Whether a doctor is free to assess.
    DoctorAvailability = "doctor_availability", "ask a doctor whether they are available";
    /// When the place can hold an assessment.
    DateRequest = "date_request", "ask for a date for the assessment";
    /// The week's places are taken (B3).
    NoCapacity = "no_capacity", "say that there is no capacity";
    /// The report is considered without a second opinion.
    NoSecondOpinion = "no_second_opinion", "say that there will be no second opinion";
    /// The report goes back to the caseworker, for no doctor is to be had.
    ReportReturned = "report_returned", "return the report";
    /// The caseworker is told the date of the assessment.
    AssessmentDate = "assessment_date", "tell the caseworker the date";
    /// The doctor gets the report and what supports it.
    DoctorBundle = "doctor_bundle", "give the doctor the documents";
    /// An interpreter is booked for the day.
    InterpreterBooking = "interpreter_booking", "book an interpreter";
    /// A room is booked for the day.
    RoomBooking = "room_booking", "book a room";
    /// The place gets the invitation, to hand it over in person.
    InvitationToServe = "invitation_to_serve", "have the invitation served";
    /// The legal representative gets the invitation.
    InvitationToRepresentative = "invitation_to_representative", "send the representative the invitation";
    /// A cancelled assessment has a new date, and the answers to it stand.
    Rebooking = "rebooking", "tell of a new date";
    /// A question of those who serve or oversee is answered.
    GuidanceAnswer = "guidance_answer", "answer a question";
    /// Those who oversee the appointment have a concern (G16).
    ConcernNotice = "concern_notice", "pass on a concern";
    /// The two answers to the invitation are opposite.
    OppositeResponses = "opposite_responses", "point out opposite answers";
    /// How the invitation was answered (G6).
    ResponseResult = "response_result", "tell how the invitation was answered";
    /// The doctor is to assess on papers alone.
    PapersOnly = "papers_only", "have the assessment made on papers alone";
    /// The healthcare team is asked for the person's records (G6).
    RecordsRequest = "records_request", "ask for the healthcare records";
    /// The records go to the doctor (G6).
    RecordsToDoctor = "records_to_doctor", "give the doctor the healthcare records";
    /// The consent to the use of the records is withdrawn (G5).
    RecordsWithdrawn = "records_withdrawn", "stop the use of the healthcare records";
    /// The person or their representative is told that an appointment is off.
    Cancellation = "cancellation", "tell the person that the appointment is off";
    /// The doctor is told so.
    DoctorCancellation = "doctor_cancellation", "stand the doctor down";
    /// The place is told so, where nobody is to hand anything over.
    AppointmentOff = "appointment_off", "tell the place that the appointment is off";
    /// The interpreter or the room is no longer needed.
    BookingCancellation = "booking_cancellation", "cancel a booking";
    /// The DMRT learns where the person is now who came from a temporary place: the time for the assessment starts anew.
    TransferFromTemporary = "transfer_from_temporary", "tell of a transfer from a temporary place";
    /// The DMRT learns where the person is now.
    TransferNotice = "transfer_notice", "tell of a transfer";
    /// The DMRT learns of a release or a removal.
    ReleaseOrRemoval = "release_or_removal", "tell of a release or a removal";
    /// The doctor completes the report that was begun (B9, B10).
    ConcludeReport = "conclude_report", "have the report concluded";
    /// The report is referred again after a removal that failed (B10).
    ReReferral = "re_referral", "refer the report again";
    /// The second opinion goes to the caseworker.
    SecondOpinionToCaseworker = "second_opinion_to_caseworker", "give the caseworker the second opinion";
    /// The second opinion goes to those who care for the person.
    SecondOpinionToHealthcare = "second_opinion_to_healthcare", "give the healthcare team the second opinion";
    /// Whoever decides is told that a decision is needed.
    DecisionNeeded = "decision_needed", "ask for a decision";
    /// The response to the report, before a removal.
    ResponseBeforeRemoval = "response_before_removal", "answer the report before removal";
    /// The response to the report.
    Response = "response", "answer the report";
    /// The DMRT learns the outcome.
    VulnerabilityOutcome = "vulnerability_outcome", "tell the DMRT the outcome";
}

impl Purpose {
    /// Whether it asks for the healthcare records, or carries them: only while the person consents (G5).
    pub fn concerns_records(self) -> bool {
        matches!(self, Purpose::RecordsRequest | Purpose::RecordsToDoctor)
    }

    /// Whether it tells those at work to stop: what stops something is not held.
    pub fn stops_work(self) -> bool {
        use Purpose::{AppointmentOff, BookingCancellation, DoctorCancellation, RecordsWithdrawn};
        matches!(self, AppointmentOff | BookingCancellation | DoctorCancellation | RecordsWithdrawn)
    }

    /// Whether it tells the person, or their representative, that an appointment is off.
    pub fn cancels_for_person(self) -> bool {
        self == Purpose::Cancellation
    }

    /// Whether it answers the external medical report.
    pub fn is_response(self) -> bool {
        matches!(self, Purpose::Response | Purpose::ResponseBeforeRemoval)
    }
}
