//! Enters: every valid case file. Leaves: proof that the questions ask for each of its fields, for whoever answers with
//! what the file says gets the same file, and that no question asks for a field that no file has.
//! Never: a real person; every name is made up.

use despatch::commands::new::{Interview, Loaded, Person, Sources};
use despatch_app::operations::new_case::desk::{Desk, OnFile};
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, Sha256};
use despatch_process::case;
use despatch_process::case::EventName;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

/// Questions that may come again before a test gives up: a list has entries.
const PATIENCE: usize = 60;

/// Somebody who answers with what a case file says.
struct Clerk {
    file: Value,
    attachments: PathBuf,
    lines: VecDeque<String>,
    asked: BTreeMap<String, usize>,
    told: Vec<String>,
}

impl Person for Clerk {
    fn line(&mut self, at: &str, prompt: &str) -> Result<String, Fault> {
        if let Some(line) = self.lines.pop_front() {
            return Ok(line);
        }
        let times = self.asked.entry(at.to_owned()).or_default();
        *times += 1;
        assert!(*times < PATIENCE, "asked for {at} again and again: {prompt}\n{:#?}", self.told);
        if at == "write" {
            return Ok("yes".to_owned());
        }
        assert!(at.starts_with('/'), "{prompt}\n{:#?}", self.told);
        if at == "/?" {
            let any = ["replaces", "correction", "despite_history"]
                .iter()
                .any(|name| self.file.get(name).is_some());
            return Ok(if any { "yes" } else { "no" }.to_owned());
        }
        Ok(match self.file.pointer(at) {
            None => String::new(),
            Some(Value::Object(_) | Value::Bool(true)) => "yes".to_owned(),
            Some(Value::Bool(false)) => "no".to_owned(),
            Some(Value::String(text)) if prompt.contains("single dot") => {
                self.lines.extend(text.lines().map(str::to_owned).chain([".".to_owned()]));
                self.lines.pop_front().unwrap_or_default()
            }
            Some(Value::String(name)) if at.starts_with("/attachments/") && at.ends_with("/file") => {
                self.attachments.join(name).display().to_string()
            }
            Some(Value::String(text)) => text.clone(),
            Some(other) => panic!("{at} is asked for, and is {other}"),
        })
    }

    fn tell(&mut self, text: &str) {
        self.told.push(text.to_owned());
    }
}

/// Every valid case file, as somebody would have it: with attachments that are there, and nothing left out as null.
fn files(attachments: &Path) -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/valid");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder of cases") {
        let path = entry.expect("an entry").path();
        let bytes = fs::read(&path).expect("a case");
        if case::parse(&bytes).is_err() {
            continue;
        }
        let mut file: Value = serde_json::from_slice(&bytes).expect("JSON");
        without_null(&mut file);
        fill_in(&mut file);
        file["prepared_by"] = json!("p-lark");
        for (index, one) in file["attachments"].as_array_mut().expect("a list").iter_mut().enumerate() {
            let bytes = format!("%PDF-1.7\n{index}");
            fs::write(attachments.join(one["file"].as_str().expect("a name")), &bytes).expect("a file");
            one["size"] = json!(bytes.len());
            one["sha256"] = json!(Sha256::of(bytes.as_bytes()));
        }
        files.push((path.display().to_string(), file));
    }
    files
}

/// Adds the two fields that no valid file has.
fn fill_in(file: &mut Value) {
    if file["event"]["type"] == "external_report_received" {
        file["event"]["level_in_force"] = json!("2");
    }
    if file["event"]["type"] == "representative_changed" && file.get("representative").is_some() {
        let valid = |name: &str| -> Value {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/valid").join(name);
            serde_json::from_slice(&fs::read(path).expect("a case")).expect("JSON")
        };
        let mut booked = valid("appointment-rebooked.json");
        booked["event"]["joining_instructions"] =
            valid("appointment-full.json")["event"]["joining_instructions"].take();
        booked["event"].as_object_mut().expect("an object").remove("type");
        file["person"] = booked["person"].take();
        file["event"]["appointment"] = booked["event"].take();
    }
}

fn without_null(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(without_null);
        }
        Value::Array(list) => list.iter_mut().for_each(without_null),
        _ => {}
    }
}

/// The pointers of every value, each number of a list as one.
fn pointers(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            found.insert(at.to_owned());
            fields.iter().for_each(|(name, field)| pointers(field, &format!("{at}/{name}"), found));
        }
        Value::Array(list) => list.iter().for_each(|one| pointers(one, &format!("{at}/0"), found)),
        _ => drop(found.insert(at.to_owned())),
    }
}

fn desk(files: &[(String, Value)]) -> Desk {
    let mut places = BTreeSet::new();
    for (_, file) in files {
        let named = ["/detention/place", "/event/from"].iter().filter_map(|at| file.pointer(at)?.as_str());
        places.extend(named.map(str::to_owned));
    }
    Desk {
        today: "2026-12-31".parse().expect("a date"),
        places: places.into_iter().map(|id| (id.clone(), id)).collect(),
        ..Desk::default()
    }
}

/// The file that comes of answering with what `file` says, and the pointers that were asked for.
fn answered(name: &str, file: &Value, desk: &Desk, attachments: &Path) -> (Value, BTreeSet<String>) {
    let word = file["event"]["type"].as_str().expect("a word");
    let (_, event) = EventName::WORDS.iter().find(|(known, _)| *known == word).expect("an event");
    let mut clerk = Clerk {
        file: file.clone(),
        attachments: attachments.to_owned(),
        lines: VecDeque::new(),
        asked: BTreeMap::new(),
        told: Vec::new(),
    };
    let mut record = |_: &CaseId| OnFile::default();
    let preparer = "p-lark".parse().expect("an id");
    let sources = Sources {
        desk,
        record: &mut record,
        is_free: &|_| true,
        foresee: &mut |_| Vec::new(),
        loaded: Loaded::default(),
    };
    let interview = Interview::new(*event, &preparer, sources, &mut clerk);
    let finished = interview.run().expect("answers").unwrap_or_else(|| panic!("{name}: nothing"));
    (serde_json::from_slice(&finished.bytes).expect("JSON"), clerk.asked.into_keys().collect())
}

/// A pointer with each place in a list as the first one.
fn plain(at: &str) -> String {
    at.replace(|c: char| c.is_ascii_digit(), "0")
}

#[test]
fn whoever_answers_with_what_a_file_says_gets_that_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = files(folder.path());
    let desk = desk(&files);
    let mut events = BTreeSet::new();
    let (mut held, mut asked_for) = (BTreeSet::new(), BTreeSet::new());
    for (name, file) in &files {
        let (made, asked) = answered(name, file, &desk, folder.path());
        assert_eq!(made, *file, "{name}");
        events.insert(file["event"]["type"].to_string());
        pointers(file, "", &mut held);
        asked_for.extend(asked.iter().filter(|at| at.starts_with('/') && *at != "/?").map(|at| plain(at)));
    }
    assert_eq!(events.len(), EventName::WORDS.len(), "{events:?}");
    let held = held.iter().map(|at| plain(at)).collect();
    let nowhere: Vec<_> = asked_for.difference(&held).collect();
    assert!(nowhere.is_empty(), "asked for, and in no valid file: {nowhere:?}");
}
