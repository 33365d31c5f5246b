//! Enters: objects of a PDF as hayro reads them. Leaves: the same objects as bytes, renumbered, with strings encrypted
//! outside object streams. Never: changes a value, or omits a part that cannot be read.

use super::Unlockable;
use super::standard::Key;
use super::tokens::{write_name, write_string};
use hayro_syntax::object::{MaybeRef, Number, Object, ObjectIdentifier};
use std::collections::{HashMap, VecDeque};

/// The deepest nesting; anything deeper is an attack on the reader.
const DEEPEST: usize = 100;
/// Integers below this are exact as floating point.
const EXACT: f64 = 9e15;

/// The object numbers of the new file, in order of discovery, so that related objects are close together.
#[derive(Default)]
pub(super) struct Numbers {
    known: HashMap<ObjectIdentifier, u32>,
    unwritten: VecDeque<(ObjectIdentifier, u32)>,
    last: u32,
}

impl Numbers {
    /// Returns the new number of an object of the old file, and queues the object for writing.
    pub(super) fn of(&mut self, id: ObjectIdentifier) -> Result<u32, Unlockable> {
        if let Some(number) = self.known.get(&id) {
            return Ok(*number);
        }
        let number = self.fresh()?;
        self.known.insert(id, number);
        self.unwritten.push_back((id, number));
        Ok(number)
    }

    /// Goes on to another old file, whose objects get numbers beyond those of the files before.
    pub(super) fn next_file(&mut self) {
        self.known.clear();
        self.unwritten.clear();
    }

    /// Returns a number for an object that the old file does not have.
    pub(super) fn fresh(&mut self) -> Result<u32, Unlockable> {
        self.last = self.last.checked_add(1).ok_or(Unlockable::Broken)?;
        Ok(self.last)
    }

    /// Returns the next object to write, with its new number.
    pub(super) fn next_unwritten(&mut self) -> Option<(ObjectIdentifier, u32)> {
        self.unwritten.pop_front()
    }
}

/// Writes an object by itself; with `key`, its strings are encrypted.
pub(super) fn write_object(
    out: &mut Vec<u8>,
    object: &Object<'_>,
    numbers: &mut Numbers,
    key: Option<&Key>,
) -> Result<(), Unlockable> {
    Writer { out, numbers, key, depth: 0 }.object(object)
}

/// Writes an entry of a dictionary.
pub(super) fn write_entry(
    out: &mut Vec<u8>,
    name: &[u8],
    value: &MaybeRef<Object<'_>>,
    numbers: &mut Numbers,
    key: Option<&Key>,
) -> Result<(), Unlockable> {
    write_name(out, name);
    Writer { out, numbers, key, depth: 0 }.value(value)
}

struct Writer<'a> {
    out: &'a mut Vec<u8>,
    numbers: &'a mut Numbers,
    key: Option<&'a Key>,
    depth: usize,
}

impl Writer<'_> {
    fn value(&mut self, value: &MaybeRef<Object<'_>>) -> Result<(), Unlockable> {
        match value {
            MaybeRef::Ref(reference) => {
                let number = self.numbers.of((*reference).into())?;
                self.text(&format!(" {number} 0 R"));
                Ok(())
            }
            MaybeRef::NotRef(object) => self.object(object),
        }
    }

    fn object(&mut self, object: &Object<'_>) -> Result<(), Unlockable> {
        match object {
            Object::Null(_) => self.text(" null"),
            Object::Boolean(truth) => self.text(&format!(" {truth}")),
            Object::Number(number) => self.number(*number)?,
            Object::Name(name) => write_name(self.out, name),
            Object::String(string) => match self.key {
                Some(key) => write_string(self.out, &key.encrypt(string)?, true),
                None => write_string(self.out, string, false),
            },
            Object::Array(array) => {
                self.nested(b"[", b"]", |writer| array.raw_iter().try_for_each(|value| writer.value(&value)))?
            }
            Object::Dict(dict) => self.nested(b"<<", b">>", |writer| {
                dict.entries().try_for_each(|(name, value)| {
                    write_name(writer.out, &name);
                    writer.value(&value)
                })
            })?,
            // A stream is never nested (7.3.8), and is written elsewhere.
            Object::Stream(_) => return Err(Unlockable::Broken),
        }
        Ok(())
    }

    fn nested(
        &mut self,
        open: &[u8],
        close: &[u8],
        inside: impl FnOnce(&mut Self) -> Result<(), Unlockable>,
    ) -> Result<(), Unlockable> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Unlockable::Broken);
        }
        self.out.extend_from_slice(open);
        inside(self)?;
        self.out.extend_from_slice(close);
        self.depth -= 1;
        Ok(())
    }

    /// Writes a number without an exponent, which PDF does not have.
    fn number(&mut self, number: Number) -> Result<(), Unlockable> {
        let real = number.as_f64();
        if !real.is_finite() {
            return Err(Unlockable::Broken);
        }
        if real.fract() == 0.0 && real.abs() < EXACT {
            self.text(&format!(" {}", number.as_i64()));
        } else {
            self.text(&format!(" {real}"));
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }
}
