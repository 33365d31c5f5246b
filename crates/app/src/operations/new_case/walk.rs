//! Enters: the questions of an event and the answers so far. Leaves: every field that is asked for, in order.
//! Never: asks anything.

use super::questions::{ASIDE, ASIDE_AT, ASIDE_FIELDS, Questions, is_aside};
use despatch_process::case;
use despatch_process::fields::{Field, Sort};

/// A field that is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Its pointer.
    pub at: String,
    /// Its entry in the table.
    pub field: &'static Field,
    /// Whether it must be answered; an object that need not is asked for by a yes or no.
    pub needed: bool,
    /// Whether the answers so far make it due; otherwise it is there although nobody would ask for it.
    pub due: bool,
}

impl Asked {
    /// Whether it asks by yes or no whether there is something to fill in.
    pub fn is_gate(&self) -> bool {
        self.at == ASIDE_AT || matches!(self.field.sort, Sort::Object(_)) && !self.needed
    }

    /// Whether it is an object that must be there, so that only its fields are asked for.
    pub fn is_object(&self) -> bool {
        matches!(self.field.sort, Sort::Object(_)) && self.needed
    }
}

/// The way through the questions.
#[derive(Clone, Copy)]
pub struct Walk<'a> {
    /// The questions and the answers.
    pub questions: Questions<'a>,
    /// Whether somebody said yes to the question of an optional object.
    pub is_open: &'a dyn Fn(&str) -> bool,
    /// Whether what is not due is asked for all the same, because it is there.
    pub is_there: &'a dyn Fn(&str) -> bool,
}

impl Walk<'_> {
    /// Returns every field that is asked for, in order.
    pub fn all(&self) -> Vec<Asked> {
        let mut asked = Vec::new();
        self.fields("", case::fields(), &mut asked);
        asked
    }

    fn fields(&self, base: &str, fields: &'static [Field], asked: &mut Vec<Asked>) {
        for field in fields.iter().filter(|field| !field.ask.is_empty()) {
            let at = format!("{base}/{}", field.name);
            if is_aside(base, field) {
                if field.name == ASIDE_FIELDS[0] {
                    asked.push(Asked { at: ASIDE_AT.to_owned(), field: &ASIDE, needed: false, due: true });
                }
                if !(self.is_open)(ASIDE_AT) {
                    continue;
                }
            }
            let due = self.questions.due(base, field);
            if due.is_none() && !(self.is_there)(&at) {
                continue;
            }
            let needed = due.unwrap_or(false);
            if !matches!(field.sort, Sort::Event) {
                asked.push(Asked { at: at.clone(), field, needed, due: due.is_some() });
            }
            match field.sort {
                Sort::Event => self.fields(&at, self.questions.event.table().fields, asked),
                Sort::Object(inner) if needed || (self.is_open)(&at) => self.fields(&at, inner, asked),
                Sort::List(inner) => {
                    for index in 0..self.questions.answers.count(&at) {
                        self.fields(&format!("{at}/{index}"), inner, asked);
                    }
                }
                _ => {}
            }
        }
    }
}
