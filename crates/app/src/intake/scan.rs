//! Enters: the current state of the inbox. Leaves: which cases are complete, and what the others wait for.
//! Never: changes a file.

use super::file_fault::FileFault;
use super::file_server::is_kept_by_server;
use super::folder::{Folder, Inode, split};
use super::folders::IntakeFolders;
use super::inbox::Inbox;
use super::left_over::{LeftOver, SpokenFor, left_over};
use super::plain::{self, Identity, is_case_file};
use super::settled::Settling;
use despatch_core::private::Secret;
use despatch_core::words::{CaseId, Sha256};
use despatch_process::case;
use despatch_process::case::{Attachment, Said};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// The largest case file, in bytes.
pub(super) const CASE_BYTES_MAX: u64 = case::MAX_BYTES as u64;

/// The largest attachment, in bytes.
pub(super) const ATTACHMENT_BYTES_MAX: u64 = case::MAX_ATTACHMENT_BYTES;

/// A case that is complete or faulty, and can be claimed either way. Paths are relative to the inbox.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Candidate {
    #[serde(with = "super::path_bytes")]
    pub file: PathBuf,
    pub inode: Inode,
    /// The attachments found, in the order of the case.
    pub attachments: Vec<Piece>,
    /// The fault that keeps it from even being read.
    pub unfit: Option<FileFault>,
}

/// A file that was looked at. Only this very file is claimed, whatever lies at its path by then.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Piece {
    /// Relative to the inbox.
    #[serde(with = "super::path_bytes")]
    pub path: PathBuf,
    pub inode: Inode,
}

impl Candidate {
    /// Everything that is to be taken, the case file first.
    pub(super) fn pieces(&self) -> impl Iterator<Item = Piece> {
        let case = Piece { path: self.file.clone(), inode: self.inode };
        std::iter::once(case).chain(self.attachments.iter().cloned())
    }
}

/// A case that is not complete yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    #[serde(serialize_with = "super::lossy")]
    pub file: PathBuf,
    /// One sentence for each missing item.
    pub missing: Vec<String>,
}

/// The result of one scan of the inbox.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Look {
    /// In order of receipt: by modification time, then by name.
    pub ready: Vec<Candidate>,
    pub waiting: Vec<Waiting>,
    /// Files that are still being written or have only just appeared: scan again soon.
    #[serde(serialize_with = "super::lossy_list")]
    pub unsettled: Vec<PathBuf>,
    /// Files that no case takes. Empty while a case file is unsettled, for nobody knows what that one lists.
    pub left: Vec<LeftOver>,
}

impl Look {
    /// What waits, with what is waited for no longer: the unfinished is told as such.
    #[must_use]
    pub fn with_unsettled(mut self) -> Self {
        let missing = || vec!["somebody is still writing to it, or keeps it open: close it".to_owned()];
        let unsettled = std::mem::take(&mut self.unsettled).into_iter();
        self.waiting.extend(unsettled.map(|file| Waiting { file, missing: missing() }));
        self
    }
}

/// Scans an inbox repeatedly and caches the hashes of files.
#[derive(Debug, Default)]
pub struct Scanner {
    settling: Settling,
    hashes: HashMap<PathBuf, (Identity, Sha256)>,
}

enum Found {
    Ready(Box<Candidate>),
    /// With what is missing, and where that may come to lie, if the case file says so.
    Waiting(Vec<String>, Option<Vec<PathBuf>>),
    Unsettled,
    Gone,
}

impl Scanner {
    /// A scanner for a single scan, which cannot wait to see whether a file still changes.
    pub fn for_one_look() -> Self {
        Self { settling: Settling::for_one_look(), hashes: HashMap::new() }
    }

    /// Scans every case file: `*.json`, in whatever capitals, in the inbox or one folder below it.
    ///
    /// # Errors
    /// The inbox folder cannot be read.
    pub fn look(&mut self, inbox: &Inbox) -> io::Result<Look> {
        let root = Folder::at(inbox.folders().inbox())?;
        let (mut look, mut spoken_for) = (Look::default(), SpokenFor::default());
        for file in case_files(&root)? {
            match self.inspect(&root, &file) {
                Found::Ready(candidate) => {
                    spoken_for.files(candidate.pieces().map(|piece| piece.path));
                    look.ready.push(*candidate);
                }
                Found::Waiting(missing, expected) => {
                    match expected {
                        Some(expected) => spoken_for.files(expected),
                        None => spoken_for.folder(own_folder(&file)),
                    }
                    spoken_for.files([file.clone()]);
                    look.waiting.push(Waiting { file, missing });
                }
                Found::Unsettled => look.unsettled.push(file),
                Found::Gone => {}
            }
        }
        if look.unsettled.is_empty() {
            look.left = left_over(&root, &spoken_for);
        }
        self.settling.keep(|path| root.has(path));
        self.hashes.retain(|path, _| root.has(path));
        Ok(look)
    }

    fn inspect(&mut self, root: &Folder, file: &Path) -> Found {
        let Opened { handle, metadata, inode } = match open_case(root, file) {
            Ok(opened) => opened,
            Err(found) => return found,
        };
        if !self.settling.is_settled(file, &handle, Identity::of(&metadata)) {
            return Found::Unsettled;
        }
        let bytes = match plain::read(handle, &metadata, CASE_BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                return unfit(file, inode, FileFault::TooLarge);
            }
            Err(_) => return Found::Unsettled,
        };
        let mut candidate = Candidate { file: file.to_owned(), inode, attachments: Vec::new(), unfit: None };
        let attachments = match case::parse(&bytes) {
            Ok(case) => case.attachments,
            Err(_) => {
                // A faulty case is claimed too, with its files: the pipeline rejects it as a whole.
                candidate.attachments = brought(root, file, &bytes);
                return Found::Ready(Box::new(candidate));
            }
        };
        let mut missing = Vec::new();
        for attachment in &attachments {
            match self.find(root, file, attachment) {
                Ok(Some(piece)) => candidate.attachments.push(piece),
                Ok(None) => return Found::Unsettled,
                Err(why) => missing.push(format!("{} {why}", attachment.file)),
            }
        }
        if missing.is_empty() {
            return Found::Ready(Box::new(candidate));
        }
        let expected = attachments.iter().flat_map(|one| places(file, &one.file)).collect();
        Found::Waiting(missing, Some(expected))
    }

    /// Returns where an attachment is, `None` while it is being written, or why it does not match.
    fn find(
        &mut self,
        root: &Folder,
        case_file: &Path,
        attachment: &Attachment,
    ) -> Result<Option<Piece>, String> {
        let mut why = NOT_THERE.to_owned();
        for path in places(case_file, &attachment.file) {
            let (handle, metadata) = match root.open(&path) {
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
                return Ok(Some(Piece { path, inode: Inode::of(&metadata) }));
            }
            "is not the file that the case lists: its SHA-256 differs".clone_into(&mut why);
        }
        Err(match near_name(root, case_file, &attachment.file).filter(|_| why == NOT_THERE) {
            Some(near) => {
                format!("{why}, but {near} is: its name must be exactly the one that the case lists")
            }
            None => why,
        })
    }
}

/// A case file that can be read and taken.
struct Opened {
    handle: File,
    metadata: Metadata,
    inode: Inode,
}

/// Opens a case file, or says what is found in its place.
fn open_case(root: &Folder, file: &Path) -> Result<Opened, Found> {
    let (parent, name) = split(file);
    let waits = |why: String| Found::Waiting(vec![why], None);
    let home = root.below(parent).map_err(|error| match is_gone(&error) {
        true => Found::Gone,
        false => waits(format!("despatch cannot look into its folder: {error}")),
    })?;
    let (opened, lying) = match (home.open(Path::new(name)), home.lying(name)) {
        (Err(error), _) | (_, Err(error)) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Found::Gone);
        }
        (_, Err(error)) => return Err(waits(format!("despatch cannot read it: {error}"))),
        (opened, Ok(lying)) => (opened, lying),
    };
    // Checked whatever the file is: what cannot be moved cannot be rejected either.
    if !home.may_be_taken_from() {
        return Err(waits(NOT_OURS.to_owned()));
    }
    let (handle, metadata) = opened.map_err(|error| match plain::is_no_plain_file(&error) {
        _ if lying.is_folder => waits("it is a folder, and a case is a plain file".to_owned()),
        true => unfit(file, lying.inode, FileFault::NotPlain),
        false => waits(format!("despatch cannot read it: {error}")),
    })?;
    let inode = Inode::of(&metadata);
    // Else it was exchanged between the two calls.
    if inode == lying.inode { Ok(Opened { handle, metadata, inode }) } else { Err(Found::Unsettled) }
}

/// A case file that is taken only to be rejected.
fn unfit(file: &Path, inode: Inode, fault: FileFault) -> Found {
    let (file, attachments) = (file.to_owned(), Vec::new());
    Found::Ready(Box::new(Candidate { file, inode, attachments, unfit: Some(fault) }))
}

/// The reason given when nothing has the name of an attachment.
const NOT_THERE: &str = "is not there yet";

/// The reason given when the permissions of a file's folder keep despatch's account from moving it.
const NOT_OURS: &str = "despatch may not take it: its folder must be writable for despatch's account";

/// Whether a file can be moved out of its folder.
fn may_take_from(root: &Folder, file: &Path) -> bool {
    root.below(split(file).0).is_ok_and(|folder| folder.may_be_taken_from())
}

/// Whether a folder is there no more, or is no folder: somebody is at work on it.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ENOTDIR | libc::ELOOP))
}

/// The places for an attachment, in order of precedence: the folder with the case file's name, then beside the case.
/// Never one of despatch's own folders, which hold what others dropped, and never one in which a file server keeps what
/// somebody deleted.
pub(super) fn places(case_file: &Path, attachment: &str) -> impl Iterator<Item = PathBuf> {
    let own = own_folder(case_file).map(|folder| folder.join(attachment));
    own.into_iter().chain([case_file.with_file_name(attachment)])
}

/// The name of a file in the places for an attachment that somebody may take for the attachment's: it differs in capitals,
/// in how its accents are written or in white space. Windows and macOS take some of these for one name.
fn near_name(root: &Folder, case_file: &Path, attachment: &str) -> Option<String> {
    let plain = |name: &str| {
        let plain = name.nfkc().filter(|c| !c.is_whitespace());
        plain.flat_map(char::to_lowercase).collect::<String>()
    };
    let wanted = plain(attachment);
    let folders = places(case_file, attachment).filter_map(|path| root.below(split(&path).0).ok());
    let mut names = folders.flat_map(|folder| folder.names().unwrap_or_default());
    names.find_map(|name| name.to_str().filter(|name| plain(name) == wanted).map(str::to_owned))
}

/// The folder with a case file's name, unless that is one of despatch's own or a file server's.
pub(super) fn own_folder(case_file: &Path) -> Option<PathBuf> {
    let folder = case_file.with_extension("");
    (!IntakeFolders::is_own_name(&folder) && !folder.file_name().is_some_and(is_kept_by_server))
        .then_some(folder)
}

/// The plain files that a faulty case seems to bring: those that it names, and those in its own folder. Never another
/// case; if its folder contains one, the files that this case does not name are left for that one.
pub(super) fn brought(root: &Folder, case_file: &Path, bytes: &[u8]) -> Vec<Piece> {
    let named = case::named_files(bytes).into_iter().flat_map(|(name, sha256)| {
        places(case_file, &name).map(move |path| (path, sha256)).collect::<Vec<_>>()
    });
    let named = named.filter_map(|(path, sha256)| {
        // Only what matches its hash: another case may bring a file of that name.
        let (metadata, bytes) = plain::read_at(root, &path, ATTACHMENT_BYTES_MAX).ok()?;
        (Sha256::of(&bytes) == sha256).then(|| Piece { path, inode: Inode::of(&metadata) })
    });
    let names = own_folder(case_file).and_then(|own| Some((root.below(&own).ok()?.names().ok()?, own)));
    let mut own: Vec<Piece> = names
        .into_iter()
        .flat_map(|(names, own)| names.into_iter().map(move |name| own.join(name)))
        .filter_map(|path| {
            let (_, metadata) = root.open(&path).ok()?;
            Some(Piece { path, inode: Inode::of(&metadata) })
        })
        .collect();
    if own.iter().any(|piece| is_case_file(&piece.path)) {
        own.clear();
    }
    let mut files: Vec<Piece> = named.chain(own).filter(|piece| !is_case_file(&piece.path)).collect();
    files.sort();
    files.dedup();
    files
}

/// The case that a case file in an inbox says it belongs to, as far as that can be read.
pub fn case_in(inbox: &Path, file: &Path) -> Option<CaseId> {
    let (_, bytes) = plain::read_at(&Folder::at(inbox).ok()?, file, CASE_BYTES_MAX).ok()?;
    Said::in_file(&bytes).case_id
}

/// The contents of every case file in an inbox, complete or not, oldest first, without claiming any.
pub fn lying_in(root: &Path) -> impl Iterator<Item = Secret> {
    let root = Folder::at(root).ok();
    let files = root.as_ref().and_then(|root| case_files(root).ok()).unwrap_or_default();
    let read = move |file: PathBuf| plain::read_at(root.as_ref()?, &file, CASE_BYTES_MAX).ok();
    files.into_iter().filter_map(read).map(|(_, bytes)| bytes)
}

/// Every case file in the inbox, oldest first.
///
/// # Errors
/// The inbox's folder cannot be read.
fn case_files(root: &Folder) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut note = |folder: &Folder, name: &OsStr, path: PathBuf| {
        let lying = folder.lying(name).ok().filter(|_| is_case_file(&path));
        files.extend(lying.map(|lying| (lying.modified, path)));
    };
    for (name, may_be_folder) in root.entries()? {
        let path = PathBuf::from(&name);
        if IntakeFolders::is_own_name(&path) {
            continue;
        }
        let inside = (may_be_folder && !is_kept_by_server(&name)).then(|| root.below(&path).ok()).flatten();
        for inner in inside.iter().flat_map(|folder| folder.names().unwrap_or_default()) {
            inside.iter().for_each(|folder| note(folder, &inner, path.join(&inner)));
        }
        note(root, &name, path);
    }
    files.sort();
    Ok(files.into_iter().map(|(_, path)| path).collect())
}
