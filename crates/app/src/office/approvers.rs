//! Enters: the path that the settings name. Leaves: whose signatures approve, or what is wrong with their file.
//! Never: takes one that any account but root could change or put another in the place of, or one inside the office.

use super::{CONFIG_FILE, Office};
use chrono::{DateTime, Utc};
use despatch_core::fault::Fault;
use despatch_core::private::{account, is_link, writable_by_others};
use despatch_core::words::{StaffId, count};
use despatch_seal::approvers::Approvers;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

/// Far above any such file.
const BYTES_MAX: u64 = 1 << 20;
/// Who may write into a folder with this bit renames and removes only what is their own.
const STICKY: u32 = 0o1000;

impl Office {
    /// Returns whose signatures approve, as their file has it now; `None` if the settings name none.
    ///
    /// # Errors
    /// The file cannot be read, is not root's alone, lies in the office or has a line that is no approver.
    pub fn approvers(&self) -> Result<Option<Approvers>, Fault> {
        let path = self.config.signed_approval.signers.as_deref();
        path.map(|path| read(&self.root, path)).transpose()
    }

    /// Returns whose signatures approve, if the office takes signed approvals alone.
    ///
    /// # Errors
    /// As [`Office::approvers`].
    pub fn required_approvers(&self) -> Result<Option<Approvers>, Fault> {
        if self.config.signed_approval.required { self.approvers() } else { Ok(None) }
    }

    /// Returns a word about the reviewers who have no key there, and so cannot approve.
    pub(crate) fn approvers_missing(&self, approvers: &Approvers, at: DateTime<Utc>) -> Option<String> {
        let reviewers = self.config.staff.iter().filter(|staff| staff.reviewer);
        let without: Vec<&StaffId> =
            reviewers.map(|staff| &staff.id).filter(|id| !approvers.knows(id, at)).collect();
        let names = without.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", ");
        let number = count(without.len(), "reviewer");
        (!without.is_empty())
            .then(|| format!("{number} without a key in the file of approvers can approve nothing: {names}."))
    }
}

fn read(root: &Path, path: &Path) -> Result<Approvers, Fault> {
    let at = path.display().to_string();
    let fault = |cause: String, cure: &str| Fault::new(&at, "approval.signers", cause, cure);
    let unread = |error: io::Error| {
        fault(format!("it cannot be read: {error}"), "put the file there that says whose keys approve")
    };
    if !path.is_absolute() {
        let cure = format!("write its whole path in {CONFIG_FILE}, such as /etc/despatch/approvers");
        return Err(fault("it is not a whole path".to_owned(), &cure));
    }
    let metadata = fs::symlink_metadata(path).map_err(unread)?;
    if let Some(link) = is_link(path, &metadata) {
        return Err(fault(link.cause, &link.cure));
    }
    let whole = path.canonicalize().map_err(unread)?;
    if root.canonicalize().is_ok_and(|root| whole.starts_with(root)) {
        let cure = "move it to a folder of root's, such as /etc/despatch";
        return Err(fault("it lies in the office, which the service's account can write".to_owned(), cure));
    }
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(&whole).map_err(unread)?;
    roots_alone(&whole, &file.metadata().map_err(unread)?, 0).map_err(|(cause, cure)| fault(cause, &cure))?;
    for folder in whole.ancestors().skip(1) {
        let metadata = fs::symlink_metadata(folder).map_err(unread)?;
        roots_alone(folder, &metadata, STICKY).map_err(|(cause, cure)| fault(cause, &cure))?;
    }
    let text = text_of(file).map_err(unread)?;
    Approvers::read(&text).map_err(|(line, refusal)| {
        Fault::new(format!("{at}:{line}"), "approval.signers", refusal.cause, refusal.cure)
    })
}

/// Checks that a file or folder is root's and no other account may write it. `unless`: a bit of its mode with which they
/// may.
fn roots_alone(path: &Path, metadata: &Metadata, unless: u32) -> Result<(), (String, String)> {
    let shown = path.display();
    if metadata.uid() != 0 {
        let owner = account(metadata.uid());
        let cause = format!("{shown} belongs to the account {owner}, and who may approve is root's to say");
        return Err((cause, format!("chown root {shown}, once you have looked what stands there")));
    }
    match writable_by_others(path, metadata).filter(|_| metadata.mode() & unless == 0) {
        Some(open) => Err((format!("{shown}: {}", open.cause), open.cure)),
        None => Ok(()),
    }
}

fn text_of(file: File) -> io::Result<String> {
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no plain file"));
    }
    let mut text = String::new();
    file.take(BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is too long"));
    }
    Ok(text)
}
