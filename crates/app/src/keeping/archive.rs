//! Enters: bytes on their way into or out of an archive. Leaves: the same bytes, and their hash.
//! Never: holds a whole file.

use despatch_core::words::Sha256;
use sha2::{Digest, Sha256 as Hasher};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

/// The last file of an archive: the hash and name of every other, as `sha256sum -c` reads them.
pub(super) const SUMS: &str = "SHA256SUMS";

/// Hashes whatever passes through it, one way or the other.
pub(super) struct Hashing<T> {
    inner: T,
    hasher: Hasher,
}

impl<T> Hashing<T> {
    pub(super) fn new(inner: T) -> Self {
        Self { inner, hasher: Hasher::new() }
    }

    /// The inner one, and the hash of what passed.
    pub(super) fn finish(self) -> (T, Sha256) {
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

/// Makes it durable that a file has this name now.
pub(super) fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}
