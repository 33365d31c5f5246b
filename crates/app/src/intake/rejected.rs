//! Enters: the folder of rejected cases. Leaves: the case files that lie there, each with what it says of itself.
//! Never: follows a link, or believes what a file says of itself.

use super::folder::Folder;
use super::inbox::FOLDERS_DEEP;
use super::scan::CASE_BYTES_MAX;
use super::{faults_file, plain};
use chrono::{DateTime, Utc};
use despatch_core::words::Sha256;
use despatch_process::case::Said;
use std::path::{Path, PathBuf};

/// A case file that was rejected and still lies there.
#[derive(Debug)]
pub struct RejectedFile {
    /// Relative to the folder of rejected cases.
    pub file: PathBuf,
    /// Since when it has lain there.
    pub since: DateTime<Utc>,
    /// The hash of its bytes, if they can be read.
    pub sha256: Option<Sha256>,
    pub said: Said,
    /// What its faults are, for people.
    pub faults: String,
}

/// Every rejected case file, in order of name; none if there is no such folder. A case file has its faults beside it.
pub fn rejected_in(rejected: &Path) -> Vec<RejectedFile> {
    let Ok(root) = Folder::at(rejected) else { return Vec::new() };
    let lying = root.walk(FOLDERS_DEEP).unwrap_or_default();
    let files = lying.into_iter().filter(|(_, lying)| !lying.is_folder);
    files
        .filter_map(|(file, lying)| {
            let (_, faults) = plain::read_at(&root, &faults_file(&file), CASE_BYTES_MAX).ok()?;
            let bytes = plain::read_at(&root, &file, CASE_BYTES_MAX).ok().map(|(_, bytes)| bytes);
            let said = bytes.as_deref().map(|bytes| Said::in_file(bytes)).unwrap_or_default();
            let faults = String::from_utf8_lossy(&faults).into_owned();
            let sha256 = bytes.as_deref().map(|bytes| Sha256::of(bytes));
            Some(RejectedFile { file, since: lying.since(), sha256, said, faults })
        })
        .collect()
}
