//! The ways to the private review key: a prompt, a file or a file descriptor, a systemd credential; never the command
//! line or an environment variable.

use super::*;
use crate::support::office::{PROGRAM, private_file};
use crate::support::tools::{command, output};
use crate::travel::real::{NOBODY, PASSPHRASE};
use std::process::Command;

fn with_a_despatch() -> RealOffice {
    let office = RealOffice::filled_in();
    office.drop_report(1, "the-preparer", NOBODY).expect(0);
    office
}

/// `outbox open 1-1` as a shell runs it, away from any terminal: redirections, descriptors and variables are the
/// shell's business.
fn shell(office: &RealOffice, before: &str, after: &str, stdin: &[u8]) -> (i32, String) {
    let to = tempfile::tempdir().unwrap();
    let line = format!(
        "{before} setsid -w {PROGRAM} --office {} outbox open 1-1 --to {}/opened {after}",
        office.dir.display(),
        to.path().display()
    );
    let done = output(Command::new("sh").args(["-c", &line]).env_remove("CREDENTIALS_DIRECTORY"), stdin);
    (done.code.unwrap_or(-1), String::from_utf8_lossy(&done.stdout).into_owned() + &done.stderr)
}

#[test]
fn the_passphrase_comes_from_a_file_from_a_pipe_or_from_a_descriptor() {
    let office = with_a_despatch();
    let file = office.passphrase.display();
    for (after, stdin) in [
        (format!("--passphrase-file {file}"), ""),
        ("--passphrase-file /dev/stdin".to_owned(), PASSPHRASE),
        (format!("--passphrase-file /dev/fd/7 7< {file}"), ""),
    ] {
        let (code, said) = shell(&office, "", &after, stdin.as_bytes());
        assert!(code == 0 && said.contains("Opened"), "{after}: {said}");
    }
}

#[test]
fn a_systemd_credential_is_used_when_nothing_else_was_given() {
    let office = with_a_despatch();
    let credentials = tempfile::tempdir().unwrap();
    let folder = format!("CREDENTIALS_DIRECTORY={}", credentials.path().display());
    let (code, said) = shell(&office, &folder, "< /dev/null", b"");
    assert!(code == 1 && said.contains("run it at a terminal"), "an empty folder gives nothing: {said}");
    let file = credentials.path().join("despatch-review-passphrase");
    private_file(&file, PASSPHRASE.as_bytes());
    // systemd lets a service in by an access list, which shows as the group's permission.
    set_mode(&file, 0o440);
    let (code, said) = shell(&office, &folder, "< /dev/null", b"");
    assert!(code == 0 && said.contains("Opened"), "{said}");
    let wrong = office.dir.with_file_name("wrong");
    private_file(&wrong, b"quite another passphrase\n");
    let (code, said) = shell(&office, &folder, &format!("--passphrase-file {}", wrong.display()), b"");
    assert!(code == 1, "what was given counts before the credential: {said}");
    set_mode(&file, 0o444);
    let (code, said) = shell(&office, &folder, "< /dev/null", b"");
    assert!(code == 1 && said.contains("chmod o-rwx"), "{said}");
}

#[test]
fn a_prompt_at_a_terminal_takes_the_passphrase() {
    let office = with_a_despatch();
    let to = office.dir.with_file_name("opened");
    let line = format!("{PROGRAM} --office {} outbox open 1-1 --to {}", office.dir.display(), to.display());
    let mut script = command("script");
    script.args(["-q", "-e", "-c", &line, "/dev/null"]).env_remove("CREDENTIALS_DIRECTORY");
    let first = PASSPHRASE.lines().next().unwrap();
    let said = output(&mut script, format!("{first}\n").as_bytes());
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.code == Some(0) && text.contains("Opened"), "{text}");
    assert!(text.contains("Passphrase of the review key"), "{text}");
}

#[test]
fn neither_an_argument_nor_an_environment_variable_can_hold_the_passphrase() {
    let office = with_a_despatch();
    let first = PASSPHRASE.lines().next().unwrap();
    let (code, said) = shell(&office, "", &format!("--passphrase '{first}'"), b"");
    assert!(code == 2, "there is no such option: {said}");
    let (code, said) = shell(&office, "", &format!("--passphrase-file '{first}'"), b"");
    assert!(code == 1 && said.contains("it cannot be read"), "a file's name is no passphrase: {said}");
    for name in ["DESPATCH_PASSPHRASE", "DESPATCH_REVIEW_PASSPHRASE", "PASSPHRASE", "AGE_PASSPHRASE"] {
        let (code, said) = shell(&office, &format!("{name}='{first}'"), "< /dev/null", b"");
        assert!(code == 1 && said.contains("run it at a terminal"), "{name}: {said}");
    }
    let (code, said) = shell(&office, &format!("CREDENTIALS_DIRECTORY='{first}'"), "< /dev/null", b"");
    assert!(code == 1 && said.contains("run it at a terminal"), "the variable holds a path only: {said}");
}
