//! Enters: candidates in the inbox, and what an earlier run left in `claimed/`. Leaves: [`Incoming`] cases, each with
//! its submission number in the ledger. Never: lets two processes take one case, or loses a claimed file.

use super::folder::{Folder, Inode, Lying, split};
use super::inbox::{FOLDERS_DEEP, Held, Inbox, aside};
use super::plain::{self, is_case_file};
use super::scan::{CASE_BYTES_MAX, Candidate, Piece, Waiting, own_folder, places};
use super::{AttachedFile, Finding, reject};
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_core::random::random_hex;
use despatch_core::words::Sha256;
use despatch_ledger::{DurableError, DurableHandle, LiveSubmission, SubmissionState, Submitted};
use despatch_process::case::{self, Attachment, Case};
use despatch_process::safety_copy::derive;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The permission bits with which accounts other than its owner change a file; an access list shows in the group's.
const OTHERS_WRITE: u32 = 0o022;

/// A whole case file and its attachments, taken from the inbox.
#[derive(Debug)]
pub struct Incoming {
    /// Its submission number in the ledger.
    pub submission: i64,
    /// The name of its folder under `claimed/`.
    pub token: String,
    /// Its path relative to the inbox: shown to people, never written to the ledger or the logs.
    pub file: PathBuf,
    /// The account that owns the file.
    pub owner: u32,
    /// Whether its mode lets accounts other than its owner change it.
    pub others_write: bool,
    pub bytes: Secret,
    /// The parsed case, or all its faults.
    pub case: Result<Case, Vec<Fault>>,
    /// In the order of the case.
    pub attachments: Vec<AttachedFile>,
    /// Faults in the files that arose between the scan and the claim.
    pub faults: Vec<Fault>,
}

impl Incoming {
    /// A case that is in no claim, with its attachments in its order.
    pub fn unclaimed(
        submission: i64,
        file: PathBuf,
        owner: u32,
        bytes: Secret,
        attachments: Vec<AttachedFile>,
    ) -> Self {
        let (case, token) = (case::parse(&bytes), String::new());
        Self {
            submission,
            token,
            file,
            owner,
            others_write: false,
            bytes,
            case,
            attachments,
            faults: Vec::new(),
        }
    }
}

/// The outcome for a candidate.
#[derive(Debug)]
pub enum Taken {
    Incoming(Box<Incoming>),
    /// It is queued already, and the files were removed; or it could not even be read, and was rejected at once.
    Found(Finding),
    /// It is still in its place, because it could not be moved.
    Stuck(Waiting),
    /// It stays in `claimed/`: it could not be read, moved or removed, or is no claim at all.
    Left {
        token: String,
        why: String,
        /// Whether this run is to try again: the cause may pass.
        again: bool,
    },
    /// Another process took it first, or the file is gone.
    Gone,
}

/// Claims cases for one run.
#[derive(Debug)]
pub struct Claims {
    inbox: Inbox,
    durable: DurableHandle,
}

impl Claims {
    /// Claims from `inbox`; submissions are numbered by the ledger behind `durable`.
    pub fn new(inbox: Inbox, durable: DurableHandle) -> Self {
        Self { inbox, durable }
    }

    /// Claims one candidate. The rename of the case file is the claim, so only one process can succeed. What is moved
    /// is what was looked at, or it is put aside.
    ///
    /// # Errors
    /// The ledger cannot be written, or the system gives no random bytes.
    pub fn take(&self, candidate: &Candidate) -> Result<Taken, DurableError> {
        let token = random_hex(16).map_err(|error| DurableError(error.to_string()))?;
        let begun = self.inbox.hold().and_then(|held| {
            let claim = held.claimed.make(OsStr::new(&token))?;
            Ok((held, claim))
        });
        let (held, claim) = match begun {
            Ok(begun) => begun,
            Err(error) => return Ok(stuck(candidate, &candidate.file, &error)),
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
                    .map(|back| back.unwrap_or_else(|| not_moved(candidate, &piece.path, &error))),
            };
            return or_left(&token, taken);
        }
        remove_emptied(&held, homes.0.keys());
        if let Some(fault) = &candidate.unfit {
            return self.reject(token, candidate.file.clone(), vec![fault.clone()]);
        }
        let read = self.read_claimed(&held, &token, candidate.file.clone(), None);
        or_left(&token, read)
    }

    /// Moves a claimed case to `rejected/` with its faults. One that may not be moved stays and is reported, because an
    /// error would stop every other case at each start.
    ///
    /// # Errors
    /// None: what fails is reported with the case.
    pub fn reject(&self, token: String, file: PathBuf, faults: Vec<Fault>) -> Result<Taken, DurableError> {
        let rejected = self.inbox.hold().map_err(Failed::from);
        let rejected = rejected.and_then(|held| rejected_as(&held, &token, file, faults));
        Ok(rejected.unwrap_or_else(|failed| match failed {
            // Nothing was lost, and the next start tries anew: before that, the case would be typeset again.
            Failed::System(error) => Taken::Left { token, why: error.to_string(), again: false },
            Failed::Ledger(error) => Taken::Left { token, why: error.to_string(), again: false },
        }))
    }

    /// Resumes what an earlier run left in `claimed/`. `known` is what the ledger has on record for the token.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn resume(&self, token: String, known: Option<LiveSubmission>) -> Result<Taken, DurableError> {
        let resumed = self.resumed(&token, known);
        or_left(&token, resumed)
    }

    fn resumed(&self, token: &str, known: Option<LiveSubmission>) -> Result<Taken, Failed> {
        let held = self.inbox.hold()?;
        let claim = held.claimed.own(OsStr::new(token))?;
        let mut files = case_files_in(&claim)?.into_iter();
        let (first, second) = (files.next(), files.next());
        if let (Some(first), Some(_)) = (&first, second) {
            // A claim never takes two case files: only a person can tell which one it is and what may be removed.
            let (cause, cure) =
                ("two case files were taken as one", "drop each again, with its own attachments");
            let fault = Fault::new("", "file.two_cases", cause, cure);
            return rejected_as(&held, token, first.clone(), vec![fault]);
        }
        match (known.map(|submission| (submission.state, submission.number)), first) {
            (Some((SubmissionState::Queued | SubmissionState::Duplicate, _)), _) => {
                held.claimed.remove_tree(OsStr::new(token))?;
                Ok(Taken::Gone)
            }
            (Some((SubmissionState::Claimed | SubmissionState::Rejected, number)), Some(file)) => {
                self.read_claimed(&held, token, file, Some(number))
            }
            (None, Some(file)) => self.read_claimed(&held, token, file, None),
            (_, None) => {
                // The claim was interrupted before the case file itself was moved, so nothing was taken.
                let back = self.move_back(&held, token.to_owned(), Homes::default())?;
                Ok(back.unwrap_or(Taken::Gone))
            }
        }
    }

    /// Removes a claimed case whose despatches are durable.
    ///
    /// # Errors
    /// The folder cannot be removed; the next start removes it.
    pub fn clear(&self, token: &str) -> io::Result<()> {
        self.inbox.hold()?.claimed.remove_tree(OsStr::new(token))
    }

    /// Reads a case file in a claimed folder and records it as a submission, unless it has a number.
    fn read_claimed(
        &self,
        held: &Held,
        token: &str,
        file: PathBuf,
        number: Option<i64>,
    ) -> Result<Taken, Failed> {
        let claim = held.claimed.own(OsStr::new(token))?;
        let (metadata, bytes) = match plain::read_at(&claim, &file, CASE_BYTES_MAX) {
            Ok(read) => read,
            Err(error) if plain::may_pass(&error) => return Err(error.into()),
            Err(_) => {
                let cause = "it changed or could not be read";
                let fault = Fault::new("", "file.unreadable", cause, "drop it again");
                return rejected_as(held, token, file, vec![fault]);
            }
        };
        let submission = match number {
            Some(number) => number,
            None => match self.durable.submit(token.to_owned(), Sha256::of(&bytes))? {
                Submitted::Fresh(number) => number,
                Submitted::Duplicate(of) => {
                    held.claimed.remove_tree(OsStr::new(token))?;
                    return Ok(Taken::Found(Finding::Duplicate { file, of }));
                }
            },
        };
        let mut incoming = Incoming {
            token: token.to_owned(),
            others_write: metadata.mode() & OTHERS_WRITE != 0,
            ..Incoming::unclaimed(submission, file, metadata.uid(), bytes, Vec::new())
        };
        let listed = match &incoming.case {
            Ok(case) => case.attachments.clone(),
            // Of a file at fault, what the healthcare team's copy needs.
            Err(_) => derive(&incoming.bytes).map(|(_, copy)| copy.attachments).unwrap_or_default(),
        };
        for (index, attachment) in listed.iter().enumerate() {
            match self.read_attachment(held, &claim, &incoming.file, attachment)? {
                Some(bytes) => {
                    incoming.attachments.push(AttachedFile { file: attachment.file.to_string(), bytes });
                }
                None => incoming.faults.push(Fault::new(
                    format!("/attachments/{index}/file"),
                    "attachment.changed",
                    "the file was changed or taken away while the case was being taken, or another case that names \
                     it was first",
                    "drop the case again with attachments of its own, best in a folder of its own",
                )),
            }
        }
        // A claim that was interrupted may have left the folders of the case, empty by now.
        let above = incoming.file.parent().map(Path::to_owned);
        let folders: Vec<PathBuf> = above.into_iter().chain(own_folder(&incoming.file)).collect();
        remove_emptied(held, folders.iter());
        Ok(Taken::Incoming(Box::new(incoming)))
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
        self.inbox.between();
        home.move_to(name, &target)?;
        self.inbox.between();
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
    ) -> Result<Taken, Failed> {
        let (parent, name) = split(&piece.path);
        let home = claim.below(parent)?;
        if home.lying(name)?.is_folder {
            // Whoever made it may have it open, and could change what lies in it: nobody goes in there.
            home.rename(name, &held.claimed, OsStr::new(&aside(token)))?;
        }
        let cause = "another file took the place of one of its files while it was being taken";
        let cure =
            "find out who changed the inbox meanwhile, then drop the case again in a folder of its own";
        rejected_as(held, token, candidate.file.clone(), vec![Fault::new("", SWAPPED, cause, cure)])
    }

    /// Moves every file of a claim back to the folder that it came from. If its place there is taken, what is left is
    /// rejected, so that nothing is overwritten or lost.
    fn move_back(&self, held: &Held, token: String, mut homes: Homes) -> Result<Option<Taken>, Failed> {
        let claim = held.claimed.own(OsStr::new(&token))?;
        let mut kept = Vec::new();
        for (path, lying) in claim.walk(FOLDERS_DEEP)? {
            if lying.is_folder {
                continue;
            }
            let (parent, name) = split(&path);
            self.inbox.between();
            let moved = homes.open_or_make(held, parent).and_then(|home| {
                self.inbox.between();
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
        let cause = "another file of its name came into the inbox while it was being taken";
        let cure = "look which of the two is right, and drop that one with all that belongs to it";
        let fault = Fault::new("", "file.replaced", cause, cure);
        rejected_as(held, &token, first.clone(), vec![fault]).map(Some)
    }
}

/// The code of a case of which a file was exchanged between the look and the claim.
pub(crate) const SWAPPED: &str = "file.swapped";

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

/// Why a claim does not go on.
enum Failed {
    System(io::Error),
    Ledger(DurableError),
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

impl From<DurableError> for Failed {
    fn from(error: DurableError) -> Self {
        Self::Ledger(error)
    }
}

/// A claim whose files fail stays where it is, and stops no other one.
fn or_left(token: &str, taken: Result<Taken, Failed>) -> Result<Taken, DurableError> {
    match taken {
        Ok(taken) => Ok(taken),
        Err(Failed::Ledger(error)) => Err(error),
        Err(Failed::System(error)) => Ok(Taken::Left {
            token: token.to_owned(),
            again: error.kind() != io::ErrorKind::PermissionDenied,
            why: error.to_string(),
        }),
    }
}

fn rejected_as(held: &Held, token: &str, file: PathBuf, faults: Vec<Fault>) -> Result<Taken, Failed> {
    let now_at = reject::reject(held, token, &file, &faults)?;
    Ok(Taken::Found(Finding::Rejected { file, submission: None, now_at, faults }))
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
fn not_moved(candidate: &Candidate, file: &Path, error: &io::Error) -> Taken {
    if error.kind() == io::ErrorKind::NotFound { Taken::Gone } else { stuck(candidate, file, error) }
}

fn stuck(candidate: &Candidate, file: &Path, error: &io::Error) -> Taken {
    let missing = vec![format!("despatch cannot take {}: {error}", file.display())];
    Taken::Stuck(Waiting { file: candidate.file.clone(), missing })
}

/// Every case file in a claim, at the depths that a scan looks at; folders with such a name do not count.
fn case_files_in(claim: &Folder) -> io::Result<Vec<PathBuf>> {
    let is_case =
        |path: &Path, lying: &Lying| !lying.is_folder && path.components().count() <= 2 && is_case_file(path);
    let files = claim.walk(FOLDERS_DEEP)?.into_iter().filter(|(path, lying)| is_case(path, lying));
    Ok(files.map(|(path, _)| path).collect())
}
