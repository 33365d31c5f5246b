//! Enters: requests about the office's recipients. Leaves: the pages of the directory.
//! Never: does anything itself.

mod edit;
mod entry;
mod fields;
mod list;

pub use edit::{
    add, authority, change, expire, import, keys, new, opened, reseal_entry, test, unfreeze_entry,
    verify_entry, words,
};
pub use entry::{show as entry, steps};
pub use list::{check, export, list};
