//! Enters: sealed bytes and a name of ours. Leaves: a file that survives a power cut.
//! Never: writes a byte that is not sealed.

use super::despatch::DespatchId;
use despatch_core::words::{EntryId, Sha256};
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Private files: the owner alone may read and write.
const PRIVATE_FILE: u32 = 0o600;
/// Private folders: the owner alone may enter.
const PRIVATE_FOLDER: u32 = 0o700;

/// The folders of an outbox.
#[derive(Debug, Clone)]
pub struct Files {
    root: PathBuf,
}

impl Files {
    /// The outbox at `root`; makes its folders.
    pub fn open(root: &Path) -> io::Result<Self> {
        let files = Self { root: root.to_owned() };
        for folder in [files.despatches(), files.received()] {
            DirBuilder::new().recursive(true).mode(PRIVATE_FOLDER).create(&folder)?;
        }
        Ok(files)
    }

    /// The ledger's database.
    pub fn ledger(&self) -> PathBuf {
        self.root.join("ledger.db")
    }

    /// The signed checkpoints of the record.
    pub fn checkpoints(&self) -> PathBuf {
        self.root.join("checkpoints")
    }

    /// The folder of messages.
    pub fn despatches(&self) -> PathBuf {
        self.root.join("despatches")
    }

    /// The folder of sealed case files.
    pub fn received(&self) -> PathBuf {
        self.root.join("received")
    }

    /// Where a file of the outbox lies in its office.
    pub fn relative(&self, path: &Path) -> PathBuf {
        let office = self.root.parent().unwrap_or(&self.root);
        path.strip_prefix(office).unwrap_or(path).to_owned()
    }

    /// Makes an empty file for this account alone, unless it is there.
    pub fn make_private(&self, path: &Path) -> io::Result<()> {
        OpenOptions::new().append(true).create(true).mode(PRIVATE_FILE).open(path).map(drop)
    }

    /// Whether any sealed file lies here.
    pub fn holds_anything(&self) -> io::Result<bool> {
        Ok(fs::read_dir(self.despatches())?.next().is_some()
            || fs::read_dir(self.received())?.next().is_some())
    }

    /// The message of one revision of a despatch.
    pub fn message(&self, id: DespatchId, revision: u32) -> PathBuf {
        self.despatches().join(format!("{id}.{revision}.eml"))
    }

    /// The office's own copy of what words open, with these words, sealed to the review key.
    pub fn copy(&self, id: DespatchId, revision: u32) -> PathBuf {
        self.despatches().join(format!("{id}.{revision}.copy.age"))
    }

    /// The same of the trial letter for an entry.
    pub fn trial_copy(&self, entry: &EntryId) -> PathBuf {
        self.despatches().join(format!("trial-{entry}.copy.age"))
    }

    /// The sealed case file and attachments of one claim.
    pub fn original(&self, claim: i64) -> PathBuf {
        self.received().join(format!("{claim}.tar.age"))
    }

    /// The bytes of a message if they are those that the ledger knows.
    ///
    /// Errors: the file is missing or was altered.
    pub fn message_bytes(&self, id: DespatchId, revision: u32, sha256: Sha256) -> io::Result<Vec<u8>> {
        let bytes = fs::read(self.message(id, revision))?;
        if Sha256::of(&bytes) == sha256 {
            Ok(bytes)
        } else {
            Err(io::Error::new(io::ErrorKind::InvalidData, "the message was altered"))
        }
    }

    /// The lease of one kind of worker (`watcher`, `sender`): held until dropped or the process ends.
    ///
    /// Errors: another process holds it.
    pub fn lease(&self, name: &str) -> io::Result<Lease> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(PRIVATE_FILE)
            .open(self.root.join(format!("{name}.lock")))?;
        match file.try_lock() {
            Ok(()) => Ok(Lease(file)),
            Err(TryLockError::WouldBlock) => Err(io::Error::new(
                io::ErrorKind::WouldBlock,
                format!("another {name} is at work in this outbox"),
            )),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// A lease that the system takes back when the process ends, however it ends.
#[derive(Debug)]
pub struct Lease(#[expect(dead_code, reason = "held for its lock")] File);

/// Writes `bytes` to `path` so that after a power cut there is the whole file or none.
/// The folder's own entry is made durable by [`sync_folder`], once for many files.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = unfinished(path);
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(PRIVATE_FILE).open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)
}

/// The name of a file while it is written.
pub(super) fn unfinished(path: &Path) -> PathBuf {
    path.with_extension("part")
}

/// Makes the renames in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Writes one file and makes it durable, folder entry included.
pub fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_file(path, bytes)?;
    path.parent().map_or(Ok(()), sync_folder)
}
