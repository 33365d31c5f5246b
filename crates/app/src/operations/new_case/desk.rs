//! Enters: an office, its ledger and a case's id. Leaves: choices and defaults: places, directory entries, standards,
//! and what is on record. Never: offers personal data of the detained person: none is on record.

use crate::office::Office;
use chrono::NaiveDate;
use despatch_core::words::{CaseId, EventId, PackId, Role};
use despatch_ledger::{Ledger, LedgerError, OnRecord};
use despatch_process::case::EventName;
use despatch_process::{Fact, Recorded};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A list to choose from: each word with its label.
pub type Options = Vec<(String, String)>;

/// The choices that an office offers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Desk {
    /// The day, for what is typed as today or yesterday.
    pub today: NaiveDate,
    /// The entries of the directory: role, id and words.
    pub people: Vec<(Role, String, String)>,
    /// The places of detention.
    pub places: Options,
    /// The standards of the pack in force.
    pub standards: Options,
}

/// What is on record of one case.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OnFile {
    /// The default at each pointer.
    pub offers: BTreeMap<String, String>,
    /// The ids of the events on record.
    pub event_ids: BTreeSet<String>,
    /// The SHA-256 of the latest case file of each of them, which a correction names.
    pub files: BTreeMap<String, String>,
    /// The standards of the case's pack, if the case is on record: a case keeps its pack.
    pub standards: Option<Options>,
}

impl Desk {
    /// Collects the choices of an office.
    pub fn of(office: &Office, today: NaiveDate) -> Desk {
        let people = office.directory.entries().iter().map(|entry| {
            let words = format!("{}, {}", entry.name, entry.organisation);
            (entry.role, entry.id.to_string(), words)
        });
        let places = office
            .places
            .iter()
            .map(|place| (place.id.to_string(), format!("{} ({})", place.name, place.kind.label())));
        Desk {
            today,
            people: people.collect(),
            places: places.collect(),
            standards: office.config.packs().iter().flat_map(|pack| standards_of(office, pack)).collect(),
        }
    }

    /// Returns the entries of one role.
    pub fn of_role(&self, role: Role) -> Options {
        let found = self.people.iter().filter(|(of, ..)| *of == role);
        found.map(|(_, id, words)| (id.clone(), words.clone())).collect()
    }
}

/// Returns the standards of a pack.
fn standards_of(office: &Office, pack: &PackId) -> Options {
    let rules = office.packs.get(pack).and_then(|pack| pack.second_opinion());
    let standards = rules.into_iter().flat_map(|rules| &rules.standards.list);
    standards.map(|one| (one.id.to_string(), one.title.clone())).collect()
}

/// Turns words and their labels into a list to choose from.
pub fn options(words: &[(&str, &str)]) -> Options {
    words.iter().map(|(word, words)| ((*word).to_owned(), (*words).to_owned())).collect()
}

impl OnFile {
    /// Returns what the ledger knows of a case, as defaults for a further event.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn of(
        office: &Office,
        ledger: &mut Ledger,
        case: &CaseId,
        event: EventName,
    ) -> Result<OnFile, LedgerError> {
        Self::before(office, ledger, case, event, None)
    }

    /// As [`OnFile::of`], of what was on record before a certain event of the case, if that is on record itself: so that
    /// whoever prepares the event again has the same defaults.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn before(
        office: &Office,
        ledger: &mut Ledger,
        case: &CaseId,
        event: EventName,
        own: Option<&EventId>,
    ) -> Result<OnFile, LedgerError> {
        let mut on_record = ledger.case_events(case)?;
        let is_own = |one: &OnRecord| own.is_some_and(|own| one.recorded.event_id == *own);
        if let Some(first) = on_record.iter().filter(|one| is_own(one)).map(|one| one.submission).min() {
            on_record.retain(|one| one.submission < first);
        }
        let pack = on_record.iter().max_by_key(|event| event.submission).map(|event| &event.pack);
        let mut file = OnFile { standards: pack.map(|pack| standards_of(office, pack)), ..OnFile::default() };
        let events: Vec<Recorded> = on_record.into_iter().map(|event| event.recorded).collect();
        file.event_ids.extend(events.iter().map(|event| event.event_id.to_string()));
        for event in &events {
            if let Some(latest) = ledger.latest_file(&event.event_id)? {
                file.files.insert(event.event_id.to_string(), latest.sha256.to_string());
            }
        }
        let Some(last) = events.last() else { return Ok(file) };
        let mut offer = |at: &str, value: String| drop(file.offers.insert(at.to_owned(), value));
        offer("/detention/since", last.detained_since.to_string());
        if event == EventName::Transferred {
            offer("/event/from", last.place.to_string());
        } else {
            offer("/detention/place", last.place.to_string());
        }
        match &last.representative {
            Some(entry) if event == EventName::RepresentativeChanged => {
                offer("/event/previous", entry.to_string())
            }
            Some(entry) => {
                offer("/representative", "yes".to_owned());
                offer("/representative/entry", entry.to_string());
            }
            None => {}
        }
        let booked = events.iter().rev().find_map(|event| match &event.fact {
            Fact::AppointmentConfirmed(booked) => Some(booked),
            _ => None,
        });
        if let Some(booked) = booked {
            offer("/event/doctor/entry", booked.doctor.to_string());
            offer("/event/referred_on", booked.referred_on.to_string());
            if event == EventName::AssessmentOutcome {
                offer("/event/date", booked.date.to_string());
            }
        }
        Ok(file)
    }
}
