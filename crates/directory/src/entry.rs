//! Enters: nothing by itself. Leaves: the types of the directory: an entry, who changed it, who verified it and how its
//! recipient opens messages. Never: decides whether an entry may be written to; `directory` does.

use super::opening::OpeningMethod;
use chrono::NaiveDate;
use despatch_core::address::EmailAddress;
use despatch_core::words::{CaseId, EntryId, PlaceId, Role, Sha256, StaffId};
use despatch_seal::keys::PublicKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Returns whether a body of this role serves places, and is found by them (G0 names the healthcare team, the Detention
/// Engagement Team and the Operational Support Team of the place; there is one DMRT and one booker of interpreters).
pub fn serves_places(role: Role) -> bool {
    matches!(role, Role::Healthcare | Role::Det | Role::Ost | Role::Ipt)
}

/// Returns whether a mailbox of this role is by its nature shared.
pub fn is_body(role: Role) -> bool {
    use Role::{Dmrt, InterpreterBooking, PanelTeam, R35t, ReviewAuthoriser, StrategicDirector};
    serves_places(role)
        || matches!(role, Dmrt | InterpreterBooking | ReviewAuthoriser | R35t | StrategicDirector | PanelTeam)
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
    /// Whether several people read it.
    pub group: bool,
    /// The places that it serves; empty unless [`serves_places`].
    pub places: Vec<PlaceId>,
    /// The only cases that may be sent to it; empty for any.
    pub cases: Vec<CaseId>,
    /// How the recipient opens messages; while `None`, everything is held.
    pub method: Option<OpeningMethod>,
    /// Every age key of the recipient; each one opens what is sealed to the entry. Empty unless the method needs keys.
    pub keys: Vec<PublicKey>,
    /// The last day on which the entry is valid.
    pub expires: Option<NaiveDate>,
    /// The last change, which another person has to verify.
    pub changed: Change,
    /// The fingerprints of the keys that the present ones replaced, latest last.
    pub replaced: Vec<String>,
    pub verified: Option<Verification>,
    pub test_message: Option<TestMessage>,
}

/// Who gave an entry its present address, keys and duties, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub by: StaffId,
    pub on: NaiveDate,
    /// Who else has entered or changed it since it was last verified; their changes are still unverified.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub and: BTreeSet<StaffId>,
}

impl Change {
    /// Creates a change by one person alone.
    pub fn new(by: StaffId, on: NaiveDate) -> Self {
        Self { by, on, and: BTreeSet::new() }
    }

    /// Returns whether this person made any of the changes, and so may not verify the entry.
    pub fn is_partly_of(&self, who: &StaffId) -> bool {
        self.by == *who || self.and.contains(who)
    }
}

/// How somebody confirmed that an address and keys are the recipient's. An email proves nothing: an attacker who has
/// taken over the mailbox answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The office called a number from an independent source.
    CallBack,
    InPerson,
}

impl Way {
    /// Each way, by its name on the command line.
    pub const WORDS: [(&'static str, Way); 2] = [("call-back", Way::CallBack), ("in-person", Way::InPerson)];

    /// Returns the label that people read.
    pub fn label(self) -> &'static str {
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

/// Who confirmed that the address and the keys are the recipient's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    pub by: StaffId,
    pub on: NaiveDate,
    pub way: Way,
    /// In the verifier's words: "the number of the firm's website".
    pub how: String,
}

/// A test message, which shows whether the recipient can open what the office seals for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestMessage {
    pub sent_on: NaiveDate,
    pub message_id: String,
    /// The keyed hash of the numbers inside, with the Message-ID: a recipient who opened the message can read them out.
    /// Left out wherever an entry is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Sha256>,
    /// How often other numbers were given.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub misheard: u32,
    pub opened: Option<Opened>,
}

fn is_none_yet(number: &u32) -> bool {
    *number == 0
}

/// Who heard the words of a test message from its recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    pub by: StaffId,
    pub on: NaiveDate,
}

impl Entry {
    /// Creates an entry with the minimum of data; the other fields are set afterwards.
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
            test_message: None,
        }
    }

    /// Returns how the recipient opens messages, if everything that it needs is known.
    pub fn opening(&self) -> Option<OpeningMethod> {
        self.method.filter(|method| !method.needs_keys() || !self.keys.is_empty())
    }

    /// Returns the fingerprints of its keys, in the directory's order.
    pub fn fingerprints(&self) -> Vec<String> {
        self.keys.iter().map(PublicKey::fingerprint).collect()
    }

    /// Returns whether the recipient has shown that they can open what is sealed for them.
    pub fn is_tried(&self) -> bool {
        self.test_message.as_ref().is_some_and(|test_message| test_message.opened.is_some())
    }

    /// Returns the entry as people may see it: without what could be compared with guessed numbers (F18).
    #[must_use]
    pub fn shown(mut self) -> Self {
        if let Some(test_message) = &mut self.test_message {
            test_message.answer = None;
        }
        self
    }

    /// Returns whether both say the same about the recipient, apart from who said and verified it.
    pub fn says_the_same(&self, other: &Entry) -> bool {
        let said = |entry: &Entry| Entry {
            changed: self.changed.clone(),
            replaced: Vec::new(),
            verified: None,
            test_message: None,
            ..entry.clone()
        };
        said(self) == said(other)
    }
}

impl TestMessage {
    /// Wrong numbers after which it proves nothing any more: somebody guesses (F18).
    pub const MISHEARD_MAX: u32 = 5;

    /// Returns whether numbers were guessed too often, and nobody had heard the right ones.
    pub fn is_void(&self) -> bool {
        self.opened.is_none() && self.misheard >= Self::MISHEARD_MAX
    }
}
