//! Enters: the tree of a case file. Leaves: the case, field by field, or nothing and its faults.
//! Never: compares two fields (that is `facts`), or knows one event from another (that is `read_event`).

use super::codes::Faults;
use super::fields::{
    GRADES, KINDS, MAX_ATTACHMENT_BYTES, MAX_ATTACHMENTS, MAX_FILE_NAME, MAX_LABEL, MAX_LINE, MAX_NAME,
    MAX_PARAGRAPH, contact, record,
};
use super::json::Node;
use super::read_event::event;
use super::reader::{Place, Reader, choice, date, file_name, flag, id, list, object, text, whole};
use super::{Attachment, Case, Detention, Manager, Person, Representative};

/// What the field `schema` says.
pub const SCHEMA: &str = "despatch-case/1";
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

fn person(r: &mut Reader) -> Option<Person> {
    let name = r.must("name", text(MAX_NAME));
    let date_of_birth = r.must("date_of_birth", date);
    let nationality = r.must("nationality", text(MAX_LABEL));
    let language = r.may("language", text(MAX_LABEL));
    let interpreter_needed = r.must("interpreter_needed", flag);
    let large_print = r.may("large_print", flag);
    Some(Person {
        name: name?,
        date_of_birth: date_of_birth?,
        nationality: nationality?,
        language: language?,
        interpreter_needed: interpreter_needed?,
        large_print: large_print?.unwrap_or(false),
    })
}

fn detention(r: &mut Reader) -> Option<Detention> {
    record!(r => Detention {
        place: must id,
        since: must date,
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
