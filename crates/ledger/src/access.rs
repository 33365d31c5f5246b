//! Enters: who looked at something sealed, or took the record of a case out of the office. Leaves: it on record.
//! Never: shows what was looked at.

use crate::error::{LedgerError, refuse};
use crate::events::{DespatchEvent, EntryEvent, ExportEvent, LedgerEvent, Subject, SubmissionEvent, Viewing};
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use chrono::{DateTime, Utc};
use despatch_core::clock::Moment;
use despatch_core::words::CaseId;
use despatch_settings::Staff;

impl Ledger {
    /// Records that somebody viewed a despatch's documents.
    ///
    /// # Errors
    /// There is no such despatch, it has another message by now, or the ledger fails.
    pub fn record_view(
        &mut self,
        id: DespatchId,
        seen: Viewing,
        actor: &str,
        at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.transact(actor, at, async |tx| {
            let despatch = tx.despatch(id).await?;
            if despatch.message.is_none_or(|bound| bound.sha256 != seen.message) {
                let cause = "its message was regenerated meanwhile";
                return refuse(id, "open.other_message", cause, "open it again");
            }
            tx.record(LedgerEvent::Despatch(id, DespatchEvent::Viewed(Some(seen)))).await
        })
    }

    /// Records that somebody opened a version that is the despatch's no more, to compare it with the present one.
    ///
    /// # Errors
    /// There is no such despatch, or the ledger fails.
    pub fn record_earlier_view(
        &mut self,
        id: DespatchId,
        seen: Viewing,
        actor: &str,
        at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.transact(actor, at, async |tx| {
            tx.despatch(id).await?;
            tx.record(LedgerEvent::Despatch(id, DespatchEvent::Viewed(Some(seen)))).await
        })
    }

    /// Records that somebody viewed the passphrase of a despatch or a test message.
    ///
    /// # Errors
    /// `subject` is neither, or the ledger fails.
    pub fn record_passphrase_view(
        &mut self,
        subject: &str,
        actor: &str,
        at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let viewed = match subject.parse() {
            Ok(Subject::Despatch(id)) => LedgerEvent::Despatch(id, DespatchEvent::PassphraseViewed),
            Ok(Subject::Entry(id)) => LedgerEvent::Entry(id, EntryEvent::PassphraseViewed),
            _ => return Err(LedgerError::Failed(format!("{subject} has no passphrase"))),
        };
        self.transact(actor, at, async |tx| tx.record(viewed).await)
    }

    /// Records that somebody opened a sealed case file.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn record_case_file_view(
        &mut self,
        submission: i64,
        actor: &str,
        at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let viewed = LedgerEvent::Submission(submission, SubmissionEvent::Viewed);
        self.transact(actor, at, async |tx| tx.record(viewed).await)
    }

    /// Records that the record of a case was exported.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn record_export(
        &mut self,
        case: &CaseId,
        reason: &str,
        by: &Staff,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let exported = LedgerEvent::Record(case.clone(), ExportEvent::Exported { reason: reason.to_owned() });
        self.transact(by.id.as_str(), now.at, async |tx| tx.record(exported).await)
    }
}
