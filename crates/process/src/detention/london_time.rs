//! Enters: a moment as text (RFC 3339, with its offset). Leaves: the moment in London, and moments counted from it.
//! Never: reads the clock, or takes an offset that London did not have then.

use crate::fields::json::Node;
use crate::fields::reader::plain;
use crate::fields::text::YEARS;
use crate::fields::{FieldValue, Location, Names, Pattern, Sort, codes, date_value};
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::{Europe::London, Tz};
use despatch_core::words::{time_words, weekday_words};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;
use std::str::FromStr;

/// The forms that are read and written: seconds are left out where there are none.
const MINUTES: &str = "%Y-%m-%dT%H:%M%:z";
const SECONDS: &str = "%Y-%m-%dT%H:%M:%S%:z";

/// A moment in London. Two moments compare as they follow each other, whatever the clocks said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LondonTime(DateTime<Tz>);

/// Why a text is no moment in London.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoLondonTime {
    /// It is not a date and a time with an offset, or the year is out of range.
    Form,
    /// London had another offset then, in seconds east.
    Offset(FixedOffset),
}

impl fmt::Display for NoLondonTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoLondonTime::Form => write!(
                f,
                "this is not a date and a time with an offset in the years {} to {}",
                YEARS.start(),
                YEARS.end()
            ),
            NoLondonTime::Offset(due) => write!(f, "London was not at this offset then, but at {due}"),
        }
    }
}

impl FromStr for LondonTime {
    type Err = NoLondonTime;

    fn from_str(text: &str) -> Result<Self, NoLondonTime> {
        let offset = text.strip_suffix('Z').map(|local| format!("{local}+00:00"));
        let text = offset.as_deref().unwrap_or(text);
        // chrono takes more than one spelling of a number; what is read is what would be written.
        let read = |form| {
            let read = DateTime::parse_from_str(text, form).ok()?;
            (read.format(form).to_string() == text).then_some(read)
        };
        let read = read(MINUTES).or_else(|| read(SECONDS)).ok_or(NoLondonTime::Form)?;
        if !YEARS.contains(&read.year()) {
            return Err(NoLondonTime::Form);
        }
        let there = read.with_timezone(&London);
        let due = there.offset().fix();
        if due == *read.offset() { Ok(LondonTime(there)) } else { Err(NoLondonTime::Offset(due)) }
    }
}

impl LondonTime {
    /// Returns the moment at which the clocks in London show this; where they show it twice, the first. `None` where they
    /// never do.
    pub fn of_clock(day: NaiveDate, time: NaiveTime) -> Option<LondonTime> {
        London.from_local_datetime(&day.and_time(time)).earliest().map(LondonTime)
    }

    /// Returns the moment when so many hours have passed: after a change of the clocks, another time of day.
    #[must_use]
    pub fn after_hours(self, hours: u32) -> LondonTime {
        self.shifted(i64::from(hours))
    }

    /// Returns the moment so many elapsed hours earlier.
    #[must_use]
    pub fn before_hours(self, hours: u32) -> LondonTime {
        self.shifted(-i64::from(hours))
    }

    fn shifted(self, hours: i64) -> LondonTime {
        let delta = TimeDelta::try_hours(hours).unwrap_or_default();
        LondonTime(self.0.checked_add_signed(delta).unwrap_or(self.0))
    }

    /// Returns the end of so many days: 24 hours each, or the same time of day, whichever is sooner.
    #[must_use]
    pub fn after_days(self, days: u32) -> LondonTime {
        let elapsed = self.after_hours(days.saturating_mul(24));
        let local = self.0.naive_local().checked_add_signed(TimeDelta::days(i64::from(days)));
        let by_clock = local.and_then(|local| London.from_local_datetime(&local).earliest()).map(LondonTime);
        by_clock.map_or(elapsed, |by_clock| by_clock.min(elapsed))
    }

    /// Returns the moment half-way to another one, in whole minutes.
    #[must_use]
    pub fn halfway_to(self, other: LondonTime) -> LondonTime {
        let half = TimeDelta::minutes((other.0 - self.0).num_minutes() / 2);
        LondonTime(self.0.checked_add_signed(half).unwrap_or(self.0))
    }

    /// Returns the moment in universal time.
    pub fn utc(self) -> DateTime<Utc> {
        self.0.with_timezone(&Utc)
    }

    /// Returns the day in London.
    pub fn date(self) -> NaiveDate {
        self.0.date_naive()
    }

    /// Returns the time of day in London.
    pub fn time(self) -> NaiveTime {
        self.0.time()
    }

    /// Returns the last day on which something can be done before this moment: of midnight the day that ends then.
    pub fn last_day(self) -> NaiveDate {
        match self.date().pred_opt() {
            Some(before) if self.is_midnight() => before,
            _ => self.date(),
        }
    }

    /// Returns the last minute before it, where it is midnight, and otherwise itself: for what shows days and times apart.
    #[must_use]
    pub fn last_minute(self) -> LondonTime {
        let minute = if self.is_midnight() { TimeDelta::minutes(1) } else { TimeDelta::zero() };
        LondonTime(self.0.checked_sub_signed(minute).unwrap_or(self.0))
    }

    fn is_midnight(self) -> bool {
        use chrono::Timelike;
        (self.time().hour(), self.time().minute()) == (0, 0)
    }

    /// Formats it for people, as when something happened: "Friday 6 March 2026, 4pm". "12am" and "midnight" alone leave
    /// open which night is meant (GOV.UK style guide, "Times": midnight is the first minute of the day).
    pub fn words(self) -> String {
        let of_day = if self.is_midnight() { " at the start of the day" } else { "" };
        format!("{}, {}{of_day}", weekday_words(self.date()), time_words(self.time()))
    }

    /// Formats it for people, as the moment by which something ends: of midnight, the day that ends then.
    pub fn end_words(self) -> String {
        format!("{}, {}", weekday_words(self.last_day()), self.end_time_words())
    }

    /// Formats its time of day, as that by which something ends on its last day.
    pub fn end_time_words(self) -> String {
        let of_day = if self.is_midnight() { " at the end of the day" } else { "" };
        format!("{}{of_day}", time_words(self.time()))
    }

    /// Returns it as templates receive the moment by which something ends; `date` is the last day.
    pub fn end_data(self) -> Value {
        json!({ "iso": self.to_string(), "words": self.end_words(), "date": date_value(self.last_day()) })
    }
}

impl fmt::Display for LondonTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use chrono::Timelike;
        let form = if self.0.second() == 0 { MINUTES } else { SECONDS };
        write!(f, "{}", self.0.format(form))
    }
}

impl TryFrom<String> for LondonTime {
    type Error = NoLondonTime;
    fn try_from(text: String) -> Result<Self, NoLondonTime> {
        text.parse()
    }
}

impl From<LondonTime> for String {
    fn from(time: LondonTime) -> String {
        time.to_string()
    }
}

/// A moment: 2026-03-06T16:00+00:00.
impl FieldValue for LondonTime {
    const SORT: Sort = Sort::Pattern(Pattern {
        says: "a date and a time in London with the offset of that day, like 2026-03-06T16:00+00:00",
        regex: "^(19[0-9]{2}|20[0-9]{2}|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+]0[0-2]:00)$",
        length: (17, 25),
        names: Names::Moment,
        clear: false,
    });

    fn read(location: &mut Location<'_>, node: &Node, _: usize) -> Option<Self> {
        const CURE: &str = "write year-month-day, T, hours and minutes, and the offset, like 2026-03-06T16:00+00:00; in \
                            summer time like 2026-07-06T16:00+01:00";
        plain(location, node)?
            .parse()
            .map_or_else(|why: NoLondonTime| location.fault(codes::VALUE_MOMENT, why.to_string(), CURE), Some)
    }

    fn data(&self) -> Value {
        json!({ "iso": self.to_string(), "words": self.words(), "date": date_value(self.date()) })
    }
}
