//! Enters: candidates in the inbox, and what an earlier run left in `claimed/`. Leaves: their files in `claimed/` and
//! read, in `rejected/`, or back where they were.
//! Never: asks the ledger, lets two processes take one case, or loses a claimed file.

use super::file_fault::FileFault;
use super::folder::{Folder, Inode, Lying, split};
use super::inbox::{FOLDERS_DEEP, Held, Inbox, aside};
use super::plain::is_case_file;
use super::scan::{CASE_BYTES_MAX, Candidate, Piece, brought, own_folder, places};
use super::{path_bytes, plain, reject};
use despatch_core::private::Secret;
use despatch_core::random::random_hex;
use despatch_core::words::Sha256;
use despatch_process::case::{self, Attachment};
use despatch_process::safety_copy::derive;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The permission bits with which accounts other than its owner change a file; an access list shows in the group's.
const OTHERS_WRITE: u32 = 0o022;

/// A case that lies in `claimed/`, as it was read there.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadClaim {
    /// The name of its folder under `claimed/`.
    pub token: String,
    /// Its path relative to the inbox.
    #[serde(with = "path_bytes")]
    pub file: PathBuf,
    /// The account that owns the file.
    pub owner: u32,
    /// Whether its mode lets accounts other than its owner change it.
    pub others_write: bool,
    /// The attachments in the order of the case: the name of each that was read, `None` for one that changed.
    pub attachments: Vec<Option<String>>,
    /// The case file, then each attachment that was read. Between processes they follow as they are.
    #[serde(skip)]
    pub contents: Vec<Secret>,
}

/// What became of a candidate, or of what an earlier run left, as far as its files go.
#[derive(Debug, Serialize, Deserialize)]
pub enum Claimed {
    Read(Box<ReadClaim>),
    /// It lies in `rejected/`.
    Rejected {
        #[serde(with = "path_bytes")]
        file: PathBuf,
        #[serde(with = "path_bytes")]
        now_at: PathBuf,
        fault: FileFault,
    },
    /// It is still in its place, because it could not be moved: why.
    Stuck(String),
    /// It stays in `claimed/`: it could not be read, moved or removed.
    Left {
        token: String,
        why: String,
        again: bool,
    },
    /// Another process took it first, the file is gone, or all of it went back.
    Gone,
}

impl Inbox {
    /// Claims one candidate. The rename of the case file is the claim, so only one process can succeed. What is moved
    /// is what was looked at, or it is put aside.
    pub fn take(&self, candidate: &Candidate) -> Claimed {
        let begun = || {
            let (held, token) = (self.hold()?, random_hex(16)?);
            let claim = held.claimed.make(OsStr::new(&token))?;
            Ok((held, claim, token))
        };
        let (held, claim, token) = match begun() {
            Ok(begun) => begun,
            Err(error) => return stuck(&candidate.file, &error),
        };
        let mut homes = Homes::default();
        for piece in candidate.pieces() {
            let moved = self.move_in(&held, &claim, &piece, &mut homes);
            let taken = match moved {
                Ok(()) => continue,
                Err(NotMoved::Other) => self.put_aside(&held, &claim, &token, (candidate, &piece)),
                // If another case took a file that both name, the next scan shows this one as waiting for it.
                Err(NotMoved::System(error)) => self
                    .move_back(&held, token.clone(), homes)
                    .map(|back| back.unwrap_or_else(|| not_moved(&piece.path, &error))),
            };
            return or_left(&token, taken);
        }
        remove_emptied(&held, homes.0.keys());
        let taken = match candidate.unfit {
            Some(fault) => rejected_as(&held, &token, candidate.file.clone(), fault),
            None => self.read_claimed(&held, &token, candidate.file.clone()),
        };
        or_left(&token, taken)
    }

    /// Resumes what an earlier run left in `claimed/`; what is `settled` is on record and only removed.
    pub fn resume(&self, token: &str, settled: bool) -> Claimed {
        or_left(token, self.resumed(token, settled))
    }

    fn resumed(&self, token: &str, settled: bool) -> io::Result<Claimed> {
        let held = self.hold()?;
        let claim = held.claimed.own(OsStr::new(token))?;
        let mut files = case_files_in(&claim)?.into_iter();
        match (files.next(), files.next()) {
            // A claim never takes two case files: only a person can tell which one it is and what may be removed.
            (Some(first), Some(_)) => rejected_as(&held, token, first, FileFault::TwoCases),
            _ if settled => {
                held.claimed.remove_tree(OsStr::new(token))?;
                Ok(Claimed::Gone)
            }
            (Some(file), None) => {
                self.gather(&held, &claim, &file);
                self.read_claimed(&held, token, file)
            }
            // The claim was interrupted before the case file itself was moved, so nothing was taken.
            (None, _) => {
                let back = self.move_back(&held, token.to_owned(), Homes::default())?;
                Ok(back.unwrap_or(Claimed::Gone))
            }
        }
    }

    /// Moves what a file at fault brought to it, where an interrupted claim left that in the inbox: no other case would ever
    /// take it. Where a file of this name lies there again, what lies beside it is that one's.
    fn gather(&self, held: &Held, claim: &Folder, file: &Path) {
        let Ok((_, bytes)) = plain::read_at(claim, file, CASE_BYTES_MAX) else { return };
        if case::parse(&bytes).is_ok() || held.root.has(file) {
            return;
        }
        for piece in brought(&held.root, file, &bytes) {
            // What cannot be moved is told as a file that nobody takes.
            let _ = self.move_in(held, claim, &piece, &mut Homes::default());
        }
    }

    /// Moves a claimed case to `rejected/`, with the text of its faults beside it. Returns where the case file is now.
    ///
    /// # Errors
    /// Something of it cannot be moved: it stays in `claimed/`.
    pub fn reject(&self, token: &str, file: &Path, faults: &str) -> io::Result<PathBuf> {
        reject::reject(&self.hold()?, token, file, faults)
    }

    /// Removes a claimed case whose despatches are durable.
    ///
    /// # Errors
    /// The folder cannot be removed; the next start removes it.
    pub fn clear(&self, token: &str) -> io::Result<()> {
        self.hold()?.claimed.remove_tree(OsStr::new(token))
    }

    /// Reads a case file in a claimed folder, and its attachments.
    fn read_claimed(&self, held: &Held, token: &str, file: PathBuf) -> io::Result<Claimed> {
        let claim = held.claimed.own(OsStr::new(token))?;
        let (metadata, bytes) = match plain::read_at(&claim, &file, CASE_BYTES_MAX) {
            Ok(read) => read,
            Err(error) if plain::may_pass(&error) => return Err(error),
            Err(_) => return rejected_as(held, token, file, FileFault::Unreadable),
        };
        let listed = match case::parse(&bytes) {
            Ok(case) => case.attachments,
            // Of a file at fault, what the healthcare team's copy needs.
            Err(_) => derive(&bytes).map(|(_, copy)| copy.attachments).unwrap_or_default(),
        };
        let mut read = ReadClaim {
            token: token.to_owned(),
            owner: metadata.uid(),
            others_write: metadata.mode() & OTHERS_WRITE != 0,
            attachments: Vec::with_capacity(listed.len()),
            contents: vec![bytes],
            file,
        };
        for attachment in &listed {
            let bytes = self.read_attachment(held, &claim, &read.file, attachment)?;
            read.attachments.push(bytes.is_some().then(|| attachment.file.to_string()));
            read.contents.extend(bytes);
        }
        // A claim that was interrupted may have left the folders of the case, empty by now.
        let above = read.file.parent().map(Path::to_owned);
        let folders: Vec<PathBuf> = above.into_iter().chain(own_folder(&read.file)).collect();
        remove_emptied(held, folders.iter());
        Ok(Claimed::Read(Box::new(read)))
    }

    /// Returns the bytes of an attachment in the claimed folder; first moves it there if an interrupted claim left it
    /// in the inbox. `None` if it is not there, or is another file.
    fn read_attachment(
        &self,
        held: &Held,
        claim: &Folder,
        case_file: &Path,
        attachment: &Attachment,
    ) -> io::Result<Option<Secret>> {
        let read = |folder: &Folder, path: &Path| match plain::read_at(folder, path, attachment.size) {
            Err(error) if plain::may_pass(&error) => Err(error),
            read => Ok(read.ok().filter(|(_, bytes)| Sha256::of(bytes) == attachment.sha256)),
        };
        for path in places(case_file, &attachment.file) {
            if !claim.has(&path) {
                let Some((metadata, _)) = read(&held.root, &path)? else { continue };
                let piece = Piece { inode: Inode::of(&metadata), path: path.clone() };
                if self.move_in(held, claim, &piece, &mut Homes::default()).is_err() {
                    continue;
                }
            }
            if let Some((_, bytes)) = read(claim, &path)? {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }

    /// Moves a file that was looked at from the inbox into a claim, both by the descriptors of their folders.
    fn move_in(&self, held: &Held, claim: &Folder, piece: &Piece, homes: &mut Homes) -> Result<(), NotMoved> {
        let (parent, name) = split(&piece.path);
        let home = homes.open(held, parent)?;
        let lying = home.lying(name)?;
        if lying.is_folder {
            return Err(NotMoved::System(io::ErrorKind::IsADirectory.into()));
        }
        if lying.inode != piece.inode {
            // Somebody has put another file there since: the next scan looks at that one.
            return Err(NotMoved::System(io::ErrorKind::NotFound.into()));
        }
        let target = claim.make_all(parent, None)?;
        self.between();
        home.move_to(name, &target)?;
        self.between();
        if target.lying(name)?.inode == piece.inode { Ok(()) } else { Err(NotMoved::Other) }
    }

    /// Puts aside what was exchanged for the file that had been looked at, between the last look and the move: a person
    /// must see it, and nothing of it is processed or put back.
    fn put_aside(
        &self,
        held: &Held,
        claim: &Folder,
        token: &str,
        (candidate, piece): (&Candidate, &Piece),
    ) -> io::Result<Claimed> {
        let (parent, name) = split(&piece.path);
        let home = claim.below(parent)?;
        if home.lying(name)?.is_folder {
            // Whoever made it may have it open, and could change what lies in it: nobody goes in there.
            home.rename(name, &held.claimed, OsStr::new(&aside(token)))?;
        }
        rejected_as(held, token, candidate.file.clone(), FileFault::Swapped)
    }

    /// Moves every file of a claim back to the folder that it came from. If its place there is taken, what is left is
    /// rejected, so that nothing is overwritten or lost.
    fn move_back(&self, held: &Held, token: String, mut homes: Homes) -> io::Result<Option<Claimed>> {
        let claim = held.claimed.own(OsStr::new(&token))?;
        let mut kept = Vec::new();
        for (path, lying) in claim.walk(FOLDERS_DEEP)? {
            if lying.is_folder {
                continue;
            }
            let (parent, name) = split(&path);
            self.between();
            let moved = homes.open_or_make(held, parent).and_then(|home| {
                self.between();
                claim.below(parent)?.move_to(name, home)
            });
            if moved.is_err() {
                kept.push(path);
            }
        }
        let Some(first) = kept.iter().find(|path| is_case_file(path)).or(kept.first()) else {
            held.claimed.remove_folders(OsStr::new(&token))?;
            return Ok(None);
        };
        rejected_as(held, &token, first.clone(), FileFault::Replaced).map(Some)
    }
}

/// The folders of the inbox from which a claim has taken files, by their paths: a file goes back only to the very
/// folder that it came from.
#[derive(Debug, Default)]
struct Homes(BTreeMap<PathBuf, Folder>);

impl Homes {
    fn open(&mut self, held: &Held, path: &Path) -> io::Result<&Folder> {
        self.find(path, |path| held.root.below(path))
    }

    fn open_or_make(&mut self, held: &Held, path: &Path) -> io::Result<&Folder> {
        self.find(path, |path| held.root.make_all(path, held.taken_from()))
    }

    fn find(&mut self, path: &Path, open: impl Fn(&Path) -> io::Result<Folder>) -> io::Result<&Folder> {
        use std::collections::btree_map::Entry;
        match self.0.entry(path.to_owned()) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(vacant) => Ok(vacant.insert(open(path)?)),
        }
    }
}

/// Why a file is not in its claim.
enum NotMoved {
    System(io::Error),
    /// Something else was moved in its place.
    Other,
}

impl From<io::Error> for NotMoved {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

/// A claim whose files fail stays where it is, and stops no other one.
fn or_left(token: &str, taken: io::Result<Claimed>) -> Claimed {
    taken.unwrap_or_else(|error| Claimed::Left {
        token: token.to_owned(),
        again: error.kind() != io::ErrorKind::PermissionDenied,
        why: error.to_string(),
    })
}

fn rejected_as(held: &Held, token: &str, file: PathBuf, fault: FileFault) -> io::Result<Claimed> {
    let now_at = reject::reject(held, token, &file, &reject::faults_text(&[fault.fault()]))?;
    Ok(Claimed::Rejected { file, now_at, fault })
}

/// Removes a case's own folders once their last files are taken; a folder that holds anything else stays.
fn remove_emptied<'p>(held: &Held, taken_from: impl DoubleEndedIterator<Item = &'p PathBuf>) {
    // A folder after those in it.
    for folder in taken_from.rev().filter(|folder| !folder.as_os_str().is_empty()) {
        let (parent, name) = split(folder);
        if let Ok(parent) = held.root.below(parent) {
            let _ = parent.remove_folder(name);
        }
    }
}

/// The outcome for a candidate with a file that could not be moved.
fn not_moved(file: &Path, error: &io::Error) -> Claimed {
    if error.kind() == io::ErrorKind::NotFound { Claimed::Gone } else { stuck(file, error) }
}

fn stuck(file: &Path, error: &io::Error) -> Claimed {
    Claimed::Stuck(format!("despatch cannot take {}: {error}", file.display()))
}

/// Every case file in a claim, at the depths that a scan looks at; folders with such a name do not count.
fn case_files_in(claim: &Folder) -> io::Result<Vec<PathBuf>> {
    let is_case =
        |path: &Path, lying: &Lying| !lying.is_folder && path.components().count() <= 2 && is_case_file(path);
    let files = claim.walk(FOLDERS_DEEP)?.into_iter().filter(|(path, lying)| is_case(path, lying));
    Ok(files.map(|(path, _)| path).collect())
}
