//! Enters: one despatch. Leaves: the page with all that a reviewer needs to decide about it.
//! Never: opens a document.

use super::authority::Authority;
use super::decide::Decide;
use super::facts;
use crate::components::{SummaryList, Table, Text, Timeline, WarningText};
use crate::frame::{Head, Link};
use crate::naming::{state_tag, title};
use crate::visit::Visit;
use despatch_app::operations::authority_standing::standing;
use despatch_app::operations::outbox::{self, DespatchHistory};
use despatch_app::operations::{Failure, reading};
use despatch_core::words::count;
use despatch_ledger::{DespatchId, UserRole};
use despatch_web::Response;
use serde::Serialize;

/// The page of one message.
#[derive(Serialize)]
struct Message {
    id: String,
    title: String,
    case_id: String,
    state: Text,
    warnings: Vec<WarningText>,
    authority: Option<Authority>,
    recipient: SummaryList,
    times: SummaryList,
    origin: SummaryList,
    checks: Table,
    email: Option<Email>,
    documents: String,
    /// Whether this person has opened this version, and whether they can now.
    opened: bool,
    can_open: bool,
    no_message: bool,
    first_document: String,
    changes: String,
    decide: Decide,
    history: Timeline,
}

/// The cover email as it will be seen.
#[derive(Serialize)]
struct Email {
    headers: SummaryList,
    text: String,
    files: Vec<String>,
}

/// Shows one message.
///
/// # Errors
/// There is no such despatch; the ledger cannot be read.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let id: DespatchId = visit.step_as("id")?;
    shown(visit, id, Vec::new())
}

/// Shows one message with what was wrong with a decision about it.
pub(super) fn shown(visit: &mut Visit<'_>, id: DespatchId, errors: Vec<Link>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let history = outbox::show(visit.open, &actor, id)?;
    let email = reading::email(visit.open, &actor, id)?;
    let opened = visit.has_opened(&history.despatch)?;
    let standing = standing(visit.open, &actor, id.submission)?;
    let DespatchHistory { despatch, week, events } = &history;
    let title = title(visit, despatch);
    let reviewer = visit.has_role(UserRole::Reviewer);
    let page = Message {
        id: id.to_string(),
        title: title.clone(),
        case_id: despatch.case_id.to_string(),
        state: vec![state_tag(despatch)].into(),
        warnings: facts::warnings(despatch),
        authority: Authority::of(visit, despatch, standing.as_ref()),
        recipient: facts::recipient(visit, despatch),
        times: facts::times(despatch, week.as_ref()),
        origin: facts::origin(visit, despatch, standing.as_ref()),
        checks: facts::checks(despatch),
        email: email.map(|email| Email {
            headers: facts::headers(&email),
            text: email.text,
            files: email
                .files
                .iter()
                .map(|(name, size)| format!("{name} ({} kB)", size.div_ceil(1000)))
                .collect(),
        }),
        documents: despatch
            .message
            .as_ref()
            .map_or_else(String::new, |bound| count(bound.documents, "document")),
        opened,
        can_open: visit.can_open(),
        no_message: despatch.message.is_none(),
        first_document: format!("/review/{id}/documents/1"),
        changes: if reviewer { format!("/review/{id}/changes") } else { String::new() },
        decide: Decide::of(visit, despatch, opened, &errors)?,
        history: facts::history(events),
    };
    let head = match reviewer {
        true => Head::of(format!("{title}, {id}")).back("To review", "/review"),
        false => Head::of(format!("{title}, {id}")).back("My work", "/work"),
    };
    visit.page("message/message", head.errors(errors), &page)
}
