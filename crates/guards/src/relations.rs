//! Enters: the words of a document, and the place of a name, a date or a number in it. Leaves: whether the document says
//! that it is somebody else's: a relative's, or that of whoever wrote, treated or interpreted.
//! Never: decides whose document it is.

use super::labels::is_name_label;
use super::names::may_be_a_name;
use super::text::Word;

/// The most words between somebody else and what is theirs.
const REACH: usize = 12;
/// The same where several are listed: children, a household.
const REACH_OF_SEVERAL: usize = 60;
/// The most words behind a name in which it may say who that is ("Mariam Osei (sister)").
const BEHIND: usize = 2;

/// People whose name, date of birth or reference may stand in a document beside the person's own.
const RELATIVES: [&str; 54] = [
    "aunt",
    "baby",
    "boyfriend",
    "brother",
    "child",
    "cousin",
    "dad",
    "daughter",
    "dependant",
    "dependent",
    "ex",
    "father",
    "fiance",
    "fiancee",
    "friend",
    "girlfriend",
    "granddaughter",
    "grandfather",
    "grandmother",
    "grandson",
    "guardian",
    "husband",
    "kin",
    "mother",
    "mum",
    "nephew",
    "niece",
    "parent",
    "partner",
    "sibling",
    "sister",
    "son",
    "spouse",
    "stepbrother",
    "stepdaughter",
    "stepfather",
    "stepmother",
    "stepsister",
    "stepson",
    "twin",
    "uncle",
    "wife",
    "widow",
    "widower",
    "neighbour",
    "colleague",
    "cellmate",
    "roommate",
    "sponsor",
    "godmother",
    "godfather",
    "deceased",
    "late",
    "emergency",
];
/// Several of them.
const SEVERAL: [&str; 14] = [
    "aunts",
    "brothers",
    "children",
    "cousins",
    "daughters",
    "dependants",
    "dependents",
    "family",
    "household",
    "parents",
    "siblings",
    "sisters",
    "sons",
    "twins",
];
/// People who wrote, treated, interpreted or act: they have names and dates of birth, and no reference.
const AUTHORS: [&str; 34] = [
    "advocate",
    "assessor",
    "author",
    "barrister",
    "carer",
    "caseworker",
    "clinician",
    "consultant",
    "contact",
    "counsel",
    "doctor",
    "dr",
    "examiner",
    "gp",
    "interpreter",
    "interviewer",
    "manager",
    "nurse",
    "officer",
    "prof",
    "professor",
    "psychiatrist",
    "psychologist",
    "registrar",
    "representative",
    "signatory",
    "signature",
    "signed",
    "solicitor",
    "surgeon",
    "therapist",
    "translator",
    "typist",
    "witness",
];

/// Whom a document may name beside the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    Relatives,
    RelativesAndAuthors,
}

/// What is asked about: where it stands, and whether another line can say whose it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) at: usize,
    pub(super) end: usize,
    /// A line of a form with a label of its own is about itself: "GP: Dr Bell" says nothing of the "Name:" below.
    pub(super) is_a_line: bool,
    /// The words directly behind it may say whose it is.
    pub(super) is_explained: bool,
}

/// Returns whether what stands at a place is said to be somebody else's. Where a sentence ends, a form begins anew with
/// a name, or the person's own name (`own`: from, to) stands directly in front, whoever was named before is not meant.
pub(super) fn is_of_somebody_else(
    words: &[Word],
    place: Place,
    own: &[(usize, usize)],
    others: Others,
) -> bool {
    let Some(here) = words.get(place.at) else { return false };
    let is_own = |at: usize| {
        own.iter().any(|(_, to)| *to == at || to + 1 == at && !words.get(*to).is_some_and(may_be_a_name))
    };
    if !is_own(place.at) {
        let before = words.get(..place.at).unwrap_or_default().iter().rev();
        for (steps, word) in before.enumerate().take(REACH_OF_SEVERAL) {
            let of_another_line = place.is_a_line && word.colon && word.line != here.line;
            if word.page != here.page || word.ends || of_another_line {
                break;
            }
            if is_one(word, others, steps) {
                return true;
            }
            if word.colon && is_name_label(&word.plain) {
                break;
            }
        }
    }
    let inside = words.get(place.at..place.end).unwrap_or_default();
    let last = place.end.checked_sub(1).and_then(|last| words.get(last));
    let behind =
        words.get(place.end..).unwrap_or_default().iter().take(if place.is_explained { BEHIND } else { 0 });
    let behind = behind
        .take_while(|word| last.is_some_and(|last| !last.ends && last.line == word.line) && !word.colon);
    inside.iter().chain(behind).any(|word| is_one(word, others, 0))
}

fn is_one(word: &Word, others: Others, steps: usize) -> bool {
    let plain = word.plain.as_str();
    let author = others == Others::RelativesAndAuthors && AUTHORS.contains(&plain);
    steps < REACH && (RELATIVES.contains(&plain) || author) || SEVERAL.contains(&plain)
}

/// Returns whether the name that stands here is introduced as somebody else's: "her sister, NAME", and not "the sister
/// of NAME".
pub(super) fn is_introduced(words: &[Word], at: usize) -> bool {
    let before = words.get(..at).unwrap_or_default().iter().rev().take(2);
    let before = before.take_while(|word| !word.ends && !matches!(word.plain.as_str(), "of" | "to"));
    before
        .into_iter()
        .any(|word| RELATIVES.contains(&word.plain.as_str()) || SEVERAL.contains(&word.plain.as_str()))
}
