//! Enters: the last signed checkpoint. Leaves: it with a command that keeps it where this machine cannot rewrite it, and a
//! note of what was taken. Never: waits for the command beyond its time, or gives it more than the checkpoint.
//!
//! The chain of events and the office's own checkpoints can be written anew by whoever controls the service's account:
//! against that only what lies elsewhere proves anything (F14).

use super::Failure;
use despatch_core::clock::Moment;
use despatch_ledger::{Checkpoint, Ledger, write_durably};
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long the command may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Hours after which a checkpoint that was not pushed is told.
const OLD_HOURS: i64 = 48;

/// Hands the last checkpoint to the office's command, unless it has it.
///
/// # Errors
/// The command cannot be started, does not end in time or fails; nothing is noted, and the next checkpoint tries again.
pub fn push(command: &[String], ledger: &mut Ledger) -> Result<(), Failure> {
    let Some((program, arguments)) = command.split_first() else {
        return Ok(());
    };
    let Some((last, text)) = ledger.last_checkpoint()? else {
        return Ok(());
    };
    if ledger.pushed()? == Some(last) {
        return Ok(());
    }
    let failed = |why: String| Failure::TryAgain(format!("the checkpoint was not taken by {program}: {why}"));
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    if let Some(mut input) = child.stdin.take() {
        // A command that does not read says so by its exit code.
        let _ = input.write_all(text.as_bytes());
    }
    let deadline = Instant::now() + TIME_LIMIT;
    let status = loop {
        match child.try_wait()? {
            Some(status) => break status,
            None if Instant::now() >= deadline => {
                child.kill()?;
                child.wait()?;
                return Err(failed("it did not end in time".to_owned()));
            }
            None => sleep(LOOK_EVERY),
        }
    };
    if !status.success() {
        return Err(failed(status.to_string()));
    }
    Ok(write_durably(&ledger.files().pushed(), text.as_bytes())?)
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
