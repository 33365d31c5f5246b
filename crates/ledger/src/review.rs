//! Enters: a person's decision about a despatch. Leaves: its new state, with the person and the reason recorded.
//! Never: lets the person who prepared a despatch approve it, or approves what has changed.

use super::despatch::{Approval, Despatch, DespatchId, Hold, MessageBinding, SealedDespatch, State};
use super::events::{DespatchEvent, HoldCause, LedgerEvent, Regenerated};
use super::files::{Files, sync_folder, write_file};
use super::four_eyes::may_let_go;
use super::incidents::{Frozen, frozen, frozen_hold};
use super::ledger::{Ledger, LedgerError};
use super::overrides::check_guards;
use crate::connection::LedgerConnection;
use crate::queries::packs::pack_record;
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{EntryId, PackId, Sha256, weekday_words};
use despatch_directory::directory::{Directory, HoldReason};
use despatch_guards::{Check, Guard};
use despatch_process::{PackRecord, Packs, PolicyHold};
use despatch_settings::Staff;
use std::collections::BTreeMap;

/// The largest message, in bytes: NHSmail takes 35 MB (NHS England, 2022).
pub const MESSAGE_BYTES_MAX: usize = 35_000_000;

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

/// A person's decision other than approval, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Back to the caseworker, who corrects it with a new file that `replaces` the old one.
    Return(String),
    Hold(String),
    /// Lifts a hold, or orders another attempt at what was refused, deferred or is in doubt.
    Release(String),
    Cancel(String),
}

impl Ledger {
    /// Approves a despatch: exactly these bytes may be sent to exactly this recipient and these keys.
    ///
    /// # Errors
    /// It is not awaiting review; `by` prepared the case; `seen` names another message; a check that a machine cannot
    /// make is not `confirmed`, or `by` overrode one; or it is stale, altered or its recipient changed, and is then
    /// held, with the reason.
    pub fn approve(
        &mut self,
        id: DespatchId,
        by: &Staff,
        seen: Option<&str>,
        confirmed: &[Guard],
        checks: Checks<'_>,
        now: Moment,
    ) -> Result<Despatch, LedgerError> {
        let files = self.files.clone();
        // A despatch that fails the recheck is held; the hold is committed although the approval is refused.
        self.transact(by.id.as_str(), now.at, async |tx| {
            let despatch = tx.despatch(id).await?;
            let bound = may_approve(&despatch, by, seen)?;
            let confirmed = check_guards(&despatch, by, confirmed)?;
            let (packs, frozen) = decided(tx.connection()).await?;
            if let Err(holds) = recheck(&despatch, &files, checks, (&packs, &frozen), now.today) {
                let refused = not_now(&despatch, &holds);
                let held = DespatchEvent::Held { holds, cause: HoldCause::Recheck };
                tx.record(LedgerEvent::Despatch(id, held)).await?;
                return Ok::<_, LedgerError>(Err(refused));
            }
            let approval = Approval {
                by: by.id.clone(),
                at: now.at,
                sha256: bound.sha256,
                address: despatch.recipient.address.clone(),
                fingerprints: bound.fingerprints,
                confirmed,
            };
            tx.record(LedgerEvent::Despatch(id, DespatchEvent::Approved { approval })).await?;
            Ok(Ok(tx.despatch(id).await?))
        })?
    }

    /// Applies a person's decision.
    ///
    /// # Errors
    /// The table of states does not allow it, or the cause of the hold remains.
    pub fn decide(
        &mut self,
        id: DespatchId,
        by: &Staff,
        decision: &Decision,
        checks: Checks<'_>,
        now: Moment,
    ) -> Result<Despatch, LedgerError> {
        let files = self.files.clone();
        self.transact(by.id.as_str(), now.at, async |tx| {
            let despatch = tx.despatch(id).await?;
            let happened = match decision {
                Decision::Return(reason) => DespatchEvent::Returned { reason: reason.clone() },
                Decision::Cancel(reason) => DespatchEvent::Cancelled { reason: reason.clone() },
                Decision::Hold(reason) => {
                    let hold = Hold {
                        code: Hold::BY_PERSON.to_owned(),
                        words: format!("held by {}: {reason}", by.id),
                        regenerate: false,
                    };
                    let holds = despatch.holds.iter().cloned().chain([hold]).collect();
                    DespatchEvent::Held { holds, cause: HoldCause::Person { reason: reason.clone() } }
                }
                Decision::Release(reason) => {
                    let (packs, frozen) = decided(tx.connection()).await?;
                    let state = released(&despatch, by, &files, checks, (&packs, &frozen), now.today)?;
                    DespatchEvent::Released { reason: reason.clone(), state }
                }
            };
            tx.record(LedgerEvent::Despatch(id, happened)).await?;
            tx.despatch(id).await
        })
    }

    /// Replaces a message by a regenerated one. Any approval is void.
    ///
    /// # Errors
    /// Somebody else has changed the despatch since, or the new message cannot be sent either.
    pub fn regenerated(
        &mut self,
        id: DespatchId,
        by: &Staff,
        reason: &str,
        sealed: SealedDespatch,
        now: Moment,
    ) -> Result<Despatch, LedgerError> {
        let files = self.files.clone();
        self.transact(by.id.as_str(), now.at, async |tx| {
            let despatch = tx.despatch(id).await?;
            let made = sealed.despatch;
            let revision = |despatch: &Despatch| despatch.message.as_ref().map_or(0, |bound| bound.revision);
            let overtaken = !despatch.state.may_become(State::AwaitingReview)
                || revision(&made) != revision(&despatch) + 1
                || !made.holds.is_empty();
            if overtaken {
                let cause = "somebody else dealt with it meanwhile, or it still cannot go".to_owned();
                let cure = "look at it with `despatch outbox show`";
                return refuse(&despatch, "release.overtaken", cause, cure);
            }
            if let (Some(bytes), Some(bound)) = (&sealed.message, &made.message) {
                write_file(&files.message(id, bound.revision), bytes)?;
                if let Some(copy) = &sealed.copy {
                    write_file(&files.copy(id, bound.revision), copy)?;
                }
                sync_folder(&files.despatches())?;
            }
            // Keep the first message's warnings and add the new ones: either may have some that the other lacks.
            let new = made.warnings.into_iter().filter(|warning| !despatch.warnings.contains(warning));
            let regenerated = Regenerated {
                reason: reason.to_owned(),
                pack: made.pack,
                planned: made.planned,
                recipient: made.recipient,
                message: made.message,
                checks: made.checks,
                warnings: new.collect(),
            };
            let happened = DespatchEvent::Regenerated(Box::new(regenerated));
            tx.record(LedgerEvent::Despatch(id, happened)).await?;
            tx.despatch(id).await
        })
    }
}

/// Returns the message that this person may approve, or why not.
fn may_approve(despatch: &Despatch, by: &Staff, seen: Option<&str>) -> Result<MessageBinding, LedgerError> {
    if despatch.state != State::AwaitingReview {
        let cause = format!("it is {}, not awaiting review", despatch.state.label());
        return refuse(despatch, "approve.state", cause, "look at it with `despatch outbox show`");
    }
    may_let_go(despatch, by)?;
    let Some(bound) = &despatch.message else {
        let cause = "there is no message to approve".to_owned();
        return refuse(despatch, "approve.no_message", cause, "release it once what holds it is mended");
    };
    if seen.is_some_and(|seen| seen.is_empty() || !bound.sha256.to_string().starts_with(seen)) {
        let cause = format!("the message is now {}, not the one that you looked at", bound.sha256.short());
        return refuse(despatch, "approve.other_message", cause, "open it again and approve what you see");
    }
    Ok(bound.clone())
}

pub(super) fn refuse<T>(
    despatch: &Despatch,
    code: &'static str,
    cause: String,
    cure: &str,
) -> Result<T, LedgerError> {
    Err(LedgerError::Refused(Fault::new(despatch.id.to_string(), code, cause, cure)))
}

pub(super) fn not_now(despatch: &Despatch, holds: &[Hold]) -> LedgerError {
    let words: Vec<&str> = holds.iter().map(|hold| hold.words.as_str()).collect();
    let cure = "mend the cause, then `despatch outbox release` lifts the hold or regenerates the message";
    LedgerError::Refused(Fault::new(despatch.id.to_string(), "despatch.held", words.join("; "), cure))
}

/// Returns the state after a release: review, or approved if the approval still binds the same bytes. What a relay
/// refused or may have delivered is sent again only on a reviewer's decision.
fn released(
    despatch: &Despatch,
    by: &Staff,
    files: &Files,
    checks: Checks<'_>,
    decided: Decided<'_>,
    today: NaiveDate,
) -> Result<State, LedgerError> {
    let person_decides = despatch.state.a_person_decides();
    if despatch.state != State::Held && !person_decides {
        let cause = format!("it is {}, so there is nothing to release", despatch.state.label());
        return refuse(despatch, "release.state", cause, "look at it with `despatch outbox show`");
    }
    if person_decides {
        // This person's decision may send it again, or for the first time.
        may_let_go(despatch, by)?;
    }
    if let Err(holds) = recheck(despatch, files, checks, decided, today) {
        return Err(not_now(despatch, &holds));
    }
    if let Some(firm) = despatch.planned.hold.as_ref().filter(|hold| hold.firm) {
        return Err(not_now(despatch, &[Hold::from(firm)]));
    }
    let still_bound = match (&despatch.approval, &despatch.message) {
        (Some(approval), Some(bound)) => approval.sha256 == bound.sha256,
        _ => false,
    };
    Ok(if still_bound { State::Approved } else { State::AwaitingReview })
}

/// Checks a despatch as of today: the exact bytes, the recipient in the current directory, the dates. Returns the
/// bytes.
///
/// # Errors
/// Everything that prevents sending.
pub fn recheck(
    despatch: &Despatch,
    files: &Files,
    checks: Checks<'_>,
    (packs, frozen): Decided<'_>,
    today: NaiveDate,
) -> Result<Vec<u8>, Vec<Hold>> {
    let mut holds = recipient_changes(despatch, checks.directory, today);
    holds.extend(frozen_hold(despatch, frozen));
    holds.extend(pack_hold(despatch, checks.packs, packs, today));
    holds.extend(stale(despatch, today));
    holds.extend(despatch.checks.iter().filter(|check| check.holds()).map(Hold::from));
    let hold =
        |code: &str, words: &str| Hold { code: code.to_owned(), words: words.to_owned(), regenerate: true };
    let Some(bound) = &despatch.message else {
        holds.push(hold("no_message", "the message is still to be made"));
        return Err(holds);
    };
    if despatch.checks.is_empty() {
        holds.push(hold("not_checked", "no check of the message is on record"));
    }
    let bytes = match files.message_bytes(despatch.id, bound.revision, bound.sha256) {
        Ok(bytes) => bytes,
        Err(_) => {
            holds.push(hold(
                "altered",
                "the message in the outbox is missing or is not the one that was made",
            ));
            return Err(holds);
        }
    };
    if bound.opening.is_none() {
        holds.push(hold("not_sealed", "the message is not sealed to its recipient yet"));
    }
    if bytes.len() > MESSAGE_BYTES_MAX {
        let words = format!(
            "the message has {} bytes and mail systems take {MESSAGE_BYTES_MAX}; ask for smaller attachments",
            bytes.len()
        );
        holds.push(Hold { code: "too_large".to_owned(), words, regenerate: false });
    }
    let bound_by = |approval: &Approval| {
        approval.sha256 == Sha256::of(&bytes)
            && approval.address == despatch.recipient.address
            && approval.fingerprints == bound.fingerprints
    };
    if despatch.approval.as_ref().is_some_and(|approval| !bound_by(approval)) {
        holds.push(hold("altered", "the message is not the one that was approved"));
    }
    if holds.is_empty() { Ok(bytes) } else { Err(holds) }
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

impl From<&PolicyHold> for Hold {
    fn from(hold: &PolicyHold) -> Self {
        // A firm hold is lifted only if the case is planned again and the rules do not set it.
        Hold { code: hold.code.clone(), words: hold.words.clone(), regenerate: hold.firm }
    }
}

impl From<&Check> for Hold {
    fn from(check: &Check) -> Self {
        Hold { code: check.guard.hold_code().to_owned(), words: check.hold_label(), regenerate: true }
    }
}

impl From<&HoldReason> for Hold {
    fn from(reason: &HoldReason) -> Self {
        Hold { code: reason.code().to_owned(), words: reason.to_string(), regenerate: true }
    }
}
