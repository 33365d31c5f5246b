//! Enters: plain bytes of any length and keys. Leaves: an age file, piece by piece, or the plain bytes again.
//! Never: holds the whole of it, or says that a stream is whole before its end was reached and checked.
//!
//! What is read out of an opened stream is certain piece by piece (64 KiB, each sealed on its own); that nothing is
//! missing shows at the end alone, so a reader must not count anything before that.

use super::keys::{PublicKey, SecretKey};
use super::sealing::{OpenFault, SealFault, told};
use age::stream::{StreamReader, StreamWriter};
use age::{Decryptor, Encryptor};
use std::io::{BufRead, Write};

/// Begins an age file for every key of `to`; `finish` on what comes back ends it.
///
/// # Errors
/// [`SealFault::NoKeys`] when `to` is empty; the output fails.
pub fn seal_to<W: Write>(to: &[&PublicKey], output: W) -> Result<StreamWriter<W>, SealFault> {
    if to.is_empty() {
        return Err(SealFault::NoKeys);
    }
    let refused = |why: String| SealFault::Refused(why);
    Encryptor::with_recipients(to.iter().map(|key| &key.recipient as &dyn age::Recipient))
        .map_err(|error| refused(error.to_string()))?
        .wrap_output(output)
        .map_err(|error| refused(error.to_string()))
}

/// Opens an age file that is read from `input`.
///
/// # Errors
/// It is none, or the key does not open it.
pub fn open_from<R: BufRead>(input: R, with: &SecretKey) -> Result<StreamReader<R>, OpenFault> {
    let decryptor = Decryptor::new_buffered(input).map_err(|error| told(&error))?;
    decryptor.decrypt(std::iter::once(&with.0 as &dyn age::Identity)).map_err(|error| told(&error))
}
