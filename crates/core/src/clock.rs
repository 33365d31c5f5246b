//! Enters: nothing, or a fixed day from the command line. Leaves: a [`Moment`].
//! Never: does anything else; this is the only file that reads the clock (clippy bans it elsewhere).

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::London;

/// An instant and its date in the United Kingdom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub at: DateTime<Utc>,
    /// The date in Europe/London, from which every deadline is counted.
    pub today: NaiveDate,
}

/// A source of moments.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Noon of one day, for the demo office (`--today`).
    Fixed(NaiveDate),
}

impl Clock {
    /// Returns the current moment.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub fn now(self) -> Moment {
        match self {
            Clock::System => {
                let at = Utc::now();
                Moment { at, today: at.with_timezone(&London).date_naive() }
            }
            Clock::Fixed(today) => Moment { at: Utc.from_utc_datetime(&today.and_time(noon())), today },
        }
    }
}

/// Noon is the same day in London and in UTC, in summer and in winter.
fn noon() -> NaiveTime {
    NaiveTime::MIN + chrono::TimeDelta::hours(12)
}
