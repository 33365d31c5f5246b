//! Enters: the despatches that are held. Leaves: those that wait for nothing any more, with the reason.
//! Never: closes one: a person does, in one step.

use super::Failure;
use chrono::NaiveDate;
use despatch_core::words::CaseId;
use despatch_ledger::{Despatch, DespatchId, Ledger, OnRecord, State};
use despatch_process::{History, moot};
use serde::Serialize;
use std::collections::BTreeMap;

/// A despatch that is held and waits for nothing any more.
#[derive(Debug, Clone, Serialize)]
pub struct MootHold {
    pub despatch: DespatchId,
    pub case_id: CaseId,
    pub why: String,
}

impl MootHold {
    /// Those of one case.
    pub(super) fn of_case(events: &[OnRecord], today: NaiveDate) -> Vec<MootHold> {
        let history = History { events: events.iter().map(OnRecord::past).collect(), ..History::default() };
        let held = events.iter().flat_map(|event| &event.despatches).filter(|one| one.state == State::Held);
        held.filter_map(|despatch| MootHold::of(despatch, &history, today)).collect()
    }

    fn of(despatch: &Despatch, history: &History, today: NaiveDate) -> Option<MootHold> {
        let codes: Vec<&str> = despatch.holds.iter().map(|hold| hold.code.as_str()).collect();
        let why = moot(&despatch.planned, &codes, history, today)?;
        Some(MootHold { despatch: despatch.id, case_id: despatch.case_id.clone(), why })
    }
}

/// Returns those among these despatches that are held and moot.
pub(super) fn among(
    ledger: &mut Ledger,
    despatches: &[Despatch],
    today: NaiveDate,
) -> Result<Vec<MootHold>, Failure> {
    let mut of_case: BTreeMap<CaseId, History> = BTreeMap::new();
    let mut found = Vec::new();
    for despatch in despatches.iter().filter(|one| one.state == State::Held) {
        if !of_case.contains_key(&despatch.case_id) {
            of_case.insert(despatch.case_id.clone(), ledger.case_history(&despatch.case_id)?);
        }
        let history = of_case.get(&despatch.case_id);
        found.extend(history.and_then(|history| MootHold::of(despatch, history, today)));
    }
    Ok(found)
}
