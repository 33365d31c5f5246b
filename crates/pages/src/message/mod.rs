//! Enters: one despatch. Leaves: what a reviewer needs to decide about it, its documents, and their decision.
//! Never: lets a decision fall about another version than the one that was shown.

mod authority;
mod changes;
mod decide;
mod decisions;
mod documents;
mod facts;
mod page;

pub use changes::{changes, earlier_picture};
pub use decisions::{
    approve, authorise, cancel, give_back, hold, received, release, release_urgently, reviewed, unopened,
    words,
};
pub use documents::{document, open, picture};
pub use page::show;
