//! Enters: when somebody was detained, which reviews are done, and a pack's tables. Leaves: the reviews that are
//! outstanding, oldest first, each with the grade that may sign it; the fourteenth day of people from prison.
//! Never: rolls a review forward to a working day, or moves one later because another was done: the interval between
//! two must not be exceeded.

use super::authority::Authority;
use super::rules::{AdHocGrade, InitialReview, ReviewRules, ReviewTable, Span};
use super::terms::{DetainedTeam, Origin};
use super::{LondonTime, Stage};
use crate::calendar::BeyondCalendar;
use crate::case_calendars::CaseCalendars;
use chrono::{Days, NaiveDate};
use despatch_core::words::{date_words, weekday_words};

/// A detention, as far as its timetable goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detained {
    pub at: LondonTime,
    pub team: DetainedTeam,
    pub origin: Origin,
}

/// A review that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    pub stage: Stage,
    pub on: NaiveDate,
}

/// A review that is outstanding.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    pub stage: Stage,
    /// The last day.
    pub on: NaiveDate,
    /// The last moment, if it is counted in hours.
    pub at: Option<LondonTime>,
    /// The last working day on or before it; `None` if it is counted in hours.
    pub plan_by: Option<NaiveDate>,
    /// The lowest grade that may sign it.
    pub needs: Authority,
    pub arithmetic: String,
    pub source: String,
}

impl ReviewRules {
    /// Returns the table of a team.
    pub fn table(&self, team: DetainedTeam) -> Option<&ReviewTable> {
        self.tables.iter().find(|table| table.team == team)
    }

    /// Returns the reviews that are outstanding, by the day on which they are due: those of the first days that neither
    /// they nor a later one was done of, and the next monthly one. An ad hoc review changes nothing.
    ///
    /// # Errors
    /// The calendar does not cover a day that has to be looked at.
    pub fn outstanding(
        &self,
        detained: Detained,
        done: &[Done],
        calendars: &CaseCalendars<'_>,
    ) -> Result<Vec<Due>, BeyondCalendar> {
        let Some(table) = self.table(detained.team) else {
            return Ok(Vec::new());
        };
        let last = done.iter().map(|done| done.stage).filter(|stage| *stage != Stage::AdHoc).max();
        let begun = |review: &&InitialReview| {
            !review.unless_from.contains(&detained.origin) && last.is_none_or(|last| review.stage > last)
        };
        let mut all = Vec::new();
        for review in table.initial.iter().filter(begun) {
            all.push(self.initial(review, table, detained, calendars)?);
        }
        all.extend(self.monthly(table, detained, done, calendars)?);
        all.sort_by_key(|due| (due.on, due.stage));
        Ok(all)
    }

    fn initial(
        &self,
        review: &InitialReview,
        table: &ReviewTable,
        detained: Detained,
        calendars: &CaseCalendars<'_>,
    ) -> Result<Due, BeyondCalendar> {
        let (on, at, plan_by, arithmetic) = match review.after {
            Span::Hours(hours) => {
                let at = detained.at.after_hours(hours);
                let words = format!("{hours} hours after {}", detained.at.words());
                (at.last_day(), Some(at), None, words)
            }
            Span::Days(days) => {
                let first = detained.at.date();
                let on = self.counted_from(first, days);
                let (plan_by, words) = planned(first, days, on, calendars)?;
                (on, None, Some(plan_by), words)
            }
        };
        let source = format!("{}: {}", table.name, self.source);
        Ok(Due { stage: review.stage, on, at, plan_by, needs: review.grade.into(), arithmetic, source })
    }

    fn monthly(
        &self,
        table: &ReviewTable,
        detained: Detained,
        done: &[Done],
        calendars: &CaseCalendars<'_>,
    ) -> Result<Option<Due>, BeyondCalendar> {
        let number = done.iter().filter_map(|done| done.stage.month()).max().unwrap_or(0);
        // Of two records of one review the earlier counts, so that none moves the next one back.
        let of_it = done.iter().filter(|done| done.stage.month() == Some(number)).map(|done| done.on);
        let (from, on) = match of_it.min() {
            Some(previous) => (previous, later(previous, self.month_days)),
            None => (detained.at.date(), self.counted_from(detained.at.date(), self.month_days)),
        };
        let stage = Stage::Month(number.saturating_add(1));
        let Some(needs) = table.grade(stage) else {
            return Ok(None);
        };
        let (plan_by, arithmetic) = planned(from, self.month_days, on, calendars)?;
        let source = format!("{}: {}", table.name, self.source);
        Ok(Some(Due { stage, on, at: None, plan_by: Some(plan_by), needs, arithmetic, source }))
    }

    /// Counts days from the first day of detention, which itself counts only if the pack reads it so.
    fn counted_from(&self, first: NaiveDate, days: u32) -> NaiveDate {
        later(first, days.saturating_sub(u32::from(self.first_day_counts)))
    }

    /// Returns the lowest grade that may sign a review of this stage; for an ad hoc one, what that needs where `last` is
    /// the stage that was done last, and `next` the one that is due next.
    pub fn needs(
        &self,
        team: DetainedTeam,
        stage: Stage,
        (last, next): (Option<Stage>, Option<Stage>),
    ) -> Option<Authority> {
        let table = self.table(team)?;
        if stage != Stage::AdHoc {
            return table.grade(stage);
        }
        let (of_last, of_next) =
            (last.and_then(|last| table.grade(last)), next.and_then(|next| table.grade(next)));
        if next.is_some_and(Stage::is_initial) {
            return Some(self.ad_hoc_initial.into());
        }
        match self.ad_hoc_later {
            AdHocGrade::Last => of_last.or(of_next),
            AdHocGrade::Next => of_next.or(of_last),
            AdHocGrade::Higher => match (of_last, of_next) {
                (Some(last), Some(next)) => Some(last.stricter(next)),
                (one, other) => one.or(other),
            },
        }
    }

    /// Returns the lowest grade that any review of this team needs.
    pub fn lowest(&self, team: DetainedTeam) -> Option<Authority> {
        let table = self.table(team)?;
        let all = table.initial.iter().map(|review| review.grade).chain(table.months.iter().copied());
        all.min().map(Authority::from)
    }

    /// Returns whether the team's people have a review of the fourteenth day.
    pub fn fourteenth_day(&self, team: DetainedTeam, origin: Origin, moved: Option<u32>) -> FourteenthDay {
        let listed = self
            .table(team)
            .and_then(|table| table.initial.iter().find(|review| review.stage == Stage::Fortnight));
        match (listed, moved) {
            (None, _) => FourteenthDay::NotRequired,
            (Some(review), _) if !review.unless_from.contains(&origin) => {
                FourteenthDay::Required(review.grade.into())
            }
            (Some(_), Some(day)) if day >= self.moved_before_day => FourteenthDay::PersonDecides,
            (Some(_), _) => FourteenthDay::NotRequired,
        }
    }
}

/// Whether detention is reviewed on the fourteenth day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FourteenthDay {
    Required(Authority),
    NotRequired,
    /// The text leaves it open.
    PersonDecides,
}

impl ReviewTable {
    /// Returns the grade of a stage; after the last month of the table, the cycle begins again where the table says.
    pub fn grade(&self, stage: Stage) -> Option<Authority> {
        let grade = match stage {
            Stage::AdHoc => None,
            Stage::Month(number) => {
                let last = u32::try_from(self.months.len()).unwrap_or(u32::MAX);
                let cycle = (last + 1).checked_sub(self.repeats_from).filter(|cycle| *cycle > 0)?;
                let number = match number {
                    _ if number <= last => number,
                    _ => self.repeats_from + (number - self.repeats_from) % cycle,
                };
                self.months.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
            }
            _ => self.initial.iter().find(|review| review.stage == stage).map(|review| review.grade),
        };
        grade.map(Authority::from)
    }
}

/// Returns the day so many days later.
pub(super) fn later(from: NaiveDate, days: u32) -> NaiveDate {
    from.checked_add_days(Days::new(u64::from(days))).unwrap_or(from)
}

/// Returns the working day to plan for, and the arithmetic of both days in words.
pub(super) fn planned(
    from: NaiveDate,
    days: u32,
    due: NaiveDate,
    calendars: &CaseCalendars<'_>,
) -> Result<(NaiveDate, String), BeyondCalendar> {
    let (plan_by, counted) = calendars.on_or_before(due)?;
    let mut words = format!("{days} days after {} is {}", date_words(from), weekday_words(due));
    if plan_by != due {
        let division = counted.division().label();
        words.push_str(&format!(
            "; the last working day on or before it is {}, by the calendar of {division}",
            weekday_words(plan_by)
        ));
    }
    Ok((plan_by, words))
}
