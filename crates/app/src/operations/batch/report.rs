//! Enters: the name of a batch. Leaves: what became of each of its rows and messages, as data, as a sheet and as a paper.
//! Never: a value of a row, a formula in the sheet, or a message that the actor may not see.

use super::known::known;
use super::list::BatchCounts;
use crate::operations::paper::{Paper, Section};
use crate::operations::{Actor, Failure, OpenOffice};
use chrono::NaiveDate;
use despatch_core::words::{BatchName, CaseId, Role, capital, count, date_words, moment_words};
use despatch_ledger::{BatchTally, Despatch, DespatchId, RowFate, RowOnRecord, State};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many rows and messages that did not go a paper lists; the sheet has all.
const LISTED_MAX: usize = 300;

/// What became of a batch.
#[derive(Debug, Serialize)]
pub struct BatchReport {
    pub counts: BatchCounts,
    pub tally: Vec<BatchTally>,
    pub rows: Vec<ReportedRow>,
}

/// A row with its messages.
#[derive(Debug, Serialize)]
pub struct ReportedRow {
    pub row: u32,
    pub fate: RowFate,
    pub case_file: Option<i64>,
    pub case_id: Option<CaseId>,
    pub messages: Vec<ReportedMessage>,
}

/// A message of a row.
#[derive(Debug, Serialize)]
pub struct ReportedMessage {
    pub id: DespatchId,
    pub kind: String,
    pub role: String,
    /// The entry of the directory.
    pub to: Option<String>,
    pub state: State,
    pub due: Option<NaiveDate>,
    pub sent_on: Option<NaiveDate>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// Why it was approved without having been opened, if it was.
    pub unopened: Option<String>,
}

/// Returns what became of a batch.
///
/// # Errors
/// There is none of this name, or the ledger cannot be read.
pub fn report(open: &mut OpenOffice, actor: &Actor, name: &BatchName) -> Result<BatchReport, Failure> {
    let batch = known(open, name)?;
    let rows = open.ledger.batch_rows(&batch, actor.reader())?;
    let tally = open.ledger.batch_tally(name, actor.reader())?;
    let mut messages: BTreeMap<i64, Vec<ReportedMessage>> = BTreeMap::new();
    for despatch in open.ledger.despatches_of_batch(name, actor.reader())? {
        messages.entry(despatch.id.submission).or_default().push(ReportedMessage::of(&despatch));
    }
    let counts = BatchCounts::of(batch, &rows, &tally);
    let reported = |row: RowOnRecord| ReportedRow {
        messages: row.case_file.and_then(|file| messages.remove(&file)).unwrap_or_default(),
        row: row.row,
        fate: row.fate,
        case_file: row.case_file,
        case_id: row.case_id,
    };
    Ok(BatchReport { counts, tally, rows: rows.into_iter().map(reported).collect() })
}

impl ReportedMessage {
    fn of(despatch: &Despatch) -> Self {
        Self {
            id: despatch.id,
            kind: despatch.planned.kind.to_string(),
            role: despatch.planned.role.code().to_owned(),
            to: despatch.recipient.entry.as_ref().map(ToString::to_string),
            state: despatch.state,
            due: despatch.planned.deadline.as_ref().map(|deadline| deadline.due),
            sent_on: despatch.sent_on,
            approved_by: despatch.approval.as_ref().map(|approval| approval.by.to_string()),
            unopened: despatch.approval.as_ref().and_then(|approval| approval.unseen.clone()),
        }
    }
}

/// The headings of the sheet.
const HEADINGS: [&str; 13] = [
    "row",
    "row is",
    "case",
    "case file",
    "message",
    "letter",
    "recipient",
    "entry",
    "state",
    "due",
    "sent on",
    "approved by",
    "not opened because",
];

impl BatchReport {
    /// Returns it as a sheet, a line for each message, and one for each row without any.
    pub fn csv(&self) -> String {
        let mut sheet = line(HEADINGS.map(str::to_owned));
        for row in &self.rows {
            let text = |value: Option<String>| value.unwrap_or_default();
            let of_row = [
                row.row.to_string(),
                row.fate.label().to_owned(),
                text(row.case_id.as_ref().map(ToString::to_string)),
                text(row.case_file.map(|number| number.to_string())),
            ];
            if row.messages.is_empty() {
                sheet += &line(of_row.into_iter().chain(std::iter::repeat_n(String::new(), 9)));
                continue;
            }
            for one in &row.messages {
                let of_message = [
                    one.id.to_string(),
                    one.kind.clone(),
                    one.role.clone(),
                    text(one.to.clone()),
                    one.state.label().to_owned(),
                    text(one.due.map(|day| day.to_string())),
                    text(one.sent_on.map(|day| day.to_string())),
                    text(one.approved_by.clone()),
                    text(one.unopened.clone()),
                ];
                sheet += &line(of_row.iter().cloned().chain(of_message));
            }
        }
        sheet
    }

    /// Returns it as an accessible PDF: the outcome as bars with a table beneath, and what did not go.
    ///
    /// # Errors
    /// A worker cannot be started.
    pub fn pdf(&self, open: &OpenOffice) -> Result<Vec<u8>, Failure> {
        self.paper().pdf(open, open.now().today)
    }

    fn paper(&self) -> Paper {
        let batch = &self.counts.batch;
        let fates = self.counts.rows.iter().map(|(fate, number)| (capital(fate.label()), *number as u64));
        let about = Section::new("The batch").facts([
            ("Event", batch.event.map(|event| event.label().to_owned())),
            ("Begun by", Some(batch.by.to_string())),
            ("Begun on", Some(moment_words(batch.at))),
            ("State", Some(batch.state.label().to_owned())),
            ("Sheet", Some(format!("SHA-256 {}", batch.sheet))),
        ]);
        let rows = numbered("What became of the rows", "Row", fates.collect());
        let messages = numbered("What became of the messages", "Message", self.outcome());
        Paper {
            title: format!("Report of the batch {}", batch.name),
            sender: None,
            reference: batch.name.to_string(),
            introduction: vec![format!(
                "{} of the sheet, and what became of the messages that were made of them.",
                count(self.counts.rows_in_all(), "row")
            )],
            sections: vec![about, rows, messages, self.kinds(), self.left()],
        }
    }

    /// The messages by state, in the order of a message's life.
    fn outcome(&self) -> Vec<(String, u64)> {
        let mut outcome: Vec<(String, u64)> = Vec::new();
        for state in State::ALL {
            let number = self.counts.in_state(state);
            match outcome.iter_mut().find(|(label, _)| *label == capital(state.label())) {
                Some((_, known)) => *known += number,
                None => outcome.push((capital(state.label()), number)),
            }
        }
        outcome.retain(|(_, number)| *number > 0);
        outcome
    }

    fn kinds(&self) -> Section {
        let rows = self.tally.iter().map(|one| {
            let state =
                one.state.parse::<State>().map_or(one.state.clone(), |state| state.label().to_owned());
            [one.kind.clone(), role(&one.role).to_owned(), state, one.number.to_string()]
        });
        Section::new("By letter and recipient").table(["Letter", "Recipient", "State", "Messages"], rows)
    }

    /// What has not gone, row by row.
    fn left(&self) -> Section {
        let mut rows: Vec<[String; 4]> = Vec::new();
        for row in &self.rows {
            let case = row.case_id.as_ref().map_or_else(String::new, ToString::to_string);
            match row.fate {
                RowFate::Queued => {
                    let open = row.messages.iter().filter(|one| one.state != State::Sent);
                    rows.extend(open.map(|one| {
                        let state = one.state.label().to_owned();
                        let due =
                            one.due.map_or_else(String::new, |due| format!(", due {}", date_words(due)));
                        [row.row.to_string(), case.clone(), format!("{} {}", one.id, one.kind), state + &due]
                    }));
                }
                RowFate::Replaced => {}
                fate => rows.push([row.row.to_string(), case, String::new(), fate.label().to_owned()]),
            }
        }
        let mut section = Section::new("What has not gone");
        if rows.is_empty() {
            section.paragraphs.push("Everything has gone.".to_owned());
        }
        if rows.len() > LISTED_MAX {
            let words = format!("The first {LISTED_MAX} of {}; the report as a sheet has all.", rows.len());
            section.paragraphs.push(words);
            rows.truncate(LISTED_MAX);
        }
        section.table(["Row", "Case", "Message", "State"], rows.into_iter())
    }
}

/// The label of a role.
fn role(code: &str) -> &str {
    Role::ALL.into_iter().find(|role| role.code() == code).map_or(code, |role| role.label())
}

/// A section of numbers: bars, and the table that says the same.
fn numbered(heading: &str, of: &str, numbers: Vec<(String, u64)>) -> Section {
    let words: Vec<String> = numbers.iter().map(|(label, number)| format!("{number} {label}")).collect();
    let alt = format!("{heading}: {}", words.join(", "));
    let rows: Vec<[String; 2]> =
        numbers.iter().map(|(label, number)| [label.clone(), number.to_string()]).collect();
    let section = Section::new(heading);
    let section = if numbers.is_empty() { section } else { section.chart(alt, numbers) };
    section.table([&format!("{of}s that are"), "Number"], rows.into_iter())
}

/// A line of a sheet. No cell begins a formula, whatever program opens it.
fn line(cells: impl IntoIterator<Item = String>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|text| cell(&text)).collect();
    cells.join(",") + "\r\n"
}

fn cell(text: &str) -> String {
    let is_number = text.parse::<f64>().is_ok();
    let begins = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number;
    let text = if begins { format!("'{text}") } else { text.to_owned() };
    match text.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn no_cell_is_a_formula_and_each_is_read_back_whole() {
        let cells =
            ["=1+1", "+cmd", "-2", "@SUM(A1)", "a,b", "say \"so\"", "\tx", "plain"].map(str::to_owned);
        let said = line(cells);
        assert_eq!(said, "'=1+1,'+cmd,-2,'@SUM(A1),\"a,b\",\"say \"\"so\"\"\",'\tx,plain\r\n");
    }
}
