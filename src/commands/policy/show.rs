//! Enters: a policy pack. Leaves: its whole contents on the screen, each value with the path by which an office's own
//! pack can change it. Never: omits what a reader would have to look up in the file.

use crate::printing::{Print, strong};
use despatch_core::words::{count, date_words};
use despatch_process::packs::pack::{
    At, Awaited, CalendarRule, Capacity, Change, IMPLIED, Number, Pack, Row, Rules, SecondOpinion, Standards,
    StatusChange,
};
use serde::Serialize;

/// Formats the status of a pack: "replaced since 21 May 2024".
pub(super) fn status_words(status: Option<&StatusChange>) -> String {
    status.map_or_else(
        || "not yet in force".to_owned(),
        |change| format!("{} since {}", change.status.label(), date_words(change.from)),
    )
}

/// Prints a pack.
pub(super) fn show(pack: &Pack, status: Option<&StatusChange>, print: Print) {
    print.line(&strong(pack.id.as_str()));
    print.labelled("title", &pack.title);
    print.labelled("source", &pack.source.name);
    print.labelled("sha256", &pack.source.sha256.to_string());
    print.labelled("today", &status_words(status));
    for change in &pack.status {
        let text = format!("{}: {}, {}", date_words(change.from), change.status.label(), change.by);
        print.labelled("", &text);
    }
    changes(pack, print);
    match &pack.rules {
        Rules::SecondOpinion(rules) => {
            numbers(pack, rules, print);
            calendar(pack, print);
            capacity(rules, print);
        }
        Rules::Detention(rules) => {
            calendar(pack, print);
            print.line(&strong("\nReviews, reasons, reports and limits"));
            rules.values().iter().for_each(|(path, text)| print.line(&format!("{path} = {text}")));
        }
    }
    lists(pack, print);
    wording(pack, print);
    if let Rules::SecondOpinion(rules) = &pack.rules {
        of_letters(rules, print);
        standards(&rules.standards, print);
    }
    print.line(&strong("\nRows"));
    pack.rows.iter().for_each(|one| row(one, print));
    print.line(&strong("\nRows that this office awaits"));
    pack.awaited.iter().for_each(|one| awaited(one, print));
}

/// Prints what an office's own pack changes, and why.
fn changes(pack: &Pack, print: Print) {
    let Some(extends) = &pack.extends else { return };
    print.line(&strong(&format!(
        "\nExtends {}, with {}",
        extends.pack,
        count(extends.changes.len(), "change")
    )));
    for change in &extends.changes {
        print.line(&change.value);
        print.labelled("", &format!("because: {}", change.reason));
    }
}

/// Prints a path, its value, and the source of the value.
fn value(path: &str, text: &str, source: &str, print: Print) {
    print.line(&format!("{path} = {text}"));
    print.labelled("", source);
}

/// Prints a number with its path, the sentence that sets it, and the office's reason if the office changed it.
fn number(pack: &Pack, path: &str, days: u32, source: &str, print: Print) {
    value(&format!("{path}.days"), &days.to_string(), &sentence(source), print);
    let changed = |change: &&Change| change.value == path || change.value == format!("{path}.days");
    let changes = pack.extends.as_ref().into_iter().flat_map(|extends| &extends.changes);
    for change in changes.filter(changed) {
        print.labelled("", &format!("The office changed it: {}", change.reason));
    }
}

fn numbers(pack: &Pack, rules: &SecondOpinion, print: Print) {
    print.line(&strong("\nNumbers of working days"));
    let numbers = &rules.numbers;
    let named: [(&str, &Number); 8] = [
        ("refer", &numbers.refer),
        ("assess", &numbers.assess),
        ("assess_after_transfer", &numbers.assess_after_transfer),
        ("serve", &numbers.serve),
        ("respond", &numbers.respond),
        ("report", &numbers.report),
        ("rebook", &numbers.rebook),
        ("removal_exclusion", &numbers.removal_exclusion),
    ];
    for (name, one) in named {
        number(pack, &format!("working_days.{name}"), one.days, &one.source, print);
    }
}

fn calendar(pack: &Pack, print: Print) {
    print.line(&strong(if pack.second_opinion().is_some() {
        "\nCalendar and capacity"
    } else {
        "\nCalendar"
    }));
    let (rule, meaning) = match pack.calendar {
        CalendarRule::Place => ("\"place\"".to_owned(), "The bank holidays of the place count.".to_owned()),
        CalendarRule::PlaceAndOffice(division) => {
            let meaning = format!(
                "The bank holidays of the place and those of {} count: officials keep the sooner date, the person \
                 gets the longer time.",
                division.label()
            );
            (format!("\"place and office\", calendar.office = \"{}\"", division.code()), meaning)
        }
    };
    value("calendar.rule", &rule, &meaning, print);
}

fn capacity(rules: &SecondOpinion, print: Print) {
    let capacity = &rules.capacity;
    value("capacity.reports", &format!("{} a week", capacity.reports), &sentence(&capacity.source), print);
    print.line(&format!("capacity.week_starts = \"{}\"", week_starts(capacity)));
}

/// Prints every word that the rest of the pack uses.
fn lists(pack: &Pack, print: Print) {
    let all = &pack.lists;
    print.line(&strong("\nWords of the pack"));
    let list = |name: &str, words: String| {
        print.line(&format!("lists.{name}"));
        print.labelled("", &words);
    };
    list("teams", words(&all.teams));
    list("roles", words(&all.roles));
    list("attachments", words(&all.attachments));
    list("circumstances", words(&all.circumstances));
    list("deadlines", words(&all.deadlines));
    list("place_kinds", words(&all.place_kinds));
    if !all.populations.is_empty() {
        list("populations", words(&all.populations));
    }
}

fn wording(pack: &Pack, print: Print) {
    print.line(&strong("\nMarking and wording"));
    print.line(&format!("marking.text = \"{}\"", pack.marking.text));
    if let Some(handling) = &pack.marking.handling {
        print.line(&format!("marking.handling = \"{handling}\""));
    }
    if !pack.marking.descriptors.is_empty() {
        let words: Vec<String> = pack.marking.descriptors.iter().map(word).collect();
        print.line(&format!("marking.descriptors = {words:?}"));
    }
    print.line(&format!("marking.letters = \"{}\"", word(&pack.marking.letters)));
    value("handling", "(every cover email carries it)", &pack.handling, print);
}

fn of_letters(rules: &SecondOpinion, print: Print) {
    print.line(&format!("copy_grade_min = \"{}\"", word(&rules.copy_grade_min)));
    value(
        "dismissive",
        "(a response with one of these words is a warning to its reviewer)",
        &rules.dismissive.join(", "),
        print,
    );
}

fn standards(standards: &Standards, print: Print) {
    print.line(&strong("\nStandards for external medical reports"));
    let complete = if standards.complete {
        "true (the list is whole)"
    } else {
        "false (the list is not whole: no response can be sent under this pack)"
    };
    value("standards.complete", complete, &standards.source, print);
    for standard in &standards.list {
        print.line(&format!("  {}: {}", standard.id, standard.title));
        print.labelled("", &standard.source);
    }
}

fn row(row: &Row, print: Print) {
    let copy = if row.copy { " (copy)" } else { "" };
    print.labelled(&row.number.to_string(), &format!("{} to the {}{copy}", row.kind, row.role.label()));
    let events: Vec<&str> = row.events.iter().map(|event| event.label()).collect();
    let mut when = format!("purpose: {}; on: {}", word(&row.purpose), events.join("; or "));
    if !row.when.is_empty() {
        when.push_str(&format!("; only if: {}", words(&row.when)));
    }
    print.labelled("", &when);
    let mut how = format!("at: {}; team: {}", words(&row.places), word(&row.team));
    match row.at {
        At::Detention => {}
        At::Appointment => how.push_str("; for the place of the appointment"),
        At::Records => how.push_str("; for whoever was asked for the healthcare records, or was sent them"),
    }
    if !row.encloses.is_empty() {
        how.push_str(&format!("; encloses: {}", words(&row.encloses)));
    }
    if let Some(rule) = row.deadline {
        how.push_str(&format!("; deadline: {}", word(&rule)));
    }
    how.push_str(&format!("; stale: {}", word(&row.stale)));
    if row.safety {
        how.push_str("; safety: no policy delays it");
    }
    print.labelled("", &how);
    print.labelled("", &sentence(&row.source));
}

fn awaited(row: &Awaited, print: Print) {
    print.labelled(&row.number.to_string(), &row.reason);
    if let Some(event) = row.event {
        print.labelled("", &format!("reported as: {}", event.label()));
    }
    print.labelled("", &sentence(&row.source));
}

/// Quotes a sentence of the guidance, or says that there is none.
fn sentence(source: &str) -> String {
    if source == IMPLIED {
        return "implied by the guidance, not written in it".to_owned();
    }
    format!("“{source}”")
}

/// Returns the word for a value in a pack's file.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
        .replace('_', " ")
}

/// Returns the words for several values in a pack's file.
fn words<'v, T: Serialize + 'v>(values: impl IntoIterator<Item = &'v T>) -> String {
    values.into_iter().map(word).collect::<Vec<_>>().join(", ")
}

fn week_starts(capacity: &Capacity) -> String {
    let capacity = serde_json::to_value(capacity).unwrap_or_default();
    capacity.get("week_starts").map_or_else(String::new, word)
}
