//! Enters: a person's decision about a despatch. Leaves: its new state, with the person and the reason recorded.
//! Never: lets the person who prepared a despatch approve it, or approves what has changed.

use crate::checks::{AsOf, Checks, Decided, check_guards, decided, not_now, recheck};
use crate::despatch::{Approval, Despatch, Hold, MessageBinding, SealedDespatch, State};
use crate::error::{LedgerError, refuse};
use crate::events::{DespatchEvent, HoldCause, LedgerEvent, Regenerated};
use crate::files::{Files, sync_folder, write_file};
use crate::four_eyes::{Matter, may_let_go, second};
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::person_holds::may_lift;
use crate::signing::{self, Signing};
use crate::transact::Transaction;
use crate::views::unseen_because;
use despatch_core::clock::Moment;
use despatch_guards::Guard;
use despatch_seal::approval::Choice;
use despatch_settings::{Staff, Unseen};

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

/// What a reviewer says with an approval, and what the office asks of it.
#[derive(Debug, Clone, Copy)]
pub struct Approving<'a> {
    /// The SHA-256 of the message that was reviewed, or a prefix of it.
    pub seen: Option<&'a str>,
    /// The checks that a machine cannot make and that this person made.
    pub confirmed: &'a [Guard],
    /// What may be approved without having been opened.
    pub unseen: &'a Unseen,
    /// What the office asks that takes signed approvals alone.
    pub signing: Option<Signing<'a>>,
}

impl Ledger {
    /// Approves a despatch: exactly these bytes may be sent to exactly this recipient and these keys. Where
    /// nothing proves who prepared it, the first of two approvals leaves it awaiting the second (F10).
    ///
    /// # Errors
    /// It is not awaiting review; `by` prepared the case, has not opened this version of it or is the one who approved it
    /// first; `seen` names another message; a check that a machine cannot
    /// make is not `confirmed`, or `by` overrode one; the office takes signed approvals alone and this is none; or it is
    /// stale, altered or its recipient changed, and is then held, with the reason.
    pub fn approve(
        &mut self,
        id: DespatchId,
        by: &Staff,
        saying: Approving<'_>,
        checks: Checks<'_>,
        now: Moment,
    ) -> Result<Despatch, LedgerError> {
        let files = self.files.clone();
        // A despatch that fails the recheck is held; the hold is committed although the approval is refused.
        self.transact(by.id.as_str(), now.at, async |tx| {
            let (despatch, approval) =
                match approval(tx, id, by, (saying, None), (&files, checks), now).await? {
                    Ok(given) => given,
                    Err(refused) => return Ok::<_, LedgerError>(Err(refused)),
                };
            let approved = match despatch.needs_two() && despatch.first_approval.is_none() {
                true => DespatchEvent::FirstApproved { approval },
                false => DespatchEvent::Approved { approval },
            };
            Ok(Ok(tx.change(id, approved).await?))
        })?
    }

    /// Returns the text that `by` signs to approve a despatch, with a new number of this `office`, which is on record.
    /// What `saying` has of a signature is not looked at.
    ///
    /// # Errors
    /// As [`Ledger::approve`], but for the signature.
    pub fn ask_to_approve(
        &mut self,
        id: DespatchId,
        (by, office): (&Staff, &str),
        saying: Approving<'_>,
        checks: Checks<'_>,
        now: Moment,
    ) -> Result<String, LedgerError> {
        let files = self.files.clone();
        let saying = Approving { signing: None, ..saying };
        self.transact(by.id.as_str(), now.at, async |tx| {
            let (despatch, approval) =
                match approval(tx, id, by, (saying, None), (&files, checks), now).await? {
                    Ok(given) => given,
                    Err(refused) => return Ok::<_, LedgerError>(Err(refused)),
                };
            let decided = signing::Decided { choice: Choice::Approve, by, confirmed: &approval.confirmed };
            Ok(Ok(signing::ask(tx, &despatch, decided, office, now).await?))
        })?
    }

    /// Applies a person's decision.
    ///
    /// # Errors
    /// The table of states does not allow it, the cause of the hold remains, or it is somebody else's to lift.
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
                    may_lift(tx.connection(), &despatch, by).await?;
                    let (packs, frozen) = decided(tx.connection()).await?;
                    let as_of = AsOf::of(tx.connection(), &despatch, now).await?;
                    let state = released(&despatch, by, &files, checks, (&packs, &frozen), as_of)?;
                    DespatchEvent::Released { reason: reason.clone(), state }
                }
            };
            tx.change(id, happened).await
        })
    }

    /// Replaces a message by a regenerated one. Any approval is void.
    ///
    /// # Errors
    /// Somebody else has changed the despatch since, or holds it; or the new message cannot be sent either.
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
            may_lift(tx.connection(), &despatch, by).await?;
            let made = sealed.despatch;
            let revision = |despatch: &Despatch| despatch.message.as_ref().map_or(0, |bound| bound.revision);
            let overtaken = !despatch.state.may_become(State::AwaitingReview)
                || revision(&made) != revision(&despatch) + 1
                || !made.holds.is_empty();
            if overtaken {
                let cause = "somebody else dealt with it meanwhile, or it still cannot go";
                let cure = "look at it with `despatch outbox show`";
                return refuse(despatch.id, "release.overtaken", cause, cure);
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
            tx.change(id, happened).await
        })
    }
}

/// Returns a despatch and this person's approval of it; or, where the recheck held it, the refusal. `sampled`: the sample of
/// its batch that they opened in its place.
pub(crate) async fn approval(
    tx: &mut Transaction<'_>,
    id: DespatchId,
    by: &Staff,
    (saying, sampled): (Approving<'_>, Option<&str>),
    (files, checks): (&Files, Checks<'_>),
    now: Moment,
) -> Result<Result<(Despatch, Approval), LedgerError>, LedgerError> {
    let despatch = tx.despatch(id).await?;
    let bound = may_approve(&despatch, by, saying.seen)?;
    let unseen = unseen_because(tx.connection(), (&despatch, bound), by, (saying.unseen, sampled)).await?;
    let confirmed = check_guards(&despatch, by, saying.confirmed)?;
    let (packs, frozen) = decided(tx.connection()).await?;
    let as_of = AsOf::of(tx.connection(), &despatch, now).await?;
    if let Err(holds) = recheck(&despatch, files, checks, (&packs, &frozen), as_of)? {
        let refused = not_now(&despatch, &holds);
        let held = DespatchEvent::Held { holds, cause: HoldCause::Recheck };
        tx.record(LedgerEvent::Despatch(id, held)).await?;
        return Ok(Err(refused));
    }
    let decided = signing::Decided { choice: Choice::Approve, by, confirmed: &confirmed };
    let signed = signing::accept((&despatch, bound), decided, saying.signing, now)?;
    let given = Approval::of((&despatch, bound), by, now.at, confirmed);
    let approval = Approval { unseen, signed, ..given };
    Ok(Ok((despatch, approval)))
}

/// Returns the message that this person may approve, or why not.
fn may_approve<'d>(
    despatch: &'d Despatch,
    by: &Staff,
    seen: Option<&str>,
) -> Result<&'d MessageBinding, LedgerError> {
    if despatch.state != State::AwaitingReview {
        let cause = format!("it is {}, not awaiting review", despatch.state.label());
        return refuse(despatch.id, "approve.state", cause, "look at it with `despatch outbox show`");
    }
    may_let_go(despatch, by)?;
    let first = despatch.first_approval.iter().map(|first| first.by.as_str());
    second(Matter::SecondApproval(despatch), &by.id, first)?;
    let Some(bound) = &despatch.message else {
        let cause = "there is no message to approve";
        return refuse(despatch.id, "approve.no_message", cause, "release it once what holds it is mended");
    };
    if seen.is_some_and(|seen| seen.is_empty() || !bound.sha256.to_string().starts_with(seen)) {
        let cause = format!("the message is now {}, not the one that you looked at", bound.sha256.short());
        return refuse(despatch.id, "approve.other_message", cause, "open it again and approve what you see");
    }
    Ok(bound)
}

/// Returns the state after a release: review, or approved if the approval still binds the same bytes. What a relay
/// refused or may have delivered is sent again only on a reviewer's decision.
fn released(
    despatch: &Despatch,
    by: &Staff,
    files: &Files,
    checks: Checks<'_>,
    decided: Decided<'_>,
    as_of: AsOf,
) -> Result<State, LedgerError> {
    let person_decides = despatch.state.a_person_decides();
    if despatch.state != State::Held && !person_decides {
        let cause = format!("it is {}, so there is nothing to release", despatch.state.label());
        return refuse(despatch.id, "release.state", cause, "look at it with `despatch outbox show`");
    }
    if person_decides {
        // This person's decision may send it again, or for the first time.
        may_let_go(despatch, by)?;
    }
    if let Err(holds) = recheck(despatch, files, checks, decided, as_of)? {
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
