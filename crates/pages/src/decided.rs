//! Enters: the outcomes of decisions. Leaves: what the next page says of them.
//! Never: omits one that was refused.

use crate::frame::Banner;
use despatch_app::operations::decisions::DecisionOutcome;
use despatch_ledger::State;

/// What became of decisions, in words.
pub fn told(outcomes: &[DecisionOutcome], done: &str) -> Banner {
    let words: Vec<String> = outcomes
        .iter()
        .map(|DecisionOutcome { id, outcome }| match outcome {
            Ok(one) if one.state == State::AwaitingReview && one.first_approval.is_some() => {
                format!("{id} to {}: approved by you; another reviewer approves it too", one.recipient.name)
            }
            Ok(one) => format!("{id} to {}: {done}", one.recipient.name),
            Err(failure) => format!("{id}: not done ({failure})"),
        })
        .collect();
    let all = outcomes.iter().all(|one| one.outcome.is_ok());
    let text = words.join("; ");
    if all { Banner::done(text) } else { Banner::important(text) }
}
