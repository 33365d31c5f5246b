//! Enters: cases in the order in which they were taken. Leaves: each its turn, where the order matters: events of one
//! case, and requests for the week's places (B3). Never: makes cases wait that have nothing to do with each other.

use despatch_core::fault::Fault;
use despatch_process::case::{Case, EventName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, PoisonError};

/// Who waits for what: the numbers of the cases that are under way, by what they share.
#[derive(Debug, Default)]
pub(super) struct Turns {
    under_way: Mutex<BTreeMap<String, BTreeSet<i64>>>,
    changed: Condvar,
}

/// What a case shares with others; given back when it is done.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    claim: i64,
    shares: Vec<String>,
}

impl Turns {
    /// Takes note of a case that will be made. Cases are noted in the order of their numbers.
    pub(super) fn note(&self, claim: i64, case: &Result<Case, Vec<Fault>>) {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        for share in shares(case) {
            under_way.entry(share).or_default().insert(claim);
        }
    }

    /// Waits until no earlier case is under way that shares anything with this one.
    pub(super) fn wait(&self, claim: i64, case: &Result<Case, Vec<Fault>>) -> Turn<'_> {
        let shares = shares(case);
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let earlier = |under_way: &BTreeMap<String, BTreeSet<i64>>| {
            shares.iter().filter_map(|share| under_way.get(share)?.first()).any(|first| *first < claim)
        };
        while earlier(&under_way) {
            under_way = self.changed.wait(under_way).unwrap_or_else(PoisonError::into_inner);
        }
        drop(under_way);
        Turn { turns: self, claim, shares }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut under_way = self.turns.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        for share in &self.shares {
            if let Some(claims) = under_way.get_mut(share) {
                claims.remove(&self.claim);
                if claims.is_empty() {
                    under_way.remove(share);
                }
            }
        }
        self.turns.changed.notify_all();
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
