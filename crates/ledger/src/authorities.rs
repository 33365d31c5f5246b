//! Enters: a member of staff saw a representative's authority for a case. Leaves: it recorded, and what is recorded.
//! Never: takes an authority from a case file.

use crate::despatch::{Despatch, State};
use crate::directory::{subject, unknown};
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::event_log;
use crate::events::{AuthorityEvent, Event, LedgerEvent, Subject};
use crate::ledger::Ledger;
use crate::queries::directory::load_entry;
use chrono::NaiveDate;
use chrono_tz::Europe::London;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, EntryId, Role, date_words};
use despatch_guards::Guard;
use despatch_guards::authority::Seen;
use despatch_settings::Staff;
use std::collections::BTreeMap;

/// The code of the event that records an authority.
const RECORDED: &str = "authority_recorded";

/// Returns the subject of events about the authorities for a case.
pub fn authority_subject(case: &CaseId) -> String {
    Subject::Authority(case.clone()).to_string()
}

impl Ledger {
    /// Records that a member of staff saw a representative's authority for a case.
    ///
    /// # Errors
    /// The entry is unknown or has another role, or the authority is dated in the future.
    pub fn record_authority(
        &mut self,
        entry: &EntryId,
        case: &CaseId,
        dated: NaiveDate,
        by: &Staff,
        now: Moment,
    ) -> Result<(), LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let known = load_entry(tx.connection(), entry).await?.ok_or_else(|| unknown(entry))?;
            let refuse =
                |code, cause: String, cure: &str| Err(Fault::new(subject(entry), code, cause, cure).into());
            if known.role != Role::Representative {
                let cause =
                    format!("it is a {}, and a person authorises a representative", known.role.label());
                return refuse("authority.role", cause, "name the representative's entry");
            }
            if dated > now.today {
                let cause = format!("{} is yet to come", date_words(dated));
                return refuse("authority.future", cause, "give the date that stands on the authority");
            }
            let recorded = AuthorityEvent::Recorded { entry: entry.clone(), dated };
            tx.record(LedgerEvent::Authority(case.clone(), recorded)).await
        })
    }

    /// Returns the recorded authorities of one representative, by case.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn authorities_of(&mut self, entry: &EntryId) -> Result<BTreeMap<CaseId, Seen>, LedgerError> {
        let mut found = BTreeMap::new();
        for event in self.events_of(&[RECORDED])? {
            if let Some((case, of, seen)) = read(&event)
                && of == *entry
            {
                found.insert(case, seen);
            }
        }
        Ok(found)
    }
}

/// Returns the authorities recorded for a case: those that staff recorded, and otherwise those that a reviewer
/// confirmed on one of these despatches, unless it was returned or cancelled.
pub(super) async fn authorities(
    connection: &mut LedgerConnection,
    case: &CaseId,
    despatches: &[Despatch],
) -> Result<BTreeMap<EntryId, Seen>, LedgerError> {
    let counts = |one: &&Despatch| !matches!(one.state, State::Returned | State::Cancelled);
    let confirmed = despatches.iter().filter(counts).filter_map(|despatch| {
        let approval = despatch.approval.as_ref().filter(|one| one.confirmed.contains(&Guard::Authority))?;
        let on = approval.at.with_timezone(&London).date_naive();
        Some((despatch.recipient.entry.clone()?, Seen { dated: None, by: approval.by.clone(), on }))
    });
    let mut found: BTreeMap<EntryId, Seen> = confirmed.collect();
    let recorded = event_log::read(connection, Some(&authority_subject(case))).await?;
    found.extend(recorded.iter().filter_map(read).map(|(_, entry, seen)| (entry, seen)));
    Ok(found)
}

fn read(event: &Event) -> Option<(CaseId, EntryId, Seen)> {
    let LedgerEvent::Authority(case, AuthorityEvent::Recorded { entry, dated }) = &event.happened else {
        return None;
    };
    let seen = Seen { dated: Some(*dated), by: event.actor.parse().ok()?, on: event.day() };
    Some((case.clone(), entry.clone(), seen))
}
