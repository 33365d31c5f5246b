//! Enters: a pipe between two processes of this program. Leaves: whole frames: a kind and a content.
//! Never: believes a length above the given limit, or takes a frame that is cut short for a whole one.

use std::io::{self, Read, Write};

/// Writes one frame: its kind, its length (4 bytes, little-endian), its content.
///
/// # Errors
/// The pipe is closed, or the content is longer than a frame can be.
pub fn write_frame(output: &mut impl Write, kind: u8, content: &[u8]) -> io::Result<()> {
    let length = u32::try_from(content.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    output.write_all(&[kind])?;
    output.write_all(&length.to_le_bytes())?;
    output.write_all(content)?;
    output.flush()
}

/// Reads one frame of at most `most` bytes; `None` at the end of input.
///
/// # Errors
/// The frame is cut short or too long.
pub fn read_frame(input: &mut impl Read, most: u64) -> io::Result<Option<(u8, Vec<u8>)>> {
    let mut kind = [0];
    if input.read(&mut kind)? == 0 {
        return Ok(None);
    }
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = u64::from(u32::from_le_bytes(length));
    if length > most {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut content = Vec::new();
    let read = input.take(length).read_to_end(&mut content)?;
    if read as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some((kind[0], content)))
}
