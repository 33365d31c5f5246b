//! Enters: the case, what its documents say, and what becomes of them. Leaves: named checks with their evidence.
//! Never: touches a file, a process or a clock, or puts a value of the detained person into evidence.

/// Whether a representative has the person's authority for the case.
pub mod authority;
/// Attachments: real, open, at rest, within limits; and messages that fit the recipient's mail system.
pub mod attachment;
/// Whether an entry is as it was when it was last written to.
pub mod change;
/// What goes in clear says nothing about the person.
pub mod clear;
/// Dates as people write them.
pub mod dates;
/// Whether a document is about the person of the case.
pub mod identity;
/// Words that people wrote into the case file and letters repeat.
pub mod free_text;
/// Whether a document is what the case file lists it as.
pub mod listed;
/// Which attachment may go to which role at all.
pub mod matrix;
/// Whether a document is about the person of another open case.
pub mod others;
/// Words as they are compared.
pub mod text;
/// Whether the report speaks of the place where the person is.
pub mod whereabouts;

use chrono::{DateTime, Utc};
use despatch_core::words::StaffId;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What a check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// Each document is about the person of the case, and nobody else's.
    Identity,
    /// What goes in clear says nothing about the person.
    Clear,
    /// Each document may go to this role, and is what it is listed as.
    Matrix,
    /// The representative has the person's authority for this case.
    Authority,
    /// Each attachment is a PDF at rest.
    Attachment,
    /// The message fits the recipient's mail system.
    Size,
    /// Address and keys are those of the last despatch, and verified not long ago.
    Change,
    /// The office's virus scanner found nothing.
    Virus,
    /// The address is one that this role may have.
    Address,
}

impl Guard {
    /// Every guard, in the order in which checks are shown.
    pub const ALL: [Guard; 9] = [
        Guard::Identity,
        Guard::Clear,
        Guard::Matrix,
        Guard::Authority,
        Guard::Attachment,
        Guard::Size,
        Guard::Change,
        Guard::Virus,
        Guard::Address,
    ];

    /// The guard as the ledger, options and `--json` write it.
    pub fn code(self) -> &'static str {
        match self {
            Guard::Identity => "identity",
            Guard::Clear => "clear",
            Guard::Matrix => "matrix",
            Guard::Authority => "authority",
            Guard::Attachment => "attachment",
            Guard::Size => "size",
            Guard::Change => "change",
            Guard::Virus => "virus",
            Guard::Address => "address",
        }
    }

    /// The guard in words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Guard::Identity => "the right person",
            Guard::Clear => "nothing in clear",
            Guard::Matrix => "the right documents",
            Guard::Authority => "the representative's authority",
            Guard::Attachment => "sound attachments",
            Guard::Size => "size",
            Guard::Change => "no change of address or key",
            Guard::Virus => "virus scan",
            Guard::Address => "a lawful address",
        }
    }

    /// The code of the hold that this guard puts on a despatch.
    pub fn hold_code(self) -> &'static str {
        match self {
            Guard::Identity => "guard_identity",
            Guard::Clear => "guard_clear",
            Guard::Matrix => "guard_matrix",
            Guard::Authority => "guard_authority",
            Guard::Attachment => "guard_attachment",
            Guard::Size => "guard_size",
            Guard::Change => "guard_change",
            Guard::Virus => "guard_virus",
            Guard::Address => "guard_address",
        }
    }

    /// Whether a person may let pass what this guard stops, with a reason and a second person who approves. Who may
    /// receive what is not theirs to decide, a virus nobody's, and a mail system refuses what is too large.
    pub fn may_be_overridden(self) -> bool {
        matches!(self, Guard::Identity | Guard::Clear | Guard::Attachment | Guard::Change)
    }

    /// Whether this guard may delay a copy that goes for a person's safety (G19).
    pub fn may_delay_safety(self) -> bool {
        matches!(self, Guard::Identity | Guard::Change | Guard::Address)
    }

    /// What helps against what this guard stops.
    fn cure(self) -> &'static str {
        match self {
            Guard::Identity => {
                "look at the document; return the case where it is another person's, else release it with --override identity"
            }
            Guard::Clear => {
                "mend the template, the title or the directory's entry, then release it; --override clear where the word means something else"
            }
            Guard::Matrix => "return the case: this document does not go to this recipient",
            Guard::Authority => "look at the authority, and record it with `despatch directory authority`",
            Guard::Attachment => {
                "ask for the document as a plain PDF and correct the case, or release it with --override attachment"
            }
            Guard::Size => "return the case and attach smaller files, or send them with several events",
            Guard::Change | Guard::Address => "have the directory's entry verified, then release it",
            Guard::Virus => {
                "keep the file away from everybody and tell your IT security; once the scanner answers, release it"
            }
        }
    }
}

impl FromStr for Guard {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Guard::ALL
            .into_iter()
            .find(|guard| guard.code() == text)
            .ok_or("a check: identity, clear, matrix, authority, attachment, size, change, virus or address")
    }
}

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Passed,
    /// It stops other messages, and this one goes for a person's safety (G19).
    Warned,
    /// A machine cannot tell: the reviewer must look and confirm it.
    Confirm,
    /// It holds the message.
    Stops,
}

impl Outcome {
    /// The outcome in words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Warned => "warning",
            Outcome::Confirm => "to be confirmed",
            Outcome::Stops => "stops",
        }
    }
}

/// One named check on a despatch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub guard: Guard,
    pub outcome: Outcome,
    /// What was looked at and found, for people, without a value of the detained person.
    pub evidence: String,
    /// Who let it pass all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Override>,
}

/// A person's word against a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    pub by: StaffId,
    pub at: DateTime<Utc>,
    pub reason: String,
}

impl Check {
    /// A check that nobody has spoken against.
    pub fn new(guard: Guard, outcome: Outcome, evidence: impl Into<String>) -> Self {
        Self { guard, outcome, evidence: evidence.into(), overridden: None }
    }

    /// Whether it holds the despatch now.
    pub fn holds(&self) -> bool {
        self.outcome == Outcome::Stops && self.overridden.is_none()
    }

    /// The words of the hold: what is the matter and how to go on.
    pub fn hold_words(&self) -> String {
        format!("{}: {}; {}", self.guard.words(), self.evidence, self.guard.cure())
    }

    /// The outcome in words, with who spoke against it.
    pub fn outcome_words(&self) -> String {
        match &self.overridden {
            Some(word) => format!("let pass by {}", word.by),
            None => self.outcome.words().to_owned(),
        }
    }

    /// The same check on a message for a person's safety: what may not delay it warns.
    pub fn for_safety(self) -> Self {
        let warns = self.outcome != Outcome::Passed && !self.guard.may_delay_safety();
        if warns { Self { outcome: Outcome::Warned, ..self } } else { self }
    }
}
