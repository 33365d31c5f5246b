//! Enters: test messages to entries of the directory, and the numbers that their recipients read out. Leaves: them on
//! record. Never: lets whoever entered an address send it the first one, or lets anybody guess the numbers.

use crate::despatch::Verdict;
use crate::directory::{subject, unknown};
use crate::engine::LedgerConnection;
use crate::entry_holds::tell_held;
use crate::error::LedgerError;
use crate::event_log;
use crate::events::{EntryEvent, LedgerEvent};
use crate::four_eyes::{Matter, second};
use crate::incidents::frozen;
use crate::ledger::Ledger;
use crate::queries::directory::load_entry;
use crate::sending::Parcel;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{EntryId, Sha256, StaffId};
use despatch_directory::entry::{Entry, Opened, TestMessage};
use despatch_directory::rules::AddressRules;
use despatch_guards::others::IdentityKey;
use despatch_settings::Staff;

/// A sealed test message, not recorded yet.
#[derive(Debug)]
pub struct SealedTestMessage {
    pub bytes: Vec<u8>,
    pub message_id: String,
    /// The keyed hash of its numbers ([`IdentityKey::answer`]).
    pub answer: Sha256,
}

/// A recorded test message, ready to send; it needs no approval.
#[derive(Debug)]
pub struct TestMessageParcel {
    entry: Entry,
    bytes: Vec<u8>,
}

impl TestMessageParcel {
    /// Returns the parcel for a courier.
    pub fn parcel(&self) -> Parcel<'_> {
        let name = format!("trial-{}", self.entry.id);
        Parcel { name, to: self.entry.email.as_str(), bytes: &self.bytes }
    }
}

impl Ledger {
    /// Records a test message for an entry and returns it for sending.
    ///
    /// # Errors
    /// The entry is unknown or frozen, or `by` entered its address and nobody else has verified it or written to it.
    pub fn test_message_sent(
        &mut self,
        id: &EntryId,
        message: SealedTestMessage,
        rules: &AddressRules,
        by: &Staff,
        now: Moment,
    ) -> Result<TestMessageParcel, LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let mut entry = load_entry(tx.connection(), id).await?.ok_or_else(|| unknown(id))?;
            may_try(tx.connection(), &entry, by).await?;
            entry.test_message = Some(TestMessage {
                sent_on: now.today,
                message_id: message.message_id,
                answer: Some(message.answer),
                misheard: 0,
                opened: None,
            });
            let (given, hash) = (Box::new(entry.clone()), Sha256::of(&message.bytes));
            let sent = EntryEvent::TestMessageSent { entry: given, message: hash };
            tx.record(LedgerEvent::Entry(id.clone(), sent)).await?;
            tell_held(tx, &entry, rules, now.today).await?;
            Ok(TestMessageParcel { entry, bytes: message.bytes })
        })
    }

    /// Checks that this person may send an entry its next test message.
    ///
    /// # Errors
    /// As for [`Ledger::test_message_sent`].
    pub fn may_send_test_message(&mut self, id: &EntryId, by: &Staff) -> Result<(), LedgerError> {
        self.ask(async |connection| {
            let entry = load_entry(connection, id).await?.ok_or_else(|| unknown(id))?;
            may_try(connection, &entry, by).await
        })
    }

    /// Records that the recipient read out the numbers of the test message, and so could open it. Wrong ones are on
    /// record too, and void it in the end ([`TestMessage::MISHEARD_MAX`]).
    ///
    /// # Errors
    /// The entry is unknown, no test message was sent, it is void, or its numbers are different.
    pub fn test_message_opened(
        &mut self,
        id: &EntryId,
        (numbers, key): (&str, &IdentityKey),
        rules: &AddressRules,
        by: &Staff,
        now: Moment,
    ) -> Result<Entry, LedgerError> {
        // A wrong number is committed although it is refused.
        self.transact(by.id.as_str(), now.at, async |tx| {
            let mut entry = load_entry(tx.connection(), id).await?.ok_or_else(|| unknown(id))?;
            let Some(test_message) = entry.test_message.as_mut().filter(|one| one.answer.is_some()) else {
                let cause = "no test message was sent to it";
                return Ok(Err(fault(
                    id,
                    "test_message.none",
                    cause,
                    "send one with `despatch directory trial`",
                )));
            };
            if test_message.is_void() {
                let cause = "wrong numbers were given for its test message too often";
                let cure = "send another with `despatch directory trial`";
                return Ok(Err(fault(id, "test_message.void", cause, cure)));
            }
            if Some(key.answer(&test_message.message_id, numbers)) != test_message.answer {
                if test_message.opened.is_none() {
                    test_message.misheard += 1;
                    let misheard = EntryEvent::TestMessageMisheard { entry: Box::new(entry) };
                    tx.record(LedgerEvent::Entry(id.clone(), misheard)).await?;
                }
                let cause = "these are not the numbers of the test message that was sent last";
                let cure = "ask the recipient to read them out again, one by one";
                return Ok(Err(fault(id, "test_message.words", cause, cure)));
            }
            test_message.opened = Some(Opened { by: by.id.clone(), on: now.today });
            let opened = EntryEvent::TestMessageOpened { entry: Box::new(entry.clone()) };
            tx.record(LedgerEvent::Entry(id.clone(), opened)).await?;
            tell_held(tx, &entry, rules, now.today).await?;
            Ok::<_, LedgerError>(Ok(entry.shown()))
        })?
    }

    /// Records the delivery result of a test message.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn record_test_message_delivery(
        &mut self,
        id: &EntryId,
        message_id: String,
        review_key: String,
        verdict: Verdict,
        by: &Staff,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let came = LedgerEvent::Entry(
            id.clone(),
            EntryEvent::TestMessageDelivery { message_id, review_key, verdict },
        );
        self.transact(by.id.as_str(), now.at, async |tx| tx.record(came).await)
    }
}

fn fault(id: &EntryId, code: &'static str, cause: &str, cure: &str) -> LedgerError {
    LedgerError::Refused(Fault::new(subject(id), code, cause, cure))
}

/// Checks that one person alone does not have mail sent to an address of their own choice (F8): somebody else verified
/// it once, or sent it a test message. Nothing goes to a frozen entry.
async fn may_try(connection: &mut LedgerConnection, entry: &Entry, by: &Staff) -> Result<(), LedgerError> {
    if let Some(frozen) = frozen(connection).await?.get(&entry.id) {
        let cause = format!("it is frozen since incident {}", frozen.incident);
        let cure = "two members of staff unfreeze it (`despatch incident unfreeze`)";
        return Err(fault(&entry.id, "test_message.frozen", &cause, cure));
    }
    if !entry.changed.is_partly_of(&by.id) {
        return Ok(());
    }
    let events = event_log::read(connection, Some(&subject(&entry.id))).await?;
    let vouched = events.iter().any(|event| match &event.happened {
        LedgerEvent::Entry(_, EntryEvent::Verified { entry: then, .. }) => {
            then.email.same_mailbox(&entry.email)
        }
        LedgerEvent::Entry(_, EntryEvent::TestMessageSent { entry: then, .. }) => {
            let actor: Option<StaffId> = event.actor.parse().ok();
            then.email.same_mailbox(&entry.email) && actor.is_some_and(|by| !then.changed.is_partly_of(&by))
        }
        _ => false,
    });
    if vouched {
        return Ok(());
    }
    let changed = entry.changed.and.iter().chain([&entry.changed.by]).map(StaffId::as_str);
    Ok(second(Matter::TestMessage(entry), &by.id, changed)?)
}
