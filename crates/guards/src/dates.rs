//! Enters: the words of a document. Leaves: the dates in them, in the usual English spellings.
//! Never: decides whose date it is.

use super::text::Word;
use chrono::NaiveDate;
use despatch_core::typed::{MONTHS, day, month};

/// A date in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    /// The index of its first word.
    pub at: usize,
    /// The index after its last word.
    pub end: usize,
    /// The possible readings, the British one first: 3/4/90 is 3 April of 1990 or of 2090, or 4 March.
    readings: Vec<NaiveDate>,
}

impl Dated {
    /// Returns whether it is `date`, in a British reading.
    pub fn says(&self, date: NaiveDate) -> bool {
        self.readings.first() == Some(&date) || self.british().any(|one| one == date)
    }

    /// Returns whether it is `date`, in any reading.
    pub fn may_say(&self, date: NaiveDate) -> bool {
        self.readings.contains(&date)
    }

    /// Returns the British readings, one for each century.
    pub fn british(&self) -> impl Iterator<Item = NaiveDate> {
        let first = self.readings.first().copied();
        use chrono::Datelike;
        let same_day =
            move |one: &NaiveDate| first.is_some_and(|f| (f.day(), f.month()) == (one.day(), one.month()));
        self.readings.clone().into_iter().filter(same_day)
    }
}

/// Finds every date of `words`, in order, without overlaps.
pub fn dates(words: &[Word]) -> Vec<Dated> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let dated = words.get(at).filter(|word| may_begin(&word.plain)).and_then(|_| date_at(words, at));
        at = dated.as_ref().map_or(at + 1, |dated| dated.end);
        found.extend(dated);
    }
    found
}

fn may_begin(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) || month(word).is_some()
}

fn date_at(words: &[Word], at: usize) -> Option<Dated> {
    let word = |ahead: usize| words.get(at + ahead).map(|word| word.plain.as_str());
    let first = word(0)?;
    if let Some((day, month, years)) = in_one_word(first) {
        return dated(at, 1, &[(day, month)], &years);
    }
    let third_past_of = |ahead: usize| if word(ahead) == Some("of") { ahead + 1 } else { ahead };
    if let Some(month) = month(first) {
        // Example: May 17, 1990
        return dated(at, 3, &[(day(word(1)?)?, month)], &years(word(2)?)?);
    }
    let second = third_past_of(1);
    if let (Some(day), Some(month)) = (day(first), word(second).and_then(month)) {
        // Examples: 17 May 1990, 17th of May 1990
        return dated(at, second + 2, &[(day, month)], &years(word(second + 1)?)?);
    }
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() <= 2);
    if first.len() == 4 {
        // Example: 1990-05-17
        return dated(at, 3, &[(number(word(2)?)?, number(word(1)?)?)], &years(first)?);
    }
    // Example: 17/05/1990; abroad 3/4 is read as 4 March.
    let (one, two) = (number(first)?, number(word(1)?)?);
    dated(at, 3, &[(one, two), (two, one)], &years(word(2)?)?)
}

fn dated(at: usize, length: usize, days: &[(u32, u32)], years: &[i32]) -> Option<Dated> {
    let date = |(day, month): &(u32, u32), year: &i32| NaiveDate::from_ymd_opt(*year, *month, *day);
    let readings: Vec<NaiveDate> =
        days.iter().flat_map(|day| years.iter().filter_map(move |year| date(day, year))).collect();
    (!readings.is_empty()).then_some(Dated { at, end: at + length, readings })
}

/// Parses a date such as 17May1990.
fn in_one_word(word: &str) -> Option<(u32, u32, Vec<i32>)> {
    let letters = word.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, rest) = word.split_at_checked(letters)?;
    let (name, year) = rest.split_at_checked(rest.find(|c: char| c.is_ascii_digit())?)?;
    Some((day(number)?, month(name)?, years(year)?))
}

/// Every word by which a month is named: whole, as headers write it, and Sept.
pub(super) fn words_of_months() -> impl Iterator<Item = &'static str> {
    let short = MONTHS.iter().filter_map(|month| month.get(..3));
    MONTHS.into_iter().chain(short).chain(["sept"])
}

/// Parses a year such as 1990, or 90, which is of this century or the last one.
fn years(word: &str) -> Option<Vec<i32>> {
    let year: i32 = word.parse().ok()?;
    match word.len() {
        4 if (1900..=2100).contains(&year) => Some(vec![year]),
        2 => Some(vec![1900 + year, 2000 + year]),
        _ => None,
    }
}
