//! Enters: nothing by itself. Leaves: the types of what a pack says of detention: its tables, numbers and readings, under
//! the names of its file. Never: has a number of its own.

use super::Stage;
use super::authority::Authority;
use super::terms::{
    Deciding, Degree, DetainedTeam, ImmigrationFactor, Matter, NationalityCode, Origin, Population,
    ReasonsForm, ReportAuthor, ReportRule,
};
use crate::fields::closed::closed;
use crate::people::Grade;
use crate::places::{Nation, PlaceKind};
use chrono::NaiveTime;
use despatch_core::words::PlaceId;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// Everything that a pack says of detention.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DetentionRules {
    pub reviews: ReviewRules,
    pub reasons: ReasonsRules,
    pub reports: ReportRules,
    pub pregnancy: PregnancyRules,
    pub alarms: AlarmRules,
    #[serde(rename = "stay_limit")]
    pub stay_limits: Vec<StayLimit>,
    pub panel: PanelRules,
    #[serde(rename = "authority")]
    pub authorities: Vec<AuthorityRule>,
    #[serde(rename = "evidence_factor")]
    pub evidence_factors: Vec<EvidenceFactor>,
    pub consular: ConsularRules,
    #[serde(rename = "offender_risk")]
    pub offender_risk: Vec<RiskLine>,
    pub search: SearchRules,
    pub police_risk: PoliceRisk,
}

impl DetentionRules {
    /// Returns every value with its path in the pack; the items of a list are numbered from 1.
    pub fn values(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        leaves("", &serde_json::to_value(self).unwrap_or_default(), &mut found);
        found
    }
}

fn leaves(path: &str, value: &Value, found: &mut Vec<(String, String)>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| leaves(&below(name), value, found)),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (number, item) in (1..).zip(items) {
                leaves(&format!("{path}[{number}]"), item, found);
            }
        }
        Value::Array(items) => {
            let words: Vec<String> = items.iter().map(plain).collect();
            found.push((path.to_owned(), words.join(", ")));
        }
        value => found.push((path.to_owned(), plain(value))),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Elapsed hours.
    Hours(u32),
    /// Days of a date; of a moment, 24 hours each or the same time of day, whichever is sooner.
    Days(u32),
}

/// The timetable of reviews.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReviewRules {
    /// The days between two monthly reviews.
    pub month_days: u32,
    /// A reading: whether the day of detention is the first of the days that are counted.
    pub first_day_counts: bool,
    /// Who signs an ad hoc review in the initial stages.
    pub ad_hoc_initial: Grade,
    /// A reading: whose grade an ad hoc review of the later stages needs.
    pub ad_hoc_later: AdHocGrade,
    /// Whoever came from prison before this day of detention has no review of the fourteenth day.
    pub moved_before_day: u32,
    /// The two readings where they came later.
    pub moved_later: Vec<String>,
    pub source: String,
    #[serde(rename = "table")]
    pub tables: Vec<ReviewTable>,
}

closed! {
    /// Whose grade an ad hoc review of the later stages needs: "the relevant grade for the review period at the point of
    /// the change".
    AdHocGrade {
        Last = "last", "that of the last review done";
        Next = "next", "that of the next review due";
        Higher = "higher", "the higher of the last and the next";
    }
}

/// Who signs which review.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReviewTable {
    pub name: String,
    pub team: DetainedTeam,
    pub initial: Vec<InitialReview>,
    /// Those of the monthly reviews, from the first.
    pub months: Vec<Grade>,
    /// The month at which the cycle begins again after the last one.
    pub repeats_from: u32,
}

/// A review of the first days.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InitialReview {
    pub stage: Stage,
    #[serde(flatten)]
    pub after: Span,
    pub grade: Grade,
    /// Whoever was detained there has none.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub unless_from: BTreeSet<Origin>,
}

/// Written reasons.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReasonsRules {
    /// The days between two services.
    pub days: u32,
    /// A reading: whether reasons that the person refused to take count as given.
    pub refused_service_restarts: bool,
    pub source: String,
    #[serde(rename = "form")]
    pub forms: Vec<FormLine>,
    /// The readings where the table says nothing.
    pub unstated: Vec<String>,
}

/// A line of the table of forms; without a form, the review calls for no letter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FormLine {
    pub places: BTreeSet<PlaceKind>,
    pub reviews: BTreeSet<ReviewSort>,
    pub teams: BTreeSet<DetainedTeam>,
    #[serde(rename = "name", skip_serializing_if = "Option::is_none")]
    pub form: Option<ReasonsForm>,
    pub source: String,
}

closed! {
    /// The sorts of reviews.
    ReviewSort {
        Day = "24h", "the 24-hour review";
        Week = "7d", "the 7-day review";
        Fortnight = "14d", "the 14-day review";
        Monthly = "monthly", "a monthly review";
        AdHoc = "ad_hoc", "an ad hoc review";
    }
}

impl ReviewSort {
    /// Returns the sort of a stage.
    pub fn of(stage: Stage) -> ReviewSort {
        match stage {
            Stage::Day => ReviewSort::Day,
            Stage::Week => ReviewSort::Week,
            Stage::Fortnight => ReviewSort::Fortnight,
            Stage::Month(_) => ReviewSort::Monthly,
            Stage::AdHoc => ReviewSort::AdHoc,
        }
    }
}

/// Reports of healthcare staff, and their answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportRules {
    pub hours: u32,
    pub hours_source: String,
    pub working_days: u32,
    pub days_source: String,
    /// The hours in which the team that answers works, on working days.
    #[serde(serialize_with = "time")]
    pub works_from: NaiveTime,
    #[serde(serialize_with = "time")]
    pub works_to: NaiveTime,
    /// What "torture" means in these rules, as the person is told.
    pub torture: String,
    /// Words with which an answer might seem to dismiss a report: the reviewer is warned.
    pub dismissive: Vec<String>,
    #[serde(rename = "rule")]
    pub rules: Vec<OfRule>,
}

fn time<S: serde::Serializer>(time: &NaiveTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.format("%H:%M").to_string())
}

/// Where a rule holds, and who reports under it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfRule {
    pub rule: ReportRule,
    pub places: BTreeSet<PlaceKind>,
    pub authors: BTreeSet<ReportAuthor>,
    pub source: String,
}

/// The limit of the detention of pregnant women.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PregnancyRules {
    pub hours: u32,
    /// With the authority of a minister.
    pub minister_days: u32,
    pub source: String,
}

/// When alarms are given of a limit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlarmRules {
    /// A limit of so many hours or fewer is short: its alarms begin at once, and another is given halfway.
    pub short_hours: u32,
    /// Hours before the end of a short limit.
    pub short_before: Vec<u32>,
    /// Hours before the end of any other.
    pub before: Vec<u32>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// How long somebody may stay.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StayLimit {
    /// What it limits, in words.
    pub what: String,
    /// How long is normal: whoever stays longer is to be moved, and nothing that maintains detention waits for it.
    #[serde(skip_serializing_if = "is_false")]
    pub norm: bool,
    pub population: Population,
    /// The kinds of places where it holds, unless it is of one place.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub kinds: BTreeSet<PlaceKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceId>,
    /// Where it holds, if not everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nation: Option<Nation>,
    pub counts_from: CountsFrom,
    pub stay: Span,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longer: Option<Longer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<StayAuthority>,
    pub source: String,
}

closed! {
    /// From when a stay counts.
    CountsFrom {
        Arrival = "arrival", "the arrival at the place";
        Detention = "detention", "the beginning of the detention";
    }
}

/// On what condition a stay may be longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Longer {
    /// A minister has authorised it.
    Minister(Span),
    /// Removal is set to take place within it.
    Removal(Span),
}

/// Who must have authorised a stay that goes on after a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StayAuthority {
    #[serde(flatten)]
    pub after: Span,
    pub needs: Authority,
}

/// Case Progression Panels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PanelRules {
    /// Calendar months between two, at most.
    pub months: u32,
    pub source: String,
}

/// Who authorises a decision where all of these matters are the case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuthorityRule {
    pub decision: Deciding,
    pub teams: BTreeSet<DetainedTeam>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub when: BTreeSet<Matter>,
    pub needs: Authority,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed: Option<Authority>,
    pub source: String,
}

/// At which levels an immigration factor counts against the evidence of vulnerability.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvidenceFactor {
    pub factor: ImmigrationFactor,
    /// Levels of evidence, 1 to 3.
    pub levels: BTreeSet<u8>,
    pub source: String,
}

/// Whose consulates are told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConsularRules {
    /// Detention likely to be longer than this counts.
    pub after_hours: u32,
    /// The states that are told in any case.
    pub mandatory: Vec<NationalityCode>,
    pub source: String,
}

/// A line of the table of risks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RiskLine {
    pub harm: Degree,
    pub reoffending: Degree,
    pub overall: Degree,
}

/// Who may be searched for nationality documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SearchRules {
    pub least_age: u32,
    pub source: String,
}

/// When part A of a risk assessment goes on from a police station.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PoliceRisk {
    pub hours: u32,
    pub source: String,
}
