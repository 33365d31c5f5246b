//! Enters: the sheet of a session. Leaves: every fault of every row, or what would be made of it; then its rows dropped.
//! Never: drops a row of a sheet in which another is at fault, or works on longer than a browser waits.

use super::given::{back, cure, kept};
use crate::blocks::{Block, Form, Sheet};
use crate::components::{Button, Cell, Field, Table};
use crate::frame::{Banner, Head};
use crate::session::GivenSheet;
use crate::visit::{Visit, no_page};
use despatch_app::operations::Failure;
use despatch_app::operations::batch::begin::{BeginBatch, begin};
use despatch_app::operations::batch::go_on::{go_on, take_turn};
use despatch_app::operations::batch::proof::{Proved, prove};
use despatch_app::operations::batch::reading::{WasRead, read};
use despatch_app::operations::batch::{Prepared, Reading, RowFault};
use despatch_core::fault::Fault;
use despatch_core::timings::Timings;
use despatch_core::words::{BatchName, capital, count};
use despatch_web::{Content, Response};
use std::time::{Duration, Instant};

/// How long one request works on a sheet: the rest is dropped by the next one.
const WORKS: Duration = Duration::from_secs(40);
/// How many faults a page shows; the copy of the sheet has all.
const FAULTS_SHOWN: usize = 200;

/// Shows what is wrong with the rows, or that all stand.
///
/// # Errors
/// There is no sheet, or it cannot be read; the ledger cannot be read.
pub fn look(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, given) = (visit.actor()?, kept(visit)?);
    let WasRead { said, reading } = read(visit.open, &actor, &given.request)?;
    let mut blocks = vec![Block::paragraph(format!("Read as {}.", said.join(", ")))];
    let title = match &reading {
        Reading::Prepared(prepared) => {
            blocks.extend(ready(prepared, &given)?);
            format!("{}: nothing is wrong", capital(&count(prepared.rows.len(), "row")))
        }
        Reading::Faults { faults, copy } => {
            blocks.extend(wrong(faults, copy.is_some()));
            format!("{} to mend", capital(&count(faults.len(), "thing")))
        }
    };
    blocks.push(Block::paragraph(back(&given)));
    visit.page(
        "batches/batches",
        Head::of(title.clone()).back("Another sheet", "/batches/new"),
        &Sheet::new(title, blocks),
    )
}

fn wrong(faults: &[RowFault], has_copy: bool) -> Vec<Block> {
    let rows = faults.iter().take(FAULTS_SHOWN).map(|fault| {
        let row = fault.row.map_or_else(|| "All".to_owned(), |row| row.to_string());
        let column = fault.column.clone().unwrap_or_default();
        vec![Cell::from(row), column.into(), capital(&fault.cause).into(), cure(&fault.cure).into()]
    });
    let head = ["Row", "Column", "What is wrong", "To mend"].map(Cell::from).to_vec();
    let table = Table::new("What is wrong, row by row", head, rows.collect());
    let mut blocks = vec![Block::paragraph("No row was taken."), Block::WideTable(table)];
    if let Some(more) = faults.len().checked_sub(FAULTS_SHOWN).filter(|more| *more > 0) {
        blocks.push(Block::paragraph(format!("{more} more stand in the copy of the sheet.")));
    }
    if has_copy {
        let save = Button::link("Save the sheet with a column of faults", "/batches/new/copy");
        blocks.push(Block::Links(vec![save]));
        blocks.push(Block::paragraph("Mend it there and give it back: what has gone does not go again."));
    }
    blocks
}

fn ready(prepared: &Prepared, given: &GivenSheet) -> Result<Vec<Block>, Failure> {
    let name = name_of(prepared, given)?;
    let button = |words: String| Field::Buttons(vec![Button::new(words)]);
    let run = vec![button(format!("Drop {} as the batch {name}", count(prepared.rows.len(), "row")))];
    let proof = vec![
        Field::Paragraph(
            "Everything is made and thrown away. It takes about as long as the batch itself.".to_owned(),
        ),
        Field::Buttons(vec![Button::new("Make a proof to sign off (PDF)").secondary()]),
    ];
    Ok(vec![
        Block::Form(Form::new("/batches/new/run", run)),
        Block::unfolds("Try it first", vec![Block::Form(Form::new("/batches/new/proof", proof))]),
    ])
}

/// The name of the batch: as it was given, or the same for the same sheet.
fn name_of(prepared: &Prepared, given: &GivenSheet) -> Result<BatchName, Failure> {
    given.name.clone().map_or_else(|| prepared.own_name(), Ok)
}

/// Gives the sheet with a column of faults.
///
/// # Errors
/// There is no sheet, or nothing is wrong with it.
pub fn copy(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, given) = (visit.actor()?, kept(visit)?);
    match read(visit.open, &actor, &given.request)?.reading {
        Reading::Faults { copy: Some(bytes), .. } => {
            Ok(Response::download(Content::Workbook, bytes, "sheet-to-mend.xlsx"))
        }
        _ => Err(no_page()),
    }
}

/// Reads the sheet once more; what became wrong since it was looked at is shown.
fn prepared(visit: &mut Visit<'_>) -> Result<Result<(Prepared, BatchName), Response>, Failure> {
    let (actor, given) = (visit.actor()?, kept(visit)?);
    match read(visit.open, &actor, &given.request)?.reading {
        Reading::Prepared(prepared) => {
            let name = name_of(&prepared, &given)?;
            Ok(Ok((prepared, name)))
        }
        Reading::Faults { .. } => Ok(Err(Response::redirect("/batches/new/look"))),
    }
}

/// Makes a proof of the sheet.
///
/// # Errors
/// There is no sheet; it takes longer than a browser waits.
pub fn proof(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (prepared, name) = match prepared(visit)? {
        Ok(prepared) => prepared,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (actor, begun) = (visit.actor()?, Instant::now());
    let timings = Timings::default();
    match prove(visit.open, &actor, &prepared, &timings, &mut |_| begun.elapsed() < WORKS) {
        Ok(Proved::Proof(proof)) => {
            Ok(Response::download(Content::Pdf, proof.pdf, &format!("proof-{name}.pdf")))
        }
        Ok(Proved::Faults(_)) => Ok(Response::redirect("/batches/new/look")),
        Err(Failure::TryAgain(_)) if begun.elapsed() >= WORKS => {
            let cause = "the sheet has more rows than a page can try while somebody waits";
            let cure = "give the command: `despatch batch FILE --dry-run --proof proof.pdf`";
            Err(Fault::new("the sheet", "batch.proof", cause, cure).into())
        }
        Err(failure) => Err(failure),
    }
}

/// Drops the rows that have not gone, as many as one request can.
///
/// # Errors
/// There is no sheet; the batch is somebody else's, held or cancelled; the ledger or the inbox fails.
pub fn run(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (prepared, name) = match prepared(visit)? {
        Ok(prepared) => prepared,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (actor, begun) = (visit.actor()?, Instant::now());
    let turn = take_turn(visit.open)?;
    let batch = begin(visit.open, &actor, BeginBatch { name: &name, prepared: &prepared })?;
    let ran = go_on(visit.open, &actor, (batch, &prepared, &turn), &mut |_| begun.elapsed() < WORKS)?;
    let progress = ran.progress;
    let known = match progress.known {
        0 => String::new(),
        known => format!("; {} had gone before", count(known, "row")),
    };
    let words = format!("{} dropped{known}", capital(&count(progress.dropped, "row")));
    if ran.stopped {
        let left = count(progress.rows - progress.done, "row");
        visit.say(Banner::important(format!("{words}. {left} left: drop them with the same button")));
        return Ok(Response::redirect("/batches/new/look"));
    }
    visit.session()?.keep_sheet(None);
    visit.say(Banner::done(words));
    Ok(Response::redirect(format!("/batches/{name}")))
}
