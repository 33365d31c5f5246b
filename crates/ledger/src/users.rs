//! Enters: a member of staff who may use the pages, and what proves their passphrase. Leaves: their account, with each
//! change, sign-in and refusal on record. Never: puts a passphrase or its hash into an event, or decides who may.

use crate::error::LedgerError;
use crate::event_log;
use crate::events::{LedgerEvent, OfficeEvent, SignInWay, Subject, UserEvent};
use crate::ledger::Ledger;
use crate::rows::UserRow;
use crate::statement::statements;
use crate::transact::Transaction;
use crate::user_account::{UserAccount, UserRole};
use chrono::{DateTime, TimeDelta, Utc};
use despatch_core::words::StaffId;
use sqlx::Row;
use std::collections::BTreeSet;

/// Who tells of a sign-in that was refused: whoever tried is not known.
const THE_PAGES: &str = "despatch pages";

/// Sign-ins under unknown names are told once in this time, however many there are: whoever guesses must not be able to
/// fill the record.
const UNKNOWN_ONCE_IN: TimeDelta = TimeDelta::minutes(10);

statements! {
    HASH_OF = "SELECT hash FROM user_account WHERE staff = $1";
    SET_HASH = "UPDATE user_account SET hash = $2 WHERE staff = $1";
}

impl Ledger {
    /// Makes an account whose passphrase `hash` proves, for one use if it was not its owner who chose it.
    ///
    /// # Errors
    /// They have one, or the ledger fails.
    pub fn add_user(
        &mut self,
        staff: &StaffId,
        roles: &BTreeSet<UserRole>,
        (hash, one_time): (&str, bool),
        (by, at): (&StaffId, DateTime<Utc>),
    ) -> Result<(), LedgerError> {
        let added = UserEvent::Added { roles: roles.clone(), one_time };
        self.transact(by.as_str(), at, async |tx| {
            tx.record(LedgerEvent::User(staff.clone(), added)).await?;
            keep_hash(tx, staff, hash).await
        })
    }

    /// Replaces what proves the passphrase of an account.
    ///
    /// # Errors
    /// They have no account, or the ledger fails.
    pub fn set_user_passphrase(
        &mut self,
        staff: &StaffId,
        (hash, one_time): (&str, bool),
        (by, at): (&StaffId, DateTime<Utc>),
    ) -> Result<(), LedgerError> {
        self.transact(by.as_str(), at, async |tx| {
            tx.record(LedgerEvent::User(staff.clone(), UserEvent::PassphraseSet { one_time })).await?;
            keep_hash(tx, staff, hash).await
        })
    }

    /// Records another change of an account, or that its owner signed out.
    ///
    /// # Errors
    /// They have no account, or the ledger fails.
    pub fn record_user(
        &mut self,
        staff: &StaffId,
        happened: UserEvent,
        (by, at): (&StaffId, DateTime<Utc>),
    ) -> Result<(), LedgerError> {
        self.transact(by.as_str(), at, async |tx| tx.record(LedgerEvent::User(staff.clone(), happened)).await)
    }

    /// Records that the owner of an account signed in.
    ///
    /// # Errors
    /// They have no account, or the ledger fails.
    pub fn signed_in(
        &mut self,
        staff: &StaffId,
        how: SignInWay,
        at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.record_user(staff, UserEvent::SignedIn { how }, (staff, at))
    }

    /// Records that somebody was not let in, as the owner of an account or under a name that has none.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn sign_in_refused(
        &mut self,
        account: Option<&StaffId>,
        at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.transact(THE_PAGES, at, async |tx| {
            if let Some(staff) = account {
                return tx.record(LedgerEvent::User(staff.clone(), UserEvent::SignInRefused)).await;
            }
            let since = at - UNKNOWN_ONCE_IN;
            let told = event_log::read_kinds_since(tx.connection(), &["unknown_sign_ins"], since).await?;
            match told.is_empty() {
                true => tx.record(LedgerEvent::Office(OfficeEvent::UnknownSignIns)).await,
                false => Ok(()),
            }
        })
    }

    /// Returns every account, in the order of the ids.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn users(&mut self) -> Result<Vec<UserAccount>, LedgerError> {
        let rows = self.ask(UserRow::all)?;
        rows.iter().map(UserRow::account).collect()
    }

    /// Returns the account of a member of staff.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn user(&mut self, staff: &StaffId) -> Result<Option<UserAccount>, LedgerError> {
        let row = self.ask(async |connection| UserRow::one(connection, staff).await)?;
        row.as_ref().map(UserRow::account).transpose()
    }

    /// Returns what proves the passphrase of an account.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn user_hash(&mut self, staff: &StaffId) -> Result<Option<String>, LedgerError> {
        self.ask(async |connection| {
            let row = HASH_OF.query().bind(staff.as_str()).fetch_optional(connection).await?;
            Ok(row.map(|row| row.try_get("hash")).transpose()?.flatten())
        })
    }
}

async fn keep_hash(tx: &mut Transaction<'_>, staff: &StaffId, hash: &str) -> Result<(), LedgerError> {
    SET_HASH.query().bind(staff.as_str()).bind(hash).execute(tx.connection()).await?;
    Ok(())
}

/// Returns the subject of the events of an account.
pub fn user_subject(staff: &StaffId) -> String {
    Subject::User(staff.clone()).to_string()
}
