//! What holds of every timetable, whatever is recorded in whatever order.

use super::sentences::at;
use super::{RULES, working_days};
use chrono::{Days, NaiveDate};
use despatch_process::Division;
use despatch_process::detention::reasons::Served;
use despatch_process::detention::reviews::{Detained, Done, Due};
use despatch_process::detention::terms::{DetainedTeam, Origin};
use despatch_process::detention::{LondonTime, Stage};
use std::collections::BTreeMap;

/// A reproducible sequence of numbers below a bound (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

fn plus(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).expect("a day")
}

fn outstanding(who: Detained, done: &[Done]) -> Vec<Due> {
    let days = working_days(Division::Scotland, Some(Division::EnglandAndWales));
    RULES.reviews.outstanding(who, done, &days).expect("the calendar covers it")
}

fn people() -> impl Iterator<Item = Detained> {
    let moments = ["2025-01-06T10:00+00:00", "2025-10-25T23:30+01:00", "2026-03-28T23:59+00:00"];
    moments.into_iter().flat_map(|moment| {
        DetainedTeam::ALL.into_iter().flat_map(move |team| {
            Origin::ALL.into_iter().map(move |origin| Detained { at: at(moment), team, origin })
        })
    })
}

#[test]
fn no_review_is_due_later_because_another_one_was_recorded() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut compared = 0;
    for who in people() {
        for _ in 0..200 {
            let mut done: Vec<Done> = Vec::new();
            for _ in 0..dice.below(8) {
                let before: BTreeMap<Stage, NaiveDate> =
                    outstanding(who, &done).into_iter().map(|due| (due.stage, due.on)).collect();
                let stage = match dice.below(6) {
                    0 => Stage::Day,
                    1 => Stage::Week,
                    2 => Stage::Fortnight,
                    3 => Stage::AdHoc,
                    _ => Stage::Month(1 + u32::try_from(dice.below(6)).expect("small")),
                };
                done.push(Done { stage, on: plus(who.at.date(), dice.below(200)) });
                for due in outstanding(who, &done) {
                    if let Some(earlier) = before.get(&due.stage) {
                        assert!(due.on <= *earlier, "{who:?} {done:?}: {} moved to {}", due.stage, due.on);
                        compared += 1;
                    }
                }
            }
        }
    }
    assert!(compared > 5_000, "{compared}");
}

#[test]
fn two_monthly_reviews_done_in_time_are_never_more_than_28_days_apart() {
    let mut dice = Dice(0x0123_4567_89ab_cdef);
    for who in people() {
        let (mut done, mut last) = (Vec::new(), who.at.date());
        for _ in 0..12 {
            let all = outstanding(who, &done);
            let next =
                all.iter().find(|due| due.stage.month().is_some()).expect("there is always a next one");
            assert_eq!((next.on - last).num_days(), 28, "{who:?} {done:?}");
            let plan_by = next.plan_by.expect("a day");
            assert!(plan_by <= next.on && plan_by >= next.on - Days::new(6), "{plan_by} for {}", next.on);
            last = next.on - Days::new(dice.below(7));
            done.push(Done { stage: next.stage, on: last });
        }
    }
}

#[test]
fn there_is_always_a_next_review_and_a_grade_for_it() {
    for team in DetainedTeam::ALL {
        let table = RULES.reviews.table(team).expect("a table");
        for month in 1..=260 {
            assert!(table.grade(Stage::Month(month)).is_some(), "{team:?} {month}");
        }
        // After the last month of Table 2 the cycle begins again at the thirteenth; Table 1 stays at its last line.
        let cycle = if team == DetainedTeam::FnoRc { 12 } else { 1 };
        for month in 13..=248 {
            assert_eq!(table.grade(Stage::Month(month)), table.grade(Stage::Month(month + cycle)), "{month}");
        }
    }
}

#[test]
fn reasons_are_never_due_more_than_28_days_after_the_last_service() {
    let days = working_days(Division::NorthernIreland, None);
    let mut dice = Dice(0xfeed_beef_dead_cafe);
    let first = at("2025-03-03T10:00+00:00").date();
    for _ in 0..2_000 {
        let served: Vec<Served> = (0..dice.below(6))
            .map(|_| Served { on: plus(first, dice.below(300)), refused: dice.below(3) == 0 })
            .collect();
        let last = RULES.reasons.last_given(first, &served);
        let due = RULES.reasons.after(last, &days).expect("covered");
        let taken = served.iter().filter(|one| !one.refused).map(|one| one.on).max().unwrap_or(first);
        assert!(due.serve_by <= plus(taken, 28), "{served:?}");
        assert!(due.plan_by <= due.serve_by);
    }
}

#[test]
fn hours_are_elapsed_over_both_changes_of_the_clocks() {
    // Every quarter of an hour of the two days on which the clocks change, and of the days around them.
    for (start, change) in
        [("2026-03-27T00:00+00:00", "2026-03-29"), ("2026-10-23T00:00+01:00", "2026-10-25")]
    {
        let start = at(start);
        let mut crossed = 0;
        for hour in 0..72 {
            let from = start.after_hours(hour);
            for hours in [1, 2, 24, 48, 72, 168] {
                let end = from.after_hours(hours);
                assert_eq!(end.before_hours(hours), from);
                assert!(end > from);
                // The same moment, read from its own text, and so with an offset that London had.
                assert_eq!(end.to_string().parse::<LondonTime>(), Ok(end));
                let shifted = end.time() != from.time() && hours % 24 == 0;
                crossed += u32::from(shifted);
                if shifted {
                    assert!(from.date().to_string().as_str() <= change, "{from}");
                }
            }
            for days in [1, 2, 5, 7] {
                let end = from.after_days(days);
                assert!(end <= from.after_hours(days * 24), "{from} and {days} days");
            }
        }
        assert!(crossed > 100, "{crossed}");
    }
}
