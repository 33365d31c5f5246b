//! Enters: batches, and what is decided about one. Leaves: the list, one of them with what comes next, and its report.
//! Never: opens or approves a message but through the operations that ask the same of everybody.

mod decide;
mod list;
mod one;

pub use decide::{approve, cancel, hold, release, sample};
pub use list::list;
pub use one::{report, show};

const TITLE: &str = "Batches";
