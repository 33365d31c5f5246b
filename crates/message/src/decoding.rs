//! Enters: the body of a part or the value of a header, as bytes in whatever encoding a gateway chose. Leaves: its text.
//! Never: vouches for anything that it reads.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Each byte as the character of the same number, so that a message of any encoding can be cut up as text.
pub(super) fn as_chars(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// The bytes behind what [`as_chars`] made.
pub(super) fn as_bytes(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect()
}

/// Decodes a body (RFC 2045, section 6); `None` for an unknown encoding, and for what is not written in its own.
pub(super) fn decoded(body: &[u8], encoding: &str) -> Option<Vec<u8>> {
    match encoding.to_ascii_lowercase().as_str() {
        "base64" => base64(&as_chars(body)),
        "quoted-printable" => quoted_printable(&as_chars(body).replace("\r\n", "\n")),
        "" | "7bit" | "8bit" | "binary" => Some(body.to_vec()),
        _ => None,
    }
}

/// Decodes quoted-printable (RFC 2045, section 6.7): `=` at a line's end joins it to the next, any other precedes two
/// digits; white space at a line's end was added in transit.
fn quoted_printable(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        let line = line.trim_end_matches([' ', '\t']);
        let (line, is_joined) = line.strip_suffix('=').map_or((line, false), |line| (line, true));
        let mut pieces = line.split('=');
        bytes.extend(as_bytes(pieces.next()?));
        for piece in pieces {
            bytes.push(hex(piece)?);
            bytes.extend(as_bytes(piece.get(2..)?));
        }
        if !is_joined && lines.peek().is_some() {
            bytes.push(b'\n');
        }
    }
    Some(bytes)
}

/// The byte that the first two hex digits of a text name.
fn hex(text: &str) -> Option<u8> {
    let digits = text.get(..2).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

/// Decodes base64 with any line length; what is no digit does not count (RFC 2045, section 6.8).
fn base64(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let digits: Vec<u8> = text.bytes().filter(is_digit).collect();
    GeneralPurpose::new(&STANDARD, config).decode(digits).ok()
}

/// Decodes a parameter's value in percent signs (RFC 2231, section 4); a sign without two digits stays as it is.
pub(super) fn percent(value: &str) -> Vec<u8> {
    let mut pieces = value.split('%');
    let mut bytes = as_bytes(pieces.next().unwrap_or_default());
    for piece in pieces {
        match hex(piece) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend(as_bytes(piece.get(2..).unwrap_or_default()));
            }
            None => bytes.extend(as_bytes(&format!("%{piece}"))),
        }
    }
    bytes
}

/// The text of bytes in a charset that mail programs use; `None` for another.
pub(super) fn in_charset(bytes: &[u8], charset: &str) -> Option<String> {
    match charset.to_ascii_lowercase().as_str() {
        "" | "utf-8" | "utf8" | "us-ascii" | "ascii" => Some(String::from_utf8_lossy(bytes).into_owned()),
        "iso-8859-1" | "latin1" | "windows-1252" | "cp1252" => {
            Some(bytes.iter().map(|byte| windows_1252(*byte)).collect())
        }
        _ => None,
    }
}

/// Windows-1252 is what mail programs mean by ISO 8859-1: 0x80 to 0x9f are dashes and quotation marks.
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let high = usize::from(byte).checked_sub(0x80).and_then(|at| HIGH.get(at));
    high.copied().unwrap_or(char::from(byte))
}

/// Decodes the encoded words of a header's value (RFC 2047); white space between two of them does not count. What cannot
/// be decoded stays as it is.
pub(super) fn header(value: &str) -> String {
    // Without encoded words, a value may be UTF-8 (RFC 6532).
    let mut rest = String::from_utf8_lossy(&as_bytes(value)).into_owned();
    let (mut out, mut after_word) = (String::new(), false);
    while let Some((before, word, after)) = encoded_word(&rest) {
        if !(after_word && before.chars().all(char::is_whitespace)) {
            out.push_str(before);
        }
        out.push_str(&word);
        after_word = true;
        rest = after.to_owned();
    }
    out + &rest
}

/// The first encoded word of a text, decoded, with what stands before and after it.
fn encoded_word(text: &str) -> Option<(&str, String, &str)> {
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.find("=?")?;
        let inner = text.get(start + 2..)?;
        let found = inner.split_once('?').and_then(|(charset, rest)| {
            let (method, rest) = rest.split_once('?')?;
            let (content, after) = rest.split_once("?=")?;
            let bytes = match method {
                "B" | "b" => base64(content)?,
                "Q" | "q" => q_decoded(content)?,
                _ => return None,
            };
            // A language may follow the charset (RFC 2231).
            Some((in_charset(&bytes, charset.split('*').next()?)?, after))
        });
        if let Some((word, after)) = found {
            return Some((text.get(..start)?, word, after));
        }
        from = start + 2;
    }
}

/// The "Q" encoding of RFC 2047: `_` is a space.
fn q_decoded(content: &str) -> Option<Vec<u8>> {
    quoted_printable(&content.replace('_', "=20").replace('\n', ""))
}

/// One space for any white space, none at the ends: what mail systems change by themselves.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
