//! Enters: one incoming case. Leaves: the sealed case for the outbox, or every fault of it.
//! Never: writes anything; `run` stores the result.

mod archive;
mod builder;
mod copy_ahead;
mod document;
mod despatches;
mod documents;
mod envelope;
mod guards;
pub mod examples;
mod left_claims;
mod lock;
mod made_once;
mod original;
mod preparer;
mod regenerate;
mod rehearsal;
mod run;
mod stuck;
mod scan;
mod store;
mod test_message;
mod packs_today;
mod waiting_reports;
mod case_order;

pub use archive::{append_file, files_of};
pub use lock::WORDS_FILE;
pub use original::unsealed;
pub use packs_today::PacksToday;
pub use regenerate::regenerate;
pub use rehearsal::{PlannedCase, Rehearsal, Rehearsed, Shown, plan_undropped};
pub use run::{Progress, Run, Summary, process};
pub use test_message::test_message;
pub use waiting_reports::with_waiting_reports;
use waiting_reports::without_copy;

use crate::intake::Incoming;
use crate::office::Office;
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::timings::{About, Stage, Timings};
use despatch_core::words::{KindName, Sha256};
use despatch_directory::directory::Directory;
use despatch_guards::matrix::Tables;
use despatch_guards::others::IdentityKey;
use despatch_ledger::{KnownCases, Ledger, LedgerError, Named, Record, SealedCase};
use despatch_letters::render::fonts::without_glyph;
use despatch_letters::render::mail::Mailer;
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use despatch_process::case;
use despatch_process::case::{Case, EventName};
use despatch_process::{History, NotMade, Pack, Plan, unknown_place};
use despatch_seal::signing::SigningKey;
use serde_json::Value;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// For the reviewer, who must not be the person who prepared the case.
const UNKNOWN_OWNER: &str = "The account that owns the case file is nobody's on the staff list, so despatch could \
     not check who prepared it.";

const OTHERS_WRITE: &str = "Other accounts than its owner's could change the case file in the inbox, so despatch could \
     not check who prepared it.";

/// Everything that is needed to process cases: the office, its renderer and its mailer.
pub struct Line<'a> {
    office: &'a Office,
    pool: Pool,
    mailer: Mailer,
    /// The directory and the number of its latest change; the office's own directory until the first refresh.
    directory: RwLock<(i64, Arc<Directory>)>,
    tables: Tables,
    identity_key: IdentityKey,
    /// The identities in the other open cases, as far as this process has read them.
    known: RwLock<KnownCases>,
    signer: Option<SigningKey>,
    timings: Timings,
}

impl<'a> Line<'a> {
    /// Creates the pipeline of an office, whose letters are rendered by worker processes of `program`.
    ///
    /// # Errors
    /// A template of an email is broken, the identity key cannot be read, or a worker cannot be started.
    pub fn new(office: &'a Office, program: &Path) -> Result<Self, Vec<Fault>> {
        let mailer = Mailer::new(&office.catalogue)?;
        let pool = Pool::start(program, &office.catalogue.files(), office.config.workers, TIME_LIMIT)
            .map_err(|fault| vec![fault])?;
        let directory = RwLock::new((i64::MIN, Arc::new(office.directory.clone())));
        let identity_key = office.identity_key().map_err(|fault| vec![fault])?;
        let known = RwLock::default();
        let tables = Tables::built_in();
        let timings = Timings::default();
        Ok(Self { office, pool, mailer, directory, tables, identity_key, known, signer: None, timings })
    }

    /// Reads what has changed in the ledger since the last refresh: the directory, and the cases opened and closed.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn refresh(&self, ledger: &mut Ledger) -> Result<(), LedgerError> {
        let version = ledger.directory_version()?;
        if self.directory.read().unwrap_or_else(PoisonError::into_inner).0 != version {
            let directory = Arc::new(ledger.directory(&self.office.config.addresses)?);
            *self.directory.write().unwrap_or_else(PoisonError::into_inner) = (version, directory);
        }
        ledger.know_cases(&mut self.known.write().unwrap_or_else(PoisonError::into_inner))
    }

    fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.read().unwrap_or_else(PoisonError::into_inner).1)
    }

    /// Sets the key that signs the despatches; without it the pipeline can only preview them.
    pub fn signed_by(self, signer: SigningKey) -> Self {
        Self { signer: Some(signer), ..self }
    }

    /// Begins to start the workers, and returns at once.
    pub fn start_ahead(&self) {
        self.pool.start_ahead();
    }

    /// Gives workers another time for one document than [`TIME_LIMIT`]: where they are watched they take longer.
    pub fn with_time_limit(mut self, limit: Duration) -> Self {
        self.pool.limit_time(limit);
        self
    }

    /// Notes in `timings` how long each stage takes.
    pub fn timed_by(self, timings: Timings) -> Self {
        Self { timings, ..self }
    }

    fn signer(&self) -> Result<&SigningKey, Fault> {
        self.signer.as_ref().ok_or_else(|| {
            let (cause, cure) = ("nothing is sealed without it", "unlock it first");
            Fault::new("the signing key", "signing.missing", cause, cure)
        })
    }

    /// The process ids of the living workers.
    pub fn workers(&self) -> Vec<u32> {
        self.pool.pids()
    }

    /// Runs the whole pipeline: a case becomes sealed despatches. `conflict`: how it contradicts a queued file.
    ///
    /// # Errors
    /// Every fault of the case.
    pub fn make(
        &self,
        case: &Case,
        record: &Record,
        (incoming, conflict): (&Incoming, Option<Fault>),
        now: Moment,
    ) -> Result<SealedCase, Vec<Fault>> {
        let mut found = incoming.faults.clone();
        found.extend(conflict);
        found.extend(without_glyph(&incoming.bytes));
        let about = About::case(incoming.submission);
        let (pack, mut plan) = self.timings.time(Stage::Plan, about, || {
            checked_plan(self.office, case, record, incoming.owner, &found, now.today)
        })?;
        if self.office.is_uncertain(incoming.owner, incoming.others_write) && incoming.others_write {
            plan.warnings.push(OTHERS_WRITE.to_owned());
        }
        let making = builder::MessageBuilder::new(self, case, pack, &plan, incoming, record, now)?;
        let despatches = making.despatches()?;
        let cross_references = making.cross_references.into_inner().unwrap_or_else(PoisonError::into_inner);
        let original = self
            .timings
            .time(Stage::Seal, about, || original::seal(incoming, &self.office.review_copies()))
            .map_err(|fault| vec![fault])?;
        Ok(SealedCase {
            submission: incoming.submission,
            case_id: case.case_id.clone(),
            event_id: case.event_id.clone(),
            prepared_by: case.prepared_by.clone(),
            replaces: case.replaces,
            file_sha256: Sha256::of(&incoming.bytes),
            issued_on: plan.issued_on,
            pack: plan.pack,
            recorded: plan.recorded,
            history: record.history.clone(),
            notes: plan.notes,
            pseudonyms: self.identity_key.pseudonyms(case),
            cross_references,
            not_made: plan.not_made,
            original,
            review_key: self.office.review_key.fingerprint(),
            despatches,
        })
    }

    /// Renders the documents of one kind that a case would produce, as their recipients would get them: nothing is
    /// sealed.
    ///
    /// # Errors
    /// The faults of the case or its templates.
    pub fn preview(
        &self,
        case: &Case,
        (pack, plan): (&Pack, &Plan),
        incoming: &Incoming,
        now: Moment,
        kind: &KindName,
    ) -> Result<Vec<(String, Vec<u8>)>, Vec<Fault>> {
        let nothing = Record::default();
        let making = builder::MessageBuilder::new(self, case, pack, plan, incoming, &nothing, now)?;
        let mut documents = Vec::new();
        for planned in plan.despatches.iter().filter(|planned| planned.kind == *kind) {
            documents.extend(making.plain(planned)?);
        }
        Ok(documents)
    }
}

/// Reads a case file; a faulty one yields [`all_faults`].
///
/// # Errors
/// Every fault of the case file.
pub fn read_case(office: &Office, bytes: &[u8], owner: u32) -> Result<Case, Vec<Fault>> {
    case::parse(bytes).map_err(|faults| all_faults(office, bytes, owner, faults))
}

/// What a case names of what is on record.
pub(crate) fn named(case: &Case) -> Named<'_> {
    Named { case_id: &case.case_id, event_id: &case.event_id, replaces: case.replaces }
}

/// The faults found while reading a case file, with those of its preparer and its places, so that all are reported at
/// once. `owner` is the account that owns the file.
pub(crate) fn all_faults(office: &Office, bytes: &[u8], owner: u32, mut faults: Vec<Fault>) -> Vec<Fault> {
    let file: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let word = |at: &str| file.pointer(at).and_then(Value::as_str);
    if let Some(preparer) = word("/prepared_by").and_then(|id| id.parse().ok()) {
        faults.extend(office.check_preparer(&preparer, owner));
    }
    let is_move = word("/event/type") == Some("transferred");
    for at in ["/detention/place"].into_iter().chain(is_move.then_some("/event/from")) {
        let place = word(at).and_then(|id| id.parse().ok());
        if place.is_some_and(|place| office.places.get(&place).is_none()) {
            faults.push(unknown_place(at));
        }
    }
    faults
}

/// Returns the record by which a case is planned on a day.
///
/// # Errors
/// The ledger cannot be read.
pub fn record_for(ledger: &mut Ledger, case: &Case, today: NaiveDate) -> Result<Record, LedgerError> {
    let mut record = ledger.record(&case.case_id, &case.event_id, case.event.name())?;
    note_service(ledger, case, &mut record, today)?;
    Ok(record)
}

/// Notes for a letter that amends an earlier one when that one was served: what its event's own history cannot say.
fn note_service(
    ledger: &mut Ledger,
    case: &Case,
    record: &mut Record,
    as_of: NaiveDate,
) -> Result<(), LedgerError> {
    if case.replaces.is_some() && case.event.name() == EventName::AppointmentConfirmed {
        let events = ledger.case_events(&case.case_id)?;
        let recorded = events.iter().map(|event| &event.recorded);
        record.history.served_since = History::served_after(recorded, &case.event_id, as_of);
    }
    Ok(())
}

/// Plans what `pack` calls for on `issued_on`, except what other teams write (G2).
fn plan_under(
    office: &Office,
    pack: &Pack,
    case: &Case,
    record: &Record,
    issued_on: NaiveDate,
) -> Result<Plan, Vec<Fault>> {
    let mut plan =
        despatch_process::plan(case, &record.history, pack, &office.calendar, &office.places, issued_on)?;
    let (ours, others) =
        plan.despatches.into_iter().partition(|planned| office.config.teams.contains_key(&planned.team));
    plan.despatches = ours;
    plan.not_made.extend(Vec::into_iter(others).map(|planned| NotMade {
        purpose: planned.purpose,
        row: planned.row,
        reason: "another team writes it; this office waits for it".to_owned(),
    }));
    Ok(plan)
}

/// Plans what an incoming case's pack calls for today, with the faults of its preparer and those `found` in its files,
/// so that all are reported at once. A case keeps the pack that it started with until a person moves it. `owner` is the
/// account that owns the case file.
///
/// # Errors
/// The pack may not be used, or the case or its files have faults.
pub fn checked_plan<'o>(
    office: &'o Office,
    case: &Case,
    record: &Record,
    owner: u32,
    found: &[Fault],
    today: NaiveDate,
) -> Result<(&'o Pack, Plan), Vec<Fault>> {
    let mut faults = office.check_preparer(&case.prepared_by, owner);
    faults.extend(found.iter().cloned());
    // A new case begins under the pack that owns its event.
    let used = office.config.packs();
    let of_event = office.packs.owner(&used, case.event.name());
    let id = record.pack.as_ref().or(of_event).unwrap_or(&office.config.pack);
    let permitted = office.packs.permitted(id, record.packs.get(id), today);
    let permitted = permitted.map_err(|fault| vec![without_copy(&office.places, case, fault)]);
    let planned = permitted.and_then(|pack| Ok((pack, plan_under(office, pack, case, record, today)?)));
    let (pack, mut plan) = match planned {
        Ok(planned) if faults.is_empty() => planned,
        planned => {
            faults.extend(planned.err().unwrap_or_default());
            return Err(faults);
        }
    };
    if office.is_uncertain(owner, false) {
        plan.warnings.push(UNKNOWN_OWNER.to_owned());
    }
    Ok((pack, plan))
}
