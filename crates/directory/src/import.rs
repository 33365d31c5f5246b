//! Enters: entries of a directory as TOML or CSV. Leaves: the entries, or every fault at once with file and line.
//! Never: quotes a name, an address or a key in a fault, or takes a file's word that somebody verified an entry.

mod table;
mod toml;

pub use table::COLUMNS;

use super::entry::{Change, Entry, Method, serves_places};
use despatch_core::fault::Fault;
use despatch_seal::keys::PublicKey;
use std::collections::{BTreeSet, HashMap};

/// The longest name, organisation or note, in characters: what a letter's address block has room for.
pub const LINE_MAX: usize = 120;

/// Reads a directory file: CSV where its name ends in `.csv`, else TOML. Whoever imports it counts as who entered all
/// of it.
///
/// # Errors
/// Every fault of the file at once, each at `file:line`.
pub fn read(file: &str, text: &str, by: &Change) -> Result<Vec<Entry>, Vec<Fault>> {
    let is_csv = file.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("csv"));
    if is_csv { table::entries(file, text, by) } else { toml::entries(file, text, by) }
}

/// One thing that is wrong with the fields of one entry, however it came.
pub struct Slip {
    pub field: &'static str,
    pub code: &'static str,
    pub cause: String,
    pub cure: &'static str,
}

/// What an entry's fields contradict in each other.
pub fn slips(entry: &Entry) -> Vec<Slip> {
    let mut slips = Vec::new();
    let mut slip = |field, code, cause: String, cure| slips.push(Slip { field, code, cause, cure });
    let role = entry.role.words();
    match (serves_places(entry.role), entry.places.is_empty()) {
        (true, true) => {
            let cause = format!("the {role} names no place that it serves");
            slip("places", "directory.places", cause, "add the ids of the places");
        }
        (false, false) => {
            let cause = format!("the {role} names places, though its role serves none");
            slip("places", "directory.places", cause, "leave the places out, or correct the role");
        }
        _ => {}
    }
    if !entry.keys.is_empty() && entry.method.is_some_and(|method| method != Method::Age) {
        let cause = "an entry that is told words on the telephone has no keys".to_owned();
        slip("keys", "directory.keys", cause, "leave the keys out, or give the method \"age\"");
    }
    let distinct: BTreeSet<String> = entry.keys.iter().map(PublicKey::to_string).collect();
    if distinct.len() < entry.keys.len() {
        let cause = "one key stands there twice".to_owned();
        slip("keys", "directory.keys", cause, "give each key once");
    }
    slips
}

/// What entries have claimed for themselves, and on which line.
#[derive(Default)]
struct Claimed(HashMap<(&'static str, String), usize>);

impl Claimed {
    /// One id, one address and one key belong to one entry: two would make a recipient ambiguous. Gives the line on
    /// which it stood first.
    fn claim(&mut self, key: &'static str, value: String, line: usize) -> Option<usize> {
        let mut is_first = false;
        let first = *self.0.entry((key, value)).or_insert_with(|| {
            is_first = true;
            line
        });
        (!is_first).then_some(first)
    }
}

/// The method that an entry has where its file names none: who has a key opens with it.
fn method_or_key(method: Option<Method>, has_keys: bool) -> Option<Method> {
    method.or(has_keys.then_some(Method::Age))
}
