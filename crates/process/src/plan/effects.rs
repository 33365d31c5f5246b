//! Enters: what an event recorded, and an unsent despatch of its case. Leaves: whether the event's effect means it.
//! Never: touches a despatch (the ledger does).

use super::{Planned, To};
use crate::facts::{Departure, Fact};
use crate::history::Recorded;
use crate::pending_effects::PendingEffect;
use crate::purpose::Purpose;
use despatch_core::words::Role;

impl PendingEffect {
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
            PendingEffect::Responses | PendingEffect::HeldResponses => purpose.is_response(),
            // Where anybody was told, the others are still told that what was called off is off.
            PendingEffect::Release => {
                let stands = matches!(&by.fact, Fact::ReleaseWithdrawn(withdrawn) if withdrawn.stands);
                let cancels = purpose.stops_work() || purpose.cancels_for_person();
                matches!(made, Some(Fact::ReleaseDecided(_))) && (stands || !cancels)
            }
            // While the person has not left, the healthcare team's copy is none of what is kept.
            PendingEffect::Kept => {
                let kept = !planned.safety || matches!(by.fact, Fact::DetainedAgain(_));
                matches!(made, Some(Fact::SecondOpinionReceived(_))) && kept
            }
            PendingEffect::Records => purpose.concerns_records(),
            PendingEffect::WrittenReasons => purpose == Purpose::WrittenReasons,
            PendingEffect::Held => {
                !planned.safety
                    && !purpose.stops_work()
                    && !purpose.cancels_for_person()
                    && !outlasts(by, planned)
            }
            PendingEffect::HeldLetters => {
                purpose.cancels_for_person() && matches!(planned.role, Role::Det | Role::Ost)
            }
            PendingEffect::HeldForRepresentative => planned.role == Role::Representative,
            PendingEffect::HeldCopies => planned.safety && !other_place,
        }
    }
}

/// Returns whether a release lets it go: a response that was complete before it, to whoever can still have it. Those who
/// serve it can until the person has left.
fn outlasts(by: &Recorded, planned: &Planned) -> bool {
    let in_reach = match &by.fact {
        Fact::ReleaseDecided(_) => true,
        Fact::LeftDetention(departure) => {
            departure.how == Departure::Released && planned.role == Role::Representative
        }
        _ => false,
    };
    planned.purpose.is_response() && in_reach
}
