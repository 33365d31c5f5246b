//! Enters: an entry of the directory. Leaves: its row and those of its keys, and back again.
//! Never: decides anything; a column follows from its value.

use super::text;
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::row::row;
use despatch_directory::entry::Entry;
use std::collections::BTreeSet;

row! {
    /// A row of `entry`.
    EntryRow of "entry" {
        1 id: String;
        // In lower case: one mailbox is one entry.
        2 email: String,
        3 domain: String,
        4 record: String,
    } select {
        ALL = "";
    }
}

impl EntryRow {
    pub(crate) fn of(entry: &Entry) -> Result<Self, LedgerError> {
        Ok(Self {
            id: entry.id.to_string(),
            email: entry.email.as_str().to_ascii_lowercase(),
            domain: entry.email.domain().to_owned(),
            record: text(entry)?,
        })
    }

    pub(crate) async fn all(connection: &mut LedgerConnection) -> Result<Vec<Self>, LedgerError> {
        ALL.query().fetch_all(connection).await?.iter().map(Self::read).collect()
    }
}

/// Returns the keys of an entry as its rows of `entry_key` have them.
pub(crate) fn entry_keys(entry: &Entry) -> BTreeSet<String> {
    entry.keys.iter().map(|key| key.as_str().to_owned()).collect()
}
