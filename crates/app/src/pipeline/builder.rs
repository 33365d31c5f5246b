//! Enters: a planned case and its history. Leaves: what building its messages needs, each thing made once.
//! Never: makes a document, checks it or seals it.

use super::Line;
use super::document::Cleaned;
use super::made_once::MadeOnce;
use crate::intake::Incoming;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{KindName, PlaceId, Sha256};
use despatch_directory::directory::{Directory, Resolution};
use despatch_documents::inspect::Inspection;
use despatch_guards::identity::Seen;
use despatch_guards::listed::SaysOfItself;
use despatch_guards::others::{Hit, IdentityKey, Pseudonym};
use despatch_guards::virus::Scanned;
use despatch_ledger::Record;
use despatch_letters::render::job::Letter;
use despatch_process::case::Case;
use despatch_process::{Pack, Place, Plan, Planned, unknown_place};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// A thing that could be made, or why not.
pub(super) type Makeable<T> = Result<T, Vec<Fault>>;

/// Builds the despatches of one case, several at once.
pub(super) struct MessageBuilder<'a> {
    pub(super) line: &'a Line<'a>,
    pub(super) case: &'a Case,
    pub(super) pack: &'a Pack,
    pub(super) plan: &'a Plan,
    pub(super) incoming: &'a Incoming,
    pub(super) place: &'a Place,
    pub(super) now: Moment,
    /// A snapshot from when the builder was created.
    pub(super) directory: Arc<Directory>,
    /// Letters and their sheets rendered so far, by kind and template: one text for the person and the representative.
    pub(super) letters: MadeOnce<(KindName, &'a str), Makeable<Arc<Letter>>>,
    /// Attachments examined so far: each once, however many recipients it has.
    pub(super) examined: MadeOnce<Sha256, Makeable<Arc<Examined>>>,
    /// Possible references in the attachments to cases that come in later.
    pub(super) cross_references: Mutex<BTreeSet<Pseudonym>>,
    /// Attachments from which something was left out so far, or from which it could not be.
    pub(super) cleaned: MadeOnce<Sha256, Makeable<Option<Arc<Cleaned>>>>,
    /// Results of the office's virus scanner so far.
    pub(super) scanned: MadeOnce<Sha256, Scanned>,
    pub(super) record: &'a Record,
    /// The office's key, which remembers the words of this case.
    pub(super) identity_key: IdentityKey,
}

/// What is known of one attachment.
pub(super) struct Examined {
    pub(super) found: Inspection,
    pub(super) seen: Seen,
    pub(super) others: Vec<Hit>,
    pub(super) says_of_itself: SaysOfItself,
    /// The places of detention that it names.
    pub(super) places: BTreeSet<PlaceId>,
}

impl<'a> MessageBuilder<'a> {
    pub(super) fn new(
        line: &'a Line<'a>,
        case: &'a Case,
        pack: &'a Pack,
        plan: &'a Plan,
        incoming: &'a Incoming,
        record: &'a Record,
        now: Moment,
    ) -> Result<Self, Vec<Fault>> {
        let place = line.office.places.get(&case.detention.place);
        let place = place.ok_or_else(|| vec![unknown_place("/detention/place")])?;
        Ok(Self {
            line,
            case,
            pack,
            plan,
            incoming,
            place,
            now,
            directory: line.directory(),
            letters: MadeOnce::default(),
            examined: MadeOnce::default(),
            cross_references: Mutex::default(),
            cleaned: MadeOnce::default(),
            scanned: MadeOnce::default(),
            record,
            identity_key: line.identity_key.for_one_case(),
        })
    }

    /// Who gets a despatch of the plan, and what holds it.
    pub(super) fn resolution(&self, planned: &Planned) -> Resolution<'_> {
        self.directory.resolve(planned.role, &planned.to, &self.case.case_id, self.now.today)
    }
}
