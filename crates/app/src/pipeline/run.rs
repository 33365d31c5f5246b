//! Enters: the inbox, scanned repeatedly. Leaves: the outbox, and a finding for each case file.
//! Never: lets one case delay another for long, or clears a case file before its despatches are on disk.

use super::case_order::CaseOrder;
use super::copy_ahead::copy_ahead;
use super::left_claims::{LeftClaims, Patience};
use super::packs_today::PacksToday;
use super::preparer::{prove_preparer, told_of};
use super::store::{Stored, store};
use super::stuck::{Stuck, is_done};
use super::{Line, all_faults, named, record_for};
use crate::failure::Failure;
use crate::intake::{
    Candidate, Claims, Finding, Inbox, Incoming, IntakeFiles, LeftOver, Look, SWAPPED, Taken, Waiting, Watch,
};
use chrono::TimeDelta;
use despatch_core::clock::Clock;
use despatch_core::fault::Fault;
use despatch_core::timings::{About, Stage};
use despatch_core::words::Sha256;
use despatch_ledger::{Durable, DurableError, DurableHandle, Foreseen, Ledger, LedgerError, SealedCase};
use serde::Serialize;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What a run reports.
#[derive(Debug)]
pub enum Progress<'a> {
    /// The number of cases ready to be claimed, and those that wait for something.
    Looked {
        ready: usize,
        waiting: &'a [Waiting],
        /// The files that no case takes and that have lain there for [`LEFT_AFTER`].
        left: &'a [LeftOver],
    },
    Found(Box<Finding>),
    /// What lies in `claimed/TOKEN` cannot be read, moved or removed, or is no claim; it stays there.
    Left {
        at: PathBuf,
        why: &'a str,
    },
    /// Something that a person should see to; the run goes on.
    Trouble(String),
}

/// How to run.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    pub clock: Clock,
    /// Whether to end when nothing more can be done.
    pub once: bool,
}

/// The result of a run.
#[derive(Debug, Default, Serialize)]
pub struct Summary {
    pub queued: usize,
    pub rejected: usize,
    pub duplicates: usize,
    /// What still waits for something in the inbox.
    pub waiting: Vec<Waiting>,
    /// Files in the inbox that no case takes.
    pub left: Vec<LeftOver>,
}

/// A watching run tells of a file that no case takes after this: attachments come before their case file.
const LEFT_AFTER: TimeDelta = TimeDelta::minutes(10);

type Report<'a> = &'a (dyn Fn(Progress<'_>) + Sync);

/// Says before each look at the inbox of a watching run whether anything may be taken now.
type MayLook<'a> = &'a (dyn Fn() -> bool + Sync);

/// Processes what is in the inbox and, unless `once` is set, what arrives later. The caller holds the `watcher` lease.
/// Where it ends early nothing is lost: the next start continues from what is on disk.
///
/// # Errors
/// The ledger, the inbox or the disk fails, or none of the office's packs for new cases may be used.
pub fn process(
    line: &Line<'_>,
    mut ledger: Ledger,
    (inbox, files): (&Inbox, Arc<dyn IntakeFiles>),
    run: Run,
    (report, may_look): (Report<'_>, MayLook<'_>),
) -> Result<Summary, Failure> {
    let (in_use, now) = (line.office.review_key.fingerprint(), run.clock.now());
    ledger.expect_review_key(&in_use, now)?;
    // Read beside the writing thread, which answers only once its writes are visible here.
    let record = Mutex::new(Ledger::open(&line.office.outbox())?);
    let tokens: Vec<String> = inbox.claims()?.into_iter().map(|(token, _)| token).collect();
    ledger.end_lost_submissions(&tokens, now.at)?;
    let durable = Durable::timed(ledger, run.clock, line.signer.clone(), line.timings.clone())?;
    let work = Work {
        line,
        inbox,
        claims: Claims::new(files, durable.handle()).timed_by(line.timings.clone()),
        durable: durable.handle(),
        run,
        record,
        case_order: CaseOrder::default(),
        left: LeftClaims::default(),
        packs: PacksToday::default(),
        summary: Mutex::default(),
        ended: AtomicBool::new(false),
        report,
        may_look,
    };
    // While one thread waits for a worker, another seals and a third waits for the disk, so that every worker stays
    // busy.
    let threads = line.office.config.workers * 3;
    let (give, take) = sync_channel(threads);
    // Owned by the threads alone: once the last one has ended, sending fails instead of blocking for ever.
    let take = Arc::new(Mutex::new(take));
    let outcome: Result<Look, Failure> = thread::scope(|scope| {
        let handles: Vec<_> = (0..threads)
            .map(|_| {
                let (work, take) = (&work, Arc::clone(&take));
                scope.spawn(move || {
                    let _ending = Ending(&work.ended);
                    work.serve(&take)
                })
            })
            .collect();
        drop(take);
        let taken = work.feed(give);
        let served: Vec<_> = handles.into_iter().map(|handle| handle.join()).collect();
        let look = taken?;
        for one in served {
            one.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        }
        work.lost_a_process()?;
        Ok(look)
    });
    let summary = std::mem::take(&mut *locked(&work.summary));
    // The handles of the writing thread go first, for it ends with the last of them.
    drop(work);
    durable.finish()?;
    let Look { waiting, left, .. } = outcome?;
    Ok(Summary { waiting, left, ..summary })
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Signals on drop that a thread has ended, even by a panic, which would go unnoticed until all others end.
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

/// What the thread that scans the inbox and the threads of the pipeline share.
struct Work<'a> {
    line: &'a Line<'a>,
    inbox: &'a Inbox,
    claims: Claims,
    durable: DurableHandle,
    run: Run,
    record: Mutex<Ledger>,
    case_order: CaseOrder,
    left: LeftClaims,
    packs: PacksToday,
    summary: Mutex<Summary>,
    /// Whether a pipeline thread has ended: the run then ends too, even while it only watches.
    ended: AtomicBool,
    report: Report<'a>,
    may_look: MayLook<'a>,
}

impl Work<'_> {
    /// Scans the inbox and claims cases, no faster than the pipeline processes them.
    fn feed(&self, give: SyncSender<Box<Incoming>>) -> Result<Look, Failure> {
        let mut stuck = Stuck::default();
        let mut patience = Patience::default();
        let mut watch = (!self.run.once).then(|| Watch::start(self.inbox.folders().inbox()));
        // Nothing is in hand yet: what lies in `claimed/` is what an earlier run left.
        let (mut mounted, mut lying) = (None, true);
        loop {
            if self.ended.load(Ordering::Relaxed) {
                return Ok(Look::default());
            }
            if let Some(watch) = &mut watch
                && !(self.may_look)()
            {
                watch.pause();
                continue;
            }
            self.check_packs()?;
            // Another folder than before: the inbox was unmounted or mounted.
            let identity = self.inbox.identity();
            lying |= std::mem::replace(&mut mounted, identity) != identity;
            lying |= self.lost_a_process()?;
            let mut look = match (self.look(lying, &give)?, &mut watch) {
                (Ok(Some(look)), _) => look,
                (Ok(None), _) => return Ok(Look::default()),
                (Err(error), Some(watch)) => {
                    let why = format!("the inbox cannot be looked at, and is tried again: {error}");
                    (self.report)(Progress::Trouble(why));
                    lying = true;
                    watch.pause();
                    continue;
                }
                (Err(error), None) => {
                    self.lost_a_process()?;
                    return Err(error.into());
                }
            };
            lying = false;
            let again = stuck.sort_out(&mut look);
            self.tell(&look);
            if !self.take(look.ready.iter().chain(&again), &mut stuck, &give)? {
                return Ok(look);
            }
            match &mut watch {
                Some(watch) => stuck.retry = watch.wait(!look.unsettled.is_empty()),
                None if is_done(&look) && self.left.is_empty() => return Ok(look),
                None if patience.is_over(&look) => return Ok(look.with_unsettled()),
                None if look.ready.is_empty() => {
                    Watch::start(self.inbox.folders().inbox()).wait(true);
                }
                None => {}
            }
        }
    }

    fn tell(&self, look: &Look) {
        let now = self.run.clock.now().at;
        // A time ahead of the clock says nothing, so nobody waits for it.
        let long_ago = |one: &&LeftOver| one.since <= now - LEFT_AFTER || one.since > now;
        let left: Vec<LeftOver> = look.left.iter().filter(long_ago).cloned().collect();
        (self.report)(Progress::Looked { ready: look.ready.len(), waiting: &look.waiting, left: &left });
    }

    /// Claims what is ready; returns `false` if the pipeline has ended.
    fn take<'c>(
        &self,
        ready: impl Iterator<Item = &'c Candidate>,
        stuck: &mut Stuck,
        give: &SyncSender<Box<Incoming>>,
    ) -> Result<bool, Failure> {
        for candidate in ready {
            match self.claims.take(candidate)? {
                Taken::Stuck(waiting) => stuck.known.push(waiting),
                taken => {
                    if !self.pass_on(taken, give) {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    /// Takes up what was left in `claimed/`, or, if `lying`, all that is there, and looks at the inbox. `None` if the
    /// pipeline has ended; an error of its own if the inbox cannot be read.
    fn look(
        &self,
        lying: bool,
        give: &SyncSender<Box<Incoming>>,
    ) -> Result<io::Result<Option<Look>>, Failure> {
        let tokens = match lying.then(|| self.left_behind()) {
            Some(Err(error)) => return Ok(Err(error)),
            Some(Ok(tokens)) => tokens,
            None => self.left.due(),
        };
        let mut left = Vec::with_capacity(tokens.len());
        for token in tokens {
            let known = locked(&self.record).submission(&token)?;
            left.push((token, known));
        }
        // In order of receipt; what has no number was claimed last.
        left.sort_by_key(|(_, known)| known.as_ref().map_or(i64::MAX, |submission| submission.number));
        for (token, known) in left {
            if !self.pass_on(self.claims.resume(token, known)?, give) {
                return Ok(Ok(None));
            }
        }
        Ok(self.claims.look().map(Some))
    }

    /// Whether the process that does the work on files has ended unasked, so that what it had in hand is to be looked
    /// for. A run that only processes what is there ends with it, and the next one takes that up.
    fn lost_a_process(&self) -> Result<bool, Failure> {
        let lost = self.claims.lost_a_process();
        if lost && self.run.once {
            let why = "the process that takes cases from the inbox has ended unexpectedly; nothing is lost, and the \
                       next run takes up what it had in hand";
            return Err(Failure::TryAgain(why.to_owned()));
        }
        Ok(lost)
    }

    /// What an earlier run left in `claimed/`, or lies there since the inbox is mounted again. What is no claim is told
    /// and left alone.
    fn left_behind(&self) -> io::Result<Vec<String>> {
        let (claims, others): (Vec<_>, Vec<_>) =
            self.claims.lying()?.into_iter().partition(|(_, is_claim)| *is_claim);
        for (name, _) in others {
            let why = "it is no claim of despatch's: look what it is, and move it away by hand";
            (self.report)(Progress::Left { at: self.claim_shown(&name), why });
        }
        let tokens = claims.into_iter().map(|(token, _)| token);
        Ok(tokens.filter(|token| !self.left.is_in_hand(token)).collect())
    }

    /// Checks that a pack for new cases may still be used, and tells of those that may not.
    fn check_packs(&self) -> Result<(), Failure> {
        let (records, today) = (locked(&self.record).packs()?, self.run.clock.now().today);
        for fault in self.packs.check(self.line.office, &records, today)? {
            (self.report)(Progress::Trouble(format!("ALARM  {}", Failure::from(fault))));
        }
        Ok(())
    }

    /// Passes a claimed case to the pipeline; returns `false` if the pipeline has ended.
    fn pass_on(&self, taken: Taken, give: &SyncSender<Box<Incoming>>) -> bool {
        match taken {
            Taken::Incoming(incoming) => {
                self.left.take_in_hand(&incoming.token);
                self.case_order.note(incoming.submission, &incoming.case);
                return give.send(incoming).is_ok();
            }
            Taken::Found(finding) => self.finish(finding),
            Taken::Left { token, why, again } => self.leave(&token, &why, again),
            Taken::Stuck(_) | Taken::Gone => {}
        }
        true
    }

    /// A claim as people are told of it.
    fn claim_shown(&self, token: &str) -> PathBuf {
        self.inbox.folders().claimed_shown().join(token)
    }

    /// Reports a claim that stays in `claimed/`, and tries `again` later if its cause may pass.
    fn leave(&self, token: &str, why: &str, again: bool) {
        (self.report)(Progress::Left { at: self.claim_shown(token), why });
        if again {
            self.left.note(token);
        }
    }

    fn finish(&self, finding: Finding) {
        if let Finding::Rejected { faults, .. } = &finding
            && faults.iter().any(|fault| fault.code == SWAPPED)
        {
            let why = "somebody changed the inbox while a case was being taken: what was exchanged lies \
                       among the rejected cases, and nothing was made of it";
            (self.report)(Progress::Trouble(why.to_owned()));
        }
        locked(&self.summary).count(&finding);
        (self.report)(Progress::Found(Box::new(finding)));
    }
}

/// Faults for which no case is to blame: the run ends, and the next start resumes the case.
const OF_THE_MACHINE: [&str; 2] = ["render.start", "random"];

impl Work<'_> {
    /// Makes each case, has it stored, then removes it from `claimed/`.
    fn serve(&self, take: &Mutex<Receiver<Box<Incoming>>>) -> Result<(), DurableError> {
        loop {
            let next = locked(take).recv();
            let Ok(mut incoming) = next else {
                return Ok(());
            };
            let turn = self.case_order.wait(incoming.submission, &incoming.case);
            prove_preparer(self.line.office, &mut locked(&self.record), &mut incoming)?;
            let finding = self.one(&incoming)?;
            drop(turn);
            self.left.let_go(&incoming.token);
            if let Some(finding) = finding {
                self.finish(finding);
            }
        }
    }

    /// Makes and stores one case; if its record changes in the meantime (a message of it is sent), retries. `None` if
    /// it is faulty and stays in `claimed/`.
    fn one(&self, incoming: &Incoming) -> Result<Option<Finding>, DurableError> {
        loop {
            let case = match self.make(incoming)? {
                Ok(case) => case,
                Err(mut faults) => {
                    // Care does not wait for what else is wrong with the file (G19).
                    faults.extend(self.copy_ahead(incoming)?);
                    // The ledger first: whatever a crash leaves in `claimed/` is then examined again by the next start.
                    let codes = faults.iter().map(|fault| fault.code).collect();
                    let preparer = told_of(self.line.office, incoming);
                    self.durable.reject(incoming.submission, codes, preparer)?;
                    return self.throw_out(incoming, faults);
                }
            };
            return match store(&self.durable, incoming, case)? {
                Stored::Overtaken => continue,
                Stored::Told(finding) => {
                    self.clear(&incoming.token);
                    Ok(Some(finding))
                }
                Stored::Duplicate(of) => {
                    self.clear(&incoming.token);
                    Ok(Some(Finding::Duplicate { file: incoming.file.clone(), of }))
                }
                Stored::Conflict(fault) => self.throw_out(incoming, vec![fault]),
            };
        }
    }

    /// Makes the healthcare team's copy of a faulty file, and reports it; returns what keeps it back.
    fn copy_ahead(&self, incoming: &Incoming) -> Result<Vec<Fault>, DurableError> {
        let mut ledger = locked(&self.record);
        let made = copy_ahead(self.line, &mut ledger, &self.durable, incoming, self.run.clock.now())?;
        drop(ledger);
        match made {
            Ok(Some(ahead)) => {
                self.finish(ahead.finding);
                (self.report)(Progress::Trouble(ahead.alarm));
            }
            Ok(None) => {}
            Err(faults) => return Ok(faults),
        }
        Ok(Vec::new())
    }

    /// Makes a case, or returns its faults.
    fn make(&self, incoming: &Incoming) -> Result<Result<SealedCase, Vec<Fault>>, DurableError> {
        let case = match &incoming.case {
            Ok(case) => case,
            Err(faults) => {
                let all = all_faults(self.line.office, &incoming.bytes, incoming.owner, faults.clone());
                return Ok(Err(all));
            }
        };
        let about = About::case(incoming.submission);
        let asked = self.line.timings.time(Stage::Plan, about, || {
            let mut ledger = locked(&self.record);
            self.line.refresh(&mut ledger)?;
            let record = record_for(&mut ledger, case, self.run.clock.now().today)?;
            // Before anything of it is made or written. The writing thread looks again: others may be queued meanwhile.
            Ok((record, ledger.foresee(named(case), Sha256::of(&incoming.bytes))?))
        });
        let (record, foreseen) = asked.map_err(|error: LedgerError| DurableError(error.to_string()))?;
        let conflict = match foreseen {
            Foreseen::Conflict(fault) => Some(fault),
            Foreseen::Fresh | Foreseen::Duplicate(_) => None,
        };
        match self.line.make(case, &record, (incoming, conflict), self.run.clock.now()) {
            Err(faults) if faults.iter().any(|fault| OF_THE_MACHINE.contains(&fault.code)) => {
                let causes: Vec<String> = faults.iter().map(ToString::to_string).collect();
                Err(DurableError(causes.join("; ")))
            }
            made => Ok(made),
        }
    }

    /// Removes a case from `claimed/` whose despatches are durable. Where that fails (the inbox is unmounted), nothing is
    /// lost: the ledger knows it, and the claim is removed later.
    fn clear(&self, token: &str) {
        if let Err(error) = self.claims.clear(token) {
            self.leave(token, &error.to_string(), true);
        }
    }

    fn throw_out(&self, incoming: &Incoming, faults: Vec<Fault>) -> Result<Option<Finding>, DurableError> {
        match self.claims.reject(incoming.token.clone(), incoming.file.clone(), faults)? {
            Taken::Found(finding) => Ok(Some(finding.numbered(incoming.submission))),
            Taken::Left { token, why, again } => {
                self.leave(&token, &why, again);
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}
