//! Enters: an entry and the office's rules about addresses. Leaves: what an address may not be.
//! Never: knows who the office writes to, or looks a domain up.

use super::domain::Domain;
use super::entry::Entry;
use super::hold_reason::HoldReason;
use chrono::{Months, NaiveDate};
use despatch_core::address::EmailAddress;
use despatch_core::words::Role;
use std::collections::BTreeMap;

/// After so many months somebody has to verify an entry anew, unless the office says otherwise: a year, as addresses
/// go stale with staff, and a letter to an old address is a breach.
pub const VERIFY_AGAIN_MONTHS: u32 = 12;

/// The first part of an address that no one person has.
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

/// What an office asks of the addresses that it writes to: `[addresses]` in its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressRules {
    /// By role, the domains that its addresses must be of, or of one below. The doctor's is the list of secure NHS
    /// domains (G0, row 8: "secure NHS email address").
    pub domains: BTreeMap<Role, Vec<Domain>>,
    /// Mailboxes that several people read, and that may be written to all the same (Ministry of Justice practice,
    /// domain D: not normally to group addresses, so each is named).
    pub groups: Vec<EmailAddress>,
    /// Domains that look like others and are real all the same: somebody has found that out.
    pub alike: Vec<Domain>,
    /// Months after which an entry has to be verified anew.
    pub verify_again: Months,
}

impl Default for AddressRules {
    fn default() -> Self {
        let verify_again = Months::new(VERIFY_AGAIN_MONTHS);
        Self { domains: BTreeMap::new(), groups: Vec::new(), alike: Vec::new(), verify_again }
    }
}

impl AddressRules {
    /// What the entry's address may not be, each with its cure.
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

    /// Whether the office lists this very domain; one above it says nothing of how it looks.
    pub fn names(&self, domain: &Domain) -> bool {
        self.alike.contains(domain) || self.domains.values().flatten().any(|listed| listed == domain)
    }

    /// The domain of the office's lists that this address could be taken for, where it is of none of them.
    pub fn looks_like(&self, address: &EmailAddress) -> Option<Domain> {
        let listed = || self.domains.values().flatten();
        if listed().any(|domain| domain.covers(address)) {
            return None;
        }
        let own = Domain::of(address);
        if self.alike.contains(&own) {
            return None;
        }
        listed().find(|domain| own.passes_for(domain) || hides(&own, domain)).cloned()
    }

    /// The last day on which a verification of this day counts.
    pub fn verified_until(&self, on: NaiveDate) -> NaiveDate {
        on.checked_add_months(self.verify_again).unwrap_or(NaiveDate::MAX)
    }
}

/// Whether a domain is written inside another that it is not above: `nhs.uk` in `nhs.uk.example.org` and `nhs-uk.org`.
fn hides(own: &Domain, listed: &Domain) -> bool {
    let (own, listed) = (own.as_str(), listed.as_str());
    let dashed = listed.replace('.', "-");
    own.starts_with(&format!("{listed}."))
        || own.contains(&format!(".{listed}."))
        || own.split('.').any(|label| label.starts_with(&dashed) || label.ends_with(&dashed))
}

/// Whether an address is, by the look of it, not one person's.
fn is_named_for_a_group(email: &EmailAddress) -> bool {
    let local = email.local().to_ascii_lowercase();
    local.split(['.', '-', '_', '+']).any(|word| GROUP_WORDS.contains(&word))
}
