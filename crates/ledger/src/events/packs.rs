//! Enters: what staff decided about a policy pack. Leaves: the closed list of these events.
//! Never: the text of a pack, which the ledger stores by its hash.

use super::events;
use chrono::NaiveDate;
use despatch_core::words::{CaseId, StaffId};

events! {
    /// The events of a policy pack.
    pub enum PackEvent {
        /// One person proposed to adopt it until this day.
        "adoption_proposed" AdoptionProposed { reason: String, expires: NaiveDate },
        /// A second person agreed with the first (`with`).
        "adopted" Adopted { reason: String, expires: NaiveDate, with: Vec<StaffId> },
        "withdrawn" Withdrawn { reason: String },
        /// A case was moved to this pack.
        "case_moved" CaseMoved { case_id: CaseId, reason: String },
    }
}
