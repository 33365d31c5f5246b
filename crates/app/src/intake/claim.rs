//! Enters: candidates in the inbox, and what an earlier run left in `claimed/`. Leaves: [`Incoming`] cases, each with
//! its submission number in the ledger. Never: lets two processes take one case, or loses a claimed file.

use super::plain::{self, Identity};
use super::scan::{CASE_BYTES_MAX, Candidate, Waiting, is_case_file, places};
use super::{AttachedFile, Finding, Inbox, TAKEN_FROM, reject};
use despatch_core::fault::Fault;
use despatch_core::private::{Secret, make_folder};
use despatch_core::random::random_hex;
use despatch_core::reading::{is_passing, patiently};
use despatch_core::words::Sha256;
use despatch_ledger::{DurableError, DurableHandle, LiveSubmission, SubmissionState, Submitted};
use despatch_process::case::{self, Attachment, Case};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

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
    /// It was to be rejected but could not be moved: it stays in `claimed/` until the next start.
    Left {
        token: String,
        why: String,
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

    /// Claims one candidate. The rename of the case file is the claim, so only one process can succeed.
    ///
    /// # Errors
    /// The ledger or a file cannot be read or written.
    pub fn take(&self, candidate: &Candidate) -> Result<Taken, DurableError> {
        let token = random_hex(16).map_err(storage)?;
        let folder = self.inbox.claimed().join(&token);
        make_folder(&folder).map_err(storage)?;
        if let Err(error) = self.move_in(&folder, &candidate.file) {
            fs::remove_dir_all(&folder).map_err(storage)?;
            return Ok(not_moved(candidate, &candidate.file, &error));
        }
        for attachment in &candidate.attachments {
            if let Err(error) = self.move_in(&folder, attachment) {
                // If another case took a file that both name, the next scan shows this one as waiting for it.
                let back = self.move_back(token)?;
                return Ok(back.unwrap_or_else(|| not_moved(candidate, attachment, &error)));
            }
        }
        if let Some(fault) = &candidate.unfit {
            return self.reject(token, candidate.file.clone(), vec![fault.clone()]);
        }
        self.read_claimed(token, candidate.file.clone(), None)
    }

    /// Moves a claimed case to `rejected/` with its faults. One that may not be moved stays and is reported, because an
    /// error would stop every other case at each start.
    ///
    /// # Errors
    /// A file cannot be written or moved, for any reason but a lack of permission.
    pub fn reject(&self, token: String, file: PathBuf, faults: Vec<Fault>) -> Result<Taken, DurableError> {
        match reject::reject(&self.inbox, &token, &file, &faults) {
            Ok(now_at) => Ok(Taken::Found(Finding::Rejected { file, now_at, faults })),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                Ok(Taken::Left { token, why: format!("it cannot be moved to inbox/rejected: {error}") })
            }
            Err(error) => Err(storage(error)),
        }
    }

    /// Resumes what an earlier run left in `claimed/`. `known` is what the ledger has on record for the token.
    ///
    /// # Errors
    /// The ledger or a file cannot be read or written.
    pub fn resume(&self, token: String, known: Option<LiveSubmission>) -> Result<Taken, DurableError> {
        let folder = self.inbox.claimed().join(&token);
        let mut files = case_files_in(&folder).into_iter();
        let (first, second) = (files.next(), files.next());
        if let (Some(first), Some(_)) = (&first, second) {
            // A claim never takes two case files: only a person can tell which one it is and what may be removed.
            let (cause, cure) =
                ("two case files were taken as one", "drop each again, with its own attachments");
            return self.reject(token, first.clone(), vec![Fault::new("", "file.two_cases", cause, cure)]);
        }
        match (known.map(|submission| (submission.state, submission.number)), first) {
            (Some((SubmissionState::Queued | SubmissionState::Duplicate, _)), _) => {
                self.clear(&token)?;
                Ok(Taken::Gone)
            }
            (Some((SubmissionState::Claimed | SubmissionState::Rejected, number)), Some(file)) => {
                self.read_claimed(token, file, Some(number))
            }
            (None, Some(file)) => self.read_claimed(token, file, None),
            (_, None) => {
                // The claim was interrupted before the case file itself was moved, so nothing was taken.
                Ok(self.move_back(token)?.unwrap_or(Taken::Gone))
            }
        }
    }

    /// Removes a claimed case whose despatches are durable.
    ///
    /// # Errors
    /// The folder cannot be removed.
    pub fn clear(&self, token: &str) -> Result<(), DurableError> {
        fs::remove_dir_all(self.inbox.claimed().join(token)).map_err(storage)
    }

    /// Reads a case file in a claimed folder and records it as a submission, unless it has a number.
    fn read_claimed(&self, token: String, file: PathBuf, number: Option<i64>) -> Result<Taken, DurableError> {
        let folder = self.inbox.claimed().join(&token);
        let (metadata, bytes) = match patiently(|| plain::read_at(&folder, &file, CASE_BYTES_MAX)) {
            Ok(read) => read,
            Err(error) if is_passing(&error) => return Ok(unread(token, &error)),
            Err(_) => {
                let cause = "it changed or could not be read";
                let fault = Fault::new("", "file.unreadable", cause, "drop it again");
                return self.reject(token, file, vec![fault]);
            }
        };
        let submission = match number {
            Some(number) => number,
            None => match self.durable.submit(token.clone(), Sha256::of(&bytes))? {
                Submitted::Fresh(number) => number,
                Submitted::Duplicate(of) => {
                    self.clear(&token)?;
                    return Ok(Taken::Found(Finding::Duplicate { file, of }));
                }
            },
        };
        let mut incoming = Incoming {
            token,
            others_write: metadata.mode() & OTHERS_WRITE != 0,
            ..Incoming::unclaimed(submission, file, metadata.uid(), bytes, Vec::new())
        };
        let listed = incoming.case.as_ref().map_or_else(|_| Vec::new(), |case| case.attachments.clone());
        // A run interrupted during a claim may have left the case's own folder, empty.
        self.remove_emptied(&incoming.file.with_extension("").join("attachment"));
        for (index, attachment) in listed.iter().enumerate() {
            let read = match self.read_attachment(&folder, &incoming.file, attachment) {
                Err(error) if is_passing(&error) => return Ok(unread(incoming.token, &error)),
                read => read.unwrap_or_default(),
            };
            match read {
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
        Ok(Taken::Incoming(Box::new(incoming)))
    }

    /// Returns the bytes of an attachment in the claimed folder; first moves it there if an interrupted claim left it
    /// in the inbox.
    ///
    /// # Errors
    /// A file cannot be read for the machine's sake, which says nothing about it.
    fn read_attachment(
        &self,
        folder: &Path,
        case_file: &Path,
        attachment: &Attachment,
    ) -> io::Result<Option<Secret>> {
        for path in &places(case_file, &attachment.file) {
            match self.read_place(folder, path, attachment) {
                Ok(Some(bytes)) => return Ok(Some(bytes)),
                Err(error) if is_passing(&error) => return Err(error),
                Ok(None) | Err(_) => {}
            }
        }
        Ok(None)
    }

    fn read_place(&self, folder: &Path, path: &Path, attachment: &Attachment) -> io::Result<Option<Secret>> {
        let read = |root: &Path| patiently(|| plain::read_at(root, path, attachment.size));
        if !patiently(|| folder.join(path).try_exists())? {
            let (_, bytes) = read(self.inbox.root())?;
            if Sha256::of(&bytes) != attachment.sha256 {
                return Ok(None);
            }
            self.move_in(folder, path)?;
        }
        let (before, bytes) = read(folder)?;
        let now = patiently(|| fs::metadata(folder.join(path)))?;
        let unchanged = Identity::of(&now) == Identity::of(&before);
        Ok((unchanged && Sha256::of(&bytes) == attachment.sha256).then_some(bytes))
    }

    fn move_in(&self, folder: &Path, path: &Path) -> io::Result<()> {
        let (source, target) = (self.inbox.root().join(path), folder.join(path));
        if source.symlink_metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if let Some(parent) = target.parent() {
            make_folder(parent)?;
        }
        fs::rename(source, target)?;
        self.remove_emptied(path);
        Ok(())
    }

    /// Removes a case's own folder once its last file is taken; a folder that holds anything else stays.
    fn remove_emptied(&self, taken: &Path) {
        if let Some(emptied) = taken.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            let _ = fs::remove_dir(self.inbox.root().join(emptied));
        }
    }

    /// Moves every file of a claim back to its place. If any of those places is taken, what is left is rejected, so
    /// that nothing is overwritten or lost.
    fn move_back(&self, token: String) -> Result<Option<Taken>, DurableError> {
        let folder = self.inbox.claimed().join(&token);
        let mut kept = Vec::new();
        for entry in WalkDir::new(&folder).min_depth(1).sort_by_file_name().into_iter().filter_map(Result::ok)
        {
            let relative = entry.path().strip_prefix(&folder).map_err(|e| DurableError(e.to_string()))?;
            let home = self.inbox.root().join(relative);
            if entry.file_type().is_dir() {
                continue;
            }
            if home.symlink_metadata().is_ok() {
                kept.push(relative.to_owned());
                continue;
            }
            if let Some(parent) = home.parent().filter(|parent| !parent.exists()) {
                self.inbox.make_folder(parent, TAKEN_FROM).map_err(storage)?;
            }
            fs::rename(entry.path(), home).map_err(storage)?;
        }
        let Some(first) = kept.iter().find(|path| is_case_file(path)).or(kept.first()) else {
            fs::remove_dir_all(folder).map_err(storage)?;
            return Ok(None);
        };
        let cause = "another file of its name came into the inbox while it was being taken";
        let cure = "look which of the two is right, and drop that one with all that belongs to it";
        self.reject(token, first.clone(), vec![Fault::new("", "file.replaced", cause, cure)]).map(Some)
    }
}

/// A claimed case that cannot be read now: it stays where it is, and the next start tries again.
fn unread(token: String, error: &io::Error) -> Taken {
    Taken::Left { token, why: format!("it cannot be read now, and is read again at the next start: {error}") }
}

/// The outcome for a candidate with a file that could not be moved.
fn not_moved(candidate: &Candidate, file: &Path, error: &io::Error) -> Taken {
    if error.kind() == io::ErrorKind::NotFound {
        return Taken::Gone;
    }
    let missing = vec![format!("despatch cannot take {}: {error}", file.display())];
    Taken::Stuck(Waiting { file: candidate.file.clone(), missing })
}

/// Every case file in a claim, at the depths that a scan looks at; folders with such a name do not count.
fn case_files_in(folder: &Path) -> Vec<PathBuf> {
    WalkDir::new(folder)
        .min_depth(1)
        .max_depth(2)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| !entry.file_type().is_dir() && is_case_file(entry.path()))
        .filter_map(|entry| Some(entry.path().strip_prefix(folder).ok()?.to_owned()))
        .collect()
}

fn storage(error: io::Error) -> DurableError {
    DurableError(error.to_string())
}
