//! Enters: a person's own passphrase. Leaves: the key to which their drafts are sealed.
//! Never: writes the key unlocked, or its public half: whoever may write to the disk can make no draft of anybody's.

use super::store::{Shelf, unwritten};
use crate::operations::{Actor, Failure, OpenOffice};
use age::secrecy::{ExposeSecret, SecretString};
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_seal::keys::SecretKey;
use despatch_seal::lock::{self, MAX_WORK_FACTOR, WorkFactor};
use despatch_seal::sealing::{self, OpenFault};
use std::fmt;

/// 2^16 (a quarter of a second, 64 MiB): more work than the check of the same passphrase at sign-in takes, so that the
/// drafts are not the cheaper way to guess it.
const WORK: WorkFactor = WorkFactor::of(16);
/// In a demo office, whose passphrases are printed.
const DEMO_WORK: WorkFactor = WorkFactor::of(10);

/// The key of one person's drafts, unlocked.
#[derive(Clone)]
pub struct DraftKey(SecretKey);

impl fmt::Debug for DraftKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DraftKey")
    }
}

impl DraftKey {
    pub(super) fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, Failure> {
        sealing::seal(plain, &[&self.0.to_public()]).map_err(|error| Failure::Internal(error.to_string()))
    }

    pub(super) fn open(&self, sealed: &[u8]) -> Result<Secret, OpenFault> {
        sealing::open(sealed, &self.0)
    }
}

/// Unlocks the actor's drafts with their passphrase; makes the key on its first use.
///
/// # Errors
/// The actor is not on the staff list; the drafts are locked with another passphrase; the disk fails.
pub fn unlock(open: &OpenOffice, actor: &Actor, passphrase: &SecretString) -> Result<DraftKey, Failure> {
    let shelf = Shelf::of(open, actor)?;
    let Some(locked) = shelf.read_key()? else {
        let key = DraftKey(SecretKey::generate());
        lock_with(&shelf, open, &key, passphrase)?;
        return Ok(key);
    };
    match lock::unlock(&locked, passphrase, MAX_WORK_FACTOR) {
        Ok(secret) => Ok(DraftKey(secret)),
        Err(OpenFault::NoKeyFits) => {
            let cause = "your drafts are locked with another passphrase";
            let cure = "give the one that you had when you wrote them, or remove them all";
            Err(Fault::new("passphrase", "drafts.passphrase", cause, cure).into())
        }
        Err(why) => Err(Fault::new("the drafts", "drafts.damaged", why.label(), "remove them all").into()),
    }
}

/// Locks the actor's drafts with a new passphrase.
///
/// # Errors
/// The actor is not on the staff list; the passphrase is empty; the disk fails.
pub fn lock_again(
    open: &OpenOffice,
    actor: &Actor,
    key: &DraftKey,
    passphrase: &SecretString,
) -> Result<(), Failure> {
    lock_with(&Shelf::of(open, actor)?, open, key, passphrase)
}

/// Whether the actor has drafts that some passphrase opens.
///
/// # Errors
/// The actor is not on the staff list, or the disk fails.
pub fn is_locked(open: &OpenOffice, actor: &Actor) -> Result<bool, Failure> {
    Ok(Shelf::of(open, actor)?.read_key()?.is_some())
}

fn lock_with(
    shelf: &Shelf,
    open: &OpenOffice,
    key: &DraftKey,
    passphrase: &SecretString,
) -> Result<(), Failure> {
    if passphrase.expose_secret().trim().is_empty() {
        return Err(
            Fault::new("passphrase", "drafts.passphrase", "it is empty", "give your passphrase").into()
        );
    }
    let work = if open.office.config.demo { DEMO_WORK } else { WORK };
    let locked = lock::lock(&key.0, passphrase, work)
        .map_err(|why| Fault::new("passphrase", "drafts.passphrase", why.cause, why.cure))?;
    shelf.write_key(&locked).map_err(unwritten)
}
