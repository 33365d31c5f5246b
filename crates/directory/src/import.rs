//! Enters: entries of a directory as TOML or CSV. Leaves: the entries, or every fault at once with file and line.
//! Never: quotes a name, an address or a key in a fault, or trusts a file's claim that an entry is verified.

mod fields;
mod sheet;
mod table;
mod toml;

pub use fields::{LINE_MAX, Slip, slips};
pub use table::{COLUMNS, write};

use super::entry::{Change, Entry};
use despatch_core::fault::Fault;

/// Reads a directory file: CSV if its name ends in `.csv`, otherwise TOML. The person who imports it counts as the
/// author of every entry.
///
/// # Errors
/// Every fault of the file at once, each at `file:line`.
pub fn read(file: &str, text: &str, by: &Change) -> Result<Vec<Entry>, Vec<Fault>> {
    let is_csv = file.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("csv"));
    if is_csv { table::entries(file, text, by) } else { toml::entries(file, text, by) }
}
