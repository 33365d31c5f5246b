//! Enters: the current state of the inbox. Leaves: which cases are complete, and what the others wait for.
//! Never: changes a file.

use super::plain::{self, Identity};
use super::settled::Settling;
use super::{Inbox, plain::open};
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_core::words::Sha256;
use despatch_process::case;
use despatch_process::case::Attachment;
use nix::unistd::{AccessFlags, access};
use serde::Serialize;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The largest case file, in bytes.
pub(super) const CASE_BYTES_MAX: u64 = case::MAX_BYTES as u64;

/// The largest attachment, in bytes.
pub(super) const ATTACHMENT_BYTES_MAX: u64 = case::MAX_ATTACHMENT_BYTES;

/// A case that is complete or faulty, and can be claimed either way. Paths are relative to the inbox.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub file: PathBuf,
    /// The attachments found, in the order of the case.
    pub attachments: Vec<PathBuf>,
    /// The fault that keeps it from even being read.
    pub unfit: Option<Fault>,
}

/// A case that is not complete yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    #[serde(serialize_with = "super::lossy")]
    pub file: PathBuf,
    /// One sentence for each missing item.
    pub missing: Vec<String>,
}

/// The result of one scan of the inbox.
#[derive(Debug, Default)]
pub struct Look {
    /// In order of receipt: by modification time, then by name.
    pub ready: Vec<Candidate>,
    pub waiting: Vec<Waiting>,
    /// Files that are still being written or have only just appeared: scan again soon.
    pub unsettled: usize,
}

/// Scans an inbox repeatedly and caches the hashes of files.
#[derive(Debug, Default)]
pub struct Scanner {
    settling: Settling,
    hashes: HashMap<PathBuf, (Identity, Sha256)>,
}

enum Found {
    Ready(Candidate),
    Waiting(Vec<String>),
    Unsettled,
    Gone,
}

impl Scanner {
    /// A scanner for a single scan, which cannot wait to see whether a file still changes.
    pub fn for_one_look() -> Self {
        Self { settling: Settling::for_one_look(), hashes: HashMap::new() }
    }

    /// Scans every case file: `*.json` in the inbox or one folder below it.
    ///
    /// # Errors
    /// The inbox folder cannot be read.
    pub fn look(&mut self, inbox: &Inbox) -> io::Result<Look> {
        std::fs::read_dir(inbox.root())?;
        let mut look = Look::default();
        for file in case_files(inbox.root()) {
            match self.inspect(inbox.root(), &file) {
                Found::Ready(candidate) => look.ready.push(candidate),
                Found::Waiting(missing) => look.waiting.push(Waiting { file, missing }),
                Found::Unsettled => look.unsettled += 1,
                Found::Gone => {}
            }
        }
        self.settling.keep(|path| inbox.root().join(path).exists());
        self.hashes.retain(|path, _| inbox.root().join(path).exists());
        Ok(look)
    }

    fn inspect(&mut self, root: &Path, file: &Path) -> Found {
        let unfit = |code, cause: &str, cure: &str| {
            let fault = Fault::new("", code, cause, cure);
            Found::Ready(Candidate { file: file.to_owned(), attachments: Vec::new(), unfit: Some(fault) })
        };
        let opened = match open(root, file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Found::Gone,
            opened => opened,
        };
        // Checked whatever the file is: what cannot be moved cannot be rejected either.
        if !may_take_from(root, file) {
            return Found::Waiting(vec![NOT_OURS.to_owned()]);
        }
        let (handle, metadata) = match opened {
            Ok(opened) => opened,
            Err(_) if root.join(file).symlink_metadata().is_ok_and(|found| found.is_dir()) => {
                return Found::Waiting(vec!["it is a folder, and a case is a plain file".to_owned()]);
            }
            Err(error) if !plain::is_no_plain_file(&error) => {
                return Found::Waiting(vec![format!("despatch cannot read it: {error}")]);
            }
            Err(_) => {
                return unfit(
                    "file.not_plain",
                    "it is a link, a pipe or has a second name",
                    "drop a plain file",
                );
            }
        };
        if !self.settling.is_settled(file, &handle, Identity::of(&metadata)) {
            return Found::Unsettled;
        }
        let bytes = match plain::read(handle, &metadata, CASE_BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                return unfit(
                    "file.too_large",
                    "a case file has at most 1 MiB",
                    "check that it is a case file",
                );
            }
            Err(_) => return Found::Unsettled,
        };
        let mut candidate = Candidate { file: file.to_owned(), attachments: Vec::new(), unfit: None };
        let attachments = match case::parse(&bytes) {
            Ok(case) => case.attachments,
            Err(_) => {
                // A faulty case is claimed too, with its files: the pipeline rejects it as a whole.
                candidate.attachments = brought(root, file, &bytes);
                return Found::Ready(candidate);
            }
        };
        let mut missing = Vec::new();
        for attachment in &attachments {
            match self.find(root, file, attachment) {
                Ok(Some(path)) => candidate.attachments.push(path),
                Ok(None) => return Found::Unsettled,
                Err(why) => missing.push(format!("{} {why}", attachment.file)),
            }
        }
        if missing.is_empty() { Found::Ready(candidate) } else { Found::Waiting(missing) }
    }

    /// Returns where an attachment is, `None` while it is being written, or why it does not match.
    fn find(
        &mut self,
        root: &Path,
        case_file: &Path,
        attachment: &Attachment,
    ) -> Result<Option<PathBuf>, String> {
        let mut why = "is not there yet".to_owned();
        for path in places(case_file, &attachment.file) {
            let (handle, metadata) = match open(root, &path) {
                Ok(opened) => opened,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) if plain::is_no_plain_file(&error) => {
                    "is not a plain file".clone_into(&mut why);
                    continue;
                }
                Err(error) => {
                    why = format!("cannot be read: {error}");
                    continue;
                }
            };
            if !may_take_from(root, &path) {
                return Err(format!("is there, but {NOT_OURS}"));
            }
            let identity = Identity::of(&metadata);
            if !self.settling.is_settled(&path, &handle, identity) {
                return Ok(None);
            }
            if metadata.len() != attachment.size {
                why = format!("has {} bytes and the case lists {}", metadata.len(), attachment.size);
                continue;
            }
            let known = self.hashes.get(&path).filter(|(seen, _)| *seen == identity).map(|(_, hash)| *hash);
            let hash = match known {
                Some(hash) => hash,
                None => match plain::read(handle, &metadata, attachment.size) {
                    Ok(bytes) => Sha256::of(&bytes),
                    Err(_) => return Ok(None),
                },
            };
            self.hashes.insert(path.clone(), (identity, hash));
            if hash == attachment.sha256 {
                return Ok(Some(path));
            }
            "is not the file that the case lists: its SHA-256 differs".clone_into(&mut why);
        }
        Err(why)
    }
}

/// The reason given when the permissions of a file's folder keep despatch's account from moving it.
const NOT_OURS: &str = "despatch may not take it: its folder must be writable for despatch's account";

/// Whether a file can be moved out of its folder.
fn may_take_from(root: &Path, file: &Path) -> bool {
    let folder = file.parent().map_or_else(|| root.to_owned(), |parent| root.join(parent));
    access(&folder, AccessFlags::W_OK | AccessFlags::X_OK).is_ok()
}

/// The places for an attachment, in order of precedence: the folder with the case file's name, then beside the case.
pub(super) fn places(case_file: &Path, attachment: &str) -> [PathBuf; 2] {
    [case_file.with_extension("").join(attachment), case_file.with_file_name(attachment)]
}

/// The plain files that a faulty case seems to bring: those that it names, and those in its own folder. Never another
/// case; if its folder contains one, the files that this case does not name are left for that one.
fn brought(root: &Path, case_file: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let named = case::named_files(bytes)
        .into_iter()
        .flat_map(|(name, sha256)| places(case_file, &name).map(|path| (path, sha256)));
    let named = named.filter_map(|(path, sha256)| {
        // Only what matches its hash: another case may bring a file of that name.
        let (_, bytes) = plain::read_at(root, &path, ATTACHMENT_BYTES_MAX).ok()?;
        (Sha256::of(&bytes) == sha256).then_some(path)
    });
    let own = std::fs::read_dir(root.join(case_file.with_extension(""))).into_iter().flatten();
    let mut own: Vec<PathBuf> = own
        .filter_map(|entry| Some(entry.ok()?.path().strip_prefix(root).ok()?.to_owned()))
        .filter(|path| open(root, path).is_ok())
        .collect();
    if own.iter().any(|path| is_case_file(path)) {
        own.clear();
    }
    let mut files: Vec<PathBuf> = named.chain(own).filter(|path| !is_case_file(path)).collect();
    files.sort();
    files.dedup();
    files
}

/// The contents of every case file in an inbox, complete or not, oldest first, without claiming any.
pub fn lying_in(root: &Path) -> impl Iterator<Item = Secret> {
    let read = move |file: PathBuf| plain::read_at(root, &file, CASE_BYTES_MAX).ok();
    case_files(root).into_iter().filter_map(read).map(|(_, bytes)| bytes)
}

/// Every case file in the inbox, oldest first.
fn case_files(root: &Path) -> Vec<PathBuf> {
    let ours = |name: &std::ffi::OsStr| name == Inbox::CLAIMED || name == Inbox::REJECTED;
    let mut files: Vec<_> = WalkDir::new(root)
        .min_depth(1)
        .max_depth(2)
        .into_iter()
        .filter_entry(|entry| entry.depth() != 1 || !ours(entry.file_name()))
        .filter_map(Result::ok)
        .filter(|entry| is_case_file(entry.path()))
        .filter_map(|entry| {
            let modified = entry.metadata().ok()?.modified().ok()?;
            Some((modified, entry.path().strip_prefix(root).ok()?.to_owned()))
        })
        .collect();
    files.sort();
    files.into_iter().map(|(_, path)| path).collect()
}

/// Whether a name ends in `.json` and is not hidden (editors and copy programs hide unfinished files).
pub(super) fn is_case_file(path: &Path) -> bool {
    let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    !hidden && path.extension().is_some_and(|extension| extension == "json")
}
