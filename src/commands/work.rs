//! Enters: whose work, and which list of it. Leaves: what there is to do, on the screen.
//! Never: decides anything.

use crate::context::{CommandContext, Exit};
use crate::printing::{Print, red, strong};
use despatch_app::operations::Failure;
use despatch_app::operations::due_list::DueList;
use despatch_app::operations::work::{Listed, ShowWork, Work, WorkList, work};
use despatch_core::clock::Moment;
use despatch_core::words::{moment_words, weekday_words};
use despatch_ledger::Whose;
use serde::{Deserialize, Serialize};

/// Lines of a list, if it is not said how many.
const LINES: u32 = 20;

/// What there is to do: what came back, what is due, what waits for approval, notes to copy
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// Only of the cases that you own, or whose owner you cover for
    #[arg(long)]
    mine: bool,
    /// One list alone: returned, due, waiting or notes
    #[arg(long, value_name = "LIST", default_value = "all", value_parser = list)]
    list: WorkList,
    /// A page of that list
    #[arg(long, default_value_t = 1)]
    page: u32,
    /// How many lines
    #[arg(long, value_name = "LINES", default_value_t = LINES)]
    limit: u32,
    /// Show how each day was counted
    #[arg(long)]
    arithmetic: bool,
}

fn list(text: &str) -> Result<WorkList, String> {
    let known = WorkList::CODES.into_iter().find(|(code, _)| *code == text);
    known.map(|(_, list)| list).ok_or_else(|| {
        let codes = WorkList::CODES.map(|(code, _)| code);
        format!("use one of: {}", codes.join(", "))
    })
}

/// Runs `despatch work`.
///
/// # Errors
/// The office cannot be opened; the caller is not on the staff list.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let whose = if args.mine { Whose::Own } else { Whose::Team };
    let request = ShowWork { whose, list: args.list, page: args.page, limit: args.limit };
    let found = work(&mut open, &actor, request, &mut DueList::default())?;
    print.json(&found);
    let is = |list| args.list == list || args.list == WorkList::All;
    let now = open.now();
    if is(WorkList::Returned) {
        show_returned(&found, print);
    }
    if is(WorkList::Due) {
        show_due(&found, now, args.arithmetic, print);
    }
    if is(WorkList::Waiting) {
        show_waiting(&found, print);
    }
    if is(WorkList::Notes) {
        show_notes(&found, print);
    }
    Ok(Exit::Done)
}

fn heading<T>(title: &str, list: &Listed<T>, print: Print) {
    let pages = list.total.div_ceil(u64::from(list.limit.max(1))).max(1);
    let place = if pages > 1 { format!(", page {} of {pages}", list.page) } else { String::new() };
    print.line(&format!("\n{}", strong(&format!("{title}: {}{place}", list.total))));
}

fn show_returned(found: &Work, print: Print) {
    heading("Came back", &found.returned, print);
    let rows = found.returned.lines.iter().map(|one| {
        let why = one.reason.clone().unwrap_or_default();
        vec![one.id.to_string(), one.case_id.to_string(), one.recipient.name.clone(), why]
    });
    print.table(&["message", "case", "to", "why"], rows, "Nothing came back.");
    found.rejected.iter().for_each(|one| print.line(&red(&one.text())));
}

fn show_due(found: &Work, now: Moment, arithmetic: bool, print: Print) {
    heading("Due", &found.due, print);
    let rows = found.due.lines.iter().map(|one| {
        let coloured = |text: String| if one.is_late(now) { red(&text) } else { text };
        vec![
            coloured(weekday_words(one.due)),
            coloured(one.left(now)),
            one.case_id.to_string(),
            one.what.clone(),
        ]
    });
    print.table(&["due", "left", "case", "what must be done"], rows, "Nothing is due.");
    if arithmetic {
        let counted = found.due.lines.iter().filter(|one| !one.arithmetic.is_empty());
        counted.for_each(|one| print.labelled(one.case_id.as_str(), &one.arithmetic));
    }
}

fn show_waiting(found: &Work, print: Print) {
    heading("Wait for approval", &found.waiting, print);
    let rows = found.waiting.lines.iter().map(|one| {
        let since = one.since.map(moment_words).unwrap_or_default();
        let since = if one.too_long { red(&since) } else { since };
        let despatch = &one.despatch;
        vec![despatch.id.to_string(), despatch.case_id.to_string(), despatch.recipient.name.clone(), since]
    });
    print.table(&["message", "case", "to", "since"], rows, "Nothing waits for approval.");
}

fn show_notes(found: &Work, print: Print) {
    heading("Case files with notes for CID and Atlas", &found.notes, print);
    let rows = found
        .notes
        .lines
        .iter()
        .map(|note| vec![note.id.to_string(), note.case_id.to_string(), note.text.clone()]);
    print.table(&["note", "case", "to copy"], rows, "Every note is copied.");
}
