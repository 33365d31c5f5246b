//! Enters: what staff decided about a policy pack. Leaves: the closed list of it.
//! Never: the text of a pack; the ledger keeps that by its hash.

use super::events;
use chrono::NaiveDate;
use despatch_core::words::{CaseId, StaffId};

events! {
    /// What happened to a policy pack.
    pub enum PackEvent {
        /// One person would have it used until this day.
        "adoption_proposed" AdoptionProposed { reason: String, expires: NaiveDate },
        /// A second person agrees, `with` the first one.
        "adopted" Adopted { reason: String, expires: NaiveDate, with: Vec<StaffId> },
        "withdrawn" Withdrawn { reason: String },
        /// A case was put under this pack.
        "case_moved" CaseMoved { case_id: CaseId, reason: String },
    }
}
