//! Enters: nothing by itself. Leaves: the closed list of what an event does to unsent despatches of its case.
//! Never: touches a despatch (the ledger does).

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
    /// Supersedes an earlier response that was not served: another is decided.
    Responses,
    /// Supersedes what a decision to release calls off or tells: it was withdrawn before that went.
    Release,
    /// Supersedes what was held of a second opinion that was kept on file: it is forwarded anew.
    Kept,
    /// Supersedes requests for the healthcare records and messages that carry them: there is no consent (G5).
    Records,
    /// Supersedes written reasons that have not gone: another review, a release or the end of detention has taken their place.
    WrittenReasons,
    /// Holds all but safety messages, and messages that stop something, for a person (G10).
    Held,
    /// Holds letters about a cancelled appointment that somebody is to hand to the person: the person is not there,
    /// or has died.
    HeldLetters,
    /// Holds a response that was decided before a removal: the second opinion arrived before its service.
    HeldResponses,
    /// Holds those for the legal representative for a person (G10).
    HeldForRepresentative,
    /// Holds copies for a healthcare team that no longer has the person in its care: the address is out of date (G19).
    HeldCopies,
}

impl PendingEffect {
    /// Returns whether the despatches concerned are superseded; otherwise they are held.
    pub fn supersedes(self) -> bool {
        use PendingEffect::*;
        matches!(
            self,
            Appointment
                | Results
                | Opposites
                | Papers
                | Bookings
                | Responses
                | Release
                | Kept
                | Records
                | WrittenReasons
        )
    }
}
