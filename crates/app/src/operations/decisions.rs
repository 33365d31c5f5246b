//! Enters: what a member of staff decides about despatches. Leaves: the new state of each, or why it is refused.
//! Never: makes a decision itself, or lets one refusal block the others.

use super::casework::seen;
use super::clock_check::check_clock;
use super::moot::among;
use super::open_office::checks;
use super::outbox::held_for;
use super::{Actor, Failure, OpenOffice, ReviewKeys, Unlocks, reason};
use crate::office::{Office, Unlock};
use crate::pipeline::{Line, regenerate};
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_guards::Guard;
use despatch_ledger::{
    Approving, AsOf, Checks, Decision, Despatch, DespatchId, Hold, Ledger, LedgerError, Signing, State,
    recheck,
};
use despatch_seal::approvers::Approvers;
use despatch_settings::Staff;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The outcome for one despatch of a request.
#[derive(Debug, Serialize)]
pub struct DecisionOutcome {
    pub id: DespatchId,
    pub outcome: Result<Despatch, Failure>,
}

/// Applies a decision to each despatch and continues after a refusal; any other failure stops it.
fn each(
    ids: Vec<DespatchId>,
    mut decide: impl FnMut(DespatchId) -> Result<Despatch, Failure>,
) -> Vec<DecisionOutcome> {
    let mut decided = Vec::new();
    for id in ids {
        let outcome = decide(id);
        let goes_on = matches!(outcome, Ok(_) | Err(Failure::Faults(_)));
        decided.push(DecisionOutcome { id, outcome });
        if !goes_on {
            break;
        }
    }
    decided
}

/// A request to approve messages.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Approve {
    pub ids: Vec<DespatchId>,
    /// The SHA-256 of the message that was reviewed, or a prefix of it: only that message is approved.
    pub message: Option<String>,
    /// The checks that the reviewer made in place of the program.
    pub confirm: Vec<Guard>,
    /// The reviewer's signatures over the texts of [`super::to_sign`], where the office asks for them.
    #[serde(default)]
    pub signatures: BTreeMap<DespatchId, String>,
}

/// Approves exactly these messages for exactly these recipients.
///
/// # Errors
/// The actor is not on the staff list.
pub fn approve(
    open: &mut OpenOffice,
    actor: &Actor,
    request: Approve,
) -> Result<Vec<DecisionOutcome>, Failure> {
    let Approve { ids, message, confirm, signatures } = request;
    check_clock(open)?;
    let by = actor.staff()?;
    let OpenOffice { office, ledger, clock, .. } = open;
    let approvers = office.required_approvers()?;
    let (looked_at, unseen) = (message.as_deref(), &office.config.unseen);
    Ok(each(ids, |id| {
        seen(ledger, actor, id)?;
        let signing = signing(approvers.as_ref(), &signatures, id);
        let saying = Approving { seen: looked_at, confirmed: &confirm, unseen, signing };
        Ok(ledger.approve(id, by, saying, checks(office), clock.now())?)
    }))
}

/// What the office asks of a signature, and the one that was given.
fn signing<'a>(
    approvers: Option<&'a Approvers>,
    signatures: &'a BTreeMap<DespatchId, String>,
    id: DespatchId,
) -> Option<Signing<'a>> {
    Some(Signing { approvers: approvers?, signature: signatures.get(&id).map(String::as_str) })
}

/// How a despatch is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    Return,
    Hold,
    Cancel,
}

/// A request to stop despatches, and why.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Decide {
    pub ids: Vec<DespatchId>,
    pub stop: Stop,
    pub reason: String,
}

/// Returns, holds or cancels despatches.
///
/// # Errors
/// No reason is given, or the actor is not on the staff list.
pub fn stop(open: &mut OpenOffice, actor: &Actor, request: Decide) -> Result<Vec<DecisionOutcome>, Failure> {
    let (by, reason) = (actor.staff()?, reason(&request.reason)?);
    let decision = match request.stop {
        Stop::Return => Decision::Return(reason),
        Stop::Hold => Decision::Hold(reason),
        Stop::Cancel => Decision::Cancel(reason),
    };
    let OpenOffice { office, ledger, clock, .. } = open;
    Ok(each(request.ids, |id| {
        seen(ledger, actor, id)?;
        Ok(ledger.decide(id, by, &decision, checks(office), clock.now())?)
    }))
}

/// Cancels what is moot, each with its reason on record: these despatches, or all if none is named.
///
/// # Errors
/// The actor is not on the staff list, or the ledger cannot be read.
pub fn close(
    open: &mut OpenOffice,
    actor: &Actor,
    ids: Vec<DespatchId>,
) -> Result<Vec<DecisionOutcome>, Failure> {
    let (by, today) = (actor.staff()?, open.now().today);
    let OpenOffice { office, ledger, clock, .. } = open;
    let mut held = ledger.despatches(&[State::Held])?;
    let hidden = ledger.hidden_from(Some(&by.id))?;
    held.retain(|one| !hidden.contains(&one.case_id));
    let reasons: BTreeMap<DespatchId, String> =
        among(ledger, &held, today)?.into_iter().map(|one| (one.despatch, one.why)).collect();
    let ids = if ids.is_empty() { reasons.keys().copied().collect() } else { ids };
    Ok(each(ids, |id| {
        let Some(why) = reasons.get(&id) else {
            let cause = "it is not held, or may still go";
            let cure = "release it, or cancel it with a reason of your own: `despatch outbox cancel`";
            return Err(Fault::new(id.to_string(), "close.not_moot", cause, cure).into());
        };
        let decision = Decision::Cancel(format!("moot: {why}"));
        Ok(ledger.decide(id, by, &decision, checks(office), clock.now())?)
    }))
}

/// A request to release safety messages without four eyes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReleaseUrgently {
    pub ids: Vec<DespatchId>,
    pub reason: String,
    /// Checks that the program could not make and that this person made.
    pub confirm: Vec<Guard>,
    /// As in [`Approve`].
    #[serde(default)]
    pub signatures: BTreeMap<DespatchId, String>,
}

/// Releases safety messages at once; a review must follow.
///
/// # Errors
/// No reason is given, or the actor is not on the staff list.
pub fn release_urgently(
    open: &mut OpenOffice,
    actor: &Actor,
    request: ReleaseUrgently,
) -> Result<Vec<DecisionOutcome>, Failure> {
    let ReleaseUrgently { ids, reason: why, confirm, signatures } = request;
    check_clock(open)?;
    let (by, why) = (actor.staff()?, reason(&why)?);
    let OpenOffice { office, ledger, clock, .. } = open;
    let approvers = office.required_approvers()?;
    let (roles, unseen) = (&office.config.guards.urgent_release, &office.config.unseen);
    Ok(each(ids, |id| {
        seen(ledger, actor, id)?;
        let signing = signing(approvers.as_ref(), &signatures, id);
        let saying = Approving { seen: None, confirmed: &confirm, unseen, signing };
        Ok(ledger.release_urgently(id, by, (&why, saying), roles, checks(office), clock.now())?)
    }))
}

/// A request to record the review of urgently released messages, and what the second person found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReviewUrgent {
    pub ids: Vec<DespatchId>,
    pub reason: String,
}

/// Records the review of messages that one person released urgently.
///
/// # Errors
/// No reason is given, or the actor is not on the staff list.
pub fn review_urgent(
    open: &mut OpenOffice,
    actor: &Actor,
    request: ReviewUrgent,
) -> Result<Vec<DecisionOutcome>, Failure> {
    let (by, reason) = (actor.staff()?, reason(&request.reason)?);
    let OpenOffice { office, ledger, clock, .. } = open;
    let word = (reason.as_str(), &office.config.unseen);
    Ok(each(request.ids, |id| {
        seen(ledger, actor, id)?;
        Ok(ledger.review_urgent(id, by, word, clock.now())?)
    }))
}

/// A request to lift the holds of despatches, or to send them again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Release {
    pub ids: Vec<DespatchId>,
    pub reason: String,
    /// Checks to override; another person must then approve.
    pub overridden: Vec<Guard>,
}

/// Lifts holds; a message that was wrong for its recipient is regenerated, which needs the review key.
///
/// # Errors
/// No reason is given, or the actor is not on the staff list.
pub fn release(
    open: &mut OpenOffice,
    actor: &Actor,
    request: Release,
    unlocks: Unlocks<'_>,
) -> Result<Vec<DecisionOutcome>, Failure> {
    let (by, reason) = (actor.staff()?, reason(&request.reason)?);
    check_clock(open)?;
    let OpenOffice { office, ledger, clock, program, .. } = open;
    let office: &Office = office;
    let keys = ReviewKeys::new(office, unlocks.review);
    let mut regenerator =
        Regenerator { office, program, keys, signing: unlocks.signing, line: None, by, reason: &reason };
    Ok(each(request.ids, |id| {
        let now = clock.now();
        seen(ledger, actor, id)?;
        if !request.overridden.is_empty() {
            ledger.override_checks(id, by, &request.overridden, &reason, now)?;
        }
        let despatch = ledger.despatch(id)?;
        ledger.may_lift(id, by)?;
        if must_regenerate(&despatch, ledger, checks(office), now)? {
            return regenerator.regenerate(ledger, &despatch, now);
        }
        Ok(ledger.decide(id, by, &Decision::Release(reason.clone()), checks(office), now)?)
    }))
}

/// Regenerates messages, unlocking the key and starting the workers only once.
struct Regenerator<'a> {
    office: &'a Office,
    program: &'a Path,
    keys: ReviewKeys<'a>,
    signing: &'a Unlock,
    line: Option<Line<'a>>,
    by: &'a Staff,
    reason: &'a str,
}

impl Regenerator<'_> {
    fn regenerate(
        &mut self,
        ledger: &mut Ledger,
        despatch: &Despatch,
        now: Moment,
    ) -> Result<Despatch, Failure> {
        let sealed_to = ledger.review_key_of(despatch.id.submission)?;
        let secret = self.keys.key(&sealed_to)?;
        let line = match self.line.take() {
            Some(line) => self.line.insert(line),
            None => {
                let signer = self.office.signing_secret(self.signing)?;
                ledger.keep_versions(&self.office.catalogue.versions(), now.today)?;
                ledger.keep_packs(&self.office.packs, now.today)?;
                self.line.insert(Line::new(self.office, self.program)?.signed_by(signer))
            }
        };
        // A fault in a case file gives only its place in the file; the reader has to know which despatch it is.
        let whose = |fault: Fault| match fault.at.starts_with('/') {
            true => Fault { at: format!("{}: {}", despatch.id, fault.at), ..fault },
            false => fault,
        };
        let mut sealed = regenerate(line, ledger, despatch, secret, now)
            .map_err(|faults| faults.into_iter().map(whose).collect::<Vec<_>>())?;
        sealed.despatch.keep_overrides(&despatch.checks);
        if !sealed.despatch.holds.is_empty() {
            let (cause, cure) = (held_for(&sealed.despatch), "mend that first; it is still held");
            return Err(Fault::new(despatch.id.to_string(), "despatch.held", cause, cure).into());
        }
        Ok(ledger.regenerated(despatch.id, self.by, self.reason, sealed, now)?)
    }
}

/// Whether regenerating a despatch's message removes what stops it. A message that may have been delivered is not
/// regenerated: a person settles that first.
fn must_regenerate(
    despatch: &Despatch,
    ledger: &mut Ledger,
    checks: Checks<'_>,
    now: Moment,
) -> Result<bool, LedgerError> {
    let held = matches!(despatch.state, State::Held | State::Refused | State::Deferred);
    let (packs, frozen) = (ledger.packs()?, ledger.frozen()?);
    let as_of = AsOf { now, limit: ledger.limit_of(despatch)? };
    let in_the_way =
        recheck(despatch, ledger.files(), checks, (&packs, &frozen), as_of)?.err().unwrap_or_default();
    // Only the policy can lift a firm hold, and it is evaluated when the message is regenerated.
    let firm = despatch.planned.hold.as_ref().is_some_and(|hold| hold.firm);
    // A case moved to a new pack is planned by that one, whatever was wrong with the old one.
    let moved = ledger.pack_of(despatch.id.submission)?.is_some_and(|pack| pack != despatch.pack);
    let by_pack = |hold: &Hold| moved && hold.code.starts_with("pack_");
    Ok(held
        && (firm || !in_the_way.is_empty())
        && in_the_way.iter().all(|hold| hold.regenerate || by_pack(hold)))
}
