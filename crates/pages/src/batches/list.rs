//! Enters: a page number. Leaves: the batches, newest first, each with how far it is.
//! Never: changes anything.

use super::TITLE;
use crate::blocks::{Block, Sheet};
use crate::components::{Button, Cell, Pagination, Part, Table};
use crate::forms::page_number;
use crate::frame::Head;
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::batch::list::{self, BatchCounts};
use despatch_core::words::moment_words;
use despatch_ledger::{BatchState, RowFate, State, UserRole};
use despatch_web::Response;

/// Shows the batches.
///
/// # Errors
/// The ledger cannot be read.
pub fn list(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, page) = (visit.actor()?, page_number(visit.request));
    let found = list::list(visit.open, &actor, page)?;
    let head = ["Batch", "State", "Begun", "Rows queued", "To review", "Sent"].map(Cell::from).to_vec();
    let table = Table::new("Newest first", head, found.batches.iter().map(row).collect());
    let mut blocks = Vec::new();
    if visit.has_role(UserRole::Preparer) {
        blocks.push(Block::Links(vec![Button::link("Upload a sheet", "/batches/new")]));
    }
    blocks.extend([Block::table_or(table, "There is no batch yet.")]);
    let address = |page: u64| format!("/batches?page={page}");
    blocks.extend(Pagination::of(found.page.into(), found.pages.into(), address).map(Block::Pagination));
    visit.page("batches/batches", Head::of(TITLE), &Sheet::new(TITLE, blocks))
}

fn row(one: &BatchCounts) -> Vec<Cell> {
    let batch = &one.batch;
    let queued = one.rows.get(&RowFate::Queued).copied().unwrap_or(0);
    let state = Part::tag(batch.state.label(), colour(batch.state));
    vec![
        Cell::from(Part::link(batch.name.as_str(), format!("/batches/{}", batch.name))),
        state.into(),
        format!("{} by {}", moment_words(batch.at), batch.by).into(),
        format!("{queued} of {}", one.rows_in_all()).into(),
        one.in_state(State::AwaitingReview).to_string().into(),
        one.in_state(State::Sent).to_string().into(),
    ]
}

/// The colour of a batch's state.
pub(super) fn colour(state: BatchState) -> &'static str {
    match state {
        BatchState::Open => "green",
        BatchState::Held => "yellow",
        BatchState::Cancelled => "grey",
    }
}
