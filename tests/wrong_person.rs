//! The wrong-person suite: mistakes by which papers of somebody in detention reach a reader for whom they are not, and
//! what stops each; and two hundred cases in which nothing is wrong, which nothing may stop.
//!
//! Each mistake is made in an office of its own. A hasty reviewer then approves whatever can be approved without
//! looking: nothing is opened, confirmed or overridden. What is approved is sent, and the delivered messages are opened
//! with the demo's keys. If what must not arrive has arrived, the mistake was not stopped. A case file that is rejected,
//! a despatch that is held and an approval that is refused all count as stopped.
//!
//! `wrong_person/results.txt` says of each mistake what stops it; `DESPATCH_UPDATE=1` rewrites it.
//! `wrong_person/first-score.txt` is the score before there was any guard; it is never rewritten. The mistakes were
//! written before the guards, and are changed no more; only `directory.rs` and `settings.rs`, which say how a person
//! does what a mistake calls for, follow the program. In three of them what must not arrive was told too widely, so that
//! rightful letters counted, and is told by what the mistake alone brings about: `letter-names-another`,
//! `concern-about-another` and `key-of-another-entry`. Whatever changes a line of the results fails the test.

mod addresses;
mod correct;
pub(crate) mod directory;
mod files;
mod keys;
mod mixed_up;
pub(crate) mod paper;
mod people;
mod roles;
mod scene;
pub(crate) mod settings;
mod words;

use crate::support::office::DemoOffice;
use crate::support::pdf::{flowing_text, qpdf_check};
use scene::{Scene, Wrong};
use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The fewest mistakes that prove anything.
const MISTAKES_MIN: usize = 66;

const DOCTOR_ENTRY: &str = "dr-rathore-quill";
const DOCTOR: &str = "p.rathore-quill@fernbrook.nhs.example.invalid";
const FIRM_ENTRY: &str = "harbour-lane-law";
const FIRM: &str = "solveig.adjei-hart@harbour-lane-law.example.invalid";
const HEALTHCARE: &str = "brook-house.reports@larkfield.nhs.example.invalid";
const DET: &str = "det-brook-house@office.example.invalid";
const CASEWORKER: &str = "marisol.tennant@office.example.invalid";

/// A mistake, in the words of somebody who saw it happen.
struct Mistake {
    /// Never changes.
    name: &'static str,
    story: &'static str,
    /// Makes it, and says what must not arrive.
    happens: fn(&mut Scene) -> Vec<Wrong>,
}

fn mistakes() -> Vec<&'static Mistake> {
    [
        mixed_up::MISTAKES,
        addresses::MISTAKES,
        keys::MISTAKES,
        roles::MISTAKES,
        files::MISTAKES,
        words::MISTAKES,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The demo's office; its own samples were queued and no longer wait for review.
fn template() -> DemoOffice {
    let office = DemoOffice::new();
    fs::remove_file(office.dir.join("inbox/07-attachment-missing.json")).expect("the sample that waits");
    let despatches = office.despatches();
    let ids = despatches.iter().filter_map(|one| one["id"].as_str());
    let words: Vec<&str> = ["outbox", "hold", "--reason", "a sample"].into_iter().chain(ids).collect();
    office.run_as(crate::support::office::REVIEWER, &words);
    office
}

fn below(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wrong_person").join(name)
}

/// What stopped it, or where it arrived.
struct Outcome {
    mistake: &'static Mistake,
    stopped: Result<String, String>,
}

/// Makes each of these mistakes, some at a time, in an office of its own.
fn made(mistakes: &'static [Mistake]) -> Vec<Outcome> {
    let template = template();
    let left = Mutex::new(mistakes.iter().collect::<Vec<_>>());
    let made = Mutex::new(Vec::new());
    let make = || {
        loop {
            let Some(mistake) = left.lock().expect("no panic").pop() else { return };
            let mut scene = Scene::new(&template);
            let wrong = (mistake.happens)(&mut scene);
            assert!(!wrong.is_empty() || scene.is_stopped(), "{}: nothing could arrive", mistake.name);
            let stopped = scene.outcome(&wrong);
            if let Err(arrived) = &stopped {
                println!("{}: arrived in {arrived}", mistake.name);
            }
            made.lock().expect("no panic").push(Outcome { mistake, stopped });
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(make);
        }
    });
    let mut made = made.into_inner().expect("no panic");
    made.sort_by_key(|one| mistakes.iter().position(|other| other.name == one.mistake.name));
    made
}

fn results(made: &[Outcome]) -> String {
    let line = |one: &Outcome| {
        let result = one.stopped.as_ref().map_or("NOT STOPPED".to_owned(), |by| format!("stopped by {by}"));
        format!("{}: {result}\n", one.mistake.name)
    };
    made.iter().map(line).collect()
}

/// The name of the mistake of which a line of the results tells.
fn name_of(line: &str) -> &str {
    line.split(':').next().unwrap_or(line)
}

/// Puts these lines in the place of those of the same mistakes.
fn update(made: &[Outcome]) {
    let mut file =
        fs::File::options().read(true).write(true).open(below("results.txt")).expect("the results");
    // The tests of this suite run side by side.
    file.lock().expect("our own file");
    let mut known = String::new();
    file.read_to_string(&mut known).expect("the results");
    let new = results(made);
    let lines = new.lines().chain(known.lines());
    let of = |mistake: &Mistake| lines.clone().find(|line| name_of(line) == mistake.name);
    let text: String = mistakes().into_iter().filter_map(of).map(|line| format!("{line}\n")).collect();
    fs::write(below("results.txt"), text).expect("the results");
}

/// Each of these mistakes is stopped, and by what the results say.
#[track_caller]
fn are_stopped(mistakes: &'static [Mistake]) {
    let made = made(mistakes);
    if std::env::var_os("DESPATCH_UPDATE").is_some_and(|value| value == "1") {
        update(&made);
    }
    let known = fs::read_to_string(below("results.txt")).expect("the results");
    let ours = |line: &&str| mistakes.iter().any(|one| one.name == name_of(line));
    let then: Vec<&str> = known.lines().filter(ours).collect();
    let now = results(&made);
    let now: Vec<&str> = now.lines().collect();
    let differs = then.iter().zip(&now).find(|(then, now)| then != now);
    assert!(then == now, "the results say otherwise; first difference: {differs:#?}");
    let arrived = |one: &Outcome| {
        let at = one.stopped.as_ref().err()?;
        Some(format!("{} ({}): arrived in {at}", one.mistake.name, one.mistake.story))
    };
    let arrived: Vec<String> = made.iter().filter_map(arrived).collect();
    assert!(arrived.is_empty(), "not stopped:\n{}", arrived.join("\n"));
}

#[test]
fn papers_that_are_mixed_up_are_stopped_by_what_the_results_say() {
    are_stopped(mixed_up::MISTAKES);
}

#[test]
fn mistaken_addresses_are_stopped_by_what_the_results_say() {
    are_stopped(addresses::MISTAKES);
}

#[test]
fn mistaken_keys_are_stopped_by_what_the_results_say() {
    are_stopped(keys::MISTAKES);
}

#[test]
fn mistaken_roles_are_stopped_by_what_the_results_say() {
    are_stopped(roles::MISTAKES);
}

#[test]
fn mistaken_files_are_stopped_by_what_the_results_say() {
    are_stopped(files::MISTAKES);
}

#[test]
fn mistaken_words_are_stopped_by_what_the_results_say() {
    are_stopped(words::MISTAKES);
}

#[test]
fn the_results_tell_of_each_mistake_once_and_each_is_made_by_a_test() {
    let known = fs::read_to_string(below("results.txt")).expect("the results");
    let told: Vec<&str> = known.lines().map(name_of).collect();
    let made: Vec<&str> = mistakes().iter().map(|one| one.name).collect();
    assert_eq!(told, made);
    assert!(known.lines().all(|line| line.contains(": stopped by ")), "{known}");
}

#[test]
fn the_first_score_counts_mistakes_that_there_are() {
    let first = fs::read_to_string(below("first-score.txt")).expect("the first score");
    let names: BTreeSet<&str> = mistakes().iter().map(|one| one.name).collect();
    assert_eq!(names.len(), mistakes().len(), "two mistakes have one name");
    assert!(names.len() >= MISTAKES_MIN, "only {}", names.len());
    assert!(mistakes().iter().all(|one| one.story.ends_with('.')), "each has a sentence");
    let through: Vec<&str> = first.lines().filter_map(|line| line.strip_prefix("not stopped: ")).collect();
    assert!(through.iter().all(|name| names.contains(name)), "{through:?}");
    let said = format!("{} of {} mistakes stopped", names.len() - through.len(), names.len());
    assert_eq!(first.lines().next(), Some(said.as_str()));
}

#[test]
fn the_papers_of_the_suite_are_pdfs_whose_text_can_be_read() {
    let who = people::person(1);
    let text = flowing_text(&who.report());
    for said in
        ["Name: Selamawit Quartermaine", "Date of birth: 17 May 1990", "X0000001", "healed after a fracture"]
    {
        assert!(text.contains(said), "{said} in {text}");
    }
    qpdf_check(&who.report()).unwrap_or_else(|why| panic!("{why}"));
    for name in ["Lương Thị Bích Vy", "Олексій Гончар", "ሰላማዊት ገብረመስቀል", "فاطمة الزهراء", "歐陽娜娜"]
    {
        let text = flowing_text(&paper::Paper::of(&[format!("Name: {name}")]).pdf());
        assert!(name.split(' ').all(|word| text.contains(word)), "{name} in {text:?}");
    }
    assert_eq!(flowing_text(&paper::Paper::scan().pdf()), "", "a scan has no text");
    assert!(qpdf_check(&paper::locked(&who.report())).is_err(), "it is locked");
}
