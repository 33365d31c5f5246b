//! Enters: the progress of processing an inbox. Leaves: reports of it, with a progress bar on a terminal.
//! Never: logs the name of a file or a person; those go to stdout only, which services discard.

use super::{BatchProgress, Print, strong};
use chrono::{DateTime, Utc};
use despatch_app::intake::{Finding, LeftOver, Waiting};
use despatch_app::operations::process_inbox::{InboxProgress, ProcessInbox};
use despatch_app::pipeline::{Progress as LineProgress, Summary};
use despatch_core::clock::Clock;
use despatch_core::shown::{shown, shown_path};
use despatch_core::words::count;
use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Returns a callback that reports all progress, passing each finding to `tell`.
pub fn inbox_report<'a>(
    request: ProcessInbox,
    (print, clock): (Print<'a>, Clock),
    tell: &'a (dyn Fn(Finding) + Sync),
) -> impl Fn(InboxProgress<'_>) + Sync + 'a {
    let bar = BatchProgress::new("cases", request.once);
    let (known, lying) = (Mutex::new(BTreeSet::new()), Mutex::new(BTreeSet::new()));
    move |progress| match progress {
        InboxProgress::Line(LineProgress::Looked { ready, waiting, left }) => {
            bar.more(ready);
            if !request.once {
                bar.above(|| {
                    tell_waiting(waiting, &known, print);
                    tell_left(left, &lying, clock.now().at, print);
                });
            }
        }
        InboxProgress::Line(LineProgress::Found(finding)) => bar.around(|| tell(*finding)),
        InboxProgress::Line(LineProgress::Left { at, why }) => {
            print.log(&format!("{} cannot be moved on: {why}", shown_path(&at)));
        }
        InboxProgress::Line(LineProgress::Trouble(trouble)) => bar.above(|| print.log(&trouble)),
        InboxProgress::Alarm(alarm, now) => bar.above(|| print.alarm(alarm, now)),
        InboxProgress::Trouble(trouble) => bar.above(|| print.log(&trouble)),
        InboxProgress::Ended => bar.end(),
    }
}

/// Prints the outcome of one case file.
pub fn show_finding(finding: &Finding, print: Print) {
    print.json(finding);
    match finding {
        Finding::Queued { file, submission, case_id, despatches, not_made, superseded, already_sent } => {
            let held = despatches.iter().filter(|despatch| !despatch.holds.is_empty()).count();
            let made = count(despatches.len(), "despatch");
            let mut text = format!("queued    {}: case {submission} ({case_id}), {made}", shown_path(file));
            if held > 0 {
                text.push_str(&format!(", {held} held"));
            }
            if *superseded > 0 {
                text.push_str(&format!(", {} superseded", count(*superseded, "earlier one")));
            }
            print.line(&text);
            for id in already_sent {
                print.line(&format!("          {id}, which it would have replaced, has been sent already"));
            }
            for one in not_made {
                print.line(&format!("          not made: row {}: {}", one.row, one.reason));
            }
        }
        Finding::Rejected { file, submission, now_at, faults } => {
            let (faults, which) = (count(faults.len(), "fault"), which_rejected(*submission, now_at));
            print.line(&format!("rejected  {}: {faults}, see `despatch rejected {which}`", shown_path(file)));
        }
        Finding::Duplicate { file, of } => {
            let file = shown_path(file);
            print.line(&format!("known     {file}: the same file is case {of}; nothing was made"));
        }
    }
}

/// How a command names a rejected case file.
pub fn which_rejected(submission: Option<i64>, now_at: &Path) -> String {
    submission.map_or_else(|| shown_path(now_at), |number| number.to_string())
}

/// Logs that a case was rejected, unless stdout is a terminal: somebody has already seen it there.
pub fn log_rejected(finding: &Finding, print: Print) {
    if let Finding::Rejected { submission, faults, .. } = finding
        && !io::stdout().is_terminal()
    {
        let codes: BTreeSet<&str> = faults.iter().map(|fault| fault.code).collect();
        let codes: Vec<&str> = codes.into_iter().collect();
        let (what, which) = match submission {
            Some(number) => (format!("case file {number}"), format!(" {number}")),
            None => ("a case file".to_owned(), String::new()),
        };
        print.log(&format!(
            "ALARM  {what} was rejected ({}): nothing was made of it; `despatch rejected{which}` says what its preparer \
             must mend",
            codes.join(", ")
        ));
    }
}

/// Prints the summary of a run.
pub fn conclude(summary: &Summary, now: DateTime<Utc>, print: Print) {
    print.json(summary);
    let Summary { queued, rejected, duplicates, waiting, left } = summary;
    waiting.iter().for_each(|one| show_waiting(&one.file, &one.missing, print));
    left.iter().for_each(|one| show_left(one, now, print));
    let waiting = waiting.len();
    print.line(&strong(&format!(
        "{queued} queued, {rejected} rejected, {duplicates} known already, {waiting} waiting"
    )));
}

fn show_left(left: &LeftOver, now: DateTime<Utc>, print: Print) {
    print.line(&format!("not taken {}", left.text(now)));
}

fn show_waiting(file: &Path, missing: &[String], print: Print) {
    print.line(&format!("waiting   {}: {}", shown_path(file), shown(&missing.join("; "))));
}

/// Prints what each waiting case lacks, once and again when that changes.
fn tell_waiting(waiting: &[Waiting], known: &Mutex<BTreeSet<(PathBuf, Vec<String>)>>, print: Print) {
    let now: BTreeSet<_> = waiting.iter().map(|one| (one.file.clone(), one.missing.clone())).collect();
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    now.difference(&known).for_each(|(file, missing)| show_waiting(file, missing, print));
    *known = now;
}

/// Prints each file that no case takes, once; the log has how many there are, when that changes.
fn tell_left(left: &[LeftOver], known: &Mutex<BTreeSet<LeftOver>>, now: DateTime<Utc>, print: Print) {
    let lying: BTreeSet<LeftOver> = left.iter().cloned().collect();
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    lying.difference(&known).for_each(|one| show_left(one, now, print));
    if !lying.is_subset(&known) && !io::stdout().is_terminal() {
        let (files, verb) = (count(lying.len(), "file"), if lying.len() == 1 { "lies" } else { "lie" });
        print.log(&format!(
            "ALARM  {files} of no case {verb} in the inbox in clear: `despatch outbox list` names what was not taken"
        ));
    }
    *known = lying;
}
