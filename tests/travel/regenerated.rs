//! A despatch that could not be sealed to its recipient, or no longer fits them, is made anew when a person
//! releases it, and is looked at again; an approval of the old one counts for nothing.

use super::*;
use crate::support::office::TODAY;
use crate::support::tools::{age_decrypt, command, run, run_with};
use std::fs;
use std::path::PathBuf;

/// Unpacks a message with Python's own parser into a folder; prints the names of the sealed parts.
const UNPACK: &str = r#"
import email, email.policy, os, sys
message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
for part in message.iter_attachments():
    if part.get_filename().endswith(".age"):
        open(os.path.join(sys.argv[1], part.get_filename()), "wb").write(part.get_payload(decode=True))
        print(part.get_filename())
"#;

/// The sealed parts of a despatch's message, as files in a folder of the test's.
pub fn sealed_parts(office: &DemoOffice, id: &str) -> Vec<PathBuf> {
    let message = office.message(&despatch(office, id));
    let folder = office.dir.join(format!("parts-{id}-{}", message.len()));
    fs::create_dir_all(&folder).unwrap();
    let names = run_with(command("python3").arg("-c").arg(UNPACK).arg(&folder), &message).expect("a message");
    let names = String::from_utf8(names).unwrap();
    assert!(!names.is_empty(), "{id} has sealed parts");
    names.lines().map(|name| folder.join(name)).collect()
}

/// A key pair by Debian's age: the file of the private half, and the public half as the directory has it.
pub fn keygen(office: &DemoOffice, name: &str) -> (PathBuf, String) {
    let path = office.dir.join(name);
    run(command("age-keygen").arg("-o").arg(&path)).expect("a key");
    let public = run(command("age-keygen").arg("-y").arg(&path)).expect("its public half");
    (path, String::from_utf8(public).unwrap().trim().to_owned())
}

/// Every sealed part opens with each of these keys, and with no other of the office's.
#[track_caller]
fn opens_with(office: &DemoOffice, id: &str, with: &[PathBuf], not_with: &[PathBuf]) {
    for part in sealed_parts(office, id) {
        let sealed = fs::read(&part).unwrap();
        for key in with {
            age_decrypt(key, &sealed).unwrap_or_else(|why| panic!("{part:?} with {key:?}: {why}"));
        }
        for key in not_with {
            assert!(age_decrypt(key, &sealed).is_err(), "{part:?} opens with {key:?}");
        }
    }
}

#[test]
fn with_a_key_the_held_message_is_made_anew_for_it_and_reviewed() {
    let office = DemoOffice::new();
    let id = id_of(&office, "DEMO-0905", "doctor");
    let (new_key, public) = keygen(&office, "new.key");
    let (review, other) = (office.key("review"), office.key("dr-rathore-quill"));
    opens_with(&office, &id, std::slice::from_ref(&review), &[new_key.clone(), other.clone()]);
    let refused = office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(1);
    assert!(refused.stderr.contains("it is held, not awaiting review"), "{refused:?}");
    let before = despatch(&office, &id);
    office.new_key("dr-ebbsworth", &public);
    office.settle("dr-ebbsworth");
    let release = ["--as", REVIEWER, "outbox", "release", &id, "--reason", "the key has come"];
    let said = office.on("2026-11-24", &release).expect(0);
    assert!(said.stdout.contains("awaiting review"), "{said:?}");
    let after = despatch(&office, &id);
    assert_eq!(after["state"], "awaiting_review");
    assert_eq!(after["issued_on"], TODAY, "the letters keep their date");
    assert_eq!((&before["message"]["revision"], &after["message"]["revision"]), (&1.into(), &2.into()));
    assert_ne!(before["message"]["sha256"], after["message"]["sha256"]);
    opens_with(&office, &id, &[review, new_key], &[other]);
    assert!(events(&office, &id, "regenerated")[0].to_string().contains("the key has come"));
    send(&office).expect(0);
    assert_eq!(sent_files(&office), [""; 0], "it awaits review");
    approve(&office, &id);
    send(&office).expect(0);
    assert_eq!(sent_files(&office), [format!("{id}.eml")]);
}

#[test]
fn what_is_still_not_in_order_stays_held_and_the_reason_is_said() {
    let office = DemoOffice::new();
    let (doctor, lawyer) =
        (id_of(&office, "DEMO-0905", "doctor"), id_of(&office, "DEMO-0905", "representative"));
    let no_key = "entry dr-ebbsworth has no key to seal to";
    let unverified =
        "imran-castellan entered or changed entry millstone-chambers, and nobody else has verified it";
    for (id, words) in [(&doctor, no_key), (&lawyer, unverified)] {
        let before = despatch(&office, id);
        let said = decide(&office, "release", id).expect(1);
        assert!(said.stderr.contains(words) && said.stderr.contains("it is still held"), "{said:?}");
        assert_eq!(despatch(&office, id), before, "nothing changed");
    }
    office.verify("millstone-chambers", &[]);
    let both =
        office.run_as(REVIEWER, &["outbox", "release", &doctor, &lawyer, "--reason", "mended"]).expect(1);
    assert!(both.stderr.contains(no_key), "{both:?}");
    assert_eq!((state(&office, &doctor), state(&office, &lawyer)), ("held".into(), "awaiting_review".into()));
}

#[test]
fn a_changed_key_voids_the_approval_and_the_new_message_opens_with_the_new_key_alone() {
    let office = DemoOffice::new();
    let id = id_of(&office, "DEMO-0902", "det");
    approve(&office, &id);
    let (new_key, public) = keygen(&office, "new.key");
    list_group(&office, "new-address@office.example.invalid");
    office.new_key("det-yarls-wood", &public);
    office.says("det-yarls-wood", &["--email", "new-address@office.example.invalid"]);
    office.settle("det-yarls-wood");
    send(&office).expect(0);
    decide(&office, "release", &id).expect(0);
    let after = despatch(&office, &id);
    assert_eq!((&after["state"], &after["approval"]), (&"awaiting_review".into(), &Value::Null));
    assert_eq!(after["recipient"]["address"], "new-address@office.example.invalid");
    opens_with(&office, &id, &[office.key("review"), new_key], &[office.key("det-yarls-wood")]);
}

#[test]
fn a_despatch_held_by_a_person_whose_recipient_then_changed_is_made_anew_too() {
    let office = DemoOffice::new();
    let id = id_of(&office, "DEMO-0902", "det");
    decide(&office, "hold", &id).expect(0);
    list_group(&office, "new-address@office.example.invalid");
    office.says("det-yarls-wood", &["--email", "new-address@office.example.invalid"]);
    office.settle("det-yarls-wood");
    decide(&office, "release", &id).expect(0);
    let after = despatch(&office, &id);
    assert_eq!(after["state"], "awaiting_review");
    assert_eq!(after["recipient"]["address"], "new-address@office.example.invalid");
}

#[test]
fn a_spoilt_message_is_made_anew_and_reviewed_again() {
    let office = DemoOffice::new();
    let id = id_of(&office, "DEMO-0902", "det");
    approve(&office, &id);
    fs::remove_file(office.message_path(&despatch(&office, &id))).unwrap();
    send(&office).expect(1);
    decide(&office, "release", &id).expect(0);
    assert_eq!(state(&office, &id), "awaiting_review");
    opens_with(&office, &id, &[office.key("review"), office.key("det-yarls-wood")], &[]);
}

#[test]
fn a_key_that_happens_to_begin_like_another_kind_is_a_key() {
    // Made by age-keygen, as one key in 1024 is. Kinds of keys differ before the 1: `age1pq1…` is another kind.
    const PLAIN: &str = "age1pqv8qw55mmhf6p9akkytmvr9y4uzhyc3nlnwmlpvg70g3hf2230saq5rft";
    let office = DemoOffice::new();
    office.new_key("dr-ebbsworth", PLAIN);
    let said = office.run(&["outbox", "list"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
}
