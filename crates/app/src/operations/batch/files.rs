//! Enters: the files of a folder, as the person who gave them has them. Leaves: the file that a row names.
//! Never: opens a folder, or takes a file for another of a like name.

use super::cells::Wrong;
use despatch_core::private::{Secret, secret_bytes};
use serde::{Deserialize, Serialize};

/// The most bytes of the files that come with one sheet, all together: they travel to the service in one request.
pub const FILES_BYTES_MAX: u64 = 40 << 20;

/// A file by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedFile {
    /// Its name, without a folder.
    pub name: String,
    /// What is in it.
    #[serde(with = "secret_bytes")]
    pub bytes: Secret,
}

/// The files that rows may name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    /// Those that were read.
    pub read: Vec<NamedFile>,
    /// Those that were not, each with the reason.
    pub unread: Vec<(String, String)>,
}

impl Files {
    /// The file that a row names.
    ///
    /// # Errors
    /// There is none of that name, it was not read, or two differ in capitals alone.
    pub(super) fn find(&self, name: &str) -> Result<&Secret, Wrong> {
        let wrong = |cause: String, cure: &str| Err((cause, cure.to_owned()));
        if let Some(exact) = self.read.iter().find(|file| file.name == name) {
            return Ok(&exact.bytes);
        }
        if let Some((_, why)) = self.unread.iter().find(|(of, _)| of == name) {
            return wrong(
                format!("the file {name} was not read: {why}"),
                "give a folder with the files of these rows alone",
            );
        }
        let like: Vec<&NamedFile> =
            self.read.iter().filter(|file| file.name.to_lowercase() == name.to_lowercase()).collect();
        match like.as_slice() {
            [one] => Ok(&one.bytes),
            [] => wrong(
                format!("there is no file {name}"),
                "put it into the folder of attachments, with this name; --attachments names the folder",
            ),
            _ => wrong(
                format!("several files are called {name}, but for capitals"),
                "write the name as the file has it",
            ),
        }
    }
}
