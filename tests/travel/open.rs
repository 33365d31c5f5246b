//! A recipient opens what was sealed to them: the document whole, or nothing at all.

use super::regenerated::{keygen, sealed_parts};
use super::*;
use crate::support::office::despatch as program;
use crate::support::tools::{age_decrypt, command, run_with};
use despatch_testing::swap::Swap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn open(file: &Path, key: &Path, more: &[&str]) -> Said {
    program(&[&["open", file.to_str().unwrap(), "--identity", key.to_str().unwrap()], more].concat())
}

/// An office, a sealed document of the detention team's, and their key.
fn sealed() -> (DemoOffice, PathBuf, PathBuf) {
    let office = DemoOffice::new();
    let part = sealed_parts(&office, &id_of(&office, "DEMO-0902", "det"))
        .into_iter()
        .find(|part| part.to_str().unwrap().ends_with(".pdf.age"))
        .expect("a sealed letter");
    let key = office.key("det-yarls-wood");
    (office, part, key)
}

#[test]
fn a_recipient_opens_a_document_with_their_key_and_overwrites_nothing() {
    let (office, part, key) = sealed();
    let said = open(&part, &key, &[]).expect(0);
    let plain = part.with_extension("");
    assert!(said.stdout.contains("Keep it as safe as the letter."), "{said:?}");
    let document = fs::read(&plain).unwrap();
    assert!(
        document.starts_with(b"%PDF-") && document == age_decrypt(&key, &fs::read(&part).unwrap()).unwrap()
    );
    assert_eq!(fs::metadata(&plain).unwrap().permissions().mode() & 0o777, 0o600, "for its owner alone");
    fs::write(&plain, "mine").unwrap();
    let again = open(&part, &key, &[]).expect(1);
    assert!(again.stderr.contains("it is here already"), "{again:?}");
    assert_eq!(fs::read(&plain).unwrap(), b"mine");
    let elsewhere = office.dir.join("elsewhere.pdf");
    open(&part, &key, &["--output", elsewhere.to_str().unwrap()]).expect(0);
    assert!(fs::read(elsewhere).unwrap() == document);
    let nameless = office.dir.join("nameless");
    fs::copy(&part, &nameless).unwrap();
    assert!(open(&nameless, &key, &[]).expect(2).stderr.contains("say where with --output"));
}

#[test]
fn what_does_not_open_whole_leaves_nothing_behind() {
    let (office, part, key) = sealed();
    let whole = fs::read(&part).unwrap();
    let other = office.key("det-brook-house");
    let stranger = keygen(&office, "stranger.key").0;
    let flip = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    let (no_fit, cut, altered) = (
        "this key or passphrase does not open it",
        "the file is cut short",
        "the file was altered or damaged",
    );
    let not_age = "this is not an age file";
    let table: [(&str, Vec<u8>, &Path, &str); 8] = [
        ("another recipient's key", whole.clone(), &other, no_fit),
        ("a stranger's key", whole.clone(), &stranger, no_fit),
        ("a cut end", whole[..whole.len() - 1].to_vec(), &key, ""),
        ("the first half", whole[..whole.len() / 2].to_vec(), &key, ""),
        ("a flipped bit in the document", flip(whole.len() - 100), &key, altered),
        ("a byte too many", [whole.as_slice(), b"x"].concat(), &key, ""),
        ("nothing", Vec::new(), &key, ""),
        ("another file", b"%PDF-1.7".to_vec(), &key, not_age),
    ];
    for (what, bytes, key, words) in table {
        let folder = office.dir.join("attempt");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("letter.pdf.age"), bytes).unwrap();
        let said = open(&folder.join("letter.pdf.age"), key, &[]).expect(1);
        let told = [no_fit, cut, altered, not_age].iter().any(|known| said.stderr.contains(known));
        assert!(told && said.stderr.contains(words), "{what}: {said:?}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "{what}: something was left behind");
        fs::remove_dir_all(&folder).unwrap();
    }
}

#[test]
fn a_key_file_that_is_none_is_told_and_not_shown() {
    let (office, part, key) = sealed();
    let private = fs::read_to_string(&key).unwrap();
    let bad = office.dir.join("bad.key");
    let damaged = private.swapped("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1Q");
    for text in ["", "# created: never\n", "age1notaprivatekey\n", &damaged] {
        fs::write(&bad, text).unwrap();
        let said = open(&part, &bad, &[]).expect(1);
        assert!(
            said.stderr.contains("bad.key") && !said.stderr.contains("AGE-SECRET-KEY-1Q"),
            "{text:?}: {said:?}"
        );
    }
    let missing = open(&part, &office.dir.join("missing.key"), &[]).expect(1);
    assert!(missing.stderr.contains("the key cannot be used"), "{missing:?}");
    assert!(!part.with_extension("").exists());
}

#[test]
fn a_long_document_cut_between_two_chunks_leaves_nothing_behind() {
    // age seals in chunks of 64 KiB, each with 16 bytes more, after the header and 16 bytes of nonce.
    const PLAIN: usize = 200_000;
    let office = DemoOffice::new();
    let (key, public) = keygen(&office, "mine.key");
    let plain: Vec<u8> = (0..PLAIN).map(|n| (n % 251) as u8).collect();
    let recipient = public.trim_matches(['[', ']', '"']);
    let sealed = run_with(command("age").args(["-r", recipient]), &plain).expect("age seals");
    let header = sealed.len() - PLAIN - 16 - 4 * 16;
    let file = office.dir.join("long.pdf.age");
    for chunks in 0..4 {
        fs::write(&file, &sealed[..header + 16 + chunks * (65_536 + 16)]).unwrap();
        let said = open(&file, &key, &[]).expect(1);
        assert!(!office.dir.join("long.pdf").exists(), "{chunks} of 4 chunks: {said:?}");
    }
    fs::write(&file, &sealed).unwrap();
    open(&file, &key, &[]).expect(0);
    assert!(fs::read(office.dir.join("long.pdf")).unwrap() == plain, "what Debian's age sealed opens whole");
}

#[test]
fn what_cannot_all_be_laid_down_is_not_laid_down_at_all() {
    let office = DemoOffice::new();
    let id = id_of(&office, "DEMO-0902", "det");
    let to = office.dir.join("looked");
    let open = || office.run_as(REVIEWER, &["outbox", "open", &id, "--to", to.to_str().unwrap()]);
    open().expect(0);
    let mut names: Vec<_> = fs::read_dir(&to).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert!(names.len() > 1, "{names:?}");
    for name in &names[..names.len() - 1] {
        fs::remove_file(to.join(name)).unwrap();
    }
    open().expect(1);
    let left: Vec<_> = fs::read_dir(&to).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, names[names.len() - 1..], "unsealed documents stay behind after an error");
}
