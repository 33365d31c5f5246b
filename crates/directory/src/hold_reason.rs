//! Enters: nothing by itself. Leaves: the reasons that hold a despatch for its recipient, in words.
//! Never: shows an address, since reasons are shown in lists and logs.

use super::domain::Domain;
use chrono::NaiveDate;
use despatch_core::words::{CaseId, EntryId, PlaceId, Role, StaffId, date_words};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Declares the reasons, each with its fields, its code, what is wrong (one sentence without a full stop, which names
/// entries by id, never by address) and how to resolve it.
macro_rules! reasons {
    ($($variant:ident { $($field:ident: $type:ty),* } = $code:literal, $cause:expr, $cure:expr;)*) => {
        /// Why a despatch is held for its recipient.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "reason", deny_unknown_fields)]
        pub enum HoldReason {
            $(#[serde(rename = $code)] $variant { $($field: $type),* },)*
        }

        impl HoldReason {
            /// Returns the code for logs and `--json`.
            pub fn code(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code,)* }
            }

            /// Returns whether a hold with this code comes from the directory.
            pub fn is_code(code: &str) -> bool {
                [$($code),*].contains(&code)
            }

            /// Returns what is wrong, in one sentence without a full stop; names entries by id, never by address.
            pub fn cause(&self) -> String {
                match self { $(Self::$variant { $($field),* } => $cause,)* }
            }

            /// Returns how to resolve it, in one sentence without a full stop.
            pub fn cure(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $cure,)* }
            }
        }
    };
}

// What resolves several of them.
const SECOND_PERSON: &str =
    "have somebody else ring the recipient or see them, and then run `despatch directory verify`";
const AGAIN: &str = "verify the entry again with `despatch directory verify`";
const ONBOARD: &str =
    "agree with the recipient how they will open what they get: `despatch directory onboard` says how";
const DOMAIN: &str = "correct the address, or ask whoever runs the office to list the domain ([addresses.domains] in its settings)";
// A hospital has no team of the Home Office's, and a short-term holding facility one of another name.
const NOBODY_THERE: &str = "add an entry of this role that serves the place; where the place has no such team, let the entry of the \
                            team that does its work there serve it too (`despatch directory change ENTRY --place`)";
const OWN_ADDRESS: &str = "use the recipient's own address, or ask whoever runs the office to list it (groups in [addresses] of its settings)";

reasons! {
    UnknownEntry { entry: EntryId } = "unknown_entry",
        format!("the directory has no entry {entry}"),
        "add the entry with `despatch directory add`, or correct the id in the case";
    WrongRole { entry: EntryId, is: Role, needed: Role } = "wrong_role",
        format!("entry {entry} is a {}, and this goes to a {}", is.label(), needed.label()),
        "name an entry of the right role in the case";
    NotForCase { entry: EntryId, case: CaseId } = "not_for_case",
        format!("entry {entry} serves other cases, and not {case}"),
        "name another entry in the case, or let the entry serve this case too";
    Unverified { entry: EntryId, changed_by: StaffId } = "unverified",
        format!("{changed_by} entered or changed entry {entry}, and nobody else has verified it"),
        SECOND_PERSON;
    KeyReplaced { entry: EntryId, before: Vec<String>, now: Vec<String> } = "key_replaced",
        format!(
            "the key {} of entry {entry} was replaced by {}, and nobody else has verified that",
            before.join(", "),
            now.join(", ")
        ),
        SECOND_PERSON;
    SelfVerified { entry: EntryId } = "self_verified",
        format!("entry {entry} was verified by the person who entered or changed it"),
        SECOND_PERSON;
    VerifiedInFuture { entry: EntryId, on: NaiveDate } = "verified_in_future",
        format!("entry {entry} is marked as verified on {}, which is yet to come", date_words(*on)),
        AGAIN;
    VerifiedLongAgo { entry: EntryId, on: NaiveDate } = "verified_long_ago",
        format!("entry {entry} was last verified on {}, which is too long ago", date_words(*on)),
        AGAIN;
    Expired { entry: EntryId, on: NaiveDate } = "expired",
        format!("entry {entry} held until {} only", date_words(*on)),
        "verify the entry again, with a later --until";
    NoMethod { entry: EntryId } = "no_method",
        format!("nobody knows how entry {entry} opens what it gets"),
        ONBOARD;
    NoKey { entry: EntryId } = "no_key",
        format!("entry {entry} has no key to seal to"),
        ONBOARD;
    Untried { entry: EntryId } = "untried",
        format!("entry {entry} has not shown by a test message that it can open what it gets"),
        "send one with `despatch directory trial`";
    NoDomains { entry: EntryId, role: Role } = "no_domains",
        format!("the office lists no domains for a {}, of which the address of {entry} must be", role.label()),
        DOMAIN;
    DomainNotListed { entry: EntryId, role: Role } = "domain_not_listed",
        format!("the address of entry {entry} is of no domain that the office lists for a {}", role.label()),
        DOMAIN;
    LooksLike { entry: EntryId, like: Domain } = "looks_like",
        format!("the address of entry {entry} could be taken for one of {like}, and is of another domain"),
        "find out from the recipient, not by email, which of the two is theirs; if it is this one, ask whoever runs the office to list it (alike in [addresses] of its settings)";
    GroupNotListed { entry: EntryId } = "group_not_listed",
        format!("entry {entry} is a mailbox that several people read, and the office does not list it"),
        OWN_ADDRESS;
    SeemsAGroup { entry: EntryId } = "seems_a_group",
        format!("the address of entry {entry} looks like one that several people read"),
        OWN_ADDRESS;
    NoBodyForPlace { role: Role, place: PlaceId } = "no_body_for_place",
        format!("the directory has no {} for {place}", role.label()),
        NOBODY_THERE;
    NoBody { role: Role } = "no_body",
        format!("the directory has no {}", role.label()),
        "add an entry of this role";
    SeveralBodies { role: Role, place: Option<PlaceId>, entries: Vec<EntryId> } = "several_bodies",
        {
            let ids: Vec<&str> = entries.iter().map(EntryId::as_str).collect();
            let place = place.as_ref().map_or_else(String::new, |place| format!(" for {place}"));
            format!("more than one {} could be meant{place}: {}", role.label(), ids.join(", "))
        },
        "leave exactly one verified entry of this role for it";
}

impl HoldReason {
    /// The code of the hold for an entry that serves other cases.
    pub const NOT_FOR_CASE: &str = "not_for_case";
}

impl fmt::Display for HoldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.cause(), self.cure())
    }
}
