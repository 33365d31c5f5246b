//! Enters: the name of a batch. Leaves: its rows and messages in numbers, what comes next, and the forms of what can be
//! decided about it; its report as a file. Never: opens a message.

use super::TITLE;
use super::list::colour;
use crate::blocks::{Block, Form, Sheet};
use crate::chart::Chart;
use crate::components::{Button, Cell, Field, Hidden, Part, SummaryList, Table, Text, Textarea, fact};
use crate::forms::Refused;
use crate::frame::Head;
use crate::visit::{Visit, no_page};
use despatch_app::operations::Failure;
use despatch_app::operations::batch::list::{self, BatchStanding};
use despatch_app::operations::batch::report;
use despatch_app::operations::batch::sampling::SampleStanding;
use despatch_core::words::{BatchName, Role, capital, count, moment_words};
use despatch_ledger::{BatchState, BatchTally, RowFate, State, UserRole};
use despatch_web::{Content, Response};

/// How many of the rows that have not gone are listed; the report has all.
const ROWS_SHOWN: usize = 50;

/// Shows one batch.
///
/// # Errors
/// There is none of this name, or the ledger cannot be read.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    page(visit, &Refused::default())
}

/// Gives the report of a batch as a file.
///
/// # Errors
/// There is none of this name, or no such form of report; the paper cannot be made.
pub fn report(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, name): (_, BatchName) = (visit.actor()?, visit.step_as("batch")?);
    let form = visit.step("form").to_owned();
    let told = report::report(visit.open, &actor, &name)?;
    let (content, bytes) = match form.as_str() {
        "json" => {
            let json =
                serde_json::to_vec_pretty(&told).map_err(|error| Failure::Internal(error.to_string()))?;
            (Content::Json, json)
        }
        "csv" => (Content::Csv, told.csv().into_bytes()),
        "pdf" => (Content::Pdf, told.pdf(visit.open)?),
        _ => return Err(no_page()),
    };
    Ok(Response::download(content, bytes, &format!("batch-{name}.{form}")))
}

/// Shows a batch with what was wrong with a decision about it.
pub(super) fn page(visit: &mut Visit<'_>, refused: &Refused) -> Result<Response, Failure> {
    let (actor, name): (_, BatchName) = (visit.actor()?, visit.step_as("batch")?);
    let standing = list::show(visit.open, &actor, &name)?;
    let reviewer = visit.has_role(UserRole::Reviewer);
    let mut blocks = vec![Block::Summary(facts(&standing))];
    blocks.extend(numbers(visit, &standing));
    if reviewer {
        blocks.extend(review(&standing));
    }
    blocks.extend(rows(&standing));
    blocks.push(Block::heading("Report"));
    let download =
        |form: &str, words: &str| Button::link(words, format!("/batches/{name}/report/{form}")).secondary();
    blocks.push(Block::Links(vec![
        download("pdf", "Report to print (PDF)"),
        download("csv", "Report as a sheet (CSV)"),
        download("json", "Report for programs (JSON)"),
    ]));
    if reviewer || visit.has_role(UserRole::Preparer) {
        blocks.extend(decisions(visit, &standing, refused));
    }
    let title = format!("Batch {name}");
    let head = Head::of(title.clone()).back(TITLE, "/batches").errors(refused.links(&[]));
    visit.page("batches/batches", head, &Sheet::new(title, blocks))
}

fn facts(standing: &BatchStanding) -> SummaryList {
    let batch = &standing.counts.batch;
    let mut facts = vec![
        fact("State", Part::tag(batch.state.label(), colour(batch.state))),
        fact("Begun", format!("by {} on {}", batch.by, moment_words(batch.at))),
    ];
    facts.extend(batch.event.map(|event| fact("Event", capital(event.label()))));
    facts.push(fact("Rows", count(standing.counts.rows_in_all(), "row")));
    SummaryList::new(facts)
}

/// The outcome as bars with their table, and the messages by letter.
fn numbers(visit: &Visit<'_>, standing: &BatchStanding) -> Vec<Block> {
    let counts = &standing.counts;
    let rows: Vec<(String, Vec<u64>)> =
        counts.rows.iter().map(|(fate, number)| (capital(fate.label()), vec![*number as u64])).collect();
    let label =
        |state: &str| state.parse::<State>().map_or_else(|_| state.to_owned(), |one| capital(one.label()));
    let mut messages: Vec<(String, Vec<u64>)> = Vec::new();
    for state in State::ALL {
        let number = counts.in_state(state);
        match messages.iter_mut().find(|(known, _)| *known == capital(state.label())) {
            Some((_, known)) => known.iter_mut().for_each(|known| *known += number),
            None => messages.push((capital(state.label()), vec![number])),
        }
    }
    messages.retain(|(_, numbers)| numbers.iter().any(|number| *number > 0));
    let title = |kind: &str| {
        let known = kind.parse().ok().and_then(|name| visit.open.office.catalogue.kind(&name));
        known.map_or_else(|| kind.to_owned(), |kind| kind.title.clone())
    };
    let line = |one: &BatchTally| {
        let number = one.number.to_string();
        [title(&one.kind), capital(role(&one.role)), label(&one.state), number].map(Cell::from).to_vec()
    };
    let head = ["Letter", "Recipient", "State", "Messages"].map(Cell::from).to_vec();
    let mut blocks =
        vec![Block::Chart(Chart::new("rows", "What became of the rows", ("Row", &["rows"]), &rows))];
    if !messages.is_empty() {
        let chart =
            Chart::new("messages", "What became of the messages", ("Message", &["messages"]), &messages);
        blocks.push(Block::Chart(chart));
        let table = Table::new("By letter and recipient", head, standing.tally.iter().map(line).collect());
        blocks.extend(Block::titled(table, "No message was made yet."));
    }
    blocks
}

/// The label of a role.
fn role(code: &str) -> &str {
    Role::ALL.into_iter().find(|role| role.code() == code).map_or(code, |role| role.label())
}

/// What a reviewer does next.
fn review(standing: &BatchStanding) -> Vec<Block> {
    let name = &standing.counts.batch.name;
    let mut blocks = vec![Block::heading("To review")];
    match standing.next {
        Some(next) => blocks.push(Block::Links(vec![
            Button::link("Open the next message", format!("/review/{next}")).shortcut('n'),
            Button::link("All of them in the queue", format!("/review?batch={name}")).secondary(),
        ])),
        None => blocks.push(Block::paragraph("Nothing of it waits for you.")),
    }
    for one in &standing.samples {
        blocks.extend(sample(name, one));
    }
    blocks
}

fn sample(name: &BatchName, one: &SampleStanding) -> Vec<Block> {
    let form = |way: &str, button: &str| {
        let kind = Hidden { name: "kind".to_owned(), value: one.kind.to_string() };
        let fields = vec![Field::Hidden(kind), Field::Buttons(vec![Button::new(button).secondary()])];
        Block::Form(Form::new(format!("/batches/{name}/{way}"), fields))
    };
    let words = format!("The policy pack lets {} of {} stand for the rest.", one.number, one.kind);
    let mut blocks = vec![Block::paragraph(words)];
    match &one.sample {
        None => blocks.push(form("sample", "Draw the sample by lot")),
        Some(sample) => {
            let link = |id: &despatch_ledger::DespatchId| {
                let opened = if one.unopened.contains(id) { "still to open" } else { "opened" };
                Text::from(vec![
                    Part::link(id.to_string(), format!("/review/{id}")),
                    Part::text(format!(" {opened}")),
                ])
            };
            blocks.push(Block::List(sample.drawn.iter().map(link).collect()));
            if one.unopened.is_empty() && one.waiting > 0 {
                let words = format!("Approve {} unopened, on the strength of the sample", one.waiting);
                blocks.push(form("approve", &words));
            }
        }
    }
    blocks
}

/// The rows that have not become messages.
fn rows(standing: &BatchStanding) -> Vec<Block> {
    let open = &standing.open_rows;
    if open.is_empty() {
        return Vec::new();
    }
    let cells = open.iter().take(ROWS_SHOWN).map(|row| {
        let where_to = match row.fate {
            RowFate::Rejected => "Its case file lies among the rejected ones with its faults",
            _ => "It lies in the inbox, or the command for the sheet has to be given again",
        };
        vec![Cell::from(row.row.to_string()), capital(row.fate.label()).into(), where_to.into()]
    });
    let head = ["Row", "State", "Where it is"].map(Cell::from).to_vec();
    let table = Table::new("Rows without messages", head, cells.collect());
    let mut blocks = Vec::from(Block::titled(table, ""));
    if let Some(more) = open.len().checked_sub(ROWS_SHOWN).filter(|more| *more > 0) {
        blocks.push(Block::paragraph(format!("{more} more stand in the report.")));
    }
    blocks
}

/// The forms that hold, let on or cancel the whole.
fn decisions(visit: &Visit<'_>, standing: &BatchStanding, refused: &Refused) -> Vec<Block> {
    let batch = &standing.counts.batch;
    if batch.state == BatchState::Cancelled {
        return Vec::new();
    }
    let to = |way: &str| format!("/batches/{}/{way}", batch.name);
    let reason = Textarea::new("reason", "Why")
        .value(visit.request.field("reason"))
        .hint("It stays on record. No name, and nothing about health.")
        .error(refused.at("reason"))
        .rows(2);
    let first = match batch.state {
        BatchState::Held => Button::new("Let it go on").secondary().attribute("formaction", to("release")),
        _ => Button::new("Hold all that has not gone").secondary().attribute("formaction", to("hold")),
    };
    let cancel =
        Button::new("Cancel for good all that has not gone").warning().attribute("formaction", to("cancel"));
    let fields = vec![Field::Textarea(reason), Field::Buttons(vec![first, cancel])];
    vec![Block::heading("Decide about the whole"), Block::Form(Form::new(to("hold"), fields))]
}
