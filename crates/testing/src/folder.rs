//! Enters: nothing. Leaves: a folder of a test's own, in memory where there is enough of it, and whether to look closer.
//! Never: outlives its test; it is removed when it is dropped.

use nix::sys::statfs::{TMPFS_MAGIC, statfs};
use std::path::Path;
use tempfile::TempDir;

/// Where Linux keeps files in memory.
const MEMORY: &str = "/dev/shm";

/// The least that must be free there: a container may have 64 MiB, which the larger offices fill.
const LEAST: u64 = 2 << 30;

/// A new folder, in memory where that can be had: what a test asks of the disk is then not waited for. A test that is
/// about the disk itself takes `tempfile::tempdir()`.
///
/// # Panics
/// If no folder can be made.
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

/// Whether this is the run that takes its time (`tests/run --full`).
pub fn is_full() -> bool {
    std::env::var_os("DESPATCH_FULL").is_some_and(|value| !value.is_empty())
}
