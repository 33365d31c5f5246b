//! Enters: the folder of an office's keys. Leaves: the key with which the identities in open cases are hashed.
//! Never: displays it, or generates a second one beside the first.

use crate::new_file::write_new;
use despatch_core::fault::Fault;
use despatch_core::random::random_hex;
use despatch_guards::others::{IdentityKey, KEY_BYTES};
use std::fs;
use std::io;
use std::path::Path;

/// The file name of the key, beside the review key.
const IDENTITY: &str = "identity.key";

/// Returns the office's key; generates it on first use.
///
/// # Errors
/// The file cannot be read or written, or does not contain a key.
pub(super) fn identity_key(keys: &Path) -> Result<IdentityKey, Fault> {
    let path = keys.join(IDENTITY);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make(&path).map_err(|error| failed(format!("it cannot be made: {error}")))?
        }
        Err(error) => return Err(failed(format!("it cannot be read: {error}"))),
    };
    let bytes = from_hex(text.trim()).ok_or_else(|| failed("it holds no key of 64 hex digits".to_owned()))?;
    IdentityKey::new(&bytes).ok_or_else(|| failed("it holds no key".to_owned()))
}

/// Checks that the key can be used, if it exists.
pub(super) fn check(keys: &Path) -> Result<(), Fault> {
    if keys.join(IDENTITY).exists() { identity_key(keys).map(drop) } else { Ok(()) }
}

fn failed(why: String) -> Fault {
    let cure = "restore the file from a backup; without it no other open case is recognised";
    Fault::new(format!("keys/{IDENTITY}"), "identity_key", why, cure)
}

/// Generates the key. If another process does so at the same time, that one is used.
fn make(path: &Path) -> io::Result<String> {
    let text = format!("{}\n", random_hex(KEY_BYTES)?);
    match write_new(path, text.as_bytes()) {
        Ok(()) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => fs::read_to_string(path),
        Err(error) => Err(error),
    }
}

fn from_hex(text: &str) -> Option<[u8; KEY_BYTES]> {
    let mut bytes = [0; KEY_BYTES];
    if text.len() != 2 * KEY_BYTES || !text.is_ascii() {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(bytes)
}
