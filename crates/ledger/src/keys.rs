//! Enters: that a review key was replaced or a recovery key tried. Leaves: the record of both, and which review key
//! opens what. Never: holds a private key.

use super::chain;
use super::ledger::{Ledger, LedgerError};
use crate::statement::statements;
use chrono::{DateTime, Utc};
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use despatch_settings::Staff;
use serde_json::{Value, json};
use sqlx::Row;

statements! {
    REVIEW_KEY_OF = "SELECT review_key FROM claim WHERE number = $1";
}

/// The subject of events about the office's own keys.
const KEYS: &str = "review key";
/// A review key took the place of another.
const ROTATED: &str = "review_key_rotated";
/// The line sealed to a review key before any other was on record.
const FIRST: &str = "review_key_first";
/// Who puts the first review key on record: no person.
const THE_LINE: &str = "despatch";
/// Somebody tried whether the recovery key opens what it should.
const DRILL: &str = "recovery_drill";

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
        self.note(KEYS, ROTATED, json!({ "from": from, "to": to, "reason": reason }), by, now)
    }

    /// The review key that is on record, by its fingerprint; `None` before the first run.
    pub fn review_key_on_record(&mut self) -> Result<Option<String>, LedgerError> {
        let named = |event: chain::Event| match event.what.as_str() {
            ROTATED => event.detail["to"].as_str().map(str::to_owned),
            FIRST => event.detail["key"].as_str().map(str::to_owned),
            _ => None,
        };
        Ok(self.events(Some(KEYS))?.into_iter().rev().find_map(named))
    }

    /// Makes sure that the office seals to the review key that is on record, which only [`Ledger::record_rotation`]
    /// changes. The first key that is ever sealed to is put on record.
    ///
    /// Errors: it is another key: whoever has it would read every copy from now on.
    pub fn expect_review_key(&mut self, in_use: &str, now: Moment) -> Result<(), LedgerError> {
        match self.review_key_on_record()? {
            None => self.append_by(THE_LINE, KEYS, FIRST, json!({ "key": in_use }), now),
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
        let read = |event: chain::Event| {
            let text = |key: &str| event.detail[key].as_str().map(str::to_owned);
            Some(Rotated { at: moment(&event.at)?, from: text("from")?, to: text("to")? })
        };
        Ok(self.about_keys(ROTATED)?.into_iter().filter_map(read).collect())
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
        let tried: Vec<Value> = tried
            .iter()
            .map(|(file, sha256, opened)| json!({ "file": file, "sha256": sha256, "opened": opened }))
            .collect();
        self.note(KEYS, DRILL, json!({ "key": key, "opened": opened, "tried": tried }), by, now)
    }

    /// The last drill with this recovery key in which everything opened.
    pub fn last_drill(&mut self, key: &str) -> Result<Option<Drill>, LedgerError> {
        let read = |event: chain::Event| {
            let opened = event.detail["opened"].as_bool().unwrap_or(false);
            let key = event.detail["key"].as_str()?.to_owned();
            Some(Drill { at: moment(&event.at)?, key, opened })
        };
        let mut drills = self.about_keys(DRILL)?.into_iter().filter_map(read);
        Ok(drills.rfind(|drill| drill.opened && drill.key == key))
    }

    /// The review key to which the case file of a claim is sealed, by its fingerprint; `current` is the one in use.
    pub fn review_key_of(&mut self, claim: i64, current: &str) -> Result<String, LedgerError> {
        let connection = &mut self.connection;
        let row = self.runtime.block_on(REVIEW_KEY_OF.query().bind(claim).fetch_optional(connection))?;
        match row.and_then(|row| row.get::<Option<String>, _>("review_key")) {
            Some(known) => Ok(known),
            None => self.first_review_key(current),
        }
    }

    /// The key that the office began with: whatever does not say otherwise is sealed to it.
    pub fn first_review_key(&mut self, current: &str) -> Result<String, LedgerError> {
        Ok(self.rotations()?.first().map_or_else(|| current.to_owned(), |first| first.from.clone()))
    }

    fn about_keys(&mut self, what: &str) -> Result<Vec<chain::Event>, LedgerError> {
        let mut events = self.events(Some(KEYS))?;
        events.retain(|event| event.what == what);
        Ok(events)
    }
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc))
}
