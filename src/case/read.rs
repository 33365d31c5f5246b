//! Enters: the tree of a case file. Leaves: the case, field by field, or nothing and its faults.
//! Never: compares two fields (that is `facts`).

use super::codes::Faults;
use super::json::Node;
use super::reader::{
    Place, Reader, choice, date, file_name, flag, id, list, object, public_text, text, time, whole,
};
use super::{
    AppointmentConfirmed, Attachment, AttachmentKind, Case, Contact, Detention, Event, Gender, Grade,
    Interpreter, InterpreterMode, Manager, Method, Person, Report, ReportReceived, Representative,
};

/// What the field `schema` says.
pub const SCHEMA: &str = "despatch-case/1";
/// Characters of a person's name.
pub const MAX_NAME: usize = 200;
/// Characters of a nationality, a language, a profession or a regulator.
pub const MAX_LABEL: usize = 100;
/// Characters of a registration number.
pub const MAX_REGISTRATION: usize = 40;
/// Characters of the room of an appointment, or of the title of an attachment.
pub const MAX_LINE: usize = 160;
/// Characters of joining instructions, or of a reason.
pub const MAX_PARAGRAPH: usize = 1000;
/// Characters of the reference by which somebody knows the case.
pub const MAX_REFERENCE: usize = 40;
/// Attachments of a case.
pub const MAX_ATTACHMENTS: usize = 50;
/// Bytes of one attachment.
pub const MAX_ATTACHMENT_BYTES: u64 = 25 * 1024 * 1024;
/// Bytes of the name of an attachment.
pub const MAX_FILE_NAME: usize = 120;

pub(super) const REPORT_RECEIVED: &str = "external_report_received";
pub(super) const APPOINTMENT_CONFIRMED: &str = "appointment_confirmed";
pub(super) const EXTERNAL_MEDICAL_REPORT: &str = "external_medical_report";
pub(super) const SUPPORTING_INFORMATION: &str = "supporting_information";

/// Reads a struct whose fields are named in the file as they are in the type. Every field is read
/// before the first fault ends the struct.
macro_rules! record {
    ($reader:ident => $type:ident { $($field:ident: $mode:ident $read:expr,)* }) => {{
        $(let $field = $reader.$mode(stringify!($field), $read);)*
        Some($type { $($field: $field?,)* })
    }};
}

/// The whole file.
pub(super) fn case(root: &Node, faults: &mut Faults) -> Option<Case> {
    object(fields)(&mut Place::root(faults), root)
}

fn fields(r: &mut Reader) -> Option<Case> {
    let schema = r.must("schema", choice(&[(SCHEMA, ())]));
    let case = record!(r => Case {
        case_id: must id,
        home_office_reference: must id,
        event_id: must id,
        event: must object(event),
        prepared_by: must id,
        replaces: may id,
        correction: may text(MAX_PARAGRAPH),
        despite_history: may text(MAX_PARAGRAPH),
        person: must object(person),
        detention: must object(detention),
        caseworker: must object(contact),
        manager: may object(graded_contact),
        decision_maker: may object(graded_contact),
        representative: may object(representative),
        attachments: must list(MAX_ATTACHMENTS, attachment),
    });
    schema.and(case)
}

fn event(r: &mut Reader) -> Option<Event> {
    match r.must("type", choice(&[(REPORT_RECEIVED, true), (APPOINTMENT_CONFIRMED, false)])) {
        Some(true) => report_received(r).map(Event::ExternalReportReceived),
        Some(false) => appointment_confirmed(r).map(Event::AppointmentConfirmed),
        None => {
            r.accept_the_rest();
            None
        }
    }
}

fn report_received(r: &mut Reader) -> Option<ReportReceived> {
    record!(r => ReportReceived {
        received_on: must date,
        report: must object(report),
        release_decided_on: may date,
        removal_set_for: may date,
    })
}

fn report(r: &mut Reader) -> Option<Report> {
    record!(r => Report {
        author: must text(MAX_NAME),
        profession: must text(MAX_LABEL),
        author_regulated: must flag,
        regulator: may text(MAX_LABEL),
        registration: may text(MAX_REGISTRATION),
        register_checked: may text(MAX_LINE),
        assessed_on: must date,
        report_date: must date,
        method: must choice(Method::WORDS),
        limitations_stated: may flag,
    })
}

fn appointment_confirmed(r: &mut Reader) -> Option<AppointmentConfirmed> {
    record!(r => AppointmentConfirmed {
        referred_on: must date,
        transferred_on: may date,
        rebooks: may date,
        date: must date,
        time: must time,
        location: must text(MAX_LINE),
        doctor: must object(contact),
        interpreter: may object(interpreter),
        joining_instructions: may text(MAX_PARAGRAPH),
        on_the_day_contact: may text(MAX_LINE),
    })
}

fn interpreter(r: &mut Reader) -> Option<Interpreter> {
    record!(r => Interpreter {
        language: must text(MAX_LABEL),
        mode: must choice(InterpreterMode::WORDS),
        dialect: may text(MAX_LABEL),
        requested_gender: may choice(Gender::WORDS),
    })
}

fn person(r: &mut Reader) -> Option<Person> {
    record!(r => Person {
        name: must text(MAX_NAME),
        date_of_birth: must date,
        nationality: must text(MAX_LABEL),
        language: may text(MAX_LABEL),
        interpreter_needed: must flag,
    })
}

fn detention(r: &mut Reader) -> Option<Detention> {
    record!(r => Detention {
        place: must id,
        since: must date,
    })
}

fn contact(r: &mut Reader) -> Option<Contact> {
    record!(r => Contact {
        entry: must id,
        reference: may public_text(MAX_REFERENCE),
    })
}

fn graded_contact(r: &mut Reader) -> Option<Manager> {
    let contact = contact(r);
    let grade = r.must("grade", choice(GRADES));
    Some(Manager { contact: contact?, grade: grade? })
}

fn representative(r: &mut Reader) -> Option<Representative> {
    let contact = contact(r);
    let authority_date = r.must("authority_date", date);
    Some(Representative { contact: contact?, authority_date: authority_date? })
}

fn attachment(r: &mut Reader) -> Option<Attachment> {
    record!(r => Attachment {
        file: must file_name(is_file_name),
        kind: must choice(KINDS),
        title: must text(MAX_LINE),
        relevance: may text(MAX_PARAGRAPH),
        size: must whole(MAX_ATTACHMENT_BYTES),
        sha256: must id,
    })
}

const GRADES: &[(&str, Grade)] = &[
    ("AO", Grade::AO),
    ("EO", Grade::EO),
    ("HEO", Grade::HEO),
    ("SEO", Grade::SEO),
    ("G7", Grade::G7),
    ("G6", Grade::G6),
    ("G5", Grade::G5),
];

const KINDS: &[(&str, AttachmentKind)] = &[
    (EXTERNAL_MEDICAL_REPORT, AttachmentKind::ExternalMedicalReport),
    (SUPPORTING_INFORMATION, AttachmentKind::SupportingInformation),
    ("second_opinion_report", AttachmentKind::SecondOpinionReport),
    ("healthcare_records", AttachmentKind::HealthcareRecords),
    ("signed_consent", AttachmentKind::SignedConsent),
    ("other_record", AttachmentKind::OtherRecord),
];

/// Whether a name can only be that of a file which lies beside the case.
///
/// # Errors
/// What is wrong with it.
fn is_file_name(name: &str) -> Result<(), &'static str> {
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
        Ok(())
    }
}
