//! Enters: nothing. Leaves: unguessable text, unique in practice.
//! Never: makes an age key; age generates its own.

use std::io;

/// Returns `bytes` random bytes from the system, in hex: 8 distinguish messages, 16 name a claim.
///
/// # Errors
/// The system provides no randomness.
pub fn random_hex(bytes: usize) -> io::Result<String> {
    let mut random = vec![0_u8; bytes];
    fill(&mut random)?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Returns `count` random decimal digits in groups of four, to be read out over the telephone.
///
/// # Errors
/// The system provides no randomness.
pub fn random_digits(count: usize) -> io::Result<String> {
    let mut digits = Vec::with_capacity(count);
    while digits.len() < count {
        let mut byte = [0_u8; 1];
        getrandom::fill(&mut byte).map_err(|error| io::Error::other(error.to_string()))?;
        // 250 is the largest multiple of ten in a byte; values beyond it would favour low digits.
        digits.extend(byte.iter().filter(|byte| **byte < 250).map(|byte| char::from(b'0' + byte % 10)));
    }
    Ok(digits.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" "))
}

/// Fills `bytes` with random bytes from the system.
///
/// # Errors
/// The system provides no randomness.
pub fn fill(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes).map_err(|error| io::Error::other(error.to_string()))
}
