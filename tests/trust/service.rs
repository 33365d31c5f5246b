//! The socket of an office: who asks is whose account it is, and neither side gets more of the other than it must.

use crate::support::office::{DemoOffice, PROGRAM, REVIEWER, TODAY, drop_into, event};
use crate::support::service::{GROUP, Service, as_account, file_of, open_to_group};
use crate::travel::real::{NOBODY, PASSPHRASE, RealOffice};
use despatch_testing::swap::Swap;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, chown, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

/// Accounts of a Debian system: on the staff list, and not.
pub(super) const DAEMON: u32 = 1;
pub(super) const STRANGER: u32 = 8;

/// An office whose reviewer is `daemon` and whose preparer is `nobody`; its own account is on no list.
pub(super) fn office() -> RealOffice {
    let office = RealOffice::filled_in();
    let path = office.dir.join("despatch.toml");
    let settings = fs::read_to_string(&path).unwrap();
    let own = settings.lines().find(|line| line.starts_with("account = ")).unwrap().to_owned();
    fs::write(&path, settings.swapped_once(&own, "account = \"daemon\"")).unwrap();
    office
}

/// An office with a report for review, and its service.
pub(super) fn with_report() -> (RealOffice, Service) {
    let office = office();
    office.drop_report(1, "the-preparer", NOBODY).expect(0);
    let service = office.service();
    (office, service)
}

pub(super) fn passphrase_of(office: &RealOffice, uid: u32) -> String {
    file_of(&office.dir, uid, "passphrase", PASSPHRASE.as_bytes()).to_str().unwrap().to_owned()
}

#[test]
fn documents_are_the_reviewers_own_and_the_service_keeps_none() {
    let (office, service) = with_report();
    let (to, passphrase) = (office.dir.with_file_name("opened"), passphrase_of(&office, DAEMON));
    let words = ["outbox", "open", "1-1", "--to", to.to_str().unwrap(), "--passphrase-file", &passphrase];
    service.given_by(DAEMON, &words).expect(0);
    let files: Vec<_> = fs::read_dir(&to).unwrap().map(|entry| entry.unwrap()).collect();
    assert!(!files.is_empty());
    for entry in files {
        let metadata = entry.metadata().unwrap();
        assert_eq!((metadata.uid(), metadata.mode() & 0o777), (DAEMON, 0o600), "{:?}", entry.path());
    }
    assert_eq!(fs::metadata(&to).unwrap().uid(), DAEMON);
    let wrong = file_of(&office.dir, DAEMON, "wrong", b"not the passphrase\n");
    let words = ["outbox", "open", "1-1", "--passphrase-file", wrong.to_str().unwrap()];
    let refused = service.given_by(DAEMON, &words).expect(1);
    assert!(
        refused.stderr.contains("the review key") && refused.stderr.contains("passphrase"),
        "{refused:?}"
    );
    // A passphrase that the service could read is none of the reviewer's own.
    let words = ["outbox", "open", "1-1", "--passphrase-file", office.passphrase.to_str().unwrap()];
    let refused = service.given_by(DAEMON, &words).expect(1);
    assert!(refused.stderr.contains("Permission denied"), "{refused:?}");
}

/// F7: what a name leads to is read as the person who gave it.
#[test]
fn f7_no_file_of_the_offices_account_is_read_for_somebody_else() {
    let (office, service) = with_report();
    let secrets = ["keys/identity.key", "despatch.toml", "outbox/ledger.db"];
    for (n, secret) in secrets.into_iter().enumerate() {
        let link = office.dir.with_file_name(format!("x{n}.csv"));
        symlink(office.dir.join(secret), &link).unwrap();
        let link = link.to_str().unwrap();
        for words in [
            vec!["directory", "import", link],
            vec!["audit", "verify", "--checkpoints", link],
            vec!["audit", "verify", "--signer", link],
            vec!["plan", link],
            vec!["drop", link],
            vec!["correct", link, "--changed", "x"],
            vec!["config", "put", link, "--path", "policy/own.toml"],
            vec!["outbox", "open", "1-1", "--passphrase-file", link],
            vec!["directory", "add", "x-y", "--role", "det", "--name", "x", "--key-file", link],
        ] {
            let said = service.given_by(DAEMON, &words);
            assert_ne!(said.code, 0, "{words:?}");
            let refused = ["Permission denied", "it is a link"];
            assert!(refused.iter().any(|why| said.stderr.contains(why)), "{words:?}: {said:?}");
        }
    }
}

/// F24: what commands write, they write as the person who gave them.
#[test]
fn f24_nothing_is_written_into_an_office_for_somebody_else() {
    let (office, service) = with_report();
    let passphrase = passphrase_of(&office, DAEMON);
    for place in ["policy", "templates", "keys", "inbox/rejected", ""] {
        let to = office.dir.join(place).join("new");
        let to = to.to_str().unwrap();
        for words in [
            vec!["outbox", "open", "1-1", "--to", to, "--passphrase-file", &passphrase],
            vec!["directory", "export", "--to", to],
            vec!["deadlines", "--ics", to],
        ] {
            service.given_by(DAEMON, &words).expect(1);
            assert!(!Path::new(to).exists(), "{words:?}");
        }
    }
    let backup = service.given_by(DAEMON, &["backup", "--to", "/tmp/whole-office.tar.age"]).expect(1);
    assert!(backup.stderr.contains("the settings name no folder for backups"), "{backup:?}");
}

/// F4, step by step: one reviewer wants to approve as another one, and to run code as the office's account.
#[test]
fn f4_each_step_of_the_chain_is_refused() {
    let (office, service) = with_report();
    let office_of = |words: &[&str]| as_account(NOBODY, words);
    let dir = office.dir.to_str().unwrap();
    // The pinned office is the one that is named, once.
    let twice = office_of(&["--office", dir, "outbox", "list", "--office", "/elsewhere"]).output().unwrap();
    assert_eq!(twice.status.code(), Some(2));
    // No flag and no variable says who somebody is.
    let named = service.given_by(NOBODY, &["--as", "the-reviewer", "outbox", "approve", "1-1"]).expect(1);
    assert!(named.stderr.contains("--as is for demo offices"), "{named:?}");
    for variable in ["SUDO_UID", "SUDO_USER", "USER", "LOGNAME"] {
        let mut command = office_of(&["--office", dir, "outbox", "approve", "1-1"]);
        let said =
            command.env(variable, if variable == "SUDO_UID" { "1" } else { "daemon" }).output().unwrap();
        let stderr = String::from_utf8_lossy(&said.stderr).into_owned();
        assert!(stderr.contains("the-preparer prepared this case"), "{variable}: {stderr}");
    }
    // A folder of his own stays his own: nothing of the office's account lies in it, and no office is opened there.
    let folder = office.dir.with_file_name("D");
    fs::create_dir(&folder).unwrap();
    chown(&folder, Some(NOBODY), None).unwrap();
    let passphrase = passphrase_of(&office, NOBODY);
    let to = folder.join("opened");
    let words = ["outbox", "open", "1-1", "--to", to.to_str().unwrap(), "--passphrase-file", &passphrase];
    service.given_by(NOBODY, &words).expect(0);
    for entry in walkdir::WalkDir::new(&folder) {
        assert_eq!(entry.unwrap().metadata().unwrap().uid(), NOBODY);
    }
    for name in ["despatch.toml", "keys", "outbox", "inbox"] {
        symlink(office.dir.join(name), folder.join(name)).unwrap();
    }
    let theirs = folder.to_str().unwrap();
    for words in [["outbox", "list"], ["run", "--once"], ["send", "--once"], ["check", "--json"]] {
        let said = office_of(&[&["--office", theirs], &words[..]].concat()).output().unwrap();
        assert!(!said.status.success(), "{words:?}");
    }
    // The office's own commands are not his to give, in or beside the service.
    for words in [["run", "--once"], ["send", "--once"]] {
        let said = office_of(&[&["--office", dir], &words[..]].concat()).output().unwrap();
        assert!(!said.status.success(), "{words:?}");
    }
    let shown = office.run(&["--json", "outbox", "show", "1-1"]).expect(0).json();
    assert_eq!(
        (&shown["despatch"]["state"], &shown["despatch"]["approval"]),
        (&json!("awaiting_review"), &Value::Null)
    );
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn whoever_is_not_on_the_staff_list_gets_nothing() {
    let (office, service) = with_report();
    let before = office.run(&["--json", "audit", "verify"]).expect(0).json();
    for words in [
        vec!["outbox", "list"],
        vec!["outbox", "show", "1-1"],
        vec!["directory", "list"],
        vec!["case", "TEST-00001"],
        vec!["deadlines"],
        vec!["check"],
        vec!["policy", "list"],
        vec!["audit", "verify"],
        vec!["new", "died"],
    ] {
        let said = service.given_by(STRANGER, &words).expect(1);
        assert!(said.stderr.contains("is not on the staff list"), "{words:?}: {said:?}");
        assert_eq!(said.stdout, "", "{words:?}");
    }
    // Nor what is wrong with the office: that may quote its settings.
    let path = office.dir.join("despatch.toml");
    let settings = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{settings}\nS3cret-Relay-Passw0rd = 1\n")).unwrap();
    let said = service.given_by(STRANGER, &["outbox", "list"]).expect(1);
    assert!(!said.stderr.contains("S3cret"), "{said:?}");
    assert!(service.given_by(DAEMON, &["outbox", "list"]).expect(1).stderr.contains("S3cret"));
    fs::write(&path, settings).unwrap();
    assert_eq!(before, office.run(&["--json", "audit", "verify"]).expect(0).json());
}

/// Root administers the machine; that does not put root on the staff of somebody else's office.
#[test]
fn root_is_nobody_in_an_office_that_is_not_its_own() {
    let office = office();
    open_to_group(&office.dir);
    let chowned = Command::new("chown").args(["-R", "bin"]).arg(&office.dir).status().unwrap();
    assert!(chowned.success());
    chown(office.dir.join("inbox"), None, Some(GROUP)).unwrap();
    let said = office.run(&["outbox", "list"]).expect(1);
    assert!(said.stderr.contains("no service runs there"), "{said:?}");
}

#[test]
fn a_case_that_its_preparer_drops_through_the_service_is_certainly_theirs() {
    let office = office();
    office.drop_report(1, "the-preparer", NOBODY).expect(0);
    let case = office.case_file(2, "the-preparer", NOBODY);
    let service = office.service();
    let other = service.given_by(DAEMON, &["drop", case.to_str().unwrap()]);
    assert_ne!(other.code, 0, "{other:?}");
    let said = service.given_by(NOBODY, &["drop", case.to_str().unwrap()]).expect(0);
    assert!(said.stdout.contains("Dropped as inbox/"), "{said:?}");
    drop(service);
    // What lies there belongs to the office's account; the record says whose it was.
    office.process().expect(0);
    let listed = office.run(&["--json", "outbox", "list", "--case", "TEST-00002"]).expect(0).json();
    let one = &listed["despatches"][0];
    assert_ne!(one["uncertain_preparer"], true, "{one}");
    assert_eq!(one["prepared_by"], "the-preparer");
    // The same bytes from the office's account with a changed word are nobody's.
    let events = office.run(&["audit", "verify"]).expect(0);
    assert!(events.stdout.contains("The record holds"), "{events:?}");
}

/// What is on record of one file says nothing of another one of the office's account.
#[test]
fn a_drop_is_on_record_for_the_bytes_that_were_dropped_and_no_others() {
    let office = office();
    let [dropped, laid] =
        [1, 2].map(|n| office.case_file(n, "the-preparer", if n == 1 { NOBODY } else { 0 }));
    let service = office.service();
    service.given_by(NOBODY, &["drop", dropped.to_str().unwrap()]).expect(0);
    drop(service);
    fs::rename(laid.with_extension(""), office.dir.join("inbox/laid")).unwrap();
    fs::rename(&laid, office.dir.join("inbox/laid.json")).unwrap();
    let said = office.process();
    for (case, uncertain) in [("TEST-00001", false), ("TEST-00002", true)] {
        let listed = office.run(&["--json", "outbox", "list", "--case", case]).expect(0).json();
        let made = listed["despatches"].as_array().unwrap();
        let all = made.iter().all(|one| one["uncertain_preparer"].as_bool().unwrap_or(false) == uncertain);
        assert!(!made.is_empty() && all, "{case}: {listed} {said:?}");
    }
}

#[test]
fn keepers_alone_keep_the_record_the_keys_and_the_backups() {
    let (office, service) = with_report();
    let path = office.dir.join("despatch.toml");
    let settings = fs::read_to_string(&path).unwrap();
    let one = "account = \"daemon\"";
    fs::write(&path, settings.swapped_once(one, &format!("{one}\nkeeper = true"))).unwrap();
    let backups = office.dir.with_file_name("backups");
    fs::create_dir(&backups).unwrap();
    let with = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{with}\n[backup]\nfolder = \"{}\"\n", backups.display())).unwrap();
    let case = "TEST-00001";
    for words in [
        vec!["litigation", "hold", case, "--reason", "x"],
        vec!["erase", case, "--reason", "x"],
        vec!["purge", "--do"],
        vec!["backup", "--to", "one.tar.age"],
        vec!["audit", "export", case, "--reason", "x"],
        vec!["keys", "rotate-review", "--reason", "x"],
        vec!["keys", "signing", "make", "--replace"],
    ] {
        let said = service.given_by(NOBODY, &words).expect(1);
        assert!(said.stderr.contains("does not keep the record"), "{words:?}: {said:?}");
    }
    service.given_by(DAEMON, &["litigation", "hold", case, "--reason", "x"]).expect(0);
    for name in ["../one.tar.age", "/tmp/one.tar.age", ".one"] {
        let said = service.given_by(DAEMON, &["backup", "--to", name]).expect(1);
        assert!(said.stderr.contains("into its own folder"), "{name}: {said:?}");
    }
    service.given_by(DAEMON, &["backup", "--to", "one.tar.age"]).expect(0);
    assert!(backups.join("one.tar.age").exists());
}

#[test]
fn staff_see_what_was_rejected_mend_it_and_see_the_plan_through_the_service() {
    let (office, service) = with_report();
    let mut case = event(1, "test-event-2", json!({ "type": "died", "on": "2099-01-01" }));
    case["prepared_by"] = json!("the-preparer");
    let known = fs::read(office.case_file(9, "the-preparer", NOBODY)).unwrap();
    let known: Value = serde_json::from_slice(&known).unwrap();
    for same in ["detention", "representative"] {
        case[same] = known[same].clone();
    }
    drop_into(&office.dir.join("inbox"), "spoilt", &case.to_string(), &[]);
    let rejected = loop {
        let said = service.given_by(NOBODY, &["--json", "rejected"]).expect(0).json();
        if let Some(one) = said["rejected"].as_array().and_then(|all| all.first()) {
            break one.clone();
        }
        thread::yield_now();
    };
    assert_eq!(rejected["file"], "spoilt.json");
    let number = rejected["submission"].to_string();
    let why = service.given_by(NOBODY, &["rejected", &number]).expect(0);
    assert!(why.stdout.contains("in the future"), "{why:?}");
    assert!(!service.log().contains("spoilt"), "{}", service.log());
    let stranger = service.given_by(STRANGER, &["rejected", &number]).expect(1);
    assert!(!stranger.stdout.contains("spoilt") && !stranger.stderr.contains("spoilt"), "{stranger:?}");
    // Begun from it by the preparer, from their own account, with one answer; the plan is shown before it is dropped.
    let dir = office.dir.to_str().unwrap();
    let words = ["--office", dir, "new", "died", "--rejected", &number, "--drop"];
    let mut new = as_account(NOBODY, &words);
    new.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut new = new.spawn().unwrap();
    new.stdin.take().unwrap().write_all(b"event.on: today\n").unwrap();
    let said = new.wait_with_output().unwrap();
    let stdout = String::from_utf8_lossy(&said.stdout);
    assert!(
        said.status.success() && stdout.contains("dropped") && stdout.contains("TEST-00001  "),
        "{said:?}"
    );
    while service.given_by(NOBODY, &["--json", "rejected"]).expect(0).json()["rejected"] != json!([]) {
        thread::yield_now();
    }
    assert!(
        service
            .given_by(NOBODY, &["outbox", "calls"])
            .expect(0)
            .stdout
            .contains("Nobody is to be telephoned")
    );
}

#[test]
fn without_a_service_the_owner_alone_works_and_nobody_while_the_inbox_is_processed() {
    let office = office();
    open_to_group(&office.dir);
    let dir = office.dir.to_str().unwrap();
    let said = as_account(DAEMON, &["--office", dir, "outbox", "list"]).output().unwrap();
    let stderr = String::from_utf8_lossy(&said.stderr);
    assert!(stderr.contains("no service runs there"), "{stderr}");
    office.run(&["outbox", "list"]).expect(0);
    // The owner is not on the staff list, and decides nothing.
    let refused = office.run(&["outbox", "approve", "1-1"]).expect(1);
    assert!(refused.stderr.contains("is not on the staff list"), "{refused:?}");
    let lock =
        File::options().write(true).create(true).truncate(false).open(office.dir.join("outbox/watcher.lock"));
    let lock = lock.unwrap();
    lock.lock().unwrap();
    let said = office.run(&["outbox", "list"]).expect(3);
    assert!(said.stderr.contains("try again"), "{said:?}");
}

#[test]
fn a_folder_with_a_long_path_has_a_socket_too() {
    let office = DemoOffice::new();
    let deep = office.dir.with_file_name("a".repeat(120)).join("b".repeat(120));
    fs::create_dir_all(deep.parent().unwrap()).unwrap();
    fs::rename(&office.dir, &deep).unwrap();
    let run = Command::new(PROGRAM).arg("--office").arg(&deep).args(["--today", TODAY, "run"]).spawn();
    let mut run = run.unwrap();
    while !deep.join("despatch.sock").exists() {
        thread::yield_now();
    }
    let words = ["--office", deep.to_str().unwrap(), "--today", TODAY, "--as", REVIEWER, "outbox", "list"];
    let mut said = Command::new(PROGRAM).args(words).output().unwrap();
    // Between `bind` and `listen` nobody answers yet.
    while said.status.code() == Some(3) {
        said = Command::new(PROGRAM).args(words).output().unwrap();
    }
    run.kill().unwrap();
    run.wait().unwrap();
    assert!(said.status.success(), "{said:?}");
}
