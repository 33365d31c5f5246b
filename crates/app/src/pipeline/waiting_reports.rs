//! Enters: the inbox, and the fault of a pack that may not be used. Leaves: the fault, with the reports that wait.
//! Never: sends anything, or identifies a case by anything but its id and place.

use crate::intake::lying_in;
use despatch_core::fault::Fault;
use despatch_process::Places;
use despatch_process::case::{self, Case, Event};
use std::path::Path;

/// Adds an alarm to the fault of a pack that may not be used for new cases: where reports wait in the inbox, so do the
/// copies for healthcare teams, who must be telephoned instead.
pub fn with_waiting_reports(inbox: &Path, places: &Places, fault: Fault) -> Fault {
    let waiting = waiting_reports(inbox, places);
    if waiting.is_empty() {
        return fault;
    }
    let cause = format!(
        "{}. ALARM: reports wait in the inbox, and nobody sends the healthcare teams their copies: {}",
        fault.cause,
        waiting.join(", ")
    );
    let cure = format!("telephone the healthcare team of each place now; then {}", fault.cure);
    Fault::new(fault.at, fault.code, cause, cure)
}

/// The reports in the inbox whose healthcare team waits for its copy: each case's id and place.
fn waiting_reports(inbox: &Path, places: &Places) -> Vec<String> {
    let cases = lying_in(inbox).filter_map(|bytes| case::parse(&bytes).ok());
    let reports = cases.filter(is_report);
    let mut waiting: Vec<String> =
        reports.map(|case| format!("{} ({})", case.case_id, name(places, &case))).collect();
    waiting.sort();
    waiting
}

/// Adds to the fault of a pack that may not be used that the healthcare team's copy of this report is not made.
pub(super) fn without_copy(places: &Places, case: &Case, fault: Fault) -> Fault {
    if !is_report(case) {
        return fault;
    }
    let cure = format!(
        "telephone the healthcare team of {} now, for its copy is not made; then {}",
        name(places, case),
        fault.cure
    );
    Fault { cure, ..fault }
}

fn is_report(case: &Case) -> bool {
    matches!(case.event, Event::ExternalReportReceived(_) | Event::SecondOpinionReceived(_))
}

/// The name of the place of a case, or its id.
fn name(places: &Places, case: &Case) -> String {
    let place = places.get(&case.detention.place);
    place.map_or_else(|| case.detention.place.to_string(), |place| place.name.clone())
}
