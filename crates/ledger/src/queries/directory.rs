//! Enters: nothing, or the id of an entry. Leaves: the current directory, or that entry.
//! Never: changes one.

use crate::engine::{LedgerConnection, LedgerRow};
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;
use despatch_core::address::EmailAddress;
use despatch_core::words::EntryId;
use despatch_directory::directory::Directory;
use despatch_directory::domain::Domain;
use despatch_directory::entry::Entry;
use despatch_directory::lookalikes::Lookalikes;
use despatch_directory::rules::AddressRules;
use sqlx::Row;

statements! {
    ENTRIES = "SELECT record FROM entry ORDER BY id";
    VERSION = "SELECT version FROM directory";
    ENTRY = "SELECT record FROM entry WHERE id = $1";
    OTHERS_OF_DOMAIN = "SELECT 1 AS other FROM entry WHERE domain = $1 AND id <> $2 LIMIT 1";
    OTHER_OF_ADDRESS = "SELECT id FROM entry WHERE email = $1 AND id <> $2";
    OTHER_OF_KEY = "SELECT entry FROM entry_key WHERE key = $1 AND entry <> $2";
    DOMAINS = "SELECT DISTINCT domain FROM entry";
}

impl Ledger {
    /// Returns the current directory, as people may see it.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn directory(&mut self, rules: &AddressRules) -> Result<Directory, LedgerError> {
        let rows = self.ask(async |connection| ENTRIES.query().fetch_all(connection).await)?;
        let shown = |row: &LedgerRow| Ok(read(row.get("record"))?.shown());
        let entries: Result<Vec<Entry>, LedgerError> = rows.iter().map(shown).collect();
        Ok(Directory::new(entries?, rules.clone()))
    }

    /// Returns the number of the directory's latest change.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn directory_version(&mut self) -> Result<i64, LedgerError> {
        let row = self.ask(async |connection| VERSION.query().fetch_one(connection).await)?;
        Ok(row.get("version"))
    }
}

fn read(text: &str) -> Result<Entry, LedgerError> {
    serde_json::from_str(text)
        .map_err(|error| LedgerError::Failed(format!("an entry of the directory cannot be read: {error}")))
}

/// Returns one entry.
pub(crate) async fn load_entry(
    connection: &mut LedgerConnection,
    id: &EntryId,
) -> Result<Option<Entry>, LedgerError> {
    let row = ENTRY.query().bind(id.as_str()).fetch_optional(connection).await?;
    row.map(|row| read(row.get("record"))).transpose()
}

/// Returns whether other entries have a domain. An entry's own domain does not count, so that its typing error can be
/// corrected.
pub(crate) async fn others_have(
    connection: &mut LedgerConnection,
    domain: &Domain,
    id: &EntryId,
) -> Result<bool, LedgerError> {
    let query = OTHERS_OF_DOMAIN.query().bind(domain.as_str()).bind(id.as_str());
    let other = query.fetch_optional(connection).await?;
    Ok(other.is_some())
}

/// Returns every domain of the directory.
pub(crate) async fn lookalikes(connection: &mut LedgerConnection) -> Result<Lookalikes, LedgerError> {
    let rows = DOMAINS.query().fetch_all(connection).await?;
    let mut looks = Lookalikes::default();
    for row in rows {
        let domain: Domain = row
            .get::<&str, _>("domain")
            .parse()
            .map_err(|_| LedgerError::Failed("a domain of the directory cannot be read".to_owned()))?;
        looks.add(&domain);
    }
    Ok(looks)
}

/// Returns another entry with this address, ignoring case.
pub(crate) async fn other_of_address(
    connection: &mut LedgerConnection,
    address: &EmailAddress,
    id: &EntryId,
) -> Result<Option<String>, LedgerError> {
    let query = OTHER_OF_ADDRESS.query().bind(address.as_str().to_ascii_lowercase()).bind(id.as_str());
    Ok(query.fetch_optional(connection).await?.map(|row| row.get("id")))
}

/// Returns another entry with this key.
pub(crate) async fn other_of_key(
    connection: &mut LedgerConnection,
    key: &str,
    id: &EntryId,
) -> Result<Option<String>, LedgerError> {
    let row = OTHER_OF_KEY.query().bind(key).bind(id.as_str()).fetch_optional(connection).await?;
    Ok(row.map(|row| row.get("entry")))
}
