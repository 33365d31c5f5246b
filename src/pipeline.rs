//! Enters: one incoming case. Leaves: the sealed case for the outbox, or every fault of it.
//! Never: writes anything; `run` stores what comes out.

mod envelope;
mod examples;
mod original;
mod remake;
mod run;

pub use examples::try_examples;
pub use remake::remake;
pub use run::{Finding, Progress, Run, RunError, Summary, process};

use crate::case::{self, Case};
use crate::clock::Moment;
use crate::fault::Fault;
use crate::intake::Incoming;
use crate::office::Office;
use crate::outbox::{SealedCase, SealedDespatch};
use crate::policy::{self, NotMade, Plan};
use crate::render::mail::Mailer;
use crate::render::pool::{Pool, TIME_LIMIT};
use crate::words::Sha256;
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

    /// The line, whole: a case file becomes sealed despatches, or all that is wrong with it.
    pub fn make(&self, incoming: &Incoming, now: Moment) -> Result<SealedCase, Vec<Fault>> {
        let case = case::parse(&incoming.bytes)?;
        let mut faults = self.office.check_preparer(&case, incoming.owner);
        faults.extend(incoming.faults.iter().cloned());
        // Who prepared it and what it calls for are looked at together, so that all is told at once.
        let mut plan = match self.plan(&case, now.today) {
            Ok(plan) if faults.is_empty() => plan,
            plan => {
                faults.extend(plan.err().unwrap_or_default());
                return Err(faults);
            }
        };
        if !self.office.config.demo && !self.office.knows_account(incoming.owner) {
            plan.warnings.push(UNKNOWN_OWNER.to_owned());
        }
        let despatches = self.despatches(&case, &plan, incoming, now)?;
        let original = original::seal(incoming, &self.office.review_key).map_err(|fault| vec![fault])?;
        Ok(SealedCase {
            claim: incoming.claim,
            case_id: case.case_id,
            event_id: case.event_id,
            prepared_by: case.prepared_by,
            replaces: case.replaces,
            file_sha256: Sha256::of(&incoming.bytes),
            issued_on: plan.issued_on,
            not_made: plan.not_made,
            original,
            despatches,
        })
    }

    /// What the pack calls for on `issued_on`, less what other teams write (G2).
    fn plan(&self, case: &Case, issued_on: NaiveDate) -> Result<Plan, Vec<Fault>> {
        let office = self.office;
        office.pack_permitted(issued_on).map_err(|fault| vec![fault])?;
        let mut plan = policy::plan(case, &office.pack, &office.calendar, &office.places, issued_on)?;
        let (ours, others) =
            plan.despatches.into_iter().partition(|planned| office.config.teams.contains_key(&planned.team));
        plan.despatches = ours;
        plan.not_made.extend(Vec::into_iter(others).map(|planned| NotMade {
            row: planned.row,
            reason: "another team writes it; this office waits for it".to_owned(),
        }));
        Ok(plan)
    }

    /// Every despatch of the plan, rendered, sealed and put into its message.
    fn despatches(
        &self,
        case: &Case,
        plan: &Plan,
        incoming: &Incoming,
        now: Moment,
    ) -> Result<Vec<SealedDespatch>, Vec<Fault>> {
        let mut making = envelope::Making::new(self, case, plan, incoming, now)?;
        let made: Vec<_> = (1..=plan.despatches.len()).map(|position| making.despatch(position, 1)).collect();
        let faults: Vec<Fault> =
            made.iter().filter_map(|one| one.as_ref().err()).flatten().cloned().collect();
        if faults.is_empty() { Ok(made.into_iter().flatten().collect()) } else { Err(faults) }
    }
}
