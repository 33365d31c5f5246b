//! Enters: one planned document as plain values. Leaves: what crosses to a worker and back.
//! Never: makes a PDF, starts a process or reads a file.

use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One document to make: a template, what the PDF says about itself, and the data shown.
/// The same job gives the same bytes, in any process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// The template that defines `document`, from the catalogue's root: `/invitation/letter.typ`.
    pub main: String,
    /// The PDF's title (PDF/UA-1 asks for one).
    pub title: String,
    /// The PDF's author: the team that writes.
    pub author: String,
    /// The PDF's keywords.
    pub keywords: Vec<String>,
    /// The day on which the document is issued; the PDF is dated midnight UTC of it.
    pub date: NaiveDate,
    /// Tells this document from every other; only its hash enters the PDF.
    pub ident: String,
    /// What the template's `document` function is given.
    pub data: Value,
}

/// A document that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub pdf: Secret,
    /// The text of each page.
    pub texts: Vec<String>,
}

/// Why a document could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The template is at fault, or the document breaks PDF/A-2a or PDF/UA-1.
    Template,
    /// The fonts have no picture for a character of the data.
    Glyph,
    /// The job itself makes no sense: no such template.
    Job,
    /// The job took longer than its wall-clock limit.
    Timeout,
    /// The worker process ended or answered nonsense, also a fresh one.
    Crashed,
    /// No worker process could be started.
    Start,
    /// The PDF cannot be locked with a password.
    Lock,
}

/// One thing that went wrong in a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `templates/invitation/letter.typ:12:5`, JSON pointers into the data, or a plain place.
    pub at: String,
    /// The line of the template, as it stands there.
    pub line: Option<String>,
    /// What is wrong; values of the case are left out.
    pub cause: String,
    /// How to mend it, as far as known.
    pub hints: Vec<String>,
}

/// Everything that went wrong with one job. Holds no value of the case, single characters apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderFault {
    /// The kind of failure.
    pub why: Why,
    /// At least one.
    pub problems: Vec<Problem>,
}

impl RenderFault {
    /// A failure with one problem and one hint.
    pub fn new(why: Why, at: impl Into<String>, cause: impl Into<String>, cure: &str) -> Self {
        let problem =
            Problem { at: at.into(), line: None, cause: cause.into(), hints: vec![cure.to_owned()] };
        Self { why, problems: vec![problem] }
    }

    /// The closed word of this failure: `render.timeout` and its like.
    pub fn code(&self) -> &'static str {
        match self.why {
            Why::Template => "render.template",
            Why::Glyph => "render.glyph",
            Why::Job => "render.job",
            Why::Timeout => "render.timeout",
            Why::Crashed => "render.crashed",
            Why::Start => "render.start",
            Why::Lock => "render.lock",
        }
    }

    /// The same, one [`Fault`] a problem.
    pub fn faults(&self) -> Vec<Fault> {
        let fault = |problem: &Problem| {
            let cause = match &problem.line {
                Some(line) => format!("{}, in: {}", problem.cause, line.trim()),
                None => problem.cause.clone(),
            };
            let cure = match problem.hints.as_slice() {
                [] => "mend the template at this place".to_owned(),
                hints => hints.join("; "),
            };
            Fault::new(problem.at.clone(), self.code(), cause, cure)
        };
        self.problems.iter().map(fault).collect()
    }
}
