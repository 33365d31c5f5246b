//! Enters: the gov.uk list of bank holidays. Leaves: working days of one division, counted, with the arithmetic.
//! Never: computes a day outside the years that the list covers.

use chrono::{Datelike, NaiveDate, Weekday};
use despatch_core::fault::Fault;
use despatch_core::words::date_words;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The file, as named in faults.
const FILE: &str = "policy/bank-holidays.json";
/// Where its latest edition is published.
const PUBLISHED: &str = "https://www.gov.uk/bank-holidays.json";
/// England and Wales, which has the fewest, has eight in an ordinary year: a year with fewer is incomplete.
const FEWEST_A_YEAR: usize = 8;

despatch_core::closed! {
    /// A division of the United Kingdom with its own bank holidays, as the gov.uk list writes it.
    Division {
        EnglandAndWales = "england-and-wales", "England and Wales";
        Scotland = "scotland", "Scotland";
        NorthernIreland = "northern-ireland", "Northern Ireland";
    }
}

/// The bank holidays of the three divisions, for complete years, in the order of [`Division::ALL`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar([Holidays; 3]);

/// One division's holidays by date and title, and the period they cover.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Holidays {
    division: Division,
    days: BTreeMap<NaiveDate, String>,
    first: NaiveDate,
    last: NaiveDate,
}

/// A day that the calendar does not cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeyondCalendar {
    pub division: Division,
    pub first: NaiveDate,
    pub last: NaiveDate,
}

impl BeyondCalendar {
    /// Returns the fault at `at`, the location of the date from which the count started.
    pub fn fault(&self, at: impl Into<String>) -> Fault {
        Fault::new(
            at,
            "calendar.beyond",
            self.to_string(),
            format!("check the date; if it is right, replace {FILE} with the newest list from {PUBLISHED}"),
        )
    }
}

impl fmt::Display for BeyondCalendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "working days here need days outside the list of bank holidays of {}, which covers {} to {}",
            self.division.label(),
            date_words(self.first),
            date_words(self.last)
        )
    }
}

impl std::error::Error for BeyondCalendar {}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    england_and_wales: Section,
    scotland: Section,
    northern_ireland: Section,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    division: Division,
    events: Vec<Listed>,
}

/// One entry; gov.uk adds `bunting` and occasionally other fields, which change no date.
#[derive(Deserialize)]
struct Listed {
    title: String,
    date: String,
}

impl Calendar {
    /// Reads the gov.uk list of bank holidays (`https://www.gov.uk/bank-holidays.json`).
    ///
    /// # Errors
    /// A date is invalid, a year is incomplete, or a division is missing or swapped.
    pub fn parse(json: &str) -> Result<Calendar, Vec<Fault>> {
        let file: File = serde_json::from_str(json).map_err(|error| {
            vec![Fault::new(
                format!("{FILE}:{}", error.line()),
                "calendar.json",
                format!("this is not the list of bank holidays: {error}"),
                format!("replace it with the list from {PUBLISHED}"),
            )]
        })?;
        let mut faults = Vec::new();
        let sections =
            Division::ALL.into_iter().zip([file.england_and_wales, file.scotland, file.northern_ireland]);
        let read = |(division, section)| holidays(division, section, &mut faults);
        let all: Vec<Holidays> = sections.filter_map(read).collect();
        match all.try_into() {
            Ok(all) if faults.is_empty() => Ok(Calendar(all)),
            _ => Err(faults),
        }
    }

    /// Returns the working days of one division.
    pub fn working_days(&self, division: Division) -> WorkingDays<'_> {
        WorkingDays { own: self.of(division), other: None }
    }

    /// Returns the days that are working days in both divisions.
    pub fn joint_working_days(&self, division: Division, other: Division) -> WorkingDays<'_> {
        WorkingDays { own: self.of(division), other: Some(self.of(other)) }
    }

    /// Returns the last day that every division covers.
    pub fn last_covered_day(&self) -> NaiveDate {
        let [england_and_wales, scotland, northern_ireland] = &self.0;
        england_and_wales.last.min(scotland.last).min(northern_ireland.last)
    }

    fn of(&self, division: Division) -> &Holidays {
        let [england_and_wales, scotland, northern_ireland] = &self.0;
        match division {
            Division::EnglandAndWales => england_and_wales,
            Division::Scotland => scotland,
            Division::NorthernIreland => northern_ireland,
        }
    }
}

impl Holidays {
    fn beyond(&self) -> BeyondCalendar {
        BeyondCalendar { division: self.division, first: self.first, last: self.last }
    }
}

/// Reads one division of the list; faults are added to `faults`, and `None` means at least one.
fn holidays(division: Division, section: Section, faults: &mut Vec<Fault>) -> Option<Holidays> {
    let name = division.code();
    let mut fault = |path: String, code, cause| {
        let cure = format!("replace the file with the list from {PUBLISHED}");
        faults.push(Fault::new(format!("{FILE}: {path}"), code, cause, cure));
    };
    if section.division != division {
        let cause = format!("this says that it is {}", section.division.label());
        fault(format!("/{name}/division"), "calendar.division", cause);
    }
    let mut days = BTreeMap::new();
    let mut in_year: BTreeMap<i32, usize> = BTreeMap::new();
    for (index, listed) in section.events.into_iter().enumerate() {
        match listed.date.parse::<NaiveDate>() {
            Ok(date) => {
                if days.insert(date, listed.title).is_none() {
                    *in_year.entry(date.year()).or_default() += 1;
                }
            }
            Err(_) => fault(
                format!("/{name}/events/{index}/date"),
                "calendar.date",
                "this is not a date such as 2026-12-25".to_owned(),
            ),
        }
    }
    let Some((first, last)) = in_year.keys().min().copied().zip(in_year.keys().max().copied()) else {
        let cause = format!("{} has no bank holidays", division.label());
        fault(format!("/{name}/events"), "calendar.empty", cause);
        return None;
    };
    for year in first..=last {
        let count = in_year.get(&year).copied().unwrap_or(0);
        if count < FEWEST_A_YEAR {
            let cause = format!(
                "{year} has {count} bank holidays in {}, so the year is not listed whole",
                division.label()
            );
            fault(format!("/{name}/events"), "calendar.year", cause);
        }
    }
    let first = NaiveDate::from_ymd_opt(first, 1, 1)?;
    let last = NaiveDate::from_ymd_opt(last, 12, 31)?;
    Some(Holidays { division, days, first, last })
}

/// The working days of one division, or of two jointly: not Saturday, Sunday or a bank holiday (the pattern of the
/// Banking and Financial Dealings Act 1971; G0 does not define the term).
#[derive(Debug, Clone, Copy)]
pub struct WorkingDays<'a> {
    own: &'a Holidays,
    /// A second division whose holidays count too.
    other: Option<&'a Holidays>,
}

impl WorkingDays<'_> {
    /// Returns the division whose bank holidays count.
    pub fn division(&self) -> Division {
        self.own.division
    }

    /// Returns whether `date` is a working day.
    ///
    /// # Errors
    /// The calendar does not cover `date`.
    pub fn is_working_day(&self, date: NaiveDate) -> Result<bool, BeyondCalendar> {
        let mut works = is_weekday(date);
        for holidays in self.each() {
            if !(holidays.first..=holidays.last).contains(&date) {
                return Err(holidays.beyond());
            }
            works &= !holidays.days.contains_key(&date);
        }
        Ok(works)
    }

    /// Returns the `count`-th working day strictly after `date`; for 0, the date itself.
    ///
    /// # Errors
    /// The calendar does not cover a day that has to be counted.
    pub fn after(&self, date: NaiveDate, count: u32) -> Result<NaiveDate, BeyondCalendar> {
        self.count(date, count, |day| day.succ_opt())
    }

    /// Returns the `count`-th working day strictly before `date`; for 0, the date itself.
    ///
    /// # Errors
    /// The calendar does not cover a day that has to be counted.
    pub fn before(&self, date: NaiveDate, count: u32) -> Result<NaiveDate, BeyondCalendar> {
        self.count(date, count, |day| day.pred_opt())
    }

    /// Counts the working days after `from` up to and including `to`; 0 if `to` is not later.
    ///
    /// # Errors
    /// The calendar does not cover a day that has to be counted.
    pub fn between(&self, from: NaiveDate, to: NaiveDate) -> Result<u32, BeyondCalendar> {
        let mut count = 0;
        let mut day = from;
        while day < to {
            day = day.succ_opt().ok_or_else(|| self.own.beyond())?;
            count += u32::from(self.is_working_day(day)?);
        }
        Ok(count)
    }

    /// Returns the bank holidays from `first` to `last`, both included, that do not fall on a weekend.
    pub fn holidays(&self, first: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
        let within = |day: &NaiveDate| (first..=last).contains(day) && is_weekday(*day);
        let days: BTreeSet<NaiveDate> =
            self.each().flat_map(|holidays| holidays.days.keys().copied()).filter(within).collect();
        days.into_iter().collect()
    }

    /// Explains how a day was calculated: "7 working days after 31 March 2026, by the calendar of England and Wales;
    /// 3 and 6 April are bank holidays".
    pub fn arithmetic(&self, count: u32, from: NaiveDate, to: NaiveDate) -> String {
        let (direction, first, last) = if to >= from {
            ("after", from.succ_opt().unwrap_or(from), to)
        } else {
            ("before", to, from.pred_opt().unwrap_or(from))
        };
        let mut words = format!(
            "{} {direction} {}, by the calendar of {}",
            count_words(count),
            date_words(from),
            self.each().map(|holidays| holidays.division.label()).collect::<Vec<_>>().join(" and of ")
        );
        let holidays = self.holidays(first, last);
        match holidays.as_slice() {
            [] => {}
            [one] => words.push_str(&format!("; {} is a bank holiday", one.format("%-d %B"))),
            many => words.push_str(&format!("; {} are bank holidays", list_words(many))),
        }
        words
    }

    fn count(
        &self,
        date: NaiveDate,
        count: u32,
        step: impl Fn(NaiveDate) -> Option<NaiveDate>,
    ) -> Result<NaiveDate, BeyondCalendar> {
        self.is_working_day(date)?;
        let mut day = date;
        let mut left = count;
        while left > 0 {
            day = step(day).ok_or_else(|| self.own.beyond())?;
            left -= u32::from(self.is_working_day(day)?);
        }
        Ok(day)
    }

    fn each(&self) -> impl Iterator<Item = &Holidays> {
        std::iter::once(self.own).chain(self.other)
    }
}

/// Formats a count of working days: "1 working day", "7 working days".
pub fn count_words(count: u32) -> String {
    if count == 1 { "1 working day".to_owned() } else { format!("{count} working days") }
}

fn is_weekday(date: NaiveDate) -> bool {
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Lists ordered dates by month: "3 and 6 April", "25 and 28 December, and 1 January".
fn list_words(dates: &[NaiveDate]) -> String {
    let months: Vec<String> = dates
        .chunk_by(|a, b| (a.year(), a.month()) == (b.year(), b.month()))
        .map(|month| {
            let days: Vec<String> = month.iter().map(|day| day.format("%-d").to_string()).collect();
            let name = month.first().map(|day| day.format(" %B").to_string()).unwrap_or_default();
            match days.split_last() {
                Some((last, [])) => format!("{last}{name}"),
                Some((last, earlier)) => format!("{} and {last}{name}", earlier.join(", ")),
                None => name,
            }
        })
        .collect();
    months.join(", and ")
}
