//! Enters: a directory file, or the directory. Leaves: the entries of the one in the other.
//! Never: takes a file's word that somebody verified an entry, or touches a file.

use super::change::{EntriesPut, put};
use crate::operations::{Actor, Failure, OpenOffice};
use despatch_core::fault::Fault;
use despatch_directory::entry::Change;
use despatch_directory::import;
use serde::{Deserialize, Serialize};

/// Bytes of a directory file at most: fifty thousand entries have about 15 MB.
pub const FILE_BYTES_MAX: u64 = 100_000_000;

/// Takes the entries of a file, all or none.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportEntries {
    /// The file's name: CSV where it ends in `.csv`, else TOML.
    pub name: String,
    pub text: String,
}

/// Takes the entries of a file, all or none.
///
/// # Errors
/// Everything that is wrong with the file or with one of its entries.
pub fn import(open: &mut OpenOffice, actor: &Actor, request: ImportEntries) -> Result<EntriesPut, Failure> {
    let by = actor.staff()?;
    let entered = Change::new(by.id.clone(), open.now().today);
    put(open, import::read(&request.name, &request.text, &entered)?, by)
}

/// The directory as a file that a spreadsheet opens and [`import`] reads.
///
/// # Errors
/// None that an entry can cause.
pub fn export(open: &mut OpenOffice, _: &Actor) -> Result<Vec<u8>, Failure> {
    let written = import::write(open.office.directory.entries());
    Ok(written.map_err(|error| Fault::new("the directory", "export", error.to_string(), "report this"))?)
}
