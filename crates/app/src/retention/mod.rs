//! Enters: an office, and what is to be kept or to go. Leaves: what may go by its period or with its case, and it removed.
//! Never: removes what is unsent, in doubt or on hold, or anything before it is on record.

mod erase;
mod in_clear;
mod purge;
mod removal;

pub use erase::{Erased, erase};
pub use purge::{Due, Going, due, purge, without_period};
