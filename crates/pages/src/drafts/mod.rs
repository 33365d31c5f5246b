//! Enters: whoever prepares a case file. Leaves: their drafts, the form of each, its plan, and the case dropped.
//! Never: shows a draft to anybody but its author.

mod draw;
/// The form of a draft.
pub mod form;
/// The key of a person's drafts.
pub mod key;
mod list;
mod opened;
mod plan;
mod stale;

pub use list::{ask_remove, list, remove};
pub use plan::{drop_case, plan};
