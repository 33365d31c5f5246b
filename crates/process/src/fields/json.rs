//! Enters: bytes. Leaves: a small tree that keeps every field in order, duplicates included.
//! Never: nests deeper than [`MAX_DEPTH`], rounds a number, or repeats content of the file.

use super::codes::{self, Faults, fault};
use super::json_faults::spoilt;
use despatch_core::fault::Fault;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

/// Maximum size of a case file in bytes, without its attachments.
pub const MAX_BYTES: usize = 1024 * 1024;
/// Maximum nesting of lists and objects; a case needs four levels.
pub const MAX_DEPTH: usize = 16;
/// Maximum length of a field name shown in faults.
const MAX_SHOWN_NAME: usize = 40;

/// A JSON value.
#[derive(Debug)]
pub(crate) enum Node {
    Null,
    Flag(bool),
    /// `None` if it is not a whole number from 0 to 2⁶⁴−1.
    Number(Option<u64>),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
    /// A list or object below [`MAX_DEPTH`]; its content was dropped.
    TooDeep,
}

impl Node {
    /// Returns the type of the value, in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Node::Null => "null",
            Node::Flag(_) => "true or false",
            Node::Number(_) => "a number",
            Node::Text(_) => "text",
            Node::List(_) => "a list",
            Node::Object(_) => "an object",
            Node::TooDeep => "a list or object",
        }
    }

    /// Returns the non-null value at a pointer; of a duplicate field, the first.
    pub(crate) fn at(&self, pointer: &str) -> Option<&Node> {
        pointer.split('/').skip(1).try_fold(self, |node, name| match node {
            Node::Object(fields) => fields
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, node)| node)
                .filter(|node| !matches!(node, Node::Null)),
            Node::List(nodes) => nodes.get(name.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// Returns the text at a pointer.
    pub(crate) fn text(&self, pointer: &str) -> Option<&str> {
        match self.at(pointer)? {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Returns the pointer of a field. A name that is not plainly a field name may be personal data: it is left out, and
/// the pointer is that of the object.
pub(crate) fn pointer(parent: &str, name: &str) -> String {
    if is_plain(name) { format!("{parent}/{name}") } else { parent.to_owned() }
}

/// Returns whether faults may show the name of a field. No such name needs the escapes of RFC 6901.
pub(crate) fn is_plain(name: &str) -> bool {
    (1..=MAX_SHOWN_NAME).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// Parses bytes as JSON.
///
/// # Errors
/// The file is too large, or is not UTF-8 JSON text; one fault, since parsing cannot continue.
pub(crate) fn tree(bytes: &[u8]) -> Result<Node, Fault> {
    if bytes.len() > MAX_BYTES {
        let cause = format!("the file has {} bytes, and {MAX_BYTES} is the most", bytes.len());
        return Err(fault(
            "",
            codes::FILE_LARGE,
            cause,
            "drop the case file itself; attachments are separate files",
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let column = before.iter().rev().take_while(|b| **b != b'\n').count() + 1;
        fault(
            &place(line, column),
            codes::JSON_UTF8,
            "the bytes here are not UTF-8",
            "save the file as UTF-8",
        )
    })?;
    if text.starts_with('\u{feff}') {
        let cause = "the file starts with a byte order mark (U+FEFF)";
        return Err(fault(
            &place(1, 1),
            codes::JSON_BOM,
            cause,
            "save the file as UTF-8 without a byte order mark",
        ));
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let node = Level(1).deserialize(&mut reader).map_err(|error| {
        let (at, cause, cure) = spoilt(text, offset(text, error.line(), error.column()), &error.to_string());
        let cause = format!("the text is not JSON: {cause}");
        fault(&place_at(text, at), codes::JSON_SYNTAX, cause, cure)
    })?;
    reader.end().map_err(|error| {
        let at = offset(text, error.line(), error.column());
        fault(
            &place_at(text, at),
            codes::JSON_TRAILING,
            "text follows the end of the case",
            "remove everything after the last }",
        )
    })?;
    Ok(node)
}

/// Adds a fault for each duplicate name and each value nested too deep.
pub(crate) fn structure(node: &Node, at: &str, faults: &mut Faults) {
    match node {
        Node::Object(fields) => {
            let mut names = HashSet::new();
            for (name, node) in fields {
                let at = pointer(at, name);
                if !names.insert(name) {
                    let cause = "this field occurs twice in its object";
                    faults.add(&at, codes::JSON_DUPLICATE, cause, "keep one of the two");
                }
                structure(node, &at, faults);
            }
        }
        Node::List(nodes) => {
            for (index, node) in nodes.iter().enumerate() {
                structure(node, &format!("{at}/{index}"), faults);
            }
        }
        Node::TooDeep => {
            let cause = format!("this is nested in more than {MAX_DEPTH} lists or objects");
            faults.add(at, codes::JSON_DEEP, cause, "remove the nesting; a case file needs four levels");
        }
        Node::Null | Node::Flag(_) | Node::Number(_) | Node::Text(_) => {}
    }
}

/// Formats a position in the text; line and column are counted from 1.
fn place(line: usize, column: usize) -> String {
    format!("line {}, column {}", line.max(1), column.max(1))
}

/// Returns the offset of a place that the parser names: lines from 1, and bytes of the line from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut at = (before + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Names the place at an offset: the column counts characters, as editors do.
fn place_at(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit_once('\n').map_or(before, |(_, line)| line);
    place(before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// Reads one value at this nesting level, counted from the outside.
struct Level(usize);

impl<'de> DeserializeSeed<'de> for Level {
    type Value = Node;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Node, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }
    fn visit_bool<E>(self, flag: bool) -> Result<Node, E> {
        Ok(Node::Flag(flag))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Number(Some(number)))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(u64::try_from(number).ok()))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Number(None))
    }
    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }
    fn visit_string<E>(self, text: String) -> Result<Node, E> {
        Ok(Node::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Node, A::Error> {
        if self.0 > MAX_DEPTH {
            // The parser skips ignored values without recursion.
            while from.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Node::TooDeep);
        }
        let mut nodes = Vec::new();
        while let Some(node) = from.next_element_seed(Level(self.0 + 1))? {
            nodes.push(node);
        }
        Ok(Node::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Node, A::Error> {
        if self.0 > MAX_DEPTH {
            while from.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Node::TooDeep);
        }
        let mut fields = Vec::new();
        while let Some(name) = from.next_key::<String>()? {
            fields.push((name, from.next_value_seed(Level(self.0 + 1))?));
        }
        Ok(Node::Object(fields))
    }
}
