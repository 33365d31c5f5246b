//! Enters: a member of staff who may use the pages. Leaves: their account and its roles, as values.
//! Never: a passphrase, or what proves one.

use chrono::{DateTime, Utc};
use despatch_core::words::StaffId;
use serde::Serialize;
use std::collections::BTreeSet;

despatch_core::closed! {
    /// What somebody may do in the pages. What a decision asks beyond that (four eyes, a reviewer of the staff list) holds
    /// there as everywhere.
    UserRole {
        /// Starts and mends cases, and records what came of them.
        Preparer = "preparer", "preparer";
        /// Opens messages and decides about them.
        Reviewer = "reviewer", "reviewer";
        /// Enters, changes and verifies entries of the directory.
        DirectoryKeeper = "directory_keeper", "directory keeper";
        /// Changes templates, packs and places.
        TemplateOwner = "template_owner", "template owner";
        /// Reads, verifies and exports the record.
        Auditor = "auditor", "auditor";
        /// Makes and closes accounts.
        Administrator = "administrator", "administrator";
    }
}

/// The account of a member of staff for the pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserAccount {
    pub staff: StaffId,
    pub roles: BTreeSet<UserRole>,
    pub disabled: bool,
    /// Whether its passphrase was for one use, and its owner has to choose another one.
    pub must_change: bool,
    pub since: DateTime<Utc>,
    /// The refused sign-ins since the last one that was let in.
    pub failures: i64,
    pub last_failure: Option<DateTime<Utc>>,
    pub signed_in: Option<DateTime<Utc>>,
}
