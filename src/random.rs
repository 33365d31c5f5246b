//! Enters: nothing. Leaves: text that nobody can guess and nobody else was given.
//! Never: makes an age key; those are age's own.

use std::io;

/// `bytes` random bytes from the system, in hex: 8 tell messages apart, 16 name a claim.
///
/// Errors: the system gives no randomness.
pub fn random_hex(bytes: usize) -> io::Result<String> {
    let mut random = vec![0_u8; bytes];
    fill(&mut random)?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Fills `bytes` with random bytes from the system.
///
/// Errors: the system gives no randomness.
pub fn fill(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes).map_err(|error| io::Error::other(error.to_string()))
}
