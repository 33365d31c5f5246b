//! Enters: the folder of an inbox. Leaves: that folder and the two of despatch's own in it, opened by descriptor.
//! Never: takes a link or another account's folder for its own, or holds a descriptor while nothing is done, which would
//! keep the inbox from being unmounted.

use super::folder::{Folder, Inode};
use despatch_core::private::make_folder;
use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The permission bit that lets a folder's group put files into it.
const GROUP_WRITES: u32 = 0o020;
/// The permission bits that let other accounts into `claimed/`.
const OTHERS: u32 = 0o077;
/// A folder that the inbox's group may read.
const SHARED_FOLDER: u32 = 0o2750;
/// A file that the inbox's group may read.
pub(super) const SHARED_FILE: u32 = 0o640;
/// A folder in a shared inbox from which despatch's account can take a case.
pub(super) const TAKEN_FROM: u32 = 0o2750 | GROUP_WRITES;

/// How deep the folders of a claim may be: one, the case's own in it, and what a hand put there.
pub(super) const FOLDERS_DEEP: usize = 16;

/// What a test does between any two steps of a claim: whatever it can do there, whoever drops files can.
type Seam = Arc<dyn Fn() + Send + Sync>;

/// The folders of an inbox.
#[derive(Clone)]
pub struct Inbox {
    root: PathBuf,
    seam: Option<Seam>,
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("root", &self.root).finish_non_exhaustive()
    }
}

/// The folders of an inbox, open: for one look or one claim.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) root: Folder,
    pub(super) claimed: Folder,
    pub(super) rejected: Folder,
    /// Whether a group drops cases here and reads what is rejected: the inbox's own permissions decide.
    pub(super) is_shared: bool,
}

impl Inbox {
    /// Where a case is between its claim and the outbox.
    pub const CLAIMED: &'static str = "claimed";
    /// Where rejected cases go.
    pub const REJECTED: &'static str = "rejected";

    /// Opens the inbox at `root` and creates its folders.
    ///
    /// # Errors
    /// A folder cannot be created, is a link, or belongs to another account.
    pub fn open(root: &Path) -> io::Result<Self> {
        let inbox = Self { root: root.to_owned(), seam: None };
        make_folder(root)?;
        let held = inbox.hold()?;
        if held.is_shared {
            held.rejected.set_mode(SHARED_FOLDER)?;
        }
        Ok(inbox)
    }

    /// The same inbox, with something that happens between any two steps of a claim.
    #[must_use]
    pub fn with_seam(self, seam: Seam) -> Self {
        Self { seam: Some(seam), ..self }
    }

    /// Whether a path in the inbox is one of despatch's own folders.
    pub(super) fn is_ours(path: &Path) -> bool {
        path == Path::new(Self::CLAIMED) || path == Path::new(Self::REJECTED)
    }

    /// Marks a place where whoever drops files may come between two steps.
    pub(super) fn between(&self) {
        if let Some(seam) = &self.seam {
            seam();
        }
    }

    /// Opens the folders, and creates those of despatch's own that are missing.
    ///
    /// # Errors
    /// A folder cannot be opened or created, is a link, or belongs to another account.
    pub(super) fn hold(&self) -> io::Result<Held> {
        let root = Folder::at(&self.root)?;
        let claimed = ours(&root, Self::CLAIMED)?;
        let rejected = ours(&root, Self::REJECTED)?;
        if claimed.itself()?.mode & OTHERS != 0 {
            let why = format!("{} is open to other accounts", Self::CLAIMED);
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
        }
        let is_shared = root.itself()?.mode & GROUP_WRITES != 0;
        Ok(Held { root, claimed, rejected, is_shared })
    }

    /// Which folder the path leads to now: another one once something is mounted on it.
    pub fn identity(&self) -> Option<Inode> {
        Some(Folder::at(&self.root).ok()?.itself().ok()?.inode)
    }

    /// The names in `claimed/`, in order, and whether each can be a claim: a folder of despatch's own.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn claims(&self) -> io::Result<Vec<(String, bool)>> {
        let held = self.hold()?;
        let is_claim = |name: &OsStr| held.claimed.own(name).is_ok() && !is_aside(name);
        let names = held.claimed.names()?.into_iter();
        Ok(names.map(|name| (name.to_string_lossy().into_owned(), is_claim(&name))).collect())
    }

    /// The folder that people drop cases into.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

/// What was put aside for a person begins like this in `claimed/`.
const ASIDE: &str = "aside-";

/// The name under which something that is no claim is put aside in `claimed/`.
pub(super) fn aside(token: &str) -> String {
    format!("{ASIDE}{token}")
}

fn is_aside(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(ASIDE.as_bytes())
}

/// Opens one of despatch's own folders in an inbox, and creates it if it is missing.
fn ours(root: &Folder, name: &str) -> io::Result<Folder> {
    let name = OsStr::new(name);
    match root.own(name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => match root.make(name) {
            // Another command was first.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => root.own(name),
            made => made,
        },
        opened => opened,
    }
    .map_err(|error| io::Error::new(error.kind(), format!("inbox/{}: {error}", name.to_string_lossy())))
}

impl Held {
    /// The mode of a new folder in `rejected/`, if the inbox is shared.
    pub(super) fn readable(&self) -> Option<u32> {
        self.is_shared.then_some(SHARED_FOLDER)
    }

    /// The mode of a new folder in the inbox, if it is shared.
    pub(super) fn taken_from(&self) -> Option<u32> {
        self.is_shared.then_some(TAKEN_FROM)
    }

    /// Makes a new file readable for the inbox's group, if it is shared.
    ///
    /// # Errors
    /// The system refuses.
    pub(super) fn share(&self, file: &File) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        if !self.is_shared {
            return Ok(());
        }
        file.set_permissions(std::fs::Permissions::from_mode(SHARED_FILE))
    }
}

/// Whether the permissions of an inbox let a group drop cases into it.
pub(crate) fn is_shared(root: &Path) -> bool {
    let folder = Folder::at(root).and_then(|folder| folder.itself());
    folder.is_ok_and(|folder| folder.mode & GROUP_WRITES != 0)
}
