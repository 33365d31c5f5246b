//! Enters: nothing by itself. Leaves: the words of the directory: an entry, who changed it, who verified it and how
//! its recipient opens what they get. Never: decides whether an entry may be written to; `directory` does.

use super::opening::OpeningMethod;
use chrono::NaiveDate;
use despatch_core::address::EmailAddress;
use despatch_core::words::{CaseId, EntryId, PlaceId, Role, Sha256, StaffId};
use despatch_seal::keys::PublicKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether a body of this role serves places, and is found by them (G0 names the healthcare team, the
/// Detention Engagement Team and the Operational Support Team of the place; of the DMRT and of whoever books
/// interpreters there is one each).
pub fn serves_places(role: Role) -> bool {
    matches!(role, Role::Healthcare | Role::Det | Role::Ost | Role::Ipt)
}

/// Whether a mailbox of this role is by its nature one that several people read.
pub fn is_body(role: Role) -> bool {
    serves_places(role) || matches!(role, Role::Dmrt | Role::InterpreterBooking)
}

/// One person or mailbox that may be written to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub id: EntryId,
    pub role: Role,
    pub name: String,
    pub organisation: String,
    pub email: EmailAddress,
    pub telephone: Option<String>,
    /// Several people read it.
    pub group: bool,
    /// The places that it serves; empty unless [`serves_places`].
    pub places: Vec<PlaceId>,
    /// The only cases that may be sent to it; empty: any.
    pub cases: Vec<CaseId>,
    /// How the recipient opens what they get; `None`: nobody knows yet, and everything is held.
    pub method: Option<OpeningMethod>,
    /// Every age key of the recipient; each one opens what is sealed to the entry. Empty unless the method
    /// needs keys.
    pub keys: Vec<PublicKey>,
    /// The last day on which the entry holds.
    pub expires: Option<NaiveDate>,
    /// Who made it what it is.
    pub changed: Change,
    /// The fingerprints of the keys that the present ones replaced, latest last.
    pub replaced: Vec<String>,
    pub verified: Option<Verification>,
    pub trial: Option<Trial>,
}

/// Who gave an entry its present address, keys and duties, and when. Another person has to verify them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub by: StaffId,
    pub on: NaiveDate,
    /// Who else has entered or changed it since it was last verified. What each of them gave is still in it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub and: BTreeSet<StaffId>,
}

impl Change {
    /// A change of something that nobody else has touched.
    pub fn new(by: StaffId, on: NaiveDate) -> Self {
        Self { by, on, and: BTreeSet::new() }
    }

    /// Whether this person gave any of it, and so can verify none of it.
    pub fn is_partly_of(&self, who: &StaffId) -> bool {
        self.by == *who || self.and.contains(who)
    }
}

/// How somebody made sure that an address and keys are the recipient's. An email proves nothing: whoever has taken
/// over the mailbox answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The office rang a number that it had from elsewhere.
    CallBack,
    InPerson,
}

impl Way {
    /// Each way, as the command line writes it.
    pub const WORDS: [(&'static str, Way); 2] = [("call-back", Way::CallBack), ("in-person", Way::InPerson)];

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Way::CallBack => "by a call back",
            Way::InPerson => "in person",
        }
    }
}

impl std::str::FromStr for Way {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Way::WORDS.iter().find(|(word, _)| *word == text);
        known.map(|(_, way)| *way).ok_or("\"call-back\" or \"in-person\"")
    }
}

/// Who made sure that the address and the keys are the recipient's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    pub by: StaffId,
    pub on: NaiveDate,
    pub way: Way,
    /// In the verifier's words: "the number of the firm's website".
    pub how: String,
}

/// A letter without content that shows whether the recipient can open what the office seals for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    pub sent_on: NaiveDate,
    pub message_id: String,
    /// The hash of the words inside, with the Message-ID: whoever opened the letter can read them out.
    pub answer: Sha256,
    pub opened: Option<Opened>,
}

/// Who heard the words of a trial letter from its recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    pub by: StaffId,
    pub on: NaiveDate,
}

impl Entry {
    /// An entry as somebody begins it: what else is known of the recipient is added.
    pub fn entered(
        id: EntryId,
        role: Role,
        name: String,
        organisation: String,
        email: EmailAddress,
        changed: Change,
    ) -> Self {
        Self {
            id,
            role,
            name,
            organisation,
            email,
            telephone: None,
            group: is_body(role),
            places: Vec::new(),
            cases: Vec::new(),
            method: None,
            keys: Vec::new(),
            expires: None,
            changed,
            replaced: Vec::new(),
            verified: None,
            trial: None,
        }
    }

    /// How its recipient opens what they get, if all that it takes is there.
    pub fn opening(&self) -> Option<OpeningMethod> {
        self.method.filter(|method| !method.needs_keys() || !self.keys.is_empty())
    }

    /// The fingerprints of its keys, in the directory's order.
    pub fn fingerprints(&self) -> Vec<String> {
        self.keys.iter().map(PublicKey::fingerprint).collect()
    }

    /// Whether the recipient has shown that they can open what is sealed for them.
    pub fn is_tried(&self) -> bool {
        self.trial.as_ref().is_some_and(|trial| trial.opened.is_some())
    }

    /// Whether both say the same of the recipient, whoever said it and whoever verified it.
    pub fn says_the_same(&self, other: &Entry) -> bool {
        let said = |entry: &Entry| Entry {
            changed: self.changed.clone(),
            replaced: Vec::new(),
            verified: None,
            trial: None,
            ..entry.clone()
        };
        said(self) == said(other)
    }
}

impl Trial {
    /// The hash of a trial letter's words, however they were typed.
    pub fn answer(message_id: &str, words: &str) -> Sha256 {
        let spoken: String = words.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        Sha256::of(format!("{message_id}\n{spoken}").as_bytes())
    }
}
