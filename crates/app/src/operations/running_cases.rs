//! Enters: the cases in which something may run or wait. Leaves: the digest of each, kept or made of its events; those that
//! were made are kept for the next reader, and a case at rest is left out from then on. Never: reads the events of a case
//! whose digest was kept, or keeps one of a case in which something has happened meanwhile.

use super::Failure;
use super::case_digest::CaseDigest;
use despatch_core::words::CaseId;
use despatch_ledger::{Ledger, Looked};

/// Reads cases as the record stands after one event, and remembers what it made of them.
#[derive(Debug)]
pub(super) struct CaseReader {
    as_of: i64,
    looked: Vec<(CaseId, Looked)>,
}

impl CaseReader {
    /// Begins, before the first case is read.
    pub(super) fn of(ledger: &mut Ledger) -> Result<Self, Failure> {
        let as_of = ledger.tail()?.map_or(0, |(number, _)| number);
        Ok(Self { as_of, looked: Vec::new() })
    }

    /// Returns the digest of a case.
    pub(super) fn read(&mut self, ledger: &mut Ledger, case: &CaseId) -> Result<CaseDigest, Failure> {
        match ledger.digest_of(case)?.as_deref().and_then(CaseDigest::read) {
            Some(kept) => Ok(kept),
            None => self.make(ledger, case),
        }
    }

    fn make(&mut self, ledger: &mut Ledger, case: &CaseId) -> Result<CaseDigest, Failure> {
        let digest = CaseDigest::of(&ledger.case_events(case)?);
        self.looked.extend(digest.looked().map(|looked| (case.clone(), looked)));
        Ok(digest)
    }

    /// Has the ledger keep what was made.
    pub(super) fn keep(self, ledger: &mut Ledger) -> Result<(), Failure> {
        Ok(ledger.note_found(&self.looked, self.as_of)?)
    }
}

/// Returns the digest of one case.
pub(super) fn digest_of(ledger: &mut Ledger, case: &CaseId) -> Result<CaseDigest, Failure> {
    let mut reader = CaseReader::of(ledger)?;
    let digest = reader.read(ledger, case)?;
    reader.keep(ledger)?;
    Ok(digest)
}

/// Goes through the running cases that are `wanted`, in order of arrival.
pub(super) fn each_running(
    ledger: &mut Ledger,
    wanted: impl Fn(&CaseId) -> bool,
    mut take: impl FnMut(&mut Ledger, CaseId, CaseDigest) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut reader = CaseReader::of(ledger)?;
    for case in ledger.running_cases()?.into_iter().filter(|case| wanted(&case.case_id)) {
        let digest = match case.digest.as_deref().and_then(CaseDigest::read) {
            Some(kept) => kept,
            None => reader.make(ledger, &case.case_id)?,
        };
        take(ledger, case.case_id, digest)?;
    }
    reader.keep(ledger)
}

/// Returns the cases whose digest is not what their events make of it, although nothing has happened in them since.
///
/// # Errors
/// The ledger cannot be read.
pub(super) fn with_wrong_digest(ledger: &mut Ledger) -> Result<Vec<CaseId>, Failure> {
    let as_of = ledger.tail()?.map_or(0, |(number, _)| number);
    let mut wrong = Vec::new();
    for case in ledger.running_cases()? {
        let Some(kept) = case.digest.as_deref().and_then(CaseDigest::read) else { continue };
        if kept != CaseDigest::of(&ledger.case_events(&case.case_id)?) {
            wrong.push(case.case_id);
        }
    }
    let touched = ledger.cases_touched_since(as_of)?;
    wrong.retain(|case| !touched.contains(case));
    Ok(wrong)
}
