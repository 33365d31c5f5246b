//! Enters: a message that this process opened for a reviewer. Leaves: the word that this account opened it here, for when
//! its approval is to be signed. Never: takes another process's word for it.
//!
//! A line for each, the despatch and the hash of its message, in `$XDG_STATE_HOME/despatch/opened` (XDG Base Directory
//! Specification; without it in `~/.local/state`), or in memory where the account has no such place. There is nothing in
//! it but what is in every list of the outbox.

use despatch_core::private::{GROUP_AND_OTHERS, make_folder, not_ours};
use despatch_core::words::Sha256;
use despatch_ledger::DespatchId;
use nix::unistd::geteuid;
use std::env;
use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The files in which it may stand, the lasting one first.
fn places() -> Vec<PathBuf> {
    let named = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = named("XDG_STATE_HOME").or_else(|| Some(named("HOME")?.join(".local/state")));
    let memory = PathBuf::from(format!("/dev/shm/despatch-{}", geteuid()));
    state
        .map(|state| state.join("despatch"))
        .into_iter()
        .chain([memory])
        .map(|folder| folder.join("opened"))
        .collect()
}

fn line(despatch: DespatchId, message: &Sha256) -> String {
    format!("{despatch} {message}")
}

/// Notes that this account opened a message here.
///
/// # Errors
/// It can be written nowhere.
pub(super) fn note(despatch: DespatchId, message: &Sha256) -> io::Result<()> {
    if has(despatch, message) {
        return Ok(());
    }
    let text = format!("{}\n", line(despatch, message));
    let mut written = Err(io::ErrorKind::NotFound.into());
    for path in places() {
        written = append(&path, &text);
        if written.is_ok() {
            break;
        }
    }
    written
}

fn append(path: &Path, text: &str) -> io::Result<()> {
    path.parent().map_or(Ok(()), make_folder)?;
    let how = libc::O_NOFOLLOW;
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(how).open(path)?;
    if not_ours(path, &file.metadata()?).is_some() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    file.write_all(text.as_bytes())
}

/// Whether this account opened a message here. What others could have written says nothing.
pub(super) fn has(despatch: DespatchId, message: &Sha256) -> bool {
    let wanted = line(despatch, message);
    places().iter().any(|path| stands_in(path, &wanted).unwrap_or(false))
}

fn stands_in(path: &Path, wanted: &str) -> io::Result<bool> {
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path)?;
    let about = file.metadata()?;
    let is_open = about.permissions().mode() & GROUP_AND_OTHERS != 0;
    if !about.is_file() || is_open || not_ours(path, &about).is_some() {
        return Ok(false);
    }
    Ok(BufReader::new(file).lines().map_while(Result::ok).any(|known| known == wanted))
}
