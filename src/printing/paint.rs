//! Enters: a style and a text; a whole line. Leaves: a mark in the text; the line with its marks as escape codes and
//! everything else that a terminal would obey written out. Never: takes what somebody wrote for one of its own marks.

use anstyle::Style;
use despatch_core::random::random_hex;
use despatch_core::shown::shown_lines;
use serde::{Deserialize, Serialize};
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

/// A piece of a text, or the codes of the style that the next piece has, without ESC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    Text(String),
    Style(String),
}

impl Piece {
    /// The piece as a terminal may have it; a style that is none is left out.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => shown_lines(text).into_owned(),
            Self::Style(code) => {
                let is_style = |one: &&str| {
                    let inner = one.strip_prefix('[').and_then(|one| one.strip_suffix('m'));
                    inner.is_some_and(|inner| inner.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'))
                };
                code.split_inclusive('m').filter(is_style).map(|one| format!("\u{1b}{one}")).collect()
            }
        }
    }
}

/// Splits a text at its marks.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = text;
    let begin = secret().map(|secret| format!("{EDGE}{secret}"));
    while let Some((before, after)) = begin.as_ref().and_then(|begin| rest.split_once(begin.as_str())) {
        let Some((code, after)) = after.split_once(EDGE) else { break };
        found.push(Piece::Text(before.to_owned()));
        found.push(Piece::Style(code.to_owned()));
        rest = after;
    }
    found.push(Piece::Text(rest.to_owned()));
    found
}

/// The text as a terminal may have it.
pub fn painted(text: &str) -> String {
    pieces(text).iter().map(Piece::shown).collect()
}

/// The text without its styles.
pub(super) fn unpainted(text: &str) -> String {
    let text = pieces(text).into_iter().filter(|piece| matches!(piece, Piece::Text(_)));
    text.map(|piece| piece.shown()).collect()
}
