//! Enters: what a worker found in an attachment, and the size of a message. Leaves: whether they may go.
//! Never: opens a PDF.

use super::{Check, Guard, Outcome};
use despatch_documents::inspect::{Active, Inspection};

/// The largest message, in bytes: NHSmail takes 35 MB (NHS England, 2022).
pub const MESSAGE_BYTES: u64 = 35_000_000;
/// Pages of one attachment, unless the office says otherwise: a set of healthcare records has some hundred.
pub const PAGES: usize = 1_000;
/// Bytes of one attachment, unless the office says otherwise: with base64 it fits the largest message.
pub const BYTES: u64 = 25_000_000;

/// How large things may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub pages: usize,
    /// Of one attachment.
    pub bytes: u64,
    /// The largest message by the domain of the recipient, subdomains included.
    pub messages: Vec<(String, u64)>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pages: PAGES, bytes: BYTES, messages: Vec::new() }
    }
}

impl Limits {
    /// The largest message that the mail system of `domain` takes; the longest name that fits counts.
    pub fn message(&self, domain: &str) -> u64 {
        let domain = domain.to_ascii_lowercase();
        let within = |of: &str| domain == of || domain.ends_with(&format!(".{of}"));
        let fitting = self.messages.iter().filter(|(of, _)| within(of));
        fitting.max_by_key(|(of, _)| of.len()).map_or(MESSAGE_BYTES, |(_, bytes)| *bytes)
    }
}

/// The check of one attachment.
pub fn check(number: usize, found: &Inspection, bytes: usize, limits: &Limits) -> Check {
    let stops =
        |why: String| Check::new(Guard::Attachment, Outcome::Stops, format!("document {number} {why}"));
    if found.encrypted {
        return stops("is locked (encrypted)".to_owned());
    }
    if !found.sound {
        return stops("cannot be read as a PDF".to_owned());
    }
    if found.is_two_files {
        return stops(
            "has something before or behind it that is no PDF: two programs may show two documents"
                .to_owned(),
        );
    }
    if !found.active.is_empty() {
        let active: Vec<&str> = found.active.iter().map(|active: &Active| active.words()).collect();
        return stops(format!("holds {}", active.join(", ")));
    }
    let Some(pages) = found.pages else {
        return stops("does not say truly how many pages it has".to_owned());
    };
    if pages > limits.pages {
        return stops(format!("has {pages} pages, and {} are allowed", limits.pages));
    }
    if bytes as u64 > limits.bytes {
        return stops(format!("has {bytes} bytes, and {} are allowed", limits.bytes));
    }
    let pages = if pages == 1 { "1 page".to_owned() } else { format!("{pages} pages") };
    let words = format!("document {number} is a PDF of {pages}, open and at rest");
    Check::new(Guard::Attachment, Outcome::Passed, words)
}

/// The check of a whole message against the mail system of its recipient.
pub fn size(bytes: usize, domain: &str, limits: &Limits) -> Check {
    let most = limits.message(domain);
    if bytes as u64 > most {
        let words = format!("the message has {bytes} bytes, and the recipient's mail system takes {most}");
        return Check::new(Guard::Size, Outcome::Stops, words);
    }
    let words = format!("within the {} kB that the recipient's mail system takes", most / 1000);
    Check::new(Guard::Size, Outcome::Passed, words)
}
