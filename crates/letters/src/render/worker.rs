//! Enters: frames on standard input: the templates, then jobs, PDFs and their passwords, sheets. Leaves: an answer frame for
//! each. Never: opens or writes a file, writes a log, or outlives its parent.

use super::engine::Engine;
use super::job::{Job, RenderFault, Why};
use super::page_picture::{self, PagePicture};
use super::pdf_text::StandIn;
use super::{lock_pdf, pdf};
use despatch_core::confine::{self, Needs, Work};
use despatch_core::memory;
use despatch_core::pipe;
use despatch_sheets::{Refused, Sheet};
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;
use serde::Serialize;
use std::io::{self, BufReader, Read, Write};
use std::process::ExitCode;
use std::thread;
use zeroize::Zeroizing;

/// The argument that turns the program into a worker.
pub const ARGUMENT: &str = "render-worker";

/// typst overflows the default stack of 2 MiB.
const STACK_BYTES: usize = 64 << 20;
/// No document needs more; a runaway template ends the worker alone.
const ADDRESS_SPACE_BYTES: u64 = 512 << 20;
/// A longer frame is invalid.
const FRAME_BYTES: u64 = 64 << 20;
/// Unused memory is given back after so many answers: without it a worker held a fifth more after some thousand letters than
/// after the first ones.
const ANSWERS_BETWEEN_TIDYING: u32 = 500;

/// The content of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Tag {
    /// To the worker: the templates, JSON; sent again when they change.
    Files = b'T',
    /// To the worker: one job, JSON.
    Job = b'J',
    /// To the worker: a job and pixels to the inch, JSON, to draw its pages.
    Look = b'L',
    /// To the worker: an untrusted PDF to inspect.
    Inspect = b'I',
    /// To the worker: a PDF to lock, its password, and the length of the password (4 bytes, little-endian).
    Lock = b'K',
    /// To the worker: a PDF of which all but what it shows today is to be left out.
    Clean = b'C',
    /// To the worker: PDFs to join, each after its length (4 bytes, little-endian).
    Join = b'M',
    /// To the worker: the number of a page (4 bytes), pixels to the inch (2 bytes, both little-endian), and a PDF.
    Draw = b'W',
    /// To the worker: how to read a sheet, JSON, after its length (4 bytes, little-endian), and the sheet.
    Sheet = b'H',
    /// From the worker: ready for jobs, empty.
    Ready = b'R',
    /// From the worker: the length of the texts, the texts of the pages, JSON, then the PDF.
    Pdf = b'P',
    /// From the worker: the inspection of the PDF, JSON.
    Inspected = b'N',
    /// From the worker: the locked PDF.
    Locked = b'E',
    /// From the worker: the PDF without it.
    Cleaned = b'D',
    /// From the worker: the PDFs as one.
    Joined = b'O',
    /// From the worker: a picture and the text of each page, JSON.
    Seen = b'S',
    /// From the worker: the page, JSON; null if it cannot be drawn.
    Drawn = b'Q',
    /// From the worker: the sheet's rows, or why it cannot be read, JSON.
    Rows = b'X',
    /// From the worker: why there is no PDF, JSON.
    Fault = b'F',
}

impl Tag {
    fn of(byte: u8) -> Option<Self> {
        use Tag::{
            Clean, Cleaned, Draw, Drawn, Fault, Files, Inspect, Inspected, Job, Join, Joined, Lock, Locked,
            Look, Pdf, Ready, Rows, Seen, Sheet,
        };
        let all = [
            Files, Job, Look, Inspect, Lock, Clean, Draw, Join, Ready, Pdf, Inspected, Locked, Cleaned, Seen,
            Drawn, Joined, Sheet, Rows, Fault,
        ];
        all.into_iter().find(|tag| *tag as u8 == byte)
    }

    /// Whether `answer` is a valid answer to this tag.
    pub(super) fn is_answered_by(self, answer: Tag) -> bool {
        match self {
            Tag::Files => answer == Tag::Ready,
            Tag::Job => matches!(answer, Tag::Pdf | Tag::Fault),
            Tag::Lock => matches!(answer, Tag::Locked | Tag::Fault),
            Tag::Clean => matches!(answer, Tag::Cleaned | Tag::Fault),
            Tag::Join => matches!(answer, Tag::Joined | Tag::Fault),
            Tag::Look => matches!(answer, Tag::Seen | Tag::Fault),
            Tag::Inspect => answer == Tag::Inspected,
            Tag::Draw => answer == Tag::Drawn,
            Tag::Sheet => answer == Tag::Rows,
            _ => false,
        }
    }
}

/// Runs the worker until its standard input ends.
pub fn run() -> ExitCode {
    let worker = confine().and_then(|()| {
        thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn(|| serve(BufReader::new(io::stdin()), io::stdout().lock()))
    });
    match worker.map(thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Gives up everything that a worker does not need: files, connections, programs, and every system call but those with
/// which it computes and reads and writes what is open. What this kernel lacks of it, the limits still hold.
///
/// # Errors
/// The system refuses; such a worker may not begin.
pub fn confine() -> io::Result<()> {
    // First, because it needs a descriptor.
    confine::files(&Needs::default())?;
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    prctl::set_dumpable(false)?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    setrlimit(Resource::RLIMIT_AS, ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES)?;
    setrlimit(Resource::RLIMIT_FSIZE, 0, 0)?;
    // 0, 1 and 2 are open: no further file or socket can be opened.
    setrlimit(Resource::RLIMIT_NOFILE, 3, 3)?;
    // Last, because it takes away what the lines above need.
    confine::calls(Work::Computing)
}

/// Answers frames until the input ends. By itself it gives up nothing: what runs it for an office is [`run`].
///
/// # Errors
/// A frame is invalid, or the output is closed.
pub fn serve(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let Some((Tag::Files, files)) = read_frame(&mut input)? else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let mut engine = Engine::new(serde_json::from_slice(&files)?);
    write_frame(&mut output, Tag::Ready, &[])?;
    let mut answers = 0_u32;
    while let Some((tag, content)) = read_frame(&mut input)? {
        let (tag, answer) = match tag {
            Tag::Files => {
                engine.replace(serde_json::from_slice(&content)?);
                (Tag::Ready, Vec::new())
            }
            Tag::Job => made(&engine, &serde_json::from_slice(&content)?)?,
            Tag::Look => {
                let (job, ppi): (Job, u16) = serde_json::from_slice(&content)?;
                match engine.look(&job, ppi) {
                    Ok(pages) => json(Tag::Seen, &pages)?,
                    Err(fault) => json(Tag::Fault, &fault)?,
                }
            }
            Tag::Inspect => json(Tag::Inspected, &pdf::inspect(content, &engine.stand_in()))?,
            Tag::Lock => locked(content)?,
            Tag::Draw => json(Tag::Drawn, &drawn(content, &engine.stand_in())?)?,
            Tag::Sheet => json(Tag::Rows, &rows(&content)?)?,
            Tag::Clean => rewritten(Tag::Cleaned, lock_pdf::clean(content))?,
            Tag::Join => rewritten(Tag::Joined, lock_pdf::join(several(&content)?))?,
            _ => return Err(io::ErrorKind::InvalidData.into()),
        };
        write_frame(&mut output, tag, &answer)?;
        answers += 1;
        if answers.is_multiple_of(ANSWERS_BETWEEN_TIDYING) {
            memory::give_back();
        }
    }
    Ok(())
}

fn json(tag: Tag, content: &impl Serialize) -> io::Result<(Tag, Vec<u8>)> {
    Ok((tag, serde_json::to_vec(content)?))
}

fn made(engine: &Engine, job: &Job) -> io::Result<(Tag, Vec<u8>)> {
    match engine.letter(job) {
        Ok(made) => {
            let texts = serde_json::to_vec(&made.texts)?;
            let length = u32::try_from(texts.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
            Ok((Tag::Pdf, [&length.to_le_bytes()[..], &texts, &made.pdf].concat()))
        }
        Err(fault) => json(Tag::Fault, &fault),
    }
}

fn locked(mut content: Vec<u8>) -> io::Result<(Tag, Vec<u8>)> {
    let length = content.split_off(content.len().saturating_sub(size_of::<u32>()));
    let length = length.first_chunk().copied().map(u32::from_le_bytes).ok_or(io::ErrorKind::InvalidData)?;
    let at = content.len().checked_sub(length as usize).ok_or(io::ErrorKind::InvalidData)?;
    let password = Zeroizing::new(content.split_off(at));
    let password = std::str::from_utf8(&password).map_err(|_| io::ErrorKind::InvalidData)?;
    rewritten(Tag::Locked, lock_pdf::lock(content, password))
}

/// Parses files, each after its length.
fn several(mut content: &[u8]) -> io::Result<Vec<Vec<u8>>> {
    let mut files = Vec::new();
    while let Some((length, rest)) = content.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length) as usize;
        let (file, rest) = rest.split_at_checked(length).ok_or(io::ErrorKind::InvalidData)?;
        files.push(file.to_vec());
        content = rest;
    }
    if content.is_empty() { Ok(files) } else { Err(io::ErrorKind::InvalidData.into()) }
}

fn drawn(mut content: Vec<u8>, font: &StandIn) -> io::Result<Option<PagePicture>> {
    let pdf = content.split_off(content.len().min(6));
    let (number, ppi) = content.split_first_chunk::<4>().ok_or(io::ErrorKind::InvalidData)?;
    let ppi = ppi.first_chunk::<2>().copied().map(u16::from_le_bytes).ok_or(io::ErrorKind::InvalidData)?;
    Ok(page_picture::draw(pdf, u32::from_le_bytes(*number) as usize, ppi, font))
}

/// Reads a sheet.
fn rows(content: &[u8]) -> io::Result<Result<Sheet, Refused>> {
    let (length, rest) = content.split_first_chunk::<4>().ok_or(io::ErrorKind::InvalidData)?;
    let length = u32::from_le_bytes(*length) as usize;
    let (how, sheet) = rest.split_at_checked(length).ok_or(io::ErrorKind::InvalidData)?;
    Ok(despatch_sheets::read(sheet, &serde_json::from_slice(how)?))
}

fn rewritten(tag: Tag, pdf: Result<Vec<u8>, lock_pdf::Unlockable>) -> io::Result<(Tag, Vec<u8>)> {
    match pdf {
        Ok(pdf) => Ok((tag, pdf)),
        Err(why) => {
            let (cause, cure) = why.label();
            json(Tag::Fault, &RenderFault::new(Why::Lock, "the PDF", cause, cure))
        }
    }
}

/// Writes one frame.
pub(super) fn write_frame(output: &mut impl Write, tag: Tag, content: &[u8]) -> io::Result<()> {
    pipe::write_frame(output, tag as u8, content)
}

/// Reads one frame; `None` at the end of input.
///
/// # Errors
/// The frame is cut short, too long or has an unknown tag.
pub(super) fn read_frame(input: &mut impl Read) -> io::Result<Option<(Tag, Vec<u8>)>> {
    let Some((tag, content)) = pipe::read_frame(input, FRAME_BYTES)? else { return Ok(None) };
    Ok(Some((Tag::of(tag).ok_or(io::ErrorKind::InvalidData)?, content)))
}
