//! Enters: the bytes of a text file that somebody wrote. Leaves: the text in UTF-8, without the mark of its encoding.
//! Never: guesses an encoding: UTF-16 is read where its mark stands, as Windows writes it (PowerShell's `>`, Notepad).

use crate::private::Secret;
use zeroize::Zeroize;

/// What to do about a file whose encoding cannot be read.
pub const SAVE_AS_UTF8: &str = "save it again as plain text in UTF-8 (in Notepad: Save as, Encoding: UTF-8)";

/// Returns the bytes of a file in UTF-8; what has no mark of an encoding stays as it is.
///
/// # Errors
/// The mark says UTF-16 and the rest is not; the text says what is wrong.
pub fn utf8_of(bytes: &[u8]) -> Result<Secret, &'static str> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Ok(Secret::new(rest.to_vec())),
        [0xff, 0xfe, rest @ ..] => from_utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => from_utf16(rest, u16::from_be_bytes),
        _ => Ok(Secret::new(bytes.to_vec())),
    }
}

/// Returns the text that bytes in UTF-8 are.
///
/// # Errors
/// They are none; the text says what they seem to be. UTF-16 without its mark is zeros between letters.
pub fn text_in(utf8: &[u8]) -> Result<&str, &'static str> {
    if utf8.contains(&0) {
        return Err("it is UTF-16 without its mark, or no text at all");
    }
    str::from_utf8(utf8).map_err(|_| "it is not UTF-8")
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Secret, &'static str> {
    const BROKEN: &str = "its mark says UTF-16, and it is not";
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(BROKEN);
    }
    // The most that it can take: a buffer of this size never grows, so no copy of a secret is left behind.
    let mut text = Secret::new(Vec::with_capacity(pairs.len() * 3));
    for char in char::decode_utf16(pairs.iter().copied().map(unit)) {
        // UTF-32 has the same mark and zeros.
        let char = char.ok().filter(|char| *char != '\0').ok_or(BROKEN)?;
        let mut bytes = [0; 4];
        text.extend_from_slice(char.encode_utf8(&mut bytes).as_bytes());
        bytes.zeroize();
    }
    Ok(text)
}
