//! Enters: the tree of a case file. Leaves: the faults of facts that contradict each other.
//! Never: repeats a fault of one field (that is `read`): a fact that can't be read is passed over.

use super::codes::{self, Code, Faults};
use super::json::Node;
use super::read::{
    APPOINTMENT_CONFIRMED, EXTERNAL_MEDICAL_REPORT, MAX_ATTACHMENTS, REPORT_RECEIVED, SUPPORTING_INFORMATION,
};
use super::text;
use chrono::NaiveDate;
use std::collections::HashMap;

/// Looks at facts by their pointers, and takes what is wrong between them.
struct Facts<'t, 'f> {
    root: &'t Node,
    faults: &'f mut Faults,
}

/// Adds a fault for each contradiction that needs no rule of the guidance to be seen.
pub(super) fn check(root: &Node, faults: &mut Faults) {
    if !matches!(root, Node::Object(_)) {
        return;
    }
    let mut facts = Facts { root, faults };
    match facts.text("/event/type") {
        Some(REPORT_RECEIVED) => facts.report_received(),
        Some(APPOINTMENT_CONFIRMED) => facts.interpreter(),
        _ => {}
    }
    facts.person();
    facts.clear();
    facts.attachments();
}

impl<'t> Facts<'t, '_> {
    /// What stands at a pointer and isn't null.
    fn at(&self, pointer: &str) -> Option<&'t Node> {
        pointer.split('/').skip(1).try_fold(self.root, Node::field)
    }

    fn text(&self, pointer: &str) -> Option<&'t str> {
        text_of(self.at(pointer)?)
    }

    fn date(&self, pointer: &str) -> Option<NaiveDate> {
        self.text(pointer).and_then(text::date)
    }

    fn is_true(&self, pointer: &str) -> bool {
        matches!(self.at(pointer), Some(Node::Flag(true)))
    }

    fn fault(&mut self, at: &str, code: Code, cause: &str, cure: &str) {
        self.faults.add(at, code, cause, cure);
    }

    fn report_received(&mut self) {
        const ASSESSED: &str = "/event/report/assessed_on";
        const DATED: &str = "/event/report/report_date";
        if self.date(DATED) < self.date(ASSESSED) && self.date(DATED).is_some() {
            let cause = "the assessment was made after the date of the report";
            self.fault(ASSESSED, codes::FACT_ORDER, cause, "correct one of the two dates");
        }
        let received = self.date("/event/received_on");
        if received < self.date(DATED) && received.is_some() {
            let cause = "the report is dated after the day on which it was received";
            self.fault(DATED, codes::FACT_ORDER, cause, "correct one of the two dates");
        }
        if self.is_true("/event/report/author_regulated") {
            for at in ["/event/report/regulator", "/event/report/registration"] {
                if self.at(at).is_none() {
                    let cause =
                        "the author is said to be regulated, and this does not say by whom or how registered";
                    self.fault(at, codes::FACT_AUTHOR, cause, "add it, or set author_regulated to false");
                }
            }
        }
        if self.at("/manager").is_none() {
            let cause = "a report that was received is copied to the casework manager, and none is named";
            self.fault("/manager", codes::FACT_MANAGER, cause, "add the manager: entry and grade");
        }
    }

    /// An interpreter is booked exactly where one is needed (domain B15).
    fn interpreter(&mut self) {
        const BOOKED: &str = "/event/interpreter";
        let needed = match self.at("/person/interpreter_needed") {
            Some(Node::Flag(needed)) => *needed,
            _ => return,
        };
        match (needed, self.at(BOOKED).is_some()) {
            (true, false) => {
                let cause = "an interpreter is needed and none is booked";
                self.fault(BOOKED, codes::FACT_INTERPRETER, cause, "add the interpreter: language and mode");
            }
            (false, true) => {
                let cause = "an interpreter is booked, and interpreter_needed is false";
                self.fault(BOOKED, codes::FACT_INTERPRETER, cause, "correct one of the two");
            }
            _ => {}
        }
        let spoken = self.text("/person/language").map(str::to_lowercase);
        let booked = self.text("/event/interpreter/language").map(str::to_lowercase);
        if needed && spoken.is_some() && booked.is_some() && spoken != booked {
            let cause = "the interpreter's language is not the person's";
            self.fault("/event/interpreter/language", codes::FACT_LANGUAGE, cause, "correct one of the two");
        }
    }

    fn person(&mut self) {
        let (birth, since) = (self.date("/person/date_of_birth"), self.date("/detention/since"));
        if since.is_some() && birth >= since {
            let cause = "the date of birth is not before the first day of detention";
            self.fault("/person/date_of_birth", codes::FACT_BIRTH, cause, "correct one of the two dates");
        }
        if self.is_true("/person/interpreter_needed") && self.at("/person/language").is_none() {
            let cause = "an interpreter is needed, and the language is not given";
            self.fault("/person/language", codes::FACT_LANGUAGE, cause, "add the language");
        }
    }

    /// Subjects, clear parts and the ledger show these; none may tell who the person is.
    fn clear(&mut self) {
        const CLEAR: [&str; 6] = [
            "/case_id",
            "/event_id",
            "/event/doctor/reference",
            "/caseworker/reference",
            "/manager/reference",
            "/representative/reference",
        ];
        let name = self.text("/person/name").unwrap_or_default();
        let home_office = self.text("/home_office_reference").filter(|text| !text.is_empty());
        for at in CLEAR {
            let Some(public) = self.text(at) else {
                continue;
            };
            if text::holds_name(public, name) {
                let cause =
                    "this holds a part of the person's name, and it is shown in clear in emails and logs";
                self.fault(
                    at,
                    codes::CLEAR_IDENTITY,
                    cause,
                    "write one without the name; an optional reference may be left out",
                );
            }
            if home_office.is_some_and(|secret| public.contains(secret)) {
                let cause =
                    "this holds the Home Office reference, and it is shown in clear in emails and logs";
                self.fault(
                    at,
                    codes::CLEAR_IDENTITY,
                    cause,
                    "write another; an optional reference may be left out",
                );
            }
        }
    }

    fn attachments(&mut self) {
        let Some(Node::List(list)) = self.at("/attachments") else {
            return;
        };
        if list.len() > MAX_ATTACHMENTS {
            return;
        }
        let mut files = HashMap::new();
        let mut hashes = HashMap::new();
        for (index, attachment) in list.iter().enumerate() {
            let text = |name| attachment.field(name).and_then(text_of);
            let number = index + 1;
            if text("kind") == Some(SUPPORTING_INFORMATION) && attachment.field("relevance").is_none() {
                let at = format!("/attachments/{index}/relevance");
                let cause = "supporting information goes to the doctor only where it is relevant, and this does not say why";
                let cure =
                    "say why it is relevant to the person's state of health, or leave the attachment out";
                self.fault(&at, codes::ATTACHMENT_RELEVANCE, cause, cure);
            }
            if let Some(first) =
                text("file").and_then(|file| earlier(&mut files, file.to_ascii_lowercase(), number))
            {
                let at = format!("/attachments/{index}/file");
                let cause = format!("attachment {first} in the list has the same name, capitals apart");
                self.fault(&at, codes::ATTACHMENT_NAME_TWICE, &cause, "rename one of the two");
            }
            if let Some(first) = text("sha256").and_then(|hash| earlier(&mut hashes, hash, number)) {
                let at = format!("/attachments/{index}/sha256");
                let cause = format!("attachment {first} in the list has the same content");
                self.fault(&at, codes::ATTACHMENT_SAME, &cause, "list the file once, or correct the SHA-256");
            }
        }
        self.one_report(list);
    }

    /// Exactly one attachment is the report; told only where every kind can be read.
    fn one_report(&mut self, list: &[Node]) {
        let kinds: Vec<_> =
            list.iter().map(|attachment| attachment.field("kind").and_then(text_of)).collect();
        let known = [Some(EXTERNAL_MEDICAL_REPORT), Some(SUPPORTING_INFORMATION)];
        let reports = kinds.iter().filter(|kind| **kind == Some(EXTERNAL_MEDICAL_REPORT)).count();
        if reports > 1 || reports == 0 && kinds.iter().all(|kind| known.contains(kind)) {
            let cause =
                format!("{reports} attachments are the external medical report, and a case has exactly one");
            let cure = "give exactly one attachment the kind \"external_medical_report\"";
            self.fault("/attachments", codes::ATTACHMENT_REPORT, &cause, cure);
        }
    }
}

/// The number under which the key was first seen, if it was.
fn earlier<K: std::hash::Hash + Eq>(seen: &mut HashMap<K, usize>, key: K, number: usize) -> Option<usize> {
    let first = *seen.entry(key).or_insert(number);
    (first != number).then_some(first)
}

fn text_of(node: &Node) -> Option<&str> {
    match node {
        Node::Text(text) => Some(text),
        _ => None,
    }
}
