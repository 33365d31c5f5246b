//! Enters: the bytes of a case file. Leaves: a [`Case`], every field of which is valid, or all its faults.
//! Never: touches a file, a clock or a network, or knows a rule of the guidance (that is `policy`).

mod closed;
mod codes;
mod event;
mod facts;
mod fields;
mod json;
mod prose;
mod read;
mod read_event;
mod reader;
mod text;

pub use closed::{
    About, Agreement, Answer, Decision, Departure, EventName, Gender, InterpreterMode, Level, Met, Method,
    OpinionMethod, Outcome, Rebooking, RemovalFailure, Respondent,
};
pub use codes::CODES;
pub use event::{
    AppointmentConfirmed, AssessmentOutcome, Authority, ConcernsRaised, Died, Event, GuidanceGiven,
    Interpreter, LeftDetention, LetterServed, NoDoctorAvailable, NoResponse, Official, RecordsReceived,
    ReferralReceived, ReleaseDecided, RemovalFailed, RemovalSet, Report, ReportReceived,
    RepresentativeChanged, ResponseDecided, ResponseReceived, SecondOpinion, SecondOpinionReceived,
    ServiceFailed, StandardFinding, Transferred,
};
pub use fields::{
    GRADES, KINDS, MAX_ATTACHMENT_BYTES, MAX_ATTACHMENTS, MAX_FILE_NAME, MAX_LABEL, MAX_LINE, MAX_NAME,
    MAX_PARAGRAPH, MAX_REFERENCE, MAX_REGISTRATION,
};
pub use json::{MAX_BYTES, MAX_DEPTH};
pub use prose::{Block, MAX_NESTING, MAX_PROSE, Prose, Span};
pub use read::SCHEMA;
pub use read_event::MAX_STANDARDS;
pub use text::{MAX_MARKS, YEARS};

use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, EntryId, EventId, HomeOfficeReference, PlaceId, Role, Sha256, StaffId};

/// Reads a case file.
///
/// # Errors
/// Every fault of the file, never none: first what is wrong with its structure, then field by
/// field, then the facts that contradict each other. Each has a code of [`CODES`]. Text that isn't
/// JSON has one fault, with line and column.
pub fn parse(bytes: &[u8]) -> Result<Case, Vec<Fault>> {
    let root = json::tree(bytes).map_err(|fault| vec![fault])?;
    let mut faults = codes::Faults::default();
    json::structure(&root, "", &mut faults);
    let case = read::case(&root, &mut faults);
    facts::check(&root, &mut faults);
    match (case, faults.into_list()) {
        (Some(case), faults) if faults.is_empty() => Ok(case),
        (_, faults) => Err(faults),
    }
}

/// One case file: the facts of a case and one event.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// One external medical report (domain G18).
    pub case_id: CaseId,
    /// The person's Home Office reference.
    pub home_office_reference: HomeOfficeReference,
    /// The id of what happened, unique in the office.
    pub event_id: EventId,
    /// What happened.
    pub event: Event,
    /// Who prepared the file; never the one who approves.
    pub prepared_by: StaffId,
    /// The SHA-256 of the case file that this one corrects.
    pub replaces: Option<Sha256>,
    /// What this file changes, for whoever got the letters of the one that it replaces.
    pub correction: Option<String>,
    /// Why the event is right although what is on record contradicts it.
    pub despite_history: Option<String>,
    /// The detained person.
    pub person: Person,
    /// Where the person is detained.
    pub detention: Detention,
    /// The responsible caseworker.
    pub caseworker: Contact,
    /// The casework manager who is copied in (row 1).
    pub manager: Option<Manager>,
    /// The senior caseworker or team leader who decides on continued detention (row 32).
    pub decision_maker: Option<Manager>,
    /// The legal representative, where there is one.
    pub representative: Option<Representative>,
    /// The files that lie beside the case.
    pub attachments: Vec<Attachment>,
}

/// The plain files that a faulty case file lists with their SHA-256, as far as it can be read: what it brought.
pub fn named_files(bytes: &[u8]) -> Vec<(String, Sha256)> {
    let Ok(case) = serde_json::from_slice::<serde_json::Value>(bytes) else {
        return Vec::new();
    };
    let listed = case.pointer("/attachments").and_then(serde_json::Value::as_array).into_iter().flatten();
    listed
        .filter_map(|attachment| {
            let name = attachment.get("file")?.as_str()?;
            let plain = name.ends_with(".pdf") && !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
            Some((plain.then(|| name.to_owned())?, attachment.get("sha256")?.as_str()?.parse().ok()?))
        })
        .collect()
}

impl Case {
    /// What people wrote in their own words and letters repeat, each with what it is. The reasons of a decision are not
    /// among them: they are about the person's health, and whoever reads the decision reads them.
    pub fn free_texts(&self) -> Vec<(&'static str, String)> {
        let mut texts = self.event.free_texts();
        texts.extend(self.correction.iter().map(|text| ("the words of the correction", text.clone())));
        texts
    }

    /// The reference by which whoever has this role knows the case.
    pub fn reference_of(&self, role: Role) -> Option<&str> {
        let contact = match role {
            Role::Caseworker => Some(&self.caseworker),
            Role::CaseworkManager => self.manager.as_ref().map(|manager| &manager.contact),
            Role::Representative => self.representative.as_ref().map(|one| &one.contact),
            Role::SeniorCaseworker => self.decision_maker.as_ref().map(|manager| &manager.contact),
            Role::Doctor => self.event.doctor(),
            Role::Dmrt | Role::Healthcare | Role::Det | Role::Ost | Role::Ipt | Role::InterpreterBooking => {
                None
            }
        };
        contact.and_then(|contact| contact.reference.as_deref())
    }
}

/// The detained person. Everything here is personal and stays sealed.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    pub name: String,
    pub date_of_birth: NaiveDate,
    pub nationality: String,
    /// The language in which the person can take part, where it isn't English.
    pub language: Option<String>,
    /// Whether a language barrier has been identified (B15).
    pub interpreter_needed: bool,
    /// Whether the person's letters are printed large.
    pub large_print: bool,
}

/// Where and since when.
#[derive(Debug, Clone, PartialEq)]
pub struct Detention {
    pub place: PlaceId,
    pub since: NaiveDate,
}

/// Somebody of the directory, with the reference by which they know the case.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    pub entry: EntryId,
    pub reference: Option<String>,
}

/// An official of the casework side, with the grade that the rules ask for.
#[derive(Debug, Clone, PartialEq)]
pub struct Manager {
    pub contact: Contact,
    pub grade: Grade,
}

/// Civil service grades, ascending (domain F), so that `>=` means "or above".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Grade {
    AO,
    EO,
    HEO,
    SEO,
    G7,
    G6,
    G5,
}

/// The legal representative and the authority that they gave for this case.
#[derive(Debug, Clone, PartialEq)]
pub struct Representative {
    pub contact: Contact,
    pub authority_date: NaiveDate,
}

/// One file that lies beside the case.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    /// A plain file name: no folder, no leading dot or hyphen.
    pub file: String,
    pub kind: AttachmentKind,
    /// What the documents list calls it.
    pub title: String,
    /// Why it is relevant to the person's state of health (G7); supporting information must say.
    pub relevance: Option<String>,
    /// Bytes.
    pub size: u64,
    pub sha256: Sha256,
}

/// What an attachment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    ExternalMedicalReport,
    SupportingInformation,
    SecondOpinionReport,
    /// The person's healthcare records, released with their consent (G6).
    HealthcareRecords,
    /// The invitation with the person's signature under their consent.
    SignedConsent,
    /// Kept with the case; nothing encloses it.
    OtherRecord,
}
