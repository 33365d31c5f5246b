//! Enters: an event. Leaves: an empty workbook for it: a column for each field of its table, with help and drop-down
//! lists. Never: holds anything about anybody but the entries of the directory that may be chosen.

use super::cells::choices;
use super::targets::{Target, Targets};
use crate::operations::new_case::desk::Desk;
use crate::operations::{Actor, Failure, OpenOffice};
use despatch_core::words::capital;
use despatch_process::case::{EventName, MAX_ATTACHMENTS};
use despatch_process::fields::{Names, Sort};
use despatch_sheets::{Answer, Column, ROWS_MAX, Template, template};

/// The columns for one event's files and findings that an empty sheet has, where nobody says how many.
const ENTRIES: usize = 1;

/// Makes the empty workbook of an event, with columns for so many attachments.
///
/// # Errors
/// The actor is not on the staff list.
pub fn empty_sheet(
    open: &OpenOffice,
    actor: &Actor,
    event: EventName,
    attachments: Option<usize>,
) -> Result<Vec<u8>, Failure> {
    actor.staff()?;
    let desk = Desk::of(&open.office, open.now().today);
    sheet_of(event, &desk, attachments).map_err(Failure::Internal)
}

/// The empty workbook of an event, with what this desk offers.
///
/// # Errors
/// It cannot be written.
pub fn sheet_of(event: EventName, desk: &Desk, attachments: Option<usize>) -> Result<Vec<u8>, String> {
    let targets = Targets::of(event);
    let files = attachments.unwrap_or(event.table().attachments.len() + ENTRIES).min(MAX_ATTACHMENTS);
    let findings = desk.standards.len().max(ENTRIES);
    let columns = targets.all().iter().filter(|target| match entry_of(target) {
        None => true,
        Some(("attachments", index)) => index < files,
        Some((_, index)) => index < findings,
    });
    let columns = columns.map(|target| Column {
        heading: heading(&targets, target),
        field: target.name.clone(),
        help: help(target),
        needed: target.always && target.at != "/event_id",
        answer: match (choices(target, desk), target.field.sort) {
            (Some(words), _) => Answer::Choice(words),
            (None, Sort::Date) => Answer::Date,
            (None, Sort::Time) => Answer::Time,
            (None, _) => Answer::Text,
        },
    });
    let says = [
        "One row is one case. Keep the headings; the order of the columns does not matter, and those that you do not need \
         may go.",
        "Leave a cell empty where there is nothing to say; what the office has on record of the case is then used.",
        "Attachments are files in one folder: write the name of the file.",
    ];
    template(&Template {
        title: format!("{}: a batch", capital(event.label())),
        says: says.map(str::to_owned).to_vec(),
        columns: columns.collect(),
        rows: ROWS_MAX - 1,
    })
}

/// The list in which a field stands, and the number of its entry, from 0.
fn entry_of(target: &Target) -> Option<(&str, usize)> {
    let parts: Vec<&str> = target.at.split('/').collect();
    let number = parts.iter().position(|part| part.parse::<usize>().is_ok())?;
    let index = parts.get(number)?.parse().ok()?;
    Some((parts.get(number.checked_sub(1)?)?, index))
}

/// The words above a column, if they name it alone; else its name.
fn heading(targets: &Targets, target: &Target) -> String {
    match targets.find(&target.label).as_slice() {
        [one] if one.at == target.at => target.label.clone(),
        _ => target.name.clone(),
    }
}

fn help(target: &Target) -> String {
    let field = target.field;
    let form = match field.sort {
        _ if target.is_gate => "Yes or no; a yes may be left out where its own columns say more".to_owned(),
        Sort::Flag => "Yes or no".to_owned(),
        Sort::Date => "A date, such as 2026-03-27".to_owned(),
        Sort::Time => "A time in the United Kingdom, such as 14:30".to_owned(),
        Sort::Choice(_) => "One of the list".to_owned(),
        Sort::Prose => "Text, in several lines if need be".to_owned(),
        Sort::Line if field.most > 0 => format!("Text, {} characters at most", field.most),
        Sort::Pattern(pattern) => match pattern.names {
            Names::Attachment => "The name of a PDF in the folder of attachments".to_owned(),
            Names::Event => "May be left out: an id is made of the row".to_owned(),
            Names::Entry | Names::Place | Names::Standard => "One of the list, or its id".to_owned(),
            Names::Nothing | Names::Moment | Names::Stage => capital(pattern.says),
        },
        _ => String::new(),
    };
    let asks = if field.ask.ends_with(['?', '.']) { field.ask.to_owned() } else { format!("{}.", field.ask) };
    let note =
        if field.note.is_empty() || target.is_gate { String::new() } else { format!(" {}.", field.note) };
    format!("{asks}{note} {form}.")
}
