//! Enters: what an office's own file of rules or templates is to hold. Leaves: it proposed by one person and confirmed by
//! another, on record. Never: writes the file.

use crate::error::LedgerError;
use crate::events::{ConfigEvent, ConfigPath, LedgerEvent, Subject};
use crate::ledger::Ledger;
use chrono::{DateTime, Utc};
use despatch_core::words::{Sha256, StaffId};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a file is to hold, as somebody proposed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    pub path: ConfigPath,
    pub sha256: Sha256,
    pub by: String,
    pub at: DateTime<Utc>,
    /// Who confirmed it, if anybody did.
    pub confirmed_by: Option<String>,
    #[serde(skip)]
    pub text: String,
}

impl Ledger {
    /// Records what a file is to hold. It takes the place of what was proposed before and not confirmed.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn propose_config(
        &mut self,
        path: &ConfigPath,
        text: &str,
        by: &StaffId,
        at: DateTime<Utc>,
    ) -> Result<Sha256, LedgerError> {
        let sha256 = Sha256::of(text.as_bytes());
        let event = ConfigEvent::Proposed { sha256, text: text.to_owned() };
        self.transact(by.as_str(), at, async |tx| tx.record(LedgerEvent::Config(path.clone(), event)).await)?;
        Ok(sha256)
    }

    /// Records that a second person confirmed a proposal.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn confirm_config(
        &mut self,
        proposal: &Proposal,
        by: &StaffId,
        at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let event = ConfigEvent::Confirmed { sha256: proposal.sha256, proposed_by: proposal.by.clone() };
        let event = LedgerEvent::Config(proposal.path.clone(), event);
        self.transact(by.as_str(), at, async |tx| tx.record(event).await)
    }

    /// Returns the last proposal for a file.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn config_proposal(&mut self, path: &ConfigPath) -> Result<Option<Proposal>, LedgerError> {
        let events = self.events(Some(&Subject::Config(path.clone()).to_string()))?;
        Ok(latest(events).remove(path))
    }

    /// Returns the last proposal for each file.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn config_proposals(&mut self) -> Result<BTreeMap<ConfigPath, Proposal>, LedgerError> {
        Ok(latest(self.events_of(&["config_proposed", "config_confirmed"])?))
    }
}

fn latest(events: Vec<crate::events::Event>) -> BTreeMap<ConfigPath, Proposal> {
    let mut found: BTreeMap<ConfigPath, Proposal> = BTreeMap::new();
    for event in events {
        match event.happened {
            LedgerEvent::Config(path, ConfigEvent::Proposed { sha256, text }) => {
                let (by, at) = (event.actor, event.at);
                let proposal = Proposal { path: path.clone(), sha256, by, at, confirmed_by: None, text };
                found.insert(path, proposal);
            }
            LedgerEvent::Config(path, ConfigEvent::Confirmed { sha256, .. }) => {
                if let Some(proposal) = found.get_mut(&path).filter(|proposal| proposal.sha256 == sha256) {
                    proposal.confirmed_by = Some(event.actor);
                }
            }
            _ => {}
        }
    }
    found
}
