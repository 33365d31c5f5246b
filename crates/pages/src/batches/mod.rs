//! Enters: batches, and what is decided about one. Leaves: the list, one of them with what comes next, and its report.
//! Never: opens or approves a message but through the operations that ask the same of everybody.

mod decide;
mod given;
mod list;
mod one;
mod run;

pub use decide::{approve, cancel, hold, release, sample};
pub use given::{ask, columns, give, map, template};
pub use list::list;
pub use one::{report, show};
pub use run::{copy, look, proof, run};

const TITLE: &str = "Batches";
