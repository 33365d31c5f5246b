//! Enters: a claimed case and the text of its faults. Leaves: the whole case under `rejected/`, with its faults beside it.
//! Never: overwrites an earlier rejected case.

use super::folder::{Folder, Lying, split};
use super::inbox::{FOLDERS_DEEP, Held};
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The longest file name, in bytes (Linux, NAME_MAX).
const FILE_NAME_MAX: usize = 255;

/// Moves every file of a claim to `rejected/`, each to the path that it had in the inbox, and writes `NAME.faults.txt`
/// beside the case file. Returns the case file's new path as people are told of it.
///
/// # Errors
/// A file cannot be written or moved; nothing is lost, because the next start finds the claim again.
pub(super) fn reject(held: &Held, token: &str, file: &Path, faults: &str) -> io::Result<PathBuf> {
    let claim = held.claimed.own(OsStr::new(token))?;
    let mut entries = claim.walk(FOLDERS_DEEP)?;
    let (below, folder) = free_folder(held, &entries)?;
    let list = faults_file(file);
    let (parent, name) = split(&list);
    let mut text = folder.make_all(parent, held.readable())?.write(name, false)?;
    text.write_all(faults.as_bytes())?;
    held.share(&text)?;
    text.sync_all()?;
    // The case file last: while it is in `claimed/`, a start after a crash resumes the rest.
    entries.sort_by_key(|(path, _)| path == file);
    for (path, lying) in entries {
        if lying.is_folder {
            folder.make_all(&path, held.readable())?;
            continue;
        }
        let (parent, name) = split(&path);
        claim.below(parent)?.move_to(name, &folder.make_all(parent, held.readable())?)?;
    }
    held.claimed.remove_folders(OsStr::new(token))?;
    Ok(held.rejected_shown.join(below).join(file))
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

/// Returns `rejected/` itself, or its first numbered subfolder in which no file of the claim exists, with its path below
/// `rejected/`. A fault list without its case was left by an interrupted rejection of this claim, so it is overwritten.
fn free_folder(held: &Held, claimed: &[(PathBuf, Lying)]) -> io::Result<(PathBuf, Folder)> {
    let taken = |folder: &Folder| {
        claimed.iter().any(|(path, lying)| {
            let (parent, name) = split(path);
            let there = folder.below(parent).and_then(|folder| folder.lying(name));
            there.is_ok_and(|there| !(lying.is_folder && there.is_folder))
        })
    };
    for number in 1_u32.. {
        let below = if number == 1 { PathBuf::new() } else { PathBuf::from(format!("again-{number}")) };
        let folder = held.rejected.make_all(&below, held.readable())?;
        if !taken(&folder) {
            return Ok((below, folder));
        }
    }
    Err(io::Error::other("no free name under rejected/"))
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
