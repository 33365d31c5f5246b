//! Enters: what staff arranged about the work on cases, and what they searched for. Leaves: the closed lists of these
//! events. Never: a value of the detained person, or the words of a search.

use super::events;
use chrono::NaiveDate;
use despatch_core::words::{CaseId, StaffId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

events! {
    /// What was arranged about the work on a case.
    pub enum CaseworkEvent {
        /// The actor owns the case from now on.
        "case_taken" Taken,
        /// Somebody else owns it from now on; with what they need to know.
        "case_handed_over" HandedOver { from: Option<StaffId>, to: StaffId, word: String },
        /// These people alone see anything of it.
        "case_restricted" Restricted { to: BTreeSet<StaffId>, reason: String },
        "case_unrestricted" Unrestricted { reason: String },
    }
}

events! {
    /// Who is away and who works in their place.
    pub enum CoverEvent {
        "absence_recorded" Absent { from: NaiveDate, until: NaiveDate, covered_by: StaffId },
        /// They approve out of hours on these days.
        "out_of_hours_recorded" OutOfHours { from: NaiveDate, until: NaiveDate },
        "cover_ended" Ended { kind: CoverKind, from: NaiveDate },
    }
}

events! {
    /// A search among the cases.
    pub enum SearchEvent {
        /// By what, never for what; the cases that were shown, and how many were restricted to others.
        "searched" Searched { by: SearchedBy, found: Vec<CaseId>, restricted: usize },
    }
}

/// A kind of cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoverKind {
    /// Away, with somebody in their place.
    Absence,
    /// Approves out of hours.
    OutOfHours,
}

impl CoverKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Absence, Self::OutOfHours];

    /// Returns the code that the ledger writes.
    pub fn code(self) -> &'static str {
        match self {
            Self::Absence => "absence",
            Self::OutOfHours => "out_of_hours",
        }
    }

    /// Returns the label that people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Absence => "absent",
            Self::OutOfHours => "approves out of hours",
        }
    }
}

/// What somebody searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchedBy {
    Reference,
    Name,
    Birth,
    NameAndBirth,
    CaseId,
    Despatch,
}

impl SearchedBy {
    /// Returns the label that people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Name => "name",
            Self::Birth => "date of birth",
            Self::NameAndBirth => "name and date of birth",
            Self::CaseId => "case id",
            Self::Despatch => "message number",
        }
    }
}
