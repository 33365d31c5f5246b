//! Enters: the packs, the decisions of staff, and the day. Leaves: the packs in use that may not be used, with the
//! cases under them, and those whose adoption soon ends. Never: changes anything.

use chrono::{NaiveDate, TimeDelta};
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, PackId, date_words};
use despatch_ledger::{Ledger, LedgerError, OnRecord, State};
use despatch_process::{CaseState, History, Packs};
use std::collections::BTreeMap;

/// The notice of an adoption that ends: two people need time to review the pack. Our own choice.
const NOTICE: TimeDelta = TimeDelta::days(30);

/// A case and the pack that applies to it.
pub struct Case {
    pub id: CaseId,
    pub pack: PackId,
    /// Whether more may be made of it: its process has not ended, or a despatch is unsent.
    pub open: bool,
}

/// Returns every case on record, in order of receipt.
///
/// # Errors
/// The ledger cannot be read.
pub fn cases(ledger: &mut Ledger) -> Result<Vec<Case>, LedgerError> {
    let mut cases = Vec::new();
    for id in ledger.cases()? {
        let events = ledger.case_events(&id)?;
        let Some(pack) = events.last().map(|event| event.pack.clone()) else { continue };
        let unsent = events.iter().flat_map(|event| &event.despatches).any(|despatch| {
            !matches!(despatch.state, State::Sent | State::Returned | State::Superseded | State::Cancelled)
        });
        let history = History { events: events.iter().map(OnRecord::past).collect(), ..History::default() };
        cases.push(Case { id, pack, open: unsent || CaseState::of(&history).ended().is_none() });
    }
    Ok(cases)
}

/// The packs in use: those for new cases, and those of open cases.
fn in_use(ledger: &mut Ledger, used: &[PackId]) -> Result<BTreeMap<PackId, Vec<CaseId>>, LedgerError> {
    let mut packs: BTreeMap<PackId, Vec<CaseId>> = used.iter().map(|id| (id.clone(), Vec::new())).collect();
    for case in cases(ledger)?.into_iter().filter(|case| case.open) {
        packs.entry(case.pack).or_default().push(case.id);
    }
    Ok(packs)
}

/// Returns the packs in use that may not be used on `today`, each with its cases.
///
/// # Errors
/// The ledger cannot be read.
pub fn unfit(
    ledger: &mut Ledger,
    packs: &Packs,
    used: &[PackId],
    today: NaiveDate,
) -> Result<Vec<Fault>, LedgerError> {
    let records = ledger.packs()?;
    let mut faults = Vec::new();
    for (id, cases) in in_use(ledger, used)? {
        let Err(fault) = packs.permitted(&id, records.get(&id), today) else { continue };
        // A missing pack in the settings is reported where they are read.
        if used.contains(&id) && packs.get(&id).is_some() {
            let cause = format!("it is a pack for new cases, and may not be used: {}", fault.cause);
            faults.push(Fault { cause, ..fault.clone() });
        }
        if !cases.is_empty() {
            let names: Vec<&str> = cases.iter().map(CaseId::as_str).collect();
            let cause = format!("open cases are under it, and it may not be used: {}", names.join(", "));
            let mut cure = "move each: `despatch policy move CASE PACK --reason REASON`".to_owned();
            if fault.code == "pack.not_adopted" {
                cure.push_str(&format!("; or {}", fault.cure));
            }
            faults.push(Fault::new(fault.at, "pack.cases", cause, cure));
        }
    }
    Ok(faults)
}

/// Returns a warning for each adoption in use that ends soon.
///
/// # Errors
/// The ledger cannot be read.
pub fn ending_soon(
    ledger: &mut Ledger,
    packs: &Packs,
    used: &[PackId],
    today: NaiveDate,
) -> Result<Vec<String>, LedgerError> {
    let records = ledger.packs()?;
    let mut warnings = Vec::new();
    for id in in_use(ledger, used)?.into_keys() {
        let in_force = packs.get(&id).is_some_and(|pack| packs.is_in_force(pack, today));
        let adoption = records.get(&id).and_then(|record| record.adoption.as_ref());
        if let Some(adoption) = adoption
            .filter(|adoption| !in_force && adoption.expires >= today && adoption.expires - today <= NOTICE)
        {
            warnings.push(format!(
                "the adoption of policy pack {id} ends on {}: after that nothing is processed or sent under it; \
                 to go on, two members of staff adopt it again",
                date_words(adoption.expires)
            ));
        }
    }
    Ok(warnings)
}
