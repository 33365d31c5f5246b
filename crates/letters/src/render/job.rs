//! Enters: one planned document as plain values. Leaves: the types exchanged with a worker.
//! Never: makes a PDF, starts a process or reads a file.

use super::languages::Language;
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One document to render: a template, the PDF's metadata, and the data shown. The same job gives the same bytes, in
/// any process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// The template that defines `document`, from the catalogue's root: `/invitation/letter.typ`.
    pub main: String,
    /// The PDF's title (PDF/UA-1 requires one).
    pub title: String,
    /// The PDF's author: the sending team.
    pub author: String,
    /// The PDF's keywords.
    pub keywords: Vec<String>,
    /// The day on which the document is issued; the PDF is dated midnight UTC of it.
    pub date: NaiveDate,
    /// Identifies this document uniquely; only its hash enters the PDF.
    pub ident: String,
    /// The language of its own words, where it is not English.
    pub language: Option<Language>,
    /// The argument of the template's `document` function.
    pub data: Value,
}

/// A rendered document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub pdf: Secret,
    /// The text of each page.
    pub texts: Vec<String>,
}

/// Why a document could not be rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The template is at fault, or the document breaks PDF/A-2a or PDF/UA-1.
    Template,
    /// No font has a glyph for a character of the data, or none draws a letter of it whole.
    Glyph,
    /// Text lies over text, in a margin or off the paper.
    Layout,
    /// The job is invalid: there is no such template.
    Job,
    /// The job took longer than its wall-clock limit.
    Timeout,
    /// The worker process ended or gave an invalid answer, and so did a fresh one.
    Crashed,
    /// No worker process could be started.
    Start,
    /// The PDF cannot be locked with a password.
    Lock,
}

/// One problem in a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `templates/invitation/letter.typ:12:5`, JSON pointers into the data, or a description of the place.
    pub at: String,
    /// The line of the template, verbatim.
    pub line: Option<String>,
    /// What is wrong; values of the case are left out.
    pub cause: String,
    /// How to correct it, as far as known.
    pub hints: Vec<String>,
}

/// Everything that went wrong with one job. It holds no value of the case, except single characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderFault {
    /// The kind of failure.
    pub why: Why,
    /// At least one.
    pub problems: Vec<Problem>,
}

impl RenderFault {
    /// Creates a failure with one problem and one hint.
    pub fn new(why: Why, at: impl Into<String>, cause: impl Into<String>, cure: &str) -> Self {
        let problem =
            Problem { at: at.into(), line: None, cause: cause.into(), hints: vec![cure.to_owned()] };
        Self { why, problems: vec![problem] }
    }

    /// Returns the code of this failure, such as `render.timeout`.
    pub fn code(&self) -> &'static str {
        match self.why {
            Why::Template => "render.template",
            Why::Glyph => "render.glyph",
            Why::Layout => "render.layout",
            Why::Job => "render.job",
            Why::Timeout => "render.timeout",
            Why::Crashed => "render.crashed",
            Why::Start => "render.start",
            Why::Lock => "render.lock",
        }
    }

    /// Returns one [`Fault`] for each problem.
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
