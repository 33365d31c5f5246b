//! Enters: how many appointment cases, and how many entries the directory has besides the demo's. Leaves: an office with
//! them in its inbox, the jobs that the line makes of them, and runs of the line over copies of it.
//! Never: measures by itself, or calls a run whole in which a case was not queued.

use super::office::{DemoOffice, PROGRAM, TODAY, appointment, drop_into, paper_of};
use super::raw;
use despatch::caller::unlock;
use despatch_app::intake::{Inbox, IntakeProcess};
use despatch_app::office::Office;
use despatch_app::pipeline::{Line, Progress, Run, process};
use despatch_core::clock::Clock;
use despatch_core::words::Sha256;
use despatch_directory::entry::Change;
use despatch_directory::import;
use despatch_ledger::{Ledger, State};
use despatch_seal::keys::SecretKey;
use despatch_seal::manifest::Manifest;
use despatch_seal::sealing;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The time that a worker has for one document: valgrind takes thirty times as long as the processor.
const PATIENCE: Duration = Duration::from_secs(300);
/// Bytes of the medical report that goes with each case.
pub const REPORT_BYTES: usize = 50_000;

/// Adds as many firms as a large office writes to, from a table as an office would import it.
fn fill_directory(dir: &Path, entries: usize) {
    if entries == 0 {
        return;
    }
    let office = Office::open(dir).expect("an office in order");
    let mut ledger = Ledger::open(&office.outbox()).expect("a ledger");
    let now = Clock::Fixed(TODAY.parse().expect("a date")).now();
    let clerk = office.config.staff.first().expect("somebody");
    let mut table = "id,role,name,organisation,email\n".to_owned();
    for n in 0..entries {
        let name = Sha256::of(n.to_string().as_bytes()).to_string();
        let (name, firm) = (&name[..8], &name[8..24]);
        table.push_str(&format!("firm-{n},representative,A {n},Firm {n},{name}@{firm}.example.invalid\n"));
    }
    let entered = Change::new(clerk.id.clone(), now.today);
    let entries = import::read("firms.csv", &table, &entered).expect("a sound table");
    let started = Instant::now();
    ledger.put_entries(entries, &office.config.addresses, clerk, now).expect("a ledger").expect("no fault");
    let read = Instant::now();
    let directory = ledger.directory(&office.config.addresses).expect("a directory");
    println!(
        "{} entries in the directory: {:.1} s to enter them, {:.2} s to read them all",
        directory.entries().len(),
        (read - started).as_secs_f64(),
        read.elapsed().as_secs_f64(),
    );
}

/// The office from which each run starts, and the jobs of its cases.
pub struct Scene {
    office: DemoOffice,
    scratch: TempDir,
    pub cases: usize,
    pub recorded: Vec<PathBuf>,
}

impl Scene {
    /// Makes the office, and records the jobs of its cases as `workers` get them.
    pub fn new(cases: usize, entries: usize, workers: usize) -> Scene {
        let office = DemoOffice::new();
        let scratch = tempfile::tempdir().expect("a temporary folder");
        // The sample without its attachment would wait in every run.
        fs::remove_file(office.dir.join("inbox/07-attachment-missing.json")).expect("the waiting sample");
        fill_directory(&office.dir, entries);
        for n in 0..cases {
            drop_one(&office.dir.join("inbox"), n);
        }
        let mut scene = Scene { office, scratch, cases, recorded: Vec::new() };
        let spy = scene.spy();
        let copy = scene.copy(workers);
        run_line(&copy.path().join("office"), &spy, cases, &|_| {});
        let jobs = fs::read_dir(scene.scratch.path()).expect("the scratch folder");
        scene.recorded = jobs
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "jobs"))
            .collect();
        scene
    }

    /// Makes a worker that records its input and passes it on to a real one.
    fn spy(&self) -> PathBuf {
        let spy = self.scratch.path().join("spy");
        let jobs = self.scratch.path().join("$$.jobs");
        let script = format!("#!/bin/sh\ntee \"{}\" | {PROGRAM} \"$@\"\n", jobs.display());
        fs::write(&spy, script).expect("the scratch folder");
        fs::set_permissions(&spy, fs::Permissions::from_mode(0o700)).expect("our own file");
        spy
    }

    /// How many letters and cover notes the line makes.
    pub fn jobs(&self) -> usize {
        self.recorded.iter().map(|path| raw::read(path).1.len()).sum()
    }

    /// Copies the office with its full inbox, and sets the number of workers.
    pub fn copy(&self, workers: usize) -> TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let copied = Command::new("cp").arg("-a").arg(&self.office.dir).arg(folder.path()).status();
        assert!(copied.is_ok_and(|status| status.success()), "the office cannot be copied");
        let config = folder.path().join("office/despatch.toml");
        let text = fs::read_to_string(&config).expect("the settings");
        let set = text.replace("workers = 2", &format!("workers = {workers}"));
        fs::write(config, set).expect("the settings");
        folder
    }
}

/// Runs the line over the office in `dir` with so many cases in its inbox. Whenever one is durable, `at` gets how many are
/// so far and the process ids of the workers and the intake.
pub fn run_line(dir: &Path, worker: &Path, cases: usize, at: &(dyn Fn((usize, Vec<u32>)) + Sync)) {
    let today = TODAY.parse().expect("a date");
    let mut office = Office::open(dir).expect("an office in order");
    let mut ledger = Ledger::open(&office.outbox()).expect("a ledger");
    office.directory = ledger.directory(&office.config.addresses).expect("a directory");
    let inbox = Inbox::open(office.intake()).expect("an inbox");
    let signer = office.signing_secret(&unlock(None)).expect("a demo office's signing key lies open");
    let line = Line::new(&office, worker).expect("a line").signed_by(signer).with_time_limit(PATIENCE);
    let files = Arc::new(IntakeProcess::new(Path::new(PROGRAM), inbox.clone()));
    let done = Mutex::new(0);
    let report = |progress: Progress<'_>| {
        if matches!(progress, Progress::Found(_)) {
            let mut done = done.lock().expect("nothing panics");
            *done += 1;
            at((*done, line.workers().into_iter().chain(files.pid()).collect()));
        }
    };
    let run = Run { clock: Clock::Fixed(today), once: true };
    let summary = process(&line, ledger, (&inbox, files.clone()), run, (&report, &|| true))
        .expect("the run goes through");
    assert_eq!((summary.queued, summary.rejected), (cases, 0), "a case was not queued");
}

/// Returns the hash of each letter and cover note in the manifests of the benchmark's cases.
pub fn letters_in(dir: &Path) -> BTreeSet<String> {
    let key = fs::read_to_string(dir.join("PRIVATE-demo-keys/review.key"))
        .or_else(|_| fs::read_to_string(dir.join("keys/review.key")))
        .expect("a demo office's review key lies open");
    let key = SecretKey::from_identity_file(&key).unwrap_or_else(|_| panic!("the review key is one"));
    let mut ledger = Ledger::open(&dir.join("outbox")).expect("a ledger");
    let despatches = ledger.despatches(&State::ALL).expect("a ledger");
    let mut hashes = BTreeSet::new();
    for despatch in despatches.iter().filter(|one| one.case_id.as_str().starts_with("TEST-")) {
        let bound = despatch.message.as_ref().expect("a message");
        let message = ledger.files().message_bytes(despatch.id, bound.revision, bound.sha256);
        let parts = despatch_message::parts(&message.expect("the message")).expect("its parts");
        let sealed = parts.iter().find(|(name, _)| name == "manifest.json.age").expect("a manifest");
        let opened = sealing::open(&sealed.1, &key).expect("the review key opens it");
        let manifest = Manifest::parse(&opened).expect("a manifest");
        // The enclosed report and the calendar file were not typeset.
        let made = manifest.documents.into_iter().filter(|one| one.size != REPORT_BYTES as u64);
        let made = made.filter(|one| one.file.ends_with(".pdf"));
        hashes.extend(made.map(|document| document.sha256.to_string()));
    }
    hashes
}

/// A made-up person of a case. Cases of one person would have whole letters in common, which typst does not set twice.
struct Person {
    name: String,
    /// As the case has it, and as the report does.
    born: (String, String),
    language: &'static str,
    reference: String,
}

/// Half of them have names whose language the letter says.
const LANGUAGES: [&str; 4] = ["Tigrinya", "Albanian", "Arabic", "Vietnamese"];
const FIRST_NAMES: [&str; 17] = [
    "Ada", "Belen", "Cyrus", "Dorin", "Esme", "Farid", "Gita", "Hana", "Ilir", "Joss", "Kema", "Lior",
    "Mina", "Nadir", "Orla", "Petra", "Sanaa",
];
const LAST_NAMES: [&str; 13] = [
    "Archerly",
    "Bellweather",
    "Corriganby",
    "Dunmorely",
    "Eastlaker",
    "Fairholmes",
    "Garrickson",
    "Hollowayne",
    "Inglebright",
    "Jessopson",
    "Kilbrideson",
    "Langmerely",
    "Quartermaine",
];

/// The person of the `n`th case.
fn person(n: usize) -> Person {
    let of = |names: &[&'static str]| names[n % names.len()];
    let (year, day) = (1960 + n % 41, 1 + n % 28);
    Person {
        name: format!("{} {}", of(&FIRST_NAMES), of(&LAST_NAMES)),
        born: (format!("{year}-05-{day:02}"), format!("{day} May {year}")),
        language: of(&LANGUAGES),
        reference: format!("X{n:07}"),
    }
}

/// Makes a medical report of some 800 words, padded to exactly `REPORT_BYTES` as if by its fonts.
fn report(n: usize) -> Vec<u8> {
    let line =
        format!("Made-up finding {n}: the person slept badly and ate little in the week of 3 March 2026.");
    let words = vec![line.as_str(); 50].join(") Tj T* (");
    let Person { name, born: (_, born), .. } = person(n);
    let pdf = String::from_utf8(paper_of(&words, 0)).expect("plain text");
    let about = pdf.replace("Selamawit Quartermaine", &name).replace("17 May 1990", &born);
    assert!(about.contains(&name) && about.contains(&born), "the report is about its person");
    let mut pdf = about.into_bytes();
    let end = pdf.len() - "%%EOF\n".len();
    let padding = vec![b'%'; REPORT_BYTES - pdf.len() - 1];
    pdf.splice(end..end, padding.into_iter().chain([b'\n']));
    pdf
}

/// Drops the `n`th appointment.
pub fn drop_one(inbox: &Path, n: usize) {
    let report = report(n);
    let mut case = appointment(n, &report);
    let Person { name, born: (born, _), language, reference } = person(n);
    case["person"]["name"] = name.into();
    case["person"]["date_of_birth"] = born.into();
    case["person"]["language"] = language.into();
    case["event"]["interpreter"]["language"] = language.into();
    case["home_office_reference"] = reference.into();
    drop_into(inbox, &format!("case-{n:03}"), &case.to_string(), &[("report.pdf", &report)]);
}
