//! One job in a hundred fresh processes; in a full run, in a thousand.

use super::{PROGRAM, job, pool};
use crate::support::folder::is_full;
use despatch_app::pipeline::examples;
use despatch_app::pipeline::examples::Print;
use despatch_core::words::Sha256;
use despatch_letters::catalogue::Catalogue;
use despatch_letters::render::job::Job;
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

const RENDERS: usize = 100;
/// As many in a full run.
const RENDERS_FULL: usize = 1_000;

/// The letter that is served, of its cruel example.
fn letter(catalogue: &Catalogue) -> Job {
    let kind = catalogue.kind(&"service-pack".parse().expect("a name")).expect("the kind");
    let (path, data) =
        catalogue.examples(&kind.name).find(|(path, _)| path.contains("cruel")).expect("an example");
    examples::job(kind, "letter.typ", path, &data, Print::AsGiven)
}

#[test]
fn a_hundred_renders_in_fresh_processes_give_one_hash() {
    let catalogue = Catalogue::load(None).expect("the templates");
    let (files, letter) = (catalogue.files(), letter(&catalogue));
    // Only what this letter needs crosses to each process.
    let needed = files
        .into_iter()
        .filter(|(path, _)| path.starts_with("/_shared/") || path.starts_with("/service-pack/"));
    let needed = needed.collect();
    let renders = if is_full() { RENDERS_FULL } else { RENDERS };
    let (left, hashes) = (AtomicUsize::new(renders), Mutex::new(BTreeSet::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while left
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
                    .is_ok()
                {
                    let fresh = Pool::start(Path::new(PROGRAM), &needed, 1, TIME_LIMIT).expect("a worker");
                    let pdf = fresh.render(&letter).expect("a letter");
                    hashes.lock().expect("the hashes").insert(Sha256::of(&pdf));
                }
            });
        }
    });
    let hashes = hashes.into_inner().expect("the hashes");
    assert_eq!(hashes.len(), 1, "{hashes:?}");
    // Another letter has another hash, or the test would show nothing.
    assert!(!hashes.contains(&Sha256::of(&pool(1).render(&job("Hello")).expect("a letter"))));
}
