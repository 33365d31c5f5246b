//! Enters: the name of a batch, or none. Leaves: how it stands, or every batch; its report as a file.
//! Never: opens a message.

use super::Failure;
use crate::caller::{CallerPath, Delivery};
use crate::context::{CommandContext, Exit};
use crate::printing::{Print, strong};
use despatch_app::operations::batch::list::{self, BatchCounts, BatchStanding};
use despatch_app::operations::batch::report::report;
use despatch_core::words::{BatchName, count, moment_words};
use despatch_ledger::{RowFate, State};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How many of the rows that have not gone are printed; the report has all.
const ROWS_SHOWN: usize = 20;

/// Which page of the list.
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub(super) struct List {
    /// Counted from 1
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    page: u32,
}

/// Which batch, and where its report goes.
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub(super) struct Show {
    /// The batch
    name: BatchName,
    /// Write its report into this new file: .json, .csv or .pdf
    #[arg(long, value_name = "FILE")]
    report: Option<CallerPath>,
}

/// Lists the batches.
///
/// # Errors
/// The office cannot be opened.
pub(super) fn list(List { page }: List, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let found = list::list(&mut open, &actor, page)?;
    print.json(&found);
    let rows = found.batches.iter().map(|one| {
        let sent = one.in_state(State::Sent);
        vec![
            one.batch.name.to_string(),
            one.batch.state.label().to_owned(),
            one.batch.by.to_string(),
            moment_words(one.batch.at),
            format!("{} of {}", one.rows.get(&RowFate::Queued).copied().unwrap_or(0), one.rows_in_all()),
            one.in_state(State::AwaitingReview).to_string(),
            sent.to_string(),
        ]
    });
    let head = ["batch", "state", "by", "begun", "rows queued", "to review", "sent"];
    print.table(&head, rows, "There is no batch.");
    if found.pages > 1 {
        print.line(&format!("Page {} of {}", found.page, found.pages));
    }
    Ok(Exit::Done)
}

/// Shows how a batch stands, or writes its report.
///
/// # Errors
/// There is none of this name; the file's name ends in none of the three ways, or cannot be written.
pub(super) fn show(Show { name, report: to }: Show, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let Some(to) = to else {
        let standing = list::show(&mut open, &actor, &name)?;
        print.json(&standing);
        show_standing(&standing, print);
        return Ok(Exit::Done);
    };
    let told = report(&mut open, &actor, &name)?;
    let bytes = match to.ending().as_deref() {
        Some("json") => {
            serde_json::to_vec_pretty(&told).map_err(|error| Failure::Internal(error.to_string()))?
        }
        Some("csv") => told.csv().into_bytes(),
        Some("pdf") => told.pdf(&open)?,
        _ => {
            let cause = "its name says no way in which a report is written";
            return Err(Failure::request("report", "report.ending", cause, "end it in .json, .csv or .pdf"));
        }
    };
    let file = context.caller.deliver(Delivery::File(to, bytes.into()))?;
    print.json(&json!({ "file": file }));
    print.line(&format!("The report of {name} is {file}."));
    Ok(Exit::Done)
}

fn show_standing(standing: &BatchStanding, print: Print) {
    let BatchCounts { batch, rows, messages } = &standing.counts;
    print.line(&strong(&format!("Batch {}, {}", batch.name, batch.state.label())));
    print.labelled("begun", &format!("by {} on {}", batch.by, moment_words(batch.at)));
    if let Some(event) = batch.event {
        print.labelled("event", event.label());
    }
    let of_rows = rows.iter().map(|(fate, number)| format!("{number} {}", fate.label()));
    print.labelled("rows", &of_rows.collect::<Vec<_>>().join(", "));
    let of_messages = messages.iter().map(|(state, number)| {
        let label = state.parse::<State>().map_or(state.as_str(), |known| known.label());
        format!("{number} {label}")
    });
    print.labelled("messages", &of_messages.collect::<Vec<_>>().join(", "));
    for row in standing.open_rows.iter().take(ROWS_SHOWN) {
        print.line(&format!("row {}  {}", row.row, row.fate.label()));
    }
    if let Some(more) = standing.open_rows.len().checked_sub(ROWS_SHOWN).filter(|more| *more > 0) {
        print.line(&format!("and {}: the report lists each", count(more, "row")));
    }
    for one in &standing.samples {
        let kind = &one.kind;
        let words = match &one.sample {
            None => format!(
                "{} of {} stand for the rest: draw them with `despatch batch sample`",
                one.number, one.waiting
            ),
            Some(sample) if one.unopened.is_empty() => {
                format!("you have opened all {} of its sample: `despatch batch approve`", sample.drawn.len())
            }
            Some(_) => {
                let ids: Vec<String> = one.unopened.iter().map(ToString::to_string).collect();
                format!("still to open of its sample: {}", ids.join(", "))
            }
        };
        print.labelled(kind.as_str(), &words);
    }
    if let Some(next) = standing.next {
        print.labelled("next", &format!("`despatch outbox open {next}`"));
    }
}
