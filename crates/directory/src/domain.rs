//! Enters: text that claims to be a mail domain. Leaves: a [`Domain`], and which others it could be mistaken for.
//! Never: looks a domain up.

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

/// Characters that are mistaken for one another in small type, and what each is read as. Single ones come first, so
/// that `c1` is read as `cl`, and that as `d`.
const LOOKS: [(&str, &str); 11] = [
    ("0", "o"),
    ("1", "l"),
    ("i", "l"),
    ("5", "s"),
    ("8", "b"),
    ("2", "z"),
    ("-", ""),
    ("rn", "m"),
    ("vv", "w"),
    ("cl", "d"),
    ("nn", "m"),
];

/// The length from which the head of a domain counts as a name, unlike `mail` or `www`.
const TELLING_MIN: usize = 5;
/// The length from which a shared beginning or end of names is unlikely to be chance (`fernbrook`, but not `law`).
const PART_MIN: usize = 7;

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

    /// Returns whether one could be mistaken for the other: they look alike, differ in one character or two transposed
    /// ones, are the same but for their last label, or one is the other with its name extended at either end.
    pub fn passes_for(&self, other: &Domain) -> bool {
        if self == other || below(&self.0, &other.0) || below(&other.0, &self.0) {
            return false;
        }
        let ends_otherwise = |short: &Domain, long: &Domain| {
            short.telling_head().is_some_and(|head| long.0.starts_with(&format!("{head}.")))
        };
        self.seen() == other.seen()
            || one_slip(&self.0, &other.0)
            || ends_otherwise(self, other)
            || ends_otherwise(other, self)
            || self.parts().contains(&other.0)
            || other.parts().contains(&self.0)
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

    /// Returns what a hurried reader sees.
    pub(super) fn seen(&self) -> String {
        LOOKS.iter().fold(self.0.clone(), |seen, (pair, read)| seen.replace(pair, read))
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
