//! Enters: the text of a TOML file of the policy folder. Leaves: its values, or faults with file and line.
//! Never: reads the file itself.

use crate::fault::Fault;
use serde::de::DeserializeOwned;
use std::ops::Range;
use toml::Spanned;

/// Gathers everything that is wrong with one file.
pub(super) struct Checker<'a> {
    file: &'a str,
    text: &'a str,
    pub(super) faults: Vec<Fault>,
}

impl<'a> Checker<'a> {
    /// Reads `text` strictly; a fault of form ends the reading, for nothing after it can be trusted.
    pub(super) fn read<T: DeserializeOwned>(file: &'a str, text: &'a str) -> Result<(T, Self), Vec<Fault>> {
        let checker = Self { file, text, faults: Vec::new() };
        match toml::from_str(text) {
            Ok(value) => Ok((value, checker)),
            Err(error) => Err(vec![Fault::new(
                checker.at(error.span().unwrap_or(0..0)),
                "policy.toml",
                error.message().replace('\n', " "),
                "correct this line; the built-in file of the same folder shows every field",
            )]),
        }
    }

    /// Notes a fault at the line on which `span` starts.
    pub(super) fn fault(
        &mut self,
        span: Range<usize>,
        code: &'static str,
        cause: impl Into<String>,
        cure: impl Into<String>,
    ) {
        self.faults.push(Fault::new(self.at(span), code, cause, cure));
    }

    /// A text that must say something; surrounding white space is dropped.
    pub(super) fn sentence(&mut self, name: &str, text: &Spanned<String>) -> String {
        let words = text.get_ref().trim();
        if words.is_empty() {
            self.fault(
                text.span(),
                "policy.blank",
                format!("`{name}` is blank"),
                "write it out, for readers rely on it",
            );
        }
        words.to_owned()
    }

    /// The values, unless anything was wrong.
    pub(super) fn finish<T>(self, value: T) -> Result<T, Vec<Fault>> {
        if self.faults.is_empty() { Ok(value) } else { Err(self.faults) }
    }

    fn at(&self, span: Range<usize>) -> String {
        let line = self.text.bytes().take(span.start).filter(|b| *b == b'\n').count() + 1;
        format!("{}:{line}", self.file)
    }
}
