//! Enters: a day. Leaves: whom to telephone about the messages of that day that open with words, the number that the
//! directory has, and what to say. Never: a passphrase, or anything about the detained person.

use super::{Actor, Failure, OpenOffice};
use chrono::NaiveDate;
use despatch_core::words::{CaseId, EntryId, count};
use despatch_ledger::{Despatch, DespatchId, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A request for the calls of a day; today without one.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ListCalls {
    pub on: Option<NaiveDate>,
}

/// The calls of a day.
#[derive(Debug, Serialize)]
pub struct Calls {
    pub on: NaiveDate,
    pub calls: Vec<Call>,
}

/// One call: a recipient, and every message that they need words for.
#[derive(Debug, Serialize)]
pub struct Call {
    pub entry: Option<EntryId>,
    pub recipient: String,
    pub organisation: String,
    /// The number of the directory, which the office had before.
    pub telephone: Option<String>,
    pub messages: Vec<CallMessage>,
    /// What to say.
    pub say: String,
}

/// One message that opens with words.
#[derive(Debug, Serialize)]
pub struct CallMessage {
    pub despatch: DespatchId,
    pub case_id: CaseId,
    /// Whether it has been sent; else it is approved and will be.
    pub sent: bool,
}

/// Lists whom to telephone: for the messages that were sent on the day and that nobody has acknowledged, and, of today, for
/// those that are approved and still to go.
///
/// # Errors
/// The ledger cannot be read; the actor is not on the staff list.
pub fn calls(open: &mut OpenOffice, actor: &Actor, request: ListCalls) -> Result<Calls, Failure> {
    let hidden = open.ledger.hidden_from(Some(&actor.staff()?.id))?;
    let today = open.now().today;
    let on = request.on.unwrap_or(today);
    let mut despatches = open.ledger.unacknowledged()?;
    despatches.retain(|one| one.sent_on == Some(on));
    if on == today {
        despatches.extend(open.ledger.despatches(&[State::Approved, State::Deferred])?);
    }
    despatches.retain(|one| !hidden.contains(&one.case_id));
    despatches.retain(|one| one.message.as_ref().is_some_and(|bound| bound.copy.is_some()));
    let mut calls: BTreeMap<(String, String), Vec<Despatch>> = BTreeMap::new();
    for despatch in despatches {
        let to = &despatch.recipient;
        calls.entry((to.name.clone(), to.address.clone())).or_default().push(despatch);
    }
    let calls = calls.into_values().filter_map(|despatches| call(open, &despatches)).collect();
    Ok(Calls { on, calls })
}

fn call(open: &OpenOffice, despatches: &[Despatch]) -> Option<Call> {
    let first = despatches.first()?;
    let to = &first.recipient;
    let entries = open.office.directory.entries();
    let entry = to.entry.as_ref().and_then(|id| entries.iter().find(|entry| entry.id == *id));
    let team = open.office.config.teams.get(&first.planned.team).map_or("", |team| &team.letterhead.name);
    let say = format!(
        "\u{201c}This is {team}. {} from us to {} {} with nine words. I will read them to you: please write them down, and \
         do not send them by email.\u{201d} Read each word, and have it read back. Nothing about a person is said.",
        match despatches.len() {
            1 => "An email".to_owned(),
            _ => "Emails".to_owned(),
        },
        to.address,
        match despatches.len() {
            1 => "opens",
            _ => "open, each",
        },
    );
    Some(Call {
        entry: to.entry.clone(),
        recipient: to.name.clone(),
        organisation: to.organisation.clone(),
        telephone: entry.and_then(|entry| entry.telephone.clone()),
        messages: despatches
            .iter()
            .map(|one| CallMessage {
                despatch: one.id,
                case_id: one.case_id.clone(),
                sent: one.state == State::Sent,
            })
            .collect(),
        say,
    })
}

impl Calls {
    /// How many calls and messages there are, in words.
    pub fn summary(&self) -> String {
        let messages = self.calls.iter().map(|call| call.messages.len()).sum();
        format!("{} about {}", count(self.calls.len(), "call"), count(messages, "message"))
    }
}
