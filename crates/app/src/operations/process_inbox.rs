//! Enters: an office. Leaves: its inbox processed, with each outcome reported as it happens.
//! Never: runs beside another run, or lets a failed checkpoint stop a letter.

use super::alarms::{Alarm, AlarmWatch};
use super::clock_check::{check_clock, check_clock_of};
use super::push::Keeper;
use super::{Failure, OpenOffice};
use crate::intake::{Inbox, IntakeProcess};
use crate::pipeline::{self, Line, PacksToday, Progress, Summary, process};
use despatch_core::clock::{Clock, Moment};
use despatch_core::timings::Timings;
use despatch_ledger::{Lease, Ledger};
use despatch_process::Calendar;
use despatch_seal::signing::SigningKey;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How often a clock that may not be believed, or a pack that may not be used, is looked at again.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How to process an inbox.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ProcessInbox {
    /// Whether to end when nothing more can be done.
    pub once: bool,
}

/// What is reported while an inbox is processed.
pub enum InboxProgress<'a> {
    Line(Progress<'a>),
    Alarm(&'a Alarm, Moment),
    /// Something outside the pipeline failed; the pipeline continues.
    Trouble(String),
    /// Nothing more is to be done.
    Ended,
}

type Report<'a> = &'a (dyn Fn(InboxProgress<'_>) + Sync);

/// Takes the one place of whoever processes an inbox, which [`process_inbox`] needs.
///
/// # Errors
/// Somebody has it.
pub fn take_inbox(open: &OpenOffice) -> Result<Lease, Failure> {
    Ok(open.ledger.files().lease("watcher")?)
}

/// Processes what is in the inbox and, unless `once` is set, what arrives later; its stages are noted in `timings`.
///
/// # Errors
/// A template is broken; the ledger, the disk or the office prevents going on.
pub fn process_inbox(
    open: OpenOffice,
    _lease: &Lease,
    (request, timings): (ProcessInbox, Timings),
    signer: SigningKey,
    report: Report<'_>,
) -> Result<Summary, Failure> {
    let mut open = open;
    await_clock(&mut open, request, report)?;
    await_pack(&mut open, request, report)?;
    let OpenOffice { office, mut ledger, clock, program, .. } = open;
    ledger.check_reconciled()?;
    let inbox = Inbox::open(office.intake())?;
    let files = IntakeProcess::new(&program, inbox.clone());
    let line = Line::new(&office, &program)?.signed_by(signer.clone()).timed_by(timings);
    if !request.once {
        line.start_ahead();
    }
    let broken = line.try_examples();
    if !broken.is_empty() {
        return Err(broken.into());
    }
    ledger.keep_versions(&office.catalogue.versions(), clock.now().today)?;
    ledger.keep_packs(&office.packs, clock.now().today)?;
    let beside = Mutex::new(Beside {
        ledger: Ledger::open(&office.outbox())?,
        alarms: AlarmWatch::default(),
        signer,
        clock,
        demo: office.config.demo,
        clock_told: false,
        keeper: Keeper::of(&office.config.push),
    });
    let beside = || beside.lock().unwrap_or_else(PoisonError::into_inner);
    let tell = |progress: Progress<'_>| {
        let looked = matches!(progress, Progress::Looked { .. });
        report(InboxProgress::Line(progress));
        if looked {
            beside().tell_alarms(&office.calendar, report);
            if !request.once {
                beside().checkpoint_daily(report);
            }
        }
    };
    let run = pipeline::Run { clock, once: request.once };
    let may_look = || beside().believes_clock(report);
    let summary = process(&line, ledger, (&inbox, Arc::new(files)), run, (&tell, &may_look))?;
    report(InboxProgress::Ended);
    let mut beside = beside();
    beside.tell_alarms(&office.calendar, report);
    beside.checkpoint()?;
    beside.keep_elsewhere(report);
    Ok(summary)
}

/// Begins only by a clock that may be believed: with `once` it refuses, else it waits and says so once.
fn await_clock(open: &mut OpenOffice, request: ProcessInbox, report: Report<'_>) -> Result<(), Failure> {
    let mut told = false;
    loop {
        match check_clock(open) {
            Err(failure @ Failure::Faults(_)) if !request.once => {
                if !told {
                    report(InboxProgress::Trouble(format!("ALARM  {failure}")));
                }
                told = true;
                thread::sleep(LOOK_EVERY);
            }
            checked => return checked,
        }
    }
}

/// Begins only if a pack may be used. With `once` the pipeline refuses; a service waits and says so once, because
/// the staff adopt a pack through this very service.
fn await_pack(open: &mut OpenOffice, request: ProcessInbox, report: Report<'_>) -> Result<(), Failure> {
    if request.once {
        return Ok(());
    }
    let mut told = false;
    loop {
        let (records, today) = (open.ledger.packs()?, open.now().today);
        let Err(fault) = PacksToday::default().check(&open.office, &records, today) else { return Ok(()) };
        if !told {
            report(InboxProgress::Trouble(format!("ALARM  {}", Failure::from(fault))));
        }
        told = true;
        thread::sleep(LOOK_EVERY);
    }
}

/// What runs beside the pipeline, with its own connection to the ledger.
struct Beside {
    ledger: Ledger,
    alarms: AlarmWatch,
    signer: SigningKey,
    clock: Clock,
    demo: bool,
    /// Whether it is told already that the clock may not be believed.
    clock_told: bool,
    /// The command that keeps checkpoints elsewhere.
    keeper: Keeper,
}

impl Beside {
    /// Whether the clock may be believed: letters carry its day. If not, that is told once.
    fn believes_clock(&mut self, report: Report<'_>) -> bool {
        let checked = check_clock_of(&mut self.ledger, self.clock, self.demo);
        let told = std::mem::replace(&mut self.clock_told, checked.is_err());
        if let Err(failure) = checked.as_ref().map_err(ToString::to_string)
            && !told
        {
            report(InboxProgress::Trouble(format!("ALARM  {failure}")));
        }
        checked.is_ok()
    }

    /// Reports what has waited too long; an unreadable ledger ends the run anyway.
    fn tell_alarms(&mut self, calendar: &Calendar, report: Report<'_>) {
        let now = self.clock.now();
        match self.alarms.fresh(&mut self.ledger, calendar, now) {
            Ok(alarms) => alarms.iter().for_each(|alarm| report(InboxProgress::Alarm(alarm, now))),
            Err(failure) => {
                report(InboxProgress::Trouble(format!("alarms cannot be raised: {failure}")));
            }
        }
    }

    fn checkpoint(&mut self) -> Result<(), Failure> {
        self.ledger.checkpoint(&self.signer, self.clock.now())?;
        Ok(())
    }

    /// Signs a checkpoint on each day of a watch; a failure does not stop any letter.
    fn checkpoint_daily(&mut self, report: Report<'_>) {
        let asked = self.ledger.checkpoint_is_due(self.clock.now()).map_err(Failure::from);
        let due = asked.as_ref().is_ok_and(|due| *due);
        let signed = asked.and_then(|due| if due { self.checkpoint() } else { Ok(()) });
        if let Err(failure) = signed {
            let trouble = format!("no checkpoint of the record could be written: {failure}");
            report(InboxProgress::Trouble(trouble));
        } else if due {
            self.keep_elsewhere(report);
        }
    }

    /// Pushes the last checkpoint; a failure is told and stops no letter.
    fn keep_elsewhere(&mut self, report: Report<'_>) {
        if let Err(failure) = self.keeper.push(&mut self.ledger) {
            report(InboxProgress::Trouble(format!("ALARM  {failure}")));
        }
    }
}
