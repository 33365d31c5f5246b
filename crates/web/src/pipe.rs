//! Enters: what the two processes say to each other. Leaves: it as frames on the pipe between them, numbered.
//! Never: believes a length beyond the bounds, or takes an answer for another question's.

use super::gate::Refusal;
use super::request::{Request, SessionToken};
use super::response::Response;
use despatch_core::pipe::{read_frame, write_frame};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};
use zeroize::Zeroizing;

/// The longest frame: the longest form in base64, or the documents of a whole message.
const FRAME_MAX: u64 = 192 << 20;
/// How many requests may wait for somebody to answer them; the process asks for no more at once.
pub(super) const WAITING_MAX: usize = 64;
/// The one kind of frames.
const KIND: u8 = 1;

/// What the process that speaks HTTP asks the service.
#[derive(Serialize, Deserialize)]
pub(super) enum Ask {
    Page(Box<Request>),
    /// Whether a session is open: only then is a large body read.
    Known(SessionToken),
    /// A request was refused; nothing is answered.
    Refused(Refusal),
}

/// What the service answers.
#[derive(Serialize, Deserialize)]
pub(super) enum Answer {
    Page(Box<Response>),
    Known(bool),
}

/// Writes one value under a number.
///
/// # Errors
/// The other process is gone, or the value is longer than a frame.
pub(super) fn write(output: &mut impl Write, number: u32, value: &impl Serialize) -> io::Result<()> {
    let mut content = Zeroizing::new(number.to_le_bytes().to_vec());
    serde_json::to_writer(&mut *content, value)?;
    write_frame(output, KIND, &content)
}

/// Reads one value and its number; `None` at the end.
///
/// # Errors
/// The frame is cut short, too long or none of ours.
pub(super) fn read<T: DeserializeOwned>(input: &mut impl Read) -> io::Result<Option<(u32, T)>> {
    let Some((_, content)) = read_frame(input, FRAME_MAX)? else { return Ok(None) };
    let content = Zeroizing::new(content);
    let (number, json) = content.split_first_chunk::<4>().ok_or(io::ErrorKind::InvalidData)?;
    Ok(Some((u32::from_le_bytes(*number), serde_json::from_slice(json)?)))
}
