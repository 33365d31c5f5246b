//! Enters: a case file whose step needs somebody's authority, and who gives it. Leaves: that on record, by their own account,
//! and who else could have given it. Never: takes the word of a file or a sheet for it, or sends anything.

use super::casework::may_see;
use super::{Actor, Failure, OpenOffice};
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, StaffId};
use despatch_ledger::{Despatch, DespatchId, OnRecord, State};
use despatch_process::Recorded;
use despatch_process::detention::{Authority, Signer};
use despatch_settings::Config;
use serde::{Deserialize, Serialize};

/// A step that waits for somebody's authority.
#[derive(Debug, Clone, Serialize)]
pub struct Unauthorised {
    pub case_id: CaseId,
    /// The number of its case file.
    pub case_file: i64,
    /// What is on record, without a name.
    pub what: String,
    pub since: NaiveDate,
    pub needs: Authority,
    /// Who of the staff may sign today.
    pub may_sign: Vec<StaffId>,
    /// The messages that wait for it.
    pub held: Vec<DespatchId>,
}

/// Such a step as the record has it, whoever may sign and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct UnsignedStep {
    case_file: i64,
    what: String,
    since: NaiveDate,
    needs: Authority,
    held: Vec<DespatchId>,
}

impl UnsignedStep {
    /// Those of a case that no later event has overtaken.
    pub(super) fn of_case(events: &[OnRecord]) -> Vec<UnsignedStep> {
        let stands = |number: usize, event: &OnRecord| {
            let mut later = events.iter().skip(number + 1);
            !later.any(|later| event.recorded.is_overtaken_by(&later.recorded))
        };
        let of_file =
            |event: &OnRecord| UnsignedStep::of(event.submission, &event.recorded, &event.despatches);
        let standing = events.iter().enumerate().filter(|(number, event)| stands(*number, event));
        standing.filter_map(|(_, event)| of_file(event)).collect()
    }

    fn of(case_file: i64, recorded: &Recorded, messages: &[Despatch]) -> Option<UnsignedStep> {
        let needs = recorded.awaits_authority()?;
        let held = messages.iter().filter(|one| one.state == State::Held).map(|one| one.id).collect();
        Some(UnsignedStep { case_file, what: recorded.fact.summary(), since: recorded.on, needs, held })
    }

    /// The step, with who of the staff may sign on this day.
    pub(super) fn on(self, case_id: &CaseId, config: &Config, today: NaiveDate) -> Unauthorised {
        let UnsignedStep { case_file, what, since, needs, held } = self;
        let may_sign = may_sign(config, needs, today);
        Unauthorised { case_id: case_id.clone(), case_file, what, since, needs, may_sign, held }
    }
}

impl Unauthorised {
    /// The step as a task, without any name but those of staff.
    pub fn text(&self) -> String {
        let who = match self.may_sign.as_slice() {
            [] => "nobody of the staff list may sign it today".to_owned(),
            some => format!("of the staff {} may sign", listed(some)),
        };
        format!(
            "ALARM  {}: case file {} needs the authority of {}; {who}: `despatch authorise {}`. The clock goes on",
            self.case_id,
            self.case_file,
            self.needs.who(),
            self.case_file
        )
    }
}

/// Who of the staff may sign today what needs this authority.
fn may_sign(config: &Config, needs: Authority, today: NaiveDate) -> Vec<StaffId> {
    let may = |signer: Signer| signer.may_sign(needs);
    let staff = config.staff.iter().filter(|one| one.signer_on(today).is_some_and(may));
    staff.map(|one| one.id.clone()).collect()
}

fn listed(staff: &[StaffId]) -> String {
    staff.iter().map(StaffId::as_str).collect::<Vec<_>>().join(", ")
}

/// Returns what waits for an authority.
///
/// # Errors
/// There is no such case file, nothing of it waits, or the actor may not see its case.
pub fn awaiting(open: &mut OpenOffice, actor: &Actor, case_file: i64) -> Result<Unauthorised, Failure> {
    let today = open.now().today;
    let OpenOffice { office, ledger, .. } = open;
    let at = format!("case file {case_file}");
    let fault =
        |cause: &str| Fault::new(&at, "authorise.unknown", cause, "look at the case with `despatch case`");
    let found =
        ledger.recorded_of(case_file)?.ok_or_else(|| fault("no event on record came with it that counts"))?;
    may_see(ledger, actor, &found.case_id)?;
    let messages = ledger.despatches_of_submission(case_file)?;
    let waits = UnsignedStep::of(case_file, &found.recorded, &messages);
    let waits = waits.ok_or_else(|| fault("nothing that it records waits for anybody's authority"))?;
    Ok(waits.on(&found.case_id, &office.config, today))
}

/// A step that is authorised.
#[derive(Debug, Serialize)]
pub struct StepAuthorised {
    pub case_id: CaseId,
    pub case_file: i64,
    pub what: String,
    pub by: StaffId,
    /// As whom they signed: "Grade 7", or the post that they cover.
    pub signed_as: String,
    /// The messages that waited for it: a reviewer lets each be made again, and approves it.
    pub held: Vec<DespatchId>,
}

/// Authorises what a case file records, as the actor: by the grade, and the cover on this day, that the settings give them.
///
/// # Errors
/// Nothing of it waits for an authority, or theirs is not enough.
pub fn authorise(open: &mut OpenOffice, actor: &Actor, case_file: i64) -> Result<StepAuthorised, Failure> {
    let by = actor.staff()?.clone();
    let waits = awaiting(open, actor, case_file)?;
    let now = open.now();
    let Some(signer) = by.signer_on(now.today) else {
        let cause = format!("it needs {}, and the settings give {} no grade", waits.needs.who(), by.id);
        let others = match waits.may_sign.as_slice() {
            [] => String::new(),
            some => format!("have it authorised by one of: {}; or ", listed(some)),
        };
        let cure = format!(
            "{others}ask whoever runs the office to add your grade, and what you cover from when to when"
        );
        return Err(Fault::new(format!("case file {case_file}"), "authority.grade", cause, cure).into());
    };
    let found = open.ledger.authorise(case_file, signer, &by, now)?;
    let mut recorded = found.recorded;
    recorded.authorise();
    let (case_id, what, held) = (found.case_id, recorded.fact.summary(), waits.held);
    Ok(StepAuthorised { case_id, case_file, what, by: by.id, signed_as: signer.words(), held })
}
