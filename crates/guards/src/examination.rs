//! Enters: one despatch, made and not yet queued, and what was found in its documents. Leaves: the same, as every guard
//! receives it. Never: opens a document or asks anybody.

use super::Check;
use super::attachment::Cleaning;
use super::attachment::Limits;
use super::authority;
use super::change::Before;
use super::clear::Clear;
use super::identity;
use super::listed::SaysOfItself;
use super::matrix::Tables;
use super::others::Hit;
use super::text::Word;
use super::virus::Scanned;
use despatch_core::words::PlaceId;
use despatch_directory::entry::Entry;
use despatch_documents::inspect::Inspection;
use despatch_process::case::{AttachmentKind, Case};
use despatch_process::{History, Place, Planned};
use std::collections::BTreeSet;

/// Everything that a guard may look at.
pub struct Examination<'a> {
    pub case: &'a Case,
    pub place: &'a Place,
    pub history: &'a History,
    pub planned: &'a Planned,
    pub entry: &'a Entry,
    /// Whether the kind of letter is to name nobody.
    pub anonymous: bool,
    /// What speaks against the person of the case file: its earlier events, and other open cases.
    pub person: Vec<Check>,
    pub attached: Vec<Attached<'a>>,
    pub own_letters: Vec<OwnLetter>,
    /// What the message says in clear.
    pub clear: &'a Clear,
    pub message_bytes: usize,
    /// The kinds of attachment that the pack encloses with this row.
    pub enclosed: BTreeSet<AttachmentKind>,
    /// The last message of the case to this entry.
    pub written_to: Option<&'a Before>,
    /// The recorded authority of this entry for the case.
    pub authority: Option<&'a authority::Seen>,
    pub tables: &'a Tables,
    pub limits: &'a Limits,
}

/// One attachment of the case that the message carries.
pub struct Attached<'a> {
    /// Its number in the message, counted from 1.
    pub number: usize,
    /// The kind that the case file lists it as.
    pub kind: AttachmentKind,
    pub bytes: usize,
    pub found: &'a Inspection,
    pub seen: &'a identity::Seen,
    /// The identities of people in other open cases.
    pub others: &'a [Hit],
    pub says_of_itself: &'a SaysOfItself,
    /// The places of detention that it names.
    pub places: &'a BTreeSet<PlaceId>,
    /// The verdict of the office's scanner, if it has one.
    pub scanned: Option<Scanned>,
    /// What was left out of the file, if anything was.
    pub cleaning: Option<&'a Cleaning>,
}

/// One document that was rendered for the message.
pub struct OwnLetter {
    /// Its number in the message, counted from 1.
    pub number: usize,
    pub words: Vec<Word>,
    pub seen: identity::Seen,
    pub others: Vec<Hit>,
}
