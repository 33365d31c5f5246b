//! Enters: an open folder and a path below it. Leaves: the bytes of a plain file.
//! Never: follows a link, opens a device or a pipe, or reads more than the given limit.

use super::folder::Folder;
use despatch_core::private::Secret;
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

/// Opens a plain file below a folder, and reads all of it, at most `most` bytes.
///
/// # Errors
/// As for [`Folder::open`] and [`read`].
pub(super) fn read_at(folder: &Folder, path: &Path, most: u64) -> io::Result<(Metadata, Secret)> {
    let (file, metadata) = folder.open(path)?;
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

/// Whether a file could not be read for a reason that lies in the machine and may pass, and says nothing about the file
/// (too many open files, a disk or a share that does not answer).
pub(super) fn may_pass(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, Interrupted, NotFound, PermissionDenied};
    let about_the_file = [NotFound, PermissionDenied, FileTooLarge, Interrupted].contains(&error.kind());
    !about_the_file && !is_no_plain_file(error)
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

/// Whether a name is a case file's: it ends in `.json`, in whatever capitals (Windows and old programs), and is not hidden
/// (editors and copy programs hide unfinished files).
pub(super) fn is_case_file(path: &Path) -> bool {
    let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    !hidden && path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}
