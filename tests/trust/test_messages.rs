//! F8 and F18: a test message says nothing that somebody typed, takes a second person, and proves something against
//! staff too.

use crate::support::office::{DemoOffice, PREPARER, REVIEWER, Said, has_nothing, private_file};
use crate::support::tools::{command, run};
use despatch_core::words::Sha256;
use despatch_seal::keys::SecretKey;
use serde_json::Value;
use std::fs;

const ENTRY: &str = "zzcanary-entry";
/// Stands in everything that somebody typed about the entry, and nowhere else.
const CANARY: &str = "zzcanary";

fn code(said: Said) -> String {
    said.expect(1).json()["faults"][0]["code"].as_str().unwrap().to_owned()
}

/// Somebody new, with a key, whom [`PREPARER`] entered; and that key's file.
fn newcomer(office: &DemoOffice) -> std::path::PathBuf {
    use age::secrecy::ExposeSecret;
    let (path, key) = (office.key(ENTRY), SecretKey::generate());
    private_file(&path, key.to_identity_file().unwrap().expose_secret().as_bytes());
    let public = key.to_public().to_string();
    office
        .directory(&[
            "add",
            ENTRY,
            "--role",
            "representative",
            "--name",
            "Zzcanary Zzcanarybörn 1990-02-03 suicidal",
            "--organisation",
            "zzcanary tortured",
            "--telephone",
            "zzcanary 01632 960177",
            "--email",
            "somebody@free-mail.example.invalid",
            "--key",
            &public,
        ])
        .expect(0);
    path
}

fn trial(office: &DemoOffice, who: &str) -> Said {
    office.run_as(who, &["--json", "directory", "trial", ENTRY])
}

/// The numbers in the letter that went last.
fn numbers(office: &DemoOffice) -> String {
    let mail = fs::read(office.dir.join(format!("sent/trial-{ENTRY}.eml"))).unwrap();
    let parts = despatch_message::parts(&mail).expect("a message of ours");
    let sealed = parts.into_iter().find(|(name, _)| name == "01-test-message.pdf.age").expect("the letter").1;
    let key = SecretKey::from_identity_file(&fs::read_to_string(office.key(ENTRY)).unwrap()).unwrap();
    let letter = office.dir.join("trial.pdf");
    fs::write(&letter, despatch_seal::sealing::open(&sealed, &key).expect("it opens")).unwrap();
    let text = String::from_utf8(run(command("pdftotext").arg(&letter).arg("-")).unwrap()).unwrap();
    let is_numbers = |line: &&str| line.len() == 9 && line.chars().filter(char::is_ascii_digit).count() == 8;
    text.lines().map(str::trim).find(is_numbers).expect("the numbers").to_owned()
}

fn opened(office: &DemoOffice, numbers: &str) -> Said {
    office.run_as(REVIEWER, &["--json", "directory", "opened", ENTRY, "--words", numbers])
}

#[test]
fn f8_nothing_that_somebody_typed_goes_in_clear_with_a_test_message() {
    let office = DemoOffice::new();
    newcomer(&office);
    trial(&office, REVIEWER).expect(0);
    let mail = fs::read(office.dir.join(format!("sent/trial-{ENTRY}.eml"))).unwrap();
    let text = String::from_utf8(mail.clone()).unwrap();
    // Quoted-printable may break a line anywhere.
    let plain = text.replace("=\r\n", "").to_lowercase();
    assert!(!plain.contains(CANARY), "{plain}");
    for typed in ["1990", "suicidal", "tortured", "960177", "=?"] {
        assert!(!plain.contains(typed), "{typed}: {plain}");
    }
    assert!(text.lines().any(|line| line == "To: somebody@free-mail.example.invalid"), "{text}");
    for (name, bytes) in despatch_message::parts(&mail).expect("a message of ours") {
        assert!(!String::from_utf8_lossy(&bytes).to_lowercase().contains(CANARY), "{name}");
    }
}

#[test]
fn f8_whoever_entered_an_address_sends_it_no_test_message_before_somebody_else_has() {
    let office = DemoOffice::new();
    newcomer(&office);
    assert_eq!(code(trial(&office, PREPARER)), "test_message.same_person");
    // Whoever changes something of it takes part in it, and its first author stays one.
    office.run_as("wenna-okonjo", &["directory", "change", ENTRY, "--telephone", "01632 960178"]).expect(0);
    assert_eq!(code(trial(&office, PREPARER)), "test_message.same_person");
    assert_eq!(code(trial(&office, "wenna-okonjo")), "test_message.same_person");
    assert!(has_nothing(&office.dir.join("sent")), "nothing went");
    trial(&office, REVIEWER).expect(0);
    trial(&office, PREPARER).expect(0);
    // Another address is a first one again, also after a verification of the one before.
    office.verify(ENTRY, &[]);
    trial(&office, PREPARER).expect(0);
    office.says(ENTRY, &["--email", "somebody@other-mail.example.invalid"]);
    assert_eq!(code(trial(&office, PREPARER)), "test_message.same_person");
    trial(&office, REVIEWER).expect(0);
    office.run(&["audit", "verify"]).expect(0);
}

/// An address that a second person verified once may be tried by whoever changed how it opens messages.
#[test]
fn f8_an_address_that_was_verified_is_tried_by_whoever_changed_its_method() {
    let office = DemoOffice::new();
    office.says("harbour-lane-law", &["--method", "pdf-password"]);
    office.directory(&["trial", "harbour-lane-law"]).expect(0);
}

#[test]
fn f8_no_test_message_goes_to_a_frozen_entry() {
    let office = DemoOffice::new();
    let what = ["incident", "DEMO-0902", "--entry", "harbour-lane-law", "--what", "another person's"];
    office.run_as(REVIEWER, &what).expect(0);
    let said = office.run_as(REVIEWER, &["--json", "directory", "trial", "harbour-lane-law"]);
    assert_eq!(code(said), "test_message.frozen");
    assert!(has_nothing(&office.dir.join("sent")));
}

/// Every place at which a value has this key.
fn holds_key(value: &Value, key: &str) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(name, value)| name == key || holds_key(value, key)),
        Value::Array(list) => list.iter().any(|value| holds_key(value, key)),
        _ => false,
    }
}

#[test]
fn f18_nothing_that_is_printed_or_stored_gives_the_numbers_away() {
    let office = DemoOffice::new();
    newcomer(&office);
    trial(&office, REVIEWER).expect(0);
    let numbers = numbers(&office);
    let id = office.entry(ENTRY)["entry"]["test_message"]["message_id"].as_str().unwrap().to_owned();
    let spoken: String = numbers.chars().filter(char::is_ascii_digit).collect();
    let guess = Sha256::of(format!("{id}\n{spoken}").as_bytes()).to_string();
    let mut found = Vec::new();
    let mut look = |what: &str, words: &[&str]| {
        let said = office.run_as(REVIEWER, &[&["--json"], words].concat());
        for line in said.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            if holds_key(&line, "answer") || line.to_string().contains(&guess) {
                found.push(what.to_owned());
            }
        }
        assert!(!said.stdout.contains(&numbers) && !said.stdout.contains(&spoken), "{what}");
    };
    look("show", &["directory", "show", ENTRY]);
    look("list", &["directory", "list"]);
    look("check", &["directory", "check"]);
    look("onboard", &["directory", "onboard", ENTRY]);
    look("expire", &["directory", "expire", ENTRY, "--reason", "x", "--on", "2027-01-01"]);
    look("opened", &["directory", "opened", ENTRY, "--words", &numbers]);
    look("verify", &["directory", "verify", ENTRY]);
    assert!(found.is_empty(), "{found:?}");
    for file in ["ledger.db", "ledger.db-wal"] {
        let bytes = fs::read(office.dir.join("outbox").join(file)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(&guess) && !text.contains(&numbers), "{file}");
    }
}

#[test]
fn f18_five_wrong_tries_void_a_test_message() {
    let office = DemoOffice::new();
    newcomer(&office);
    trial(&office, REVIEWER).expect(0);
    let right = numbers(&office);
    for wrong in ["1111 2222", "0", "", "11112222", "9999 9999"] {
        assert_eq!(code(opened(&office, wrong)), "test_message.words");
    }
    assert_eq!(code(opened(&office, &right)), "test_message.void");
    let step = office.run_as(REVIEWER, &["directory", "onboard", ENTRY]).expect(1).stdout;
    assert!(step.contains("send a test message again"), "{step}");
    // The tries are on record, each with who made it.
    let events = office.entry(ENTRY)["events"].clone();
    let tried: Vec<&Value> =
        events.as_array().unwrap().iter().filter(|event| event["what"] == "test_message_misheard").collect();
    assert_eq!(tried.len(), 5);
    assert!(tried.iter().all(|event| event["actor"] == REVIEWER));
    // A change of what does not void the message keeps the count.
    trial(&office, REVIEWER).expect(0);
    let right = numbers(&office);
    for wrong in ["1111 2222", "1111 2223", "1111 2224"] {
        assert_eq!(code(opened(&office, wrong)), "test_message.words");
    }
    office.says(ENTRY, &["--telephone", "01632 960199"]);
    assert_eq!(code(opened(&office, "1111 2225")), "test_message.words");
    opened(&office, &right).expect(0);
    // What was opened once stays opened.
    for _ in 0..6 {
        assert_eq!(code(opened(&office, "1111 2222")), "test_message.words");
    }
    assert!(!office.entry(ENTRY)["holds"].to_string().contains("untried"));
    office.run(&["audit", "verify"]).expect(0);
}
