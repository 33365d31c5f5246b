//! Enters: cases in the order of their claims. Leaves: a turn for each, where order matters: events of one case, and
//! requests for the week's places (B3). Never: makes unrelated cases wait for each other.

use despatch_core::fault::Fault;
use despatch_process::case::{Case, EventName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, PoisonError};

/// The numbers of the cases in progress, by what they share.
#[derive(Debug, Default)]
pub(super) struct CaseOrder {
    under_way: Mutex<BTreeMap<String, BTreeSet<i64>>>,
    changed: Condvar,
}

/// What a case shares with others; released on drop.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    case_order: &'a CaseOrder,
    submission: i64,
    shares: Vec<String>,
}

impl CaseOrder {
    /// Registers a case that will be processed. Cases are registered in the order of their numbers.
    pub(super) fn note(&self, submission: i64, case: &Result<Case, Vec<Fault>>) {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        for share in shares(case) {
            under_way.entry(share).or_default().insert(submission);
        }
    }

    /// Waits until no earlier case that shares anything with this one is in progress.
    pub(super) fn wait(&self, submission: i64, case: &Result<Case, Vec<Fault>>) -> Turn<'_> {
        let shares = shares(case);
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let earlier = |under_way: &BTreeMap<String, BTreeSet<i64>>| {
            shares.iter().filter_map(|share| under_way.get(share)?.first()).any(|first| *first < submission)
        };
        while earlier(&under_way) {
            under_way = self.changed.wait(under_way).unwrap_or_else(PoisonError::into_inner);
        }
        drop(under_way);
        Turn { case_order: self, submission, shares }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut under_way = self.case_order.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        for share in &self.shares {
            if let Some(submissions) = under_way.get_mut(share) {
                submissions.remove(&self.submission);
                if submissions.is_empty() {
                    under_way.remove(share);
                }
            }
        }
        self.case_order.changed.notify_all();
    }
}

/// What a case shares with others: its id, and the week's places if it asks for one. A faulty file shares nothing.
fn shares(case: &Result<Case, Vec<Fault>>) -> Vec<String> {
    let Ok(case) = case else {
        return Vec::new();
    };
    let mut shares = vec![format!("case {}", case.case_id)];
    if case.event.name() == EventName::ReferralReceived {
        shares.push("places of the week".to_owned());
    }
    shares
}
