//! Enters: despatches with their checks. Leaves: what a reviewer is shown of them.
//! Never: shows personal data of the detained person: evidence has none.

use super::{Print, wrapped};
use despatch_app::operations::outbox::review_due;
use despatch_guards::{Check, Outcome};
use despatch_ledger::{Despatch, State};
use std::collections::BTreeSet;

/// Prints every check of a despatch, with its outcome and evidence.
pub fn show(despatch: &Despatch, print: Print) {
    for check in &despatch.checks {
        let Check { guard, evidence, .. } = check;
        let words = format!("{}, {}: {evidence}", guard.code(), check.outcome_label());
        print.labelled("check", &words);
    }
    if let Some(approval) = despatch.approval.as_ref().filter(|approval| !approval.confirmed.is_empty()) {
        let confirmed: Vec<&str> = approval.confirmed.iter().map(|guard| guard.code()).collect();
        print.labelled("confirmed", &format!("{} by {}", confirmed.join(", "), approval.by));
    }
    if let Some(urgent) = &despatch.urgent {
        let reviewed = urgent
            .reviewed_by
            .as_ref()
            .map_or_else(|| "nobody has reviewed that yet".to_owned(), |by| format!("reviewed by {by}"));
        print.labelled("urgent", &format!("let go by {} alone: {}; {reviewed}", urgent.by, urgent.reason));
    }
}

/// Prints the despatches that need a confirmation, and those released by one person alone that await review.
pub fn tell_open(despatches: &[Despatch], unreviewed: &[Despatch], print: Print) {
    let asks = |despatch: &&Despatch| {
        matches!(despatch.state, State::Held | State::AwaitingReview)
            && despatch.checks.iter().any(|check| check.outcome == Outcome::Confirm)
    };
    for (index, despatch) in despatches.iter().filter(asks).enumerate() {
        let open = despatch.checks.iter().filter(|check| check.outcome == Outcome::Confirm);
        let guards: BTreeSet<&str> = open.map(|check| check.guard.code()).collect();
        let guards: Vec<&str> = guards.into_iter().collect();
        let gap = if index == 0 { "\n" } else { "" };
        let words = format!("asks you to confirm: {} (`despatch outbox show` says why)", guards.join(", "));
        print.line(&format!("{gap}{}", wrapped(&despatch.id.to_string(), &words)));
    }
    let half =
        |despatch: &&Despatch| despatch.first_approval.is_some() && despatch.state == State::AwaitingReview;
    for despatch in despatches.iter().filter(half) {
        let by = despatch.first_approval.as_ref().map_or("somebody", |first| first.by.as_str());
        let because = despatch.two_because().unwrap_or("one was not enough");
        let words = format!("{by} has approved it; {because}, so another reviewer does too");
        print.line(&format!("\n{}", wrapped(&despatch.id.to_string(), &words)));
    }
    for one in unreviewed {
        print.line(&format!("\n{}", review_due(one)));
    }
}
