//! Enters: `despatch unlock`, from a reviewer's account and from others. Leaves: proof of whose key is open and when it is
//! closed. Never: a page; what the pages open with it is theirs to prove.

use crate::support::office::DemoOffice;
use crate::support::service::{Service, as_account, file_of};
use crate::travel::real::{NOBODY, PASSPHRASE, RealOffice};
use despatch_app::office::OpenKeys;
use despatch_core::words::StaffId;
use despatch_seal::keys::SecretKey;
use despatch_testing::swap::Swap;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// An account that the office's reviewer has.
const DAEMON: u32 = 1;

/// An office whose reviewer is `daemon`, and its service.
fn office() -> (RealOffice, Service) {
    let office = RealOffice::filled_in();
    let path = office.dir.join("despatch.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    let own = settings.lines().find(|line| line.starts_with("account = ")).unwrap().to_owned();
    // Whoever prepares reviews nothing here.
    let settings = settings.swapped_once("account = \"nobody\"\nreviewer = true", "account = \"nobody\"");
    std::fs::write(&path, settings.swapped_once(&own, "account = \"daemon\"")).unwrap();
    let service = office.service();
    (office, service)
}

fn unlock(office: &RealOffice, uid: u32, passphrase: &str) -> Child {
    let file = file_of(&office.dir, uid, "unlocking", passphrase.as_bytes());
    let words =
        ["--office", office.dir.to_str().unwrap(), "unlock", "--passphrase-file", file.to_str().unwrap()];
    as_account(uid, &words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("setpriv starts")
}

#[test]
fn a_key_is_open_as_long_as_its_reviewers_own_process_runs() {
    let (office, mut service) = office();
    let mut helper = unlock(&office, DAEMON, PASSPHRASE);
    let mut lines = BufReader::new(helper.stdout.take().unwrap()).lines();
    let first = lines.next().expect("a line").unwrap();
    assert!(first.contains("Your review key is open for the pages"), "{first}");
    // Another one of the same person takes its place, and the first one says so and ends.
    let mut second = unlock(&office, DAEMON, PASSPHRASE);
    let mut lines_of_second = BufReader::new(second.stdout.take().unwrap()).lines();
    assert!(lines_of_second.next().expect("a line").unwrap().contains("is open"));
    assert!(lines.any(|line| line.unwrap() == "Your review key is closed."));
    assert_eq!(helper.wait().unwrap().code(), Some(0));
    // Ctrl-C ends it, and the service goes on.
    kill(Pid::from_raw(second.id().cast_signed()), Signal::SIGINT).unwrap();
    assert!(!second.wait().unwrap().success());
    assert!(service.lives());
    let listed = service.given_by(DAEMON, &["outbox", "list"]);
    assert_eq!(listed.code, 0, "{listed:?}");
}

#[test]
fn nobody_opens_a_key_without_its_passphrase_or_without_being_a_reviewer() {
    let (office, _service) = office();
    for (uid, passphrase, says) in
        [(DAEMON, "another passphrase\n", "the review key"), (NOBODY, PASSPHRASE, "is not a reviewer")]
    {
        let said = unlock(&office, uid, passphrase).wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&said.stderr);
        assert!(said.status.code() == Some(1) && stderr.contains(says), "{stderr}");
    }
}

#[test]
fn without_a_service_there_is_nothing_to_open_it_for() {
    let office = DemoOffice::new();
    let said = office.run(&["unlock"]).expect(1).stderr;
    assert!(said.contains("no service runs here that has pages"), "{said}");
}

const MINUTE: Duration = Duration::from_secs(60);

fn staff(id: &str) -> StaffId {
    id.parse().expect("an id")
}

#[test]
fn a_key_is_open_for_its_own_reviewer_until_it_is_closed() {
    let (keys, one, now) = (OpenKeys::default(), staff("one"), Instant::now());
    assert!(keys.key_of(&one).is_none());
    let first = keys.put(&one, SecretKey::generate(), now);
    assert!(keys.key_of(&one).is_some() && keys.key_of(&staff("two")).is_none());
    // Another process of the same person takes the place of the first one, whose end changes nothing then.
    let second = keys.put(&one, SecretKey::generate(), now);
    assert!(!keys.stays_open(first, Duration::ZERO) && keys.stays_open(second, Duration::ZERO));
    keys.close_one(first);
    assert!(keys.is_open(&one));
    keys.close(&one);
    assert!(!keys.is_open(&one) && !keys.stays_open(second, Duration::ZERO));
}

#[test]
fn a_key_is_closed_after_half_an_hour_of_rest() {
    let (keys, one) = (OpenKeys::default(), staff("one"));
    let opened = |minutes: u32| {
        let since = Instant::now().checked_sub(MINUTE * minutes).expect("a time before");
        (keys.put(&one, SecretKey::generate(), since), keys.is_open(&one))
    };
    assert!(opened(29).1);
    let (id, is_open) = opened(30);
    assert!(!is_open && !keys.stays_open(id, Duration::ZERO) && keys.key_of(&one).is_none());
}
