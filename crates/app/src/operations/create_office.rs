//! Enters: a folder and two sources of new passphrases. Leaves: a new office, ready to be filled in.
//! Never: uses a folder that is not empty, or one passphrase for both keys.

use super::Failure;
use crate::office::{KeyLocks, NewOffice, Unlock, create, is_free, new_passphrases};
use despatch_core::fault::Fault;
use despatch_seal::keys::SecretKey;
use despatch_seal::lock::WorkFactor;
use despatch_seal::signing::SigningKey;
use std::borrow::Cow;
use std::path::Path;

/// The settings of a new office, to be filled in.
const SETTINGS: &str = include_str!("new-office.toml");

/// Creates the folder of a new office, and the folders of its inbox in `intake` or in the office. `locks` give the
/// passphrases of the review key and of the signing key, which differ: whoever runs the service knows the one, and only
/// reviewers know the other. Trying a passphrase takes `work`, which is [`WorkFactor::STRONG`] in the program.
///
/// # Errors
/// The folder is not empty; `intake` is no whole path that a settings file can hold; a passphrase cannot be obtained or is too short, or both are one; a file cannot be written.
pub fn create_office(
    dir: &Path,
    intake: Option<&Path>,
    locks: [&Unlock; 2],
    work: WorkFactor,
) -> Result<(), Failure> {
    if !is_free(dir) {
        let at = dir.display().to_string();
        return Err(Fault::new(at, "init.not_empty", "the folder is not empty", "choose a new folder").into());
    }
    let config = with_intake(intake)?;
    let [review, signing] = locks;
    let (review, signing) = new_passphrases(review, signing)?;
    let new = NewOffice {
        config: &config,
        intake,
        places: None,
        review: &SecretKey::generate(),
        signing: &SigningKey::generate().map_err(Failure::Internal)?,
        locks: Some(KeyLocks { review: &review, signing: &signing, work }),
    };
    Ok(create(dir, &new)?)
}

/// The settings of a new office that has its inbox in `intake`.
fn with_intake(intake: Option<&Path>) -> Result<Cow<'static, str>, Fault> {
    let Some(intake) = intake else { return Ok(SETTINGS.into()) };
    match intake.to_str().filter(|text| intake.is_absolute() && !text.contains(['"', '\\', '\n', '\r'])) {
        Some(folder) => Ok(format!("{SETTINGS}\n[intake]\nfolder = \"{folder}\"\n").into()),
        None => {
            let cure = "give its whole path, without quotation marks, such as /srv/despatch-intake";
            Err(Fault::new(intake.display().to_string(), "init.intake", "it is no whole path", cure))
        }
    }
}
