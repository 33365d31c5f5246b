//! Enters: command lines that name the office, the actor or the day twice. Leaves: proof that none is obeyed.
//! Never: more than one office that holds anything.

use crate::support::office::{DemoOffice, REVIEWER, TODAY, despatch};

#[test]
fn f3_an_option_that_names_something_is_refused_when_it_is_given_twice() {
    let (office, other) = (DemoOffice::new(), tempfile::tempdir().unwrap());
    let (pinned, elsewhere) = (office.dir.to_str().unwrap(), other.path().to_str().unwrap());
    let joined = format!("--office={elsewhere}");
    for (words, option) in [
        (vec!["--office", pinned, "outbox", "list", "--office", elsewhere], "--office"),
        (vec!["--office", pinned, "outbox", "list", &joined], "--office"),
        (vec!["--office", pinned, "outbox", "--office", elsewhere, "list"], "--office"),
        (vec!["--office", pinned, "--office", elsewhere, "outbox", "list"], "--office"),
        (vec!["outbox", "--office", pinned, "list", "--office", elsewhere], "--office"),
        (vec!["outbox", "list", "--office", pinned, &joined], "--office"),
        (vec!["--office", pinned, "outbox", "list", "--office", pinned], "--office"),
        (vec!["--office", pinned, "--as", REVIEWER, "outbox", "list", "--as", "nobody-here"], "--as"),
        (vec!["--office", pinned, "--as=a", "outbox", "--as=b", "list"], "--as"),
        (vec!["--office", pinned, "--today", TODAY, "check", "--today", "2030-01-01"], "--today"),
        (vec!["--office", pinned, "run", "--once", "--office", elsewhere], "--office"),
        (vec!["--office", pinned, "check", "--json", "--office", elsewhere], "--office"),
    ] {
        let said = despatch(&words);
        assert_eq!(said.code, 2, "{words:?}: {said:?}");
        assert!(
            said.stderr.contains(option) && said.stderr.contains("multiple times"),
            "{words:?}: {said:?}"
        );
        assert!(said.stdout.is_empty(), "{words:?}: {said:?}");
    }
    // What only looks like one is none.
    despatch(&["--office", pinned, "--today", TODAY, "outbox", "list"]).expect(0);
    despatch(&["outbox", "list", "--today", TODAY, "--office", pinned]).expect(0);
    let reason = [
        "--office",
        pinned,
        "--today",
        TODAY,
        "--as",
        REVIEWER,
        "outbox",
        "hold",
        "1-2",
        "--reason=--office",
    ];
    despatch(&reason).expect(0);
}
