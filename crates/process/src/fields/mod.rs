//! Enters: the declarations of what a case file holds. Leaves: their tables, each with a field's name, type,
//! question, bounds and conditions; the reader, the questions of `new`, the schema and the documentation page are
//! derived from them.
//! Never: declares a field of its own.

pub(crate) mod check;
pub(crate) mod closed;
/// The closed list of fault codes for a case file.
pub mod codes;
pub(crate) mod json;
mod json_faults;
/// Free text in a subset of CommonMark.
pub mod prose;
pub(crate) mod reader;
/// The characters, dates and times allowed in a case file.
pub mod text;

pub use check::whole;
use chrono::NaiveDate;
use codes::Code;
use despatch_core::words::{Role, date_words, weekday_words};
pub(crate) use reader::{FieldValue, Location, Reader};
use serde_json::{Map, Value, json};

/// Maximum characters of a person's name.
pub const MAX_NAME: usize = 200;
/// Maximum characters of a nationality, a language, a profession or a regulator.
pub const MAX_LABEL: usize = 100;
/// Maximum characters of a registration number.
pub const MAX_REGISTRATION: usize = 40;
/// Maximum characters of the room of an appointment, or of the title of an attachment.
pub const MAX_LINE: usize = 160;
/// Maximum characters of joining instructions, or of a reason.
pub const MAX_PARAGRAPH: usize = 1000;

/// One field of a case file.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name in its object.
    pub name: &'static str,
    /// The type of its value.
    pub sort: Sort,
    /// Whether it may be left out, or null.
    pub optional: bool,
    /// The question that it answers; empty if nobody is asked because the answer is computed.
    pub ask: &'static str,
    /// A further note for the author of the file.
    pub note: &'static str,
    /// The maximum: characters of a line, entries of a list, or the largest number.
    pub most: usize,
    /// The role in the case of the person it names.
    pub role: Option<Role>,
    /// When it is required although it is optional.
    pub needed: Option<Need>,
    /// When it is not allowed.
    pub barred: Option<Need>,
    /// The only condition under which it is asked for.
    pub asked: Option<When>,
    /// The dates that it must not pass.
    pub order: &'static [Order],
    /// Whether it is a day that has come: the plan refuses a later one (`date.future`).
    pub past: bool,
    /// What templates receive of it.
    pub given: Given,
}

/// What templates receive of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// Its value, and the label of a closed word as `NAME_words`.
    Whole,
    /// Its value alone.
    Unlabelled,
    Nothing,
}

/// The type of a field.
#[derive(Debug, Clone, Copy)]
pub enum Sort {
    /// Text on one line.
    Line,
    /// Text that follows a pattern: an id, a reference, a hash, the name of a file.
    Pattern(Pattern),
    /// Free text of several lines.
    Prose,
    Date,
    /// A time of day in the United Kingdom.
    Time,
    Flag,
    /// A whole number, from 1.
    Whole,
    /// A word of a closed list, each with its label.
    Choice(&'static [(&'static str, &'static str)]),
    Object(&'static [Field]),
    /// A list of objects.
    List(&'static [Field]),
    /// The event: its `type` and its fields.
    Event,
}

/// The form of a text value, and what it names.
#[derive(Debug, Clone, Copy)]
pub struct Pattern {
    /// In words.
    pub says: &'static str,
    /// As a regular expression.
    pub regex: &'static str,
    /// The minimum and maximum number of characters.
    pub length: (usize, usize),
    pub names: Names,
    /// Whether emails and logs show it: then it must not identify the person.
    pub clear: bool,
}

/// What a pattern names, so that it can be chosen from what the office has on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Nothing that can be chosen.
    Nothing,
    /// An entry of the directory.
    Entry,
    /// A place of detention.
    Place,
    /// A standard for external medical reports.
    Standard,
    /// The event itself.
    Event,
    /// A file that accompanies the case file.
    Attachment,
    /// A moment in London: nothing that can be chosen, but a day and a time to those who fill in a form.
    Moment,
    /// A stage at which detention is reviewed.
    Stage,
}

/// A condition on another field. A name that begins with `/` is a pointer into the whole file; any other is relative
/// to the object that contains the field.
#[derive(Debug, Clone, Copy)]
pub enum When {
    /// It is one of these words; a flag is `true` or `false`.
    Is(&'static str, &'static [&'static str]),
    There(&'static str),
    Absent(&'static str),
    /// It has letters other than Latin ones.
    Foreign(&'static str),
}

/// When a field is required or not allowed, and the fault if that is violated.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    pub when: When,
    /// The field of the same object at which the fault is reported, if different.
    pub(crate) at: Option<&'static str>,
    pub(crate) code: Code,
    pub(crate) cause: &'static str,
    pub(crate) cure: &'static str,
}

/// A date that must not precede, or not follow, another; with the cause to report.
#[derive(Debug, Clone, Copy)]
pub enum Order {
    NotBefore(&'static str, &'static str),
    NotAfter(&'static str, &'static str),
}

/// A detained person's events cannot precede their detention.
pub(crate) const IN_DETENTION: &[Order] =
    &[Order::NotBefore("/detention/since", "this day is before the first day of detention")];

pub(crate) const fn need(when: When, code: Code, cause: &'static str, cure: &'static str) -> Need {
    Need { when, at: None, code, cause, cure }
}

impl Need {
    pub(crate) const fn told_at(self, at: &'static str) -> Need {
        Need { at: Some(at), ..self }
    }
}

/// Declares a field that this question asks for. Its type determines what it holds.
pub const fn ask(ask: &'static str) -> Field {
    Field {
        name: "",
        sort: Sort::Line,
        optional: false,
        ask,
        note: "",
        most: 0,
        role: None,
        needed: None,
        barred: None,
        asked: None,
        order: &[],
        past: false,
        given: Given::Whole,
    }
}

/// Declares a field that nobody is asked for, with its description.
pub(crate) const fn filled(note: &'static str) -> Field {
    ask("").note(note)
}

impl Field {
    /// Returns what to write, for people who read the description instead of being asked.
    pub fn text(&self) -> String {
        match (self.sort, self.ask, self.note) {
            (_, text, "") | (_, "", text) => text.to_owned(),
            // The question only asks whether there is one, or where it is.
            (
                Sort::Object(_) | Sort::List(_) | Sort::Pattern(Pattern { names: Names::Attachment, .. }),
                _,
                note,
            ) => note.to_owned(),
            (_, ask, note) => format!("{ask}{} {note}", if ask.ends_with('?') { "" } else { "." }),
        }
    }

    pub(crate) const fn note(self, note: &'static str) -> Field {
        Field { note, ..self }
    }
    pub(crate) const fn most(self, most: usize) -> Field {
        Field { most, ..self }
    }
    pub(crate) const fn role(self, role: Role) -> Field {
        Field { role: Some(role), ..self }
    }
    pub(crate) const fn needed(self, need: Need) -> Field {
        Field { needed: Some(need), ..self }
    }
    pub(crate) const fn barred(self, need: Need) -> Field {
        Field { barred: Some(need), ..self }
    }
    pub(crate) const fn asked(self, when: When) -> Field {
        Field { asked: Some(when), ..self }
    }
    pub(crate) const fn unlabelled(self) -> Field {
        Field { given: Given::Unlabelled, ..self }
    }
    pub(crate) const fn withheld(self) -> Field {
        Field { given: Given::Nothing, ..self }
    }
    /// Passes this field's value to a template.
    pub(crate) fn give(&self, value: &impl FieldValue, given: &mut Map<String, Value>) {
        if self.given == Given::Nothing {
            return;
        }
        given.insert(self.name.to_owned(), value.data());
        if let Some(label) = value.choice_label().filter(|_| self.given == Given::Whole) {
            given.insert(format!("{}_words", self.name), label.into());
        }
    }
    pub(crate) const fn past(self) -> Field {
        Field { past: true, ..self }
    }
    pub(crate) const fn order(self, order: &'static [Order]) -> Field {
        Field { order, ..self }
    }
}

/// An object of a case file: its table and its reader.
pub trait Record: Sized {
    /// Its fields, in the order in which people are asked: of two dates in sequence, the one at which the fault is
    /// reported comes last.
    const FIELDS: &'static [Field];
    /// Reads every field of the table, so that one fault does not hide another.
    fn read_fields(reader: &mut Reader<'_, '_>) -> Option<Self>;
    /// Returns the template data: each field by its name, and the label of a closed word as `NAME_words`.
    fn given(&self) -> Map<String, Value>;
}

/// Returns a date in the form that templates receive.
pub fn date_value(date: NaiveDate) -> Value {
    json!({ "iso": date.to_string(), "words": date_words(date), "weekday": weekday_words(date) })
}

/// Declares an object of a case file: its type, its table of fields and its reader.
macro_rules! fields {
    ($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $type:ty = $ask:expr;)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($(#[$of])* pub $field: $type,)* }

        impl $crate::fields::Record for $name {
            const FIELDS: &'static [$crate::fields::Field] = &[$($crate::fields::Field {
                name: stringify!($field),
                sort: <$type as $crate::fields::FieldValue>::SORT,
                optional: <$type as $crate::fields::FieldValue>::OPTIONAL,
                ..$ask
            }),*];

            fn read_fields(reader: &mut $crate::fields::Reader<'_, '_>) -> Option<Self> {
                $(let $field = reader.next();)*
                Some($name { $($field: $field?),* })
            }

            fn given(&self) -> serde_json::Map<String, serde_json::Value> {
                let mut given = serde_json::Map::new();
                let mut table = <Self as $crate::fields::Record>::FIELDS.iter();
                $(if let Some(field) = table.next() {
                    field.give(&self.$field, &mut given);
                })*
                given
            }
        }

        impl $crate::fields::FieldValue for $name {
            const SORT: $crate::fields::Sort = $crate::fields::Sort::Object(<$name as $crate::fields::Record>::FIELDS);

            fn read(
                location: &mut $crate::fields::Location<'_>,
                node: &$crate::fields::json::Node,
                _: usize,
            ) -> Option<Self> {
                $crate::fields::reader::object(location, node)
            }

            fn data(&self) -> serde_json::Value {
                $crate::fields::Record::given(self).into()
            }
        }
    };
}
pub(crate) use fields;
