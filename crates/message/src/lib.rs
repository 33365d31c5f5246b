//! Enters: the words of a cover email and sealed parts. Leaves: the final bytes of one message to one recipient, and
//! the parts read back from such bytes. Never: reads the clock or randomness (the same draft gives the same bytes),
//! takes a file name from a case, or lets a line break into a header.
//!
//! ```text
//! multipart/mixed
//!   multipart/alternative      text/plain and text/html, quoted-printable
//!   01-….pdf.age … manifest.json.age    application/octet-stream, base64
//!   SHA256SUMS                 the outer list, base64
//!   SHA256SUMS.sig             its armoured signature, also in base64 so that its line ends survive
//! ```
//! Every part is base64 or quoted-printable, so RUSTSEC-2026-0561 (lettre does not stuff dots after a bare line feed)
//! finds no bare line feed; [`check_wire`] verifies that.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use despatch_core::address::EmailAddress;
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use despatch_core::words::is_plain_line;
use despatch_documents::encrypted::says_encrypted;
use despatch_seal::list;
use despatch_seal::list::{Head, SIGNATURE_NAME};
use despatch_seal::manifest::SUMS_NAME;
use despatch_seal::signing::{Namespace, SigningKey};
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Attachment, Body, MultiPart, SinglePart};

/// Reads the parts back from a composed message.
mod read;
/// Reads any message: its headers, its parts, the emails inside it.
mod mime;
/// What a recipient saved, and the words around the parts.
mod received;
/// Finds the parts of a signed list in what a recipient saved.
mod found;
/// Proves a received despatch.
mod proof;
/// The email's own words: as they are signed, as they came, and how the two differ.
mod words;
/// The words of a part, out of whatever encoding it came in.
mod decoding;
/// The words of a formatted text.
mod page;
/// What a mail program shows of a message.
mod seen;
/// The email to a preparer whose case file was rejected.
mod notice;
pub use notice::{RejectNotice, WaitingNotice};
pub use proof::{Opener, Proof, listed, prove, stay_locked};
pub use read::parts;
pub use received::Parts;
pub use seen::{SeenEmail, seen};
pub use words::{Compared, signed_words};

/// Hexadecimal digits of a boundary. A boundary has at most 70 characters (RFC 2046, section 5.1.1); some relays refuse or
/// strip longer ones, and a reply that quotes one needs room for its own.
const BOUNDARY_SEED: usize = 40;

/// The characters of a line in base64.
const BASE64_LINE: usize = 76;

/// A display name, which a recipient may lack (empty), and an email address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    pub name: String,
    pub address: EmailAddress,
}

/// One sealed document under its generated name ("02-document.pdf.age"), or a locked PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedPart {
    pub file_name: String,
    pub bytes: Vec<u8>,
}

/// The contents of one message.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    pub from: Mailbox,
    pub to: Mailbox,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub parts: Vec<SealedPart>,
    /// The header of the outer list; its Message-ID is the message's, `<id@domain>`.
    pub head: Head,
    pub signer: &'a SigningKey,
    /// Truncated to whole seconds.
    pub date: DateTime<Utc>,
    /// Anything unique to the message; the boundaries are made from its hash.
    pub boundary_seed: String,
}

/// Composes the bytes to be reviewed, approved and sent: ASCII, CRLF line ends, one recipient.
///
/// # Errors
/// The draft has a line break or an invisible character in a header, a file name that was not generated here, a PDF
/// that is not locked, or a body that cannot be encoded.
pub fn compose(draft: Draft<'_>) -> Result<Vec<u8>, Fault> {
    check_headers(&draft)?;
    check_parts(&draft)?;
    let parts = draft.parts.iter().map(|part| (part.file_name.as_str(), part.bytes.as_slice()));
    let list = list::write(&draft.head, &draft.signer.to_public(), &signed_words(&draft), parts);
    let signature = draft
        .signer
        .sign(Namespace::List, list.as_bytes())
        .map_err(|error| unfit("list", format!("it can't be signed: {error}")))?;
    let seed: String =
        Sha256::of(draft.boundary_seed.as_bytes()).to_string().chars().take(BOUNDARY_SEED).collect();
    // "=_" occurs neither in quoted-printable nor in base64 (RFC 2045, section 6.7): no part can hold a boundary.
    let boundary = |part: &str| format!("=_{part}_{seed}");
    let alternative = MultiPart::alternative()
        .boundary(boundary("words"))
        .singlepart(words(ContentType::TEXT_PLAIN, &draft.text)?)
        .singlepart(words(ContentType::TEXT_HTML, &draft.html)?);
    let mut mixed = MultiPart::mixed().boundary(boundary("parts")).multipart(alternative);
    for part in draft.parts {
        mixed = mixed.singlepart(file(&part.file_name, &part.bytes)?);
    }
    mixed = mixed.singlepart(file(SUMS_NAME, list.as_bytes())?);
    mixed = mixed.singlepart(file(SIGNATURE_NAME, signature.as_bytes())?);
    let message = lettre::Message::builder()
        .from(mailbox(&draft.from)?)
        .to(mailbox(&draft.to)?)
        .subject(draft.subject)
        .date(draft.date.into())
        .message_id(Some(draft.head.message_id))
        .multipart(mixed)
        .map_err(|error| unfit("message", format!("the message can't be put together: {error}")))?;
    let bytes = folded(&message.formatted());
    check_wire(&bytes)?;
    Ok(bytes)
}

/// Breaks the line of a sender or recipient before the address where it is too long: a line with an encoded word has at
/// most 76 characters (RFC 2047, section 2), and the library breaks only within names.
fn folded(message: &[u8]) -> Vec<u8> {
    const MOST: usize = 76;
    let mut folded = Vec::with_capacity(message.len() + 8);
    let mut left = message;
    while let Some(end) = left.iter().position(|byte| *byte == b'\n') {
        let (line, rest) = left.split_at(end + 1);
        let text = line.strip_suffix(b"\r\n").unwrap_or(line);
        if text.is_empty() {
            break;
        }
        left = rest;
        let names = !text.starts_with(b"Message-ID") && text.ends_with(b">");
        let address = text.windows(2).rposition(|two| two == b" <").filter(|at| *at > 0);
        match address.filter(|_| names && text.len() > MOST) {
            Some(at) => {
                folded.extend_from_slice(line.get(..at).unwrap_or_default());
                folded.extend_from_slice(b"\r\n");
                folded.extend_from_slice(line.get(at..).unwrap_or_default());
            }
            None => folded.extend_from_slice(line),
        }
    }
    folded.extend_from_slice(left);
    folded
}

/// Checks what must hold for every message on the wire (RFC 5321, sections 2.3.8 and 4.5.3.1.6): ASCII, every line
/// ended by CRLF and no longer than 998 characters, nothing after the last one; and no Bcc.
///
/// # Errors
/// The first of these that does not hold.
pub fn check_wire(bytes: &[u8]) -> Result<(), Fault> {
    let says = |cause: &str| Err(unfit("message", cause.to_owned()));
    if !bytes.is_ascii() || memchr::memchr(0, bytes).is_some() {
        return says("the message holds a byte that is not ASCII");
    }
    if !bytes.ends_with(b"\r\n") {
        return says("the message does not end with CRLF");
    }
    let mut headers = true;
    let mut rest = bytes;
    // A message has a hundred thousand bytes and more, in lines of 76.
    while let Some(at) = memchr::memchr2(b'\r', b'\n', rest) {
        let (line, end) = rest.split_at(at);
        match end {
            [b'\r', b'\n', after @ ..] => rest = after,
            [b'\r', ..] => return says("the message holds a CR without its LF"),
            _ => return says("the message holds an LF without its CR"),
        }
        if line.len() > 998 {
            return says("the message holds a line of more than 998 characters");
        }
        headers &= !line.is_empty();
        if headers && line.get(..4).is_some_and(|name| name.eq_ignore_ascii_case(b"bcc:")) {
            return says("the message has a Bcc header");
        }
    }
    Ok(())
}

fn check_headers(draft: &Draft<'_>) -> Result<(), Fault> {
    let values =
        [("subject", &draft.subject, 200), ("from", &draft.from.name, 120), ("to", &draft.to.name, 120)];
    for (at, value, most) in values {
        if (at, value.as_str()) == ("to", "") {
            continue;
        }
        if !is_plain_line(value, most) {
            return Err(unfit(
                at,
                format!(
                    "it is empty, longer than {most} characters, or holds a line break or an invisible character"
                ),
            ));
        }
    }
    let id = draft.head.message_id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or_default();
    if id.len() > 200 || id.parse::<EmailAddress>().is_err() {
        return Err(unfit("message_id", "it is not of the form <id@domain>".to_owned()));
    }
    Ok(())
}

fn check_parts(draft: &Draft<'_>) -> Result<(), Fault> {
    let mut names: Vec<&str> = draft.parts.iter().map(|part| part.file_name.as_str()).collect();
    if names.is_empty() || !names.iter().all(|name| is_generated(name)) {
        return Err(unfit(
            "parts",
            "there is no part, or one has a name that was not generated here".to_owned(),
        ));
    }
    names.sort_unstable();
    names.dedup();
    if names.len() != draft.parts.len() {
        return Err(unfit("parts", "two parts have one name".to_owned()));
    }
    match draft.parts.iter().find(|part| part.file_name.ends_with(".pdf") && !says_encrypted(&part.bytes)) {
        None => Ok(()),
        Some(open) => {
            let cure = "tell whoever looks after despatch; nothing was sent";
            Err(Fault::new(&open.file_name, "message.open_pdf", "this PDF opens without a password", cure))
        }
    }
}

/// Returns whether a name is one of ours: lower-case letters, digits, single dots and hyphens, at most 64, ending in
/// `.age`, or in `.pdf` if the PDF itself is locked.
fn is_generated(name: &str) -> bool {
    name.len() <= 64
        && (name.ends_with(".age") || name.ends_with(".pdf"))
        && name.split(['.', '-']).all(|word| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

fn mailbox(mailbox: &Mailbox) -> Result<lettre::message::Mailbox, Fault> {
    let address = lettre::Address::new(mailbox.address.local(), mailbox.address.domain())
        .map_err(|error| unfit("address", format!("the address can't be written in a header: {error}")))?;
    Ok(lettre::message::Mailbox::new(Some(mailbox.name.clone()).filter(|name| !name.is_empty()), address))
}

fn words(kind: ContentType, text: &str) -> Result<SinglePart, Fault> {
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(unfit("body", "it holds a control character, or line ends other than LF".to_owned()));
    }
    let body = Body::new_with_encoding(text.to_owned(), ContentTransferEncoding::QuotedPrintable)
        .map_err(|_| unfit("body", "it can't be encoded".to_owned()))?;
    Ok(SinglePart::builder().content_type(kind).body(body))
}

fn file(name: &str, bytes: &[u8]) -> Result<SinglePart, Fault> {
    let octets = ContentType::parse("application/octet-stream")
        .map_err(|error| unfit("parts", format!("a part can't be described: {error}")))?;
    let body = Body::dangerous_pre_encoded(in_lines(bytes), ContentTransferEncoding::Base64);
    Ok(Attachment::new(name.to_owned()).body(body, octets))
}

/// Encodes a file in lines of 76 characters (RFC 2045, section 6.8), as the library would line by line: all at once takes
/// less.
fn in_lines(bytes: &[u8]) -> Vec<u8> {
    let encoded = STANDARD.encode(bytes);
    let mut lines = Vec::with_capacity(encoded.len() + encoded.len() / BASE64_LINE * 2);
    for line in encoded.as_bytes().chunks(BASE64_LINE) {
        if !lines.is_empty() {
            lines.extend_from_slice(b"\r\n");
        }
        lines.extend_from_slice(line);
    }
    lines
}

fn unfit(at: &str, cause: String) -> Fault {
    Fault::new(
        at,
        "message.unfit",
        cause,
        "correct the template, the config or the directory that it comes from",
    )
}
