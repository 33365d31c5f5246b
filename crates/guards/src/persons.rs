//! Enters: the person of a case, of its earlier events and of the other open cases, as keyed hashes. Leaves: whether they
//! can be one person. Never: knows a name, or takes two Home Office references for one person's (F6).

use super::others::{IdentityKey, Kind, OpenCases, Pseudonym};
use super::{Check, Guard, Outcome};
use despatch_core::words::CaseId;
use despatch_process::case::Case;
use std::collections::BTreeSet;

type Person = [(Kind, Pseudonym)];

/// Returns whether two sets of pseudonyms are certainly of one person: reference, name and date of birth are the same. An
/// empty set contradicts nothing.
pub fn is_one_person(one: &Person, other: &Person) -> bool {
    one.is_empty()
        || other.is_empty()
        || shares(one, other, Kind::Reference) && shares(one, other, Kind::Birth)
}

fn shares(one: &Person, other: &Person, kind: Kind) -> bool {
    one.iter().filter(|(of, _)| *of == kind).any(|pseudonym| other.contains(pseudonym))
}

/// Checks the person of a case against the case's earlier events, the file that it corrects, and the other open cases.
pub fn checks(key: &IdentityKey, open: &OpenCases, case: &Case) -> Vec<Check> {
    let person = key.pseudonyms(case);
    let before = open.person_of(&case.case_id);
    before
        .and_then(|before| since_before(before, &person))
        .into_iter()
        .chain(elsewhere(open, case, &person))
        .collect()
}

/// What speaks against the person of a case file being the one whom its case has on record: what a row of a sheet must not
/// say. What only asks about another case is left to the checks of its messages.
pub fn misfits(key: &IdentityKey, open: &OpenCases, case: &Case) -> Vec<Check> {
    let person = key.pseudonyms(case);
    let before = open.person_of(&case.case_id).and_then(|before| since_before(before, &person));
    let elsewhere = elsewhere(open, case, &person).into_iter();
    before.into_iter().chain(elsewhere.filter(|check| check.outcome == Outcome::Stops)).collect()
}

/// The case is still about the person of its earlier events. What one mistake in typing explains is asked about.
fn since_before(before: &Person, now: &Person) -> Option<Check> {
    let same = |kind| shares(before, now, kind);
    let asks = |words: &str| Some(Check::new(Guard::Identity, Outcome::Confirm, words));
    match (same(Kind::Reference), same(Kind::Birth), same(Kind::Name)) {
        _ if is_one_person(before, now) => None,
        (true, _, true) => asks("the date of birth is another than in the earlier events of this case"),
        (true, _, false) if same(Kind::Word) => asks(
            "the name is another than in the earlier events of this case, though one word of it is the same",
        ),
        (false, true, _) => asks(
            "the Home Office reference is another than in the earlier events of this case, which is another person's",
        ),
        _ => {
            let words = "the events of this case before this one are about somebody else: neither reference nor name \
                         with date of birth is theirs, or the reference alone";
            Some(Check::new(Guard::Identity, Outcome::Stops, words))
        }
    }
}

/// No other open case has the reference of this one for another person, or this person under another reference.
fn elsewhere(open: &OpenCases, case: &Case, now: &Person) -> Vec<Check> {
    let of = |kind: Kind| -> BTreeSet<&CaseId> {
        now.iter().filter(|(of, _)| *of == kind).flat_map(|mark| open.cases_of(mark)).collect()
    };
    let (of_reference, of_birth) = (of(Kind::Reference), of(Kind::Birth));
    // Those that have both are further cases of the person.
    let others = of_reference.symmetric_difference(&of_birth).filter(|id| ***id != case.case_id);
    let check = |id: &&CaseId| {
        let theirs = open.person_of(id)?;
        let (outcome, words) = match (shares(theirs, now, Kind::Reference), shares(theirs, now, Kind::Birth))
        {
            (true, true) | (false, false) => return None,
            (true, false) if shares(theirs, now, Kind::Word) => {
                (Outcome::Confirm, "has this Home Office reference, and another name or date of birth")
            }
            (true, false) => (Outcome::Stops, "has this Home Office reference, and is about somebody else"),
            (false, true) => {
                (Outcome::Confirm, "has this name and date of birth, and another Home Office reference")
            }
        };
        Some(Check::new(Guard::Identity, outcome, format!("another open case, {id}, {words}")))
    };
    others.filter_map(check).collect()
}
