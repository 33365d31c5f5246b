//! Enters: files that people drop into the inbox. Leaves: [`Incoming`], a complete case file with its attachments,
//! claimed by one process; or a report of what is still missing.
//! Never: follows a link, blocks on a pipe, or loses a file.

mod claim;
mod deposit;
mod file_server;
mod finding;
mod folder;
mod inbox;
mod left_over;
mod local_case;
mod plain;
mod reject;
mod rejected;
mod scan;
mod settled;
mod watch;

pub(crate) use claim::SWAPPED;
pub use claim::{Claims, Incoming, Taken};
pub use finding::Finding;
pub use folder::Inode;
pub use inbox::Inbox;
pub(crate) use inbox::is_shared;
pub use left_over::LeftOver;
pub use local_case::LocalCase;
pub use reject::{faults_file, faults_text};
pub use rejected::{RejectedFile, rejected_in};
pub use scan::{Candidate, Look, Piece, Scanner, Waiting, lying_in};
pub use watch::Watch;

use despatch_core::private::Secret;
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
