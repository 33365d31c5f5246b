//! Enters: text that should be an email address. Leaves: an [`EmailAddress`], or the reason it was refused.
//! Never: looks up a domain, or quotes the refused text: faults are shown in lists and logs.

use crate::fault::Refusal;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A mailbox: a plain local part and a dotted, lower-case ASCII domain.
///
/// Deliberately narrower than RFC 5321: quoted local parts, comments, IP literals, source routes and dotless domains
/// are vehicles for misdirection and injection, and no secure mailbox needs them. ASCII only, so that no letter of
/// another script can pass for a Latin one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Returns the address as written in an envelope or a header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the part after the `@`, in lower case.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Returns the part before the `@`, as written.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// Returns whether both reach the same mailbox, ignoring case. RFC 5321 lets a server distinguish local parts by
    /// case; none does, so two such entries are one person entered twice.
    pub fn same_mailbox(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl FromStr for EmailAddress {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let no = |cause, cure| Err(Refusal { cause, cure });
        if !text.is_ascii() {
            return no(
                "the address holds a character outside ASCII",
                "type the address again by hand, in plain letters",
            );
        }
        if text.bytes().any(|b| b.is_ascii_control() || b == b' ') {
            return no(
                "the address holds a space, a line break or a control character",
                "write the address alone",
            );
        }
        if text.len() > 254 {
            return no("the address is longer than 254 characters", "give a shorter address");
        }
        let Some((local, domain)) = text.split_once('@') else {
            return no("the address has no @", "write it as name@domain");
        };
        if domain.contains('@') {
            return no("the address has more than one @", "write one address, as name@domain");
        }
        check_local(local)?;
        let domain = domain.to_ascii_lowercase();
        check_domain(&domain)?;
        Ok(Self(format!("{local}@{domain}")))
    }
}

/// Checks for a dot-atom of letters, digits and `' + - _ &`. RFC 5322's other atom characters are refused: `%` and
/// `!` route mail elsewhere, and the rest mean something to a shell or a web page.
fn check_local(local: &str) -> Result<(), Refusal> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'\'' | b'+' | b'-' | b'_' | b'&');
    let cause = if local.is_empty() || local.len() > 64 {
        "the part before the @ is empty or longer than 64 characters"
    } else if local.starts_with('-') {
        "the part before the @ begins with a hyphen"
    } else if local.split('.').any(str::is_empty) {
        "the part before the @ begins or ends with a dot, or has two together"
    } else if !local.bytes().all(|b| b == b'.' || plain(b)) {
        "the part before the @ holds a character that is not a letter, a digit or one of . ' + - _ &"
    } else {
        return Ok(());
    };
    Err(Refusal { cause, cure: "write the address as name@domain, without quotes, comments or brackets" })
}

/// Checks that a domain has at least two labels of letters, digits and inner hyphens, the last not a number.
///
/// # Errors
/// Mail cannot be addressed to the domain; the refusal says why.
pub fn check_domain(domain: &str) -> Result<(), Refusal> {
    let labels: Vec<&str> = domain.split('.').collect();
    let plain = |label: &&str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let (cause, cure) = if domain.starts_with('[') {
        ("the domain is an IP address in brackets", "give the domain's name")
    } else if labels.len() < 2 {
        ("the domain has no dot", "give the whole domain, such as name.example")
    } else if labels.iter().any(|label| label.starts_with("xn--")) {
        (
            "the domain is an internationalised one (xn--), which can look like another",
            "use an address whose domain is in plain letters",
        )
    } else if domain.len() > 253 || !labels.iter().all(plain) {
        (
            "the domain holds a part that is empty, too long or not made of letters, digits and inner hyphens",
            "give the domain's name as it is registered",
        )
    } else if labels.last().is_some_and(|label| label.bytes().all(|b| b.is_ascii_digit())) {
        ("the domain is an IP address or ends in a number", "give the domain's name")
    } else {
        return Ok(());
    };
    Err(Refusal { cause, cure })
}

impl TryFrom<String> for EmailAddress {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> String {
        address.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
