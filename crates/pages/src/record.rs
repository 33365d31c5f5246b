//! Enters: a case, a person and a period. Leaves: what happened, whether the record is whole, and everything of one case.
//! Never: shows what happened in a case to somebody who may not see it.

use crate::blocks::{Block, Form, Sheet};
use crate::components::{
    Button, Cell, Details, Field, InsetText, Pagination, Part, Select, Table, Text, WarningText,
};
use crate::forms::{Refused, done, page_number};
use crate::frame::Head;
use crate::visit::Visit;
use crate::work::line;
use chrono::NaiveDate;
use despatch_app::operations::audit::{VerifyRecord, checkpoint, verify};
use despatch_app::operations::export::{Export, ExportRecord, export};
use despatch_app::operations::push::vouched;
use despatch_app::operations::record_search::{SearchRecord, search};
use despatch_app::operations::{Failure, Unlocks};
use despatch_core::words::{CaseId, count, moment_words};
use despatch_ledger::{Audit, Event};
use despatch_web::{Content, Response};

const TITLE: &str = "Record";
/// Events on a page.
const LINES: u32 = 50;

/// Shows a page of the record.
///
/// # Errors
/// The case is restricted to others, or the ledger cannot be read.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    page(visit, Vec::new(), &Refused::default())
}

/// What the address asks for: ids and days, nothing about anybody.
struct Asked {
    case: String,
    by: String,
    from: String,
    until: String,
}

impl Asked {
    fn of(visit: &Visit<'_>) -> Self {
        let get = |name: &str| visit.request.parameter(name).to_owned();
        Self { case: get("case"), by: get("by"), from: get("from"), until: get("until") }
    }

    fn address(&self, page: u64) -> String {
        let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        let Self { case, by, from, until } = self;
        let case = case.replace('/', "_");
        let known = [("case", case.as_str()), ("by", by), ("from", from), ("until", until)];
        let known = known.into_iter().filter(|(_, value)| !value.is_empty() && plain(value));
        let asked: String = known.map(|(name, value)| format!("{name}={value}&")).collect();
        format!("/record?{asked}page={page}")
    }

    fn search(&self, page: u32) -> Result<SearchRecord, Refused> {
        let day = |name: &'static str, text: &str| -> Result<Option<NaiveDate>, Failure> {
            let wrong = |_| Failure::request(name, "page.date", "it is no day", "write it as 2026-11-30");
            Some(text).filter(|text| !text.is_empty()).map(|text| text.parse().map_err(wrong)).transpose()
        };
        let case = || -> Result<Option<CaseId>, Failure> {
            let wrong =
                |_| Failure::request("case", "page.field", "it is no case’s id", "write it as DEMO-0901");
            let text = self.case.replace('_', "/").to_uppercase();
            Some(text).filter(|text| !text.is_empty()).map(|text| text.parse().map_err(wrong)).transpose()
        };
        let all = || -> Result<SearchRecord, Failure> {
            Ok(SearchRecord {
                case: case()?,
                by: Some(self.by.clone()).filter(|by| !by.is_empty()),
                from: day("from", &self.from)?,
                until: day("until", &self.until)?,
                page,
                limit: LINES,
            })
        };
        all().map_err(|failure| Refused::of(failure).unwrap_or_default())
    }
}

fn page(visit: &mut Visit<'_>, found: Vec<Block>, refused: &Refused) -> Result<Response, Failure> {
    let (actor, asked) = (visit.actor()?, Asked::of(visit));
    let own;
    let (request, refused) = match asked.search(page_number(visit.request)) {
        Ok(request) => (request, refused),
        Err(wrong) => {
            own = wrong;
            (SearchRecord { page: 1, limit: LINES, ..SearchRecord::default() }, &own)
        }
    };
    let events = search(visit.open, &actor, request)?;
    let mut blocks = found;
    blocks.push(filter(visit, &asked, refused));
    let head = ["Number", "When", "What", "About", "By"].map(Cell::from).to_vec();
    let rows = events.events.iter().map(row).collect();
    let table = Table::new(format!("{} on record", events.total), head, rows);
    blocks.push(Block::table_or(table, "Nothing like this is on record."));
    let last = events.total.div_ceil(u64::from(LINES));
    blocks
        .extend(Pagination::of(events.page.into(), last, |page| asked.address(page)).map(Block::Pagination));
    let details: Vec<Text> = events.events.iter().filter_map(detail).collect();
    if !details.is_empty() {
        blocks.push(Block::unfolds("What each event holds", vec![Block::List(details)]));
    }
    blocks.extend(further(visit, refused));
    let head = Head::of(TITLE).errors(refused.links(&[]));
    visit.page("record/record", head, &Sheet::new(TITLE, blocks))
}

fn filter(visit: &Visit<'_>, asked: &Asked, refused: &Refused) -> Block {
    let input = |name: &str, label: &str, hint: &str, value: &str| {
        let input =
            crate::components::Input::new(name, label).hint(hint).value(value).error(refused.at(name));
        Field::Input(input.class("govuk-input--width-10").verbatim())
    };
    let staff = visit.open.office.config.staff.iter().map(|one| (one.id.to_string(), one.name.clone()));
    let own =
        [(String::new(), "Anybody".to_owned()), ("despatch".to_owned(), "The program by itself".to_owned())];
    let by = Select::new("by", "By").options(own.into_iter().chain(staff)).value(asked.by.as_str());
    let fields = vec![
        input("case", "Case", "Such as DEMO-0901", &asked.case.replace('_', "/")),
        Field::Select(by),
        input("from", "From", "Such as 2026-11-23", &asked.from),
        input("until", "To", "The last day", &asked.until),
        Field::Buttons(vec![Button::new("Show").secondary()]),
    ];
    Block::Form(Form::asking("/record", fields))
}

fn row(event: &Event) -> Vec<Cell> {
    vec![
        Cell::from(event.seq.to_string()),
        moment_words(event.at).into(),
        event.label().into(),
        event.subject().into(),
        event.actor.as_str().into(),
    ]
}

/// What an event holds, as the record has it.
fn detail(event: &Event) -> Option<Text> {
    let whole = serde_json::to_value(event).ok()?;
    let detail = whole.get("detail").filter(|detail| !detail.is_null())?;
    Some(vec![Part::strong(event.seq.to_string()), Part::text(" "), Part::code(detail.to_string())].into())
}

fn further(visit: &Visit<'_>, refused: &Refused) -> Vec<Block> {
    let fields = vec![
        Field::Details(Details::new(
            "What is checked",
            "Every row against the one before it, every table against the events, every file against its hash, and the signed checkpoints.",
        )),
        Field::Buttons(vec![Button::new("Verify the whole record").secondary()]),
    ];
    let verify = Block::Form(Form::new("/record/verify", fields));
    let fields = vec![Field::Buttons(vec![Button::new("Sign how far the record has come").secondary()])];
    let sign = Block::Form(Form::new("/record/checkpoint", fields));
    let fields = vec![
        Field::Paragraph(
            "It is unsealed: it takes your open review key, and is on record with its purpose.".to_owned(),
        ),
        line(visit, "of", "Case", "Such as DEMO-0901", refused),
        line(visit, "purpose", "What for", "It stays on record", refused),
        Field::Buttons(vec![Button::new("Export everything of the case").warning()]),
    ];
    let export = Block::Form(Form::new("/record/export", fields));
    vec![
        Block::heading("Is it whole?"),
        verify,
        sign,
        Block::heading("Everything on record of one case"),
        Block::unfolds("For a subject access request, a disclosure or a tribunal", vec![export]),
    ]
}

/// Verifies the record.
///
/// # Errors
/// The ledger cannot be read.
pub fn verify_all(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let nothing = VerifyRecord { checkpoints: None, signers: None, approvers: None };
    let blocks = match verify(visit.open, &actor, nothing) {
        Ok(found) => vec![Block::Inset(InsetText::new(whole(&found)))],
        Err(Failure::Faults(faults)) => {
            let told = faults.iter().map(|fault| Text::from(format!("{}: {}", fault.at, fault.cause)));
            let words = "The record is not what was written. Stop, keep the files as they are, and find out who changed them.";
            vec![Block::Warning(WarningText::new(words)), Block::List(told.collect())]
        }
        Err(other) => return Err(other),
    };
    page(visit, blocks, &Refused::default())
}

fn whole(found: &Audit) -> String {
    format!(
        "The record holds: {}, {}, {}, {} and {} follow from each other. {}",
        count(found.events, "event"),
        count(found.cases, "case file"),
        count(found.despatches, "message"),
        count(found.files, "sealed file"),
        count(found.checkpoints, "signed checkpoint"),
        vouched(found.outside.as_ref()),
    )
}

/// Signs how far the record has come.
///
/// # Errors
/// The ledger or the file of checkpoints cannot be written.
pub fn checkpoint_now(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, signing) = (visit.actor()?, visit.unlock());
    let words = match checkpoint(visit.open, &actor, &signing)? {
        Some(signed) => format!(
            "Signed: the record has {} events. Copy outbox/checkpoints to another machine.",
            signed.seq
        ),
        None => "Nothing has happened since the last checkpoint.".to_owned(),
    };
    Ok(done(visit, words, "/record"))
}

/// Exports everything of a case.
///
/// # Errors
/// The ledger cannot be read.
pub fn export_case(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (request, actor) = (visit.request, visit.actor()?);
    let unlock = visit.unlock();
    let unlocks = Unlocks { review: &unlock, signing: &unlock };
    let reason = request.field("purpose").to_owned();
    let exported = crate::forms::value::<CaseId>(request, "of", "a case’s id")
        .and_then(|case| export(visit.open, &actor, ExportRecord { case, reason }, unlocks));
    match exported {
        Ok(Export { files, .. }) => {
            let bytes =
                crate::archive::tar(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))?;
            Ok(Response::download(Content::Tar, bytes, "record.tar"))
        }
        Err(failure) => page(visit, Vec::new(), &Refused::of(failure)?.named(&[("reason", "purpose")])),
    }
}
