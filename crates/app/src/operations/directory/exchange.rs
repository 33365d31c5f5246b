//! Enters: a directory file, or the directory. Leaves: the entries of one in the other.
//! Never: trusts a file's claim that an entry was verified, or opens a file.

use super::change::{EntriesPut, put};
use crate::operations::{Actor, Failure, OpenOffice};
use despatch_core::fault::Fault;
use despatch_directory::entry::Change;
use despatch_directory::import;
use serde::{Deserialize, Serialize};

/// The largest directory file, in bytes: fifty thousand entries take about 15 MB.
pub const FILE_BYTES_MAX: u64 = 100_000_000;

/// A request to import the entries of a file, all or none.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportEntries {
    /// The file's name: CSV if it ends in `.csv`, otherwise TOML.
    pub name: String,
    pub text: String,
}

/// Imports the entries of a file, all or none.
///
/// # Errors
/// Every fault of the file and its entries.
pub fn import(open: &mut OpenOffice, actor: &Actor, request: ImportEntries) -> Result<EntriesPut, Failure> {
    let by = actor.staff()?;
    let entered = Change::new(by.id.clone(), open.now().today);
    put(open, import::read(&request.name, &request.text, &entered)?, by)
}

/// Returns the directory as a file that a spreadsheet opens and [`import`] reads.
///
/// # Errors
/// The file cannot be written as CSV, which no entry can cause.
pub fn export(open: &mut OpenOffice, _: &Actor) -> Result<Vec<u8>, Failure> {
    let written = import::write(open.office.directory.entries());
    Ok(written.map_err(|error| Fault::new("the directory", "export", error.to_string(), "report this"))?)
}
