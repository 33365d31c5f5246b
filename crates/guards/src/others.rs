//! Enters: the identities of open cases as keyed hashes, and the text of documents. Leaves: whose else is found there.
//! Never: knows a name: what cannot be hashed with the office's key is not compared.

use super::dates::dates;
use super::identity::{Subject, name_words};
use super::text::{Word, plain_words};
use chrono::NaiveDate;
use despatch_core::words::CaseId;
use despatch_process::case::Case;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::fmt::Write as _;

/// Bytes of the office's key for identities: as many as the hash has (RFC 2104, section 3).
pub const KEY_BYTES: usize = 32;
/// Words of a name that is looked for: a run of more is no name in a sentence.
const NAME_WORDS_MAX: usize = 6;
/// Words between a name and a date that may be that person's date of birth.
const NEAR: usize = 40;
/// A reference has so many letters and digits at least: shorter ones are numbers of pages and paragraphs.
const REFERENCE_MIN: usize = 5;
/// A reference has so many at most (`HomeOfficeReference`).
const REFERENCE_MAX: usize = 32;
/// A reference that is looked for later has so many letters and digits at most, and so many letters: longer ones are
/// dates in words, telephone numbers with their country, and the like.
const MENTION_MAX: usize = 16;
const MENTION_LETTERS_MAX: usize = 3;
/// References of one document that are looked for later.
const MENTIONS_MAX: usize = 2_000;
/// Pieces into which a reference may be cut by spaces and signs.
const REFERENCE_PIECES: usize = 3;

/// The page of a word that no page shows: it stands in a document's properties, its notes or the fields of its form.
pub const UNSEEN: usize = 0;

/// What of a person is kept as a keyed hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Reference,
    /// Every word of the name, in one order.
    Name,
    /// One word of the name: by it most of a text is passed over.
    Word,
    /// The name with the date of birth.
    Birth,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 4] = [Kind::Reference, Kind::Name, Kind::Word, Kind::Birth];

    /// The kind as the ledger writes it.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Reference => "reference",
            Kind::Name => "name",
            Kind::Word => "word",
            Kind::Birth => "birth",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Kind::Reference => "reference",
            Kind::Name | Kind::Word => "name",
            Kind::Birth => "name and date of birth",
        }
    }
}

/// A keyed hash of a piece of somebody's identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark([u8; 32]);

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Mark {
    /// The mark that a ledger keeps.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// It, for a ledger.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The office's key for identities. Without it a mark says nothing, and no list of names can be tried on a ledger.
#[derive(Clone)]
pub struct IdentityKey(Hmac<Sha256>);

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityKey")
    }
}

impl IdentityKey {
    /// The key of these bytes.
    pub fn new(bytes: &[u8; KEY_BYTES]) -> Option<Self> {
        Hmac::new_from_slice(bytes).ok().map(Self)
    }

    fn mark(&self, kind: Kind, text: &str) -> Mark {
        let mut mac = self.0.clone();
        mac.update(kind.code().as_bytes());
        mac.update(b"\0");
        mac.update(text.as_bytes());
        Mark(mac.finalize().into_bytes().into())
    }

    fn name(&self, sorted: &[&str]) -> Mark {
        self.mark(Kind::Name, &sorted.join(" "))
    }

    fn birth(&self, sorted: &[&str], born: NaiveDate) -> Mark {
        self.mark(Kind::Birth, &format!("{} {born}", sorted.join(" ")))
    }

    /// What is kept of the person of `case` while it is open: how many words the name has, and the marks.
    pub fn marks(&self, case: &Case) -> Vec<(Kind, Mark)> {
        let name = name_words(&case.person.name);
        let mut sorted: Vec<&str> = name.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        let reference = plain_words(case.home_office_reference.as_str()).concat();
        let mut marks = vec![
            (Kind::Reference, self.mark(Kind::Reference, &reference)),
            (Kind::Name, self.name(&sorted)),
            (Kind::Birth, self.birth(&sorted, case.person.date_of_birth)),
        ];
        sorted.dedup();
        marks.extend(sorted.into_iter().map(|word| (Kind::Word, self.mark(Kind::Word, word))));
        marks
    }
}

/// The identities of the cases that are open.
#[derive(Debug, Clone, Default)]
pub struct OpenCases {
    by_mark: HashMap<(Kind, Mark), BTreeSet<CaseId>>,
    of_case: BTreeMap<CaseId, Vec<(Kind, Mark)>>,
    /// Our own reference of each case, run together: it is no secret, and on every letter of the case.
    by_id: HashMap<String, CaseId>,
}

impl OpenCases {
    /// Takes one more mark of a case.
    pub fn add(&mut self, case: &CaseId, kind: Kind, mark: Mark) {
        if !self.of_case.contains_key(case) {
            self.by_id.insert(plain_words(case.as_str()).concat(), case.clone());
        }
        self.by_mark.entry((kind, mark)).or_default().insert(case.clone());
        self.of_case.entry(case.clone()).or_default().push((kind, mark));
    }

    /// Forgets a case: it is closed, or its marks come anew.
    pub fn forget(&mut self, case: &CaseId) {
        self.by_id.remove(&plain_words(case.as_str()).concat());
        for key in self.of_case.remove(case).unwrap_or_default() {
            if let Some(cases) = self.by_mark.get_mut(&key) {
                cases.remove(case);
                if cases.is_empty() {
                    self.by_mark.remove(&key);
                }
            }
        }
    }

    /// Whether `case` may be about the person whom its number has stood for until now.
    pub fn knows_as_the_same(&self, key: &IdentityKey, case: &Case) -> bool {
        self.of_case.get(&case.case_id).is_none_or(|known| may_be_one_person(known, &key.marks(case)))
    }

    /// How many cases are open.
    pub fn len(&self) -> usize {
        self.of_case.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.of_case.is_empty()
    }
}

/// Whether two sets of marks are of one person: by reference, or by name and date of birth. Where one set has no marks,
/// nothing speaks against it.
pub fn may_be_one_person(one: &[(Kind, Mark)], other: &[(Kind, Mark)]) -> bool {
    let certain = |(kind, _): &&(Kind, Mark)| matches!(kind, Kind::Reference | Kind::Birth);
    one.is_empty() || other.is_empty() || one.iter().filter(certain).any(|mark| other.contains(mark))
}

/// Somebody else's identity in a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    pub case: CaseId,
    pub kind: Kind,
    /// Counted from 1, or [`UNSEEN`].
    pub page: usize,
}

impl Hit {
    /// It in words that follow "document 3: ".
    pub fn words(&self) -> String {
        let Self { case, kind, page } = self;
        let at =
            if *page == UNSEEN { "where no page shows it".to_owned() } else { format!("on page {page}") };
        format!("the {} of another open case, {case}, is found {at}", kind.words())
    }

    /// Whether it can be nobody else: two people may share a name.
    pub fn is_certain(&self) -> bool {
        matches!(self.kind, Kind::Reference | Kind::Birth)
    }
}

/// One document looked through for the people of other open cases.
struct Search<'a> {
    key: &'a IdentityKey,
    open: &'a OpenCases,
    own: &'a CaseId,
    marks: HashSet<(Kind, Mark)>,
    words: &'a [Word],
    hits: BTreeSet<Hit>,
}

/// Every word, or few words run together, that looks like a reference, and the page on which it stands first.
fn references(words: &[Word]) -> Vec<(String, usize)> {
    let (mut seen, mut found) = (HashSet::new(), Vec::new());
    for (at, first) in words.iter().enumerate() {
        let mut joined = String::new();
        let mut has_digit = false;
        for word in words.iter().skip(at).take(REFERENCE_PIECES) {
            if !word.plain.is_ascii() {
                break;
            }
            joined.push_str(&word.plain);
            has_digit |= word.plain.bytes().any(|b| b.is_ascii_digit());
            let fits = has_digit && (REFERENCE_MIN..=REFERENCE_MAX).contains(&joined.len());
            if fits && seen.insert(joined.clone()) {
                found.push((joined.clone(), first.page));
            }
        }
    }
    found
}

/// What in `words` may be the reference of a case that is not known yet, as marks: when such a case comes in, what holds
/// its reference and has not gone is held. Of a document with very many numbers the first ones count.
pub fn mentions(key: &IdentityKey, case: &Case, words: &[Word]) -> BTreeSet<Mark> {
    let own = Subject::of(case).reference;
    let letters = |text: &str| text.bytes().filter(u8::is_ascii_alphabetic).count();
    let plausible = |text: &String| {
        *text != own
            && text.len() <= MENTION_MAX
            && letters(text) <= MENTION_LETTERS_MAX
            && text.len() - letters(text) >= REFERENCE_MIN
    };
    let marked = references(words).into_iter().filter(|(text, _)| plausible(text)).take(MENTIONS_MAX);
    marked.map(|(text, _)| key.mark(Kind::Reference, &text)).collect()
}

/// Whose identity, other than that of `case`, is in `words`. Another case of the same person is no other person.
pub fn search(key: &IdentityKey, open: &OpenCases, case: &Case, words: &[Word]) -> Vec<Hit> {
    if open.of_case.keys().all(|one| *one == case.case_id) {
        return Vec::new();
    }
    let marks = key.marks(case).into_iter().filter(|(kind, _)| *kind != Kind::Word).collect();
    let mut search = Search { key, open, own: &case.case_id, marks, words, hits: BTreeSet::new() };
    search.references(&Subject::of(case).reference);
    search.names();
    let certain: BTreeSet<CaseId> =
        search.hits.iter().filter(|hit| hit.is_certain()).map(|hit| hit.case.clone()).collect();
    let first_of_each = |hits: BTreeSet<Hit>| {
        let mut told = BTreeSet::new();
        hits.into_iter().filter(|hit| told.insert((hit.case.clone(), hit.kind))).collect::<Vec<Hit>>()
    };
    search.hits.retain(|hit| hit.is_certain() || !certain.contains(&hit.case));
    first_of_each(search.hits)
}

impl Search<'_> {
    fn note(&mut self, kind: Kind, mark: Mark, page: usize) {
        if self.marks.contains(&(kind, mark)) {
            return;
        }
        for case in self.open.by_mark.get(&(kind, mark)).into_iter().flatten() {
            if case != self.own && !self.is_same_person(case) {
                self.hits.insert(Hit { case: case.clone(), kind, page });
            }
        }
    }

    /// Our own reference of another case. One without a letter could be a date.
    fn note_id(&mut self, joined: &str, page: usize) {
        let lettered = joined.bytes().any(|b| b.is_ascii_alphabetic());
        let case = self.open.by_id.get(joined).filter(|case| lettered && *case != self.own);
        if let Some(case) = case.filter(|case| !self.is_same_person(case)) {
            self.hits.insert(Hit { case: case.clone(), kind: Kind::Reference, page });
        }
    }

    /// Whether a case is one of the same person: by reference, or by name and date of birth.
    fn is_same_person(&self, case: &CaseId) -> bool {
        let theirs = self.open.of_case.get(case).into_iter().flatten();
        theirs.filter(|(kind, _)| *kind != Kind::Name).any(|mark| self.marks.contains(mark))
    }

    /// Every word, or few words run together, that looks like a reference.
    fn references(&mut self, own: &str) {
        for (joined, page) in references(self.words).into_iter().filter(|(joined, _)| joined != own) {
            let mark = self.key.mark(Kind::Reference, &joined);
            self.note(Kind::Reference, mark, page);
            self.note_id(&joined, page);
        }
    }

    /// Every run of words of which each is a word of somebody's name.
    fn names(&mut self) {
        let words = self.words;
        let mut known: HashMap<&str, bool> = HashMap::new();
        let is_name_word: Vec<bool> = words
            .iter()
            .map(|word| {
                *known.entry(word.plain.as_str()).or_insert_with(|| {
                    self.open.by_mark.contains_key(&(Kind::Word, self.key.mark(Kind::Word, &word.plain)))
                })
            })
            .collect();
        let dates = dates(words);
        for at in 0..words.len() {
            let run = is_name_word.get(at..).unwrap_or_default().iter().take(NAME_WORDS_MAX);
            let run = run.take_while(|is_name_word| **is_name_word).count();
            for length in 1..=run {
                let mut name: Vec<&str> =
                    words.iter().skip(at).take(length).map(|word| word.plain.as_str()).collect();
                name.sort_unstable();
                let page = words.get(at).map_or(0, |word| word.page);
                // One word is too little to be taken for a person, without a date of birth.
                if length > 1 {
                    self.note(Kind::Name, self.key.name(&name), page);
                }
                for dated in dates.iter().filter(|dated| dated.at.abs_diff(at) <= NEAR) {
                    for born in dated.british() {
                        self.note(Kind::Birth, self.key.birth(&name, born), page);
                    }
                }
            }
        }
    }
}

/// Bytes as hex, for the file of the key.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
