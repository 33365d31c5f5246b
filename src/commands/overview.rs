//! Enters: a period. Leaves: how the office stands, on the screen. Never: decides anything.

use crate::context::{CommandContext, Exit, date};
use crate::printing::{Print, red, state, strong};
use chrono::NaiveDate;
use despatch_app::operations::Failure;
use despatch_app::operations::due_list::{Due, DueList};
use despatch_app::operations::outbox::held_for;
use despatch_app::operations::overview::{Overview, ShowOverview, overview};
use despatch_core::words::{date_words, weekday_words};
use serde::{Deserialize, Serialize};

/// How the office stands: what is due, late, held and in doubt, how much goes through, who decided what
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// Count decisions from this day on (default: the last seven days)
    #[arg(long, value_name = "DAY", value_parser = date)]
    from: Option<NaiveDate>,
    /// The last day on which they are counted (default: today)
    #[arg(long, value_name = "DAY", value_parser = date)]
    until: Option<NaiveDate>,
}

/// Runs `despatch overview`.
///
/// # Errors
/// The office cannot be opened; the caller is not on the staff list.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let request = ShowOverview { from: args.from, until: args.until };
    let found = overview(&mut open, &actor, request, &mut DueList::default())?;
    print.json(&found);
    show(&found, print);
    Ok(Exit::Done)
}

fn show(found: &Overview, print: Print) {
    print.line(&strong(&weekday_words(found.today)));
    for one in &found.states {
        print.labelled(&one.number.to_string(), &state(one.state));
    }
    let due = |title: &str, list: &[Due]| {
        print.line(&format!("\n{}", strong(title)));
        let rows =
            list.iter().map(|one| vec![date_words(one.due), one.case_id.to_string(), one.what.clone()]);
        print.table(&["due", "case", "what must be done"], rows, "Nothing.");
    };
    due("Due today", &found.due_today);
    due("Late", &found.late);
    print.line(&format!("\n{}", strong("Held")));
    let rows = found.held.iter().map(|one| vec![one.id.to_string(), one.case_id.to_string(), held_for(one)]);
    print.table(&["message", "case", "why"], rows, "Nothing.");
    for one in &found.in_doubt {
        print
            .line(&red(&format!("{} of {} may have been delivered: a person decides.", one.id, one.case_id)));
    }
    found.unacknowledged.iter().for_each(|one| print.line(&red(&one.text())));
    print.line(&format!("\n{}", strong("What went through")));
    let rows = found.throughput.iter().map(|day| {
        vec![date_words(day.day), day.queued.to_string(), day.approved.to_string(), day.sent.to_string()]
    });
    print.table(&["day", "case files", "approved", "sent"], rows, "Nothing.");
    print.line(&format!("\n{}", strong("How old what waits is")));
    let rows = found
        .ages
        .iter()
        .map(|age| vec![age.label.clone(), age.awaiting_review.to_string(), age.held.to_string()]);
    print.table(&["age", "awaiting review", "held"], rows, "Nothing.");
    let period = format!("Who decided what, from {} to {}", date_words(found.from), date_words(found.until));
    print.line(&format!("\n{}", strong(&period)));
    let rows = found.decided.iter().flat_map(|(who, what)| {
        what.iter().map(move |(what, number)| vec![who.clone(), what.replace('_', " "), number.to_string()])
    });
    print.table(&["who", "what", "how often"], rows, "Nobody decided anything.");
}
