//! Enters: an office. Leaves: what is approved sent, each message reported with the relay's answer.
//! Never: sends while another sender is active, or prompts anybody for a key.

use super::alarms::{Alarm, AlarmWatch};
use super::clock_check::check_clock;
use super::sender::Sender;
use super::{Failure, OpenOffice};
use crate::send::{send_due, send_notices, send_staff_notices};
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_ledger::{Despatch, DespatchId, Notice, StaffNotice, State, Verdict};
use serde::{Deserialize, Serialize};
use std::thread;
use std::time::Duration;

/// How often a running sender checks for new approvals.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How to send.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SendApproved {
    /// Whether to end when nothing more is due.
    pub once: bool,
}

/// What is reported while messages are sent.
pub enum SendProgress<'a> {
    /// An earlier sender was interrupted before the relay's answer was recorded.
    InDoubt(DespatchId),
    /// The number of approved messages still to be sent.
    Approved(usize),
    /// The outcome for one message.
    Tried(&'a Despatch),
    /// A preparer was told of a rejected case file, or could not be.
    Told(&'a Notice, &'a Verdict),
    /// A member of staff was told of what waits for them, or could not be.
    ToldStaff(&'a StaffNotice, &'a Verdict),
    /// Nothing could be told to preparers and staff; letters go on.
    Untold(String),
    Alarm(&'a Alarm, Moment),
    /// The clock may not be believed, and nothing is sent until it is set right or somebody says that it is right.
    Clock(&'a Fault),
}

/// Sends what is approved and due and, unless `once` is set, what becomes due later. With `once`, signs a checkpoint at
/// the end if the key can be obtained without a prompt, through `signing` or otherwise.
///
/// # Errors
/// Another sender is active, or the ledger fails.
pub fn send_approved(
    open: &mut OpenOffice,
    mut sender: Sender,
    request: SendApproved,
    report: &mut dyn FnMut(SendProgress<'_>),
) -> Result<(), Failure> {
    open.office.required_approvers()?;
    open.ledger.check_reconciled()?;
    let _lease = open.ledger.files().lease("sender")?;
    clock_right(open, request, report)?;
    let OpenOffice { ledger, clock, .. } = &mut *open;
    ledger.recover_sending(clock.now())?.into_iter().for_each(|id| report(SendProgress::InDoubt(id)));
    let mut alarms = AlarmWatch::default();
    loop {
        clock_right(open, request, report)?;
        let OpenOffice { office, ledger, clock, .. } = &mut *open;
        report(SendProgress::Approved(ledger.count_despatches(State::Approved)?));
        send_due(office, ledger, &sender.courier, *clock, &mut |despatch| {
            report(SendProgress::Tried(despatch))
        })?;
        let told = send_notices(office, ledger, &sender.courier, *clock, &mut |notice, verdict| {
            report(SendProgress::Told(notice, verdict));
        });
        let limits = alarms.limit_steps(ledger, clock.now())?;
        let told = told.and_then(|()| {
            send_staff_notices(office, ledger, &sender.courier, (*clock, &limits), &mut |notice, verdict| {
                report(SendProgress::ToldStaff(notice, verdict));
            })
        });
        if let Err(error) = told {
            report(SendProgress::Untold(error.to_string()));
        }
        let now = clock.now();
        let fresh = alarms.fresh(ledger, &office.calendar, now)?;
        fresh.iter().for_each(|alarm| report(SendProgress::Alarm(alarm, now)));
        if request.once {
            if let Some(signer) = sender.signer? {
                ledger.checkpoint(&signer, clock.now())?;
                sender.keeper.push(ledger)?;
            }
            return Ok(());
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// Goes on only by a clock that may be believed: with `once` it refuses, else it waits and says so once.
fn clock_right(
    open: &mut OpenOffice,
    request: SendApproved,
    report: &mut dyn FnMut(SendProgress<'_>),
) -> Result<(), Failure> {
    let mut told = false;
    loop {
        match check_clock(open) {
            Err(Failure::Faults(faults)) if !request.once => {
                if !told {
                    faults.iter().for_each(|fault| report(SendProgress::Clock(fault)));
                }
                told = true;
                thread::sleep(LOOK_EVERY);
            }
            checked => return checked,
        }
    }
}
