//! Enters: bytes read or written as a stream. Leaves: the same bytes, and their hash.
//! Never: holds a whole file.

use despatch_core::words::Sha256;
use sha2::{Digest, Sha256 as Hasher};
use std::io::{self, Read, Write};

/// A reader or writer that hashes whatever passes through it.
pub(crate) struct Hashing<T> {
    inner: T,
    hasher: Hasher,
}

impl<T> Hashing<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, hasher: Hasher::new() }
    }

    /// Returns the inner reader or writer, and the hash of what passed through.
    pub(crate) fn finish(self) -> (T, Sha256) {
        (self.inner, Sha256::from_digest(self.hasher.finalize().into()))
    }
}

impl<T: Read> Read for Hashing<T> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.hasher.update(into.get(..read).unwrap_or_default());
        Ok(read)
    }
}

impl<T: Write> Write for Hashing<T> {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(from)?;
        self.hasher.update(from.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
