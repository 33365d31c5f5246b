//! What staff hand over in place of editing an office's files: proposed by one, read and confirmed by another.

use super::service::{DAEMON, office};
use crate::support::service::{Service, file_of};
use crate::travel::real::{NOBODY, RealOffice};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;

const PLACES: &str = include_str!("../../policy/places.toml");

fn put(
    service: &Service,
    office: &RealOffice,
    who: u32,
    path: &str,
    text: &str,
) -> crate::support::office::Said {
    let file = file_of(&office.dir, who, "rules", text.as_bytes());
    service.given_by(who, &["--json", "config", "put", file.to_str().unwrap(), "--path", path])
}

fn hash(said: crate::support::office::Said) -> String {
    said.expect(0).json()["sha256"].as_str().unwrap().to_owned()
}

#[test]
fn a_file_is_proposed_by_one_and_written_once_another_confirmed_these_bytes() {
    let office = office();
    let mut service = office.service();
    let path = "policy/places.toml";
    let first = hash(put(&service, &office, NOBODY, path, PLACES));
    let whole = office.dir.join(path);
    assert!(!whole.exists(), "nothing is written at one person's word");
    let own = service.given_by(NOBODY, &["config", "confirm", path, "--sha256", &first]).expect(1);
    assert!(own.stderr.contains("the-preparer proposed it and cannot confirm it"), "{own:?}");
    // What was read is not what is proposed now.
    let second = hash(put(&service, &office, NOBODY, path, &format!("{PLACES}\n# changed since\n")));
    let stale = service.given_by(DAEMON, &["config", "confirm", path, "--sha256", &first]).expect(1);
    assert!(stale.stderr.contains("give the hash of what you looked at"), "{stale:?}");
    let short = service.given_by(DAEMON, &["config", "confirm", path, "--sha256", &second[..4]]).expect(1);
    assert!(short.stderr.contains("8 digits or more"), "{short:?}");
    let shown = service.given_by(DAEMON, &["config", "show", path]).expect(0);
    assert!(shown.stdout.contains("# changed since") && shown.stdout.contains(&second), "{shown:?}");
    service.given_by(DAEMON, &["config", "confirm", path, "--sha256", &second[..12]]).expect(0);
    let metadata = fs::metadata(&whole).unwrap();
    assert!(fs::read_to_string(&whole).unwrap().ends_with("# changed since\n"));
    assert_eq!(metadata.permissions().mode() & 0o777, 0o644);
    // The service read the places when it started: it ends, to be started again with these.
    assert_eq!(service.ended(), Some(3), "{}", service.log());
    service = office.service();
    let listed = service.given_by(DAEMON, &["--json", "config", "list"]).expect(0).json();
    assert_eq!(listed["files"][0]["agreed"], Value::Bool(true), "{listed}");
    drop(service);
    // What somebody lays there by hand shows.
    fs::write(&whole, PLACES).unwrap();
    let listed = office.run(&["config", "list"]).expect(0).stdout;
    assert!(listed.contains("laid here without a second person"), "{listed}");
    office.run(&["audit", "verify"]).expect(0);
    let warned = |office: &RealOffice| {
        let warnings = office.run(&["--json", "check"]).expect(0).json()["warnings"].to_string();
        warnings.contains("No second person agreed on what stands in policy/places.toml")
    };
    assert!(warned(&office));
    // Two people agree on what lies there now.
    let service = office.service();
    let third = hash(put(&service, &office, NOBODY, path, PLACES));
    service.given_by(DAEMON, &["config", "confirm", path, "--sha256", &third]).expect(0);
    drop(service);
    assert!(!warned(&office));
}

#[test]
fn nothing_is_proposed_with_which_the_office_would_not_be_in_order() {
    let office = office();
    let service = office.service();
    for (path, text, told) in [
        ("policy/places.toml", "[[place]]\nid = 1\n", "policy/places.toml"),
        ("policy/bank-holidays.json", "{}", "policy/bank-holidays.json"),
        ("policy/own.toml", "id = \"another\"\n", "policy/own.toml"),
        ("templates/invitation/kind.toml", "nonsense", "templates/invitation/kind.toml"),
        ("policy/places.toml", "S3cret = [", "policy/places.toml"),
    ] {
        let said = put(&service, &office, NOBODY, path, text).expect(1);
        assert!(said.stdout.contains(told), "{path}: {said:?}");
    }
    for path in [
        "../x.toml",
        "/etc/x.toml",
        "keys/review.pub",
        "policy/../despatch.toml",
        "despatch.toml",
        "policy/.x.toml",
    ] {
        assert_eq!(put(&service, &office, NOBODY, path, PLACES).code, 2, "{path}");
    }
    assert!(!office.dir.join("policy").exists() && !office.dir.join("templates").exists());
    let left = fs::read_dir(office.dir.join("outbox")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!left.into_iter().any(|name| name.to_string_lossy().starts_with("candidate")), "a copy is left");
    service.given_by(DAEMON, &["check"]).expect(0);
}

/// A service seals to the review key that it read when it started.
#[test]
fn after_a_rotation_the_service_starts_again_with_the_new_key() {
    let office = office();
    let mut service = office.service();
    let old = file_of(&office.dir, DAEMON, "old", crate::travel::real::PASSPHRASE.as_bytes());
    let new = file_of(&office.dir, DAEMON, "new", b"six quite other made-up words here\n");
    let words =
        ["--json", "keys", "rotate-review", "--reason", "x", "--passphrase-file", old.to_str().unwrap()];
    let words = [&words[..], &["--new-passphrase-file", new.to_str().unwrap()]].concat();
    let rotated = service.given_by(DAEMON, &words).expect(0).json();
    assert_eq!(service.ended(), Some(3), "{}", service.log());
    office.drop_report(1, "the-preparer", NOBODY).expect(0);
    service = office.service();
    let open = |file: &std::path::Path| {
        let to = office.dir.with_file_name("seen");
        let _ = fs::remove_dir_all(&to);
        let words = ["outbox", "open", "1-1", "--to", to.to_str().unwrap(), "--passphrase-file"];
        service.given_by(DAEMON, &[&words[..], &[file.to_str().unwrap()]].concat())
    };
    open(&old).expect(1);
    open(&new).expect(0);
    let shown = office.run(&["--json", "keys", "list"]).expect(0).json();
    assert!(shown.to_string().contains(rotated["to"].as_str().unwrap()), "{shown}");
}
