//! Enters: a message saved by a recipient's mail program, which may have added headers, refolded lines or changed line
//! ends. Leaves: its Message-ID, its attachments and its own words. Never: vouches for anything that it reads: the
//! signature over the list does.

use super::decoding::{as_bytes, as_chars, decoded, in_charset};
use super::words::Received;

/// The deepest nesting of parts; mail programs wrap a message once or twice.
const DEPTH_MAX: usize = 5;

/// The most attachments of one message: a despatch has a few dozen at most.
const PARTS_MAX: usize = 200;

/// The contents of a saved message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// With angle brackets; the message may lack one.
    pub message_id: Option<String>,
    /// Each attachment under its name, in order.
    pub files: Vec<(String, Vec<u8>)>,
    pub words: Received,
}

/// Reads a saved message. `None` if it is not a message with attachments, or one of them cannot be read.
pub fn saved(bytes: &[u8]) -> Option<Saved> {
    let text = as_chars(bytes).replace("\r\n", "\n");
    let (headers, body) = split(text.strip_prefix('\n').unwrap_or(&text))?;
    let mut words = Received::default();
    headers.iter().for_each(|(name, value)| words.header(name, value));
    let mut files = Vec::new();
    attachments(&headers, body, 0, &mut files, &mut words)?;
    let message_id = value(&headers, "message-id").map(|id| id.trim().to_owned());
    (!files.is_empty()).then_some(Saved { message_id, files, words })
}

type Headers = Vec<(String, String)>;

/// Splits a text into its unfolded headers and the body after the empty line (RFC 5322, section 2.2.3). A part may have
/// no header, or nothing after its headers (RFC 2046, section 5.1).
fn split(text: &str) -> Option<(Headers, &str)> {
    if let Some(body) = text.strip_prefix('\n') {
        return Some((Headers::new(), body));
    }
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    // mbox files begin with a line of their own ("From …").
    let lines = unfolded.lines().filter(|line| !line.starts_with("From "));
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    });
    Some((headers.collect::<Option<_>>()?, body))
}

fn value<'h>(headers: &'h Headers, name: &str) -> Option<&'h str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Returns a parameter of a header: `boundary="…"` (RFC 2045, section 5.1).
fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn attachments(
    headers: &Headers,
    body: &str,
    depth: usize,
    files: &mut Vec<(String, Vec<u8>)>,
    words: &mut Received,
) -> Option<()> {
    let kind = value(headers, "content-type").unwrap_or("text/plain");
    if depth > DEPTH_MAX || files.len() > PARTS_MAX {
        return None;
    }
    if kind.to_ascii_lowercase().starts_with("multipart/") {
        let delimiter = format!("\n--{}", parameter(kind, "boundary")?);
        let body = format!("\n{body}");
        let mut pieces = body.split(delimiter.as_str());
        pieces.next();
        for piece in pieces.take_while(|piece| !piece.starts_with("--")) {
            let (headers, body) = split(piece.split_once('\n')?.1)?;
            attachments(&headers, body, depth + 1, files, words)?;
        }
        return Some(());
    }
    let encoding = value(headers, "content-transfer-encoding").unwrap_or("7bit").to_ascii_lowercase();
    let named = |header: &str, name: &str| value(headers, header).and_then(|value| parameter(value, name));
    match named("content-disposition", "filename").or_else(|| named("content-type", "name")) {
        Some(name) => {
            let name = String::from_utf8_lossy(&as_bytes(&name)).into_owned();
            files.push((name, decoded(body, encoding.trim())?));
        }
        None => {
            let charset = parameter(kind, "charset").unwrap_or_default();
            let text = decoded(body, encoding.trim()).and_then(|bytes| in_charset(&bytes, &charset));
            words.part(&kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase(), text);
        }
    }
    Some(())
}
