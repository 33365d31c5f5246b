//! Enters: a sheet that somebody uploads, and what they say of its columns. Leaves: it kept with their session while they
//! look at it. Never: writes it anywhere: it goes when the session does, or when another one comes.

use super::TITLE;
use crate::blocks::{Block, Form, Sheet};
use crate::components::{Button, Cell, Checkboxes, Choice, Field, FileUpload, Input, Part, Select, Table};
use crate::forms::{Refused, optional};
use crate::frame::Head;
use crate::session::GivenSheet;
use crate::visit::{Visit, no_page};
use despatch_app::operations::Failure;
use despatch_app::operations::batch::reading::{ReadBatch, SheetSeen, Source, look};
use despatch_app::operations::batch::template::empty_sheet;
use despatch_app::operations::batch::{Files, Mapping, NamedFile};
use despatch_core::words::{BatchName, capital, count};
use despatch_process::case::EventName;
use despatch_web::{Content, Response};
use std::sync::Arc;

/// What stands for a column that fills nothing.
const LEFT_OUT: &str = "-";

/// Asks for a sheet.
///
/// # Errors
/// A template is broken.
pub fn ask(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    asked(visit, &Refused::default())
}

/// The events, each with its word and its label.
fn events() -> Vec<(String, String)> {
    let none = (String::new(), "Its lines are case files, which say it themselves".to_owned());
    let event = |(word, event): &(&str, EventName)| ((*word).to_owned(), capital(event.label()));
    std::iter::once(none).chain(EventName::WORDS.iter().map(event)).collect()
}

fn asked(visit: &mut Visit<'_>, refused: &Refused) -> Result<Response, Failure> {
    let request = visit.request;
    let event = match request.field("event") {
        "" => request.parameter("event").to_owned(),
        event => event.to_owned(),
    };
    let sheet = FileUpload::new("sheet", "The sheet")
        .hint("CSV, Excel (.xlsx), OpenDocument (.ods), or a case file a line (.ndjson)")
        .error(refused.at("sheet"));
    let attachments = FileUpload::new("attachments", "The files that its rows name, if they name any")
        .hint("PDFs; choose them all at once")
        .multiple();
    let name = Input::new("name", "A name for the batch")
        .hint("In small letters, such as rooms-december, and nobody’s name. If you leave it empty, the sheet’s contents give one.")
        .value(request.field("name"))
        .verbatim()
        .class("govuk-input--width-20")
        .error(refused.at("name"));
    let choices = vec![
        Choice::new("days_first", "In dates such as 03/12/2026 the day comes first"),
        Choice::new(
            "identical_reasons",
            "Reasons that many rows give in the same words are meant for each of them",
        )
        .hint("That goes on record"),
    ];
    let fields = vec![
        Field::FileUpload(sheet),
        Field::Select(
            Select::new("event", "What happened, in each row")
                .options(events())
                .value(event)
                .error(refused.at("event")),
        ),
        Field::FileUpload(attachments),
        Field::Input(name),
        Field::Checkboxes(Checkboxes::new("say", "Tick what is so", choices).size("s")),
        Field::Buttons(vec![Button::new("Continue")]),
    ];
    let template = vec![
        Field::Select(Select::new("of", "What happened, in each row").options(events().into_iter().skip(1))),
        Field::Buttons(vec![Button::new("Download the empty workbook").secondary()]),
    ];
    let blocks = vec![
        Block::paragraph(
            "Each row becomes an ordinary case, as if you had prepared it alone. Nothing is dropped before you have looked at all of it.",
        ),
        Block::Form(Form::sending_files("/batches/new", fields)),
        Block::unfolds(
            "Download an empty workbook for an event, with its headings, help and lists",
            vec![Block::Form(Form::asking("/batches/new/template", template))],
        ),
    ];
    let title = "Upload a sheet";
    let head = Head::of(title).back(TITLE, "/batches").errors(refused.links(&[]));
    visit.page("batches/batches", head, &Sheet::new(title, blocks))
}

/// Gives the empty workbook of an event.
///
/// # Errors
/// There is no such event.
pub fn template(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, word) = (visit.actor()?, visit.request.parameter("of").to_owned());
    let event = EventName::of_word(&word).ok_or_else(no_page)?;
    let bytes = empty_sheet(visit.open, &actor, event, None)?;
    Ok(Response::download(Content::Workbook, bytes, &format!("{}.xlsx", word.replace('_', "-"))))
}

/// Takes a sheet.
///
/// # Errors
/// The ledger fails.
pub fn give(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    match given(visit) {
        Ok(given) => {
            let is_sheet = given.request.event.is_some();
            visit.session()?.keep_sheet(Some(Arc::new(given)));
            Ok(Response::redirect(if is_sheet { "/batches/new/columns" } else { "/batches/new/look" }))
        }
        Err(failure) => asked(visit, &Refused::of(failure)?),
    }
}

fn given(visit: &Visit<'_>) -> Result<GivenSheet, Failure> {
    let request = visit.request;
    let upload = request.uploads.iter().find(|upload| upload.field == "sheet" && !upload.bytes.is_empty());
    let Some(upload) = upload else {
        return Err(Failure::request("sheet", "page.field", "it is missing", "choose a file"));
    };
    let name: Option<BatchName> = optional(request, "name", BatchName::PATTERN)?;
    let event = match request.field("event") {
        "" => None,
        word => Some(EventName::of_word(word).ok_or_else(no_page)?),
    };
    let says = |what: &str| request.fields("say").any(|said| said == what);
    let files = request.uploads.iter().filter(|file| file.field == "attachments" && !file.bytes.is_empty());
    let read = files.map(|file| NamedFile { name: file.name.clone(), bytes: file.bytes.clone() }).collect();
    let request = ReadBatch {
        source: Source::File(upload.name.clone(), upload.bytes.clone()),
        event,
        mapping: Mapping::default(),
        files: Files { read, unread: Vec::new() },
        sheet: None,
        days_first: says("days_first"),
        identical_reasons: says("identical_reasons"),
    };
    Ok(GivenSheet { request, name })
}

/// The sheet of this session.
///
/// # Errors
/// There is none: it went with an earlier session, or was never given.
pub(super) fn kept(visit: &Visit<'_>) -> Result<Arc<GivenSheet>, Failure> {
    visit.session()?.sheet().ok_or_else(no_page)
}

/// Shows which field each column fills.
///
/// # Errors
/// There is no sheet.
pub fn columns(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, given) = (visit.actor()?, kept(visit)?);
    let seen = match look(visit.open, &actor, &given.request) {
        Ok(seen) => seen,
        Err(failure) => return asked(visit, &Refused::of(failure)?.named(&[("", "sheet")])),
    };
    let mut blocks =
        vec![Block::paragraph(format!("Read as {}: {}.", seen.said.join(", "), count(seen.rows, "row")))];
    if !seen.faults.is_empty() {
        let rows = seen.faults.iter().map(|fault| {
            let column = fault.column.clone().unwrap_or_else(|| "All".to_owned());
            vec![Cell::from(column), capital(&fault.cause).into(), cure(&fault.cure).into()]
        });
        let head = ["Column", "What is wrong", "To mend"].map(Cell::from).to_vec();
        blocks.push(Block::WideTable(Table::new("What is wrong with the columns", head, rows.collect())));
    }
    blocks.push(Block::Form(Form::new("/batches/new/columns", choices(&seen))));
    let title = "What each column says";
    let head = Head::of(title).back("Another sheet", "/batches/new");
    visit.page("batches/batches", head, &Sheet::new(title, blocks))
}

/// How to mend a fault; what a command says of its options is a choice here.
pub(super) fn cure(words: &str) -> String {
    match words.contains("--column") {
        true => "choose what each column says; or add the column to the sheet, and give it again".to_owned(),
        false => words.to_owned(),
    }
}

/// A choice of fields for each column.
fn choices(seen: &SheetSeen) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for (place, column) in seen.columns.iter().enumerate() {
        let none = std::iter::once((LEFT_OUT.to_owned(), "Nothing: leave it out".to_owned()));
        let known = seen.fields.iter().map(|(name, words)| (name.clone(), format!("{words} ({name})")));
        let select = Select::new(format!("column-{place}"), column.heading.clone())
            .hint(format!("Begins: {}", column.first.join("; ")))
            .options(none.chain(known))
            .value(column.field.clone().unwrap_or_else(|| LEFT_OUT.to_owned()));
        fields.push(Field::Select(select));
    }
    fields.push(Field::Buttons(vec![Button::new("Look at all rows")]));
    fields
}

/// Takes which field each column fills.
///
/// # Errors
/// There is no sheet.
pub fn map(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, given) = (visit.actor()?, kept(visit)?);
    let seen = look(visit.open, &actor, &given.request)?;
    let mut request = given.request.clone();
    let chosen = |place: usize| visit.request.field(&format!("column-{place}")).to_owned();
    request.mapping.by_hand = seen
        .columns
        .iter()
        .enumerate()
        .map(|(place, column)| (column.heading.clone(), chosen(place)))
        .filter(|(_, field)| !field.is_empty())
        .map(|(heading, field)| (heading, if field == LEFT_OUT { String::new() } else { field }))
        .collect();
    visit.session()?.keep_sheet(Some(Arc::new(GivenSheet { request, name: given.name.clone() })));
    Ok(Response::redirect("/batches/new/look"))
}

/// A link back to the columns, or to the form where the sheet has none.
pub(super) fn back(given: &GivenSheet) -> Part {
    match given.request.event {
        Some(_) => Part::link("Say again what each column says", "/batches/new/columns"),
        None => Part::link("Give another file", "/batches/new"),
    }
}
