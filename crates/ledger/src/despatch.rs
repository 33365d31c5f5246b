//! Enters: nothing by itself. Leaves: the words of the outbox: a despatch, its states, what holds it.
//! Never: a value of the detained person; everything here is kept and shown in clear.

use super::receipts::Receipt;
use chrono::{DateTime, NaiveDate, Utc};
use despatch_core::words::{CaseId, EntryId, EventId, PackId, Sha256, StaffId};
use despatch_directory::opening::OpeningMethod;
use despatch_guards::others::{Kind, Mark};
use despatch_guards::{Check, Guard};
use despatch_process::{History, NotMade, Planned, Recorded};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// The id of a despatch, as people type it: the number of its case file and its place in the plan (`17-3`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DespatchId {
    pub claim: i64,
    pub position: usize,
}

impl fmt::Display for DespatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}-{}", self.claim, self.position))
    }
}

impl FromStr for DespatchId {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |part: &str| {
            let plain = !part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| part.parse::<u32>().ok()).flatten()
        };
        text.split_once('-')
            .and_then(|(claim, position)| {
                Some(DespatchId { claim: number(claim)?.into(), position: number(position)? as usize })
            })
            .ok_or("a despatch id, such as 17-3")
    }
}

impl TryFrom<String> for DespatchId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<DespatchId> for String {
    fn from(id: DespatchId) -> String {
        id.to_string()
    }
}

/// Where a despatch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Something stands in its way, named in `holds`.
    Held,
    AwaitingReview,
    Approved,
    /// A sender has it; nothing of the message has been completed.
    Claimed,
    /// Every byte is written but the final dot: from here to the answer it may or may not arrive.
    DotPending,
    Sent,
    /// The relay said "not now"; tried again without a person.
    Deferred,
    /// The relay said "never"; a person decides.
    Refused,
    /// The answer to the final dot is not known; a person decides.
    InDoubt,
    Returned,
    Superseded,
    Cancelled,
}

impl State {
    /// Every state, in the order of a despatch's life.
    pub const ALL: [State; 12] = [
        State::Held,
        State::AwaitingReview,
        State::Approved,
        State::Claimed,
        State::DotPending,
        State::Sent,
        State::Deferred,
        State::Refused,
        State::InDoubt,
        State::Returned,
        State::Superseded,
        State::Cancelled,
    ];

    /// The state as the ledger and `--json` write it.
    pub fn code(self) -> &'static str {
        match self {
            State::Held => "held",
            State::AwaitingReview => "awaiting_review",
            State::Approved => "approved",
            State::Claimed => "claimed",
            State::DotPending => "dot_pending",
            State::Sent => "sent",
            State::Deferred => "deferred",
            State::Refused => "refused",
            State::InDoubt => "in_doubt",
            State::Returned => "returned",
            State::Superseded => "superseded",
            State::Cancelled => "cancelled",
        }
    }

    /// The state in words, for people.
    pub fn words(self) -> &'static str {
        match self {
            State::AwaitingReview => "awaiting review",
            State::Claimed | State::DotPending => "being sent",
            State::InDoubt => "in doubt",
            other => other.code(),
        }
    }

    /// The states that a person calls so, by their code or in words.
    ///
    /// Errors: none is called so; says what there is.
    pub fn called(name: &str) -> Result<Vec<State>, String> {
        let plain = |text: &str| text.replace(['_', '-'], " ");
        let named = |state: &State| [state.code(), state.words()].map(plain).contains(&plain(name));
        let found: Vec<State> = State::ALL.into_iter().filter(named).collect();
        if found.is_empty() {
            let mut all = State::ALL.map(State::words).to_vec();
            all.dedup();
            return Err(format!("no state is called {name}; there are: {}", all.join(", ")));
        }
        Ok(found)
    }

    /// Whether a despatch still has to go, or a person has to see to it.
    pub fn waits(self) -> bool {
        use State::*;
        matches!(self, Held | AwaitingReview | Approved | Deferred | Refused | Returned)
    }

    /// Whether a despatch may pass from this state to `next`: the table of states, whole.
    pub fn may_become(self, next: State) -> bool {
        use State::*;
        match self {
            Held => matches!(next, AwaitingReview | Approved | Returned | Cancelled | Superseded),
            AwaitingReview => matches!(next, Held | Approved | Returned | Cancelled | Superseded),
            Approved => matches!(next, Held | Claimed | Returned | Cancelled | Superseded),
            Claimed => matches!(next, Approved | DotPending | Deferred | Refused),
            DotPending => matches!(next, Sent | Deferred | Refused | InDoubt),
            Deferred => {
                matches!(next, AwaitingReview | Approved | Claimed | Held | Returned | Cancelled | Superseded)
            }
            Refused => matches!(next, AwaitingReview | Approved | Held | Returned | Cancelled | Superseded),
            InDoubt => matches!(next, Approved | Cancelled),
            Returned => next == Superseded,
            Sent | Superseded | Cancelled => false,
        }
    }
}

impl FromStr for State {
    type Err = String;
    /// The state of this code, as the ledger writes it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        State::ALL
            .into_iter()
            .find(|state| state.code() == text)
            .ok_or_else(|| format!("no state is called {text}"))
    }
}

/// One thing that stands in a despatch's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// A closed word (`no_key`, `window_closed`, `by_person`).
    pub code: String,
    /// What is wrong and how to mend it, for people.
    pub words: String,
    /// Whether the message must be made anew once the cause is gone.
    pub remake: bool,
}

impl Hold {
    /// The code of what a person stopped.
    pub const BY_PERSON: &str = "by_person";
    /// The code of what an event of the case has made doubtful.
    pub const OVERTAKEN: &str = "overtaken";

    /// Whether nothing but a person's look lifts it: no check says when its cause is gone.
    pub fn is_for_a_person(&self) -> bool {
        [Self::BY_PERSON, Self::OVERTAKEN].contains(&self.code.as_str())
    }
}

/// To whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// `None` while no entry of the directory answers to the role and place.
    pub entry: Option<EntryId>,
    pub name: String,
    pub organisation: String,
    pub address: String,
}

/// The message that exists: what an approval binds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// Counts up each time that the message is made anew.
    pub revision: u32,
    pub sha256: Sha256,
    pub message_id: String,
    /// Bytes.
    pub size: usize,
    /// Sealed documents, the cover note included.
    pub documents: usize,
    /// The recipient's keys to which it is sealed; empty where only the office can open it.
    pub fingerprints: Vec<String>,
    /// How its recipient opens it; `None` where only the office can.
    #[serde(default)]
    pub opening: Option<OpeningMethod>,
    /// The hash of the office's own copy, where words open the message and no key does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<Sha256>,
    /// The kind's templates, as a hash.
    pub template: Sha256,
    /// The policy pack's text, as a hash; `None` on messages from before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Sha256>,
    /// The fingerprint of the key that signs the outer list; `None` on messages from before lists were signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
    /// The office's review key to which it is sealed, by its fingerprint; where it is not there, the office's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_key: Option<String>,
}

impl Bound {
    /// How its recipient opens it. What was made before methods were kept was sealed to keys.
    pub fn method(&self) -> Option<OpeningMethod> {
        self.opening.or_else(|| OpeningMethod::for_keys(!self.fingerprints.is_empty()))
    }
}

/// Who let it go, and what exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub by: StaffId,
    pub at: DateTime<Utc>,
    pub sha256: Sha256,
    pub address: String,
    pub fingerprints: Vec<String>,
    /// The checks that a machine could not make, and that this person confirmed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confirmed: Vec<Guard>,
}

/// A safety message that one person alone let go (G19).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urgent {
    pub by: StaffId,
    pub at: DateTime<Utc>,
    pub reason: String,
    /// Who looked at it afterwards.
    pub reviewed_by: Option<StaffId>,
}

/// One message to one recipient: what is reviewed, approved and sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Despatch {
    pub id: DespatchId,
    pub case_id: CaseId,
    pub event_id: EventId,
    /// The SHA-256 of the case file that it was made of: what a correction names in `replaces`.
    pub case_file: Sha256,
    pub prepared_by: StaffId,
    pub issued_on: NaiveDate,
    /// The policy pack under which it was made.
    pub pack: PackId,
    pub planned: Planned,
    pub warnings: Vec<String>,
    /// What the guards looked at and found.
    #[serde(default)]
    pub checks: Vec<Check>,
    pub recipient: Recipient,
    pub state: State,
    pub holds: Vec<Hold>,
    pub message: Option<Bound>,
    pub approval: Option<Approval>,
    /// Times that a relay was tried.
    pub attempts: u32,
    /// Not before this, after a deferral.
    pub next_attempt: Option<DateTime<Utc>>,
    /// The relay's last answer, or why it is in doubt.
    pub reply: Option<String>,
    /// The last reason that a person gave.
    pub reason: Option<String>,
    /// What an event of the case called for while a sender had it in hand; done when it comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overtaken: Option<Overtaken>,
    /// The day on which the relay took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_on: Option<NaiveDate>,
    /// What its recipient let the office know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// It went before a second person had looked at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent: Option<Urgent>,
}

impl Despatch {
    /// Takes over what people said against the checks `before` this message was made anew, where the same is found
    /// again; what is held by nothing else is then held no longer.
    pub fn keep_overrides(&mut self, before: &[Check]) {
        for check in self.checks.iter_mut().filter(|check| check.holds()) {
            let same = before.iter().find(|old| (old.guard, &old.evidence) == (check.guard, &check.evidence));
            check.overridden = same.and_then(|old| old.overridden.clone());
        }
        let still: Vec<Hold> = self.checks.iter().filter(|check| check.holds()).map(Hold::from).collect();
        let of_guards = |hold: &Hold| Guard::ALL.iter().any(|guard| guard.hold_code() == hold.code);
        self.holds.retain(|hold| !of_guards(hold) || still.contains(hold));
        if self.holds.is_empty() && self.state == State::Held {
            self.state = State::AwaitingReview;
        }
    }
}

/// An event of the case that came in since a despatch was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overtaken {
    /// The number of its case file.
    pub by: i64,
    /// The despatch gives way to what the event makes; else it is held for a person.
    pub gives_way: bool,
    /// What came in and how to go on.
    pub words: String,
}

/// One despatch on its way into the outbox.
#[derive(Debug)]
pub struct SealedDespatch {
    pub despatch: Despatch,
    /// The message, byte for byte; `None` where nothing could be made.
    pub message: Option<Vec<u8>>,
    /// The office's own copy of it, where words open the message.
    pub copy: Option<Vec<u8>>,
}

/// A whole case on its way into the outbox.
#[derive(Debug)]
pub struct SealedCase {
    pub claim: i64,
    pub case_id: CaseId,
    pub event_id: EventId,
    pub prepared_by: StaffId,
    pub replaces: Option<Sha256>,
    pub file_sha256: Sha256,
    pub issued_on: NaiveDate,
    pub pack: PackId,
    /// What the case goes on record with, and the history by which it was planned.
    pub recorded: Recorded,
    pub history: History,
    /// For CID and Atlas.
    pub notes: Vec<String>,
    /// The person, as keyed hashes, for as long as the case is open.
    pub marks: Vec<(Kind, Mark)>,
    /// What in its attachments may be the reference of a case that comes in later, as keyed hashes.
    pub mentions: BTreeSet<Mark>,
    /// Rows that the event names and that were not made, with the reason.
    pub not_made: Vec<NotMade>,
    /// The case file and its attachments (a tar archive), sealed to the review key of this fingerprint.
    pub original: Vec<u8>,
    pub review_key: String,
    pub despatches: Vec<SealedDespatch>,
}
