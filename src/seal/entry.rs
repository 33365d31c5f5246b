//! Enters: nothing by itself. Leaves: the words of the directory: an entry, and who verified it.
//! Never: decides whether an entry may be written to; `directory` does.

use super::address::EmailAddress;
use super::keys::PublicKey;
use crate::words::{EntryId, PlaceId, Role, StaffId};
use chrono::NaiveDate;
use serde::Serialize;

/// Whether a body of this role serves places, and is found by them (G0 names the healthcare team, the
/// Detention Engagement Team and the Operational Support Team of the place; of the DMRT and of whoever books
/// interpreters there is one each).
pub fn serves_places(role: Role) -> bool {
    matches!(role, Role::Healthcare | Role::Det | Role::Ost)
}

/// One person or mailbox that may be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: EntryId,
    pub role: Role,
    pub name: String,
    pub organisation: String,
    pub email: EmailAddress,
    pub telephone: Option<String>,
    /// The places that it serves; empty unless [`serves_places`].
    pub places: Vec<PlaceId>,
    /// Every key of the recipient; each one opens what is sealed to the entry.
    pub keys: Vec<PublicKey>,
    pub verified: Option<Verification>,
    /// The last day on which the entry holds.
    pub expires: Option<NaiveDate>,
}

/// Who made sure that the address and the keys are the recipient's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    pub by: StaffId,
    pub on: NaiveDate,
    /// In the verifier's words: "called back on the number of the firm's website".
    pub how: String,
}

impl Entry {
    /// The fingerprints of its keys, in the directory's order.
    pub fn fingerprints(&self) -> Vec<String> {
        self.keys.iter().map(PublicKey::fingerprint).collect()
    }
}
