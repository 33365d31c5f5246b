//! Enters: what people say about the guards' checks. Leaves: it recorded, with who and why.
//! Never: overrides what no person may override, or lets one person both override and approve, except for a safety
//! message that the office lets one person release.

use crate::checks::{AsOf, Checks, check_guards, decided, not_now, recheck};
use crate::despatch::{Approval, Despatch, Hold, State};
use crate::error::{LedgerError, refuse};
use crate::events::DespatchEvent;
use crate::files::Files;
use crate::four_eyes::{Matter, may_let_go, second};
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::review::Approving;
use crate::signing;
use crate::transact::Transaction;
use crate::views::unseen_because;
use despatch_core::clock::Moment;
use despatch_core::words::Role;
use despatch_guards::{Check, Guard, Override};
use despatch_seal::approval::Choice;
use despatch_settings::{Staff, Unseen};
use std::collections::BTreeSet;

impl Ledger {
    /// Overrides these guards. Somebody else then releases and approves the despatch as usual. Repeating one's own
    /// override is allowed: the release after it may have failed and is retried.
    ///
    /// # Errors
    /// A guard stops nothing here, or may not be overridden.
    pub fn override_checks(
        &mut self,
        id: DespatchId,
        by: &Staff,
        guards: &[Guard],
        reason: &str,
        now: Moment,
    ) -> Result<Despatch, LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let mut despatch = tx.despatch(id).await?;
            if despatch.state != State::Held {
                let cause = format!("it is {}, so nothing of it is held", despatch.state.label());
                return refuse(
                    despatch.id,
                    "override.state",
                    cause,
                    "look at it with `despatch outbox show`",
                );
            }
            for guard in guards {
                if was_overridden(&despatch, *guard, by) {
                    continue;
                }
                let evidence = to_override(&despatch, *guard)?;
                let word = DespatchEvent::Overridden { guard: *guard, evidence, reason: reason.to_owned() };
                despatch = tx.change(id, word).await?;
            }
            Ok(despatch)
        })
    }

    /// Releases a safety message on one person's decision, where the office allows it for the role. It overrides the
    /// identity guard too, the one exception to four eyes; every other check that needs a person must be `confirmed`.
    ///
    /// # Errors
    /// The message does not qualify, `by` may not approve it or has not opened it, nothing proves who prepared it, a
    /// person holds it, its address or key is not in order, or the office asks for a signature and this has none that
    /// counts.
    pub fn release_urgently(
        &mut self,
        id: DespatchId,
        by: &Staff,
        (reason, saying): (&str, Approving<'_>),
        roles: &BTreeSet<Role>,
        checks: Checks<'_>,
        now: Moment,
    ) -> Result<Despatch, LedgerError> {
        let files = self.files.clone();
        self.transact(by.id.as_str(), now.at, async |tx| {
            let (_, approval) = release_of(tx, id, by, (saying, roles), (&files, checks), now).await?;
            let released = DespatchEvent::ReleasedUrgently { reason: reason.to_owned(), approval };
            tx.change(id, released).await
        })
    }

    /// Returns the text that `by` signs to release a safety message, with a new number of this `office`, which is on
    /// record.
    ///
    /// # Errors
    /// As [`Ledger::release_urgently`], but for the signature.
    pub fn ask_to_release_urgently(
        &mut self,
        id: DespatchId,
        (by, office): (&Staff, &str),
        saying: Approving<'_>,
        roles: &BTreeSet<Role>,
        checks: Checks<'_>,
        now: Moment,
    ) -> Result<String, LedgerError> {
        let files = self.files.clone();
        let saying = Approving { signing: None, ..saying };
        self.transact(by.id.as_str(), now.at, async |tx| {
            let (despatch, approval) = release_of(tx, id, by, (saying, roles), (&files, checks), now).await?;
            let decided =
                signing::Decided { choice: Choice::ReleaseUrgently, by, confirmed: &approval.confirmed };
            signing::ask(tx, &despatch, decided, office, now).await
        })
    }

    /// Records that a second person has reviewed an urgent release.
    ///
    /// # Errors
    /// It was not released urgently, it is reviewed already, or `by` is not a second person or has not opened it.
    pub fn review_urgent(
        &mut self,
        id: DespatchId,
        by: &Staff,
        (reason, unseen): (&str, &Unseen),
        now: Moment,
    ) -> Result<Despatch, LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let despatch = tx.despatch(id).await?;
            may_let_go(&despatch, by)?;
            let Some(urgent) = &despatch.urgent else {
                return nothing_to_review(&despatch);
            };
            second(Matter::UrgentReview(&despatch), &by.id, [urgent.by.as_str()])?;
            if urgent.reviewed_by.is_some() {
                return nothing_to_review(&despatch);
            }
            if let Some(bound) = &despatch.message {
                unseen_because(tx.connection(), (&despatch, bound), by, (unseen, None)).await?;
            }
            let reviewed = DespatchEvent::UrgentReviewed { reason: reason.to_owned() };
            tx.change(id, reviewed).await
        })
    }
}

/// Returns a despatch and this person's approval of it, given alone.
async fn release_of(
    tx: &mut Transaction<'_>,
    id: DespatchId,
    by: &Staff,
    (saying, roles): (Approving<'_>, &BTreeSet<Role>),
    (files, checks): (&Files, Checks<'_>),
    now: Moment,
) -> Result<(Despatch, Approval), LedgerError> {
    let despatch = tx.despatch(id).await?;
    may_be_urgent(&despatch, by, roles)?;
    let confirmed = check_guards(&despatch, by, &[saying.confirmed, &[Guard::Identity]].concat())?;
    let (packs, frozen) = decided(tx.connection()).await?;
    // The identity guard is overridden, and earlier approvals do not count.
    let mut released = despatch.clone();
    let word = Override { by: by.id.clone(), at: now.at, reason: String::new() };
    released.let_pass(Guard::Identity, &word);
    released.void();
    let as_of = AsOf::of(tx.connection(), &released, now).await?;
    if let Err(holds) = recheck(&released, files, checks, (&packs, &frozen), as_of)? {
        return Err(not_now(&despatch, &holds));
    }
    let Some(bound) = &despatch.message else {
        let cause = "there is no message to release";
        return refuse(despatch.id, "approve.no_message", cause, "mend what holds it and release it");
    };
    let unseen = unseen_because(tx.connection(), (&despatch, bound), by, (saying.unseen, None)).await?;
    let decided = signing::Decided { choice: Choice::ReleaseUrgently, by, confirmed: &confirmed };
    let signed = signing::accept((&despatch, bound), decided, saying.signing, now)?;
    let given = Approval::of((&despatch, bound), by, now.at, confirmed);
    let approval = Approval { unseen, signed, ..given };
    Ok((despatch, approval))
}

/// Returns whether this person has overridden everything that a guard stops.
fn was_overridden(despatch: &Despatch, guard: Guard, by: &Staff) -> bool {
    let mut checks = despatch.checks.iter().filter(|check| check.guard == guard);
    let theirs = |word: &Override| word.by == by.id;
    !checks.clone().any(Check::holds) && checks.any(|check| check.overridden.as_ref().is_some_and(theirs))
}

fn nothing_to_review<T>(despatch: &Despatch) -> Result<T, LedgerError> {
    let cause = "nobody let it go alone, or that is reviewed already";
    refuse(despatch.id, "reviewed.nothing", cause, "look at it with `despatch outbox show`")
}

/// Returns the evidence of what a guard stops, if a person may override it.
fn to_override(despatch: &Despatch, guard: Guard) -> Result<Vec<String>, LedgerError> {
    let stops: Vec<&Check> =
        despatch.checks.iter().filter(|check| check.guard == guard && check.holds()).collect();
    if stops.is_empty() {
        let cause = format!("the check {} stops nothing here", guard.code());
        let cure = "`despatch outbox show` lists what it is held by";
        return refuse(despatch.id, "override.nothing", cause, cure);
    }
    if !guard.may_be_overridden() {
        let cause = format!("what the check {} stops may not be overridden", guard.code());
        return refuse(despatch.id, "override.never", cause, "mend the cause, or return the case");
    }
    Ok(stops.iter().map(|check| check.evidence.clone()).collect())
}

fn may_be_urgent(despatch: &Despatch, by: &Staff, roles: &BTreeSet<Role>) -> Result<(), LedgerError> {
    if !despatch.planned.safety || !roles.contains(&despatch.planned.role) {
        let cause = format!(
            "the office lets one person alone release no message of this kind to the {}",
            despatch.planned.role.label()
        );
        let cure = "have it approved, as every other message is";
        return refuse(despatch.id, "urgent.role", cause, cure);
    }
    may_let_go(despatch, by)?;
    if let Some(because) = despatch.two_because() {
        let cause = format!("{because}, so nobody lets it go alone");
        return refuse(despatch.id, "urgent.preparer", cause, "have two reviewers approve it");
    }
    if !matches!(despatch.state, State::Held | State::AwaitingReview) {
        let cause = format!("it is {}, so there is nothing to release", despatch.state.label());
        return refuse(despatch.id, "urgent.state", cause, "look at it with `despatch outbox show`");
    }
    if let Some(firm) = despatch.planned.hold.as_ref().filter(|hold| hold.firm) {
        return Err(not_now(despatch, &[firm.into()]));
    }
    let stopped: Vec<Hold> = despatch.holds.iter().filter(|hold| hold.is_for_a_person()).cloned().collect();
    if stopped.is_empty() { Ok(()) } else { Err(not_now(despatch, &stopped)) }
}
