//! Enters: nothing by itself. Leaves: the reasons that hold a despatch for its recipient, in words.
//! Never: shows an address, since reasons are shown in lists and logs.

use super::domain::Domain;
use chrono::NaiveDate;
use despatch_core::words::{CaseId, EntryId, PlaceId, Role, StaffId, date_words};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a despatch is held for its recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case", deny_unknown_fields)]
pub enum HoldReason {
    UnknownEntry { entry: EntryId },
    WrongRole { entry: EntryId, is: Role, needed: Role },
    NotForCase { entry: EntryId, case: CaseId },
    Unverified { entry: EntryId, changed_by: StaffId },
    KeyReplaced { entry: EntryId, before: Vec<String>, now: Vec<String> },
    SelfVerified { entry: EntryId },
    VerifiedInFuture { entry: EntryId, on: NaiveDate },
    VerifiedLongAgo { entry: EntryId, on: NaiveDate },
    Expired { entry: EntryId, on: NaiveDate },
    NoMethod { entry: EntryId },
    NoKey { entry: EntryId },
    Untried { entry: EntryId },
    NoDomains { entry: EntryId, role: Role },
    DomainNotListed { entry: EntryId, role: Role },
    LooksLike { entry: EntryId, like: Domain },
    GroupNotListed { entry: EntryId },
    SeemsAGroup { entry: EntryId },
    NoBodyForPlace { role: Role, place: PlaceId },
    NoBody { role: Role },
    SeveralBodies { role: Role, place: Option<PlaceId>, entries: Vec<EntryId> },
}

/// The code of each reason.
const CODES: [&str; 20] = [
    "unknown_entry",
    "wrong_role",
    "not_for_case",
    "unverified",
    "key_replaced",
    "self_verified",
    "verified_in_future",
    "verified_long_ago",
    "expired",
    "no_method",
    "no_key",
    "untried",
    "no_domains",
    "domain_not_listed",
    "looks_like",
    "group_not_listed",
    "seems_a_group",
    "no_body_for_place",
    "no_body",
    "several_bodies",
];

impl HoldReason {
    /// The code of the hold for an entry that serves other cases.
    pub const NOT_FOR_CASE: &str = "not_for_case";

    /// Returns the code for logs and `--json`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownEntry { .. } => "unknown_entry",
            Self::WrongRole { .. } => "wrong_role",
            Self::NotForCase { .. } => Self::NOT_FOR_CASE,
            Self::Unverified { .. } => "unverified",
            Self::KeyReplaced { .. } => "key_replaced",
            Self::SelfVerified { .. } => "self_verified",
            Self::VerifiedInFuture { .. } => "verified_in_future",
            Self::VerifiedLongAgo { .. } => "verified_long_ago",
            Self::Expired { .. } => "expired",
            Self::NoMethod { .. } => "no_method",
            Self::NoKey { .. } => "no_key",
            Self::Untried { .. } => "untried",
            Self::NoDomains { .. } => "no_domains",
            Self::DomainNotListed { .. } => "domain_not_listed",
            Self::LooksLike { .. } => "looks_like",
            Self::GroupNotListed { .. } => "group_not_listed",
            Self::SeemsAGroup { .. } => "seems_a_group",
            Self::NoBodyForPlace { .. } => "no_body_for_place",
            Self::NoBody { .. } => "no_body",
            Self::SeveralBodies { .. } => "several_bodies",
        }
    }

    /// Returns whether a hold with this code comes from the directory.
    pub fn is_code(code: &str) -> bool {
        CODES.contains(&code)
    }

    /// Returns what is wrong, in one sentence without a full stop; names entries by id, never by address.
    pub fn cause(&self) -> String {
        match self {
            Self::UnknownEntry { entry } => format!("the directory has no entry {entry}"),
            Self::WrongRole { entry, is, needed } => {
                format!("entry {entry} is a {}, and this goes to a {}", is.label(), needed.label())
            }
            Self::NotForCase { entry, case } => format!("entry {entry} serves other cases, and not {case}"),
            Self::Unverified { entry, changed_by } => {
                format!("{changed_by} entered or changed entry {entry}, and nobody else has verified it")
            }
            Self::KeyReplaced { entry, before, now } => format!(
                "the key {} of entry {entry} was replaced by {}, and nobody else has verified that",
                before.join(", "),
                now.join(", ")
            ),
            Self::SelfVerified { entry } => {
                format!("entry {entry} was verified by the person who entered or changed it")
            }
            Self::VerifiedInFuture { entry, on } => {
                format!("entry {entry} is marked as verified on {}, which is yet to come", date_words(*on))
            }
            Self::VerifiedLongAgo { entry, on } => {
                format!("entry {entry} was last verified on {}, which is too long ago", date_words(*on))
            }
            Self::Expired { entry, on } => format!("entry {entry} held until {} only", date_words(*on)),
            Self::NoMethod { entry } => format!("nobody knows how entry {entry} opens what it gets"),
            Self::NoKey { entry } => format!("entry {entry} has no key to seal to"),
            Self::Untried { entry } => {
                format!("entry {entry} has not shown by a test message that it can open what it gets")
            }
            Self::NoDomains { entry, role } => {
                format!(
                    "the office lists no domains for a {}, of which the address of {entry} must be",
                    role.label()
                )
            }
            Self::DomainNotListed { entry, role } => {
                format!(
                    "the address of entry {entry} is of no domain that the office lists for a {}",
                    role.label()
                )
            }
            Self::LooksLike { entry, like } => {
                format!(
                    "the address of entry {entry} could be taken for one of {like}, and is of another domain"
                )
            }
            Self::GroupNotListed { entry } => {
                format!(
                    "entry {entry} is a mailbox that several people read, and the office does not list it"
                )
            }
            Self::SeemsAGroup { entry } => {
                format!("the address of entry {entry} looks like one that several people read")
            }
            Self::NoBodyForPlace { role, place } => {
                format!("the directory has no {} for {place}", role.label())
            }
            Self::NoBody { role } => format!("the directory has no {}", role.label()),
            Self::SeveralBodies { role, place, entries } => {
                let ids: Vec<&str> = entries.iter().map(EntryId::as_str).collect();
                let place = place.as_ref().map_or_else(String::new, |place| format!(" for {place}"));
                format!("more than one {} could be meant{place}: {}", role.label(), ids.join(", "))
            }
        }
    }

    /// Returns how to resolve it, in one sentence without a full stop.
    pub fn cure(&self) -> &'static str {
        match self {
            Self::UnknownEntry { .. } => {
                "add the entry with `despatch directory add`, or correct the id in the case"
            }
            Self::WrongRole { .. } => "name an entry of the right role in the case",
            Self::NotForCase { .. } => "name another entry in the case, or let the entry serve this case too",
            Self::Unverified { .. } | Self::KeyReplaced { .. } | Self::SelfVerified { .. } => {
                "have somebody else ring the recipient or see them, and then run `despatch directory verify`"
            }
            Self::VerifiedInFuture { .. } | Self::VerifiedLongAgo { .. } => {
                "verify the entry again with `despatch directory verify`"
            }
            Self::Expired { .. } => "verify the entry again, with a later --until",
            Self::NoMethod { .. } | Self::NoKey { .. } => {
                "agree with the recipient how they will open what they get: `despatch directory onboard` says how"
            }
            Self::Untried { .. } => "send one with `despatch directory trial`",
            Self::NoDomains { .. } | Self::DomainNotListed { .. } => {
                "correct the address, or add the domain to [addresses.domains] in despatch.toml"
            }
            Self::LooksLike { .. } => {
                "find out from the recipient, not by email, which of the two is theirs; if it is this one, list it under alike in [addresses] in despatch.toml"
            }
            Self::GroupNotListed { .. } | Self::SeemsAGroup { .. } => {
                "use the recipient's own address, or list it under groups in [addresses] in despatch.toml"
            }
            Self::NoBodyForPlace { .. } => "add an entry of this role that serves the place",
            Self::NoBody { .. } => "add an entry of this role",
            Self::SeveralBodies { .. } => "leave exactly one verified entry of this role for it",
        }
    }
}

impl fmt::Display for HoldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.cause(), self.cure())
    }
}
