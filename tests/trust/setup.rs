//! docs/running.md, from nothing to a running office with real accounts, as the page says; and what each account may do
//! there. The accounts are those of a mount namespace, whose /etc is a copy.

use crate::support::office::{PROGRAM, Said};
use crate::support::tools::{command, run};
use crate::travel::real::{PASSPHRASE, RealOffice, SIGNING_PASSPHRASE};
use crate::travel::settled::{SETTINGS, settle_in};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const PAGE: &str = include_str!("../../docs/running.md");

/// A machine of its own, as far as accounts, /srv and installed programs go.
struct Machine {
    folder: tempfile::TempDir,
    holder: Child,
}

impl Machine {
    fn new() -> Self {
        let folder = crate::support::folder::folder();
        let at = folder.path().display();
        run(command("chmod").arg("711").arg(folder.path())).expect("chmod");
        let script = format!(
            "set -e; cp -a /etc {at}/etc; mkdir {at}/srv {at}/bin {at}/home
             mount --bind {at}/etc /etc; mount --bind {at}/srv /srv
             mount --bind {at}/bin /usr/local/bin; mount --bind {at}/home /home
             for who in ana bob cat; do useradd --create-home $who; done
             touch {at}/ready; exec sleep 3600"
        );
        let mut unshare = command("unshare");
        unshare.args(["--mount", "--propagation", "private", "sh", "-c", &script]);
        let log = fs::File::create(folder.path().join("log")).expect("a new file");
        let mut holder = unshare.stdout(Stdio::null()).stderr(log).spawn().expect("unshare starts");
        let since = Instant::now();
        while !folder.path().join("ready").exists() {
            let log = fs::read_to_string(folder.path().join("log")).unwrap_or_default();
            let ended = holder.try_wait().expect("our own child").is_some();
            assert!(!ended && since.elapsed() < Duration::from_secs(120), "{log}");
            thread::yield_now();
        }
        Self { folder, holder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn enter(&self) -> std::process::Command {
        let mut enter = command("nsenter");
        enter.arg("--mount").arg("--target").arg(self.holder.id().to_string()).stdin(Stdio::null());
        enter.arg("--wd=/");
        enter
    }

    /// Runs a line of the page as root.
    fn line(&self, line: &str) -> Said {
        self.enter().args(["sh", "-c", line]).output().expect("nsenter starts").into()
    }

    /// Gives a command as one of the accounts.
    fn given_by(&self, who: &str, words: &[&str]) -> Said {
        let mut command = self.enter();
        command.args(["runuser", "-u", who, "--", "despatch", "--office", "/srv/despatch"]).args(words);
        command.output().expect("nsenter starts").into()
    }

    /// Writes a private file of an account.
    fn file_of(&self, who: &str, name: &str, text: &str) -> String {
        let path = self.path(&format!("home/{name}"));
        fs::write(&path, text).expect("a new file");
        let there = format!("/home/{name}");
        self.line(&format!("chown {who} {there} && chmod 600 {there}")).expect(0);
        there
    }

    /// Starts the service as its account, and returns once somebody can ask it.
    fn service(&self, signing: &str) -> Child {
        let mut run = self.enter();
        run.args(["runuser", "-u", "despatch", "--", "despatch", "--office", "/srv/despatch", "run"]);
        run.args(["--signing-passphrase-file", signing]).stdout(Stdio::null()).stderr(Stdio::null());
        let child = run.spawn().expect("nsenter starts");
        let since = Instant::now();
        while self.given_by("ana", &["outbox", "list"]).code != 0 {
            assert!(
                since.elapsed() < Duration::from_secs(120),
                "{:?}",
                self.given_by("ana", &["outbox", "list"])
            );
        }
        child
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// The lines of the shell blocks between two headings of the page, without their comments.
fn lines(from: &str, to: &str) -> Vec<String> {
    let begin = PAGE.find(from).unwrap_or_else(|| panic!("{from} is not on the page"));
    let end = PAGE[begin..].find(to).map_or(PAGE.len(), |at| begin + at);
    let mut inside = false;
    let mut found = Vec::new();
    for line in PAGE[begin..end].lines() {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            _ if inside => found.push(line.split(" #").next().unwrap_or_default().trim().to_owned()),
            _ => {}
        }
    }
    found
}

/// The office's settings, with three of the staff.
fn settings() -> String {
    let settings = SETTINGS.replace("the-reviewer", "bob").replace("The Reviewer", "Bob Example");
    let settings = settings.replace("the-preparer", "ana").replace("The Preparer", "Ana Example");
    let settings = settings.replace("ACCOUNT", "bob").replace("\"nobody\"", "\"ana\"");
    let cat = "[[staff]]\nid = \"cat\"\nname = \"Cat Example\"\naccount = \"cat\"\nreviewer = true\n";
    let settings = settings.replace("[addresses]", &format!("{cat}[addresses]"));
    format!("{settings}\n[intake]\nfolder = \"/srv/despatch-intake\"\n")
}

#[test]
fn f4_an_office_as_docs_running_md_sets_it_up_does_its_work_and_refuses_the_chain() {
    let machine = Machine::new();
    let [review, signing] = [("review", PASSPHRASE), ("signing", SIGNING_PASSPHRASE)].map(|(name, text)| {
        fs::write(machine.path(&format!("home/{name}")), text).unwrap();
        format!("/home/{name}")
    });
    for line in lines("## Install", "## despatch.toml").iter().filter(|line| !line.starts_with("cargo")) {
        let line = line.replace("target/release/despatch", PROGRAM);
        let init = format!("--passphrase-file {review} --signing-passphrase-file {signing}");
        let line = line.replace("init /srv/despatch ", &format!("init /srv/despatch {init} "));
        if line.contains("despatch init") {
            machine
                .line(&format!("chown despatch {review} {signing} && chmod 600 {review} {signing}"))
                .expect(0);
        }
        // The last one says what is still missing.
        machine.line(&line).expect(i32::from(line.ends_with(" check")));
    }
    machine.line("usermod -a -G despatch-staff bob; usermod -a -G despatch-staff cat").expect(0);

    let dir = machine.path("srv/despatch");
    fs::write(dir.join("despatch.toml"), settings()).unwrap();
    // What people do on the telephone is done through the library, as root.
    run(command("chown").args(["-R", "root"]).arg(&dir)).unwrap();
    settle_in(&dir);
    machine.line("chown -R despatch /srv/despatch").expect(0);
    let said = machine.line("runuser -u despatch -- despatch --office /srv/despatch check");
    assert_eq!(said.code, 0, "{said:?}");

    let mut service = machine.service(&signing);
    let case = RealOffice::report_at(&machine.path("home"), 1, "ana");
    machine.line("chown -R ana /home/outside-1").expect(0);
    let case = format!("/home/{}", case.strip_prefix(machine.path("home")).unwrap().display());
    machine.given_by("ana", &["drop", &case]).expect(0);
    let since = Instant::now();
    while machine.given_by("bob", &["outbox", "show", "1-1"]).code != 0 {
        assert!(since.elapsed() < Duration::from_secs(120), "nothing was made");
    }
    chain(&machine);
    let own = machine.file_of("bob", "bobs-passphrase", PASSPHRASE);
    machine
        .given_by("bob", &["outbox", "open", "1-1", "--to", "/home/bob/opened", "--passphrase-file", &own])
        .expect(0);
    let files = machine.line("find /home/bob/opened ! -user bob -o -type f ! -perm 600").expect(0);
    assert_eq!(files.stdout, "", "everything there is bob's alone");
    machine.given_by("bob", &["outbox", "approve", "1-1"]).expect(0);
    machine.given_by("despatch", &["send", "--once"]).expect(0);
    assert!(dir.join("sent/1-1.eml").exists());
    service.kill().unwrap();
    service.wait().unwrap();
    machine.line("pkill -u despatch despatch || true");
}

/// Ana prepared the case; bob and cat review. She wants it approved, by herself or in another's name.
fn chain(machine: &Machine) {
    let refused = |who: &str, words: &[&str], why: &str| {
        let said = machine.given_by(who, words);
        assert!(said.code != 0 && said.stderr.contains(why), "{who} {words:?}: {said:?}");
    };
    let own = machine.file_of("ana", "anas-passphrase", PASSPHRASE);
    machine
        .given_by("ana", &["outbox", "open", "1-1", "--to", "/home/ana/D", "--passphrase-file", &own])
        .expect(0);
    refused("ana", &["outbox", "approve", "1-1"], "ana prepared this case");
    refused("ana", &["--as", "cat", "outbox", "approve", "1-1"], "--as is for demo offices");
    refused("ana", &["outbox", "list", "--office", "/home/ana/D"], "cannot be used multiple times");
    refused("root", &["outbox", "approve", "1-1"], "root is nobody");
    refused("despatch", &["outbox", "approve", "1-1"], "is not on the staff list");
    for who in ["ana", "bob"] {
        refused(who, &["run", "--once"], "");
        refused(who, &["send", "--once"], "");
    }
    // What she lays about is hers, and leads nowhere.
    for step in [
        "ln -s /srv/despatch/keys/identity.key /home/ana/x.csv",
        "ln -s /srv/despatch/despatch.toml /srv/despatch/keys /srv/despatch/outbox /home/ana/D/",
        "ln -s /srv/despatch/outbox /srv/despatch-intake/inbox/evil",
    ] {
        machine.line(&format!("runuser -u ana -- {step}"));
    }
    refused("ana", &["directory", "import", "/home/ana/x.csv"], "Permission denied");
    for line in [
        "cat /srv/despatch/despatch.toml",
        "ls /srv/despatch/keys",
        "ls /srv/despatch/outbox",
        "ls /srv/despatch-intake/inbox",
        "ls /srv/despatch-intake/claimed",
        "mv /srv/despatch-intake/claimed /srv/despatch-intake/x",
        "ln -s /srv/despatch/outbox /srv/despatch-intake/evil",
        "rm /srv/despatch/despatch.sock",
        "touch /srv/despatch/policy",
    ] {
        let said = machine.line(&format!("runuser -u ana -- {line}"));
        assert_ne!(said.code, 0, "{line}: {said:?}");
    }
    let shown = machine.given_by("cat", &["--json", "outbox", "show", "1-1"]).expect(0).json();
    let state = (&shown["despatch"]["state"], &shown["despatch"]["approval"]);
    assert_eq!(state, (&json!("awaiting_review"), &Value::Null));
    machine.given_by("cat", &["audit", "verify"]).expect(0);
    assert!(!Path::new("/srv/despatch").exists(), "all of it was on the test's own machine");
}
