//! Enters: text that claims to be a mail domain. Leaves: a [`Domain`], and which others it could be mistaken for.
//! Never: looks a domain up.

use super::likeness::{PART_MIN, TELLING_MIN, is_like, joined, labels};
use despatch_core::address::{EmailAddress, check_domain};
use despatch_core::fault::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A mail domain in lower-case ASCII. An internationalised one is registered in its A-label form, and no address of
/// such a domain is accepted, so two domains are the same exactly when their bytes are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

impl Domain {
    /// Returns the domain, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the domain of an address.
    pub fn of(address: &EmailAddress) -> Domain {
        Domain(address.domain().to_owned())
    }

    /// Returns whether an address is of this domain or a subdomain: `nhs.uk` covers `name@trust.nhs.uk`.
    pub fn covers(&self, address: &EmailAddress) -> bool {
        let domain = address.domain();
        domain.strip_suffix(&self.0).is_some_and(|above| above.is_empty() || above.ends_with('.'))
    }

    /// Returns whether one could be mistaken for the other: they look alike, but for dots and hyphens too; differ in one
    /// character or two transposed ones; are the same but for their last label; one is the other with its name extended
    /// at either end, or stands in the other; or a label of the one is taken for the organisation of the other (F33).
    pub fn passes_for(&self, other: &Domain) -> bool {
        if self == other || below(&self.0, &other.0) || below(&other.0, &self.0) {
            return false;
        }
        let ends_otherwise = |short: &Domain, long: &Domain| {
            short.telling_head().is_some_and(|head| long.0.starts_with(&format!("{head}.")))
        };
        joined(&self.0) == joined(&other.0)
            || one_slip(&self.0, &other.0)
            || ends_otherwise(self, other)
            || ends_otherwise(other, self)
            || self.parts().contains(&other.0)
            || other.parts().contains(&self.0)
            || self.hides(other)
            || other.hides(self)
            || self.names_like(other)
            || other.names_like(self)
    }

    /// Returns whether it contains another domain without being below it: `nhs.uk` in `nhs.uk.example.org` and
    /// `nhs-uk.org`.
    pub(super) fn hides(&self, other: &Domain) -> bool {
        let (own, other) = (self.as_str(), other.as_str());
        let (dashed, run) = (other.replace('.', "-"), other.replace('.', ""));
        [".", "-"].iter().any(|sign| own.starts_with(&format!("{other}{sign}")))
            || own.contains(&format!(".{other}."))
            || own
                .split('.')
                .any(|label| label == run || label.starts_with(&dashed) || label.ends_with(&dashed))
    }

    /// Returns whether one of its labels is like the name of the other's organisation, which is another one.
    fn names_like(&self, other: &Domain) -> bool {
        let name = other.organisation();
        self.organisation_and_suffix() != other.organisation_and_suffix()
            && labels(&self.0).into_iter().any(|label| is_like(label, name))
    }

    /// Returns the label that names the organisation.
    fn organisation(&self) -> &str {
        labels(&self.0).last().copied().unwrap_or_default()
    }

    /// Returns the organisation's own domain.
    fn organisation_and_suffix(&self) -> &str {
        let before: usize = labels(&self.0).iter().rev().skip(1).map(|label| label.len() + 1).sum();
        self.0.get(before..).unwrap_or_default()
    }

    /// Returns the domains whose names this one extends at either end.
    pub(super) fn parts(&self) -> BTreeSet<String> {
        let Some((name, rest)) = self.0.split_once('.') else { return BTreeSet::new() };
        let cuts = (1..name.len()).filter_map(|at| name.split_at_checked(at));
        cuts.flat_map(|(front, back)| [front, back])
            .filter(|part| part.len() >= PART_MIN)
            .map(|part| format!("{}.{rest}", part.trim_matches('-')))
            .collect()
    }

    /// Returns the domain without its last label, if that is long enough to be a name.
    pub(super) fn telling_head(&self) -> Option<&str> {
        let (head, _) = self.0.rsplit_once('.')?;
        (head.len() >= TELLING_MIN).then_some(head)
    }
}

/// Returns whether `domain` is a subdomain of `above`.
fn below(domain: &str, above: &str) -> bool {
    domain.strip_suffix(above).is_some_and(|rest| rest.ends_with('.'))
}

/// Returns whether one character was added, left out or changed, or two neighbours were transposed.
fn one_slip(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (short.get(same..).unwrap_or_default(), long.get(same..).unwrap_or_default());
    match (short, long) {
        (_, [_, rest @ ..]) if short == rest => true,
        ([_, mine @ ..], [_, theirs @ ..]) if mine == theirs => true,
        ([a, b, mine @ ..], [c, d, theirs @ ..]) => a == d && b == c && mine == theirs,
        _ => false,
    }
}

impl FromStr for Domain {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        if !text.is_ascii() {
            return Err(Refusal {
                cause: "the domain holds a character outside ASCII",
                cure: "write the domain in plain letters",
            });
        }
        let domain = text.to_ascii_lowercase();
        check_domain(&domain)?;
        Ok(Domain(domain))
    }
}

impl TryFrom<String> for Domain {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> String {
        domain.0
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
