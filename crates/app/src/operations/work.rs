//! Enters: whose work, and which page. Leaves: what came back, what was rejected, what is due, what waits for approval and
//! which notes are to be copied. Never: shows anything of a case that the actor may not see.

use super::due_list::{Due, DueList};
use super::inbox::{Rejected, rejected};
use super::{Actor, Failure, OpenOffice};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::London;
use despatch_core::words::CaseId;
use despatch_ledger::{Cover, Despatch, OpenNotes, Page, State, Whose};
use despatch_process::Division;
use serde::{Deserialize, Serialize};

/// Working days after which an approval has waited too long.
const APPROVAL_WORKING_DAYS: u32 = 1;

/// A list of one's work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkList {
    /// A page of each of them.
    #[default]
    All,
    Returned,
    Due,
    Waiting,
    Notes,
}

impl WorkList {
    /// Every list, with the code that commands and pages name it by.
    pub const CODES: [(&str, Self); 5] = [
        ("all", Self::All),
        ("returned", Self::Returned),
        ("due", Self::Due),
        ("waiting", Self::Waiting),
        ("notes", Self::Notes),
    ];

    /// Returns the code that commands and pages name it by.
    pub fn code(self) -> &'static str {
        Self::CODES.into_iter().find(|(_, list)| *list == self).map_or("all", |(code, _)| code)
    }
}

/// A request for a person's work, or the team's.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ShowWork {
    pub whose: Whose,
    pub list: WorkList,
    /// Of the list that is named; counted from 1.
    pub page: u32,
    /// The number of lines on a page.
    pub limit: u32,
}

/// A page of a list.
#[derive(Debug, Serialize)]
pub struct Listed<T> {
    pub page: u32,
    pub limit: u32,
    /// On all pages.
    pub total: u64,
    pub lines: Vec<T>,
}

/// A message that waits for somebody.
#[derive(Debug, Serialize)]
pub struct WaitingMessage {
    pub despatch: Despatch,
    /// Since when it has lain there.
    pub since: Option<DateTime<Utc>>,
    /// Whether it has waited for longer than a working day.
    pub too_long: bool,
}

/// What there is to do.
#[derive(Debug, Serialize)]
pub struct Work {
    pub whose: Whose,
    /// Who is away and who approves out of hours, from today on.
    pub covers: Vec<Cover>,
    /// What a reviewer sent back, with the reason.
    pub returned: Listed<Despatch>,
    pub rejected: Vec<Rejected>,
    pub due: Listed<Due>,
    /// What waits for approval, the oldest first.
    pub waiting: Listed<WaitingMessage>,
    /// Case files with notes that nobody has copied into the casework system yet.
    pub notes: Listed<despatch_ledger::OpenNote>,
}

/// Lists what there is to do.
///
/// # Errors
/// The actor is not on the staff list, or the ledger cannot be read.
pub fn work(
    open: &mut OpenOffice,
    actor: &Actor,
    request: ShowWork,
    due: &mut DueList,
) -> Result<Work, Failure> {
    let me = actor.staff()?.id.clone();
    let ShowWork { whose, limit, .. } = request;
    let today = open.now().today;
    let page = |list| if request.list == list { request.page.max(1) } else { 1 };
    let paged = |list| Page { number: page(list), limit };
    let due = due_page(open, actor, whose, paged(WorkList::Due), due)?;
    let OpenOffice { office, ledger, .. } = open;
    let returned = ledger.waiting(State::Returned, (whose, Some(&me)), today, paged(WorkList::Returned))?;
    let hidden = ledger.hidden_from(Some(&me))?;
    let own = ledger.own_cases(&me, today)?;
    let mut files = rejected(office, ledger)?;
    files.retain(|file| {
        let of = |cases: &std::collections::BTreeSet<CaseId>| {
            file.case_id.as_ref().is_some_and(|case| cases.contains(case))
        };
        !of(&hidden) && (whose == Whose::Team || file.preparer.as_ref() == Some(&me) || of(&own))
    });
    let OpenNotes { notes, files: with_notes } = ledger.open_notes(Some(&me), paged(WorkList::Notes))?;
    let covers = ledger.covers(today)?;
    Ok(Work {
        whose,
        covers,
        returned: listed(returned.despatches, returned.total, paged(WorkList::Returned)),
        rejected: files,
        due,
        waiting: waiting(open, actor, whose, paged(WorkList::Waiting))?,
        notes: listed(notes, with_notes, paged(WorkList::Notes)),
    })
}

fn listed<T>(lines: Vec<T>, total: u64, page: Page) -> Listed<T> {
    Listed { page: page.number, limit: page.limit, total, lines }
}

/// A page of what is due, what is late first and then the nearest, in the cases that the actor may see.
///
/// # Errors
/// The ledger cannot be read.
pub fn due_page(
    open: &mut OpenOffice,
    actor: &Actor,
    whose: Whose,
    page: Page,
    due: &mut DueList,
) -> Result<Listed<Due>, Failure> {
    let all = due.now(open)?;
    let hidden = open.ledger.hidden_from(actor.reader())?;
    let own = match (whose, actor.reader()) {
        (Whose::Own, Some(me)) => Some(open.ledger.own_cases(me, open.clock.now().today)?),
        _ => None,
    };
    let meant = |one: &&Due| {
        !hidden.contains(&one.case_id) && own.as_ref().is_none_or(|own| own.contains(&one.case_id))
    };
    let total = all.iter().filter(meant).count();
    let before = (page.number.saturating_sub(1) as usize).saturating_mul(page.limit as usize);
    let now = open.now();
    let late = all.iter().filter(|one| one.is_late(now));
    let late_first = late.chain(all.iter().filter(|one| !one.is_late(now)));
    let lines = late_first.filter(meant).skip(before).take(page.limit as usize).cloned().collect();
    Ok(listed(lines, u64::try_from(total).unwrap_or(u64::MAX), page))
}

/// A page of what waits for approval, the oldest first.
fn waiting(
    open: &mut OpenOffice,
    actor: &Actor,
    whose: Whose,
    page: Page,
) -> Result<Listed<WaitingMessage>, Failure> {
    let today = open.now().today;
    let found = open.ledger.waiting(State::AwaitingReview, (whose, actor.reader()), today, page)?;
    let mut lines = Vec::new();
    for despatch in found.despatches {
        let since = open.ledger.made_at(despatch.id)?;
        let too_long = since.is_some_and(|since| is_too_long(open, since, today));
        lines.push(WaitingMessage { despatch, since, too_long });
    }
    Ok(listed(lines, found.total, page))
}

/// Whether what has waited since then has waited for longer than a working day.
fn is_too_long(open: &OpenOffice, since: DateTime<Utc>, today: NaiveDate) -> bool {
    let days = open.office.calendar.working_days(Division::EnglandAndWales);
    let day = since.with_timezone(&London).date_naive();
    days.after(day, APPROVAL_WORKING_DAYS).is_ok_and(|last| last < today)
}
