//! Enters: what a reviewer wants to see of what waits. Leaves: it case by case, nearest deadline first.
//! Never: opens a message, or changes anything.

use super::{Actor, Failure, OpenOffice};
use chrono::NaiveDate;
use despatch_core::words::CaseId;
use despatch_ledger::{Despatch, QueuePage, QueuePart, QueueSelection, State, Waiting};
use serde::Serialize;

/// How many cases stand on one page.
pub const CASES_ON_A_PAGE: u32 = 10;
/// How many messages of each are shown: as many as an appointment makes.
pub const MESSAGES_OF_A_CASE: u32 = 6;
/// How many of a page that has one case alone.
pub const MESSAGES_OF_ONE_CASE: u32 = 200;
/// Among how many of a case the next one to open is looked for.
const NEXT_OF_CASE: u32 = 20;

/// What waits, as one page of it.
#[derive(Debug, Serialize)]
pub struct ReviewQueue {
    pub cases: Vec<CaseWaiting>,
    /// Counted from 1.
    pub page: u32,
    pub pages: u32,
    /// On all pages.
    pub messages: u64,
    pub cases_in_all: u64,
}

/// What waits of one case.
#[derive(Debug, Serialize)]
pub struct CaseWaiting {
    pub case_id: CaseId,
    /// The nearest deadline of what waits.
    pub due: Option<NaiveDate>,
    /// The nearest of what waits.
    pub despatches: Vec<Despatch>,
    /// How much waits, with what is not among them.
    pub waiting: u64,
}

/// Lists what waits.
///
/// # Errors
/// The ledger cannot be read.
pub fn list(
    open: &mut OpenOffice,
    actor: &Actor,
    selection: &QueueSelection,
    page: u32,
) -> Result<ReviewQueue, Failure> {
    let page = page.max(1);
    let mut part = QueuePart { number: page, cases: CASES_ON_A_PAGE, messages: MESSAGES_OF_A_CASE };
    let mut found = open.ledger.review_queue(selection, actor.reader(), part)?;
    if found.cases == 1 && found.messages > found.waiting.len() as u64 {
        part.messages = MESSAGES_OF_ONE_CASE;
        found = open.ledger.review_queue(selection, actor.reader(), part)?;
    }
    let QueuePage { waiting, messages, cases: cases_in_all } = found;
    let mut cases: Vec<CaseWaiting> = Vec::new();
    for Waiting { despatch, of_case } in waiting {
        let due = despatch.planned.deadline.as_ref().map(|deadline| deadline.due);
        match cases.last_mut().filter(|case| case.case_id == despatch.case_id) {
            Some(case) => {
                case.due = case.due.into_iter().chain(due).min();
                case.despatches.push(despatch);
            }
            None => cases.push(CaseWaiting {
                case_id: despatch.case_id.clone(),
                due,
                despatches: vec![despatch],
                waiting: of_case,
            }),
        }
    }
    let pages = u32::try_from(cases_in_all.div_ceil(CASES_ON_A_PAGE.into())).unwrap_or(u32::MAX).max(1);
    Ok(ReviewQueue { cases, page, pages, messages, cases_in_all })
}

/// What awaits review of one case, nearest deadline first.
///
/// # Errors
/// The ledger cannot be read.
pub fn of_case(open: &mut OpenOffice, case_id: &CaseId) -> Result<Vec<Despatch>, Failure> {
    Ok(open.ledger.awaiting_review_of_case(case_id, NEXT_OF_CASE)?)
}

/// How much waits for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub to_review: u64,
    pub came_back: u64,
}

/// Counts what waits for a reviewer, and what came back to those who prepared it, of the cases that the actor may see.
///
/// # Errors
/// The ledger cannot be read.
pub fn counts(open: &mut OpenOffice, actor: &Actor) -> Result<Counts, Failure> {
    let mut count = |state| open.ledger.count_waiting(state, actor.reader());
    Ok(Counts { to_review: count(State::AwaitingReview)?, came_back: count(State::Returned)? })
}
