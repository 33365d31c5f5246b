//! Enters: case files and what is on record. Leaves: proof of what `plan`, `correct`, `deadlines` and `case` tell.
//! Never: looks inside the program: each is driven as a person would, in a demo office.

mod correct;
mod deadlines;
mod digests;
mod history;
mod plan;

use crate::support::office::{DemoOffice, PREPARER, appointment, paper};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// An attachment; nothing in the program reads what is in it.
const REPORT: &[u8] = paper!("A made-up report.");

/// A desk outside the office, on which a case file lies with its report beside it.
struct Desk {
    folder: tempfile::TempDir,
    file: PathBuf,
}

impl Desk {
    fn with(case: &str) -> Desk {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("mended.json");
        fs::write(&file, case).unwrap();
        fs::write(folder.path().join("report.pdf"), REPORT).unwrap();
        Desk { folder, file }
    }

    fn path(&self) -> &str {
        self.file.to_str().unwrap()
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(name), bytes).unwrap();
    }
}

/// The text of a case as people write it, over several lines.
fn lines(case: &Value) -> String {
    serde_json::to_string_pretty(case).unwrap() + "\n"
}

/// Everything in a folder, with its bytes.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            all.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    all.sort();
    all
}

/// An office in which the appointment of TEST-00001 has been processed from this text.
fn office_with_appointment() -> (DemoOffice, String) {
    let office = DemoOffice::new();
    let text = lines(&appointment(1, REPORT));
    office.drop_case("first", &text, &[("report.pdf", REPORT)]);
    let said = office.run(&["run", "--once"]);
    assert!(said.stdout.contains("1 queued"), "{said:?}");
    (office, text)
}

/// The faults that a command told as JSON, by place and word.
fn faults(said: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    said["faults"]
        .as_array()
        .unwrap_or_else(|| panic!("no faults in {said}"))
        .iter()
        .map(|fault| (text(&fault["at"]), text(&fault["code"])))
        .collect()
}
