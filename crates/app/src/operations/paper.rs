//! Enters: a title and sections as plain values. Leaves: an accessible PDF of them, rendered in a worker.
//! Never: renders in this process, or treats a value as anything but text.

use super::{Failure, OpenOffice};
use chrono::NaiveDate;
use despatch_letters::render::job::Job;
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use despatch_settings::Letterhead;
use serde::Serialize;
use serde_json::json;

/// The path of the template among those that a worker is given.
const MAIN: &str = "/record/record.typ";

/// A document of headings, facts, paragraphs and tables.
#[derive(Debug, Default)]
pub(super) struct Paper {
    pub title: String,
    /// The letterhead, if it is a letter.
    pub sender: Option<Letterhead>,
    /// Our reference, printed at the foot.
    pub reference: String,
    pub introduction: Vec<String>,
    pub sections: Vec<Section>,
}

/// One section; empty parts are left out.
#[derive(Debug, Default, Serialize)]
pub(super) struct Section {
    pub heading: String,
    pub facts: Vec<(String, String)>,
    pub paragraphs: Vec<String>,
    pub list: Vec<String>,
    /// Above the table.
    pub chart: Option<Chart>,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
    pub pictures: Vec<Picture>,
}

/// Numbers as bars. The table beneath it has the same in words.
#[derive(Debug, Serialize)]
pub(super) struct Chart {
    /// What who does not see it hears.
    pub alt: String,
    pub bars: Vec<(String, u64)>,
}

/// A picture.
#[derive(Debug, Serialize)]
pub(super) struct Picture {
    pub caption: String,
    /// What who does not see it hears.
    pub alt: String,
    pub png: Vec<u8>,
}

impl Section {
    pub(super) fn new(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), ..Self::default() }
    }

    /// The section with these facts, each with its term.
    pub(super) fn facts<const N: usize>(mut self, facts: [(&str, Option<String>); N]) -> Self {
        let known = facts.into_iter().filter_map(|(term, value)| Some((term.to_owned(), value?)));
        self.facts = known.collect();
        self
    }

    /// The section with bars of what its table says.
    pub(super) fn chart(mut self, alt: impl Into<String>, bars: Vec<(String, u64)>) -> Self {
        self.chart = Some(Chart { alt: alt.into(), bars });
        self
    }

    /// The section with a table.
    pub(super) fn table<const N: usize>(
        mut self,
        head: [&str; N],
        rows: impl Iterator<Item = [String; N]>,
    ) -> Self {
        self.head = head.map(str::to_owned).to_vec();
        self.rows = rows.map(Vec::from).collect();
        self
    }
}

impl Paper {
    /// Renders the PDF (PDF/A-2a and PDF/UA-1, like every letter).
    ///
    /// # Errors
    /// A worker cannot be started, or a character has no glyph in any font.
    pub(super) fn pdf(&self, open: &OpenOffice, today: NaiveDate) -> Result<Vec<u8>, Failure> {
        let office = &open.office;
        let mut files = office.catalogue.files();
        files.insert(MAIN.to_owned(), include_str!("paper.typ").to_owned());
        let pool = Pool::start(&open.program, &files, 1, TIME_LIMIT)?;
        let marking =
            office.packs.get(&office.config.pack).map(|pack| pack.marking.line(&Default::default()));
        let author = self.sender.as_ref().map_or("despatch", |sender| sender.name.as_str());
        let job = Job {
            main: MAIN.to_owned(),
            title: self.title.clone(),
            author: author.to_owned(),
            keywords: vec![self.reference.clone()],
            date: today,
            ident: format!("record/{}/{}", self.title, self.reference),
            language: None,
            data: json!({
                "marking": marking, "demo": office.config.demo, "large_print": false,
                "case": { "id": self.reference }, "title": self.title, "sender": self.sender,
                "introduction": self.introduction, "sections": self.sections,
            }),
        };
        Ok(pool.render(&job).map_err(|fault| fault.faults())?)
    }
}
