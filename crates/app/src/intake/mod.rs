//! Enters: files that people drop into the inbox. Leaves: [`Incoming`], a complete case file with its attachments,
//! claimed by one process; or a report of what is still missing.
//! Never: follows a link, blocks on a pipe, or loses a file.

mod claim;
mod deposit;
mod finding;
mod local_case;
mod plain;
mod reject;
mod scan;
mod settled;
mod watch;

pub use claim::{Claims, Incoming, Taken};
pub use finding::Finding;
pub use local_case::LocalCase;
pub use reject::{faults_file, faults_text};
pub use scan::{Candidate, Look, Scanner, Waiting, lying_in};
pub use watch::Watch;

use despatch_core::private::{Secret, make_folder};
use serde::Serializer;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The permission bit that lets a folder's group put files into it.
const GROUP_WRITES: u32 = 0o020;
/// A folder that the inbox's group may read.
const SHARED_FOLDER: u32 = 0o2750;
/// A file that the inbox's group may read.
const SHARED_FILE: u32 = 0o640;
/// A folder in a shared inbox from which despatch's account can take a case.
const TAKEN_FROM: u32 = 0o2750 | GROUP_WRITES;

/// An attachment, byte for byte as the case lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedFile {
    pub file: String,
    pub bytes: Secret,
}

/// The folders of an inbox.
#[derive(Debug, Clone)]
pub struct Inbox {
    root: PathBuf,
}

impl Inbox {
    /// Where a case is between its claim and the outbox.
    pub const CLAIMED: &'static str = "claimed";
    /// Where rejected cases go.
    pub const REJECTED: &'static str = "rejected";

    /// Opens the inbox at `root` and creates its folders.
    ///
    /// # Errors
    /// A folder cannot be created, or its permissions cannot be set.
    pub fn open(root: &Path) -> io::Result<Self> {
        let inbox = Self { root: root.to_owned() };
        make_folder(&inbox.claimed())?;
        make_folder(&inbox.rejected())?;
        if inbox.is_shared() {
            fs::set_permissions(inbox.rejected(), Permissions::from_mode(SHARED_FOLDER))?;
        }
        Ok(inbox)
    }

    /// Whether a group drops cases here and reads what is rejected: the inbox's own permissions decide.
    fn is_shared(&self) -> bool {
        is_shared(&self.root)
    }

    /// Creates a folder, and those missing above it; if the inbox is shared, each has the mode `shared`.
    fn make_folder(&self, folder: &Path, shared: u32) -> io::Result<()> {
        if let Some(above) = folder.parent().filter(|above| !above.exists()) {
            self.make_folder(above, shared)?;
        }
        DirBuilder::new().mode(0o700).create(folder)?;
        if self.is_shared() { fs::set_permissions(folder, Permissions::from_mode(shared)) } else { Ok(()) }
    }

    /// The folder that people drop cases into.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// See [`Inbox::CLAIMED`].
    pub fn claimed(&self) -> PathBuf {
        self.root.join(Self::CLAIMED)
    }

    /// See [`Inbox::REJECTED`].
    pub fn rejected(&self) -> PathBuf {
        self.root.join(Self::REJECTED)
    }
}

/// Whether the permissions of an inbox let a group drop cases into it.
pub(crate) fn is_shared(root: &Path) -> bool {
    fs::metadata(root).is_ok_and(|folder| folder.permissions().mode() & GROUP_WRITES != 0)
}

/// Serialises a path as text, even one that is not Unicode, so that a report never fails because of a name.
pub(crate) fn lossy<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}
