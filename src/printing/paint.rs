//! Enters: a style and a text; a whole line. Leaves: a mark in the text; the line with its marks as escape codes and
//! everything else that a terminal would obey written out. Never: takes what somebody wrote for one of its own marks.

use anstyle::Style;
use despatch_core::random::random_hex;
use despatch_core::shown::shown_lines;
use std::sync::OnceLock;

/// Stands at both ends of a mark. Not a letter of any language (Unicode, noncharacters).
const EDGE: char = '\u{fdd0}';
/// The length of the secret of a process in hex digits.
const SECRET: usize = 32;

/// Nobody can write a mark beforehand: each process has its own. Without randomness there is no colour.
fn secret() -> Option<&'static str> {
    static OWN: OnceLock<Option<String>> = OnceLock::new();
    OWN.get_or_init(|| random_hex(SECRET / 2).ok()).as_deref()
}

/// Marks a text with a style, until [`painted`] shows it.
pub(super) fn paint(style: Style, text: &str) -> String {
    let Some(secret) = secret() else {
        return text.to_owned();
    };
    // Without ESC, which is what everybody's text is searched for.
    let mark = |code: String| format!("{EDGE}{secret}{}{EDGE}", code.replace('\u{1b}', ""));
    format!("{}{text}{}", mark(style.render().to_string()), mark(style.render_reset().to_string()))
}

/// Splits a text at its marks: pieces of text, and the codes between them.
fn pieces(text: &str) -> Vec<Result<&str, &str>> {
    let mut found = Vec::new();
    let mut rest = text;
    let begin = secret().map(|secret| format!("{EDGE}{secret}"));
    while let Some((before, after)) = begin.as_ref().and_then(|begin| rest.split_once(begin.as_str())) {
        let Some((code, after)) = after.split_once(EDGE) else { break };
        found.push(Ok(before));
        found.push(Err(code));
        rest = after;
    }
    found.push(Ok(rest));
    found
}

/// The text as a terminal may have it.
pub(super) fn painted(text: &str) -> String {
    let piece = |piece: &Result<&str, &str>| match piece {
        Ok(text) => shown_lines(text).into_owned(),
        Err(code) => code.split_inclusive('m').map(|one| format!("\u{1b}{one}")).collect(),
    };
    pieces(text).iter().map(piece).collect()
}

/// The text without its styles.
pub(super) fn unpainted(text: &str) -> String {
    pieces(text).into_iter().filter_map(Result::ok).map(shown_lines).collect()
}
