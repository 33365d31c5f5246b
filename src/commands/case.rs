//! Enters: a case's id. Leaves: its history, its state, and its notes for the casework system.
//! Never: changes anything but the tick of a note.

use crate::context::{CommandContext, Exit};
use crate::printing::{self, Print, red, show_board, strong};
use despatch_app::operations::Failure;
use despatch_app::operations::case_history::{CaseEvent, CaseHistory, Note, ShowCase, show};
use despatch_app::operations::summary::{REMOVAL, place_name};
use despatch_core::clock::Moment;
use despatch_core::words::{CaseId, count, date_words, weekday_words};
use despatch_ledger::NoteId;
use despatch_process::Places;
use serde::{Deserialize, Serialize};

/// The whole history of a case, how it stands, and its notes for the casework system
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    /// A case, such as DEMO-0901
    #[arg(value_name = "ID")]
    id: CaseId,
    /// Tick a note that you have copied into the casework system
    #[arg(long, value_name = "NOTE")]
    recorded: Option<NoteId>,
}

/// Runs `despatch case`.
///
/// # Errors
/// The office cannot be opened; the case or the note is not on record.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let request = ShowCase { id: args.id, recorded: args.recorded };
    let history = show(&mut open, &actor, request)?;
    print.json(&history);
    match args.recorded {
        Some(note) => show_tick(&history, note, print),
        None => show_history(&history, &open.office.places, open.now(), print),
    }
    Ok(Exit::Done)
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
    history.events.iter().for_each(|event| show_event(event, places, print));
    print.line(&format!("\n{}", strong("How it stands")));
    for (label, text) in &history.state_lines {
        let text = if *label == REMOVAL { &red(text) } else { text };
        print.labelled(label, text);
    }
    print.line(&format!("\n{}", strong("What runs")));
    show_board(&history.board, now, print);
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
