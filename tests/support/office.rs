//! A demo office in a temporary folder, driven through the real program, as a person would.

use despatch_app::office::Office;
use despatch_core::clock::Clock;
use despatch_ledger::Ledger;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_despatch");
/// A Monday with no bank holiday near, so that dates in the tests can be written down.
pub const TODAY: &str = "2026-11-23";
/// Staff of the demo office (examples/despatch.toml): one prepares, the other two review.
pub const PREPARER: &str = "imran-castellan";
pub const REVIEWER: &str = "beatrix-lund";

/// A made-up PDF of one page about the person of [`appointment`] and [`report_received`], which says `$words` besides.
/// Its words are read by the guards; nothing else reads it, so it has no table of its objects.
macro_rules! paper {
    ($words:literal) => {
        concat!(
            "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n",
            "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n",
            "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R ",
            "/Resources << /Font << /F 5 0 R >> >> >>\nendobj\n4 0 obj\n<< /Length 1 >>\nstream\n",
            "BT /F 12 Tf 60 760 Td 16 TL (Selamawit Quartermaine, date of birth 17 May 1990) Tj T* (",
            $words,
            ") Tj ET\nendstream\nendobj\n5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n",
            "trailer\n<< /Size 6 /Root 1 0 R >>\n%%EOF\n",
        )
        .as_bytes()
    };
}
pub(crate) use paper;

/// The same with words that a test makes, padded with a comment to `bytes` at least.
pub fn paper_of(words: &str, bytes: usize) -> Vec<u8> {
    let mut pdf = String::from_utf8(paper!("WORDS").to_vec()).expect("plain text").replace("WORDS", words);
    let missing = bytes.saturating_sub(pdf.len());
    let comment = format!("% made up: {words}\n");
    pdf = pdf.replace("%%EOF", &format!("{}%%EOF", comment.repeat(missing.div_ceil(comment.len()))));
    pdf.into_bytes()
}

/// What a command said.
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

    /// Fails the test unless the command ended with this code.
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

/// Runs the program with these words.
pub fn despatch<S: AsRef<std::ffi::OsStr>>(words: &[S]) -> Said {
    Command::new(PROGRAM).args(words).output().expect("the program starts").into()
}

/// A demo office of its own.
#[derive(Debug)]
pub struct DemoOffice {
    _folder: tempfile::TempDir,
    pub dir: PathBuf,
}

impl DemoOffice {
    /// A demo office that has processed its samples on [`TODAY`].
    pub fn new() -> DemoOffice {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let dir = folder.path().join("office");
        let said = despatch(&["demo", "--once", "--today", TODAY, "--dir", dir.to_str().unwrap()]);
        assert_eq!(said.code, 0, "{said:?}");
        DemoOffice { _folder: folder, dir }
    }

    /// The office that lies in a folder already.
    pub fn in_folder(folder: tempfile::TempDir) -> DemoOffice {
        let dir = folder.path().join("office");
        DemoOffice { _folder: folder, dir }
    }

    /// Another office that is as this one is now.
    pub fn copy(&self) -> DemoOffice {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let dir = folder.path().join("office");
        let copied = Command::new("cp").arg("-a").arg(&self.dir).arg(&dir).status().expect("cp starts");
        assert!(copied.success(), "the office cannot be copied");
        DemoOffice { _folder: folder, dir }
    }

    /// A command in this office, on [`TODAY`].
    pub fn run(&self, words: &[&str]) -> Said {
        self.on(TODAY, words)
    }

    /// A command in this office by a member of staff.
    pub fn run_as(&self, staff: &str, words: &[&str]) -> Said {
        self.on(TODAY, &[&["--as", staff], words].concat())
    }

    /// A command in this office on another day.
    pub fn on(&self, today: &str, words: &[&str]) -> Said {
        self.command(today, words).output().expect("the program starts").into()
    }

    /// The command itself, for tests that start it in another way.
    pub fn command(&self, today: &str, words: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("--office").arg(&self.dir).args(["--today", today]).args(words);
        command
    }

    /// Every despatch, as `outbox list --json` has it.
    pub fn despatches(&self) -> Vec<serde_json::Value> {
        let said = self.run(&["--json", "outbox", "list", "--limit", "10000"]).expect(0);
        said.json()["despatches"].as_array().expect("a list").clone()
    }

    /// The one despatch of a case for a role, the booking of a room apart.
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

    /// The message of a despatch, byte for byte.
    pub fn message(&self, despatch: &serde_json::Value) -> Vec<u8> {
        fs::read(self.message_path(despatch)).expect("the message")
    }

    pub fn message_path(&self, despatch: &serde_json::Value) -> PathBuf {
        let (id, revision) = (despatch["id"].as_str().unwrap(), &despatch["message"]["revision"]);
        self.dir.join(format!("outbox/despatches/{id}.{revision}.eml"))
    }

    /// The demo key of a directory entry, or `review`.
    pub fn key(&self, entry: &str) -> PathBuf {
        self.dir.join("PRIVATE-demo-keys").join(format!("{entry}.key"))
    }

    /// Lays a case into the inbox, attachments first, the case file renamed into place last. The office has seen the
    /// authority of the representative whom it names.
    pub fn drop_case(&self, name: &str, case: &str, attachments: &[(&str, &[u8])]) {
        authorise(&self.dir, case);
        drop_into(&self.dir.join("inbox"), name, case, attachments);
    }

    /// Changes a file of the office.
    pub fn edit(&self, file: &str, change: impl FnOnce(String) -> String) {
        let path = self.dir.join(file);
        let text = fs::read_to_string(&path).expect("a file of the office");
        fs::write(path, change(text)).expect("a file of the office");
    }
}

/// Records the authority that a case file names, where it names one that can be.
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
    // What is wrong with a ledger is what a test is about.
    let Ok(mut ledger) = Ledger::open(&office.outbox()) else { return };
    let today = TODAY.parse().expect("a date");
    let (staff, now) = (office.config.staff.first().expect("somebody"), Clock::Fixed(today).now());
    // What the directory refuses is what a test is about.
    let _ = ledger.record_authority(&entry, &id, dated, staff, now);
}

/// Writes a file that nobody else may read: a passphrase, a password.
pub fn private_file(path: &Path, bytes: &[u8]) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, bytes).expect("a file");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("our own file");
}

/// Lays a case with a folder of its own into an inbox.
pub fn drop_into(inbox: &Path, name: &str, case: &str, attachments: &[(&str, &[u8])]) {
    if !attachments.is_empty() {
        fs::create_dir_all(inbox.join(name)).unwrap();
    }
    for (file, bytes) in attachments {
        fs::write(inbox.join(name).join(file), bytes).unwrap();
    }
    fs::write(inbox.join(format!("{name}.part")), case).unwrap();
    fs::rename(inbox.join(format!("{name}.part")), inbox.join(format!("{name}.json"))).unwrap();
}

/// A case in which everything is in order on [`TODAY`]: the appointment of a made-up person at Brook House,
/// with an interpreter and a representative. Six despatches. `n` makes it another case, under another reference.
pub fn appointment(n: usize, report: &[u8]) -> serde_json::Value {
    let mut case = common(n, report);
    case["event"] = serde_json::json!({
        "type": "appointment_confirmed",
        "referred_on": "2026-11-20", "date": "2026-12-01", "time": "14:30",
        "location": "the healthcare interview room",
        "doctor": { "entry": "dr-rathore-quill", "reference": format!("RQ-{n}") },
        "interpreter": { "language": "Tigrinya", "mode": "video" },
    });
    case
}

/// A case in which a report of a made-up person at Brook House came in on [`TODAY`]. Three despatches.
pub fn report_received(n: usize, report: &[u8]) -> serde_json::Value {
    let mut case = common(n, report);
    case["event"] = serde_json::json!({
        "type": "external_report_received",
        "received_on": TODAY,
        "report": {
            "author": "Dr Ottilie Marchetti-Bell", "profession": "psychiatrist", "author_regulated": true,
            "regulator": "General Medical Council", "registration": "0000000",
            "assessed_on": "2026-11-10", "report_date": "2026-11-16", "method": "in_person",
        },
    });
    case
}

/// Another event of the `n`th case, without attachments.
pub fn event(n: usize, event_id: &str, event: serde_json::Value) -> serde_json::Value {
    let mut case = common(n, b"");
    case["event_id"] = serde_json::json!(event_id);
    case["event"] = event;
    case["attachments"] = serde_json::json!([]);
    case
}

fn common(n: usize, report: &[u8]) -> serde_json::Value {
    serde_json::json!({
        "schema": "despatch-case/1",
        "case_id": format!("TEST-{n:05}"),
        "home_office_reference": format!("X{n:07}"),
        "event_id": format!("test-event-{n}"),
        "prepared_by": PREPARER,
        "person": {
            "name": "Selamawit Quartermaine", "date_of_birth": "1990-05-17",
            "nationality": "Eritrea", "language": "Tigrinya", "interpreter_needed": true,
        },
        "detention": { "place": "brook-house", "since": "2026-10-01" },
        "caseworker": { "entry": "caseworker-marisol" },
        "manager": { "entry": "manager-ayesha", "grade": "HEO" },
        "representative": { "entry": "harbour-lane-law", "authority_date": "2026-10-12", "reference": format!("HLL/{n}") },
        "attachments": [{
            "file": "report.pdf", "kind": "external_medical_report", "title": "External medical report",
            "size": report.len(), "sha256": despatch_core::words::Sha256::of(report).to_string(),
        }],
    })
}
