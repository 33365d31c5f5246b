//! Enters: the cell of a row, and the field that it fills. Leaves: the answer as somebody would type it into the form, or
//! why it is none. Never: guesses: a date that may be two is a fault, and so is a number that lost digits.

use super::targets::{Target, normal};
use crate::operations::new_case::desk::{Desk, options};
use chrono::{NaiveDate, Timelike};
use despatch_core::typed::{self, DATES, TIMES};
use despatch_core::words::Role;
use despatch_process::fields::{Field, Names, Sort};
use despatch_sheets::Cell;

/// What is wrong with a cell, and what to do about it.
pub(super) type Wrong = (String, String);

/// From this size on a spreadsheet keeps no more than the first 15 digits of a number.
const DIGITS_KEPT: f64 = 1e15;
const AS_TEXT: &str = "set the column's format to text, and write it again";

/// How dates of three numbers are to be read in one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Days {
    /// The day first: somebody says so, or a date of the column can be nothing else.
    First,
    /// Nobody knows.
    Unknown,
}

impl Days {
    /// Finds out how the dates of a column are written.
    pub(super) fn of<'c>(cells: impl Iterator<Item = &'c Cell>, said: bool) -> Days {
        let (mut first, mut second) = (said, false);
        for parts in cells.filter_map(|cell| match cell {
            Cell::Text(text) => numbers(text),
            _ => None,
        }) {
            first |= parts.0 > 12;
            second |= parts.1 > 12;
        }
        if first && !second { Days::First } else { Days::Unknown }
    }
}

/// The first two numbers of a date such as 03/12/2026.
fn numbers(text: &str) -> Option<(u32, u32)> {
    let text = text.trim();
    let mark = ['/', '.', '-'].into_iter().find(|mark| text.contains(*mark))?;
    let parts: Vec<&str> = text.split(mark).collect();
    let [first, second, year] = parts.as_slice() else { return None };
    let short = |part: &str| part.parse::<u32>().ok().filter(|_| part.len() <= 2);
    (year.len() == 4).then_some((short(first)?, short(second)?))
}

/// What a cell says to a field, as it is typed into a form; empty if it says nothing.
///
/// # Errors
/// It is of another kind than the field, or may mean two things.
pub(super) fn typed(cell: &Cell, target: &Target, days: Days, desk: &Desk) -> Result<String, Wrong> {
    if let Cell::Error(error) = cell {
        let cause = format!("the cell has no value but an error of the spreadsheet program ({error})");
        return Err((cause, "write the value itself".to_owned()));
    }
    if *cell == Cell::Empty {
        return Ok(String::new());
    }
    if target.is_gate {
        return flag(cell);
    }
    match target.field.sort {
        Sort::Flag => flag(cell),
        Sort::Date => date(cell, days).map(|date| date.to_string()),
        Sort::Time => time(cell),
        Sort::Choice(words) => choice(cell, words, target.field),
        Sort::Pattern(pattern) if pattern.names == Names::Entry => entry(&text(cell)?, target, desk),
        Sort::Pattern(_) => Ok(named(&text(cell)?, &known(target, desk)).unwrap_or(text(cell)?)),
        _ => text(cell),
    }
}

fn flag(cell: &Cell) -> Result<String, Wrong> {
    let said = match cell {
        Cell::Flag(flag) => Some(*flag),
        Cell::Text(text) => match normal(text).as_str() {
            "yes" | "y" | "true" => Some(true),
            "no" | "n" | "false" => Some(false),
            _ => None,
        },
        _ => None,
    };
    let words = |flag| if flag { "yes" } else { "no" }.to_owned();
    said.map(words).ok_or_else(|| ("this is neither yes nor no".to_owned(), "write yes or no".to_owned()))
}

fn date(cell: &Cell, days: Days) -> Result<NaiveDate, Wrong> {
    let wrong = |cause: &str, cure: &str| Err((cause.to_owned(), cure.to_owned()));
    let text = match cell {
        Cell::Date(date) => return Ok(*date),
        Cell::Moment(_) => return wrong("this has a time of day as well", "leave the time out"),
        Cell::Text(text) => text.trim(),
        _ => return wrong("this is no date", "set the cell's format to a date, and write it again"),
    };
    if let Some((first, second)) = numbers(text) {
        if second > 12 {
            return wrong(
                "the month stands before the day here",
                "write the year, the month and the day: 2026-12-03",
            );
        }
        if first <= 12 && first != second && days == Days::Unknown {
            return wrong(
                "nothing says which is the day and which the month here",
                "write the year, the month and the day: 2026-12-03; or say that the day comes first: --days-first",
            );
        }
    }
    typed::date(text, None).ok_or_else(|| ("this is no date".to_owned(), format!("write it as {DATES}")))
}

fn time(cell: &Cell) -> Result<String, Wrong> {
    let found = match cell {
        Cell::Time(time) => Some(*time).filter(|time| time.second() == 0),
        Cell::Text(text) => typed::time(text),
        _ => None,
    };
    let wrong = || ("this is no time of day".to_owned(), format!("write it as {TIMES}"));
    found.map(|time| time.format("%H:%M").to_string()).ok_or_else(wrong)
}

fn choice(
    cell: &Cell,
    words: &'static [(&'static str, &'static str)],
    field: &Field,
) -> Result<String, Wrong> {
    let said = match cell {
        Cell::Flag(true) => "yes".to_owned(),
        Cell::Flag(false) => "no".to_owned(),
        other => text(other)?,
    };
    let plain = normal(&said);
    let is = |(word, label): &&(&str, &str)| normal(word) == plain || normal(label) == plain;
    if let Some((word, _)) = words.iter().find(is) {
        return Ok((*word).to_owned());
    }
    let labels: Vec<&str> = words.iter().map(|(_, label)| *label).collect();
    let cause = format!("this is none of the answers to: {}", field.ask);
    Err((cause, format!("write one of: {}", labels.join("; "))))
}

/// What the office knows that a field may name: each with its id.
fn known(target: &Target, desk: &Desk) -> Vec<(String, String)> {
    let Sort::Pattern(pattern) = target.field.sort else { return Vec::new() };
    match (pattern.names, target.role) {
        (Names::Entry, Some(role)) => desk.of_role(role),
        (Names::Entry, None) => {
            desk.people.iter().map(|(_, id, words)| (id.clone(), words.clone())).collect()
        }
        (Names::Place, _) => desk.places.clone(),
        (Names::Standard, _) => desk.standards.clone(),
        (Names::Nothing | Names::Event | Names::Attachment | Names::Moment | Names::Stage, _) => Vec::new(),
    }
}

/// An entry of the directory. One that nobody has entered would hold each letter of the row.
fn entry(text: &str, target: &Target, desk: &Desk) -> Result<String, Wrong> {
    let known = known(target, desk);
    match named(text, &known) {
        Some(id) => Ok(id),
        None if desk.people.is_empty() => Ok(text.to_owned()),
        None => {
            let role = target.role.map_or("recipient", Role::label);
            let cause = format!("the directory has no such entry for a {role}");
            Err((cause, "write the id of an entry; `despatch directory list` lists them".to_owned()))
        }
    }
}

/// The id of something that the office knows, by its id or by other words, such as the name of an entry.
fn named(text: &str, known: &[(String, String)]) -> Option<String> {
    let plain = normal(text);
    if known.iter().any(|(id, _)| id == text) {
        return Some(text.to_owned());
    }
    let is = |id: &str, words: &str| normal(words) == plain || normal(&listed(id, words)) == plain;
    let found: Vec<&String> = known.iter().filter(|(id, words)| is(id, words)).map(|(id, _)| id).collect();
    match found.as_slice() {
        [one] => Some((*one).clone()),
        _ => None,
    }
}

/// How something that the office knows stands in a drop-down list: what it is called, and its id, which no two share.
pub(super) fn listed(id: &str, words: &str) -> String {
    format!("{words} ({id})")
}

/// Text as it was typed. A number is what a spreadsheet shows of it.
fn text(cell: &Cell) -> Result<String, Wrong> {
    let wrong = |cause: &str| Err((cause.to_owned(), AS_TEXT.to_owned()));
    match cell {
        Cell::Text(text) => Ok(text.trim().to_owned()),
        Cell::Number(number) if number.abs() >= DIGITS_KEPT => {
            wrong("this is a number of more digits than a spreadsheet keeps")
        }
        Cell::Number(number) => Ok(number.to_string()),
        Cell::Date(_) | Cell::Moment(_) => wrong("this is a date, and text is wanted"),
        Cell::Time(_) => wrong("this is a time, and text is wanted"),
        Cell::Flag(_) => wrong("this is true or false, and text is wanted"),
        Cell::Empty | Cell::Error(_) => Ok(String::new()),
    }
}

/// The choices of a field in an empty sheet; `None` where it takes other answers.
pub(super) fn choices(target: &Target, desk: &Desk) -> Option<Vec<String>> {
    if target.is_gate {
        return Some(vec!["yes".to_owned(), "no".to_owned()]);
    }
    match target.field.sort {
        Sort::Flag => return Some(vec!["yes".to_owned(), "no".to_owned()]),
        Sort::Choice(words) => return Some(options(words).into_iter().map(|(_, label)| label).collect()),
        Sort::Pattern(pattern) if matches!(pattern.names, Names::Entry | Names::Place | Names::Standard) => {}
        _ => return None,
    }
    Some(known(target, desk).into_iter().map(|(id, words)| listed(&id, &words)).collect())
}
