//! Enters: the looks of a run. Leaves: what of them is tried now, and whether anything is still to come.
//! Never: touches a file.

use crate::intake::{Candidate, Look, Waiting};

/// Cases that are ready but could not be moved. A failed attempt itself causes events, so they are retried at the next
/// regular scan and not on an event.
#[derive(Default)]
pub(super) struct Stuck {
    pub(super) known: Vec<Waiting>,
    pub(super) retry: bool,
}

impl Stuck {
    /// Moves what was already stuck to what waits; returns what to retry now.
    pub(super) fn sort_out(&mut self, look: &mut Look) -> Vec<Candidate> {
        let known = std::mem::take(&mut self.known);
        let was_stuck = |one: &Candidate| known.iter().any(|waiting| waiting.file == one.file);
        let (stuck, ready): (Vec<_>, Vec<_>) =
            std::mem::take(&mut look.ready).into_iter().partition(was_stuck);
        look.ready = ready;
        let still: Vec<_> =
            known.into_iter().filter(|waiting| stuck.iter().any(|one| one.file == waiting.file)).collect();
        look.waiting.extend(still.iter().cloned());
        if self.retry {
            return stuck;
        }
        self.known = still;
        Vec::new()
    }
}

/// Whether nothing is ready and nothing is still being written.
pub(super) fn is_done(look: &Look) -> bool {
    look.ready.is_empty() && look.unsettled.is_empty()
}
