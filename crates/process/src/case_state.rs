//! Enters: what an event changes. Leaves: the state of a case: the appointment, the answers, the route, the running
//! clocks.
//! Never: assumes more than the record says, or decides what follows.

use crate::cancellations::Cancellations;
use crate::deadlines::{Deadline, DeadlineRule};
use crate::detention::london_time::LondonTime;
use crate::detention::state::DetentionState;
use crate::facts::{BookedFact, Departure, Fact, Level};
use crate::history::PastEvent;
use crate::places::PlaceKind;
use chrono::NaiveDate;
use despatch_core::words::{EntryId, PlaceId};
use serde::{Deserialize, Serialize};

pub use crate::answers::{Answers, Replies};

/// The state of a case after its events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CaseState {
    /// Whether a second opinion was requested, if the record says.
    pub requested: Option<bool>,
    /// Whether the casework team's own event requested one, whatever the referral said.
    pub wanted: Option<bool>,
    /// Something other than a removal rules out a second opinion (B1, B2).
    pub barred: bool,
    pub received_on: Option<NaiveDate>,
    pub referred_on: Option<NaiveDate>,
    /// Whether one of the week's places was free.
    pub granted: Option<bool>,
    /// A referral without a request is on record.
    pub referral_without_request: Option<bool>,
    /// The day of transfer from a temporary place, which restarts the clock of the assessment.
    pub transferred_on: Option<NaiveDate>,
    /// The contracted doctor who was last asked or booked.
    pub doctor: Option<EntryId>,
    /// The latest appointment.
    pub appointment: Option<Booked>,
    /// How many there have been.
    pub appointments: u32,
    /// Those that the Home Office cancelled, since the assessment was first to be held.
    pub cancellations: Cancellations,
    /// The case file of the current invitation, if that restarts the questions: what arrived before it concerned an
    /// earlier invitation.
    pub invitation: Option<i64>,
    pub served_on: Option<NaiveDate>,
    pub service_failed: bool,
    pub answers: Answers,
    /// Nobody answered, and both sides confirmed that.
    pub silent: bool,
    /// The second opinion is to be on papers alone (rows 22 and 26), whether or not the instruction has been sent.
    pub papers_only: bool,
    /// The bookings for the day were cancelled when the answer, or its absence, led to papers alone.
    pub bookings_off: bool,
    /// The report proceeds without a second opinion (rows 6, 7, 18 and 25).
    pub without_opinion: bool,
    pub opinion_received_on: Option<NaiveDate>,
    pub release_decided_on: Option<NaiveDate>,
    /// A decision to release alone rules out a second opinion (B2): once it is withdrawn, nothing does.
    pub barred_by_release: bool,
    /// What a decision to release called off, until it is carried out or the person moved.
    pub suspended: Option<Suspended>,
    /// The second opinion came after a release was decided and has not gone to the caseworker: it is kept on file (B9).
    pub kept: bool,
    /// The first day of a new detention, after the person had left.
    pub detained_again_on: Option<NaiveDate>,
    pub removal_on: Option<NaiveDate>,
    /// Removal precedes the earliest possible second opinion, so nothing more is arranged.
    pub cut_short: bool,
    pub left: Option<(NaiveDate, Departure)>,
    pub died_on: Option<NaiveDate>,
    pub responded_on: Option<NaiveDate>,
    /// That response was the one before a removal (row 33).
    pub responded_before_removal: bool,
    /// When the answer to the report was handed to the person: the latest response, or the letter that rejects it.
    pub answer_served_on: Option<NaiveDate>,
    /// The report is below the baseline standard: it is rejected, and is no evidence (G14).
    pub rejected: bool,
    /// The level in force; unchanged while an opinion is pending (G9).
    pub level: Option<Level>,
    pub representative: Option<EntryId>,
    pub detained_since: Option<NaiveDate>,
    /// Of a case of reviews: what was done, served and limited.
    pub detention: DetentionState,
    pub place: Option<(PlaceId, PlaceKind)>,
    /// The running clocks, in the order in which they started.
    pub clocks: Vec<Deadline>,
}

/// What a decision to release called off.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspended {
    pub appointment: Option<Booked>,
    pub clocks: Vec<Deadline>,
}

/// An appointment on record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Booked {
    /// Counted from 1.
    pub number: u32,
    pub place: PlaceId,
    pub kind: PlaceKind,
    pub fact: BookedFact,
    pub state: AppointmentState,
}

impl Booked {
    /// Returns the appointment of this number, which is still ahead.
    pub(crate) fn ahead(number: u32, place: &PlaceId, kind: PlaceKind, fact: BookedFact) -> Booked {
        Booked { number, place: place.clone(), kind, fact, state: AppointmentState::Ahead }
    }
}

/// The status of an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppointmentState {
    Ahead,
    Completed,
    /// The person did not take part.
    NotAttended,
    /// The Home Office cancelled it and will rebook it (row 24).
    ToRebook,
    /// Cancelled for good: it could not be rebooked, or the process ended or moved before it.
    Cancelled,
}

impl CaseState {
    /// Returns the appointment that is booked and neither held nor cancelled. The person may decline it and change
    /// their mind until the day (G5), so it stays ahead while the doctor is told to assess on papers.
    pub fn ahead(&self) -> Option<&Booked> {
        self.in_state(AppointmentState::Ahead)
    }

    /// Returns the appointment that the Home Office cancelled and has yet to rebook (row 24).
    pub fn to_rebook(&self) -> Option<&Booked> {
        self.in_state(AppointmentState::ToRebook)
    }

    fn in_state(&self, state: AppointmentState) -> Option<&Booked> {
        self.appointment.as_ref().filter(|booked| booked.state == state)
    }

    /// Returns whether the video assessment took place, or the doctor was told to assess on papers (B9).
    pub fn assessed(&self) -> bool {
        self.papers_only || self.in_state(AppointmentState::Completed).is_some()
    }

    /// Returns whether a second opinion may still arrive: none is on record, and nothing on record rules one out.
    pub fn unconcluded(&self) -> bool {
        self.opinion_received_on.is_none() && !self.without_opinion && self.requested != Some(false)
    }

    /// Returns the day of the transfer if the assessment counts from it: a report referred after the move is treated
    /// like any other.
    pub fn counts_from_transfer(&self, referred_on: NaiveDate) -> Option<NaiveDate> {
        self.transferred_on.filter(|transferred| *transferred >= referred_on)
    }

    /// Returns the due date of the rule, if its clock is running.
    pub fn due(&self, rule: DeadlineRule) -> Option<NaiveDate> {
        self.clocks.iter().find(|clock| clock.rule == rule).map(|clock| clock.due)
    }

    /// Returns when the first limit of the person's detention or stay lapses. What authorises a stay meanwhile is none.
    pub fn limit(&self) -> Option<LondonTime> {
        let limits = self
            .clocks
            .iter()
            .filter(|clock| matches!(clock.rule, DeadlineRule::StayLimit | DeadlineRule::PregnancyLimit));
        limits.filter_map(|clock| clock.at).min()
    }

    /// Returns why nothing more can be arranged for this case; `None` while the process is open.
    pub fn ended(&self) -> Option<&'static str> {
        if self.died_on.is_some() {
            Some("the record says that the person has died")
        } else if self.left.is_some() {
            Some("the record says that the person has left detention")
        } else if self.detention.ended_at.is_some() {
            Some("the record says that the detention ended")
        } else if self.release_decided_on.is_some() {
            Some("the record says that release was decided")
        } else if self.cut_short {
            Some("the record says that removal is set for a day before the second opinion can be in")
        } else if self.without_opinion {
            Some("the record says that the report is considered without a second opinion")
        } else if self.opinion_received_on.is_some() {
            Some("the second opinion report is on record already")
        } else if self.responded_on.is_some() {
            Some("the response to the report is on record already")
        } else if self.requested == Some(false) {
            Some("the record says that no second opinion was requested for this report")
        } else {
            None
        }
    }

    /// Returns whether a second opinion is still pending; until it arrives, the level in force stays (G9). A record
    /// that begins with the appointment does not say that an opinion was requested, but none is booked unrequested.
    pub fn awaits_opinion(&self) -> bool {
        let requested = self.requested.unwrap_or(self.appointment.is_some() || self.papers_only);
        requested && self.granted != Some(false) && self.ended().is_none()
    }

    /// Returns whether this arrived before the current invitation: a correction of the appointment restarted the
    /// questions.
    pub(crate) fn is_of_earlier(&self, past: &PastEvent) -> bool {
        self.invitation.is_some_and(|invitation| past.submission < invitation)
    }

    /// Returns whether this is a second opinion after release: it is kept on file, and no clock runs on it (B9).
    pub(crate) fn keeps_on_file(&self, fact: &Fact) -> bool {
        self.is_over() && matches!(fact, Fact::SecondOpinionReceived(_))
    }

    /// Returns whether the person is to be released, has left detention or has died.
    pub fn is_over(&self) -> bool {
        self.release_decided_on.is_some()
            || self.left.is_some()
            || self.died_on.is_some()
            || self.detention.ended_at.is_some()
    }

    /// Returns whether a response before a removal is decided, and its service is not on record.
    pub(crate) fn awaits_service_before_removal(&self) -> bool {
        self.responded_before_removal && self.responded_on.is_some() && self.answer_served_on.is_none()
    }

    /// Records that the letter was not served in time, so the report proceeds without a second opinion.
    pub(crate) fn fail_service(&mut self) {
        self.service_failed = true;
        self.without_opinion = true;
        self.call_off();
    }

    /// Cancels the appointment that was ahead.
    pub(crate) fn call_off(&mut self) {
        if let Some(booked) = &mut self.appointment
            && booked.state == AppointmentState::Ahead
        {
            booked.state = AppointmentState::Cancelled;
            if !self.papers_only {
                self.stop(&[DeadlineRule::Report]);
            }
        }
        self.stop(&[DeadlineRule::Assess, DeadlineRule::Serve, DeadlineRule::Respond]);
    }

    /// Cancels an appointment awaiting rebooking, because the process has ended.
    pub(crate) fn give_up_rebooking(&mut self) {
        if let Some(booked) =
            self.appointment.as_mut().filter(|booked| booked.state == AppointmentState::ToRebook)
        {
            booked.state = AppointmentState::Cancelled;
        }
        self.stop(&[DeadlineRule::Rebook]);
    }

    /// Takes up again what a decision to release had called off.
    pub(crate) fn resume(&mut self) {
        let Some(Suspended { appointment, clocks }) = self.suspended.take() else {
            return;
        };
        self.appointment = appointment;
        let of_opinion = |rule| {
            use DeadlineRule::{Assess, Rebook, Report, Respond, Serve};
            matches!(rule, Assess | Serve | Respond | Report | Rebook)
        };
        let opinion_is_in = self.opinion_received_on.is_some();
        let stopped = clocks.into_iter().filter(|clock| of_opinion(clock.rule) && !opinion_is_in);
        for clock in stopped {
            if !self.clocks.contains(&clock) {
                self.clocks.push(clock);
            }
        }
    }

    /// Stops clocks whose condition is met or has lapsed.
    pub(crate) fn stop(&mut self, rules: &[DeadlineRule]) {
        self.clocks.retain(|clock| !rules.contains(&clock.rule));
    }
}
