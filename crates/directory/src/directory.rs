//! Enters: the entries of the directory, the office's address rules, and the recipient that a plan names.
//! Leaves: the matching entry and what a despatch to it must wait for. Never: takes an address or a key from a case, or
//! guesses between two entries.

use super::entry::Entry;
pub use super::hold_reason::HoldReason;
use super::rules::AddressRules;
use chrono::{Days, NaiveDate};
use despatch_core::words::{CaseId, EntryId, PlaceId, Role};
use despatch_process::To;
use std::collections::HashMap;

/// How many days before its end an entry warns that it has to be verified again.
pub const ENDS_SOON: Days = Days::new(30);

/// The recipient of a despatch, and what it must wait for. With holds the despatch is prepared but not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution<'a> {
    /// The one matching entry, even if it cannot be used yet; `None` if none or several match.
    pub entry: Option<&'a Entry>,
    /// Empty if the despatch may be reviewed.
    pub holds: Vec<HoldReason>,
}

/// The recipients that may be written to.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    entries: Vec<Entry>,
    rules: AddressRules,
    by_id: HashMap<EntryId, usize>,
    by_role: HashMap<Role, Vec<usize>>,
    by_place: HashMap<(Role, PlaceId), Vec<usize>>,
}

impl Directory {
    /// Builds the directory of these entries under the office's rules.
    pub fn new(entries: Vec<Entry>, rules: AddressRules) -> Self {
        let mut directory = Self { rules, ..Self::default() };
        for (index, entry) in entries.iter().enumerate() {
            directory.by_id.insert(entry.id.clone(), index);
            directory.by_role.entry(entry.role).or_default().push(index);
            for place in &entry.places {
                directory.by_place.entry((entry.role, place.clone())).or_default().push(index);
            }
        }
        Self { entries, ..directory }
    }

    /// Returns every entry, in the order of their ids.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the office's address rules.
    pub fn rules(&self) -> &AddressRules {
        &self.rules
    }

    /// Returns the entry with this id.
    pub fn get(&self, id: &EntryId) -> Option<&Entry> {
        self.entries.get(*self.by_id.get(id)?)
    }

    /// Resolves the recipient that a plan names for a case, and what must be resolved before anything is sent to it.
    pub fn resolve(&self, role: Role, to: &To, case: &CaseId, today: NaiveDate) -> Resolution<'_> {
        let mut found = match to {
            To::Entry(id) => self.named(role, id, today),
            To::Body(place) => self.body(role, place.as_ref(), today),
        };
        if let Some(entry) =
            found.entry.filter(|entry| !entry.cases.is_empty() && !entry.cases.contains(case))
        {
            found.holds.push(HoldReason::NotForCase { entry: entry.id.clone(), case: case.clone() });
        }
        found
    }

    fn named(&self, role: Role, id: &EntryId, today: NaiveDate) -> Resolution<'_> {
        match self.get(id) {
            None => nobody(HoldReason::UnknownEntry { entry: id.clone() }),
            // No entry: one of another role must not even be shown as the recipient.
            Some(entry) if entry.role != role => {
                nobody(HoldReason::WrongRole { entry: id.clone(), is: entry.role, needed: role })
            }
            Some(entry) => Resolution { entry: Some(entry), holds: self.holds(entry, today) },
        }
    }

    /// Resolves a body: the one verified entry, even beside unverified ones; several unverified ones are ambiguous.
    fn body(&self, role: Role, place: Option<&PlaceId>, today: NaiveDate) -> Resolution<'_> {
        let indices = match place {
            Some(place) => self.by_place.get(&(role, place.clone())),
            None => self.by_role.get(&role),
        };
        let serving: Vec<&Entry> =
            indices.into_iter().flatten().filter_map(|index| self.entries.get(*index)).collect();
        let trusted: Vec<&Entry> =
            serving.iter().copied().filter(|entry| self.distrust(entry, today).is_empty()).collect();
        let meant = if trusted.is_empty() { &serving } else { &trusted };
        match (meant.as_slice(), place) {
            ([entry], _) => Resolution { entry: Some(entry), holds: self.holds(entry, today) },
            ([], Some(place)) => nobody(HoldReason::NoBodyForPlace { role, place: place.clone() }),
            ([], None) => nobody(HoldReason::NoBody { role }),
            (several, _) => nobody(HoldReason::SeveralBodies {
                role,
                place: place.cloned(),
                entries: several.iter().map(|entry| entry.id.clone()).collect(),
            }),
        }
    }

    /// Returns everything that holds a despatch to this entry.
    pub fn holds(&self, entry: &Entry, today: NaiveDate) -> Vec<HoldReason> {
        let id = || entry.id.clone();
        let mut holds = self.distrust(entry, today);
        holds.extend(self.rules.against(entry));
        match entry.method {
            None => holds.push(HoldReason::NoMethod { entry: id() }),
            Some(_) if entry.opening().is_none() => holds.push(HoldReason::NoKey { entry: id() }),
            Some(_) if !entry.is_tried() => holds.push(HoldReason::Untried { entry: id() }),
            Some(_) => {}
        }
        holds
    }

    /// Returns why an entry does not count as verified by a second person, recently, and not expired.
    fn distrust(&self, entry: &Entry, today: NaiveDate) -> Vec<HoldReason> {
        let id = || entry.id.clone();
        let mut holds = Vec::new();
        match &entry.verified {
            None if !entry.replaced.is_empty() => holds.push(HoldReason::KeyReplaced {
                entry: id(),
                before: entry.replaced.clone(),
                now: entry.fingerprints(),
            }),
            None => holds.push(HoldReason::Unverified { entry: id(), changed_by: entry.changed.by.clone() }),
            Some(verified) if entry.changed.is_partly_of(&verified.by) => {
                holds.push(HoldReason::SelfVerified { entry: id() });
            }
            Some(verified) if verified.on > today => {
                holds.push(HoldReason::VerifiedInFuture { entry: id(), on: verified.on });
            }
            Some(verified) if self.rules.verified_until(verified.on) < today => {
                holds.push(HoldReason::VerifiedLongAgo { entry: id(), on: verified.on });
            }
            Some(_) => {}
        }
        if let Some(on) = entry.expires.filter(|&on| on < today) {
            holds.push(HoldReason::Expired { entry: id(), on });
        }
        holds
    }

    /// Returns the last day on which an entry may be written to, if that is near.
    pub fn ends_soon(&self, entry: &Entry, today: NaiveDate) -> Option<NaiveDate> {
        let verified = entry.verified.as_ref().map(|verified| self.rules.verified_until(verified.on));
        let last = [entry.expires, verified].into_iter().flatten().min()?;
        (last >= today && today.checked_add_days(ENDS_SOON).is_some_and(|soon| last <= soon)).then_some(last)
    }
}

fn nobody<'a>(reason: HoldReason) -> Resolution<'a> {
    Resolution { entry: None, holds: vec![reason] }
}
