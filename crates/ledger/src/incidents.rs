//! Enters: what went to the wrong person, and what people did about it. Leaves: events, and how each incident stands
//! by them; which entries of the directory are frozen. Never: keeps a table of its own: the events say it all.

use super::chain::{Chain, Event, read_kinds};
use super::despatch::{Despatch, DespatchId, Hold};
use super::ledger::{Ledger, LedgerError};
use crate::connection::{LedgerConnection, begin_write};
use chrono::{DateTime, TimeDelta, Utc};
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, EntryId};
use despatch_settings::Staff;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A breach is reported within 72 hours after the controller has become aware of it (UK GDPR, article 33(1)).
const REPORT_WITHIN: TimeDelta = TimeDelta::hours(72);

/// The events of incidents and of frozen entries.
const OPENED: &str = "incident_opened";
const FROZEN: &str = "frozen";
const UNFREEZE_PROPOSED: &str = "unfreeze_proposed";
const UNFROZEN: &str = "unfrozen";

/// What is done about an incident, in any order; closing ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// To the Information Commissioner, or decided with reasons that it need not be (article 33(1)).
    Reported,
    /// The wrong recipient confirmed that they deleted it.
    Deleted,
    /// The letter that asks for it was made.
    LetterMade,
    Closed,
}

impl Step {
    const ALL: [Step; 4] = [Step::Reported, Step::Deleted, Step::LetterMade, Step::Closed];

    fn what(self) -> &'static str {
        match self {
            Step::Reported => "incident_reported",
            Step::Deleted => "incident_deleted",
            Step::LetterMade => "incident_letter",
            Step::Closed => "incident_closed",
        }
    }

    /// The step in words.
    pub fn words(self) -> &'static str {
        match self {
            Step::Reported => "reported",
            Step::Deleted => "deletion confirmed",
            Step::LetterMade => "letter made",
            Step::Closed => "closed",
        }
    }
}

/// The number of an incident, as people type it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IncidentId(pub u32);

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for IncidentId {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| "the number of an incident, such as 3")
    }
}

/// What somebody did about an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Act {
    pub step: Step,
    pub at: DateTime<Utc>,
    pub by: String,
    pub text: String,
}

/// One despatch that went to the wrong person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Incident {
    pub number: IncidentId,
    /// `None` where an entry was frozen to which nothing of the case has gone.
    pub despatch: Option<DespatchId>,
    pub case_id: CaseId,
    /// The entry that was frozen.
    pub entry: Option<EntryId>,
    pub opened_at: DateTime<Utc>,
    pub by: String,
    pub text: String,
    /// When the office became aware of it: the clock of article 33 begins.
    pub aware_at: DateTime<Utc>,
    pub report_by: DateTime<Utc>,
    pub acts: Vec<Act>,
}

impl Incident {
    /// The first act of this kind.
    pub fn act(&self, step: Step) -> Option<&Act> {
        self.acts.iter().find(|act| act.step == step)
    }

    /// Whether the clock of article 33 still runs.
    pub fn clock_runs(&self) -> bool {
        self.act(Step::Reported).is_none() && self.act(Step::Closed).is_none()
    }
}

/// An entry to which nothing goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Frozen {
    pub incident: u64,
    pub by: String,
    /// Who asks that it be unfrozen; a second person decides.
    pub unfreeze: Option<String>,
}

/// What came of asking to unfreeze an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfrozen {
    Proposed,
    Confirmed,
}

impl Ledger {
    /// Opens an incident of a case, and freezes the entry: the one that the despatch went to, or another.
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
        let connection = &mut self.connection;
        let number = self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            let number = read_kinds(&mut tx, &[OPENED]).await?.len() + 1;
            let mut chain = Chain::new(now.at, by.id.as_str());
            let detail = json!({
                "despatch": despatch, "case_id": case_id, "entry": entry, "text": text, "aware_at": aware_at,
            });
            chain.append(&mut tx, &format!("incident {number}"), OPENED, detail).await?;
            if let Some(entry) = entry {
                let detail = json!({ "incident": number });
                chain.append(&mut tx, &format!("entry {entry}"), FROZEN, detail).await?;
            }
            tx.commit().await?;
            Ok::<_, LedgerError>(number)
        })?;
        self.incident(IncidentId(u32::try_from(number).unwrap_or(u32::MAX)))
    }

    /// Every incident, oldest first.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn incidents(&mut self) -> Result<Vec<Incident>, LedgerError> {
        let kinds: Vec<&str> = std::iter::once(OPENED).chain(Step::ALL.map(Step::what)).collect();
        let mut incidents: BTreeMap<IncidentId, Incident> = BTreeMap::new();
        for event in self.events_of(&kinds)? {
            let Some(number) = number(&event) else { continue };
            match Step::ALL.into_iter().find(|step| step.what() == event.what) {
                None => {
                    incidents.extend(opened(&event, number).map(|incident| (number, incident)));
                }
                Some(step) => {
                    if let (Some(incident), Some(at)) = (incidents.get_mut(&number), moment(&event.at)) {
                        let text = text(&event, "text");
                        incident.acts.push(Act { step, at, by: event.actor.clone(), text });
                    }
                }
            }
        }
        Ok(incidents.into_values().collect())
    }

    /// One incident.
    ///
    /// # Errors
    /// There is none of that number.
    pub fn incident(&mut self, number: IncidentId) -> Result<Incident, LedgerError> {
        self.incidents()?.into_iter().find(|one| one.number == number).ok_or_else(|| {
            let cure = "look it up with `despatch incident list`";
            let at = format!("incident {number}");
            LedgerError::Refused(Fault::new(at, "incident.unknown", "there is no such incident", cure))
        })
    }

    /// Records what was done about an incident. Only a reviewer closes one.
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
        let incident = self.incident(number)?;
        let at = format!("incident {number}");
        let refuse =
            |code, cause: &str, cure: &str| Err(LedgerError::Refused(Fault::new(&at, code, cause, cure)));
        if let Some(closed) = incident.act(Step::Closed) {
            let cause = format!("{} has closed it", closed.by);
            return refuse("incident.closed", &cause, "open another one if something new came to light");
        }
        if step == Step::Closed && !by.reviewer {
            let cause = format!("{} is not a reviewer, and a reviewer closes an incident", by.id);
            return refuse("incident.not_reviewer", &cause, "ask a reviewer to close it");
        }
        self.note(&at, step.what(), json!({ "text": text }), by, now)?;
        self.incident(number)
    }

    /// The entries to which nothing goes.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn frozen(&mut self) -> Result<BTreeMap<EntryId, Frozen>, LedgerError> {
        let connection = &mut self.connection;
        Ok(self.runtime.block_on(frozen(connection))?)
    }

    /// What froze entries because of these incidents, and unfroze them.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn freezes(&mut self, incidents: &[IncidentId]) -> Result<Vec<Event>, LedgerError> {
        let of_these = |event: &Event| {
            let number = event.detail.get("incident").and_then(Value::as_u64);
            number.is_some_and(|number| incidents.iter().any(|one| u64::from(one.0) == number))
        };
        let mut events = self.events_of(&[FROZEN, UNFREEZE_PROPOSED, UNFROZEN])?;
        events.retain(of_these);
        Ok(events)
    }

    /// Unfreezes an entry: one person proposes it, and a second one does the same.
    ///
    /// # Errors
    /// It is not frozen, or the same person asks twice.
    pub fn unfreeze(
        &mut self,
        entry: &EntryId,
        reason: &str,
        by: &Staff,
        now: Moment,
    ) -> Result<Unfrozen, LedgerError> {
        let at = format!("entry {entry}");
        let refuse =
            |code, cause: String, cure: &str| Err(LedgerError::Refused(Fault::new(&at, code, cause, cure)));
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            let Some(known) = frozen(&mut tx).await?.remove(entry) else {
                let cure = "look at `despatch incident list`";
                return refuse("incident.not_frozen", "it is not frozen".to_owned(), cure);
            };
            let (what, came) = match &known.unfreeze {
                None => (UNFREEZE_PROPOSED, Unfrozen::Proposed),
                Some(first) if *first == by.id.as_str() => {
                    let cause = format!("{} has asked for it already, and two different people must", by.id);
                    return refuse("incident.same_person", cause, "ask a second member of staff");
                }
                Some(_) => (UNFROZEN, Unfrozen::Confirmed),
            };
            let detail = json!({ "reason": reason, "incident": known.incident, "with": known.unfreeze });
            Chain::new(now.at, by.id.as_str()).append(&mut tx, &at, what, detail).await?;
            tx.commit().await?;
            Ok(came)
        })
    }
}

/// The entries to which nothing goes, by the events.
pub(super) async fn frozen(connection: &mut LedgerConnection) -> sqlx::Result<BTreeMap<EntryId, Frozen>> {
    let mut entries = BTreeMap::new();
    for event in read_kinds(connection, &[FROZEN, UNFREEZE_PROPOSED, UNFROZEN]).await? {
        let Some(entry) = event.subject.strip_prefix("entry ").and_then(|id| id.parse::<EntryId>().ok())
        else {
            continue;
        };
        let incident = event.detail.get("incident").and_then(Value::as_u64).unwrap_or_default();
        match event.what.as_str() {
            FROZEN => {
                entries.insert(entry, Frozen { incident, by: event.actor, unfreeze: None });
            }
            UNFROZEN => drop(entries.remove(&entry)),
            _ => {
                if let Some(known) = entries.get_mut(&entry) {
                    known.unfreeze = Some(event.actor);
                }
            }
        }
    }
    Ok(entries)
}

/// What holds a despatch for a frozen entry.
pub(super) fn frozen_hold(despatch: &Despatch, frozen: &BTreeMap<EntryId, Frozen>) -> Option<Hold> {
    let entry = despatch.recipient.entry.as_ref()?;
    let known = frozen.get(entry)?;
    let words = format!(
        "{entry} is frozen since incident {}: two members of staff unfreeze it (`despatch incident unfreeze`)",
        known.incident
    );
    Some(Hold { code: "frozen".to_owned(), words, remake: false })
}

fn number(event: &Event) -> Option<IncidentId> {
    event.subject.strip_prefix("incident ")?.parse().ok()
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    text.parse().ok()
}

fn text(event: &Event, field: &str) -> String {
    event.detail.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn opened(event: &Event, number: IncidentId) -> Option<Incident> {
    let aware_at = moment(&text(event, "aware_at"))?;
    Some(Incident {
        number,
        despatch: text(event, "despatch").parse().ok(),
        case_id: text(event, "case_id").parse().ok()?,
        entry: text(event, "entry").parse().ok(),
        opened_at: moment(&event.at)?,
        by: event.actor.clone(),
        text: text(event, "text"),
        aware_at,
        report_by: aware_at + REPORT_WITHIN,
        acts: Vec::new(),
    })
}
