//! Enters: nothing. Leaves: the closed list of fault codes for a case file.
//! Never: gains a code elsewhere: a [`Code`] can be made in this file only.

use despatch_core::fault::Fault;

/// A word of [`CODES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code(&'static str);

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        $($(#[$doc])* pub(crate) const $name: Code = Code($word);)*
        /// Every code that [`crate::case::parse`] can report.
        pub const CODES: &[&str] = &[$($word),*];
    };
}

codes! {
    /// The file exceeds its size limit in bytes.
    FILE_LARGE = "file.large";
    /// The bytes are not UTF-8.
    JSON_UTF8 = "json.utf8";
    /// The file begins with a byte order mark.
    JSON_BOM = "json.bom";
    /// The text is not JSON.
    JSON_SYNTAX = "json.syntax";
    /// Text follows the end of the case.
    JSON_TRAILING = "json.trailing";
    /// Lists and objects are nested too deep.
    JSON_DEEP = "json.deep";
    /// A name occurs twice in one object.
    JSON_DUPLICATE = "json.duplicate";
    /// A field that no case file has.
    FIELD_UNKNOWN = "field.unknown";
    /// A field is absent or null.
    FIELD_MISSING = "field.missing";
    /// A value of the wrong type, such as a number instead of text.
    FIELD_TYPE = "field.type";
    /// A number that is not a whole number, or is out of range.
    NUMBER_RANGE = "number.range";
    /// The text is empty.
    TEXT_EMPTY = "text.empty";
    /// The text exceeds the field's limit.
    TEXT_LONG = "text.long";
    /// The text begins or ends with white space.
    TEXT_EDGES = "text.edges";
    /// A character that is invisible or changes how the text reads.
    TEXT_CHARACTER = "text.character";
    /// Too many combining marks in a row.
    TEXT_MARKS = "text.marks";
    /// A word that mixes letters of several scripts.
    TEXT_SCRIPTS = "text.scripts";
    /// A heading, a link, a table or the like in free text.
    PROSE_CONSTRUCT = "prose.construct";
    /// Lists and quotes are nested too deep.
    PROSE_DEEP = "prose.deep";
    /// A list whose numbers would change in the letter.
    PROSE_NUMBER = "prose.number";
    /// A word outside a closed list.
    VALUE_CHOICE = "value.choice";
    /// An id, reference or hash that breaks its pattern.
    VALUE_PATTERN = "value.pattern";
    /// Not a date, or not one of 1900 to 2100.
    VALUE_DATE = "value.date";
    /// Not a time of day.
    VALUE_TIME = "value.time";
    /// Not a moment in London, or one with an offset that London did not have then.
    VALUE_MOMENT = "value.moment";
    /// Too many entries in a list.
    LIST_LONG = "list.long";
    /// Dates in an impossible order.
    FACT_ORDER = "fact.order";
    /// Birth on or after the first day of detention.
    FACT_BIRTH = "fact.birth";
    /// Neither a completed review of detention nor a reason why the response goes before it.
    FACT_REVIEW = "fact.review";
    /// No manager, although the event requires one.
    FACT_MANAGER = "fact.manager";
    /// No decision-maker, although the event requires one.
    FACT_DECISION_MAKER = "fact.decision_maker";
    /// A regulated author without regulator or registration, or an unregulated one without the register that was
    /// checked.
    FACT_AUTHOR = "fact.author";
    /// An interpreter who is needed and missing, or given and not needed.
    FACT_INTERPRETER = "fact.interpreter";
    /// A language that is missing, or is not the interpreter's.
    FACT_LANGUAGE = "fact.language";
    /// A correction that replaces no file.
    FACT_CORRECTION = "fact.correction";
    /// A response that answers neither question.
    FACT_ANSWER = "fact.answer";
    /// Consent to the records that is not the person's own, or is not signed.
    FACT_CONSENT = "fact.consent";
    /// A statement on rebooking where none applies, or none where one is required.
    FACT_REBOOKING = "fact.rebooking";
    /// An assessment date for one on papers, or none for one by video.
    FACT_METHOD = "fact.method";
    /// A second opinion together with a reason why there is none, or neither.
    FACT_SECOND_OPINION = "fact.second_opinion";
    /// Two findings on the same standard.
    FACT_STANDARD_TWICE = "fact.standard_twice";
    /// Something authorised by a grade that authorises nothing of it, or with a cover that contradicts itself.
    FACT_AUTHORITY = "fact.authority";
    /// A review, a panel or a report of which what must be said of it is missing.
    FACT_REASONS = "fact.reasons";
    /// A change from something to itself.
    FACT_UNCHANGED = "fact.unchanged";
    /// A value sent in clear would identify the person.
    CLEAR_IDENTITY = "clear.identity";
    /// Not a plain file name.
    ATTACHMENT_NAME = "attachment.name";
    /// Two attachments with the same name.
    ATTACHMENT_NAME_TWICE = "attachment.name_twice";
    /// Two attachments with the same content.
    ATTACHMENT_SAME = "attachment.same";
    /// Not exactly one external medical report.
    ATTACHMENT_REPORT = "attachment.report";
    /// Not the number of second opinion reports, records or consents that the event needs.
    ATTACHMENT_NEEDED = "attachment.needed";
    /// A second opinion report, records or a consent that does not belong to the event.
    ATTACHMENT_MISPLACED = "attachment.misplaced";
    /// Supporting information that does not say why it is relevant.
    ATTACHMENT_RELEVANCE = "attachment.relevance";
    /// There are more faults than are listed.
    FAULTS_MANY = "faults.many";
}

/// How many faults of one file are listed; the rest are counted.
const MAX_FAULTS: usize = 100;

/// The faults of one file, in the order in which they were found.
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

    /// Returns the faults; if some are not listed, the last one says how many.
    pub(crate) fn into_list(mut self) -> Vec<Fault> {
        if self.more > 0 {
            let cause = format!("{} more faults are not listed", self.more);
            self.listed.push(fault("", FAULTS_MANY, cause, "mend the faults above and drop the file again"));
        }
        self.listed
    }
}

/// Creates a fault; an empty pointer is shown as the whole file.
pub(crate) fn fault(at: &str, code: Code, cause: impl Into<String>, cure: impl Into<String>) -> Fault {
    let at = if at.is_empty() { "the whole file" } else { at };
    Fault::new(at, code.0, cause, cure)
}
