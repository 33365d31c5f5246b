//! Files that others may read are refused, with the place and the cure, and no core of memory is left behind.

use super::*;
use crate::support::office::{PROGRAM, private_file};
use crate::support::tools::output;
use std::os::unix::fs::chown;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

/// What is opened to others, how far, and what mends it.
const LOOSE: [(&str, u32, &str); 10] = [
    ("", 0o755, "chmod go-rw "),
    ("despatch.toml", 0o640, "chmod go-rwx "),
    ("keys", 0o750, "chmod go-rwx "),
    ("keys/review.pub", 0o604, "chmod go-rwx "),
    ("PRIVATE-demo-keys/review.key", 0o644, "chmod go-rwx "),
    ("outbox", 0o701, "chmod go-rwx "),
    ("outbox/ledger.db", 0o620, "chmod go-rwx "),
    ("outbox/received", 0o750, "chmod go-rwx "),
    ("inbox", 0o750, "chmod go-rwx "),
    ("inbox/claimed", 0o710, "chmod go-rwx "),
];

#[test]
fn whatever_others_could_read_or_change_is_refused_with_the_cure_and_the_cure_mends_it() {
    let office = DemoOffice::new();
    for (place, mode, cure) in LOOSE {
        let path = office.dir.join(place);
        let before = fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
        set_mode(&path, mode);
        let told = format!("(its mode is {mode:04o})");
        for words in [["run", "--once"], ["send", "--once"], ["outbox", "list"]] {
            let said = office.run(&words).expect(1);
            assert!(said.stderr.contains(&told), "{place}, {words:?}: {said:?}");
            assert!(
                said.stderr.contains(path.to_str().unwrap().trim_end_matches('/')),
                "{place}, {words:?}: {said:?}"
            );
        }
        let said = office.run(&["outbox", "list"]).expect(1);
        let command = said.stderr.lines().find_map(|line| line.trim().strip_prefix("to mend: "));
        let command = command.expect("a cure");
        assert!(command.starts_with(cure), "{place}: {command}");
        assert_eq!(output(Command::new("sh").args(["-c", command]), &[]).code, Some(0), "{command}");
        office.run(&["outbox", "list"]).expect(0);
        set_mode(&path, before);
    }
}

#[test]
fn check_lists_every_loose_place_at_once_and_of_many_how_many() {
    let office = DemoOffice::new();
    // Its folder is closed to others, so it stops no other command.
    const INSIDE: &str = "outbox/received/1.tar.age";
    set_mode(&office.dir.join(INSIDE), 0o640);
    office.run(&["outbox", "list"]).expect(0);
    for (place, mode, _) in LOOSE {
        set_mode(&office.dir.join(place), mode);
    }
    let said = office.run(&["--json", "check"]).expect(1).json();
    let places: Vec<&str> =
        said["faults"].as_array().unwrap().iter().filter_map(|fault| fault["at"].as_str()).collect();
    for place in LOOSE.map(|(place, ..)| place).into_iter().chain([INSIDE]) {
        let path = office.dir.join(place);
        let path = path.to_str().unwrap().trim_end_matches('/');
        assert!(places.iter().any(|at| at.trim_end_matches('/') == path), "{place} is not told: {places:?}");
    }
    let messages = office.dir.join("outbox/despatches");
    let names: Vec<_> = fs::read_dir(&messages).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(names.len() > 12);
    names.iter().for_each(|name| set_mode(name, 0o644));
    let said = office.run(&["check"]).expect(1);
    assert!(said.stderr.contains("more places in it are open to others"), "{said:?}");
    assert!(said.stderr.contains("chmod -R go-rwx"), "{said:?}");
}

#[test]
fn a_file_of_another_account_is_refused_and_a_whole_office_of_another_account_says_whose_it_is() {
    let office = DemoOffice::new();
    let message = office.message_path(&office.despatches()[0]);
    chown(&message, Some(1), None).expect("root may");
    let said = office.run(&["check"]).expect(1);
    assert!(said.stderr.contains("it belongs to the account daemon"), "{said:?}");
    assert!(said.stderr.contains("chown root"), "{said:?}");
    chown(&office.dir, Some(1), None).expect("root may");
    let said = office.run(&["run", "--once"]).expect(1);
    assert!(said.stderr.contains("1 thing is wrong"), "one word mends it: {said:?}");
    assert!(said.stderr.contains("sudo -u daemon despatch"), "{said:?}");
}

#[test]
fn a_group_may_drop_cases_and_read_what_comes_back_and_nobody_else() {
    let office = RealOffice::filled_in();
    // As docs/running.md has it, with a case from another account whose files the group may read.
    set_mode(&office.dir, 0o711);
    set_mode(&office.dir.join("inbox"), 0o3730);
    let said = office.drop_report(1, "the-preparer", crate::travel::real::NOBODY).expect(0);
    assert!(said.stdout.contains("1 queued"), "{said:?}");
    fs::write(office.dir.join("inbox/bad.json"), "{}").unwrap();
    set_mode(&office.dir.join("inbox/bad.json"), 0o640);
    office.run(&["run", "--once"]).expect(1);
    office.run(&["check"]).expect(0);
    set_mode(&office.dir.join("inbox"), 0o3731);
    let said = office.run(&["run", "--once"]).expect(1);
    assert!(said.stderr.contains("chmod o-rwx"), "{said:?}");
}

#[test]
fn a_passphrase_file_or_a_relays_password_that_others_may_read_is_not_taken() {
    let office = RealOffice::filled_in();
    office.drop_report(1, "the-preparer", crate::travel::real::NOBODY).expect(0);
    set_mode(&office.passphrase, 0o644);
    let file = office.passphrase.to_str().unwrap();
    let (_folder, said) = open_to(&office, "1-1", &["--passphrase-file", file]);
    assert!(said.stderr.contains("(its mode is 0644)") && said.code == 1, "{said:?}");
    assert!(said.stderr.contains(&format!("chmod go-rwx {file}")), "{said:?}");
    chown(&office.passphrase, Some(1), None).expect("root may");
    set_mode(&office.passphrase, 0o600);
    let (_folder, said) = open_to(&office, "1-1", &["--passphrase-file", file]);
    assert!(said.stderr.contains("it belongs to the account daemon") && said.code == 1, "{said:?}");

    let office = DemoOffice::new();
    let password = office.dir.with_file_name("password");
    private_file(&password, b"secret\n");
    office.edit("despatch.toml", |text| {
        let (before, _) = text.split_once("[courier]").unwrap();
        format!(
            "{before}[courier]\ntransport = \"smtp\"\nhost = \"localhost\"\nhello_name = \"h.example.invalid\"\n\
             user = \"u\"\npassword_file = \"{}\"\n",
            password.display()
        )
    });
    office.run(&["send", "--once"]).expect(0);
    set_mode(&password, 0o640);
    let said = office.run(&["send", "--once"]).expect(1);
    assert!(said.stderr.contains("(its mode is 0640)"), "{said:?}");
    office.run(&["check"]).expect(1);
}

/// The program, waiting for a passphrase that never comes, with a limit on cores that would allow one.
fn waiting(office: &RealOffice, cores_to: &Path) -> std::process::Child {
    let line = format!(
        "ulimit -c unlimited; cd {}; exec {PROGRAM} --office {} outbox open 1-1 --passphrase-file /dev/stdin",
        cores_to.display(),
        office.dir.display()
    );
    let mut command = Command::new("sh");
    command.args(["-c", &line]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the program starts")
}

#[test]
fn a_process_that_is_aborted_leaves_no_core_behind() {
    let office = RealOffice::filled_in();
    office.drop_report(1, "the-preparer", crate::travel::real::NOBODY).expect(0);
    let folder = tempfile::tempdir().unwrap();
    let mut child = waiting(&office, folder.path());
    let limits = format!("/proc/{}/limits", child.id());
    let core = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("Max core file size")).unwrap_or_default();
        line.split_whitespace().skip(4).take(2).map(str::to_owned).collect::<Vec<_>>()
    };
    // The limit changes once the program has started; until then it is the shell's.
    while core(&fs::read_to_string(&limits).expect("a process that waits")) != ["0", "0"] {
        assert!(child.try_wait().unwrap().is_none(), "it ended and its limit was never 0");
        std::thread::yield_now();
    }
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(child.id() as i32), nix::sys::signal::Signal::SIGABRT)
        .expect("a signal");
    let status = child.wait().unwrap();
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "a core was left");
}
