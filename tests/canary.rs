//! A hundred made-up people go down every path of the line, failures and kills included; afterwards nothing of them is
//! to be found anywhere but in the inbox, however it may be wrapped, and no file is of a kind that nobody expects.

mod people;
mod timings;

use crate::support::office::{DemoOffice, PREPARER, PROGRAM, REVIEWER, TODAY, event};
use crate::support::tools::{command, run, run_with};
use crate::wrong_person::directory::Directory;
use despatch_core::words::Sha256;
use people::{CASES, Canary, WORDS, corrected};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

/// Whether a program that is made to dump its memory must not. They are off.
const NO_CORE_DUMPS: bool = true;

/// The office, and everything around it that a program might write into: its temporary folder, its home, its working
/// folder. What the commands say goes into `logs`.
struct World {
    office: DemoOffice,
    around: tempfile::TempDir,
    /// What has been searched, by its content: a message that was sent is the message that lay in the outbox.
    searched: BTreeSet<Sha256>,
    commands: usize,
}

impl World {
    fn new() -> World {
        let office = DemoOffice::new();
        fs::remove_file(office.dir.join("inbox/07-attachment-missing.json")).expect("the sample that waits");
        let around = tempfile::tempdir().expect("a temporary folder");
        for name in ["tmp", "home", "work", "logs"] {
            fs::create_dir(around.path().join(name)).expect("a new folder");
        }
        World { office, around, searched: BTreeSet::new(), commands: 0 }
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.around.path().join(name)
    }

    /// Runs a command of the office, behind these words of strace if there are any: how it ended and what it said.
    /// Memory may be dumped as far as the system's limit allows.
    fn run(&mut self, strace: &[&str], words: &[&str]) -> (ExitStatus, String) {
        let mut command = Command::new("bash");
        command.args(["-c", "ulimit -c unlimited; exec \"$@\"", "bash"]);
        if !strace.is_empty() {
            command.args(["strace", "-f", "-qq", "-o", "/dev/null"]).args(strace);
        }
        command.arg(PROGRAM).arg("--office").arg(&self.office.dir).args(["--today", TODAY]).args(words);
        for name in ["TMPDIR", "XDG_RUNTIME_DIR"] {
            command.env(name, self.folder("tmp"));
        }
        command.env("HOME", self.folder("home")).current_dir(self.folder("work"));
        let done = command.output().expect("bash starts");
        self.commands += 1;
        // What these print is an answer to whoever has the case file or opened the documents; what they say beside it
        // is a log.
        let answers = ["open", "plan", "correct"].iter().any(|one| words.contains(one));
        let said = if answers { done.stderr } else { [done.stdout.as_slice(), &done.stderr].concat() };
        fs::write(self.folder("logs").join(format!("{:03}", self.commands)), said).expect("a log");
        (done.status, String::from_utf8_lossy(&done.stdout).into_owned())
    }

    fn says(&mut self, words: &[&str]) -> String {
        self.run(&[], words).1
    }

    /// Runs it and sends a signal as one thread begins the `when`th of these calls: whether that ended it.
    fn ends(&mut self, signal: &str, calls: &str, when: usize, words: &[&str]) -> bool {
        let (trace, inject) =
            (format!("trace={calls}"), format!("inject={calls}:signal={signal}:when={when}"));
        let (status, _) = self.run(&["-e", &trace, "-e", &inject], words);
        status.code().is_none_or(|code| code > 1)
    }

    fn despatches(&self, state: &str) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut all = self.office.despatches();
        all.retain(|one| {
            one["state"] == state && one["case_id"].as_str().is_some_and(|id| id.starts_with("TEST-"))
        });
        all.iter().map(|one| (text(&one["id"]), text(&one["case_id"]))).collect()
    }

    fn drop(&self, canary: &Canary) {
        let files: Vec<(&str, &[u8])> =
            canary.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        self.office.drop_case(&canary.name, &canary.case, &files);
    }

    /// Every file of the office, the inbox apart, and around it.
    fn files(&self) -> Vec<PathBuf> {
        let inbox = self.office.dir.join("inbox");
        let mut files = Vec::new();
        let mut left = vec![self.office.dir.clone(), self.around.path().to_owned()];
        while let Some(path) = left.pop() {
            if path.is_dir() && path != inbox {
                left.extend(
                    fs::read_dir(&path).expect("a folder").map(|entry| entry.expect("an entry").path()),
                );
            } else if path.is_file() {
                files.push(path);
            }
        }
        files.sort();
        files
    }

    /// Nothing of anybody is in what has been written since the last look, and every file is of an expected kind.
    #[track_caller]
    fn is_clean(&mut self, when: &str) {
        let files: Vec<(PathBuf, Vec<u8>)> =
            self.files().into_iter().map(|path| (path.clone(), fs::read(path).expect("a file"))).collect();
        let new: Vec<PathBuf> = files
            .iter()
            .filter(|(_, bytes)| self.searched.insert(Sha256::of(bytes)))
            .map(|(path, _)| path.clone())
            .collect();
        let found = found(&new, WORDS);
        assert!(found.is_empty(), "{when}, of {} files:\n{found}", new.len());
        let of_the_office = |path: &Path| path.strip_prefix(&self.office.dir).ok().map(Path::to_owned);
        let strange: Vec<&PathBuf> = files
            .iter()
            .filter(|(path, bytes)| of_the_office(path).is_some_and(|name| !is_expected(&name, bytes)))
            .map(|(path, _)| path)
            .collect();
        assert!(strange.is_empty(), "{when}, files of a kind that nobody expects: {strange:?}");
        let lying = ["tmp", "home", "work"].map(|name| self.folder(name));
        let left: Vec<&PathBuf> = files
            .iter()
            .map(|(path, _)| path)
            .filter(|path| lying.iter().any(|folder| path.starts_with(folder)))
            .collect();
        assert!(left.is_empty(), "{when}, left lying about: {left:?}");
    }
}

/// The files in which there is one of the words, however it is wrapped.
fn found<W: AsRef<str>>(files: &[PathBuf], words: &[W]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    let asked = json!({ "files": files, "words": words, "known": [] });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/line/find.py");
    let found = run_with(command("python3").arg(script), asked.to_string().as_bytes());
    String::from_utf8(found.unwrap_or_else(|why| panic!("{why}"))).expect("UTF-8")
}

/// Whether a file of the office may be there: by where it lies and by how it begins.
fn is_expected(name: &Path, bytes: &[u8]) -> bool {
    const SEALED: &[u8] = b"age-encryption.org/v1\n";
    let name = name.to_string_lossy();
    let begins = |with: &[&[u8]]| with.iter().any(|start| bytes.starts_with(start));
    let is_toml = || std::str::from_utf8(bytes).is_ok_and(|text| text.parse::<toml::Table>().is_ok());
    let parts: Vec<&str> = name.split('/').collect();
    match parts.as_slice() {
        ["despatch.toml"] => is_toml(),
        ["policy", file] => {
            file.ends_with(".toml") && is_toml() || file.ends_with(".json") && begins(&[b"{"])
        }
        ["keys", "review.pub"] => begins(&[b"age1", b"#"]),
        ["keys", "signing.pub" | "signing-former.pub"] => bytes.is_empty() || begins(&[b"ssh-ed25519 "]),
        // Thirty-two random bytes, as they are or in hex.
        ["keys", "identity.key"] => bytes.len() >= 32 && bytes.len() <= 65,
        ["PRIVATE-demo-keys", "signing.key"] => begins(&[b"-----BEGIN OPENSSH PRIVATE KEY-----"]),
        ["PRIVATE-demo-keys", _] => begins(&[b"# ", b"AGE-SECRET-KEY-1"]),
        ["outbox", "checkpoints"] => std::str::from_utf8(bytes).is_ok_and(|text| text.is_ascii()),
        ["outbox", "ledger.db"] => begins(&[b"SQLite format 3\0"]),
        ["outbox", "ledger.db-wal"] => {
            bytes.is_empty() || begins(&[&[0x37, 0x7f, 0x06, 0x82], &[0x37, 0x7f, 0x06, 0x83]])
        }
        // An index in memory, without a head of its own.
        ["outbox", "ledger.db-shm"] => bytes.len().is_multiple_of(32768),
        ["outbox", lock] if lock.ends_with(".lock") => bytes.len() < 32,
        ["outbox", "received", file] => {
            [".tar.age", ".part"].iter().any(|end| file.ends_with(end))
                && (bytes.is_empty() || begins(&[SEALED]))
        }
        ["outbox", "despatches", file] | ["sent", file] => {
            [".eml", ".part"].iter().any(|end| file.ends_with(end))
                && (bytes.is_empty() || begins(&[b"From: "]))
        }
        _ => false,
    }
}

#[test]
fn nothing_of_a_hundred_people_lies_about_after_every_path_through_the_line() {
    let mut world = World::new();
    world.is_clean("before anything");
    (0..CASES).map(Canary::new).for_each(|canary| world.drop(&canary));
    let process = ["--json", "run", "--once"];
    let kills =
        [("rename,renameat,renameat2", 25), ("fsync,fdatasync", 12), ("unlink,unlinkat", 9), ("write", 120)];
    let killed = kills.iter().filter(|(calls, when)| {
        let killed = world.ends("SIGKILL", calls, *when, &process);
        world.is_clean(&format!("after a kill at {calls} {when}"));
        killed
    });
    assert!(killed.count() >= 2, "hardly anything was killed");
    world.says(&process);
    let rejected = fs::read_dir(world.office.dir.join("inbox/rejected")).expect("the rejected ones");
    let faults = rejected.filter(|file| {
        file.as_ref().is_ok_and(|file| file.file_name().to_string_lossy().ends_with(".faults.txt"))
    });
    assert!(faults.count() >= CASES / 5, "two of ten are rejected");
    let (waiting, held) = (world.despatches("awaiting_review"), world.despatches("held"));
    assert!(waiting.len() > 150 && held.len() >= 20, "{} wait, {} are held", waiting.len(), held.len());
    world.is_clean("once everything is queued, held or rejected");
    decisions(&mut world, &waiting, &held);
    world.is_clean("after the decisions");
    events(&mut world);
    world.is_clean("after further events");
    sending(&mut world);
    world.is_clean("after the sending");
    assert!(world.despatches("sent").len() > 40, "many are sent");
    let ways: BTreeSet<&str> = ["sent", "held", "returned", "cancelled", "superseded"]
        .into_iter()
        .filter(|state| !world.despatches(state).is_empty())
        .collect();
    assert_eq!(ways.len(), 5, "every path was gone: {ways:?}");
}

/// Everything that a reviewer may do, a despatch at a time and many at once.
fn decisions(world: &mut World, waiting: &[(String, String)], held: &[(String, String)]) {
    let by = |words: &[&str]| {
        [&["--as", REVIEWER], words].concat().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let mut decide = |words: &[&str]| {
        let words = by(words);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        world.says(&words)
    };
    let id = |at: usize| waiting[at].0.as_str();
    decide(&["outbox", "return", id(0), "--reason", "a name is mistyped"]);
    decide(&["outbox", "cancel", id(1), "--reason", "not needed"]);
    decide(&["outbox", "hold", id(2), "--reason", "wait for a call"]);
    decide(&["outbox", "release", id(2), "--reason", "the call came"]);
    for at in [3, 40] {
        decide(&["outbox", "open", id(at), "--to", "-"]);
        decide(&["outbox", "show", id(at)]);
        decide(&["--json", "outbox", "show", id(at)]);
        decide(&["case", waiting[at].1.as_str()]);
    }
    decide(&["outbox", "list"]);
    decide(&["--json", "deadlines"]);
    decide(&["check"]);
    let approved: Vec<&str> = (3..waiting.len() * 2 / 3).map(id).collect();
    decide(&[&["outbox", "approve"], approved.as_slice()].concat());
    let verified =
        Directory(&world.office).verified("millstone-chambers", REVIEWER, "called back", "2026-11-20");
    verified.expect("the entry is verified");
    let ids: Vec<&str> = held.iter().map(|(id, _)| id.as_str()).collect();
    let words = by(&[&["outbox", "release", "--reason", "verified"], ids.as_slice()].concat());
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    world.says(&words);
}

/// A correction, in both of its ways, and events that overtake what is unsent.
fn events(world: &mut World) {
    let first = Canary::new(4);
    world.drop(&corrected(&first));
    let desk = tempfile::tempdir().expect("a temporary folder");
    let again = Canary::new(5);
    let file = desk.path().join("again.json");
    fs::write(&file, &again.mended).expect("a case file");
    for (name, bytes) in &again.files {
        fs::write(desk.path().join(name), bytes).expect("an attachment");
    }
    let path = file.to_str().expect("UTF-8");
    world.says(&["plan", path]);
    world.says(&["--as", PREPARER, "correct", path, "--changed", "The time is another"]);
    let moved = Canary::new(14);
    let mut case: Value = serde_json::from_str(&moved.case).expect("JSON");
    let what = json!({ "type": "transferred", "on": TODAY, "from": "brook-house" });
    let bare = event(14, "moved", what);
    for field in ["event_id", "event", "attachments"] {
        case[field] = bare[field].clone();
    }
    case["detention"]["place"] = json!("yarls-wood");
    world.office.drop_case("moved", &case.to_string(), &[]);
    world.says(&["--json", "run", "--once"]);
}

/// The sender is killed at some moments, and at last comes to its end.
fn sending(world: &mut World) {
    let send = ["--json", "send", "--once"];
    for (calls, when) in [("rename,renameat,renameat2", 3), ("fsync,fdatasync", 20)] {
        world.ends("SIGKILL", calls, when, &send);
        world.is_clean(&format!("after a sender was killed at {calls} {when}"));
    }
    world.says(&send);
    let doubt = world.despatches("in_doubt");
    let ids: Vec<&str> = doubt.iter().map(|(id, _)| id.as_str()).collect();
    if !ids.is_empty() {
        world.says(
            &[&["--as", REVIEWER, "outbox", "release", "--reason", "it did not come"], ids.as_slice()]
                .concat(),
        );
        world.says(&send);
    }
}

#[test]
fn a_program_that_breaks_down_leaves_no_copy_of_its_memory() {
    let mut world = World::new();
    (0..4).map(Canary::new).for_each(|canary| world.drop(&canary));
    assert!(world.ends("SIGABRT", "fsync,fdatasync", 3, &["run", "--once"]), "it broke down");
    if NO_CORE_DUMPS {
        world.is_clean("after a breakdown");
    }
}

#[test]
fn the_search_finds_one_word_among_many_however_it_is_wrapped() {
    const PLANT: &str = r"
import base64, gzip, io, sys, zipfile, zlib
word = sys.argv[2]
p = b'x ' * 40 + word.encode() + b' y' * 40
archive = io.BytesIO()
with zipfile.ZipFile(archive, 'w', zipfile.ZIP_DEFLATED) as file:
    file.writestr('notes.txt', p)
plants = {
    'plain': p, 'capitals': p.decode().upper().encode(), 'base64': base64.encodebytes(p), 'hex': p.hex().encode(),
    'addresses': base64.urlsafe_b64encode(b'\xfb\xef\xff' * 9 + p), 'deflated': b'%PDF' + zlib.compress(p),
    'gzip': gzip.compress(p), 'archive': archive.getvalue(), 'twice': base64.encodebytes(b'a' + zlib.compress(p)),
    'wide': p.decode().encode('utf-16-le'), 'wide-be': p.decode().encode('utf-16-be'),
    'wider': p.decode().encode('utf-32-be'), 'row': b'\x01\x17held' + word.encode() + b'2026',
}
for name, data in plants.items():
    open(sys.argv[1] + '/' + name, 'wb').write(data)
open(sys.argv[1] + '/clean', 'wb').write(b'nothing of the kind ' * 99)
";
    assert!(WORDS.len() > 90, "many words are looked for at once");
    let by_script = ["Zephyrinah", "ገብረክርስቶስ", "Παρασκευοπούλου", "عبدالمتعالي", "Żelisławczyk"];
    for word in by_script {
        assert!(WORDS.contains(&word), "{word}");
        let folder = tempfile::tempdir().expect("a temporary folder");
        run(command("python3").args(["-c", PLANT]).arg(folder.path()).arg(word))
            .unwrap_or_else(|why| panic!("{why}"));
        let mut files: Vec<PathBuf> = fs::read_dir(folder.path())
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        let report = found(&files, WORDS);
        assert!(!report.contains("/clean"), "{report}");
        for file in files.iter().filter(|file| !file.ends_with("clean")) {
            assert!(
                report.contains(&format!("{},", file.display())),
                "{word} in {}: {report}",
                file.display()
            );
        }
    }
}

#[test]
fn a_file_that_nobody_expects_is_seen() {
    let is = |name: &str, bytes: &[u8]| is_expected(Path::new(name), bytes);
    assert!(is("outbox/received/1.tar.age", b"age-encryption.org/v1\n-> X25519 a"));
    assert!(!is("outbox/received/1.tar.age", b"case.json\0\0"), "an archive that is not sealed");
    assert!(!is("outbox/despatches/1-1.1.eml", b"%PDF-1.7"), "a document in a message's place");
    assert!(!is("outbox/despatches/1-1.1.pdf", b"age-encryption.org/v1\n"), "another kind of file");
    assert!(!is("outbox/ledger.db-journal", b""), "a journal");
    assert!(!is("core", b"\x7fELF") && !is("notes.txt", b"a"), "what nobody put there");
}
