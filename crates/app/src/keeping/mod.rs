//! Enters: an office, and what is to be kept or to go. Leaves: a sealed backup, an office restored from one, what may go
//! by its period or with its case. Never: removes what is unsent, in doubt or on hold, or anything before it is on record.

mod archive;
mod backup;
mod erase;
mod in_clear;
mod purge;
mod removal;
mod restore;

pub use backup::{BackedUp, backup};
pub use erase::{Erased, erase};
pub use purge::{Due, Going, due, purge, without_period};
pub use restore::{Restoring, restore};
