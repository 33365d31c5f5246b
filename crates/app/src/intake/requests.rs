//! Enters: the work on files as a value. Leaves: the frames in which it is asked for and answered between two processes.
//! Never: believes a length.

use super::scan::{Candidate, Look};
use super::taking::Claimed;
use super::{ATTACHMENT_BYTES_MAX, path_bytes};
use despatch_core::pipe::{read_frame, write_frame};
use despatch_core::private::Secret;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::path::PathBuf;

/// What is asked for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request<'a> {
    Look,
    Claims,
    Take(Cow<'a, Candidate>),
    Resume {
        token: String,
        settled: bool,
    },
    Reject {
        token: String,
        #[serde(with = "path_bytes")]
        file: PathBuf,
        faults: String,
    },
    Clear(String),
}

/// What is answered.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Response {
    Looked(Look),
    Claims(Vec<(String, bool)>),
    Claimed(Claimed),
    Rejected(#[serde(with = "path_bytes")] PathBuf),
    Done,
    Failed {
        /// The system's number of the error, if it has one.
        code: Option<i32>,
        why: String,
    },
}

impl Response {
    pub(super) fn failed(error: &io::Error) -> Self {
        Self::Failed { code: error.raw_os_error(), why: error.to_string() }
    }
}

/// The kind of a frame that holds a request or an answer.
const VALUE: u8 = b'V';
/// The kind of a frame that holds the bytes of a file.
const CONTENT: u8 = b'C';
/// The longest value: a look at an inbox of some hundred thousand files.
const VALUE_BYTES: u64 = 256 << 20;

/// Writes a request or an answer, with the contents that belong to it.
///
/// # Errors
/// The pipe is closed.
pub(super) fn write(output: &mut impl Write, value: &impl Serialize, contents: &[Secret]) -> io::Result<()> {
    write_frame(output, VALUE, &Secret::new(serde_json::to_vec(value)?))?;
    contents.iter().try_for_each(|content| write_frame(output, CONTENT, content))
}

/// Reads a request or an answer; `None` at the end of input.
///
/// # Errors
/// It is cut short, or is something else.
pub(super) fn read<T: DeserializeOwned>(input: &mut impl Read) -> io::Result<Option<T>> {
    match read_frame(input, VALUE_BYTES)? {
        None => Ok(None),
        Some((VALUE, value)) => Ok(Some(serde_json::from_slice(&Secret::new(value))?)),
        Some(_) => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Reads the contents that follow an answer.
///
/// # Errors
/// They are cut short, or something else follows.
pub(super) fn read_contents(input: &mut impl Read, count: usize) -> io::Result<Vec<Secret>> {
    let one = |input: &mut _| match read_frame(input, ATTACHMENT_BYTES_MAX)? {
        Some((CONTENT, content)) => Ok(Secret::new(content)),
        _ => Err(io::ErrorKind::InvalidData.into()),
    };
    (0..count).map(|_| one(input)).collect()
}
