//! Enters: a claimed case with faults. Leaves: the whole case under `rejected/`, with its faults beside it.
//! Never: overwrites an earlier rejected case.

use super::{Inbox, SHARED_FILE, SHARED_FOLDER};
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The longest file name, in bytes (Linux, NAME_MAX).
const FILE_NAME_MAX: usize = 255;

/// Moves every file of a claim to `rejected/`, each to the path that it had in the inbox, and writes `NAME.faults.txt`
/// beside the case file. Returns the case file's new path, relative to `rejected/`.
///
/// # Errors
/// A file cannot be written or moved; nothing is lost, because the next start finds the claim again.
pub(super) fn reject(inbox: &Inbox, token: &str, file: &Path, faults: &[Fault]) -> io::Result<PathBuf> {
    let claimed = inbox.claimed().join(token);
    let list = faults_file(file);
    let folder = free_folder(inbox, &claimed)?;
    let beside = folder.join(list);
    if let Some(parent) = beside.parent().filter(|parent| !parent.exists()) {
        inbox.make_folder(parent, SHARED_FOLDER)?;
    }
    let mut text = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    text.write_all(faults_text(faults).as_bytes())?;
    if inbox.is_shared() {
        text.set_permissions(Permissions::from_mode(SHARED_FILE))?;
    }
    text.sync_all()?;
    let mut entries: Vec<PathBuf> = WalkDir::new(&claimed)
        .min_depth(1)
        .into_iter()
        .filter_map(|entry| Some(entry.ok()?.path().strip_prefix(&claimed).ok()?.to_owned()))
        .collect();
    // The case file last: while it is in `claimed/`, a start after a crash resumes the rest.
    entries.sort_by_key(|relative| relative == file);
    for relative in entries {
        let (from, to) = (claimed.join(&relative), folder.join(&relative));
        let is_folder = from.is_dir() && !from.is_symlink();
        let home = if is_folder { Some(to.as_path()) } else { to.parent() };
        if let Some(home) = home.filter(|home| !home.exists()) {
            inbox.make_folder(home, SHARED_FOLDER)?;
        }
        if !is_folder {
            fs::rename(from, to)?;
        }
    }
    fs::remove_dir_all(&claimed)?;
    let home = folder.join(file);
    Ok(home.strip_prefix(inbox.rejected()).map_or(home.clone(), Path::to_owned))
}

/// Returns `NAME.faults.txt` beside the case file; a name too long for that is cut, with a hash to keep it unique.
pub fn faults_file(file: &Path) -> PathBuf {
    const SUFFIX: &str = ".faults.txt";
    let name = file.file_name().unwrap_or_default();
    if name.len() + SUFFIX.len() > FILE_NAME_MAX {
        let short: String = name.to_string_lossy().chars().take(FILE_NAME_MAX / 8).collect();
        let hash = Sha256::of(name.as_encoded_bytes());
        return file.with_file_name(format!("{short}-{}{SUFFIX}", hash.short()));
    }
    let mut name = name.to_owned();
    name.push(SUFFIX);
    file.with_file_name(name)
}

/// Returns `rejected/` itself, or its first numbered subfolder in which no file of the claim exists. A fault list
/// without its case was left by an interrupted rejection of this claim, so it is overwritten.
fn free_folder(inbox: &Inbox, claimed: &Path) -> io::Result<PathBuf> {
    let taken = |folder: &Path| {
        WalkDir::new(claimed).min_depth(1).into_iter().filter_map(Result::ok).any(|entry| {
            let relative = entry.path().strip_prefix(claimed).unwrap_or(entry.path());
            let there = folder.join(relative).symlink_metadata();
            there.is_ok_and(|there| !(entry.file_type().is_dir() && there.is_dir()))
        })
    };
    let rejected = inbox.rejected();
    (1_u32..)
        .map(|n| if n == 1 { rejected.clone() } else { rejected.join(format!("again-{n}")) })
        .find(|folder| !taken(folder))
        .ok_or_else(|| io::Error::other("no free name under rejected/"))
}

/// Formats the faults for the caseworker.
pub fn faults_text(faults: &[Fault]) -> String {
    let count = match faults.len() {
        1 => "One thing is wrong".to_owned(),
        n => format!("{n} things are wrong"),
    };
    let mut text = format!("{count} with this case file. Nothing was made of it, and nothing was sent.\n");
    for (number, fault) in faults.iter().enumerate() {
        let place = if fault.at.is_empty() { "the file" } else { &fault.at };
        text.push_str(&format!(
            "\n{}. {place}\n   {}.\n   To mend: {}.\n",
            number + 1,
            sentence(&fault.cause),
            fault.cure
        ));
    }
    text.push_str("\nMend the file and drop it into the inbox again, with its attachments.\n");
    text
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
