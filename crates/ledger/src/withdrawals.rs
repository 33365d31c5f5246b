//! Enters: a case file that records something that did not happen. Leaves: its event counted no more, and its unsent
//! messages stopped for good. Never: takes anything off the record, or stops what a sender has in hand.

use crate::despatch::State;
use crate::error::{LedgerError, refuse};
use crate::events::{DespatchEvent, LedgerEvent, SubmissionEvent};
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::queries::despatches::of_submission;
use crate::queries::submissions::counted;
use despatch_core::clock::Moment;
use despatch_core::words::CaseId;
use despatch_settings::Staff;
use serde::Serialize;

/// What became of the messages of a withdrawn event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawn {
    /// The case.
    pub case_id: CaseId,
    /// The number of the case file.
    pub case_file: i64,
    /// Those that were stopped for good.
    pub stopped: Vec<DespatchId>,
    /// Those that were sent, or may have been: whoever got them is to be told.
    pub already_sent: Vec<DespatchId>,
}

impl Ledger {
    /// Returns the case of a queued case file whose event counts.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn counted_case(&mut self, case_file: i64) -> Result<Option<CaseId>, LedgerError> {
        self.ask(async |connection| counted(connection, case_file).await)
    }

    /// Withdraws the event of a queued case file.
    ///
    /// # Errors
    /// There is no such case file, it counts no more, or a sender has one of its messages in hand.
    pub fn withdraw_event(
        &mut self,
        case_file: i64,
        reason: &str,
        by: &Staff,
        now: Moment,
    ) -> Result<Withdrawn, LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let Some(case_id) = counted(tx.connection(), case_file).await? else {
                let cause =
                    "no event on record came with it, or a correction or a withdrawal has replaced it";
                let cure = "look at the case with `despatch case`";
                return refuse(format_args!("case file {case_file}"), "withdraw.unknown", cause, cure);
            };
            let despatches = of_submission(tx.connection(), case_file).await?;
            let in_hand =
                despatches.iter().find(|one| matches!(one.state, State::Claimed | State::DotPending));
            if let Some(one) = in_hand {
                let cure = "wait a minute, and try again";
                return refuse(one.id, "withdraw.in_hand", "a sender has it in hand", cure);
            }
            let mut withdrawn = Withdrawn { case_id, case_file, stopped: vec![], already_sent: vec![] };
            for despatch in despatches {
                let (id, state) = (despatch.id, despatch.state);
                if state.has_gone() {
                    withdrawn.already_sent.push(id);
                } else if state.may_become(State::Cancelled) {
                    let reason = reason.to_owned();
                    tx.record(LedgerEvent::Despatch(id, DespatchEvent::Cancelled { reason })).await?;
                    withdrawn.stopped.push(id);
                }
            }
            let reason = reason.to_owned();
            tx.record(LedgerEvent::Submission(case_file, SubmissionEvent::Withdrawn { reason })).await?;
            Ok(withdrawn)
        })
    }
}
