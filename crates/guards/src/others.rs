//! Enters: the identities of open cases as keyed hashes, and the text of documents. Leaves: which other persons occur
//! in it. Never: knows a name: only hashes under the office's key are compared.

use super::dates::dates;
use super::names::name_words;
use super::subject::Subject;
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
use std::sync::{Arc, Mutex, PoisonError};

/// The length of the office's identity key, in bytes: that of the hash (RFC 2104, section 3).
pub const KEY_BYTES: usize = 32;
/// The most words of a name that is searched for: a longer run is not a name in a sentence.
const NAME_WORDS_MAX: usize = 6;
/// The most words between a name and a date that may be that person's date of birth.
const NEAR: usize = 40;
/// The least letters and digits of a reference: shorter ones are page and paragraph numbers.
const REFERENCE_MIN: usize = 5;
/// The most letters and digits of a reference (`HomeOfficeReference`).
const REFERENCE_MAX: usize = 32;
/// The most letters and digits of a cross-reference, and the most letters: longer ones are dates in words,
/// international telephone numbers, and the like.
const CROSS_REFERENCE_MAX: usize = 16;
const CROSS_REFERENCE_LETTERS_MAX: usize = 3;
/// The most cross-references of one document.
const CROSS_REFERENCES_MAX: usize = 2_000;
/// The most pieces into which spaces and signs may split a reference.
const REFERENCE_PIECES: usize = 3;

/// The page of a word that no page shows: it is in a document's properties, notes or form fields.
pub const UNSEEN: usize = 0;

/// The parts of an identity that are stored as keyed hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Reference,
    /// Every word of the name, sorted.
    Name,
    /// One word of the name, by which most of a text is skipped.
    Word,
    /// The name with the date of birth.
    Birth,
    /// The date of birth alone, by which people search. Many people share one, so no guard compares it.
    Born,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 5] = [Kind::Reference, Kind::Name, Kind::Word, Kind::Birth, Kind::Born];

    /// Returns the code that the ledger writes.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Reference => "reference",
            Kind::Name => "name",
            Kind::Word => "word",
            Kind::Birth => "birth",
            Kind::Born => "born",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Kind::Reference => "reference",
            Kind::Name | Kind::Word => "name",
            Kind::Birth => "name and date of birth",
            Kind::Born => "date of birth",
        }
    }

    /// Whether the guard on other people's identity compares it.
    pub fn is_guarded(self) -> bool {
        self != Kind::Born
    }
}

/// A keyed hash of a part of somebody's identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym([u8; 32]);

impl Pseudonym {
    /// Restores a stored pseudonym.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Returns the bytes to store.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The office's identity key. Without it nobody can test a list of names against the pseudonyms of a ledger.
#[derive(Clone)]
pub struct IdentityKey {
    mac: Hmac<Sha256>,
    /// The pseudonyms that were made with this one, if it is to remember them.
    made: Option<Arc<Mutex<Made>>>,
}

/// Pseudonyms by what they stand for.
type Made = HashMap<Kind, HashMap<String, Pseudonym>>;

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityKey")
    }
}

impl IdentityKey {
    /// Creates the key from its bytes.
    pub fn new(bytes: &[u8; KEY_BYTES]) -> Option<Self> {
        Hmac::new_from_slice(bytes).ok().map(|mac| Self { mac, made: None })
    }

    /// The same key for the documents of one case, whose words are mostly the same: it makes each pseudonym once, and
    /// forgets them with the case.
    pub fn for_one_case(&self) -> Self {
        Self { made: Some(Arc::default()), ..self.clone() }
    }

    fn pseudonym(&self, kind: Kind, text: &str) -> Pseudonym {
        let made = || self.made.as_ref().map(|made| made.lock().unwrap_or_else(PoisonError::into_inner));
        let known = made().and_then(|made| made.get(&kind)?.get(text).copied());
        known.unwrap_or_else(|| {
            let pseudonym = self.new_pseudonym(kind, text);
            if let Some(mut made) = made() {
                made.entry(kind).or_default().insert(text.to_owned(), pseudonym);
            }
            pseudonym
        })
    }

    fn new_pseudonym(&self, kind: Kind, text: &str) -> Pseudonym {
        let mut mac = self.mac.clone();
        mac.update(kind.code().as_bytes());
        mac.update(b"\0");
        mac.update(text.as_bytes());
        Pseudonym(mac.finalize().into_bytes().into())
    }

    /// Returns the keyed hash of the numbers in a test message, ignoring case and separators. Whoever has the ledger and
    /// not the key cannot try all of them.
    pub fn answer(&self, message_id: &str, numbers: &str) -> despatch_core::words::Sha256 {
        let spoken: String = numbers.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        let mut mac = self.mac.clone();
        mac.update(format!("test message\0{message_id}\0{spoken}").as_bytes());
        despatch_core::words::Sha256::from_digest(mac.finalize().into_bytes().into())
    }

    fn name(&self, sorted: &[&str]) -> Pseudonym {
        self.pseudonym(Kind::Name, &sorted.join(" "))
    }

    fn birth(&self, sorted: &[&str], born: NaiveDate) -> Pseudonym {
        self.pseudonym(Kind::Birth, &format!("{} {born}", sorted.join(" ")))
    }

    /// Returns the pseudonym of a Home Office reference that somebody searches for; `None` if it has no letter or digit.
    pub fn sought_reference(&self, text: &str) -> Option<Pseudonym> {
        let joined = plain_words(text).concat();
        (!joined.is_empty()).then(|| self.pseudonym(Kind::Reference, &joined))
    }

    /// Returns the pseudonyms of the words of a name that somebody searches for, each once.
    pub fn sought_name(&self, text: &str) -> BTreeSet<Pseudonym> {
        name_words(text).iter().map(|word| self.pseudonym(Kind::Word, word)).collect()
    }

    /// Returns the pseudonym of a date of birth that somebody searches for.
    pub fn sought_birth(&self, born: NaiveDate) -> Pseudonym {
        self.pseudonym(Kind::Born, &born.to_string())
    }

    /// Returns the pseudonyms of the person of `case`: of those that are guarded while the case is open, of all as long as
    /// the case is kept.
    pub fn pseudonyms(&self, case: &Case) -> Vec<(Kind, Pseudonym)> {
        let name = name_words(&case.person.name);
        let mut sorted: Vec<&str> = name.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        let reference = plain_words(case.home_office_reference.as_str()).concat();
        let mut pseudonyms = vec![
            (Kind::Reference, self.pseudonym(Kind::Reference, &reference)),
            (Kind::Name, self.name(&sorted)),
            (Kind::Birth, self.birth(&sorted, case.person.date_of_birth)),
            (Kind::Born, self.sought_birth(case.person.date_of_birth)),
        ];
        sorted.dedup();
        pseudonyms.extend(sorted.into_iter().map(|word| (Kind::Word, self.pseudonym(Kind::Word, word))));
        pseudonyms
    }
}

/// The identities of the open cases.
#[derive(Debug, Clone, Default)]
pub struct OpenCases {
    by_pseudonym: HashMap<(Kind, Pseudonym), BTreeSet<CaseId>>,
    of_case: BTreeMap<CaseId, Vec<(Kind, Pseudonym)>>,
    /// Our own reference of each case, joined: it is not secret, and is on every letter of the case.
    by_id: HashMap<String, CaseId>,
}

impl OpenCases {
    /// Adds a pseudonym of a case.
    pub fn add(&mut self, case: &CaseId, kind: Kind, pseudonym: Pseudonym) {
        if !self.of_case.contains_key(case) {
            self.by_id.insert(plain_words(case.as_str()).concat(), case.clone());
        }
        self.by_pseudonym.entry((kind, pseudonym)).or_default().insert(case.clone());
        self.of_case.entry(case.clone()).or_default().push((kind, pseudonym));
    }

    /// Removes a case: it is closed, or its pseudonyms are about to be added again.
    pub fn forget(&mut self, case: &CaseId) {
        self.by_id.remove(&plain_words(case.as_str()).concat());
        for key in self.of_case.remove(case).unwrap_or_default() {
            if let Some(cases) = self.by_pseudonym.get_mut(&key) {
                cases.remove(case);
                if cases.is_empty() {
                    self.by_pseudonym.remove(&key);
                }
            }
        }
    }

    /// Returns the pseudonyms of the person of an open case.
    pub fn person_of(&self, case: &CaseId) -> Option<&[(Kind, Pseudonym)]> {
        self.of_case.get(case).map(Vec::as_slice)
    }

    /// Returns the open cases that have a pseudonym.
    pub fn cases_of(&self, mark: &(Kind, Pseudonym)) -> impl Iterator<Item = &CaseId> {
        self.by_pseudonym.get(mark).into_iter().flatten()
    }

    /// Returns the number of open cases.
    pub fn len(&self) -> usize {
        self.of_case.len()
    }

    /// Returns whether no case is open.
    pub fn is_empty(&self) -> bool {
        self.of_case.is_empty()
    }
}

/// Another person's identity in a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    pub case: CaseId,
    pub kind: Kind,
    /// Counted from 1, or [`UNSEEN`].
    pub page: usize,
}

impl Hit {
    /// Returns it in words that follow "document 3: ".
    pub fn label(&self) -> String {
        let Self { case, kind, page } = self;
        let at =
            if *page == UNSEEN { "where no page shows it".to_owned() } else { format!("on page {page}") };
        format!("the {} of another open case, {case}, is found {at}", kind.label())
    }

    /// Returns whether it identifies one person: a name alone may be shared.
    pub fn is_certain(&self) -> bool {
        matches!(self.kind, Kind::Reference | Kind::Birth)
    }
}

/// The search of one document for the persons of other open cases.
struct Search<'a> {
    key: &'a IdentityKey,
    open: &'a OpenCases,
    own: &'a CaseId,
    pseudonyms: HashSet<(Kind, Pseudonym)>,
    words: &'a [Word],
    hits: BTreeSet<Hit>,
}

/// Returns every word, or few words joined, that looks like a reference, and its first page.
fn references(words: &[Word]) -> Vec<(String, usize)> {
    let (mut seen, mut found) = (HashSet::new(), Vec::new());
    let digits: Vec<bool> = words.iter().map(|word| word.plain.bytes().any(|b| b.is_ascii_digit())).collect();
    for (at, first) in words.iter().enumerate() {
        // Most words are of none.
        if !digits.iter().skip(at).take(REFERENCE_PIECES).any(|has_digit| *has_digit) {
            continue;
        }
        let mut joined = String::new();
        let mut has_digit = false;
        for (word, digit) in words.iter().zip(&digits).skip(at).take(REFERENCE_PIECES) {
            if !word.plain.is_ascii() {
                break;
            }
            joined.push_str(&word.plain);
            has_digit |= digit;
            let fits = has_digit && (REFERENCE_MIN..=REFERENCE_MAX).contains(&joined.len());
            if fits && seen.insert(joined.clone()) {
                found.push((joined.clone(), first.page));
            }
        }
    }
    found
}

/// Returns the pseudonyms of what may be references of cases not known yet. When such a case arrives, unsent despatches
/// that contain its reference are held. Only the first ones of a document with very many numbers count.
pub fn cross_references(key: &IdentityKey, case: &Case, words: &[Word]) -> BTreeSet<Pseudonym> {
    let own = Subject::of(case).reference;
    let letters = |text: &str| text.bytes().filter(u8::is_ascii_alphabetic).count();
    let plausible = |text: &String| {
        *text != own
            && text.len() <= CROSS_REFERENCE_MAX
            && letters(text) <= CROSS_REFERENCE_LETTERS_MAX
            && text.len() - letters(text) >= REFERENCE_MIN
    };
    let found = references(words).into_iter().filter(|(text, _)| plausible(text)).take(CROSS_REFERENCES_MAX);
    found.map(|(text, _)| key.pseudonym(Kind::Reference, &text)).collect()
}

/// Returns the identities in `words` other than that of `case`. Another case of the same person is not another person.
pub fn search(key: &IdentityKey, open: &OpenCases, case: &Case, words: &[Word]) -> Vec<Hit> {
    if open.of_case.keys().all(|one| *one == case.case_id) {
        return Vec::new();
    }
    let pseudonyms = key.pseudonyms(case).into_iter().filter(|(kind, _)| *kind != Kind::Word).collect();
    let mut search = Search { key, open, own: &case.case_id, pseudonyms, words, hits: BTreeSet::new() };
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
    fn note(&mut self, kind: Kind, pseudonym: Pseudonym, page: usize) {
        if self.pseudonyms.contains(&(kind, pseudonym)) {
            return;
        }
        for case in self.open.by_pseudonym.get(&(kind, pseudonym)).into_iter().flatten() {
            if case != self.own && !self.is_same_person(case) {
                self.hits.insert(Hit { case: case.clone(), kind, page });
            }
        }
    }

    /// Records our own reference of another case. One without a letter could be a date.
    fn note_id(&mut self, joined: &str, page: usize) {
        let lettered = joined.bytes().any(|b| b.is_ascii_alphabetic());
        let case = self.open.by_id.get(joined).filter(|case| lettered && *case != self.own);
        if let Some(case) = case.filter(|case| !self.is_same_person(case)) {
            self.hits.insert(Hit { case: case.clone(), kind: Kind::Reference, page });
        }
    }

    /// Returns whether a case is about the same person: by reference, and name with date of birth. Another Home Office
    /// reference is another person (F6).
    fn is_same_person(&self, case: &CaseId) -> bool {
        let has = |kind: Kind| {
            let theirs = self.open.of_case.get(case).into_iter().flatten();
            theirs.filter(|(of, _)| *of == kind).any(|pseudonym| self.pseudonyms.contains(pseudonym))
        };
        has(Kind::Reference) && has(Kind::Birth)
    }

    /// Searches every word, or few words joined, that looks like a reference.
    fn references(&mut self, own: &str) {
        for (joined, page) in references(self.words).into_iter().filter(|(joined, _)| joined != own) {
            let pseudonym = self.key.pseudonym(Kind::Reference, &joined);
            self.note(Kind::Reference, pseudonym, page);
            self.note_id(&joined, page);
        }
    }

    /// Searches every run of words that all occur in open cases' names.
    fn names(&mut self) {
        let words = self.words;
        let mut known: HashMap<&str, bool> = HashMap::new();
        let is_name_word: Vec<bool> = words
            .iter()
            .map(|word| {
                *known.entry(word.plain.as_str()).or_insert_with(|| {
                    self.open
                        .by_pseudonym
                        .contains_key(&(Kind::Word, self.key.pseudonym(Kind::Word, &word.plain)))
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
                // A single word does not identify a person without a date of birth.
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

/// Formats bytes as hex, for the key file.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
