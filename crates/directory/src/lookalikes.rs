//! Enters: the domains that an office writes to. Leaves: which of them a new one could be mistaken for.
//! Never: compares every pair: a directory may have tens of thousands.

use super::domain::Domain;
use std::collections::{BTreeSet, HashMap};

/// Domains, indexed by every text that two domains have in common if one could be mistaken for the other.
#[derive(Debug, Default)]
pub struct Lookalikes(HashMap<String, Vec<Domain>>);

impl Lookalikes {
    /// Adds a domain.
    pub fn add(&mut self, domain: &Domain) {
        for trace in traces(domain) {
            let known = self.0.entry(trace).or_default();
            if !known.contains(domain) {
                known.push(domain.clone());
            }
        }
    }

    /// Returns the domains that this one could be mistaken for.
    pub fn of(&self, domain: &Domain) -> BTreeSet<&Domain> {
        traces(domain)
            .iter()
            .filter_map(|trace| self.0.get(trace))
            .flatten()
            .filter(|known| domain.passes_for(known))
            .collect()
    }
}

/// Returns the domain as it looks, without its last labels, with each single character left out, and the beginnings and
/// ends of its name: two domains that differ in one slip, or of which one is part of the other, share one of these.
fn traces(domain: &Domain) -> Vec<String> {
    let text = domain.as_str();
    let mut traces = vec![text.to_owned(), format!("seen {}", domain.seen())];
    traces.extend(domain.parts());
    let ends = text.match_indices('.').map(|(at, _)| text.get(..at).unwrap_or_default());
    traces.extend(ends.map(|head| format!("head {head}")));
    traces.extend((0..text.len()).map(|at| {
        let (before, after) = text.split_at(at);
        format!("{before}{}", after.get(1..).unwrap_or_default())
    }));
    traces
}
