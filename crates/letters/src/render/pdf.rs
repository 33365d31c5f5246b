//! Enters: the bytes of an untrusted PDF. Leaves: its inspection: pages, active content, text.
//! Never: runs outside a worker, decodes a picture, or guesses the number of pages.

use super::{pdf_behind, pdf_text, pdf_unseen};
use despatch_documents::encrypted::says_encrypted;
use despatch_documents::inspect::{Active, Behind, Inspection};
use hayro_syntax::object::{Array, Dict, Name, Object};
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use memchr::memmem;
use std::collections::BTreeSet;

/// The header of a PDF is within this many bytes (ISO 32000-1, annex H.3, note 13).
const HEADER_WITHIN_BYTES: usize = 1024;
/// The last line of a PDF (ISO 32000-1, 7.5.5).
const END: &[u8] = b"%%EOF";
/// The UTF-8 byte order mark, which some programs write before the header.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// The most objects of one file that are inspected. A record of a thousand scanned pages has some ten thousand.
const OBJECTS_MAX: usize = 500_000;
/// The deepest nesting inside one object; no legitimate file is deeper.
const DEPTH_MAX: usize = 64;

/// Inspects `bytes`; `font` stands in for fonts that the file names but does not embed.
pub(super) fn inspect(bytes: Vec<u8>, font: &pdf_text::StandIn) -> Inspection {
    let begins = bytes.get(..HEADER_WITHIN_BYTES).unwrap_or(&bytes);
    let header = memmem::find(begins, b"%PDF-").is_some();
    let mut found = Inspection {
        encrypted: says_encrypted(&bytes),
        is_two_files: is_two_files(&bytes),
        is_cut_off: memmem::find(&bytes, END).is_none(),
        ..Inspection::default()
    };
    let kept = bytes.clone();
    let pdf = match Pdf::new(bytes) {
        Ok(pdf) => pdf,
        Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected)) => {
            return Inspection { encrypted: true, ..found };
        }
        Err(_) => return found,
    };
    found.sound = header;
    found.pages = count(&pdf);
    let mut objects = 0;
    for object in pdf.objects() {
        objects += 1;
        if objects > OBJECTS_MAX {
            found.cut_short = true;
            break;
        }
        look(&object, DEPTH_MAX, &mut found);
    }
    pdf_unseen::properties(pdf.metadata(), &mut found.unseen);
    let (texts, cut_short) = pdf_text::texts(&pdf, font);
    found.texts = texts;
    found.cut_short |= cut_short;
    pdf_behind::look(&kept, &pdf, font, &mut found);
    found
}

/// Counts the pages. `None` if the page tree and its stated count differ, because two readers might then show different
/// pages.
pub(super) fn count(pdf: &Pdf) -> Option<usize> {
    let found = pdf.pages().len();
    let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
    let said = root.get::<Dict<'_>>(b"Pages".as_slice())?.get::<i32>(b"Count".as_slice())?;
    (found > 0 && usize::try_from(said) == Ok(found)).then_some(found)
}

/// Whether there is other content before the header or after the end marker.
fn is_two_files(bytes: &[u8]) -> bool {
    let starts =
        bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii_start().starts_with(b"%PDF-");
    let end = memmem::rfind(bytes, END);
    let behind = end.and_then(|at| bytes.get(at + END.len()..)).unwrap_or_default();
    !starts || behind.iter().any(|byte| !byte.is_ascii_whitespace() && *byte != 0)
}

/// Records the active content and unseen text of an object and those inside it.
fn look(object: &Object<'_>, depth: usize, found: &mut Inspection) {
    let Some(deeper) = depth.checked_sub(1) else {
        found.cut_short = true;
        return;
    };
    match object {
        Object::Dict(dict) => look_in(dict, deeper, found),
        Object::Stream(stream) => {
            pdf_unseen::metadata(stream, &mut found.unseen);
            if lies_elsewhere(stream.dict()) {
                found.active.insert(Active::Elsewhere);
            }
            look_in(stream.dict(), deeper, found);
        }
        Object::Array(array) => look_through(array, deeper, found),
        // The words of a list of names, of choices, of destinations.
        Object::String(text) => pdf_unseen::string(text.as_bytes(), &mut found.unseen),
        _ => {}
    }
}

fn look_through(array: &Array<'_>, depth: usize, found: &mut Inspection) {
    for item in array.raw_iter() {
        // A referenced object is visited by itself.
        if let hayro_syntax::object::MaybeRef::NotRef(item) = item {
            look(&item, depth, found);
        }
    }
}

fn look_in(dict: &Dict<'_>, depth: usize, found: &mut Inspection) {
    named(dict, &mut found.active);
    if dict.get::<Name<'_>>(b"Subtype".as_slice()).is_some_and(|name| &*name == b"Redact") {
        found.behind.insert(Behind::Redaction);
    }
    // Other pictures in the place of one, when it is printed (ISO 32000-1, 8.9.5.4).
    if dict.get::<Array<'_>>(b"Alternates".as_slice()).is_some() {
        found.behind.insert(Behind::Layer);
    }
    for (key, value) in dict.entries() {
        found.active.extend(acting(dict, &key));
        if let hayro_syntax::object::MaybeRef::NotRef(value) = value {
            look(&value, depth, found);
        }
    }
}

/// Returns the active content of a dictionary entry. Its value is checked too: in a list of fonts or glyphs a key may
/// have any name.
fn acting(dict: &Dict<'_>, key: &[u8]) -> Option<Active> {
    let inner = || dict.get::<Dict<'_>>(key);
    let has = |names: &[&str]| inner().is_some_and(|inner| names.iter().any(|name| inner.contains_key(name)));
    let is_tree = || has(&["Names", "Kids"]);
    let (found, active) = match key {
        b"JS" => {
            let is_script =
                matches!(dict.get::<Object<'_>>(key), Some(Object::String(_) | Object::Stream(_)));
            (is_script, Active::Script)
        }
        b"JavaScript" => (is_tree(), Active::Script),
        b"AA" => (inner().is_some_and(|inner| triggers(&inner)), Active::AdditionalActions),
        b"OpenAction" => (acts(dict), Active::OpenAction),
        b"EmbeddedFiles" => (is_tree(), Active::EmbeddedFile),
        b"EF" => (has(&["F", "UF", "DOS", "Mac", "Unix"]), Active::EmbeddedFile),
        b"Collection" => (inner().is_some(), Active::EmbeddedFile),
        b"RichMediaContent" | b"RichMediaSettings" => (inner().is_some(), Active::RichMedia),
        b"XFA" => (true, Active::Xfa),
        // A page of another file in the place of a drawing, a picture that a printer's server exchanges, and a file that
        // is fetched (ISO 32000-1, 8.10.4, 14.11.7, 7.11.5).
        b"Ref" => (has(&["F"]), Active::Elsewhere),
        b"OPI" => (inner().is_some(), Active::Elsewhere),
        b"FS" => (dict.get::<Name<'_>>(key).is_some_and(|name| &*name == b"URL"), Active::Elsewhere),
        _ => return None,
    };
    found.then_some(active)
}

/// Whether one of the entries is an action: a dictionary with its type of action.
fn triggers(additional: &Dict<'_>) -> bool {
    let mut keys = additional.keys();
    keys.any(|key| additional.get::<Dict<'_>>(&*key).is_some_and(|action| action.contains_key("S")))
}

/// Records the active content that a dictionary declares by its type of action, annotation or file.
fn named(dict: &Dict<'_>, active: &mut BTreeSet<Active>) {
    let name = |key: &[u8]| dict.get::<Name<'_>>(key).map(|name| name.to_vec()).unwrap_or_default();
    active.extend(match name(b"S").as_slice() {
        b"JavaScript" => Some(Active::Script),
        b"Launch" => Some(Active::Launch),
        b"SubmitForm" | b"ImportData" => Some(Active::SubmitForm),
        b"GoToE" => Some(Active::EmbeddedFile),
        b"Rendition" | b"Movie" | b"Sound" | b"RichMediaExecute" => Some(Active::RichMedia),
        _ => None,
    });
    active.extend(match name(b"Subtype").as_slice() {
        b"FileAttachment" => Some(Active::EmbeddedFile),
        b"RichMedia" | b"Movie" | b"Sound" | b"Screen" | b"3D" => Some(Active::RichMedia),
        b"PS" => Some(Active::PostScript),
        _ => None,
    });
    if name(b"Subtype2").as_slice() == b"PS" {
        active.insert(Active::PostScript);
    }
    if name(b"Type").as_slice() == b"EmbeddedFile" {
        active.insert(Active::EmbeddedFile);
    }
}

/// Whether opening the file triggers an action. Going to a certain page does not count: word processors write that.
fn acts(catalogue: &Dict<'_>) -> bool {
    match catalogue.get::<Object<'_>>(b"OpenAction".as_slice()) {
        Some(Object::Dict(action)) => {
            let shows = action.get::<Name<'_>>(b"S".as_slice()).is_some_and(|name| &*name == b"GoTo");
            !shows || action.contains_key(b"Next")
        }
        Some(Object::Array(_) | Object::Null(_) | Object::Name(_) | Object::String(_)) | None => false,
        Some(_) => true,
    }
}

/// Whether the data of a stream lies in another file (ISO 32000-1, 7.3.8.2): the dictionary has a file specification.
fn lies_elsewhere(stream: &Dict<'_>) -> bool {
    let is_file =
        matches!(stream.get::<Object<'_>>(b"F".as_slice()), Some(Object::String(_) | Object::Dict(_)));
    is_file || stream.contains_key("FFilter")
}
