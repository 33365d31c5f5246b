//! Enters: nothing by itself. Leaves: the closed list of purposes of messages. A row of a pack names its purpose;
//! rules and records refer to it. Never: knows the number under which a source lists a row (the row cites it).

despatch_core::closed! {
    /// The purpose of a message.
    Purpose {
        /// The report goes to the DMRT, with a copy to the casework manager.
        Referral = "referral", "refer an external medical report";
        /// The report goes to the team that cares for the person.
        ReportToHealthcare = "report_to_healthcare", "give the healthcare team the report";
        /// The report does not meet the baseline standard (G14).
        ReportRejected = "report_rejected", "reject a report below the baseline standard";
        /// A report that pre-dates the detention is considered on its merits.
        EarlierReport = "earlier_report", "have an earlier report considered on its merits";
        /// Whether a doctor is available to assess.
        DoctorAvailability = "doctor_availability", "ask a doctor whether they are available";
        /// When the place can hold an assessment.
        DateRequest = "date_request", "ask for a date for the assessment";
        /// The week's places are taken (B3).
        NoCapacity = "no_capacity", "say that there is no capacity";
        /// The report is considered without a second opinion.
        NoSecondOpinion = "no_second_opinion", "say that there will be no second opinion";
        /// The report is returned to the caseworker because no doctor is available.
        ReportReturned = "report_returned", "return the report";
        /// The caseworker is told the date of the assessment.
        AssessmentDate = "assessment_date", "tell the caseworker the date";
        /// The doctor gets the report and its supporting information.
        DoctorBundle = "doctor_bundle", "give the doctor the documents";
        /// An interpreter is booked for the day.
        InterpreterBooking = "interpreter_booking", "book an interpreter";
        /// A room is booked for the day.
        RoomBooking = "room_booking", "book a room";
        /// The place gets the invitation, to hand it over in person.
        InvitationToServe = "invitation_to_serve", "have the invitation served";
        /// The legal representative gets the invitation.
        InvitationToRepresentative = "invitation_to_representative", "send the representative the invitation";
        /// A cancelled assessment has a new date, and the answers still hold.
        Rebooking = "rebooking", "tell of a new date";
        /// A question of the serving or overseeing staff is answered.
        GuidanceAnswer = "guidance_answer", "answer a question";
        /// The staff who oversee the appointment have a concern (G16).
        ConcernNotice = "concern_notice", "pass on a concern";
        /// The two answers to the invitation contradict each other.
        OppositeResponses = "opposite_responses", "point out opposite answers";
        /// The person is to be asked, for their representative declined without their instruction (G5).
        AskPerson = "ask_person", "have the person asked whether they attend";
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
        /// The person or their representative is told that an appointment is cancelled.
        Cancellation = "cancellation", "tell the person that the appointment is off";
        /// The doctor is told that an appointment is cancelled.
        DoctorCancellation = "doctor_cancellation", "stand the doctor down";
        /// The place is told that an appointment is cancelled, if there is nothing to hand over.
        AppointmentOff = "appointment_off", "tell the place that the appointment is off";
        /// The interpreter or the room is no longer needed.
        BookingCancellation = "booking_cancellation", "cancel a booking";
        /// The DMRT is told where a person from a temporary place is: the time for the assessment restarts.
        TransferFromTemporary = "transfer_from_temporary", "tell of a transfer from a temporary place";
        /// The DMRT is told where the person is.
        TransferNotice = "transfer_notice", "tell of a transfer";
        /// The DMRT is told of a release or a removal.
        ReleaseOrRemoval = "release_or_removal", "tell of a release or a removal";
        /// The doctor completes the report that was begun (B9, B10).
        ConcludeReport = "conclude_report", "have the report concluded";
        /// The report is referred again: a removal failed, or the release was withdrawn (B10, G10).
        ReReferral = "re_referral", "refer the report again";
        /// The second opinion goes to the caseworker.
        SecondOpinionToCaseworker = "second_opinion_to_caseworker", "give the caseworker the second opinion";
        /// The second opinion goes to the team that cares for the person.
        SecondOpinionToHealthcare = "second_opinion_to_healthcare", "give the healthcare team the second opinion";
        /// The decision-maker is told that a decision is needed.
        DecisionNeeded = "decision_needed", "ask for a decision";
        /// The response to the report, before a removal.
        ResponseBeforeRemoval = "response_before_removal", "answer the report before removal";
        /// The response to the report.
        Response = "response", "answer the report";
        /// The DMRT is told the outcome.
        VulnerabilityOutcome = "vulnerability_outcome", "tell the DMRT the outcome";
        /// Those who review detention are asked to.
        ReviewRequest = "review_request", "ask for a review of detention";
        /// The person gets written reasons for further detention.
        WrittenReasons = "written_reasons", "give the person written reasons";
        /// The Panel Team is told what became of its recommendation.
        PanelAnswer = "panel_answer", "answer the panel's recommendation";
        /// The Rule 35 Team gets a report to answer.
        ReportTask = "report_task", "have the report of healthcare staff answered";
        /// The answer to a report of healthcare staff.
        ReportResponse = "report_response", "answer the report of healthcare staff";
        /// A release is put to the Strategic Director.
        ReleaseReferral = "release_referral", "refer a release to the Strategic Director";
        /// Those who decide are warned of a limit.
        LimitWarning = "limit_warning", "warn of a limit";
    }
}

impl Purpose {
    /// Returns whether it requests or carries the healthcare records: only while the person consents (G5).
    pub fn concerns_records(self) -> bool {
        matches!(self, Purpose::RecordsRequest | Purpose::RecordsToDoctor)
    }

    /// Returns whether it tells staff to stop something: such messages are not held.
    pub fn stops_work(self) -> bool {
        use Purpose::{AppointmentOff, BookingCancellation, DoctorCancellation, RecordsWithdrawn};
        matches!(self, AppointmentOff | BookingCancellation | DoctorCancellation | RecordsWithdrawn)
    }

    /// Returns whether a pack may let a sample of a batch stand for the rest: it says nothing of anybody's health, and tells
    /// of no decision about the report, the appointment or the detention.
    pub fn may_be_sampled(self) -> bool {
        use Purpose::{BookingCancellation, DoctorAvailability, InterpreterBooking, RoomBooking};
        matches!(self, BookingCancellation | DoctorAvailability | InterpreterBooking | RoomBooking)
    }

    /// Returns whether it tells the person, or their representative, that an appointment is cancelled.
    pub fn cancels_for_person(self) -> bool {
        self == Purpose::Cancellation
    }

    /// Returns whether it is served as the answer to the external medical report: the response, or its rejection.
    pub fn answers_report(self) -> bool {
        self.is_response() || self == Purpose::ReportRejected
    }

    /// Returns whether it is a response to the external medical report.
    pub fn is_response(self) -> bool {
        matches!(self, Purpose::Response | Purpose::ResponseBeforeRemoval)
    }
}
