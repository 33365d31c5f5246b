//! A new review key takes the place of the old one, which goes on opening what was sealed to it; and a recovery key
//! opens everything that the review key opens.

use super::*;
use crate::support::office::{PROGRAM, REVIEWER, TODAY, appointment, private_file};
use crate::support::tools::{command, run};
use crate::travel::real::NOBODY;
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The fingerprint of the review key in use, and those that are kept for reading.
fn listed(said: &Said) -> (String, Vec<String>) {
    let keys = said.json()["keys"].as_array().expect("a list").clone();
    let of = |state: &str| -> Vec<String> {
        let of_state = keys.iter().filter(|key| key["what"] == "review" && key["state"] == state);
        of_state.map(|key| key["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let current = of("in use");
    assert_eq!(current.len(), 1, "{keys:?}");
    (current[0].clone(), of("kept for reading"))
}

struct Rotated {
    office: RealOffice,
    new: PathBuf,
    first: String,
    second: String,
}

/// An office that made three despatches, changed its review key, and made three more.
fn rotated() -> Rotated {
    let office = RealOffice::filled_in();
    office.drop_report(1, "the-preparer", NOBODY).expect(0);
    let (first, none) = listed(&office.run(&["--json", "keys", "list"]).expect(0));
    assert!(none.is_empty());
    let new = office.dir.with_file_name("new-passphrase");
    private_file(&new, b"four other words here\n");
    let (old_file, new_file) = (office.passphrase.to_str().unwrap(), new.to_str().unwrap());
    let rotate = |old: &str, fresh: &str, reason: &str| {
        let words = ["keys", "rotate-review", "--reason", reason, "--passphrase-file", old];
        office.run(&[&words[..], &["--new-passphrase-file", fresh]].concat())
    };
    let wrong = rotate(new_file, new_file, "a reviewer left").expect(1);
    assert!(wrong.stderr.contains("this key or passphrase does not open it"), "{wrong:?}");
    rotate(old_file, new_file, " ").expect(2);
    rotate(old_file, new_file, "a reviewer left").expect(0);
    office.drop_report(2, "the-preparer", NOBODY).expect(0);
    let (second, kept) = listed(&office.run(&["--json", "keys", "list"]).expect(0));
    assert_eq!(kept.join(" "), first);
    assert_ne!(first, second);
    Rotated { office, new, first, second }
}

#[test]
fn what_was_sealed_before_opens_with_the_old_key_and_what_was_sealed_since_with_the_new_one() {
    let Rotated { office, new, first, second } = rotated();
    let (old, new) = (office.passphrase.to_str().unwrap(), new.to_str().unwrap());
    for (id, right, wrong, key) in [("1-1", old, new, &first), ("2-1", new, old, &second)] {
        let (_folder, said) = open_to(&office, id, &["--passphrase-file", wrong]);
        assert!(said.code == 1 && said.stderr.contains(key), "it says which key is asked for: {said:?}");
        let (folder, said) = open_to(&office, id, &["--passphrase-file", right]);
        assert_eq!(said.code, 0, "{said:?}");
        let manifest = fs::read(folder.path().join("opened/manifest.json")).unwrap();
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        assert_eq!(manifest["review_fingerprint"], **key);
    }
    // The old key is still an ordinary age file under its fingerprint, and nothing of either lies open.
    let kept = office.dir.join(format!("keys/old/{first}.key.age"));
    assert!(fs::read(&kept).unwrap().starts_with(b"age-encryption.org/v1\n-> scrypt "));
    let open = run(command("grep").args(["-r", "-l", "-a", "AGE-SECRET-KEY"]).arg(&office.dir));
    assert!(open.is_err(), "a private key lies open: {open:?}");
    office.run(&["check"]).expect(0);
}

#[test]
fn what_was_unsent_when_the_key_changed_is_approved_and_sent_as_it_was_made() {
    let Rotated { office, new, .. } = rotated();
    for (id, passphrase) in [("1-1", &office.passphrase), ("2-1", &new)] {
        assert_eq!(open_to(&office, id, &["--passphrase-file", passphrase.to_str().unwrap()]).1.code, 0);
    }
    let made = fs::read(office.dir.join("outbox/despatches/1-1.1.eml")).unwrap();
    office.run(&["outbox", "approve", "1-1", "2-1"]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    assert_eq!(fs::read(office.dir.join("sent/1-1.eml")).unwrap(), made, "no byte changed");
    assert!(office.dir.join("sent/2-1.eml").is_file());
}

#[test]
fn a_message_that_is_made_anew_is_read_with_the_old_key_and_sealed_to_the_new_one() {
    let Rotated { office, new, first, second } = rotated();
    office.run(&["outbox", "hold", "1-1", "2-1", "--reason", "to be looked at"]).expect(0);
    for id in ["1-1", "2-1"] {
        fs::write(office.dir.join(format!("outbox/despatches/{id}.1.eml")), "damaged").unwrap();
    }
    let release = |id: &str, file: &str| {
        let signing = office.signing.to_str().unwrap();
        let release = ["outbox", "release", id, "--reason", "damaged", "--passphrase-file", file];
        office.run(&[&release[..], &["--signing-passphrase-file", signing]].concat())
    };
    let said = release("1-1", new.to_str().unwrap()).expect(1);
    assert!(said.stderr.contains(&first), "it says which key is asked for: {said:?}");
    release("1-1", office.passphrase.to_str().unwrap()).expect(0);
    let said = release("2-1", office.passphrase.to_str().unwrap()).expect(1);
    assert!(said.stderr.contains(&second), "{said:?}");
    release("2-1", new.to_str().unwrap()).expect(0);
    let (_folder, said) = open_to(&office, "1-1", &["--passphrase-file", new.to_str().unwrap()]);
    assert_eq!(said.code, 0, "the new message opens with the new key: {said:?}");
}

#[test]
fn a_rotation_is_on_record_with_its_reason_and_waits_for_a_run_to_end() {
    let Rotated { office, first, second, .. } = rotated();
    let mut ledger = despatch_ledger::Ledger::open(&office.dir.join("outbox")).unwrap();
    let mut events = ledger.events(Some("review key")).unwrap();
    assert_eq!(events.remove(0).code(), "review_key_first", "the run before put it on record");
    let told: Vec<_> = events.iter().map(|event| (event.code(), event.actor.as_str())).collect();
    assert_eq!(told, [("review_key_rotated", "the-reviewer")]);
    assert_eq!(events[0].detail()["reason"], "a reviewer left");
    assert_eq!((&events[0].detail()["from"], &events[0].detail()["to"]), (&first.into(), &second.into()));
    assert!(ledger.verify().unwrap().is_ok());
    let _run = ledger.files().lease("watcher").unwrap();
    let file = office.passphrase.to_str().unwrap();
    let words = ["keys", "rotate-review", "--reason", "again", "--passphrase-file", file];
    office.run(&[&words[..], &["--new-passphrase-file", file]].concat()).expect(3);
}

#[test]
fn a_demo_office_changes_its_open_key_too() {
    let office = DemoOffice::new();
    let (first, _) = listed(&office.run(&["--json", "keys", "list"]).expect(0));
    let before = fs::read(office.key("review")).unwrap();
    office.run_as(REVIEWER, &["keys", "rotate-review", "--reason", "a rehearsal"]).expect(0);
    let (second, kept) = listed(&office.run(&["--json", "keys", "list"]).expect(0));
    assert_eq!(kept.join(" "), first);
    assert_eq!(fs::read(office.dir.join(format!("PRIVATE-demo-keys/old/{first}.key"))).unwrap(), before);
    office.drop_case("late", &appointment(1, b"%PDF-1.7 x").to_string(), &[("report.pdf", b"%PDF-1.7 x")]);
    office.run(&["run", "--once"]);
    let late = office.despatch_for("TEST-00001", "doctor");
    assert_eq!(late["message"]["review_key"], *second);
    for id in ["1-1", late["id"].as_str().unwrap()] {
        let to = office.dir.with_file_name(format!("opened-{id}"));
        office.run_as(REVIEWER, &["outbox", "open", id, "--to", to.to_str().unwrap()]).expect(0);
    }
    office.run(&["check"]).expect(0);
}

/// `keys rotate-review` in a demo office, killed as it begins its `when`th call of this kind.
fn killed_while_rotating(office: &Path, call: &str, when: usize) -> bool {
    let (trace, inject) = (format!("trace={call}"), format!("inject={call}:signal=SIGKILL:when={when}"));
    let mut strace = command("strace");
    strace.args(["-f", "-o", "/dev/null", "-e", &trace, "-e", &inject, PROGRAM, "--office"]).arg(office);
    strace.args(["--today", TODAY, "--as", REVIEWER, "keys", "rotate-review", "--reason", "a rehearsal"]);
    let status = strace.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("strace");
    !status.success()
}

#[test]
fn a_rotation_that_is_killed_anywhere_loses_no_key_and_can_be_begun_anew() {
    let office = DemoOffice::new();
    let mut kills = 0;
    for (call, most) in [("rename", 9), ("fsync,fdatasync", 9)] {
        for when in 1..most {
            let folder = tempfile::tempdir().unwrap();
            run(Command::new("cp").arg("-a").arg(&office.dir).arg(folder.path())).expect("a copy");
            let dir = folder.path().join("office");
            if !killed_while_rotating(&dir, call, when) {
                break;
            }
            kills += 1;
            let give = |words: &[&str]| -> Said {
                let mut command = Command::new(PROGRAM);
                command.arg("--office").arg(&dir).args(["--today", TODAY, "--as", REVIEWER]).args(words);
                command.output().expect("the program starts").into()
            };
            let place = format!("killed at {call} {when}");
            let to = folder.path().join("opened");
            let said = give(&["outbox", "open", "1-1", "--to", to.to_str().unwrap()]);
            assert_eq!(said.code, 0, "{place}: {said:?}");
            let said = give(&["keys", "rotate-review", "--reason", "again"]);
            assert_eq!(said.code, 0, "{place}: {said:?}");
            let to = folder.path().join("opened-again");
            let said = give(&["outbox", "open", "1-1", "--to", to.to_str().unwrap()]);
            assert_eq!(said.code, 0, "{place}, and rotated again: {said:?}");
            if call == "rename" && when > 2 {
                let said = give(&["check"]);
                assert!(said.code == 0 && !said.stdout.contains("half way"), "{place}: {said:?}");
            }
        }
    }
    assert!(kills >= 6, "only {kills} kills");
}
