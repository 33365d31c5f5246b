//! Enters: an entry. Leaves: a test message sent to it, with the courier's verdict on record, and later the
//! confirmation that it could be opened. Never: sends anything from a case.

use super::{HoldView, holds, known_entry};
use crate::office::Unlock;
use crate::operations::reading::passphrase_in_copy;
use crate::operations::{Actor, Failure, OpenOffice};
use crate::pipeline::test_message;
use crate::send::{Courier, Verdict};
use despatch_core::fault::Fault;
use despatch_core::private::remove_file;
use despatch_core::words::EntryId;
use despatch_directory::entry::{Entry, TestMessage};
use despatch_ledger::{EntryEvent, Ledger, LedgerError, LedgerEvent, subject, write_durably};
use despatch_seal::passphrase::Passphrase;
use serde::{Deserialize, Serialize};

/// The outcome of delivering a test message.
#[derive(Debug)]
pub(super) struct Delivery {
    message_id: String,
    /// The fingerprint of the review key to which the office's own copy is sealed.
    review_key: String,
    pub(super) verdict: Verdict,
}

/// A test message that was handed to the courier.
#[derive(Debug, Serialize)]
pub struct TestMessageSent {
    #[serde(rename = "entry")]
    pub id: EntryId,
    pub verdict: Verdict,
    #[serde(skip)]
    pub entry: Entry,
    /// Whether a passphrase opens it, which the recipient must be told first.
    #[serde(skip)]
    pub has_passphrase: bool,
}

/// Sends a test message, signed with the key that `signing` unlocks.
///
/// # Errors
/// The entry has no opening method, or the actor alone entered its address; the message cannot be made; the courier
/// cannot be set up.
pub fn send_test_message(
    open: &mut OpenOffice,
    actor: &Actor,
    id: EntryId,
    signing: &Unlock,
) -> Result<TestMessageSent, Failure> {
    let (by, now) = (actor.staff()?, open.now());
    let office = &open.office;
    let entry = known_entry(office, &id)?.clone();
    open.ledger.may_send_test_message(&id, by)?;
    let courier = Courier::of(office.root(), &office.config.courier)?;
    let signer = office.signing_secret(signing)?;
    let draft = test_message(office, &signer, &open.program, &entry, now)?;
    let (message_id, has_passphrase) = (draft.message.message_id.clone(), draft.copy.is_some());
    // Recorded before it is sent: a message on record that was not sent can be sent again, but one that was sent and is
    // not on record cannot be confirmed. The copy is always that of the message on record.
    let letter = open.ledger.test_message_sent(&id, draft.message, &office.config.addresses, by, now)?;
    let path = open.ledger.files().test_message_copy(&id);
    match &draft.copy {
        Some(copy) => write_durably(&path, copy)?,
        None => remove_file(&path)?,
    }
    let verdict = courier.deliver(&draft.from, &letter.parcel(), &mut || Ok::<(), LedgerError>(()));
    let (review_key, now) = (office.review_key.fingerprint(), open.clock.now());
    open.ledger.record_test_message_delivery(&id, message_id, review_key, verdict.clone(), by, now)?;
    Ok(TestMessageSent { id, verdict, entry, has_passphrase })
}

/// The outcome of delivering an entry's test message, if it is on record.
pub(super) fn delivery(
    ledger: &mut Ledger,
    id: &EntryId,
    test_message: &TestMessage,
) -> Result<Option<Delivery>, Failure> {
    let events = ledger.events(Some(&subject(id)))?;
    let mut deliveries = events.into_iter().rev().filter_map(|event| match event.happened {
        LedgerEvent::Entry(_, EntryEvent::TestMessageDelivery { message_id, review_key, verdict }) => {
            Some(Delivery { message_id, review_key, verdict })
        }
        _ => None,
    });
    Ok(deliveries.find(|came| came.message_id == test_message.message_id))
}

/// Returns the passphrase of an entry's test message, for telling its recipient by telephone. Each view is recorded.
///
/// # Errors
/// No test message to the entry has a passphrase, or the review key cannot be unlocked.
pub fn passphrase(
    open: &mut OpenOffice,
    actor: &Actor,
    id: EntryId,
    unlock: &Unlock,
) -> Result<(Passphrase, Entry), Failure> {
    let by = actor.staff()?;
    let path = open.ledger.files().test_message_copy(&id);
    let none = || {
        let cure = "send one with `despatch directory trial`, if the entry opens messages with a passphrase";
        Fault::new(subject(&id), "passphrase.none", "no test message has a passphrase", cure)
    };
    if !path.exists() {
        return Err(none().into());
    }
    let entry = known_entry(&open.office, &id)?.clone();
    // An entry that opens in another way than before has not had a test message yet.
    let test_message = entry.test_message.as_ref().ok_or_else(none)?;
    let came = delivery(&mut open.ledger, &id, test_message)?;
    // A message without a recorded delivery was sealed to the current key.
    let sealed_to = came.map_or_else(|| open.office.review_key.fingerprint(), |came| came.review_key);
    let secret = open.office.review_secret_of(&sealed_to, unlock)?;
    open.ledger.record_passphrase_view(&subject(&id), by.id.as_str(), open.now().at)?;
    Ok((passphrase_in_copy(&path, None, &secret)?, entry))
}

/// A request to confirm that the recipient read out the numbers of a test message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConfirmOpened {
    pub entry: EntryId,
    /// The numbers as read out.
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
/// None was sent, it is void, or these are not its numbers.
pub fn confirm_opened(
    open: &mut OpenOffice,
    actor: &Actor,
    request: ConfirmOpened,
) -> Result<TestMessageOpened, Failure> {
    let (by, now) = (actor.staff()?, open.now());
    let rules = &open.office.config.addresses;
    let heard = (request.numbers.as_str(), &open.office.identity_key()?);
    let entry = open.ledger.test_message_opened(&request.entry, heard, rules, by, now)?;
    let holds = holds(&open.office.directory, &entry, now.today);
    Ok(TestMessageOpened { entry, holds })
}
