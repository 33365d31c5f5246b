//! Enters: an entry. Leaves: a letter without content on its way to it, with what the courier said of it on record, and,
//! later, that it could be opened. Never: sends anything of a case.

use super::{HoldView, entry, holds};
use crate::office::Unlock;
use crate::operations::reading::passphrase_in_copy;
use crate::operations::{Actor, Failure, OpenOffice};
use crate::pipeline::trial;
use crate::send::{Courier, Verdict};
use despatch_core::fault::Fault;
use despatch_core::words::EntryId;
use despatch_directory::entry::{Entry, Trial};
use despatch_ledger::{Ledger, LedgerError, subject, write_durably};
use despatch_seal::passphrase::Passphrase;
use serde::{Deserialize, Serialize};

/// What the record calls the delivery of a test message.
const DELIVERY: &str = "trial_delivery";

/// What came of the delivery of a test message.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Delivery {
    message_id: String,
    /// The review key to which the office's own copy is sealed, by its fingerprint.
    review_key: String,
    pub(super) verdict: Verdict,
}

/// A test message that was given to the courier.
#[derive(Debug, Serialize)]
pub struct TestMessageSent {
    #[serde(rename = "entry")]
    pub id: EntryId,
    pub verdict: Verdict,
    #[serde(skip)]
    pub entry: Entry,
    /// A passphrase opens it, which the recipient is to be told first.
    #[serde(skip)]
    pub has_passphrase: bool,
}

/// Sends a test message, signed with the key that `signing` unlocks.
///
/// # Errors
/// The entry says not how it opens what it gets; the letter cannot be made, or the courier cannot be had.
pub fn send_test_message(
    open: &mut OpenOffice,
    actor: &Actor,
    id: EntryId,
    signing: &Unlock,
) -> Result<TestMessageSent, Failure> {
    let (by, now) = (actor.staff()?, open.now());
    let office = &open.office;
    let entry = entry(office, &id)?.clone();
    let courier = Courier::of(office.root(), &office.config.courier)?;
    let signer = office.signing_secret(signing)?;
    let draft = trial(office, &signer, &open.program, &entry, now)?;
    // On record before it goes: a letter that nobody sent can be asked for again, one that nobody knows of cannot be
    // confirmed.
    if let Some(copy) = &draft.copy {
        write_durably(&open.ledger.files().trial_copy(&id), copy)?;
    }
    let (message_id, has_passphrase) = (draft.message.message_id.clone(), draft.copy.is_some());
    let letter = open.ledger.trial_sent(&id, draft.message, &office.config.addresses, by, now)?;
    let sender = office.config.teams.values().next();
    let sender = sender.ok_or_else(|| Failure::Internal("the office writes for no team".to_owned()))?;
    let verdict = courier.deliver(&sender.from, &letter.parcel(), &mut || Ok::<(), LedgerError>(()));
    let came = Delivery { message_id, review_key: office.review_key.fingerprint(), verdict };
    let detail = serde_json::to_value(&came).map_err(|error| Failure::Internal(error.to_string()))?;
    open.ledger.note(&subject(&id), DELIVERY, detail, by, open.clock.now())?;
    Ok(TestMessageSent { id, verdict: came.verdict, entry, has_passphrase })
}

/// What came of the delivery of an entry's test message, if that is on record.
pub(super) fn delivery(
    ledger: &mut Ledger,
    id: &EntryId,
    trial: &Trial,
) -> Result<Option<Delivery>, Failure> {
    let events = ledger.events(Some(&subject(id)))?;
    let deliveries = events.into_iter().rev().filter(|event| event.what == DELIVERY);
    let mut read = deliveries.filter_map(|event| serde_json::from_value(event.detail).ok());
    Ok(read.find(|came: &Delivery| came.message_id == trial.message_id))
}

/// The passphrase that opens an entry's test message, for whoever rings its recipient. Each view is on record.
///
/// # Errors
/// No passphrase opens one; the review key cannot be unlocked.
pub fn passphrase(
    open: &mut OpenOffice,
    actor: &Actor,
    id: EntryId,
    unlock: &Unlock,
) -> Result<(Passphrase, Entry), Failure> {
    let by = actor.staff()?;
    let path = open.ledger.files().trial_copy(&id);
    if !path.exists() {
        let cure = "send one with `despatch directory trial`, if the entry opens what it gets with words";
        return Err(Fault::new(subject(&id), "words.none", "no words open a trial letter to it", cure).into());
    }
    let entry = entry(&open.office, &id)?.clone();
    let trial = entry.trial.as_ref();
    let came = trial.map(|trial| delivery(&mut open.ledger, &id, trial)).transpose()?.flatten();
    // A message of which no delivery is on record was sealed to the key that is in use.
    let sealed_to = came.map_or_else(|| open.office.review_key.fingerprint(), |came| came.review_key);
    let secret = open.office.review_secret_of(&sealed_to, unlock)?;
    open.ledger.record_words_view(&subject(&id), by.id.as_str(), open.now().at)?;
    Ok((passphrase_in_copy(&path, None, &secret)?, entry))
}

/// Says that the recipient read out the numbers of a test message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConfirmOpened {
    pub entry: EntryId,
    /// The numbers, as they were read out.
    pub numbers: String,
}

/// An entry whose test message was opened.
#[derive(Debug, Serialize)]
pub struct TestMessageOpened {
    #[serde(flatten)]
    pub entry: Entry,
    #[serde(skip)]
    pub holds: Vec<HoldView>,
}

/// Records that a test message was opened.
///
/// # Errors
/// None was sent, or these are not its numbers.
pub fn confirm_opened(
    open: &mut OpenOffice,
    actor: &Actor,
    request: ConfirmOpened,
) -> Result<TestMessageOpened, Failure> {
    let (by, now) = (actor.staff()?, open.now());
    let rules = &open.office.config.addresses;
    let entry = open.ledger.trial_opened(&request.entry, &request.numbers, rules, by, now)?;
    let holds = holds(&open.office.directory, &entry, now.today);
    Ok(TestMessageOpened { entry, holds })
}
