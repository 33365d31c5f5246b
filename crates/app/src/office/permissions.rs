//! Enters: the folder of an office. Leaves: every path in it that accounts other than its own could read or change.
//! Never: reads a file, or checks the files that people drop: those belong to them until they are claimed.

use super::{CONFIG_FILE, DEMO_KEYS, INBOX, KEYS, OUTBOX, POLICY};
use crate::intake::{Inbox, is_shared};
use despatch_core::fault::Fault;
use despatch_core::private;
use despatch_core::private::{GROUP_AND_OTHERS, OTHERS, account, loose, not_ours, writable_by_anybody};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use walkdir::WalkDir;

/// The office's own folder may be traversable, so that a group can reach the inbox, but nothing more.
const MORE_THAN_PASSING: u32 = 0o066;
/// How many faults are reported one by one in a folder; beyond that, only their number.
const TOLD_MAX: usize = 10;

/// Returns the faults for all that is open to others: secrets, the record, and the folders above them.
pub(super) fn faults(root: &Path) -> Vec<Fault> {
    let Ok(office) = fs::metadata(root) else { return Vec::new() };
    if not_ours(root, &office).is_some() {
        // Every file would be at fault, and one command fixes them all.
        let theirs = account(office.uid());
        let cause = format!("it belongs to the account {theirs}, and this is another one");
        let cure = format!("give the command as that account: sudo -u {theirs} despatch …");
        return vec![Fault::new(root.display().to_string(), "office.owner", cause, cure)];
    }
    let mut faults: Vec<Fault> = loose(root, &office, MORE_THAN_PASSING).into_iter().collect();
    for fault in &mut faults {
        fault.cure = fault.cure.replace("go-rwx", "go-rw");
    }
    faults.extend(look(&root.join(CONFIG_FILE), GROUP_AND_OTHERS));
    for tree in [KEYS, DEMO_KEYS, OUTBOX] {
        faults.extend(below(&root.join(tree)));
    }
    for tree in ["templates", POLICY] {
        faults.extend(writable(&root.join(tree)));
    }
    faults.extend(inbox(&root.join(INBOX)));
    faults
}

/// The texts in a folder that anybody could change. A group of template owners may write there, and all may read.
fn writable(root: &Path) -> Vec<Fault> {
    if !root.exists() {
        return Vec::new();
    }
    let entries = WalkDir::new(root).sort_by_file_name().into_iter().filter_map(Result::ok);
    entries
        .filter(|entry| !entry.path_is_symlink())
        .filter_map(|entry| writable_by_anybody(entry.path(), &entry.metadata().ok()?))
        .take(TOLD_MAX)
        .collect()
}

/// The folders of the inbox. A group may drop cases there and read what is rejected; nobody else has any access.
fn inbox(root: &Path) -> Vec<Fault> {
    let closed_to = if is_shared(root) { OTHERS } else { GROUP_AND_OTHERS };
    [
        look(root, closed_to),
        look(&root.join(Inbox::CLAIMED), GROUP_AND_OTHERS),
        look(&root.join(Inbox::REJECTED), closed_to),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn look(path: &Path, closed_to: u32) -> Vec<Fault> {
    let Ok(metadata) = fs::metadata(path) else { return Vec::new() };
    loose(path, &metadata, closed_to).into_iter().chain(not_ours(path, &metadata)).collect()
}

/// A folder and everything below it.
fn below(root: &Path) -> Vec<Fault> {
    let entries = WalkDir::new(root).sort_by_file_name().into_iter().filter_map(Result::ok);
    let mut faults: Vec<Fault> = entries.flat_map(|entry| look(entry.path(), GROUP_AND_OTHERS)).collect();
    let more = faults.len().saturating_sub(TOLD_MAX);
    if more > 0 {
        faults.truncate(TOLD_MAX);
        let cause = format!("{more} more places in it are open to others or belong to another account");
        let cure = format!(
            "chmod -R go-rwx {0}, and chown -R {1} {0}",
            root.display(),
            private::account(nix::unistd::geteuid().as_raw())
        );
        faults.push(Fault::new(root.display().to_string(), "file.loose", cause, cure));
    }
    faults
}
