//! Enters: a live office, or a backup of one. Leaves: a sealed backup, or an office restored from it.
//! Never: interrupts the office's work, or leaves a usable office before all of it is verified.

mod restore;
mod write;

pub use restore::{Restoring, restore};
pub use write::{BackedUp, backup};

use std::fs::File;
use std::io;
use std::path::Path;

/// The last file of an archive: the hash and name of every other file, in the format of `sha256sum -c`.
const SUMS: &str = "SHA256SUMS";

/// Syncs the parent folder, so that a new or renamed file survives a crash.
fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}
