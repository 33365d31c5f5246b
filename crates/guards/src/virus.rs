//! Enters: the verdict of the office's virus scanner on an attachment. Leaves: whether it may be sent.
//! Never: runs the scanner, or treats silence as "clean".

use super::{Check, Guard, Outcome};

/// The verdict of a scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scanned {
    Clean,
    Found,
    /// It could not be started, was killed, took too long or gave another exit code.
    Unavailable,
}

/// Checks the attachment with this number.
pub fn check(number: usize, scanned: Scanned) -> Check {
    let (outcome, words) = match scanned {
        Scanned::Clean => (Outcome::Passed, "nothing found"),
        Scanned::Found => (Outcome::Stops, "the scanner found something"),
        Scanned::Unavailable => (Outcome::Stops, "the scanner gave no answer"),
    };
    Check::new(Guard::Virus, outcome, format!("document {number}: {words}"))
}
