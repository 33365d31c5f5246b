//! Enters: nothing by itself. Leaves: the types of the outbox: a despatch, its states, its holds.
//! Never: a value of the detained person; everything here is stored and shown in clear.

use crate::ids::DespatchId;
use chrono::{DateTime, NaiveDate, Utc};
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, EntryId, EventId, PackId, Sha256, StaffId};
use despatch_directory::directory::HoldReason;
use despatch_directory::opening::OpeningMethod;
use despatch_guards::others::{Kind, Pseudonym};
use despatch_guards::{Check, Guard, Override};
use despatch_process::{History, NotMade, Planned, PolicyHold, Recorded};
use despatch_settings::Staff;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::str::FromStr;

/// Declares the states, each with its code.
macro_rules! states {
    ($($(#[$doc:meta])* $variant:ident = $code:literal;)*) => {
        /// The state of a despatch.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum State {
            $($(#[$doc])* #[serde(rename = $code)] $variant,)*
        }

        impl State {
            /// Every state, in the order of a despatch's life.
            pub const ALL: [State; [$(State::$variant),*].len()] = [$(State::$variant),*];

            /// Returns the code that the ledger and `--json` write.
            pub fn code(self) -> &'static str {
                match self { $(State::$variant => $code,)* }
            }
        }
    };
}

states! {
    /// It cannot go yet, for the reasons in `holds`.
    Held = "held";
    AwaitingReview = "awaiting_review";
    Approved = "approved";
    /// A sender has it; the message is not complete at the relay.
    Claimed = "claimed";
    /// Every byte but the final dot is written: until the relay answers, it may or may not be delivered.
    DotPending = "dot_pending";
    Sent = "sent";
    /// The relay refused temporarily; retried automatically.
    Deferred = "deferred";
    /// The relay refused permanently; a person decides.
    Refused = "refused";
    /// The relay's answer to the final dot is unknown; a person decides.
    InDoubt = "in_doubt";
    Returned = "returned";
    Superseded = "superseded";
    Cancelled = "cancelled";
}

impl State {
    /// Returns the label that people read.
    pub fn label(self) -> &'static str {
        match self {
            State::AwaitingReview => "awaiting review",
            State::Claimed | State::DotPending => "being sent",
            State::InDoubt => "in doubt",
            other => other.code(),
        }
    }

    /// Returns the states with this code or label.
    ///
    /// # Errors
    /// No state has this name; the message lists them all.
    pub fn called(name: &str) -> Result<Vec<State>, String> {
        let plain = |text: &str| text.replace(['_', '-'], " ");
        let named = |state: &State| [state.code(), state.label()].map(plain).contains(&plain(name));
        let found: Vec<State> = State::ALL.into_iter().filter(named).collect();
        if found.is_empty() {
            let mut all = State::ALL.map(State::label).to_vec();
            all.dedup();
            return Err(format!("no state is called {name}; there are: {}", all.join(", ")));
        }
        Ok(found)
    }

    /// Returns whether a despatch has still to be sent or needs a person.
    pub fn waits(self) -> bool {
        use State::*;
        matches!(self, Held | AwaitingReview | Approved | Deferred | Refused | Returned)
    }

    /// Returns whether nothing happens to it any more, unless a backup is restored.
    pub fn is_settled(self) -> bool {
        matches!(self, State::Sent | State::Superseded | State::Cancelled)
    }

    /// Returns whether it has left the office, or may have.
    pub fn has_gone(self) -> bool {
        matches!(self, State::Sent | State::InDoubt | State::Claimed | State::DotPending)
    }

    /// Returns whether a relay has had it: sending it again takes a second person's decision.
    pub(crate) fn a_person_decides(self) -> bool {
        matches!(self, State::InDoubt | State::Refused | State::Deferred)
    }

    /// Returns whether a despatch may pass from this state to `next`. This is the whole table of states.
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
    /// Parses the code that the ledger writes.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        State::ALL
            .into_iter()
            .find(|state| state.code() == text)
            .ok_or_else(|| format!("no state is called {text}"))
    }
}

/// A reason why a despatch cannot go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// One of a fixed set of codes (`no_key`, `window_closed`, `by_person`).
    pub code: String,
    /// What is wrong and how to resolve it, for people.
    pub words: String,
    /// Whether the message must be regenerated once the cause is gone.
    pub regenerate: bool,
}

impl Hold {
    /// The code of a hold that a person placed.
    pub const BY_PERSON: &str = "by_person";
    /// The code of a hold because an incident froze the entry.
    pub const FROZEN: &str = "frozen";
    /// The code of a hold because no signature that counts approves it.
    pub const UNSIGNED: &str = "unsigned";
    /// The code of a hold because nobody has authorised what the message tells.
    pub const AUTHORITY: &str = "authority";
    /// The code of a hold that a later event of the case placed.
    pub const OVERTAKEN: &str = "overtaken";

    /// Returns whether only a person can lift it: no check can tell that its cause is gone.
    pub fn is_for_a_person(&self) -> bool {
        [Self::BY_PERSON, Self::OVERTAKEN].contains(&self.code.as_str())
    }
}

impl From<&PolicyHold> for Hold {
    fn from(hold: &PolicyHold) -> Self {
        // A firm hold is lifted only if the case is planned again and the rules do not set it.
        Hold { code: hold.code.clone(), words: hold.words.clone(), regenerate: hold.firm }
    }
}

impl From<&Check> for Hold {
    fn from(check: &Check) -> Self {
        Hold { code: check.guard.hold_code(), words: check.hold_label(), regenerate: true }
    }
}

impl From<&HoldReason> for Hold {
    fn from(reason: &HoldReason) -> Self {
        Hold { code: reason.code().to_owned(), words: reason.to_string(), regenerate: true }
    }
}

/// The recipient of a despatch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// `None` while no entry of the directory matches the role and place.
    pub entry: Option<EntryId>,
    pub name: String,
    pub organisation: String,
    pub address: String,
}

/// The message that was made: what an approval binds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageBinding {
    /// Incremented each time the message is regenerated.
    pub revision: u32,
    pub sha256: Sha256,
    pub message_id: String,
    /// In bytes.
    pub size: usize,
    /// The number of sealed documents, including the cover note.
    pub documents: usize,
    /// The recipient's keys to which it is sealed; empty if only the office can open it.
    pub fingerprints: Vec<String>,
    /// How the recipient opens it; `None` if only the office can.
    pub opening: Option<OpeningMethod>,
    /// The hash of the office's own copy, if a passphrase opens the message.
    pub copy: Option<Sha256>,
    /// The hash of the templates of this kind.
    pub template: Sha256,
    /// The hash of the policy pack's text.
    pub policy: Sha256,
    /// The fingerprint of the key that signs the outer list.
    pub signed_by: String,
    /// The fingerprint of the office's review key to which it is sealed.
    pub review_key: String,
}

/// Who approved it, and exactly what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub by: StaffId,
    pub at: DateTime<Utc>,
    pub sha256: Sha256,
    pub address: String,
    pub fingerprints: Vec<String>,
    /// The checks that a machine cannot make, which this person confirmed.
    pub confirmed: Vec<Guard>,
    /// Why the office lets it be approved without having been opened; `None` if this person opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen: Option<String>,
    /// What they signed, where the office asks for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Signed>,
}

/// What a reviewer signed, and their signature over it (SSHSIG).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    pub text: String,
    pub signature: String,
}

impl Approval {
    /// Returns this person's approval of exactly this message to the despatch's recipient as it is now.
    pub(crate) fn of(
        (despatch, bound): (&Despatch, &MessageBinding),
        by: &Staff,
        at: DateTime<Utc>,
        confirmed: Vec<Guard>,
    ) -> Self {
        Self {
            by: by.id.clone(),
            at,
            sha256: bound.sha256,
            address: despatch.recipient.address.clone(),
            fingerprints: bound.fingerprints.clone(),
            confirmed,
            unseen: None,
            signed: None,
        }
    }

    /// Returns whether it is of this message to this recipient.
    pub(crate) fn binds(&self, despatch: &Despatch, bound: &MessageBinding) -> bool {
        self.sha256 == bound.sha256
            && self.address == despatch.recipient.address
            && self.fingerprints == bound.fingerprints
    }
}

/// What a recipient told the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub by: StaffId,
    pub on: NaiveDate,
    /// Whether the recipient could open it.
    pub opened: bool,
    /// The reply's Message-ID, or how the office was told.
    pub how: String,
}

/// The result of one attempt to deliver one message. The texts are the relay's or ours, truncated and without control
/// characters, safe for the ledger and a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case", deny_unknown_fields)]
pub enum Verdict {
    /// The relay answered 250 to the dot: it has taken responsibility for the message.
    Accepted { reply: String },
    /// Certainly not delivered, and worth a retry: a 4xx answer, or a failure before the dot.
    Deferred { reply: String },
    /// Certainly not delivered, and a retry would fail: a 5xx answer to the message or an address.
    Refused { reply: String },
    /// The dot may have arrived and no certain answer came back: only a person can decide (RFC 1047).
    InDoubt { why: String },
}

impl Verdict {
    /// Returns whether it was delivered, or may have been.
    pub fn may_have_gone(&self) -> bool {
        matches!(self, Self::Accepted { .. } | Self::InDoubt { .. })
    }
}

/// An urgent release: a safety message that one person released alone (G19).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urgent {
    pub by: StaffId,
    pub at: DateTime<Utc>,
    pub reason: String,
    /// Who reviewed it afterwards.
    pub reviewed_by: Option<StaffId>,
}

/// One message to one recipient: what is reviewed, approved and sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Despatch {
    pub id: DespatchId,
    pub case_id: CaseId,
    pub event_id: EventId,
    /// The SHA-256 of its case file: what a correction names in `replaces`.
    pub case_file: Sha256,
    pub prepared_by: StaffId,
    /// Whether nothing proves who wrote the case file: its owner is on no staff list, or others could write it (F10,
    /// F19). Left out where false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncertain_preparer: bool,
    /// Whether the office had two people approve what is of its kind when it was made. Left out where false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub two_approvals: bool,
    pub issued_on: NaiveDate,
    /// The policy pack by which it was planned.
    pub pack: PackId,
    pub planned: Planned,
    pub warnings: Vec<String>,
    /// The findings of the guards.
    pub checks: Vec<Check>,
    pub recipient: Recipient,
    pub state: State,
    pub holds: Vec<Hold>,
    /// The despatch of the replaced file that people held, and whose holds this one takes over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_as: Option<DespatchId>,
    pub message: Option<MessageBinding>,
    pub approval: Option<Approval>,
    /// The first of two approvals, where two people must approve it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_approval: Option<Approval>,
    /// The texts that reviewers may sign of it, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_sign: Vec<String>,
    /// Every number that was given to sign of it: none is given again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<String>,
    /// The number of attempts at a relay.
    pub attempts: u32,
    /// The earliest time of the next attempt, after a deferral.
    pub next_attempt: Option<DateTime<Utc>>,
    /// The relay's last reply, or why the outcome is in doubt.
    pub reply: Option<String>,
    /// The last reason that a person gave.
    pub reason: Option<String>,
    /// What an event of the case required while a sender had it; applied when the sender is done.
    pub overtaken: Option<Overtaken>,
    /// The day on which the relay accepted it.
    pub sent_on: Option<NaiveDate>,
    /// What the recipient told the office about its receipt.
    pub receipt: Option<Receipt>,
    /// Set if it was released before a second person had reviewed it.
    pub urgent: Option<Urgent>,
}

impl Despatch {
    /// The fault of an unknown despatch id.
    pub(crate) fn unknown(id: DespatchId) -> Fault {
        let cure = "look it up with `despatch outbox list`";
        Fault::new(id.to_string(), "despatch.unknown", "there is no despatch of this id", cure)
    }

    /// Returns whether two people must approve it: whoever wrote it may be one of them (F10), or the office asks for two.
    pub fn needs_two(&self) -> bool {
        self.uncertain_preparer || self.two_approvals
    }

    /// Says why two people must approve it; `None` if one is enough.
    pub fn two_because(&self) -> Option<&'static str> {
        match (self.uncertain_preparer, self.two_approvals) {
            (true, _) => Some("nothing proves who prepared it"),
            (false, true) => Some("two people approve what is of its kind"),
            (false, false) => None,
        }
    }

    /// Returns whether a person holds it.
    pub(crate) fn is_held_by_people(&self) -> bool {
        self.state == State::Held && self.holds.iter().any(|hold| hold.code == Hold::BY_PERSON)
    }

    /// Voids what was approved.
    pub(crate) fn void(&mut self) {
        self.approval = None;
        self.first_approval = None;
    }

    /// Returns whether as many people approved this message as must.
    pub(crate) fn is_approved_by_enough(&self, bound: &MessageBinding) -> bool {
        let binds = |approval: &&Approval| approval.binds(self, bound);
        let by = |approval: &Option<Approval>| approval.as_ref().filter(binds).map(|one| one.by.clone());
        match (by(&self.first_approval), by(&self.approval)) {
            (Some(first), Some(second)) => first != second,
            (None, Some(_)) => !self.needs_two(),
            _ => false,
        }
    }

    /// Records a person's override on the checks of this guard that hold it.
    pub(crate) fn let_pass(&mut self, guard: Guard, word: &Override) {
        for check in self.checks.iter_mut().filter(|check| check.guard == guard && check.holds()) {
            check.overridden = Some(word.clone());
        }
    }

    /// Carries over the overrides of the checks `before` a regeneration where a guard finds the same again, and lifts
    /// the holds of guards that have nothing left to stop.
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

/// An event of the case that arrived after a despatch was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overtaken {
    /// The number of its submission.
    pub by: i64,
    /// Whether the event's despatch supersedes this one; otherwise it is held for a person.
    pub gives_way: bool,
    /// What arrived and how to go on.
    pub words: String,
}

/// One despatch to be queued in the outbox.
#[derive(Debug)]
pub struct SealedDespatch {
    pub despatch: Despatch,
    /// The message, byte for byte; `None` if none could be made.
    pub message: Option<Vec<u8>>,
    /// The office's own copy of it, if a passphrase opens the message.
    pub copy: Option<Vec<u8>>,
}

/// A whole case to be queued in the outbox.
#[derive(Debug)]
pub struct SealedCase {
    pub submission: i64,
    pub case_id: CaseId,
    pub event_id: EventId,
    pub prepared_by: StaffId,
    pub replaces: Option<Sha256>,
    pub file_sha256: Sha256,
    pub issued_on: NaiveDate,
    pub pack: PackId,
    /// The case record, and the history by which it was planned.
    pub recorded: Recorded,
    pub history: History,
    /// For CID and Atlas.
    pub notes: Vec<String>,
    /// The person's pseudonyms (keyed hashes), stored while the case is open.
    pub pseudonyms: Vec<(Kind, Pseudonym)>,
    /// Possible references of later cases in its attachments, as keyed hashes.
    pub cross_references: BTreeSet<Pseudonym>,
    /// Rows of the process that the event names and that were not made, with the reason.
    pub not_made: Vec<NotMade>,
    /// The case file and its attachments (a tar archive), sealed to the review key of this fingerprint.
    pub original: Vec<u8>,
    pub review_key: String,
    pub despatches: Vec<SealedDespatch>,
}
