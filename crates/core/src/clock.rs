//! Enters: nothing, or a fixed day from the command line. Leaves: a [`Moment`].
//! Never: anything else; this is the one file that reads the clock (clippy bans it elsewhere).

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::London;

/// An instant and the day that it is in the United Kingdom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub at: DateTime<Utc>,
    /// The day in Europe/London: every deadline is counted from it.
    pub today: NaiveDate,
}

/// Where moments come from.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Noon of one day, for the demo office (`--today`).
    Fixed(NaiveDate),
}

impl Clock {
    /// The present moment.
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
