//! Enters: what staff ask and decide about the office's own keys. Leaves: a list of the keys, or a new one in place of
//! an old one. Never: reveals a private key, or removes the public half of an earlier one.

mod drill;

pub use drill::{DrillRecovery, Drilled, Tried, drill, overdue};

use super::{Actor, Failure, OpenOffice, reason};
use crate::office::{Office, Unlock, put_signing_key};
use chrono::{DateTime, Utc};
use despatch_core::fault::Fault;
use despatch_ledger::{Event, Ledger, LedgerEvent, OfficeEvent, Rotated};
use despatch_seal::keys::PublicKey;
use despatch_seal::lock::WorkFactor;
use despatch_seal::signing::{Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

/// A key of the office.
#[derive(Debug, Serialize)]
pub struct KeyView {
    pub what: KeyUse,
    pub fingerprint: String,
    /// Since when, if that is on record; the first keys are as old as the office.
    pub since: Option<DateTime<Utc>>,
    pub state: &'static str,
    /// When a drill last proved that the recovery key opens what it should.
    pub last_drill: Option<DateTime<Utc>>,
}

/// The purpose of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyUse {
    Review,
    Signing,
    Recovery,
}

impl KeyUse {
    /// The name of the purpose, as shown to people.
    pub fn label(self) -> &'static str {
        match self {
            KeyUse::Review => "review",
            KeyUse::Signing => "signing",
            KeyUse::Recovery => "recovery",
        }
    }
}

/// The state of a key in use.
const IN_USE: &str = "in use";

/// Returns every key of the office, since when, and whether it is in use.
///
/// # Errors
/// The ledger cannot be read.
pub fn list(open: &mut OpenOffice, _: &Actor) -> Result<Vec<KeyView>, Failure> {
    let (office, ledger) = (&open.office, &mut open.ledger);
    let rotations = ledger.rotations()?;
    let review = |fingerprint: String, state| {
        let since = rotations.iter().rfind(|rotated: &&Rotated| rotated.to == fingerprint);
        let since = since.map(|rotated| rotated.at);
        KeyView { what: KeyUse::Review, since, fingerprint, state, last_drill: None }
    };
    let mut keys = vec![review(office.review_key.fingerprint(), IN_USE)];
    keys.extend(office.old_review_keys().into_iter().map(|old| review(old, "kept for reading")));
    keys.extend(signing_keys(office, ledger)?);
    if let Some(recovery) = &office.config.recovery {
        let fingerprint = recovery.fingerprint();
        let last_drill = ledger.last_drill(&fingerprint)?.map(|drill| drill.at);
        keys.push(KeyView { what: KeyUse::Recovery, fingerprint, since: None, state: IN_USE, last_drill });
    }
    Ok(keys)
}

/// The signing key in use, then the former ones, whose signatures remain valid.
fn signing_keys(office: &Office, ledger: &mut Ledger) -> Result<Vec<KeyView>, Failure> {
    let made = ledger.events(Some("office"))?;
    let in_use = office.signing_public().ok().map(VerifyingKey::fingerprint);
    let view = |signer: Signer| {
        let fingerprint = signer.key.fingerprint();
        let of_this = |event: &&Event| match &event.happened {
            LedgerEvent::Office(OfficeEvent::SigningKeyMade { fingerprint: made, .. }) => {
                *made == fingerprint
            }
            _ => false,
        };
        let since = made.iter().rfind(of_this).map(|event| event.at);
        let state =
            if in_use.as_ref() == Some(&fingerprint) { IN_USE } else { "what it signed still counts" };
        KeyView { what: KeyUse::Signing, fingerprint, since, state, last_drill: None }
    };
    Ok(office.signers().into_iter().map(view).collect())
}

/// Returns the warnings about the keys: a review key other than the one on record, a recovery key without a recent
/// drill.
///
/// # Errors
/// The ledger cannot be read.
pub fn warnings(open: &mut OpenOffice) -> Result<Vec<String>, Failure> {
    let in_use = open.office.review_key.fingerprint();
    let recorded = open.ledger.review_key_on_record()?.filter(|recorded| *recorded != in_use);
    let another = recorded.map(|recorded| {
        format!(
            "The record has {recorded} for the review key, and keys/review.pub has {in_use}: somebody put it there, or a \
             change of the key was stopped half way. Nothing is made meanwhile. Put the right file back from a backup, \
             or give `despatch keys rotate-review` again."
        )
    });
    Ok(another.into_iter().chain(overdue(open)?).collect())
}

/// A request to rotate the review key; the old one is kept for reading.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RotateReview {
    pub reason: String,
}

/// The fingerprints of the old and the new review key, and the new public key.
#[derive(Debug, Serialize)]
pub struct ReviewRotated {
    pub from: String,
    pub to: String,
    pub key: PublicKey,
}

/// Rotates the review key. `unlock` opens the old one; `new` gives a passphrase for the new one. Whoever processes the
/// inbox reads the key at its start, and is started again.
///
/// # Errors
/// The old key cannot be unlocked; the new passphrase is too short or the signing key's.
pub fn rotate_review(
    open: &mut OpenOffice,
    actor: &Actor,
    request: RotateReview,
    (unlock, new): (&Unlock, &Unlock),
) -> Result<ReviewRotated, Failure> {
    let (by, why) = (actor.keeper()?, reason(&request.reason)?);
    let office = &mut open.office;
    let from = office.review_key.fingerprint();
    // Only a person who can unlock the old key may replace it.
    office.review_secret(unlock)?;
    let new_key = office.new_review_key(new)?;
    office.put_review_key(&new_key)?;
    let key = new_key.public;
    open.ledger.record_rotation(&from, &key.fingerprint(), by, &why, open.clock.now())?;
    office.use_review_key(key.clone())?;
    Ok(ReviewRotated { from, to: key.fingerprint(), key })
}

/// What recipients need to check the office's signatures.
#[derive(Debug, Serialize)]
pub struct SigningShown {
    pub fingerprint: String,
    pub name: String,
    pub allowed_signers: String,
}

impl SigningShown {
    fn of(office: &Office, key: &VerifyingKey) -> Self {
        let name = office.signing_name();
        Self { fingerprint: key.fingerprint(), allowed_signers: key.allowed_signers_line(&name), name }
    }
}

/// Returns the signing key in use.
///
/// # Errors
/// The office has none.
pub fn show_signing(open: &mut OpenOffice, _: &Actor) -> Result<SigningShown, Failure> {
    Ok(SigningShown::of(&open.office, open.office.signing_public()?))
}

/// A request to generate a signing key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MakeSigning {
    /// Whether to replace an existing one.
    pub replace: bool,
}

/// Generates a signing key, locked with the passphrase from `new`.
///
/// # Errors
/// The office has one that is not to be replaced, or the passphrase is too short or the review key's.
pub fn make_signing(
    open: &mut OpenOffice,
    actor: &Actor,
    request: MakeSigning,
    new: &Unlock,
) -> Result<SigningShown, Failure> {
    let by = actor.keeper()?;
    let office = &open.office;
    let before = office.signing_public().ok().map(VerifyingKey::fingerprint);
    if let (Some(before), false) = (&before, request.replace) {
        let cause = format!("the office has a signing key already ({before})");
        let cure = "use that one, or add --replace if its private half is lost or was seen";
        return Err(Fault::new("keys/signing.pub", "signing.exists", cause, cure).into());
    }
    let demo = office.config.demo;
    let passphrase =
        (!demo).then(|| new.new_passphrase("A new passphrase for the signing key: ")).transpose()?;
    passphrase.iter().try_for_each(|passphrase| office.check_signing_passphrase(passphrase))?;
    let key = SigningKey::generate().map_err(Failure::Internal)?;
    put_signing_key(
        office.root(),
        &key,
        passphrase.as_ref().map(|passphrase| (passphrase, WorkFactor::STRONG)),
    )?;
    let made = SigningShown::of(office, &key.to_public());
    open.ledger.record_signing_key(made.fingerprint.clone(), before, by, open.clock.now())?;
    Ok(made)
}
