//! Enters: the inbox, again and again. Leaves: the outbox, and a finding for each case file.
//! Never: lets one case delay another for long, or clears a case file before its despatches are on the disk.

use super::turns::Turns;
use super::{Line, all_faults};
use crate::intake::{Candidate, Claims, Inbox, Incoming, Look, Scanner, Taken, Waiting, Watch};
use chrono::{DateTime, Utc};
use despatch_core::clock::Clock;
use despatch_core::fault::Fault;
use despatch_core::words::CaseId;
use despatch_ledger::{
    Claim, Despatch, DespatchId, Durable, DurableError, DurableHandle, Ledger, LedgerError, Queued,
    SealedCase,
};
use despatch_process::NotMade;
use serde::Serialize;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What became of one case file.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Finding {
    Queued {
        #[serde(serialize_with = "crate::intake::lossy")]
        file: PathBuf,
        claim: i64,
        case_id: CaseId,
        despatches: Vec<Despatch>,
        not_made: Vec<NotMade>,
        superseded: usize,
        /// What it replaces and cannot take back.
        already_sent: Vec<DespatchId>,
    },
    Rejected {
        #[serde(serialize_with = "crate::intake::lossy")]
        file: PathBuf,
        /// Where the case file lies now, relative to `inbox/rejected`; the faults stand beside it.
        #[serde(serialize_with = "crate::intake::lossy")]
        now_at: PathBuf,
        faults: Vec<Fault>,
    },
    /// The same bytes are queued already, as case `of`.
    Duplicate {
        #[serde(serialize_with = "crate::intake::lossy")]
        file: PathBuf,
        of: i64,
    },
}

impl Finding {
    /// Where the case file lay, relative to the inbox.
    pub fn file(&self) -> &Path {
        match self {
            Finding::Queued { file, .. }
            | Finding::Rejected { file, .. }
            | Finding::Duplicate { file, .. } => file,
        }
    }
}

/// What a run tells whoever watches it.
#[derive(Debug)]
pub enum Progress<'a> {
    /// So many more cases are ready to be taken, and these wait for something.
    Looked {
        ready: usize,
        waiting: &'a [Waiting],
    },
    Found(Box<Finding>),
    /// A faulty case that cannot be moved out of `claimed/TOKEN`: it stays there.
    Left {
        token: &'a str,
        why: &'a str,
    },
}

/// How to run.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    pub clock: Clock,
    /// End when nothing more can be done.
    pub once: bool,
}

/// What a run came to.
#[derive(Debug, Default, Serialize)]
pub struct Summary {
    pub queued: usize,
    pub rejected: usize,
    pub duplicates: usize,
    /// What still waits for something, in the inbox.
    pub waiting: Vec<Waiting>,
}

/// Why a run ended before it was done. Nothing is lost: the next start goes on from what the disk holds.
#[derive(Debug)]
pub enum RunError {
    Office(Fault),
    Ledger(LedgerError),
    Durable(DurableError),
    Inbox(io::Error),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunError::Office(fault) => fault.fmt(f),
            RunError::Ledger(error) => error.fmt(f),
            RunError::Durable(error) => error.fmt(f),
            RunError::Inbox(error) => write!(f, "the inbox cannot be read: {error}"),
        }
    }
}

impl From<DurableError> for RunError {
    fn from(error: DurableError) -> Self {
        RunError::Durable(error)
    }
}

type Report<'a> = &'a (dyn Fn(Progress<'_>) + Sync);

/// Takes what lies in the inbox and, unless `once`, what will come. The caller holds the watcher's lease.
///
/// Errors: the ledger, the disk or the office cannot go on.
pub fn process(
    line: &Line<'_>,
    mut ledger: Ledger,
    inbox: &Inbox,
    run: Run,
    report: Report<'_>,
) -> Result<Summary, RunError> {
    let (in_use, now) = (line.office.review_key.fingerprint(), run.clock.now());
    ledger.expect_review_key(&in_use, now).map_err(RunError::Ledger)?;
    let left = left_behind(inbox, &mut ledger, run.clock.now().at)?;
    // Read beside the writing thread, which answers only when what it wrote can be read here.
    let record = Mutex::new(Ledger::open(&line.office.outbox()).map_err(RunError::Ledger)?);
    let turns = Turns::default();
    let durable = Durable::start(ledger, run.clock).map_err(RunError::Inbox)?;
    let claims = Claims::new(inbox.clone(), durable.handle());
    // While one waits for a worker, another seals and a third waits for the disk: every worker stays busy.
    let threads = line.office.config.workers * 3;
    let (give, take) = sync_channel(threads);
    // Owned by the threads alone: when the last one has ended, giving fails instead of waiting for ever.
    let take = Arc::new(Mutex::new(take));
    let summary = Mutex::new(Summary::default());
    // Whether a thread of the line has ended: then so does the run, also while it only watches.
    let ended = AtomicBool::new(false);
    let finish = |finding: Finding| {
        summary.lock().unwrap_or_else(PoisonError::into_inner).count(&finding);
        report(Progress::Found(Box::new(finding)));
    };
    let outcome: Result<Vec<Waiting>, RunError> = thread::scope(|scope| {
        let handles: Vec<_> = (0..threads)
            .map(|_| {
                let durable = durable.handle();
                let (take, claims, finish) = (Arc::clone(&take), &claims, &finish);
                let (ended, turns, record) = (&ended, &turns, &record);
                scope.spawn(move || {
                    let clock = run.clock;
                    let server = Server { line, claims, durable, clock, turns, record, finish, report };
                    let _ending = Ending(ended);
                    server.serve(&take)
                })
            })
            .collect();
        drop(take);
        let (turns, record) = (&turns, &record);
        let intake = Intake {
            line,
            inbox,
            claims: &claims,
            run,
            report,
            finish: &finish,
            ended: &ended,
            turns,
            record,
        };
        let taken = intake.feed(left, give);
        let served: Vec<_> = handles.into_iter().map(|handle| handle.join()).collect();
        let waiting = taken?;
        for one in served {
            one.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        }
        Ok(waiting)
    });
    drop(claims);
    durable.finish()?;
    let mut summary = summary.into_inner().unwrap_or_else(PoisonError::into_inner);
    summary.waiting = outcome?;
    Ok(summary)
}

/// Says that a thread has ended, also by a panic, which nobody would see before all others end.
struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Summary {
    fn count(&mut self, finding: &Finding) {
        match finding {
            Finding::Queued { .. } => self.queued += 1,
            Finding::Rejected { .. } => self.rejected += 1,
            Finding::Duplicate { .. } => self.duplicates += 1,
        }
    }
}

/// What an earlier run left in `claimed/`, with what the ledger knows of each.
fn left_behind(
    inbox: &Inbox,
    ledger: &mut Ledger,
    at: DateTime<Utc>,
) -> Result<Vec<(String, Option<Claim>)>, RunError> {
    let names = std::fs::read_dir(inbox.claimed()).map_err(RunError::Inbox)?;
    let mut tokens: Vec<String> =
        names.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    tokens.sort();
    ledger.end_lost_claims(&tokens, at).map_err(RunError::Ledger)?;
    let mut left = Vec::with_capacity(tokens.len());
    for token in tokens {
        let known = ledger.claim(&token).map_err(RunError::Ledger)?;
        left.push((token, known));
    }
    // In the order of receipt; what has no number yet was taken last.
    left.sort_by_key(|(_, known)| known.as_ref().map_or(i64::MAX, |claim| claim.number));
    Ok(left)
}

/// The thread that looks at the inbox and takes cases, no faster than the line makes them.
struct Intake<'a> {
    line: &'a Line<'a>,
    inbox: &'a Inbox,
    claims: &'a Claims,
    run: Run,
    report: Report<'a>,
    finish: &'a (dyn Fn(Finding) + Sync),
    ended: &'a AtomicBool,
    turns: &'a Turns,
    record: &'a Mutex<Ledger>,
}

impl Intake<'_> {
    fn feed(
        &self,
        left: Vec<(String, Option<Claim>)>,
        give: SyncSender<Box<Incoming>>,
    ) -> Result<Vec<Waiting>, RunError> {
        for (token, known) in left {
            if !self.pass_on(self.claims.resume(token, known)?, &give) {
                return Ok(Vec::new());
            }
        }
        let mut scanner = Scanner::default();
        let mut stuck = Stuck::default();
        let mut watch = (!self.run.once).then(|| Watch::start(self.inbox.root()));
        loop {
            if self.ended.load(Ordering::Relaxed) {
                return Ok(Vec::new());
            }
            self.check_pack()?;
            let mut look = scanner.look(self.inbox).map_err(RunError::Inbox)?;
            let again = stuck.sort_out(&mut look);
            (self.report)(Progress::Looked { ready: look.ready.len(), waiting: &look.waiting });
            for candidate in look.ready.iter().chain(&again) {
                match self.claims.take(candidate)? {
                    Taken::Stuck(waiting) => stuck.known.push(waiting),
                    taken => {
                        if !self.pass_on(taken, &give) {
                            return Ok(look.waiting);
                        }
                    }
                }
            }
            match &mut watch {
                Some(watch) => stuck.retry = watch.wait(look.unsettled > 0),
                None if is_done(&look) => return Ok(look.waiting),
                None if look.ready.is_empty() => {
                    Watch::start(self.inbox.root()).wait(true);
                }
                None => {}
            }
        }
    }

    /// Whether the pack of new cases may still be used.
    fn check_pack(&self) -> Result<(), RunError> {
        let (office, today) = (self.line.office, self.run.clock.now().today);
        let packs = self.record.lock().unwrap_or_else(PoisonError::into_inner).packs();
        let packs = packs.map_err(RunError::Ledger)?;
        let default = &office.config.pack;
        let permitted = office.packs.permitted(default, packs.get(default), today);
        permitted.map(drop).map_err(RunError::Office)
    }

    /// Gives a taken case to the line; `false` where the line has ended.
    fn pass_on(&self, taken: Taken, give: &SyncSender<Box<Incoming>>) -> bool {
        match taken {
            Taken::Incoming(incoming) => {
                self.turns.note(incoming.claim, &incoming.case);
                return give.send(incoming).is_ok();
            }
            Taken::Duplicate { file, of } => (self.finish)(Finding::Duplicate { file, of }),
            Taken::Rejected { file, now_at, faults } => {
                (self.finish)(Finding::Rejected { file, now_at, faults })
            }
            Taken::Left { token, why } => (self.report)(Progress::Left { token: &token, why: &why }),
            Taken::Stuck(_) | Taken::Gone => {}
        }
        true
    }
}

/// Cases that are ready and could not be moved. A vain attempt makes events of its own, so they are tried again at the
/// next regular look and not when something happens.
#[derive(Default)]
struct Stuck {
    known: Vec<Waiting>,
    retry: bool,
}

impl Stuck {
    /// Puts what was stuck already among what waits, and says which of it is to be tried again.
    fn sort_out(&mut self, look: &mut Look) -> Vec<Candidate> {
        let known = std::mem::take(&mut self.known);
        let was_stuck = |one: &Candidate| known.iter().any(|waiting| waiting.file == one.file);
        let (stuck, ready): (Vec<_>, Vec<_>) =
            std::mem::take(&mut look.ready).into_iter().partition(was_stuck);
        look.ready = ready;
        let still: Vec<_> =
            known.into_iter().filter(|waiting| stuck.iter().any(|one| one.file == waiting.file)).collect();
        look.waiting.extend(still.iter().cloned());
        if self.retry {
            return stuck;
        }
        self.known = still;
        Vec::new()
    }
}

/// Nothing is ready and nothing is still being written.
fn is_done(look: &Look) -> bool {
    look.ready.is_empty() && look.unsettled == 0
}

/// Faults that no case is to blame for: the run ends, and the next start takes the case up again.
const OF_THE_MACHINE: [&str; 2] = ["render.start", "random"];

/// One thread of the line: makes a case, has it stored, then clears what lay in the inbox.
struct Server<'a> {
    line: &'a Line<'a>,
    claims: &'a Claims,
    durable: DurableHandle,
    clock: Clock,
    turns: &'a Turns,
    record: &'a Mutex<Ledger>,
    finish: &'a (dyn Fn(Finding) + Sync),
    report: Report<'a>,
}

/// What making a case came to.
enum Made {
    Case(Box<SealedCase>),
    AtFault(Vec<Fault>),
}

impl Server<'_> {
    fn serve(&self, take: &Mutex<Receiver<Box<Incoming>>>) -> Result<(), DurableError> {
        loop {
            let next = take.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(incoming) = next else {
                return Ok(());
            };
            let turn = self.turns.wait(incoming.claim, &incoming.case);
            let finding = self.one(&incoming)?;
            drop(turn);
            if let Some(finding) = finding {
                (self.finish)(finding);
            }
        }
    }

    /// Makes and stores one case; where its record changes meanwhile (a message of it goes out), once more. `None`
    /// where it is at fault and stays in `claimed/`.
    fn one(&self, incoming: &Incoming) -> Result<Option<Finding>, DurableError> {
        loop {
            let case = match self.make(incoming)? {
                Made::Case(case) => case,
                Made::AtFault(faults) => {
                    // First the ledger: whatever a crash leaves in `claimed/` is then looked at once more by the next start.
                    self.durable.reject(incoming.claim, faults.iter().map(|fault| fault.code).collect())?;
                    return self.throw_out(incoming, faults);
                }
            };
            let (case_id, not_made) = (case.case_id.clone(), case.not_made.clone());
            let despatches: Vec<Despatch> = case.despatches.iter().map(|one| one.despatch.clone()).collect();
            let (file, claim) = (incoming.file.clone(), incoming.claim);
            return match self.durable.queue(*case)? {
                Queued::Overtaken => continue,
                Queued::Made { superseded, already_sent } => {
                    self.claims.clear(&incoming.token)?;
                    Ok(Some(Finding::Queued {
                        file,
                        claim,
                        case_id,
                        despatches,
                        not_made,
                        superseded,
                        already_sent,
                    }))
                }
                Queued::Duplicate(of) => {
                    self.claims.clear(&incoming.token)?;
                    Ok(Some(Finding::Duplicate { file, of }))
                }
                Queued::Conflict(fault) => self.throw_out(incoming, vec![fault]),
            };
        }
    }

    fn make(&self, incoming: &Incoming) -> Result<Made, DurableError> {
        let case = match &incoming.case {
            Ok(case) => case,
            Err(faults) => {
                let all = all_faults(self.line.office, &incoming.bytes, incoming.owner, faults.clone());
                return Ok(Made::AtFault(all));
            }
        };
        let mut ledger = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        let unread = |error: LedgerError| DurableError(error.to_string());
        self.line.refresh(&mut ledger).map_err(unread)?;
        let record = ledger.record(&case.case_id, &case.event_id, case.event.name()).map_err(unread)?;
        drop(ledger);
        match self.line.make(case, &record, incoming, self.clock.now()) {
            Ok(case) => Ok(Made::Case(Box::new(case))),
            Err(faults) if faults.iter().any(|fault| OF_THE_MACHINE.contains(&fault.code)) => {
                let causes: Vec<String> = faults.iter().map(ToString::to_string).collect();
                Err(DurableError(causes.join("; ")))
            }
            Err(faults) => Ok(Made::AtFault(faults)),
        }
    }

    fn throw_out(&self, incoming: &Incoming, faults: Vec<Fault>) -> Result<Option<Finding>, DurableError> {
        match self.claims.reject(incoming.token.clone(), incoming.file.clone(), faults)? {
            Taken::Rejected { file, now_at, faults } => Ok(Some(Finding::Rejected { file, now_at, faults })),
            Taken::Left { token, why } => {
                (self.report)(Progress::Left { token: &token, why: &why });
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}
