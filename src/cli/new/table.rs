//! Enters: the name of an event. Leaves: the questions that its case file answers, in the order in which people are
//! asked. Never: checks an answer: the reader of case files does, and an answer that it refuses is asked for again.

use super::events::of_event;
use super::question::Due::{MayIf, MustElseMay, MustIf};
use super::question::Sort::{Aside, Date, Entry, EventId, File, Flag, Group, Kind, Line, List, Place};
use super::question::When::{Is, There};
use super::question::{GRADE, Question, REFERENCE, Words, closed, may, must, when};
use despatch_core::words::Role;
use despatch_process::case::{AttachmentKind, EventName, KINDS};

/// Every kind of attachment; which of them an event may have, the reader says.
pub fn kinds() -> Words {
    closed(KINDS, |kind| match kind {
        AttachmentKind::ExternalMedicalReport => "External medical report",
        AttachmentKind::SupportingInformation => "Supporting information",
        AttachmentKind::SecondOpinionReport => "Second opinion report",
        AttachmentKind::HealthcareRecords => "Healthcare records",
        AttachmentKind::SignedConsent => "Signed consent",
        AttachmentKind::OtherRecord => "Another record",
    })
}

/// The first questions of every event.
const FIRST: &[Question] = &[
    must("case_id", "The number of the case (one external medical report is one case)", Line),
    must("home_office_reference", "The person's Home Office reference", Line),
];

const DETENTION: &[Question] = &[
    must("place", "Where is the person detained?", Place),
    must("since", "The first day of the current detention", Date),
];

const PERSON: &[Question] = &[
    must("name", "The detained person's name in full", Line),
    must("date_of_birth", "Their date of birth", Date),
    must("nationality", "Their nationality, as the letter states it", Line),
    must(
        "interpreter_needed",
        "Has a language barrier been identified, so that an interpreter is needed?",
        Flag,
    ),
    when(
        MustElseMay(Is("interpreter_needed", &["true"])),
        "language",
        "The language in which the person can take part",
        Line,
    ),
    may("large_print", "Does the person need their letters in large print?", Flag),
];

const CASEWORKER: &[Question] =
    &[must("entry", "The responsible caseworker", Entry(Role::Caseworker)), REFERENCE];
const MANAGER: &[Question] =
    &[must("entry", "The casework manager who is copied in", Entry(Role::CaseworkManager)), GRADE, REFERENCE];
const DECISION_MAKER: &[Question] = &[
    must(
        "entry",
        "The senior caseworker or team leader who decides on continued detention",
        Entry(Role::SeniorCaseworker),
    ),
    GRADE,
    REFERENCE,
];
const REPRESENTATIVE: &[Question] = &[
    must("entry", "The legal representative", Entry(Role::Representative)),
    must("authority_date", "The date of the person's authority for this case", Date),
    REFERENCE,
];

/// The people of every event.
const PEOPLE: &[Question] = &[
    must("detention", "", Group(DETENTION)),
    must("person", "", Group(PERSON)),
    must("caseworker", "", Group(CASEWORKER)),
    when(
        MustElseMay(Is("/event/type", &["external_report_received"])),
        "manager",
        "Is a casework manager to be named?",
        Group(MANAGER),
    ),
    when(
        MustElseMay(Is("/event/type", &["second_opinion_received"])),
        "decision_maker",
        "Is a senior caseworker or team leader to be named, who decides on continued detention?",
        Group(DECISION_MAKER),
    ),
    may("representative", "Is there a legal representative now?", Group(REPRESENTATIVE)),
];

const ATTACHMENT: &[Question] = &[
    must("file", "The path of an attachment (a PDF; it is copied)", File),
    must("kind", "What is it?", Kind),
    must("title", "What the list of documents calls it", Line),
    when(
        MustIf(Is("kind", &["supporting_information"])),
        "relevance",
        "Why is it relevant to the person's state of health?",
        Line,
    ),
];

/// The last questions of every event.
const LAST: &[Question] = &[
    must("attachments", "The attachments", List(ATTACHMENT)),
    must("event_id", "Your own id for what happened: a new one for each new event", EventId),
    may(
        "",
        "Does this file correct an earlier one of the same event, or contradict what is on record?",
        Aside(&[
            may(
                "replaces",
                "The SHA-256 of the latest case file of this event (`despatch outbox show` prints it)",
                Line,
            ),
            when(
                MayIf(There("replaces")),
                "correction",
                "What this file changes, for those who had the earlier letters",
                Line,
            ),
            may("despite_history", "Why the event is right although what is on record contradicts it", Line),
        ]),
    ),
];

/// Every question of an event, in order: each with the pointer of the object in which its field stands.
pub fn sections(event: EventName) -> [(&'static str, &'static [Question]); 4] {
    [("", FIRST), ("", PEOPLE), ("/event", of_event(event)), ("", LAST)]
}
