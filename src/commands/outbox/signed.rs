//! Enters: what a reviewer wants to let go, and their key. Leaves: their signatures over what the office asks them to
//! sign, and what it refuses. Never: asks for a number that nobody is going to sign.

use crate::caller::{Caller, CallerPath, ToSign};
use despatch_app::operations::decisions::DecisionOutcome;
use despatch_app::operations::to_sign::{AskToSign, to_sign};
use despatch_app::operations::{Actor, Failure, OpenOffice};
use despatch_ledger::DespatchId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The reviewer's own key.
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub(super) struct SignKey {
    /// Sign with this key, where the office takes signed approvals alone: your private key, or its .pub where the key
    /// itself is in ssh-agent
    #[arg(long, value_name = "FILE")]
    pub sign_key: Option<CallerPath>,
    /// Sign for a message that you did not open here, where the office lets its kind be approved unseen
    #[arg(long, requires = "sign_key")]
    pub unseen: bool,
}

/// The reviewer's signatures, and the despatches of the request that the office lets nobody sign.
#[derive(Default)]
pub(super) struct Signatures {
    given: BTreeMap<DespatchId, String>,
    refused: Vec<DecisionOutcome>,
}

impl Signatures {
    /// Asks what is to be signed, and signs it; without a key nothing is asked.
    ///
    /// # Errors
    /// The office asks for no signatures, what it gives to sign is not what was asked for, or ssh-keygen does not sign.
    pub(super) fn of(
        open: &mut OpenOffice,
        actor: &Actor,
        request: AskToSign,
        (caller, SignKey { sign_key, .. }): (&dyn Caller, SignKey),
    ) -> Result<Self, Failure> {
        let mut signatures = Self::default();
        let Some(key) = sign_key else { return Ok(signatures) };
        let (urgently, seen) = (request.urgently, request.message.clone());
        let Some(asked) = to_sign(open, actor, request)? else {
            let cause = "this office asks for no signatures";
            let cure = "leave it out, or ask whoever runs the office to have approvals signed";
            return Err(Failure::request("sign-key", "sign.not_asked", cause, cure));
        };
        for one in asked {
            match one.outcome {
                Ok(text) => {
                    let (key, despatch, seen, unseen) = (key.clone(), one.id, seen.clone(), one.unseen);
                    let signature = caller.sign(&ToSign { key, despatch, urgently, seen, unseen, text })?;
                    signatures.given.insert(one.id, signature);
                }
                Err(refused) => {
                    signatures.refused.push(DecisionOutcome { id: one.id, outcome: Err(refused) });
                }
            }
        }
        Ok(signatures)
    }

    /// Decides with what was signed, and returns the outcome for each despatch in the order in which they were named.
    ///
    /// # Errors
    /// The decision fails as a whole.
    pub(super) fn decide(
        self,
        ids: Vec<DespatchId>,
        decide: impl FnOnce(
            Vec<DespatchId>,
            BTreeMap<DespatchId, String>,
        ) -> Result<Vec<DecisionOutcome>, Failure>,
    ) -> Result<Vec<DecisionOutcome>, Failure> {
        let Self { given, refused } = self;
        let is_refused = |id: &DespatchId| refused.iter().any(|one| one.id == *id);
        let (_, left): (Vec<_>, Vec<_>) = ids.iter().copied().partition(is_refused);
        let mut decided = if left.is_empty() { Vec::new() } else { decide(left, given)? };
        decided.extend(refused);
        decided.sort_by_key(|one| ids.iter().position(|id| *id == one.id));
        Ok(decided)
    }
}
