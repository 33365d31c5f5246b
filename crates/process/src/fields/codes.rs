//! Enters: nothing. Leaves: the closed list of words for what can be wrong with a case file.
//! Never: grows a code elsewhere, for a [`Code`] can be made in this file alone.

use despatch_core::fault::Fault;

/// A word of [`CODES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code(&'static str);

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        $($(#[$doc])* pub(crate) const $name: Code = Code($word);)*
        /// Every code that [`crate::case::parse`] can give.
        pub const CODES: &[&str] = &[$($word),*];
    };
}

codes! {
    /// The file is over its size in bytes.
    FILE_LARGE = "file.large";
    /// The bytes aren't UTF-8.
    JSON_UTF8 = "json.utf8";
    /// A byte order mark stands first.
    JSON_BOM = "json.bom";
    /// The text isn't JSON.
    JSON_SYNTAX = "json.syntax";
    /// Text follows the case.
    JSON_TRAILING = "json.trailing";
    /// Lists and objects lie too deep in each other.
    JSON_DEEP = "json.deep";
    /// One name stands twice in one object.
    JSON_DUPLICATE = "json.duplicate";
    /// A field that no case file has.
    FIELD_UNKNOWN = "field.unknown";
    /// A field that is not there, or null.
    FIELD_MISSING = "field.missing";
    /// A number where text is due, and the like.
    FIELD_TYPE = "field.type";
    /// A number that is no whole number, or out of its range.
    NUMBER_RANGE = "number.range";
    /// No text.
    TEXT_EMPTY = "text.empty";
    /// Over the field's cap.
    TEXT_LONG = "text.long";
    /// White space at an end.
    TEXT_EDGES = "text.edges";
    /// A character that can't be seen or changes how the text reads.
    TEXT_CHARACTER = "text.character";
    /// Too many combining marks in a row.
    TEXT_MARKS = "text.marks";
    /// A word with letters of several scripts.
    TEXT_SCRIPTS = "text.scripts";
    /// A heading, a link, a table or the like in free text.
    PROSE_CONSTRUCT = "prose.construct";
    /// Lists and quotes too deep in each other.
    PROSE_DEEP = "prose.deep";
    /// A list whose numbers would change in the letter.
    PROSE_NUMBER = "prose.number";
    /// A word outside a closed list.
    VALUE_CHOICE = "value.choice";
    /// An id, reference or hash that breaks its pattern.
    VALUE_PATTERN = "value.pattern";
    /// No date, or none of 1900 to 2100.
    VALUE_DATE = "value.date";
    /// No time of day.
    VALUE_TIME = "value.time";
    /// Too many entries in a list.
    LIST_LONG = "list.long";
    /// Dates that can't follow each other so.
    FACT_ORDER = "fact.order";
    /// Birth on or after the first day of detention.
    FACT_BIRTH = "fact.birth";
    /// No manager, though the event calls for one.
    FACT_MANAGER = "fact.manager";
    /// No decision-maker, though the event calls for one.
    FACT_DECISION_MAKER = "fact.decision_maker";
    /// A regulated author without regulator or registration, or another without the register that was checked.
    FACT_AUTHOR = "fact.author";
    /// An interpreter who is needed and missing, or there and not needed.
    FACT_INTERPRETER = "fact.interpreter";
    /// A language that is missing, or is not the interpreter's.
    FACT_LANGUAGE = "fact.language";
    /// A correction that replaces no file.
    FACT_CORRECTION = "fact.correction";
    /// A response that answers nothing.
    FACT_ANSWER = "fact.answer";
    /// Consent to the records that isn't the person's own, or isn't signed.
    FACT_CONSENT = "fact.consent";
    /// Word of a new booking where none is to be made, or none where one is.
    FACT_REBOOKING = "fact.rebooking";
    /// The date of an assessment on papers, or none for one by video.
    FACT_METHOD = "fact.method";
    /// A second opinion together with a reason why there is none, or neither.
    FACT_SECOND_OPINION = "fact.second_opinion";
    /// One standard twice.
    FACT_STANDARD_TWICE = "fact.standard_twice";
    /// A change from something to itself.
    FACT_UNCHANGED = "fact.unchanged";
    /// What goes in clear would tell who the person is.
    CLEAR_IDENTITY = "clear.identity";
    /// No plain file name.
    ATTACHMENT_NAME = "attachment.name";
    /// Two attachments of one name.
    ATTACHMENT_NAME_TWICE = "attachment.name_twice";
    /// Two attachments of one content.
    ATTACHMENT_SAME = "attachment.same";
    /// Not exactly one external medical report.
    ATTACHMENT_REPORT = "attachment.report";
    /// Not as many second opinion reports, records or consents as the event needs.
    ATTACHMENT_NEEDED = "attachment.needed";
    /// A second opinion report, records or a consent that the event has no place for.
    ATTACHMENT_MISPLACED = "attachment.misplaced";
    /// Supporting information that doesn't say why it is relevant.
    ATTACHMENT_RELEVANCE = "attachment.relevance";
    /// More faults than are listed.
    FAULTS_MANY = "faults.many";
}

/// How many faults of one file are listed; the rest is counted.
const MAX_FAULTS: usize = 100;

/// What is wrong with one file, in the order in which it was found.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    listed: Vec<Fault>,
    more: usize,
}

impl Faults {
    /// Adds a fault at `at`; an empty pointer is the whole file.
    pub(crate) fn add(&mut self, at: &str, code: Code, cause: impl Into<String>, cure: impl Into<String>) {
        if self.listed.len() < MAX_FAULTS {
            self.listed.push(fault(at, code, cause, cure));
        } else {
            self.more += 1;
        }
    }

    /// The faults; where some aren't listed, the last one says how many.
    pub(crate) fn into_list(mut self) -> Vec<Fault> {
        if self.more > 0 {
            let cause = format!("{} more faults are not listed", self.more);
            self.listed.push(fault("", FAULTS_MANY, cause, "mend the faults above and drop the file again"));
        }
        self.listed
    }
}

/// One fault; an empty pointer is shown as the whole file.
pub(crate) fn fault(at: &str, code: Code, cause: impl Into<String>, cure: impl Into<String>) -> Fault {
    let at = if at.is_empty() { "the whole file" } else { at };
    Fault::new(at, code.0, cause, cure)
}
