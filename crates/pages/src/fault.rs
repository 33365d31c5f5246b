//! Enters: why a request failed. Leaves: a page that says so, with what to do, and the fitting status.
//! Never: shows an internal error's words, or repeats what the request said.

use crate::frame::Head;
use crate::visit::{NO_PAGE, Visit};
use despatch_app::operations::Failure;
use despatch_core::fault::Fault;
use despatch_web::{Content, Response};
use serde::Serialize;
use std::io::{self, Write};

/// The failure of an address that is known for the other method.
pub fn method() -> Failure {
    let cause = "this address is not asked for in this way";
    Fault::new("the address", "page.method", cause, "go back, and use the page's own buttons").into()
}

/// What the page of a failure shows.
#[derive(Serialize)]
struct FaultPage {
    heading: &'static str,
    faults: Vec<Shown>,
    retry: bool,
    signed_out: bool,
}

#[derive(Serialize)]
struct Shown {
    at: String,
    cause: String,
    cure: String,
    code: &'static str,
}

impl From<&Fault> for Shown {
    fn from(fault: &Fault) -> Self {
        Self { at: fault.at.clone(), cause: fault.cause.clone(), cure: fault.cure.clone(), code: fault.code }
    }
}

/// Shows why a request failed.
pub fn page(visit: &mut Visit<'_>, failure: Failure) -> Response {
    let (status, heading) = kind_of(&failure);
    if let Failure::Internal(why) = &failure {
        // Whoever runs the office finds it in the service's log; a closed stderr is no reason to stop.
        let _ = writeln!(io::stderr(), "pages: an answer failed: {why}");
    }
    let faults = match &failure {
        Failure::Faults(faults) => faults.iter().map(Shown::from).collect(),
        Failure::Request(fault) => vec![Shown::from(fault)],
        Failure::TryAgain(_) | Failure::Internal(_) => Vec::new(),
    };
    let signed_out = faults.iter().any(|fault| fault.code == "page.signed_out");
    let shown = FaultPage { heading, retry: faults.is_empty(), faults, signed_out };
    match visit.page("fault/fault", Head::of(heading), &shown) {
        Ok(response) => response.with_status(status),
        Err(_) => plain(status, heading),
    }
}

/// The status and the heading of a failure.
fn kind_of(failure: &Failure) -> (u16, &'static str) {
    let code = match failure {
        Failure::Faults(faults) => faults.first().map_or("", |fault| fault.code),
        Failure::Request(fault) => fault.code,
        Failure::TryAgain(_) => return (503, "Try again in a moment"),
        Failure::Internal(_) => return (500, "Sorry, there is a problem with the service"),
    };
    match code {
        NO_PAGE | "despatch.unknown" | "case.unknown" | "entry.unknown" | "drafts.unknown"
        | "rejected.unknown" | "withdraw.unknown" | "batch.unknown" => (404, "Page not found"),
        "page.method" => (405, "This cannot be done in this way"),
        "page.role"
        | "page.forged"
        | "page.signed_out"
        | "actor.unknown"
        | "actor.keeper"
        | "case.restricted"
        | "rejected.other_preparer" => (403, "You cannot do this"),
        "approve.other_message" => (409, "The message is another one now"),
        _ => (422, "This was not done"),
    }
}

/// The answer while the office cannot be opened: who may read why is not known then.
pub fn without_office() -> Response {
    plain(503, "Something is wrong with the office: tell whoever runs it (despatch check says what it is)")
}

fn plain(status: u16, text: &str) -> Response {
    Response::of(Content::Text, format!("{text}\n").into_bytes()).with_status(status)
}
