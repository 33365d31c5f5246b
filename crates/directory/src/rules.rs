//! Enters: an entry and the office's rules for addresses. Leaves: the rules that its address breaks.
//! Never: knows who the office writes to, or looks a domain up.

use super::domain::Domain;
use super::entry::Entry;
use super::hold_reason::HoldReason;
use chrono::{Months, NaiveDate};
use despatch_core::address::EmailAddress;
use despatch_core::words::Role;
use std::collections::BTreeMap;

/// After this many months an entry has to be verified again, unless the office says otherwise: a year, since addresses
/// go stale with staff, and a letter to an old address is a breach.
pub const VERIFY_AGAIN_MONTHS: u32 = 12;

/// Words in the local part of an address that show a shared mailbox.
const GROUP_WORDS: [&str; 24] = [
    "admin",
    "appointments",
    "bookings",
    "casework",
    "clerks",
    "contact",
    "correspondence",
    "duty",
    "enquiries",
    "general",
    "hello",
    "help",
    "helpdesk",
    "inbox",
    "info",
    "mail",
    "mailbox",
    "noreply",
    "office",
    "reception",
    "referrals",
    "secretary",
    "support",
    "team",
];

/// The office's rules for addresses: `[addresses]` in its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressRules {
    /// By role, the domains to which its addresses must belong, subdomains included. The doctor's are the secure NHS
    /// domains (G0, row 8: "secure NHS email address").
    pub domains: BTreeMap<Role, Vec<Domain>>,
    /// Shared mailboxes that may be written to nevertheless (Ministry of Justice practice, domain D: not normally to
    /// group addresses, so each is named).
    pub groups: Vec<EmailAddress>,
    /// Domains that look like others and were confirmed as real.
    pub alike: Vec<Domain>,
    /// The office's own domains, which a new address must not be taken for either.
    pub own: Vec<Domain>,
    /// The number of months after which an entry has to be verified again.
    pub verify_again: Months,
}

impl Default for AddressRules {
    fn default() -> Self {
        let verify_again = Months::new(VERIFY_AGAIN_MONTHS);
        Self {
            domains: BTreeMap::new(),
            groups: Vec::new(),
            alike: Vec::new(),
            own: Vec::new(),
            verify_again,
        }
    }
}

impl AddressRules {
    /// Returns the rules that the entry's address breaks.
    pub fn against(&self, entry: &Entry) -> Vec<HoldReason> {
        let id = || entry.id.clone();
        let mut found = Vec::new();
        match self.domains.get(&entry.role) {
            Some(listed) if listed.iter().any(|domain| domain.covers(&entry.email)) => {}
            Some(_) => found.push(HoldReason::DomainNotListed { entry: id(), role: entry.role }),
            None if entry.role == Role::Doctor => {
                found.push(HoldReason::NoDomains { entry: id(), role: entry.role })
            }
            None => {}
        }
        if let Some(like) = self.looks_like(&entry.email) {
            found.push(HoldReason::LooksLike { entry: id(), like });
        }
        let listed = self.groups.iter().any(|group| group.same_mailbox(&entry.email));
        if entry.group && !listed {
            found.push(HoldReason::GroupNotListed { entry: id() });
        } else if !entry.group && !listed && is_named_for_a_group(&entry.email) {
            found.push(HoldReason::SeemsAGroup { entry: id() });
        }
        found
    }

    /// Returns whether the office lists this very domain; a listed parent domain does not say how a subdomain looks.
    pub fn names(&self, domain: &Domain) -> bool {
        self.alike.contains(domain) || self.domains.values().flatten().any(|listed| listed == domain)
    }

    /// Returns the listed domain that this address could be mistaken for, if it belongs to none of them.
    pub fn looks_like(&self, address: &EmailAddress) -> Option<Domain> {
        let listed = || self.domains.values().flatten();
        if listed().any(|domain| domain.covers(address)) {
            return None;
        }
        let own = Domain::of(address);
        if self.alike.contains(&own) {
            return None;
        }
        listed().find(|domain| own.passes_for(domain) || own.hides(domain)).cloned()
    }

    /// Returns the office's own domains of which one could be taken for another: one of them may be mistyped.
    pub fn own_alike(&self) -> Option<(&Domain, &Domain)> {
        let pairs = self.own.iter().enumerate().flat_map(|(at, one)| {
            self.own.get(at + 1..).unwrap_or_default().iter().map(move |other| (one, other))
        });
        let is_real = |domain: &Domain| self.alike.contains(domain);
        pairs.into_iter().find(|(one, other)| one.passes_for(other) && !is_real(one) && !is_real(other))
    }

    /// Returns the last day on which a verification of this day is valid.
    pub fn verified_until(&self, on: NaiveDate) -> NaiveDate {
        on.checked_add_months(self.verify_again).unwrap_or(NaiveDate::MAX)
    }
}

/// Returns whether an address looks like a shared mailbox.
fn is_named_for_a_group(email: &EmailAddress) -> bool {
    let local = email.local().to_ascii_lowercase();
    local.split(['.', '-', '_', '+']).any(|word| GROUP_WORDS.contains(&word))
}
