//! Enters: nothing by itself. Leaves: the types of a policy pack: the numbers, routing and wording choices of one
//! edition of the guidance, and whether it may be used today. Never: computes a date or knows a template.

use crate::attachments::AttachmentKind;
use crate::calendar::Division;
use crate::circumstances::Circumstance;
use crate::deadlines::DeadlineRule;
use crate::detention::rules::DetentionRules;
use crate::events::list::{EventName, Family};
use crate::packs::lists::Lists;
use crate::packs::marking::Marking;
use crate::people::Grade;
use crate::places::PlaceKind;
use crate::purpose::Purpose;
use chrono::{NaiveDate, Weekday};
use despatch_core::fault::Fault;
use despatch_core::words::{KindName, PackId, Role, Sha256, StaffId, StandardId, Team, date_words};
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeSet;
use std::fmt;

/// One edition of the guidance, as data. Serialised under the names of the pack's file, so that a path in it is the
/// path by which an office's own pack changes it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pack {
    pub id: PackId,
    pub title: String,
    pub family: Family,
    /// Its changes of status, oldest first.
    pub status: Vec<StatusChange>,
    pub source: SourceDocument,
    pub marking: Marking,
    /// The handling instructions in every cover email.
    pub handling: String,
    pub calendar: CalendarRule,
    /// Every word that the rest of it uses.
    pub lists: Lists,
    /// The events that it owns: no other pack of the office has them.
    #[serde(rename = "event")]
    pub events: Vec<OwnedEvent>,
    #[serde(flatten)]
    pub rules: Rules,
    /// The kinds of which a sample is opened where a batch makes many; all others are opened one by one.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub sampled: BTreeSet<KindName>,
    /// How many messages of such a kind are opened in a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<u32>,
    #[serde(rename = "row")]
    pub rows: Vec<Row>,
    /// The rows for which this office writes nothing.
    pub awaited: Vec<Awaited>,
    /// The pack of which this one changes single values, and why.
    pub extends: Option<Extends>,
}

/// What only the packs of one family say.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Rules {
    SecondOpinion(Box<SecondOpinion>),
    Detention(Box<DetentionRules>),
}

/// What the second opinion process needs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SecondOpinion {
    /// The lowest grade of the casework manager who is copied in (row 1).
    pub copy_grade_min: Grade,
    /// Whether letters tell the day of a removal to others than the casework team, its managers and the DMRT.
    pub tells_removal_date: bool,
    #[serde(rename = "working_days")]
    pub numbers: Numbers,
    pub capacity: Capacity,
    pub standards: Standards,
    /// Words with which a response might seem to dismiss a clinical opinion (B14): the reviewer is warned.
    pub dismissive: Vec<String>,
}

/// An event that a pack owns, with the fields that its edition has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnedEvent {
    pub name: EventName,
    pub fields: BTreeSet<String>,
}

/// An office's own pack: another one with single values changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Extends {
    pub pack: PackId,
    pub changes: Vec<Change>,
}

/// One value that an office's pack changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its path in the pack: `working_days.serve.days`.
    pub value: String,
    pub reason: String,
}

/// How many second opinions are possible (B3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Capacity {
    /// Reports per week.
    pub reports: u32,
    /// The guidance says "per week" but not which week, so the pack says on which day one starts.
    #[serde(serialize_with = "weekday")]
    pub week_starts: Weekday,
    pub source: String,
}

impl Capacity {
    /// Returns the first day of the week that contains `date`.
    pub fn week_of(&self, date: NaiveDate) -> NaiveDate {
        date.week(self.week_starts).first_day()
    }
}

fn weekday<S: Serializer>(day: &Weekday, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    })
}

/// Whose bank holidays count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "rule", content = "office")]
pub enum CalendarRule {
    /// Those of the place of detention.
    #[serde(rename = "place")]
    Place,
    /// Those of the place and of the DMRT's division: the earlier date for officials, the longer time for the person.
    #[serde(rename = "place and office")]
    PlaceAndOffice(Division),
}

/// The standards for external medical reports (adults at risk guidance).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standards {
    /// Whether the list is complete; otherwise no response can be sent (G8).
    pub complete: bool,
    /// The source of the list.
    pub source: String,
    #[serde(rename = "standard")]
    pub list: Vec<Standard>,
}

/// One standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standard {
    pub id: StandardId,
    /// As the response prints it.
    pub title: String,
    pub source: String,
}

/// The document that the pack represents as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceDocument {
    pub name: String,
    /// The hash of the text copy that was read.
    pub sha256: Sha256,
}

/// A change of status: from when it holds, and who made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusChange {
    pub from: NaiveDate,
    pub status: Status,
    pub by: String,
}

despatch_core::closed! {
    /// Whether an edition of the guidance is in force.
    Status {
        InForce = "in_force", "in force";
        Quashed = "quashed", "quashed";
        Replaced = "replaced", "replaced";
        /// Whether it is still in force could not be found out.
        NotConfirmed = "not_confirmed", "no longer known to be in force";
    }
}

/// A number of working days and the sentence that sets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Number {
    pub days: u32,
    pub source: String,
}

/// The numbers of the pack, all in working days (B1, B4 and B5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Numbers {
    /// From receipt of the report to its referral.
    pub refer: Number,
    /// From the referral to the assessment.
    pub assess: Number,
    /// From the transfer out of a temporary place to the assessment.
    pub assess_after_transfer: Number,
    /// From the DET's receipt of the invitation to its service.
    pub serve: Number,
    /// Clear days between service and the assessment.
    pub respond: Number,
    /// From the assessment to the second opinion report.
    pub report: Number,
    /// From a cancelled assessment to its replacement.
    pub rebook: Number,
    /// A removal within this many days of receipt leaves no time for a second opinion.
    pub removal_exclusion: Number,
}

/// The day after which sending is pointless (G11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stale {
    Never,
    /// After the last day of service that leaves the days to respond.
    LatestService,
    /// After the appointment.
    Appointment,
    /// After the last day for the assessment.
    Assessment,
    /// After the removal for which it was written.
    Removal,
}

/// The number of a row in the pack's source ("12"), or the reading that implies it ("G6"). It cites the source, so it
/// is printed and never compared with a text: rules refer to a [`Purpose`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowNumber(String);

impl RowNumber {
    /// Wraps the number as the source writes it.
    pub fn new(number: impl Into<String>) -> Self {
        Self(number.into())
    }
}

impl fmt::Display for RowNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// One row of the process: an event produces a kind of message for a role. Rules refer to it by its purpose.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    pub number: RowNumber,
    pub purpose: Purpose,
    /// The events that trigger it.
    pub events: BTreeSet<EventName>,
    /// Circumstances that must all hold as well.
    pub when: BTreeSet<Circumstance>,
    /// The team whose row it is (G2).
    pub team: Team,
    pub kind: KindName,
    pub role: Role,
    /// A copy of a message to somebody else.
    pub copy: bool,
    /// The kinds of place for which the row applies.
    pub places: BTreeSet<PlaceKind>,
    /// Which place's body is meant, for a role that serves places.
    pub at: At,
    pub encloses: BTreeSet<AttachmentKind>,
    pub stale: Stale,
    pub deadline: Option<DeadlineRule>,
    /// A copy for the healthcare team, which policy never delays (G19).
    pub safety: bool,
    /// The sentence of the guidance, or [`IMPLIED`].
    pub source: String,
}

/// Replaces the sentence if the guidance implies a row without stating it (domain G).
pub const IMPLIED: &str = "implied";

/// The place that a body serves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// Where the person is.
    #[default]
    Detention,
    /// Where the appointment is, or was to be.
    Appointment,
    /// Where the healthcare records were requested; for doctors, also those who were sent them.
    Records,
}

/// A row of the process for which nothing is written, and why: another team's row, a reported event, or a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Awaited {
    pub number: RowNumber,
    /// The event that reports it, if any.
    pub event: Option<EventName>,
    pub reason: String,
    pub source: String,
}

/// Two people's decision to use a pack that is not in force (G17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adoption {
    pub pack: PackId,
    /// Two different members of staff, or more.
    pub by: Vec<StaffId>,
    pub reason: String,
    /// The first day on which it applies.
    pub from: NaiveDate,
    /// The last day on which it applies.
    pub expires: NaiveDate,
    /// The hash of the text that they read: a pack whose text changes is another pack (F20).
    pub sha256: Option<Sha256>,
}

/// The staff's decisions about one pack.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PackRecord {
    /// Confirmed by two people; proposed by one if no earlier adoption applies in the meantime.
    pub adoption: Option<Adoption>,
    /// The next adoption, proposed by one person while an earlier confirmed one exists.
    pub renewal: Option<Adoption>,
    pub withdrawn: Option<Withdrawal>,
}

/// A pack that may no longer be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawal {
    pub by: StaffId,
    pub reason: String,
    pub on: NaiveDate,
}

impl PackRecord {
    /// Returns the adoption that a second person has yet to confirm.
    pub fn proposed(&self) -> Option<&Adoption> {
        self.renewal.as_ref().or(self.adoption.as_ref()).filter(|adoption| adoption.by.len() < 2)
    }
}

impl Pack {
    /// Returns what it says of second opinions, if it is of their family.
    pub fn second_opinion(&self) -> Option<&SecondOpinion> {
        match &self.rules {
            Rules::SecondOpinion(rules) => Some(rules),
            Rules::Detention(_) => None,
        }
    }

    /// Returns what it says of second opinions, to be changed.
    pub fn second_opinion_mut(&mut self) -> Option<&mut SecondOpinion> {
        match &mut self.rules {
            Rules::SecondOpinion(rules) => Some(rules),
            Rules::Detention(_) => None,
        }
    }

    /// Returns what it says of detention, if it is of that family.
    pub fn detention(&self) -> Option<&DetentionRules> {
        match &self.rules {
            Rules::Detention(rules) => Some(rules),
            Rules::SecondOpinion(_) => None,
        }
    }

    /// Returns the event of this name, if the pack owns it.
    pub fn event(&self, name: EventName) -> Option<&OwnedEvent> {
        self.events.iter().find(|event| event.name == name)
    }

    /// Returns how many messages of a kind are opened in a batch; `None` if each is.
    pub fn sample_of(&self, kind: &KindName) -> Option<u32> {
        self.sample.filter(|_| self.sampled.contains(kind))
    }

    /// Returns the status on `date`; `None` before the pack was first in force.
    pub fn status_on(&self, date: NaiveDate) -> Option<&StatusChange> {
        self.status.iter().rev().find(|change| change.from <= date)
    }
}

/// Whose text a pack has, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    pub sha256: Sha256,
    /// Whether the office wrote it: what such a text says of its own status is one person's word.
    pub is_own: bool,
}

/// Checks that `pack` may be used on `today`: it is in force, or two people have adopted this very text of it (G17).
///
/// # Errors
/// The pack is not in force or is the office's own, and its text has no adoption by two people that gives a reason and
/// covers `today`.
pub fn permits(
    pack: &Pack,
    origin: Origin,
    adoption: Option<&Adoption>,
    today: NaiveDate,
) -> Result<(), Fault> {
    let status = pack.status_on(today);
    let in_force = status.is_some_and(|change| change.status == Status::InForce);
    if in_force && !origin.is_own {
        return Ok(());
    }
    let what = match status {
        Some(_) if in_force => "is the office's own".to_owned(),
        Some(change) => format!("was {} on {}", change.status.label(), date_words(change.from)),
        None => "is not yet in force".to_owned(),
    };
    let adopt = |how: &str| {
        let id = &pack.id;
        format!(
            "have two members of staff {how}: one proposes it, with a reason and a last day (`despatch policy adopt {id} \
             --reason REASON --until DATE`), and another confirms it (`despatch policy adopt {id}`); or use a pack that is in \
             force"
        )
    };
    let (lack, cure) = match adoption.filter(|adoption| adoption.pack == pack.id) {
        None => ("the office has not adopted it".to_owned(), adopt("adopt the pack")),
        Some(adoption) if adoption.by.iter().collect::<BTreeSet<_>>().len() < 2 => (
            "fewer than two people have adopted it".to_owned(),
            format!("have a second member of staff confirm it (`despatch policy adopt {}`)", pack.id),
        ),
        Some(adoption) if adoption.reason.trim().is_empty() => {
            ("its adoption gives no reason".to_owned(), adopt("adopt it anew"))
        }
        Some(adoption) if today < adoption.from => {
            (format!("its adoption begins on {}", date_words(adoption.from)), adopt("adopt it from today"))
        }
        Some(adoption) if today > adoption.expires => {
            let ended = format!("its adoption ended with its last day, {}", date_words(adoption.expires));
            (ended, adopt("renew its adoption"))
        }
        Some(adoption) if adoption.sha256 != Some(origin.sha256) => (
            "its text, or that of the pack it extends, is not the one that the office adopted".to_owned(),
            adopt("adopt the new text"),
        ),
        Some(_) => return Ok(()),
    };
    let at = format!("policy pack {}", pack.id);
    Err(Fault::new(at, "pack.not_adopted", format!("the pack {} {what}, and {lack}", pack.id), cure))
}
