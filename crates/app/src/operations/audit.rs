//! Enters: the record, and checkpoints of it that were kept elsewhere. Leaves: whether it is complete and unchanged,
//! and a new checkpoint. Never: repairs the record: people must find out what is wrong with it.

use super::push::Keeper;
use super::running_cases::with_wrong_digest;
use super::{Actor, Failure, OpenOffice};
use crate::office::Unlock;
use despatch_core::fault::Fault;
use despatch_ledger::{Against, Audit, Checkpoint, SignedApprovals, read_checkpoints};
use despatch_seal::approvers::Approvers;
use despatch_seal::signing::{Signer, allowed_signers};
use serde::{Deserialize, Serialize};
use std::fs;

/// What to do if the record was changed.
const STOP: &str = "stop `run` and `send`, keep the files as they are, and find out who changed them";

/// A text, and the name that its faults refer to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NamedText {
    pub name: String,
    pub text: String,
}

/// What the record is compared with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VerifyRecord {
    /// A copy of the office's checkpoints that was kept elsewhere.
    pub checkpoints: Option<NamedText>,
    /// The trusted signers, as `allowed_signers`; otherwise the office's current and former signing keys.
    pub signers: Option<NamedText>,
    /// Whose signatures approve; otherwise the file that the settings name. Given, every approval since the first signed
    /// one must be signed, whatever the settings say.
    pub approvers: Option<NamedText>,
}

/// Finds every row and file that was edited, removed, moved or truncated.
///
/// # Errors
/// Every fault in the record.
pub fn verify(open: &mut OpenOffice, _: &Actor, request: VerifyRecord) -> Result<Audit, Failure> {
    let trusted = match &request.signers {
        Some(given) => signers(given)?,
        None => open.office.signers(),
    };
    let own = open.ledger.files().checkpoints();
    let name = own.display().to_string();
    let (mut faults, mut known) = (Vec::new(), Vec::new());
    if own.exists() {
        let text = fs::read(&own).map_err(|error| {
            let cause = format!("it cannot be read: {error}");
            Fault::new(&name, "audit.unread", cause, "check the name and who may read it")
        })?;
        let text = String::from_utf8_lossy(&text).into_owned();
        take(&NamedText { name: name.clone(), text }, &trusted, &mut known, &mut faults);
    }
    let mut given = Vec::new();
    let mut elsewhere: Vec<Checkpoint> = open.ledger.pushed()?.into_iter().collect();
    if let Some(copy) = &request.checkpoints {
        take(copy, &trusted, &mut given, &mut faults);
        elsewhere.clone_from(&given);
        // The copy may be older; the office's own file must have every checkpoint of it.
        given.retain(|checkpoint| !known.contains(checkpoint));
    }
    known.extend(given.iter().cloned());
    let others: Vec<Checkpoint> = elsewhere.iter().filter(|one| !known.contains(one)).cloned().collect();
    known.extend(others);
    let approvers = match &request.approvers {
        Some(given) => Some(read_approvers(given)?),
        None => open.office.approvers()?,
    };
    let required = request.approvers.is_some() || open.office.config.signed_approval.required;
    let approvals = SignedApprovals { approvers: approvers.as_ref(), required };
    let mut audit = open.ledger.audit(Against { checkpoints: &known, signers: &trusted, approvals })?;
    // What a restoration lost is not in the office's own file either, and vouches for nothing that is there.
    let is_lost = |checkpoint: &Checkpoint| audit.before_restoration.contains(checkpoint);
    if given.iter().any(|checkpoint| !is_lost(checkpoint)) {
        let cause = "it lacks a checkpoint of the copy that was given: it was cut or changed";
        faults.push(Fault::new(name, "audit.checkpoints", cause, STOP));
    }
    elsewhere.retain(|checkpoint| !is_lost(checkpoint));
    audit.outside = elsewhere.into_iter().max_by_key(|one| one.seq);
    faults.extend(audit.wrong.iter().map(|wrong| Fault::new(&wrong.at, "audit.wrong", &wrong.why, STOP)));
    // Of a record that does not hold nothing is made.
    let digests = if audit.wrong.is_empty() { with_wrong_digest(&mut open.ledger)? } else { Vec::new() };
    faults.extend(digests.into_iter().map(|case| {
        let cause = "what is kept of it for the list of what is due is not what its record says";
        Fault::new(format!("the case {case}"), "audit.wrong", cause, STOP)
    }));
    if faults.is_empty() { Ok(audit) } else { Err(faults.into()) }
}

/// Parses a text of allowed signers.
///
/// # Errors
/// A line is not an allowed signer.
pub fn signers(given: &NamedText) -> Result<Vec<Signer>, Fault> {
    allowed_signers(&given.text).map_err(|(line, refusal)| {
        Fault::new(format!("{}:{line}", given.name), "open.signers", refusal.cause, refusal.cure)
    })
}

fn read_approvers(given: &NamedText) -> Result<Approvers, Fault> {
    Approvers::read(&given.text).map_err(|(line, refusal)| {
        Fault::new(format!("{}:{line}", given.name), "approval.signers", refusal.cause, refusal.cure)
    })
}

/// Collects the checkpoints of a text, or its fault.
fn take(given: &NamedText, trusted: &[Signer], found: &mut Vec<Checkpoint>, faults: &mut Vec<Fault>) {
    match read_checkpoints(&given.text, trusted) {
        Ok(read) => found.extend(read),
        Err((line, why)) => {
            faults.push(Fault::new(format!("{}:{line}", given.name), "audit.checkpoints", why, STOP));
        }
    }
}

/// Signs a checkpoint of the record; `None` if nothing has happened since the last one.
///
/// # Errors
/// The signing key cannot be unlocked, or the ledger fails.
pub fn checkpoint(open: &mut OpenOffice, _: &Actor, signing: &Unlock) -> Result<Option<Checkpoint>, Failure> {
    let signer = open.office.signing_secret(signing)?;
    let signed = open.ledger.checkpoint(&signer, open.clock.now())?;
    Keeper::of(&open.office.config.push).push(&mut open.ledger)?;
    Ok(signed)
}
