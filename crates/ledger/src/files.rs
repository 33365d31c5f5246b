//! Enters: sealed bytes and a name chosen here. Leaves: a file that survives a power cut.
//! Never: writes a byte that is not sealed.

use crate::ids::DespatchId;
use despatch_core::reading::patiently;
use despatch_core::words::{EntryId, Sha256};
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// Private files: only the owner may read and write.
const PRIVATE_FILE: u32 = 0o600;
/// Private folders: only the owner may enter.
const PRIVATE_FOLDER: u32 = 0o700;

/// How often a lease is tried for, and the pause between two tries.
const LEASE_ATTEMPTS: u32 = 10;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(10);

/// The folders of an outbox.
#[derive(Debug, Clone)]
pub struct Files {
    root: PathBuf,
}

impl Files {
    /// Opens the outbox at `root`, creating its folders.
    ///
    /// # Errors
    /// A folder cannot be created.
    pub fn open(root: &Path) -> io::Result<Self> {
        let files = Self { root: root.to_owned() };
        for folder in [files.despatches(), files.received()] {
            DirBuilder::new().recursive(true).mode(PRIVATE_FOLDER).create(&folder)?;
        }
        Ok(files)
    }

    /// Returns the path of the ledger's database.
    pub fn ledger(&self) -> PathBuf {
        self.root.join("ledger.db")
    }

    /// Returns the path of the signed checkpoints.
    pub fn checkpoints(&self) -> PathBuf {
        self.root.join("checkpoints")
    }

    /// Returns the path of the last checkpoint that was kept elsewhere.
    pub fn pushed(&self) -> PathBuf {
        self.root.join("pushed")
    }

    /// Returns the path of the last moment of the clock that was believed.
    pub fn clock(&self) -> PathBuf {
        self.root.join("clock")
    }

    /// Returns the folder of messages.
    pub fn despatches(&self) -> PathBuf {
        self.root.join("despatches")
    }

    /// Returns the folder of sealed case files.
    pub fn received(&self) -> PathBuf {
        self.root.join("received")
    }

    /// Returns a path of the outbox relative to its office.
    pub fn relative(&self, path: &Path) -> PathBuf {
        let office = self.root.parent().unwrap_or(&self.root);
        path.strip_prefix(office).unwrap_or(path).to_owned()
    }

    /// Creates an empty private file unless it exists. One that exists is not opened: closing it would release every
    /// lock that this process holds on it (fcntl(2)), and another process would take the ledger's log for a leftover.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn make_private(&self, path: &Path) -> io::Result<()> {
        match OpenOptions::new().write(true).create_new(true).mode(PRIVATE_FILE).open(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            made => made.map(drop),
        }
    }

    /// Returns whether the outbox holds any sealed file.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn holds_anything(&self) -> io::Result<bool> {
        Ok(fs::read_dir(self.despatches())?.next().is_some()
            || fs::read_dir(self.received())?.next().is_some())
    }

    /// Returns the path of one revision of a despatch's message.
    pub fn message(&self, id: DespatchId, revision: u32) -> PathBuf {
        self.despatches().join(format!("{id}.{revision}.eml"))
    }

    /// Returns the path of the office's own copy of a message that a passphrase opens: with the passphrase, sealed to
    /// the review key.
    pub fn copy(&self, id: DespatchId, revision: u32) -> PathBuf {
        self.despatches().join(format!("{id}.{revision}.copy.age"))
    }

    /// Returns the path of the copy of an entry's test message.
    pub fn test_message_copy(&self, entry: &EntryId) -> PathBuf {
        self.despatches().join(format!("test-message-{entry}.copy.age"))
    }

    /// Returns the path of a submission's sealed case file and attachments.
    pub fn original(&self, submission: i64) -> PathBuf {
        self.received().join(format!("{submission}.tar.age"))
    }

    /// Reads a message and checks it against the hash in the ledger.
    ///
    /// # Errors
    /// The file is missing or was altered; or it cannot be read, which says nothing about it ([`is_unread`]).
    pub fn message_bytes(&self, id: DespatchId, revision: u32, sha256: Sha256) -> io::Result<Vec<u8>> {
        let path = self.message(id, revision);
        let bytes = patiently(|| fs::read(&path))?;
        if Sha256::of(&bytes) == sha256 {
            Ok(bytes)
        } else {
            Err(io::Error::new(io::ErrorKind::InvalidData, "the message was altered"))
        }
    }

    /// Takes the lease of one kind of worker (`watcher`, `sender`), held until dropped or the process ends.
    ///
    /// # Errors
    /// Another process holds it, or the lock file cannot be opened.
    pub fn lease(&self, name: &str) -> io::Result<Lease> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(PRIVATE_FILE)
            .open(self.root.join(format!("{name}.lock")))?;
        for attempt in 1.. {
            match file.try_lock() {
                Ok(()) => return Ok(Lease(file)),
                // Somebody may be asking just now whether it is held.
                Err(TryLockError::WouldBlock) if attempt < LEASE_ATTEMPTS => thread::sleep(BETWEEN_ATTEMPTS),
                Err(TryLockError::WouldBlock) => break,
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        let why = format!("another {name} is at work in this outbox");
        Err(io::Error::new(io::ErrorKind::WouldBlock, why))
    }

    /// Whether the lease of a kind of worker is held in the outbox at `root`.
    pub fn is_leased(root: &Path, name: &str) -> bool {
        let file = File::open(root.join(format!("{name}.lock")));
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }
}

/// Returns whether a message could not be read, as against one that is missing or was altered.
pub fn is_unread(error: &io::Error) -> bool {
    !matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::NotFound)
}

/// A lease that the system releases when the process ends, however it ends.
#[derive(Debug)]
pub struct Lease(#[expect(dead_code, reason = "held for its lock")] File);

/// Writes `bytes` to `path` atomically: after a power cut the file is whole or absent. [`sync_folder`] makes the folder
/// entry durable, once for many files.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    finish_file(path, &begin_file(path, bytes)?)
}

/// Writes `bytes` to the unfinished file of `path`.
pub(super) fn begin_file(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let mut file =
        options.write(true).create(true).truncate(true).mode(PRIVATE_FILE).open(unfinished(path))?;
    file.write_all(bytes)?;
    Ok(file)
}

/// Flushes the unfinished file of `path`, and gives it its name.
pub(super) fn finish_file(path: &Path, file: &File) -> io::Result<()> {
    file.sync_all()?;
    fs::rename(unfinished(path), path)
}

/// Returns the name of a file while it is being written.
pub(super) fn unfinished(path: &Path) -> PathBuf {
    path.with_extension("part")
}

/// Makes the renames in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Writes one file and makes it durable, including its folder entry.
///
/// # Errors
/// The file or its folder cannot be written.
pub fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_file(path, bytes)?;
    path.parent().map_or(Ok(()), sync_folder)
}
