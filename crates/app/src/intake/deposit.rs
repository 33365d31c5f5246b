//! Enters: a case file and its attachments. Leaves: both in the inbox, in a new folder of their own.
//! Never: writes over anything there, or lets a run see the case file before it and its attachments are whole.

use super::{Inbox, LocalAttachment, SHARED_FILE};
use despatch_ledger::write_durably;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Folders of one name that are tried, with `-2`, `-3` and so on behind it.
const NAMES_MAX: u32 = 10_000;

impl Inbox {
    /// Deposits a case in the inbox under `name`, or `name-2` and so on where that is taken: the attachments first, then
    /// the case file under a hidden name, which is renamed when it is whole. Gives its path, relative to the inbox.
    ///
    /// Errors: the inbox cannot be written to; what was written of the case is taken away again.
    pub fn deposit(&self, name: &str, case: &[u8], attachments: &[LocalAttachment]) -> io::Result<PathBuf> {
        let name = self.new_folder(name)?;
        let folder = self.root().join(&name);
        let file = format!("{name}.json");
        self.fill(&folder, &file, case, attachments).inspect_err(|_| {
            // What cannot be taken away either is without a case file, so nothing is made of it.
            let _ = fs::remove_dir_all(&folder);
        })?;
        Ok(Path::new(&name).join(file))
    }

    /// Makes the folder; making it is what takes the name.
    fn new_folder(&self, name: &str) -> io::Result<String> {
        let numbered = (2..=NAMES_MAX).map(|number| format!("{name}-{number}"));
        for name in std::iter::once(name.to_owned()).chain(numbered) {
            // Beside it a case file of the same name would take the folder for its own.
            if self.root().join(format!("{name}.json")).exists() {
                continue;
            }
            match self.make_dropping_folder(&self.root().join(&name)) {
                Ok(()) => return Ok(name),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::new(io::ErrorKind::AlreadyExists, "every name for it in the inbox is taken"))
    }

    fn fill(
        &self,
        folder: &Path,
        file: &str,
        case: &[u8],
        attachments: &[LocalAttachment],
    ) -> io::Result<()> {
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
