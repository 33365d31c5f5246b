//! Enters: a node of the tree. Leaves: one value of a case, or its faults at their pointers.
//! Never: stops at the first fault, or compares two fields (that is `check`).

use super::codes::{self, Code, Faults};
use super::json::{Node, is_plain, pointer};
use super::prose::{self, Prose};
use super::{Field, Record, Sort, text};
use chrono::{NaiveDate, NaiveTime};
use despatch_core::words::{
    CaseId, EntryId, EventId, HomeOfficeReference, PlaceId, Sha256, StaffId, StandardId, time_words,
};
use serde_json::{Value, json};
use std::str::FromStr;

/// A value that a field of a case file can hold.
pub trait FieldValue: Sized {
    /// Its type in the table.
    const SORT: Sort;
    /// Whether the field may be left out.
    const OPTIONAL: bool = false;

    /// Reads it; `most` is the bound set by the table.
    fn read(location: &mut Location<'_>, node: &Node, most: usize) -> Option<Self>;

    /// Returns the value of a missing or null field, if that is allowed.
    fn absent() -> Option<Self> {
        None
    }

    /// Returns the value as templates receive it.
    fn data(&self) -> Value;

    /// Returns the label of a word of a closed list.
    fn choice_label(&self) -> Option<&'static str> {
        None
    }
}

/// Reads the fields of one object in the order of its table.
pub struct Reader<'t, 'p> {
    at: &'p str,
    given: &'t [(String, Node)],
    table: std::slice::Iter<'static, Field>,
    faults: &'p mut Faults,
}

/// The position of a value, and the list for its faults.
pub struct Location<'p> {
    at: &'p str,
    faults: &'p mut Faults,
}

impl<'p> Location<'p> {
    /// Returns the location of the whole file.
    pub(crate) fn root(faults: &'p mut Faults) -> Self {
        Location { at: "", faults }
    }

    /// Adds a fault here.
    pub(crate) fn fault<T>(
        &mut self,
        code: Code,
        cause: impl Into<String>,
        cure: impl Into<String>,
    ) -> Option<T> {
        self.faults.add(self.at, code, cause, cure);
        None
    }

    /// Adds the faults of a text.
    fn all<T>(&mut self, wrong: impl IntoIterator<Item = text::Wrong>) -> Option<T> {
        wrong.into_iter().for_each(|(code, cause, cure)| self.faults.add(self.at, code, cause, cure));
        None
    }

    /// Adds the fault that the value is of another type.
    fn type_fault<T>(&mut self, node: &Node, due: &str, written: &str) -> Option<T> {
        let cause = format!("{due} is expected here, and this is {}", node.kind());
        self.fault(codes::FIELD_TYPE, cause, format!("write {due}, {written}"))
    }
}

impl Reader<'_, '_> {
    /// Reads the next field of the table.
    pub(crate) fn next<T: FieldValue>(&mut self) -> Option<T> {
        let field = self.table.next()?;
        let at = &pointer(self.at, field.name);
        match self.given.iter().find(|(name, _)| name == field.name) {
            None | Some((_, Node::Null)) => T::absent().or_else(|| {
                let cure = format!("add the field \"{}\"", field.name);
                self.faults.add(at, codes::FIELD_MISSING, "this field is missing or null", cure);
                None
            }),
            Some((_, node)) => T::read(&mut Location { at, faults: self.faults }, node, field.most),
        }
    }
}

/// Reads an object with the fields of its table and no others.
pub(crate) fn object<T: Record>(location: &mut Location<'_>, node: &Node) -> Option<T> {
    let given = fields_of(location, node)?;
    let value = read_table(location, given, T::FIELDS, T::read_fields);
    unknown(location, given, &[T::FIELDS]);
    value
}

/// Returns the fields of an object.
pub(crate) fn fields_of<'t>(location: &mut Location<'_>, node: &'t Node) -> Option<&'t [(String, Node)]> {
    match node {
        Node::Object(fields) => Some(fields),
        _ => location.type_fault(node, "an object", "{ … }"),
    }
}

/// Reads the fields of one table from those of an object.
pub(crate) fn read_table<T>(
    location: &mut Location<'_>,
    given: &[(String, Node)],
    table: &'static [Field],
    read: impl FnOnce(&mut Reader<'_, '_>) -> Option<T>,
) -> Option<T> {
    read(&mut Reader { at: location.at, given, table: table.iter(), faults: location.faults })
}

/// Adds a fault for each field that no table has.
pub(crate) fn unknown(location: &mut Location<'_>, given: &[(String, Node)], tables: &[&'static [Field]]) {
    let known: Vec<&str> = tables.iter().flat_map(|table| table.iter()).map(|field| field.name).collect();
    for (number, (name, _)) in given.iter().enumerate() {
        if known.contains(&name.as_str()) {
            continue;
        }
        let cause = if is_plain(name) {
            "a case file has no such field here".to_owned()
        } else {
            format!("field {} of this object has a name that no field has", number + 1)
        };
        let cure = match text::meant(name, &known).filter(|_| is_plain(name)) {
            Some(meant) => format!("remove it, or write \"{meant}\" if you meant that"),
            None => "remove it".to_owned(),
        };
        location.faults.add(&pointer(location.at, name), codes::FIELD_UNKNOWN, cause, cure);
    }
}

impl<T: FieldValue> FieldValue for Option<T> {
    const SORT: Sort = T::SORT;
    const OPTIONAL: bool = true;

    fn read(location: &mut Location<'_>, node: &Node, most: usize) -> Option<Self> {
        T::read(location, node, most).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn data(&self) -> Value {
        self.as_ref().map_or(Value::Null, FieldValue::data)
    }

    fn choice_label(&self) -> Option<&'static str> {
        self.as_ref().and_then(FieldValue::choice_label)
    }
}

impl<T: Record> FieldValue for Vec<T> {
    const SORT: Sort = Sort::List(T::FIELDS);

    fn read(location: &mut Location<'_>, node: &Node, most: usize) -> Option<Self> {
        let Node::List(nodes) = node else {
            return location.type_fault(node, "a list", "[ … ]");
        };
        if nodes.len() > most {
            let cause = format!("the list has {} entries, and {most} is the most", nodes.len());
            return location.fault(codes::LIST_LONG, cause, "list only what this case needs");
        }
        // Collected first, so that one bad entry does not hide the faults of the next.
        let values: Vec<Option<T>> = nodes
            .iter()
            .enumerate()
            .map(|(index, node)| {
                let at = &format!("{}/{index}", location.at);
                object(&mut Location { at, faults: location.faults }, node)
            })
            .collect();
        values.into_iter().collect()
    }

    fn data(&self) -> Value {
        self.iter().map(|one| Value::Object(one.given())).collect()
    }
}

/// Text for people: one line, all of it visible.
impl FieldValue for String {
    const SORT: Sort = Sort::Line;

    fn read(location: &mut Location<'_>, node: &Node, most: usize) -> Option<Self> {
        let text = plain(location, node)?;
        let length = text.chars().count();
        if text.trim().is_empty() {
            return location.fault(
                codes::TEXT_EMPTY,
                "there is no text here",
                "write the text; a field that is optional may be left out",
            );
        }
        if length > most {
            let cause = format!("the text has {length} characters, and {most} is the most");
            return location.fault(codes::TEXT_LONG, cause, format!("shorten it to {most} characters"));
        }
        let wrong = [
            text::hidden_fault(&text::hidden(text), |index| format!("character {} is", index + 1)),
            text::marks_fault(text, ""),
            text::scripts_fault(text),
        ];
        if wrong.iter().any(Option::is_some) {
            return location.all(wrong.into_iter().flatten());
        }
        if text.trim() != text {
            return location.fault(
                codes::TEXT_EDGES,
                "the text starts or ends with white space",
                "remove that white space",
            );
        }
        Some(text::composed(text))
    }

    fn data(&self) -> Value {
        json!(self)
    }
}

impl FieldValue for Prose {
    const SORT: Sort = Sort::Prose;

    fn read(location: &mut Location<'_>, node: &Node, _: usize) -> Option<Self> {
        prose::parse(plain(location, node)?).map_or_else(|wrong| location.all(wrong), Some)
    }

    fn data(&self) -> Value {
        json!(self)
    }
}

/// Ids, references and hashes: values that follow a pattern.
macro_rules! patterns {
    ($($name:ty: $names:ident, $clear:literal, $says:expr, $length:expr, $regex:literal;)*) => {
        $(impl $crate::fields::FieldValue for $name {
            const SORT: $crate::fields::Sort = $crate::fields::Sort::Pattern($crate::fields::Pattern {
                says: $says,
                regex: $regex,
                length: $length,
                names: $crate::fields::Names::$names,
                clear: $clear,
            });

            fn read(
                location: &mut $crate::fields::Location<'_>,
                node: &$crate::fields::json::Node,
                _: usize,
            ) -> Option<Self> {
                $crate::fields::reader::parsed(location, node, ($length, $regex))
            }

            fn data(&self) -> serde_json::Value {
                serde_json::json!(self)
            }
        })*
    };
}
pub(crate) use patterns;

patterns! {
    EntryId: Entry, false, EntryId::PATTERN, (1, 64), "^[a-z0-9]+(-[a-z0-9]+)*$";
    StaffId: Nothing, false, StaffId::PATTERN, (1, 64), "^[a-z0-9]+(-[a-z0-9]+)*$";
    PlaceId: Place, false, PlaceId::PATTERN, (1, 64), "^[a-z0-9]+(-[a-z0-9]+)*$";
    StandardId: Standard, false, StandardId::PATTERN, (1, 64), "^[a-z0-9]+(-[a-z0-9]+)*$";
    CaseId: Nothing, true, CaseId::PATTERN, (3, 32), "^[A-Z0-9/-]*[0-9][A-Z0-9/-]*$";
    HomeOfficeReference: Nothing, false, HomeOfficeReference::PATTERN, (3, 32), "^[A-Z0-9/-]*[0-9][A-Z0-9/-]*$";
    EventId: Event, true, EventId::PATTERN, (1, 64), "^[A-Za-z0-9][A-Za-z0-9._-]*$";
    Sha256: Nothing, false, "64 lower-case hex digits", (64, 64), "^[0-9a-f]*$";
}

/// Reads text whose type states the required pattern; the length and the characters of it tell people what is wrong.
pub(crate) fn parsed<T: FromStr<Err = &'static str>>(
    location: &mut Location<'_>,
    node: &Node,
    (length, regex): ((usize, usize), &str),
) -> Option<T> {
    let text = plain(location, node)?;
    let cause = || text::against_pattern(text, length, regex);
    text.parse().map_or_else(
        |says| location.fault(codes::VALUE_PATTERN, cause(), format!("write it in {says}")),
        Some,
    )
}

/// Reads one word of a closed list.
pub(crate) fn choice<T: Copy>(
    location: &mut Location<'_>,
    node: &Node,
    words: &[(&'static str, T)],
) -> Option<T> {
    let text = plain(location, node)?;
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Some(*value);
    }
    let words: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
    location.fault(
        codes::VALUE_CHOICE,
        "this is not one of the known words",
        format!("write {}", words.join(" or ")),
    )
}

/// A date: 2026-03-03.
impl FieldValue for NaiveDate {
    const SORT: Sort = Sort::Date;

    fn read(location: &mut Location<'_>, node: &Node, _: usize) -> Option<Self> {
        let date = text::date(plain(location, node)?);
        let cause =
            format!("this is not a date in the years {} to {}", text::YEARS.start(), text::YEARS.end());
        date.or_else(|| {
            location.fault(
                codes::VALUE_DATE,
                cause,
                "write a date that exists as year-month-day, like 2026-03-03",
            )
        })
    }

    fn data(&self) -> Value {
        super::date_value(*self)
    }
}

/// A time of day: 14:30.
impl FieldValue for NaiveTime {
    const SORT: Sort = Sort::Time;

    fn read(location: &mut Location<'_>, node: &Node, _: usize) -> Option<Self> {
        let time = text::time(plain(location, node)?);
        let (cause, cure) = ("this is not a time of day", "write hours and minutes, like 09:05 or 14:30");
        time.or_else(|| location.fault(codes::VALUE_TIME, cause, cure))
    }

    fn data(&self) -> Value {
        time_words(*self).into()
    }
}

impl FieldValue for bool {
    const SORT: Sort = Sort::Flag;

    fn read(location: &mut Location<'_>, node: &Node, _: usize) -> Option<Self> {
        match node {
            Node::Flag(flag) => Some(*flag),
            _ => location.type_fault(node, "true or false", "without quotes"),
        }
    }

    fn data(&self) -> Value {
        json!(self)
    }
}

/// A whole number, from 1.
impl FieldValue for u64 {
    const SORT: Sort = Sort::Whole;

    fn read(location: &mut Location<'_>, node: &Node, most: usize) -> Option<Self> {
        match node {
            Node::Number(Some(number)) if (1..=most as u64).contains(number) => Some(*number),
            Node::Number(_) => {
                let cause = format!("this is not a whole number from 1 to {most}");
                location.fault(
                    codes::NUMBER_RANGE,
                    cause,
                    "write the number in digits alone, within these limits",
                )
            }
            _ => location.type_fault(node, "a whole number", "without quotes"),
        }
    }

    fn data(&self) -> Value {
        json!(self)
    }
}

/// Reads any text.
pub(crate) fn plain<'t>(location: &mut Location<'_>, node: &'t Node) -> Option<&'t str> {
    match node {
        Node::Text(text) => Some(text),
        _ => location.type_fault(node, "text", "in quotes"),
    }
}
