//! Enters: what a case file says about its attachments. Leaves: typed attachments, and every conflict among them and
//! with the event.
//! Never: opens an attachment: only what the case file states is known here.

use crate::fields::check::{Checker, earlier};
use crate::fields::closed::closed;
use crate::fields::json::Node;
use crate::fields::reader::plain;
use crate::fields::{
    Field, FieldValue, Location, MAX_LINE, MAX_PARAGRAPH, Names, Pattern, Sort, When, ask, codes, fields,
    filled, need,
};
use despatch_core::words::Sha256;
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;

/// Maximum number of attachments of a case.
pub const MAX_ATTACHMENTS: usize = 50;
/// Maximum size of one attachment in bytes.
pub const MAX_ATTACHMENT_BYTES: u64 = MAX_BYTES as u64;
const MAX_BYTES: usize = 25 * 1024 * 1024;
/// Maximum length of an attachment's name in bytes.
pub const MAX_FILE_NAME: usize = 120;

fields! {
    /// One file that accompanies the case file.
    Attachment {
        file: FileName = ask("The path of an attachment (a PDF; it is copied)")
            .note("The file's name, without a folder");
        kind: AttachmentKind = ask("What is it?");
        /// The name in the list of documents.
        title: String = ask("What the list of documents calls it").most(MAX_LINE);
        /// Why it is relevant to the person's state of health (G7); required for supporting information.
        relevance: Option<String> = RELEVANCE;
        /// In bytes.
        size: u64 = filled("Its size in bytes").most(MAX_BYTES);
        sha256: Sha256 = filled("Its SHA-256; `sha256sum FILE` prints it");
    }
}

const RELEVANT: When = When::Is("kind", &["supporting_information"]);
const RELEVANCE: Field = ask("Why is it relevant to the person's state of health?")
    .most(MAX_PARAGRAPH)
    .asked(RELEVANT)
    .needed(need(
        RELEVANT,
        codes::ATTACHMENT_RELEVANCE,
        "supporting information goes to the doctor only where it is relevant, and this does not say why",
        "say why it is relevant to the person's state of health, or leave the attachment out",
    ));

closed! {
    /// What an attachment is.
    AttachmentKind {
        ExternalMedicalReport = "external_medical_report", "External medical report";
        SupportingInformation = "supporting_information", "Supporting information";
        SecondOpinionReport = "second_opinion_report", "Second opinion report";
        /// The person's healthcare records, released with their consent (G6).
        HealthcareRecords = "healthcare_records", "Healthcare records";
        /// The invitation with the person's signature under their consent.
        SignedConsent = "signed_consent", "Signed consent";
        /// The report of healthcare staff under rule 35, or rule 32 of the Short-term Holding Facility Rules.
        Rule35Report = "rule_35_report", "Report of healthcare staff";
        /// The signed review of detention (Detention and Case Progression Review).
        Dcpr = "dcpr", "Signed review of detention";
        /// A minister's authority; nothing encloses it.
        MinisterAuthority = "minister_authority", "Minister's authority";
        /// The signed authority for a stay that goes on; nothing encloses it.
        StayAuthority = "stay_authority", "Signed authority for a stay";
        /// Stored with the case; nothing encloses it.
        OtherRecord = "other_record", "Another record";
    }
}

/// How many attachments of one kind an event takes.
#[derive(Debug, Clone, Copy)]
pub enum Due {
    Never,
    /// One at most.
    May,
    One,
    OneOrMore,
    /// One if the event's own fields say so, otherwise none.
    OneIf(When),
    /// As `OneIf` for the first; where the second holds too, it may be left out.
    OneIfUnless(When, When),
}

/// The kinds that only some events take, each with the cure for one that is misplaced.
const PLACES: [(AttachmentKind, &str); 7] = [
    (
        AttachmentKind::SecondOpinionReport,
        "leave it out: it comes with second_opinion_received, and with a response that has a second opinion",
    ),
    (AttachmentKind::HealthcareRecords, "leave it out: healthcare records come with records_received alone"),
    (
        AttachmentKind::SignedConsent,
        "leave it out, or give a reply without a yes to the records the kind \"other_record\"",
    ),
    (AttachmentKind::Rule35Report, "leave it out: it comes with rule_35_received alone"),
    (AttachmentKind::Dcpr, "leave it out: the signed review comes with review_completed and rule_35_decided"),
    (
        AttachmentKind::MinisterAuthority,
        "leave it out: it comes with minister_authorised, pregnancy_established and arrived",
    ),
    (AttachmentKind::StayAuthority, "leave it out: the signed authority for a stay comes with arrived alone"),
];

/// Adds a fault for each attachment that collides with another, is missing, or does not belong to the event, which
/// takes those of `takes`; `None` if the event is unknown.
pub(crate) fn check(checker: &mut Checker<'_, '_>, takes: Option<&[(AttachmentKind, Due)]>) {
    let Some(Node::List(list)) = checker.at("/attachments") else {
        return;
    };
    if list.len() > MAX_ATTACHMENTS {
        return;
    }
    collisions(checker, list);
    let Some(takes) = takes else {
        return;
    };
    let kinds: Vec<Option<&str>> = list.iter().map(|attachment| attachment.text("/kind")).collect();
    let due = |kind| takes.iter().find(|(of, _)| *of == kind).map_or(Due::Never, |(_, due)| *due);
    let report_needed = match due(AttachmentKind::ExternalMedicalReport) {
        Due::OneIf(when) => checker.event_holds(when) == Some(true),
        due => matches!(due, Due::One),
    };
    one_report(checker, &kinds, report_needed);
    for (kind, place) in PLACES {
        let due = match due(kind) {
            Due::OneIf(when) => match checker.event_holds(when) {
                Some(true) => Due::One,
                Some(false) => Due::Never,
                // The condition cannot be evaluated because its field is unreadable.
                None => continue,
            },
            Due::OneIfUnless(when, unless) => {
                match (checker.event_holds(when), checker.event_holds(unless)) {
                    (Some(true), Some(true)) => Due::May,
                    (Some(true), Some(false)) => Due::One,
                    (Some(false), _) => Due::Never,
                    _ => continue,
                }
            }
            due => due,
        };
        of_kind(checker, &kinds, kind, place, due);
    }
}

fn collisions(checker: &mut Checker<'_, '_>, list: &[Node]) {
    let (mut files, mut hashes) = (HashMap::new(), HashMap::new());
    for (index, attachment) in list.iter().enumerate() {
        let file = attachment.text("/file").map(str::to_ascii_lowercase);
        if let Some(first) = file.and_then(|file| earlier(&mut files, file, index + 1)) {
            let at = format!("/attachments/{index}/file");
            let cause = format!("attachment {first} in the list has the same name, capitals apart");
            checker.fault(&at, codes::ATTACHMENT_NAME_TWICE, &cause, "rename one of the two");
        }
        if let Some(first) = attachment.text("/sha256").and_then(|hash| earlier(&mut hashes, hash, index + 1))
        {
            let at = format!("/attachments/{index}/sha256");
            let cause = format!("attachment {first} in the list has the same content");
            checker.fault(&at, codes::ATTACHMENT_SAME, &cause, "list the file once, or correct the SHA-256");
        }
    }
}

/// A case is one external medical report (domain G18), so no event has two; some require one.
fn one_report(checker: &mut Checker<'_, '_>, kinds: &[Option<&str>], needed: bool) {
    let report = AttachmentKind::ExternalMedicalReport.code();
    let reports = kinds.iter().filter(|kind| **kind == Some(report)).count();
    if reports > 1 || reports == 0 && needed && all_readable(kinds) {
        let cause =
            format!("{reports} attachments are the external medical report, and a case has exactly one");
        let cure = "give exactly one attachment the kind \"external_medical_report\"";
        checker.fault("/attachments", codes::ATTACHMENT_REPORT, &cause, cure);
    }
}

fn of_kind(
    checker: &mut Checker<'_, '_>,
    kinds: &[Option<&str>],
    kind: AttachmentKind,
    place: &str,
    due: Due,
) {
    let kind = kind.code();
    let of_kind: Vec<usize> =
        (0..kinds.len()).filter(|index| kinds.get(*index) == Some(&Some(kind))).collect();
    let needed = match due {
        Due::One if of_kind.len() != 1 => "exactly one",
        Due::May if of_kind.len() > 1 => "at most one",
        Due::OneOrMore if of_kind.is_empty() => "at least one",
        Due::Never => {
            for index in of_kind {
                let at = format!("/attachments/{index}/kind");
                let cause = format!("an attachment of the kind {kind} has no place in this event");
                checker.fault(&at, codes::ATTACHMENT_MISPLACED, &cause, place);
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
        checker.fault("/attachments", codes::ATTACHMENT_NEEDED, &cause, &cure);
    }
}

/// Returns whether every kind is a known one; otherwise the missing one may be among them, mistyped.
fn all_readable(kinds: &[Option<&str>]) -> bool {
    kinds.iter().all(|kind| AttachmentKind::WORDS.iter().any(|(word, _)| Some(*word) == *kind))
}

/// A plain file name: no folder, no leading dot or hyphen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(String);

impl Deref for FileName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl std::str::FromStr for FileName {
    type Err = &'static str;

    /// Accepts a name only if it can only be that of a file beside the case file.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b" ._-()".contains(&b);
        if name.len() > MAX_FILE_NAME {
            Err("the file name has more than 120 bytes")
        } else if !name.bytes().all(plain) {
            Err("the file name holds something other than ASCII letters, digits, spaces and . _ - ( )")
        } else if name.starts_with(['.', '-', ' ']) {
            Err("the file name starts with a dot, a hyphen or a space")
        } else if name.contains("..") {
            Err("the file name holds two dots in a row")
        } else if !name.ends_with(".pdf") {
            Err("the file name does not end in .pdf")
        } else {
            Ok(FileName(name.to_owned()))
        }
    }
}

impl FieldValue for FileName {
    const SORT: Sort = Sort::Pattern(Pattern {
        says: "ASCII letters, digits, spaces and . _ - ( ), 120 characters at most, ending in .pdf",
        regex: "^[A-Za-z0-9_()]([A-Za-z0-9 _()-]|[.][A-Za-z0-9 _()-])*[.]pdf$",
        length: (5, MAX_FILE_NAME),
        names: Names::Attachment,
        clear: false,
    });

    fn read(location: &mut Location<'_>, node: &Node, _: usize) -> Option<Self> {
        let cure = "rename the file and write its new name here, like report-1.pdf";
        plain(location, node)?
            .parse()
            .map_or_else(|cause: &str| location.fault(codes::ATTACHMENT_NAME, cause, cure), Some)
    }

    fn data(&self) -> Value {
        self.0.as_str().into()
    }
}
