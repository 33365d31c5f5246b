//! Enters: the folder of an office. Leaves: every path in it that accounts other than its own could read or change.
//! Never: reads a file, or checks the files that people drop: those belong to them until they are claimed.

use super::{CONFIG_FILE, DEMO_KEYS, DRAFTS, KEYS, OUTBOX, POLICY, TEMPLATES};
use crate::intake::{IntakeFolders, is_shared};
use despatch_core::fault::Fault;
use despatch_core::private;
use despatch_core::private::{
    GROUP_AND_OTHERS, OTHERS, account, is_link, loose, not_ours, not_ours_nor_roots, writable_by_others,
};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use walkdir::{DirEntry, WalkDir};

/// The office's own folder may be traversable, so that a group can reach the inbox, but nothing more.
const MORE_THAN_PASSING: u32 = 0o066;
/// How many faults are reported one by one in a folder; beyond that, only their number.
const TOLD_MAX: usize = 10;

/// How far an office is looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// To every file, of which the outbox may have hundreds of thousands.
    EachFile,
    /// As far as others could come: into no folder of the outbox, for each is closed to them or told.
    OthersReach,
}

/// Returns the faults for all that is open to others: secrets, the record, and the folders above them.
pub(super) fn faults(root: &Path, intake: &IntakeFolders, reach: Reach) -> Vec<Fault> {
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
    for tree in [KEYS, DEMO_KEYS, DRAFTS] {
        faults.extend(below(&root.join(tree), usize::MAX));
    }
    let levels = if reach == Reach::EachFile { usize::MAX } else { 1 };
    faults.extend(below(&root.join(OUTBOX), levels));
    for tree in [TEMPLATES, POLICY] {
        faults.extend(texts(&root.join(tree)));
    }
    faults.extend(inbox(intake));
    faults
}

/// The texts in a folder, which all may read and the office's account or root alone may change: they say who is written
/// to and what.
fn texts(root: &Path) -> Vec<Fault> {
    let entries = WalkDir::new(root).follow_root_links(false).sort_by_file_name();
    let found = entries.into_iter().filter_map(|entry| {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::NotFound) => {
                return None;
            }
            Err(error) => return Some(unread(root, &error)),
        };
        let (path, metadata) = (entry.path(), entry.metadata().ok()?);
        if metadata.is_symlink() && stays_in(root, path) {
            return not_ours_nor_roots(path, &metadata);
        }
        is_link(path, &metadata)
            .or_else(|| not_ours_nor_roots(path, &metadata))
            .or_else(|| writable_by_others(path, &metadata))
    });
    found.take(TOLD_MAX).collect()
}

/// Whether a link leads to something in the same folder, which is looked at there.
fn stays_in(root: &Path, link: &Path) -> bool {
    let inside = || Some(link.canonicalize().ok()?.starts_with(root.canonicalize().ok()?));
    link != root && inside().unwrap_or(false)
}

/// A place that cannot be looked at cannot be said to be in order.
fn unread(root: &Path, error: &walkdir::Error) -> Fault {
    let at = error.path().unwrap_or(root).display().to_string();
    let cause = match error.io_error() {
        Some(error) => format!("it cannot be looked at: {error}"),
        None => "it cannot be looked at".to_owned(),
    };
    Fault::new(at, "file.unread", cause, "correct who may read it")
}

/// The folders of the inbox. A group may drop cases there and read what is rejected; nobody else has any access.
fn inbox(intake: &IntakeFolders) -> Vec<Fault> {
    let closed_to = if is_shared(intake.inbox()) { OTHERS } else { GROUP_AND_OTHERS };
    let mut faults: Vec<Fault> = intake.apart().map(apart).unwrap_or_default();
    faults.extend(look(intake.inbox(), closed_to));
    faults.extend(look(&intake.claimed(), GROUP_AND_OTHERS));
    faults.extend(look(&intake.rejected(), closed_to));
    let device = |path: &Path| Some(fs::symlink_metadata(path).ok()?.dev());
    let inbox = device(intake.inbox());
    if let Some(other) = [intake.claimed(), intake.rejected()]
        .iter()
        .find(|own| device(own).is_some_and(|own| inbox.is_some_and(|inbox| inbox != own)))
    {
        let cause = "it is on another file system than the inbox, and a claim is a rename";
        let cure = "mount one file system for the inbox, claimed/ and rejected/, not each by itself";
        faults.push(Fault::new(other.display().to_string(), "inbox.file_system", cause, cure));
    }
    faults
}

/// The folder in which the inbox lies with despatch's own folders: others may pass it, as the office's own.
fn apart(folder: &Path) -> Vec<Fault> {
    let mut faults = look(folder, MORE_THAN_PASSING);
    for fault in &mut faults {
        fault.cure = fault.cure.replace("go-rwx", "go-rw");
    }
    faults
}

/// What is no fault of a shared inbox, and makes an attack by those who drop into it harder.
pub(super) fn inbox_warnings(root: &Path, intake: &IntakeFolders) -> Vec<String> {
    const STICKY: u32 = 0o1000;
    let inbox = intake.inbox();
    let (Ok(office), Ok(found)) = (fs::metadata(root), fs::symlink_metadata(inbox)) else {
        return Vec::new();
    };
    if !is_shared(inbox) {
        return Vec::new();
    }
    let mut warnings = Vec::new();
    if found.mode() & STICKY == 0 {
        warnings.push(format!(
            "Whoever may drop into the inbox may rename and remove what others dropped: chmod +t {}.",
            inbox.display()
        ));
    }
    if intake.apart().is_none() {
        warnings.push(
            "The inbox, into which a group drops, holds claimed/ and rejected/: set [intake] folder, so that they \
             stand beside it."
                .to_owned(),
        );
    }
    if found.dev() == office.dev() {
        warnings.push(
            "The inbox, into which a group drops, is on the office's own file system: mount one of its own there."
                .to_owned(),
        );
    }
    warnings
}

fn look(path: &Path, closed_to: u32) -> Vec<Fault> {
    let Ok(metadata) = fs::symlink_metadata(path) else { return Vec::new() };
    if let Some(fault) = is_link(path, &metadata) {
        return vec![fault];
    }
    loose(path, &metadata, closed_to).into_iter().chain(not_ours(path, &metadata)).collect()
}

/// A folder and what lies below it, so many levels down.
fn below(root: &Path, levels: usize) -> Vec<Fault> {
    let entries = WalkDir::new(root).follow_root_links(false).max_depth(levels).sort_by_file_name();
    let entries = entries.into_iter().filter_map(Result::ok);
    let is_inner_link = |entry: &DirEntry| entry.path_is_symlink() && stays_in(root, entry.path());
    let mut faults: Vec<Fault> = entries
        .filter(|entry| !is_inner_link(entry))
        .flat_map(|entry| look(entry.path(), GROUP_AND_OTHERS))
        .collect();
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
