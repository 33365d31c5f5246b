//! The main job end to end, on the demo office and through the real program: what is dropped, what comes of it, and
//! what independent programs (age, qpdf, outloud, poppler, Python's email package, sqlite3) find in it.

mod again;
mod bad_input;
mod cancelled;
mod capacity;
mod clear;
mod companions;
mod copy_ahead;
mod history;
mod letters;
mod limits;
mod names;
mod rows;
mod sealed;
mod sealed_examples;
mod stories;
mod undone;
mod whole;

use crate::support::office::{DemoOffice, Said, paper};
use crate::support::tools::{age_decrypt, command, run};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The medical report that tests drop; despatch looks inside an attachment only to count its pages.
const REPORT: &[u8] = paper!("The made-up report: insomnia, flashbacks and a healed fracture.");
const STATEMENT: &[u8] = paper!("The made-up statement.");
const MARKING: &str = "OFFICIAL SENSITIVE";
const MANIFEST: &str = "manifest.json";

/// A message as Python's email package reads it.
#[derive(Debug, Deserialize)]
struct Mail {
    headers: Vec<(String, String)>,
    parts: Vec<Part>,
    defects: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Part {
    #[serde(rename = "type")]
    kind: String,
    within: Vec<String>,
    charset: Option<String>,
    encoding: Option<String>,
    file: Option<String>,
    headers: Vec<(String, String)>,
    hex: String,
}

impl Mail {
    /// The one header of that name.
    fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name));
        let (_, value) = found.next().unwrap_or_else(|| panic!("no header {name}"));
        assert!(found.next().is_none(), "two headers {name}");
        value
    }

    /// The text of the first part of that type.
    fn text(&self, kind: &str) -> String {
        let part = self.parts.iter().find(|part| part.kind == kind).expect("a part of that type");
        String::from_utf8(part.bytes()).expect("UTF-8")
    }

    /// The attached files by name.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let files: Vec<_> =
            self.parts.iter().filter_map(|part| Some((part.file.clone()?, part.bytes()))).collect();
        let by_name: BTreeMap<_, _> = files.iter().cloned().collect();
        assert_eq!(by_name.len(), files.len(), "two attached files have one name");
        by_name
    }
}

impl Part {
    fn bytes(&self) -> Vec<u8> {
        let digit = |at: usize| u8::from_str_radix(&self.hex[at..at + 2], 16).expect("hex");
        (0..self.hex.len()).step_by(2).map(digit).collect()
    }
}

/// The messages in these files.
fn read_mails(paths: &[PathBuf]) -> Vec<Mail> {
    let json =
        run(command("python3").arg(script("mail.py")).args(paths)).unwrap_or_else(|why| panic!("{why}"));
    serde_json::from_slice(&json).expect("JSON from mail.py")
}

fn read_mail(office: &DemoOffice, despatch: &Value) -> Mail {
    read_mails(&[office.message_path(despatch)]).remove(0)
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/line").join(name)
}

/// What is sealed in a despatch, opened with Debian's age and the review key, by plain file name.
fn opened(office: &DemoOffice, despatch: &Value) -> BTreeMap<String, Vec<u8>> {
    let review = office.key("review");
    read_mail(office, despatch)
        .files()
        .into_iter()
        .filter_map(|(name, sealed)| {
            let plain = name.strip_suffix(".age")?.to_owned();
            Some((plain, age_decrypt(&review, &sealed).unwrap_or_else(|why| panic!("{name}: {why}"))))
        })
        .collect()
}

fn manifest_of(opened: &BTreeMap<String, Vec<u8>>) -> Value {
    serde_json::from_slice(&opened[MANIFEST]).expect("a manifest")
}

/// A demo office whose inbox is empty: its sample that waits for an attachment is taken away.
fn tidy_office() -> DemoOffice {
    let office = DemoOffice::new();
    fs::remove_file(office.dir.join("inbox/07-attachment-missing.json")).expect("the sample that waits");
    office
}

/// Everything that a `--json` command said, a value a line.
fn said_lines(said: &Said) -> Vec<Value> {
    said.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Processes the inbox: the findings, then the summary.
fn process(office: &DemoOffice, code: i32) -> Vec<Value> {
    said_lines(&office.run(&["--json", "run", "--once"]).expect(code))
}

/// Drops a case with its attachments and processes it: its finding.
fn drop_and_process(office: &DemoOffice, name: &str, case: &Value, attachments: &[(&str, &[u8])]) -> Value {
    office.drop_case(name, &case.to_string(), attachments);
    let said = office.run(&["--json", "run", "--once"]);
    let file = format!("{name}.json");
    let found = said_lines(&said).into_iter().find(|one| one["file"] == file.as_str());
    found.unwrap_or_else(|| panic!("nothing was said of {file}: {said:?}"))
}

/// The despatches of one case that no later file took the place of.
fn despatches_of(office: &DemoOffice, case: &str) -> Vec<Value> {
    let mut all = office.despatches();
    all.retain(|one| one["case_id"] == case && one["state"] != "superseded");
    all
}

fn words(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// Every file below a folder, with its bytes, by path from it. Links and pipes are not opened.
fn files_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut left = vec![folder.to_owned()];
    while let Some(path) = left.pop() {
        let kind = fs::symlink_metadata(&path).expect("an entry").file_type();
        if kind.is_dir() {
            left.extend(fs::read_dir(&path).expect("a folder").map(|entry| entry.expect("an entry").path()));
        } else if kind.is_file() {
            let bytes = fs::read(&path).expect("a file");
            found.insert(path.strip_prefix(folder).expect("below").to_owned(), bytes);
        }
    }
    found
}
