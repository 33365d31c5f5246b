//! Enters: a value. Leaves: it on a stream in frames of bounded length, or read from there. Never: reads more than the
//! given limit, or waits for a peer beyond the given time.
//!
//! A value is JSON, cut into frames: four bytes, of which the highest bit says that more of the same value follows and
//! the others give the length (big-endian), then at most [`FRAME_MAX`] bytes.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// The most bytes of a frame. A writer waits after each until the reader has made room.
const FRAME_MAX: usize = 64 << 10;
/// Marks a frame that the same value goes on after.
const MORE: u32 = 1 << 31;
/// How long a peer may take to make room for one frame.
const ROOM_WITHIN: Duration = Duration::from_secs(30);

/// Writes a value.
///
/// # Errors
/// The value cannot be written as JSON; the peer is gone, or makes no room in time.
pub(super) fn send(stream: &UnixStream, value: &impl Serialize) -> io::Result<()> {
    let bytes = Zeroizing::new(serde_json::to_vec(value)?);
    let mut chunks = bytes.chunks(FRAME_MAX).peekable();
    while let Some(chunk) = chunks.next() {
        let more = if chunks.peek().is_some() { MORE } else { 0 };
        let head = (chunk.len() as u32 | more).to_be_bytes();
        write_by(stream, &[&head, chunk].concat(), Instant::now() + ROOM_WITHIN)?;
    }
    Ok(())
}

fn write_by(mut stream: &UnixStream, mut bytes: &[u8], deadline: Instant) -> io::Result<()> {
    while !bytes.is_empty() {
        stream.set_write_timeout(Some(left(deadline)?))?;
        match stream.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads a value of at most `most` bytes, all of it within a time; `None` waits for ever.
///
/// # Errors
/// The peer is gone or takes too long; the value is longer, or is none of this type.
pub(super) fn receive<T: DeserializeOwned>(
    stream: &UnixStream,
    most: usize,
    within: Option<Duration>,
) -> io::Result<T> {
    receive_if(stream, most, within, |_| true)
}

/// As [`receive`]; before each frame but the first one, `has_room` is asked for its length.
///
/// # Errors
/// As for [`receive`]; [`io::ErrorKind::ResourceBusy`] where there is no room.
pub(super) fn receive_if<T: DeserializeOwned>(
    stream: &UnixStream,
    most: usize,
    within: Option<Duration>,
    mut has_room: impl FnMut(usize) -> bool,
) -> io::Result<T> {
    let deadline = within.map(|within| Instant::now() + within);
    let mut bytes = Zeroizing::new(Vec::new());
    loop {
        let mut head = [0; 4];
        read_by(stream, &mut head, deadline)?;
        let head = u32::from_be_bytes(head);
        let length = (head & !MORE) as usize;
        if length > FRAME_MAX || bytes.len() + length > most {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it is longer than it may be"));
        }
        let begin = bytes.len();
        if begin > 0 && !has_room(length) {
            return Err(io::ErrorKind::ResourceBusy.into());
        }
        bytes.resize(begin + length, 0);
        read_by(stream, bytes.get_mut(begin..).unwrap_or_default(), deadline)?;
        if head & MORE == 0 {
            return Ok(serde_json::from_slice(&bytes)?);
        }
    }
}

fn read_by(mut stream: &UnixStream, mut into: &mut [u8], deadline: Option<Instant>) -> io::Result<()> {
    while !into.is_empty() {
        stream.set_read_timeout(deadline.map(left).transpose()?)?;
        match stream.read(into) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => into = into.get_mut(read..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The time that is left, which is never zero: zero would mean no limit.
fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}
