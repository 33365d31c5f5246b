//! Enters: a line that a relay sent. Leaves: an answer, judged by its code alone. Never: takes words for a code, or
//! shows a control character of it.

use std::fmt::{self, Display};

/// The longest line of an answer, in bytes: RFC 5321, section 4.5.3.1.5 allows 512, and relays write more.
pub(super) const LINE_MAX: usize = 1024;
/// The most lines of an answer. EHLO's are some twenty.
pub(super) const LINES_MAX: usize = 200;

/// A whole answer (RFC 5321, section 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    code: u16,
    lines: Vec<String>,
}

impl Answer {
    /// Reads one line: whether it is the last of its answer, its code and its text.
    ///
    /// # Errors
    /// It does not begin with a code.
    pub(super) fn line(line: &[u8]) -> Result<(bool, (u16, String)), &'static str> {
        let Some((&[a @ b'2'..=b'5', b @ b'0'..=b'9', c @ b'0'..=b'9'], rest)) = line.split_first_chunk()
        else {
            return Err("it does not begin with a code");
        };
        let last = match rest.first() {
            None | Some(b' ') => true,
            Some(b'-') => false,
            Some(_) => return Err("its code does not end after three digits"),
        };
        let code = [a, b, c].iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
        let text = rest.get(1..).unwrap_or_default();
        Ok((last, (code, String::from_utf8_lossy(text).into_owned())))
    }

    /// Joins the lines of one answer.
    ///
    /// # Errors
    /// They do not all have one code.
    pub(super) fn of(lines: Vec<(u16, String)>) -> Result<Self, &'static str> {
        let code = lines.first().map_or(0, |(code, _)| *code);
        if lines.iter().any(|(other, _)| *other != code) {
            return Err("its lines have different codes");
        }
        Ok(Self { code, lines: lines.into_iter().map(|(_, text)| text).collect() })
    }

    pub(super) fn code(&self) -> u16 {
        self.code
    }

    /// The texts, without their codes.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    /// Whether it is the text of a refusal for good (5), for now (4), or else.
    pub(super) fn class(&self) -> u16 {
        self.code / 100
    }
}

impl Display for Answer {
    /// The code and the text on one line; an enhanced status code (RFC 3463) that each line repeats is said once.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        let mut said = None;
        for line in self.lines() {
            let first = line.split(' ').next().filter(|word| word.split('.').count() == 3);
            let text = match (said, first) {
                (Some(said), Some(word)) if said == word => line.get(word.len() + 1..).unwrap_or_default(),
                _ => line,
            };
            said = said.or(first);
            if !text.is_empty() {
                write!(f, " {text}")?;
            }
        }
        Ok(())
    }
}
