//! Enters: results. Leaves: aligned tables and sentences, or JSON, on the stdout of whoever gave the command; logs on
//! their stderr.
//! Never: writes colours that the terminal cannot show, passes on a control character of anybody's text (F22), or fails
//! because stdout is closed.

mod board;
/// The outcomes of the checks of despatches.
pub mod checks_view;
mod damaged;
mod decided;
mod foreseen;
mod inbox;
mod pace;
mod paint;
mod progress;

pub use board::show_board;
pub use damaged::show_damaged;
pub use decided::show_decided;
pub use foreseen::show_foreseen;
pub use inbox::{conclude, inbox_report, log_rejected, show_finding, which_rejected};
pub use pace::Pace;
pub use progress::BatchProgress;

use crate::caller::Caller;
use anstyle::{AnsiColor, Style};
use despatch_app::operations::alarms::Alarm;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::shown::shown_json;
use despatch_core::words::{count, date_words};
use despatch_ledger::{Despatch, State};
use despatch_seal::passphrase::Passphrase;
pub use paint::{Piece, painted, pieces};
use paint::{paint, unpainted};
use serde::Serialize;
use std::io::{self, IsTerminal};
use unicode_width::UnicodeWidthStr;

/// Spaces between two columns of a table.
const COLUMN_GAP: usize = 2;
/// Columns of a line of running text: fits half a screen.
const LINE_MAX: usize = 100;
/// The width of a label, in columns.
const LABEL: usize = 14;

/// Prints for people, or for programs (`--json`).
#[derive(Clone, Copy)]
pub struct Print<'a> {
    json: bool,
    caller: &'a dyn Caller,
}

impl<'a> Print<'a> {
    pub fn new(json: bool, caller: &'a dyn Caller) -> Self {
        Self { json, caller }
    }

    /// Prints one line for people; nothing with `--json`.
    pub fn line(self, text: &str) {
        if !self.json {
            self.caller.out(&format!("{text}\n"));
        }
    }

    /// Prints a label and its text for people, as [`wrapped`] formats them; nothing with `--json`.
    pub fn labelled(self, label: &str, text: &str) {
        self.line(&wrapped(label, text));
    }

    /// Prints one JSON value on a line of its own; nothing without `--json`.
    pub fn json(self, value: &impl Serialize) {
        if self.json
            && let Ok(text) = serde_json::to_string(value)
        {
            self.caller.out(&format!("{}\n", shown_json(&text)));
        }
    }

    /// Prints an aligned table, or the sentence `empty` if it has no rows; nothing with `--json`.
    pub fn table(self, head: &[&str], rows: impl IntoIterator<Item = Vec<String>>, empty: &str) {
        let mut lines: Vec<Vec<String>> = vec![head.iter().map(|word| word.to_uppercase()).collect()];
        // A cell is one line, whoever wrote it.
        lines.extend(rows.into_iter().map(|row| row.iter().map(|cell| cell.replace('\n', "\\n")).collect()));
        if lines.len() == 1 {
            return self.line(empty);
        }
        let cell = |line: &Vec<String>, column: usize| line.get(column).cloned().unwrap_or_default();
        let widest = |column| lines.iter().map(|line| width(&cell(line, column))).max().unwrap_or(0);
        let widths: Vec<usize> = (0..head.len()).map(widest).collect();
        for line in &lines {
            let padded = widths.iter().enumerate().map(|(column, widest)| {
                let text = cell(line, column);
                let gap = widest.saturating_sub(width(&text)) + COLUMN_GAP;
                text + &" ".repeat(gap)
            });
            self.line(padded.collect::<String>().trim_end());
        }
    }

    /// Prints every fault: on stdout as JSON, else on stderr. None have been shown already, by a service.
    pub fn faults(self, faults: &[Fault]) {
        if faults.is_empty() {
            return;
        }
        if self.json {
            return self.json(&serde_json::json!({ "faults": faults }));
        }
        let verb = if faults.len() == 1 { "is" } else { "are" };
        let count = format!("{} {verb} wrong", count(faults.len(), "thing"));
        self.log(&format!("{}:", paint(Style::new().bold(), &count)));
        for fault in faults {
            self.log(&format!("\n  {}\n    {}\n    to mend: {}", fault.at, fault.cause, fault.cure));
        }
    }

    /// Prints why a command failed though nothing is at fault: on stdout as JSON, else `words` on stderr.
    pub fn failure(self, what: &str, why: &str, words: &str) {
        if self.json {
            return self.json(&serde_json::json!({ "failure": what, "why": why }));
        }
        self.log(words);
    }

    /// Prints an alarm on stdout, and logs it unless stdout is a terminal: the log is all that a service leaves, and
    /// somebody at a terminal has already seen it.
    pub fn alarm(self, alarm: &Alarm, now: Moment) {
        self.json(&serde_json::json!({ "alarm": alarm }));
        self.line(&red(&alarm.text(now)));
        if !io::stdout().is_terminal() {
            self.log(&alarm.log_text(now));
        }
    }

    /// Shows a log line on stderr.
    pub fn log(self, text: &str) {
        self.caller.log(text);
    }
}

/// Formats a label and its text, with a hanging indent and at most [`LINE_MAX`] columns a line.
pub fn wrapped(label: &str, text: &str) -> String {
    let gap = if width(label) < LABEL { "" } else { " " };
    let mut lines = vec![format!("{label:<LABEL$}{gap}")];
    let mut fresh = true;
    for word in text.split(' ') {
        if let Some(line) = lines.last_mut() {
            if !fresh && width(line) + 1 + width(word) > LINE_MAX {
                lines.push(format!("{:LABEL$}{word}", ""));
            } else {
                let gap = if fresh { "" } else { " " };
                line.push_str(&format!("{gap}{word}"));
            }
            fresh = false;
        }
    }
    lines.join("\n")
}

/// Formats a state in its colour.
pub fn state(state: State) -> String {
    let colour = match state {
        State::AwaitingReview => AnsiColor::Yellow,
        State::Approved | State::Sent => AnsiColor::Green,
        State::Held | State::Refused | State::InDoubt => AnsiColor::Red,
        _ => return state.label().to_owned(),
    };
    paint(colour.on_default(), state.label())
}

/// Bold text.
pub fn strong(text: &str) -> String {
    paint(Style::new().bold(), text)
}

/// Red text, for what is overdue or urgent.
pub fn red(text: &str) -> String {
    paint(AnsiColor::Red.on_default(), text)
}

/// Formats ids and other short words as a list.
pub fn listed<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Prints a table of despatches, each with its recipient as `to` names it.
pub fn show_despatches<'a>(
    despatches: impl IntoIterator<Item = &'a Despatch>,
    to: impl Fn(&Despatch) -> String,
    empty: &str,
    print: Print,
) {
    let row = |despatch: &Despatch| {
        let planned = &despatch.planned;
        vec![
            despatch.id.to_string(),
            despatch.case_id.to_string(),
            planned.row.to_string(),
            planned.kind.to_string(),
            to(despatch),
            planned.deadline.as_ref().map_or_else(String::new, |deadline| date_words(deadline.due)),
            state(despatch.state),
        ]
    };
    let head = ["id", "case", "row", "what", "to", "due", "state"];
    print.table(&head, despatches.into_iter().map(row), empty);
}

/// Prints a passphrase, and how to give it to its recipient.
pub fn show_passphrase(passphrase: &Passphrase, recipient: &str, print: Print) {
    print.json(&serde_json::json!({ "words": passphrase.expose() }));
    print.line(&strong(passphrase.expose()));
    print.line(&format!(
        "Tell {recipient} these words on the telephone, on a number that the office had before. They are typed in small \
         letters, with a hyphen between two words. Never write them in an email."
    ));
}

/// Returns the columns that a text takes on a terminal as [`Print`] shows it; colours take none.
fn width(text: &str) -> usize {
    UnicodeWidthStr::width(unpainted(text).as_str())
}
