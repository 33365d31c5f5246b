//! An office in which somebody makes a mistake: the steps of which a mistake is made, a reviewer who approves whatever
//! can be approved without looking, and what has arrived in the end.

use super::directory::Directory;
use super::people::{Attached, with};
use crate::support::office::{DemoOffice, REVIEWER, Said, TODAY, drop_into};
use crate::support::pdf::flowing_text;
use crate::support::tools::{command, run};
use despatch_core::words::Sha256;
use despatch_seal::keys::SecretKey;
use despatch_seal::sealing;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What must not arrive.
pub enum Wrong {
    /// This document, at this address or, without one, anywhere.
    Document { is: Sha256, at: Option<&'static str> },
    /// Anything at all at this address.
    Anything { at: &'static str },
    /// Anything, at this address or anywhere, that this key opens.
    OpensWith { key: SecretKey, at: Option<&'static str> },
    /// A document, at this address, that holds one of these.
    Letter { says: Vec<String>, at: &'static str },
    /// A message whose clear part (headers, bodies, names of files) holds one of these.
    Clear(Vec<String>),
}

/// One office, in which one mistake is made.
pub struct Scene {
    pub office: DemoOffice,
    /// The day of the next step.
    pub day: &'static str,
    /// What stopped a step, in words for the results.
    stops: BTreeSet<String>,
    /// Why a despatch could not be approved, by its id.
    refused: BTreeMap<String, BTreeSet<String>>,
    keys: Vec<SecretKey>,
}

impl Scene {
    pub fn new(template: &DemoOffice) -> Scene {
        let office = template.copy();
        let folder = fs::read_dir(office.dir.join("PRIVATE-demo-keys")).expect("the demo's keys");
        let mut files: Vec<PathBuf> = folder.map(|entry| entry.expect("an entry").path()).collect();
        files.retain(|path| !path.ends_with("signing.key"));
        // Every copy is sealed to the review key, so it is tried first.
        files.sort_by_key(|path| !path.ends_with("review.key"));
        let key = |path: &PathBuf| {
            SecretKey::from_identity_file(&fs::read_to_string(path).expect("a key")).expect("a key")
        };
        let keys = files.iter().map(key).collect();
        Scene { office, day: TODAY, stops: BTreeSet::new(), refused: BTreeMap::new(), keys }
    }

    /// Somebody drops a case file with its attachments; the representative has the person's authority for the case, and
    /// the office has recorded it.
    pub fn drop(&mut self, case: Value, attached: &[Attached]) -> Value {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let representative = &case["representative"];
        if let (Some(entry), Some(from), Some(id)) =
            (text(&representative["entry"]), text(&representative["authority_date"]), text(&case["case_id"]))
        {
            self.directory(|directory| directory.authority_recorded(&entry, &id, &from));
        }
        self.drop_unauthorised(case, attached)
    }

    /// The same, where nobody recorded an authority.
    pub fn drop_unauthorised(&mut self, case: Value, attached: &[Attached]) -> Value {
        let case = with(case, attached);
        self.lay(&case, attached);
        case
    }

    /// Lays a case file into the inbox as it is.
    pub fn lay(&self, case: &Value, attached: &[Attached]) {
        let name = case["event_id"].as_str().expect("an id").to_owned();
        let files: Vec<(&str, &[u8])> =
            attached.iter().map(|one| (one.file.as_str(), one.bytes.as_slice())).collect();
        drop_into(&self.office.dir.join("inbox"), &name, &case.to_string(), &files);
    }

    /// Somebody does something to the directory; what is refused has not happened.
    pub fn directory<T>(&mut self, step: impl FnOnce(&Directory<'_>) -> Result<T, String>) -> Option<T> {
        let done = step(&Directory(&self.office));
        done.map_err(|code| self.stops.insert(format!("directory command: {code}"))).ok()
    }

    /// What lies in the inbox is processed.
    pub fn process(&mut self) {
        let said = self.office.on(self.day, &["--json", "run", "--once"]);
        for line in lines(&said) {
            let codes = codes_of(&line["faults"]);
            let what = if line["outcome"] == "rejected" { "case file rejected" } else { "office refused" };
            self.stops.extend(codes.into_iter().map(|code| format!("{what}: {code}")));
            for waiting in line["waiting"].as_array().into_iter().flatten() {
                self.stops.insert(format!("waits in the inbox: {}", waiting["missing"]));
            }
        }
    }

    /// The hasty reviewer approves whatever awaits review, without opening, confirming or overriding anything.
    pub fn approve(&mut self) {
        let ids: Vec<String> = self
            .despatches()
            .iter()
            .filter(|one| one["state"] == "awaiting_review")
            .map(|one| one["id"].as_str().expect("an id").to_owned())
            .collect();
        if ids.is_empty() {
            return;
        }
        let words: Vec<&str> = ["--json", "--as", REVIEWER, "outbox", "approve"]
            .into_iter()
            .chain(ids.iter().map(String::as_str))
            .collect();
        for line in lines(&self.office.on(self.day, &words)) {
            for fault in line["faults"].as_array().into_iter().flatten() {
                let at = fault["at"].as_str().unwrap_or_default().to_owned();
                self.refused.entry(at).or_default().extend(fault["code"].as_str().map(str::to_owned));
            }
        }
    }

    /// What is approved is sent.
    pub fn send(&mut self) {
        let said = self.office.on(self.day, &["--json", "send", "--once"]);
        let codes = lines(&said).into_iter().flat_map(|line| codes_of(&line["faults"]));
        self.stops.extend(codes.map(|code| format!("sending refused: {code}")));
    }

    /// Processed, approved and sent.
    pub fn everything_goes(&mut self) {
        self.process();
        self.approve();
        self.send();
    }

    /// Every despatch of the cases of this suite; none where the office cannot be opened.
    pub fn despatches(&self) -> Vec<Value> {
        let said = self.office.on(self.day, &["--json", "outbox", "list", "--limit", "10000"]);
        let mut all: Vec<Value> =
            lines(&said).into_iter().flat_map(|line| list(&line["despatches"]).to_vec()).collect();
        all.retain(|one| !one["case_id"].as_str().is_some_and(|id| id.starts_with("DEMO-")));
        all
    }

    /// Whether a step was refused.
    pub fn is_stopped(&self) -> bool {
        !self.stops.is_empty()
    }

    /// Lets everything go that can go, and says what stopped what must not arrive, or that nothing did.
    pub fn outcome(mut self, wrong: &[Wrong]) -> Result<String, String> {
        self.everything_goes();
        let sent = self.office.dir.join("sent");
        let arrived = fs::read_dir(&sent).map_or_else(
            |_| Vec::new(),
            |folder| folder.map(|entry| entry.expect("an entry").path()).collect(),
        );
        let mut found: Vec<String> =
            arrived.iter().filter(|path| self.holds(path, wrong)).map(|path| name_of(path)).collect();
        found.sort();
        if found.is_empty() {
            return Ok(self.stopped_by(wrong));
        }
        // What stopped a part of it is told, too: a step that failed may not have been the mistake.
        Err(found.into_iter().chain(self.stops).collect::<Vec<_>>().join(", "))
    }

    /// Whether a message is or holds what must not arrive.
    fn holds(&self, message: &Path, wrong: &[Wrong]) -> bool {
        let bytes = fs::read(message).expect("a message");
        let to = address_of(&bytes);
        wrong.iter().any(|one| match one {
            Wrong::Anything { at } => to == *at,
            Wrong::Document { is, at } => {
                at.is_none_or(|at| to == at)
                    && self.documents(&bytes).iter().any(|(_, plain)| Sha256::of(plain) == *is)
            }
            Wrong::OpensWith { key, at } => {
                at.is_none_or(|at| to == at)
                    && parts(&bytes).iter().any(|(_, part)| sealing::open(part, key).is_ok())
            }
            Wrong::Letter { says, at } => {
                to == *at
                    && self
                        .documents(&bytes)
                        .iter()
                        .any(|(name, plain)| contains(&text_of(name, plain), says))
            }
            Wrong::Clear(says) => contains(&clear_text(message), says),
        })
    }

    /// What is sealed in a message, opened with whichever key of the demo opens it.
    fn documents(&self, message: &[u8]) -> Vec<(String, Vec<u8>)> {
        let sealed = parts(message).into_iter().filter(|(name, _)| name.ends_with(".age"));
        sealed
            .filter_map(|(name, part)| {
                let plain = self.keys.iter().find_map(|key| sealing::open(&part, key).ok())?;
                Some((name.trim_end_matches(".age").to_owned(), plain.to_vec()))
            })
            .collect()
    }

    /// What kept it from going: a step that was refused, or what stands in the way of the despatch that holds it.
    fn stopped_by(&self, wrong: &[Wrong]) -> String {
        let despatches = self.despatches();
        let unsent: Vec<&Value> = despatches.iter().filter(|one| one["state"] != "sent").collect();
        let of_it: Vec<&&Value> = unsent
            .iter()
            .filter(|one| {
                let path = one["message"].is_object().then(|| self.office.message_path(one));
                path.is_none_or(|path| path.exists() && self.holds(&path, wrong))
            })
            .collect();
        let mut by = self.stops.clone();
        by.extend(of_it.into_iter().flat_map(|one| self.in_the_way(one)));
        if by.is_empty() {
            by.extend(unsent.into_iter().flat_map(|one| self.in_the_way(one)));
        }
        if by.is_empty() {
            return "nothing of the kind was made".to_owned();
        }
        by.into_iter().collect::<Vec<_>>().join(", ")
    }

    fn in_the_way(&self, despatch: &Value) -> Vec<String> {
        let holds = list(&despatch["holds"]).iter().filter_map(|hold| hold["code"].as_str());
        let mut by: Vec<String> = holds.map(|code| format!("held: {code}")).collect();
        let refused = despatch["id"].as_str().and_then(|id| self.refused.get(id));
        // A despatch that is held at its approval says itself why.
        let refused = refused.into_iter().flatten().filter(|code| *code != "despatch.held");
        by.extend(refused.map(|code| format!("approval refused: {code}")));
        if by.is_empty() {
            by.push(format!("left {}", despatch["state"].as_str().unwrap_or_default()));
        }
        by
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn lines(said: &Said) -> Vec<Value> {
    said.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn codes_of(faults: &Value) -> Vec<String> {
    list(faults).iter().filter_map(|fault| fault["code"].as_str().map(str::to_owned)).collect()
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The attached files of a message; none of a message that cannot be read.
fn parts(message: &[u8]) -> Vec<(String, Vec<u8>)> {
    despatch_message::parts(message).unwrap_or_default()
}

/// The address in the header `To`.
fn address_of(message: &[u8]) -> String {
    let head = String::from_utf8_lossy(&message[..message.len().min(8192)]).replace("\r\n", "\n");
    let head = head.split("\n\n").next().unwrap_or_default().replace("\n ", " ").replace("\n\t", " ");
    let to = head.lines().find(|line| line.starts_with("To:")).unwrap_or_default();
    let to = to.rsplit_once('<').map_or(to.trim_start_matches("To:"), |(_, address)| address);
    to.trim().trim_end_matches('>').to_owned()
}

fn contains(text: &str, says: &[String]) -> bool {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let text = flat(text);
    says.iter().any(|one| text.contains(&flat(one)))
}

fn text_of(name: &str, plain: &[u8]) -> String {
    if name.ends_with(".pdf") { flowing_text(plain) } else { String::from_utf8_lossy(plain).into_owned() }
}

/// Everything of a message that anybody on the way can read, as Python's email package reads it.
fn clear_text(message: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/line/mail.py");
    let json = run(command("python3").arg(script).arg(message)).unwrap_or_else(|why| panic!("{why}"));
    let read: Value = serde_json::from_slice(&json).expect("JSON from mail.py");
    let mail = &read[0];
    let mut text = String::new();
    let mut headers = |of: &Value| {
        for header in list(&of["headers"]) {
            text.push_str(&format!("{}: {}\n", header[0], header[1]));
        }
    };
    headers(mail);
    list(&mail["parts"]).iter().for_each(&mut headers);
    for part in list(&mail["parts"]) {
        text.push_str(&format!("{}\n", part["file"]));
        if part["type"].as_str().is_some_and(|kind| kind.starts_with("text/")) {
            let hex = part["hex"].as_str().unwrap_or_default();
            let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
            let bytes: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
            text.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
    text
}
