//! Enters: who is away, and who approves out of hours. Leaves: it on record.
//! Never: decides who may approve: the record and the settings do.

use crate::blocks::{Block, Form, Sheet};
use crate::components::{Button, Cell, Field, Hidden, Select, Table};
use crate::forms::{self, Refused, date_field, done};
use crate::frame::Head;
use crate::visit::{Visit, no_page};
use despatch_app::operations::Failure;
use despatch_app::operations::casework::{EndCover, RecordCover, covers, end_cover, record_cover};
use despatch_core::words::{StaffId, date_words};
use despatch_ledger::{Cover, CoverKind};
use despatch_web::{Request, Response};

const TITLE: &str = "Cover";

/// Shows who is away, and who approves out of hours.
///
/// # Errors
/// The ledger cannot be read.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    page(visit, &Refused::default())
}

fn page(visit: &mut Visit<'_>, refused: &Refused) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let known = covers(visit.open, &actor)?;
    let row = |one: &Cover| {
        let by = one.covered_by.as_ref().map_or_else(String::new, ToString::to_string);
        let days = format!("{} to {}", date_words(one.from), date_words(one.until));
        vec![Cell::from(one.staff.as_str()), one.kind.label().into(), days.into(), by.into()]
    };
    let head = ["Who", "What", "Days", "Covered by"].map(Cell::from).to_vec();
    let table = Table::new("From today on", head, known.iter().map(row).collect());
    let mut blocks = vec![Block::table_or(table, "Nobody is away, and nobody approves out of hours.")];
    for one in &known {
        let hidden = |name: &str, value: String| Field::Hidden(Hidden { name: name.to_owned(), value });
        let words = format!("End this: {} {} from {}", one.staff, one.kind.label(), date_words(one.from));
        let fields = vec![
            hidden("who", one.staff.to_string()),
            hidden("kind", one.kind.code().to_owned()),
            hidden("first", one.from.to_string()),
            Field::Buttons(vec![Button::new(words).secondary()]),
        ];
        blocks.push(Block::Form(Form::new("/cover/end", fields)));
    }
    let staff = |none: &str| {
        let all = visit.open.office.config.staff.iter();
        let all = all.map(|one| (one.id.to_string(), format!("{} ({})", one.name, one.id)));
        std::iter::once((String::new(), none.to_owned())).chain(all).collect::<Vec<_>>()
    };
    let select = |name: &str, label: &str, none: &str| {
        let select = Select::new(name, label).options(staff(none)).value(visit.request.field(name));
        Field::Select(select.error(refused.at(name)))
    };
    let day =
        |name: &str, question: &str| Field::DateInput(date_field(visit.request, (name, question), refused));
    let absent = vec![
        select("who", "Who will be away", "Me"),
        day("from", "The first day"),
        day("until", "The last day"),
        select("covered_by", "Who works in their place", "Choose somebody"),
        Field::Buttons(vec![Button::new("Record the absence")]),
    ];
    let hours = vec![
        select("who_hours", "Who approves out of hours", "Me"),
        day("from_hours", "The first day"),
        day("until_hours", "The last day"),
        Field::Buttons(vec![Button::new("Record it")]),
    ];
    blocks.push(Block::heading("Record an absence"));
    blocks.push(Block::Form(Form::new("/cover/absent", absent)));
    blocks.push(Block::heading("Record who approves out of hours"));
    blocks.push(Block::Form(Form::new("/cover/out-of-hours", hours)));
    let dates = ["from", "until", "from_hours", "until_hours"];
    let head = Head::of(TITLE).back("My work", "/work").errors(refused.links(&dates));
    visit.page("cover/cover", head, &Sheet::new(TITLE, blocks))
}

/// Records an absence.
///
/// # Errors
/// The ledger fails.
pub fn absent(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let asked = |request: &Request| -> Result<RecordCover, Failure> {
        Ok(RecordCover {
            who: forms::optional(request, "who", "a member of staff")?,
            from: forms::needed_date(request, "from")?,
            until: forms::needed_date(request, "until")?,
            covered_by: Some(forms::value(request, "covered_by", "who works in their place")?),
        })
    };
    record(visit, asked(visit.request), &[])
}

/// Records who approves out of hours.
///
/// # Errors
/// The ledger fails.
pub fn out_of_hours(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let asked = |request: &Request| -> Result<RecordCover, Failure> {
        Ok(RecordCover {
            who: forms::optional(request, "who_hours", "a member of staff")?,
            from: forms::needed_date(request, "from_hours")?,
            until: forms::needed_date(request, "until_hours")?,
            covered_by: None,
        })
    };
    record(visit, asked(visit.request), &[("who", "who_hours")])
}

fn record(
    visit: &mut Visit<'_>,
    asked: Result<RecordCover, Failure>,
    names: &[(&str, &str)],
) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    match asked.and_then(|asked| record_cover(visit.open, &actor, asked)) {
        Ok(_) => Ok(done(visit, "It is on record.", "/cover")),
        Err(failure) => page(visit, &Refused::of(failure)?.named(names)),
    }
}

/// Ends an absence, or days out of hours.
///
/// # Errors
/// There are none, or the ledger fails.
pub fn end(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (request, actor) = (visit.request, visit.actor()?);
    let who: StaffId = forms::value(request, "who", "a member of staff")?;
    let kind =
        CoverKind::ALL.into_iter().find(|kind| kind.code() == request.field("kind")).ok_or_else(no_page)?;
    let from = forms::value(request, "first", "a day")?;
    end_cover(visit.open, &actor, EndCover { who, kind, from })?;
    Ok(done(visit, "It is ended.", "/cover"))
}
