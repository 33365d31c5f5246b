//! Enters: a rule, the day from which it counts, and the calendars that count. Leaves: a deadline with its
//! arithmetic. Never: shortens the person's time, or lengthens an official's, where two calendars differ (G3).

use super::Deadline;
use super::calendar::{BeyondCalendar, Calendar, Division, WorkingDays};
use super::pack::{CalendarRule, Number, Pack};
use super::rule::Rule;
use chrono::NaiveDate;

/// The calendars that count for one case.
#[derive(Debug, Clone, Copy)]
pub struct Days<'a> {
    place: WorkingDays<'a>,
    office: Option<WorkingDays<'a>>,
    joint: WorkingDays<'a>,
}

impl<'a> Days<'a> {
    /// The calendars of a place in `division` under `pack`.
    pub fn of(calendar: &'a Calendar, pack: &Pack, division: Division) -> Self {
        let place = calendar.working_days(division);
        match pack.calendar {
            CalendarRule::Place => Days { place, office: None, joint: place },
            CalendarRule::PlaceAndOffice(office) if office == division => {
                Days { place, office: None, joint: place }
            }
            CalendarRule::PlaceAndOffice(office) => Days {
                place,
                office: Some(calendar.working_days(office)),
                joint: calendar.joint_working_days(division, office),
            },
        }
    }

    /// The days that are working days in every calendar: they count for the person, who gets the longer time (G3).
    pub fn persons(&self) -> &WorkingDays<'a> {
        &self.joint
    }

    /// The calendar that gives the sooner date: it counts for officials.
    ///
    /// # Errors
    /// A day that has to be counted is not covered by the calendar.
    pub fn stricter(
        &self,
        from: NaiveDate,
        count: u32,
    ) -> Result<(NaiveDate, &WorkingDays<'a>), BeyondCalendar> {
        let by_place = (self.place.after(from, count)?, &self.place);
        let Some(office) = &self.office else {
            return Ok(by_place);
        };
        let by_office = (office.after(from, count)?, office);
        Ok(if by_office.0 < by_place.0 { by_office } else { by_place })
    }

    /// The calendar that gives the later day before `date`: the person may use it up to then (G3).
    ///
    /// # Errors
    /// A day that has to be counted is not covered by the calendar.
    pub fn later_before(
        &self,
        date: NaiveDate,
        count: u32,
    ) -> Result<(NaiveDate, &WorkingDays<'a>), BeyondCalendar> {
        let by_place = (self.place.before(date, count)?, &self.place);
        let Some(office) = &self.office else {
            return Ok(by_place);
        };
        let by_office = (office.before(date, count)?, office);
        Ok(if by_office.0 > by_place.0 { by_office } else { by_place })
    }

    /// The deadline of an official: `number` working days after `from`.
    ///
    /// # Errors
    /// A day that has to be counted is not covered by the calendar.
    pub fn clock(&self, rule: Rule, number: &Number, from: NaiveDate) -> Result<Deadline, BeyondCalendar> {
        let (due, counted) = self.stricter(from, number.days)?;
        Ok(Deadline {
            rule,
            due,
            what: rule.what().to_owned(),
            source: number.source.clone(),
            arithmetic: counted.arithmetic(number.days, from, due),
        })
    }
}
