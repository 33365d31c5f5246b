//! A backup of an office at work, an office made again from it, and nothing sent twice because of it.

use super::*;
use crate::support::office::{PROGRAM, REVIEWER, TODAY, appointment, has_nothing, paper, private_file};
use crate::support::tools::command;
use crate::travel::real::{NOBODY, PASSPHRASE};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

const REPORT: &[u8] = paper!("A made-up report.");

/// A place outside the office.
fn beside(office: &DemoOffice, name: &str) -> PathBuf {
    office.dir.with_file_name(name)
}

fn back_up(office: &DemoOffice, name: &str) -> PathBuf {
    let to = beside(office, name);
    office.run_as(REVIEWER, &["backup", "--to", to.to_str().unwrap()]).expect(0);
    to
}

/// `restore` of a demo office with its review key.
fn restore(office: &DemoOffice, backup: &Path, to: &Path, key: &Path) -> Said {
    let [backup, to, key] = [backup, to, key].map(|path| path.to_str().unwrap());
    crate::support::office::despatch(&[
        "restore",
        backup,
        "--to",
        to,
        "--identity",
        key,
        "--as",
        REVIEWER,
        "--today",
        TODAY,
        "--office",
        office.dir.to_str().unwrap(),
    ])
}

fn give(dir: &Path, words: &[&str]) -> Said {
    give_on(TODAY, dir, words)
}

fn give_on(today: &str, dir: &Path, words: &[&str]) -> Said {
    let mut command = Command::new(PROGRAM);
    command.arg("--office").arg(dir).args(["--today", today, "--as", REVIEWER]).args(words);
    command.output().expect("the program starts").into()
}

/// Every file of a folder, with its bytes, but locks and SQLite's own files.
fn contents(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut left = vec![dir.to_owned()];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
            if !name.contains("ledger.db") && !name.ends_with(".lock") {
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// `run` at work in an office until it is dropped.
struct Running(Child);

impl Running {
    fn start(office: &DemoOffice) -> Running {
        let mut command = office.command(TODAY, &["run"]);
        Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn an_office_is_backed_up_while_it_works_and_every_backup_is_whole() {
    let office = DemoOffice::new();
    let folder = format!("\n[backup]\nfolder = \"{}\"\n", office.dir.parent().unwrap().display());
    office.edit("despatch.toml", |text| text + &folder);
    let running = Running::start(&office);
    let mut backups = Vec::new();
    for n in 1..=6 {
        office.drop_case(
            &format!("case-{n}"),
            &appointment(n, REPORT).to_string(),
            &[("report.pdf", REPORT)],
        );
        backups.push(back_up(&office, &format!("backup-{n}.tar.age")));
    }
    // The last one is made once all is in, so that there is something to find in it.
    while office
        .despatches()
        .iter()
        .filter(|one| one["case_id"].as_str().unwrap().starts_with("TEST"))
        .count()
        < 36
    {
        std::thread::yield_now();
    }
    backups.push(back_up(&office, "backup-all.tar.age"));
    drop(running);
    let mut before = 0;
    for (n, backup) in backups.iter().enumerate() {
        assert!(fs::read(backup).unwrap().starts_with(b"age-encryption.org/v1\n"), "it is sealed");
        assert_eq!(fs::metadata(backup).unwrap().permissions().mode() & 0o777, 0o600);
        let to = beside(&office, &format!("restored-{n}"));
        let said = restore(&office, backup, &to, &office.key("review")).expect(0);
        assert!(!said.stdout.contains("damaged"), "{said:?}");
        give(&to, &["reconcile", "--all-not-sent", "--reason", "a rehearsal"]).expect(0);
        if n + 1 == backups.len() {
            give(&to, &["check"]).expect(0);
        }
        let mut ledger = despatch_ledger::Ledger::open(&to.join("outbox")).unwrap();
        let despatches = ledger.despatches(&despatch_ledger::State::ALL).unwrap();
        assert!(ledger.verify().unwrap().is_ok());
        assert!(despatches.len() >= before, "a later backup knows no less");
        before = despatches.len();
        for despatch in &despatches {
            if let Some(bound) = &despatch.message {
                ledger.files().message_bytes(despatch.id, bound.revision, bound.sha256).expect("the message");
            }
            assert!(ledger.files().original(despatch.id.submission).is_file());
        }
    }
    assert_eq!(before, office.despatches().len());
    assert!(!office.dir.join("outbox/ledger-copy.part").exists(), "the ledger's copy is removed");
}

#[test]
fn a_restored_office_has_every_file_and_every_word_of_the_record_and_is_private() {
    let office = DemoOffice::new();
    fs::remove_dir_all(office.dir.join("inbox")).unwrap();
    let backup = back_up(&office, "backup.tar.age");
    let to = beside(&office, "restored");
    restore(&office, &backup, &to, &office.key("review")).expect(0);
    assert_eq!(contents(&to), contents(&office.dir));
    for path in ["", "outbox", "outbox/ledger.db", "keys/review.pub", "despatch.toml", "inbox"] {
        let mode = fs::metadata(to.join(path)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{path}");
    }
    let events =
        |dir: &Path| despatch_ledger::Ledger::open(&dir.join("outbox")).unwrap().events(None).unwrap();
    let (ours, theirs) = (events(&office.dir), events(&to));
    let backed_up = ours.last().unwrap();
    assert_eq!((backed_up.code(), backed_up.actor.as_str()), ("backed_up", REVIEWER));
    let sha256 = despatch_core::words::Sha256::of(&fs::read(&backup).unwrap()).to_string();
    assert_eq!(backed_up.detail()["sha256"], *sha256);
    assert_eq!(theirs.last().unwrap().code(), "restored");
    assert_eq!(theirs.last().unwrap().detail()["backup"], *sha256);
    assert_eq!(ours[..ours.len() - 1], theirs[..theirs.len() - 1]);
    assert!(despatch_ledger::Ledger::open(&to.join("outbox")).unwrap().verify().unwrap().is_ok());
}

#[test]
fn a_backup_that_is_not_as_it_was_made_leaves_nothing_behind() {
    let office = DemoOffice::new();
    let backup = back_up(&office, "backup.tar.age");
    let whole = fs::read(&backup).unwrap();
    let to = beside(&office, "restored");
    let refused = |name: &str, bytes: &[u8], key: &Path| {
        let changed = beside(&office, "changed.tar.age");
        fs::write(&changed, bytes).unwrap();
        let said = restore(&office, &changed, &to, key).expect(1);
        assert!(said.stderr.contains("cannot be restored"), "{name}: {said:?}");
        assert!(!to.exists() && !beside(&office, "restored.restoring").exists(), "{name}: something is left");
    };
    let key = office.key("review");
    refused("another key", &whole, &office.key("dmrt-inbox"));
    for at in [whole.len() / 3, whole.len() / 2, whole.len() - 5] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        refused(&format!("a bit at {at}"), &changed, &key);
        refused(&format!("cut at {at}"), &whole[..at], &key);
    }
    // Cut where a piece of age's ends: every byte that is there is right.
    refused("cut at a piece", &whole[..whole.len() - whole.len() % (64 * 1024)], &key);
    refused("no backup", b"a letter", &key);
    fs::create_dir(&to).unwrap();
    fs::write(to.join("mine.txt"), "mine").unwrap();
    let said = restore(&office, &backup, &to, &key).expect(1);
    assert!(said.stderr.contains("it is not empty"), "{said:?}");
    assert_eq!(fs::read_dir(&to).unwrap().count(), 1);
}

#[test]
fn a_sealed_case_file_that_is_not_the_one_that_was_made_is_told_of() {
    let office = DemoOffice::new();
    let path = office.dir.join("outbox/received/1.tar.age");
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&path, bytes).unwrap();
    let backup = beside(&office, "backup.tar.age");
    let said = office.run_as(REVIEWER, &["--json", "backup", "--to", backup.to_str().unwrap()]).expect(1);
    assert_eq!(said.json()["damaged"], serde_json::json!(["outbox/received/1.tar.age"]));
    let said = restore(&office, &backup, &beside(&office, "restored"), &office.key("review")).expect(1);
    assert!(said.stdout.contains("outbox/received/1.tar.age: it is missing or not the one"), "{said:?}");
}

#[test]
fn the_relays_password_stays_out_of_a_backup_whatever_path_leads_to_it() {
    for written in ["keys/../keys/relay-password", "./keys/relay-password", "keys/link"] {
        let office = DemoOffice::new();
        private_file(&office.dir.join("keys/relay-password"), b"the password\n");
        if written.ends_with("link") {
            std::os::unix::fs::symlink("relay-password", office.dir.join("keys/link")).unwrap();
        }
        office.edit("despatch.toml", |text| {
            let (before, _) = text.split_once("[courier]").unwrap();
            format!(
                "{before}[courier]\ntransport = \"smtp\"\nhost = \"localhost\"\nhello_name = \"h.example.invalid\"\n\
                 user = \"u\"\npassword_file = \"{written}\"\n"
            )
        });
        let (backup, to) = (back_up(&office, "backup.tar.age"), beside(&office, "restored"));
        restore(&office, &backup, &to, &office.key("review")).expect(0);
        assert!(
            to.join("keys/review.pub").is_file() && !to.join("keys/relay-password").exists(),
            "{written}"
        );
    }
}

#[test]
fn a_restore_by_nobody_of_the_office_leaves_nothing_behind_and_can_be_given_again() {
    let office = DemoOffice::new();
    let backup = back_up(&office, "backup.tar.age");
    let (to, key) = (beside(&office, "restored"), office.key("review"));
    let words = ["restore", backup.to_str().unwrap(), "--to", to.to_str().unwrap(), "--today", TODAY];
    let words = [&words[..], &["--identity", key.to_str().unwrap(), "--as", "nobody-here"]].concat();
    let said = crate::support::office::despatch(&words).expect(1);
    assert!(said.stderr.contains("nobody-here"), "{said:?}");
    assert!(!to.exists() && !beside(&office, "restored.restoring").exists(), "something is left");
    restore(&office, &backup, &to, &key).expect(0);
}

#[test]
fn a_backup_of_a_damaged_office_is_restored_and_says_what_was_damaged() {
    let office = DemoOffice::new();
    fs::write(office.dir.join("outbox/despatches/1-1.1.eml"), "damaged").unwrap();
    let backup = beside(&office, "backup.tar.age");
    office.run_as(REVIEWER, &["backup", "--to", backup.to_str().unwrap()]).expect(1);
    let to = beside(&office, "restored");
    let said = restore(&office, &backup, &to, &office.key("review")).expect(1);
    assert!(said.stdout.contains("1-1.1.eml"), "{said:?}");
    give(&to, &["reconcile", "--all-not-sent", "--reason", "a rehearsal"]).expect(0);
}

#[test]
fn a_backup_is_written_once_and_outside_the_office() {
    let office = DemoOffice::new();
    let backup = back_up(&office, "backup.tar.age");
    let again = office.run_as(REVIEWER, &["backup", "--to", backup.to_str().unwrap()]).expect(1);
    assert!(again.stderr.contains("it is here already"), "{again:?}");
    let inside = office.dir.join("outbox/backup.tar.age");
    let said = office.run_as(REVIEWER, &["backup", "--to", inside.to_str().unwrap()]).expect(1);
    assert!(said.stderr.contains("it lies in the office"), "{said:?}");
    let nobody = office.run(&["backup", "--to", beside(&office, "other.tar.age").to_str().unwrap()]);
    assert_eq!(nobody.code, 1, "somebody gives the command: {nobody:?}");
}

/// An office of which a backup was made with four despatches of every unsent kind, and which sent two of them since.
fn sent_since() -> (DemoOffice, PathBuf, Vec<String>) {
    let office = DemoOffice::new();
    let ids: Vec<String> = office
        .despatches()
        .iter()
        .filter(|one| one["state"] == "awaiting_review")
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .take(4)
        .collect();
    let [first, second, third, _] = &ids[..] else { panic!("too few despatches") };
    office.run_as(REVIEWER, &["outbox", "approve", first, second]).expect(0);
    let backup = back_up(&office, "backup.tar.age");
    office.run_as(REVIEWER, &["outbox", "approve", third]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    let to = beside(&office, "restored");
    restore(&office, &backup, &to, &office.key("review")).expect(0);
    (office, to, ids)
}

#[test]
fn a_restored_office_neither_makes_nor_sends_anything_before_a_person_has_settled_what_went() {
    let (office, to, ids) = sent_since();
    for words in [["send", "--once"], ["run", "--once"]] {
        let said = give(&to, &words).expect(1);
        assert!(said.stderr.contains("restored from a backup"), "{words:?}: {said:?}");
        assert!(said.stderr.contains("despatch reconcile"), "{words:?}: {said:?}");
    }
    assert!(give(&to, &["check"]).expect(1).stderr.contains("despatch reconcile"));
    assert!(has_nothing(&to.join("sent")));
    let list = give(&to, &["--json", "reconcile"]).expect(1).json();
    let open: Vec<&str> =
        list["restored"]["open"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for id in &ids {
        assert!(open.contains(&id.as_str()), "{id} may have gone, approved at the backup or since: {open:?}");
    }
    let shown = give(&to, &["reconcile"]).expect(1).stdout;
    let message_id = office.run(&["--json", "outbox", "show", &ids[0]]).expect(0).json();
    assert!(shown.contains(message_id["despatch"]["message"]["message_id"].as_str().unwrap()), "{shown}");

    give(&to, &["reconcile", "--sent", &ids[0]]).expect(2);
    let several = ["reconcile", "--sent", "99-9", &ids[0], &ids[2], "--reason", "seen in the relay's log"];
    let said = give(&to, &several).expect(1);
    assert!(said.stderr.contains("99-9"), "{said:?}");
    assert!(said.stdout.contains(&format!("sent  {}", ids[2])), "the others are settled: {said:?}");
    give(&to, &["send", "--once"]).expect(1);
    give(&to, &["reconcile", "--not-sent", &ids[1], "--reason", "not in the relay's log"]).expect(0);
    give(&to, &["send", "--once"]).expect(1);
    give(&to, &["reconcile", "--all-not-sent", "--reason", "not in the relay's log"]).expect(0);
    give(&to, &["send", "--once"]).expect(0);
    let sent: Vec<_> =
        fs::read_dir(to.join("sent")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(sent, [format!("{}.eml", ids[1]).as_str()], "only what was approved and had not gone");
    give(&to, &["run", "--once"]);
    let mut ledger = despatch_ledger::Ledger::open(&to.join("outbox")).unwrap();
    let whats = |subject: &str, ledger: &mut despatch_ledger::Ledger| -> Vec<String> {
        let events = ledger.events(Some(subject)).unwrap();
        events
            .into_iter()
            .filter(|event| event.actor == REVIEWER)
            .map(|event| event.code().to_owned())
            .collect()
    };
    assert!(whats(&ids[0], &mut ledger).contains(&"found_sent".to_owned()));
    assert!(whats(&ids[1], &mut ledger).contains(&"found_unsent".to_owned()));
    assert_eq!(whats("office", &mut ledger), ["restored", "reconciled"]);
    let found = ledger.despatch(ids[2].parse().unwrap()).unwrap();
    assert_eq!(found.state, despatch_ledger::State::Sent);
    assert_eq!(found.sent_on.map(|day| day.to_string()).as_deref(), Some(TODAY));
    assert!(found.holds.is_empty() && found.next_attempt.is_none(), "{found:?}");
    assert!(ledger.verify().unwrap().is_ok());
}

#[test]
fn a_backup_that_is_killed_leaves_nothing_that_counts_and_the_next_one_is_whole() {
    let office = DemoOffice::new();
    let mut kills = 0;
    for (call, times) in [("rename", 1), ("fsync,fdatasync", 2), ("unlink", 1), ("write", 5)] {
        for when in 1..=times {
            let name = format!("backup-{}-{when}.tar.age", &call[..4]);
            let to = beside(&office, &name);
            let (trace, inject) = (
                format!("trace={call}"),
                format!("inject={call}:signal=SIGKILL:when={}", when * when * when),
            );
            let mut strace = command("strace");
            strace.args(["-f", "-o", "/dev/null", "-e", &trace, "-e", &inject, PROGRAM, "--office"]);
            strace.arg(&office.dir).args(["--today", TODAY, "--as", REVIEWER, "backup", "--to"]).arg(&to);
            let status = strace.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
            kills += usize::from(!status.success());
            if to.exists() {
                let restored = beside(&office, &format!("restored-{name}"));
                restore(&office, &to, &restored, &office.key("review")).expect(0);
            }
            back_up(&office, &format!("after-{name}"));
            assert!(!office.dir.join("outbox/ledger-copy.part").exists());
        }
    }
    assert!(kills >= 5, "only {kills} kills");
}

#[test]
fn a_real_office_is_restored_with_its_locked_key_or_with_the_recovery_key() {
    let office = RealOffice::filled_in();
    let recovery = office.dir.with_file_name("recovery.key");
    crate::support::tools::run(command("age-keygen").arg("-o").arg(&recovery)).unwrap();
    let public = crate::support::tools::run(command("age-keygen").arg("-y").arg(&recovery)).unwrap();
    let settings = fs::read_to_string(office.dir.join("despatch.toml")).unwrap();
    let public = String::from_utf8(public).unwrap();
    fs::write(
        office.dir.join("despatch.toml"),
        format!("{settings}\n[recovery]\nkey = \"{}\"\n", public.trim()),
    )
    .unwrap();
    office.drop_report(1, "the-preparer", NOBODY).expect(0);
    let backup = office.dir.with_file_name("backup.tar.age");
    office.run(&["backup", "--to", backup.to_str().unwrap()]).expect(0);
    let locked = office.dir.with_file_name("kept.key.age");
    fs::copy(office.dir.join("keys/review.key.age"), &locked).unwrap();
    set_mode(&locked, 0o600);
    private_file(&office.passphrase, PASSPHRASE.as_bytes());
    for (name, key) in [("by-review", &locked), ("by-recovery", &recovery)] {
        let to = office.dir.with_file_name(name);
        let words = ["restore", backup.to_str().unwrap(), "--to", to.to_str().unwrap(), "--identity"];
        let more = [key.to_str().unwrap(), "--passphrase-file", office.passphrase.to_str().unwrap()];
        crate::support::office::despatch(&[&words[..], &more].concat()).expect(0);
        let give = |words: &[&str]| -> Said {
            crate::support::office::despatch(&[&["--office", to.to_str().unwrap()], words].concat())
        };
        give(&["reconcile", "--all-not-sent", "--reason", "a rehearsal"]).expect(0);
        let (looked, passphrase) = (to.with_extension("looked"), office.passphrase.to_str().unwrap());
        let look =
            ["outbox", "open", "1-1", "--to", looked.to_str().unwrap(), "--passphrase-file", passphrase];
        give(&look).expect(0);
        give(&["outbox", "approve", "1-1"]).expect(0);
        give(&["send", "--once"]).expect(0);
        assert!(to.join("sent/1-1.eml").is_file());
    }
}

/// What a restore loses looks as if it had been cut off, and is told from that.
#[test]
fn a_checkpoint_of_before_a_restore_is_told_as_one_and_a_record_that_was_cut_is_not() {
    let office = DemoOffice::new();
    let hold = |id: &str| office.run_as(REVIEWER, &["outbox", "hold", id, "--reason", "wait"]).expect(0);
    hold("1-1");
    office.run(&["audit", "checkpoint"]).expect(0);
    let backup = back_up(&office, "backup.tar.age");
    hold("1-2");
    office.run(&["audit", "checkpoint"]).expect(0);
    let elsewhere = beside(&office, "elsewhere");
    fs::copy(office.dir.join("outbox/checkpoints"), &elsewhere).unwrap();
    let to = beside(&office, "restored");
    restore(&office, &backup, &to, &office.key("review")).expect(0);
    let words = ["audit", "verify", "--checkpoints", elsewhere.to_str().unwrap()];
    let found = give(&to, &[&["--json"][..], &words].concat()).expect(0).json();
    let (fork, lost) = (&found["forks"][0], &found["before_restoration"]);
    assert_eq!((lost.as_array().unwrap().len(), &fork["by"]), (1, &Value::from(REVIEWER)), "{found}");
    assert!(lost[0]["seq"].as_i64() > fork["from"]["seq"].as_i64(), "{found}");
    assert!(found["outside"]["seq"].as_i64() <= fork["from"]["seq"].as_i64(), "it vouches for nothing lost");
    let told = give(&to, &words).expect(0).stdout;
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        format!("it goes on from event {} of a backup", fork["from"]["seq"]),
        format!("over event {} is of the time before the restore", lost[0]["seq"]),
        format!("vouches for it up to event {}", found["outside"]["seq"]),
    ] {
        assert!(told.contains(&part), "{part} is not in {told}");
    }
    // What is signed after the restore, and cut then, is no such thing.
    give(&to, &["reconcile", "--all-not-sent", "--reason", "a rehearsal"]).expect(0);
    let tomorrow = "2026-11-24";
    give_on(tomorrow, &to, &["audit", "checkpoint"]).expect(0);
    let after = beside(&office, "after");
    fs::copy(to.join("outbox/checkpoints"), &after).unwrap();
    let words = ["audit", "verify", "--checkpoints", after.to_str().unwrap()];
    give_on(tomorrow, &to, &words).expect(0);
    let cut = "DELETE FROM event WHERE seq = (SELECT MAX(seq) FROM event)";
    let done = command("sqlite3").arg(to.join("outbox/ledger.db")).arg(cut).status().unwrap();
    assert!(done.success());
    let said = give_on(tomorrow, &to, &words).expect(1);
    assert!(said.stderr.contains("its last rows were cut off"), "{said:?}");
}
