//! Enters: that a review key was replaced or a recovery key tried. Leaves: the record of both, and which review key
//! opens what. Never: holds a private key.

use super::events::{LedgerEvent, ReviewKeyEvent, Subject, TriedFile};
use super::ledger::{Ledger, LedgerError};
use super::queue::THE_LINE;
use crate::statement::statements;
use chrono::{DateTime, Utc};
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use despatch_settings::Staff;
use sqlx::Row;

statements! {
    REVIEW_KEY_OF = "SELECT review_key FROM claim WHERE number = $1";
}

/// One rotation of the review key, by fingerprints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    pub at: DateTime<Utc>,
    pub from: String,
    pub to: String,
}

/// One drill with the recovery key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drill {
    pub at: DateTime<Utc>,
    /// The recovery key, by its fingerprint.
    pub key: String,
    pub opened: bool,
}

impl Ledger {
    /// Takes note that one review key takes the place of another.
    pub fn record_rotation(
        &mut self,
        from: &str,
        to: &str,
        by: &Staff,
        reason: &str,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let (from, to, reason) = (from.to_owned(), to.to_owned(), reason.to_owned());
        let rotated = LedgerEvent::ReviewKey(ReviewKeyEvent::Rotated { from, to, reason });
        self.transact(by.id.as_str(), now.at, async |tx| tx.record(rotated).await)
    }

    /// The review key that is on record, by its fingerprint; `None` before the first run.
    pub fn review_key_on_record(&mut self) -> Result<Option<String>, LedgerError> {
        let named = |(_, event)| match event {
            ReviewKeyEvent::Rotated { to, .. } => Some(to),
            ReviewKeyEvent::First { key } => Some(key),
            ReviewKeyEvent::RecoveryDrill { .. } => None,
        };
        Ok(self.about_keys()?.into_iter().rev().find_map(named))
    }

    /// Makes sure that the office seals to the review key that is on record, which only [`Ledger::record_rotation`]
    /// changes. The first key that is ever sealed to is put on record.
    ///
    /// Errors: it is another key: whoever has it would read every copy from now on.
    pub fn expect_review_key(&mut self, in_use: &str, now: Moment) -> Result<(), LedgerError> {
        match self.review_key_on_record()? {
            None => {
                let first = LedgerEvent::ReviewKey(ReviewKeyEvent::First { key: in_use.to_owned() });
                self.transact(THE_LINE, now.at, async |tx| tx.record(first).await)
            }
            Some(known) if known == in_use => Ok(()),
            Some(known) => {
                let cause = format!("{in_use} is not the review key that is on record, {known}");
                let cure = "find out who put it there, and put the right file back from a backup; where a change of the \
                            key was stopped half way, give `despatch keys rotate-review` again";
                Err(LedgerError::Refused(Fault::new("keys/review.pub", "review_key.other", cause, cure)))
            }
        }
    }

    /// Every rotation of the review key, oldest first.
    pub fn rotations(&mut self) -> Result<Vec<Rotated>, LedgerError> {
        let read = |(at, event)| match event {
            ReviewKeyEvent::Rotated { from, to, .. } => Some(Rotated { at, from, to }),
            _ => None,
        };
        Ok(self.about_keys()?.into_iter().filter_map(read).collect())
    }

    /// Takes note of a drill with the recovery key: what it was tried on, by numbers and hashes, and what came of it.
    pub fn record_drill(
        &mut self,
        key: &str,
        by: &Staff,
        tried: &[(String, Sha256, bool)],
        now: Moment,
    ) -> Result<(), LedgerError> {
        let opened = tried.iter().all(|(_, _, opened)| *opened);
        let tried = tried
            .iter()
            .map(|(file, sha256, opened)| TriedFile { file: file.clone(), sha256: *sha256, opened: *opened })
            .collect();
        let drill = ReviewKeyEvent::RecoveryDrill { key: key.to_owned(), opened, tried };
        let drill = LedgerEvent::ReviewKey(drill);
        self.transact(by.id.as_str(), now.at, async |tx| tx.record(drill).await)
    }

    /// The last drill with this recovery key in which everything opened.
    pub fn last_drill(&mut self, key: &str) -> Result<Option<Drill>, LedgerError> {
        let read = |(at, event)| match event {
            ReviewKeyEvent::RecoveryDrill { key, opened, .. } => Some(Drill { at, key, opened }),
            _ => None,
        };
        let mut drills = self.about_keys()?.into_iter().filter_map(read);
        Ok(drills.rfind(|drill| drill.opened && drill.key == key))
    }

    /// The review key to which a queued case file is sealed, by its fingerprint.
    ///
    /// # Errors
    /// It is not queued, or the ledger fails.
    pub fn review_key_of(&mut self, claim: i64) -> Result<String, LedgerError> {
        let connection = &mut self.connection;
        let row = self.runtime.block_on(REVIEW_KEY_OF.query().bind(claim).fetch_optional(connection))?;
        let known = row.and_then(|row| row.get::<Option<String>, _>("review_key"));
        known.ok_or_else(|| LedgerError::Failed(format!("case file {claim} is not queued")))
    }

    fn about_keys(&mut self) -> Result<Vec<(DateTime<Utc>, ReviewKeyEvent)>, LedgerError> {
        let events = self.events(Some(&Subject::ReviewKey.to_string()))?;
        let about = events.into_iter().filter_map(|event| match event.happened {
            LedgerEvent::ReviewKey(happened) => Some((event.at, happened)),
            _ => None,
        });
        Ok(about.collect())
    }
}
