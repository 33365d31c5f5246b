//! The signing key's passphrase, which the service's machine has, is not the review key's, which opens everything.

use super::service::DAEMON;
use crate::support::office::{Said, despatch, private_file};
use crate::support::service::{Service, file_of};
use crate::travel::real::{PASSPHRASE, RealOffice, SIGNING_PASSPHRASE};
use age::secrecy::SecretString;
use despatch_seal::lock::WorkFactor;
use despatch_seal::signing::SigningKey;
use despatch_testing::swap::Swap;
use std::fs;
use std::path::Path;

#[test]
fn init_takes_two_passphrases_that_differ() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (name, text) in [("one", "four made-up words here"), ("alike", "Four made up  words, HERE")] {
        private_file(Path::new(&at(name)), format!("{text}\n").as_bytes());
    }
    let init = |more: &[&str]| -> Said {
        despatch(&[&["--json", "init", &at("office"), "--passphrase-file", &at("one")], more].concat())
    };
    for same in ["one", "alike"] {
        let said = init(&["--signing-passphrase-file", &at(same)]).expect(1);
        assert_eq!(said.json()["faults"][0]["code"], "init.same", "{same}");
    }
    // Without a terminal nobody can be asked for the other one, and none is taken in its place.
    let said = init(&[]).expect(1);
    assert!(
        said.json()["faults"][0]["cure"].as_str().unwrap().contains("--signing-passphrase-file"),
        "{said:?}"
    );
    assert!(!Path::new(&at("office")).exists());
}

#[test]
fn no_new_key_gets_the_other_ones_passphrase() {
    let office = RealOffice::filled_in();
    let code = |words: &[&str]| {
        let said = office.run(&[&["--json"], words].concat()).expect(1);
        said.json()["faults"][0]["code"].as_str().unwrap().to_owned()
    };
    let (review, signing) = (office.passphrase.to_str().unwrap(), office.signing.to_str().unwrap());
    let rotate =
        ["keys", "rotate-review", "--reason", "x", "--passphrase-file", review, "--new-passphrase-file"];
    assert_eq!(code(&[&rotate[..], &[signing]].concat()), "init.same");
    assert_eq!(
        code(&["keys", "signing", "make", "--replace", "--signing-passphrase-file", review]),
        "init.same"
    );
    assert_ne!(PASSPHRASE, SIGNING_PASSPHRASE);
    office.run(&["check"]).expect(0);
}

#[test]
fn the_signing_key_has_a_passphrase_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    private_file(Path::new(&at("one")), b"four made-up words here\n");
    private_file(Path::new(&at("other")), b"four other words, made up\n");
    private_file(Path::new(&at("short")), b"short\n");
    let init = |name: &str, signing: &str| {
        despatch(&[
            "init",
            &at(name),
            "--passphrase-file",
            &at("one"),
            "--signing-passphrase-file",
            &at(signing),
        ])
    };
    init("refused", "short").expect(1);
    assert!(!folder.path().join("refused").exists());
    init("office", "other").expect(0);
    let locked = fs::read(folder.path().join("office/keys/signing.key.age")).unwrap();
    let opens = |words: &str| SigningKey::unlock(&locked, &SecretString::from(words.to_owned())).is_ok();
    assert!(opens("four other words, made up") && !opens("four made-up words here"));
}

/// Through the socket the one process has the signing key's file and the other one the new passphrase, and neither shows
/// the other more than it has.
#[test]
fn no_new_key_gets_the_other_ones_passphrase_through_the_socket_either() {
    let office = RealOffice::filled_in();
    let path = office.dir.join("despatch.toml");
    let settings = fs::read_to_string(&path).unwrap();
    let own = settings.lines().find(|line| line.starts_with("account = ")).unwrap();
    fs::write(&path, settings.swapped_once(own, "account = \"daemon\"\nkeeper = true")).unwrap();
    // Locked as a key of an office is, not as one of a test.
    let locked = fs::read(office.dir.join("keys/signing.key.age")).unwrap();
    let words = SecretString::from(SIGNING_PASSPHRASE.trim().to_owned());
    let key = SigningKey::unlock(&locked, &words).unwrap();
    fs::write(office.dir.join("keys/signing.key.age"), key.lock(&words, WorkFactor::STRONG).unwrap())
        .unwrap();
    let mut service = office.service();
    let file = |name: &str, text: &str| {
        file_of(&office.dir, DAEMON, name, text.as_bytes()).to_str().unwrap().to_owned()
    };
    let rotate = |service: &Service, new: &str| {
        let old = file("old", PASSPHRASE);
        let words = [
            "--json",
            "keys",
            "rotate-review",
            "--reason",
            "x",
            "--passphrase-file",
            &old,
            "--new-passphrase-file",
        ];
        service.given_by(DAEMON, &[&words[..], &[new]].concat())
    };
    let said = rotate(&service, &file("same", SIGNING_PASSPHRASE)).expect(1);
    assert_eq!(said.json()["faults"][0]["code"], "init.same", "{said:?}");
    assert!(service.lives());
    rotate(&service, &file("new", "six quite different made-up words\n")).expect(0);
    drop(service);
    office.run(&["audit", "verify"]).expect(0);
}
