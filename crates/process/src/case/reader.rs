//! Enters: a node of the tree. Leaves: one value of a case, or its faults at their pointers.
//! Never: stops at the first fault, or knows a field by name (that is `read`).

use super::codes::{self, Code, Faults};
use super::json::{Node, is_plain, pointer};
use super::prose::{self, Prose};
use super::text;
use chrono::{NaiveDate, NaiveTime};
use std::str::FromStr;

/// Reads the fields of one object and remembers which names were asked for.
pub(super) struct Reader<'t, 'f> {
    at: &'f str,
    fields: &'t [(String, Node)],
    known: Vec<&'static str>,
    /// False where the names can't be known, because the object's own type is not.
    closed: bool,
    faults: &'f mut Faults,
}

/// Where a value stands and where its faults go.
pub(super) struct Place<'f> {
    at: &'f str,
    faults: &'f mut Faults,
}

impl<'f> Place<'f> {
    /// The place of the whole file.
    pub(super) fn root(faults: &'f mut Faults) -> Self {
        Place { at: "", faults }
    }

    /// Adds a fault here.
    fn fault<T>(&mut self, code: Code, cause: impl Into<String>, cure: impl Into<String>) -> Option<T> {
        self.faults.add(self.at, code, cause, cure);
        None
    }

    /// Adds the fault that the value is of another type.
    fn type_fault<T>(&mut self, node: &Node, due: &str, written: &str) -> Option<T> {
        let cause = format!("{due} is due here, and this is {}", node.kind());
        self.fault(codes::FIELD_TYPE, cause, format!("write {due}, {written}"))
    }
}

impl<'t> Reader<'t, '_> {
    /// A field that must be there.
    pub(super) fn must<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Place, &'t Node) -> Option<T>,
    ) -> Option<T> {
        let value = self.may(name, read)?;
        if value.is_none() {
            let (cause, cure) = ("this field is missing or null", format!("add the field \"{name}\""));
            self.faults.add(&pointer(self.at, name), codes::FIELD_MISSING, cause, cure);
        }
        value
    }

    /// A field that may be absent or null, which is `Some(None)`; `None` is a fault.
    pub(super) fn may<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Place, &'t Node) -> Option<T>,
    ) -> Option<Option<T>> {
        self.known.push(name);
        match self.fields.iter().find(|(key, _)| key == name) {
            None | Some((_, Node::Null)) => Some(None),
            Some((_, node)) => {
                let at = &pointer(self.at, name);
                read(&mut Place { at, faults: self.faults }, node).map(Some)
            }
        }
    }

    /// Accepts every other name, because which names are right can't be known.
    pub(super) fn accept_the_rest(&mut self) {
        self.closed = false;
    }

    /// Adds a fault for each field that nobody asked for.
    fn finish(self) {
        if !self.closed {
            return;
        }
        for (number, (name, _)) in self.fields.iter().enumerate() {
            if self.known.contains(&name.as_str()) {
                continue;
            }
            let cause = if is_plain(name) {
                "a case file has no such field here".to_owned()
            } else {
                format!("field {} of this object has a name that no field has", number + 1)
            };
            let cure = match text::meant(name, &self.known).filter(|_| is_plain(name)) {
                Some(meant) => format!("remove it, or write \"{meant}\" if you meant that"),
                None => "remove it".to_owned(),
            };
            self.faults.add(&pointer(self.at, name), codes::FIELD_UNKNOWN, cause, cure);
        }
    }
}

/// An object, whose fields `read` asks for one by one.
pub(super) fn object<'t, T>(
    read: impl FnOnce(&mut Reader<'t, '_>) -> Option<T>,
) -> impl FnOnce(&mut Place, &'t Node) -> Option<T> {
    move |place, node| {
        let Node::Object(fields) = node else {
            return place.type_fault(node, "an object", "{ … }");
        };
        let mut reader =
            Reader { at: place.at, fields, known: Vec::new(), closed: true, faults: place.faults };
        let value = read(&mut reader);
        reader.finish();
        value
    }
}

/// A list of at most `max` objects.
pub(super) fn list<'t, T>(
    max: usize,
    read: fn(&mut Reader<'t, '_>) -> Option<T>,
) -> impl FnOnce(&mut Place, &'t Node) -> Option<Vec<T>> {
    move |place, node| {
        let Node::List(nodes) = node else {
            return place.type_fault(node, "a list", "[ … ]");
        };
        if nodes.len() > max {
            let cause = format!("the list has {} entries, and {max} is the most", nodes.len());
            return place.fault(codes::LIST_LONG, cause, "list only what this case needs");
        }
        // Collected first, so that one bad entry doesn't hide the faults of the next.
        let values: Vec<Option<T>> = nodes
            .iter()
            .enumerate()
            .map(|(index, node)| {
                let at = &format!("{}/{index}", place.at);
                object(read)(&mut Place { at, faults: place.faults }, node)
            })
            .collect();
        values.into_iter().collect()
    }
}

/// Text for people, of 1 to `max` characters, all of which can be seen.
pub(super) fn text(max: usize) -> impl FnOnce(&mut Place, &Node) -> Option<String> {
    move |place, node| {
        let text = plain(place, node)?;
        let length = text.chars().count();
        if text.trim().is_empty() {
            return place.fault(
                codes::TEXT_EMPTY,
                "there is no text here",
                "write the text; a field that is optional may be left out",
            );
        }
        if length > max {
            let cause = format!("the text has {length} characters, and {max} is the most");
            return place.fault(codes::TEXT_LONG, cause, format!("shorten it to {max} characters"));
        }
        let mut good = true;
        if let [(index, c), others @ ..] = text::hidden(text).as_slice() {
            good = false;
            let more =
                if others.is_empty() { String::new() } else { format!(", and {} more such", others.len()) };
            let cause = format!(
                "character {} is U+{:04X}{more}: a reader cannot see it, or it changes how the text reads",
                index + 1,
                u32::from(*c)
            );
            place.fault::<()>(
                codes::TEXT_CHARACTER,
                cause,
                "delete it, or type the text anew in place of pasting it",
            );
        }
        let marks = text::longest_marks(text);
        if marks > text::MAX_MARKS {
            good = false;
            let cause =
                format!("{marks} combining marks follow each other, and {} is the most", text::MAX_MARKS);
            place.fault::<()>(codes::TEXT_MARKS, cause, "keep the marks that belong to the letter");
        }
        if let Some((number, scripts)) = text::mixed_word(text) {
            good = false;
            place.fault::<()>(codes::TEXT_SCRIPTS, mixed(&format!("word {number}"), &scripts), UNMIX);
        }
        if good && text.trim() != text {
            return place.fault(
                codes::TEXT_EDGES,
                "the text starts or ends with white space",
                "remove that white space",
            );
        }
        good.then(|| text::composed(text))
    }
}

/// What to do about a word of several scripts.
pub(super) const UNMIX: &str =
    "type the word anew in one script; where both are meant, put a hyphen or a space between them";

/// What is wrong with it.
pub(super) fn mixed(which: &str, scripts: &str) -> String {
    format!("{which} mixes letters of {scripts}, and some of them look like others")
}

/// Free text of many lines, in a subset of CommonMark.
pub(super) fn prose(place: &mut Place, node: &Node) -> Option<Prose> {
    match prose::parse(plain(place, node)?) {
        Ok(prose) => Some(prose),
        Err(wrong) => {
            for (code, cause, cure) in wrong {
                place.fault::<()>(code, cause, cure);
            }
            None
        }
    }
}

/// Text that goes in clear: printable ASCII, 1 to `max` characters.
pub(super) fn public_text(max: usize) -> impl FnOnce(&mut Place, &Node) -> Option<String> {
    move |place, node| {
        let text = plain(place, node)?;
        let good = (1..=max).contains(&text.len())
            && text.bytes().all(|b| (b' '..=b'~').contains(&b))
            && text.trim() == text;
        if good {
            return Some(text.to_owned());
        }
        let cure = format!("write it in printable ASCII, 1 to {max} characters, no space at either end");
        place.fault(codes::VALUE_PATTERN, "this is not written as it must be", cure)
    }
}

/// An id, a reference or a hash: text with a pattern.
pub(super) fn id<T: FromStr<Err = &'static str>>(place: &mut Place, node: &Node) -> Option<T> {
    match plain(place, node)?.parse() {
        Ok(id) => Some(id),
        Err(says) => place.fault(
            codes::VALUE_PATTERN,
            "this is not written as it must be",
            format!("write it in {says}"),
        ),
    }
}

/// One word of a closed list.
pub(super) fn choice<T: Copy>(
    words: &'static [(&'static str, T)],
) -> impl FnOnce(&mut Place, &Node) -> Option<T> {
    move |place, node| {
        let text = plain(place, node)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let words: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        place.fault(
            codes::VALUE_CHOICE,
            "this is no word that is known here",
            format!("write {}", words.join(" or ")),
        )
    }
}

/// A date, 2026-03-03.
pub(super) fn date(place: &mut Place, node: &Node) -> Option<NaiveDate> {
    let date = text::date(plain(place, node)?);
    let cause = format!("this is no date of the years {} to {}", text::YEARS.start(), text::YEARS.end());
    date.or_else(|| {
        place.fault(codes::VALUE_DATE, cause, "write a date that exists as year-month-day, like 2026-03-03")
    })
}

/// A time of day, 14:30.
pub(super) fn time(place: &mut Place, node: &Node) -> Option<NaiveTime> {
    let time = text::time(plain(place, node)?);
    time.or_else(|| {
        place.fault(
            codes::VALUE_TIME,
            "this is no time of day",
            "write hours and minutes, like 09:05 or 14:30",
        )
    })
}

/// True or false.
pub(super) fn flag(place: &mut Place, node: &Node) -> Option<bool> {
    match node {
        Node::Flag(flag) => Some(*flag),
        _ => place.type_fault(node, "true or false", "without quotes"),
    }
}

/// A whole number from 1 to `max`.
pub(super) fn whole(max: u64) -> impl FnOnce(&mut Place, &Node) -> Option<u64> {
    move |place, node| match node {
        Node::Number(Some(number)) if (1..=max).contains(number) => Some(*number),
        Node::Number(_) => {
            let cause = format!("this is no whole number from 1 to {max}");
            place.fault(codes::NUMBER_RANGE, cause, "write the number in digits alone, within these limits")
        }
        _ => place.type_fault(node, "a whole number", "without quotes"),
    }
}

/// A plain file name: `check` says what is wrong with one.
pub(super) fn file_name(
    check: fn(&str) -> Result<(), &'static str>,
) -> impl FnOnce(&mut Place, &Node) -> Option<String> {
    move |place, node| {
        let name = plain(place, node)?;
        match check(name) {
            Ok(()) => Some(name.to_owned()),
            Err(cause) => place.fault(
                codes::ATTACHMENT_NAME,
                cause,
                "rename the file and write its new name here, like report-1.pdf",
            ),
        }
    }
}

/// Text, whatever it holds.
fn plain<'t>(place: &mut Place, node: &'t Node) -> Option<&'t str> {
    match node {
        Node::Text(text) => Some(text),
        _ => place.type_fault(node, "text", "in quotes"),
    }
}
