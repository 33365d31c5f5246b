//! Passphrases of words: how they are made and typed, and files that they seal and open.

use super::at_a_terminal;
use despatch_seal::keys::SecretKey;
use despatch_seal::lock::MAX_WORK_FACTOR;
use despatch_seal::passphrase::{Passphrase, WORDS, doubt};
use despatch_seal::sealing::{OpenFault, open, open_with_passphrase, seal, seal_with_passphrase};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

const LIST: &str = include_str!("../src/passphrase/words.txt");
const NINE: &str = "otter-music-castle-velvet-piano-amber-kettle-north-biscuit";

#[test]
fn the_words_can_be_read_out_and_told_apart_by_their_first_letters() {
    let words: Vec<&str> = LIST.lines().collect();
    assert_eq!(words.len(), 1024);
    assert!(words.is_sorted(), "the list is in alphabetical order");
    let mut beginnings = BTreeSet::new();
    for word in &words {
        assert!((3..=8).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase()), "{word}");
        assert!(beginnings.insert(&word[..word.len().min(4)]), "{word} begins as another does");
    }
    for pair in words.windows(2) {
        assert!(!pair[1].starts_with(pair[0]), "{} begins {}", pair[0], pair[1]);
    }
    let readme = include_str!("../src/passphrase/README.md");
    assert!(readme.contains(&despatch_core::words::Sha256::of(LIST.as_bytes()).to_string()));
}

#[test]
fn a_passphrase_has_nine_words_of_the_list_and_ninety_bits() {
    let made: Vec<Passphrase> = (0..2_000).map(|_| Passphrase::generate().unwrap()).collect();
    let listed: BTreeSet<&str> = LIST.lines().collect();
    let mut drawn: BTreeMap<&str, usize> = BTreeMap::new();
    for passphrase in &made {
        let words: Vec<&str> = passphrase.expose().split('-').collect();
        assert_eq!(words.len(), WORDS);
        assert!(words.iter().all(|word| listed.contains(word)), "a word that is not on the list");
        assert_eq!(passphrase.bits(), 90);
        words.iter().for_each(|word| *drawn.entry(*word).or_default() += 1);
    }
    assert_eq!(made.iter().map(Passphrase::expose).collect::<BTreeSet<_>>().len(), made.len());
    // 18,000 draws of 1,024 words: 17.6 each on average. That one word is never drawn, or one of them 60 times,
    // has a chance below one in ten thousand; a list of which a part is never or twice as often used is far outside.
    assert_eq!(drawn.len(), listed.len());
    assert!(drawn.values().all(|times| *times < 60), "{:?}", drawn.values().max());
}

#[test]
fn a_passphrase_is_never_shown_by_accident() {
    let passphrase = Passphrase::generate().unwrap();
    assert_eq!(format!("{passphrase:?}"), "Passphrase(hidden)");
}

#[test]
fn nine_words_become_one_spelling_however_they_are_typed() {
    for typed in [
        NINE,
        "otter music castle velvet piano amber kettle north biscuit",
        "  Otter  MUSIC Castle, velvet, piano, amber, kettle, north, biscuit.\r\n",
        "otter\u{2013}music\u{2010}castle\u{2014}velvet\u{2212}piano\u{a0}amber\tkettle_north--biscuit\n",
        "OTTER-MUSIC-CASTLE-VELVET-PIANO-AMBER-KETTLE-NORTH-BISCUIT",
        "otters musik castles velvets piano's ambers kettel northern biscuits",
    ] {
        let read = Passphrase::from_typed(typed);
        // The sixth mends slips after the fourth letter; `musik` and `kettel` are such.
        assert_eq!(read.expose(), NINE, "{typed:?}");
        assert_eq!(read.bits(), 90);
        assert_eq!(doubt(typed), None, "{typed:?}");
    }
    for typed in ["correct horse battery staple", " two  spaces stay ", "Otter-Music", "", "zoë"] {
        let read = Passphrase::from_typed(&format!("{typed}\r\n"));
        assert_eq!(read.expose(), typed);
    }
    assert_eq!(Passphrase::from_typed("correct horse").bits(), 0);
}

#[test]
fn a_wrong_word_is_told_by_its_place_and_never_by_name() {
    for (typed, told) in [
        (
            "otter music castle velvet piano amber kettle north",
            "the passphrase has 9 words, and 8 were given",
        ),
        ("", "the passphrase has 9 words, and 0 were given"),
        ("otter xyzzy castle velvet piano amber kettle north biscuit", "word 2 is not one of the words"),
        ("otter xyzzy castle qqq piano amber kettle north zzzz", "words 2, 4 and 9 are not among the words"),
    ] {
        let said = doubt(typed).unwrap();
        assert!(said.starts_with(told), "{said}");
        assert!(!said.contains("xyzzy"), "{said}");
    }
}

#[test]
fn what_a_passphrase_seals_opens_with_it_alone() {
    let (ours, other) = (Passphrase::from_typed(NINE), Passphrase::generate().unwrap());
    for size in super::SIZES {
        let plain = super::plain(size);
        let sealed = seal_with_passphrase(&plain, &ours).unwrap();
        assert!(open_with_passphrase(&sealed, &ours, MAX_WORK_FACTOR).unwrap().to_vec() == plain, "{size}");
        let head = String::from_utf8_lossy(&sealed);
        assert_eq!(head.matches("\n-> ").count(), 1, "scrypt must be the only stanza");
        assert!(head.contains("\n-> scrypt ") && head.split('\n').nth(1).unwrap().ends_with(" 15"));
        assert_eq!(open_with_passphrase(&sealed, &other, MAX_WORK_FACTOR), Err(OpenFault::NoKeyFits));
        assert_eq!(open_with_passphrase(&sealed, &ours, 14), Err(OpenFault::TooMuchWork));
        assert_eq!(open(&sealed, &SecretKey::generate()), Err(OpenFault::Passphrase));
    }
    let [one, two] = [(); 2].map(|()| seal_with_passphrase(b"x", &ours).unwrap());
    assert_ne!(one, two);
    let key = SecretKey::generate();
    let sealed = seal(b"x", &[&key.to_public()]).unwrap();
    assert_eq!(open_with_passphrase(&sealed, &ours, MAX_WORK_FACTOR), Err(OpenFault::Key));
}

#[test]
fn debians_age_asks_for_the_passphrase_and_opens_what_it_seals() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    let passphrase = Passphrase::generate().unwrap();
    fs::write(at("letter.pdf.age"), seal_with_passphrase(b"a letter", &passphrase).unwrap()).unwrap();
    let command = format!("age -d -o {} {}", at("letter.pdf"), at("letter.pdf.age"));
    let said = at_a_terminal(&command, &format!("{}\n", passphrase.expose()));
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert_eq!(fs::read(at("letter.pdf")).unwrap_or_default(), b"a letter", "{said}");
}
