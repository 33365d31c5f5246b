//! Enters: a grade or an office, and a cover. Leaves: as whom somebody signs, and whether that is enough.
//! Never: knows what needs which authority (the pack does), or who somebody is.

use crate::fields::closed::closed;
use crate::people::Grade;
use serde::{Deserialize, Serialize};

closed! {
    /// Who may authorise something: the grades, ascending, and the named offices beside them.
    Authority {
        AO = "AO", "AO";
        EO = "EO", "EO";
        /// Also a chief immigration officer.
        HEO = "HEO", "HEO or CIO";
        /// Also an inspector.
        SEO = "SEO", "SEO or Inspector";
        G7 = "G7", "Grade 7";
        /// Of the rank of Grade 7 (general instructions, "Time served foreign national offenders").
        AssistantDirector = "assistant_director", "assistant director";
        G6 = "G6", "Grade 6";
        G5 = "G5", "Grade 5";
        Director = "director", "director";
        StrategicDirector = "strategic_director", "Strategic Director";
        Minister = "minister", "minister";
    }
}

closed! {
    /// How somebody covers a higher post. No other cover counts (general instructions, after Table 2).
    Cover {
        None = "none", "no cover";
        Hra = "HRA", "Higher Responsibility Allowance";
        Tca = "TCA", "Temporary Cover Allowance";
    }
}

impl Authority {
    /// Returns its place in the ladder.
    fn rank(self) -> u8 {
        match self {
            Authority::AO => 0,
            Authority::EO => 1,
            Authority::HEO => 2,
            Authority::SEO => 3,
            Authority::G7 | Authority::AssistantDirector => 4,
            Authority::G6 => 5,
            Authority::G5 => 6,
            Authority::Director => 7,
            Authority::StrategicDirector => 8,
            Authority::Minister => 9,
        }
    }

    /// Returns whether it is at least another one.
    pub fn is_enough_for(self, needed: Authority) -> bool {
        self.rank() >= needed.rank()
    }

    /// Returns the stricter of two.
    #[must_use]
    pub fn stricter(self, other: Authority) -> Authority {
        if other.rank() > self.rank() { other } else { self }
    }

    /// Says who may sign: "a Grade 7, or somebody on HRA or TCA who covers one".
    pub fn who(self) -> String {
        let article = match self {
            Authority::AO | Authority::EO | Authority::SEO | Authority::AssistantDirector => "an",
            Authority::StrategicDirector => "the",
            Authority::HEO
            | Authority::G7
            | Authority::G6
            | Authority::G5
            | Authority::Director
            | Authority::Minister => "a",
        };
        let name = self.label();
        match self {
            Authority::Director | Authority::StrategicDirector | Authority::Minister => {
                format!("{article} {name}")
            }
            _ => format!("{article} {name} or above, or somebody on HRA or TCA who covers such a post"),
        }
    }
}

impl From<Grade> for Authority {
    fn from(grade: Grade) -> Authority {
        match grade {
            Grade::AO => Authority::AO,
            Grade::EO => Authority::EO,
            Grade::HEO => Authority::HEO,
            Grade::SEO => Authority::SEO,
            Grade::G7 => Authority::G7,
            Grade::G6 => Authority::G6,
            Grade::G5 => Authority::G5,
        }
    }
}

/// Somebody who signs, on the day on which they did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    pub substantive: Authority,
    pub cover: Cover,
    /// The post that they cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covered: Option<Authority>,
}

impl Signer {
    /// Returns as whom they sign: as of the grade that they cover, on HRA or TCA, and otherwise as of their own.
    pub fn acts_as(self) -> Authority {
        match (self.cover, self.covered) {
            (Cover::Hra | Cover::Tca, Some(covered)) => self.substantive.stricter(covered),
            (Cover::None, _) | (_, None) => self.substantive,
        }
    }

    /// Says as whom they sign: "Grade 7", or "SEO or Inspector, on HRA for Grade 7".
    pub fn words(self) -> String {
        match (self.cover, self.covered) {
            (Cover::Hra, Some(covered)) => {
                format!("{}, on HRA for {}", self.substantive.label(), covered.label())
            }
            (Cover::Tca, Some(covered)) => {
                format!("{}, on TCA for {}", self.substantive.label(), covered.label())
            }
            (Cover::None, _) | (_, None) => self.substantive.label().to_owned(),
        }
    }

    /// Returns whether they may sign what needs this authority.
    pub fn may_sign(self, needed: Authority) -> bool {
        self.acts_as().is_enough_for(needed)
    }
}
