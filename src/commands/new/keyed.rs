//! Enters: lines `NAME: ANSWER` of a pipe or a file. Leaves: each answer for the question of its name, in whatever order
//! the questions come. Never: an answer for another question than its own, or a second try of a refused one.

use super::person::{Person, WRITE, WRITE_FAULTY};
use despatch_core::fault::Fault;
use despatch_core::shown::{shown, shown_lines};
use despatch_core::text::text_in;
use despatch_process::case::MAX_BYTES;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

/// Answers by the names of their fields.
pub(super) struct Keyed {
    answers: BTreeMap<String, Vec<String>>,
    asked: BTreeSet<String>,
    /// What was told last: why an answer was refused.
    told: String,
}

/// The name of the field at a pointer: `event.received_on`, `attachments.0.file`.
fn name(at: &str) -> String {
    at.trim_start_matches('/').replace('/', ".")
}

fn fault(at: &str, code: &'static str, cause: String, cure: &str) -> Fault {
    Fault::new(if at.is_empty() { "the answers" } else { at }, code, cause, cure)
}

/// Shown where a line has no name.
const FORM: &str = "write NAME: ANSWER, such as person.name: Ilse Example; what `despatch schema` calls /person/name is \
                    person.name here";

impl Keyed {
    /// Reads all answers. A name that stands several times has an answer of several lines.
    ///
    /// # Errors
    /// They cannot be read, or a line has no name.
    pub(super) fn read(from: impl Read) -> Result<Self, Fault> {
        let unread =
            |why: &str| fault("", "new.answers", format!("they cannot be read: {why}"), "save them as UTF-8");
        let mut bytes = Vec::new();
        from.take(MAX_BYTES as u64).read_to_end(&mut bytes).map_err(|error| unread(&error.to_string()))?;
        let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (number, line) in text_in(&bytes).map_err(unread)?.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((key, answer)) = line.split_once(':').filter(|(key, _)| is_name(key.trim())) else {
                let at = format!("line {} of the answers", number + 1);
                return Err(fault(
                    &at,
                    "new.answers",
                    "it does not begin with the name of a field".to_owned(),
                    FORM,
                ));
            };
            answers.entry(name(key.trim())).or_default().push(answer.trim().to_owned());
        }
        Ok(Self { answers, asked: BTreeSet::new(), told: String::new() })
    }

    fn given(&mut self, at: &str) -> Option<Vec<String>> {
        self.answers.get(&name(at)).cloned()
    }

    fn has_below(&self, at: &str) -> bool {
        let below = format!("{}.", name(at));
        self.answers.keys().any(|key| key.starts_with(&below))
    }

    /// Checks that nothing is left that nobody asked for.
    fn all_used(&self) -> Result<(), Fault> {
        let idle: Vec<&str> =
            self.answers.keys().filter(|key| !self.asked.contains(*key)).map(String::as_str).collect();
        if idle.is_empty() {
            return Ok(());
        }
        let cause = format!("nobody was asked for {}; nothing was written", shown(&idle.join(", ")));
        Err(fault(
            "",
            "new.unasked",
            cause,
            "correct these names, or remove the lines: this event has no such question",
        ))
    }
}

fn is_name(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"._/-?".contains(&b))
}

impl Person for Keyed {
    fn line(&mut self, at: &str, prompt: &str) -> Result<String, Fault> {
        match at {
            WRITE => return self.all_used().map(|()| "yes".to_owned()),
            WRITE_FAULTY => return Ok("no".to_owned()),
            _ => {}
        }
        let name = name(at);
        let answered = self.answers.contains_key(&name);
        if !self.asked.insert(name.clone()) || !at.starts_with('/') && !answered {
            let question = prompt.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            let (why, cure) = match answered {
                true => (self.told.trim(), "give another answer under this name"),
                false => (question, "add a line that begins with this name"),
            };
            let cause = format!("{}; nothing was written", why.trim_end_matches('.'));
            return Err(fault(&name, "new.refused", cause, cure));
        }
        self.told.clear();
        Ok(match self.given(at) {
            Some(lines) => lines.join("\n"),
            None if self.has_below(at) => "yes".to_owned(),
            None => String::new(),
        })
    }

    fn prose(&mut self, at: &str, prompt: &str) -> Result<String, Fault> {
        self.line(at, prompt)
    }

    fn tell(&mut self, text: &str) {
        text.clone_into(&mut self.told);
        let _ = writeln!(anstream::stderr(), "{}", shown_lines(text));
    }
}
