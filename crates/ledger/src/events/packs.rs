//! Enters: what staff decided about a policy pack. Leaves: the closed list of these events.
//! Never: the text of a pack, which the ledger stores by its hash.

use super::events;
use chrono::NaiveDate;
use despatch_core::words::{CaseId, Sha256, StaffId};

events! {
    /// The events of a policy pack.
    pub enum PackEvent {
        /// One person proposed to adopt it until this day.
        "adoption_proposed" AdoptionProposed {
            reason: String,
            expires: NaiveDate,
            /// The hash of the pack's text, which the ledger keeps.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            sha256: Option<Sha256>,
        },
        /// A second person agreed with the first (`with`).
        "adopted" Adopted {
            reason: String,
            expires: NaiveDate,
            with: Vec<StaffId>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            sha256: Option<Sha256>,
        },
        "withdrawn" Withdrawn { reason: String },
        /// A case was moved to this pack.
        "case_moved" CaseMoved { case_id: CaseId, reason: String },
    }
}
