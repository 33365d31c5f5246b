//! Enters: the text of one policy pack. Leaves: a [`Pack`], the numbers, routing and wording choices of one edition
//! of the guidance, and whether it may be used today. Never: computes a date or knows a template.

use super::places::PlaceKind;
use super::toml_check::Checker;
use crate::case::{AttachmentKind, Grade};
use crate::fault::Fault;
use crate::words::{KindName, PackId, Role, Sha256, StaffId, Team, date_words};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;
use toml::Spanned;

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
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceDocument {
    pub name: String,
    /// Of the text copy that was read.
    pub sha256: Sha256,
}

/// From when on what holds, and by whose act.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
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

/// The name of an event, as the case file writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventName {
    ExternalReportReceived,
    AppointmentConfirmed,
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: Spanned<PackId>,
    title: Spanned<String>,
    copy_grade_min: Grade,
    handling: Spanned<String>,
    source: SourceDocument,
    marking: RawMarking,
    status: Vec<Spanned<StatusChange>>,
    working_days: RawNumbers,
    row: Vec<RawRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMarking {
    text: Spanned<String>,
    letters: LetterMarking,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNumbers {
    refer: RawNumber,
    assess: RawNumber,
    serve: RawNumber,
    respond: RawNumber,
    report: RawNumber,
    removal_exclusion: RawNumber,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNumber {
    days: Spanned<u32>,
    source: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRow {
    number: Spanned<String>,
    event: EventName,
    team: Team,
    kind: KindName,
    role: Spanned<Role>,
    #[serde(default)]
    copy: bool,
    places: Spanned<BTreeSet<PlaceKind>>,
    encloses: BTreeSet<AttachmentKind>,
    stale: Spanned<Stale>,
    deadline: Option<Spanned<Rule>>,
    source: Spanned<String>,
}

impl Pack {
    /// Reads one pack; `file_name` is its path, whose stem must be the pack's id.
    ///
    /// # Errors
    /// A fault of form, with its line; else everything in it that cannot be meant.
    pub fn parse(file_name: &str, text: &str) -> Result<Pack, Vec<Fault>> {
        let (raw, mut checker): (Raw, _) = Checker::read(file_name, text)?;
        if Path::new(file_name).file_stem().and_then(|stem| stem.to_str()) != Some(raw.id.get_ref().as_str())
        {
            checker.fault(
                raw.id.span(),
                "pack.id",
                "the pack's id is not its file's name",
                "give the file the name of the id, followed by .toml",
            );
        }
        let pack = Pack {
            id: raw.id.into_inner(),
            title: checker.sentence("title", &raw.title),
            status: status(&mut checker, raw.status),
            source: raw.source,
            marking: marking(&mut checker, &raw.marking),
            handling: checker.sentence("handling", &raw.handling),
            copy_grade_min: raw.copy_grade_min,
            numbers: Numbers {
                refer: number(&mut checker, &raw.working_days.refer),
                assess: number(&mut checker, &raw.working_days.assess),
                serve: number(&mut checker, &raw.working_days.serve),
                respond: number(&mut checker, &raw.working_days.respond),
                report: number(&mut checker, &raw.working_days.report),
                removal_exclusion: number(&mut checker, &raw.working_days.removal_exclusion),
            },
            rows: rows(&mut checker, raw.row),
        };
        checker.finish(pack)
    }

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

fn status(checker: &mut Checker, raw: Vec<Spanned<StatusChange>>) -> Vec<StatusChange> {
    let mut changes: Vec<StatusChange> = Vec::new();
    for change in raw {
        let span = change.span();
        let change = change.into_inner();
        if changes.last().is_some_and(|earlier| earlier.from >= change.from) {
            checker.fault(
                span,
                "pack.status",
                "this change of status is not later than the one before it",
                "list the changes oldest first, one a day",
            );
        }
        changes.push(change);
    }
    if changes.is_empty() {
        checker.fault(0..0, "pack.status", "the pack has no status", "say since when it is in force");
    }
    changes
}

fn marking(checker: &mut Checker, raw: &RawMarking) -> Marking {
    let text = raw.text.get_ref();
    if !["OFFICIAL SENSITIVE", "OFFICIAL-SENSITIVE"].contains(&text.as_str()) {
        checker.fault(
            raw.text.span(),
            "pack.marking",
            "this is not the marking that the guidance prescribes",
            "write OFFICIAL SENSITIVE or OFFICIAL-SENSITIVE",
        );
    }
    Marking { text: text.clone(), letters: raw.letters }
}

fn number(checker: &mut Checker, raw: &RawNumber) -> Number {
    let days = *raw.days.get_ref();
    if !(1..=60).contains(&days) {
        checker.fault(
            raw.days.span(),
            "pack.number",
            format!("{days} working days is no time that guidance sets"),
            "give a number from 1 to 60",
        );
    }
    Number { days, source: checker.sentence("source", &raw.source) }
}

fn rows(checker: &mut Checker, raw: Vec<RawRow>) -> Vec<Row> {
    let mut seen = BTreeSet::new();
    if raw.is_empty() {
        checker.fault(0..0, "pack.rows", "the pack routes nothing", "add its rows");
    }
    raw.into_iter()
        .map(|row| {
            check_row(checker, &row);
            if !seen.insert((row.event, row.number.get_ref().clone(), *row.role.get_ref())) {
                checker.fault(
                    row.number.span(),
                    "pack.row_twice",
                    format!("row {} stands here twice for the same role", row.number.get_ref()),
                    "keep one of the two",
                );
            }
            Row {
                source: checker.sentence("source", &row.source),
                number: row.number.into_inner(),
                event: row.event,
                team: row.team,
                kind: row.kind,
                role: row.role.into_inner(),
                copy: row.copy,
                places: row.places.into_inner(),
                encloses: row.encloses,
                stale: row.stale.into_inner(),
                deadline: row.deadline.map(Spanned::into_inner),
            }
        })
        .collect()
}

/// What the event of a row cannot give: a person it does not name, a date it does not set.
fn check_row(checker: &mut Checker, row: &RawRow) {
    let appointment = row.event == EventName::AppointmentConfirmed;
    let number = row.number.get_ref();
    if !number.parse::<u8>().is_ok_and(|number| (1..=37).contains(&number)) {
        checker.fault(
            row.number.span(),
            "pack.row_number",
            "the process has no row of this number",
            "give a number from 1 to 37",
        );
    }
    if row.places.get_ref().is_empty() {
        checker.fault(
            row.places.span(),
            "pack.row_places",
            format!("row {number} holds at no kind of place"),
            "name the kinds of place at which it holds",
        );
    }
    if *row.role.get_ref() == Role::Doctor && !appointment {
        checker.fault(
            row.role.span(),
            "pack.row_role",
            format!("the event of row {number} names no doctor"),
            "give the row to another role or to another event",
        );
    }
    if *row.stale.get_ref() != Stale::Never && !appointment {
        checker.fault(
            row.stale.span(),
            "pack.row_stale",
            format!("the event of row {number} sets no appointment"),
            "write `stale = \"never\"`",
        );
    }
    if let Some(rule) = &row.deadline {
        let of_appointment = matches!(rule.get_ref(), Rule::Serve | Rule::Respond | Rule::Report);
        if of_appointment != appointment {
            checker.fault(
                rule.span(),
                "pack.row_deadline",
                format!("the event of row {number} does not set this deadline"),
                "use `refer` or `immediately` for a report, `serve`, `respond` or `report` for an appointment",
            );
        }
    }
}
