//! Enters: a live office. Leaves: one file, sealed to the review key and the recovery key, from which the office can be
//! restored. Never: interrupts the office's work, holds more than one chunk of a file in memory, or writes plaintext,
//! except for a copy of the ledger beside the ledger itself, which is removed again.

use super::{SUMS, sync_parent};
use crate::hashing::Hashing;
use crate::office::{CONFIG_FILE, DEMO_KEYS, Office};
use crate::pipeline::append_file;
use despatch_core::fault::Fault;
use despatch_core::private;
use despatch_core::words::Sha256;
use despatch_ledger::{Ledger, SealedFile};
use despatch_seal::keys::PublicKey;
use despatch_seal::stream::seal_to;
use despatch_settings::{CourierConfig, RelayConfig};
use serde::Serialize;
use std::fmt::Display;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The copy of the ledger while a backup is written; `.part` marks it as temporary.
const COPY: &str = "ledger-copy.part";
/// The ledger in the archive.
const LEDGER: &str = "outbox/ledger.db";
/// Folders that go into a backup whole, where they exist; the inbox and sent messages do not.
const FOLDERS: [&str; 4] = ["keys", DEMO_KEYS, "policy", "templates"];

/// The result of a backup.
#[derive(Debug, Serialize)]
pub struct BackedUp {
    /// The path of the backup.
    pub backup: PathBuf,
    pub files: usize,
    pub bytes: u64,
    pub sha256: Sha256,
    /// The fingerprints of the keys that open it.
    pub sealed_to: Vec<String>,
    /// Sealed files that the ledger names and that are missing or damaged.
    pub damaged: Vec<PathBuf>,
}

/// Writes a backup of the office to `to`. `run` and `send` may be running: the ledger is copied as a snapshot, and the
/// sealed files that it names are immutable; the caller holds the `keeper` lease, so that none is removed.
///
/// # Errors
/// The file exists or is inside the office; a file cannot be read or written.
pub fn backup(office: &Office, ledger: &mut Ledger, to: &Path) -> Result<BackedUp, Fault> {
    let no = |code, cause: String, cure: &str| Fault::new(to.display().to_string(), code, cause, cure);
    if to.exists() {
        return Err(no("backup.exists", "it is here already".to_owned(), "choose another name"));
    }
    if lies_in(to, office.root()) {
        let cure = "write it to another disk, best of another machine";
        return Err(no("backup.inside", "it lies in the office that it is to replace".to_owned(), cure));
    }
    let copy = Copy(office.outbox().join(COPY));
    let failed = |error: &dyn Display| {
        no("backup.failed", format!("the backup cannot be made: {error}"), "see to the disk, then try again")
    };
    private::remove_file(&copy.0).map_err(|error| failed(&error))?;
    let named = ledger.copy_to(&copy.0).map_err(|error| failed(&error))?;
    let unfinished = with_part(to);
    let made = write(office, &copy.0, &named, &unfinished).map_err(|error| {
        let _ = fs::remove_file(&unfinished);
        failed(&error)
    })?;
    fs::rename(&unfinished, to).and_then(|()| sync_parent(to)).map_err(|error| failed(&error))?;
    Ok(BackedUp { backup: to.to_owned(), ..made })
}

/// Removes the ledger's copy on drop, whether or not the backup succeeded.
struct Copy(PathBuf);

impl Drop for Copy {
    fn drop(&mut self) {
        // If this fails, the next backup removes it.
        let _ = private::remove_file(&self.0);
    }
}

fn write(office: &Office, copy: &Path, named: &[SealedFile], to: &Path) -> io::Result<BackedUp> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(to)?;
    let keys = office.review_copies();
    let other = |error: despatch_seal::sealing::SealFault| io::Error::other(error.to_string());
    let sealing = seal_to(&keys, Hashing::new(BufWriter::new(file))).map_err(other)?;
    let mut archive = Archive { builder: tar::Builder::new(sealing), sums: String::new(), files: 0 };
    archive.add(Path::new(LEDGER), copy)?;
    let mut damaged = Vec::new();
    for one in named {
        let whole = match archive.add(&one.path, &office.root().join(&one.path)) {
            Ok(sha256) => one.sha256.is_none_or(|expected| expected == sha256),
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(error),
        };
        if !whole {
            damaged.push(one.path.clone());
        }
    }
    for path in settings_and_keys(office)? {
        archive.add(&path, &office.root().join(&path))?;
    }
    let sums = std::mem::take(&mut archive.sums);
    append_file(&mut archive.builder, SUMS, sums.as_bytes(), sums.len() as u64)?;
    let (buffer, sha256) = archive.builder.into_inner()?.finish()?.finish();
    let file = buffer.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    let sealed_to = keys.into_iter().map(PublicKey::fingerprint).collect();
    Ok(BackedUp {
        backup: to.to_owned(),
        files: archive.files,
        bytes: file.metadata()?.len(),
        sha256,
        sealed_to,
        damaged,
    })
}

struct Archive<W: Write> {
    builder: tar::Builder<W>,
    sums: String,
    files: usize,
}

impl<W: Write> Archive<W> {
    fn add(&mut self, name: &Path, from: &Path) -> io::Result<Sha256> {
        let file = File::open(from)?;
        let size = file.metadata()?.len();
        let mut hashing = Hashing::new(file.take(size));
        append_file(&mut self.builder, name, &mut hashing, size)?;
        let (_, sha256) = hashing.finish();
        self.sums.push_str(&format!("{sha256}  {}\n", name.display()));
        self.files += 1;
        Ok(sha256)
    }
}

/// The settings, the keys and the office's own policy and templates, as paths relative to it; not the relay's password.
fn settings_and_keys(office: &Office) -> io::Result<Vec<PathBuf>> {
    let root = office.root();
    let password = password_file(office)?;
    let mut found = Vec::new();
    for folder in FOLDERS.map(|folder| root.join(folder)).iter().filter(|folder| folder.is_dir()) {
        for entry in WalkDir::new(folder).sort_by_file_name() {
            let entry = entry.map_err(io::Error::from)?;
            let is_password = password.is_some() && password == Some(identity(&entry.metadata()?));
            let unfinished = entry.path().extension().is_some_and(|ending| ending == "part");
            if entry.file_type().is_file() && !is_password && !unfinished {
                found.extend(entry.path().strip_prefix(root).ok().map(Path::to_owned));
            }
        }
    }
    let settings = [CONFIG_FILE, "outbox/checkpoints"].map(PathBuf::from);
    found.extend(settings.into_iter().filter(|file| root.join(file).is_file()));
    Ok(found)
}

/// The identity of the file with the relay's password, so that no alias of its path gets into the backup.
fn password_file(office: &Office) -> io::Result<Option<(u64, u64)>> {
    let CourierConfig::Relay(RelayConfig { password_file: Some(file), .. }) = &office.config.courier else {
        return Ok(None);
    };
    match fs::metadata(office.root().join(file)) {
        Ok(metadata) => Ok(Some(identity(&metadata))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The device and inode of a file, which identify it whatever its name.
fn identity(metadata: &fs::Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

fn with_part(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// Whether a file that does not exist yet would be inside a folder.
fn lies_in(file: &Path, folder: &Path) -> bool {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (fs::canonicalize(parent), fs::canonicalize(folder)) {
        (Ok(parent), Ok(folder)) => parent.starts_with(folder),
        _ => false,
    }
}
