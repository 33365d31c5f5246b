//! Enters: a record, and a command that keeps its checkpoints elsewhere. Leaves: proof of what vouches for it and since
//! when nothing does. Never: another machine.

use crate::support::office::{DemoOffice, REVIEWER};
use std::fs;
use std::path::Path;

fn push(office: &DemoOffice, script: &str) {
    office.edit("despatch.toml", |text| {
        let (before, after) = text.split_once("[courier]").expect("a courier");
        format!("{before}[audit]\npush = [\"sh\", \"-c\", \"{script}\"]\n\n[courier]{after}")
    });
}

fn vouched(office: &DemoOffice, more: &[&str]) -> (i32, String) {
    let said = office.run(&[&["audit", "verify"][..], more].concat());
    (said.code, said.stdout.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn f14_a_checkpoint_is_kept_elsewhere_and_what_came_after_it_is_told() {
    let office = DemoOffice::new();
    let elsewhere = office.dir.join("../elsewhere");
    let there = elsewhere.to_str().unwrap();
    assert!(vouched(&office, &[]).1.contains("Nothing that is kept elsewhere vouches for any of it"));
    push(&office, &format!("cat >> {there}"));
    let warned = office.run(&["check"]).expect(0);
    assert!(warned.stdout.contains("no checkpoint is kept elsewhere yet"), "{warned:?}");
    office.run_as(REVIEWER, &["outbox", "hold", "1-1", "--reason", "wait"]).expect(0);
    office.run(&["audit", "checkpoint"]).expect(0);
    let kept = fs::read_to_string(&elsewhere).unwrap();
    assert!(
        kept.starts_with("despatch-checkpoint/1 ") && kept.ends_with("-----END SSH SIGNATURE-----\n"),
        "{kept}"
    );
    let seq = kept.split(' ').nth(1).unwrap().to_owned();
    let told = format!("vouches for it up to event {seq}, of 23 November 2026");
    for more in [vec![], vec!["--checkpoints", there]] {
        let (code, said) = vouched(&office, &more);
        assert!(code == 0 && said.contains(&told), "{said}");
    }
    let old = office.on("2026-11-26", &["check"]);
    assert!(old.stdout.contains("kept elsewhere is 72 hours old"), "{old:?}");
    // The office's own file emptied: what lies elsewhere still counts.
    fs::write(office.dir.join("outbox/checkpoints"), "").unwrap();
    assert_eq!(vouched(&office, &["--checkpoints", there]).0, 1);
    office.run(&["audit", "checkpoint"]).expect(0);
}

#[test]
fn f14_a_command_that_fails_keeps_nothing_and_stops_no_letter() {
    let office = DemoOffice::new();
    push(&office, "exit 1");
    office.run_as(REVIEWER, &["outbox", "hold", "1-1", "--reason", "wait"]).expect(0);
    let said = office.run(&["audit", "checkpoint"]).expect(3);
    assert!(said.stderr.contains("was not taken by sh"), "{said:?}");
    office.run_as(REVIEWER, &["outbox", "hold", "1-2", "--reason", "wait"]).expect(0);
    let said = office.run(&["run", "--once"]);
    assert!(said.stderr.contains("ALARM  the checkpoint was not taken"), "{said:?}");
    assert!(!Path::new(&office.dir.join("outbox/pushed")).exists());
}
