//! Enters: the tree of a case file. Leaves: what is wrong between its attachments, and between them and the event.
//! Never: opens an attachment: what the file says of it is all that is known here.

use super::super::closed::{Answer, EventName};
use super::super::codes;
use super::super::fields::{
    EXTERNAL_MEDICAL_REPORT, HEALTHCARE_RECORDS, KINDS, MAX_ATTACHMENTS, SECOND_OPINION_REPORT,
    SIGNED_CONSENT, SUPPORTING_INFORMATION,
};
use super::super::json::Node;
use super::{Facts, earlier, text_of};
use std::collections::HashMap;

/// How many attachments of one kind an event has.
#[derive(Clone, Copy, PartialEq)]
enum Due {
    Never,
    One,
    OneOrMore,
}

impl<'t> Facts<'t, '_> {
    pub(super) fn attachments(&mut self) {
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
        let kinds: Vec<_> =
            list.iter().map(|attachment| attachment.field("kind").and_then(text_of)).collect();
        if let Some(event) = self.event_name() {
            self.one_report(&kinds, event);
            self.due(&kinds, SECOND_OPINION_REPORT, self.opinion_due(event));
            self.due(&kinds, HEALTHCARE_RECORDS, Some(records_due(event)));
            self.due(&kinds, SIGNED_CONSENT, self.consent_due(event));
        }
    }

    /// A case is one external medical report (domain G18), so no event has two; three can't do without it.
    fn one_report(&mut self, kinds: &[Option<&str>], event: EventName) {
        let needed = matches!(
            event,
            EventName::ExternalReportReceived
                | EventName::AppointmentConfirmed
                // It goes back to the caseworker (row 6).
                | EventName::NoDoctorAvailable
        );
        let reports = kinds.iter().filter(|kind| **kind == Some(EXTERNAL_MEDICAL_REPORT)).count();
        if reports > 1 || reports == 0 && needed && all_readable(kinds) {
            let cause =
                format!("{reports} attachments are the external medical report, and a case has exactly one");
            let cure = "give exactly one attachment the kind \"external_medical_report\"";
            self.fault("/attachments", codes::ATTACHMENT_REPORT, &cause, cure);
        }
    }

    /// The second opinion report comes with the event that brings it, and with the response that encloses it.
    fn opinion_due(&self, event: EventName) -> Option<Due> {
        Some(match event {
            EventName::SecondOpinionReceived => Due::One,
            EventName::ResponseDecided if self.at("/event/second_opinion").is_some() => Due::One,
            _ => Due::Never,
        })
    }

    /// The signed consent comes with a yes to the release of the records, whoever gave it. Nothing is known
    /// where the answer can't be read.
    fn consent_due(&self, event: EventName) -> Option<Due> {
        if event != EventName::ResponseReceived {
            return Some(Due::Never);
        }
        let records = self.word("/event/records", Answer::WORDS)?;
        Some(if records == Answer::Yes { Due::One } else { Due::Never })
    }

    fn due(&mut self, kinds: &[Option<&str>], kind: &str, due: Option<Due>) {
        let of_kind: Vec<usize> =
            (0..kinds.len()).filter(|index| kinds.get(*index) == Some(&Some(kind))).collect();
        let needed = match due {
            Some(Due::One) if of_kind.len() != 1 => "exactly one",
            Some(Due::OneOrMore) if of_kind.is_empty() => "at least one",
            Some(Due::Never) => {
                for index in of_kind {
                    let at = format!("/attachments/{index}/kind");
                    let cause = format!("an attachment of the kind {kind} has no place in this event");
                    self.fault(&at, codes::ATTACHMENT_MISPLACED, &cause, place_of(kind));
                }
                return;
            }
            _ => return,
        };
        if !of_kind.is_empty() || all_readable(kinds) {
            let count = of_kind.len();
            let cause =
                format!("this event needs {needed} attachment of the kind {kind}, and the list has {count}");
            let cure = format!("list {needed} attachment with the kind \"{kind}\"");
            self.fault("/attachments", codes::ATTACHMENT_NEEDED, &cause, &cure);
        }
    }
}

/// Where an attachment of the kind belongs, for one that stands elsewhere.
fn place_of(kind: &str) -> &'static str {
    match kind {
        SECOND_OPINION_REPORT => {
            "leave it out: it comes with second_opinion_received, and with a response that has a second opinion"
        }
        HEALTHCARE_RECORDS => "leave it out: healthcare records come with records_received alone",
        _ => "leave it out, or give a reply without a yes to the records the kind \"other_record\"",
    }
}

/// Healthcare records go in with the event that brings them and never again (domain G6).
fn records_due(event: EventName) -> Due {
    if event == EventName::RecordsReceived { Due::OneOrMore } else { Due::Never }
}

/// Whether every kind is one that there is: else the missing one may be among them, mistyped.
fn all_readable(kinds: &[Option<&str>]) -> bool {
    kinds.iter().all(|kind| KINDS.iter().any(|(word, _)| Some(*word) == *kind))
}
