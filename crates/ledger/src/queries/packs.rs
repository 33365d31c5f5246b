//! Enters: nothing. Leaves: the decisions about each policy pack.
//! Never: decides anything.

use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::statement::statements;
use chrono::NaiveDate;
use despatch_core::words::{PackId, Sha256, StaffId};
use despatch_process::Adoption;
use despatch_process::packs::pack::{PackRecord, Withdrawal};
use sqlx::Row;
use std::collections::BTreeMap;

statements! {
    ADOPTIONS = "SELECT pack, proposed_by, confirmed_by, reason, first_day, last_day, pack_sha256 FROM adoption \
                 ORDER BY confirmed_by IS NULL";
    WITHDRAWALS = "SELECT pack, by, reason, day FROM withdrawal";
}

impl Ledger {
    /// Returns the decisions about each pack.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn packs(&mut self) -> Result<BTreeMap<PackId, PackRecord>, LedgerError> {
        self.ask(pack_record)
    }
}

/// Returns the decisions about each pack.
pub(crate) async fn pack_record(
    connection: &mut LedgerConnection,
) -> Result<BTreeMap<PackId, PackRecord>, LedgerError> {
    let mut packs: BTreeMap<PackId, PackRecord> = BTreeMap::new();
    let rows = ADOPTIONS.query().fetch_all(&mut *connection).await?;
    for row in rows {
        let pack: PackId = read_id(row.get("pack"))?;
        let second: Option<&str> = row.get("confirmed_by");
        let mut by: Vec<StaffId> = vec![read_id(row.get("proposed_by"))?];
        if let Some(second) = second {
            by.push(read_id(second)?);
        }
        let adoption = Adoption {
            pack: pack.clone(),
            by,
            reason: row.get("reason"),
            from: day(row.get("first_day"))?,
            expires: day(row.get("last_day"))?,
            sha256: hash(row.get("pack_sha256"))?,
        };
        let known = packs.entry(pack).or_default();
        match known.adoption {
            None => known.adoption = Some(adoption),
            Some(_) => known.renewal = Some(adoption),
        }
    }
    let rows = WITHDRAWALS.query().fetch_all(&mut *connection).await?;
    for row in rows {
        let pack: PackId = read_id(row.get("pack"))?;
        packs.entry(pack).or_default().withdrawn = Some(Withdrawal {
            by: read_id(row.get("by"))?,
            reason: row.get("reason"),
            on: day(row.get("day"))?,
        });
    }
    Ok(packs)
}

fn read_id<T: std::str::FromStr<Err = &'static str>>(text: &str) -> Result<T, LedgerError> {
    text.parse().map_err(|why: &str| LedgerError::Failed(format!("{text} is not {why}")))
}

fn hash(text: Option<&str>) -> Result<Option<Sha256>, LedgerError> {
    let unread = |text: &str| LedgerError::Failed(format!("{text} is not a SHA-256"));
    text.map(|text| text.parse().map_err(|_| unread(text))).transpose()
}

fn day(text: &str) -> Result<NaiveDate, LedgerError> {
    text.parse().map_err(|_| LedgerError::Failed(format!("{text} is not a date")))
}
