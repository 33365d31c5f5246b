//! Enters: the domains that an office writes to. Leaves: which of them a new one could be mistaken for.
//! Never: compares every pair: a directory may have tens of thousands.

use super::domain::Domain;
use super::likeness::{PIECES, is_near, joined, labels, parts, pieces, seen, stem, words};
use std::collections::{BTreeSet, HashMap};

/// Domains, indexed by every text that two domains have in common if one could be mistaken for the other.
#[derive(Debug, Default)]
pub struct Lookalikes(HashMap<String, Vec<Domain>>);

impl Lookalikes {
    /// Adds a domain.
    pub fn add(&mut self, domain: &Domain) {
        for trace in traces(domain, false) {
            let known = self.0.entry(trace).or_default();
            if !known.contains(domain) {
                known.push(domain.clone());
            }
        }
    }

    /// Returns the domains that this one could be mistaken for.
    pub fn of(&self, domain: &Domain) -> BTreeSet<&Domain> {
        let looks: Vec<String> = labels(domain.as_str()).into_iter().map(seen).collect();
        let near = |known: &Domain| {
            let theirs = labels(known.as_str()).into_iter().map(seen);
            theirs.into_iter().any(|label| looks.iter().any(|look| is_near(look, &label)))
        };
        let mut candidates = BTreeSet::new();
        for trace in traces(domain, true) {
            let known = self.0.get(&trace).into_iter().flatten();
            // Most of those that have a piece in common have nothing else: what takes longer is asked of the others.
            let is_piece = PIECES.iter().any(|piece| trace.starts_with(piece));
            candidates.extend(known.filter(|known| !is_piece || near(known)));
        }
        candidates.retain(|known| domain.passes_for(known));
        candidates
    }
}

/// Returns the domain as it looks, without its last labels, with each single character left out, the beginnings and ends
/// of its name, and what its labels have in common with those that are like them: two domains of which one could be
/// mistaken for the other share one of these. `asked` returns those that such a domain may have.
fn traces(domain: &Domain, asked: bool) -> BTreeSet<String> {
    let text = domain.as_str();
    let mut traces = BTreeSet::from([text.to_owned(), format!("seen {}", joined(text))]);
    traces.extend(domain.parts());
    let ends = text.match_indices('.').map(|(at, _)| text.get(..at).unwrap_or_default());
    traces.extend(ends.map(|head| format!("head {head}")));
    traces.extend((0..text.len()).map(|at| {
        let (before, after) = text.split_at(at);
        format!("{before}{}", after.get(1..).unwrap_or_default())
    }));
    traces.extend(hidden(text, asked));
    traces.insert(format!("part {}", joined(text)));
    for label in labels(text) {
        let looks = seen(label);
        traces.extend(pieces(&looks, asked));
        traces.extend(parts(label).into_iter().map(|part| format!("part {part}")));
        traces.insert(format!("stem {}", stem(&looks)));
        let words: Vec<&str> = words(label).into_iter().collect();
        if !words.is_empty() {
            traces.insert(format!("words {}", words.join(" ")));
        }
        traces.insert(format!("part {looks}"));
    }
    traces
}

/// Returns the runs of words of a domain, between dots or hyphens, one of which another domain may be, and the whole of
/// it. Runs are compared with whole domains alone: all end alike.
fn hidden(text: &str, asked: bool) -> Vec<String> {
    let (of_runs, of_all) = if asked { ("whole", "within") } else { ("within", "whole") };
    let pieces: Vec<&str> = text.split(['.', '-']).collect();
    let mut runs = vec![format!("{of_all} {}", pieces.join(" "))];
    for from in 0..pieces.len() {
        for to in from + 2..=pieces.len() {
            runs.push(format!("{of_runs} {}", pieces.get(from..to).unwrap_or_default().join(" ")));
        }
    }
    runs
}
