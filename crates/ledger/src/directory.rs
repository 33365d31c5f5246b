//! Enters: what staff say about recipients. Leaves: the directory, with the author of each change and verification
//! recorded. Never: lets the person who entered or changed an entry verify it.

use crate::engine::LedgerConnection;
use crate::entry_holds::{hold_unsent, tell_held};
use crate::error::LedgerError;
use crate::events::{EntryEvent, LedgerEvent, Subject};
use crate::four_eyes::{Matter, second};
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::queries::directory::{load_entry, lookalikes, other_of_address, other_of_key, others_have};
use chrono::NaiveDate;
use despatch_core::address::EmailAddress;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{EntryId, StaffId, date_words};
use despatch_directory::domain::Domain;
use despatch_directory::entry::{Entry, Verification, Way};
use despatch_directory::lookalikes::Lookalikes;
use despatch_directory::rules::AddressRules;
use despatch_seal::keys::typed_fingerprint;
use despatch_settings::Staff;
use std::collections::BTreeSet;

/// The outcome for one submitted entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    Added,
    Changed,
    /// The directory already says so.
    Same,
}

/// A submitted entry, and the unsent despatches that are held until it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub id: EntryId,
    pub put: Put,
    pub held: Vec<DespatchId>,
}

/// What the recipient told a second person by a channel other than email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    pub email: EmailAddress,
    /// The fingerprint of every key of the entry, as the recipient read them out.
    pub fingerprints: Vec<String>,
    pub way: Way,
    pub how: String,
    /// The new last day of the entry, if it is to change.
    pub until: Option<NaiveDate>,
}

impl Ledger {
    /// Adds or changes entries, all or none; a changed entry becomes unverified. The inner error lists every fault: an
    /// address or key of another entry, a domain or mailbox that the office's rules refuse, a lookalike domain.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn put_entries(
        &mut self,
        given: Vec<Entry>,
        rules: &AddressRules,
        by: &Staff,
        now: Moment,
    ) -> Result<Result<Vec<Placed>, Vec<Fault>>, LedgerError> {
        let placed = self.transact(by.id.as_str(), now.at, async |tx| {
            let mut looks = lookalikes(tx.connection()).await?;
            rules.own.iter().for_each(|own| looks.add(own));
            let mut faults = Vec::new();
            let mut done = Vec::with_capacity(given.len());
            for entry in given {
                let known = load_entry(tx.connection(), &entry.id).await?;
                // An unverified entry may contain a typing error: correcting it must not count as a lookalike.
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

    /// Verifies an entry, as a second person confirmed it with the recipient.
    ///
    /// # Errors
    /// The same person entered or changed it, the address or fingerprints differ from the entry's, or the day has
    /// passed.
    pub fn verify_entry(
        &mut self,
        id: &EntryId,
        heard: &Confirmation,
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

    /// Sets the last day of an entry. Moving it later takes a verification.
    ///
    /// # Errors
    /// The entry is unknown, or already ends sooner.
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
            Ok((entry.shown(), held))
        })
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
            Ok(entry.shown())
        })
    }
}

/// Why no entry was changed.
enum NotPlaced {
    Faults(Vec<Fault>),
    Ledger(LedgerError),
}

impl<E: Into<LedgerError>> From<E> for NotPlaced {
    fn from(error: E) -> Self {
        NotPlaced::Ledger(error.into())
    }
}

/// The fault of an unknown entry.
pub fn unknown(id: &EntryId) -> LedgerError {
    let cure = "look it up with `despatch directory list`";
    LedgerError::Refused(Fault::new(
        format!("entry {id}"),
        "entry.unknown",
        "the directory has no such entry",
        cure,
    ))
}

/// Returns the subject of an entry's events.
pub fn subject(id: &EntryId) -> String {
    Subject::Entry(id.clone()).to_string()
}

/// Merges a submitted entry into the known one. The test message stays valid while address, method and keys are the
/// same.
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
    let test_message = if same_lock { known.test_message } else { None };
    let mut changed = given.changed.clone();
    if known.verified.is_none() {
        changed.and.extend(known.changed.and);
        changed.and.insert(known.changed.by);
        changed.and.remove(&changed.by);
    }
    (Entry { replaced, test_message, changed, verified: None, ..given }, Put::Changed)
}

/// Returns why an entry is refused; `before` is the domain with which it was verified.
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
        if before == Some(like)
            || rules.own.contains(like)
            || others_have(connection, like, &entry.id).await?
        {
            known = Some(like);
            break;
        }
    }
    if let Some(like) = known {
        let why = match rules.own.contains(like) {
            true => "which is the office's own",
            false => "to which the office writes already",
        };
        let cause = format!("its domain could be taken for {like}, {why}");
        let cure = "find out from the recipient, not by email, which is theirs; if both are real, \
                    ask whoever runs the office to list the domain (alike in [addresses] of its settings)";
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

/// Checks whether a confirmation verifies an entry.
fn unlike(entry: &Entry, heard: &Confirmation, by: &Staff, today: NaiveDate) -> Result<(), Fault> {
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
        entry.fingerprints().iter().map(|print| typed_fingerprint(print)).collect(),
        heard.fingerprints.iter().map(|print| typed_fingerprint(print)).collect(),
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
