//! Enters: free text in a subset of CommonMark: paragraphs, lists, emphasis, quotes. Leaves: its blocks.
//! Never: lets a heading, a link, a picture, code or markup of another sort through.

use serde::Serialize;

/// Free text of an official, as blocks that a template sets.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Prose(Vec<Block>);

/// One block of free text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    Paragraph { spans: Vec<Span> },
    List { ordered: bool, items: Vec<Vec<Block>> },
    Quote { blocks: Vec<Block> },
}

/// Text within a paragraph; emphasis of either kind is strong, for letters have no italics (GOV.UK style).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Span {
    pub text: String,
    pub strong: bool,
}
