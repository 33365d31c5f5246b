//! Enters: the bytes of a message that [`super::compose`] made. Leaves: its sealed parts and its list.
//! Never: reads any other message: one that differs from that shape by a byte is refused, not guessed at.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use despatch_core::fault::Fault;
use despatch_seal::list;
use despatch_seal::list::SIGNATURE_NAME;
use despatch_seal::manifest::{SUMS_NAME, sums};
use despatch_seal::signing::{Namespace, made_by};

/// Returns the sealed parts, then the list `SHA256SUMS` and its signature, each under its name.
///
/// # Errors
/// The shape differs, a part was altered, or a part is missing or not on the list.
pub fn parts(message: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    let found = shape(message).ok_or_else(|| altered("its shape is not the one that was composed"))?;
    let (sealed, list, signature) = match found.as_slice() {
        [sealed @ .., (list_name, list), (name, signature)]
            if !sealed.is_empty() && list_name == SUMS_NAME && name == SIGNATURE_NAME =>
        {
            (sealed, list, signature)
        }
        _ => return Err(altered("its list of hashes is missing")),
    };
    let expected = sums(sealed.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())));
    if hashes(list).is_none_or(|listed| listed != expected) {
        return Err(altered("its parts are not those of its list of hashes"));
    }
    if !fits(list, signature) {
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
fn hashes(list: &[u8]) -> Option<String> {
    let listed = list::read(std::str::from_utf8(list).ok()?)?.parts;
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
    let mut digits = String::with_capacity(text.len());
    while let Some(line) = lines.next() {
        (line.len() == 76 || (lines.peek().is_none() && line.len() < 76)).then_some(())?;
        digits.push_str(line);
    }
    STANDARD.decode(digits).ok()
}
