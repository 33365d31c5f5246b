//! Enters: what happened to an office's own rules and templates. Leaves: the closed list of these events.
//! Never: a path that leads out of the folders for them.

use super::events;
use despatch_core::words::Sha256;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Component, Path};
use std::str::FromStr;

events! {
    /// The events of one of the office's own files of rules and templates.
    pub enum ConfigEvent {
        /// A person handed over what the file is to hold.
        "config_proposed" Proposed { sha256: Sha256, text: String },
        /// A second person confirmed it; the file has held it since.
        "config_confirmed" Confirmed { sha256: Sha256, proposed_by: String },
    }
}

/// The path of one of an office's own files of rules and templates, relative to the office: in `policy/` or in a kind's
/// folder of `templates/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConfigPath(String);

impl ConfigPath {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ConfigPath {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<Component<'_>> = Path::new(text).components().collect();
        let plain = |part: &Component<'_>| {
            let Component::Normal(name) = part else { return false };
            name.to_str().is_some_and(|name| {
                let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
                !name.starts_with('.') && name.bytes().all(known)
            })
        };
        let placed = match text.split_once('/') {
            Some(("policy", name)) => {
                parts.len() == 2 && (name.ends_with(".toml") || name.ends_with(".json"))
            }
            Some(("templates", _)) => (3..=5).contains(&parts.len()),
            _ => false,
        };
        if placed && parts.iter().all(plain) && !text.ends_with('/') {
            Ok(Self(text.to_owned()))
        } else {
            Err("write policy/FILE.toml, policy/bank-holidays.json or templates/KIND/FILE".to_owned())
        }
    }
}

impl TryFrom<String> for ConfigPath {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ConfigPath> for String {
    fn from(path: ConfigPath) -> Self {
        path.0
    }
}

impl fmt::Display for ConfigPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
