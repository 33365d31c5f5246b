//! Enters: a page of an opened PDF. Leaves: the values of the form fields on it that the file does not draw itself and
//! every reader draws. Never: runs outside a worker, or takes a value that no reader shows.

use super::pdf_unseen::decoded;
use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, Name, Object};
use hayro_syntax::page::Page;

/// The deepest tree of fields; no legitimate form is deeper.
const DEPTH_MAX: usize = 16;
/// The most fields of one page that are read: a form has some hundred.
const FIELDS_MAX: usize = 5_000;
/// A note that is hidden, or that no screen shows (ISO 32000-1, 12.5.3, table 165: bits 2 and 6).
const NOT_SHOWN: i32 = 1 << 1 | 1 << 5;

/// Returns whether readers draw all fields anew from their values (ISO 32000-1, 12.7.2).
pub(super) fn are_drawn_anew(pdf: &Pdf) -> bool {
    let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let form = root.and_then(|root| root.get::<Dict<'_>>(b"AcroForm".as_slice()));
    form.and_then(|form| form.get::<bool>(b"NeedAppearances".as_slice())).unwrap_or(false)
}

/// Returns the values of the fields of a page that have no drawing of their own, or of all where they are drawn `anew`,
/// each on a line: forms that macOS or a web page filled in have them alone.
pub(super) fn values(page: &Page<'_>, anew: bool) -> String {
    let notes = page.raw().get::<Array<'_>>(b"Annots".as_slice());
    let mut text = String::new();
    for note in notes.iter().flat_map(|notes| notes.iter::<Dict<'_>>()).take(FIELDS_MAX) {
        let is_field = note.get::<Name<'_>>(b"Subtype".as_slice()).is_some_and(|name| &*name == b"Widget");
        let flags = note.get::<i32>(b"F".as_slice()).unwrap_or(0);
        if is_field && flags & NOT_SHOWN == 0 && (anew || !is_drawn(&note)) {
            value(note, DEPTH_MAX).iter().for_each(|line| {
                text.push_str(line.trim());
                text.push('\n');
            });
        }
    }
    text
}

fn is_drawn(note: &Dict<'_>) -> bool {
    note.get::<Dict<'_>>(b"AP".as_slice()).is_some_and(|drawn| drawn.contains_key("N"))
}

/// The value of a field, or of the one that it is a part of: a text, or the choices.
fn value(field: Dict<'_>, depth: usize) -> Vec<String> {
    match field.get::<Object<'_>>(b"V".as_slice()) {
        Some(Object::String(text)) => vec![decoded(text.as_bytes())],
        Some(Object::Array(choices)) => {
            choices.iter::<hayro_syntax::object::String<'_>>().map(|one| decoded(one.as_bytes())).collect()
        }
        Some(_) => Vec::new(),
        None => {
            let above = field.get::<Dict<'_>>(b"Parent".as_slice());
            above.zip(depth.checked_sub(1)).map_or_else(Vec::new, |(above, depth)| value(above, depth))
        }
    }
}
