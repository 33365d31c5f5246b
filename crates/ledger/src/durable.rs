//! Enters: submissions, sealed cases and rejections from the pipeline's threads. Leaves: confirmation that each is on
//! disk. Never: confirms before it is; every durable write of the pipeline happens on this one thread.

use crate::despatch::SealedCase;
use crate::error::LedgerError;
use crate::files::{Files, begin_file, finish_file, sync_folder, unfinished};
use crate::ledger::Ledger;
use crate::queue::{Queued, Submitted, Write, Written};
use despatch_core::clock::Clock;
use despatch_core::timings::{About, Stage, Timings};
use despatch_core::words::{Sha256, StaffId};
use despatch_seal::signing::SigningKey;
use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

/// The most writes that may wait: enough for the pipeline's threads.
const WAITING_MAX: usize = 16;

/// The most files that are flushed at the same moment.
const FLUSHED_AT_ONCE: usize = 16;

/// Why nothing more can be made durable. After a failed flush the system may report lost bytes as written, so the run
/// ends and the next start begins from what is on disk.
#[derive(Debug, Clone)]
pub struct DurableError(pub String);

impl fmt::Display for DurableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing more can be stored safely: {}", self.0)
    }
}

impl std::error::Error for DurableError {}

struct Order {
    write: Write,
    answer: Sender<Result<Written, DurableError>>,
}

/// The thread that makes writes durable.
#[derive(Debug)]
pub struct Durable {
    orders: SyncSender<Order>,
    thread: JoinHandle<Ledger>,
}

/// Sends writes to the durable thread.
#[derive(Debug, Clone)]
pub struct DurableHandle(SyncSender<Order>);

impl Durable {
    /// Starts the thread, which owns the ledger until [`Durable::finish`] and signs each of its batches with `signer`.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn start(ledger: Ledger, clock: Clock, signer: Option<SigningKey>) -> io::Result<Self> {
        Self::timed(ledger, clock, signer, Timings::default())
    }

    /// Like [`Durable::start`]; its stages are noted in `timings`.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn timed(
        ledger: Ledger,
        clock: Clock,
        signer: Option<SigningKey>,
        timings: Timings,
    ) -> io::Result<Self> {
        let (orders, inbox) = sync_channel(WAITING_MAX);
        let thread = thread::Builder::new()
            .name("despatch-durable".to_owned())
            .spawn(move || serve(ledger, clock, (signer.as_ref(), &timings), &inbox))?;
        Ok(Self { orders, thread })
    }

    /// Returns a handle for one more thread.
    pub fn handle(&self) -> DurableHandle {
        DurableHandle(self.orders.clone())
    }

    /// Waits for pending writes and returns the ledger. Every handle must have been dropped.
    ///
    /// # Errors
    /// The thread panicked.
    pub fn finish(self) -> Result<Ledger, DurableError> {
        drop(self.orders);
        self.thread.join().map_err(|_| DurableError("the writing thread failed".to_owned()))
    }
}

impl DurableHandle {
    /// Records a case file in `claimed/TOKEN`.
    ///
    /// # Errors
    /// The write could not be made durable.
    pub fn submit(&self, token: String, file_sha256: Sha256) -> Result<Submitted, DurableError> {
        self.order(Write::Submit { token, file_sha256 }, |written| match written {
            Written::Submitted(submitted) => Some(submitted),
            _ => None,
        })
    }

    /// Puts a sealed case into the outbox.
    ///
    /// # Errors
    /// The write could not be made durable.
    pub fn queue(&self, case: SealedCase) -> Result<Queued, DurableError> {
        self.order(Write::Queue(Box::new(case)), |written| match written {
            Written::Queued(queued) => Some(queued),
            _ => None,
        })
    }

    /// Records that a case file was rejected, with the codes of its faults, and the member of staff to be told.
    ///
    /// # Errors
    /// The write could not be made durable.
    pub fn reject(
        &self,
        submission: i64,
        codes: Vec<&'static str>,
        preparer: Option<StaffId>,
    ) -> Result<(), DurableError> {
        self.order(Write::Reject { submission, codes, preparer }, |written| {
            matches!(written, Written::Rejected).then_some(())
        })
    }

    fn order<T>(&self, write: Write, read: impl FnOnce(Written) -> Option<T>) -> Result<T, DurableError> {
        let failed = |why: &str| DurableError(why.to_owned());
        let gone = || failed("the writing thread has ended");
        let (answer, result) = channel();
        self.0.send(Order { write, answer }).map_err(|_| gone())?;
        let written = result.recv().map_err(|_| gone())??;
        read(written).ok_or_else(|| failed("an order was answered out of turn"))
    }
}

/// Handles everything that waits as one batch: files first, then one commit for all, then the answers.
fn serve(
    mut ledger: Ledger,
    clock: Clock,
    (signer, timings): (Option<&SigningKey>, &Timings),
    inbox: &Receiver<Order>,
) -> Ledger {
    while let Ok(first) = inbox.recv() {
        let mut batch = vec![first];
        batch.extend(inbox.try_iter().take(WAITING_MAX));
        // A thread that has stopped listening has ended with its run.
        match make_durable(&mut ledger, clock, (signer, timings), &batch) {
            Ok(written) => {
                for (order, written) in batch.into_iter().zip(written) {
                    let _ = order.answer.send(Ok(written));
                }
            }
            Err(error) => {
                for order in batch {
                    let _ = order.answer.send(Err(DurableError(error.to_string())));
                }
                break;
            }
        }
    }
    ledger
}

/// Writes a batch in the order that survives a power cut: sealed files, their folders, then the ledger's commit.
fn make_durable(
    ledger: &mut Ledger,
    clock: Clock,
    (signer, timings): (Option<&SigningKey>, &Timings),
    batch: &[Order],
) -> Result<Vec<Written>, LedgerError> {
    let files = ledger.files().clone();
    let begun = begun(&files, batch);
    let queued = batch.iter().filter_map(|order| match &order.write {
        Write::Queue(case) => Some(case),
        _ => None,
    });
    let contents: Vec<Content<'_>> = queued.flat_map(|case| contents(&files, case)).collect();
    write_files(&contents, timings)?;
    if !contents.is_empty() {
        at_once(&[files.received(), files.despatches()], |folder| {
            timings.time(Stage::Flush, About::default(), || sync_folder(folder))
        })?;
    }
    let written = timings.time(Stage::Commit, About::default(), || {
        ledger.write(batch.iter().map(|order| &order.write), signer, clock.now().at)
    })?;
    for (order, written) in batch.iter().zip(&written) {
        tidy(&files, &begun, &order.write, written);
    }
    Ok(written)
}

/// A sealed file to write.
struct Content<'c> {
    path: PathBuf,
    bytes: &'c [u8],
    submission: i64,
}

/// Returns the sealed files of a case, the sealed case file first.
fn contents<'c>(files: &Files, case: &'c SealedCase) -> Vec<Content<'c>> {
    let submission = case.submission;
    let content = |path, bytes| Content { path, bytes, submission };
    let mut contents = vec![content(files.original(submission), case.original.as_slice())];
    for sealed in &case.despatches {
        if let (Some(bytes), Some(bound)) = (&sealed.message, &sealed.despatch.message) {
            let (id, revision) = (sealed.despatch.id, bound.revision);
            contents.push(content(files.message(id, revision), bytes));
            contents.extend(sealed.copy.as_deref().map(|copy| content(files.copy(id, revision), copy)));
        }
    }
    contents
}

/// Writes files in their order, and flushes some together: a disk takes little longer for them than for one.
fn write_files(contents: &[Content<'_>], timings: &Timings) -> io::Result<()> {
    for contents in contents.chunks(FLUSHED_AT_ONCE) {
        let mut begun = Vec::with_capacity(contents.len());
        for one in contents {
            let about = About::case(one.submission);
            let file = timings.time(Stage::Write, about, || begin_file(&one.path, one.bytes))?;
            begun.push((&one.path, file, about));
        }
        at_once(&begun, |(path, file, about)| {
            timings.time(Stage::Flush, *about, || finish_file(path, file))
        })?;
    }
    Ok(())
}

/// Does the same with each of a few things, each in a thread of its own, and returns once all are done.
fn at_once<T: Sync>(all: &[T], work: impl Fn(&T) -> io::Result<()> + Sync) -> io::Result<()> {
    let work = &work;
    thread::scope(|scope| {
        let Some((first, others)) = all.split_first() else { return Ok(()) };
        let start = |one| thread::Builder::new().spawn_scoped(scope, move || work(one));
        let others = others.iter().map(start).collect::<io::Result<Vec<_>>>()?;
        let first = work(first);
        let done = others.into_iter().map(|one| one.join().unwrap_or_else(|panic| resume_unwind(panic)));
        // Every one is waited for, whatever became of another.
        done.fold(first, |before, one| before.and(one))
    })
}

/// Removes unrecorded files of a submission: the case was not queued after all, or an earlier run had begun to store
/// it.
fn tidy(files: &Files, begun: &BTreeSet<i64>, write: &Write, written: &Written) {
    match (write, written) {
        (Write::Queue(case), Written::Queued(Queued::Made { .. })) if begun.contains(&case.submission) => {
            remove_all_but(files, case.submission, &files_of(files, case));
        }
        (_, Written::Queued(Queued::Made { .. })) => {}
        (Write::Queue(case), _) => remove_all_but(files, case.submission, &BTreeSet::new()),
        (Write::Reject { submission, .. }, _) if begun.contains(submission) => {
            remove_all_but(files, *submission, &BTreeSet::new());
        }
        _ => {}
    }
}

/// Returns the submissions of a batch that already have sealed files: an earlier run stopped before it could record
/// them. The sealed case file is written first and removed last, so checking for it, finished or not, is enough.
fn begun(files: &Files, batch: &[Order]) -> BTreeSet<i64> {
    let submissions = batch.iter().filter_map(|order| match &order.write {
        Write::Queue(case) => Some(case.submission),
        Write::Reject { submission, .. } => Some(*submission),
        Write::Submit { .. } => None,
    });
    let lies_here = |submission: &i64| {
        let original = files.original(*submission);
        original.exists() || unfinished(&original).exists()
    };
    submissions.filter(lies_here).collect()
}

/// Returns the files of a recorded case.
fn files_of(files: &Files, case: &SealedCase) -> BTreeSet<PathBuf> {
    let mut of_case = BTreeSet::from([files.original(case.submission)]);
    for sealed in &case.despatches {
        if let Some(bound) = &sealed.despatch.message {
            of_case.insert(files.message(sealed.despatch.id, bound.revision));
            if sealed.copy.is_some() {
                of_case.insert(files.copy(sealed.despatch.id, bound.revision));
            }
        }
    }
    of_case
}

/// Removes the files of a submission except the recorded ones. What remains is sealed and harmless, so a failure to
/// remove it is ignored.
fn remove_all_but(files: &Files, submission: i64, on_record: &BTreeSet<PathBuf>) {
    let of_submission = format!("{submission}-");
    let original = files.original(submission);
    let messages = fs::read_dir(files.despatches()).into_iter().flatten().filter_map(Result::ok);
    let messages = messages
        .filter(|entry| entry.file_name().as_encoded_bytes().starts_with(of_submission.as_bytes()))
        .map(|entry| entry.path());
    for path in messages.chain([unfinished(&original), original]).filter(|path| !on_record.contains(path)) {
        let _ = fs::remove_file(path);
    }
}
