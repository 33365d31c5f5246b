//! Enters: the packs that an office uses at once, the staff's decisions about them, and the day. Leaves: that cases may be
//! taken, and once each pack under which none can begin. Never: lets one pack that may not be used stop the cases of the
//! others: the healthcare teams' copies of one depend on no other.

use super::with_waiting_reports;
use crate::office::Office;
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::PackId;
use despatch_process::PackRecord;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// Which packs may not be used, as far as that was told.
#[derive(Debug, Default)]
pub struct PacksToday {
    told: Mutex<BTreeSet<PackId>>,
}

impl PacksToday {
    /// Returns the fault of each pack for new cases that may not be used today, and was not told yet.
    ///
    /// # Errors
    /// None may be used.
    pub fn check(
        &self,
        office: &Office,
        records: &BTreeMap<PackId, PackRecord>,
        today: NaiveDate,
    ) -> Result<Vec<Fault>, Fault> {
        let used = office.config.packs();
        let fault = |id: &PackId| office.packs.permitted(id, records.get(id), today).err();
        let unfit: Vec<(PackId, Fault)> =
            used.iter().filter_map(|id| Some((id.clone(), with_waiting(office, fault(id)?)))).collect();
        if let (true, Some((_, first))) = (unfit.len() == used.len(), unfit.first()) {
            return Err(first.clone());
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let now: BTreeSet<PackId> = unfit.iter().map(|(id, _)| id.clone()).collect();
        let before = std::mem::replace(&mut *told, now);
        Ok(unfit.into_iter().filter(|(id, _)| !before.contains(id)).map(|(_, fault)| fault).collect())
    }
}

fn with_waiting(office: &Office, fault: Fault) -> Fault {
    with_waiting_reports(office.intake().inbox(), &office.places, fault)
}
