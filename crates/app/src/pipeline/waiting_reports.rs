//! Enters: the inbox, and the fault of a pack that may not be used. Leaves: the fault, with the reports that wait.
//! Never: sends anything, or identifies a case by anything but its id and place.

use crate::intake::lying_in;
use despatch_core::fault::Fault;
use despatch_process::Places;
use despatch_process::case::{self, Event};
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
    let reports = cases.filter(|case| {
        matches!(case.event, Event::ExternalReportReceived(_) | Event::SecondOpinionReceived(_))
    });
    let mut waiting: Vec<String> = reports
        .map(|case| {
            let place = places.get(&case.detention.place);
            let name = place.map_or_else(|| case.detention.place.to_string(), |place| place.name.clone());
            format!("{} ({name})", case.case_id)
        })
        .collect();
    waiting.sort();
    waiting
}
