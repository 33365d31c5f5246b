//! Enters: nothing by itself. Leaves: what the ledger keeps of the events of a detention.
//! Never: holds a name or a text: only closed words, moments and numbers; of health only what the rules count with.

use super::authority::Authority;
use super::london_time::LondonTime;
use super::stages::Stage;
use super::terms::{DetainedTeam, Ending, Extends, Limb, Origin, Population, ReasonsForm};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The recorded facts of the beginning of a detention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BeganFact {
    pub on: NaiveDate,
    pub at: LondonTime,
    pub team: DetainedTeam,
    pub origin: Origin,
    pub population: Population,
    /// When the reasons of the beginning were served, if the file says.
    pub reasons_served_on: Option<NaiveDate>,
    /// Somebody authorised a stay that goes on there, who may.
    #[serde(default)]
    pub authorised: bool,
    /// Who may, where it needs that and nobody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<Authority>,
}

/// The recorded facts of a review of detention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReviewFact {
    pub on: NaiveDate,
    pub stage: Stage,
    /// Detention goes on.
    pub maintained: bool,
    /// Somebody signed it who may: otherwise it does not count as done.
    pub authorised: bool,
    /// Who may, while nobody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<Authority>,
}

/// The recorded facts of written reasons that were handed over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReasonsFact {
    pub on: NaiveDate,
    pub at: LondonTime,
    pub form: ReasonsForm,
    /// The person did not take them.
    pub refused: bool,
}

/// The recorded facts of a panel's recommendation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PanelFact {
    pub on: NaiveDate,
    /// A release was recommended, and rejected: the next review gives the reasons.
    pub rejected: bool,
}

/// The recorded facts of a report of healthcare staff. The limb is its number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportReceivedFact {
    pub on: NaiveDate,
    pub received_at: LondonTime,
    pub limb: Limb,
    pub within_hours: LondonTime,
    pub within_days: NaiveDate,
}

/// The recorded facts of the answer to a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportDecidedFact {
    pub on: NaiveDate,
    pub received_at: LondonTime,
    pub limb: Limb,
    /// Somebody signed it who may: otherwise the clocks go on.
    pub authorised: bool,
    /// Who may, while nobody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<Authority>,
}

/// The recorded facts of a limit in hours that the person's state sets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HourLimitFact {
    pub on: NaiveDate,
    pub satisfied_at: LondonTime,
    /// The detention is one that the limit is of.
    pub limited: bool,
    pub minister: bool,
}

/// The recorded facts of an arrival at another place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArrivalFact {
    pub on: NaiveDate,
    pub at: LondonTime,
    pub removal_at: Option<LondonTime>,
    pub minister: bool,
    /// Somebody authorised a stay that goes on, who may.
    pub authorised: bool,
    /// Who may, where it needs that and nobody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<Authority>,
    /// The person was free in between: what counts from the first hour of detention counts anew.
    pub released_between: bool,
}

/// The recorded facts of a minister's authority.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MinisterFact {
    pub on: NaiveDate,
    pub extends: Extends,
}

/// The recorded facts of the end of a detention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EndedFact {
    pub on: NaiveDate,
    pub at: LondonTime,
    pub how: Ending,
}
