//! Enters: an account for the pages. Leaves: its row, and back again.
//! Never: reads or writes what proves a passphrase: that column follows from no event.

use super::text;
use crate::engine::LedgerConnection;
use crate::error::LedgerError;
use crate::events::at_text;
use crate::row::row;
use crate::user_account::UserAccount;
use chrono::{DateTime, Utc};
use despatch_core::words::StaffId;
use std::fmt;

row! {
    /// The row of an account, as the table has it.
    UserRow of "user_account" {
        1 staff: String;
        2 roles: String,
        3 disabled: i64,
        4 must_change: i64,
        5 since: String,
        6 failures: i64,
        7 last_failure: Option<String>,
        8 signed_in: Option<String>,
    } select {
        ALL = " ORDER BY staff";
        ONE = " WHERE staff = $1";
    }
}

impl UserRow {
    /// Returns the row of an account.
    ///
    /// # Errors
    /// Its roles cannot be written.
    pub(crate) fn of(account: &UserAccount) -> Result<Self, LedgerError> {
        Ok(Self {
            staff: account.staff.to_string(),
            roles: text(&account.roles)?,
            disabled: account.disabled.into(),
            must_change: account.must_change.into(),
            since: at_text(account.since),
            failures: account.failures,
            last_failure: account.last_failure.map(at_text),
            signed_in: account.signed_in.map(at_text),
        })
    }

    /// Returns the account of a row.
    ///
    /// # Errors
    /// A column has what the ledger never writes.
    pub(crate) fn account(&self) -> Result<UserAccount, LedgerError> {
        Ok(UserAccount {
            staff: self.staff.parse().map_err(unread)?,
            roles: serde_json::from_str(&self.roles).map_err(unread)?,
            disabled: self.disabled != 0,
            must_change: self.must_change != 0,
            since: moment(&self.since)?,
            failures: self.failures,
            last_failure: self.last_failure.as_deref().map(moment).transpose()?,
            signed_in: self.signed_in.as_deref().map(moment).transpose()?,
        })
    }

    /// Returns every row, in the order of the ids.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub(crate) async fn all(connection: &mut LedgerConnection) -> Result<Vec<Self>, LedgerError> {
        ALL.query().fetch_all(connection).await?.iter().map(Self::read).collect()
    }

    /// Returns the row of one account.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub(crate) async fn one(
        connection: &mut LedgerConnection,
        staff: &StaffId,
    ) -> Result<Option<Self>, LedgerError> {
        let row = ONE.query().bind(staff.as_str()).fetch_optional(connection).await?;
        row.as_ref().map(Self::read).transpose()
    }
}

fn unread(why: impl fmt::Display) -> LedgerError {
    LedgerError::Failed(format!("the row of an account cannot be read: {why}"))
}

fn moment(text: &str) -> Result<DateTime<Utc>, LedgerError> {
    text.parse().map_err(unread)
}
