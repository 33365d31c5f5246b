//! Enters: the packs that an office uses at once. Leaves: which of them owns an event, and where two own the same.
//! Never: lets the order of a list decide between two.

use super::Packs;
use crate::events::list::EventName;
use despatch_core::fault::Fault;
use despatch_core::words::PackId;

impl Packs {
    /// Returns which of the packs in use owns an event.
    pub fn owner<'i>(&self, used: &'i [PackId], event: EventName) -> Option<&'i PackId> {
        used.iter().find(|id| self.get(id).is_some_and(|pack| pack.event(event).is_some()))
    }

    /// Returns a fault at `at` for each event that two of the packs in use own.
    pub fn owned_twice(&self, used: &[PackId], at: &str) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (number, later) in used.iter().enumerate() {
            let events = self.get(later).into_iter().flat_map(|pack| &pack.events);
            for event in events {
                let Some(first) = self.owner(used.get(..number).unwrap_or_default(), event.name) else {
                    continue;
                };
                let cause = format!("{first} and {later} both own {}", event.name.word());
                let cure =
                    "name one pack of each family: of two editions, the one that the office has adopted";
                faults.push(Fault::new(at, "pack.owned_twice", cause, cure));
            }
        }
        faults
    }
}
