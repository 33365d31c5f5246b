//! Enters: the contents and keys of one sealed despatch. Leaves: the outer list (`SHA256SUMS`), and back again.
//! Never: anything about a plain document in it, its hash included; of people only what the email says in clear anyway.
//!
//! ```text
//! # despatch 17-3
//! # list: 2
//! # Message-ID: <17-3.1.0123456789abcdef@office.example>
//! # sealed: 2026-11-23T10:00:00.000Z
//! # sealed to the recipient's keys: 6091-2979-691d-8858
//! # sealed to the office's review key: 8899-aabb-ccdd-eeff
//! # signed by: SHA256:…
//! # from: A team <team@office.example>
//! # to: Somebody <somebody@recipient.example>
//! # date: 2026-11-23T10:00:00Z
//! # subject: OFFICIAL SENSITIVE: EMR-2026-0142: sealed documents 17-3, 23 Nov 2026
//! # text: Telephone: 01632 960110
//! # page: Telephone: 01632 960110
//! 3f9a…  01-cover-note.pdf.age
//! ```
//! `sha256sum -c` ignores the lines that begin with `#`. The signature beside it (`SHA256SUMS.sig`) covers every byte,
//! so it binds them too: a list with its parts cannot be passed on as if it had been sent to somebody else, or as
//! another message, and the email's own words can be compared with those that were signed (F17). A list of the first
//! form, without `# list: 2` and without the words, is read too.

use super::signing::VerifyingKey;
use crate::manifest::sums;
use chrono::{DateTime, SecondsFormat, Utc};
use despatch_core::words::Sha256;

/// The name of the list's signature.
pub const SIGNATURE_NAME: &str = "SHA256SUMS.sig";

/// Replaces the recipient's keys if there are none: the despatch waits for one, or a passphrase opens it.
const NOBODY: &str = "none";

/// The header of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The despatch's id in the ledger.
    pub despatch: String,
    /// With angle brackets.
    pub message_id: String,
    /// Truncated to milliseconds.
    pub sealed_at: DateTime<Utc>,
    /// The fingerprint of every key of the recipient; empty if only the office can open it.
    pub recipient: Vec<String>,
    /// The fingerprint of the office's review key.
    pub review: String,
}

/// The words of the email around the parts, in the form that `despatch_message` compares: one space for any white space,
/// no empty line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    pub from: String,
    pub to: String,
    pub date: String,
    pub subject: String,
    /// The lines of the plain text.
    pub text: Vec<String>,
    /// The lines of the formatted text, with the targets of its links.
    pub page: Vec<String>,
}

/// A parsed outer list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub head: Head,
    /// The fingerprint of the signing key, according to the list itself.
    pub signed_by: String,
    /// `None` in a list of the first form.
    pub words: Option<Words>,
    /// The sealed parts in order: hash and name.
    pub parts: Vec<(Sha256, String)>,
}

/// The line of the form; lists of the first form have none.
const FORM: &str = "# list: ";
/// The form of the lists that this program writes.
const SECOND: &str = "2";

/// Returns the text of the list.
pub fn write<'a>(
    head: &Head,
    signer: &VerifyingKey,
    words: &Words,
    parts: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> String {
    head_text(head, &signer.fingerprint(), Some(words)) + &sums(parts)
}

fn head_text(head: &Head, signed_by: &str, words: Option<&Words>) -> String {
    let Head { despatch, message_id, sealed_at, recipient, review } = head;
    let sealed_at = sealed_at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let keys = if recipient.is_empty() { NOBODY.to_owned() } else { recipient.join(", ") };
    let form = words.map_or_else(String::new, |_| format!("{FORM}{SECOND}\n"));
    let mut text = format!(
        "# despatch {despatch}\n{form}# Message-ID: {message_id}\n# sealed: {sealed_at}\n\
         # sealed to the recipient's keys: {keys}\n# sealed to the office's review key: {review}\n\
         # signed by: {signed_by}\n"
    );
    if let Some(Words { from, to, date, subject, text: lines, page }) = words {
        text += &format!("# from: {from}\n# to: {to}\n# date: {date}\n# subject: {subject}\n");
        text.extend(lines.iter().map(|line| format!("# text: {line}\n")));
        text.extend(page.iter().map(|line| format!("# page: {line}\n")));
    }
    text
}

/// Returns whether a later despatch wrote a list, in a form that this one does not know.
pub fn is_of_a_later_form(text: &str) -> bool {
    let form = text.lines().take_while(|line| line.starts_with('#')).find_map(|line| line.strip_prefix(FORM));
    form.is_some_and(|form| form != SECOND)
}

/// Parses what [`write`] wrote; `None` for a text that differs by a single byte.
pub fn read(text: &str) -> Option<List> {
    let mut lines = text.lines().peekable();
    let despatch = lines.next()?.strip_prefix("# despatch ")?.to_owned();
    let has_words = lines.next_if(|line| line.starts_with(FORM)).is_some();
    let mut next = |prefix: &str| lines.next()?.strip_prefix(prefix).map(str::to_owned);
    let message_id = next("# Message-ID: ")?;
    let sealed_at = next("# sealed: ")?.parse().ok()?;
    let keys = next("# sealed to the recipient's keys: ")?;
    let review = next("# sealed to the office's review key: ")?;
    let signed_by = next("# signed by: ")?;
    let mut words = None;
    if has_words {
        let (from, to, date) = (next("# from: ")?, next("# to: ")?, next("# date: ")?);
        words = Some(Words { from, to, date, subject: next("# subject: ")?, ..Words::default() });
    }
    if let Some(words) = &mut words {
        let mut all = |prefix: &str| {
            let mut found = Vec::new();
            while let Some(line) = lines.next_if(|line| line.starts_with(prefix)) {
                found.extend(line.strip_prefix(prefix).map(str::to_owned));
            }
            found
        };
        words.text = all("# text: ");
        words.page = all("# page: ");
    }
    let recipient = if keys == NOBODY { Vec::new() } else { keys.split(", ").map(str::to_owned).collect() };
    let head = Head { despatch, message_id, sealed_at, recipient, review };
    let part = |line: &str| {
        let (hash, name) = line.split_once("  ")?;
        Some((hash.parse().ok()?, name.to_owned()))
    };
    let parts: Vec<(Sha256, String)> = lines.map(part).collect::<Option<_>>()?;
    let hashes: String = parts.iter().map(|(hash, name)| format!("{hash}  {name}\n")).collect();
    let again = head_text(&head, &signed_by, words.as_ref()) + &hashes;
    (again == text).then_some(List { head, signed_by, words, parts })
}
