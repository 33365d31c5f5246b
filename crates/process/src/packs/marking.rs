//! Enters: the words of a marking, from a pack and from a kind. Leaves: the marking line of letters and emails.
//! Never: combines words that must not appear together (docs/readings.md, "Marking").

use despatch_core::fault::Refusal;
use despatch_core::words::Role;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The protective marking and where it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Marking {
    /// `OFFICIAL SENSITIVE` or `OFFICIAL-SENSITIVE`: the spelling is the pack's choice.
    pub text: String,
    pub handling: Option<Handling>,
    pub descriptors: Vec<Descriptor>,
    pub letters: LetterMarking,
}

/// Where letters carry the marking; the pack decides, because Annex A itself carries none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LetterMarking {
    #[serde(rename = "top and bottom of every page")]
    EveryPage,
    #[serde(rename = "nowhere")]
    Nowhere,
}

/// What a kind adds to the pack's marking: its own instruction, replacing the pack's, and further descriptors.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KindMarking {
    pub handling: Option<Handling>,
    pub descriptors: Vec<Descriptor>,
}

/// The handling instruction: who may handle it, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub enum Handling {
    RecipientsOnly,
    /// Restricted to `HMG` or to the named organisation.
    UseOnly(String),
    /// When the embargo ends.
    Embargoed(String),
}

despatch_core::closed! {
    /// The subject, in the words of the policy.
    Descriptor {
        PersonalData = "PERSONAL DATA", "PERSONAL DATA";
        LegalPrivilege = "LEGAL PROFESSIONAL PRIVILEGE", "LEGAL PROFESSIONAL PRIVILEGE";
        Legal = "LEGAL", "LEGAL";
        MarketSensitive = "MARKET SENSITIVE", "MARKET SENSITIVE";
        Commercial = "COMMERCIAL", "COMMERCIAL";
        Management = "HR / MANAGEMENT", "HR / MANAGEMENT";
    }
}

impl Marking {
    /// Returns `CLASSIFICATION - HANDLING INSTRUCTION - DESCRIPTOR` for a message of this kind.
    pub fn line(&self, kind: &KindMarking) -> String {
        let handling = kind.handling.as_ref().or(self.handling.as_ref()).map(ToString::to_string);
        let more = kind.descriptors.iter().filter(|one| !self.descriptors.contains(one));
        let descriptors = self.descriptors.iter().chain(more).map(|one| one.label().to_owned());
        let parts: Vec<String> =
            std::iter::once(self.text.clone()).chain(handling).chain(descriptors).collect();
        parts.join(" - ")
    }
}

impl Handling {
    /// Returns whether material with this instruction may be sent to the role. What goes to a place of detention is
    /// served on the person, who is also outside the organisation.
    pub fn allows(&self, role: Role) -> bool {
        use Role::{CaseworkManager, Caseworker, Dmrt, PanelTeam, R35t, ReviewAuthoriser, SeniorCaseworker};
        let government = matches!(
            role,
            Dmrt | Caseworker
                | CaseworkManager
                | SeniorCaseworker
                | ReviewAuthoriser
                | R35t
                | Role::StrategicDirector
                | PanelTeam
        );
        government || !matches!(self, Handling::UseOnly(_))
    }
}

impl fmt::Display for Handling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Handling::RecipientsOnly => f.write_str("RECIPIENTS ONLY"),
            Handling::UseOnly(whose) => write!(f, "{whose} USE ONLY"),
            Handling::Embargoed(until) => write!(f, "EMBARGOED UNTIL {until}"),
        }
    }
}

impl From<Handling> for String {
    fn from(handling: Handling) -> Self {
        handling.to_string()
    }
}

impl FromStr for Handling {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let said = |part: &str| !part.is_empty() && part == part.trim() && part == part.to_uppercase();
        if text == "FOR PUBLIC RELEASE" {
            let cause = "what is sensitive is not for public release";
            return Err(Refusal { cause, cure: "leave the instruction out" });
        }
        if text == "RECIPIENTS ONLY" {
            return Ok(Handling::RecipientsOnly);
        }
        if let Some(until) = text.strip_prefix("EMBARGOED UNTIL ") {
            let dated = until.chars().filter(char::is_ascii_digit).count() >= 4 && said(until);
            let cause = "an embargo needs a date and a time";
            let cure = "write EMBARGOED UNTIL 9AM ON 3 MARCH 2026";
            return if dated {
                Ok(Handling::Embargoed(until.to_owned()))
            } else {
                Err(Refusal { cause, cure })
            };
        }
        match text.strip_suffix(" USE ONLY") {
            Some(whose) if said(whose) => Ok(Handling::UseOnly(whose.to_owned())),
            _ => Err(Refusal {
                cause: "this is not a handling instruction of the classification policy",
                cure: "write RECIPIENTS ONLY, HMG USE ONLY, another organisation's name and USE ONLY, or EMBARGOED UNTIL \
                       and when, in capitals",
            }),
        }
    }
}
