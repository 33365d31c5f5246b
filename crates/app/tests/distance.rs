//! How far off a deadline is. Leaves: proof that it is told in hours where it is near and counted in hours, and when it is
//! late. Never: reads a clock.

use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;
use despatch_app::operations::due_list::{Due, DueKind};
use despatch_app::operations::summary::time_left;
use despatch_core::clock::Moment;

/// Noon of an ordinary day in winter.
const NOON: &str = "2026-11-23T12:00:00Z";

fn moment(text: &str) -> Moment {
    let at: DateTime<Utc> = text.parse().expect("a moment");
    Moment { at, today: at.with_timezone(&London).date_naive() }
}

#[test]
fn a_moment_that_is_near_is_told_in_hours_and_minutes() {
    for (due, told) in [
        ("2026-11-23T12:00+00:00", "now"),
        ("2026-11-23T12:01+00:00", "in 1 minute"),
        ("2026-11-23T12:59+00:00", "in 59 minutes"),
        ("2026-11-23T13:00+00:00", "in 1 hour"),
        ("2026-11-25T11:59+00:00", "in 47 hours"),
        ("2026-11-25T12:00+00:00", "in 2 days"),
        // Midnight ends the day before it.
        ("2026-11-27T00:00+00:00", "in 3 days"),
        ("2026-11-23T11:15+00:00", "45 minutes past"),
        ("2026-11-22T12:00+00:00", "24 hours past"),
        ("2026-11-20T12:00+00:00", "3 days past"),
    ] {
        assert_eq!(time_left(due.parse().expect("a moment"), moment(NOON)), told, "{due}");
    }
}

#[test]
fn what_is_counted_in_hours_is_late_by_the_hour_and_what_has_no_deadline_never() {
    let due = |kind, day: &str, at: Option<&str>| Due {
        case_id: "TEST-00001".parse().expect("an id"),
        kind,
        due: day.parse().expect("a day"),
        at: at.map(|at| at.parse().expect("a moment")),
        what: String::new(),
        arithmetic: String::new(),
        source: String::new(),
    };
    let today = "2026-11-23";
    for (kind, day, at, late) in [
        (DueKind::Deadline, today, None, false),
        (DueKind::Deadline, "2026-11-22", None, true),
        (DueKind::Review, today, Some("2026-11-23T12:01+00:00"), false),
        (DueKind::Review, today, Some("2026-11-23T12:00+00:00"), true),
        (DueKind::Authority, today, None, true),
        (DueKind::Response, "2026-11-01", None, false),
    ] {
        assert_eq!(due(kind, day, at).is_late(moment(NOON)), late, "{kind:?} {day} {at:?}");
    }
}
