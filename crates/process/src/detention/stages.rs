//! Enters: the word of a stage. Leaves: the point at which detention is reviewed, in order.
//! Never: knows when a stage is due (the pack says).

use crate::fields::reader::parsed;
use crate::fields::{FieldValue, Location, Names, Pattern, Sort, json::Node};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// The greatest month that a case file can name: detention of twenty years.
const MONTH_MAX: u32 = 260;

/// A point at which detention is reviewed; those of the timetable in its order, and then the reviews outside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Stage {
    /// 24 hours after the person was detained.
    Day,
    /// Seven days after.
    Week,
    /// Fourteen days after.
    Fortnight,
    /// The monthly review of this number, from 1.
    Month(u32),
    /// Outside the timetable, after a change of circumstances.
    AdHoc,
}

impl Stage {
    /// Returns the stages of so many months, in order, and the review outside them: for a list to choose from.
    pub fn listed(months: u32) -> impl Iterator<Item = Stage> {
        let initial = [Stage::Day, Stage::Week, Stage::Fortnight];
        initial.into_iter().chain((1..=months).map(Stage::Month)).chain([Stage::AdHoc])
    }

    /// Returns whether it is one of the first days' reviews.
    pub fn is_initial(self) -> bool {
        matches!(self, Stage::Day | Stage::Week | Stage::Fortnight)
    }

    /// Returns the number of a monthly review.
    pub fn month(self) -> Option<u32> {
        match self {
            Stage::Month(number) => Some(number),
            _ => None,
        }
    }

    /// Formats it for people: "14-day review", "monthly review 3".
    pub fn words(self) -> String {
        match self {
            Stage::Day => "24-hour review".to_owned(),
            Stage::Week => "7-day review".to_owned(),
            Stage::Fortnight => "14-day review".to_owned(),
            Stage::Month(number) => format!("monthly review {number}"),
            Stage::AdHoc => "ad hoc review".to_owned(),
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stage::Day => f.write_str("24h"),
            Stage::Week => f.write_str("7d"),
            Stage::Fortnight => f.write_str("14d"),
            Stage::Month(number) => write!(f, "m{number}"),
            Stage::AdHoc => f.write_str("ad_hoc"),
        }
    }
}

impl FromStr for Stage {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SAYS: &str = "24h, 7d, 14d, m1 (the first monthly review) to m260, or ad_hoc";
        match text {
            "24h" => Ok(Stage::Day),
            "7d" => Ok(Stage::Week),
            "14d" => Ok(Stage::Fortnight),
            "ad_hoc" => Ok(Stage::AdHoc),
            _ => {
                let digits = text.strip_prefix('m').filter(|digits| !digits.starts_with(['0', '+']));
                let number = digits.and_then(|digits| digits.parse().ok());
                number.filter(|number| (1..=MONTH_MAX).contains(number)).map(Stage::Month).ok_or(SAYS)
            }
        }
    }
}

impl TryFrom<String> for Stage {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Stage> for String {
    fn from(stage: Stage) -> String {
        stage.to_string()
    }
}

impl FieldValue for Stage {
    const SORT: Sort = Sort::Pattern(Pattern {
        says: "24h, 7d, 14d, m1 (the first monthly review) to m260, or ad_hoc",
        regex: REGEX,
        length: LENGTH,
        names: Names::Stage,
        clear: false,
    });

    fn read(location: &mut Location<'_>, node: &Node, _: usize) -> Option<Self> {
        parsed(location, node, (LENGTH, REGEX))
    }

    fn data(&self) -> Value {
        self.to_string().into()
    }
}

const REGEX: &str = "^(24h|7d|14d|ad_hoc|m[1-9]|m[1-9][0-9]|m1[0-9][0-9]|m2[0-5][0-9]|m260)$";
const LENGTH: (usize, usize) = (2, 6);
