//! Enters: what somebody gives to be made a batch of: a sheet with the event of its rows, lines of case files, or a folder
//! of them. Leaves: a case file for each row, or every fault: of the columns first, then of all rows at once.
//! Never: opens a sheet in this process, or makes some rows of a sheet in which another is at fault.

use super::cases;
use super::columns::{ColumnSeen, Columns, Mapping};
use super::files::Files;
use super::fits::{self, Sound};
use super::sheet::{Made, SheetOf, case_files};
use super::{Prepared, PreparedRow, Reading, RowFault};
use crate::intake::LocalCase;
use crate::operations::casework::may_see;
use crate::operations::foresight::foresee_bytes;
use crate::operations::new_case::desk::{Desk, OnFile};
use crate::operations::{Actor, Failure, OpenOffice};
use despatch_core::fault::Fault;
use despatch_core::private::{Secret, secret_bytes};
use despatch_core::words::{CaseId, Sha256};
use despatch_ledger::KnownCases;
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use despatch_process::case::{self, Case, EventName};
use despatch_sheets::{ReadAs, Sheet, with_faults};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The rows of a sheet that somebody who maps its columns is shown.
const SHOWN_ROWS: usize = 3;
/// The most characters of a cell that they are shown.
const SHOWN_CHARS: usize = 60;

/// What is to be made a batch of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Source {
    /// A sheet, or lines of case files: the name of the file, and what is in it.
    File(String, #[serde(with = "secret_bytes")] Secret),
    /// The case files of a folder.
    Cases(Vec<LocalCase>),
}

/// A request to read a batch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadBatch {
    /// What is to be read.
    pub source: Source,
    /// What happened, in each row of a sheet. Case files say it themselves.
    pub event: Option<EventName>,
    /// Which field each column fills, where the headings do not say it.
    pub mapping: Mapping,
    /// The files that rows name.
    pub files: Files,
    /// The name of the sheet in a workbook; without one, the first.
    pub sheet: Option<String>,
    /// Whether the day comes first in dates such as 03/12/2026.
    pub days_first: bool,
    /// Whether reasons that many rows give in the same words are meant.
    pub identical_reasons: bool,
}

/// What was read, and what was found out about it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WasRead {
    /// What was found out about the form of the sheet, each a phrase: "Windows-1252", "separated by semicolons".
    pub said: Vec<String>,
    /// The case files, or the faults.
    pub reading: Reading,
}

/// The columns of a sheet, for somebody who maps them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SheetSeen {
    /// What was found out about the form of the sheet.
    pub said: Vec<String>,
    /// Its columns, in order.
    pub columns: Vec<ColumnSeen>,
    /// The fields that a column may fill: the name and the words of each.
    pub fields: Vec<(String, String)>,
    /// The number of rows below the headings.
    pub rows: usize,
    /// What is wrong with the columns.
    pub faults: Vec<RowFault>,
}

/// Makes the copy of a sheet with these faults, where there is one.
type CopyOf<'a> = dyn Fn(&[RowFault]) -> Result<Option<Vec<u8>>, Failure> + 'a;

/// Reads a batch.
///
/// # Errors
/// The actor is not on the staff list; it is no sheet, too large or harmful; it is a sheet, and no event is named; the
/// ledger cannot be read. What is wrong with rows is no error: it is told of all of them at once.
pub fn read(open: &mut OpenOffice, actor: &Actor, request: &ReadBatch) -> Result<WasRead, Failure> {
    actor.staff()?;
    match &request.source {
        Source::Cases(files) => {
            let numbered = (1..).zip(files.iter().cloned()).collect();
            let hashes: Vec<String> = files
                .iter()
                .map(|file| file.bytes().map(|bytes| Sha256::of(bytes).to_string()).unwrap_or_default())
                .collect();
            let said = vec![format!("a folder of {} case files", files.len())];
            read_cases(open, actor, request, numbered, (Sha256::of(hashes.join("\n").as_bytes()), said))
        }
        Source::File(name, bytes) if cases::is_lines(name, bytes) => {
            let owner = own_account(open, actor)?;
            let numbered = cases::of_lines(bytes, &request.files, owner)?;
            let said = vec!["a case file in each line".to_owned()];
            read_cases(open, actor, request, numbered, (Sha256::of(bytes), said))
        }
        Source::File(name, bytes) => {
            let event = event_of(request)?;
            let sheet = sheet_of(open, name, bytes, request)?;
            read_sheet(open, actor, request, (event, &sheet, Sha256::of(bytes)))
        }
    }
}

/// Looks at the columns of a sheet, for somebody who maps them by hand.
///
/// # Errors
/// As for [`read`].
pub fn look(open: &OpenOffice, actor: &Actor, request: &ReadBatch) -> Result<SheetSeen, Failure> {
    actor.staff()?;
    let event = event_of(request)?;
    let Source::File(name, bytes) = &request.source else {
        let cause = "a folder of case files has no columns";
        return Err(Failure::request("batch", "batch.sheet", cause, "give a sheet"));
    };
    let sheet = sheet_of(open, name, bytes, request)?;
    let columns = Columns::of(event, &sheet, &request.mapping)?;
    Ok(SheetSeen {
        columns: columns.seen(&sheet, SHOWN_ROWS, SHOWN_CHARS),
        fields: Columns::fields(event),
        rows: sheet.rows.len().saturating_sub(1),
        faults: columns.faults,
        said: sheet.said,
    })
}

fn event_of(request: &ReadBatch) -> Result<EventName, Failure> {
    let missing = || {
        let cure = "say what happened in each row; `despatch new` lists the events";
        Failure::request("event", "batch.event", "a sheet does not say what its rows are", cure)
    };
    request.event.ok_or_else(missing)
}

/// Has a worker read a sheet.
fn sheet_of(open: &OpenOffice, name: &str, bytes: &[u8], request: &ReadBatch) -> Result<Sheet, Failure> {
    let pool = Pool::start(&open.program, &BTreeMap::new(), 1, TIME_LIMIT)?;
    let how = ReadAs { sheet: request.sheet.clone() };
    let read = pool.read_sheet(bytes, &how).map_err(|fault| Failure::Faults(fault.faults()))?;
    read.map_err(|refused| Fault::new(name, "batch.sheet", refused.cause, refused.cure).into())
}

/// The account of the actor, whose case files these are; in a demo office one account is everybody's.
fn own_account(open: &OpenOffice, actor: &Actor) -> Result<u32, Failure> {
    let staff = actor.staff()?;
    let own = open.office.account_of_staff(&staff.id).unwrap_or(u32::MAX);
    let of_process = LocalCase::in_memory("", Vec::new(), Vec::new()).owner;
    Ok(if open.office.config.demo { of_process } else { own })
}

fn read_sheet(
    open: &mut OpenOffice,
    actor: &Actor,
    request: &ReadBatch,
    (event, sheet, sha256): (EventName, &Sheet, Sha256),
) -> Result<WasRead, Failure> {
    let desk = Desk::of(&open.office, open.now().today);
    let preparer = actor.staff()?.id.clone();
    let of = SheetOf {
        sheet,
        event,
        preparer: &preparer,
        owner: own_account(open, actor)?,
        mapping: &request.mapping,
        files: &request.files,
        desk: &desk,
        days_first: request.days_first,
    };
    let mut rows = case_files(of, &mut |row, case, own| {
        Ok(match hidden(open, actor, row, case)? {
            Some(fault) => Err(fault),
            None => Ok(OnFile::before(&open.office, &mut open.ledger, case, event, own)?),
        })
    })?;
    let said = sheet.said.clone();
    let mut faults = std::mem::take(&mut rows.faults);
    if rows.of_columns {
        return Ok(WasRead { said, reading: Reading::Faults { faults, copy: None } });
    }
    let found = judged(open, request, &rows.made, &|row, fault| rows.placed(event, row, fault))?;
    faults.extend(found.into_iter().map(|fault| rows.at_heading(fault)));
    let copy = |faults: &[RowFault]| copy_of(sheet, faults);
    finished(request, (Some(event), sha256, said), rows.made, faults, &copy)
}

fn read_cases(
    open: &mut OpenOffice,
    actor: &Actor,
    request: &ReadBatch,
    numbered: Vec<(u32, LocalCase)>,
    (sha256, said): (Sha256, Vec<String>),
) -> Result<WasRead, Failure> {
    let (mut made, mut faults) = (Vec::new(), Vec::new());
    for (row, file) in numbered {
        let in_row = |fault: &Fault| cases::of_fault(row, fault);
        let bytes = match file.bytes() {
            Ok(bytes) => bytes.to_vec(),
            Err(fault) => {
                faults.push(in_row(&fault));
                continue;
            }
        };
        let case = match case::parse(&bytes) {
            Ok(case) => case,
            Err(found) => {
                faults.extend(found.iter().map(in_row));
                continue;
            }
        };
        let other = other_preparer(actor, row, &case)?;
        match other.or(hidden(open, actor, row, &case.case_id)?) {
            Some(fault) => faults.push(fault),
            None => made.push(Made { row, file, bytes, case: Some(case) }),
        }
    }
    faults.extend(judged(open, request, &made, &|row, fault| cases::of_fault(row, fault))?);
    let event = made.iter().filter_map(|one| one.case.as_ref()).map(|case| case.event.name());
    let events: BTreeSet<EventName> = event.collect();
    let event = events.first().copied().filter(|_| events.len() == 1);
    finished(request, (event, sha256, said), made, faults, &|_| Ok(None))
}

/// Whether a case file names somebody else as its preparer than whoever gives it.
fn other_preparer(actor: &Actor, row: u32, case: &Case) -> Result<Option<RowFault>, Failure> {
    let by = &actor.staff()?.id;
    Ok((case.prepared_by != *by).then(|| RowFault {
        row: Some(row),
        column: Some("prepared_by".to_owned()),
        cause: format!("{by} gives the command, who is not the one named here"),
        cure: "name yourself, or let the person who prepared the case give the command".to_owned(),
    }))
}

/// Whether a case is restricted to others than the actor: its row is refused, and nothing is said of the case.
fn hidden(
    open: &mut OpenOffice,
    actor: &Actor,
    row: u32,
    case: &CaseId,
) -> Result<Option<RowFault>, Failure> {
    match may_see(&mut open.ledger, actor, case) {
        Ok(()) => Ok(None),
        Err(Failure::Faults(faults)) => Ok(faults.first().map(|fault| RowFault {
            row: Some(row),
            column: Some("case_id".to_owned()),
            cause: fault.cause.clone(),
            cure: fault.cure.clone(),
        })),
        Err(other) => Err(other),
    }
}

/// What is wrong with rows whose files are sound: with the record, with each other, and as the line would find it today.
fn judged(
    open: &mut OpenOffice,
    request: &ReadBatch,
    made: &[Made],
    placed: &dyn Fn(u32, &Fault) -> RowFault,
) -> Result<Vec<RowFault>, Failure> {
    let sound = made.iter().filter_map(|one| {
        let case = one.case.as_ref()?;
        Some(Sound { row: one.row, case, bytes: &one.bytes })
    });
    let sound: Vec<Sound<'_>> = sound.collect();
    let mut known = KnownCases::default();
    open.ledger.know_cases(&mut known)?;
    let key = open.office.identity_key()?;
    let mut faults = fits::with_record(&sound, &key, &known.open);
    faults.extend(fits::with_each_other(&sound));
    if !request.identical_reasons {
        faults.extend(fits::same_reasons(&sound));
    }
    let mut cases = BTreeSet::new();
    for one in made {
        let Some(case) = &one.case else { continue };
        // What a row of the same case before this one will have done is not on record yet.
        if !cases.insert(case.case_id.clone()) {
            continue;
        }
        match foresee_bytes(open, &one.file, &one.bytes) {
            Ok(_) => {}
            Err(Failure::Faults(found)) => faults.extend(found.iter().map(|fault| placed(one.row, fault))),
            Err(other) => return Err(other),
        }
    }
    Ok(faults)
}

fn finished(
    request: &ReadBatch,
    (event, sheet, said): (Option<EventName>, Sha256, Vec<String>),
    made: Vec<Made>,
    mut faults: Vec<RowFault>,
    copy: &CopyOf<'_>,
) -> Result<WasRead, Failure> {
    if !faults.is_empty() {
        faults.sort();
        faults.dedup();
        let copy = copy(&faults)?;
        return Ok(WasRead { said, reading: Reading::Faults { faults, copy } });
    }
    let sound = made.iter().filter_map(|one| {
        let case = one.case.as_ref()?;
        Some(Sound { row: one.row, case, bytes: &one.bytes })
    });
    let identical_reasons =
        request.identical_reasons && !fits::same_reasons(&sound.collect::<Vec<_>>()).is_empty();
    let rows = made.into_iter().map(|one| PreparedRow { row: one.row, file: one.file }).collect();
    Ok(WasRead { said, reading: Reading::Prepared(Prepared { event, sheet, identical_reasons, rows }) })
}

/// The sheet with a column of faults.
fn copy_of(sheet: &Sheet, faults: &[RowFault]) -> Result<Option<Vec<u8>>, Failure> {
    let head = sheet.rows.first().map_or(1, |row| row.number);
    let mut by_row: BTreeMap<u32, String> = BTreeMap::new();
    for fault in faults {
        let Some(row) = fault.row.filter(|row| *row != head) else { continue };
        let said = by_row.entry(row).or_default();
        if !said.is_empty() {
            said.push('\n');
        }
        let column = fault.column.as_ref().map(|column| format!("{column}: ")).unwrap_or_default();
        said.push_str(&format!("{column}{}. To mend: {}.", fault.cause, fault.cure));
    }
    with_faults(sheet, &by_row).map(Some).map_err(Failure::Internal)
}
