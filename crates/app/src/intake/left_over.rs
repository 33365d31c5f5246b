//! Enters: an open inbox, and the files that its cases take. Leaves: the files that nobody takes, each with why and since
//! when. Never: counts what a file server keeps, or changes a file.

use super::file_server::is_kept_by_server;
use super::folder::Folder;
use super::folders::IntakeFolders;
use super::inbox::FOLDERS_DEEP;
use super::plain::is_case_file;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// A file in the inbox that no case takes. It may be about somebody, and lies there in clear.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LeftOver {
    /// Relative to the inbox.
    #[serde(serialize_with = "super::lossy")]
    pub file: PathBuf,
    /// Since when it has lain there as it is.
    pub since: DateTime<Utc>,
    pub why: String,
}

/// What the cases in an inbox take.
#[derive(Debug, Default)]
pub(super) struct SpokenFor {
    files: HashSet<PathBuf>,
    /// Folders of cases that cannot be read yet, with all that lies in them.
    folders: Vec<PathBuf>,
}

impl SpokenFor {
    pub(super) fn files(&mut self, files: impl IntoIterator<Item = PathBuf>) {
        self.files.extend(files);
    }

    pub(super) fn folder(&mut self, folder: Option<PathBuf>) {
        self.folders.extend(folder);
    }

    fn covers(&self, path: &Path) -> bool {
        self.files.contains(path) || self.folders.iter().any(|folder| path.starts_with(folder))
    }
}

/// Every file that nobody takes, in order of name.
pub(super) fn left_over(root: &Folder, spoken_for: &SpokenFor) -> Vec<LeftOver> {
    let mut found = Vec::new();
    look_into(root, Path::new(""), FOLDERS_DEEP, spoken_for, &mut found);
    found.sort();
    found
}

fn look_into(folder: &Folder, at: &Path, depth: usize, spoken_for: &SpokenFor, found: &mut Vec<LeftOver>) {
    for name in folder.names().unwrap_or_default() {
        let file = at.join(&name);
        // Else it has gone meanwhile.
        let Ok(lying) = folder.lying(&name) else { continue };
        let left = |why: &str| LeftOver { file: file.clone(), since: lying.since(), why: why.to_owned() };
        if !lying.is_folder {
            if !spoken_for.covers(&file) {
                found.push(left(why(&file)));
            }
        } else if !is_kept_by_server(&name) && !IntakeFolders::is_own_name(&file) {
            match (depth.checked_sub(1), folder.below(Path::new(&name))) {
                (Some(deeper), Ok(inside)) => look_into(&inside, &file, deeper, spoken_for, found),
                _ => found.push(left("despatch cannot look into this folder")),
            }
        }
    }
}

fn why(file: &Path) -> &'static str {
    let hidden = file.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    if hidden {
        "its name begins with a dot, as those of unfinished files do"
    } else if is_case_file(file) {
        "a case file lies in the inbox itself or one folder below it"
    } else {
        "no case file that waits lists it"
    }
}
