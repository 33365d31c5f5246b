//! Enters: what an event put on record, and a despatch of its case that has not gone. Leaves: what the event does to it.
//! Never: touches a despatch (the ledger does).

use crate::events::Fact;
use crate::history::Recorded;
use crate::plan::{Planned, To};
use crate::purpose::Purpose;
use despatch_core::words::Role;
use serde::{Deserialize, Serialize};

/// What an event does to despatches of its case that have not gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PendingEffect {
    /// Those that serve an appointment give way to what this event makes.
    Appointment,
    /// So do the notes of how the invitation was answered (G6): another answer counts now.
    Results,
    /// So do the notes of opposite answers: they are opposite no longer, or another way.
    Opposites,
    /// So does what an answer called for that led to papers alone, and what calls the bookings off: the person attends.
    Papers,
    /// So do the bookings of the interpreter and the room: nothing is to be held there.
    Bookings,
    /// So does what asks for the healthcare records or carries them: there is no consent to it (G5).
    Records,
    /// All but safety messages, and what stops something, are held for a person (G10).
    Held,
    /// Letters about an appointment that is off, which somebody is to hand to the person, are held for a person: the
    /// person is not there, or not alive.
    HeldLetters,
    /// Those for the legal representative are held for a person (G10).
    HeldForRepresentative,
    /// Copies for a healthcare team that has the person no longer in its care are held for a person: the address is not
    /// in order (G19).
    HeldCopies,
}

impl PendingEffect {
    /// Whether what it concerns gives way; else it is held.
    pub fn supersedes(self) -> bool {
        use PendingEffect::*;
        matches!(self, Appointment | Results | Opposites | Papers | Bookings | Records)
    }

    /// Whether an event that does this means a despatch of an earlier event, which went on record as `made`.
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
