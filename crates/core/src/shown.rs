//! Enters: text from anywhere: names of files, cases, relays' answers. Leaves: the same text, fit for a terminal.
//! Never: passes on a character that a terminal obeys or does not show, or drops one without a sign of it.

use std::borrow::Cow;
use std::path::Path;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Returns whether a terminal would obey this character, or show nothing for it: controls of both sets, and what
/// turns or hides text (zero-width, bidirectional).
fn is_unseen(c: char) -> bool {
    use GeneralCategory as G;
    !c.is_ascii_graphic()
        && matches!(
            c.general_category(),
            G::Control | G::Format | G::Surrogate | G::LineSeparator | G::ParagraphSeparator
        )
}

/// Returns whether `text` holds such a character, line feeds apart.
pub fn has_controls(text: &str) -> bool {
    text.chars().any(|c| c != '\n' && is_unseen(c))
}

/// Writes each such character as its number, `\u{1b}`; the line feeds of a text of several lines stay.
pub fn shown_lines(text: &str) -> Cow<'_, str> {
    if has_controls(text) { escaped(text, |c| c != '\n' && is_unseen(c)) } else { Cow::Borrowed(text) }
}

/// Writes each such character as its number, line feeds too: for a name, which stands on one line.
pub fn shown(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unseen) { escaped(text, is_unseen) } else { Cow::Borrowed(text) }
}

/// A path on one line.
pub fn shown_path(path: &Path) -> String {
    shown(&path.to_string_lossy()).into_owned()
}

/// Writes each such character of a JSON text as JSON escapes it, so that the value stays the same.
pub fn shown_json(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unseen(c) {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

fn escaped(text: &str, is: impl Fn(char) -> bool) -> Cow<'_, str> {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    Cow::Owned(out)
}
