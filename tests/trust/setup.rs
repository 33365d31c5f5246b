//! docs/running.md, from nothing to a running office with real accounts, as the page says; and what each account may do
//! there. The accounts are those of a mount namespace, whose /etc is a copy.

use crate::support::office::{PROGRAM, Said};
use crate::support::tools::{command, output, run};
use crate::travel::real::{PASSPHRASE, RealOffice, SIGNING_PASSPHRASE};
use crate::travel::settled::{SETTINGS, enter_directory};
use despatch_testing::swap::Swap;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const PAGE: &str = include_str!("../../docs/running.md");

/// A machine of its own, as far as accounts, /srv and installed programs go.
struct Machine {
    folder: tempfile::TempDir,
    /// The key with which systemd encrypts credentials, which it keeps on no file system in memory.
    _systemd: tempfile::TempDir,
    holder: Child,
}

impl Machine {
    fn new() -> Self {
        let folder = crate::support::folder::folder();
        let at = folder.path().display();
        let systemd = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on a disk");
        let on_disk = systemd.path().display();
        run(command("chmod").arg("711").arg(folder.path())).expect("chmod");
        let script = format!(
            "set -e; cp -a /etc {at}/etc; mkdir {at}/srv {at}/bin {at}/home
             mount --bind {at}/etc /etc; mount --bind {at}/srv /srv
             mount --bind {on_disk} /var/lib/systemd; mount --bind {at}/bin /usr/local/bin; mount --bind {at}/home /home
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
        Self { folder, _systemd: systemd, holder }
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

    /// Starts the service as its account, with the credential as systemd decrypts it, and returns once it answers.
    fn service(&self, words: &str) -> Child {
        let credential =
            "/etc/credstore.encrypted/despatch-signing-key /srv/credentials/despatch-signing-key";
        self.line(&format!(
            "rm -rf /srv/credentials && install -d -o despatch -m 700 /srv/credentials && \
             systemd-creds decrypt --name=despatch-signing-key {credential} && \
             chown despatch /srv/credentials/* && chmod 400 /srv/credentials/*"
        ))
        .expect(0);
        let mut run = self.enter();
        // Not through runuser, which would stay between the test and the service.
        run.args(["setpriv", "--reuid=despatch", "--regid=despatch", "--init-groups"]);
        run.args(["env", "CREDENTIALS_DIRECTORY=/srv/credentials"]);
        run.args(words.split(' ')).stdout(Stdio::null()).stderr(Stdio::null());
        let child = run.spawn().expect("nsenter starts");
        let since = Instant::now();
        while self.given_by("ana", &["outbox", "list"]).code != 0 {
            let said = self.given_by("ana", &["outbox", "list"]);
            assert!(since.elapsed() < Duration::from_secs(120), "{said:?}");
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

/// The blocks of the page in one language, each with the line before it.
fn blocks(language: &str) -> Vec<(&'static str, Vec<&'static str>)> {
    let begins = format!("```{language}");
    let (mut found, mut before): (Vec<(&str, Vec<&str>)>, &str) = (Vec::new(), "");
    let mut inside = false;
    for line in PAGE.lines() {
        if inside && line == "```" {
            inside = false;
        } else if inside {
            found.last_mut().expect("a block").1.push(line);
        } else if line == begins {
            inside = true;
            found.push((before, Vec::new()));
        } else if !line.is_empty() {
            before = line;
        }
    }
    found
}

/// A command of the page, and what is said beside it.
struct Given {
    line: String,
    by: &'static str,
}

/// The commands of the page in their order: one may go over several lines.
fn commands() -> Vec<Given> {
    let mut found = Vec::new();
    let mut begun = String::new();
    for line in blocks("sh").into_iter().flat_map(|(_, lines)| lines) {
        if let Some(part) = line.strip_suffix('\\') {
            begun.push_str(part);
            continue;
        }
        let (line, beside) = line.split_once(" # ").unwrap_or((line, ""));
        let by = ["ana", "bob"].into_iter().find(|who| beside.starts_with(who)).unwrap_or("root");
        found.push(Given { line: format!("{begun}{}", line.trim()), by });
        begun.clear();
    }
    found
}

/// How the commands begin that cannot be given on a machine without a network that was not booted, and why.
const NOT_GIVEN: [(&str, &str); 9] = [
    ("apt-get update", "there is no network: the packages that are named next are those of this machine"),
    ("apt-get install", "there is no network: `dpkg-query` says that each is a package of Debian's"),
    ("curl --proto", "there is no network: the toolchain that builds the tests is rustup's"),
    ("~/.cargo/bin/cargo build", "what it makes is the program under test"),
    ("systemctl daemon-reload", "nothing was booted: `systemd-analyze verify` reads the units instead"),
    (
        "systemctl enable --now",
        "nothing was booted: they are enabled offline, and started by hand as they say",
    ),
    ("systemctl restart", "nothing was booted: what runs is ended and started again"),
    ("systemctl status", "nothing was booted"),
    ("systemctl --failed", "nothing was booted"),
];
/// The same where the network or the journal is what is missing.
const NOT_THERE: [(&str, &str); 2] = [
    ("journalctl", "nothing was booted, so there is no journal"),
    ("curl -fo bank-holidays.json", "there is no network: a file of the same form lies there"),
];

/// The office's settings, with three of the staff.
fn settings() -> String {
    let settings = SETTINGS.swapped("the-reviewer", "bob").swapped("The Reviewer", "Bob Example");
    let settings = settings.swapped("the-preparer", "ana").swapped("The Preparer", "Ana Example");
    let settings = settings.swapped("ACCOUNT", "bob").swapped("\"nobody\"", "\"ana\"");
    let cat = "[[staff]]\nid = \"cat\"\nname = \"Cat Example\"\naccount = \"cat\"\nreviewer = true\n";
    let settings = settings.swapped("[addresses]", &format!("{cat}[addresses]"));
    format!("{settings}[intake]\nfolder = \"/srv/despatch-intake\"\n[backup]\nfolder = \"/srv/backup\"\n")
}

/// What the page leaves to whoever sets up an office: the settings, the recipients, a case, rules of their own.
fn lay_files(machine: &Machine) -> String {
    fs::write(machine.path("home/settings"), settings()).unwrap();
    let editor = machine.path("bin/editor");
    fs::write(&editor, "#!/bin/sh\ncat /home/settings >\"$1\"\n").unwrap();
    let recipients = "id,role,name,organisation,email\nash-lane-law,representative,Ash Example,Ash Lane Law,ash@ash-lane-law.example\n";
    let own =
        blocks("toml").into_iter().find(|(before, _)| before.contains("own-2026.toml")).expect("a pack");
    let holidays = include_str!("../../policy/bank-holidays.json");
    let own = own.1.join("\n");
    for (name, text) in
        [("recipients.csv", recipients), ("own-2026.toml", &own), ("bank-holidays.json", holidays)]
    {
        fs::write(machine.path("home/ana").join(name), text).unwrap();
    }
    machine.line("chmod 755 /usr/local/bin/editor; chown -R ana /home/ana").expect(0);
    for (before, unit) in blocks("ini") {
        let path = before.split('`').nth(1).expect("a path").trim_start_matches('/');
        fs::write(machine.path(path), unit.join("\n") + "\n").unwrap();
    }
    despatch_core::words::Sha256::of(own.as_bytes()).to_string()
}

/// The page, from its first command to its last one.
struct Setup {
    machine: Machine,
    service: Option<Child>,
    own_sha256: String,
}

impl Setup {
    fn new() -> Self {
        let machine = Machine::new();
        for (name, text) in [("review", PASSPHRASE), ("signing", SIGNING_PASSPHRASE)] {
            fs::write(machine.path("home").join(name), text).unwrap();
        }
        let own_sha256 = lay_files(&machine);
        Self { machine, service: None, own_sha256 }
    }

    /// Starts the service as its unit says, with the credential that systemd would give it, once it has ended.
    fn start(&mut self) {
        self.stop();
        let begins = "ExecStart=";
        let unit = blocks("ini")
            .into_iter()
            .find(|(before, _)| before.contains("despatch-run.service"))
            .expect("a unit");
        let command = unit.1.iter().find_map(|line| line.strip_prefix(begins)).expect("a command");
        self.service = Some(self.machine.service(command));
    }

    fn stop(&mut self) {
        if let Some(mut service) = self.service.take() {
            let _ = service.kill();
            service.wait().unwrap();
        }
    }

    /// What is done in place of a command that cannot be given.
    fn instead(&mut self, line: &str) {
        if let Some(packages) = line.strip_prefix("apt-get install -y ") {
            self.machine.line(&format!("dpkg-query -W {packages}")).expect(0);
        } else if let Some(units) = line.strip_prefix("systemctl enable --now ") {
            self.machine.line(&format!("SYSTEMD_OFFLINE=1 systemctl enable {units}")).expect(0);
            for unit in units.split(' ') {
                let found =
                    self.machine.line(&format!("find /etc/systemd/system/*.wants -name {unit}")).expect(0);
                assert!(found.stdout.contains(unit), "{unit} would not start with the machine");
            }
            if self.service.is_none() {
                self.people_do();
                self.start();
            }
        } else if line.starts_with("systemctl restart") {
            self.start();
        }
    }

    /// What people do on the telephone is done through the library, as root.
    fn people_do(&self) {
        let dir = self.machine.path("srv/despatch");
        run(command("chown").args(["-R", "root"]).arg(&dir)).unwrap();
        enter_directory(&dir);
        self.machine.line("chown -R despatch /srv/despatch").expect(0);
    }

    fn as_root(&self, line: &str) {
        let machine = &self.machine;
        if line.contains("despatch init") {
            machine
                .line("chown despatch /home/review /home/signing; chmod 600 /home/review /home/signing")
                .expect(0);
            let init = "init --passphrase-file /home/review --signing-passphrase-file /home/signing";
            machine.line(&line.swapped("init", init)).expect(0);
        } else if line.starts_with("age -d") {
            // It asks at a terminal.
            let mut script = machine.enter();
            let said =
                output(script.args(["script", "-qec", line, "/dev/null"]), SIGNING_PASSPHRASE.as_bytes());
            assert_eq!(said.code, Some(0), "{line}: {}", String::from_utf8_lossy(&said.stdout));
        } else {
            let said = machine.line(&line.replace("target/release/despatch", PROGRAM));
            // The first check, before the staff have done their part, says what is missing.
            assert_eq!(said.code, i32::from(line.ends_with(" check")), "{line}: {said:?}");
            if line.ends_with(" check") {
                assert!(
                    said.stderr.contains("policy adopt") && !said.stderr.contains("despatch.toml"),
                    "{said:?}"
                );
            }
        }
    }

    fn as_staff(&mut self, Given { line, by }: &Given) {
        let passphrase = self.machine.file_of(by, &format!("{by}s-passphrase"), PASSPHRASE);
        let line = line.replace("1f0c2a9b", &self.own_sha256[..8]);
        let line = line.replace("open 1-1", &format!("open 1-1 --passphrase-file {passphrase}"));
        if line.contains("drop case.json") {
            let case = RealOffice::report_at(&self.machine.path("home"), 1, "ana");
            let folder = case.parent().unwrap().file_name().unwrap().to_str().unwrap();
            self.machine.line(&format!("cp -r /home/{folder}/* /home/ana; chown -R ana /home/ana")).expect(0);
        }
        let said = self.machine.line(&format!("cd /home/{by} && runuser -u {by} -- {line}"));
        assert_eq!(said.code, 0, "{by}: {line}: {said:?}");
        if line.contains("drop case.json") {
            let since = Instant::now();
            while self.machine.given_by("bob", &["outbox", "show", "1-1"]).code != 0 {
                assert!(since.elapsed() < Duration::from_secs(120), "nothing was made");
            }
        }
        if line.contains("config confirm") {
            // systemd starts it again with what was confirmed.
            self.start();
        }
    }
}

#[test]
fn f4_an_office_as_docs_running_md_sets_it_up_does_its_work_and_refuses_the_chain() {
    let mut setup = Setup::new();
    let mut left: BTreeSet<&str> = NOT_GIVEN.into_iter().chain(NOT_THERE).map(|(begins, _)| begins).collect();
    let all = commands();
    assert!(all.len() > 35, "{} commands", all.len());
    for given in &all {
        let exempt =
            NOT_GIVEN.into_iter().chain(NOT_THERE).find(|(begins, _)| given.line.starts_with(begins));
        match exempt {
            Some((begins, _)) => {
                left.remove(begins);
                setup.instead(&given.line);
            }
            None if given.by == "root" => setup.as_root(&given.line),
            None => setup.as_staff(given),
        }
        if given.line.starts_with("usermod") && given.line.ends_with("ana") {
            for who in ["bob", "cat"] {
                setup.machine.line(&given.line.swapped("ana", who)).expect(0);
            }
        }
    }
    assert!(left.is_empty(), "the page has no such command any more: {left:?}");

    let machine = &setup.machine;
    chain(machine);
    let own = machine.file_of("bob", "bobs-passphrase", PASSPHRASE);
    machine
        .given_by("bob", &["outbox", "open", "1-1", "--to", "/home/bob/opened", "--passphrase-file", &own])
        .expect(0);
    let files = machine.line("find /home/bob/opened ! -user bob -o -type f ! -perm 600").expect(0);
    assert_eq!(files.stdout, "", "everything there is bob's alone");
    machine.given_by("bob", &["outbox", "approve", "1-1"]).expect(0);
    machine.given_by("despatch", &["send", "--once"]).expect(0);
    assert!(machine.path("srv/despatch/sent/1-1.eml").exists());
    setup.stop();
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
