//! Enters: the fields of a form, and why what they asked was refused. Leaves: values, and each fault beside its field.
//! Never: repeats in a message what was typed.

use crate::components::{DateInput, id_of};
use crate::frame::{Banner, Link};
use crate::visit::Visit;
use chrono::NaiveDate;
use despatch_app::operations::Failure;
use despatch_core::fault::Fault;
use despatch_core::words::CaseId;
use despatch_core::words::capital;
use despatch_web::{Request, Response};
use std::str::FromStr;

/// Why what a form asked was not done.
#[derive(Debug, Default)]
pub struct Refused(Vec<(String, String)>);

impl Refused {
    /// The faults of a request that was refused.
    ///
    /// # Errors
    /// It failed for another reason, which is none of the form's.
    pub fn of(failure: Failure) -> Result<Self, Failure> {
        let of_field = |fault: &Fault| {
            let field = fault.at.strip_prefix("--").unwrap_or_default();
            (field.to_owned(), format!("{}: {}", capital(&fault.cause), fault.cure))
        };
        match failure {
            Failure::Request(fault) => Ok(Self(vec![of_field(&fault)])),
            Failure::Faults(faults) => Ok(Self(faults.iter().map(of_field).collect())),
            other => Err(other),
        }
    }

    /// The same where a form calls a field by another name than the request does.
    #[must_use]
    pub fn named(mut self, names: &[(&str, &str)]) -> Self {
        for (field, _) in &mut self.0 {
            if let Some((_, name)) = names.iter().find(|(known, _)| known == field) {
                (*name).clone_into(field);
            }
        }
        self
    }

    /// What is wrong with a field, if anything is.
    pub fn at(&self, field: &str) -> Option<String> {
        self.0.iter().find(|(of, _)| of == field).map(|(_, words)| words.clone())
    }

    /// Every fault, with the field that it stands beside: for the summary above the form. The dates are the fields that
    /// begin with a day.
    pub fn links(&self, dates: &[&str]) -> Vec<Link> {
        let link = |(field, words): &(String, String)| {
            let part = if dates.contains(&field.as_str()) { "-day" } else { "" };
            let href = if field.is_empty() { String::new() } else { format!("#{}{part}", id_of(field)) };
            Link::of(words.clone(), href)
        };
        self.0.iter().map(link).collect()
    }
}

/// Returns the value of a field.
///
/// # Errors
/// It is none; `what` says what is asked for.
pub fn value<T: FromStr>(request: &Request, field: &str, what: &str) -> Result<T, Failure> {
    given(request.field(field), field, what)
}

/// Returns the value of a field, if anything was typed or chosen.
///
/// # Errors
/// It is none; `what` says what is asked for.
pub fn optional<T: FromStr>(request: &Request, field: &str, what: &str) -> Result<Option<T>, Failure> {
    match request.field(field) {
        "" => Ok(None),
        text => given(text, field, what).map(Some),
    }
}

fn given<T: FromStr>(text: &str, field: &str, what: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| {
        let cause = if text.is_empty() { "it is missing" } else { "it cannot be read" };
        Failure::request(field, "page.field", cause, format!("give {what}"))
    })
}

/// Returns a date of three fields, if anything was typed.
///
/// # Errors
/// There is no such day.
pub fn date(request: &Request, field: &str) -> Result<Option<NaiveDate>, Failure> {
    let typed = typed_date(request, field);
    if typed.iter().all(|part| part.is_empty()) {
        return Ok(None);
    }
    let [day, month, year] = typed;
    let found = || NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    found().filter(|_| year.len() == 4).map(Some).ok_or_else(|| {
        Failure::request(
            field,
            "page.date",
            "there is no such day",
            "give the day, the month and the year, such as 27 3 2026",
        )
    })
}

/// Returns a date of three fields.
///
/// # Errors
/// Nothing was typed, or there is no such day.
pub fn needed_date(request: &Request, field: &str) -> Result<NaiveDate, Failure> {
    date(request, field)?.ok_or_else(|| {
        Failure::request(field, "page.date", "the day is missing", "give the day, the month and the year")
    })
}

/// What was typed into the three fields of a date.
pub fn typed_date<'r>(request: &'r Request, field: &str) -> [&'r str; 3] {
    ["day", "month", "year"].map(|part| request.field(&format!("{field}-{part}")))
}

/// A field for a date, with what was typed before and what is wrong with it.
pub fn date_field(request: &Request, (name, question): (&str, &str), refused: &Refused) -> DateInput {
    DateInput::new(name, question, typed_date(request, name)).size("s").error(refused.at(name))
}

/// A parameter of the address that is a number counted from 1.
pub fn page_number(request: &Request) -> u32 {
    request.parameter("page").parse().unwrap_or(1).max(1)
}

/// Says what was done, and goes to a page that shows it.
pub fn done(visit: &Visit<'_>, words: impl Into<String>, to: impl Into<String>) -> Response {
    visit.say(Banner::done(words));
    Response::redirect(to)
}

/// The address of a case: an id may have a slash, for which an underscore stands, which no id has.
pub fn case_path(case: &CaseId) -> String {
    format!("/cases/{}", case.as_str().replace('/', "_"))
}

/// The case that an address names.
///
/// # Errors
/// It names none.
pub fn case_of(visit: &Visit<'_>) -> Result<CaseId, Failure> {
    visit.step("case").replace('_', "/").parse().map_err(|_| crate::visit::no_page())
}
