//! Enters: the bytes of a PDF that anybody may have made. Leaves: how many pages it has, if that is beyond doubt.
//! Never: runs outside a worker, decodes a picture or a font, or guesses.

use hayro_syntax::Pdf;
use hayro_syntax::object::Dict;

/// The pages of `pdf`. `None` where it cannot be read without a password, or where its tree of pages and what it
/// says of itself differ: two readers might then show different pages.
pub(super) fn count(pdf: Vec<u8>) -> Option<usize> {
    of(&Pdf::new(pdf).ok()?)
}

/// The same of a PDF that is open.
pub(super) fn of(pdf: &Pdf) -> Option<usize> {
    let found = pdf.pages().len();
    let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
    let said = root.get::<Dict<'_>>(b"Pages".as_slice())?.get::<i32>(b"Count".as_slice())?;
    (found > 0 && usize::try_from(said) == Ok(found)).then_some(found)
}
