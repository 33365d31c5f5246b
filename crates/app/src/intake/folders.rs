//! Enters: the folder of an office and its settings. Leaves: where its cases come in.
//! Never: touches a file.

use std::path::{Path, PathBuf};

/// The folder of an office into which cases are dropped.
pub const INBOX: &str = "inbox";
/// Where a case is between its claim and the outbox.
const CLAIMED: &str = "claimed";
/// Where rejected cases go.
const REJECTED: &str = "rejected";

/// The folder that people drop cases into, and the two that are despatch's own. All are on one file system, for a claim
/// is a rename.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeFolders {
    /// The office's folder.
    root: PathBuf,
    inbox: PathBuf,
    /// The folder in which `claimed/` and `rejected/` lie.
    own: PathBuf,
    /// How that folder is called towards people.
    shown: PathBuf,
}

impl IntakeFolders {
    /// Those of the office at `root`. With the setting `[intake] folder`, the two stand beside the inbox, in a folder
    /// into which nobody but despatch writes; else they lie in it, which is for an inbox that nobody else writes to.
    pub fn of(root: &Path, apart: Option<&Path>) -> Self {
        let inbox = apart.unwrap_or(root).join(INBOX);
        let root = root.to_owned();
        match apart {
            Some(folder) => Self { root, inbox, own: folder.to_owned(), shown: folder.to_owned() },
            None => Self { root, own: inbox.clone(), inbox, shown: PathBuf::from(INBOX) },
        }
    }

    /// What makes the same value of them in another process: the arguments of [`IntakeFolders::of`].
    pub(super) fn arguments(&self) -> impl Iterator<Item = &Path> {
        std::iter::once(self.root.as_path()).chain(self.apart())
    }

    /// The folder into which people drop cases.
    pub fn inbox(&self) -> &Path {
        &self.inbox
    }

    /// The folder of what was taken and is not finished.
    pub fn claimed(&self) -> PathBuf {
        self.own.join(CLAIMED)
    }

    /// The folder of rejected cases.
    pub fn rejected(&self) -> PathBuf {
        self.own.join(REJECTED)
    }

    /// The folder in which the two lie, if it is not the inbox itself.
    pub fn apart(&self) -> Option<&Path> {
        (self.own != self.inbox).then_some(&self.own)
    }

    /// The folder of rejected cases as people are told of it: below the office's folder, or its whole path.
    pub fn rejected_shown(&self) -> PathBuf {
        self.shown.join(REJECTED)
    }

    /// The folder of claims as people are told of it.
    pub fn claimed_shown(&self) -> PathBuf {
        self.shown.join(CLAIMED)
    }

    /// The folder below which all three lie.
    pub(super) fn whole(&self) -> &Path {
        &self.own
    }

    /// The folders that hold everything, none of them within another one.
    pub fn trees(&self) -> Vec<PathBuf> {
        match self.apart() {
            Some(_) => vec![self.inbox.clone(), self.claimed(), self.rejected()],
            None => vec![self.inbox.clone()],
        }
    }

    /// Whether a path below the inbox is one of despatch's own folders, or has the name of one: no case is looked for
    /// there.
    pub(super) fn is_own_name(path: &Path) -> bool {
        path == Path::new(CLAIMED) || path == Path::new(REJECTED)
    }

    /// The names of despatch's own folders, `claimed` first.
    pub(super) const OWN_NAMES: [&'static str; 2] = [CLAIMED, REJECTED];
}
