//! Enters: a folder, opened once. Leaves: what lies in it, and its files opened, moved and removed by its descriptor.
//! Never: follows a link, leaves the folder that was opened, or overwrites a file.

use chrono::{DateTime, Utc};
use nix::dir::{Dir, Type};
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, OpenHow, RenameFlags, ResolveFlag, openat, openat2, renameat, renameat2};
use nix::sys::stat::{FileStat, Mode, SFlag, fchmod, fstatat, mkdirat};
use nix::unistd::{AccessFlags, Gid, UnlinkatFlags, faccessat, fchown, fsync, geteuid, unlinkat};
use serde::{Deserialize, Serialize};
use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// How often a path is looked up again while somebody renames folders on it (openat2(2), EAGAIN).
const LOOK_UPS: usize = 8;

/// Which file it is, whatever it is called: its device and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Inode {
    device: u64,
    number: u64,
}

impl Inode {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self { device: metadata.dev(), number: metadata.ino() }
    }
}

/// What lies under a name, itself and not what it points to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lying {
    pub(super) inode: Inode,
    pub(super) owner: u32,
    pub(super) mode: u32,
    pub(super) is_folder: bool,
    /// In seconds and nanoseconds.
    pub(super) modified: (i64, i64),
    /// When it came to lie there or was last changed: nobody can set it. In seconds and nanoseconds.
    pub(super) changed: (i64, i64),
}

impl Lying {
    /// Since when it has lain there as it is.
    pub(super) fn since(&self) -> DateTime<Utc> {
        let (seconds, nanoseconds) = self.changed;
        DateTime::from_timestamp(seconds, u32::try_from(nanoseconds).unwrap_or(0)).unwrap_or_default()
    }
}

impl From<FileStat> for Lying {
    fn from(stat: FileStat) -> Self {
        Self {
            inode: Inode { device: stat.st_dev, number: stat.st_ino },
            owner: stat.st_uid,
            mode: stat.st_mode & 0o7777,
            is_folder: SFlag::from_bits_truncate(stat.st_mode & SFlag::S_IFMT.bits()) == SFlag::S_IFDIR,
            modified: (stat.st_mtime, stat.st_mtime_nsec),
            changed: (stat.st_ctime, stat.st_ctime_nsec),
        }
    }
}

/// An open folder. Whatever becomes of its path, this is still the folder that was opened.
#[derive(Debug)]
pub(super) struct Folder(OwnedFd);

impl From<File> for Folder {
    fn from(folder: File) -> Self {
        Folder(folder.into())
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Folder {
    /// Opens the folder that a path leads to; the last part of it is no link.
    ///
    /// # Errors
    /// There is no such folder, or it may not be read.
    pub(super) fn at(path: &Path) -> io::Result<Folder> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        Ok(Folder(nix::fcntl::open(path, flags, Mode::empty())?))
    }

    /// Opens a folder below this one; this one itself for an empty path.
    ///
    /// # Errors
    /// There is no such folder, it may not be read, or a link or another file system is on the way.
    pub(super) fn below(&self, path: &Path) -> io::Result<Folder> {
        if path.as_os_str().is_empty() {
            return Ok(Folder(self.0.try_clone()?));
        }
        self.look_up(path, OFlag::O_RDONLY | OFlag::O_DIRECTORY).map(Folder)
    }

    /// Opens a plain file with a single name below this folder.
    ///
    /// # Errors
    /// `InvalidInput` if it is anything else; otherwise as the system reports it.
    pub(super) fn open(&self, path: &Path) -> io::Result<(File, Metadata)> {
        let file = File::from(self.look_up(path, OFlag::O_RDONLY | OFlag::O_NONBLOCK)?);
        let metadata = file.metadata()?;
        if metadata.is_file() && metadata.nlink() == 1 {
            Ok((file, metadata))
        } else {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file with one name"))
        }
    }

    fn look_up(&self, path: &Path, flags: OFlag) -> io::Result<OwnedFd> {
        let how = OpenHow::new().flags(flags | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC).resolve(
            ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_SYMLINKS | ResolveFlag::RESOLVE_NO_XDEV,
        );
        for _ in 1..LOOK_UPS {
            match openat2(&self.0, path, how) {
                Err(Errno::EAGAIN | Errno::EINTR) => {}
                opened => return Ok(opened?),
            }
        }
        Ok(openat2(&self.0, path, how)?)
    }

    /// What lies under this name.
    ///
    /// # Errors
    /// Nothing does, or it cannot be looked at.
    pub(super) fn lying(&self, name: &OsStr) -> io::Result<Lying> {
        Ok(fstatat(&self.0, name, AtFlags::AT_SYMLINK_NOFOLLOW)?.into())
    }

    /// What this folder itself is.
    ///
    /// # Errors
    /// It cannot be looked at.
    pub(super) fn itself(&self) -> io::Result<Lying> {
        Ok(nix::sys::stat::fstat(&self.0)?.into())
    }

    /// Whether something lies at a path below this folder.
    pub(super) fn has(&self, path: &Path) -> bool {
        let (parent, name) = split(path);
        self.below(parent).and_then(|folder| folder.lying(name)).is_ok()
    }

    /// The names in this folder, in order, and whether each may be a folder's.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn entries(&self) -> io::Result<Vec<(OsString, bool)>> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let mut dir = Dir::openat(&self.0, ".", flags, Mode::empty())?;
        let mut entries = Vec::new();
        for entry in dir.iter() {
            let entry = entry?;
            let name = entry.file_name().to_bytes().to_vec();
            if name != b"." && name != b".." {
                // Some file systems do not say what it is.
                let may_be_folder = entry.file_type().is_none_or(|kind| kind == Type::Directory);
                entries.push((OsString::from_vec(name), may_be_folder));
            }
        }
        entries.sort();
        Ok(entries)
    }

    /// The names in this folder, in order.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn names(&self) -> io::Result<Vec<OsString>> {
        Ok(self.entries()?.into_iter().map(|(name, _)| name).collect())
    }

    /// Everything below this folder, in order, by its path from here: a folder before what lies in it.
    ///
    /// # Errors
    /// Something cannot be read, is on another file system, or lies deeper than `depth` folders: none of it may be
    /// overlooked.
    pub(super) fn walk(&self, depth: usize) -> io::Result<Vec<(PathBuf, Lying)>> {
        let mut found = Vec::new();
        for name in self.names()? {
            let lying = self.lying(&name)?;
            found.push((PathBuf::from(&name), lying));
            if lying.is_folder {
                let deeper =
                    depth.checked_sub(1).ok_or_else(|| io::Error::other("its folders are too deep"))?;
                let inside = self.below(Path::new(&name))?.walk(deeper)?;
                found.extend(inside.into_iter().map(|(path, lying)| (Path::new(&name).join(path), lying)));
            }
        }
        Ok(found)
    }

    /// Whether a file can be moved out of this folder.
    pub(super) fn may_be_taken_from(&self) -> bool {
        faccessat(&self.0, ".", AccessFlags::W_OK | AccessFlags::X_OK, AtFlags::AT_EACCESS).is_ok()
    }

    /// Makes a folder in this one, private to this account, and opens it.
    ///
    /// # Errors
    /// Something has its name, or it cannot be made.
    pub(super) fn make(&self, name: &OsStr) -> io::Result<Folder> {
        mkdirat(&self.0, name, Mode::S_IRWXU)?;
        self.own(name)
    }

    /// Opens a folder in this one that belongs to this account.
    ///
    /// # Errors
    /// `PermissionDenied` if it is a link, no folder or somebody else's.
    pub(super) fn own(&self, name: &OsStr) -> io::Result<Folder> {
        let theirs = |what: &str| {
            let what = format!("{} is {what}", name.to_string_lossy());
            io::Error::new(io::ErrorKind::PermissionDenied, what)
        };
        let folder = match self.below(Path::new(name)) {
            Err(error) if error.raw_os_error() == Some(libc::ELOOP) => return Err(theirs("a link")),
            Err(error) if error.raw_os_error() == Some(libc::ENOTDIR) => return Err(theirs("no folder")),
            opened => opened?,
        };
        if folder.itself()?.owner != geteuid().as_raw() {
            return Err(theirs("a folder of another account"));
        }
        Ok(folder)
    }

    /// Opens a folder below this one; each part that is missing is made, with `mode` where it is given.
    ///
    /// # Errors
    /// A part of it is no folder, or cannot be made.
    pub(super) fn make_all(&self, path: &Path, mode: Option<u32>) -> io::Result<Folder> {
        let mut folder = self.below(Path::new(""))?;
        for name in path.iter() {
            folder = match folder.make(name) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    folder.below(Path::new(name))?
                }
                Ok(made) => {
                    mode.map_or(Ok(()), |mode| made.set_mode(mode))?;
                    made
                }
                Err(error) => return Err(error),
            };
        }
        Ok(folder)
    }

    /// Sets the permissions of this folder.
    ///
    /// # Errors
    /// It belongs to another account.
    pub(super) fn set_mode(&self, mode: u32) -> io::Result<()> {
        Ok(fchmod(&self.0, Mode::from_bits_truncate(mode))?)
    }

    /// Gives this folder the group of another one.
    ///
    /// # Errors
    /// It belongs to another account, or this account is not of that group.
    pub(super) fn give_group_of(&self, other: &Folder) -> io::Result<()> {
        let (ours, theirs) = (nix::sys::stat::fstat(&self.0)?, nix::sys::stat::fstat(&other.0)?);
        if ours.st_gid != theirs.st_gid {
            fchown(&self.0, None, Some(Gid::from_raw(theirs.st_gid)))?;
        }
        Ok(())
    }

    /// Opens a file of this folder for writing, private to this account; `anew` refuses one that exists.
    ///
    /// # Errors
    /// It is a link, or cannot be made.
    pub(super) fn write(&self, name: &OsStr, anew: bool) -> io::Result<File> {
        if Path::new(name).file_name() != Some(name) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not the name of a file"));
        }
        let one = if anew { OFlag::O_EXCL } else { OFlag::O_TRUNC };
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC | one;
        Ok(File::from(openat(&self.0, name, flags, Mode::S_IRUSR | Mode::S_IWUSR)?))
    }

    /// Moves what is called `name` into `to`, under the same name.
    ///
    /// # Errors
    /// `AlreadyExists` if something has that name there; otherwise as the system reports it.
    pub(super) fn move_to(&self, name: &OsStr, to: &Folder) -> io::Result<()> {
        self.rename(name, to, name)
    }

    /// Moves what is called `name` into `to`, as `called`.
    ///
    /// # Errors
    /// `AlreadyExists` if something has that name there; otherwise as the system reports it.
    pub(super) fn rename(&self, name: &OsStr, to: &Folder, called: &OsStr) -> io::Result<()> {
        match renameat2(&self.0, name, &to.0, called, RenameFlags::RENAME_NOREPLACE) {
            // A network share may not know the flag (renameat2(2)).
            Err(Errno::EINVAL | Errno::ENOSYS | Errno::EOPNOTSUPP) if to.lying(called).is_err() => {
                Ok(renameat(&self.0, name, &to.0, called)?)
            }
            done => Ok(done?),
        }
    }

    /// Removes a file or link of this folder.
    ///
    /// # Errors
    /// The system refuses.
    pub(super) fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, UnlinkatFlags::NoRemoveDir)?)
    }

    /// Removes an empty folder in this one.
    ///
    /// # Errors
    /// It is no folder, or holds something.
    pub(super) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, UnlinkatFlags::RemoveDir)?)
    }

    /// Removes a folder in this one with all that is in it.
    ///
    /// # Errors
    /// The system refuses; what is left stays.
    pub(super) fn remove_tree(&self, name: &OsStr) -> io::Result<()> {
        let folder = self.below(Path::new(name))?;
        for inside in folder.names()? {
            if folder.lying(&inside)?.is_folder {
                folder.remove_tree(&inside)?;
            } else {
                folder.remove_file(&inside)?;
            }
        }
        self.remove_folder(name)
    }

    /// Removes a folder in this one with the folders in it.
    ///
    /// # Errors
    /// A file is left in one of them, or the system refuses.
    pub(super) fn remove_folders(&self, name: &OsStr) -> io::Result<()> {
        let folder = self.below(Path::new(name))?;
        for inside in folder.names()? {
            if folder.lying(&inside)?.is_folder {
                folder.remove_folders(&inside)?;
            }
        }
        self.remove_folder(name)
    }

    /// Flushes the names in this folder to the disk.
    ///
    /// # Errors
    /// The disk fails.
    pub(super) fn sync(&self) -> io::Result<()> {
        Ok(fsync(&self.0)?)
    }
}

/// The folder and the name of a path.
pub(super) fn split(path: &Path) -> (&Path, &OsStr) {
    (path.parent().unwrap_or(Path::new("")), path.file_name().unwrap_or(OsStr::from_bytes(b"")))
}
