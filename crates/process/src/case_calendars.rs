//! Enters: a deadline rule, its start date, and the applicable calendars. Leaves: a deadline with its arithmetic.
//! Never: shortens the person's time, or lengthens an official's, where two calendars differ (G3).

use crate::calendar::{BeyondCalendar, Calendar, Division, WorkingDays};
use crate::deadlines::{Deadline, DeadlineRule};
use crate::packs::pack::{CalendarRule, Number};
use chrono::NaiveDate;

/// The calendars that apply to one case.
#[derive(Debug, Clone, Copy)]
pub struct CaseCalendars<'a> {
    place: WorkingDays<'a>,
    office: Option<WorkingDays<'a>>,
    joint: WorkingDays<'a>,
}

impl<'a> CaseCalendars<'a> {
    /// Returns the calendars of a place in `division` under a pack's rule.
    pub fn of(calendar: &'a Calendar, rule: CalendarRule, division: Division) -> Self {
        let place = calendar.working_days(division);
        match rule {
            CalendarRule::Place => CaseCalendars { place, office: None, joint: place },
            CalendarRule::PlaceAndOffice(office) if office == division => {
                CaseCalendars { place, office: None, joint: place }
            }
            CalendarRule::PlaceAndOffice(office) => CaseCalendars {
                place,
                office: Some(calendar.working_days(office)),
                joint: calendar.joint_working_days(division, office),
            },
        }
    }

    /// Returns the days that are working days in every calendar: they count for the person, who gets the longer time
    /// (G3).
    pub fn persons(&self) -> &WorkingDays<'a> {
        &self.joint
    }

    /// Returns the earlier date and the calendar that gives it; this counts for officials.
    ///
    /// # Errors
    /// The calendar does not cover a day that has to be counted.
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

    /// Returns the later day before `date` and the calendar that gives it: the person has until then (G3).
    ///
    /// # Errors
    /// The calendar does not cover a day that has to be counted.
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

    /// Returns the last working day on or before `date` and the calendar that gives it: the sooner one of place and office.
    ///
    /// # Errors
    /// The calendar does not cover a day that has to be looked at.
    pub fn on_or_before(&self, date: NaiveDate) -> Result<(NaiveDate, &WorkingDays<'a>), BeyondCalendar> {
        let last = |days: &WorkingDays<'_>| match days.is_working_day(date)? {
            true => Ok(date),
            false => days.before(date, 1),
        };
        let by_place = (last(&self.place)?, &self.place);
        let Some(office) = &self.office else {
            return Ok(by_place);
        };
        let by_office = (last(office)?, office);
        Ok(if by_office.0 < by_place.0 { by_office } else { by_place })
    }

    /// Returns an official's deadline: `number` working days after `from`.
    ///
    /// # Errors
    /// The calendar does not cover a day that has to be counted.
    pub fn clock(
        &self,
        rule: DeadlineRule,
        number: &Number,
        from: NaiveDate,
    ) -> Result<Deadline, BeyondCalendar> {
        let (due, counted) = self.stricter(from, number.days)?;
        let arithmetic = counted.arithmetic(number.days, from, due);
        Ok(Deadline::of_day(rule, due, rule.label(), &number.source, arithmetic))
    }
}
