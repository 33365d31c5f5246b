//! Enters: every example of every kind, in normal print. Leaves: the proof that its pages are as whoever reads them needs
//! them: one page for a cover note, what to do first, short lines, a head that says who writes. Never: looks at a picture.

use super::looks::built_in;
use crate::support::pdf::{flowing_text, lines_of};
use despatch_app::pipeline::examples::{Print, job};
use serde_json::Value;

const NOTE: &str = "cover-note.typ";
/// What an officer fills in, and the outside of an envelope, which says nothing of what is in it.
const RECORD: &str = "record-of-service.typ";
const ENVELOPE: &str = "addressee-only.typ";

/// The most characters of a line (docs/readings.md, "Accessibility").
const LINE: usize = 75;

/// Cover notes of two pages, and why.
const TWO_PAGES: [&str; 4] = [
    // The second is for the Immigration Prison Team, to whom the note is forwarded.
    "prison-instruction/",
    // The second has the SHA-256 values of three documents or more.
    "doctor-bundle/",
    // A name of 160 letters without a gap.
    "service-pack/examples/one-word-name.json",
    // Names, places and reasons as long as they may be.
    "/cruel",
];

/// One document of an example.
struct Document<'a> {
    path: &'a str,
    file: &'a str,
    data: &'a Value,
    /// Its lines, page by page, and its words in the order of the file.
    pages: Vec<Vec<String>>,
    text: String,
}

impl Document<'_> {
    fn place(&self, words: &str) -> Option<usize> {
        self.text.find(words)
    }

    fn said(&self, pointer: &str) -> Option<&str> {
        self.data.pointer(pointer).and_then(Value::as_str)
    }

    /// With what its body begins, below the head.
    fn begins(&self) -> &'static str {
        match self.file {
            NOTE => "What you need to do",
            RECORD => "Record of service",
            _ => "Dear ",
        }
    }

    fn long_lines(&self) -> Vec<String> {
        let long = self.pages.iter().flatten().filter(|line| line.chars().count() > LINE);
        long.map(|line| format!("{} characters: {line}", line.chars().count())).collect()
    }

    fn second_page(&self) -> Vec<String> {
        let allowed = TWO_PAGES.iter().any(|one| self.path.contains(one));
        let pages = self.pages.len();
        let longer = self.file == NOTE && pages > 1 && !allowed;
        longer.then(|| format!("the cover note has {pages} pages")).into_iter().collect()
    }

    /// What the head lacks: who writes, how to reach them, each reference with its label, the address in lines.
    fn head(&self) -> Vec<String> {
        if self.file == ENVELOPE {
            return Vec::new();
        }
        let Some(body) = self.place(self.begins()) else { return vec![format!("no {}", self.begins())] };
        // A booking says nothing of the person.
        let person = self.said("/case/home_office_reference").map(|_| "Home Office reference: ");
        let labels = ["Home Office ", "Tel: ", "Email: ", "Address: ", "Our reference: "];
        let mut lacks: Vec<String> = labels
            .into_iter()
            .chain(person)
            .filter(|label| self.place(label).is_none_or(|at| at > body))
            .map(|label| format!("the head has no {label:?}"))
            .collect();
        let is_a_line = |part: &&str| {
            self.pages.iter().flatten().any(|line| line.trim_start_matches("Address: ") == *part)
        };
        // The longest names go over several lines.
        if self.path.contains("/cruel") {
            return lacks;
        }
        let address = self.data["sender"]["address"].as_array().expect("an address");
        let parts = address.iter().filter_map(Value::as_str).filter(|part| !is_a_line(part));
        lacks.extend(parts.map(|part| format!("{part:?} is no line of its own")));
        lacks
    }

    /// What a cover note says before the task and its deadline, and a hash before the rest.
    fn order(&self) -> Vec<String> {
        if self.file != NOTE {
            return Vec::new();
        }
        let Some(task) = self.place(self.begins()) else { return Vec::new() };
        let rest = ["What this is", "Who it is about", "What is enclosed", "Handling:", "SHA-256"];
        let before = rest.into_iter().filter(|rest| self.place(rest).is_some_and(|at| at < task));
        let mut found: Vec<String> = before.map(|rest| format!("{rest} comes before the task")).collect();
        let due = ["Deadline: ", "The deadline was "].iter().find_map(|words| self.place(words));
        if due.is_some_and(|due| due != task + self.begins().len() + 1) {
            found.push("the deadline does not come with the task".to_owned());
        }
        let hashes = self.data["documents"].as_array().into_iter().flatten();
        for group in hashes.filter_map(|one| one["sha256"].as_str()?.get(..16)) {
            let last = rest.into_iter().take(4).filter_map(|rest| self.place(rest)).max();
            if self.place(group).is_some_and(|at| Some(at) < last) {
                found.push(format!("the hash {group} comes before the rest"));
            }
        }
        found
    }
}

#[test]
fn the_pages_of_every_kind_are_short_in_order_and_say_who_writes() {
    let (catalogue, pool) = built_in();
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for kind in catalogue.kinds() {
        for (path, data) in catalogue.examples(&kind.name) {
            for file in kind.files() {
                let pdf = pool.render(&job(kind, file, path, &data, Print::AsGiven)).expect("a document");
                let (pages, text) = (lines_of(&pdf), flowing_text(&pdf));
                assert!(pages.iter().all(|lines| lines.len() > 2), "{path} {file}: {pages:?}");
                let document = Document { path, file, data: &data, pages, text };
                let faults =
                    [document.long_lines(), document.second_page(), document.head(), document.order()];
                wrong.extend(faults.concat().into_iter().map(|fault| format!("{path} {file}: {fault}")));
                seen += 1;
            }
        }
    }
    assert!(seen > 250, "{seen} documents");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_fault_of_a_page_is_seen() {
    let long = "x".repeat(LINE + 1);
    let mut document = Document {
        path: "a/examples/one.json",
        file: NOTE,
        data: &serde_json::json!({
            "sender": { "address": ["1 Example Road"] },
            "documents": [{ "sha256": "0123456789abcdef" }],
        }),
        pages: vec![vec![long], vec!["more".to_owned()]],
        text: "0123456789abcdef Handling: What you need to do Serve it. Deadline: today".to_owned(),
    };
    let found = [document.long_lines(), document.second_page(), document.head(), document.order()];
    assert_eq!(found.each_ref().map(Vec::len), [1, 1, 6, 3], "{found:?}");
    document.path = "a/examples/cruel.json";
    assert!(document.second_page().is_empty());
}

#[test]
fn what_others_than_the_person_read_is_in_normal_print() {
    let (catalogue, pool) = built_in();
    for kind in catalogue.kinds() {
        let (path, data) = catalogue.examples(&kind.name).next().expect("an example");
        for file in kind.files().filter(|file| [NOTE, RECORD, ENVELOPE].contains(file)) {
            let made = |print| pool.render(&job(kind, file, path, &data, print)).expect("a document");
            assert!(made(Print::AsGiven) == made(Print::Large), "{path} {file}");
        }
    }
}
