//! Enters: the despatches that are held. Leaves: those that wait for nothing any more, with the reason.
//! Never: closes one: a person does, in one step.

use super::Failure;
use chrono::NaiveDate;
use despatch_core::words::CaseId;
use despatch_ledger::{Despatch, DespatchId, Ledger, OnRecord, State};
use despatch_process::{History, Pointless};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A despatch that is held and waits for nothing any more.
#[derive(Debug, Clone, Serialize)]
pub struct MootHold {
    pub despatch: DespatchId,
    pub case_id: CaseId,
    pub why: String,
}

/// What makes a despatch that is held pointless, but for the day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct HeldDespatch {
    despatch: DespatchId,
    pointless: Pointless,
}

impl HeldDespatch {
    /// Those of one case.
    pub(super) fn of_case(events: &[OnRecord], history: &History) -> Vec<HeldDespatch> {
        let held = events.iter().flat_map(|event| &event.despatches).filter(|one| one.state == State::Held);
        held.map(|despatch| HeldDespatch::of(despatch, history)).collect()
    }

    fn of(despatch: &Despatch, history: &History) -> HeldDespatch {
        let codes: Vec<&str> = despatch.holds.iter().map(|hold| hold.code.as_str()).collect();
        let pointless = Pointless::of(&despatch.planned, &codes, history);
        HeldDespatch { despatch: despatch.id, pointless }
    }

    /// The hold, if it is moot on this day.
    pub(super) fn on(&self, case_id: &CaseId, today: NaiveDate) -> Option<MootHold> {
        let why = self.pointless.on(today)?;
        Some(MootHold { despatch: self.despatch, case_id: case_id.clone(), why })
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
        found.extend(
            history.and_then(|history| HeldDespatch::of(despatch, history).on(&despatch.case_id, today)),
        );
    }
    Ok(found)
}
