//! Enters: what somebody posted: the names and values of form fields, in any number and order. Leaves: the form with
//! these answers. Never: takes a value for what is not asked for, or loses one that is refused: it stays as it was typed,
//! and is told as a fault.

use super::form::{Form, Known};
use super::inputs::{date_of, moment_of, pointer_of};
use super::questions::ASIDE_AT;
use super::walk::Asked;
use despatch_core::typed;
use despatch_process::case::field_at;
use despatch_process::fields::{Names, Sort};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The endings of the names of the three inputs of a date.
pub const DATE_PARTS: [&str; 3] = ["-day", "-month", "-year"];
/// The ending of the name of the fourth input of a moment.
pub const TIME_PART: &str = "-time";

impl Form {
    /// Takes what was posted. What the answers make moot is dropped.
    pub fn take(&mut self, fields: &[(String, String)], known: Known<'_>) {
        let before = self.due(known);
        let mut dates: BTreeMap<String, [&str; 4]> = BTreeMap::new();
        let mut plain: Vec<(String, &str)> = Vec::new();
        for (name, value) in fields {
            let parts = DATE_PARTS.iter().chain([&TIME_PART]).enumerate();
            let part = parts.into_iter().find_map(|(part, end)| Some((part, name.strip_suffix(end)?)));
            match part {
                Some((part, name)) => {
                    let slot = dates.entry(pointer_of(name)).or_default();
                    slot.get_mut(part).into_iter().for_each(|slot| *slot = value);
                }
                None => plain.push((pointer_of(name), value)),
            }
        }
        // An object before what is in it, so that one that is said not to be there stays away.
        plain.sort();
        plain.into_iter().for_each(|(at, value)| self.put(&at, value, known));
        for (at, parts) in dates {
            let [day, month, year, _] = parts;
            let typed = if self.is_moment(&at) { moment_of(parts) } else { date_of([day, month, year]) };
            self.put(&at, &typed, known);
        }
        self.settle(&before, known);
    }

    /// Marks questions as answered or left out: those that a page showed and that came back without a value.
    pub fn shown<'n>(&mut self, pointers: impl IntoIterator<Item = &'n str>) {
        pointers.into_iter().for_each(|at| self.see(at));
    }

    fn due(&self, known: Known<'_>) -> BTreeSet<String> {
        self.asked(known).into_iter().filter(|asked| asked.due).map(|asked| asked.at).collect()
    }

    fn put(&mut self, at: &str, typed: &str, known: Known<'_>) {
        if at == ASIDE_AT {
            self.see(at);
            return self.set_aside(typed == "yes");
        }
        let Some(sort) = self.sort_of(at) else { return };
        self.see(at);
        let value = match sort {
            Sort::Object(_) => return self.open(at, typed == "yes", known),
            Sort::Prose => json!(lines(typed)),
            Sort::Flag => match typed {
                "yes" | "true" => json!(true),
                "no" | "false" => json!(false),
                other => json!(other),
            },
            Sort::Time => {
                let typed = typed.trim();
                json!(
                    typed::time(typed)
                        .map_or_else(|| typed.to_owned(), |time| time.format("%H:%M").to_string())
                )
            }
            _ => json!(one_line(typed)),
        };
        if value == json!("") {
            self.answers.remove(at);
        } else {
            self.answers.set(at, value);
        }
    }

    /// The type of a field that may be posted; `None` for what the server says itself, and for what is not in the form.
    fn sort_of(&self, at: &str) -> Option<Sort> {
        let field = field_at(self.event(), at).filter(|field| !field.ask.is_empty())?;
        let (above, _) = at.rsplit_once('/')?;
        if !above.is_empty() && !self.answers.get(above).is_some_and(Value::is_object) {
            return None;
        }
        match field.sort {
            Sort::List(_) | Sort::Event => None,
            Sort::Pattern(pattern) if pattern.names == Names::Attachment => None,
            sort => Some(sort),
        }
    }

    fn is_moment(&self, at: &str) -> bool {
        matches!(self.sort_of(at), Some(Sort::Pattern(pattern)) if pattern.names == Names::Moment)
    }

    fn open(&mut self, at: &str, yes: bool, known: Known<'_>) {
        let may = self.asked(known).iter().any(|asked| asked.at == at && asked.is_gate());
        if !may {
            return;
        }
        if !yes {
            self.answers.remove(at);
        } else if !self.is_open(at) {
            self.answers.set(at, json!({}));
            self.complete(known);
        }
    }

    /// Drops what was asked for before and is moot now, and adds what must be there.
    fn settle(&mut self, before: &BTreeSet<String>, known: Known<'_>) {
        loop {
            let after = self.due(known);
            let moot = before.difference(&after).find(|at| self.answers.get(at).is_some()).cloned();
            match moot {
                Some(at) => drop(self.answers.remove(&at)),
                None => break,
            }
        }
        self.complete(known);
        let untitled = |asked: &Asked| {
            asked.at.starts_with("/attachments/")
                && asked.field.name == "title"
                && self.answers.get(&asked.at).is_none()
        };
        let untitled: Vec<String> =
            self.asked(known).into_iter().filter(untitled).map(|asked| asked.at).collect();
        for at in untitled {
            if let Some(title) = self.questions(known).title(&at) {
                self.answers.set(&at, json!(title));
            }
        }
    }
}

/// Text of one line: what a browser sent in several is joined.
fn one_line(typed: &str) -> String {
    let lines: Vec<&str> = typed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join(" ")
}

/// Text of several lines, with the line ends of a case file.
fn lines(typed: &str) -> String {
    let lines: Vec<&str> = typed.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}
