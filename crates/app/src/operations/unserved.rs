//! Enters: a case in which removal is set, and today. Leaves: the response whose service is not on record although the last
//! day for it is near, with whom to tell. Never: says when the removal is, or takes one that was sent for served.

use chrono::NaiveDate;
use despatch_core::words::{CaseId, EntryId, Role, weekday_words};
use despatch_ledger::OnRecord;
use despatch_process::{BeyondCalendar, Calendar, CaseState, DeadlineRule, Division, History, To};
use serde::{Deserialize, Serialize};

/// Working days before the last day for service on which the alarm is first raised; it is raised again on each step.
const FIRST_STEP: u32 = 2;

/// A response before a removal whose service is not on record (row 33).
#[derive(Debug, Clone, Serialize)]
pub struct Unserved {
    pub case_id: CaseId,
    /// The last day for service.
    pub due: NaiveDate,
    pub stands: Stands,
    pub step: Step,
    /// The entries of the caseworker and of the manager of the case, as far as its messages name them.
    pub caseworker: Option<EntryId>,
    pub manager: Option<EntryId>,
}

/// How far the response has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    Undecided,
    Unsent,
    Sent,
}

/// How near the last day for service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// This many working days before it.
    Before(u32),
    LastDay,
    /// It has passed: the alarm is raised each day.
    Past(NaiveDate),
}

impl Step {
    /// The step on `today`; `None` while there is time.
    fn of(due: NaiveDate, today: NaiveDate, calendar: &Calendar) -> Result<Option<Step>, BeyondCalendar> {
        if today >= due {
            return Ok(Some(if today > due { Step::Past(today) } else { Step::LastDay }));
        }
        let days = calendar.working_days(Division::EnglandAndWales);
        for number in 1..=FIRST_STEP {
            if today >= days.before(due, number)? {
                return Ok(Some(Step::Before(number)));
            }
        }
        Ok(None)
    }
}

/// A response before a removal whose service is awaited, however near the last day for it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ToServe {
    due: NaiveDate,
    stands: Stands,
    caseworker: Option<EntryId>,
    manager: Option<EntryId>,
}

impl ToServe {
    /// That of a case; `None` if it awaits no service.
    pub(super) fn of(events: &[OnRecord], history: &History, state: &CaseState) -> Option<ToServe> {
        let due = state.due(DeadlineRule::BeforeRemoval).filter(|_| !state.is_over())?;
        let to_serve = |role| matches!(role, Role::Det | Role::Ost);
        let mut messages = history.events.iter().flat_map(|past| past.gone());
        let sent = messages.any(|one| one.purpose.is_response() && to_serve(one.role));
        let stands = match state.responded_on {
            None => Stands::Undecided,
            Some(_) if sent => Stands::Sent,
            Some(_) => Stands::Unsent,
        };
        let manager = latest(events, Role::CaseworkManager).or(latest(events, Role::SeniorCaseworker));
        let caseworker = latest(events, Role::Caseworker);
        Some(ToServe { due, stands, caseworker, manager })
    }

    /// The alarm; `None` while there is time.
    pub(super) fn on(self, case_id: &CaseId, calendar: &Calendar, today: NaiveDate) -> Option<Unserved> {
        let ToServe { due, stands, caseworker, manager } = self;
        // A calendar that ends is told by `check`; until then the day itself counts.
        let step =
            Step::of(due, today, calendar).unwrap_or_else(|_| (today >= due).then_some(Step::LastDay))?;
        Some(Unserved { case_id: case_id.clone(), due, stands, step, caseworker, manager })
    }
}

impl Unserved {
    /// The alarm, without any name.
    pub fn text(&self) -> String {
        let stands = match self.stands {
            Stands::Undecided => "is not decided",
            Stands::Unsent => "is decided and has not gone to those who serve it",
            Stands::Sent => "was sent, and no service of it is on record",
        };
        let by = weekday_words(self.due);
        let when = match self.step {
            Step::Before(_) => format!("it is served by {by} at the latest"),
            Step::LastDay => format!("{by} is the last day to serve it"),
            Step::Past(_) => format!("it was to be served by {by}"),
        };
        let who = |entry: &Option<EntryId>| entry.as_ref().map_or_else(String::new, |id| format!(" ({id})"));
        format!(
            "ALARM  {}: the response before removal {stands}; {when}: tell the caseworker{} and the casework manager{}",
            self.case_id,
            who(&self.caseworker),
            who(&self.manager)
        )
    }

    /// What tells this alarm from another: each step raises its own.
    pub(super) fn key(&self) -> String {
        format!("{} {} {:?}", self.case_id, self.due, self.step)
    }
}

/// Returns the entry of this role to whom the latest message of the case goes.
fn latest(events: &[OnRecord], role: Role) -> Option<EntryId> {
    let all = events.iter().rev().flat_map(|event| &event.despatches);
    let mut of_role = all.filter(|one| one.planned.role == role);
    of_role.find_map(|one| match &one.planned.to {
        To::Entry(entry) => Some(entry.clone()),
        To::Body(_) => None,
    })
}
