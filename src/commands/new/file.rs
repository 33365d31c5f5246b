//! Enters: the path of an attachment; the finished case file. Leaves: the attachment's name, size and hash; the files
//! written, the case file last. Never: overwrites anything, or leaves half a case behind.

use super::loaded::Source;
use super::person::Finished;
use despatch_app::intake::AttachedFile;
use despatch_app::new_file::write_new;
use despatch_app::operations::new_case::attached::{Found, found};
use despatch_core::private::Secret;
use despatch_core::words::Sha256;
use despatch_process::case::MAX_ATTACHMENT_BYTES;
use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Reads an attachment and gives it an unused name. `taken` has the other names, in lower case.
///
/// # Errors
/// The file cannot be read or is not a PDF; the text is one sentence without a full stop.
pub(super) fn look(given: &str, source: &Source, taken: &BTreeSet<String>) -> Result<Found, String> {
    let bytes = read(source).map_err(|error| format!("the file cannot be read: {error}"))?;
    match source {
        Source::Path(path) => found(&path.to_string_lossy(), &bytes, taken),
        Source::Loaded(_) => found(given, &bytes, taken),
    }
}

fn read(source: &Source) -> io::Result<Secret> {
    let path = match source {
        Source::Path(path) => path,
        Source::Loaded(bytes) => return Ok(bytes.clone()),
    };
    // Opening a pipe would block, and a device has no end.
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    let size = file.metadata()?;
    if !size.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a plain file"));
    }
    if size.len() > MAX_ATTACHMENT_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it has more than 25 MiB"));
    }
    let mut bytes = Vec::new();
    file.take(MAX_ATTACHMENT_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes.into())
}

/// Whether the folder has neither a case file nor a folder of this name.
pub(super) fn is_free(dir: &Path, name: &str) -> bool {
    let there = |path: PathBuf| path.symlink_metadata().is_ok();
    !there(dir.join(name)) && !there(dir.join(format!("{name}.json")))
}

/// Writes the attachments into a folder and then the case file beside it, all of them private.
///
/// # Errors
/// The name is taken, an attachment has changed since it was read, or writing fails.
pub(super) fn write(dir: &Path, finished: &Finished) -> io::Result<PathBuf> {
    let name = &finished.name;
    let attachments = attachments(finished)?;
    if !is_free(dir, name) {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, "a file of this name is there already"));
    }
    uninterrupted(|| {
        let folder = dir.join(name);
        if attachments.is_empty() {
            return fill(dir, finished, &attachments);
        }
        DirBuilder::new().mode(0o700).create(&folder)?;
        fill(dir, finished, &attachments).inspect_err(|_| {
            // If the removal fails, the attachments have no case file, so nothing is made of them.
            let _ = fs::remove_dir_all(&folder);
        })
    })
}

/// Runs `work` with Ctrl-C and termination signals blocked, so that all of it is written or none.
fn uninterrupted<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let mut signals = SigSet::empty();
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        signals.add(signal);
    }
    let mut before = SigSet::empty();
    sigprocmask(SigmaskHow::SIG_BLOCK, Some(&signals), Some(&mut before))?;
    let done = work();
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&before), None)?;
    done
}

/// Reads the attachments, and checks that they are still those that the case file lists.
///
/// # Errors
/// An attachment cannot be read, or has changed since it was listed.
pub(super) fn attachments(finished: &Finished) -> io::Result<Vec<AttachedFile>> {
    let case: Value = serde_json::from_slice(&finished.bytes)?;
    let listed = |name: &str| {
        let list = case.get("attachments").and_then(Value::as_array);
        let one =
            list.into_iter().flatten().find(|one| one.get("file").and_then(Value::as_str) == Some(name));
        one.and_then(|one| one.get("sha256")).and_then(Value::as_str)
    };
    let mut attachments = Vec::with_capacity(finished.sources.len());
    for (file, source) in &finished.sources {
        let bytes = read(source)?;
        if listed(file) != Some(Sha256::of(&bytes).to_string().as_str()) {
            return Err(io::Error::other(format!("the attachment {file} changed meanwhile")));
        }
        attachments.push(AttachedFile { file: file.clone(), bytes });
    }
    Ok(attachments)
}

fn fill(dir: &Path, finished: &Finished, attachments: &[AttachedFile]) -> io::Result<PathBuf> {
    let name = &finished.name;
    for attachment in attachments {
        write_new(&dir.join(name).join(&attachment.file), &attachment.bytes)?;
    }
    let (part, whole) = (dir.join(format!("{name}.part")), dir.join(format!("{name}.json")));
    write_new(&part, &finished.bytes)?;
    renameat2(AT_FDCWD, &part, AT_FDCWD, &whole, RenameFlags::RENAME_NOREPLACE).inspect_err(|_| {
        let _ = fs::remove_file(&part);
    })?;
    // The file is complete and in place, so a folder that cannot be flushed is no failure.
    let _ = File::open(dir).and_then(|dir| dir.sync_all());
    Ok(whole)
}
