//! Enters: nothing by itself. Leaves: what would be made of a sheet, as values.
//! Never: holds a letter in the form for programs.

use crate::operations::pictures::PagePicture;
use chrono::NaiveDate;
use despatch_core::words::Sha256;
use despatch_process::case::EventName;
use serde::Serialize;

/// What would be made of a sheet.
#[derive(Debug, Serialize)]
pub struct Proof {
    pub event: Option<EventName>,
    /// The SHA-256 of the sheet.
    pub sheet: Sha256,
    pub rows: usize,
    /// Rows whose case files are queued already, and rows that follow another one of their case, which has to go first.
    pub known: usize,
    pub later: usize,
    /// Messages by letter and role, by entry of the directory, by deadline, by what holds them, and by what a check asks.
    pub kinds: Vec<Counted>,
    pub recipients: Vec<Counted>,
    pub deadlines: Vec<(NaiveDate, usize)>,
    pub holds: Vec<Counted>,
    pub asked: Vec<Counted>,
    pub letters: Vec<Picked>,
    /// The same as an accessible PDF.
    #[serde(skip)]
    pub pdf: Vec<u8>,
}

/// How many messages something is true of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counted {
    pub what: String,
    pub messages: usize,
}

/// A letter to look at, and why it was picked.
#[derive(Debug, Serialize)]
pub struct Picked {
    pub because: Vec<&'static str>,
    pub row: u32,
    pub title: String,
    pub to: String,
    pub pages: usize,
    /// How many checks ask or stop.
    pub asked: usize,
    #[serde(skip)]
    pub(super) drawn: Vec<PagePicture>,
}
