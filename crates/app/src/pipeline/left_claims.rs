//! Enters: claims that are in hand, and those that could not be finished. Leaves: which are to be tried again, and when.
//! Never: touches a file, or tries one for ever.

use crate::intake::Look;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often one claim is tried in one run; the next start tries it again.
const TRIES: u32 = 10;
/// How long `run --once` waits altogether for files that somebody keeps open: longer than a file must lie quiet.
const PATIENCE: Duration = Duration::from_secs(10);
/// In how many looks `run --once` may find something new, however fast somebody drops files.
const LOOKS: u32 = 1_000;

/// The claims of a run.
#[derive(Debug, Default)]
pub(super) struct LeftClaims(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// With the pipeline.
    in_hand: BTreeSet<String>,
    /// To be tried again.
    due: BTreeSet<String>,
    tries: BTreeMap<String, u32>,
}

impl LeftClaims {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that the pipeline has a claim.
    pub(super) fn take_in_hand(&self, token: &str) {
        self.state().in_hand.insert(token.to_owned());
    }

    /// Notes that the pipeline has finished with a claim.
    pub(super) fn let_go(&self, token: &str) {
        self.state().in_hand.remove(token);
    }

    /// Whether the pipeline has a claim.
    pub(super) fn is_in_hand(&self, token: &str) -> bool {
        self.state().in_hand.contains(token)
    }

    /// Notes that a claim is to be tried again, unless that was done often enough.
    pub(super) fn note(&self, token: &str) {
        let mut state = self.state();
        let tries = state.tries.entry(token.to_owned()).or_default();
        *tries += 1;
        if *tries < TRIES {
            state.due.insert(token.to_owned());
        }
    }

    /// Whether nothing is to be tried again.
    pub(super) fn is_empty(&self) -> bool {
        self.state().due.is_empty()
    }

    /// Returns what is to be tried again and is not in hand.
    pub(super) fn due(&self) -> Vec<String> {
        let mut state = self.state();
        let due = std::mem::take(&mut state.due);
        let (later, now) = due.into_iter().partition(|token| state.in_hand.contains(token));
        state.due = later;
        Vec::from_iter::<BTreeSet<String>>(now)
    }
}

/// How long a run that is to end still looks.
#[derive(Debug, Default)]
pub(super) struct Patience {
    looks: u32,
    /// Since when no look has found anything to take.
    since: Option<Instant>,
    waited: Duration,
}

impl Patience {
    /// Whether a run that is to end has waited long enough for what is still being written.
    pub(super) fn is_over(&mut self, look: &Look) -> bool {
        self.looks += 1;
        if let Some(since) = self.since.take() {
            self.waited += since.elapsed();
        }
        if look.ready.is_empty() {
            self.since = Some(Instant::now());
        }
        self.waited >= PATIENCE || self.looks >= LOOKS
    }
}
