//! Enters: plain bytes of any length and keys. Leaves: an age file, piece by piece, or the plain bytes again. Never:
//! holds the whole of it, or reports a stream as complete before its end was reached and checked.
//!
//! Each piece read from an opened stream is authentic (64 KiB, each sealed on its own), but truncation only shows at
//! the end, so a reader must not rely on anything before that.

use super::keys::{PublicKey, SecretKey};
use super::sealing::{OpenFault, SealFault, recipients, told};
use age::stream::{StreamReader, StreamWriter};
use age::{Decryptor, Encryptor};
use std::io::{BufRead, Write};

/// Begins an age file for every key of `to` (duplicates count once); `finish` on the returned writer ends it.
///
/// # Errors
/// [`SealFault::NoKeys`] if `to` is empty; otherwise the output failed.
pub fn seal_to<W: Write>(to: &[&PublicKey], output: W) -> Result<StreamWriter<W>, SealFault> {
    let refused = |why: String| SealFault::Refused(why);
    Encryptor::with_recipients(recipients(to)?.into_iter())
        .map_err(|error| refused(error.to_string()))?
        .wrap_output(output)
        .map_err(|error| refused(error.to_string()))
}

/// Opens an age file as it is read from `input`.
///
/// # Errors
/// The input is not an age file, or the key does not open it.
pub fn open_from<R: BufRead>(input: R, with: &SecretKey) -> Result<StreamReader<R>, OpenFault> {
    let decryptor = Decryptor::new_buffered(input).map_err(|error| told(&error))?;
    decryptor.decrypt(std::iter::once(with as &dyn age::Identity)).map_err(|error| told(&error))
}
