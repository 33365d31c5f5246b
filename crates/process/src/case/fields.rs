//! Enters: nothing by itself. Leaves: what the case and its events share: limits, words, the reading of a contact.
//! Never: knows a case or an event.

use super::reader::{Reader, id, public_text};
use super::{AttachmentKind, Contact, Grade};

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

pub(super) const EXTERNAL_MEDICAL_REPORT: &str = "external_medical_report";
pub(super) const SUPPORTING_INFORMATION: &str = "supporting_information";
pub(super) const SECOND_OPINION_REPORT: &str = "second_opinion_report";
pub(super) const HEALTHCARE_RECORDS: &str = "healthcare_records";
pub(super) const SIGNED_CONSENT: &str = "signed_consent";

/// Reads a struct whose fields are named in the file as they are in the type. Every field is read
/// before the first fault ends the struct.
macro_rules! record {
    ($reader:ident => $type:ident { $($field:ident: $mode:ident $read:expr,)* }) => {{
        $(let $field = $reader.$mode(stringify!($field), $read);)*
        Some($type { $($field: $field?,)* })
    }};
}
pub(super) use record;

pub(super) fn contact(r: &mut Reader) -> Option<Contact> {
    record!(r => Contact {
        entry: must id,
        reference: may public_text(MAX_REFERENCE),
    })
}

/// The grades, as a case file writes them.
pub const GRADES: &[(&str, Grade)] = &[
    ("AO", Grade::AO),
    ("EO", Grade::EO),
    ("HEO", Grade::HEO),
    ("SEO", Grade::SEO),
    ("G7", Grade::G7),
    ("G6", Grade::G6),
    ("G5", Grade::G5),
];

/// The kinds of attachment, as a case file writes them.
pub const KINDS: &[(&str, AttachmentKind)] = &[
    (EXTERNAL_MEDICAL_REPORT, AttachmentKind::ExternalMedicalReport),
    (SUPPORTING_INFORMATION, AttachmentKind::SupportingInformation),
    (SECOND_OPINION_REPORT, AttachmentKind::SecondOpinionReport),
    (HEALTHCARE_RECORDS, AttachmentKind::HealthcareRecords),
    (SIGNED_CONSENT, AttachmentKind::SignedConsent),
    ("other_record", AttachmentKind::OtherRecord),
];
