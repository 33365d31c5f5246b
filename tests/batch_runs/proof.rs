//! Enters: a sheet that is only tried. Leaves: that its proof says in numbers and pictures what would be made, and that
//! nothing was.

use super::sampling::{approved_by_sample, lines, office};
use super::{folder_of, run};
use crate::support::office::{DemoOffice, PREPARER, REVIEWER};
use crate::support::pdf::all_sound;
use crate::support::tools::{command, run as tool};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;

#[test]
fn a_dry_run_makes_a_proof_and_nothing_else() {
    let office = DemoOffice::new();
    let before = (office.events(""), fs::read_dir(office.dir.join("inbox")).unwrap().count());
    let folder = folder_of(&office, 1..=3);
    let proof = office.dir.with_file_name("proof.pdf");
    let words =
        ["--json", "batch", folder.to_str().unwrap(), "--dry-run", "--proof", proof.to_str().unwrap()];
    let said = office.run_as(PREPARER, &words).expect(0).json();
    assert_eq!((&said["rows"], &said["known"]), (&json!(3), &json!(0)));
    let made: u64 =
        said["kinds"].as_array().unwrap().iter().map(|one| one["messages"].as_u64().unwrap()).sum();
    assert_eq!(made, 9, "three messages a row: {said}");
    let recipients = said["recipients"].as_array().unwrap();
    assert!(recipients.iter().all(|one| one["messages"] == 3), "{said}");
    assert!(!said["deadlines"].as_array().unwrap().is_empty(), "{said}");
    let because: Vec<String> = said["letters"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|one| one["because"].as_array().unwrap().clone())
        .map(|one| one.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(because.len(), 5, "the first, last, longest, shortest and riskiest: {because:?}");
    let text = tool(command("pdftotext").arg(&proof).arg("-")).expect("a PDF");
    let text = String::from_utf8_lossy(&text).into_owned();
    for words in
        ["Proof of a batch", "By recipient", "Deadlines", "What would be held", "The first", "Signed off"]
    {
        assert!(text.contains(words), "no {words:?} in {text}");
    }
    let pictures = tool(command("pdfimages").arg("-list").arg(&proof)).expect("a PDF");
    assert!(String::from_utf8_lossy(&pictures).lines().count() > 2, "there are pictures");
    assert_eq!(before, (office.events(""), fs::read_dir(office.dir.join("inbox")).unwrap().count()));
    // The very command without it runs.
    run(&office, &folder, "spring").expect(0);
}

/// The proof and the reports of a batch are held to what its letters are held to, over more than one page.
#[test]
fn the_papers_of_a_batch_are_sound_and_accessible() {
    const ROWS: usize = 60;
    let mut papers = BTreeMap::new();
    let demo = DemoOffice::new();
    let proof = |office: &DemoOffice, sheet: &std::path::Path| {
        let to = office.dir.with_file_name("proof.pdf");
        let words = ["batch", sheet.to_str().unwrap(), "--dry-run", "--proof", to.to_str().unwrap()];
        office.run_as(PREPARER, &words).expect(0);
        fs::read(&to).expect("a proof")
    };
    papers.insert("proof, letters of many pages".to_owned(), proof(&demo, &folder_of(&demo, 1..=3)));

    let office = office();
    let file = lines(&office, ROWS);
    papers.insert("proof, many rows".to_owned(), proof(&office, &file));
    let mut report = |what: &str| {
        let to = office.dir.with_file_name("outcome.pdf");
        office.run_as(REVIEWER, &["batch", "show", "rooms", "--report", to.to_str().unwrap()]).expect(0);
        papers.insert(what.to_owned(), fs::read(&to).expect("a report"));
        fs::remove_file(&to).expect("it is there");
    };
    office.run_as(PREPARER, &["batch", file.to_str().unwrap(), "--name", "rooms"]).expect(0);
    report("report, all in the inbox");
    office.run(&["run", "--once"]);
    report("report, all to be reviewed");
    assert_eq!(approved_by_sample(&office), ROWS);
    office.run(&["send", "--once"]).expect(0);
    report("report, all sent");
    all_sound(&papers);
}
