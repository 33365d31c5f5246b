//! Enters: an office whose review key is locked, and a reviewer with a browser. Leaves: proof of where the key is while
//! the pages open messages, and for how long. Never: a key in the service that the office does not want there.

use super::browser::{Door, Session};
use crate::support::service::{Service, as_account, file_of};
use crate::travel::real::{NOBODY, PASSPHRASE, RealOffice};
use despatch_testing::swap::Swap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

/// The reviewer's account on the machine, and their passphrase in the pages.
const DAEMON: u32 = 1;
const OWN: &str = "lantern otter quarry";

/// An office with a report for review and with pages, and its reviewer in a browser.
fn office(more: &str) -> (RealOffice, Service, Door, Session) {
    let office = RealOffice::filled_in();
    let path = office.dir.join("despatch.toml");
    let settings = fs::read_to_string(&path).unwrap();
    let own = settings.lines().find(|line| line.starts_with("account = ")).unwrap().to_owned();
    let settings = settings.swapped_once(&own, "account = \"daemon\"");
    fs::write(&path, format!("{settings}\n[pages]\nlisten = \"127.0.0.1:0\"\n{more}\n")).unwrap();
    office.drop_report(1, "the-preparer", NOBODY).expect(0);
    let service = office.service();
    let door = Door::of(&service);
    let added = service.given_by(DAEMON, &["--json", "user", "add", "the-reviewer", "--role", "reviewer"]);
    let words = added.expect(0).json()["passphrase"].as_str().unwrap().to_owned();
    let session = door.enter("the-reviewer", &words);
    let chosen = [("old", words.as_str()), ("new", OWN), ("again", OWN)];
    let changed = door.post("/passphrase", Some(&session), &chosen);
    assert_eq!(changed.status, 303, "{}", changed.body);
    (office, service, door, session)
}

#[test]
fn the_pages_open_messages_with_a_key_that_stays_in_the_reviewers_own_process() {
    let (office, service, door, session) = office("");
    let open = || door.post("/review/1-1/open", Some(&session), &[]);
    assert_eq!(open().header("location"), Some("/key"));
    let typed = [("passphrase", PASSPHRASE.lines().next().unwrap())];
    let refused = door.post("/key/open", Some(&session), &typed);
    assert!(refused.status == 422 && refused.body.contains("keeps the review key out"), "{}", refused.body);
    assert_eq!(open().header("location"), Some("/key"));

    let file = file_of(&office.dir, DAEMON, "unlocking", PASSPHRASE.as_bytes());
    let dir = office.dir.to_str().unwrap();
    let words = ["--office", dir, "unlock", "--passphrase-file", file.to_str().unwrap()];
    let mut helper = as_account(DAEMON, &words)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("setpriv starts");
    let mut lines = BufReader::new(helper.stdout.take().unwrap()).lines();
    assert!(lines.next().expect("a line").unwrap().contains("is open for the pages"));
    let opened = open();
    assert_eq!(opened.header("location"), Some("/review/1-1/documents/1"), "{}", opened.body);
    assert_eq!(door.get("/review/1-1/documents/1", Some(&session)).status, 200);
    // The button in the pages ends the helper, which has told of each file.
    assert_eq!(door.post("/key/close", Some(&session), &[]).status, 303);
    assert!(lines.any(|line| line.unwrap() == "Your review key is closed."));
    assert_eq!(helper.wait().unwrap().code(), Some(0));
    let mut told = String::new();
    helper.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert!(told.contains("a sealed file was opened with your key"), "{told}");
    assert_eq!(open().header("location"), Some("/key"));
    let log = service.log();
    assert!(!log.contains(OWN) && !log.contains("made-up words"), "{log}");
}

#[test]
fn a_key_comes_into_the_service_only_where_the_office_says_so() {
    let (_office, _service, door, session) = office("unlock = \"page\"");
    let type_in = |passphrase: &str| door.post("/key/open", Some(&session), &[("passphrase", passphrase)]);
    assert_eq!(type_in("another passphrase").status, 422);
    let opened = type_in(PASSPHRASE.lines().next().unwrap());
    if opened.status == 422 {
        // A machine that lets nobody lock so much memory: then it is not opened.
        assert!(opened.body.contains("cannot be kept off the disk"), "{}", opened.body);
        return;
    }
    assert_eq!(opened.status, 303, "{}", opened.body);
    let open = || door.post("/review/1-1/open", Some(&session), &[]);
    assert_eq!(open().header("location"), Some("/review/1-1/documents/1"));
    // It is open for that session alone, and until it is closed.
    let other = door.enter("the-reviewer", OWN);
    assert_eq!(door.post("/review/1-1/open", Some(&other), &[]).header("location"), Some("/key"));
    assert_eq!(door.post("/key/close", Some(&session), &[]).status, 303);
    assert_eq!(open().header("location"), Some("/key"));
}
