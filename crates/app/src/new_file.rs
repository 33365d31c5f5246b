//! Enters: a path and bytes. Leaves: a new private file, of them or open to be written.
//! Never: overwrites a file, or leaves part of what it writes itself.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Opens a new private file, to write it bit by bit.
///
/// # Errors
/// The file exists already, or cannot be made.
pub fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Writes a new private file and flushes it.
///
/// # Errors
/// The file exists already, or cannot be written; nothing of it is left then.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = create_new(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}
