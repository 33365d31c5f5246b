//! Enters: one incoming case. Leaves: the sealed case for the outbox, or every fault of it.
//! Never: writes anything; `run` stores what comes out.

mod documents;
mod envelope;
pub mod examples;
mod original;
mod remake;
mod run;
mod turns;

pub use examples::try_examples;
pub use remake::remake;
pub use run::{Finding, Progress, Run, RunError, Summary, process};

use crate::case::Case;
use crate::clock::Moment;
use crate::fault::Fault;
use crate::intake::Incoming;
use crate::office::Office;
use crate::outbox::{Record, SealedCase, SealedDespatch};
use crate::policy::{self, NotMade, Pack, Plan};
use crate::render::fonts::without_glyph;
use crate::render::mail::Mailer;
use crate::render::pool::{Pool, TIME_LIMIT};
use crate::words::{KindName, Sha256};
use chrono::NaiveDate;
use std::path::Path;

/// For the reviewer, who is to be somebody other than the one who prepared the case.
const UNKNOWN_OWNER: &str = "The account that owns the case file is nobody's on the staff list, so despatch could \
     not check who prepared it.";

/// Everything that a case needs on its way: the office, and who renders and writes.
pub struct Line<'a> {
    office: &'a Office,
    pool: Pool,
    mailer: Mailer,
}

impl<'a> Line<'a> {
    /// A line for `office`, whose letters worker processes of `program` render.
    ///
    /// Errors: a template of an email is broken, or no worker can be started.
    pub fn new(office: &'a Office, program: &Path) -> Result<Self, Vec<Fault>> {
        let mailer = Mailer::new(&office.catalogue)?;
        let pool = Pool::start(program, &office.catalogue.files(), office.config.workers, TIME_LIMIT)
            .map_err(|fault| vec![fault])?;
        Ok(Self { office, pool, mailer })
    }

    /// The worker processes that are alive.
    pub fn workers(&self) -> Vec<u32> {
        self.pool.pids()
    }

    /// The line, whole: a case becomes sealed despatches, or all that is wrong with it.
    pub fn make(
        &self,
        case: &Case,
        record: &Record,
        incoming: &Incoming,
        now: Moment,
    ) -> Result<SealedCase, Vec<Fault>> {
        let mut found = incoming.faults.clone();
        found.extend(without_glyph(&incoming.bytes));
        let (pack, plan) = checked_plan(self.office, case, record, incoming.owner, &found, now.today)?;
        let despatches = self.despatches(case, pack, &plan, incoming, now)?;
        let original = original::seal(incoming, &self.office.review_copies()).map_err(|fault| vec![fault])?;
        Ok(SealedCase {
            claim: incoming.claim,
            case_id: case.case_id.clone(),
            event_id: case.event_id.clone(),
            prepared_by: case.prepared_by.clone(),
            replaces: case.replaces,
            file_sha256: Sha256::of(&incoming.bytes),
            issued_on: plan.issued_on,
            pack: plan.pack,
            recorded: plan.recorded,
            history: record.history.clone(),
            notes: plan.notes,
            not_made: plan.not_made,
            original,
            review_key: self.office.review_key.fingerprint(),
            despatches,
        })
    }

    /// What the case's pack calls for on `issued_on`, less what other teams write (G2).
    pub fn plan(
        &self,
        case: &Case,
        record: &Record,
        issued_on: NaiveDate,
    ) -> Result<(&'a Pack, Plan), Vec<Fault>> {
        plan_for(self.office, case, record, issued_on)
    }

    /// The documents of one kind that a case would make, as their recipients would get them: nothing is sealed.
    ///
    /// # Errors
    /// What is wrong with the case or its templates.
    pub fn preview(
        &self,
        case: &Case,
        (pack, plan): (&Pack, &Plan),
        incoming: &Incoming,
        now: Moment,
        kind: &KindName,
    ) -> Result<Vec<(String, Vec<u8>)>, Vec<Fault>> {
        let mut making = envelope::Making::new(self, case, pack, plan, incoming, now)?;
        let mut documents = Vec::new();
        for planned in plan.despatches.iter().filter(|planned| planned.kind == *kind) {
            documents.extend(making.plain(planned)?);
        }
        Ok(documents)
    }

    /// Every despatch of the plan, rendered, sealed and put into its message.
    fn despatches(
        &self,
        case: &Case,
        pack: &Pack,
        plan: &Plan,
        incoming: &Incoming,
        now: Moment,
    ) -> Result<Vec<SealedDespatch>, Vec<Fault>> {
        let mut making = envelope::Making::new(self, case, pack, plan, incoming, now)?;
        let made: Vec<_> = (1..=plan.despatches.len()).map(|position| making.despatch(position, 1)).collect();
        let faults: Vec<Fault> =
            made.iter().filter_map(|one| one.as_ref().err()).flatten().cloned().collect();
        if faults.is_empty() { Ok(made.into_iter().flatten().collect()) } else { Err(faults) }
    }
}

/// What the case's pack calls for on `issued_on`, less what other teams write (G2). A case keeps the pack that it
/// started with until a person moves it.
pub fn plan_for<'o>(
    office: &'o Office,
    case: &Case,
    record: &Record,
    issued_on: NaiveDate,
) -> Result<(&'o Pack, Plan), Vec<Fault>> {
    let id = record.pack.as_ref().unwrap_or(&office.config.pack);
    let pack = office.packs.permitted(id, record.packs.get(id), issued_on).map_err(|fault| vec![fault])?;
    Ok((pack, plan_under(office, pack, case, record, issued_on)?))
}

/// What `pack` calls for on `issued_on`, less what other teams write (G2).
fn plan_under(
    office: &Office,
    pack: &Pack,
    case: &Case,
    record: &Record,
    issued_on: NaiveDate,
) -> Result<Plan, Vec<Fault>> {
    let mut plan = policy::plan(case, &record.history, pack, &office.calendar, &office.places, issued_on)?;
    let (ours, others) =
        plan.despatches.into_iter().partition(|planned| office.config.teams.contains_key(&planned.team));
    plan.despatches = ours;
    plan.not_made.extend(Vec::into_iter(others).map(|planned| NotMade {
        row: planned.row,
        reason: "another team writes it; this office waits for it".to_owned(),
    }));
    Ok(plan)
}

/// The plan of a case that comes in: [`plan_for`], with who prepared it and what was `found` wrong with its files, so
/// that all is told at once. `owner` is the account that the case file belongs to.
pub fn checked_plan<'o>(
    office: &'o Office,
    case: &Case,
    record: &Record,
    owner: u32,
    found: &[Fault],
    today: NaiveDate,
) -> Result<(&'o Pack, Plan), Vec<Fault>> {
    let mut faults = office.check_preparer(case, owner);
    faults.extend(found.iter().cloned());
    let (pack, mut plan) = match plan_for(office, case, record, today) {
        Ok(planned) if faults.is_empty() => planned,
        planned => {
            faults.extend(planned.err().unwrap_or_default());
            return Err(faults);
        }
    };
    if !office.config.demo && !office.knows_account(owner) {
        plan.warnings.push(UNKNOWN_OWNER.to_owned());
    }
    Ok((pack, plan))
}
