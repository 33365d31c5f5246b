//! Enters: the dates of a referral and of an appointment. Leaves: the response window, or a fault that names the
//! lawful dates. Never: lets through an invitation that leaves too little time to answer.

use crate::calendar::{BeyondCalendar, WorkingDays, count_words};
use crate::case_calendars::CaseCalendars;
use crate::packs::pack::Numbers;
use crate::places::PlaceKind;
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::weekday_words;
use serde::{Deserialize, Serialize};

/// The pointer to the date of the appointment in the case file.
const AT: &str = "/event/date";

/// The dates around one appointment (B4, B5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponseWindow {
    /// The last day on which service still leaves the working days to respond.
    pub latest_service: NaiveDate,
    /// The day by which the DET must serve: the earlier of `latest_service` and 3 working days from receipt.
    pub serve_by: NaiveDate,
    /// The deadline printed on the letter.
    pub respond_by: NaiveDate,
    pub appointment: NaiveDate,
}

impl ResponseWindow {
    /// Returns whether service on `today` still leaves the person the days to respond (B5); checked again at approval
    /// and at sending (G3).
    pub fn is_open_on(&self, today: NaiveDate) -> bool {
        today <= self.latest_service
    }
}

/// A lawful window, with warnings for the reviewer.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    pub window: ResponseWindow,
    pub warnings: Vec<String>,
}

/// The latest date of an assessment, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessBy {
    pub due: NaiveDate,
    /// "7 working days"
    pub within: String,
    /// The start of the count: "referral", "transfer", "cancelled assessment", "first cancelled assessment".
    pub start: &'static str,
    pub kind: PlaceKind,
    /// An appointment is booked already, and still ahead.
    pub booked: bool,
}

/// Calculates the window of an appointment (B4, B5), for an invitation issued on `issued_on`.
///
/// "At least 2 working days between the date the letter was served and the date of the appointment" (G0, "The
/// response to the Invitation to assessment letter") is read as 2 clear working days.
///
/// # Errors
/// The appointment is past, too soon or too late (the fault names the lawful dates), or the calendar does not cover a
/// day.
pub fn response_window(
    appointment: NaiveDate,
    assess_by: &AssessBy,
    issued_on: NaiveDate,
    calendars: &CaseCalendars,
    numbers: &Numbers,
) -> Result<Opened, Fault> {
    let days = calendars.persons();
    let count = || -> Result<_, BeyondCalendar> {
        let latest_service = days.before(appointment, numbers.respond.days + 1)?;
        if let Some(cause) = unlawful(appointment, assess_by, latest_service, issued_on, numbers) {
            let earliest = earliest_appointment(issued_on, days, numbers)?;
            return Ok(Err(lawful_dates(cause, earliest, assess_by)));
        }
        let window = ResponseWindow {
            latest_service,
            serve_by: serve_by(issued_on, latest_service, calendars, numbers)?,
            respond_by: calendars.later_before(appointment, 1)?.0,
            appointment,
        };
        let warnings = warnings(&window, issued_on, days, numbers)?;
        Ok(Ok(Opened { window, warnings }))
    };
    count().unwrap_or_else(|beyond| Err(beyond.fault(AT)))
}

/// Returns the day by which a letter that is issued on a day is served: "by the deadline set by DMRT or within 3 working
/// days of receipt", whichever is sooner, in every calendar that counts. Nobody serves on a holiday of the place.
///
/// # Errors
/// The calendar does not cover a day that has to be counted.
pub(super) fn serve_by(
    issued_on: NaiveDate,
    latest_service: NaiveDate,
    calendars: &CaseCalendars,
    numbers: &Numbers,
) -> Result<NaiveDate, BeyondCalendar> {
    let sooner = latest_service.min(calendars.stricter(issued_on, numbers.serve.days)?.0);
    let days = calendars.persons();
    if days.is_working_day(sooner)? {
        return Ok(sooner);
    }
    let before = days.before(sooner, 1)?;
    // Where that would be before the letter is there, it is served on the first day on which somebody can.
    if before >= issued_on { Ok(before) } else { Ok(days.after(issued_on, 1)?.min(latest_service)) }
}

/// Returns the earliest appointment whose invitation can still be served on a working day from `issued_on`.
///
/// # Errors
/// The calendar does not cover a day that has to be counted.
pub(super) fn earliest_appointment(
    issued_on: NaiveDate,
    days: &WorkingDays,
    numbers: &Numbers,
) -> Result<NaiveDate, BeyondCalendar> {
    let service = if days.is_working_day(issued_on)? { issued_on } else { days.after(issued_on, 1)? };
    days.after(service, numbers.respond.days + 1)
}

/// Returns the code and cause of an unlawful appointment.
fn unlawful(
    appointment: NaiveDate,
    assess_by: &AssessBy,
    latest_service: NaiveDate,
    issued_on: NaiveDate,
    numbers: &Numbers,
) -> Option<(&'static str, String)> {
    let too_soon = || {
        let cause = format!(
            "the appointment on {} leaves fewer than {} between service of the invitation and the appointment",
            weekday_words(appointment),
            count_words(numbers.respond.days)
        );
        (latest_service < issued_on).then_some(("appointment.too_soon", cause))
    };
    past(appointment, issued_on).or_else(too_soon).or_else(|| too_late(appointment, assess_by))
}

/// Returns the code and cause of an appointment before `today`.
pub(super) fn past(appointment: NaiveDate, today: NaiveDate) -> Option<(&'static str, String)> {
    let cause = format!("the appointment on {} is in the past", weekday_words(appointment));
    (appointment < today).then_some(("appointment.past", cause))
}

/// Returns the code and cause of an appointment after the latest date of the assessment.
pub(super) fn too_late(appointment: NaiveDate, assess_by: &AssessBy) -> Option<(&'static str, String)> {
    let AssessBy { due, within, start, .. } = assess_by;
    let (when, last) = (weekday_words(appointment), weekday_words(*due));
    let cause =
        format!("the appointment on {when} is later than {last}, which is {within} after the {start}");
    (appointment > *due).then_some(("appointment.too_late", cause))
}

/// Returns the warning that an appointment is on a weekend or a bank holiday.
pub(super) fn not_working(appointment: NaiveDate) -> String {
    format!("The appointment on {} is not on a working day.", weekday_words(appointment))
}

/// Builds the fault, with the lawful dates as its cure; if none is left, what G0 then requires (rows 6, 25 and 26).
fn lawful_dates((code, cause): (&'static str, String), earliest: NaiveDate, assess_by: &AssessBy) -> Fault {
    let due = assess_by.due;
    let cure = if earliest < due {
        format!("book a date from {} to {}", weekday_words(earliest), weekday_words(due))
    } else if earliest == due {
        format!("book {}, the only lawful date left", weekday_words(earliest))
    } else {
        none_left(assess_by)
    };
    Fault::new(AT, code, cause, cure)
}

fn none_left(assess_by: &AssessBy) -> String {
    let AssessBy { within, start, kind, booked, .. } = assess_by;
    let (what, section) = match (*start, kind) {
        // While one is ahead, no doctor is lacking.
        _ if *booked => (
            "keep the appointment that is booked; if it cannot be held, report its outcome with rebooking \"impossible\" \
             (assessment_outcome)",
            "What if the second opinion assessment is delayed or cancelled?",
        ),
        ("cancelled assessment" | "first cancelled assessment", _) => (
            "report the outcome of the cancelled assessment with rebooking \"impossible\"",
            "What if the second opinion assessment is delayed or cancelled?",
        ),
        ("referral", PlaceKind::Irc) => (
            "respond to the casework team and explain that the report is to be considered under the standards of \
             the adults at risk guidance without a second opinion (drop no_doctor_available)",
            "Process for those detained in an IRC",
        ),
        (_, kind) if kind.is_of_prison_service() => (
            "return the report to the casework team immediately (drop no_doctor_available)",
            "Process for those detained in prison",
        ),
        _ => (
            "return the report to the casework team immediately (drop no_doctor_available)",
            "Process for those detained under immigration powers in other places of detention",
        ),
    };
    format!("{what}, for no lawful date is left within {within} of the {start} (G0, {section})")
}

fn warnings(
    window: &ResponseWindow,
    issued_on: NaiveDate,
    days: &WorkingDays,
    numbers: &Numbers,
) -> Result<Vec<String>, BeyondCalendar> {
    let mut warnings = Vec::new();
    if !days.is_working_day(window.appointment)? {
        warnings.push(not_working(window.appointment));
    }
    let left = days.between(issued_on, window.latest_service)?;
    if left < numbers.serve.days {
        let by = weekday_words(window.latest_service);
        let remain = match left {
            0 => "nothing after the day of issue".to_owned(),
            _ => format!("only {}", count_words(left)),
        };
        warnings.push(format!(
            "The invitation must be served by {by}, which leaves {remain} for service instead of {}.",
            count_words(numbers.serve.days)
        ));
    }
    Ok(warnings)
}
