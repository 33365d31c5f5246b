//! Enters: the text of one policy pack. Leaves: a [`Pack`], the numbers, routing and wording choices of one edition
//! of the guidance, and whether it may be used today. Never: computes a date or knows a template.

use super::places::PlaceKind;
use crate::case::{AttachmentKind, EventName, Grade};
use crate::fault::Fault;
use crate::words::{KindName, PackId, Role, Sha256, StaffId, Team, date_words};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One edition of the guidance, as data.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack {
    pub id: PackId,
    pub title: String,
    /// What became of it, oldest first.
    pub status: Vec<StatusChange>,
    pub source: SourceDocument,
    pub marking: Marking,
    /// The handling instructions that every cover email carries.
    pub handling: String,
    /// The lowest grade of the casework manager who is copied in (row 1).
    pub copy_grade_min: Grade,
    pub numbers: Numbers,
    pub rows: Vec<Row>,
}

/// The document that the pack puts into data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceDocument {
    pub name: String,
    /// Of the text copy that was read.
    pub sha256: Sha256,
}

/// From when on what holds, and by whose act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusChange {
    pub from: NaiveDate,
    pub status: Status,
    pub by: String,
}

/// Whether an edition of the guidance is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    InForce,
    Quashed,
    Replaced,
}

/// The protective marking and where it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marking {
    /// `OFFICIAL SENSITIVE` or `OFFICIAL-SENSITIVE`: the spelling is the pack's choice.
    pub text: String,
    pub letters: LetterMarking,
}

/// Where letters carry the marking; Annex A itself carries none, so the pack says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum LetterMarking {
    #[serde(rename = "top and bottom of every page")]
    EveryPage,
    #[serde(rename = "nowhere")]
    Nowhere,
}

/// A number of working days and the sentence that sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    pub days: u32,
    pub source: String,
}

/// The numbers of the pack, all in working days (B1, B4 and B5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers {
    /// From receipt of the report to its referral.
    pub refer: Number,
    /// From the referral to the assessment.
    pub assess: Number,
    /// From the DET's receipt of the invitation to its service.
    pub serve: Number,
    /// Clear days between service and the assessment.
    pub respond: Number,
    /// From the assessment to the second opinion report.
    pub report: Number,
    /// A removal within so many days of receipt leaves no time for a second opinion.
    pub removal_exclusion: Number,
}

/// A deadline that a row sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The referral to the DMRT.
    Refer,
    /// On the day of receipt.
    Immediately,
    /// Service in person by the DET.
    Serve,
    /// The answer to the invitation.
    Respond,
    /// The second opinion report.
    Report,
}

/// The day after which sending makes no sense (G11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stale {
    Never,
    /// After the last day of service that leaves the days to respond.
    LatestService,
    /// After the appointment.
    Appointment,
}

/// One row of the process (domain.md, section A): an event makes a kind for a role.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub number: String,
    pub event: EventName,
    /// Whose row it is (G2).
    pub team: Team,
    pub kind: KindName,
    pub role: Role,
    /// A copy of a message to somebody else.
    pub copy: bool,
    /// The kinds of place at which the row holds.
    pub places: BTreeSet<PlaceKind>,
    pub encloses: BTreeSet<AttachmentKind>,
    pub stale: Stale,
    pub deadline: Option<Rule>,
    /// The sentence of the guidance.
    pub source: String,
}

/// Two people's decision to use a pack that isn't in force (G17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adoption {
    pub pack: PackId,
    /// Two different members of staff, or more.
    pub by: Vec<StaffId>,
    pub reason: String,
    /// The first day on which it holds.
    pub from: NaiveDate,
    /// The last day on which it holds.
    pub expires: NaiveDate,
}

impl Pack {
    /// What holds on `date`; `None` before the pack was first in force.
    pub fn status_on(&self, date: NaiveDate) -> Option<&StatusChange> {
        self.status.iter().rev().find(|change| change.from <= date)
    }
}

/// Whether `pack` may be used on `today`: it is in force, or two people have adopted it (G17).
///
/// # Errors
/// Why not, and what is missing from the adoption.
pub fn permits(pack: &Pack, adoption: Option<&Adoption>, today: NaiveDate) -> Result<(), Fault> {
    let status = pack.status_on(today);
    if status.is_some_and(|change| change.status == Status::InForce) {
        return Ok(());
    }
    let what = match status {
        Some(change) => match change.status {
            Status::Replaced => format!("was replaced on {}", date_words(change.from)),
            _ => format!("was quashed on {}", date_words(change.from)),
        },
        None => "is not yet in force".to_owned(),
    };
    let refuse = |cause: String, cure: &str| {
        Err(Fault::new(format!("policy pack {}", pack.id), "pack.not_adopted", cause, cure))
    };
    const ADOPT: &str = "have two members of staff adopt the pack, with a reason and an expiry date, or use a pack that is in force";
    let Some(adoption) = adoption.filter(|adoption| adoption.pack == pack.id) else {
        return refuse(format!("the pack {what} and the office has not adopted it"), ADOPT);
    };
    if adoption.by.iter().collect::<BTreeSet<_>>().len() < 2 {
        let cause = format!("the pack {what} and fewer than two people have adopted it");
        return refuse(cause, "have a second member of staff adopt the pack too");
    }
    if adoption.reason.trim().is_empty() {
        let cause = format!("the pack {what} and its adoption gives no reason");
        return refuse(cause, "say in the adoption why the pack is used");
    }
    if today < adoption.from {
        let from = date_words(adoption.from);
        return refuse(format!("the pack {what} and its adoption begins on {from}"), ADOPT);
    }
    if today > adoption.expires {
        let expired = date_words(adoption.expires);
        return refuse(format!("the pack {what} and its adoption ended on {expired}"), ADOPT);
    }
    Ok(())
}
