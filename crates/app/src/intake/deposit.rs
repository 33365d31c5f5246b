//! Enters: a case file and its attachments. Leaves: both in the inbox, in a new folder of their own.
//! Never: overwrites anything there, or lets a run see the case file before it and its attachments are complete.

use super::{AttachedFile, Inbox, SHARED_FILE, TAKEN_FROM};
use despatch_ledger::write_durably;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// How many names are tried for a folder: the plain one, then with `-2`, `-3` and so on.
const NAMES_MAX: u32 = 10_000;

impl Inbox {
    /// Deposits a case in the inbox under `name`, or `name-2` and so on if that is taken: first the attachments, then
    /// the case file under a hidden name, which is renamed once complete. Returns its path relative to the inbox.
    ///
    /// # Errors
    /// The inbox cannot be written to; what was written of the case is removed again.
    pub fn deposit(&self, name: &str, case: &[u8], attachments: &[AttachedFile]) -> io::Result<PathBuf> {
        let name = self.new_folder(name)?;
        let folder = self.root().join(&name);
        let file = format!("{name}.json");
        self.fill(&folder, &file, case, attachments).inspect_err(|_| {
            // What cannot be removed either has no case file, so it is never processed.
            let _ = fs::remove_dir_all(&folder);
        })?;
        Ok(Path::new(&name).join(file))
    }

    /// Creates the folder, which reserves the name.
    fn new_folder(&self, name: &str) -> io::Result<String> {
        let numbered = (2..=NAMES_MAX).map(|number| format!("{name}-{number}"));
        for name in std::iter::once(name.to_owned()).chain(numbered) {
            // A case file of the same name beside the folder would claim the folder as its own.
            if self.root().join(format!("{name}.json")).exists() {
                continue;
            }
            match self.make_folder(&self.root().join(&name), TAKEN_FROM) {
                Ok(()) => return Ok(name),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::new(io::ErrorKind::AlreadyExists, "every name for it in the inbox is taken"))
    }

    fn fill(&self, folder: &Path, file: &str, case: &[u8], attachments: &[AttachedFile]) -> io::Result<()> {
        let shared = self.is_shared();
        let write = |path: &Path, bytes: &[u8]| {
            write_durably(path, bytes)?;
            if shared { fs::set_permissions(path, Permissions::from_mode(SHARED_FILE)) } else { Ok(()) }
        };
        for attachment in attachments {
            write(&folder.join(&attachment.file), &attachment.bytes)?;
        }
        let unfinished = folder.join(format!(".{file}.part"));
        write(&unfinished, case)?;
        fs::rename(unfinished, folder.join(file))
    }
}
