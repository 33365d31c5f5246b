//! Enters: nothing. Leaves: a test's own folder, in memory if there is room, and whether this is the full test run.
//! Never: outlives its test; it is removed on drop.

use nix::sys::statfs::{TMPFS_MAGIC, statfs};
use std::path::Path;
use tempfile::TempDir;

/// A file system in memory on Linux.
const MEMORY: &str = "/dev/shm";

/// The space that must be free there: a container may have only 64 MiB, which the larger offices fill.
const LEAST: u64 = 2 << 30;

/// Creates a folder, in memory if possible, so that tests do not wait for the disk. A test of the disk itself uses
/// `tempfile::tempdir()`.
///
/// # Panics
/// If no folder can be created.
pub fn folder() -> TempDir {
    let made = if has_room(Path::new(MEMORY)) {
        TempDir::with_prefix_in("despatch-test-", MEMORY)
    } else {
        TempDir::with_prefix("despatch-test-")
    };
    made.expect("a temporary folder")
}

fn has_room(dir: &Path) -> bool {
    statfs(dir).is_ok_and(|found| {
        let block = u64::try_from(found.block_size()).unwrap_or(0);
        found.filesystem_type() == TMPFS_MAGIC && found.blocks_available().saturating_mul(block) >= LEAST
    })
}

/// Whether this is the slow, full run (`tests/run --full`).
pub fn is_full() -> bool {
    std::env::var_os("DESPATCH_FULL").is_some_and(|value| !value.is_empty())
}
