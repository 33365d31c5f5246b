//! Enters: the first day of detention, and today. Leaves: the next detention review and who may sign it.
//! Never: rolls a review forward to a working day: an interval must not be exceeded (docs/readings.md, "General
//! instructions").

use crate::people::Grade;
use chrono::{Days, NaiveDate};

/// A scheduled review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub due: NaiveDate,
    /// "24 hours", "7 days", "month 3".
    pub name: String,
    /// The lowest grade that may authorise it.
    pub grade: Grade,
}

/// The reviews of the first two weeks, in days, with the grade (docs/readings.md, "General instructions", Table 1).
const FIRST: [(u64, &str, Grade); 3] =
    [(1, "24 hours", Grade::SEO), (7, "7 days", Grade::HEO), (14, "14 days", Grade::SEO)];
/// "For review purposes" a month is 28 days: a calendar month would exceed the interval.
const MONTH: u64 = 28;
/// The grades of the monthly reviews, from the first month on; the last applies to every later month
/// (docs/readings.md, "General instructions", Table 1).
const MONTHLY: [Grade; 12] = [
    Grade::SEO,
    Grade::SEO,
    Grade::SEO,
    Grade::SEO,
    Grade::SEO,
    Grade::G7,
    Grade::G7,
    Grade::G7,
    Grade::G6,
    Grade::G6,
    Grade::G6,
    Grade::G5,
];

/// Returns the next review on or after `today` for a person detained since `since` who is not a foreign national
/// offender (Table 1; Table 2 needs facts that no case file holds). `None` at the end of the calendar.
pub fn next(since: NaiveDate, today: NaiveDate) -> Option<Review> {
    let first = FIRST.iter().filter_map(|(days, name, grade)| {
        Some(Review {
            due: since.checked_add_days(Days::new(*days))?,
            name: (*name).to_owned(),
            grade: *grade,
        })
    });
    let grades = MONTHLY.iter().chain(std::iter::repeat(MONTHLY.last()?));
    let monthly = (1_u64..).zip(grades).map_while(|(month, grade)| {
        let due = since.checked_add_days(Days::new(month * MONTH))?;
        Some(Review { due, name: format!("month {month}"), grade: *grade })
    });
    first.chain(monthly).find(|review| review.due >= today)
}
