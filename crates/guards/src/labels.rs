//! Enters: the words of a document. Leaves: the labels in it behind which a name, a date of birth or a reference stands,
//! as forms, letters and records have them. Never: decides whose the value is.

use super::text::Word;

/// The most words between a label ("date of birth") and its value.
const LABEL_REACH: usize = 5;
/// Labels behind which a person's name stands.
const NAME_LABELS: [&str; 20] = [
    "name",
    "names",
    "surname",
    "forename",
    "forenames",
    "patient",
    "client",
    "claimant",
    "appellant",
    "applicant",
    "detainee",
    "resident",
    "subject",
    "re",
    "regarding",
    "prisoner",
    "individual",
    "defendant",
    "examinee",
    "assessee",
];
/// Those of them that need no colon at the beginning of a line.
const PLAIN_NAME_LABELS: [&str; 6] = ["name", "surname", "forename", "forenames", "re", "regarding"];
/// Words that make a name of one label: "Full name", "Patient's name", "Family name".
const OF_NAMES: [&str; 17] = [
    "full",
    "first",
    "last",
    "family",
    "given",
    "second",
    "patient",
    "patients",
    "client",
    "clients",
    "claimant",
    "appellant",
    "applicant",
    "detainee",
    "detainees",
    "his",
    "her",
];
/// Who gave a number that is none of the Home Office's.
const ISSUERS: [&str; 24] = [
    "nhs",
    "hospital",
    "clinic",
    "surgery",
    "practice",
    "port",
    "court",
    "tribunal",
    "police",
    "passport",
    "gmc",
    "nmc",
    "hcpc",
    "insurance",
    "ni",
    "company",
    "charity",
    "account",
    "invoice",
    "booking",
    "interpreter",
    "lab",
    "laboratory",
    "prison",
];

/// Returns whether a word is the last of a label behind which a person's name stands.
pub(super) fn is_name_label(plain: &str) -> bool {
    NAME_LABELS.contains(&plain)
}

/// Finds the labels of names: each with the place of its value. A label begins its line, or follows a number, as in the
/// columns of a form; "Name of the interpreter" and "GP name" are others.
pub(super) fn names(words: &[Word]) -> Vec<usize> {
    let word = |at: usize| words.get(at);
    let begins = |at: usize| {
        at.checked_sub(1).and_then(word).map(|one| (one.page, one.line))
            != word(at).map(|one| (one.page, one.line))
    };
    let here = |at: usize| {
        let label = word(at).filter(|label| is_name_label(&label.plain))?;
        let mut first = at;
        while let Some(before) = first.checked_sub(1).filter(|_| !begins(first)) {
            let Some(of) = word(before).filter(|of| OF_NAMES.contains(&of.plain.as_str()) && !of.colon)
            else {
                break;
            };
            let _ = of;
            first = before;
        }
        let after_number = first.checked_sub(1).and_then(word).is_some_and(|before| {
            before.ends || before.plain.bytes().any(|b| b.is_ascii_digit()) || before.capital && label.colon
        });
        let lawful = match (begins(first), label.colon) {
            (true, true) => true,
            (true, false) => {
                PLAIN_NAME_LABELS.contains(&label.plain.as_str())
                    && word(at + 1).is_some_and(|value| value.capital)
            }
            (false, true) => after_number,
            (false, false) => false,
        };
        lawful.then_some(at + 1)
    };
    (0..words.len()).filter_map(here).collect()
}

/// Returns the place of the label of a date of birth in front of a date: "date of birth", "DOB", "D.O.B.", "born". No
/// other date stands between, which ends at `after`.
pub(super) fn birth(words: &[Word], date: usize, after: usize) -> Option<usize> {
    let from = date.saturating_sub(LABEL_REACH).max(after);
    let at = (from..date).rev().find(|at| is_birth_label(words, *at))?;
    let before =
        |back: usize| at.checked_sub(back).and_then(|at| words.get(at)).map(|word| word.plain.as_str());
    Some(match (before(2), before(1)) {
        (Some("date" | "d"), Some("of" | "o")) => at - 2,
        _ => at,
    })
}

fn is_birth_label(words: &[Word], at: usize) -> bool {
    let word = |at: usize| words.get(at).map(|word| word.plain.as_str());
    match word(at) {
        Some("dob" | "born" | "birthdate" | "birth" | "birthday") => true,
        Some("b") => at >= 2 && (word(at - 2), word(at - 1)) == (Some("d"), Some("o")),
        _ => false,
    }
}

/// A labelled reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reference {
    /// Where the label begins.
    pub(super) at: usize,
    /// Where the label ends.
    pub(super) from: usize,
    /// Where the value begins.
    pub(super) value: usize,
    /// Whether the label says that it is the Home Office's.
    pub(super) is_home_office: bool,
}

/// Finds the labels of references with their values.
pub(super) fn references(words: &[Word]) -> Vec<Reference> {
    let word = |at: usize| words.get(at).map_or("", |word| word.plain.as_str());
    let noun = |word: &str| {
        matches!(
            word,
            "reference" | "references" | "ref" | "refs" | "number" | "no" | "nr" | "id" | "numbers"
        )
    };
    let label = |at: usize| match (word(at), word(at + 1), word(at + 2), word(at + 3)) {
        ("home", "office", third, fourth) if noun(third) => {
            Some((at + if noun(fourth) { 4 } else { 3 }, true))
        }
        ("home", "office", "unique" | "case" | "file" | "cid", fourth) if noun(fourth) => {
            Some((at + 4, true))
        }
        ("h", "o", third, _) if noun(third) => Some((at + 3, true)),
        ("ho" | "homeoffice" | "ukvi" | "cid" | "gcid", second, third, _) if noun(second) => {
            Some((at + if noun(third) { 3 } else { 2 }, true))
        }
        ("uan", ..) => Some((at + 1, true)),
        ("reference" | "ref", second, ..) => Some((at + if noun(second) { 2 } else { 1 }, false)),
        _ => None,
    };
    let issued =
        |at: usize| (1..=2).any(|back| at.checked_sub(back).is_some_and(|at| ISSUERS.contains(&word(at))));
    let value = |from: usize| (from..from + 3).find(|at| word(*at).bytes().any(|b| b.is_ascii_digit()));
    let mut found: Vec<Reference> = Vec::new();
    for at in 0..words.len() {
        let Some((from, is_home_office)) = label(at).filter(|_| !issued(at)) else { continue };
        let Some(value) = value(from) else { continue };
        let value = value - usize::from(value > from && is_prefix(word(value - 1)));
        if found.last().is_none_or(|last| last.value < value) {
            found.push(Reference { at, from, value, is_home_office });
        }
    }
    found
}

/// Returns whether a word is the letters in front of a reference's figures: "X 0000001".
fn is_prefix(word: &str) -> bool {
    (1..=3).contains(&word.len()) && !matches!(word, "is" | "of" | "no" | "the" | "and" | "to" | "in" | "at")
}
