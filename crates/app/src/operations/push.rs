//! Enters: the last signed checkpoint. Leaves: it with a command that keeps it where this machine cannot rewrite it, and a
//! note of what was taken. Never: waits for the command beyond its time, or gives it more than the checkpoint.
//!
//! The chain of events and the office's own checkpoints can be written anew by whoever controls the service's account:
//! against that only what lies elsewhere proves anything (F14).

use super::Failure;
use despatch_core::clock::Moment;
use despatch_ledger::{Checkpoint, Ledger, write_durably};
use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The argument that turns the program into what waits with the command until a confined process has a checkpoint.
pub const ARGUMENT: &str = "push-checkpoint";

/// How long the command may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Hours after which a checkpoint that was not pushed is told.
const OLD_HOURS: i64 = 48;
/// The codes with which the program that waits says why there is none of the command; as a shell and `timeout` say it.
const TOO_LONG: u8 = 124;
const NOT_STARTED: u8 = 127;

/// The office's command that keeps checkpoints elsewhere.
pub struct Keeper {
    command: Vec<String>,
    /// This program, started before the process was confined, waiting for a checkpoint on its standard input.
    waiting: Option<Child>,
}

/// Why a command did not take a checkpoint.
enum Untaken {
    Late,
    NotStarted(String),
    Failed(ExitStatus),
}

impl Untaken {
    fn words(&self) -> String {
        match self {
            Untaken::Late => "it did not end in time".to_owned(),
            Untaken::NotStarted(why) => why.clone(),
            Untaken::Failed(status) => status.to_string(),
        }
    }
}

impl Keeper {
    /// The keeper of these settings; an empty command keeps nothing.
    pub fn of(command: &[String]) -> Self {
        Self { command: command.to_vec(), waiting: None }
    }

    /// Starts `program`, this program, as what will start the command.
    ///
    /// # Errors
    /// It cannot be started.
    pub(super) fn start(&mut self, program: &Path) -> io::Result<()> {
        if !self.command.is_empty() {
            let mut waiting = Command::new(program);
            waiting.arg(ARGUMENT).args(&self.command).stdin(Stdio::piped());
            self.waiting = Some(waiting.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
        }
        Ok(())
    }

    /// Hands the last checkpoint to the command, unless it has it.
    ///
    /// # Errors
    /// The command cannot be started, does not end in time or fails; nothing is noted, and the next checkpoint tries
    /// again.
    pub fn push(&mut self, ledger: &mut Ledger) -> Result<(), Failure> {
        let Some(program) = self.command.first() else {
            return Ok(());
        };
        let Some((last, text)) = ledger.last_checkpoint()? else {
            return Ok(());
        };
        if ledger.pushed()? == Some(last) {
            return Ok(());
        }
        let given = match self.waiting.take() {
            Some(waiting) => give_to_waiting(waiting, text.as_bytes())?,
            None => give(&self.command, text.as_bytes())?,
        };
        given.map_err(|why| {
            Failure::TryAgain(format!("the checkpoint was not taken by {program}: {}", why.words()))
        })?;
        Ok(write_durably(&ledger.files().pushed(), text.as_bytes())?)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Some(mut waiting) = self.waiting.take() {
            // It ends with its input, having got nothing.
            drop(waiting.stdin.take());
            let _ = waiting.wait();
        }
    }
}

/// Gives a checkpoint to the command, as a child of this process.
fn give(command: &[impl AsRef<OsStr>], text: &[u8]) -> io::Result<Result<(), Untaken>> {
    let Some((program, arguments)) = command.split_first() else {
        return Ok(Ok(()));
    };
    let started = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => return Ok(Err(Untaken::NotStarted(error.to_string()))),
    };
    write_to(&mut child, text);
    let deadline = Instant::now() + TIME_LIMIT;
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(Ok(())),
            Some(status) => return Ok(Err(Untaken::Failed(status))),
            None if Instant::now() >= deadline => {
                child.kill()?;
                child.wait()?;
                return Ok(Err(Untaken::Late));
            }
            None => sleep(LOOK_EVERY),
        }
    }
}

/// Gives a checkpoint to the program that waits, which keeps the time itself: a confined process can signal nobody.
fn give_to_waiting(mut waiting: Child, text: &[u8]) -> io::Result<Result<(), Untaken>> {
    write_to(&mut waiting, text);
    let status = waiting.wait()?;
    Ok(match status.code().and_then(|code| u8::try_from(code).ok()) {
        Some(0) => Ok(()),
        Some(TOO_LONG) => Err(Untaken::Late),
        Some(NOT_STARTED) => Err(Untaken::NotStarted("it cannot be started".to_owned())),
        _ => Err(Untaken::Failed(status)),
    })
}

/// Writes to a child's standard input, and closes it.
fn write_to(child: &mut Child, text: &[u8]) {
    if let Some(mut input) = child.stdin.take() {
        // A command that does not read says so by its exit code.
        let _ = input.write_all(text);
    }
}

/// Waits for a checkpoint on standard input, and gives it to the command of the arguments; without one does nothing.
pub fn wait(command: &[OsString]) -> ExitCode {
    let mut text = Vec::new();
    if io::stdin().read_to_end(&mut text).is_err() {
        return ExitCode::FAILURE;
    }
    if text.is_empty() {
        return ExitCode::SUCCESS;
    }
    match give(command, &text) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(Untaken::Late)) => ExitCode::from(TOO_LONG),
        Ok(Err(Untaken::NotStarted(_))) => ExitCode::from(NOT_STARTED),
        Ok(Err(Untaken::Failed(status))) => {
            status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
        Err(_) => ExitCode::FAILURE,
    }
}

/// What `check` says of an office whose last pushed checkpoint is old.
///
/// # Errors
/// The note of it cannot be read.
pub fn warning(command: &[String], ledger: &mut Ledger, now: Moment) -> Result<Option<String>, Failure> {
    if command.is_empty() {
        return Ok(None);
    }
    let pushed = ledger.pushed()?;
    let hours = pushed.as_ref().map(|one| (now.at - one.at).num_hours());
    Ok(match hours {
        Some(hours) if hours < OLD_HOURS => None,
        Some(hours) => Some(format!("the last checkpoint that is kept elsewhere is {hours} hours old")),
        None => Some("no checkpoint is kept elsewhere yet, though [audit] push names a command".to_owned()),
    })
}

/// Who vouches for the record against this machine itself, in a sentence.
pub fn vouched(outside: Option<&Checkpoint>) -> String {
    match outside {
        Some(one) => format!(
            "What is kept elsewhere vouches for it up to event {}, of {}. Whoever controls the service's account could have \
             written anew what came after.",
            one.seq,
            despatch_core::words::moment_words(one.at)
        ),
        None => "Nothing that is kept elsewhere vouches for any of it: give a copy with --checkpoints, or name a command \
                 under [audit] push."
            .to_owned(),
    }
}
