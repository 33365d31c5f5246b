//! Enters: an office at work. Leaves: how its parts do, and what a thorough look finds.
//! Never: mends anything.

use crate::blocks::{Block, Form, Sheet};
use crate::components::{Button, Cell, Field, InsetText, Part, Table, Text, WarningText};
use crate::forms::done;
use crate::frame::Head;
use crate::visit::Visit;
use chrono::{DateTime, Utc};
use despatch_app::operations::Failure;
use despatch_app::operations::check_office::check;
use despatch_app::operations::clock_check::{confirm_clock, look};
use despatch_app::operations::health::{Does, Part as OfficePart, health};
use despatch_app::operations::keys::{KeyView, list as list_keys};
use despatch_core::fault::Fault;
use despatch_core::words::capital;
use despatch_core::words::moment_words;
use despatch_ledger::UserRole;
use despatch_web::Response;

const TITLE: &str = "Health";

/// Shows how the parts do.
///
/// # Errors
/// The ledger cannot be read.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    page(visit, Vec::new())
}

fn page(visit: &mut Visit<'_>, found: Vec<Block>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let parts = health(visit.open, &actor)?;
    let row = |part: &OfficePart| {
        let state = match part.does {
            Does::Well => Part::tag("well", "green"),
            Does::Look => Part::tag("look at it", "red"),
        };
        vec![Cell::from(capital(part.part)), state.into(), part.words.as_str().into()]
    };
    let head = ["Part", "State", "What is known"].map(Cell::from).to_vec();
    let mut blocks = found;
    blocks.push(Block::WideTable(Table::new("Right now", head, parts.iter().map(row).collect())));
    let fields = vec![
        Field::Paragraph("It reads every message and the whole record, so it takes a while.".to_owned()),
        Field::Buttons(vec![Button::new("Check everything").secondary()]),
    ];
    blocks.push(Block::Form(Form::new("/health/check", fields)));
    if look(visit.open)?.is_some() {
        let button = Button::new("The clock is right: go by it").warning();
        blocks.push(Block::Form(Form::new("/health/clock", vec![Field::Buttons(vec![button])])));
    }
    let mut links = vec![
        Button::link("Keys", "/health/keys").secondary(),
        Button::link("Incidents", "/incidents").secondary(),
    ];
    let has = |roles: [UserRole; 2]| roles.into_iter().any(|role| visit.has_role(role));
    if has([UserRole::Auditor, UserRole::Administrator]) {
        links.push(Button::link("Retention", "/retention").secondary());
    }
    if has([UserRole::TemplateOwner, UserRole::Administrator]) {
        links.push(Button::link("The office’s own files", "/config").secondary());
    }
    blocks.push(Block::Links(links));
    visit.page("health/health", Head::of(TITLE), &Sheet::new(TITLE, blocks))
}

/// Shows the office's keys.
///
/// # Errors
/// The ledger cannot be read.
pub fn keys(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let row = |key: &KeyView| {
        let day = |at: Option<DateTime<Utc>>| at.map_or_else(String::new, moment_words);
        vec![
            Cell::from(capital(key.what.label())),
            Part::code(key.fingerprint.as_str()).into(),
            key.state.into(),
            day(key.since).into(),
            day(key.last_drill).into(),
        ]
    };
    let known = list_keys(visit.open, &actor)?;
    let head = ["Key", "Fingerprint", "State", "Since", "Tried on"].map(Cell::from).to_vec();
    let table = Table::new("The office’s own keys", head, known.iter().map(row).collect());
    let head = Head::of("Keys").back(TITLE, "/health");
    visit.page("health/health", head, &Sheet::new("Keys", vec![Block::WideTable(table)]))
}

/// Checks everything.
///
/// # Errors
/// The office cannot be read.
pub fn check_all(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    actor.staff()?;
    let (root, clock, program) =
        (visit.open.office.root().to_owned(), visit.open.clock, visit.open.program.clone());
    let blocks = match check(&root, clock, program, &|_| actor.clone()) {
        Ok(checked) => {
            let words = match checked.warnings.len() {
                0 => "Everything is in order.".to_owned(),
                number => format!("Nothing is wrong; {number} to know."),
            };
            let rows = checked
                .rows
                .iter()
                .map(|[what, found]| vec![Cell::from(what.as_str()), found.as_str().into()]);
            let head = ["Checked", "Found"].map(Cell::from).to_vec();
            let table = Block::WideTable(Table::new("What was checked", head, rows.collect()));
            let warnings: Vec<Text> = checked.warnings.into_iter().map(Text::from).collect();
            vec![Block::Inset(InsetText::new(words)), Block::List(warnings), table]
        }
        Err(Failure::Faults(faults)) => {
            let told = |fault: &Fault| {
                let parts = vec![
                    Part::strong(fault.at.as_str()),
                    Part::text(format!(": {}", fault.cause)),
                    Part::line(),
                    Part::quiet(format!("To mend: {}", fault.cure)),
                ];
                Text::from(parts)
            };
            let list = Block::List(faults.iter().map(told).collect());
            vec![Block::Warning(WarningText::new("The office is not in order.")), list]
        }
        Err(other) => return Err(other),
    };
    page(visit, blocks)
}

/// Takes a person's word that the clock is right.
///
/// # Errors
/// The note cannot be written.
pub fn clock(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    confirm_clock(visit.open, &actor)?;
    Ok(done(visit, "The clock is believed, on your word.", "/health"))
}
