//! Enters: the facts of a decision. Leaves: what the guidance's tables answer: who authorises it, whether a consulate is
//! told, how great a risk is, and the like. Never: answers where the text leaves it to a person, but says so.

use super::authority::Authority;
use super::rules::{AuthorityRule, ConsularRules, DetentionRules, RiskLine};
use super::terms::{Asylum, Deciding, Degree, DetainedTeam, Matter};
use chrono::{Months, NaiveDate};
use std::collections::BTreeSet;

/// Who must authorise a decision, and who must agree first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Required {
    pub authority: Authority,
    pub agreed: Option<Authority>,
}

/// Returns who authorises a decision: of the lines that fit, the strictest.
pub fn required(
    lines: &[AuthorityRule],
    deciding: Deciding,
    team: DetainedTeam,
    matters: &BTreeSet<Matter>,
) -> Option<Required> {
    let fits = |line: &&AuthorityRule| {
        line.decision == deciding && line.teams.contains(&team) && line.when.is_subset(matters)
    };
    let each = lines.iter().filter(fits).map(|line| Required { authority: line.needs, agreed: line.agreed });
    each.reduce(|one, other| if one.authority.is_enough_for(other.authority) { one } else { other })
}

/// Whether a consulate is told that its national is detained (general instructions, "Consular notification").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsularRoute {
    /// Under a convention, whatever the person wishes.
    Mandatory,
    OnRequest,
    /// The person wishes it, and a claim for asylum is near: a person decides.
    OnRequestHeld,
    None,
}

/// What matters to that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsularCase<'a> {
    /// ISO 3166-1, two letters.
    pub nationality_code: &'a str,
    pub asylum: Asylum,
    /// The person is likely to be detained for longer than the pack's hours.
    pub long: bool,
    pub wishes_notice: bool,
}

impl ConsularRules {
    /// Returns whether the consulate is told, and why.
    pub fn route(&self, case: ConsularCase<'_>) -> ConsularRoute {
        let listed = self.mandatory.iter().any(|code| code.as_str() == case.nationality_code);
        match (case.long, case.wishes_notice, case.asylum) {
            (false, ..) => ConsularRoute::None,
            (true, _, Asylum::None) if listed => ConsularRoute::Mandatory,
            (true, true, Asylum::None) => ConsularRoute::OnRequest,
            (true, true, _) => ConsularRoute::OnRequestHeld,
            (true, false, _) => ConsularRoute::None,
        }
    }
}

/// Returns the overall risk of somebody with these two assessments.
pub fn overall_risk(lines: &[RiskLine], harm: Degree, reoffending: Degree) -> Option<Degree> {
    lines.iter().find(|line| line.harm == harm && line.reoffending == reoffending).map(|line| line.overall)
}

impl DetentionRules {
    /// Returns by when a panel considers the case again: calendar months, to the last day of a shorter month.
    pub fn panel_by(&self, last: NaiveDate) -> NaiveDate {
        last.checked_add_months(Months::new(self.panel.months)).unwrap_or(last)
    }

    /// Returns whether somebody may be searched on that day (Immigration Act 2016, section 51, as the pack has it).
    pub fn may_be_searched(&self, date_of_birth: NaiveDate, on: NaiveDate) -> bool {
        on.years_since(date_of_birth).is_some_and(|age| age >= self.search.least_age)
    }
}
