//! Enters: one question. Leaves: an answer that the parser of case files accepts. Never: loses earlier answers: a
//! refused answer is asked for again, with the reason.

use super::desk::{Options, options};
use super::interview::{Interview, is_kind};
use super::{file, typed};
use despatch_core::fault::Fault;
use despatch_core::words::date_words;
use despatch_process::case::AttachmentKind;
use despatch_process::fields::{Field, Names, Sort};
use serde_json::Value;
use std::collections::BTreeSet;

/// The line that ends an answer of several lines.
const PROSE_END: &str = ".";

impl Interview<'_> {
    /// Asks until the parser accepts the answer, or until an optional answer is left out.
    pub(super) fn ask(&mut self, at: &str, field: &'static Field, needed: bool) -> Result<(), Fault> {
        let offer = self.offer(at, field);
        let options = self.options(at, field);
        let prompt = prompt(self.question(at, field), field.sort, &options, offer.as_deref(), needed);
        loop {
            let typed = match field.sort {
                Sort::Prose => self.prose(at, &prompt)?,
                _ => self.person.line(at, &prompt)?.trim().to_owned(),
            };
            let typed = match (&offer, typed.trim().is_empty()) {
                (Some(offer), true) => offer.clone(),
                (None, true) if needed => {
                    self.person.tell("  This must be answered.");
                    continue;
                }
                (None, true) => break,
                _ => typed,
            };
            if self.take(at, field.sort, &options, &typed)? {
                break;
            }
        }
        self.asked.insert(at.to_owned());
        if at == "/event_id" && self.answers.word(at).is_some_and(|id| self.on_file.event_ids.contains(&id)) {
            self.person.tell("  This id is on record: only a file that corrects that event has it again.");
        }
        if at == "/case_id"
            && let Some(case) = self.answers.word(at).and_then(|id| id.parse().ok())
        {
            self.on_file = (self.record)(&case);
            if !self.on_file.event_ids.is_empty() {
                self.person.tell("  This case is on record: what is known of it is shown in brackets.");
            }
        }
        Ok(())
    }

    /// Puts an answer into the file. Returns `false`, after telling the reason, if the parser refuses it.
    fn take(&mut self, at: &str, sort: Sort, options: &Options, typed: &str) -> Result<bool, Fault> {
        if (is_named(sort) || is_kind(at)) && !options.is_empty() {
            let Some(chosen) = typed::choice(typed, options) else {
                return self.take_unlisted(at, names(sort), typed);
            };
            let chosen = chosen.to_owned();
            return Ok(self.put(at, Value::String(chosen)));
        }
        let text = |text: String| Value::String(text);
        let value = match sort {
            Sort::Date => {
                let date = typed::date(typed, self.desk.today);
                if let Some(date) = date {
                    self.person.tell(&format!("  = {}", despatch_core::words::weekday_words(date)));
                }
                text(date.map_or_else(|| typed.to_owned(), |date| date.to_string()))
            }
            Sort::Time => {
                let time = typed::time(typed);
                text(time.map_or_else(|| typed.to_owned(), |time| time.format("%H:%M").to_string()))
            }
            Sort::Flag => match typed::flag(typed) {
                Some(flag) => Value::Bool(flag),
                None => {
                    self.person.tell("  Answer yes or no.");
                    return Ok(false);
                }
            },
            Sort::Choice(_) => text(typed::choice(typed, options).unwrap_or(typed).to_owned()),
            _ if names(sort) == Names::Attachment => return Ok(self.take_file(at, typed)),
            _ if names(sort) == Names::Event && !(self.is_free)(typed) => {
                self.person.tell("  A file of this name is there already: use another id.");
                return Ok(false);
            }
            Sort::Prose => return self.take_prose(at, typed),
            _ => text(typed.to_owned()),
        };
        Ok(self.put(at, value))
    }

    /// Accepts, once confirmed, an entry that is not in the directory yet; nothing else may be unlisted.
    fn take_unlisted(&mut self, at: &str, names: Names, typed: &str) -> Result<bool, Fault> {
        let is_id = !typed.bytes().all(|byte| byte.is_ascii_digit());
        if names != Names::Entry || !is_id {
            self.person.tell("  This is not in the list: write a number or an id of it.");
            return Ok(false);
        }
        if !self.put(at, Value::String(typed.to_owned())) {
            return Ok(false);
        }
        let prompt = "The directory has no such entry: what goes there is held until it is added. Take it? (yes or no)";
        let said = self.person.line("unlisted", prompt)?;
        if typed::flag(said.trim()) == Some(true) {
            return Ok(true);
        }
        self.answers.remove(at);
        Ok(false)
    }

    /// Sets a value; removes it again, after telling the reason, if the parser finds a fault at this pointer.
    fn put(&mut self, at: &str, value: Value) -> bool {
        self.answers.set(at, value);
        let refused = self.tell_faults_at(&[at], ".");
        if refused {
            self.answers.remove(at);
        }
        !refused
    }

    /// Reads the lines of an answer, up to a line with a single dot.
    fn prose(&mut self, at: &str, prompt: &str) -> Result<String, Fault> {
        let mut lines: Vec<String> = Vec::new();
        loop {
            let line = self.person.line(at, if lines.is_empty() { prompt } else { "" })?;
            if line.trim_end() == PROSE_END {
                return Ok(lines.join("\n").trim_end().to_owned());
            }
            // A blank first line leaves the answer out.
            if lines.is_empty() && line.trim().is_empty() {
                return Ok(String::new());
            }
            lines.push(line.trim_end().to_owned());
        }
    }

    /// Puts free text into the file. If it is refused it is kept, and corrected line by line.
    fn take_prose(&mut self, at: &str, typed: &str) -> Result<bool, Fault> {
        let mut lines: Vec<String> = typed.lines().map(str::to_owned).collect();
        while !self.put(at, Value::String(lines.join("\n"))) {
            let shown: Vec<String> =
                lines.iter().enumerate().map(|(at, line)| format!("\n  {}  {line}", at + 1)).collect();
            let prompt = format!(
                "You wrote:{}\nThe number of the line to rewrite, or Enter to rewrite them all",
                shown.concat()
            );
            let said = self.person.line("mend", &prompt)?;
            if said.trim().is_empty() {
                return Ok(false);
            }
            let index = said.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            match index.and_then(|index| lines.get_mut(index)) {
                Some(line) => *line = self.person.line("mend", "Its new words")?.trim_end().to_owned(),
                None => self.person.tell("  There is no such line."),
            }
        }
        Ok(true)
    }

    /// Adds an attachment, with the name, size and SHA-256 of the file itself.
    fn take_file(&mut self, at: &str, typed: &str) -> bool {
        let taken: BTreeSet<String> = (0..self.answers.count("/attachments"))
            .filter_map(|index| self.answers.word(&format!("/attachments/{index}/file")))
            .map(|name| name.to_ascii_lowercase())
            .collect();
        let path = typed::path(typed);
        let found = match file::look(&path, &taken) {
            Ok(found) => found,
            Err(why) => {
                self.person.tell(&format!("  {why}."));
                return false;
            }
        };
        let entry = at.strip_suffix("/file").unwrap_or(at).to_owned();
        self.answers.set(
            &entry,
            serde_json::json!({
                "file": found.name, "size": found.size, "sha256": found.sha256,
            }),
        );
        if self.tell_faults_at(&[at, &format!("{entry}/size"), &format!("{entry}/sha256")], ".") {
            self.answers.remove(&entry);
            return false;
        }
        self.person.tell(&format!("  = {}, {} bytes", found.name, found.size));
        self.sources.insert(found.name, path);
        true
    }

    /// Returns the kinds that an attachment of this event may have, by trying each with the parser.
    pub(super) fn kinds(&self, at: &str, words: &[(&str, &str)]) -> Options {
        let whole = |faults: Vec<Fault>| -> BTreeSet<String> {
            faults.into_iter().filter(|fault| fault.at == "/attachments").map(|fault| fault.cause).collect()
        };
        let before = whole(self.answers.faults());
        let may = |kind: &str| {
            let mut trial = self.answers.clone();
            trial.set(at, Value::String(kind.to_owned()));
            let faults = trial.faults();
            !faults.iter().any(|fault| fault.at == at) && whole(faults).is_subset(&before)
        };
        options(words).into_iter().filter(|(word, _)| may(word)).collect()
    }

    /// Returns the default that Enter alone accepts.
    fn offer(&self, at: &str, field: &Field) -> Option<String> {
        if names(field.sort) == Names::Event {
            return self.free_event_id();
        }
        if at.starts_with("/attachments/") && field.name == "title" {
            let word = self.answers.word(&at.replace("/title", "/kind"))?;
            let kind = AttachmentKind::WORDS.iter().find(|(known, _)| *known == word);
            return kind.map(|(_, kind)| kind.label().to_owned());
        }
        self.on_file.offers.get(at).cloned()
    }

    /// Returns the first unused id made of case, event and number.
    fn free_event_id(&self) -> Option<String> {
        let plain = |text: &str| text.to_lowercase().replace(['/', '_'], "-");
        let case = plain(&self.answers.word("/case_id")?);
        let event = plain(&self.answers.word("/event/type")?);
        let used = |id: &String| self.on_file.event_ids.contains(id) || !(self.is_free)(id);
        (1..=u32::MAX).map(|number| format!("{case}-{event}-{number}")).find(|id| !used(id))
    }
}

/// Returns what a field's pattern refers to.
fn names(sort: Sort) -> Names {
    match sort {
        Sort::Pattern(pattern) => pattern.names,
        _ => Names::Nothing,
    }
}

/// Whether the answer refers to something that the office knows.
fn is_named(sort: Sort) -> bool {
    matches!(names(sort), Names::Entry | Names::Place | Names::Standard)
}

/// Formats the question with its choices, the form of the answer, and what Enter alone does.
fn prompt(question: &str, sort: Sort, options: &Options, offer: Option<&str>, needed: bool) -> String {
    let mut text = question.to_owned();
    text.push_str(match sort {
        Sort::Date => " (a date)",
        Sort::Time => " (such as 14:30)",
        Sort::Flag => " (yes or no)",
        Sort::Prose => " (as many lines as you need, then a line with a single dot)",
        _ => "",
    });
    match offer {
        Some(offer) => text.push_str(&format!(" [{}]", shown(sort, offer))),
        None if !needed => text.push_str(" (Enter: none)"),
        None => {}
    }
    for (number, (word, words)) in options.iter().enumerate() {
        let words = if is_named(sort) { format!("{word}: {words}") } else { words.clone() };
        text.push_str(&format!("\n  {:>2}  {words}", number + 1));
    }
    text
}

fn shown(sort: Sort, offer: &str) -> String {
    match (sort, offer.parse()) {
        (Sort::Date, Ok(date)) => date_words(date),
        _ => offer.to_owned(),
    }
}
