//! Enters: the bytes of a message that [`super::compose`] made. Leaves: its sealed parts and its list.
//! Never: reads any other message: one that differs from that shape by a byte is refused, not guessed at.

use despatch_core::fault::Fault;
use despatch_seal::list;
use despatch_seal::list::SIGNATURE_NAME;
use despatch_seal::manifest::{SUMS_NAME, sums};
use despatch_seal::signing::{Namespace, made_by};

/// Returns the sealed parts, then the list `SHA256SUMS` and its signature, each under its name. Messages composed
/// before lists were signed have only a list of hashes.
///
/// # Errors
/// The shape differs, a part was altered, or a part is missing or not on the list.
pub fn parts(message: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    let found = shape(message).ok_or_else(|| altered("its shape is not the one that was composed"))?;
    let (signed, before) = match found.split_last() {
        Some(((name, _), before)) if name == SIGNATURE_NAME => (true, before),
        _ => (false, found.as_slice()),
    };
    let (sealed, list) = match before.split_last() {
        Some(((name, list), sealed)) if name == SUMS_NAME && !sealed.is_empty() => (sealed, list),
        _ => return Err(altered("its list of hashes is missing")),
    };
    let expected = sums(sealed.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())));
    if hashes(list, signed).is_none_or(|listed| listed != expected) {
        return Err(altered("its parts are not those of its list of hashes"));
    }
    if signed && !found.last().is_some_and(|(_, signature)| fits(list, signature)) {
        return Err(altered("its signature is not over its list of hashes"));
    }
    Ok(found)
}

/// Returns whether the key that the list names made the signature; the recipient checks whose key that is.
fn fits(list: &[u8], signature: &[u8]) -> bool {
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
    let named = text(list).and_then(|list| list::read(&list)).map(|list| list.signed_by);
    let made_by = text(signature).and_then(|signature| made_by(Namespace::List, list, &signature));
    named.is_some() && named == made_by.map(|key| key.fingerprint())
}

/// Returns the lines of a list that name parts.
fn hashes(list: &[u8], signed: bool) -> Option<String> {
    let text = std::str::from_utf8(list).ok()?;
    if !signed {
        return Some(text.to_owned());
    }
    let listed = list::read(text)?.parts;
    Some(listed.iter().map(|(hash, name)| format!("{hash}  {name}\n")).collect())
}

fn altered(why: &str) -> Fault {
    Fault::new(
        "message",
        "message.altered",
        format!("the message was altered: {why}"),
        "restore the outbox from its backup, or make the despatch again",
    )
}

fn shape(message: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let text = std::str::from_utf8(message).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let unfolded = head.replace("\r\n ", " ");
    let mut types = unfolded.split("\r\n").filter_map(|line| line.strip_prefix("Content-Type: "));
    let boundary = types.next()?.strip_prefix("multipart/mixed; boundary=\"")?.strip_suffix('"')?;
    if types.next().is_some() {
        return None;
    }
    let body = body.strip_prefix(&format!("--{boundary}\r\n"))?;
    let body = body.strip_suffix(&format!("\r\n--{boundary}--\r\n"))?;
    let delimiter = format!("\r\n--{boundary}\r\n");
    let mut pieces = body.split(delimiter.as_str());
    pieces.next().filter(|words| words.starts_with("Content-Type: multipart/alternative;"))?;
    pieces.map(file).collect()
}

fn file(piece: &str) -> Option<(String, Vec<u8>)> {
    const KIND: &str = "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64";
    let (head, content) = piece.split_once("\r\n\r\n")?;
    let (name, kind) =
        head.strip_prefix("Content-Disposition: attachment; filename=\"")?.split_once("\"\r\n")?;
    (kind == KIND).then_some(())?;
    Some((name.to_owned(), base64(content)?))
}

/// Decodes base64 as [`super::compose`] writes it (RFC 2045, section 6.8): lines of 76, padding only at the end, the
/// unused bits zero, so that the encoding of given bytes is unique.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut lines = text.split("\r\n").peekable();
    let mut digits = Vec::with_capacity(text.len());
    while let Some(line) = lines.next() {
        (line.len() == 76 || (lines.peek().is_none() && line.len() < 76)).then_some(())?;
        digits.extend_from_slice(line.as_bytes());
    }
    (digits.len() % 4 == 0).then_some(())?;
    let whole = digits.strip_suffix(b"==").or_else(|| digits.strip_suffix(b"=")).unwrap_or(&digits);
    let mut bytes = Vec::with_capacity(whole.len() * 3 / 4);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for &digit in whole {
        bits = (bits << 6 | value(digit)?) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    (bits & ((1 << held) - 1) == 0).then_some(bytes)
}

fn value(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}
