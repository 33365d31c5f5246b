//! Enters: what runs in a case, and the moment. Leaves: it in one table, the nearest first and what is over in red.
//! Never: calls the response of row 36 overdue, as no deadline is set for it.

use crate::blocks::Block;
use crate::components::{Cell, Part, Table, WarningText};
use crate::forms::case_path;
use chrono::{NaiveDate, NaiveTime};
use despatch_app::operations::deadlines::DeadlineBoard;
use despatch_app::operations::due_list::{Due, DueKind};
use despatch_app::operations::linked_cases::LinkedCase;
use despatch_app::operations::summary::{days_ago, days_left, time_left};
use despatch_core::clock::Moment;
use despatch_core::words::{capital, count, date_words, time_words, weekday_words};
use despatch_process::Deadline;
use std::cmp::Ordering;

/// How far off a day is: red once it is over.
pub(crate) fn of_day(day: NaiveDate, today: NaiveDate) -> Part {
    let words = days_left(day, today);
    match day.cmp(&today) {
        Ordering::Less => Part::tag(words, "red"),
        Ordering::Equal => Part::tag(words, "yellow"),
        Ordering::Greater => Part::text(words),
    }
}

/// How far off the end of a clock is, in hours where it is counted in hours: red once it is over.
pub(crate) fn of_clock(clock: &Deadline, now: Moment) -> Part {
    let Some(at) = clock.at else { return of_day(clock.due, now.today) };
    let words = time_left(at, now);
    match at.utc() <= now.at {
        true => Part::tag(words, "red"),
        false if clock.due == now.today => Part::tag(words, "yellow"),
        false => Part::text(words),
    }
}

/// How far off something is that is due: red once it is over.
pub(crate) fn of_due(due: &Due, now: Moment) -> Part {
    let words = match due.kind {
        DueKind::Response | DueKind::Authority if due.due == now.today => "waits since today".to_owned(),
        DueKind::Response | DueKind::Authority => {
            let days = usize::try_from((now.today - due.due).num_days()).unwrap_or(0);
            format!("waits for {}", count(days, "day"))
        }
        _ => due.left(now),
    };
    match due.is_late(now) {
        true => Part::tag(words, "red"),
        false if due.due == now.today && due.kind != DueKind::Response => Part::tag(words, "yellow"),
        false => Part::text(words),
    }
}

/// An alarm that must not be missed, as a page says it.
pub(crate) fn alarm(text: &str) -> Block {
    let words = text.strip_prefix("ALARM").unwrap_or(text).trim_start();
    Block::Warning(WarningText::new(capital(words)))
}

/// When a row is due, by day and hour, and the row.
type Row = ((NaiveDate, Option<NaiveTime>), Vec<Cell>);

/// What runs in a case.
pub(crate) fn blocks(board: &DeadlineBoard, now: Moment) -> Vec<Block> {
    let today = now.today;
    let deadlines = board.deadlines.iter().map(|due| -> Row {
        let clock = &due.clock;
        let what = vec![Part::text(clock.task()), Part::line(), Part::quiet(clock.arithmetic.as_str())];
        let at = clock.at.map(|at| at.time());
        ((clock.due, at), vec![weekday_words(clock.due).into(), of_clock(clock, now).into(), what.into()])
    });
    let unserved = board.unserved.iter().map(|one| -> Row {
        let what = "serve the response before the removal";
        ((one.due, None), vec![weekday_words(one.due).into(), of_day(one.due, today).into(), what.into()])
    });
    let appointments = board.appointments.iter().map(|one| -> Row {
        let what = format!("assessment, number {}, at {}", one.number, time_words(one.time));
        let left = of_day(one.date, today).into();
        ((one.date, Some(one.time)), vec![weekday_words(one.date).into(), left, what.into()])
    });
    let mut rows: Vec<Row> = deadlines.chain(unserved).chain(appointments).collect();
    rows.sort_by_key(|(when, _)| *when);
    let responses = board
        .responses
        .iter()
        .map(|one| vec![weekday_words(one.since).into(), days_ago(one.since, today).into(), one.what.into()]);
    let rows = rows.into_iter().map(|(_, row)| row).chain(responses).collect();
    let head = ["Day", "Left", "What"].map(Cell::from).to_vec();
    let mut blocks: Vec<Block> =
        Block::titled(Table::new("What runs", head, rows), "Nothing runs.").into_iter().collect();
    let told = (board.limits.iter().map(|one| one.text()))
        .chain(board.unserved.iter().map(|one| one.text()))
        .chain(board.alarms.iter().map(|one| one.text()))
        .chain(board.unheard.iter().map(|one| one.text()));
    blocks.extend(told.map(|text| alarm(&text)));
    blocks
}

/// The other cases of the person's reference, and what is due in them.
pub(crate) fn linked(cases: &[LinkedCase], now: Moment) -> Option<Block> {
    let row = |one: &LinkedCase| {
        let mut what = vec![
            Part::text(capital(one.family.label())),
            Part::line(),
            Part::quiet(format!("{} ({})", one.latest, date_words(one.on))),
        ];
        for due in &one.due {
            let words = match due.kind {
                // How far off it is says the day already.
                DueKind::Response | DueKind::Authority => format!("{}: ", due.what),
                _ => format!("{}: {}, ", due.what, weekday_words(due.due)),
            };
            what.extend([Part::line(), Part::text(capital(&words)), of_due(due, now)]);
        }
        vec![Part::link(one.case_id.as_str(), case_path(&one.case_id)).into(), what.into()]
    };
    let rows: Vec<Vec<Cell>> = cases.iter().map(row).collect();
    let head = ["Case", "What it is, and what is due in it"].map(Cell::from).to_vec();
    (!rows.is_empty()).then(|| Block::WideTable(Table::new("Other cases of the same reference", head, rows)))
}
