//! Enters: a review key was replaced or a recovery key tried. Leaves: a record of both, and which review key opens
//! what. Never: holds a private key.

use crate::error::LedgerError;
use crate::events::{LedgerEvent, OfficeEvent, ReviewKeyEvent, Subject, TriedFile};
use crate::ledger::Ledger;
use crate::queue::THE_LINE;
use crate::statement::statements;
use chrono::{DateTime, Utc};
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use despatch_settings::Staff;
use sqlx::Row;

statements! {
    REVIEW_KEY_OF = "SELECT review_key FROM submission WHERE number = $1";
}

/// A rotation of the review key, by fingerprints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    pub at: DateTime<Utc>,
    pub from: String,
    pub to: String,
}

/// A drill with the recovery key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drill {
    pub at: DateTime<Utc>,
    /// The fingerprint of the recovery key.
    pub key: String,
    pub opened: bool,
}

impl Ledger {
    /// Records that one review key replaces another.
    ///
    /// # Errors
    /// The ledger fails.
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

    /// Records the fingerprint of a new signing key of the office, and of the one it replaces.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn record_signing_key(
        &mut self,
        fingerprint: String,
        before: Option<String>,
        by: &Staff,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let made = LedgerEvent::Office(OfficeEvent::SigningKeyMade { fingerprint, before });
        self.transact(by.id.as_str(), now.at, async |tx| tx.record(made).await)
    }

    /// Returns the fingerprint of the recorded review key; `None` before the first run.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn review_key_on_record(&mut self) -> Result<Option<String>, LedgerError> {
        let named = |(_, event)| match event {
            ReviewKeyEvent::Rotated { to, .. } => Some(to),
            ReviewKeyEvent::First { key } => Some(key),
            ReviewKeyEvent::RecoveryDrill { .. } => None,
        };
        Ok(self.about_keys()?.into_iter().rev().find_map(named))
    }

    /// Checks that the office seals to the recorded review key, which only [`Ledger::record_rotation`] changes. The
    /// first key ever used is recorded.
    ///
    /// # Errors
    /// The key in use is another one, whose holder could read every copy from then on.
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

    /// Returns every rotation of the review key, oldest first.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn rotations(&mut self) -> Result<Vec<Rotated>, LedgerError> {
        let read = |(at, event)| match event {
            ReviewKeyEvent::Rotated { from, to, .. } => Some(Rotated { at, from, to }),
            _ => None,
        };
        Ok(self.about_keys()?.into_iter().filter_map(read).collect())
    }

    /// Records a drill with the recovery key: the files it was tried on, with their hashes, and the result.
    ///
    /// # Errors
    /// The ledger fails.
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

    /// Returns the last drill with this recovery key in which everything opened.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn last_drill(&mut self, key: &str) -> Result<Option<Drill>, LedgerError> {
        let read = |(at, event)| match event {
            ReviewKeyEvent::RecoveryDrill { key, opened, .. } => Some(Drill { at, key, opened }),
            _ => None,
        };
        let mut drills = self.about_keys()?.into_iter().filter_map(read);
        Ok(drills.rfind(|drill| drill.opened && drill.key == key))
    }

    /// Returns the fingerprint of the review key to which a queued case file is sealed.
    ///
    /// # Errors
    /// The submission is not queued, or the ledger fails.
    pub fn review_key_of(&mut self, submission: i64) -> Result<String, LedgerError> {
        let row = self.ask(async |connection| {
            REVIEW_KEY_OF.query().bind(submission).fetch_optional(connection).await
        })?;
        let known = row.and_then(|row| row.get::<Option<String>, _>("review_key"));
        known.ok_or_else(|| LedgerError::Failed(format!("case file {submission} is not queued")))
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
