//! Enters: reads that fail for the machine's sake, at any call of taking a case and of sending. Leaves: proof that a good
//! case is queued and a good message sent, at once or at the next try. Never: a hook in the program: strace fails its calls.

use crate::support::office::{DemoOffice, PROGRAM, REVIEWER, Said, TODAY, paper, report_received};
use crate::support::tools::command;
use std::fs;
use std::path::Path;

/// Runs a command of an office while these calls fail, those of one path alone if there is one.
fn failing(office: &DemoOffice, fault: &str, only: Option<&Path>, words: &[&str]) -> Said {
    let calls = fault.split(':').next().unwrap();
    let (calls, inject) = (format!("trace={calls}"), format!("inject={fault}"));
    let mut strace = command("strace");
    strace.args(["-f", "-o", "/dev/null", "-e", &calls, "-e", &inject]);
    if let Some(path) = only {
        strace.arg("-P").arg(path);
    }
    strace.arg(PROGRAM).arg("--office").arg(&office.dir).args(["--today", TODAY]).args(words);
    strace.output().expect("strace starts").into()
}

const REPORT: &[u8] = paper!("A made-up report.");

#[test]
fn f16_a_good_case_survives_a_read_that_fails_at_any_call() {
    let whole = DemoOffice::new();
    whole.drop_case("good", &report_received(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    for (when, error) in (1..=12).zip(["EIO", "EMFILE", "EINTR", "ESTALE"].into_iter().cycle()) {
        for fault in
            [format!("openat2:error={error}:when={when}"), format!("openat2:error={error}:when={when}+")]
        {
            let office = whole.copy();
            failing(&office, &fault, None, &["run", "--once"]);
            let rejected = office.dir.join("inbox/rejected/good.json");
            assert!(!rejected.exists(), "{fault}: a good case was rejected");
            office.run(&["run", "--once"]);
            assert!(!rejected.exists(), "{fault}: a good case was rejected afterwards");
            let made = office.despatches().into_iter().filter(|one| one["case_id"] == "TEST-00001").count();
            assert_eq!(made, 3, "{fault}: it was not queued once");
            assert!(fs::read_dir(office.dir.join("inbox/claimed")).unwrap().next().is_none(), "{fault}");
        }
    }
}

#[test]
fn f25_a_message_that_cannot_be_read_is_neither_altered_nor_held() {
    let office = DemoOffice::new();
    let message = office.despatches().into_iter().find(|one| one["planned"]["role"] == "dmrt").unwrap();
    let id = message["id"].as_str().unwrap();
    let path = office.message_path(&message);
    let state = || office.despatches().into_iter().find(|one| one["id"] == id).unwrap()["state"].clone();
    let (for_good, once) = ("openat:error=EIO:when=1+", "openat:error=EIO:when=1");
    let approve = ["--as", REVIEWER, "outbox", "approve", id];
    let said = failing(&office, for_good, Some(&path), &approve);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(
        said.stderr.contains("cannot be read") && said.stderr.contains("nothing was changed"),
        "{said:?}"
    );
    assert_eq!(state(), "awaiting_review");
    let said = failing(&office, for_good, Some(&path), &["--json", "check"]);
    assert!(said.stdout.contains("\"unread\"") && !said.stdout.contains("\"altered\""), "{said:?}");
    assert_eq!(failing(&office, once, Some(&path), &approve).code, 0, "one failure is waited out");
    assert_eq!(state(), "approved");
    let said = failing(&office, for_good, Some(&path), &["send", "--once"]);
    assert_eq!((said.code, state()), (3, "deferred".into()), "{said:?}");
    assert!(said.stdout.contains("cannot be read"), "{said:?}");
    office.on("2026-11-24", &["send", "--once"]);
    assert_eq!(state(), "sent");
}

/// An export without it would say that it is missing, and a drill without it that the key opens nothing.
#[test]
fn a_read_that_fails_is_no_gap_of_an_export() {
    let whole = DemoOffice::new();
    let message = whole.message_path(&whole.despatch_for("DEMO-0902", "det"));
    let message = message.strip_prefix(&whole.dir).unwrap().to_owned();
    for path in [message, "outbox/received/2.tar.age".into()] {
        let office = whole.copy();
        let (path, to) = (office.dir.join(path), office.dir.with_file_name("record"));
        let words = ["audit", "export", "DEMO-0902", "--reason", "x", "--to", to.to_str().unwrap()];
        let as_reviewer = [&["--as", REVIEWER][..], &words].concat();
        let said = failing(&office, "openat:error=EIO:when=1+", Some(&path), &as_reviewer);
        assert_eq!(said.code, 3, "{said:?}");
        assert!(
            said.stderr.contains("cannot be read") && said.stderr.contains("nothing was exported"),
            "{said:?}"
        );
        assert!(!to.exists(), "a record with a gap was written");
        // One failure is waited out, and what is really missing is a gap still.
        assert_eq!(failing(&office, "openat:error=EIO:when=1", Some(&path), &as_reviewer).code, 0);
        fs::remove_dir_all(&to).unwrap();
        fs::remove_file(&path).unwrap();
        let said = office.run_as(REVIEWER, &words).expect(1);
        assert!(said.stdout.contains("cannot be read"), "{said:?}");
    }
}
