//! Enters: nothing by itself. Leaves: who answers the questions, what they are asked from, and what comes of it.
//! Never: asks anything.

use super::loaded::{Loaded, Source};
use despatch_app::operations::new_case::desk::{Desk, OnFile};
use despatch_core::fault::Fault;
use despatch_core::words::CaseId;
use std::collections::BTreeMap;

/// The source of answers: a person at a terminal, or a pipe.
pub trait Person {
    /// Reads the next line, for the question at this pointer.
    ///
    /// # Errors
    /// There are no more lines.
    fn line(&mut self, at: &str, prompt: &str) -> Result<String, Fault>;
    /// Shows a text that needs no answer.
    fn tell(&mut self, text: &str);

    /// Reads the lines of an answer, up to a line with a single dot.
    ///
    /// # Errors
    /// There are no more lines.
    fn prose(&mut self, at: &str, prompt: &str) -> Result<String, Fault> {
        let mut lines: Vec<String> = Vec::new();
        loop {
            let line = self.line(at, if lines.is_empty() { prompt } else { "" })?;
            if line.trim_end() == PROSE_END {
                return Ok(lines.join("\n").trim_end().to_owned());
            }
            // A blank first line leaves the answer out.
            if lines.is_empty() && line.trim().is_empty() {
                return Ok(String::new());
            }
            lines.push(line.trim_end().to_owned());
        }
    }
}

/// The line that ends an answer of several lines.
const PROSE_END: &str = ".";
/// The question whether to write a case of which the plan is shown, and one in which something is wrong.
pub(super) const WRITE: &str = "write";
pub(super) const WRITE_FAULTY: &str = "write-faulty";

/// Looks up what is on record of a case.
pub type Record<'a> = &'a mut dyn FnMut(&CaseId) -> OnFile;

/// Shows what would be made of a case, and returns what is wrong with it: pointer and words.
pub type Foresee<'a> = &'a mut dyn FnMut(&Finished) -> Vec<(String, String)>;

/// What the questions are asked from.
pub struct Sources<'a> {
    pub desk: &'a Desk,
    pub record: Record<'a>,
    /// Whether a case file of this name may be written.
    pub is_free: &'a dyn Fn(&str) -> bool,
    pub foresee: Foresee<'a>,
    /// The case file that this one begins from.
    pub loaded: Loaded,
}

/// The result of an interview.
#[derive(Debug, Clone)]
pub struct Finished {
    pub bytes: Vec<u8>,
    /// The name of the case file, without its extension.
    pub name: String,
    /// Where each attachment is, by its name in the case file.
    pub sources: BTreeMap<String, Source>,
}
