//! Enters: how a person likes to be asked. Leaves: that, kept for the next time.
//! Never: keeps anything of a case.

use super::store::{Shelf, unwritten};
use crate::operations::{Actor, Failure, OpenOffice};

despatch_core::closed! {
    /// How the questions of an event are asked.
    Way {
        OneByOne = "one", "One question a page";
        AllTogether = "all", "All questions on one page";
    }
}

impl Way {
    /// Returns the way with this word.
    pub fn of_code(word: &str) -> Option<Way> {
        Way::ALL.into_iter().find(|way| way.code() == word)
    }
}

/// Returns how the actor likes to be asked; who has not said is asked one question a page.
///
/// # Errors
/// The actor is not on the staff list; the disk fails.
pub fn way(open: &OpenOffice, actor: &Actor) -> Result<Way, Failure> {
    let kept = Shelf::of(open, actor)?.read_way()?;
    Ok(kept.and_then(|word| Way::of_code(word.trim())).unwrap_or(Way::OneByOne))
}

/// Keeps how the actor likes to be asked.
///
/// # Errors
/// The actor is not on the staff list; the disk fails.
pub fn set_way(open: &OpenOffice, actor: &Actor, way: Way) -> Result<(), Failure> {
    Shelf::of(open, actor)?.write_way(way.code()).map_err(unwritten)
}
