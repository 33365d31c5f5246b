//! Enters: nothing by itself. Leaves: what every other crate shares.
//! Never: knows about a case, a message or the ledger.

/// Email addresses in one canonical spelling.
pub mod address;
/// The only module that reads the clock.
pub mod clock;
/// Closed lists of words.
mod closed;
/// What a process gives up that it does not need, held by the kernel.
pub mod confine;
/// Faults: what is wrong, where, and how to fix it.
pub mod fault;
/// How much memory the threads of a process keep.
pub mod memory;
/// Frames between two processes of this program.
pub mod pipe;
/// Data private to one account: zeroised secrets, permissions, no core dumps.
pub mod private;
/// Types over text that follows a rule.
mod id;
/// Unguessable random text.
pub mod random;
/// Reading that waits for a failure to pass.
pub mod reading;
/// Settings files (TOML), read strictly; every fault has its line.
pub mod settings;
/// Text that a terminal may show.
pub mod shown;
/// Text files in whatever encoding marks itself.
pub mod text;
/// How long each stage of the line takes.
pub mod timings;
/// Dates and times as people type them.
pub mod typed;
/// Shared value types and wording: ids, roles, SHA-256 values, dates in words.
pub mod words;
