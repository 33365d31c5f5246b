//! Enters: what is typed of a person, or an id. Leaves: the cases that it belongs to.
//! Never: puts what was typed into an address, or shows it again on another page.

use crate::blocks::{Block, Form, Sheet};
use crate::components::{Button, Cell, Field, Input, Part, Table};
use crate::forms::{self, Refused, case_path, date_field};
use crate::frame::Head;
use crate::visit::Visit;
use despatch_app::operations::Failure;
use despatch_app::operations::find::{Find, Found, FoundCase, find};
use despatch_core::words::{count, date_words};
use despatch_web::{Request, Response};

const TITLE: &str = "Find a case";

/// Shows the form.
///
/// # Errors
/// Nobody is signed in.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    page(visit, None, &Refused::default())
}

/// Finds what the form asks for.
///
/// # Errors
/// The ledger or the key cannot be read.
pub fn search(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let found = sought(visit.request).and_then(|sought| find(visit.open, &actor, sought));
    match found {
        Ok(found) => page(visit, Some(&found), &Refused::default()),
        Err(failure) => page(visit, None, &Refused::of(failure)?),
    }
}

/// What the form asks for: the first of its fields that has something.
fn sought(request: &Request) -> Result<Find, Failure> {
    let id = request.field("id");
    if !id.is_empty() {
        if let Ok(despatch) = id.parse() {
            return Ok(Find::Despatch(despatch));
        }
        return id.to_uppercase().parse().map(Find::Case).map_err(|_| {
            let cause = "it is neither a case’s id nor a message’s number";
            Failure::request("id", "find.id", cause, "write it as DEMO-0901, or as 17-3")
        });
    }
    let (reference, name) = (request.field("reference"), request.field("name"));
    if !reference.is_empty() {
        return Ok(Find::Reference(reference.to_owned()));
    }
    match (name, forms::date(request, "born")?) {
        ("", None) => {
            Err(Failure::request("id", "find.empty", "nothing was typed", "fill in one of the fields"))
        }
        ("", Some(born)) => Ok(Find::Born(born)),
        (words, born) => Ok(Find::Name { words: words.to_owned(), born }),
    }
}

fn page(visit: &mut Visit<'_>, found: Option<&Found>, refused: &Refused) -> Result<Response, Failure> {
    let mut blocks = Vec::new();
    if let Some(found) = found {
        blocks.extend(results(found));
    }
    let typed = |field: &str| visit.request.field(field).to_owned();
    let input = |name: &str, label: &str, hint: &str| {
        let input = Input::new(name, label).hint(hint).error(refused.at(name)).autocomplete("off").verbatim();
        Field::Input(input.value(typed(name)).class("govuk-input--width-20"))
    };
    blocks.push(Block::paragraph("Fill in one of these; a name and a date of birth count together."));
    blocks.push(Block::Form(Form::new(
        "/find",
        vec![
            input("id", "Case id or message number", "Such as DEMO-0901 or 17-3"),
            input("reference", "Home Office reference", "With or without its spaces and signs"),
            input("name", "Name", "Words of it, in any order"),
            Field::DateInput(
                date_field(visit.request, ("born", "Date of birth"), refused).hint("For example, 27 3 1987"),
            ),
            Field::Buttons(vec![Button::new("Find")]),
        ],
    )));
    blocks.push(Block::paragraph(
        "Each search is on record: who searched, by what, and which cases were found. What was searched for is not.",
    ));
    let head = Head::of(TITLE).errors(refused.links(&["born"]));
    visit.page("find/find", head, &Sheet::new(TITLE, blocks))
}

fn results(found: &Found) -> Vec<Block> {
    let rows: Vec<Vec<Cell>> = found.cases.iter().map(row).collect();
    let said = format!("Found by {}: {}", found.by.label(), count(found.total, "case"));
    let head = ["Case", "Latest", "What", "Owner"].map(Cell::from).to_vec();
    let mut blocks =
        vec![Block::table_or(Table::new(said, head, rows), "No case that you may see was found.")];
    if found.total > found.cases.len() {
        let shown =
            format!("These are the latest {}. Type more of the name, or a date of birth.", found.cases.len());
        blocks.push(Block::paragraph(shown));
    }
    if !found.restricted.is_empty() {
        let whom = found.restricted.join(", ");
        let words = format!("Something that was found is restricted to named people: ask {whom}.");
        blocks.push(Block::Inset(crate::components::InsetText::new(words)));
    }
    blocks
}

fn row(one: &FoundCase) -> Vec<Cell> {
    let mut case = vec![Part::link(one.case_id.as_str(), case_path(&one.case_id))];
    if let Some(id) = &one.despatch {
        case.extend([Part::line(), Part::link(format!("message {id}"), format!("/review/{id}"))]);
    }
    vec![
        Cell::from(case),
        date_words(one.on).into(),
        one.latest.as_str().into(),
        one.owner.as_ref().map_or_else(String::new, ToString::to_string).into(),
    ]
}
