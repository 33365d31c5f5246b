//! Enters: case files taken from the inbox and the sealed cases made of them. Leaves: their rows, exactly once.
//! Never: queues the same bytes twice, or two versions of one event.

use crate::despatch::{Despatch, Hold, SealedCase, State};
use crate::error::LedgerError;
use crate::events::{DespatchEvent, LedgerEvent, Queued as Filing, SubmissionEvent};
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::queries::despatches::of_submission;
use crate::queries::history::{digest, history};
use crate::queries::submissions::{Named, contradiction, current, next_number, open, twin};
use crate::transact::Transaction;
use crate::{batches, cross_references, marks, pseudonyms, signed_batches, unsent};
use chrono::{DateTime, Utc};
use despatch_core::fault::Fault;
use despatch_core::words::{Sha256, StaffId};
use despatch_seal::signing::SigningKey;

/// The actor of what the pipeline does by itself.
pub(super) const THE_LINE: &str = "despatch";

/// The outcome of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Submitted {
    /// This run is to process it.
    Fresh(i64),
    /// The same bytes are queued already, as this submission.
    Duplicate(i64),
}

/// The outcome of queueing a sealed case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Queued {
    /// It is durable. `superseded` counts the unsent despatches that were superseded or held; `already_sent` lists
    /// those of the replaced file that were sent.
    Made { superseded: usize, already_sent: Vec<DespatchId> },
    /// The same bytes are queued already, as this submission.
    Duplicate(i64),
    /// It contradicts a queued file.
    Conflict(Fault),
    /// The record has changed since the case was planned; plan it again.
    Overtaken,
}

/// One write of the pipeline.
pub(crate) enum Write {
    Submit { token: String, file_sha256: Sha256 },
    Queue(Box<SealedCase>),
    Reject { submission: i64, codes: Vec<&'static str>, preparer: Option<StaffId> },
}

/// The outcome of a write.
pub(crate) enum Written {
    Submitted(Submitted),
    Queued(Queued),
    Rejected,
}

impl Ledger {
    /// Ends the submissions that have no folder in `claimed/`: a run was stopped between moving a rejected file and
    /// recording that.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn end_lost_submissions(&mut self, tokens: &[String], at: DateTime<Utc>) -> Result<(), LedgerError> {
        self.transact(THE_LINE, at, async |tx| {
            for (submission, _) in
                open(tx.connection()).await?.iter().filter(|(_, token)| !tokens.contains(token))
            {
                let rejected =
                    SubmissionEvent::Rejected { faults: vec!["submission.gone".to_owned()], preparer: None };
                tx.record(LedgerEvent::Submission(*submission, rejected)).await?;
            }
            Ok(())
        })
    }

    /// Performs several writes in one transaction, which waits for the disk only once, and signs the record as it ends
    /// with them.
    pub(crate) fn write<'w>(
        &mut self,
        writes: impl IntoIterator<Item = &'w Write>,
        signer: Option<&SigningKey>,
        at: DateTime<Utc>,
    ) -> Result<Vec<Written>, LedgerError> {
        self.transact(THE_LINE, at, async |tx| {
            let mut written = Vec::new();
            for write in writes {
                written.push(match write {
                    Write::Submit { token, file_sha256 } => {
                        Written::Submitted(submit(tx, token, *file_sha256).await?)
                    }
                    Write::Queue(case) => Written::Queued(queue(tx, case).await?),
                    Write::Reject { submission, codes, preparer } => {
                        reject(tx, *submission, codes, preparer.clone()).await?;
                        Written::Rejected
                    }
                });
            }
            if let Some(signer) = signer {
                signed_batches::sign(tx, signer).await?;
            }
            Ok(written)
        })
    }
}

async fn submit(
    tx: &mut Transaction<'_>,
    token: &str,
    file_sha256: Sha256,
) -> Result<Submitted, LedgerError> {
    let known = twin(tx.connection(), file_sha256).await?;
    let number = next_number(tx.connection()).await?;
    let claimed = SubmissionEvent::Claimed { token: token.to_owned(), file_sha256 };
    tx.record(LedgerEvent::Submission(number, claimed)).await?;
    match known {
        Some(of) => {
            tx.record(LedgerEvent::Submission(number, SubmissionEvent::Duplicate { of })).await?;
            Ok(Submitted::Duplicate(of))
        }
        None => Ok(Submitted::Fresh(number)),
    }
}

async fn reject(
    tx: &mut Transaction<'_>,
    submission: i64,
    codes: &[&'static str],
    preparer: Option<StaffId>,
) -> Result<(), LedgerError> {
    let faults = codes.iter().map(|code| (*code).to_owned()).collect();
    tx.record(LedgerEvent::Submission(submission, SubmissionEvent::Rejected { faults, preparer })).await
}

async fn queue(tx: &mut Transaction<'_>, case: &SealedCase) -> Result<Queued, LedgerError> {
    if let Some(of) = twin(tx.connection(), case.file_sha256).await? {
        tx.record(LedgerEvent::Submission(case.submission, SubmissionEvent::Duplicate { of })).await?;
        return Ok(Queued::Duplicate(of));
    }
    let event = case.recorded.fact.name();
    let on_record = history(tx.connection(), &case.case_id, &case.event_id, event).await?;
    if digest(&on_record) != digest(&case.history) {
        return Ok(Queued::Overtaken);
    }
    let named = Named { case_id: &case.case_id, event_id: &case.event_id, replaces: case.replaces };
    if let Some(fault) = contradiction(tx.connection(), named).await? {
        reject(tx, case.submission, &[fault.code], Some(case.prepared_by.clone())).await?;
        return Ok(Queued::Conflict(fault));
    }
    let earlier = current(tx.connection(), &case.event_id).await?;
    let Replaced { superseded, already_sent, told, held } = match earlier {
        Some(earlier) => supersede(tx, earlier, case.submission).await?,
        None => Replaced::default(),
    };
    pseudonyms::keep(tx.connection(), case).await?;
    marks::keep(tx.connection(), case).await?;
    cross_references::keep(tx.connection(), case).await?;
    cross_references::hold(tx, case).await?;
    let withdrawn = unsent::withdraw(tx, case).await?;
    let queued = SubmissionEvent::Queued(Box::new(filing(case, earlier)));
    tx.record(LedgerEvent::Submission(case.submission, queued)).await?;
    for sealed in &case.despatches {
        let mut despatch = sealed.despatch.clone();
        despatch.warnings.extend(told.iter().cloned());
        take_over(&mut despatch, &held);
        unsent::overtaken_on_arrival(tx.connection(), case, &mut despatch).await?;
        let (id, made) = (despatch.id, DespatchEvent::Made(Box::new(despatch)));
        tx.record(LedgerEvent::Despatch(id, made)).await?;
    }
    batches::stop_made(tx, case).await?;
    Ok(Queued::Made { superseded: superseded + withdrawn, already_sent })
}

/// Returns what is recorded of a case file, for the rules that plan the next event of its case.
fn filing(case: &SealedCase, supersedes: Option<i64>) -> Filing {
    Filing {
        case_id: case.case_id.clone(),
        event_id: case.event_id.clone(),
        prepared_by: case.prepared_by.clone(),
        issued_on: case.issued_on,
        despatches: case.despatches.len(),
        not_made: case.not_made.clone(),
        pack: case.pack.clone(),
        recorded: case.recorded.clone(),
        notes: case.notes.clone(),
        history: case.history.clone(),
        original_sha256: Sha256::of(&case.original),
        review_key: case.review_key.clone(),
        supersedes,
    }
}

/// What became of the despatches of a file that another one replaces.
#[derive(Default)]
struct Replaced {
    superseded: usize,
    /// Those that were or may have been sent.
    already_sent: Vec<DespatchId>,
    /// What whoever reviews the new file is told of the old one.
    told: Vec<String>,
    /// Those that people held.
    held: Vec<Despatch>,
}

/// Holds a despatch as people held the one whose place it takes: a stop would otherwise end with the file that it
/// stopped, at its preparer's will (F9).
fn take_over(despatch: &mut Despatch, held: &[Despatch]) {
    let place = |one: &Despatch| (one.planned.role, one.planned.kind.clone(), one.planned.copy);
    let own = place(despatch);
    for before in held.iter().filter(|before| place(before) == own) {
        let theirs = before.holds.iter().filter(|hold| hold.code == Hold::BY_PERSON).cloned();
        despatch.holds.extend(theirs);
        despatch.held_as = Some(before.id);
        despatch.state = State::Held;
    }
}

/// Supersedes the unsent despatches of an earlier file.
async fn supersede(tx: &mut Transaction<'_>, earlier: i64, by: i64) -> Result<Replaced, LedgerError> {
    let mut replaced = Replaced::default();
    for despatch in of_submission(tx.connection(), earlier).await? {
        let (id, state) = (despatch.id, despatch.state);
        if state.may_become(State::Superseded) {
            let by_people = despatch.holds.iter().filter(|hold| hold.code == Hold::BY_PERSON);
            let was = by_people
                .map(|hold| format!("{id}, of the file that this one replaces, was {}.", hold.words));
            replaced.told.extend(was);
            if despatch.is_held_by_people() {
                replaced.held.push(despatch);
            }
            tx.record(LedgerEvent::Despatch(id, DespatchEvent::Superseded { by })).await?;
            replaced.superseded += 1;
        } else if state.has_gone() {
            replaced.told.push(format!(
                "{id}, of the file that this one replaces, has been sent already: tell whoever got it."
            ));
            replaced.already_sent.push(id);
        }
    }
    Ok(replaced)
}
