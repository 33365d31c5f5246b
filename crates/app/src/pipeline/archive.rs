//! Enters: files by name. Leaves: one tar archive of them, in memory that is wiped, or one more entry of an archive.
//! Never: writes to disk, or lets plaintext be moved in memory.

use despatch_core::private::Secret;
use std::io::{self, Read, Write};
use std::path::Path;

/// The overhead of an archive per file: headers of 512 bytes, three of them for a long name, and padding.
const ROOM_PER_FILE: usize = 4096;

/// Appends a file of `size` bytes, readable only by its owner once unpacked.
///
/// # Errors
/// Reading the file or writing the archive fails.
pub fn append_file(
    archive: &mut tar::Builder<impl Write>,
    name: impl AsRef<Path>,
    from: impl Read,
    size: u64,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o600);
    header.set_cksum();
    archive.append_data(&mut header, name, from)
}

/// Returns the files of such an archive, with their names.
///
/// # Errors
/// It is not an archive.
pub fn files_of(archive: &[u8]) -> io::Result<Vec<(String, Secret)>> {
    let mut files = Vec::new();
    for entry in tar::Archive::new(archive).entries()? {
        let mut entry = entry?;
        let name = entry.path()?.to_string_lossy().into_owned();
        // Allocated at its full size, so that the plaintext is never moved by a reallocation.
        let mut bytes = Secret::new(Vec::with_capacity(usize::try_from(entry.size()).unwrap_or(0)));
        entry.read_to_end(&mut bytes)?;
        files.push((name, bytes));
    }
    Ok(files)
}

/// Archives these files. The buffer is allocated at full size, so that growing it leaves no copy behind.
pub(super) fn archive_of(files: &[(&str, &[u8])]) -> io::Result<Secret> {
    let room = files.iter().map(|(_, bytes)| bytes.len() + ROOM_PER_FILE).sum::<usize>() + ROOM_PER_FILE;
    let mut archive = Secret::new(Vec::with_capacity(room));
    let mut builder = tar::Builder::new(&mut *archive);
    for (name, bytes) in files {
        append_file(&mut builder, name, *bytes, bytes.len() as u64)?;
    }
    builder.finish()?;
    drop(builder);
    Ok(archive)
}
