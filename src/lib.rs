//! despatch turns a case file into letters that the right people, and only they,
//! can open, and sends nothing that a second person has not approved.
//!
//! The modules stand in the order of the line; each uses only those above it
//! (`tests/tidy.rs` reads this file and fails otherwise).

/// What is wrong, where, and how to mend it: the one shape of bad news.
pub mod fault;
/// The words that every stage shares: ids, roles, SHA-256 values, plain dates in words.
pub mod words;
/// Settings files (TOML), read strictly, every fault with its line.
pub mod settings;
/// The one place that reads the clock.
pub mod clock;
/// Text that nobody can guess.
pub mod random;
/// What is for one account alone: secrets that are wiped, permissions, no core dumps.
pub mod private;
/// Appointments and deadlines as the text of a calendar file.
pub mod ics;
/// Untrusted JSON into a valid case, or every fault at once.
pub mod case;
/// Working days, the response window, routing and the plan: pure rules over a dated pack.
pub mod policy;
/// The kinds found under `templates/`, checked whole before anything is made.
pub mod catalogue;
/// A planned document into a PDF (in worker processes) and a cover email into text and HTML.
pub mod render;
/// Who may be written to, with which keys, and the sealing itself.
pub mod seal;
/// The final MIME bytes of one message to one recipient.
pub mod message;
/// The checks that stand between a mistake and its recipient.
pub mod guard;
/// One installation: its settings, staff, directory, pack, templates and review key.
pub mod office;
/// Sealed despatches and the ledger: states, approvals, what happened.
pub mod outbox;
/// The inbox: look, claim, reject.
pub mod intake;
/// Approved messages to the relay, or to a folder.
pub mod send;
/// The line: intake, case, policy, render, seal, outbox.
pub mod pipeline;
/// What is to be kept, and what is to go: backups, retention, erasure.
pub mod keeping;
/// The commands.
pub mod cli;
