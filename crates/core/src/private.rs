//! Enters: files and folders private to one account, and this process. Leaves: secrets as bytes that are zeroised on
//! drop; every path open to other accounts, with its cure.
//! Never: changes a permission by itself, or takes a secret from an argument or an environment variable.
//!
//! **What is zeroised and what cannot be.** Passphrases, private keys, decrypted plaintext, the bytes of a case file
//! and its attachments, and the letters rendered from them are held in [`Secret`] or in age's own types, which are
//! overwritten on drop. What is parsed out of a case file (the texts of a `Case`, typst's memory in a rendering
//! worker, the pipe buffers between the two) is freed without being overwritten: workers are replaced after a number
//! of jobs, no process of this program leaves a core dump, and swap belongs on an encrypted disk (docs/keys-and-retention.md).

use crate::fault::Fault;
use crate::text::utf8_of;
use nix::sys::mman::{MlockAllFlags, mlockall};
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::unistd::{Uid, User, geteuid};
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Bytes that are overwritten on drop.
pub type Secret = Zeroizing<Vec<u8>>;

/// Serde support for secret bytes inside a request to another process: base64 (RFC 4648).
pub mod secret_bytes {
    use super::Secret;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use zeroize::Zeroizing;

    /// Serialises the bytes as text.
    ///
    /// # Errors
    /// The serialiser fails.
    pub fn serialize<S: Serializer>(bytes: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
        Zeroizing::new(STANDARD.encode(bytes)).as_str().serialize(serializer)
    }

    /// Deserialises the text.
    ///
    /// # Errors
    /// The input is not base64.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        STANDARD.decode(text.as_bytes()).map(Secret::new).map_err(D::Error::custom)
    }
}

/// The permission bits of the group and of others.
pub const GROUP_AND_OTHERS: u32 = 0o077;
/// The permission bits of accounts outside the group.
pub const OTHERS: u32 = 0o007;
/// Far above any passphrase, password or key file; a buffer of this size never reallocates, so no copy is left behind.
const SECRET_BYTES_MAX: u64 = 64 << 10;
/// The variable in which systemd gives the path of a service's credentials (systemd.exec(5)): a path, never a secret.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// Ensures that this process never dumps its memory to disk, and that no other process of the account can read it
/// (prctl(2), PR_SET_DUMPABLE; core(5)).
///
/// # Errors
/// The system refuses the resource limit or the process attribute.
pub fn no_core_dumps() -> io::Result<()> {
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    Ok(prctl::set_dumpable(false)?)
}

/// Keeps all memory of this process off the disk (mlockall(2)), what it takes later included.
///
/// # Errors
/// The system does not let this process lock so much (RLIMIT_MEMLOCK).
pub fn never_swapped() -> io::Result<()> {
    Ok(mlockall(MlockAllFlags::MCL_CURRENT | MlockAllFlags::MCL_FUTURE)?)
}

/// Returns the path of a credential that systemd passed to this service, if any.
pub fn credential(name: &str) -> Option<PathBuf> {
    let path = credentials()?.join(name);
    path.is_file().then_some(path)
}

fn credentials() -> Option<PathBuf> {
    std::env::var_os(CREDENTIALS).filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// Reads a short secret: a passphrase, a password or a key file. A plain file must be private to one account; pipes
/// and terminals are not checked.
///
/// # Errors
/// The file cannot be read or is too long (`unread` makes the fault); other accounts can access it.
pub fn read_secret(path: &Path, unread: impl Fn(io::Error) -> Fault) -> Result<Secret, Fault> {
    let file = File::open(path).map_err(&unread)?;
    let metadata = file.metadata().map_err(&unread)?;
    if metadata.is_file() {
        loose_secret(path, &metadata)?;
    }
    let mut bytes = Secret::new(Vec::with_capacity(SECRET_BYTES_MAX as usize + 1));
    file.take(SECRET_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(&unread)?;
    if bytes.len() as u64 > SECRET_BYTES_MAX {
        return Err(unread(io::Error::new(io::ErrorKind::FileTooLarge, "it is too long for a secret")));
    }
    Ok(bytes)
}

/// Returns the first line of what [`read_secret`] read, without its line ending or the mark of its encoding.
pub fn first_line(secret: &Secret) -> Zeroizing<String> {
    let text = utf8_of(secret);
    let line = text.as_ref().unwrap_or(secret).split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    Zeroizing::new(String::from_utf8_lossy(line).into_owned())
}

/// Checks that a secret's file belongs to this account or to root, and to nobody else.
fn loose_secret(path: &Path, metadata: &Metadata) -> Result<(), Fault> {
    // systemd grants the service access by an ACL, which shows as the group's permission (systemd.exec(5)).
    let from_systemd = credentials().is_some_and(|folder| path.starts_with(folder));
    let closed_to = if from_systemd { OTHERS } else { GROUP_AND_OTHERS };
    if let Some(fault) = loose(path, metadata, closed_to) {
        return Err(fault);
    }
    if [0, geteuid().as_raw()].contains(&metadata.uid()) {
        return Ok(());
    }
    Err(foreign(path, metadata))
}

/// Returns a fault if a file or folder grants any of the permission bits in `closed_to`.
pub fn loose(path: &Path, metadata: &Metadata, closed_to: u32) -> Option<Fault> {
    let mode = metadata.mode() & 0o7777;
    if mode & closed_to == 0 {
        return None;
    }
    let whom = if closed_to == OTHERS { "o" } else { "go" };
    let cause = format!("other accounts may look into it or change it (its mode is {mode:04o})");
    Some(Fault::new(show(path), "file.loose", cause, format!("chmod {whom}-rwx {}", quoted(path))))
}

/// Returns a fault if accounts other than its owner's may change a file or folder that all may read.
pub fn writable_by_others(path: &Path, metadata: &Metadata) -> Option<Fault> {
    const OTHERS_WRITE: u32 = 0o022;
    let mode = metadata.mode() & 0o7777;
    let cause = format!("other accounts may change it (its mode is {mode:04o})");
    (mode & OTHERS_WRITE != 0)
        .then(|| Fault::new(show(path), "file.loose", cause, format!("chmod go-w {}", quoted(path))))
}

/// Returns a fault if a path is a link, given the metadata of the path itself: whoever made it may change where it leads
/// to, and what it leads to has other owners and rights than the link.
pub fn is_link(path: &Path, metadata: &Metadata) -> Option<Fault> {
    let cure = "put the file or folder itself there, or mount it";
    metadata.is_symlink().then(|| Fault::new(show(path), "file.link", "it is a link", cure))
}

/// Returns a fault if a file or folder belongs to an account other than the current one and root's.
pub fn not_ours_nor_roots(path: &Path, metadata: &Metadata) -> Option<Fault> {
    (metadata.uid() != 0).then(|| not_ours(path, metadata)).flatten()
}

/// Returns a fault if a file or folder belongs to an account other than the current one.
pub fn not_ours(path: &Path, metadata: &Metadata) -> Option<Fault> {
    (metadata.uid() != geteuid().as_raw()).then(|| foreign(path, metadata))
}

fn foreign(path: &Path, metadata: &Metadata) -> Fault {
    let (theirs, ours) = (account(metadata.uid()), account(geteuid().as_raw()));
    let cause = format!("it belongs to the account {theirs}, and this is {ours}");
    let cure = format!("chown {ours} {}, or give the command as {theirs}", quoted(path));
    Fault::new(show(path), "file.owner", cause, cure)
}

/// Returns an account's name, or its number if the system knows no name.
pub fn account(uid: u32) -> String {
    User::from_uid(Uid::from_raw(uid)).ok().flatten().map_or_else(|| uid.to_string(), |user| user.name)
}

/// Removes a file durably, so that it stays removed after a power cut; does not overwrite its content.
///
/// # Errors
/// The disk refuses; a missing file counts as removed.
pub fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all()),
    }
}

fn show(path: &Path) -> String {
    path.display().to_string()
}

/// Quotes a path so that a shell reads it as one word.
fn quoted(path: &Path) -> String {
    let text = show(path);
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%=:,".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// Writes a private file atomically: after a power cut there is either the whole new file or the previous one.
///
/// # Errors
/// The file cannot be written, flushed or renamed.
pub fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".part");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Creates a folder and its parents, accessible to this account only.
///
/// # Errors
/// The folder cannot be created.
pub fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}
