//! Enters: the bytes of a message as a mail program, a gateway or a forwarder left them. Leaves: its headers, its
//! parts, and the emails inside it. Never: vouches for anything that it reads, or reads deeper or more than its limits.

use super::decoding::{as_bytes, as_chars, decoded, header, in_charset, one_line, percent};

/// The deepest nesting of parts: each forwarding and each gateway wraps a message once or twice.
const DEPTH_MAX: usize = 24;

/// The most parts of one message, those of the emails inside it included: a despatch has a few dozen at most.
const PARTS_MAX: usize = 1_000;

/// The names and values of headers, unfolded, the names in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Headers(Vec<(String, String)>);

/// A part that holds no others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf {
    /// "text/plain", in lower case.
    pub kind: String,
    pub name: Option<String>,
    /// Whether it is to be saved rather than shown.
    pub is_attachment: bool,
    pub charset: String,
    /// Decoded; as they stand if they cannot be.
    pub bytes: Vec<u8>,
    pub is_readable: bool,
}

/// One email, without those that lie inside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Email {
    pub headers: Headers,
    pub leaves: Vec<Leaf>,
    /// The place, in the emails of the message, of the one that this one lies in.
    pub inside: Option<usize>,
}

/// Reads a message: the email itself, then those inside it. Empty if it does not begin as an email does, or goes beyond
/// the limits: what was not looked at could be anything.
pub(super) fn emails(bytes: &[u8]) -> Vec<Email> {
    let mut reader = Reader::default();
    reader.email(bytes, None, 0);
    if reader.is_beyond { Vec::new() } else { reader.found }
}

#[derive(Default)]
struct Reader {
    found: Vec<Email>,
    parts: usize,
    is_beyond: bool,
}

impl Reader {
    /// Reads one email and what lies inside it; returns whether it is one.
    fn email(&mut self, bytes: &[u8], inside: Option<usize>, depth: usize) -> bool {
        let (headers, body) = split(without_envelope(bytes));
        if !headers.are_an_email() {
            return false;
        }
        let at = self.found.len();
        self.found.push(Email { headers: headers.clone(), leaves: Vec::new(), inside });
        self.part(&headers, body, at, depth);
        true
    }

    /// Reads a part of the email at this place: others, an email, or a leaf.
    fn part(&mut self, headers: &Headers, body: &[u8], at: usize, depth: usize) {
        self.parts += 1;
        self.is_beyond |= depth > DEPTH_MAX || self.parts > PARTS_MAX;
        if self.is_beyond {
            return;
        }
        let content_type = headers.value("content-type").unwrap_or("text/plain");
        let kind = one_line(content_type.split(';').next().unwrap_or_default()).to_ascii_lowercase();
        let boundary = parameter(content_type, "boundary").filter(|_| kind.starts_with("multipart/"));
        if let Some(boundary) = boundary {
            for piece in pieces(body, &as_bytes(&boundary)) {
                let (mut headers, body) = split(piece);
                if kind == "multipart/digest" && headers.value("content-type").is_none() {
                    headers.0.push(("content-type".to_owned(), "message/rfc822".to_owned()));
                }
                self.part(&headers, body, at, depth + 1);
            }
            return;
        }
        let leaf = leaf(headers, body, content_type, kind);
        let is_email = matches!(leaf.kind.as_str(), "message/rfc822" | "message/global")
            || leaf.name.as_ref().is_some_and(|name| name.to_ascii_lowercase().ends_with(".eml"));
        if is_email && self.email(&leaf.bytes, Some(at), depth + 1) {
            return;
        }
        if let Some(email) = self.found.get_mut(at) {
            email.leaves.push(leaf);
        }
    }
}

fn leaf(headers: &Headers, body: &[u8], content_type: &str, kind: String) -> Leaf {
    let disposition = headers.value("content-disposition").unwrap_or_default();
    let named = parameter(disposition, "filename").or_else(|| parameter(content_type, "name"));
    let encoding = one_line(headers.value("content-transfer-encoding").unwrap_or_default());
    let content = decoded(body, &encoding);
    Leaf {
        kind,
        name: named.map(|name| one_line(&name)).filter(|name| !name.is_empty()),
        is_attachment: disposition.trim_start().to_ascii_lowercase().starts_with("attachment"),
        charset: parameter(content_type, "charset").unwrap_or_default(),
        is_readable: content.is_some(),
        bytes: content.unwrap_or_else(|| body.to_vec()),
    }
}

/// Mail programs put a line of their own before the first header of a message ("From …"), and empty ones.
fn without_envelope(mut bytes: &[u8]) -> &[u8] {
    bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    loop {
        let (line, rest) = first_line(bytes);
        let is_envelope = line.starts_with(b"From ") || line.starts_with(b">From ");
        if rest.is_empty() || !(is_envelope || line.trim_ascii().is_empty()) {
            return bytes;
        }
        bytes = rest;
    }
}

/// A line with its end, and what follows it.
fn first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
    bytes.split_at(end)
}

/// Splits a text into its unfolded headers and the body after the empty line (RFC 5322, section 2.2.3). A part may have
/// no header, or nothing after its headers (RFC 2046, section 5.1).
fn split(bytes: &[u8]) -> (Headers, &[u8]) {
    let mut lines: Vec<String> = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (line, after) = first_line(rest);
        rest = after;
        let text = as_chars(line);
        let text = text.trim_end_matches(['\r', '\n']);
        match lines.last_mut() {
            _ if text.is_empty() => break,
            Some(last) if text.starts_with([' ', '\t']) => {
                last.push(' ');
                last.push_str(text.trim_start());
            }
            _ => lines.push(text.to_owned()),
        }
    }
    let named = |line: &String| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    };
    (Headers(lines.iter().filter_map(named).collect()), rest)
}

/// The parts between the lines of a boundary (RFC 2046, section 5.1.1); the last one may lack the line that ends it.
fn pieces<'b>(body: &'b [u8], boundary: &[u8]) -> Vec<&'b [u8]> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (None, 0);
    while let Some(rest) = body.get(at..).filter(|rest| !rest.is_empty()) {
        let (line, _) = first_line(rest);
        let after = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary));
        let is_end = match after.map(<[u8]>::trim_ascii_end) {
            Some(b"") => Some(false),
            Some(b"--") => Some(true),
            _ => None,
        };
        if let Some(is_end) = is_end {
            // The end of the line before belongs to the boundary.
            pieces.extend(start.and_then(|start| body.get(start..at)).map(without_end));
            start = Some(at + line.len());
            if is_end {
                return pieces;
            }
        }
        at += line.len();
    }
    pieces.extend(start.and_then(|start| body.get(start..)));
    pieces
}

fn without_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

impl Headers {
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether a text begins with headers of an email.
    fn are_an_email(&self) -> bool {
        const ANY: [&str; 5] = ["content-type", "from", "message-id", "mime-version", "received"];
        ANY.iter().any(|name| self.value(name).is_some())
    }
}

impl Leaf {
    /// The words of a text, if they can be read.
    pub fn text(&self) -> Option<String> {
        self.is_readable.then(|| in_charset(&self.bytes, &self.charset)).flatten()
    }
}

/// Returns a parameter of a header: `boundary="…"` (RFC 2045, section 5.1), also one with a charset or in several
/// pieces (`name*0*=UTF-8''…`, RFC 2231), or in encoded words, which that forbids and mail programs write.
pub(super) fn parameter(value: &str, name: &str) -> Option<String> {
    let all = parameters(value);
    let mut pieces: Vec<(u32, bool, &str)> = Vec::new();
    for (key, value) in &all {
        let Some(after) = key.strip_prefix(name) else { continue };
        let (number, is_encoded) = match after.strip_suffix('*') {
            Some(number) => (number, true),
            None => (after, false),
        };
        match number.strip_prefix('*').map(str::parse) {
            Some(Ok(number)) => pieces.push((number, is_encoded, value)),
            None if number.is_empty() && is_encoded => pieces.push((0, true, value)),
            _ => {}
        }
    }
    if pieces.is_empty() {
        return all.iter().find(|(key, _)| key == name).map(|(_, value)| header(value));
    }
    pieces.sort_by_key(|(number, _, _)| *number);
    pieces.dedup_by_key(|(number, _, _)| *number);
    let first = pieces.first().filter(|(_, is_encoded, _)| *is_encoded);
    let charset = first.and_then(|(_, _, value)| value.split_once('\'')).map_or("", |(charset, _)| charset);
    let mut bytes = Vec::new();
    for (number, is_encoded, value) in &pieces {
        // A language stands between the charset and the text.
        let text = if *is_encoded && *number == 0 { value.splitn(3, '\'').last() } else { Some(*value) };
        let text = text.unwrap_or_default();
        bytes.extend(if *is_encoded { percent(text) } else { as_bytes(text) });
    }
    Some(in_charset(&bytes, charset).unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned()))
}

/// All parameters of a header's value, the names in lower case, the values without quotation marks; comments left out.
fn parameters(value: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let (mut key, mut text, mut has_key) = (String::new(), String::new(), false);
    let (mut is_quoted, mut comments) = (false, 0_usize);
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        let target = if has_key { &mut text } else { &mut key };
        match c {
            '\\' if is_quoted || comments > 0 => target.extend(chars.next().filter(|_| comments == 0)),
            '"' if comments == 0 => is_quoted = !is_quoted,
            _ if is_quoted => target.push(c),
            '(' => comments += 1,
            ')' => comments = comments.saturating_sub(1),
            _ if comments > 0 => {}
            ';' => {
                found.push((std::mem::take(&mut key), std::mem::take(&mut text)));
                has_key = false;
            }
            '=' if !has_key => has_key = true,
            _ if c.is_whitespace() && target.is_empty() => {}
            _ => target.push(c),
        }
    }
    found.push((key, text));
    let tidy = |(key, text): (String, String)| (key.trim().to_ascii_lowercase(), text.trim_end().to_owned());
    found.into_iter().map(tidy).filter(|(key, _)| !key.is_empty()).collect()
}
