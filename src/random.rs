//! Enters: nothing. Leaves: text that nobody can guess and nobody else was given.
//! Never: makes keys; those are age's own.

use std::io;

/// `bytes` random bytes from the system, in hex: 8 tell messages apart, 16 name a claim.
///
/// Errors: the system gives no randomness.
pub fn random_hex(bytes: usize) -> io::Result<String> {
    let mut random = vec![0_u8; bytes];
    getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}
