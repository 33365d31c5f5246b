//! Enters: an office, and one of its staff who changes a file of it or has a command write into it. Leaves: proof that
//! what two people decided was about the text that they read, and that nobody stops an office by a file.
//! Never: looks inside the program.

use crate::support::folder::folder;
use crate::support::office::{DemoOffice, REVIEWER, appointment, paper};
use crate::support::tools::{command, run};
use despatch_testing::swap::Swap;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

const PACK: &str = "hoso-2022-09-12";
/// The second reviewer of the demo office.
const SECOND: &str = "tomasz-achebe";
const REPORT: &[u8] = paper!("A made-up report.");
const TERMS: [&str; 4] = ["--reason", "the court allows it", "--until", "2027-03-31"];

/// Puts the built-in pack into the office as its own, changed.
fn change_pack(office: &DemoOffice, change: impl FnOnce(String) -> String) {
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("policy/{PACK}.toml"));
    let text = fs::read_to_string(built_in).expect("the built-in pack");
    fs::create_dir_all(office.dir.join("policy")).expect("a folder");
    fs::write(office.dir.join(format!("policy/{PACK}.toml")), change(text)).expect("a new file");
}

fn harmless(text: String) -> String {
    text + "\n# Nobody has read this line.\n"
}

fn usable(office: &DemoOffice) -> Value {
    office.run(&["--json", "policy", "show", PACK]).expect(0).json()["usable"].clone()
}

fn codes(stdout: &str) -> Vec<String> {
    let said: Value = serde_json::from_str(stdout.lines().next().unwrap_or_default()).unwrap_or_default();
    let faults = said["faults"].as_array().cloned().unwrap_or_default();
    faults.iter().map(|fault| fault["code"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn f20_a_pack_that_is_changed_after_two_have_adopted_it_is_not_adopted() {
    let office = DemoOffice::new();
    assert_eq!(usable(&office), true);
    change_pack(&office, harmless);
    assert_eq!(usable(&office), false);
    let said = office.run(&["--json", "check"]).expect(1);
    assert!(codes(&said.stdout).contains(&"pack.not_adopted".to_owned()), "{said:?}");
    assert!(said.stdout.contains("is not the one that the office adopted"), "{said:?}");
    // Beside another pack its cases alone would come back (`detentions`).
    office.edit("despatch.toml", |text| text.swapped("beside = [\"gi-v3-reviews\"]\n", ""));
    office.drop_case("one", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]).expect(1);
    assert!(office.dir.join("inbox/one.json").is_file(), "a case was taken under a pack that nobody adopted");
    // Two people adopt what it says now.
    office.run_as(REVIEWER, &[&["policy", "adopt", PACK], &TERMS[..]].concat()).expect(0);
    assert_eq!(usable(&office), false);
    office.run_as(SECOND, &["policy", "adopt", PACK]).expect(0);
    assert_eq!(usable(&office), true);
    office.run(&["check"]).expect(0);
    office.run(&["audit", "verify"]).expect(0);
    // And back again, which nobody has adopted either.
    fs::remove_dir_all(office.dir.join("policy")).expect("our own folder");
    assert_eq!(usable(&office), false);
}

#[test]
fn f20_a_pack_that_is_changed_between_the_proposal_and_the_confirmation_is_not_adopted() {
    let office = DemoOffice::new();
    change_pack(&office, harmless);
    office.run_as(REVIEWER, &[&["policy", "adopt", PACK], &TERMS[..]].concat()).expect(0);
    change_pack(&office, |text| harmless(harmless(text)));
    let said = office.run_as(SECOND, &["--json", "policy", "adopt", PACK]).expect(1);
    assert_eq!(codes(&said.stdout), ["adopt.changed"], "{said:?}");
    assert_eq!(usable(&office), false);
}

#[test]
fn f20_an_offices_own_pack_that_says_of_itself_that_it_is_in_force_is_one_persons_word() {
    let office = DemoOffice::new();
    change_pack(&office, |text| {
        text.swapped("status = \"quashed\"", "status = \"in_force\"")
            .swapped("status = \"replaced\"", "status = \"in_force\"")
    });
    assert_eq!(usable(&office), false);
    office.run_as(REVIEWER, &[&["policy", "adopt", PACK], &TERMS[..]].concat()).expect(0);
    office.run_as(SECOND, &["policy", "adopt", PACK]).expect(0);
    assert_eq!(usable(&office), true);
}

#[test]
fn f20_an_own_pack_is_not_adopted_any_more_once_the_pack_that_it_extends_has_changed() {
    let office = DemoOffice::new();
    let own = "id = \"own-2026\"\ntitle = \"The office's own edition\"\nextends = \"hoso-2022-09-12\"\n\n\
               [[change]]\nvalue = \"capacity.reports\"\nto = 9\nreason = \"A doctor less\"\n";
    fs::create_dir_all(office.dir.join("policy")).expect("a folder");
    fs::write(office.dir.join("policy/own-2026.toml"), own).expect("a new file");
    office.run_as(REVIEWER, &[&["policy", "adopt", "own-2026"], &TERMS[..]].concat()).expect(0);
    office.run_as(SECOND, &["policy", "adopt", "own-2026"]).expect(0);
    let usable = || office.run(&["--json", "policy", "show", "own-2026"]).expect(0).json()["usable"].clone();
    assert_eq!(usable(), true);
    change_pack(&office, harmless);
    assert_eq!(usable(), false);
}

#[test]
fn f20_a_ledger_from_before_adoptions_named_a_text_is_opened_and_asks_for_a_new_adoption() {
    let office = DemoOffice::new();
    let ledger = office.dir.join("outbox/ledger.db");
    let sql = "CREATE TABLE former AS SELECT pack, proposed_by, confirmed_by, reason, first_day, last_day \
               FROM adoption; DROP TABLE adoption; ALTER TABLE former RENAME TO adoption;";
    run(command("sqlite3").arg(&ledger).arg(sql)).expect("a ledger without the column");
    assert_eq!(usable(&office), false);
    office.run_as(REVIEWER, &[&["policy", "adopt", PACK], &TERMS[..]].concat()).expect(0);
    office.run_as(SECOND, &["policy", "adopt", PACK]).expect(0);
    assert_eq!(usable(&office), true);
}

#[test]
fn f2_a_rule_or_template_of_another_account_or_that_others_may_change_is_refused() {
    let office = DemoOffice::new();
    let places = Path::new(env!("CARGO_MANIFEST_DIR")).join("policy/places.toml");
    for folder in ["policy", "templates/_shared"] {
        fs::create_dir_all(office.dir.join(folder)).expect("a folder");
    }
    let own = office.dir.join("policy/places.toml");
    fs::copy(&places, &own).expect("a new file");
    fs::write(office.dir.join("templates/_shared/note.txt"), "x").expect("a new file");
    let told = |place: &str, words: &str| {
        let said = office.run(&["outbox", "list"]).expect(1);
        assert!(said.stderr.contains(words) && said.stderr.contains(place), "{place}: {said:?}");
    };
    for place in ["policy/places.toml", "policy", "templates/_shared", "templates", "despatch.toml", "keys"] {
        let path = office.dir.join(place);
        let mode = fs::metadata(&path).expect("it").permissions().mode();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode | 0o020)).expect("our own");
        told(place, "its mode is");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("our own");
        if nix::unistd::geteuid().is_root() {
            chown(&path, Some(1), None).expect("root may");
            told(place, "it belongs to the account");
            chown(&path, Some(0), None).expect("root may");
        }
    }
    for place in ["policy/places.toml", "policy", "templates", "despatch.toml", "keys", "outbox", "inbox"] {
        let (path, away) = (office.dir.join(place), office.dir.join("away"));
        fs::rename(&path, &away).expect("our own");
        symlink(&away, &path).expect("a link");
        told(place, "it is a link");
        fs::remove_file(&path).expect("our own link");
        fs::rename(&away, &path).expect("our own");
    }
    fs::remove_file(own).expect("our own file");
    fs::remove_dir_all(office.dir.join("templates")).expect("our own folder");
    office.run(&["outbox", "list"]).expect(0);
}

#[test]
fn f24_no_command_writes_what_it_was_asked_for_among_the_offices_own_files() {
    let office = DemoOffice::new();
    let id = office.despatches()[0]["id"].as_str().expect("an id").to_owned();
    let names = |folder: &Path| -> Vec<_> {
        fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").file_name()).collect()
    };
    let before = names(&office.dir.join("policy"));
    let beside = folder();
    symlink(&office.dir, beside.path().join("link")).expect("a link");
    let own = ["policy", "templates", "templates/new", "keys", "outbox", "inbox/claimed", "policy/a/b"];
    for folder in own {
        for root in [office.dir.clone(), beside.path().join("link"), office.dir.join("outbox/..")] {
            let to = root.join(folder);
            let to = to.to_str().expect("UTF-8");
            let file = format!("{to}/zz.toml");
            for words in [
                vec!["outbox", "open", &id, "--to", to],
                vec!["directory", "export", "--to", &file],
                vec!["audit", "export", "DEMO-0901", "--reason", "why", "--to", to],
            ] {
                let said = office.run_as(REVIEWER, &words);
                assert_ne!(said.code, 0, "{words:?}: {said:?}");
                office.run(&["outbox", "list"]).expect(0);
            }
        }
    }
    assert_eq!(names(&office.dir.join("policy")), before, "something came into policy/");
    assert!(!office.dir.join("templates").exists());
    let out = beside.path().join("opened");
    office.run_as(REVIEWER, &["outbox", "open", &id, "--to", out.to_str().expect("UTF-8")]).expect(0);
}
