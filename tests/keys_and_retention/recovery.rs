//! A key that is kept offline opens what the review key opens, nobody needs it meanwhile, and a drill proves it.

use super::*;
use crate::support::office::{REVIEWER, appointment, paper};
use crate::support::tools::{command, run};
use serde_json::Value;
use std::path::PathBuf;

const REPORT: &[u8] = paper!("A made-up report.");

/// A demo office with a recovery key, and a case that was made since; the key lies outside.
fn with_recovery() -> (DemoOffice, PathBuf) {
    let office = DemoOffice::new();
    let key = office.dir.with_file_name("recovery.key");
    run(command("age-keygen").arg("-o").arg(&key)).unwrap();
    let public = String::from_utf8(run(command("age-keygen").arg("-y").arg(&key)).unwrap()).unwrap();
    office.edit("despatch.toml", |text| format!("{text}\n[recovery]\nkey = \"{}\"\n", public.trim()));
    (office, key)
}

fn drop_and_run(office: &DemoOffice) {
    office.drop_case("new", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
}

#[test]
fn every_part_and_every_case_file_that_the_review_key_opens_opens_with_the_recovery_key_too() {
    let (office, key) = with_recovery();
    drop_and_run(&office);
    let made: Vec<Value> =
        office.despatches().into_iter().filter(|one| one["case_id"] == "TEST-00001").collect();
    assert_eq!(made.len(), 6);
    let age = |sealed: &[u8], key: &Path| {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("part.age"), sealed).unwrap();
        run(command("age").arg("-d").arg("-i").arg(key).arg(folder.path().join("part.age")))
    };
    for despatch in &made {
        let parts = despatch_message::parts(&office.message(despatch)).unwrap();
        for (name, sealed) in parts.iter().filter(|(name, _)| name.ends_with(".age")) {
            let opened = age(sealed, &key).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(opened, age(sealed, &office.key("review")).unwrap());
            assert!(
                age(sealed, &office.key("manager-ayesha")).is_err()
                    || despatch["recipient"]["entry"] == "manager-ayesha"
            );
            if name == "manifest.json.age" {
                let manifest: Value = serde_json::from_slice(&opened).unwrap();
                let listed = office.run(&["--json", "keys", "list"]).expect(0).json();
                let recovery =
                    listed["keys"].as_array().unwrap().iter().find(|key| key["what"] == "recovery");
                assert_eq!(manifest["recovery_fingerprint"], recovery.unwrap()["fingerprint"]);
            }
        }
    }
    let claim = made[0]["id"].as_str().unwrap().split('-').next().unwrap();
    let original = fs::read(office.dir.join(format!("outbox/received/{claim}.tar.age"))).unwrap();
    assert_eq!(age(&original, &key).unwrap(), age(&original, &office.key("review")).unwrap());
}

#[test]
fn a_drill_opens_one_of_each_and_is_on_record_and_check_asks_for_it_once_a_year() {
    let (office, key) = with_recovery();
    let file = key.to_str().unwrap();
    let said = office.run(&["check"]).expect(0);
    let warned = |said: &Said| {
        let words: Vec<&str> = said.stdout.split_whitespace().collect();
        words.join(" ").contains("despatch keys drill")
    };
    assert!(warned(&said), "there was no drill yet: {said:?}");
    // What was sealed before the key was named does not open with it, and the drill says so.
    let said = office.run_as(REVIEWER, &["keys", "drill", "--recovery-key", file]).expect(1);
    assert!(said.stdout.contains("NOT OPENED"), "{said:?}");
    assert!(warned(&office.run(&["check"]).expect(0)), "a drill that failed is none");
    drop_and_run(&office);
    let said = office.run_as(REVIEWER, &["keys", "drill", "--recovery-key", file]).expect(0);
    assert!(!said.stdout.contains("Quartermaine"), "it shows nothing of what it opened: {said:?}");
    assert!(!warned(&office.run(&["check"]).expect(0)));
    for pack in ["hoso-2022-09-12", "gi-v3-reviews"] {
        let adopt = ["policy", "adopt", pack];
        let terms = ["--reason", "a test with made-up cases", "--until", "2028-06-30"];
        office.run_as(REVIEWER, &[&adopt[..], &terms].concat()).expect(0);
        office.run_as("tomasz-achebe", &adopt).expect(0);
    }
    let in_order = office.on("2027-11-23", &["check"]).expect(0);
    assert!(!warned(&in_order), "365 days later: {in_order:?}");
    let late = office.on("2027-11-24", &["check"]).expect(0);
    assert!(warned(&late), "a year and a day later: {late:?}");
    let mut ledger = despatch_ledger::Ledger::open(&office.dir.join("outbox")).unwrap();
    let mut drills = ledger.events(Some("review key")).unwrap();
    assert_eq!(drills.remove(0).code(), "review_key_first");
    let told: Vec<_> = drills
        .iter()
        .map(|event| (event.code(), event.actor.as_str(), event.detail()["opened"].clone()))
        .collect();
    assert_eq!(told, [("recovery_drill", REVIEWER, false.into()), ("recovery_drill", REVIEWER, true.into())]);
    let other = office.key("review");
    let said =
        office.run_as(REVIEWER, &["keys", "drill", "--recovery-key", other.to_str().unwrap()]).expect(1);
    assert!(said.stderr.contains("and the office's recovery key is"), "{said:?}");
}

#[test]
fn a_drill_on_a_message_that_words_open_tries_the_offices_own_copy() {
    let (office, key) = with_recovery();
    drop_and_run(&office);
    let last = |office: &DemoOffice| office.despatches().pop().expect("despatches");
    let entry = last(&office)["recipient"]["entry"].as_str().unwrap().to_owned();
    for (n, method) in [(2, "age-passphrase"), (3, "pdf-password")] {
        office.says(&entry, &["--method", method]);
        office.settle(&entry);
        let case = appointment(n, REPORT).to_string();
        office.drop_case(&format!("new-{n}"), &case, &[("report.pdf", REPORT)]);
        office.run(&["run", "--once"]);
        let newest = last(&office);
        assert_eq!(newest["message"]["opening"], method, "{newest}");
        let drill = ["keys", "drill", "--recovery-key", key.to_str().unwrap()];
        let said = office.run_as(REVIEWER, &drill).expect(0);
        let told = format!("the office's copy of despatch {}", newest["id"].as_str().unwrap());
        assert!(said.stdout.contains(&told), "{said:?}");
    }
    let newest = last(&office);
    let (id, revision) = (newest["id"].as_str().unwrap(), &newest["message"]["revision"]);
    fs::write(office.dir.join(format!("outbox/despatches/{id}.{revision}.copy.age")), b"altered").unwrap();
    office.run_as(REVIEWER, &["keys", "drill", "--recovery-key", key.to_str().unwrap()]).expect(1);
}

#[test]
fn every_key_is_listed_and_a_drill_is_no_day_on_which_a_key_began() {
    let (office, key) = with_recovery();
    drop_and_run(&office);
    let keys = |what: &str| -> Vec<Value> {
        let listed = office.run(&["--json", "keys", "list"]).expect(0).json()["keys"].clone();
        listed.as_array().unwrap().iter().filter(|key| key["what"] == what).cloned().collect()
    };
    assert_eq!(keys("recovery")[0]["last_drill"], Value::Null);
    assert!(office.run(&["keys", "list"]).stdout.contains("never"));
    office.run_as(REVIEWER, &["keys", "drill", "--recovery-key", key.to_str().unwrap()]).expect(0);
    let recovery = keys("recovery").remove(0);
    assert_eq!(recovery["since"], Value::Null, "{recovery}");
    assert!(recovery["last_drill"].as_str().unwrap().starts_with("2026-11-23"), "{recovery}");
    let shown = |office: &DemoOffice| office.run(&["--json", "keys", "signing", "show"]).expect(0).json();
    let first = shown(&office)["fingerprint"].clone();
    assert_eq!(keys("signing")[0]["fingerprint"], first);
    office.run_as(REVIEWER, &["keys", "signing", "make", "--replace"]).expect(0);
    let signing = keys("signing");
    assert_eq!(signing[0]["fingerprint"], shown(&office)["fingerprint"]);
    assert_eq!((&signing[0]["state"], &signing[1]["fingerprint"]), (&"in use".into(), &first));
    assert!(signing[0]["since"].is_string() && signing[1]["since"].is_null(), "{signing:?}");
}

#[test]
fn a_recovery_key_that_is_none_is_a_fault_with_its_line() {
    let office = DemoOffice::new();
    office.edit("despatch.toml", |text| format!("{text}\n[recovery]\nkey = \"age1nonsense\"\n"));
    let said = office.run(&["check"]).expect(1);
    assert!(
        said.stderr.contains("despatch.toml:") && said.stderr.contains("not a whole age public key"),
        "{said:?}"
    );
}
