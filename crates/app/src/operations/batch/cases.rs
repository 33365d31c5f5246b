//! Enters: case files, a line each. Leaves: each as a file of its own, with the attachments that it names. Never: changes
//! a byte of what a line says.

use super::RowFault;
use super::files::Files;
use crate::intake::{AttachedFile, LocalCase};
use crate::operations::Failure;
use despatch_core::fault::Fault;
use despatch_process::case::named_files;
use despatch_sheets::{ROWS_MAX, SHEET_BYTES_MAX};
use serde::de::IgnoredAny;
use serde_json::Value;

/// The endings of the names of files that have a case file in each line.
const LINES: [&str; 2] = [".ndjson", ".jsonl"];

/// Whether a file has a case file in each line.
pub(super) fn is_lines(name: &str, bytes: &[u8]) -> bool {
    let name = name.to_lowercase();
    LINES.iter().any(|ending| name.ends_with(ending)) || bytes.trim_ascii_start().starts_with(b"{")
}

/// Takes the lines of a file apart. Empty lines count and are no cases.
///
/// # Errors
/// It is too large.
pub(super) fn of_lines(bytes: &[u8], files: &Files, owner: u32) -> Result<Vec<(u32, LocalCase)>, Failure> {
    let too_large = |cause: String| {
        Failure::from(Fault::new("the lines", "batch.large", cause, "split it into several files"))
    };
    if bytes.len() > SHEET_BYTES_MAX {
        return Err(too_large(format!("they have more than {} MiB", SHEET_BYTES_MAX >> 20)));
    }
    // One file, over as many lines as it likes.
    let is_one = serde_json::from_slice::<IgnoredAny>(bytes).is_ok();
    let lines = bytes.split(|byte| *byte == b'\n' && !is_one).zip(1_u32..);
    let lines = lines.map(|(line, number)| (number, line.trim_ascii())).filter(|(_, line)| !line.is_empty());
    let mut cases = Vec::new();
    for (number, line) in lines {
        if cases.len() >= ROWS_MAX as usize {
            return Err(too_large(format!("there are more than {ROWS_MAX} lines")));
        }
        let attached = named_files(line).into_iter().filter_map(|(name, _)| {
            let bytes = files.find(&name).ok()?.clone();
            Some(AttachedFile { file: name, bytes })
        });
        let mut file = LocalCase::in_memory(&stem(line, number), line.to_vec(), attached.collect());
        file.owner = owner;
        cases.push((number, file));
    }
    Ok(cases)
}

/// A name for the file of a line: the id of its event, else its number.
fn stem(line: &[u8], number: u32) -> String {
    let file: Value = serde_json::from_slice(line).unwrap_or_default();
    let id = file.get("event_id").and_then(Value::as_str).unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let is_name = !id.is_empty() && id.len() <= 64 && id.chars().all(plain) && !id.starts_with('.');
    if is_name { id.to_owned() } else { format!("line-{number}") }
}

/// A fault of a case file, in its row.
pub(super) fn of_fault(row: u32, fault: &Fault) -> RowFault {
    let column = fault.at.starts_with('/').then(|| fault.at.trim_start_matches('/').replace('/', "."));
    RowFault { row: Some(row), column, cause: fault.cause.clone(), cure: fault.cure.clone() }
}
