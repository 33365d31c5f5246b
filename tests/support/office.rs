//! A demo office in a temporary folder, driven through the real program as a person would drive it.

use despatch_app::office::Office;
use despatch_core::clock::Clock;
use despatch_ledger::Ledger;
use despatch_testing::folder::folder;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::UNIX_EPOCH;

#[allow(unused_imports, reason = "the bench has this file too, and uses less of it")]
pub use despatch_testing::cases::{
    PREPARER, TODAY, appointment, drop_into, event, paper, paper_of, private_file, report_received,
};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_despatch");
/// A reviewer of the demo office (examples/despatch.toml): one of its staff prepares, the other two review.
pub const REVIEWER: &str = "beatrix-lund";

/// Where the program remembers what a person opened: among the files of the test.
pub const STATE: &str = "XDG_STATE_HOME";

/// The output of a command.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Said {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(self.stdout.lines().next().unwrap_or_default())
            .unwrap_or_else(|error| panic!("no JSON ({error}) in {self:?}"))
    }

    /// Fails the test unless the command exited with this code.
    #[track_caller]
    pub fn expect(self, code: i32) -> Said {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        self
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Said {
        Said {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

fn make_office(dir: &Path) {
    despatch(&["demo", "--once", "--today", TODAY, "--dir", dir.to_str().expect("UTF-8")]).expect(0);
}

/// Returns the demo office that all tests of one build copy; the first of them makes it. Benches, which are of another
/// profile, have theirs beside it.
fn first_office() -> PathBuf {
    let profile = Path::new(PROGRAM).parent().and_then(Path::file_name).expect("the folder of a profile");
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo-offices").join(profile);
    fs::create_dir_all(&all).expect("a folder");
    let program = fs::metadata(PROGRAM).expect("the program");
    let built = program.modified().expect("a time").duration_since(UNIX_EPOCH).expect("a time since 1970");
    let own = all.join(format!("{:x}-{:x}", program.len(), built.as_nanos()));
    let lock = File::create(all.join("lock")).expect("a lock");
    lock.lock().expect("our own file");
    if !own.exists() {
        // The offices of other builds are of no use.
        let others = fs::read_dir(&all).expect("a folder").map(|entry| entry.expect("an entry").path());
        others.filter(|path| path.is_dir()).for_each(|path| fs::remove_dir_all(path).expect("an old office"));
        let half = all.join("half");
        fs::create_dir(&half).expect("a new folder");
        make_office(&half.join("office"));
        fs::rename(half, &own).expect("a whole office");
    }
    own.join("office")
}

/// Whether a folder has nothing in it, or is not there: `send` makes its folder before it gives up the rest.
pub fn has_nothing(folder: &Path) -> bool {
    fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}

/// Runs the program with these arguments.
pub fn despatch<S: AsRef<std::ffi::OsStr>>(words: &[S]) -> Said {
    let state = Path::new(env!("CARGO_TARGET_TMPDIR")).join("state");
    Command::new(PROGRAM).args(words).env(STATE, state).output().expect("the program starts").into()
}

/// A demo office in a temporary folder of its own.
#[derive(Debug)]
pub struct DemoOffice {
    _folder: tempfile::TempDir,
    pub dir: PathBuf,
}

impl DemoOffice {
    /// A demo office that has processed its samples on [`TODAY`]: a copy of the one that all tests share.
    pub fn new() -> DemoOffice {
        DemoOffice::copy_of(&first_office())
    }

    /// A demo office made for this test alone, with keys and passphrases that no other test has.
    pub fn made_anew() -> DemoOffice {
        let folder = folder();
        let dir = folder.path().join("office");
        make_office(&dir);
        DemoOffice { _folder: folder, dir }
    }

    /// Takes over an office that is already in a folder.
    pub fn in_folder(folder: tempfile::TempDir) -> DemoOffice {
        let dir = folder.path().join("office");
        DemoOffice { _folder: folder, dir }
    }

    /// Copies this office in its present state.
    pub fn copy(&self) -> DemoOffice {
        DemoOffice::copy_of(&self.dir)
    }

    fn copy_of(office: &Path) -> DemoOffice {
        let folder = folder();
        let dir = folder.path().join("office");
        let copied = || {
            Command::new("cp").arg("-a").arg(office).arg(&dir).output().expect("cp starts").status.success()
        };
        // A ledger that this test has just let go is closed by another thread, which removes its log meanwhile.
        let done = (0..100).any(|_| {
            let _ = fs::remove_dir_all(&dir);
            copied()
        });
        assert!(done, "the office cannot be copied");
        DemoOffice { _folder: folder, dir }
    }

    /// Runs a command in this office on [`TODAY`].
    pub fn run(&self, words: &[&str]) -> Said {
        self.on(TODAY, words)
    }

    /// Runs a command in this office as a member of staff.
    pub fn run_as(&self, staff: &str, words: &[&str]) -> Said {
        self.on(TODAY, &[&["--as", staff], words].concat())
    }

    /// Runs a command in this office on another day.
    pub fn on(&self, today: &str, words: &[&str]) -> Said {
        self.command(today, words).output().expect("the program starts").into()
    }

    /// Returns the command itself, for tests that start it in another way.
    pub fn command(&self, today: &str, words: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.env(STATE, self.dir.with_file_name("state"));
        command.arg("--office").arg(&self.dir).args(["--today", today]).args(words);
        command
    }

    /// Returns every despatch, as `outbox list --json` has it.
    pub fn despatches(&self) -> Vec<serde_json::Value> {
        let said = self.run(&["--json", "outbox", "list", "--limit", "10000"]).expect(0);
        said.json()["despatches"].as_array().expect("a list").clone()
    }

    /// Returns the one despatch of a case for a role, not counting the booking of a room.
    pub fn despatch_for(&self, case: &str, role: &str) -> serde_json::Value {
        self.despatches()
            .into_iter()
            .find(|one| {
                one["case_id"] == case
                    && one["planned"]["role"] == role
                    && one["planned"]["kind"] != "room-booking"
                    && one["state"] != "superseded"
            })
            .unwrap_or_else(|| panic!("no despatch of {case} for {role}"))
    }

    /// Reads the message of a despatch, byte for byte.
    pub fn message(&self, despatch: &serde_json::Value) -> Vec<u8> {
        fs::read(self.message_path(despatch)).expect("the message")
    }

    pub fn message_path(&self, despatch: &serde_json::Value) -> PathBuf {
        let (id, revision) = (despatch["id"].as_str().unwrap(), &despatch["message"]["revision"]);
        self.dir.join(format!("outbox/despatches/{id}.{revision}.eml"))
    }

    /// Returns the path of the demo key of a directory entry, or of the key `review`.
    pub fn key(&self, entry: &str) -> PathBuf {
        self.dir.join("PRIVATE-demo-keys").join(format!("{entry}.key"))
    }

    /// Returns the subject and the code of every event on record about subjects that begin so.
    pub fn events(&self, of: &str) -> Vec<(String, String)> {
        let mut ledger = Ledger::open(&self.dir.join("outbox")).expect("a ledger");
        let events = ledger.events(None).expect("it answers");
        let told = events.iter().map(|event| (event.subject(), event.code().to_owned()));
        told.filter(|(subject, _)| subject.starts_with(of)).collect()
    }

    /// Drops a case into the inbox, attachments first, the case file renamed into place last. The authority of the
    /// representative that it names is on record.
    pub fn drop_case(&self, name: &str, case: &str, attachments: &[(&str, &[u8])]) {
        authorise(&self.dir, case);
        drop_into(&self.dir.join("inbox"), name, case, attachments);
    }

    /// Asks the ledger's own file, behind the program's back.
    #[track_caller]
    pub fn sql(&self, statement: &str) -> String {
        let file = self.dir.join("outbox/ledger.db");
        let asked = Command::new("sqlite3").arg("-bail").arg(file).arg(statement).output();
        let said: Said = asked.expect("sqlite3 starts").into();
        said.expect(0).stdout.trim().to_owned()
    }

    /// Asks what is due on a day by what is kept of each case, and again by every event of each: the answer is the same.
    #[track_caller]
    pub fn due_is_what_the_record_says(&self, today: &str) {
        let ask = ["--as", REVIEWER, "--json", "deadlines"];
        let due = || self.on(today, &ask).expect(0).json()["board"].take();
        let kept = due();
        assert_eq!(self.sql("SELECT COUNT(*) FROM running_case WHERE digest IS NULL"), "0", "each is kept");
        self.sql("UPDATE running_case SET digest = NULL");
        let read = due();
        assert_eq!(kept, read);
    }

    /// Changes a file of the office.
    pub fn edit(&self, file: &str, change: impl FnOnce(String) -> String) {
        let path = self.dir.join(file);
        let text = fs::read_to_string(&path).expect("a file of the office");
        let changed = change(text.clone());
        assert_ne!(changed, text, "{file}: the edit changes nothing");
        fs::write(path, changed).expect("a file of the office");
    }
}

/// Records the authority that a case file names, if it names a valid one.
pub fn authorise(dir: &Path, case: &str) {
    let Ok(case) = serde_json::from_str::<serde_json::Value>(case) else { return };
    let text = |at: &str| case.pointer(at).and_then(serde_json::Value::as_str);
    let (Some(entry), Some(id), Some(dated)) =
        (text("/representative/entry"), text("/case_id"), text("/representative/authority_date"))
    else {
        return;
    };
    let (Ok(entry), Ok(id), Ok(dated)) = (entry.parse(), id.parse(), dated.parse()) else { return };
    let Ok(office) = Office::open(dir) else { return };
    // A test may be about a ledger that is at fault.
    let Ok(mut ledger) = Ledger::open(&office.outbox()) else { return };
    let today = TODAY.parse().expect("a date");
    let (staff, now) = (office.config.staff.first().expect("somebody"), Clock::Fixed(today).now());
    // A test may be about an authority that the directory refuses.
    let _ = ledger.record_authority(&entry, &id, dated, staff, now);
}
