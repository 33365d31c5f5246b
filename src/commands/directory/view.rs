//! Enters: the directory. Leaves: its entries, what each still lacks, the next steps, and the history of one.
//! Never: changes anything.

use crate::context::Exit;
use crate::printing::{Print, listed, strong};
use despatch_app::operations::directory::{DirectoryChecked, EntryShown, EntryView, HoldView, Onboarding};
use despatch_core::words::date_words;
use despatch_directory::entry::{Entry, Way};
use despatch_ledger::Event;
use serde_json::json;

pub(super) fn list(entries: &[EntryView], print: Print) {
    print.json(&json!({ "entries": entries }));
    let head = ["entry", "role", "address", "opens", "verified", "until", "waits for"];
    print.table(&head, entries.iter().map(row), "Nobody is in it.");
}

fn row(view: &EntryView) -> Vec<String> {
    let entry = &view.entry;
    let state = match (view.holds.first(), view.ends_soon) {
        (Some(first), _) => first.code.replace('_', " "),
        (None, Some(_)) => "ends soon".to_owned(),
        (None, None) => String::new(),
    };
    vec![
        entry.id.to_string(),
        entry.role.code().to_owned(),
        entry.email.to_string(),
        entry.method.map_or("", |method| method.code()).to_owned(),
        entry.verified.as_ref().map_or_else(String::new, |verified| date_words(verified.on)),
        entry.expires.map_or_else(String::new, date_words),
        state,
    ]
}

pub(super) fn show(shown: &EntryShown, print: Print) {
    print.json(shown);
    show_entry(&shown.view.entry, print);
    for seen in &shown.authorities {
        let dated = seen.dated.map_or_else(String::new, |dated| format!(" of {}", date_words(dated)));
        let (case, by, on) = (&seen.case_id, &seen.by, date_words(seen.on));
        print.labelled("authority", &format!("for {case}{dated}, recorded by {by} on {on}"));
    }
    if let Some(last) = shown.view.ends_soon {
        print.labelled("ends soon", &format!("{}: have it verified again", date_words(last)));
    }
    show_missing(&shown.view.holds, print);
    print.line("");
    print.table(&["on", "what", "by", "address", "keys"], shown.events.iter().map(event_row), "");
}

fn event_row(event: &Event) -> Vec<String> {
    let entry = event.happened.entry();
    vec![
        event.at.date_naive().to_string(),
        event.label(),
        event.actor.clone(),
        entry.map_or_else(String::new, |entry| entry.email.to_string()),
        entry.map_or_else(String::new, |entry| entry.fingerprints().join(", ")),
    ]
}

/// Prints every field of an entry.
fn show_entry(entry: &Entry, print: Print) {
    print.line(&strong(&format!("{}  {}", entry.id, entry.role.label())));
    print.labelled("name", &format!("{}, {}", entry.name, entry.organisation));
    let group = if entry.group { " (several people read it)" } else { "" };
    print.labelled("address", &format!("{}{group}", entry.email));
    entry.telephone.iter().for_each(|telephone| print.labelled("telephone", telephone));
    if !entry.places.is_empty() {
        print.labelled("places", &listed(&entry.places));
    }
    if !entry.cases.is_empty() {
        print.labelled("cases", &format!("{} and no others", listed(&entry.cases)));
    }
    entry.method.iter().for_each(|method| print.labelled("opens", method.label()));
    for (key, fingerprint) in entry.keys.iter().zip(entry.fingerprints()) {
        print.labelled("key", &format!("{fingerprint}  {key}"));
    }
    if !entry.replaced.is_empty() {
        print.labelled("replaced", &format!("{}: nobody has verified that yet", entry.replaced.join(", ")));
    }
    print.labelled("entered", &format!("by {} on {}", entry.changed.by, date_words(entry.changed.on)));
    if let Some(verified) = &entry.verified {
        let (by, on, way) = (&verified.by, date_words(verified.on), Way::label(verified.way));
        print.labelled("verified", &format!("by {by} on {on}, {way}: {}", verified.how));
    }
    if let Some(test_message) = &entry.test_message {
        let opened = test_message.opened.as_ref().map_or_else(
            || "nobody has heard yet whether it could be opened".to_owned(),
            |opened| format!("opened, {} heard on {}", opened.by, date_words(opened.on)),
        );
        print.labelled("test message", &format!("sent on {}; {opened}", date_words(test_message.sent_on)));
    }
    entry.expires.iter().for_each(|last| print.labelled("until", &date_words(*last)));
}

pub(super) fn check(checked: &DirectoryChecked, print: Print) -> Exit {
    print.json(checked);
    for (entry, reason) in &checked.reasons {
        print.labelled(entry.as_str(), reason);
    }
    checked.missing.iter().for_each(|missing| print.labelled("missing", missing));
    if checked.reasons.is_empty() && checked.missing.is_empty() {
        print.line(&format!("All {} entries may be written to.", checked.entries));
    }
    if checked.held.is_empty() { Exit::Done } else { Exit::AtFault }
}

pub(super) fn onboard(onboarding: &Onboarding, print: Print) -> Exit {
    print.json(onboarding);
    let entry = &onboarding.entry;
    print.line(&strong(&format!("{}: {}, {}", entry.id, entry.name, entry.organisation)));
    for (number, step) in (1..).zip(&onboarding.steps) {
        if let Some(done) = &step.done {
            print.labelled(&format!("{number}  done"), done);
            continue;
        }
        print.labelled(&format!("{number}  to do"), &step.to_do);
        step.command.iter().for_each(|command| print.labelled("", command));
        let said = step.words.iter().flat_map(|words| words.lines());
        said.for_each(|line| print.labelled("  say", line));
    }
    show_missing(&onboarding.holds, print);
    if onboarding.ready { Exit::Done } else { Exit::AtFault }
}

/// Prints why despatches to an entry are still held, or that it may be written to.
pub(super) fn show_missing(holds: &[HoldView], print: Print) {
    holds.iter().for_each(|hold| print.labelled("still missing", &hold.words));
    if holds.is_empty() {
        print.line("It may be written to.");
    }
}
