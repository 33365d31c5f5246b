//! Enters: what a member of staff decides about despatches. Leaves: each as it stands then, or why it is refused.
//! Never: decides, or lets one refusal keep the others from being carried out.

use super::open_office::checks;
use super::{Actor, Failure, OpenOffice, ReviewKeys, reason};
use crate::office::{Office, Unlock};
use crate::pipeline::{Line, remake};
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_guards::Guard;
use despatch_ledger::{Checks, Decision, Despatch, DespatchId, Hold, Ledger, LedgerError, State, recheck};
use despatch_settings::Staff;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What became of one despatch of a request.
#[derive(Debug, Serialize)]
pub struct DecisionOutcome {
    pub id: DespatchId,
    pub outcome: Result<Despatch, Failure>,
}

/// Does one thing to each despatch, going on where one is refused; whatever else fails ends it.
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

/// Messages that may go.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Approve {
    pub ids: Vec<DespatchId>,
    /// The SHA-256 of the message that was looked at, or its beginning: only that one is approved.
    pub message: Option<String>,
    /// The checks that the reviewer made in the machine's place.
    pub confirm: Vec<Guard>,
}

/// Lets exactly these messages go to exactly these recipients.
///
/// # Errors
/// Nobody on the staff list asks.
pub fn approve(
    open: &mut OpenOffice,
    actor: &Actor,
    request: Approve,
) -> Result<Vec<DecisionOutcome>, Failure> {
    let Approve { ids, message, confirm } = request;
    let by = actor.staff()?;
    let OpenOffice { office, ledger, clock, .. } = open;
    Ok(each(ids, |id| {
        Ok(ledger.approve(id, by, message.as_deref(), &confirm, checks(office), clock.now())?)
    }))
}

/// What stops a despatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    Return,
    Hold,
    Cancel,
}

/// Despatches that are stopped, and why.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Decide {
    pub ids: Vec<DespatchId>,
    pub stop: Stop,
    pub reason: String,
}

/// Returns, holds or cancels despatches.
///
/// # Errors
/// No reason is given, or nobody on the staff list asks.
pub fn stop(open: &mut OpenOffice, actor: &Actor, request: Decide) -> Result<Vec<DecisionOutcome>, Failure> {
    let (by, reason) = (actor.staff()?, reason(&request.reason)?);
    let decision = match request.stop {
        Stop::Return => Decision::Return(reason),
        Stop::Hold => Decision::Hold(reason),
        Stop::Cancel => Decision::Cancel(reason),
    };
    let OpenOffice { office, ledger, clock, .. } = open;
    Ok(each(request.ids, |id| Ok(ledger.decide(id, by, &decision, checks(office), clock.now())?)))
}

/// Safety messages that go on one person's word.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReleaseUrgently {
    pub ids: Vec<DespatchId>,
    pub reason: String,
    /// Checks that a machine could not make and that this person made.
    pub confirm: Vec<Guard>,
}

/// Lets safety messages go at once; a review is asked for afterwards.
///
/// # Errors
/// No reason is given, or nobody on the staff list asks.
pub fn release_urgently(
    open: &mut OpenOffice,
    actor: &Actor,
    request: ReleaseUrgently,
) -> Result<Vec<DecisionOutcome>, Failure> {
    let ReleaseUrgently { ids, reason: why, confirm } = request;
    let (by, why) = (actor.staff()?, reason(&why)?);
    let OpenOffice { office, ledger, clock, .. } = open;
    let (roles, word) = (&office.config.guards.urgent_release, (why.as_str(), confirm.as_slice()));
    Ok(each(ids, |id| Ok(ledger.release_urgently(id, by, word, roles, checks(office), clock.now())?)))
}

/// Messages that went on one person's word, and what another found who looked at them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReviewUrgent {
    pub ids: Vec<DespatchId>,
    pub reason: String,
}

/// Records the review of what one person alone let go.
///
/// # Errors
/// No reason is given, or nobody on the staff list asks.
pub fn review_urgent(
    open: &mut OpenOffice,
    actor: &Actor,
    request: ReviewUrgent,
) -> Result<Vec<DecisionOutcome>, Failure> {
    let (by, reason) = (actor.staff()?, reason(&request.reason)?);
    let OpenOffice { ledger, clock, .. } = open;
    Ok(each(request.ids, |id| Ok(ledger.review_urgent(id, by, &reason, clock.now())?)))
}

/// Despatches whose holds are lifted, or that another attempt is made at.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Release {
    pub ids: Vec<DespatchId>,
    pub reason: String,
    /// Checks that are to stop them no longer; another person approves them then.
    pub overridden: Vec<Guard>,
}

/// Where the passphrases of a release come from.
pub struct ReleaseUnlocks<'a> {
    pub review: &'a Unlock,
    pub signing: &'a Unlock,
}

/// Lifts holds; a message that was not right for its recipient is made anew, which takes the review key.
///
/// # Errors
/// No reason is given, or nobody on the staff list asks.
pub fn release(
    open: &mut OpenOffice,
    actor: &Actor,
    request: Release,
    unlocks: ReleaseUnlocks<'_>,
) -> Result<Vec<DecisionOutcome>, Failure> {
    let (by, reason) = (actor.staff()?, reason(&request.reason)?);
    let OpenOffice { office, ledger, clock, program } = open;
    let office: &Office = office;
    let keys = ReviewKeys::new(office, unlocks.review);
    let mut regenerator =
        Regenerator { office, program, keys, signing: unlocks.signing, line: None, by, reason: &reason };
    Ok(each(request.ids, |id| {
        let now = clock.now();
        if !request.overridden.is_empty() {
            ledger.override_checks(id, by, &request.overridden, &reason, now)?;
        }
        let despatch = ledger.despatch(id)?;
        if must_regenerate(&despatch, ledger, checks(office), now)? {
            return regenerator.regenerate(ledger, &despatch, now);
        }
        Ok(ledger.decide(id, by, &Decision::Release(reason.clone()), checks(office), now)?)
    }))
}

/// Makes messages anew, with the key unlocked and the workers started once for all.
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
        let sealed_to = ledger.review_key_of(despatch.id.claim)?;
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
        // What is wrong in the case file says where in it; the reader has to know whose it is.
        let whose = |fault: Fault| match fault.at.starts_with('/') {
            true => Fault { at: format!("{}: {}", despatch.id, fault.at), ..fault },
            false => fault,
        };
        let mut sealed = remake(line, ledger, despatch, secret, now)
            .map_err(|faults| faults.into_iter().map(whose).collect::<Vec<_>>())?;
        sealed.despatch.keep_overrides(&despatch.checks);
        if !sealed.despatch.holds.is_empty() {
            let words: Vec<&str> = sealed.despatch.holds.iter().map(|hold| hold.words.as_str()).collect();
            let cure = "mend that first; it is still held";
            return Err(Fault::new(despatch.id.to_string(), "despatch.held", words.join("; "), cure).into());
        }
        Ok(ledger.remade(despatch.id, self.by, self.reason, sealed, now)?)
    }
}

/// Whether what stands in a despatch's way is gone once its message is made anew. What may have arrived is not
/// made again: a person settles that first.
fn must_regenerate(
    despatch: &Despatch,
    ledger: &mut Ledger,
    checks: Checks<'_>,
    now: Moment,
) -> Result<bool, LedgerError> {
    let held = matches!(despatch.state, State::Held | State::Refused | State::Deferred);
    let (packs, frozen) = (ledger.packs()?, ledger.frozen()?);
    let in_the_way =
        recheck(despatch, ledger.files(), checks, (&packs, &frozen), now.today).err().unwrap_or_default();
    // Only the rules can lift what they hold firmly, and they are asked when the message is made anew.
    let firm = despatch.planned.hold.as_ref().is_some_and(|hold| hold.firm);
    // A case that was moved is planned by its new pack, whatever was the matter with the old one.
    let moved = ledger.pack_of(despatch.id.claim)?.is_some_and(|pack| pack != despatch.pack);
    let by_pack = |hold: &Hold| moved && hold.code.starts_with("pack_");
    Ok(held && (firm || !in_the_way.is_empty()) && in_the_way.iter().all(|hold| hold.remake || by_pack(hold)))
}
