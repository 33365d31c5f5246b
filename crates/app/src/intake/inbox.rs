//! Enters: the folder of an inbox. Leaves: that folder and the two of despatch's own in it, opened by descriptor.
//! Never: takes a link or another account's folder for its own, or holds a descriptor while nothing is done, which would
//! keep the inbox from being unmounted.

use super::folder::{Folder, Inode};
use super::folders::IntakeFolders;
use despatch_core::private::make_folder;
use nix::unistd::geteuid;
use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// The permission bit that lets a folder's group put files into it.
const GROUP_WRITES: u32 = 0o020;
/// The permission bits that let other accounts into `claimed/`.
const OTHERS: u32 = 0o077;
/// The permission bits with which other accounts lay something into the folder of despatch's own folders.
const OTHERS_WRITE: u32 = 0o022;
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
    folders: IntakeFolders,
    seam: Option<Seam>,
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("folders", &self.folders).finish_non_exhaustive()
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
    /// How people are told of `rejected/`.
    pub(super) rejected_shown: PathBuf,
}

impl Inbox {
    /// Opens an inbox and creates its folders.
    ///
    /// # Errors
    /// A folder cannot be created, is a link, or belongs to another account.
    pub fn open(folders: IntakeFolders) -> io::Result<Self> {
        folders.apart().map(make_folder).transpose()?;
        make_folder(folders.inbox())?;
        let inbox = Self::of(folders);
        let held = inbox.hold()?;
        if held.is_shared {
            held.rejected.give_group_of(&held.root)?;
            held.rejected.set_mode(SHARED_FOLDER)?;
        }
        Ok(inbox)
    }

    /// An inbox whose folders are there already.
    pub(super) fn of(folders: IntakeFolders) -> Self {
        Self { folders, seam: None }
    }

    /// The same inbox, with something that happens between any two steps of a claim.
    #[must_use]
    pub fn with_seam(self, seam: Seam) -> Self {
        Self { seam: Some(seam), ..self }
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
        let root = Folder::at(self.folders.inbox())?;
        let apart = self.folders.apart().map(Folder::at).transpose()?;
        let refused = |why: String| Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
        if let (Some(apart), Some(path)) = (&apart, self.folders.apart())
            && (apart.itself()?.mode & OTHERS_WRITE != 0 || apart.itself()?.owner != geteuid().as_raw())
        {
            return refused(format!("{} is not for this account alone to write to", path.display()));
        }
        let [claimed, rejected] =
            IntakeFolders::OWN_NAMES.map(|name| self.ours(apart.as_ref().unwrap_or(&root), name));
        let (claimed, rejected) = (claimed?, rejected?);
        if claimed.itself()?.mode & OTHERS != 0 {
            return refused(format!("{} is open to other accounts", self.folders.claimed_shown().display()));
        }
        let is_shared = root.itself()?.mode & GROUP_WRITES != 0;
        let rejected_shown = self.folders.rejected_shown();
        Ok(Held { root, claimed, rejected, is_shared, rejected_shown })
    }

    /// Which folder the path leads to now: another one once something is mounted on it.
    pub fn identity(&self) -> Option<Inode> {
        Some(Folder::at(self.folders.inbox()).ok()?.itself().ok()?.inode)
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

    /// Where it is.
    pub fn folders(&self) -> &IntakeFolders {
        &self.folders
    }

    /// Opens one of despatch's own folders, and creates it if it is missing.
    fn ours(&self, parent: &Folder, name: &str) -> io::Result<Folder> {
        let os_name = OsStr::new(name);
        match parent.own(os_name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => match parent.make(os_name) {
                // Another command was first.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => parent.own(os_name),
                made => made,
            },
            opened => opened,
        }
        .map_err(|error| {
            let shown = self.folders.claimed_shown().with_file_name(name);
            io::Error::new(error.kind(), format!("{}: {error}", shown.display()))
        })
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
pub(crate) fn is_shared(root: &std::path::Path) -> bool {
    let folder = Folder::at(root).and_then(|folder| folder.itself());
    folder.is_ok_and(|folder| folder.mode & GROUP_WRITES != 0)
}
