//! Enters: an event. Leaves: every field that a column of a sheet may fill, with the headings by which it is known.
//! Never: has a field that no form asks for.

use despatch_core::words::{Role, capital};
use despatch_process::case::{self, EventName};
use despatch_process::fields::{Field, Names, Sort};
use std::collections::{BTreeMap, BTreeSet};

/// A field that a column may fill.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// Its pointer in the case file.
    pub(super) at: String,
    /// Its name: `person.name`, `attachments.0.kind`; the file of an attachment is `attachments.0`.
    pub(super) name: String,
    /// Its entry in the table.
    pub(super) field: &'static Field,
    /// The words that stand above it in an empty sheet: the question, and what it is about if others ask the same.
    pub(super) label: String,
    /// Whether every row needs it, whatever else it says.
    pub(super) always: bool,
    /// The role in the case of the entry that it names.
    pub(super) role: Option<Role>,
    /// Whether it only says whether there is something to fill in.
    pub(super) is_gate: bool,
}

/// The fields of one event.
pub(super) struct Targets {
    all: Vec<Target>,
    /// The headings that name a field: by its name, by its words, by the last part of its name.
    known: [BTreeMap<String, BTreeSet<usize>>; 3],
}

/// A heading as headings are compared: small letters, no punctuation, single spaces.
pub(super) fn normal(heading: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { ' ' };
    let small: String = heading.chars().map(plain).flat_map(char::to_lowercase).collect();
    small.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Targets {
    /// Collects the fields of an event, those of a list as often as the list may have entries.
    pub(super) fn of(event: EventName) -> Targets {
        let mut all = Vec::new();
        collect(
            event,
            "",
            case::fields(),
            &Around { words: String::new(), always: true, role: None },
            &mut all,
        );
        label(&mut all);
        let mut known = [(); 3].map(|()| BTreeMap::<String, BTreeSet<usize>>::new());
        for (index, target) in all.iter().enumerate() {
            for (by, names) in known.iter_mut().zip(target.known_as()) {
                for name in names {
                    by.entry(normal(&name)).or_default().insert(index);
                }
            }
        }
        Targets { all, known }
    }

    /// All of them, in the order in which a form asks.
    pub(super) fn all(&self) -> &[Target] {
        &self.all
    }

    /// Those that a heading names: by its name first, then by its words, then by the last part of its name.
    pub(super) fn find(&self, heading: &str) -> Vec<&Target> {
        let plain = normal(heading);
        let found = self.known.iter().find_map(|by| by.get(&plain));
        found.into_iter().flatten().filter_map(|index| self.all.get(*index)).collect()
    }

    /// One that shares a word with a heading that names none.
    pub(super) fn nearest(&self, heading: &str) -> Option<&Target> {
        let plain = normal(heading);
        let words: BTreeSet<&str> = plain.split(' ').filter(|word| word.len() > 3).collect();
        let shared = |target: &&Target| {
            let name = normal(&format!("{} {}", target.name, target.label));
            name.split(' ').filter(|word| words.contains(word)).count()
        };
        let best = self.all.iter().rev().max_by_key(shared)?;
        (shared(&best) > 0).then_some(best)
    }
}

/// What is around a field.
struct Around {
    /// The words for it; empty where they say nothing.
    words: String,
    /// Whether it is always there.
    always: bool,
    /// The role of whoever it is about.
    role: Option<Role>,
}

fn collect(event: EventName, base: &str, fields: &'static [Field], around: &Around, all: &mut Vec<Target>) {
    for field in fields.iter().filter(|field| !field.ask.is_empty()) {
        let at = format!("{base}/{}", field.name);
        let always = around.always && !field.optional && field.asked.is_none();
        let inside = Around { words: words_of(field), always, role: field.role };
        match field.sort {
            Sort::Event => {
                let whole = Around { words: String::new(), always: true, role: None };
                collect(event, &at, event.table().fields, &whole, all);
            }
            Sort::Object(inner) => {
                if field.optional {
                    all.push(target(at.clone(), field, around, false, true));
                }
                collect(event, &at, inner, &inside, all);
            }
            Sort::List(inner) => {
                for index in 0..field.most {
                    let words = capital(&format!("{} {}", one_of(field.name), index + 1));
                    let entry = Around { words, always: false, role: None };
                    collect(event, &format!("{at}/{index}"), inner, &entry, all);
                }
            }
            _ => all.push(target(at, field, around, always, false)),
        }
    }
}

fn target(at: String, field: &'static Field, around: &Around, always: bool, is_gate: bool) -> Target {
    let name = at.trim_start_matches('/').replace('/', ".");
    let is_file = matches!(field.sort, Sort::Pattern(pattern) if pattern.names == Names::Attachment);
    let name = if is_file { name.trim_end_matches(".file").to_owned() } else { name };
    // Whoever is written to is asked for by their part in the case, and a file by its number.
    let label = if (field.name == "entry" || is_file) && !around.words.is_empty() {
        around.words.clone()
    } else if around.words.is_empty() {
        field.ask.to_owned()
    } else {
        format!("{}: {}", around.words, field.ask)
    };
    Target { at, name, field, label, always, role: field.role.or(around.role), is_gate }
}

/// The words for an object.
fn words_of(field: &Field) -> String {
    match (field.note, field.ask.ends_with('?')) {
        ("", true) => capital(&field.name.replace('_', " ")),
        ("", false) => field.ask.to_owned(),
        (note, _) => note.to_owned(),
    }
}

/// The word for one entry of a list: `attachment` of `attachments`.
fn one_of(list: &str) -> &str {
    list.strip_suffix('s').unwrap_or(list)
}

/// Shortens the label of each field to its question, where no other field asks the same.
fn label(all: &mut [Target]) {
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    for target in all.iter() {
        *asked.entry(normal(target.field.ask)).or_default() += 1;
    }
    for target in all.iter_mut() {
        if target.field.name != "entry" && asked.get(&normal(target.field.ask)) == Some(&1) {
            target.label = target.field.ask.to_owned();
        }
    }
}

impl Target {
    /// Whether it names a file that lies with the case.
    pub(super) fn is_file(&self) -> bool {
        matches!(self.field.sort, Sort::Pattern(pattern) if pattern.names == Names::Attachment)
    }

    /// The headings by which it is known, the surest first.
    fn known_as(&self) -> [Vec<String>; 3] {
        let whole = self.at.trim_start_matches('/').replace('/', ".");
        let mut names = vec![self.name.clone(), whole.clone()];
        let parts: Vec<&str> = whole.split('.').collect();
        let number = parts.iter().position(|part| part.parse::<usize>().is_ok());
        if let Some(number) = number
            && let (Some(list), Some(index)) = (parts.get(number - number.min(1)), parts.get(number))
            && let Ok(index) = index.parse::<usize>()
        {
            let rest = parts.get(number + 1..).unwrap_or_default().join(" ");
            let counted = format!("{} {}", one_of(list), index + 1);
            names.push(format!("{counted} {rest}"));
            if self.is_file() {
                names.push(counted);
            }
        }
        let short = whole.strip_prefix("event.").map(str::to_owned);
        let words = [Some(self.label.clone()), short];
        let mut words: Vec<String> = words.into_iter().flatten().collect();
        let mut last = Vec::new();
        if number.is_none() {
            words.push(self.field.ask.to_owned());
            last.extend(parts.last().map(|part| (*part).to_owned()));
        }
        [names, words, last]
    }
}
