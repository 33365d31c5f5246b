//! Enters: a message saved by a recipient's mail program, or the files of a folder. Leaves: what may be parts of a
//! despatch, an email at a time, and the words around them. Never: vouches for anything: the signed list does.

use super::mime::{self, Email, Headers, Leaf};
use super::words::{Compared, Received, quoted, shown_header};
use despatch_seal::list::{SIGNATURE_NAME, Words};
use despatch_seal::manifest::SUMS_NAME;

/// How a list and a signature begin, whatever a gateway calls them.
const LIST_BEGINS: &[u8] = b"# despatch ";
const SIGNATURE_BEGINS: &[u8] = b"-----BEGIN SSH SIGNATURE-----";

/// Everything in which the parts of one despatch may lie: one email, or one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    pub(super) leaves: Vec<Leaf>,
    /// `None` for a folder.
    pub(super) email: Option<Around>,
}

/// The email around the parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Around {
    pub headers: Headers,
    /// The place of the email that this one lies in.
    inside: Option<usize>,
}

impl Parts {
    /// The files of a folder, each under its name.
    pub fn of_folder(files: Vec<(String, Vec<u8>)>) -> Self {
        let leaf = |(name, bytes)| Leaf {
            kind: String::new(),
            name: Some(name),
            is_attachment: true,
            charset: String::new(),
            bytes,
            is_readable: true,
        };
        Self { leaves: files.into_iter().map(leaf).collect(), email: None }
    }

    /// The emails of a saved message: the message itself, then those that were forwarded in it. Empty if it is not a
    /// message with attachments.
    pub fn of_message(bytes: &[u8]) -> Vec<Self> {
        let of = |email: Email| Self {
            leaves: email.leaves,
            email: Some(Around { headers: email.headers, inside: email.inside }),
        };
        let all: Vec<Self> = mime::emails(bytes).into_iter().map(of).collect();
        let has_files = all.iter().flat_map(|parts| &parts.leaves).any(|leaf| !leaf.is_words());
        if has_files { all } else { Vec::new() }
    }

    /// Whether anything in it says that it is of a despatch.
    pub(super) fn claims(&self) -> bool {
        let sealed = |leaf: &Leaf| leaf.name.as_ref().is_some_and(|name| name.ends_with(".age"));
        self.leaves.iter().any(|leaf| leaf.may_be_list() || leaf.may_be_signature() || sealed(leaf))
    }

    /// Compares the words of the email with the signed ones, once the parts of the despatch are known; `None` without
    /// an email. What is neither words nor a part is told.
    pub(super) fn compare(&self, signed: &Words, is_part: impl Fn(usize) -> bool) -> Option<Compared> {
        let around = self.email.as_ref()?;
        let mut words = Received::default();
        around.headers.iter().for_each(|(name, value)| words.header(name, value));
        let mut files = Vec::new();
        for (_, leaf) in self.leaves.iter().enumerate().filter(|(at, _)| !is_part(*at)) {
            match &leaf.name {
                Some(name) if !leaf.is_words() => files.push(format!(
                    "the file {} ({} bytes), which was not signed for and was not opened",
                    quoted(name),
                    leaf.bytes.len()
                )),
                _ => words.part(&leaf.kind, leaf.text()),
            }
        }
        let mut compared = words.compare(signed);
        compared.added.extend(files);
        Some(compared)
    }
}

/// What carried the email at this place, from the outside in, and what else lies in the same message.
pub(super) fn carried(all: &[Parts], at: usize) -> Vec<String> {
    let around = |at: usize| all.get(at).and_then(|parts| parts.email.as_ref());
    let mut carriers = Vec::new();
    let mut inner = at;
    // An email lies in one that was read before it.
    while let Some(outer) = around(inner).and_then(|email| email.inside).filter(|outer| *outer < inner) {
        carriers.push(outer);
        inner = outer;
    }
    let line = |at: usize| {
        let value = |name| around(at).and_then(|email| email.headers.value(name)).map(shown_header);
        let from = value("from").map_or_else(|| "nobody".to_owned(), |from| quoted(&from));
        let subject = value("subject").map_or_else(|| "no subject".to_owned(), |subject| quoted(&subject));
        format!("from {from}, {subject}")
    };
    let mut said: Vec<String> = carriers
        .iter()
        .rev()
        .map(|outer| {
            format!(
                "the email that it was forwarded inside: {}; nothing of that one was signed for",
                line(*outer)
            )
        })
        .collect();
    let others = (0..all.len()).filter(|other| *other != at && !carriers.contains(other));
    said.extend(others.map(|other| {
        format!("another email in the same message: {}; nothing of that one was signed for", line(other))
    }));
    said
}

impl Leaf {
    /// Whether a mail program shows it as words of the email.
    fn is_words(&self) -> bool {
        !self.is_attachment && matches!(self.kind.as_str(), "text/plain" | "text/html")
    }

    pub fn may_be_list(&self) -> bool {
        self.name.as_deref() == Some(SUMS_NAME) || self.bytes.starts_with(LIST_BEGINS)
    }

    pub fn may_be_signature(&self) -> bool {
        self.name.as_deref() == Some(SIGNATURE_NAME)
            || self.bytes.trim_ascii_start().starts_with(SIGNATURE_BEGINS)
    }
}
