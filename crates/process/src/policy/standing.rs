//! Enters: what is on record of a case. Leaves: how it stands: the appointment, the answers, the route, the open
//! clocks. Never: knows more than the record, or decides what follows.

use super::Deadline;
use super::history::{BookedFact, Fact, History, Past, Recorded, Told};
use super::places::PlaceClass;
use super::rule::Rule;
use crate::case::{Departure, Level, Outcome, Rebooking};
use crate::events::{
    Day, DecisionFact, DepartureFact, FailedRemovalFact, OpinionFact, OutcomeFact, ReferralFact, RemovalFact,
    ReportFact, ResponseFact, ServiceFact, TransferFact,
};
use chrono::NaiveDate;
use despatch_core::words::{EntryId, PlaceId, Role};
use serde::{Deserialize, Serialize};

pub use super::answers::{Answers, Replies};

/// How a case stands after its events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing {
    /// Whether the casework team asked for a second opinion, as far as that is on record.
    pub requested: Option<bool>,
    /// Something other than a removal keeps the report from a second opinion (B1, B2).
    pub barred: bool,
    pub received_on: Option<NaiveDate>,
    pub referred_on: Option<NaiveDate>,
    /// Whether a place of the week's was left.
    pub granted: Option<bool>,
    /// The day of transfer from a temporary place, which starts the clock of the assessment anew.
    pub transferred_on: Option<NaiveDate>,
    /// The contracted doctor who was last asked or booked.
    pub doctor: Option<EntryId>,
    /// The latest appointment.
    pub appointment: Option<Booked>,
    /// How many there have been.
    pub appointments: u32,
    /// The case file of the invitation that runs, where it asks anew: what came in before it was about an earlier one.
    pub invitation: Option<i64>,
    pub served_on: Option<NaiveDate>,
    pub service_failed: bool,
    pub answers: Answers,
    /// Nobody answered, and both sides confirmed that.
    pub silent: bool,
    /// The second opinion is to be on papers alone (rows 22 and 26), whether or not the instruction has gone.
    pub papers_only: bool,
    /// What was booked for the day was called off when the answer, or its absence, led to papers alone.
    pub bookings_off: bool,
    /// The report goes on without a second opinion (rows 6, 7, 18 and 25).
    pub without_opinion: bool,
    pub opinion_received_on: Option<NaiveDate>,
    pub release_decided_on: Option<NaiveDate>,
    pub removal_on: Option<NaiveDate>,
    /// Removal comes before the second opinion can be in, so nothing more is arranged.
    pub cut_short: bool,
    pub left: Option<(NaiveDate, Departure)>,
    pub died_on: Option<NaiveDate>,
    pub responded_on: Option<NaiveDate>,
    /// That response was the one before a removal (row 33).
    pub responded_before_removal: bool,
    /// The level in force; it stays so while an opinion is pending (G9).
    pub level: Option<Level>,
    pub representative: Option<EntryId>,
    pub detained_since: Option<NaiveDate>,
    pub place: Option<(PlaceId, PlaceClass)>,
    /// The clocks that run, in the order in which they started.
    pub clocks: Vec<Deadline>,
}

/// An appointment on record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Booked {
    /// Counted from 1.
    pub number: u32,
    pub place: PlaceId,
    pub class: PlaceClass,
    pub fact: BookedFact,
    pub state: Appointment,
}

/// What became of an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Appointment {
    Ahead,
    Completed,
    /// The person did not take part.
    NotAttended,
    /// The Home Office cancelled it and books it again (row 24).
    ToRebook,
    /// It is off for good: it could not be booked again, or the process ended or moved before it.
    Cancelled,
}

impl Standing {
    /// How the case stands after all that is on record.
    pub fn of(history: &History) -> Standing {
        let mut standing = Standing::default();
        for past in &history.events {
            standing.take(past);
        }
        standing
    }

    /// An appointment that is booked and neither held nor cancelled. The person may decline it and change their mind
    /// until the day (G5), so it stays ahead while the doctor is told to assess on papers.
    pub fn ahead(&self) -> Option<&Booked> {
        self.in_state(Appointment::Ahead)
    }

    /// An appointment that the Home Office cancelled and has yet to book again (row 24).
    pub fn to_rebook(&self) -> Option<&Booked> {
        self.in_state(Appointment::ToRebook)
    }

    fn in_state(&self, state: Appointment) -> Option<&Booked> {
        self.appointment.as_ref().filter(|booked| booked.state == state)
    }

    /// Whether the video assessment took place, or the doctor was told to assess on papers (B9).
    pub fn assessed(&self) -> bool {
        self.papers_only || self.in_state(Appointment::Completed).is_some()
    }

    /// Whether a second opinion may still come: none is in, and nothing on record says that there will be none.
    pub fn unconcluded(&self) -> bool {
        self.opinion_received_on.is_none() && !self.without_opinion && self.requested != Some(false)
    }

    /// The day of the transfer, where the assessment counts from it: a report that was referred after the move is
    /// like any other's.
    pub fn counts_from_transfer(&self, referred_on: NaiveDate) -> Option<NaiveDate> {
        self.transferred_on.filter(|transferred| *transferred >= referred_on)
    }

    /// The day by which this is due, if its clock runs.
    pub fn due(&self, rule: Rule) -> Option<NaiveDate> {
        self.clocks.iter().find(|clock| clock.rule == rule).map(|clock| clock.due)
    }

    /// Why nothing more can be arranged for this case; `None` while the process is open.
    pub fn ended(&self) -> Option<&'static str> {
        if self.died_on.is_some() {
            Some("the record says that the person has died")
        } else if self.left.is_some() {
            Some("the record says that the person has left detention")
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

    /// Whether a second opinion is still to come; until it is here the level in force stays (G9). A record that begins
    /// with the appointment does not say that it was requested, but nobody books one that was not.
    pub fn awaits_opinion(&self) -> bool {
        let requested = self.requested.unwrap_or(self.appointment.is_some() || self.papers_only);
        requested && self.granted != Some(false) && self.ended().is_none()
    }

    /// Puts one more event on top.
    pub fn take(&mut self, past: &Past) {
        let recorded = &past.recorded;
        self.place = Some((recorded.place.clone(), recorded.class));
        if self.representative != recorded.representative {
            self.answers.change_representative();
        }
        self.representative.clone_from(&recorded.representative);
        self.detained_since = Some(recorded.detained_since);
        self.fact(past);
        let waits = |clock: &&Deadline| match clock.rule {
            // Done once the message has gone: nobody reports it.
            Rule::Refer => past.told.iter().any(|told| told.row == "1" && !told.sent),
            Rule::Immediately => past.told.iter().any(|told| !told.sent),
            _ => true,
        };
        self.clocks.extend(recorded.clocks.iter().filter(waits).cloned());
        self.response_gone(past);
    }

    fn fact(&mut self, past: &Past) {
        match &past.recorded.fact {
            Fact::ExternalReportReceived(ReportFact {
                received_on,
                requested,
                barred,
                removal_on,
                level,
            }) => {
                self.received_on = Some(*received_on);
                self.requested = Some(*requested);
                self.barred = *barred;
                self.removal_on = *removal_on;
                self.level = *level;
            }
            Fact::ReferralReceived(ReferralFact { received_on, requested, granted, doctor, .. }) => {
                self.referred_on = Some(*received_on);
                self.requested = Some(*requested);
                self.granted = Some(*granted);
                self.without_opinion = *requested && !granted;
                self.doctor.clone_from(doctor);
                self.stop(&[Rule::Assess]);
            }
            Fact::NoDoctorAvailable(_) => {
                self.without_opinion = true;
                self.stop(&[Rule::Assess]);
            }
            Fact::AppointmentConfirmed(fact) => self.book(past, fact),
            Fact::LetterServed(_) | Fact::NoResponse(_) if self.is_of_earlier(past) => {}
            Fact::LetterServed(ServiceFact { on, in_time }) => {
                self.served_on = Some(*on);
                self.stop(&[Rule::Serve]);
                if !in_time {
                    self.fail_service();
                }
            }
            Fact::ServiceFailed(_) => self.fail_service(),
            Fact::ResponseReceived(_) => self.answer(past),
            Fact::NoResponse(_) => {
                self.silent = true;
                self.papers_only = true;
                self.bookings_off = true;
                self.stop(&[Rule::Respond, Rule::Assess]);
            }
            Fact::AssessmentOutcome(OutcomeFact { outcome, rebooking, .. }) => {
                self.outcome(*outcome, *rebooking == Some(Rebooking::Possible));
            }
            Fact::SecondOpinionReceived(OpinionFact { on, .. }) => {
                self.opinion_received_on = Some(*on);
                self.stop(&[Rule::Report, Rule::Assess, Rule::Rebook]);
            }
            Fact::ResponseDecided(DecisionFact { on, level, before_removal, .. }) => {
                self.responded_on = Some(*on);
                self.responded_before_removal = *before_removal;
                self.level = Some(*level);
                if *before_removal {
                    // It starts its own.
                    self.stop(&[Rule::BeforeRemoval]);
                }
            }
            Fact::GuidanceGiven(_)
            | Fact::RecordsReceived(_)
            | Fact::ConcernsRaised(_)
            | Fact::RepresentativeChanged(_) => {}
            _ => self.custody(&past.recorded),
        }
    }

    /// What moves the person, or ends the process.
    fn custody(&mut self, recorded: &Recorded) {
        match &recorded.fact {
            Fact::Transferred(TransferFact { on, from_class, .. }) => {
                if *from_class == PlaceClass::Temporary && recorded.class != PlaceClass::Temporary {
                    self.transferred_on = Some(*on);
                }
                self.call_off();
            }
            Fact::ReleaseDecided(Day { on }) => {
                self.release_decided_on = Some(*on);
                self.call_off();
                self.give_up_rebooking();
            }
            Fact::RemovalSet(RemovalFact { removal_on, calls_off, .. }) => {
                self.removal_on = Some(*removal_on);
                self.stop(&[Rule::BeforeRemoval]);
                if *calls_off {
                    self.cut_short = true;
                    self.call_off();
                    self.give_up_rebooking();
                }
            }
            Fact::LeftDetention(DepartureFact { on, how }) => {
                self.left = Some((*on, *how));
                self.call_off();
                self.give_up_rebooking();
                // The doctor still completes the report of somebody who was released after the assessment (B9).
                let completes = *how == Departure::Released && self.assessed();
                self.clocks.retain(|clock| completes && clock.rule == Rule::Report);
            }
            Fact::RemovalFailed(FailedRemovalFact { removal_on, referred, .. }) => {
                self.removal_on = *removal_on;
                self.stop(&[Rule::BeforeRemoval]);
                if *referred {
                    self.begin_again();
                }
            }
            Fact::Died(Day { on }) => {
                self.died_on = Some(*on);
                self.call_off();
                self.give_up_rebooking();
                self.clocks.clear();
            }
            _ => {}
        }
    }

    /// Whether this came in before the invitation that runs: a correction of the appointment asked anew.
    fn is_of_earlier(&self, past: &Past) -> bool {
        self.invitation.is_some_and(|invitation| past.claim < invitation)
    }

    fn book(&mut self, past: &Past, fact: &BookedFact) {
        let recorded = &past.recorded;
        self.appointments += 1;
        self.appointment = Some(Booked {
            number: self.appointments,
            place: recorded.place.clone(),
            class: recorded.class,
            fact: fact.clone(),
            state: Appointment::Ahead,
        });
        self.referred_on = Some(fact.referred_on);
        self.doctor = Some(fact.doctor.clone());
        self.stop(&[Rule::Assess, Rule::Serve, Rule::Respond, Rule::Report, Rule::Rebook]);
        self.invitation = Some(past.claim).filter(|_| fact.window.is_some() && fact.invited_on.is_none());
        if fact.window.is_some() {
            // A new invitation asks anew; "sent for service" is never "served" (G4).
            self.served_on = None;
            self.answers.ask_anew();
            self.silent = false;
        }
        self.papers_only = false;
        self.bookings_off = false;
    }

    fn answer(&mut self, past: &Past) {
        let Fact::ResponseReceived(ResponseFact { from, attend, records, own_instruction, held, .. }) =
            &past.recorded.fact
        else {
            return;
        };
        let before = self.answers.attend();
        self.answers.take(*from, *attend, *records, *own_instruction);
        if self.is_of_earlier(past) {
            self.answers.ask_anew();
            return;
        }
        let after = self.answers.attend();
        if after.is_some() {
            self.stop(&[Rule::Respond]);
        }
        // What waits for a person counts once they have let a message of it go.
        let counts = !held || past.told.iter().any(|told| told.sent && ["22", "G6"].contains(&&*told.row));
        if after == before || !counts {
            return;
        }
        if self.ahead().is_some() {
            self.silent = false;
            self.papers_only = after == Some(false);
            self.bookings_off = self.papers_only;
        } else if let Some(booked) = self.appointment.as_mut().filter(|booked| {
            // Declined before it was booked again: nothing is left to book.
            booked.state == Appointment::ToRebook && after == Some(false)
        }) {
            booked.state = Appointment::Cancelled;
            self.papers_only = true;
            self.stop(&[Rule::Rebook]);
        }
    }

    fn outcome(&mut self, outcome: Outcome, rebooking: bool) {
        let state = match outcome {
            Outcome::Completed => Appointment::Completed,
            Outcome::TooIll | Outcome::Unfit | Outcome::DidNotAttend | Outcome::Refused => {
                self.papers_only = true;
                Appointment::NotAttended
            }
            _ if rebooking => Appointment::ToRebook,
            Outcome::StaffUnavailable => {
                self.without_opinion = true;
                Appointment::Cancelled
            }
            Outcome::Technical | Outcome::InterpreterUnavailable | Outcome::OtherHomeOffice => {
                self.papers_only = true;
                Appointment::Cancelled
            }
        };
        if let Some(booked) = &mut self.appointment {
            booked.state = state;
        }
        // The report's clock starts again with the event, where a report is due.
        self.stop(&[Rule::Assess, Rule::Serve, Rule::Respond, Rule::Rebook, Rule::Report]);
    }

    fn fail_service(&mut self) {
        self.service_failed = true;
        self.without_opinion = true;
        self.call_off();
    }

    /// The appointment that was ahead does not take place.
    fn call_off(&mut self) {
        if let Some(booked) = &mut self.appointment
            && booked.state == Appointment::Ahead
        {
            booked.state = Appointment::Cancelled;
            if !self.papers_only {
                self.stop(&[Rule::Report]);
            }
        }
        self.stop(&[Rule::Assess, Rule::Serve, Rule::Respond]);
    }

    /// The process ends: what was to be booked again is not.
    fn give_up_rebooking(&mut self) {
        if let Some(booked) = self.appointment.as_mut().filter(|booked| booked.state == Appointment::ToRebook)
        {
            booked.state = Appointment::Cancelled;
        }
        self.stop(&[Rule::Rebook]);
    }

    /// A removal failed: the report is referred anew, even where the removal had excluded it before (B10).
    fn begin_again(&mut self) {
        self.cut_short = false;
        self.requested = Some(true);
        if self.responded_before_removal {
            self.responded_on = None;
        }
        if self.assessed() {
            return;
        }
        self.granted = None;
        if let Some(booked) = &mut self.appointment {
            booked.state = Appointment::Cancelled;
        }
    }

    /// A response has gone to whoever serves it: what was to be done before a removal is done.
    fn response_gone(&mut self, past: &Past) {
        let serves =
            |told: &&Told| ["33", "36"].contains(&&*told.row) && matches!(told.role, Role::Det | Role::Ost);
        if past.told.iter().any(|told| serves(&told) && told.sent) {
            self.stop(&[Rule::BeforeRemoval]);
        }
    }

    fn stop(&mut self, rules: &[Rule]) {
        self.clocks.retain(|clock| !rules.contains(&clock.rule));
    }
}
