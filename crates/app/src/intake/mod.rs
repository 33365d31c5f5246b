//! Enters: files that people drop into the inbox. Leaves: [`Incoming`], a complete case file with its attachments,
//! claimed by one process; or a report of what is still missing.
//! Never: follows a link, blocks on a pipe, or loses a file.

mod claim;
mod deposit;
mod file_fault;
mod file_server;
mod files;
mod finding;
mod folder;
mod folders;
mod inbox;
mod left_over;
mod local_case;
mod plain;
mod process;
mod reject;
mod rejected;
mod requests;
mod scan;
mod settled;
mod taking;
mod watch;
pub mod worker;

pub use claim::{Claims, Incoming, Taken};
pub use file_fault::FileFault;
pub(crate) use file_fault::SWAPPED;
pub use files::{InProcess, IntakeFiles};
pub use finding::Finding;
pub use folder::Inode;
pub use folders::{INBOX, IntakeFolders};
pub use inbox::Inbox;
pub(crate) use inbox::is_shared;
pub use left_over::LeftOver;
pub use local_case::LocalCase;
pub use process::IntakeProcess;
pub use reject::{faults_file, faults_text};
pub use rejected::{RejectedFile, rejected_in};
pub use scan::{Candidate, Look, Piece, Scanner, Waiting, case_in, lying_in};
pub use taking::{Claimed, ReadClaim};
pub use watch::Watch;

use despatch_core::private::Secret;
use scan::ATTACHMENT_BYTES_MAX;
use serde::Serializer;
use std::path::{Path, PathBuf};

/// An attachment, byte for byte as the case lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedFile {
    pub file: String,
    pub bytes: Secret,
}

/// Serialises paths as [`lossy`] does one.
pub(crate) fn lossy_all<S: Serializer>(paths: &[PathBuf], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(paths.iter().map(|path| path.to_string_lossy()))
}

/// Serialises a path as text, even one that is not Unicode, so that a report never fails because of a name.
pub(crate) fn lossy<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}

/// The same for several.
pub(crate) fn lossy_list<S: Serializer>(paths: &[PathBuf], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(paths.iter().map(|path| path.to_string_lossy()))
}

/// A path between two processes, as bytes: not every name is Unicode.
mod path_bytes {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::ffi::OsString;
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::path::{Path, PathBuf};

    pub(super) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        path.as_os_str().as_bytes().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        Ok(OsString::from_vec(Vec::deserialize(deserializer)?).into())
    }
}
