//! Enters: a table of commands. Leaves: proof that each ends with the code that docs/outbox.md promises.
//! Never: expects 255, which no input should bring about.

use crate::support::office::{DemoOffice, PROGRAM, REVIEWER, TODAY, private_file};
use crate::support::tools::command;
use despatch_ledger::LedgerError;
use despatch_testing::swap::Swap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Commands in a demo office, in this order; each with its exit code and why.
const CODES: [(i32, &str, &str); 74] = [
    (0, "check", "everything is in order"),
    (2, "check --bogus", "no such option"),
    (2, "", "no command"),
    (2, "chek", "no such command"),
    (0, "--help", "help was asked for"),
    (0, "--version", "the version was asked for"),
    (2, "--today 2026-02-30 check", "no such day"),
    (2, "--as Beatrix check", "no id of a member of staff"),
    (1, "run --once", "a case waits for its attachment"),
    (2, "run --twice", "no such option"),
    (0, "send --once", "nothing is due"),
    (2, "send 1-1", "no such argument"),
    (0, "outbox list", "a list"),
    (0, "outbox list --state sent", "an empty list"),
    (0, "outbox list --state awaiting-review", "the state's words"),
    (0, "outbox list --state in_doubt", "the state's code"),
    (2, "outbox list --state lost", "no such state"),
    (2, "outbox list --case nothing", "no such reference"),
    (2, "outbox", "no command"),
    (0, "outbox show 1-1", "one despatch"),
    (1, "outbox show 9-9", "an unknown id"),
    (2, "outbox show 1", "no id"),
    (2, "outbox show", "no id at all"),
    (0, "--as beatrix-lund outbox open 1-1 --to DIR/opened", "a despatch is opened"),
    (1, "--as beatrix-lund outbox open 1-1 --to DIR/opened", "the files are there already"),
    (1, "--as beatrix-lund outbox open 1-1 --to DIR/despatch.toml", "a file is no folder"),
    (1, "--as beatrix-lund outbox open 1-1 --to DIR/despatch.toml/in", "nor has it one in it"),
    (1, "preview invitation --to DIR/despatch.toml", "a file is no folder"),
    (1, "outbox open 1-1 --to DIR/other", "nobody says who looks"),
    (1, "--as beatrix-lund outbox open 9-9 --to DIR/other", "an unknown id"),
    (2, "--as beatrix-lund outbox open", "no id"),
    (1, "--as imran-castellan outbox approve 1-1", "the preparer approves"),
    (1, "--as nobody-known outbox approve 1-1", "not on the staff list"),
    (1, "--as beatrix-lund outbox approve 9-9", "an unknown id"),
    (1, "--as beatrix-lund outbox approve 1-1 --message 0000", "another message"),
    (2, "--as beatrix-lund outbox approve", "no id"),
    (1, "--as beatrix-lund outbox approve 5-2", "it is held"),
    (0, "--as beatrix-lund outbox approve 1-1", "approved"),
    (1, "--as beatrix-lund outbox approve 1-1", "approved already"),
    (1, "--as beatrix-lund outbox approve 9-9 1-2", "one of two is unknown"),
    (2, "--as beatrix-lund outbox hold 1-1", "no reason"),
    (2, "--as beatrix-lund outbox hold 1-1 --reason ", "an empty reason"),
    (0, "--as beatrix-lund outbox hold 1-1 --reason why", "held"),
    (1, "--as beatrix-lund outbox hold 1-1 --reason why", "held already"),
    (0, "--as beatrix-lund outbox release 1-1 --reason why", "released"),
    (1, "--as beatrix-lund outbox release 2-1 --reason why", "not held"),
    (2, "--as beatrix-lund outbox release 1-1", "no reason"),
    (1, "--as beatrix-lund outbox release 5-2 --reason why", "its recipient still has no key"),
    (0, "--as beatrix-lund outbox return 1-3 --reason why", "returned"),
    (1, "--as beatrix-lund outbox return 1-3 --reason why", "returned already"),
    (2, "--as beatrix-lund outbox return 1-3", "no reason"),
    (0, "--as beatrix-lund outbox cancel 2-1 --reason why", "cancelled"),
    (1, "--as beatrix-lund outbox cancel 2-1 --reason why", "cancelled already"),
    (2, "--as beatrix-lund outbox cancel 2-1", "no reason"),
    (0, "send --once", "two are sent"),
    (1, "plan DIR/inbox/07-attachment-missing.json", "its attachment is missing"),
    (1, "plan DIR/nowhere.json", "no such file"),
    (2, "plan", "no file"),
    (1, "correct DIR/inbox/07-attachment-missing.json --changed why", "nothing of it was queued"),
    (2, "correct DIR/inbox/07-attachment-missing.json", "nobody says what changed"),
    (0, "deadlines", "a list"),
    (0, "deadlines --case DEMO-0902", "one case"),
    (1, "deadlines --case NOPE-1", "an unknown case"),
    (2, "deadlines --case nothing", "no such reference"),
    (0, "deadlines --ics DIR/deadlines.ics", "a calendar"),
    (1, "deadlines --ics DIR/despatch.toml", "the file is no calendar"),
    (0, "case DEMO-0902", "one case"),
    (1, "case NOPE-1", "an unknown case"),
    (2, "case", "no case"),
    (1, "case DEMO-0902 --recorded 2.1", "nobody says who ticks"),
    (0, "--as beatrix-lund case DEMO-0902 --recorded 2.1", "ticked"),
    (2, "case DEMO-0902 --recorded 2", "no note"),
    (1, "--office DIR/nowhere check", "no office there"),
    (1, "--office DIR/nowhere run --once", "no office there"),
];

#[test]
fn each_command_ends_with_the_promised_code() {
    let office = DemoOffice::new();
    let dir = office.dir.to_str().unwrap();
    let mut wrong = Vec::new();
    for (code, line, why) in CODES {
        let line = line.replace("DIR", dir);
        let words: Vec<&str> = if line.is_empty() { Vec::new() } else { line.split(' ').collect() };
        let mut command = Command::new(PROGRAM);
        if !line.contains("--office") {
            command.arg("--office").arg(dir);
        }
        if !line.contains("--today") {
            command.args(["--today", TODAY]);
        }
        let done = command.args(words).output().unwrap();
        let (stdout, stderr) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        if done.status.code() != Some(code) {
            wrong.push(format!("{line} ({why}): {:?}, not {code}\n{stdout}{stderr}", done.status.code()));
        }
        if code != 0 && stderr.is_empty() && !line.starts_with("run") {
            wrong.push(format!("{line} ({why}): nothing on stderr says why"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), CODES.len(), wrong.join("\n"));
}

#[test]
fn a_run_in_which_all_is_well_ends_with_0() {
    let office = DemoOffice::new();
    std::fs::remove_file(office.dir.join("inbox/07-attachment-missing.json")).unwrap();
    office.run(&["run", "--once"]).expect(0);
    office.drop_case("broken", "{", &[]);
    office.run(&["run", "--once"]).expect(1);
}

#[test]
fn files_of_init_demo_and_open_decide_their_code() {
    let office = DemoOffice::new();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    private_file(at("long").as_ref(), b"four words drawn by chance\n");
    private_file(at("short").as_ref(), b"short\n");
    private_file(at("signing").as_ref(), b"four others drawn by chance\n");
    let (signing, sealed_with) = (at("signing"), "--signing-passphrase-file");
    let (sealed, key) = (office.dir.join("outbox/received/1.tar.age"), office.key("review"));
    let other = office.key("dmrt-inbox");
    std::fs::copy(&sealed, at("sealed")).unwrap();
    let [sealed, key, other] = [&sealed, &key, &other].map(|path| path.to_str().unwrap());
    let (demo, new, again, out, passphrase) = (at("demo"), at("new"), at("again"), at("out"), at("long"));
    let table: [(i32, Vec<&str>); 14] = [
        (0, vec!["init", &new, "--passphrase-file", &passphrase, sealed_with, &signing]),
        (1, vec!["init", &new, "--passphrase-file", &passphrase, sealed_with, &signing]),
        (
            1,
            vec!["init", &again, "--passphrase-file", &at("short")]
                .into_iter()
                .map(|w| &*w.to_owned().leak())
                .collect(),
        ),
        (1, vec!["init", &again, "--passphrase-file", "/no/such/file"]),
        (2, vec!["init"]),
        (1, vec!["check", "--office", &new]),
        (0, vec!["demo", "--once", "--today", TODAY, "--dir", &demo]),
        (1, vec!["demo", "--once", "--today", TODAY, "--dir", &new]),
        (2, vec!["demo", "--dir"]),
        (0, vec!["open", sealed, "--identity", key, "--output", &out]),
        (1, vec!["open", sealed, "--identity", key, "--output", &out]),
        (1, vec!["open", sealed, "--identity", other, "--output", "/no/such/folder/x"]),
        (2, vec!["open", sealed]),
        (1, vec!["open", "/no/such/file.age", "--identity", key]),
    ];
    for (code, words) in table {
        crate::support::office::despatch(&words).expect(code);
    }
    let unnamed = at("sealed");
    crate::support::office::despatch(&["open", &unnamed, "--identity", key]).expect(2);
}

#[test]
fn a_day_or_a_name_of_ones_choice_is_for_demo_offices() {
    let office = DemoOffice::new();
    office.edit("despatch.toml", |text| {
        text.swapped("demo = true", "mail_domain_ = 1").swapped("mail_domain_ = 1", "")
    });
    for words in [&["outbox", "list"][..], &["run", "--once"], &["send", "--once"]] {
        office.run(words).expect(2);
    }
    let said: crate::support::office::Said = Command::new(PROGRAM)
        .args(["--office", office.dir.to_str().unwrap(), "--as", REVIEWER, "outbox", "approve", "1-1"])
        .output()
        .unwrap()
        .into();
    said.expect(1);
}

/// A program that is ended with the test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn first_line_of(child: &mut Ended) {
    let stdout = child.0.stdout.take().expect("piped");
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).expect("a line");
    assert!(!line.is_empty(), "it ended before it said anything");
}

#[test]
fn a_second_run_or_send_is_told_to_try_again() {
    let office = DemoOffice::new();
    let mut run = Ended(office.command(TODAY, &["run"]).stdout(Stdio::piped()).spawn().unwrap());
    // A watching run names what waits as soon as it is at work.
    first_line_of(&mut run);
    let said = office.run(&["run", "--once"]).expect(3);
    assert!(said.stderr.contains("try again"), "{said:?}");
    office.run_as(REVIEWER, &["outbox", "approve", "1-1"]).expect(0);
    let mut send = Ended(office.command(TODAY, &["send"]).stdout(Stdio::piped()).spawn().unwrap());
    first_line_of(&mut send);
    let said = office.run(&["send", "--once"]).expect(3);
    assert!(said.stderr.contains("try again"), "{said:?}");
    office.run(&["outbox", "list"]).expect(0);
}

#[test]
fn with_json_a_command_that_is_to_be_given_again_says_so_in_json() {
    let office = DemoOffice::new();
    let ledger = despatch_ledger::Ledger::open(&office.dir.join("outbox")).unwrap();
    let _sender = ledger.files().lease("sender").unwrap();
    let said = office.run(&["--json", "send", "--once"]).expect(3);
    assert_eq!((&said.json()["failure"], said.stderr.as_str()), (&"try_again".into(), ""), "{said:?}");
    assert!(said.json()["why"].as_str().unwrap().contains("another sender is at work"), "{said:?}");
}

#[test]
fn a_command_that_waits_too_long_for_the_ledger_is_told_to_try_again() {
    let office = DemoOffice::new();
    let hold = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); \
                c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()";
    let mut holder = Ended(
        command("python3")
            .args(["-c", hold])
            .arg(office.dir.join("outbox/ledger.db"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    first_line_of(&mut holder);
    let said = office.run_as(REVIEWER, &["outbox", "approve", "1-1"]).expect(3);
    assert!(said.stderr.contains("try again"), "{said:?}");
    office.run(&["outbox", "list"]).expect(0);
    drop(holder);
    office.run_as(REVIEWER, &["outbox", "approve", "1-1"]).expect(0);
}

#[test]
fn what_becomes_of_the_messages_decides_the_code_of_send() {
    let office = DemoOffice::new();
    // The invitation to the DET makes no sense after its last day of service.
    let stale = office.despatch_for("DEMO-0903", "det")["id"].as_str().unwrap().to_owned();
    office.run_as(REVIEWER, &["outbox", "approve", &stale]).expect(0);
    let said = office.on("2026-12-04", &["send", "--once"]).expect(1);
    assert!(said.stdout.contains("held"), "{said:?}");
    // A relay that cannot be reached: nobody listens on the port of a closed listener.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    office.edit("despatch.toml", |text| {
        let relay =
            format!("transport = \"smtp\"\nhost = \"localhost\"\nport = {port}\nhello_name = \"localhost\"");
        text.swapped("transport = \"folder\"\nfolder = \"sent\"", &relay)
    });
    office.run_as(REVIEWER, &["outbox", "approve", "1-1"]).expect(0);
    let said = office.run(&["send", "--once"]).expect(3);
    assert!(said.stdout.contains("deferred"), "{said:?}");
}

#[test]
fn a_full_disk_is_no_failure_inside() {
    let full = LedgerError::from(std::io::Error::from(std::io::ErrorKind::StorageFull));
    assert!(matches!(full, LedgerError::Full) && full.to_string().contains("the disk is full"));
}

#[test]
fn a_state_is_asked_for_as_the_list_shows_it() {
    let office = DemoOffice::new();
    let said = office.run(&["outbox", "list", "--state", "awaiting review"]).expect(0).stdout;
    assert!(said.contains("awaiting review") && !said.contains("held"), "{said}");
    let said = office.run(&["outbox", "list", "--state", "lost"]).expect(2).stderr;
    assert!(said.contains("held, awaiting review, approved, being sent, sent, deferred"), "{said}");
}
