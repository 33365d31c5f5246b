//! Mistakes of the wrong person, and right cases with papers as they are: what the guards stop, ask about and let pass.
//!
//! The set was written before the guards looked for contradictions, and is changed no more; only `scene.rs`, which asks
//! them, follows the program. `first-score.txt` is the score of the guards before; `score.txt` is that of today, with
//! each mistake that passes and each right case that is asked about. `DESPATCH_UPDATE=1` rewrites `score.txt`.

mod mistakes;
mod paper;
mod people;
mod right;
mod scene;

use despatch_guards::Outcome;
use scene::Trial;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What the issue asks for: how many of each prove anything.
const MISTAKES_MIN: usize = 150;
const RIGHT_MIN: usize = 300;
/// The most right cases of a hundred that may be asked about.
const ASKED_MAX: usize = 5;

fn below(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contradiction").join(name)
}

/// The score of these, one line each of what is not as it should be.
fn score(mistakes: &[Trial], right: &[Trial]) -> String {
    let judged = |trials: &[Trial]| -> Vec<(String, Outcome, Vec<String>)> {
        let one = |trial: &Trial| {
            let (outcome, told) = trial.judged();
            (trial.name.clone(), outcome, told)
        };
        trials.iter().map(one).collect()
    };
    let (mistakes, right) = (judged(mistakes), judged(right));
    let count = |all: &[(String, Outcome, Vec<String>)], is: Outcome| {
        all.iter().filter(|(_, outcome, _)| *outcome == is).count()
    };
    let mut text = format!(
        "{} mistakes: {} stopped, {} asked, {} passed\n{} right cases: {} held, {} asked, {} passed\n",
        mistakes.len(),
        count(&mistakes, Outcome::Stops),
        count(&mistakes, Outcome::Confirm),
        count(&mistakes, Outcome::Passed),
        right.len(),
        count(&right, Outcome::Stops),
        count(&right, Outcome::Confirm),
        count(&right, Outcome::Passed),
    );
    for (name, ..) in mistakes.iter().filter(|(_, outcome, _)| *outcome == Outcome::Passed) {
        let _ = writeln!(text, "passed, a mistake: {name}");
    }
    for (name, outcome, told) in right.iter().filter(|(_, outcome, _)| *outcome != Outcome::Passed) {
        let _ = writeln!(text, "{}, and right: {name}: {}", outcome.label(), told.join("; "));
    }
    text
}

#[test]
fn the_set_is_large_enough_and_each_has_a_name_of_its_own() {
    let (mistakes, right) = (mistakes::mistakes(), right::right_cases());
    assert!(mistakes.len() >= MISTAKES_MIN && right.len() >= RIGHT_MIN, "{} {}", mistakes.len(), right.len());
    let names: BTreeSet<&str> = mistakes.iter().chain(&right).map(|one| one.name.as_str()).collect();
    assert_eq!(names.len(), mistakes.len() + right.len());
}

#[test]
fn the_score_is_as_it_was() {
    let (mistakes, right) = (mistakes::mistakes(), right::right_cases());
    let now = score(&mistakes, &right);
    if std::env::var_os("DESPATCH_UPDATE").is_some_and(|value| value == "1") {
        std::fs::write(below("score.txt"), &now).expect("the score");
    }
    let then = std::fs::read_to_string(below("score.txt")).expect("the score");
    assert_eq!(then, now);
}

#[test]
fn f5_each_mistake_is_stopped_or_asked_about_and_few_right_cases_are() {
    let outcome = |trial: &Trial| trial.judged().0;
    let (mistakes, right) = (mistakes::mistakes(), right::right_cases());
    assert!(mistakes.iter().all(|trial| outcome(trial) >= Outcome::Confirm));
    assert!(right.iter().all(|trial| outcome(trial) < Outcome::Stops));
    let asked = right.iter().filter(|trial| outcome(trial) == Outcome::Confirm).count();
    assert!(asked * 100 <= right.len() * ASKED_MAX, "{asked} of {}", right.len());
}

#[test]
fn the_first_score_is_of_the_same_set() {
    let (mistakes, right) = (mistakes::mistakes(), right::right_cases());
    let first = std::fs::read_to_string(below("first-score.txt")).expect("the first score");
    let said =
        |count: usize, what: &str| first.lines().any(|line| line.starts_with(&format!("{count} {what}: ")));
    assert!(said(mistakes.len(), "mistakes") && said(right.len(), "right cases"), "{first}");
    let names: BTreeSet<&str> = mistakes.iter().map(|one| one.name.as_str()).collect();
    let mut passed = first.lines().filter_map(|line| line.strip_prefix("passed, a mistake: "));
    assert!(passed.all(|name| names.contains(name)));
}
