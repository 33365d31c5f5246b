//! Enters: an inbox and a case. Leaves: the files of that case there, which are in clear, those still to be processed,
//! and those whose case cannot be determined. Never: follows a link, blocks on a pipe, or changes a file.

use super::removal::open_plain;
use crate::intake::{IntakeFolders, faults_file};
use despatch_core::words::CaseId;
use despatch_process::case::MAX_BYTES;
use serde_json::Value;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The files that an inbox holds in clear.
#[derive(Debug, Default)]
pub(super) struct InClear {
    /// Files of rejected cases: fault lists, attachments, and each case file after its own files.
    pub(super) rejected: Vec<PathBuf>,
    /// Case files of the case that are in the inbox or claimed.
    pub(super) to_be_made: Vec<PathBuf>,
    /// Case files and rejected files whose case cannot be determined.
    pub(super) untold: Vec<PathBuf>,
}

/// The case to which a file belongs.
enum Whose {
    Theirs(Value),
    Others,
    Untold,
}

impl InClear {
    /// Searches the whole inbox.
    pub(super) fn of(intake: &IntakeFolders, case: &CaseId) -> InClear {
        let mut found = InClear::default();
        let rejected = intake.rejected();
        for path in intake.trees().iter().flat_map(|tree| files_below(tree)) {
            let is_reject = path.starts_with(&rejected);
            let is_looked_at = is_case_file(&path) || is_reject && faults_file(&path).is_file();
            if !is_looked_at {
                continue;
            }
            match whose(&path, case) {
                Whose::Others => {}
                Whose::Untold => found.untold.push(path),
                Whose::Theirs(_) if !is_reject => found.to_be_made.push(path),
                Whose::Theirs(content) => found.rejected.extend(with_all_it_brought(path, &content)),
            }
        }
        let mut seen = BTreeSet::new();
        found.rejected.retain(|path| seen.insert(path.clone()));
        found
    }
}

/// Every file, link and pipe, in order of name.
pub(super) fn files_below(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    entries.filter(|entry| !entry.file_type().is_dir()).map(walkdir::DirEntry::into_path)
}

fn is_case_file(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}

fn whose(path: &Path, case: &CaseId) -> Whose {
    let read = || {
        let mut bytes = Vec::new();
        open_plain(path).ok()??.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).ok()?;
        serde_json::from_slice::<Value>(&bytes).ok()
    };
    let content = read().unwrap_or_default();
    match content["case_id"].as_str() {
        None => Whose::Untold,
        Some(id) if id == case.as_str() => Whose::Theirs(content),
        Some(_) => Whose::Others,
    }
}

/// A rejected case file, preceded by its fault list, the attachments that it names and everything else in its own
/// folder, unless that contains another case: then only what is named is certainly its own.
fn with_all_it_brought(path: PathBuf, content: &Value) -> Vec<PathBuf> {
    let (folder, own) = (path.parent().unwrap_or(Path::new("")), path.with_extension(""));
    let mut found = vec![faults_file(&path)];
    let names = content["attachments"].as_array().into_iter().flatten();
    for name in names.filter_map(|attachment| attachment["file"].as_str()) {
        // Only a plain file name; a path could lead elsewhere.
        if Path::new(name).file_name() == Some(OsStr::new(name)) {
            found.extend([folder.join(name), own.join(name)]);
        }
    }
    let brought: Vec<PathBuf> = files_below(&own).collect();
    if !brought.iter().any(|file| is_case_file(file)) {
        found.extend(brought);
    }
    found.retain(|path| path.symlink_metadata().is_ok_and(|there| !there.is_dir()));
    found.push(path);
    found
}
