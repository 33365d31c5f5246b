//! Enters: an office at work, or a backup of one. Leaves: a sealed backup, or an office restored from it.
//! Never: stops the work, or leaves what counts as an office before all of it is verified.

mod restore;
mod write;

pub use restore::{Restoring, restore};
pub use write::{BackedUp, backup};

use std::fs::File;
use std::io;
use std::path::Path;

/// The last file of an archive: the hash and name of every other, as `sha256sum -c` reads them.
const SUMS: &str = "SHA256SUMS";

/// Makes it durable that a file has this name now.
fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}
