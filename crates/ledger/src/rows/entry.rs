//! Enters: an entry of the directory. Leaves: its row and those of its keys, and back again.
//! Never: decides anything; a column follows from its value.

use super::text;
use crate::engine::{LedgerConnection, LedgerRow};
use crate::error::LedgerError;
use crate::statement::statements;
use despatch_directory::entry::Entry;
use sqlx::Row;
use std::collections::{BTreeMap, BTreeSet};

statements! {
    SAVE = "INSERT INTO entry (id, email, domain, record) VALUES ($1, $2, $3, $4) \
            ON CONFLICT (id) DO UPDATE SET email = $2, domain = $3, record = $4";
    FORGET_KEYS = "DELETE FROM entry_key WHERE entry = $1";
    SAVE_KEY = "INSERT INTO entry_key (key, entry) VALUES ($1, $2)";
}

/// A row of `entry` with those of `entry_key`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EntryRow {
    pub(crate) id: String,
    /// In lower case: one mailbox is one entry.
    email: String,
    domain: String,
    pub(crate) record: String,
    keys: BTreeSet<String>,
}

impl EntryRow {
    pub(crate) fn of(entry: &Entry) -> Result<Self, LedgerError> {
        Ok(Self {
            id: entry.id.to_string(),
            email: entry.email.as_str().to_ascii_lowercase(),
            domain: entry.email.domain().to_owned(),
            record: text(entry)?,
            keys: entry.keys.iter().map(|key| key.as_str().to_owned()).collect(),
        })
    }

    /// Reads a row, taking its keys out of `keys`.
    pub(crate) fn read(row: &LedgerRow, keys: &mut BTreeMap<String, BTreeSet<String>>) -> Self {
        let id: String = row.get("id");
        let keys = keys.remove(&id).unwrap_or_default();
        Self { id, email: row.get("email"), domain: row.get("domain"), record: row.get("record"), keys }
    }

    pub(super) async fn save(&self, connection: &mut LedgerConnection) -> Result<(), LedgerError> {
        SAVE.query()
            .bind(&self.id)
            .bind(&self.email)
            .bind(&self.domain)
            .bind(&self.record)
            .execute(&mut *connection)
            .await?;
        FORGET_KEYS.query().bind(&self.id).execute(&mut *connection).await?;
        for key in &self.keys {
            SAVE_KEY.query().bind(key).bind(&self.id).execute(&mut *connection).await?;
        }
        Ok(())
    }
}
