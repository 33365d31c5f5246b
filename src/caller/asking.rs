//! Enters: a file that holds a passphrase, or a person at the terminal. Leaves: the source of a passphrase.
//! Never: takes a passphrase from an argument or the environment, where other accounts could read it.

use despatch_app::office::Unlock;
use despatch_core::fault::Fault;
use despatch_core::private::{first_line, read_secret};
use std::io;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The name of the systemd credential that holds the review key's passphrase (systemd.exec(5), LoadCredential=).
pub(super) const REVIEW_CREDENTIAL: &str = "despatch-review-passphrase";

/// Reads the first line of a file, else asks at the terminal.
pub fn unlock(file: Option<PathBuf>) -> Unlock {
    let unread = |error: io::Error| {
        let cure = "run it at a terminal, or use --passphrase-file";
        Fault::new("passphrase", "passphrase.unread", format!("it cannot be read: {error}"), cure)
    };
    match file {
        Some(path) => {
            Unlock::unattended(move || Ok(first_line(&read_secret(&path, unread)?).as_str().into()))
        }
        None => Unlock::asking(move |question| {
            Ok(Zeroizing::new(rpassword::prompt_password(question).map_err(unread)?).as_str().into())
        }),
    }
}
