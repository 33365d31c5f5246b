//! Enters: a case's id. Leaves: what is on record of it, how it stands, and its notes for the casework system.
//! Never: opens a sealed file, or changes anything but the tick of a note.

use super::args::{Case, Common};
use super::deadlines::{Board, unknown};
use super::print::{self, Print, count, red, strong, wrapped};
use super::told;
use super::{Exit, Failure, open_ledger, open_office};
use despatch_app::office::Office;
use despatch_core::clock::Moment;
use despatch_core::words::{CaseId, PlaceId, date_words, weekday_words};
use despatch_ledger::{Ledger, NoteId, OnRecord, Tick};
use despatch_process::CaseState;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) fn case(common: &Common, args: &Case, print: &Print) -> Result<Exit, Failure> {
    let (office, clock) = open_office(common)?;
    let mut ledger = open_ledger(&office)?;
    let now = clock.now();
    let events = ledger.case_events(&args.id)?;
    if events.is_empty() {
        return Err(unknown(&args.id).into());
    }
    if let Some(note) = args.recorded {
        ledger.tick(&events, note, office.actor(common.actor.as_ref())?, now)?;
    }
    let standing = CaseState::of(&ledger.case_history(&args.id)?);
    let replaced = ledger.replaced_events(&args.id)?;
    let notes = Notes::of(&mut ledger, &events)?;
    let board = Board::of(&mut ledger, &office.calendar, std::slice::from_ref(&args.id), now)?;
    let view = View { office: &office, id: &args.id, events, replaced, standing, notes, board };
    print.json(&view.json());
    match args.recorded {
        Some(note) => view.notes.tell(note, print),
        None => view.show(now, print),
    }
    Ok(Exit::Done)
}

/// A note and who has copied it.
struct Note {
    id: NoteId,
    text: String,
    tick: Option<Tick>,
}

struct Notes(Vec<Note>);

impl Notes {
    fn of(ledger: &mut Ledger, events: &[OnRecord]) -> Result<Notes, Failure> {
        let mut notes = Vec::new();
        for event in events {
            let mut ticks: BTreeMap<usize, Tick> = ledger.ticks(event.claim)?;
            notes.extend(event.notes.iter().zip(1..).map(|(text, note)| Note {
                id: NoteId { claim: event.claim, note },
                text: text.clone(),
                tick: ticks.remove(&note),
            }));
        }
        Ok(Notes(notes))
    }

    /// The one that was just ticked.
    fn tell(&self, id: NoteId, print: &Print) {
        self.0.iter().filter(|note| note.id == id).for_each(|note| note.show(print));
        let open = self.0.iter().filter(|note| note.tick.is_none()).count();
        if open > 0 {
            print.line(&format!("{} of the case still to be recorded.", count(open, "note")));
        }
    }
}

impl Note {
    fn show(&self, print: &Print) {
        let tick = match &self.tick {
            None => "[ ]".to_owned(),
            Some(tick) => format!("[x] recorded by {} on {}:", tick.by, date_words(tick.on)),
        };
        print.line(&wrapped(&self.id.to_string(), &format!("{tick} {}", self.text)));
    }
}

struct View<'a> {
    office: &'a Office,
    id: &'a CaseId,
    events: Vec<OnRecord>,
    replaced: Vec<OnRecord>,
    standing: CaseState,
    notes: Notes,
    board: Board,
}

impl View<'_> {
    fn show(&self, now: Moment, print: &Print) {
        print.line(&strong(&format!("{}  {} on record", self.id, count(self.events.len(), "event"))));
        let mut all: Vec<(&OnRecord, bool)> = self.events.iter().map(|event| (event, true)).collect();
        all.extend(self.replaced.iter().map(|event| (event, false)));
        all.sort_by_key(|(event, _)| event.claim);
        all.iter().for_each(|(event, counts)| self.show_event(event, *counts, print));
        print.line(&format!("\n{}", strong("How it stands")));
        self.stands().iter().for_each(|(label, text)| print.line(&wrapped(label, text)));
        print.line(&format!("\n{}", strong("What runs")));
        self.board.show(now, print);
        print.line(&format!("\n{}", strong("Notes for CID and Atlas")));
        if self.notes.0.is_empty() {
            print.line("None.");
        }
        self.notes.0.iter().for_each(|note| note.show(print));
        if let Some(open) = self.notes.0.iter().find(|note| note.tick.is_none()) {
            print.line(&format!("Copied one? `despatch case {} --recorded {}` ticks it.", self.id, open.id));
        }
    }

    fn show_event(&self, event: &OnRecord, counts: bool, print: &Print) {
        let recorded = &event.recorded;
        let head = format!("case file {}, {}", event.claim, weekday_words(recorded.on));
        print.line(&format!("\n{}", strong(&head)));
        let line = |label: &str, text: &str| print.line(&wrapped(label, text));
        line("what", &recorded.fact.summary());
        if !counts {
            let by = self.events.iter().find(|other| other.recorded.event_id == recorded.event_id);
            let by = by.map_or_else(String::new, |by| format!(" by case file {}", by.claim));
            line("replaced", &format!("this file no longer counts: it was corrected{by}"));
        }
        line("event", recorded.event_id.as_str());
        line("place", &self.place(&recorded.place));
        line("pack", event.pack.as_str());
        for despatch in &event.despatches {
            let planned = &despatch.planned;
            let row = format!("row {}, {}", planned.row, planned.kind);
            let state = print::state(despatch.state);
            line(&despatch.id.to_string(), &format!("{row}, to {}: {state}", despatch.recipient.name));
        }
        if event.despatches.is_empty() {
            line("despatches", "none");
        }
    }

    /// How the case stands, each with its label.
    fn stands(&self) -> Vec<(&'static str, String)> {
        let standing = &self.standing;
        let mut lines = Vec::new();
        if let Some((place, kind)) = &standing.place {
            lines.push(("place", format!("{} ({})", self.place(place), kind.words())));
        }
        if let Some(since) = standing.detained_since {
            lines.push(("detained since", date_words(since)));
        }
        let representative = standing.representative.as_ref().map_or("none", |entry| entry.as_str());
        lines.push(("represented", representative.to_owned()));
        lines.push(("route", told::route(standing).to_owned()));
        match &standing.appointment {
            Some(booked) => {
                lines.push(("appointment", told::appointment(booked, &self.place(&booked.place))));
                lines.push(("answers", told::answers(standing)));
            }
            None => lines.push(("appointment", "none yet".to_owned())),
        }
        if let Some(day) = standing.opinion_received_on {
            lines.push(("second opinion", format!("received on {}", date_words(day))));
        }
        if let Some(day) = standing.removal_on {
            lines.push(("removal", red(&weekday_words(day))));
        }
        lines.push(("pending", told::pending(standing)));
        lines.push(("level in force", told::level(standing)));
        lines
    }

    fn place(&self, id: &PlaceId) -> String {
        self.office.places.get(id).map_or_else(|| id.to_string(), |place| place.name.clone())
    }

    fn json(&self) -> Value {
        let event = |event: &OnRecord, counts: bool| {
            json!({
                "case_file": event.claim, "counts": counts, "pack": event.pack, "recorded": event.recorded,
                "despatches": event.despatches,
            })
        };
        let mut events: Vec<Value> = self.events.iter().map(|one| event(one, true)).collect();
        events.extend(self.replaced.iter().map(|one| event(one, false)));
        events.sort_by_key(|event| event.get("case_file").and_then(Value::as_i64));
        let standing = &self.standing;
        let notes: Vec<Value> = (self.notes.0.iter())
            .map(|note| json!({ "id": note.id, "text": note.text, "recorded": note.tick }))
            .collect();
        json!({
            "case_id": self.id, "events": events, "notes": notes, "board": self.board,
            "standing": {
                "place": standing.place.as_ref().map(|(place, _)| place),
                "detained_since": standing.detained_since, "representative": standing.representative,
                "appointment": standing.appointment, "answers": standing.answers,
                "second_opinion_requested": standing.requested, "papers_only": standing.papers_only,
                "without_second_opinion": standing.without_opinion,
                "second_opinion_received_on": standing.opinion_received_on,
                "second_opinion_pending": standing.awaits_opinion(), "removal_on": standing.removal_on,
                "responded_on": standing.responded_on, "level_in_force": standing.level,
                "route": told::route(standing), "pending": told::pending(standing),
            },
        })
    }
}
