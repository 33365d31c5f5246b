//! Enters: the objects of a PDF. Leaves: text in it that no page shows, for the guards that look for other people.
//! Never: runs outside a worker, or reads more than a fixed number of characters.

use hayro_syntax::metadata::Metadata;
use hayro_syntax::object::{Name, Stream};

/// The most characters of such text that are read of one file.
const CHARACTERS_MAX: usize = 200_000;
/// The most bytes of one XMP stream that are read.
const METADATA_MAX: usize = 1_000_000;
/// A longer string is data: a signature, a table.
const STRING_MAX: usize = 8_192;

/// Appends the document's properties.
pub(super) fn properties(metadata: &Metadata, unseen: &mut String) {
    let all = [&metadata.title, &metadata.author, &metadata.subject, &metadata.keywords, &metadata.creator];
    all.into_iter().flatten().for_each(|bytes| push(&decoded(bytes), unseen));
}

/// Appends a string of the file, whatever its key: a note, a field's value, alternative text, an outline, a name of a
/// destination, a choice. One that is no text is passed over.
pub(super) fn string(bytes: &[u8], unseen: &mut String) {
    let text = if bytes.len() > STRING_MAX { String::new() } else { decoded(bytes) };
    let signs = text.chars().filter(|c| c.is_control() && !c.is_whitespace()).count();
    if signs * 10 <= text.chars().count() {
        push(&text, unseen);
    }
}

/// Appends the text of an XMP stream, including the text in its tags.
pub(super) fn metadata(stream: &Stream<'_>, unseen: &mut String) {
    let Some(bytes) = is_metadata(stream).then(|| stream.decoded().ok()).flatten() else { return };
    let bytes = bytes.get(..METADATA_MAX).unwrap_or(&bytes);
    let xml = String::from_utf8_lossy(bytes);
    for piece in xml.split('<') {
        // Text is between tags, and in the attributes of tags.
        piece.split('>').rev().for_each(|text| push(text, unseen));
    }
}

/// Whether a stream says that it is XMP.
pub(super) fn is_metadata(stream: &Stream<'_>) -> bool {
    stream.dict().get::<Name<'_>>(b"Type".as_slice()).is_some_and(|name| &*name == b"Metadata")
}

/// Decodes a PDF string: UTF-16 or UTF-8 by its byte order mark, else one byte a character (ISO 32000-2, 7.9.2.2).
pub(super) fn decoded(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        let units = rest.chunks_exact(2).filter_map(|pair| Some(u16::from_be_bytes(pair.try_into().ok()?)));
        return char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    }
    match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => String::from_utf8_lossy(rest).into_owned(),
        None => bytes.iter().copied().map(char::from).collect(),
    }
}

fn push(text: &str, unseen: &mut String) {
    if !text.trim().is_empty() {
        unseen.extend(text.chars().take(CHARACTERS_MAX.saturating_sub(unseen.len())));
        unseen.push('\n');
    }
}
