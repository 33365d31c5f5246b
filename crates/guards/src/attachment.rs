//! Enters: the findings about an attachment, and the size of a message. Leaves: whether they may be sent.
//! Never: opens a PDF.

use super::{Check, Guard, Outcome};
use despatch_core::words::Sha256;
use despatch_documents::inspect::{Active, Behind, Inspection};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The largest message, in bytes: NHSmail takes 35 MB (NHS England, 2022).
pub const MESSAGE_BYTES: u64 = 35_000_000;
/// The default page limit of one attachment: a set of healthcare records has a few hundred.
pub const PAGES: usize = 1_000;
/// The default size limit of one attachment, in bytes: encoded in base64 it fits the largest message.
pub const BYTES: u64 = 25_000_000;

/// What is done with a file that carries earlier states of itself, hidden layers or hidden pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum History {
    /// The reviewer is asked.
    #[default]
    Ask,
    /// It holds the message.
    Refuse,
    /// It is left out of what is sent; where that cannot be done, it holds the message.
    Clean,
}

/// What was left out of a file before it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaning {
    pub left_out: BTreeSet<Behind>,
    /// The file as it came, and as it is sent.
    pub came: Sha256,
    pub sent: Sha256,
}

/// Size limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub pages: usize,
    /// The limit of one attachment.
    pub bytes: u64,
    /// The largest message by the recipient's domain, subdomains included.
    pub messages: Vec<(String, u64)>,
    pub history: History,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pages: PAGES, bytes: BYTES, messages: Vec::new(), history: History::default() }
    }
}

impl Limits {
    /// Returns the largest message that the mail system of `domain` accepts; the longest matching name decides.
    pub fn message(&self, domain: &str) -> u64 {
        let domain = domain.to_ascii_lowercase();
        let within = |of: &str| domain == of || domain.ends_with(&format!(".{of}"));
        let fitting = self.messages.iter().filter(|(of, _)| within(of));
        fitting.max_by_key(|(of, _)| of.len()).map_or(MESSAGE_BYTES, |(_, bytes)| *bytes)
    }
}

/// Checks one attachment: whether it is a PDF, open and at rest. A copy for somebody's safety waits for it too (F11).
pub fn check(number: usize, found: &Inspection) -> Check {
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
    if found.is_cut_off {
        return stops(
            "is damaged: it has no end, as if it was cut off on its way, and other programs cannot open it"
                .to_owned(),
        );
    }
    if !found.active.is_empty() {
        let active: Vec<&str> = found.active.iter().map(|active: &Active| active.label()).collect();
        return stops(format!("holds {}", active.join(", ")));
    }
    let Some(pages) = found.pages else {
        return stops("does not say reliably how many pages it has".to_owned());
    };
    let pages = if pages == 1 { "1 page".to_owned() } else { format!("{pages} pages") };
    let words = format!("document {number} is a PDF of {pages}, open and at rest");
    Check::new(Guard::Attachment, Outcome::Passed, words)
}

/// Checks the length and size of one attachment; returns nothing if there is no objection.
pub fn within_limits(number: usize, found: &Inspection, bytes: usize, limits: &Limits) -> Option<Check> {
    let stops =
        |why: String| Some(Check::new(Guard::Attachment, Outcome::Stops, format!("document {number} {why}")));
    if let Some(pages) = found.pages.filter(|pages| *pages > limits.pages) {
        return stops(format!("has {pages} pages, and {} are allowed", limits.pages));
    }
    if bytes as u64 > limits.bytes {
        return stops(format!("has {bytes} bytes, and {} are allowed", limits.bytes));
    }
    None
}

/// Checks what an attachment holds behind its pages (F32): whoever gets the file gets that too. Returns nothing if there
/// is nothing.
pub fn behind(number: usize, found: &Inspection, history: History) -> Option<Check> {
    if found.behind.is_empty() {
        return None;
    }
    let outcome = match history {
        History::Ask => Outcome::Confirm,
        History::Refuse | History::Clean => Outcome::Stops,
    };
    let held: Vec<&str> = found.behind.iter().map(|behind| behind.label()).collect();
    let uncleaned = if history == History::Clean { "and cannot be cleaned of that here: " } else { "" };
    let words = format!(
        "document {number} carries {}: {uncleaned}whoever gets the file can find that in it; a print of it to a new PDF \
         does not",
        held.join(", ")
    );
    Some(Check::new(Guard::Attachment, outcome, words))
}

/// Says what was left out of an attachment, with the hashes by which both files are known.
pub fn cleaned(number: usize, cleaning: &Cleaning) -> Check {
    let left_out: Vec<&str> = cleaning.left_out.iter().map(|behind| behind.label()).collect();
    let words = format!(
        "document {number} is sent without {}, which its file carried; signatures in it do not survive that (SHA-256 as it \
         came: {}; as it is sent: {})",
        left_out.join(", "),
        cleaning.came,
        cleaning.sent
    );
    Check::new(Guard::Attachment, Outcome::Passed, words)
}

/// Checks the size of a message against the mail system of its recipient.
pub fn size(bytes: usize, domain: &str, limits: &Limits) -> Check {
    let most = limits.message(domain);
    if bytes as u64 > most {
        let words = format!("the message has {bytes} bytes, and the recipient's mail system takes {most}");
        return Check::new(Guard::Size, Outcome::Stops, words);
    }
    let words = format!("within the {} kB that the recipient's mail system takes", most / 1000);
    Check::new(Guard::Size, Outcome::Passed, words)
}
