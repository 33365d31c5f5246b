//! Enters: a despatch. Leaves: what its letter is called, and its state in a colour.
//! Never: a value of the detained person.

use crate::components::Part;
use crate::visit::Visit;
use despatch_core::words::capital;
use despatch_ledger::{Despatch, State};

/// The state of a despatch, in a colour.
pub(crate) fn state_tag(despatch: &Despatch) -> Part {
    let colour = match despatch.state {
        State::AwaitingReview => "blue",
        State::Approved | State::Sent => "green",
        State::Held | State::Deferred => "yellow",
        State::Refused | State::InDoubt | State::Returned => "red",
        State::Claimed | State::DotPending => "turquoise",
        State::Superseded | State::Cancelled => "grey",
    };
    let words = match (&despatch.first_approval, despatch.state) {
        (Some(_), State::AwaitingReview) => "approved by one",
        _ => despatch.state.label(),
    };
    Part::tag(capital(words), colour)
}

/// What a letter is called.
pub(crate) fn title(visit: &Visit<'_>, despatch: &Despatch) -> String {
    let kind = visit.open.office.catalogue.kind(&despatch.planned.kind);
    kind.map_or_else(|| despatch.planned.kind.to_string(), |kind| kind.title.clone())
}
