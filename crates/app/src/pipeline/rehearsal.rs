//! Enters: a case file that has not been dropped. Leaves: every message that would be made of it, checked as ever, and its
//! letter to look at. Never: seals by a key of the office, or keeps a message: nothing that is rehearsed can be sent.

use super::{Line, builder, checked_plan, named, read_case, record_for};
use crate::failure::Failure;
use crate::intake::{AttachedFile, Incoming, LocalCase};
use crate::office::Office;
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use despatch_ledger::{Despatch, Foreseen, Ledger, Record};
use despatch_letters::render::fonts::without_glyph;
use despatch_process::case::Case;
use despatch_process::{Pack, Plan};
use std::path::PathBuf;

/// A case that is planned, and not yet made.
pub struct Rehearsal<'o> {
    incoming: Incoming,
    record: Record,
    pack: &'o Pack,
    plan: Plan,
}

/// A message that would be made.
pub struct Rehearsed {
    pub despatch: Despatch,
    /// `None` where no entry of the directory is meant, so that nothing is rendered.
    pub letter: Option<Shown>,
}

/// The letter of a message: the first of its kind, or else the cover note.
pub struct Shown {
    pub title: String,
    pub pages: usize,
    pub pdf: Vec<u8>,
}

/// A case file that was not dropped, planned as `run` would.
pub struct PlannedCase<'o> {
    pub case: Case,
    pub attachments: Vec<AttachedFile>,
    pub record: Record,
    pub pack: &'o Pack,
    pub plan: Plan,
}

/// Plans `bytes`, which may be those of `file` with added fields. Where the same bytes are queued, their number takes the
/// place of the plan.
///
/// # Errors
/// Every fault of the case file, or the ledger cannot be read.
pub fn plan_undropped<'o>(
    office: &'o Office,
    ledger: &mut Ledger,
    (file, bytes): (&LocalCase, &[u8]),
    today: NaiveDate,
) -> Result<Result<PlannedCase<'o>, i64>, Failure> {
    let case = read_case(office, bytes, file.owner)?;
    let (attachments, mut found) = match file.attachments(&case.attachments) {
        Ok(attachments) => (attachments, Vec::new()),
        Err(faults) => (Vec::new(), faults),
    };
    found.extend(without_glyph(bytes));
    match ledger.foresee(named(&case), Sha256::of(bytes))? {
        Foreseen::Duplicate(of) => return Ok(Err(of)),
        Foreseen::Conflict(fault) => found.push(fault),
        Foreseen::Fresh => {}
    }
    let record = record_for(ledger, &case, today)?;
    let (pack, plan) = checked_plan(office, &case, &record, file.owner, &found, today)?;
    Ok(Ok(PlannedCase { case, attachments, record, pack, plan }))
}

impl<'o> Rehearsal<'o> {
    /// Plans a case file as `run` would; `None` if the same bytes are queued.
    ///
    /// # Errors
    /// Every fault of the case file, or the ledger cannot be read.
    pub fn of(
        office: &'o Office,
        ledger: &mut Ledger,
        file: &LocalCase,
        today: NaiveDate,
    ) -> Result<Option<Self>, Failure> {
        let bytes = file.bytes()?;
        let Ok(planned) = plan_undropped(office, ledger, (file, bytes), today)? else { return Ok(None) };
        let PlannedCase { attachments, record, pack, plan, .. } = planned;
        let at = PathBuf::from(&file.shown);
        let incoming = Incoming::unclaimed(0, at, file.owner, bytes.clone(), attachments);
        Ok(Some(Self { incoming, record, pack, plan }))
    }
}

impl Line<'_> {
    /// Makes the messages of a planned case, each with the checks that it would have, and throws what is sealed away.
    ///
    /// # Errors
    /// The faults of the case or its templates.
    pub fn rehearse(&self, rehearsal: &Rehearsal<'_>, now: Moment) -> Result<Vec<Rehearsed>, Vec<Fault>> {
        let Rehearsal { incoming, record, pack, plan } = rehearsal;
        let case = incoming.case.as_ref().map_err(Clone::clone)?;
        let making = builder::MessageBuilder::new(self, case, pack, plan, incoming, record, now)?;
        let sealed = making.despatches()?.into_iter();
        let mut rehearsed: Vec<Rehearsed> =
            sealed.map(|one| Rehearsed { despatch: one.despatch, letter: None }).collect();
        for (planned, one) in plan.despatches.iter().zip(&mut rehearsed) {
            if let Some(entry) = making.resolution(planned).entry {
                one.letter = making.shown(planned, entry)?;
            }
        }
        Ok(rehearsed)
    }
}
