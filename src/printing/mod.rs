//! Enters: results. Leaves: aligned tables and sentences, or JSON, on stdout; logs on stderr.
//! Never: colours where the terminal can't, or breaks because nobody reads on.

mod board;
/// What the checks of despatches came to.
pub mod checks_view;
mod damaged;
mod decided;
mod foreseen;
mod inbox;
mod progress;

pub use board::show_board;
pub use damaged::show_damaged;
pub use decided::show_decided;
pub use foreseen::show_foreseen;
pub use inbox::{conclude, inbox_report, show_finding};
pub use progress::BatchProgress;

use anstyle::{AnsiColor, Style};
use despatch_app::operations::alarms::Alarm;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::count;
use despatch_ledger::State;
use despatch_seal::passphrase::Passphrase;
use serde::Serialize;
use std::io::{self, IsTerminal, Write};
use unicode_width::UnicodeWidthStr;

/// Spaces between two columns of a table.
const COLUMN_GAP: usize = 2;
/// Columns of a line of running text: fits a small terminal window beside another.
const LINE_MAX: usize = 100;
/// Columns of a label.
const LABEL: usize = 14;

/// Prints for people, or for programs (`--json`).
#[derive(Debug, Clone, Copy)]
pub struct Print {
    json: bool,
}

impl Print {
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// One line for people; nothing with `--json`.
    pub fn line(self, text: &str) {
        if !self.json {
            put(&format!("{text}\n"));
        }
    }

    /// One JSON value on a line of its own; nothing without `--json`.
    pub fn json(self, value: &impl Serialize) {
        if self.json
            && let Ok(text) = serde_json::to_string(value)
        {
            put(&format!("{text}\n"));
        }
    }

    /// An aligned table; nothing with `--json`, and a sentence where it is empty.
    pub fn table(self, head: &[&str], rows: &[Vec<String>], empty: &str) {
        if rows.is_empty() {
            return self.line(empty);
        }
        let head: Vec<String> = head.iter().map(|word| word.to_uppercase()).collect();
        let columns = 0..head.len();
        let lines: Vec<&Vec<String>> = std::iter::once(&head).chain(rows).collect();
        let cell = |line: &Vec<String>, column: usize| line.get(column).cloned().unwrap_or_default();
        let widest = |column| lines.iter().map(|line| width(&cell(line, column))).max().unwrap_or(0);
        let widths: Vec<usize> = columns.map(widest).collect();
        for line in lines {
            let padded = widths.iter().enumerate().map(|(column, widest)| {
                let text = cell(line, column);
                let gap = widest.saturating_sub(width(&text)) + COLUMN_GAP;
                text + &" ".repeat(gap)
            });
            self.line(padded.collect::<String>().trim_end());
        }
    }

    /// Everything that is wrong: on stdout as JSON, else on stderr.
    pub fn faults(self, faults: &[Fault]) {
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

    /// Why a command could not do it though nothing is at fault: on stdout as JSON, else in words on stderr.
    pub fn failure(self, what: &str, why: &str, words: &str) {
        if self.json {
            return self.json(&serde_json::json!({ "failure": what, "why": why }));
        }
        self.log(words);
    }

    /// An alarm: for whoever looks, for programs, and for the log, which is all that is left of a service; who sits at a
    /// terminal has seen it there.
    pub fn alarm(self, alarm: &Alarm, now: Moment) {
        self.json(&serde_json::json!({ "alarm": alarm }));
        self.line(&red(&alarm.text(now)));
        if !io::stdout().is_terminal() {
            self.log(&alarm.log_text(now));
        }
    }

    /// A log line, on stderr.
    pub fn log(self, text: &str) {
        // Nobody to tell is no reason to stop.
        let _ = writeln!(anstream::stderr(), "{text}");
    }
}

/// A label and its text, wrapped under itself so that a line has at most [`LINE_MAX`] columns.
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

/// A state in its colour.
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

/// Red text: what is past its day, or must not wait.
pub fn red(text: &str) -> String {
    paint(AnsiColor::Red.on_default(), text)
}

/// How to give a passphrase to its recipient.
pub fn show_passphrase(passphrase: &Passphrase, recipient: &str, print: &Print) {
    print.json(&serde_json::json!({ "words": passphrase.expose() }));
    print.line(&strong(passphrase.expose()));
    print.line(&format!(
        "Tell {recipient} these words on the telephone, on a number that the office had before. They are typed in small \
         letters, with a hyphen between two words. Never write them in an email."
    ));
}

fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

fn put(text: &str) {
    // Where the reader has gone (`| head`), the work goes on unheard: it must not be left half done.
    let _ = write!(anstream::stdout(), "{text}");
}

/// The columns that a text takes on a terminal; colour codes take none.
fn width(text: &str) -> usize {
    UnicodeWidthStr::width(anstream::adapter::strip_str(text).to_string().as_str())
}
