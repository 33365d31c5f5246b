//! Enters: a case, a person and a period. Leaves: a page of what happened, the newest first.
//! Never: shows what happened in a case to somebody who may not see it.

use super::casework::may_see;
use super::{Actor, Failure, OpenOffice};
use chrono::NaiveDate;
use despatch_core::words::CaseId;
use despatch_ledger::{Event, Page, RecordPage, RecordSelection};
use serde::{Deserialize, Serialize};

/// A request for events; all given conditions must match.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SearchRecord {
    pub case: Option<CaseId>,
    /// A member of staff, or `despatch` for what the program did by itself.
    pub by: Option<String>,
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
    /// Counted from 1, the newest events first.
    pub page: u32,
    pub limit: u32,
}

/// A page of the record.
#[derive(Debug, Serialize)]
pub struct FoundEvents {
    pub events: Vec<Event>,
    pub page: u32,
    pub limit: u32,
    /// The number of events on all pages.
    pub total: u64,
}

/// Returns a page of what happened.
///
/// # Errors
/// The actor is not on the staff list, or may not see the case; the ledger cannot be read.
pub fn search(open: &mut OpenOffice, actor: &Actor, request: SearchRecord) -> Result<FoundEvents, Failure> {
    let reader = Some(actor.staff()?.id.clone());
    if let Some(case) = &request.case {
        may_see(&mut open.ledger, actor, case)?;
    }
    let SearchRecord { case, by, from, until, page, limit } = request;
    let of = RecordSelection { case, by, from, until, reader };
    let RecordPage { events, total } = open.ledger.record_page(&of, Page { number: page.max(1), limit })?;
    Ok(FoundEvents { events, page, limit, total })
}
