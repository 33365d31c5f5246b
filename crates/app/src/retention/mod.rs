//! Enters: an office, and decisions on retention. Leaves: what may be removed by its period or with its case, removed.
//! Never: removes what is unsent, in doubt or on hold, or anything before it is on record.

mod erase;
mod in_clear;
mod purge;
mod removal;

pub use erase::{Erased, erase};
pub use purge::{Due, Going, due, purge, without_period};
