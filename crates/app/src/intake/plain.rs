//! Enters: a folder and a name in it. Leaves: an open plain file and its bytes.
//! Never: follows a link, opens a device or a pipe, or reads more than the given limit.

use despatch_core::private::Secret;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// What distinguishes one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Identity {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// Opens `path` below `root` if it is a plain file with a single hard link, reached without following any link.
///
/// # Errors
/// `InvalidInput` if it is anything else; otherwise as the system reports it.
pub(super) fn open(root: &Path, path: &Path) -> io::Result<(File, Metadata)> {
    let folder = File::open(root)?;
    let how = OpenHow::new()
        .flags(OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC)
        .resolve(
            ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_SYMLINKS | ResolveFlag::RESOLVE_NO_XDEV,
        );
    let file = File::from(openat2(&folder, path, how)?);
    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.nlink() == 1 {
        Ok((file, metadata))
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file with one name"))
    }
}

/// Opens such a file, and reads all of it, at most `most` bytes.
///
/// # Errors
/// As for [`open`] and [`read`].
pub(super) fn read_at(root: &Path, path: &Path, most: u64) -> io::Result<(Metadata, Secret)> {
    let (file, metadata) = open(root, path)?;
    let bytes = read(file, &metadata, most)?;
    Ok((metadata, bytes))
}

/// Whether opening failed because the path is not a plain file with a single hard link; any other failure may be
/// transient (too many open files, an unmounted share).
pub(super) fn is_no_plain_file(error: &io::Error) -> bool {
    let told = [libc::ELOOP, libc::ENXIO, libc::ENODEV, libc::EXDEV];
    error.kind() == io::ErrorKind::InvalidInput
        || error.raw_os_error().is_some_and(|code| told.contains(&code))
}

/// Reads a whole file of at most `most` bytes, which must not change in the meantime.
///
/// # Errors
/// `FileTooLarge` above `most`; `Interrupted` if it changed while it was read.
pub(super) fn read(mut file: File, before: &Metadata, most: u64) -> io::Result<Secret> {
    if before.len() > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the file is too large"));
    }
    let mut bytes = Secret::new(Vec::with_capacity(usize::try_from(before.len()).unwrap_or(0)));
    file.by_ref().take(most + 1).read_to_end(&mut bytes)?;
    let after = Identity::of(&file.metadata()?);
    if after != Identity::of(before) || bytes.len() as u64 != before.len() {
        return Err(io::Error::new(io::ErrorKind::Interrupted, "the file changed while it was read"));
    }
    Ok(bytes)
}
