//! Enters: a query for despatches. Leaves: the despatches, what lies in the inbox, and what is still to be reviewed.
//! Never: opens a message, or changes anything.

use super::casework::seen;
use super::inbox::LiesThere;
use super::moot::{MootHold, among};
use super::week_places::WeekPlaces;
use super::{Actor, Failure, OpenOffice};
use crate::office::Office;
use despatch_core::words::{CaseId, KindName, Role, Sha256};
use despatch_ledger::{Despatch, DespatchId, Event, OutboxPage, Page, Selection, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A query for despatches: by state (all, if none is named), case and role, and by page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListOutbox {
    pub states: Vec<State>,
    pub case: Option<CaseId>,
    pub role: Option<Role>,
    /// Counted from 1, the oldest despatches first.
    pub page: u32,
    /// The number of despatches on a page.
    pub limit: u32,
}

/// The contents of the outbox.
#[derive(Debug, Serialize)]
pub struct OutboxList {
    pub despatches: Vec<Despatch>,
    pub page: u32,
    pub limit: u32,
    /// The number of despatches on all pages.
    pub total: u64,
    /// What lies in the inbox, and what was rejected.
    #[serde(flatten)]
    pub inbox: LiesThere,
    /// What is held on this page and waits for nothing any more.
    pub moot: Vec<MootHold>,
    /// Urgently released despatches that a second person has not reviewed yet.
    pub to_review: Vec<DespatchId>,
    #[serde(skip)]
    pub unreviewed: Vec<Despatch>,
    /// Unsent despatches made from templates that have since changed.
    #[serde(skip)]
    pub outdated: Vec<DespatchId>,
}

/// Lists what is in the outbox, and what lies in the inbox.
///
/// # Errors
/// The ledger or the inbox cannot be read.
pub fn list(open: &mut OpenOffice, actor: &Actor, request: ListOutbox) -> Result<OutboxList, Failure> {
    let ListOutbox { states, case: case_id, role, page, limit } = request;
    let reader = actor.reader().cloned();
    let hidden = open.ledger.hidden_from(reader.as_ref())?;
    let inbox = LiesThere::of(&open.office, &mut open.ledger, reader.as_ref())?;
    let selection = Selection { states, case_id, role, reader };
    let OutboxPage { despatches, total } =
        open.ledger.outbox_page(&selection, Page { number: page, limit })?;
    let mut unreviewed = open.ledger.unreviewed()?;
    unreviewed.retain(|one| !hidden.contains(&one.case_id));
    let today = open.now().today;
    Ok(OutboxList {
        inbox,
        to_review: unreviewed.iter().map(|one| one.id).collect(),
        moot: among(&mut open.ledger, &despatches, today)?,
        outdated: outdated(&open.office, &despatches),
        despatches,
        page,
        limit,
        total,
        unreviewed,
    })
}

/// The unsent despatches made from templates that have since changed.
fn outdated(office: &Office, despatches: &[Despatch]) -> Vec<DespatchId> {
    let mut now: BTreeMap<&KindName, Sha256> = BTreeMap::new();
    let mut outdated = Vec::new();
    for despatch in despatches {
        let waits = matches!(
            despatch.state,
            State::Held | State::AwaitingReview | State::Approved | State::Deferred | State::Returned
        );
        let Some(bound) = despatch.message.as_ref().filter(|_| waits) else { continue };
        let kind = &despatch.planned.kind;
        let now = now.entry(kind).or_insert_with(|| office.catalogue.fingerprint(kind));
        if bound.template != *now {
            outdated.push(despatch.id);
        }
    }
    outdated
}

/// One despatch, with its history.
#[derive(Debug, Serialize)]
pub struct DespatchHistory {
    pub despatch: Despatch,
    /// The places of the week in which the second opinion was asked for, if it was.
    pub week: Option<WeekPlaces>,
    pub events: Vec<Event>,
}

/// Returns one despatch with its history.
///
/// # Errors
/// There is no despatch with this id.
pub fn show(open: &mut OpenOffice, actor: &Actor, id: DespatchId) -> Result<DespatchHistory, Failure> {
    let OpenOffice { office, ledger, .. } = open;
    let despatch = seen(ledger, actor, id)?;
    let events = ledger.case_events(&despatch.case_id)?;
    let week = WeekPlaces::of_case(ledger, office, &events)?;
    Ok(DespatchHistory { despatch, week, events: ledger.events(Some(&id.to_string()))? })
}

/// Every reason for which a despatch is held.
pub fn held_for(despatch: &Despatch) -> String {
    despatch.holds.iter().map(|hold| hold.words.as_str()).collect::<Vec<_>>().join("; ")
}

/// The reminder that a review is due.
pub fn review_due(despatch: &Despatch) -> String {
    let by = despatch.urgent.as_ref().map_or_else(String::new, |urgent| format!(" by {}", urgent.by));
    format!(
        "{} of {} was let go{by} alone: another reviewer looks at it and gives `despatch outbox reviewed {}`",
        despatch.id, despatch.case_id, despatch.id
    )
}
