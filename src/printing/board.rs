//! Enters: the deadline board. Leaves: it on the screen, nearest deadline first. Never: decides what is due.

use super::{Print, red, strong, wrapped};
use despatch_app::operations::alarms::incident_text;
use despatch_app::operations::deadlines::{DeadlineBoard, DueDeadline};
use despatch_app::operations::summary::{days_ago, days_left};
use despatch_core::clock::Moment;
use despatch_core::words::{CaseId, time_words, weekday_words};

/// Prints alarms, deadlines, appointments and responses.
pub fn show_board(board: &DeadlineBoard, now: Moment, print: Print) {
    let today = now.today;
    let alarms: Vec<String> = (board.incidents.iter().map(|incident| incident_text(incident, now)))
        .chain(board.unserved.iter().map(|alarm| alarm.text()))
        .chain(board.limits.iter().map(|limit| limit.text()))
        .chain(board.unauthorised.iter().map(|step| step.text()))
        .chain(board.alarms.iter().map(|alarm| alarm.text()))
        .chain(board.unheard.iter().map(|unheard| unheard.text()))
        .chain(board.rejected.iter().map(|rejected| rejected.text()))
        .collect();
    alarms.iter().for_each(|alarm| print.line(&red(alarm)));
    if !alarms.is_empty() {
        print.line("");
    }
    let rows = board.deadlines.iter().map(|due| row(due, now));
    print.table(&["due", "left", "case", "what must be done"], rows, "No deadline is running.");
    for (index, due) in board.deadlines.iter().enumerate() {
        let gap = if index == 0 { "\n" } else { "" };
        let text = format!("{}, {}: {}", due.case_id, due.clock.what, due.clock.arithmetic);
        print.line(&format!("{gap}{}", wrapped("counted", &text)));
    }
    let appointments = board.appointments.iter().map(|ahead| {
        let (day, time) = (weekday_words(ahead.date), time_words(ahead.time));
        let far = days_left(ahead.date, today);
        (&ahead.case_id, format!("{day} at {time} ({far}): number {}", ahead.number))
    });
    section(print, "Appointments", appointments);
    let responses = board.responses.iter().map(|age| {
        let since = weekday_words(age.since);
        (&age.case_id, format!("{}, since {since} ({})", age.what, days_ago(age.since, today)))
    });
    section(print, "Responses to reports: no deadline is set, so this is their age", responses);
    let moot = board.moot.iter().map(|one| (&one.case_id, format!("{}: {}", one.despatch, one.why)));
    section(print, "Held and moot: `despatch outbox close` cancels them", moot);
    if let Some(week) = &board.week {
        print.line(&format!("\n{}", wrapped("week's places", &week.words())));
    }
}

fn row(due: &DueDeadline, now: Moment) -> Vec<String> {
    let (day, today) = (due.clock.due, now.today);
    let late = due.clock.at.map_or(day < today, |at| at.utc() <= now.at);
    let coloured = |text: String| if late { red(&text) } else { text };
    vec![
        coloured(day.format("%a %-d %b %Y").to_string()),
        coloured(days_left(day, today)),
        due.case_id.to_string(),
        due.clock.task(),
    ]
}

/// Prints a section of lines, each with its case; prints nothing if there are none.
fn section<'a>(print: Print, title: &str, lines: impl Iterator<Item = (&'a CaseId, String)>) {
    for (index, (case_id, text)) in lines.enumerate() {
        if index == 0 {
            print.line(&format!("\n{}", strong(title)));
        }
        print.labelled(case_id.as_str(), &text);
    }
}
