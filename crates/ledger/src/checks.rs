//! Enters: a despatch, the directory and the packs as they are today, and what a person confirmed. Leaves: its bytes,
//! if nothing keeps it from going, or every reason that does. Never: writes anything, or lets pass what has changed.

use crate::despatch::{Despatch, Hold};
use crate::engine::LedgerConnection;
use crate::error::{LedgerError, refuse};
use crate::files::{Files, is_unread};
use crate::four_eyes::{Matter, second};
use crate::incidents::{Frozen, frozen, frozen_hold};
use crate::queries::case_events::limit_of;
use crate::queries::packs::pack_record;
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{EntryId, PackId, weekday_words};
use despatch_directory::directory::Directory;
use despatch_guards::attachment::MESSAGE_BYTES;
use despatch_guards::{Guard, Outcome};
use despatch_process::detention::LondonTime;
use despatch_process::{PackRecord, Packs, Planned};
use despatch_settings::Staff;
use std::collections::{BTreeMap, BTreeSet};

/// The inputs of the checks at approval and at sending.
#[derive(Debug, Clone, Copy)]
pub struct Checks<'a> {
    pub directory: &'a Directory,
    pub packs: &'a Packs,
}

/// Decisions that affect every despatch: about packs, and about frozen entries.
pub type Decided<'a> = (&'a BTreeMap<PackId, PackRecord>, &'a BTreeMap<EntryId, Frozen>);

/// Reads the current decisions from the ledger.
pub(super) async fn decided(
    connection: &mut LedgerConnection,
) -> Result<(BTreeMap<PackId, PackRecord>, BTreeMap<EntryId, Frozen>), LedgerError> {
    Ok((pack_record(connection).await?, frozen(connection).await?))
}

pub(super) fn not_now(despatch: &Despatch, holds: &[Hold]) -> LedgerError {
    let words: Vec<&str> = holds.iter().map(|hold| hold.words.as_str()).collect();
    let cure = "mend the cause, then `despatch outbox release` lifts the hold or regenerates the message";
    LedgerError::Refused(Fault::new(despatch.id.to_string(), "despatch.held", words.join("; "), cure))
}

/// When a despatch is checked.
#[derive(Debug, Clone, Copy)]
pub struct AsOf {
    pub now: Moment,
    /// When the first limit of the person's detention lapses, as the record of the case stands now, if the despatch keeps
    /// them in detention.
    pub limit: Option<LondonTime>,
}

impl AsOf {
    /// Asks the record for what a despatch must go before.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub(crate) async fn of(
        connection: &mut LedgerConnection,
        despatch: &Despatch,
        now: Moment,
    ) -> Result<AsOf, LedgerError> {
        Ok(AsOf { now, limit: limit_of(connection, despatch).await? })
    }
}

/// Checks a despatch as of now: the exact bytes, the recipient in the current directory, the dates, the hour. Returns the
/// bytes, or everything that prevents sending.
///
/// # Errors
/// The message cannot be read, so that nothing can be said about it ([`LedgerError::Unread`]).
pub fn recheck(
    despatch: &Despatch,
    files: &Files,
    checks: Checks<'_>,
    (packs, frozen): Decided<'_>,
    AsOf { now, limit }: AsOf,
) -> Result<Result<Vec<u8>, Vec<Hold>>, LedgerError> {
    let today = now.today;
    let mut holds = recipient_changes(despatch, checks.directory, today);
    holds.extend(frozen_hold(despatch, frozen));
    holds.extend(pack_hold(despatch, checks.packs, packs, today));
    holds.extend(stale(despatch, today));
    holds.extend(limit_hold(&despatch.planned, limit, now));
    holds.extend(despatch.checks.iter().filter(|check| check.holds()).map(Hold::from));
    let hold =
        |code: &str, words: &str| Hold { code: code.to_owned(), words: words.to_owned(), regenerate: true };
    let Some(bound) = &despatch.message else {
        holds.push(hold("no_message", "the message is still to be made"));
        return Ok(Err(holds));
    };
    if despatch.checks.is_empty() {
        holds.push(hold("not_checked", "no check of the message is on record"));
    }
    let bytes = match files.message_bytes(despatch.id, bound.revision, bound.sha256) {
        Ok(bytes) => bytes,
        Err(error) if is_unread(&error) => {
            return Err(LedgerError::Unread(format!(
                "the message of {} cannot be read: {error}",
                despatch.id
            )));
        }
        Err(_) => {
            holds.push(hold(
                "altered",
                "the message in the outbox is missing or is not the one that was made",
            ));
            return Ok(Err(holds));
        }
    };
    if bound.opening.is_none() {
        holds.push(hold("not_sealed", "the message is not sealed to its recipient yet"));
    }
    if bytes.len() as u64 > MESSAGE_BYTES {
        let words = format!(
            "the message has {} bytes and mail systems take {MESSAGE_BYTES}; ask for smaller attachments",
            bytes.len()
        );
        holds.push(Hold { code: "too_large".to_owned(), words, regenerate: false });
    }
    let mut approvals = despatch.approval.iter().chain(&despatch.first_approval);
    if approvals.any(|approval| !approval.binds(despatch, bound)) {
        holds.push(hold("altered", "the message is not the one that was approved"));
    } else if despatch.approval.is_some() && !despatch.is_approved_by_enough(bound) {
        holds.push(hold("one_approval", "nothing proves who prepared it, and one person alone approved it"));
    }
    Ok(if holds.is_empty() { Ok(bytes) } else { Err(holds) })
}

/// Returns the hold of a despatch whose pack may not be used; a safety message is exempt (G19).
fn pack_hold(
    despatch: &Despatch,
    packs: &Packs,
    record: &BTreeMap<PackId, PackRecord>,
    today: NaiveDate,
) -> Option<Hold> {
    if despatch.planned.safety {
        return None;
    }
    let fault = packs.permitted(&despatch.pack, record.get(&despatch.pack), today).err()?;
    let words = format!("{}: {}; {}", fault.at, fault.cause, fault.cure);
    Some(Hold { code: fault.code.replace('.', "_"), words, regenerate: fault.code != "pack.not_adopted" })
}

/// Compares the current directory with the recipient for whom the message was made.
fn recipient_changes(despatch: &Despatch, directory: &Directory, today: NaiveDate) -> Vec<Hold> {
    let resolution = directory.resolve(despatch.planned.role, &despatch.planned.to, &despatch.case_id, today);
    let mut holds: Vec<Hold> = resolution.holds.iter().map(Hold::from).collect();
    let (Some(entry), Some(bound)) = (resolution.entry, &despatch.message) else {
        return holds;
    };
    let mut changed = |what: &str| {
        holds.push(Hold {
            code: "recipient_changed".to_owned(),
            words: format!("{what} of {} changed since the message was made", entry.id),
            regenerate: true,
        });
    };
    if despatch.recipient.entry.as_ref() != Some(&entry.id) {
        changed("the entry that answers for the recipient, now that");
    } else if despatch.recipient.address != entry.email.to_string() {
        changed("the address");
    }
    if bound.opening.is_some_and(|method| Some(method) != entry.method) {
        changed("the way of opening");
    } else if !bound.fingerprints.is_empty() && bound.fingerprints != entry.fingerprints() {
        changed("the keys");
    }
    holds
}

/// Checks the dates: the response window (B5) and the last useful day (G11).
fn stale(despatch: &Despatch, today: NaiveDate) -> Vec<Hold> {
    let mut holds = Vec::new();
    if let Some(window) = &despatch.planned.window
        && !window.is_open_on(today)
    {
        holds.push(Hold {
            code: "window_closed".to_owned(),
            words: format!(
                "service after {} leaves too little time to respond before the appointment; \
                 the appointment needs a new date",
                weekday_words(window.latest_service)
            ),
            regenerate: false,
        });
    }
    if let Some(last) = despatch.planned.not_after
        && today > last
    {
        holds.push(Hold {
            code: "stale".to_owned(),
            words: format!("it made sense until {} and no longer", weekday_words(last)),
            regenerate: false,
        });
    }
    holds
}

/// Returns the hold of what keeps a person in detention, once a limit of that has lapsed.
pub fn limit_hold(planned: &Planned, limit: Option<LondonTime>, now: Moment) -> Option<Hold> {
    let lapsed = limit.filter(|limit| planned.maintains && limit.utc() <= now.at)?;
    let words = format!(
        "a limit of the detention lapsed on {}, and this maintains it: it goes no more. The person is to be released, or \
         moved to where they may be kept; cancel this, or release it once the record has a later limit",
        lapsed.end_words()
    );
    Some(Hold { code: "limit_lapsed".to_owned(), words, regenerate: false })
}

/// Returns the guards whose checks a person must confirm.
fn to_confirm(despatch: &Despatch) -> BTreeSet<Guard> {
    let open = despatch.checks.iter().filter(|check| check.outcome == Outcome::Confirm);
    open.map(|check| check.guard).collect()
}

/// Checks that this person has confirmed every check that a machine cannot make, and overrode none.
pub(super) fn check_guards(
    despatch: &Despatch,
    by: &Staff,
    confirmed: &[Guard],
) -> Result<Vec<Guard>, LedgerError> {
    let overridden =
        despatch.checks.iter().filter_map(|check| Some((check.guard, check.overridden.as_ref()?)));
    for (guard, word) in overridden {
        second(Matter::Override(despatch, guard.code()), &by.id, [word.by.as_str()])?;
    }
    let asked = to_confirm(despatch);
    let left: Vec<&str> =
        asked.iter().filter(|guard| !confirmed.contains(guard)).map(|guard| guard.code()).collect();
    if left.is_empty() {
        return Ok(asked.into_iter().collect());
    }
    let open = despatch
        .checks
        .iter()
        .filter(|check| check.outcome == Outcome::Confirm && left.contains(&check.guard.code()));
    let evidence: Vec<&str> = open.map(|check| check.evidence.as_str()).collect();
    let cause = format!("a person must look at what a machine cannot tell: {}", evidence.join("; "));
    let cure = format!("open it, look, and approve it with --confirm {}", left.join(","));
    refuse(despatch.id, "approve.confirm", cause, &cure)
}
