//! Enters: an office, and what one of its own files of rules or templates is to hold. Leaves: the faults that the office
//! would have with it. Never: changes the office.

use super::{CONFIG_FILE, KEYS, OfficeLoader, POLICY, REVIEW_PUBLIC, Reach, TEMPLATES};
use crate::office::signing_key::SIGNING_PUBLIC;
use despatch_core::fault::Fault;
use despatch_core::private::make_folder;
use despatch_core::random::random_hex;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// A copy of what an office is read from, without anything of a case; it is removed on drop.
struct Candidate(PathBuf);

impl Drop for Candidate {
    fn drop(&mut self) {
        // It holds rules and public keys alone: what stays is no secret.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Returns the faults that the office at `root` would have if `path` held `text`.
///
/// # Errors
/// The copy cannot be made.
pub fn faults_with(root: &Path, path: &str, text: &str) -> io::Result<Vec<Fault>> {
    let candidate = Candidate(root.join(super::OUTBOX).join(format!("candidate-{}", random_hex(8)?)));
    let to = &candidate.0;
    for folder in [POLICY, TEMPLATES, KEYS] {
        make_folder(&to.join(folder))?;
    }
    for file in
        [CONFIG_FILE.to_owned(), format!("{KEYS}/{REVIEW_PUBLIC}"), format!("{KEYS}/{SIGNING_PUBLIC}")]
    {
        if root.join(&file).exists() {
            fs::copy(root.join(&file), to.join(&file))?;
        }
    }
    for folder in [POLICY, TEMPLATES] {
        for entry in WalkDir::new(root.join(folder)).into_iter().filter_map(Result::ok) {
            let Ok(inner) = entry.path().strip_prefix(root) else { continue };
            match entry.file_type().is_dir() {
                true => make_folder(&to.join(inner))?,
                false => drop(fs::copy(entry.path(), to.join(inner))?),
            }
        }
    }
    let file = to.join(path);
    file.parent().map_or(Ok(()), make_folder)?;
    fs::write(&file, text)?;
    Ok(OfficeLoader::of(to, Reach::EachFile).faults)
}
