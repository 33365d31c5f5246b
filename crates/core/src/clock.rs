//! Enters: nothing, or a fixed day from the command line. Leaves: a [`Moment`].
//! Also the time since the machine's start, which no clock that is set changes. Never: does anything else; this is the only file that reads the clock (clippy bans it elsewhere).

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::London;
use std::fs;

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

/// How long the machine has been up, suspended or not, and the id of that start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uptime {
    pub start: String,
    pub seconds: i64,
}

/// Returns the time since the machine's start; `None` where the system does not say (proc(5)).
pub fn uptime() -> Option<Uptime> {
    let start = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?.trim().to_owned();
    let text = fs::read_to_string("/proc/uptime").ok()?;
    let seconds = text.split(['.', ' ']).next()?.parse().ok()?;
    (!start.is_empty()).then_some(Uptime { start, seconds })
}

/// Noon is the same day in London and in UTC, in summer and in winter.
fn noon() -> NaiveTime {
    NaiveTime::MIN + chrono::TimeDelta::hours(12)
}
