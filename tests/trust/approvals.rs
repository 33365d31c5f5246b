//! F29, F10 and F19: nobody approves what they did not open, and nobody alone what nothing proves the writer of.

use crate::support::office::{DemoOffice, REVIEWER, Said, has_nothing};
use crate::support::tools::{command, run};
use crate::travel::real::{NOBODY, RealOffice};
use despatch_testing::swap::Swap;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// Accounts of a Debian system; the staff of [`office`] are the first three and [`NOBODY`].
pub(super) const CAT: u32 = 1;
pub(super) const BOB: u32 = 2;
const DAN: u32 = 3;
/// An account on no staff list.
pub(super) const STRANGER: u32 = 8;

/// An office with three reviewers who come through the socket, and one who prepares.
pub(super) fn office() -> RealOffice {
    let office = RealOffice::filled_in();
    let path = office.dir.join("despatch.toml");
    let mut settings: String = fs::read_to_string(&path)
        .unwrap()
        .lines()
        .map(|line| if line == "id = \"the-reviewer\"" { "id = \"cat\"" } else { line })
        .map(|line| match line.strip_prefix("account = ") {
            Some(account) if account != "\"nobody\"" => "account = \"daemon\"\n".to_owned(),
            _ => format!("{line}\n"),
        })
        .collect();
    for (id, account) in [("bob", "bin"), ("dan", "sys")] {
        let staff =
            format!("[[staff]]\nid = \"{id}\"\nname = \"{id}\"\naccount = \"{account}\"\nreviewer = true\n");
        settings = settings.swapped_once("[addresses]", &format!("{staff}[addresses]"));
    }
    fs::write(path, settings).unwrap();
    office
}

fn code(said: &Said) -> String {
    let line = said.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut codes = line.filter_map(|line| Some(line["faults"][0]["code"].as_str()?.to_owned()));
    codes.next().unwrap_or_else(|| panic!("nothing was refused: {said:?}"))
}

fn approve(office: &RealOffice, who: u32, ids: &[&str]) -> Said {
    office.given_by(who, &[&["--json", "outbox", "approve"], ids].concat())
}

pub(super) fn look(office: &RealOffice, who: u32, id: &str) -> (Said, PathBuf) {
    let to = office.dir.with_file_name(format!("looked-{who}-{id}"));
    let _ = fs::remove_dir_all(&to);
    let words = ["outbox", "open", id, "--to", to.to_str().unwrap(), "--passphrase-file"];
    (office.given_by(who, &[&words[..], &[office.passphrase.to_str().unwrap()]].concat()), to)
}

fn shown(office: &RealOffice, id: &str) -> Value {
    office.run(&["--json", "outbox", "show", id]).expect(0).json()
}

fn release(office: &RealOffice, who: u32, id: &str) -> Said {
    let file = office.passphrase.to_str().unwrap();
    let words = ["outbox", "release", id, "--reason", "x", "--passphrase-file", file];
    office.given_by(
        who,
        &[&words[..], &["--signing-passphrase-file", office.signing.to_str().unwrap()]].concat(),
    )
}

#[test]
fn f29_nobody_approves_what_they_did_not_open_in_this_version() {
    let office = office();
    office.drop_report(1, "the-preparer", NOBODY).expect(0);
    assert_eq!(code(&approve(&office, CAT, &["1-1"])), "approve.unseen");
    // A view by somebody else is none of theirs.
    look(&office, BOB, "1-1").0.expect(0);
    assert_eq!(code(&approve(&office, CAT, &["1-1"])), "approve.unseen");
    // Nor is one that failed.
    let message = office.dir.join("outbox/despatches/1-1.1.eml");
    let bytes = fs::read(&message).unwrap();
    fs::write(&message, b"altered").unwrap();
    look(&office, CAT, "1-1").0.expect(1);
    fs::write(&message, &bytes).unwrap();
    assert_eq!(code(&approve(&office, CAT, &["1-1"])), "approve.unseen");
    look(&office, CAT, "1-1").0.expect(0);
    // In bulk, each by itself.
    let both = approve(&office, CAT, &["1-2", "1-1"]).expect(1);
    assert_eq!(code(&both), "approve.unseen");
    let states = ["1-1", "1-2"].map(|id| shown(&office, id)["despatch"]["state"].clone());
    assert_eq!(states, [json!("approved"), json!("awaiting_review")]);
    // Another version is not the one that was looked at.
    fs::write(&message, b"altered").unwrap();
    office.run(&["send", "--once"]).expect(1);
    release(&office, CAT, "1-1").expect(0);
    fs::write(&message, &bytes).unwrap();
    assert_eq!(code(&approve(&office, CAT, &["1-1"])), "approve.unseen");
    assert_eq!(code(&approve(&office, BOB, &["1-1"])), "approve.unseen");
    look(&office, CAT, "1-1").0.expect(0);
    approve(&office, CAT, &["1-1"]).expect(0);
    let viewed: Vec<Value> = shown(&office, "1-1")["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["what"] == "viewed")
        .map(|event| json!([event["actor"], event["detail"]["message"]]))
        .collect();
    let now = &shown(&office, "1-1")["despatch"]["message"]["sha256"];
    assert_eq!((viewed.len(), viewed.last()), (3, Some(&json!(["cat", now]))));
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn f29_an_urgent_release_and_its_review_take_a_look_too() {
    let office = office();
    let path = office.dir.join("despatch.toml");
    let settings = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{settings}\n[urgent_release]\nroles = [\"healthcare\"]\n")).unwrap();
    office.drop_report(1, "the-preparer", NOBODY).expect(0);
    let list = office.run(&["--json", "outbox", "list", "--role", "healthcare"]).expect(0).json();
    let id = list["despatches"][0]["id"].as_str().unwrap().to_owned();
    let give = |who, what| office.given_by(who, &["--json", "outbox", what, &id, "--reason", "tonight"]);
    assert_eq!(code(&give(CAT, "urgent")), "approve.unseen");
    look(&office, CAT, &id).0.expect(0);
    give(CAT, "urgent").expect(0);
    assert_eq!(code(&give(BOB, "reviewed")), "approve.unseen");
    look(&office, BOB, &id).0.expect(0);
    give(BOB, "reviewed").expect(0);
}

#[test]
fn f29_an_office_lets_kinds_be_approved_unseen_each_with_a_reason_and_that_goes_on_record() {
    let office = office();
    office.drop_report(1, "the-preparer", NOBODY).expect(0);
    let kind = shown(&office, "1-1")["despatch"]["planned"]["kind"].as_str().unwrap().to_owned();
    let path = office.dir.join("despatch.toml");
    let settings = fs::read_to_string(&path).unwrap();
    for (line, refused) in [
        ("\"*\" = \"we trust them\"".to_owned(), "approve.unseen"),
        (format!("{kind} = \"\""), "settings.value"),
        (format!("{kind} = true"), "settings.value"),
        ("no-such-kind = \"a reason\"".to_owned(), "approval.kind"),
    ] {
        // A service that is running sees new settings at once.
        let service = office.service();
        fs::write(&path, format!("{settings}\n[approval.unseen]\n{line}\n")).unwrap();
        let said = service.given_by(CAT, &["--json", "outbox", "approve", "1-1"]);
        fs::write(&path, &settings).unwrap();
        assert_eq!(code(&said), refused, "{line}");
    }
    fs::write(&path, format!("{settings}\n[approval.unseen]\n{kind} = \"it is a cover sheet\"\n")).unwrap();
    approve(&office, CAT, &["1-1"]).expect(0);
    assert_eq!(shown(&office, "1-1")["despatch"]["approval"]["unseen"], "it is a cover sheet");
    assert_eq!(code(&approve(&office, CAT, &["1-3"])), "approve.unseen", "another kind");
}

/// The demo office says that it allows it, and so does each of its approvals.
#[test]
fn f29_a_demo_office_allows_it_by_its_own_settings() {
    let office = DemoOffice::new();
    let id = office.despatch_for("DEMO-0902", "det")["id"].as_str().unwrap().to_owned();
    office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(0);
    let shown = office.run(&["outbox", "show", &id]).expect(0).stdout;
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("unseen: a demonstration with made-up cases"), "{shown}");
    let other = office.despatch_for("DEMO-0903", "det")["id"].as_str().unwrap().to_owned();
    office.edit("despatch.toml", |text| text.swapped("\"*\" =", "invitation ="));
    let refused = office.run_as(REVIEWER, &["outbox", "approve", &other]).expect(1);
    assert!(refused.stderr.contains("has not opened this version of it"), "{refused:?}");
}

#[test]
fn f10_what_nothing_proves_the_writer_of_takes_two_approvals_by_two_people() {
    let office = office();
    office.drop_report(1, "the-preparer", STRANGER).expect(0);
    for who in [CAT, BOB, NOBODY] {
        look(&office, who, "1-1").0.expect(0);
    }
    approve(&office, BOB, &["1-1"]).expect(0);
    let one = shown(&office, "1-1")["despatch"].clone();
    assert_eq!((&one["state"], &one["approval"]), (&json!("awaiting_review"), &Value::Null));
    assert_eq!(one["first_approval"]["by"], "bob");
    office.run(&["send", "--once"]).expect(0);
    assert!(has_nothing(&office.dir.join("sent")), "one approval is not enough");
    assert_eq!(code(&approve(&office, BOB, &["1-1"])), "approve.second");
    assert_eq!(code(&approve(&office, NOBODY, &["1-1"])), "approve.own_case");
    assert_eq!(code(&approve(&office, DAN, &["1-1"])), "approve.unseen");
    let told = office.run(&["outbox", "list"]).expect(0).stdout;
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("bob has approved it; nothing proves who prepared it"), "{told}");
    approve(&office, CAT, &["1-1"]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    assert_eq!(shown(&office, "1-1")["despatch"]["state"], "sent");
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn f10_the_first_of_two_approvals_ends_with_a_hold_and_with_another_version() {
    let office = office();
    office.drop_report(1, "the-preparer", STRANGER).expect(0);
    for who in [CAT, BOB, DAN] {
        look(&office, who, "1-1").0.expect(0);
    }
    approve(&office, BOB, &["1-1"]).expect(0);
    office.given_by(CAT, &["outbox", "hold", "1-1", "--reason", "another person's"]).expect(0);
    let refused = office.given_by(BOB, &["--json", "outbox", "release", "1-1", "--reason", "x"]);
    assert_eq!(code(&refused), "release.overruled");
    office.given_by(DAN, &["outbox", "release", "1-1", "--reason", "x"]).expect(0);
    approve(&office, CAT, &["1-1"]).expect(0);
    assert_eq!(shown(&office, "1-1")["despatch"]["first_approval"]["by"], "cat", "the first one is void");
    approve(&office, BOB, &["1-1"]).expect(0);
    assert_eq!(shown(&office, "1-1")["despatch"]["state"], "approved");
    let message = office.dir.join("outbox/despatches/1-1.1.eml");
    let bytes = fs::read(&message).unwrap();
    fs::write(&message, b"altered").unwrap();
    office.run(&["send", "--once"]).expect(1);
    release(&office, DAN, "1-1").expect(0);
    fs::write(&message, bytes).unwrap();
    let one = shown(&office, "1-1")["despatch"].clone();
    assert_eq!((&one["approval"], &one["first_approval"]), (&Value::Null, &Value::Null));
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn f10_nobody_alone_lets_a_healthcare_copy_go_of_which_nothing_proves_the_writer() {
    let office = office();
    let path = office.dir.join("despatch.toml");
    let settings = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{settings}\n[urgent_release]\nroles = [\"healthcare\"]\n")).unwrap();
    office.drop_report(1, "the-preparer", STRANGER).expect(0);
    let list = office.run(&["--json", "outbox", "list", "--role", "healthcare"]).expect(0).json();
    let id = list["despatches"][0]["id"].as_str().unwrap().to_owned();
    look(&office, CAT, &id).0.expect(0);
    let urgent = office.given_by(CAT, &["--json", "outbox", "urgent", &id, "--reason", "tonight"]);
    assert_eq!(code(&urgent), "urgent.preparer");
}

/// A row that says "approved" is not enough.
#[test]
fn f10_the_sender_counts_the_approvals_again() {
    let office = office();
    office.drop_report(1, "the-preparer", STRANGER).expect(0);
    for who in [CAT, BOB] {
        look(&office, who, "1-1").0.expect(0);
        approve(&office, who, &["1-1"]).expect(0);
    }
    for change in
        ["json_remove(record, '$.first_approval')", "json_set(record, '$.first_approval.by', 'bob')"]
    {
        let ledger = office.dir.join("outbox/ledger.db");
        let sqlite = |sql: &str| run(command("sqlite3").arg("-bail").arg(&ledger).arg(sql)).expect("sqlite3");
        // All of it into the one file, which is put back afterwards.
        sqlite("PRAGMA wal_checkpoint(TRUNCATE)");
        let saved = fs::read(&ledger).unwrap();
        sqlite(&format!("UPDATE despatch SET record = {change} WHERE id = '1-1'"));
        office.run(&["send", "--once"]).expect(1);
        let one = shown(&office, "1-1")["despatch"].clone();
        assert_eq!(
            (&one["state"], &one["holds"][0]["code"]),
            (&json!("held"), &json!("one_approval")),
            "{change}"
        );
        assert!(has_nothing(&office.dir.join("sent")));
        for left in ["ledger.db-wal", "ledger.db-shm"] {
            let _ = fs::remove_file(office.dir.join("outbox").join(left));
        }
        fs::write(&ledger, saved).unwrap();
    }
}
