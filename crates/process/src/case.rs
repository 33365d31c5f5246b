//! Enters: the bytes of a case file. Leaves: a [`Case`] with every field valid, or all its faults.
//! Never: touches a file, a clock or a network, or knows a rule of the guidance (that is `plan`).

pub use crate::attachments::{
    Attachment, AttachmentKind, FileName, MAX_ATTACHMENT_BYTES, MAX_ATTACHMENTS, MAX_FILE_NAME,
};
pub use crate::events::{
    About, AfterCancellation, Agreement, Answer, AnswerServed, AppointmentConfirmed, Arrived,
    AssessmentOutcome, Authorised, Authority, ConcernsRaised, Considered, CopiedToHealthcare, CopyOf,
    Decision, Departure, DetainedAgain, DetentionBegan, DetentionEnded, Died, Event, EventName,
    ExternalReportReceived, Gender, GuidanceGiven, Interpreter, InterpreterMode, LeftDetention, LetterServed,
    Level, MAX_STANDARDS, MaterialChange, Met, Method, MinisterAuthorised, NoDoctorAvailable, NoResponse,
    Official, OpinionMethod, Outcome, PanelRecommended, PregnancyEstablished, Rebooking, RecordsReceived,
    ReferralReceived, ReleaseDecided, ReleaseWithdrawn, RemovalFailed, RemovalFailure, RemovalSet, Report,
    RepresentativeChanged, Respondent, ResponseDecided, ResponseReceived, ReviewCompleted, Rule35Decided,
    Rule35Received, SecondOpinion, SecondOpinionReceived, ServiceFailed, StandardFinding, Transferred,
    VulnerabilityEvidence, WeighedFactor, WrittenReasonsServed,
};
pub use crate::fields::codes::CODES;
pub use crate::fields::json::{MAX_BYTES, MAX_DEPTH};
pub use crate::fields::prose::{Block, MAX_NESTING, MAX_PROSE, Prose, Span};
pub use crate::fields::text::{MAX_MARKS, YEARS};
pub use crate::people::{Contact, Grade, Manager, Reference, Representative};
pub use crate::said::Said;

use crate::attachments;
use crate::fields::check::Checker;
use crate::fields::closed::closed;
use crate::fields::codes::{self, Faults};
use crate::fields::json::{self, Node};
use crate::fields::reader::{fields_of, read_table, unknown};
use crate::fields::text::is_foreign;
use crate::fields::{
    Field, FieldValue, Location, MAX_LABEL, MAX_NAME, MAX_PARAGRAPH, Record, Sort, When, ask, fields, filled,
    need,
};
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, EventId, HomeOfficeReference, PlaceId, Role, Sha256, StaffId};

closed! {
    /// The format of a case file.
    Schema {
        One = "despatch-case/1", "the only one";
    }
}

/// The value of the field `schema`.
pub const SCHEMA: &str = Schema::WORDS[0].0;

/// The fields that precede those of a case.
pub const HEAD: &[Field] = &[Field { name: "schema", sort: Schema::SORT, ..filled("The form of this file") }];

fields! {
    /// One case file: the facts of a case and one event.
    Case {
        /// One external medical report (domain G18).
        case_id: CaseId = ask("The number of the case (one external medical report is one case, and so is one continuous detention)");
        /// The person's Home Office reference.
        home_office_reference: HomeOfficeReference = ask("The person's Home Office reference");
        /// The person who prepared the file, who never approves it.
        prepared_by: StaffId = filled("Your staff id; somebody else approves");
        /// Where the person is detained.
        detention: Detention = ask("Where the person is detained");
        /// The detained person.
        person: Person = ask("The detained person");
        /// The responsible caseworker.
        caseworker: Contact = ask("The responsible caseworker").role(Role::Caseworker);
        /// The casework manager who is copied in (row 1).
        manager: Option<Manager> = ask("Is a casework manager to be named?")
            .note("The casework manager who is copied in")
            .role(Role::CaseworkManager)
            .needed(need(
                When::Is("/event/type", &["external_report_received"]),
                codes::FACT_MANAGER,
                "a report that was received is copied to the casework manager, and none is named",
                "add the manager: entry and grade",
            ));
        /// The senior caseworker or team leader who decides on continued detention (row 32).
        decision_maker: Option<Manager> = ask("Is a senior caseworker or team leader to be named, who decides on continued detention?")
            .note("The senior caseworker or team leader who decides on continued detention")
            .role(Role::SeniorCaseworker)
            .needed(need(
                When::Is("/event/type", &["second_opinion_received"]),
                codes::FACT_DECISION_MAKER,
                "a second opinion is put to the senior caseworker or team leader who decides, and none is named",
                "add the decision_maker: entry and grade",
            ));
        /// The legal representative, if any.
        representative: Option<Representative> = ask("Is there a legal representative now?")
            .note("The legal representative")
            .role(Role::Representative);
        /// What happened.
        event: Event = ask("What happened: its `type` and the fields of that event");
        /// The files that accompany the case file.
        attachments: Vec<Attachment> = ask("The attachments")
            .note("The files that lie beside the case")
            .most(MAX_ATTACHMENTS);
        /// The id of the event, unique in the office.
        event_id: EventId = ask("Your own id for what happened: a new one for each new event")
            .note("The same one when you correct a file");
        /// The SHA-256 of the case file that this one corrects.
        replaces: Option<Sha256> = ask("The SHA-256 of the latest case file of this event (`despatch outbox show` prints it)")
            .note("Only in a correction");
        /// What this file changes, for those who got the letters of the file it replaces.
        correction: Option<String> = ask("What this file changes, for those who had the earlier letters")
            .most(MAX_PARAGRAPH)
            .barred(need(
                When::Absent("replaces"),
                codes::FACT_CORRECTION,
                "this says what a correction changes, and the file replaces none",
                "add replaces with the SHA-256 of the file that this one corrects, or remove this",
            ));
        /// Why the event is right although the record contradicts it.
        despite_history: Option<String> = ask("Why the event is right although what is on record contradicts it")
            .most(MAX_PARAGRAPH);
    }
}

fields! {
    /// The detained person. Everything here is personal and stays sealed.
    Person {
        name: String = ask("The detained person's name in full")
            .note("In any script that the fonts have")
            .most(MAX_NAME);
        /// Their name in Latin letters, where the one above is in others.
        latin_name: Option<String> = ask("Their name in Latin letters, as their file has it")
            .note("Where the name above is in others")
            .most(MAX_NAME)
            .asked(When::Foreign("name"));
        date_of_birth: NaiveDate = ask("Their date of birth").past().note("Before the first day of detention");
        nationality: String = ask("Their nationality, as the letter states it").most(MAX_LABEL);
        /// Whether a language barrier has been identified (B15).
        interpreter_needed: bool = ask("Has a language barrier been identified, so that an interpreter is needed?");
        /// The language in which the person can take part, if not English.
        language: Option<String> = ask("The language in which the person can take part")
            .most(MAX_LABEL)
            .needed(need(
                When::Is("interpreter_needed", &["true"]),
                codes::FACT_LANGUAGE,
                "an interpreter is needed, and the language is not given",
                "add the language",
            ));
        /// Whether the person's letters are in large print.
        large_print: Option<bool> = ask("Does the person need their letters in large print?").note("18 point");
    }
}

fields! {
    /// Where the person is detained, and since when.
    Detention {
        place: PlaceId = ask("Where is the person detained?");
        since: NaiveDate = ask("The first day of the current detention under immigration powers").past()
            .note("For somebody who was in prison before it, not the first day of the sentence");
        /// Under which powers; the guidance is for immigration powers alone.
        powers: Option<Powers> = ask("Under which powers is the person detained?").unlabelled();
    }
}

closed! {
    /// The powers under which somebody is detained.
    Powers {
        Immigration = "immigration", "immigration powers";
        Other = "other", "other powers alone";
    }
}

impl Person {
    /// Returns each spelling of the name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [Some(self.name.as_str()), self.latin_name.as_deref()].into_iter().flatten()
    }
}

/// Reads a case file.
///
/// # Errors
/// Every fault of the file, at least one: structure first, then field by field, then facts that contradict each
/// other. Each has a code of [`CODES`]. Text that is not JSON has one fault, with line and column.
pub fn parse(bytes: &[u8]) -> Result<Case, Vec<Fault>> {
    let root = json::tree(bytes).map_err(|fault| vec![fault])?;
    let mut faults = Faults::default();
    json::structure(&root, "", &mut faults);
    let case = read(&mut Location::root(&mut faults), &root);
    if let Node::Object(_) = root {
        check(&root, &mut faults);
    }
    match (case, faults.into_list()) {
        (Some(case), faults) if faults.is_empty() => Ok(case),
        (_, faults) => Err(faults),
    }
}

fn read(location: &mut Location<'_>, root: &Node) -> Option<Case> {
    let given = fields_of(location, root)?;
    let schema: Option<Schema> = read_table(location, given, HEAD, |reader| reader.next());
    let case = read_table(location, given, Case::FIELDS, Case::read_fields);
    unknown(location, given, &[HEAD, Case::FIELDS]);
    schema.and(case)
}

/// Adds a fault for each contradiction that can be seen without the rules of the guidance.
fn check(root: &Node, faults: &mut Faults) {
    let event = root.text("/event/type").and_then(EventName::of_word).map(EventName::table);
    let mut checker = Checker::new(root, event.as_ref().map_or(&[], |event| event.fields), faults);
    checker.object("", Case::FIELDS);
    let (birth, since) = (checker.date("/person/date_of_birth"), checker.date("/detention/since"));
    if since.is_some() && birth >= since {
        let cause = "the date of birth is not before the first day of detention";
        checker.fault("/person/date_of_birth", codes::FACT_BIRTH, cause, "correct one of the two dates");
    }
    if checker.text("/person/latin_name").is_some_and(is_foreign) {
        let cause = "the name in Latin letters has others";
        checker.fault(
            "/person/latin_name",
            codes::TEXT_SCRIPTS,
            cause,
            "write it in Latin letters, or leave it out",
        );
    }
    if let Some(event) = &event {
        (event.check)(&mut checker);
    }
    attachments::check(&mut checker, event.as_ref().map(|event| event.attachments));
}

/// Returns the fields of a whole case file, apart from those of [`HEAD`].
pub fn fields() -> &'static [Field] {
    Case::FIELDS
}

/// Returns the field that a pointer into a case file of this event names.
pub fn field_at(event: EventName, at: &str) -> Option<&'static Field> {
    let (mut table, mut found) = (Case::FIELDS, None);
    for name in at.split('/').skip(1).filter(|name| name.parse::<usize>().is_err()) {
        let field = table.iter().find(|field| field.name == name)?;
        table = match field.sort {
            Sort::Object(inner) | Sort::List(inner) => inner,
            Sort::Event => event.table().fields,
            _ => &[],
        };
        found = Some(field);
    }
    found
}

/// Returns the plain file names that a faulty case file lists with their SHA-256, as far as it is readable, so that
/// its attachments can be found.
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
    /// Returns the free texts that letters repeat, each with its description. The reasons of a decision are not among
    /// them: they are about the person's health, and everybody who reads the decision reads them.
    pub fn free_texts(&self) -> Vec<(&'static str, String)> {
        let mut texts = self.event.free_texts();
        texts.extend(self.correction.iter().map(|text| ("the words of the correction", text.clone())));
        texts
    }

    /// Returns the reference under which the recipient with this role knows the case.
    pub fn reference_of(&self, role: Role) -> Option<&str> {
        let reference = match role {
            Role::Caseworker => &self.caseworker.reference,
            Role::CaseworkManager => &self.manager.as_ref()?.reference,
            Role::Representative => &self.representative.as_ref()?.reference,
            Role::SeniorCaseworker => &self.decision_maker.as_ref()?.reference,
            Role::Doctor => &self.event.doctor()?.reference,
            Role::Dmrt
            | Role::Healthcare
            | Role::Det
            | Role::Ost
            | Role::Ipt
            | Role::InterpreterBooking
            | Role::ReviewAuthoriser
            | Role::R35t
            | Role::StrategicDirector
            | Role::PanelTeam => return None,
        };
        reference.as_deref()
    }
}
