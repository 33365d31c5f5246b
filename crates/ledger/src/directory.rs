//! Enters: what staff say of those whom the office writes to. Leaves: the directory, each change and verification on
//! record with its author. Never: lets the person who entered or changed an entry verify it.

use super::despatch::DespatchId;
use super::entry_holds::{hold_unsent, tell_held};
use super::events::{EntryEvent, LedgerEvent, Subject};
use super::four_eyes::{Matter, second};
use super::ledger::{Ledger, LedgerError};
use super::sending::{Parcel, Verdict};
use crate::connection::LedgerConnection;
use crate::queries::directory::{load_entry, lookalikes, other_of_address, other_of_key, others_have};
use chrono::NaiveDate;
use despatch_core::address::EmailAddress;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{EntryId, Sha256, StaffId, date_words};
use despatch_directory::domain::Domain;
use despatch_directory::entry::{Entry, Opened, Trial, Verification, Way};
use despatch_directory::lookalikes::Lookalikes;
use despatch_directory::rules::AddressRules;
use despatch_settings::Staff;
use std::collections::BTreeSet;

/// What came of one entry that somebody gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    Added,
    Changed,
    /// The directory said so already.
    Same,
}

/// An entry that somebody gave, and the unsent despatches that wait for its verification from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub id: EntryId,
    pub put: Put,
    pub held: Vec<DespatchId>,
}

/// A letter without content, composed and not yet on record.
#[derive(Debug)]
pub struct TrialMessage {
    pub bytes: Vec<u8>,
    pub message_id: String,
    /// The hash of the numbers inside ([`Trial::answer`]).
    pub answer: Sha256,
}

/// A letter without content, which is on record and needs nobody's approval.
#[derive(Debug)]
pub struct TrialLetter {
    entry: Entry,
    bytes: Vec<u8>,
}

impl TrialLetter {
    /// What a courier takes.
    pub fn parcel(&self) -> Parcel<'_> {
        let name = format!("trial-{}", self.entry.id);
        Parcel { name, to: self.entry.email.as_str(), bytes: &self.bytes }
    }
}

/// What the recipient told a second person, by a way that no email is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub email: EmailAddress,
    /// Of every key of the entry, as the recipient read them out.
    pub fingerprints: Vec<String>,
    pub way: Way,
    pub how: String,
    /// The last day on which the entry holds from now on, where that is to change.
    pub until: Option<NaiveDate>,
}

impl Ledger {
    /// Puts entries into the directory, new ones and others that say something else than before: all, or none where
    /// anything is wrong with one. Whatever they say now is unverified.
    ///
    /// Errors: every fault at once: an address or key that another entry has, a domain or mailbox that the office's
    /// rules refuse, a domain that could be taken for another.
    pub fn put_entries(
        &mut self,
        given: Vec<Entry>,
        rules: &AddressRules,
        by: &Staff,
        now: Moment,
    ) -> Result<Result<Vec<Placed>, Vec<Fault>>, LedgerError> {
        let placed = self.transact(by.id.as_str(), now.at, async |tx| {
            let mut looks = lookalikes(tx.connection()).await?;
            let mut faults = Vec::new();
            let mut done = Vec::with_capacity(given.len());
            for entry in given {
                let known = load_entry(tx.connection(), &entry.id).await?;
                // What nobody has verified may hold a slip, which is mended so.
                let verified = known.as_ref().filter(|known| known.verified.is_some());
                let before = verified.map(|known| Domain::of(&known.email));
                let (entry, put) = merged(known, entry);
                let mut held = Vec::new();
                if put != Put::Same {
                    let own = Domain::of(&entry.email);
                    faults.extend(refused(tx.connection(), &entry, before.as_ref(), rules, &looks).await?);
                    looks.add(&own);
                    if faults.is_empty() {
                        let given = Box::new(entry.clone());
                        let happened = match put {
                            Put::Added => EntryEvent::Added { entry: given },
                            Put::Changed | Put::Same => EntryEvent::Changed { entry: given },
                        };
                        tx.record(LedgerEvent::Entry(entry.id.clone(), happened)).await?;
                        held = hold_unsent(tx, &entry, rules, now.today).await?;
                    }
                }
                done.push(Placed { id: entry.id, put, held });
            }
            if faults.is_empty() { Ok(done) } else { Err(NotPlaced::Faults(faults)) }
        });
        match placed {
            Ok(placed) => Ok(Ok(placed)),
            Err(NotPlaced::Faults(faults)) => Ok(Err(faults)),
            Err(NotPlaced::Ledger(error)) => Err(error),
        }
    }

    /// Verifies an entry: a second person heard from the recipient what the entry says.
    ///
    /// Errors: the person who entered or changed it; an address or fingerprints other than the entry's; a day that has
    /// passed.
    pub fn verify_entry(
        &mut self,
        id: &EntryId,
        heard: &Heard,
        rules: &AddressRules,
        by: &Staff,
        now: Moment,
    ) -> Result<Entry, LedgerError> {
        self.change_entry(id, rules, by, now, |mut entry| {
            unlike(&entry, heard, by, now.today)?;
            entry.verified = Some(Verification {
                by: by.id.clone(),
                on: now.today,
                way: heard.way,
                how: heard.how.clone(),
            });
            entry.expires = heard.until.or(entry.expires);
            entry.replaced.clear();
            let (way, how) = (heard.way, heard.how.clone());
            Ok(EntryEvent::Verified { entry: Box::new(entry), way, how })
        })
    }

    /// Ends an entry on a day, from which on nothing goes to it. A later end takes a verification.
    ///
    /// Errors: it ends sooner already.
    pub fn expire_entry(
        &mut self,
        id: &EntryId,
        last: NaiveDate,
        reason: &str,
        rules: &AddressRules,
        by: &Staff,
        now: Moment,
    ) -> Result<(Entry, Vec<DespatchId>), LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let mut entry = load_entry(tx.connection(), id).await?.ok_or_else(|| unknown(id))?;
            if let Some(sooner) = entry.expires.filter(|sooner| *sooner < last) {
                let cause = format!("it ends on {} already", date_words(sooner));
                let cure = "have somebody verify it with --until to move its end";
                return Err(Fault::new(subject(id), "expire.later", cause, cure).into());
            }
            entry.expires = Some(last);
            let happened = EntryEvent::Expires { entry: Box::new(entry.clone()), reason: reason.to_owned() };
            tx.record(LedgerEvent::Entry(id.clone(), happened)).await?;
            let held = hold_unsent(tx, &entry, rules, now.today).await?;
            Ok((entry, held))
        })
    }

    /// Takes note of a trial letter for an entry and gives it out to be sent.
    pub fn trial_sent(
        &mut self,
        id: &EntryId,
        message: TrialMessage,
        rules: &AddressRules,
        by: &Staff,
        now: Moment,
    ) -> Result<TrialLetter, LedgerError> {
        let entry = self.change_entry(id, rules, by, now, |mut entry| {
            let (message_id, answer) = (message.message_id.clone(), message.answer);
            entry.trial = Some(Trial { sent_on: now.today, message_id, answer, opened: None });
            let message = Sha256::of(&message.bytes);
            Ok(EntryEvent::TrialSent { entry: Box::new(entry), message })
        })?;
        Ok(TrialLetter { entry, bytes: message.bytes })
    }

    /// Takes note that the recipient read out the words of the trial letter, and so could open it.
    ///
    /// Errors: none was sent, or these are not its words.
    pub fn trial_opened(
        &mut self,
        id: &EntryId,
        words: &str,
        rules: &AddressRules,
        by: &Staff,
        now: Moment,
    ) -> Result<Entry, LedgerError> {
        self.change_entry(id, rules, by, now, |mut entry| {
            let at = format!("entry {}", entry.id);
            let Some(trial) = &mut entry.trial else {
                let cure = "send one with `despatch directory trial`";
                return Err(Fault::new(at, "trial.none", "no trial letter was sent to it", cure));
            };
            if Trial::answer(&trial.message_id, words) != trial.answer {
                let cause = "these are not the words of the trial letter that was sent last";
                let cure = "ask the recipient to read them out again, letter by letter";
                return Err(Fault::new(at, "trial.words", cause, cure));
            }
            trial.opened = Some(Opened { by: by.id.clone(), on: now.today });
            Ok(EntryEvent::TrialOpened { entry: Box::new(entry) })
        })
    }

    /// Takes note of what became of a trial letter.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn record_trial_delivery(
        &mut self,
        id: &EntryId,
        message_id: String,
        review_key: String,
        verdict: Verdict,
        by: &Staff,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let came =
            LedgerEvent::Entry(id.clone(), EntryEvent::TrialDelivery { message_id, review_key, verdict });
        self.transact(by.id.as_str(), now.at, async |tx| tx.record(came).await)
    }

    fn change_entry(
        &mut self,
        id: &EntryId,
        rules: &AddressRules,
        by: &Staff,
        now: Moment,
        change: impl FnOnce(Entry) -> Result<EntryEvent, Fault>,
    ) -> Result<Entry, LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let entry = load_entry(tx.connection(), id).await?.ok_or_else(|| unknown(id))?;
            tx.record(LedgerEvent::Entry(id.clone(), change(entry)?)).await?;
            let entry = load_entry(tx.connection(), id).await?.ok_or_else(|| unknown(id))?;
            tell_held(tx, &entry, rules, now.today).await?;
            Ok(entry)
        })
    }
}

/// Why nothing was put into the directory.
enum NotPlaced {
    Faults(Vec<Fault>),
    Ledger(LedgerError),
}

impl<E: Into<LedgerError>> From<E> for NotPlaced {
    fn from(error: E) -> Self {
        NotPlaced::Ledger(error.into())
    }
}

/// No entry has this id.
pub fn unknown(id: &EntryId) -> LedgerError {
    let cure = "look it up with `despatch directory list`";
    LedgerError::Refused(Fault::new(
        format!("entry {id}"),
        "entry.unknown",
        "the directory has no such entry",
        cure,
    ))
}

/// The subject of an entry's events.
pub fn subject(id: &EntryId) -> String {
    Subject::Entry(id.clone()).to_string()
}

/// What an entry is once somebody has said this of it. What was shown with the same address, method and keys stays
/// shown.
fn merged(known: Option<Entry>, given: Entry) -> (Entry, Put) {
    let Some(known) = known else {
        return (given, Put::Added);
    };
    if known.says_the_same(&given) {
        return (known, Put::Same);
    }
    let same_lock = known.keys == given.keys && known.method == given.method && known.email == given.email;
    let replaced = match known.keys == given.keys || known.keys.is_empty() {
        true => known.replaced.clone(),
        false => known.fingerprints(),
    };
    let trial = if same_lock { known.trial } else { None };
    let mut changed = given.changed.clone();
    if known.verified.is_none() {
        changed.and.extend(known.changed.and);
        changed.and.insert(known.changed.by);
        changed.and.remove(&changed.by);
    }
    (Entry { replaced, trial, changed, verified: None, ..given }, Put::Changed)
}

/// Why an entry may not stand in the directory; `before` is the domain that it was verified with.
async fn refused(
    connection: &mut LedgerConnection,
    entry: &Entry,
    before: Option<&Domain>,
    rules: &AddressRules,
    looks: &Lookalikes,
) -> Result<Vec<Fault>, LedgerError> {
    let at = subject(&entry.id);
    let mut faults: Vec<Fault> = rules
        .against(entry)
        .iter()
        .map(|reason| Fault::new(&at, "directory.rule", reason.cause(), reason.cure()))
        .collect();
    let own = Domain::of(&entry.email);
    let candidates = if rules.names(&own) { BTreeSet::new() } else { looks.of(&own) };
    let mut known = None;
    for like in candidates {
        if before == Some(like) || others_have(connection, like, &entry.id).await? {
            known = Some(like);
            break;
        }
    }
    if let Some(like) = known {
        let cause = format!("its domain could be taken for {like}, to which the office writes already");
        let cure = "find out from the recipient, not by email, which is theirs; list the domain under \
                    alike in [addresses] in despatch.toml if both are real";
        faults.push(Fault::new(&at, "directory.looks_like", cause, cure));
    }
    let twin = other_of_address(connection, &entry.email, &entry.id).await?;
    let mut twins: BTreeSet<(&str, String)> = twin.into_iter().map(|id| ("address", id)).collect();
    for key in &entry.keys {
        let owner = other_of_key(connection, key.as_str(), &entry.id).await?;
        twins.extend(owner.into_iter().map(|id| ("key", id)));
    }
    faults.extend(twins.into_iter().map(|(what, other)| {
        let cause = format!("its {what} is the one of entry {other}");
        Fault::new(&at, "directory.twins", cause, format!("give each entry its own {what}"))
    }));
    Ok(faults)
}

/// Why what somebody heard does not verify an entry.
fn unlike(entry: &Entry, heard: &Heard, by: &Staff, today: NaiveDate) -> Result<(), Fault> {
    let no = |code, cause: String, cure: &str| Err(Fault::new(subject(&entry.id), code, cause, cure));
    let changed = entry.changed.and.iter().chain([&entry.changed.by]);
    second(Matter::Verification(entry), &by.id, changed.map(StaffId::as_str))?;
    if !entry.email.same_mailbox(&heard.email) {
        let cause = "the address that the recipient gave is not the entry's".to_owned();
        return no(
            "verify.address",
            cause,
            &format!(
                "correct the entry with `despatch directory change {} --email …`, or ring again",
                entry.id
            ),
        );
    }
    let (theirs, told): (BTreeSet<String>, BTreeSet<String>) = (
        entry.fingerprints().into_iter().collect(),
        heard.fingerprints.iter().map(|f| f.to_lowercase()).collect(),
    );
    if theirs != told {
        let cause =
            "the fingerprints that the recipient read out are not those of the entry's keys".to_owned();
        return no(
            "verify.fingerprint",
            cause,
            "ask the recipient for the key again; somebody may have changed it",
        );
    }
    if heard.until.is_some_and(|until| until < today) {
        return no("verify.until", "the last day has passed".to_owned(), "give a day that is still to come");
    }
    Ok(())
}
