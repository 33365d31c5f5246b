//! Enters: faults of a case file, and the inputs of its form. Leaves: each fault beside the input where it can be mended,
//! and the rest. Never: loses one.

use super::inputs::{Input, Kind};
use despatch_core::fault::Fault;
use despatch_core::words::capital;
use std::collections::BTreeMap;

/// Faults, each in its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placed {
    /// By the pointer of the input beside which they stand, in the order of the inputs.
    pub beside: Vec<(String, String)>,
    /// What no input can mend.
    pub rest: Vec<String>,
}

impl Placed {
    /// Places each fault beside its input.
    pub fn of(faults: &[Fault], inputs: &[Input]) -> Placed {
        let at: BTreeMap<&str, usize> =
            inputs.iter().enumerate().map(|(index, input)| (input.at.as_str(), index)).collect();
        let mut beside = Vec::new();
        let mut placed = Placed::default();
        for fault in faults {
            match place(&fault.at, &at).and_then(|index| Some((index, inputs.get(index)?))) {
                Some((index, input)) => beside.push((index, input.at.clone(), told(fault, Some(input)))),
                None => placed.rest.push(told(fault, None)),
            }
        }
        beside.sort();
        beside.dedup();
        placed.beside = beside.into_iter().map(|(_, at, words)| (at, words)).collect();
        placed
    }

    /// What stands beside an input.
    pub fn at<'a>(&'a self, at: &'a str) -> impl Iterator<Item = &'a str> {
        self.beside.iter().filter(move |(of, _)| of == at).map(|(_, words)| words.as_str())
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.beside.is_empty() && self.rest.is_empty()
    }
}

/// The input at a pointer; else the first one in the object there, or the one of the nearest thing around it: what the
/// server says of a file stands beside the file, and an entry beside its list.
fn place(pointer: &str, inputs: &BTreeMap<&str, usize>) -> Option<usize> {
    let of_file = pointer.strip_suffix("/size").or_else(|| pointer.strip_suffix("/sha256"));
    let file = of_file.map(|entry| format!("{entry}/file"));
    if let Some(index) = file.and_then(|file| inputs.get(file.as_str()).copied()) {
        return Some(index);
    }
    let below = format!("{pointer}/");
    let inside = || inputs.iter().filter(|(at, _)| at.starts_with(&below)).map(|(_, index)| *index).min();
    if let Some(index) = inputs.get(pointer).copied().or_else(inside) {
        return Some(index);
    }
    let mut at = pointer;
    loop {
        at = at.rsplit_once('/').map(|(above, _)| above).filter(|above| !above.is_empty())?;
        if let Some(index) = inputs.get(at) {
            return Some(*index);
        }
    }
}

/// What is told of a fault to somebody who fills in a form: nothing about quotes, braces or names of fields.
fn told(fault: &Fault, input: Option<&Input>) -> String {
    let cure = match (fault.code, input.map(|input| &input.kind)) {
        ("field.missing", Some(Kind::Gate)) => return capital("say yes, and fill this in"),
        ("value.moment", Some(Kind::Moment)) => {
            return "Give a day and a time that London had, like 27 3 2026 and 14:30".to_owned();
        }
        ("field.missing", Some(_)) => return "Answer this question".to_owned(),
        ("field.type", Some(Kind::YesNo | Kind::Gate)) => "choose yes or no",
        ("field.type", Some(_)) => "answer this again",
        ("field.unknown", _) => "the form leaves it out",
        ("value.choice", Some(_)) => "choose one of these",
        ("value.date", Some(_)) => "write the day, the month and the year in figures, like 27 3 2026",
        ("value.time", Some(_)) => "write hours and minutes, like 09:05 or 14:30",
        _ => fault.cure.as_str(),
    };
    let at = if input.is_none() && !fault.at.is_empty() { format!("{}: ", fault.at) } else { String::new() };
    format!("{at}{}: {cure}", capital(&fault.cause))
}
