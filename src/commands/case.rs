//! Enters: a case's id. Leaves: its history, its state, and its notes for the casework system.
//! Never: changes anything but the tick of a note, its owner and who may see it.

use crate::context::{CommandContext, Exit};
use crate::printing::{self, Print, red, show_board, strong};
use clap::Subcommand;
use despatch_app::operations::Failure;
use despatch_app::operations::case_history::{CaseEvent, CaseHistory, Note, ShowCase, show};
use despatch_app::operations::casework::{
    HandOver, Restrict, Unrestrict, hand_over, restrict, take, unrestrict,
};
use despatch_app::operations::linked_cases::LinkedCase;
use despatch_app::operations::summary::{REMOVAL, place_name};
use despatch_core::clock::Moment;
use despatch_core::words::{CaseId, StaffId, count, date_words, weekday_words};
use despatch_ledger::{NoteId, Owner, Restriction};
use despatch_process::Places;
use serde::{Deserialize, Serialize};

/// The whole history of a case, how it stands, and its notes for the casework system; its owner, and who may see it
#[derive(Debug, clap::Args, Serialize, Deserialize)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    /// A case, such as DEMO-0901
    #[arg(value_name = "ID", required = true)]
    id: Option<CaseId>,
    /// Tick a note that you have copied into the casework system
    #[arg(long, value_name = "NOTE")]
    recorded: Option<NoteId>,
    #[command(subcommand)]
    decide: Option<Decide>,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
enum Decide {
    /// Own a case: it is in your work from now on
    Take {
        /// A case, such as DEMO-0901
        case: CaseId,
    },
    /// Hand a case to somebody else, with what they need to know
    HandOver {
        /// A case, such as DEMO-0901
        case: CaseId,
        /// Its next owner
        #[arg(long, value_name = "STAFF")]
        to: StaffId,
        /// What they need to know, without a name; it stays on record
        #[arg(long)]
        word: String,
    },
    /// Let named people alone see a case
    Restrict {
        /// A case, such as DEMO-0901
        case: CaseId,
        /// Each of them
        #[arg(long, value_name = "STAFF", required = true)]
        to: Vec<StaffId>,
        /// Why; it stays on record
        #[arg(long)]
        reason: String,
    },
    /// Let everybody see a case again
    Unrestrict {
        /// A case, such as DEMO-0901
        case: CaseId,
        /// Why; it stays on record
        #[arg(long)]
        reason: String,
    },
}

/// Runs `despatch case`.
///
/// # Errors
/// The office cannot be opened; the case or the note is not on record.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let Args { id: Some(id), recorded, decide: None } = args else {
        let standing = match args.decide {
            Some(Decide::Take { case }) => take(&mut open, &actor, case)?,
            Some(Decide::HandOver { case, to, word }) => {
                hand_over(&mut open, &actor, HandOver { case, to, word })?
            }
            Some(Decide::Restrict { case, to, reason }) => {
                let to = to.into_iter().collect();
                restrict(&mut open, &actor, Restrict { case, to, reason })?
            }
            Some(Decide::Unrestrict { case, reason }) => {
                unrestrict(&mut open, &actor, Unrestrict { case, reason })?
            }
            None => return Err(no_case()),
        };
        print.json(&standing);
        print.line(&strong(standing.case_id.as_str()));
        show_standing(standing.owner.as_ref(), standing.restriction.as_ref(), print);
        return Ok(Exit::Done);
    };
    let request = ShowCase { id, recorded };
    let history = show(&mut open, &actor, request)?;
    print.json(&history);
    match recorded {
        Some(note) => show_tick(&history, note, print),
        None => show_history(&history, &open.office.places, open.now(), print),
    }
    Ok(Exit::Done)
}

fn no_case() -> Failure {
    Failure::request("id", "case.unnamed", "no case is named", "name one, such as DEMO-0901")
}

/// Prints who owns a case, and who alone may see it.
fn show_standing(owner: Option<&Owner>, restriction: Option<&Restriction>, print: Print) {
    let word =
        |owner: &Owner| if owner.word.is_empty() { String::new() } else { format!(": {}", owner.word) };
    let owned = owner.map_or_else(
        || "nobody".to_owned(),
        |owner| format!("{}, since {}{}", owner.owner, date_words(owner.since), word(owner)),
    );
    print.labelled("owner", &owned);
    if let Some(Restriction { to, by, reason, since, .. }) = restriction {
        let to: Vec<&str> = to.iter().map(StaffId::as_str).collect();
        let text = format!("to {}, by {by} since {}: {reason}", to.join(", "), date_words(*since));
        print.labelled("restricted", &text);
    }
}

/// Prints who has received which document.
fn show_matrix(history: &CaseHistory, print: Print) {
    print.line(&format!("\n{}", strong("Who has received what")));
    for document in &history.matrix.documents {
        let to = document.to.iter().zip(&history.matrix.recipients);
        let to = to.filter_map(|(message, recipient)| {
            let message = message.as_ref()?;
            let sent = message.sent_on.map_or_else(String::new, |day| format!(" on {}", date_words(day)));
            Some(format!("{} ({}{sent})", recipient.name, message.state.label()))
        });
        let text = format!("{}: {}", document.document, to.collect::<Vec<_>>().join(", "));
        print.labelled(&format!("case file {}", document.case_file), &text);
    }
    if history.matrix.documents.is_empty() {
        print.line("Nothing was made.");
    }
}

/// Prints the note that was just ticked, and how many remain.
fn show_tick(history: &CaseHistory, id: NoteId, print: Print) {
    history.notes.iter().filter(|note| note.id == id).for_each(|note| show_note(note, print));
    let open = history.notes.iter().filter(|note| note.tick.is_none()).count();
    if open > 0 {
        print.line(&format!("{} of the case still to be recorded.", count(open, "note")));
    }
}

fn show_note(note: &Note, print: Print) {
    let tick = match &note.tick {
        None => "[ ]".to_owned(),
        Some(tick) => format!("[x] recorded by {} on {}:", tick.by, date_words(tick.on)),
    };
    print.labelled(&note.id.to_string(), &format!("{tick} {}", note.text));
}

fn show_history(history: &CaseHistory, places: &Places, now: Moment, print: Print) {
    let counting = history.events.iter().filter(|event| event.counts).count();
    print.line(&strong(&format!("{}  {} on record", history.case_id, count(counting, "event"))));
    show_standing(history.owner.as_ref(), history.restriction.as_ref(), print);
    history.events.iter().for_each(|event| show_event(event, places, print));
    show_matrix(history, print);
    print.line(&format!("\n{}", strong("How it stands")));
    for (label, text) in &history.state_lines {
        let text = if *label == REMOVAL { &red(text) } else { text };
        print.labelled(label, text);
    }
    print.line(&format!("\n{}", strong("What runs")));
    show_board(&history.board, now, print);
    show_linked(&history.linked, now, print);
    print.line(&format!("\n{}", strong("Notes for CID and Atlas")));
    if history.notes.is_empty() {
        print.line("None.");
    }
    history.notes.iter().for_each(|note| show_note(note, print));
    if let Some(open) = history.notes.iter().find(|note| note.tick.is_none()) {
        let id = &history.case_id;
        print.line(&format!("Copied one? `despatch case {id} --recorded {}` ticks it.", open.id));
    }
}

/// Prints the other cases of the person's reference, and what is due in them; prints nothing if there are none.
fn show_linked(linked: &[LinkedCase], now: Moment, print: Print) {
    if linked.is_empty() {
        return;
    }
    print.line(&format!("\n{}", strong("Other cases of the same reference")));
    for one in linked {
        let text = format!("{}; the latest: {} ({})", one.family.label(), one.latest, date_words(one.on));
        print.labelled(one.case_id.as_str(), &text);
        for due in &one.due {
            let text = format!("{} ({}): {}", weekday_words(due.due), due.left(now), due.what);
            print.labelled("", &if due.is_late(now) { red(&text) } else { text });
        }
    }
}

fn show_event(event: &CaseEvent, places: &Places, print: Print) {
    let recorded = &event.recorded;
    let head = format!("case file {}, {}", event.case_file, weekday_words(recorded.on));
    print.line(&format!("\n{}", strong(&head)));
    print.labelled("what", &recorded.fact.summary());
    if !event.counts {
        match event.replaced_by {
            Some(by) => {
                let words = format!("this file no longer counts: it was corrected by case file {by}");
                print.labelled("replaced", &words);
            }
            None => print.labelled("withdrawn", "this file no longer counts: what it says did not happen"),
        }
    }
    print.labelled("event", recorded.event_id.as_str());
    print.labelled("place", &place_name(&recorded.place, places));
    print.labelled("pack", event.pack.as_str());
    for despatch in &event.despatches {
        let planned = &despatch.planned;
        let row = format!("row {}, {}", planned.row, planned.kind);
        let state = printing::state(despatch.state);
        print.labelled(&despatch.id.to_string(), &format!("{row}, to {}: {state}", despatch.recipient.name));
    }
    if event.despatches.is_empty() {
        print.labelled("despatches", "none");
    }
}
