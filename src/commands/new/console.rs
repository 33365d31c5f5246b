//! Enters: lines of a terminal. Leaves: answers. Never: keeps a line, or puts a question on stdout.

use super::person::Person;
use despatch_core::fault::Fault;
use despatch_core::shown::shown_lines;
use despatch_process::case::MAX_BYTES;
use std::io::{BufRead, Read, Write};

/// Answers from standard input, questions on standard error.
pub(super) struct Console<R>(pub R);

impl<R: BufRead> Person for Console<R> {
    fn line(&mut self, _at: &str, prompt: &str) -> Result<String, Fault> {
        loop {
            if !prompt.is_empty() {
                self.tell(&format!("\n{prompt}"));
            }
            // A closed stderr is no reason to stop.
            let _ = write!(anstream::stderr(), "> ");
            let mut bytes = Vec::new();
            let most = MAX_BYTES as u64;
            let read = Read::by_ref(&mut self.0).take(most).read_until(b'\n', &mut bytes);
            if !matches!(read, Ok(1..)) {
                let cause = "the answers ended before the last question; nothing was written";
                let cure = "start again, and answer yes to the question whether to write it";
                return Err(Fault::new("the answers", "new.ended", cause, cure));
            }
            match String::from_utf8(bytes) {
                Ok(line) => return Ok(line.trim_end_matches(['\n', '\r']).to_owned()),
                Err(_) => self.tell("  These bytes are not UTF-8: type the answer again."),
            }
        }
    }

    fn tell(&mut self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{}", shown_lines(text));
    }
}
