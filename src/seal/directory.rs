//! Enters: the directory, and whom a plan calls for. Leaves: the entry and what a despatch to it must wait for.
//! Never: takes an address or a key from a case, guesses between two entries, or shows an address in a reason.

use super::entry::Entry;
use super::import;
use crate::fault::Fault;
use crate::policy::To;
use crate::words::{EntryId, PlaceId, Role, date_words};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Whom a despatch goes to, and what it must wait for. With holds it is made and kept, and goes to nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution<'a> {
    /// The one entry meant, even if it can't be used yet; `None` where nobody or several could be meant.
    pub entry: Option<&'a Entry>,
    /// Empty: the despatch may be reviewed.
    pub holds: Vec<HoldReason>,
}

/// Why a despatch waits for its recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case", deny_unknown_fields)]
pub enum HoldReason {
    UnknownEntry { entry: EntryId },
    WrongRole { entry: EntryId, is: Role, needed: Role },
    Unverified { entry: EntryId },
    SelfVerified { entry: EntryId },
    VerifiedInFuture { entry: EntryId, on: NaiveDate },
    Expired { entry: EntryId, on: NaiveDate },
    NoKey { entry: EntryId },
    NoBodyForPlace { role: Role, place: PlaceId },
    NoBody { role: Role },
    SeveralBodies { role: Role, place: Option<PlaceId>, entries: Vec<EntryId> },
}

impl HoldReason {
    /// The closed word for logs and `--json`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownEntry { .. } => "unknown_entry",
            Self::WrongRole { .. } => "wrong_role",
            Self::Unverified { .. } => "unverified",
            Self::SelfVerified { .. } => "self_verified",
            Self::VerifiedInFuture { .. } => "verified_in_future",
            Self::Expired { .. } => "expired",
            Self::NoKey { .. } => "no_key",
            Self::NoBodyForPlace { .. } => "no_body_for_place",
            Self::NoBody { .. } => "no_body",
            Self::SeveralBodies { .. } => "several_bodies",
        }
    }

    /// What is wrong, one sentence without a full stop; names entries by id, never by address.
    pub fn cause(&self) -> String {
        match self {
            Self::UnknownEntry { entry } => format!("the directory has no entry {entry}"),
            Self::WrongRole { entry, is, needed } => {
                format!("entry {entry} is a {}, and this goes to a {}", is.words(), needed.words())
            }
            Self::Unverified { entry } => {
                format!("nobody has verified the address and keys of entry {entry}")
            }
            Self::SelfVerified { entry } => format!("entry {entry} was verified by itself"),
            Self::VerifiedInFuture { entry, on } => {
                format!("entry {entry} is marked as verified on {}, which is yet to come", date_words(*on))
            }
            Self::Expired { entry, on } => {
                format!("entry {entry} held until {} only", date_words(*on))
            }
            Self::NoKey { entry } => format!("entry {entry} has no key to seal to"),
            Self::NoBodyForPlace { role, place } => {
                format!("the directory has no {} for {place}", role.words())
            }
            Self::NoBody { role } => format!("the directory has no {}", role.words()),
            Self::SeveralBodies { role, place, entries } => {
                let ids: Vec<&str> = entries.iter().map(EntryId::as_str).collect();
                let place = place.as_ref().map_or_else(String::new, |place| format!(" for {place}"));
                format!("more than one {} could be meant{place}: {}", role.words(), ids.join(", "))
            }
        }
    }

    /// How to mend it, one sentence without a full stop.
    pub fn cure(&self) -> &'static str {
        match self {
            Self::UnknownEntry { .. } => "add the entry to the directory, or correct the id in the case",
            Self::WrongRole { .. } => {
                "name an entry of the right role in the case, or correct the entry's role"
            }
            Self::Unverified { .. } => {
                "check the address and the key fingerprints with the recipient, then add verified = { by, on, how }"
            }
            Self::SelfVerified { .. } => "have a member of staff verify the entry",
            Self::VerifiedInFuture { .. } => "correct the date of the verification",
            Self::Expired { .. } => "verify the entry again and move its expires date",
            Self::NoKey { .. } => "ask the recipient for an age public key, check its fingerprint and add it",
            Self::NoBodyForPlace { .. } => "add an entry of this role with the place in its places",
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

/// Everybody who may be written to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    entries: Vec<Entry>,
}

impl Directory {
    /// Reads the directory's TOML; `file_name` is for the faults.
    ///
    /// # Errors
    /// Every fault of the file at once, each at `file:line`.
    pub fn parse(file_name: &str, text: &str) -> Result<Self, Vec<Fault>> {
        import::entries(file_name, text).map(|entries| Self { entries })
    }

    /// Every entry, in the file's order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry with this id.
    pub fn get(&self, id: &EntryId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == *id)
    }

    /// The entry that a plan means, and what must be mended before anything goes to it.
    pub fn resolve(&self, role: Role, to: &To, today: NaiveDate) -> Resolution<'_> {
        match to {
            To::Entry(id) => self.named(role, id, today),
            To::Body(place) => self.body(role, place.as_ref(), today),
        }
    }

    fn named(&self, role: Role, id: &EntryId, today: NaiveDate) -> Resolution<'_> {
        match self.get(id) {
            None => nobody(HoldReason::UnknownEntry { entry: id.clone() }),
            // No entry: one of another role must not even be shown as the recipient.
            Some(entry) if entry.role != role => {
                nobody(HoldReason::WrongRole { entry: id.clone(), is: entry.role, needed: role })
            }
            Some(entry) => Resolution { entry: Some(entry), holds: holds(entry, today) },
        }
    }

    /// One verified entry is meant, even beside others that nobody has verified; of several unverified ones
    /// none is.
    fn body(&self, role: Role, place: Option<&PlaceId>, today: NaiveDate) -> Resolution<'_> {
        let serving: Vec<&Entry> = self
            .entries
            .iter()
            .filter(|entry| entry.role == role && place.is_none_or(|place| entry.places.contains(place)))
            .collect();
        let trusted: Vec<&Entry> =
            serving.iter().copied().filter(|entry| trust_holds(entry, today).is_empty()).collect();
        let meant = if trusted.is_empty() { &serving } else { &trusted };
        match (meant.as_slice(), place) {
            ([entry], _) => Resolution { entry: Some(entry), holds: holds(entry, today) },
            ([], Some(place)) => nobody(HoldReason::NoBodyForPlace { role, place: place.clone() }),
            ([], None) => nobody(HoldReason::NoBody { role }),
            (several, _) => nobody(HoldReason::SeveralBodies {
                role,
                place: place.cloned(),
                entries: several.iter().map(|entry| entry.id.clone()).collect(),
            }),
        }
    }
}

fn nobody<'a>(reason: HoldReason) -> Resolution<'a> {
    Resolution { entry: None, holds: vec![reason] }
}

/// Whether `today` finds it verified, by somebody else, and not expired.
fn trust_holds(one: &Entry, today: NaiveDate) -> Vec<HoldReason> {
    let entry = || one.id.clone();
    let mut holds = Vec::new();
    match &one.verified {
        None => holds.push(HoldReason::Unverified { entry: entry() }),
        Some(v) if v.by.as_str() == one.id.as_str() => {
            holds.push(HoldReason::SelfVerified { entry: entry() });
        }
        Some(v) if v.on > today => {
            holds.push(HoldReason::VerifiedInFuture { entry: entry(), on: v.on });
        }
        Some(_) => {}
    }
    if let Some(on) = one.expires.filter(|&on| on < today) {
        holds.push(HoldReason::Expired { entry: entry(), on });
    }
    holds
}

/// Everything for which a despatch to this entry must wait.
fn holds(one: &Entry, today: NaiveDate) -> Vec<HoldReason> {
    let mut holds = trust_holds(one, today);
    if one.keys.is_empty() {
        holds.push(HoldReason::NoKey { entry: one.id.clone() });
    }
    holds
}
