//! Enters: what people say about the guards' checks. Leaves: it on record, with who and why.
//! Never: lets pass what no person may let pass, or lets one person both override and approve, a safety message apart
//! that the office lets one person release.

use super::chain::Chain;
use super::despatch::{Approval, Despatch, DespatchId, Hold, State, Urgent};
use super::incidents::frozen;
use super::ledger::{Ledger, LedgerError, put_down, step};
use super::review::{Checks, check_second_person, not_now, recheck, refuse};
use crate::connection::begin_write;
use crate::queries::despatches::load;
use crate::queries::packs::pack_record;
use despatch_core::clock::Moment;
use despatch_core::words::Role;
use despatch_guards::{Check, Guard, Outcome, Override};
use despatch_settings::Staff;
use serde_json::json;
use std::collections::BTreeSet;

impl Ledger {
    /// Lets pass what these guards stop. The despatch is released and approved as ever, by somebody else. What the same
    /// person let pass before stays so: the release after it may have failed, and is given again.
    ///
    /// Errors: a guard stops nothing here, or what it stops is no person's to let pass.
    pub fn override_checks(
        &mut self,
        id: DespatchId,
        by: &Staff,
        guards: &[Guard],
        reason: &str,
        now: Moment,
    ) -> Result<Despatch, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            let mut chain = Chain::new(now.at, by.id.as_str());
            let mut despatch = load(&mut tx, id).await?;
            if despatch.state != State::Held {
                let cause = format!("it is {}, so nothing of it is held", despatch.state.words());
                return refuse(&despatch, "override.state", cause, "look at it with `despatch outbox show`");
            }
            for guard in guards {
                if was_overridden(&despatch, *guard, by) {
                    continue;
                }
                let evidence = override_one(&mut despatch, *guard, by, reason, now)?;
                let detail = json!({ "guard": guard, "evidence": evidence, "reason": reason });
                put_down(&mut tx, &mut chain, &despatch, "override", detail).await?;
            }
            tx.commit().await?;
            Ok(despatch)
        })
    }

    /// Lets a safety message go on one person's word, where the office allows it for its role. That word goes for the
    /// identity guard too, the one exception to two people; whatever else a machine cannot tell is to be `confirmed`.
    ///
    /// Errors: it is no such message, `by` may not approve it, somebody stopped it, or its address or key is not in order.
    pub fn release_urgently(
        &mut self,
        id: DespatchId,
        by: &Staff,
        (reason, confirmed): (&str, &[Guard]),
        roles: &BTreeSet<Role>,
        checks: Checks<'_>,
        now: Moment,
    ) -> Result<Despatch, LedgerError> {
        let files = self.files.clone();
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            let mut chain = Chain::new(now.at, by.id.as_str());
            let mut despatch = load(&mut tx, id).await?;
            let packs = pack_record(&mut tx).await?;
            let frozen = frozen(&mut tx).await?;
            may_be_urgent(&despatch, by, roles)?;
            let confirmed = check_guards(&despatch, by, &[confirmed, &[Guard::Identity]].concat())?;
            for check in despatch.checks.iter_mut().filter(|check| check.guard == Guard::Identity) {
                if check.holds() {
                    check.overridden =
                        Some(Override { by: by.id.clone(), at: now.at, reason: reason.to_owned() });
                }
            }
            despatch.approval = None;
            if let Err(holds) = recheck(&despatch, &files, checks, (&packs, &frozen), now.today) {
                return Err(not_now(&despatch, &holds));
            }
            let Some(bound) = despatch.message.clone() else {
                let cause = "there is no message to release".to_owned();
                return refuse(&despatch, "approve.no_message", cause, "mend what holds it and release it");
            };
            despatch.approval = Some(Approval {
                by: by.id.clone(),
                at: now.at,
                sha256: bound.sha256,
                address: despatch.recipient.address.clone(),
                fingerprints: bound.fingerprints,
                confirmed,
            });
            despatch.holds.clear();
            despatch.reason = Some(reason.to_owned());
            despatch.urgent =
                Some(Urgent { by: by.id.clone(), at: now.at, reason: reason.to_owned(), reviewed_by: None });
            let detail =
                json!({ "reason": reason, "approval": despatch.approval, "checks": despatch.checks });
            step(&mut tx, &mut chain, &mut despatch, State::Approved, "urgent_release", detail).await?;
            tx.commit().await?;
            Ok(despatch)
        })
    }

    /// Records that a second person has looked at what one person alone let go.
    ///
    /// Errors: nobody let it go alone, it is reviewed already, or `by` is not a second person.
    pub fn review_urgent(
        &mut self,
        id: DespatchId,
        by: &Staff,
        reason: &str,
        now: Moment,
    ) -> Result<Despatch, LedgerError> {
        let connection = &mut self.connection;
        self.runtime.block_on(async {
            let mut tx = begin_write(connection).await?;
            let mut chain = Chain::new(now.at, by.id.as_str());
            let mut despatch = load(&mut tx, id).await?;
            check_second_person(&despatch, by)?;
            match &mut despatch.urgent {
                Some(urgent) if urgent.reviewed_by.is_none() && urgent.by != by.id => {
                    urgent.reviewed_by = Some(by.id.clone());
                }
                Some(urgent) if urgent.by == by.id => {
                    let cause = format!("{} let it go and cannot be the one who reviews that", by.id);
                    return refuse(&despatch, "reviewed.own", cause, "ask another reviewer to look at it");
                }
                Some(_) | None => {
                    let cause = "nobody let it go alone, or that is reviewed already".to_owned();
                    return refuse(
                        &despatch,
                        "reviewed.nothing",
                        cause,
                        "look at it with `despatch outbox show`",
                    );
                }
            }
            let detail = json!({ "reason": reason });
            put_down(&mut tx, &mut chain, &despatch, "urgent_reviewed", detail).await?;
            tx.commit().await?;
            Ok(despatch)
        })
    }
}

/// Whether this person has let pass everything that a guard stops.
fn was_overridden(despatch: &Despatch, guard: Guard, by: &Staff) -> bool {
    let mut checks = despatch.checks.iter().filter(|check| check.guard == guard);
    let theirs = |word: &Override| word.by == by.id;
    !checks.clone().any(Check::holds) && checks.any(|check| check.overridden.as_ref().is_some_and(theirs))
}

fn override_one(
    despatch: &mut Despatch,
    guard: Guard,
    by: &Staff,
    reason: &str,
    now: Moment,
) -> Result<Vec<String>, LedgerError> {
    let stops = despatch.checks.iter().any(|check| check.guard == guard && check.holds());
    if !stops {
        let cause = format!("the check {} stops nothing here", guard.code());
        return refuse(
            despatch,
            "override.nothing",
            cause,
            "`despatch outbox show` lists what it is held by",
        );
    }
    if !guard.may_be_overridden() {
        let cause = format!("what the check {} stops is nobody's to let pass", guard.code());
        return refuse(despatch, "override.never", cause, "mend the cause, or return the case");
    }
    let mut evidence = Vec::new();
    for check in despatch.checks.iter_mut().filter(|check| check.guard == guard && check.holds()) {
        evidence.push(check.evidence.clone());
        check.overridden = Some(Override { by: by.id.clone(), at: now.at, reason: reason.to_owned() });
    }
    Ok(evidence)
}

fn may_be_urgent(despatch: &Despatch, by: &Staff, roles: &BTreeSet<Role>) -> Result<(), LedgerError> {
    if !despatch.planned.safety || !roles.contains(&despatch.planned.role) {
        let cause = format!(
            "the office lets one person alone release no message of this kind to the {}",
            despatch.planned.role.words()
        );
        let cure = "approve it, or see [urgent_release] in despatch.toml";
        return refuse(despatch, "urgent.role", cause, cure);
    }
    check_second_person(despatch, by)?;
    if !matches!(despatch.state, State::Held | State::AwaitingReview) {
        let cause = format!("it is {}, so there is nothing to release", despatch.state.words());
        return refuse(despatch, "urgent.state", cause, "look at it with `despatch outbox show`");
    }
    if let Some(firm) = despatch.planned.hold.as_ref().filter(|hold| hold.firm) {
        return Err(not_now(despatch, &[firm.into()]));
    }
    let stopped: Vec<Hold> = despatch.holds.iter().filter(|hold| hold.is_for_a_person()).cloned().collect();
    if stopped.is_empty() { Ok(()) } else { Err(not_now(despatch, &stopped)) }
}

/// The guards whose checks a person must confirm.
fn to_confirm(despatch: &Despatch) -> BTreeSet<Guard> {
    let open = despatch.checks.iter().filter(|check| check.outcome == Outcome::Confirm);
    open.map(|check| check.guard).collect()
}

/// Whether this person has confirmed all that a machine could not check, and let nothing pass themselves.
pub(super) fn check_guards(
    despatch: &Despatch,
    by: &Staff,
    confirmed: &[Guard],
) -> Result<Vec<Guard>, LedgerError> {
    let overridden =
        despatch.checks.iter().filter_map(|check| Some((check.guard, check.overridden.as_ref()?)));
    if let Some((guard, _)) = overridden.into_iter().find(|(_, word)| word.by == by.id) {
        let cause =
            format!("{} let the check {} pass and cannot be the one who approves", by.id, guard.code());
        return refuse(despatch, "approve.own_override", cause, "ask another reviewer to look at it");
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
    refuse(despatch, "approve.confirm", cause, &cure)
}
