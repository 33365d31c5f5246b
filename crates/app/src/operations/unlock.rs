//! Enters: a reviewer, and how their key is unlocked. Leaves: the review key open for the pages, for them alone.
//! Never: puts the key into the service where the office does not say so, or a passphrase anywhere.

use super::{Actor, Failure, OpenOffice};
use crate::office::{KeyId, OpenKeys, Unlock};
use age::secrecy::SecretString;
use despatch_core::fault::Fault;
use despatch_core::private::never_swapped;
use despatch_seal::keys::SecretKey;
use despatch_settings::{PageUnlock, Staff};
use std::time::Instant;

/// Opens the review key for the sessions of a reviewer, whose own process has it: `unlock` gives a key that asks that
/// process for the keys of single files.
///
/// # Errors
/// The actor is no reviewer; the office is a demonstration, whose keys are in clear; the passphrase is wrong.
pub fn open_with_helper(
    open: &mut OpenOffice,
    actor: &Actor,
    unlock: &Unlock,
    keys: &OpenKeys,
) -> Result<KeyId, Failure> {
    let staff = reviewer(actor)?;
    if open.office.config.demo {
        let cause = "the keys of a demonstration are in clear";
        return Err(of_key("key.demo", cause, "open the key on its page: it asks for no passphrase").into());
    }
    let key = open.office.review_secret(unlock)?;
    Ok(keys.put(&staff.id, key, Instant::now()))
}

/// Opens the review key in this process, for one session of a reviewer, where the office says so.
///
/// # Errors
/// The actor is no reviewer; the office keeps the key out of the service; its memory could be written to a disk; the
/// passphrase is wrong.
pub fn open_in_page(
    open: &mut OpenOffice,
    actor: &Actor,
    passphrase: SecretString,
) -> Result<SecretKey, Failure> {
    reviewer(actor)?;
    let config = &open.office.config;
    if !config.demo {
        if config.pages.unlock != PageUnlock::Page {
            let cause = "this office keeps the review key out of its pages";
            return Err(
                of_key("key.not_here", cause, "open it in your own account: `despatch unlock`").into()
            );
        }
        never_swapped().map_err(|error| {
            let cause = format!("the memory of the service cannot be kept off the disk: {error}");
            let cure = "whoever runs the office sets LimitMEMLOCK=infinity for the service, or [pages] unlock = \"helper\"";
            of_key("key.memory", cause, cure)
        })?;
    }
    Ok(open.office.review_secret(&Unlock::unattended(move || Ok(passphrase.clone())))?)
}

fn reviewer(actor: &Actor) -> Result<&Staff, Failure> {
    let staff = actor.staff()?;
    if staff.reviewer {
        return Ok(staff);
    }
    let cause = format!("{} is not a reviewer", staff.id);
    let cure = "ask a reviewer, or whoever runs the office to name you as one";
    Err(of_key("key.not_reviewer", cause, cure).into())
}

fn of_key(code: &'static str, cause: impl Into<String>, cure: &str) -> Fault {
    Fault::new("the review key", code, cause, cure)
}
