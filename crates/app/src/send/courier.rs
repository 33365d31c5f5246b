//! Enters: a parcel. Leaves: the verdict on its delivery.
//! Never: accepts bytes that nobody approved: only the ledger makes a [`Parcel`].

use super::Verdict;
use super::smtp::{Relay, Settings, Timeouts};
use crate::office::CONFIG_FILE;
use age::secrecy::SecretString;
use despatch_core::address::EmailAddress;
use despatch_core::fault::Fault;
use despatch_core::private::{first_line, make_folder, read_secret};
use despatch_ledger::{Parcel, write_durably};
use despatch_settings::{CourierConfig, RelayConfig};
use std::fmt::Display;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How messages leave the office.
#[derive(Debug)]
pub enum Courier {
    /// Each message as `ID.eml` in a folder: for the demo, and for offices that carry messages by other means.
    Folder(PathBuf),
    Relay(Box<Relay>),
}

impl Courier {
    /// Sets up the courier chosen in the settings of the office at `root`.
    ///
    /// # Errors
    /// A certificate or password file cannot be read, or the relay's name is not a host name.
    pub fn of(root: &Path, config: &CourierConfig) -> Result<Self, Fault> {
        match config {
            CourierConfig::Folder(folder) => Ok(Self::Folder(root.join(folder))),
            CourierConfig::Relay(config) => Ok(Self::Relay(Box::new(relay(root, config)?))),
        }
    }

    /// Delivers one message. `dot_pending` is called once, just before the message may arrive.
    pub fn deliver<E: Display>(
        &self,
        from: &EmailAddress,
        parcel: &Parcel<'_>,
        dot_pending: &mut dyn FnMut() -> Result<(), E>,
    ) -> Verdict {
        match self {
            Courier::Folder(folder) => into_folder(folder, parcel, dot_pending),
            Courier::Relay(relay) => match parcel.to().parse::<EmailAddress>() {
                Ok(to) => relay.deliver(from, &to, parcel.bytes(), dot_pending),
                Err(why) => Verdict::Refused { reply: format!("the address cannot be written to: {why}") },
            },
        }
    }
}

fn into_folder<E: Display>(
    folder: &Path,
    parcel: &Parcel<'_>,
    dot_pending: &mut dyn FnMut() -> Result<(), E>,
) -> Verdict {
    if let Err(error) = make_folder(folder) {
        return Verdict::Deferred { reply: format!("the folder cannot be made: {error}") };
    }
    if let Err(error) = dot_pending() {
        return Verdict::Deferred { reply: error.to_string() };
    }
    let path = folder.join(format!("{}.eml", parcel.name()));
    match write_durably(&path, parcel.bytes()) {
        Ok(()) => Verdict::Accepted { reply: format!("written to {}", path.display()) },
        Err(error) => Verdict::InDoubt { why: format!("it may or may not be in the folder: {error}") },
    }
}

fn relay(root: &Path, config: &RelayConfig) -> Result<Relay, Fault> {
    let unread = |what: &str, error: io::Error| {
        let cause = format!("courier.{what} cannot be read: {error}");
        Fault::new(CONFIG_FILE, "courier.file", cause, "correct the path, or who may read the file")
    };
    let read = |path: &Path| fs::read(root.join(path)).map_err(|error| unread("tls_ca", error));
    let tls_ca = config.tls_ca.as_deref().map(read).transpose()?;
    let secret = |path: &Path| read_secret(&root.join(path), |error| unread("password_file", error));
    let password = config.password_file.as_deref().map(secret).transpose()?;
    let credentials = config
        .user
        .clone()
        .zip(password)
        .map(|(user, password)| (user, SecretString::from(first_line(&password).as_str())));
    Relay::new(Settings {
        host: config.host.clone(),
        port: config.port,
        hello_name: config.hello_name.clone(),
        tls_ca,
        tls_name: None,
        credentials,
        timeouts: Timeouts::default(),
    })
}
