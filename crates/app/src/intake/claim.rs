//! Enters: candidates in the inbox, and what an earlier run left in `claimed/`. Leaves: [`Incoming`] cases, each with
//! its submission number in the ledger. Never: touches a file: that is done behind [`IntakeFiles`].

use super::file_fault::FileFault;
use super::files::IntakeFiles;
use super::scan::{Candidate, Look, Waiting};
use super::taking::{Claimed, ReadClaim};
use super::{AttachedFile, Finding, faults_text};
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_core::timings::{About, Stage, Timings};
use despatch_core::words::Sha256;
use despatch_ledger::{DurableError, DurableHandle, LiveSubmission, SubmissionState, Submitted};
use despatch_process::case::{self, Case};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

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

    /// A claimed case, once the ledger has its number.
    fn claimed(submission: i64, read: ReadClaim) -> Self {
        let mut contents = read.contents.into_iter();
        let bytes = contents.next().unwrap_or_default();
        let (mut attachments, mut faults) = (Vec::new(), Vec::new());
        for (index, file) in read.attachments.into_iter().enumerate() {
            match file.zip(contents.next()) {
                Some((file, bytes)) => attachments.push(AttachedFile { file, bytes }),
                None => faults.push(FileFault::AttachmentChanged(index).fault()),
            }
        }
        Self {
            token: read.token,
            others_write: read.others_write,
            faults,
            ..Self::unclaimed(submission, read.file, read.owner, bytes, attachments)
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
    files: Arc<dyn IntakeFiles>,
    durable: DurableHandle,
    timings: Timings,
}

impl Claims {
    /// Claims by way of `files`; submissions are numbered by the ledger behind `durable`.
    pub fn new(files: Arc<dyn IntakeFiles>, durable: DurableHandle) -> Self {
        Self { files, durable, timings: Timings::default() }
    }

    /// Notes in `timings` how long it takes to claim and to read a case file.
    pub fn timed_by(self, timings: Timings) -> Self {
        Self { timings, ..self }
    }

    /// Looks at the inbox.
    ///
    /// # Errors
    /// It cannot be read, or the process that reads it has ended.
    pub fn look(&self) -> io::Result<Look> {
        self.files.look()
    }

    /// The names in `claimed/`, in order, and whether each can be a claim.
    ///
    /// # Errors
    /// It cannot be read, or the process that reads it has ended.
    pub fn lying(&self) -> io::Result<Vec<(String, bool)>> {
        self.files.claims()
    }

    /// Whether the process that does the work on files has ended unasked since the last call. What it had in hand lies
    /// in `claimed/`, or where it was.
    pub fn lost_a_process(&self) -> bool {
        self.files.lost_a_process()
    }

    /// Claims one candidate. The rename of the case file is the claim, so only one process can succeed. What is moved
    /// is what was looked at, or it is put aside.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn take(&self, candidate: &Candidate) -> Result<Taken, DurableError> {
        let began = self.timings.begin();
        match self.files.take(candidate) {
            Ok(Claimed::Stuck(why)) => {
                Ok(Taken::Stuck(Waiting { file: candidate.file.clone(), missing: vec![why] }))
            }
            Ok(claimed) => self.numbered(claimed, None, began),
            // Whatever it had done is found by the next look.
            Err(_) => Ok(Taken::Gone),
        }
    }

    /// Resumes what an earlier run left in `claimed/`. `known` is what the ledger has on record for the token.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn resume(&self, token: String, known: Option<LiveSubmission>) -> Result<Taken, DurableError> {
        let settled = known.as_ref().is_some_and(|submission| {
            matches!(submission.state, SubmissionState::Queued | SubmissionState::Duplicate)
        });
        let began = self.timings.begin();
        match self.files.resume(&token, settled) {
            Ok(claimed) => self.numbered(claimed, known.map(|submission| submission.number), began),
            Err(error) => Ok(Taken::Left { token, why: error.to_string(), again: true }),
        }
    }

    /// Records what was read as a submission, unless it has a number. `began`: when its claim did.
    fn numbered(
        &self,
        claimed: Claimed,
        number: Option<i64>,
        began: Option<Instant>,
    ) -> Result<Taken, DurableError> {
        let read = match claimed {
            Claimed::Read(read) => *read,
            Claimed::Rejected { file, now_at, fault } => {
                return Ok(Taken::Found(Finding::Rejected {
                    file,
                    submission: None,
                    now_at,
                    faults: vec![fault.fault()],
                }));
            }
            Claimed::Left { token, why, again } => return Ok(Taken::Left { token, why, again }),
            Claimed::Stuck(_) | Claimed::Gone => return Ok(Taken::Gone),
        };
        let bytes = read.contents.first().map_or(&[][..], |content| content.as_slice());
        let number = match number {
            Some(number) => number,
            None => match self.durable.submit(read.token.clone(), Sha256::of(bytes))? {
                Submitted::Fresh(number) => number,
                Submitted::Duplicate(of) => {
                    return Ok(match self.clear(&read.token) {
                        Ok(()) => Taken::Found(Finding::Duplicate { file: read.file, of }),
                        Err(error) => {
                            Taken::Left { token: read.token, why: error.to_string(), again: may_pass(&error) }
                        }
                    });
                }
            },
        };
        let about = About::case(number);
        self.timings.end(began, Stage::Claim, about);
        let incoming = self.timings.time(Stage::Parse, about, || Incoming::claimed(number, read));
        Ok(Taken::Incoming(Box::new(incoming)))
    }

    /// Moves a claimed case to `rejected/` with its faults. One that may not be moved stays and is reported, because an
    /// error would stop every other case at each start.
    ///
    /// # Errors
    /// None: what fails is reported with the case.
    pub fn reject(&self, token: String, file: PathBuf, faults: Vec<Fault>) -> Result<Taken, DurableError> {
        Ok(match self.files.reject(&token, &file, &faults_text(&faults)) {
            Ok(now_at) => Taken::Found(Finding::Rejected { file, submission: None, now_at, faults }),
            // Nothing was lost, and the next start tries anew: before that, the case would be typeset again.
            Err(error) => Taken::Left { token, why: error.to_string(), again: false },
        })
    }

    /// Removes a claimed case whose despatches are durable.
    ///
    /// # Errors
    /// The folder cannot be removed; the next start removes it.
    pub fn clear(&self, token: &str) -> io::Result<()> {
        self.files.clear(token)
    }
}

fn may_pass(error: &io::Error) -> bool {
    error.kind() != io::ErrorKind::PermissionDenied
}
