//! Enters: what a page shows, part by part. Leaves: the page's content, drawn by `_shared/blocks`.
//! Never: holds HTML.

use crate::chart::Chart;
use crate::components::{
    Button, Details, Field, Heading, InsetText, Pagination, SubNavigation, SummaryList, Table, Text,
    Timeline, WarningText,
};
use serde::Serialize;

/// The content of a page: its heading, and what stands below it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sheet {
    /// What stands above the heading, such as the kind of thing that it is.
    pub caption: String,
    pub heading: String,
    pub blocks: Vec<Block>,
}

impl Sheet {
    /// A page with this heading.
    pub fn new(heading: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self { caption: String::new(), heading: heading.into(), blocks }
    }

    /// The same with words above the heading.
    #[must_use]
    pub fn caption(self, caption: impl Into<String>) -> Self {
        Self { caption: caption.into(), ..self }
    }
}

/// A part of a page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Block {
    Heading(Heading),
    Paragraph(Text),
    /// A table; it may be wider than a screen.
    WideTable(Table),
    Summary(SummaryList),
    Timeline(Timeline),
    Form(Form),
    Chart(Chart),
    Pagination(Pagination),
    Inset(InsetText),
    Warning(WarningText),
    Views(SubNavigation),
    /// Links that look like buttons.
    Links(Vec<Button>),
    Unfolds(Unfolds),
    /// A text as it is, such as a file's.
    Verbatim(Verbatim),
    Compare(Compare),
    Pictures(Vec<Picture>),
    List(Vec<Text>),
}

impl Block {
    /// A heading below the page's own.
    pub fn heading(text: impl Into<String>) -> Self {
        Self::Heading(Heading::new(text))
    }

    /// A paragraph.
    pub fn paragraph(text: impl Into<Text>) -> Self {
        Self::Paragraph(text.into())
    }

    /// Parts that unfold under these words.
    pub fn unfolds(summary: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self::Unfolds(Unfolds { details: Details::new(summary, ""), blocks })
    }

    /// A table under its caption as a heading, or these words where it has no row.
    pub fn titled(table: Table, none: &str) -> [Self; 2] {
        [Self::heading(table.caption.clone()), Self::table_or(table.headed(), none)]
    }

    /// A table, or these words where it has no row.
    pub fn table_or(table: Table, none: &str) -> Self {
        if table.rows.is_empty() { Self::paragraph(none) } else { Self::WideTable(table) }
    }
}

/// A form of a page.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Form {
    /// A path of ours.
    pub action: String,
    /// Whether it only asks: then what it asks stands in the address, and must be about nobody.
    pub asks: bool,
    /// Whether files may be sent with it.
    pub files: bool,
    pub fields: Vec<Field>,
}

impl Form {
    /// A form that does something.
    pub fn new(action: impl Into<String>, fields: Vec<Field>) -> Self {
        Self { action: action.into(), asks: false, files: false, fields }
    }

    /// A form that only asks: its fields are about nobody.
    pub fn asking(action: impl Into<String>, fields: Vec<Field>) -> Self {
        Self { asks: true, ..Self::new(action, fields) }
    }

    /// A form with which files are sent.
    pub fn sending_files(action: impl Into<String>, fields: Vec<Field>) -> Self {
        Self { files: true, ..Self::new(action, fields) }
    }
}

/// Parts that unfold.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unfolds {
    pub details: Details,
    pub blocks: Vec<Block>,
}

/// A text as it is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verbatim {
    /// What it is, for who listens.
    pub label: String,
    pub text: String,
}

/// Two versions of a text, side by side.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Compare {
    pub sides: Vec<Side>,
}

/// One version of a text.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Side {
    pub heading: String,
    pub lines: Vec<Line>,
}

/// A line of a version.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    pub text: String,
    /// Whether the other version does not have it, and this is the later one.
    pub added: bool,
    /// Whether the other version does not have it, and this is the earlier one.
    pub removed: bool,
}

/// A picture.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    pub caption: String,
    /// A path of ours.
    pub src: String,
    /// What who does not see it hears.
    pub alt: String,
}
