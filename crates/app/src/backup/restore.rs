//! Enters: a backup and a key that opens it. Leaves: the office in a new folder, fully verified, which sends nothing
//! until it is reconciled. Never: overwrites anything, or leaves a usable office before it is verified and marked as
//! restored.

use super::{SUMS, sync_parent};
use crate::hashing::Hashing;
use crate::intake::INBOX;
use crate::office::{CONFIG_FILE, Office, is_free};
use despatch_core::fault::Fault;
use despatch_core::private::make_folder;
use despatch_core::words::Sha256;
use despatch_ledger::{Ledger, SealedFile};
use despatch_seal::keys::SecretKey;
use despatch_seal::stream::open_from;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};

/// An office read from a backup and verified, but not yet marked as restored or moved into place.
#[derive(Debug)]
pub struct Restoring {
    staged: PathBuf,
    to: PathBuf,
    pub office: Office,
    pub ledger: Ledger,
    pub files: usize,
    /// The hash of the backup's file.
    pub backup: Sha256,
    /// Sealed files that the ledger names and that were missing or damaged when the backup was made.
    pub damaged: Vec<PathBuf>,
}

impl Restoring {
    /// Moves the office into place, which makes it live.
    ///
    /// # Errors
    /// The rename or the sync fails; the staged copy is removed.
    pub fn finish(self) -> Result<(), Fault> {
        // SQLite checkpoints and removes its write-ahead log when the last connection closes.
        drop(self.ledger);
        let placed = fs::rename(&self.staged, &self.to).and_then(|()| sync_parent(&self.to));
        placed.map_err(|error| {
            clear(&self.staged);
            failed(&self.to, &error)
        })
    }

    /// Removes what was read from the backup, so that the same command can be run again.
    pub fn abandon(self) {
        drop(self.ledger);
        clear(&self.staged);
    }
}

/// Reads a backup into a folder beside `to` and verifies it: each file by its hash, the ledger by its chain, and each
/// message by the hash in the ledger.
///
/// # Errors
/// `to` is not free; the key does not open the backup; a file is damaged. Nothing is left behind.
pub fn restore(file: &Path, to: &Path, secret: &SecretKey) -> Result<Restoring, Vec<Fault>> {
    let free = is_free(to);
    let mut name = to.as_os_str().to_owned();
    name.push(".restoring");
    let staged = PathBuf::from(name);
    if !free || staged.exists() {
        let place = if free { &staged } else { to };
        let cause = "it is not empty";
        let cure = "choose a new folder, or remove what an earlier restore left there";
        return Err(vec![Fault::new(place.display().to_string(), "restore.not_empty", cause, cure)]);
    }
    let outcome = stage(file, &staged, secret).and_then(|read| verified(read, &staged, to));
    outcome.inspect_err(|_| clear(&staged))
}

/// Removes the staged folder; if that fails, the next attempt names what is left.
fn clear(staged: &Path) {
    let _ = fs::remove_dir_all(staged);
}

/// The hash of every file, by its name.
type Hashes = BTreeMap<PathBuf, Sha256>;

/// Unpacks the archive; returns the hashes of its files and its own.
fn stage(file: &Path, staged: &Path, secret: &SecretKey) -> Result<(Hashes, Sha256), Vec<Fault>> {
    let no = |error: &dyn Display| vec![failed(file, error)];
    let input = File::open(file).map_err(|error| no(&error))?;
    let mut input = BufReader::new(Hashing::new(input));
    let mut stream = open_from(&mut input, secret).map_err(|why| no(&why))?;
    let (hashes, sums) = unpack(&mut stream, staged).map_err(|error| no(&error))?;
    // Only the last chunk authenticates the stream as complete.
    io::copy(&mut stream, &mut io::sink()).map_err(|error| no(&error))?;
    drop(stream);
    io::copy(&mut input, &mut io::sink()).map_err(|error| no(&error))?;
    let listed: BTreeMap<PathBuf, String> = sums
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(sha256, name)| (PathBuf::from(name), sha256.to_owned()))
        .collect();
    let found: BTreeMap<PathBuf, String> =
        hashes.iter().map(|(name, sha256)| (name.clone(), sha256.to_string())).collect();
    if listed.is_empty() || listed != found {
        return Err(no(&"its files are not those of its list of hashes"));
    }
    let (_, backup) = input.into_inner().finish();
    Ok((hashes, backup))
}

/// Writes every file below `staged`; returns the hashes and the list of hashes, which comes last.
fn unpack(stream: &mut impl Read, staged: &Path) -> io::Result<(Hashes, String)> {
    let (mut hashes, mut sums) = (BTreeMap::new(), None);
    let mut folders = BTreeSet::new();
    make_folder(staged)?;
    let mut archive = tar::Archive::new(stream);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = entry.path()?.into_owned();
        let plain = name.components().all(|part| matches!(part, Component::Normal(_)));
        if !plain || !entry.header().entry_type().is_file() || sums.is_some() {
            return Err(io::Error::other("it holds something that no backup holds"));
        }
        if name == Path::new(SUMS) {
            let mut text = String::new();
            entry.read_to_string(&mut text)?;
            sums = Some(text);
            continue;
        }
        let path = staged.join(&name);
        let folder = path.parent().unwrap_or(staged).to_owned();
        make_folder(&folder)?;
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        let mut writer = Hashing::new(BufWriter::new(file));
        io::copy(&mut entry, &mut writer)?;
        writer.flush()?;
        let (buffer, sha256) = writer.finish();
        buffer.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        folders.insert(folder);
        hashes.insert(name, sha256);
    }
    make_folder(&staged.join(INBOX))?;
    folders.insert(staged.to_owned());
    folders.iter().try_for_each(|folder| File::open(folder)?.sync_all())?;
    sums.map(|sums| (hashes, sums)).ok_or_else(|| io::Error::other("its list of hashes is missing"))
}

fn verified((hashes, backup): (Hashes, Sha256), staged: &Path, to: &Path) -> Result<Restoring, Vec<Fault>> {
    if !hashes.contains_key(Path::new(CONFIG_FILE)) {
        return Err(vec![failed(to, &"it holds no settings")]);
    }
    let office = Office::open(staged)?;
    let no = |error: &dyn Display| vec![failed(to, error)];
    let mut ledger = Ledger::open(&office.outbox()).map_err(|error| no(&error))?;
    if let Err(broken) = ledger.verify().map_err(|error| no(&error))? {
        return Err(no(&format!("row {} of the record does not hold: {}", broken.seq, broken.why)));
    }
    let named = ledger.sealed_files().map_err(|error| no(&error))?;
    let damaged = |file: &SealedFile| match (hashes.get(&file.path), file.sha256) {
        (Some(found), Some(expected)) => *found != expected,
        (found, _) => found.is_none(),
    };
    let damaged = named.into_iter().filter(damaged).map(|file| file.path).collect();
    Ok(Restoring {
        staged: staged.to_owned(),
        to: to.to_owned(),
        office,
        ledger,
        files: hashes.len(),
        backup,
        damaged,
    })
}

fn failed(at: &Path, error: &dyn Display) -> Fault {
    let cause = format!("the backup cannot be restored: {error}");
    let cure = "check the key and the file, or take another backup";
    Fault::new(at.display().to_string(), "restore.failed", cause, cure)
}
