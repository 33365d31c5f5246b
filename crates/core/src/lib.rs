//! Enters: nothing by itself. Leaves: what every other part shares.
//! Never: knows a case, a message or the ledger.

/// An address that can be written to, in one spelling.
pub mod address;
/// The one place that reads the clock.
pub mod clock;
/// What is wrong, where, and how to mend it: the one shape of bad news.
pub mod fault;
/// What is for one account alone: secrets that are wiped, permissions, no core dumps.
pub mod private;
/// Text that nobody can guess.
pub mod random;
/// Settings files (TOML), read strictly, every fault with its line.
pub mod settings;
/// The words that every stage shares: ids, roles, SHA-256 values, plain dates in words.
pub mod words;
