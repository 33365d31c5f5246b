//! One readable story for each path through the process.

/// Each path is a test of its own, and all of them together show which rows can be reached.
macro_rules! paths {
    ($($name:ident,)*) => {
        pub const ALL: &[super::Path] = &[$((stringify!($name), $name)),*];
        mod path {
            $(#[test] fn $name() { super::$name(); })*
        }
    };
}

/// A path by its name.
pub type Path = (&'static str, fn() -> Story);

mod again;
mod answers;
mod cancelled;
mod copies;
mod custody;
mod departure;
mod elsewhere;
mod response;
mod returns;
mod straight;

use super::events::{Happens, answer, appointment, referral, report, served};
use super::story::{Made, Story};
use despatch_process::case::{Answer, Respondent};

/// Every path.
pub fn all() -> Vec<Path> {
    [
        straight::ALL,
        again::ALL,
        answers::ALL,
        cancelled::ALL,
        copies::ALL,
        custody::ALL,
        departure::ALL,
        elsewhere::ALL,
        response::ALL,
        returns::ALL,
    ]
    .concat()
}

/// A report of Monday 2 March 2026, referred on Tuesday 3 March 2026.
pub fn referred(place: &str) -> Story {
    let mut story = Story::at(place);
    story.on("Monday 2 March 2026", report());
    story.on("Tuesday 3 March 2026", referral());
    story
}

/// Confirmed on Wednesday 4 March 2026 for Wednesday 11 March 2026: serve by Friday 6, answer by Tuesday 10 March.
pub fn confirmed(place: &str) -> Story {
    let mut story = referred(place);
    story.on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", "Wednesday 11 March 2026"));
    story
}

/// Served on Thursday 5 March 2026.
pub fn invited(place: &str) -> Story {
    let mut story = confirmed(place);
    story.on("Thursday 5 March 2026", served());
    story
}

/// Accepted on Friday 6 March 2026, without a word on the records.
pub fn accepted(place: &str) -> Story {
    let mut story = invited(place);
    story.on("Friday 6 March 2026", individual(Answer::Yes, Answer::NotGiven));
    story
}

pub fn individual(attend: Answer, records: Answer) -> Happens {
    answer(Respondent::Individual, attend, records)
}

pub fn representative(attend: Answer, records: Answer) -> Happens {
    answer(Respondent::Representative, attend, records)
}

/// An event that makes no message.
#[track_caller]
pub fn nothing(made: &Made) -> &Made {
    made.makes(&[])
}
