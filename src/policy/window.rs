//! Enters: the dates of a referral and of an appointment. Leaves: the response window, or a fault that names the
//! dates that would be lawful. Never: lets an invitation go that leaves too little time to answer.

use super::ResponseWindow;
use super::calendar::{BeyondCalendar, WorkingDays, count_words};
use super::pack::Numbers;
use crate::fault::Fault;
use crate::words::weekday_words;
use chrono::NaiveDate;

/// Where the case file holds the date of the appointment.
const AT: &str = "/event/date";

/// A lawful window, and what a reviewer should know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    pub window: ResponseWindow,
    pub warnings: Vec<String>,
}

/// The window of an appointment (B4, B5), for an invitation that is issued on `issued_on`.
///
/// "At least 2 working days between the date the letter was served and the date of the appointment"
/// (G0, The response to the Invitation to assessment letter) is read as 2 clear working days.
///
/// # Errors
/// The appointment is past, too soon or too late: the fault names the lawful dates. Or the calendar ends.
pub fn response_window(
    appointment: NaiveDate,
    referred_on: NaiveDate,
    issued_on: NaiveDate,
    days: &WorkingDays,
    numbers: &Numbers,
) -> Result<Opened, Fault> {
    let count = || -> Result<_, BeyondCalendar> {
        let assess_by = days.after(referred_on, numbers.assess.days)?;
        let latest_service = days.before(appointment, numbers.respond.days + 1)?;
        if let Some(cause) = unlawful(appointment, assess_by, latest_service, issued_on, numbers) {
            let earliest = earliest_appointment(issued_on, days, numbers)?;
            return Ok(Err(lawful_dates(cause, earliest, assess_by, numbers)));
        }
        let window = ResponseWindow {
            latest_service,
            serve_by: latest_service.min(days.after(issued_on, numbers.serve.days)?),
            respond_by: days.before(appointment, 1)?,
            appointment,
        };
        let warnings = warnings(&window, issued_on, days, numbers)?;
        Ok(Ok(Opened { window, warnings }))
    };
    count().unwrap_or_else(|beyond| Err(beyond.fault(AT)))
}

/// The soonest appointment whose invitation can still be served on a working day from `issued_on` on.
fn earliest_appointment(
    issued_on: NaiveDate,
    days: &WorkingDays,
    numbers: &Numbers,
) -> Result<NaiveDate, BeyondCalendar> {
    let service = if days.is_working_day(issued_on)? { issued_on } else { days.after(issued_on, 1)? };
    days.after(service, numbers.respond.days + 1)
}

/// Why this appointment cannot be: code and cause.
fn unlawful(
    appointment: NaiveDate,
    assess_by: NaiveDate,
    latest_service: NaiveDate,
    issued_on: NaiveDate,
    numbers: &Numbers,
) -> Option<(&'static str, String)> {
    let when = weekday_words(appointment);
    if appointment < issued_on {
        Some(("appointment.past", format!("the appointment on {when} is in the past")))
    } else if latest_service < issued_on {
        let cause = format!(
            "the appointment on {when} leaves fewer than {} between service of the invitation and the appointment",
            count_words(numbers.respond.days)
        );
        Some(("appointment.too_soon", cause))
    } else if appointment > assess_by {
        let cause = format!(
            "the appointment on {when} is later than {}, which is {} after the referral",
            weekday_words(assess_by),
            count_words(numbers.assess.days)
        );
        Some(("appointment.too_late", cause))
    } else {
        None
    }
}

/// The fault, with the lawful dates as its cure; with none left, what G0 then calls for (row 6 for an IRC).
fn lawful_dates(
    (code, cause): (&'static str, String),
    earliest: NaiveDate,
    assess_by: NaiveDate,
    numbers: &Numbers,
) -> Fault {
    let cure = if earliest < assess_by {
        format!("book a date from {} to {}", weekday_words(earliest), weekday_words(assess_by))
    } else if earliest == assess_by {
        format!("book {}, the only lawful date left", weekday_words(earliest))
    } else {
        format!(
            "respond to the casework team and explain that the report is to be considered under the standards of \
             the adults at risk guidance without a second opinion, for no lawful date is left within {} of the \
             referral (G0, Process for those detained in an IRC)",
            count_words(numbers.assess.days)
        )
    };
    Fault::new(AT, code, cause, cure)
}

fn warnings(
    window: &ResponseWindow,
    issued_on: NaiveDate,
    days: &WorkingDays,
    numbers: &Numbers,
) -> Result<Vec<String>, BeyondCalendar> {
    let mut warnings = Vec::new();
    if !days.is_working_day(window.appointment)? {
        let when = weekday_words(window.appointment);
        warnings.push(format!("The appointment on {when} is not on a working day."));
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
