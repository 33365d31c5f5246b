//! Enters: the name of a folder in the inbox. Leaves: whether a file server or a sync program keeps it for itself.
//! Never: counts a folder of a person's among them: but for hidden ones, each name is one that nobody gives by hand.

use std::ffi::OsStr;

/// Names of folders in which file servers and sync programs keep what was deleted, earlier versions, snapshots and
/// unfinished files, in small letters. What lies in them was taken away by somebody, or is not there yet.
///
/// Hidden ones (`.recycle` of Samba's vfs_recycle(8), `.snapshot` of NetApp, `.zfs`, `.Trash-1000` of the freedesktop.org
/// trash specification, `.stversions` of Syncthing, `.dropbox.cache`) are known by their dot.
const KEPT: [&str; 20] = [
    // Windows: the bin of a drive, of old drives, and what the system keeps.
    "$recycle.bin",
    "recycled",
    "recycler",
    "system volume information",
    // Synology: the bin of a share and what is indexed; snapshots.
    "#recycle",
    "@eadir",
    "#snapshot",
    "@sharesnap",
    "@tmp",
    // QNAP: the bin of a share, snapshots and thumbnails.
    "@recycle",
    "@recently-snapshot",
    "@snapshot",
    "@transcode",
    // NetApp, as Windows sees it.
    "~snapshot",
    // macOS: bins and unfinished files on a share, and what its archives bring along.
    "network trash folder",
    "temporary items",
    "thevolumesettingsfolder",
    "__macosx",
    // ext4: what fsck(8) found.
    "lost+found",
    // OneDrive and SharePoint: what the library's forms keep.
    "_vti_cnf",
];

/// Whether a folder is a file server's or a sync program's, whatever lies in it.
pub(super) fn is_kept_by_server(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    name.starts_with('.') || KEPT.contains(&name.as_str())
}
