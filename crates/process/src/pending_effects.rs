//! Enters: what an event recorded, and an unsent despatch of its case. Leaves: the event's effect on the despatch.
//! Never: touches a despatch (the ledger does).

use crate::events::Fact;
use crate::history::Recorded;
use crate::plan::{Planned, To};
use crate::purpose::Purpose;
use despatch_core::words::Role;
use serde::{Deserialize, Serialize};

/// The effect of an event on unsent despatches of its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PendingEffect {
    /// Supersedes those that serve an appointment.
    Appointment,
    /// Supersedes the notes of how the invitation was answered (G6): a different answer counts.
    Results,
    /// Supersedes the notes of opposite answers: the opposition is resolved or reversed.
    Opposites,
    /// Supersedes what followed from an answer that led to papers alone, and the cancellation of bookings: the person
    /// attends.
    Papers,
    /// Supersedes the bookings of the interpreter and the room: nothing is to be held there.
    Bookings,
    /// Supersedes requests for the healthcare records and messages that carry them: there is no consent (G5).
    Records,
    /// Holds all but safety messages, and messages that stop something, for a person (G10).
    Held,
    /// Holds letters about a cancelled appointment that somebody is to hand to the person: the person is not there,
    /// or has died.
    HeldLetters,
    /// Holds those for the legal representative for a person (G10).
    HeldForRepresentative,
    /// Holds copies for a healthcare team that no longer has the person in its care: the address is out of date (G19).
    HeldCopies,
}

impl PendingEffect {
    /// Returns whether the despatches concerned are superseded; otherwise they are held.
    pub fn supersedes(self) -> bool {
        use PendingEffect::*;
        matches!(self, Appointment | Results | Opposites | Papers | Bookings | Records)
    }

    /// Returns whether this effect applies to a despatch of an earlier event, recorded as `made`.
    pub fn means(self, by: &Recorded, planned: &Planned, made: Option<&Fact>) -> bool {
        use Purpose::{AppointmentOff, BookingCancellation, InterpreterBooking, PapersOnly, RoomBooking};
        let purpose = planned.purpose;
        let of_answer = matches!(made, Some(Fact::ResponseReceived { .. } | Fact::NoResponse { .. }));
        let other_place =
            matches!(by.fact, Fact::Transferred { .. }) && planned.to == To::Body(Some(by.place.clone()));
        match self {
            PendingEffect::Appointment => planned.gives_way(),
            PendingEffect::Results => of_answer && purpose == Purpose::ResponseResult,
            PendingEffect::Opposites => purpose == Purpose::OppositeResponses,
            PendingEffect::Papers => {
                of_answer && matches!(purpose, PapersOnly | AppointmentOff | BookingCancellation)
            }
            PendingEffect::Bookings => matches!(purpose, InterpreterBooking | RoomBooking),
            PendingEffect::Records => purpose.concerns_records(),
            PendingEffect::Held => !planned.safety && !purpose.stops_work() && !purpose.cancels_for_person(),
            PendingEffect::HeldLetters => {
                purpose.cancels_for_person() && matches!(planned.role, Role::Det | Role::Ost)
            }
            PendingEffect::HeldForRepresentative => planned.role == Role::Representative,
            PendingEffect::HeldCopies => planned.safety && !other_place,
        }
    }
}
