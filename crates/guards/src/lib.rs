//! Enters: the case, the contents of its documents, and their recipients. Leaves: named checks with their evidence.
//! Never: touches a file, a process or a clock, or puts a value of the detained person into evidence.

/// Whether a representative has the person's authority for the case.
pub mod authority;
/// Whether attachments are sound, open, inactive and within limits, and messages fit the recipient's mail system.
pub mod attachment;
/// Whether an entry has changed since the last message to it.
pub mod change;
/// The list of guards.
mod checks;
/// Whether texts in clear say nothing about the person.
pub mod clear;
/// Dates as people write them.
pub mod dates;
/// What guards look at.
pub mod examination;
/// Whether a document is about the person of the case.
pub mod identity;
/// Free text of the case file that letters repeat.
pub mod free_text;
/// Whether a document is what the case file lists it as.
pub mod listed;
/// The labels of names, dates of birth and references.
mod labels;
/// Which attachment may be sent to which role.
pub mod matrix;
/// Names in a text.
mod names;
/// Whether a document is about the person of another open case.
pub mod others;
/// Whether a case is about the person of its earlier events, and no other open case is.
pub mod persons;
/// Who else a document may name.
mod relations;
/// What in a document contradicts the person of the case.
mod rivals;
/// The person of a case.
mod subject;
/// Words in the form in which they are compared.
pub mod text;
/// What the office's virus scanner said.
pub mod virus;
/// Whether the report names the place where the person is.
pub mod whereabouts;

pub use checks::checks;

use chrono::{DateTime, Utc};
use despatch_core::words::StaffId;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Declares the guards in the order in which their checks are shown, each with its code, the label that people read and
/// how to resolve what it stops.
macro_rules! guards {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $label:literal, $cure:literal;)*) => {
        /// The subject of a check.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Guard {
            $($(#[$doc])* #[serde(rename = $code)] $variant,)*
        }

        impl Guard {
            /// Every guard, in the order in which checks are shown.
            pub const ALL: [Guard; [$(Guard::$variant),*].len()] = [$(Guard::$variant),*];

            /// Returns the code that the ledger, options and `--json` write.
            pub fn code(self) -> &'static str {
                match self { $(Guard::$variant => $code,)* }
            }

            /// Returns the label that people read.
            pub fn label(self) -> &'static str {
                match self { $(Guard::$variant => $label,)* }
            }

            /// Returns how to resolve what this guard stops.
            fn cure(self) -> &'static str {
                match self { $(Guard::$variant => $cure,)* }
            }
        }
    };
}

guards! {
    /// Each document is about the person of the case, and nobody else.
    Identity = "identity", "the right person",
        "look at the document; return the case where it is another person's, else release it with --override identity";
    /// Texts in clear say nothing about the person.
    Clear = "clear", "nothing in clear",
        "mend the template, the title or the directory's entry, then release it; --override clear where the word means something else";
    /// Each document may be sent to this role, and is what it is listed as.
    Matrix = "matrix", "the right documents",
        "return the case: this document does not go to this recipient";
    /// The representative has the person's authority for this case.
    Authority = "authority", "the representative's authority",
        "look at the authority, and record it with `despatch directory authority`";
    /// Each attachment is a PDF without active content.
    Attachment = "attachment", "sound attachments",
        "ask for the document as a plain PDF and correct the case, or release it with --override attachment";
    /// The message fits the recipient's mail system.
    Size = "size", "size",
        "return the case and attach smaller files, or send them with several events";
    /// Address and keys are those of the last despatch, and were verified recently.
    Change = "change", "no change of address or key",
        "have the directory's entry verified, then release it";
    /// The office's virus scanner found nothing.
    Virus = "virus", "virus scan",
        "keep the file away from everybody and tell your IT security; once the scanner answers, release it";
    /// The address is permitted for this role.
    Address = "address", "a lawful address",
        "have the directory's entry verified, then release it";
}

impl Guard {
    /// Returns the code of the hold that this guard puts on a despatch.
    pub fn hold_code(self) -> String {
        format!("guard_{}", self.code())
    }

    /// Returns whether a person may override this guard, with a reason and a second person who approves. Who may
    /// receive what is not theirs to decide, a virus is never let pass, and a mail system refuses what is too large.
    pub fn may_be_overridden(self) -> bool {
        matches!(self, Guard::Identity | Guard::Clear | Guard::Attachment | Guard::Change)
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

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Passed,
    /// It would stop other messages, but this one is for a person's safety (G19).
    Warned,
    /// A machine cannot tell: the reviewer must look and confirm.
    Confirm,
    /// It holds the message.
    Stops,
}

impl Outcome {
    /// Returns this outcome, or the other where that is graver.
    pub fn at_least(self, other: Outcome) -> Outcome {
        self.max(other)
    }

    /// Returns the label that people read.
    pub fn label(self) -> &'static str {
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
    /// What was checked and found, for people, without a value of the detained person.
    pub evidence: String,
    /// The override, if somebody gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Override>,
}

/// A person's override of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    pub by: StaffId,
    pub at: DateTime<Utc>,
    pub reason: String,
}

impl Check {
    /// Creates a check without an override.
    pub fn new(guard: Guard, outcome: Outcome, evidence: impl Into<String>) -> Self {
        Self { guard, outcome, evidence: evidence.into(), overridden: None }
    }

    /// Returns whether it holds the despatch.
    pub fn holds(&self) -> bool {
        self.outcome == Outcome::Stops && self.overridden.is_none()
    }

    /// Returns the words of the hold: what is wrong and how to go on.
    pub fn hold_label(&self) -> String {
        format!("{}: {}; {}", self.guard.label(), self.evidence, self.guard.cure())
    }

    /// Returns the outcome in words, with the author of an override.
    pub fn outcome_label(&self) -> String {
        match &self.overridden {
            Some(word) => format!("let pass by {}", word.by),
            None => self.outcome.label().to_owned(),
        }
    }

    /// Turns it into a check that does not delay a safety message: whatever it stops or asks about, it only warns.
    pub fn for_safety(self) -> Self {
        if self.outcome == Outcome::Passed { self } else { Self { outcome: Outcome::Warned, ..self } }
    }
}
