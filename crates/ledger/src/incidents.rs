//! Enters: what went to the wrong person, and what people did about it. Leaves: events, the incidents that follow from
//! them, and the frozen entries. Never: has a table of its own: the events say it all.

use crate::despatch::{Despatch, Hold, State};
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::event_log;
use crate::events::{DespatchEvent, EntryEvent, Event, HoldCause, IncidentEvent, LedgerEvent};
use crate::four_eyes::{Matter, second};
use crate::ids::{DespatchId, IncidentId};
use crate::ledger::Ledger;
use crate::queries::despatches::unsent_for_entry;
use crate::transact::Transaction;
use chrono::{DateTime, TimeDelta, Utc};
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, EntryId};
use despatch_settings::Staff;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A breach is reported within 72 hours after the controller became aware of it (UK GDPR, article 33(1)).
const REPORT_WITHIN: TimeDelta = TimeDelta::hours(72);

/// The events that freeze and unfreeze entries.
const OF_FREEZING: [&str; 3] = ["frozen", "unfreeze_proposed", "unfrozen"];

/// The events of incidents.
const OF_INCIDENTS: [&str; 5] =
    ["incident_opened", "incident_reported", "incident_deleted", "incident_letter", "incident_closed"];

/// A step taken on an incident, in any order; closing ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Reported to the Information Commissioner, or a reasoned decision not to (article 33(1)).
    Reported,
    /// The wrong recipient confirmed deletion.
    Deleted,
    /// The letter that asks for deletion was made.
    LetterMade,
    Closed,
}

impl Step {
    /// Returns the event of this step.
    fn happened(self, text: &str) -> IncidentEvent {
        let text = text.to_owned();
        match self {
            Step::Reported => IncidentEvent::Reported { text },
            Step::Deleted => IncidentEvent::Deleted { text },
            Step::LetterMade => IncidentEvent::LetterMade { text },
            Step::Closed => IncidentEvent::Closed { text },
        }
    }

    /// Returns the label that people read.
    pub fn label(self) -> &'static str {
        match self {
            Step::Reported => "reported",
            Step::Deleted => "deletion confirmed",
            Step::LetterMade => "letter made",
            Step::Closed => "closed",
        }
    }
}

/// A step that somebody took on an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Act {
    pub step: Step,
    pub at: DateTime<Utc>,
    pub by: String,
    pub text: String,
}

/// A despatch that went to the wrong person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Incident {
    pub number: IncidentId,
    /// `None` if an entry was frozen to which nothing of the case was sent.
    pub despatch: Option<DespatchId>,
    pub case_id: CaseId,
    /// The entry that was frozen.
    pub entry: Option<EntryId>,
    pub opened_at: DateTime<Utc>,
    pub by: String,
    pub text: String,
    /// When the office became aware of it, which starts the clock of article 33.
    pub aware_at: DateTime<Utc>,
    pub report_by: DateTime<Utc>,
    pub acts: Vec<Act>,
}

impl Incident {
    /// Returns the first act of this kind.
    pub fn act(&self, step: Step) -> Option<&Act> {
        self.acts.iter().find(|act| act.step == step)
    }

    /// Returns whether the clock of article 33 still runs.
    pub fn clock_runs(&self) -> bool {
        self.act(Step::Reported).is_none() && self.act(Step::Closed).is_none()
    }
}

/// An entry to which nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Frozen {
    pub incident: u64,
    pub by: String,
    /// Who proposed to unfreeze it; a second person decides.
    pub unfreeze: Option<String>,
}

/// The outcome of a request to unfreeze an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfrozen {
    Proposed,
    Confirmed,
}

impl Ledger {
    /// Opens an incident of a case and freezes the given entry.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn open_incident(
        &mut self,
        (case_id, despatch, entry): (&CaseId, Option<DespatchId>, Option<&EntryId>),
        text: &str,
        aware_at: DateTime<Utc>,
        by: &Staff,
        now: Moment,
    ) -> Result<Incident, LedgerError> {
        let number = self.transact(by.id.as_str(), now.at, async |tx| {
            let before = event_log::read_kinds(tx.connection(), &OF_INCIDENTS[..1]).await?.len();
            let number = IncidentId(u32::try_from(before + 1).unwrap_or(u32::MAX));
            let opened = IncidentEvent::Opened {
                despatch,
                case_id: case_id.clone(),
                entry: entry.cloned(),
                text: text.to_owned(),
                aware_at,
            };
            tx.record(LedgerEvent::Incident(number, opened)).await?;
            if let Some(entry) = entry {
                let frozen = EntryEvent::Frozen { incident: number.0.into() };
                tx.record(LedgerEvent::Entry(entry.clone(), frozen)).await?;
            }
            Ok::<_, LedgerError>(number)
        })?;
        self.incident(number)
    }

    /// Returns every incident, oldest first.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn incidents(&mut self) -> Result<Vec<Incident>, LedgerError> {
        self.ask(incidents)
    }

    /// Returns one incident.
    ///
    /// # Errors
    /// There is none of that number.
    pub fn incident(&mut self, number: IncidentId) -> Result<Incident, LedgerError> {
        let found = self.incidents()?.into_iter().find(|one| one.number == number);
        found.ok_or_else(|| unknown(number))
    }

    /// Records a step on an incident. Only a reviewer may close one.
    ///
    /// # Errors
    /// There is none of that number, it is closed, or this person may not close it.
    pub fn act_on_incident(
        &mut self,
        number: IncidentId,
        step: Step,
        text: &str,
        by: &Staff,
        now: Moment,
    ) -> Result<Incident, LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let all = incidents(tx.connection()).await?;
            let incident = all.iter().find(|one| one.number == number).ok_or_else(|| unknown(number))?;
            let at = format!("incident {number}");
            if let Some(closed) = incident.act(Step::Closed) {
                let cause = format!("{} has closed it", closed.by);
                let cure = "open another one if something new came to light";
                return Err(Fault::new(at, "incident.closed", cause, cure).into());
            }
            if step == Step::Closed && !by.reviewer {
                let cause = format!("{} is not a reviewer, and a reviewer closes an incident", by.id);
                return Err(
                    Fault::new(at, "incident.not_reviewer", cause, "ask a reviewer to close it").into()
                );
            }
            tx.record(LedgerEvent::Incident(number, step.happened(text))).await
        })?;
        self.incident(number)
    }

    /// Returns the frozen entries.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn frozen(&mut self) -> Result<BTreeMap<EntryId, Frozen>, LedgerError> {
        self.ask(frozen)
    }

    /// Returns the events by which these incidents froze and unfroze entries.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn freezes(&mut self, incidents: &[IncidentId]) -> Result<Vec<Event>, LedgerError> {
        let of_these = |event: &Event| match &event.happened {
            LedgerEvent::Entry(_, happened) => happened
                .incident()
                .is_some_and(|number| incidents.iter().any(|one| u64::from(one.0) == number)),
            _ => false,
        };
        let mut events = self.events_of(&OF_FREEZING)?;
        events.retain(of_these);
        Ok(events)
    }

    /// Unfreezes an entry: one person proposes it, a second confirms.
    ///
    /// # Errors
    /// The entry is not frozen, or the same person asks twice.
    pub fn unfreeze(
        &mut self,
        entry: &EntryId,
        reason: &str,
        by: &Staff,
        now: Moment,
    ) -> Result<Unfrozen, LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let Some(known) = frozen(tx.connection()).await?.remove(entry) else {
                let (at, cause) = (format!("entry {entry}"), "it is not frozen");
                return Err(
                    Fault::new(at, "incident.not_frozen", cause, "look at `despatch incident list`").into()
                );
            };
            let (reason, incident) = (reason.to_owned(), known.incident);
            let (happened, came) = match known.unfreeze {
                None => (EntryEvent::UnfreezeProposed { reason, incident }, Unfrozen::Proposed),
                Some(with) => {
                    second(Matter::Unfreezing(entry), &by.id, [with.as_str()])?;
                    (EntryEvent::Unfrozen { reason, incident, with }, Unfrozen::Confirmed)
                }
            };
            tx.record(LedgerEvent::Entry(entry.clone(), happened)).await?;
            if came == Unfrozen::Confirmed {
                hold_approved(tx, entry, incident).await?;
            }
            Ok(came)
        })
    }
}

/// Holds what was approved for an entry before it was frozen: whoever approved it did not know of the incident (F9).
async fn hold_approved(tx: &mut Transaction<'_>, entry: &EntryId, incident: u64) -> Result<(), LedgerError> {
    for despatch in unsent_for_entry(tx.connection(), entry).await? {
        if despatch.approval.is_none() && despatch.first_approval.is_none() || despatch.state == State::Held {
            continue;
        }
        let words = format!(
            "it was approved before {entry} was frozen by incident {incident}: release it, and look again"
        );
        let hold = Hold { code: Hold::FROZEN.to_owned(), words, regenerate: false };
        let held = DespatchEvent::Held { holds: vec![hold], cause: HoldCause::EntryChanged };
        tx.record(LedgerEvent::Despatch(despatch.id, held)).await?;
    }
    Ok(())
}

/// Builds every incident from the events.
async fn incidents(connection: &mut LedgerConnection) -> Result<Vec<Incident>, LedgerError> {
    let mut incidents: BTreeMap<IncidentId, Incident> = BTreeMap::new();
    for event in event_log::read_kinds(connection, &OF_INCIDENTS).await? {
        let LedgerEvent::Incident(number, happened) = event.happened else { continue };
        let (at, by) = (event.at, event.actor);
        let (step, text) = match happened {
            IncidentEvent::Opened { despatch, case_id, entry, text, aware_at } => {
                let report_by = aware_at + REPORT_WITHIN;
                let (opened_at, acts) = (at, Vec::new());
                let incident = Incident {
                    number,
                    despatch,
                    case_id,
                    entry,
                    opened_at,
                    by,
                    text,
                    aware_at,
                    report_by,
                    acts,
                };
                incidents.insert(number, incident);
                continue;
            }
            IncidentEvent::Reported { text } => (Step::Reported, text),
            IncidentEvent::Deleted { text } => (Step::Deleted, text),
            IncidentEvent::LetterMade { text } => (Step::LetterMade, text),
            IncidentEvent::Closed { text } => (Step::Closed, text),
        };
        if let Some(incident) = incidents.get_mut(&number) {
            incident.acts.push(Act { step, at, by, text });
        }
    }
    Ok(incidents.into_values().collect())
}

/// The fault of an unknown incident.
fn unknown(number: IncidentId) -> LedgerError {
    let (at, cause) = (format!("incident {number}"), "there is no such incident");
    Fault::new(at, "incident.unknown", cause, "look it up with `despatch incident list`").into()
}

/// Builds the frozen entries from the events.
pub(super) async fn frozen(
    connection: &mut LedgerConnection,
) -> Result<BTreeMap<EntryId, Frozen>, LedgerError> {
    let mut entries = BTreeMap::new();
    for event in event_log::read_kinds(connection, &OF_FREEZING).await? {
        let LedgerEvent::Entry(entry, happened) = event.happened else { continue };
        match happened {
            EntryEvent::Frozen { incident } => {
                entries.insert(entry, Frozen { incident, by: event.actor, unfreeze: None });
            }
            EntryEvent::Unfrozen { .. } => drop(entries.remove(&entry)),
            _ => {
                if let Some(known) = entries.get_mut(&entry) {
                    known.unfreeze = Some(event.actor);
                }
            }
        }
    }
    Ok(entries)
}

/// Returns the hold of a despatch whose entry is frozen.
pub(super) fn frozen_hold(despatch: &Despatch, frozen: &BTreeMap<EntryId, Frozen>) -> Option<Hold> {
    let entry = despatch.recipient.entry.as_ref()?;
    let known = frozen.get(entry)?;
    let words = format!(
        "{entry} is frozen since incident {}: two members of staff unfreeze it (`despatch incident unfreeze`)",
        known.incident
    );
    Some(Hold { code: Hold::FROZEN.to_owned(), words, regenerate: false })
}
