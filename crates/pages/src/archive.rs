//! Enters: files with their names. Leaves: one archive of them (tar).
//! Never: writes an owner, a time or a mode but its own.

use despatch_app::operations::Failure;

/// Packs files into an archive that every system can open.
///
/// # Errors
/// A name is too long for it.
pub fn tar<'f>(files: impl Iterator<Item = (&'f str, &'f [u8])>) -> Result<Vec<u8>, Failure> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(0);
        archive.append_data(&mut header, name, bytes)?;
    }
    Ok(archive.into_inner()?)
}
