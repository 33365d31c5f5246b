//! Enters: a folder and a source of new passphrases. Leaves: a new office, ready to be filled in.
//! Never: uses a folder that is not empty.

use super::Failure;
use crate::office::{KeyLocks, NewOffice, Unlock, create, is_free};
use despatch_core::fault::Fault;
use despatch_seal::keys::SecretKey;
use despatch_seal::lock::WorkFactor;
use despatch_seal::signing::SigningKey;
use std::path::Path;

/// The settings of a new office, to be filled in.
const SETTINGS: &str = include_str!("new-office.toml");

/// Creates the folder of a new office. `review` gives the review key's passphrase; the signing key has the same one
/// unless `signing` gives another. Trying a passphrase takes `work`, which is [`WorkFactor::STRONG`] in the program.
///
/// # Errors
/// The folder is not empty; a passphrase cannot be obtained or is too short; a file cannot be written.
pub fn create_office(
    dir: &Path,
    review: &Unlock,
    signing: Option<&Unlock>,
    work: WorkFactor,
) -> Result<(), Failure> {
    if !is_free(dir) {
        let at = dir.display().to_string();
        return Err(Fault::new(at, "init.not_empty", "the folder is not empty", "choose a new folder").into());
    }
    let review = review.new_passphrase("A new passphrase for the review key: ")?;
    let signing = signing.map(|signing| signing.new_passphrase("")).transpose()?;
    let new = NewOffice {
        config: SETTINGS,
        places: None,
        review: &SecretKey::generate(),
        signing: &SigningKey::generate().map_err(Failure::Internal)?,
        locks: Some(KeyLocks { review: &review, signing: signing.as_ref().unwrap_or(&review), work }),
    };
    Ok(create(dir, &new)?)
}
