//! Enters: a sheet that a worker read, and what is on record of the cases of its rows. Leaves: the case file of each row,
//! or what is wrong: with the columns first, then with all rows. Never: opens an office.

use super::RowFault;
use super::columns::{Columns, Mapping};
use super::files::Files;
use super::rows::Filler;
use crate::intake::LocalCase;
use crate::operations::Failure;
use crate::operations::new_case::desk::{Desk, OnFile};
use crate::operations::new_case::inputs::pointer_of;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, EventId, StaffId};
use despatch_process::case::{self, Case, EventName};
use despatch_sheets::{Cell, Row, Sheet};
use std::collections::BTreeSet;

/// A sheet, with all that its rows are read by.
#[derive(Clone, Copy)]
pub struct SheetOf<'a> {
    /// The sheet.
    pub sheet: &'a Sheet,
    /// What happened in each row.
    pub event: EventName,
    /// Who prepares the case files.
    pub preparer: &'a StaffId,
    /// The account of that person.
    pub owner: u32,
    /// Which field each column fills.
    pub mapping: &'a Mapping,
    /// The files that rows name.
    pub files: &'a Files,
    /// What the office offers.
    pub desk: &'a Desk,
    /// Whether the day comes first in dates.
    pub days_first: bool,
}

/// A row that became a case file, sound or not.
pub struct Made {
    /// Its number in the sheet.
    pub row: u32,
    /// The case file with its attachments.
    pub file: LocalCase,
    /// The bytes of the case file.
    pub bytes: Vec<u8>,
    /// The case, if nothing is wrong with the row by itself.
    pub case: Option<Case>,
}

/// What became of the rows of a sheet.
pub struct SheetRows {
    /// A file for each row, in order; empty if the columns are at fault.
    pub made: Vec<Made>,
    /// What is wrong.
    pub faults: Vec<RowFault>,
    /// Whether the columns are at fault, so that no row was looked at.
    pub of_columns: bool,
    columns: Columns,
}

/// What is on record of a case before an event of it, or why its row is refused.
pub type OnRecord<'a> =
    dyn FnMut(u32, &CaseId, Option<&EventId>) -> Result<Result<OnFile, RowFault>, Failure> + 'a;

/// Makes a case file of each row.
///
/// # Errors
/// The mapping is none; what is on record cannot be read.
pub fn case_files(of: SheetOf<'_>, on_record: &mut OnRecord<'_>) -> Result<SheetRows, Failure> {
    let SheetOf { sheet, event, preparer, owner, mapping, files, desk, days_first } = of;
    let mut columns = Columns::of(event, sheet, mapping)?;
    let head = sheet.rows.first().map_or(1, |row| row.number);
    let (of_columns, of_rows): (Vec<RowFault>, Vec<RowFault>) = columns
        .of_cells(&sheet.faults)
        .into_iter()
        .partition(|fault| fault.row.is_none_or(|row| row <= head));
    columns.faults.extend(of_columns);
    if !columns.faults.is_empty() {
        let faults = std::mem::take(&mut columns.faults);
        return Ok(SheetRows { made: Vec::new(), faults, of_columns: true, columns });
    }
    let filler = Filler::new((event, preparer), &columns, (desk, files), sheet, days_first);
    // A cell that a reader could make nothing of is not told once more as missing.
    let told: BTreeSet<(Option<u32>, Option<String>)> = of_rows
        .iter()
        .filter(|fault| fault.column.is_some())
        .map(|fault| (fault.row, fault.column.clone()))
        .collect();
    let (mut made, mut faults) = (Vec::new(), of_rows);
    for row in sheet.rows.iter().skip(1).filter(|row| columns.says(row)) {
        let answered = filler.answered(row);
        let on_file = match &answered.case {
            None => OnFile::default(),
            Some(case) => match on_record(row.number, case, answered.id().as_ref())? {
                Ok(on_file) => on_file,
                Err(fault) => {
                    faults.push(columns.at_heading(fault));
                    continue;
                }
            },
        };
        let filled = filler.fill(&answered, &on_file, owner);
        let case = case::parse(&filled.bytes).ok().filter(|_| filled.faults.is_empty());
        let new =
            filled.faults.into_iter().filter(|fault| !told.contains(&(fault.row, fault.column.clone())));
        faults.extend(new);
        made.push(Made { row: row.number, file: filled.file, bytes: filled.bytes, case });
    }
    if made.is_empty() && faults.is_empty() {
        let (cause, cure) = ("there is no row".to_owned(), "write a row below the headings".to_owned());
        faults.push(RowFault { row: None, column: None, cause, cure });
    }
    Ok(SheetRows { made, faults, of_columns: false, columns })
}

impl SheetRows {
    /// A fault of a row's case file, at the column where it can be mended.
    pub(super) fn placed(&self, event: EventName, row: u32, fault: &Fault) -> RowFault {
        self.columns.placed(event, row, fault)
    }

    /// A fault of a field, at the heading of the column that fills it.
    pub(super) fn at_heading(&self, fault: RowFault) -> RowFault {
        self.columns.at_heading(fault)
    }
}

impl Columns {
    fn at_heading(&self, fault: RowFault) -> RowFault {
        let filling = fault.column.as_ref().and_then(|name| self.heading_of(&pointer_of(name)));
        RowFault { column: filling.map(|filling| filling.heading.clone()).or(fault.column), ..fault }
    }

    /// Whether a row says anything: one that has something in other columns alone is none.
    fn says(&self, row: &Row) -> bool {
        self.fillings.iter().any(|filling| *row.cell(filling.index) != Cell::Empty)
    }
}
