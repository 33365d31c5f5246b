//! Enters: one question. Leaves: an answer that the parser of case files accepts. Never: loses earlier answers: a
//! refused answer is asked for again, with the reason.

use super::interview::Interview;
use super::loaded::Source;
use super::{file, typed};
use chrono::NaiveDate;
use despatch_app::operations::new_case::desk::Options;
use despatch_app::operations::new_case::questions::{is_kind, names};
use despatch_core::fault::Fault;
use despatch_core::typed::{DATES, TIMES, date, time};
use despatch_core::words::{EntryId, date_words, weekday_words};
use despatch_process::fields::{Field, Names, Sort};
use serde_json::Value;
use std::collections::BTreeSet;

/// What leaves out an optional answer for which something is proposed.
const NONE: &str = "-";

impl Interview<'_> {
    /// Asks until the parser accepts the answer, or until an optional answer is left out.
    pub(super) fn ask(&mut self, at: &str, field: &'static Field, needed: bool) -> Result<(), Fault> {
        let offer = self.offer(at, field);
        let options = self.questions().options(at, field);
        let prompt =
            prompt(self.questions().question(at, field), field.sort, &options, offer.as_deref(), needed);
        loop {
            let typed = match field.sort {
                Sort::Prose => self.person.prose(at, &prompt)?,
                _ => self.person.line(at, &prompt)?.trim().to_owned(),
            };
            let typed = match (&offer, typed.trim().is_empty()) {
                (Some(offer), true) => offer.clone(),
                (None, true) if needed => {
                    self.person.tell("  This must be answered.");
                    continue;
                }
                (None, true) => break,
                (Some(_), _) if !needed && typed.trim() == NONE => break,
                _ => typed,
            };
            if self.take(at, field, &options, &typed)? {
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
    fn take(&mut self, at: &str, field: &Field, options: &Options, typed: &str) -> Result<bool, Fault> {
        let sort = field.sort;
        if (is_named(sort) || is_kind(at)) && !options.is_empty() {
            return match self.chosen(sort, options, typed) {
                Ok(Some(chosen)) => Ok(self.put(at, Value::String(chosen))),
                Ok(None) => self.take_unlisted(at, names(sort), typed),
                Err(()) => Ok(false),
            };
        }
        let text = |text: String| Value::String(text);
        let value = match sort {
            Sort::Date => match self.day(field, typed) {
                Some(date) => text(date.to_string()),
                None => return Ok(false),
            },
            Sort::Time => match time(typed) {
                Some(time) => text(time.format("%H:%M").to_string()),
                None => {
                    self.person.tell(&format!("  This is not a time of day: write {TIMES}."));
                    return Ok(false);
                }
            },
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

    /// Reads a day, or tells why it is none.
    fn day(&mut self, field: &Field, typed: &str) -> Option<NaiveDate> {
        let Some(date) = date(typed, Some(self.desk.today)) else {
            self.person.tell(&format!("  This is not a date: write {DATES}."));
            return None;
        };
        self.person.tell(&format!("  = {}", weekday_words(date)));
        if field.past && date > self.desk.today {
            self.person.tell("  This day is in the future: correct the date.");
            return None;
        }
        Some(date)
    }

    /// Finds what is meant in a list, by number, id or name; `Err` if it may be several, which is told.
    fn chosen(&mut self, sort: Sort, options: &Options, typed: &str) -> Result<Option<String>, ()> {
        if let Some(chosen) = typed::choice(typed, options) {
            return Ok(Some(chosen.to_owned()));
        }
        match typed::named(typed, options).as_slice() {
            _ if !is_named(sort) => Ok(None),
            [] => Ok(None),
            [(id, label)] => {
                self.person.tell(&format!("  = {id}: {label}"));
                Ok(Some(id.clone()))
            }
            several => {
                let several: Vec<String> =
                    several.iter().map(|(id, label)| format!("\n  {id}: {label}")).collect();
                self.person.tell(&format!("  This may be one of these; write its id:{}", several.concat()));
                Err(())
            }
        }
    }

    /// Accepts, once confirmed, an entry that is not in the directory yet; nothing else may be unlisted.
    fn take_unlisted(&mut self, at: &str, names: Names, typed: &str) -> Result<bool, Fault> {
        let is_id = !typed.bytes().all(|byte| byte.is_ascii_digit()) && typed.parse::<EntryId>().is_ok();
        if names != Names::Entry || !is_id {
            self.person.tell("  This is not in the list: write a number, an id or a name of it.");
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
        let source = match self.loaded.files.get(typed) {
            Some(bytes) => Source::Loaded(bytes.clone()),
            None => Source::Path(typed::path(typed)),
        };
        let found = match file::look(typed, &source, &taken) {
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
        self.sources.insert(found.name, source);
        true
    }

    /// Returns the default that Enter alone accepts.
    fn offer(&self, at: &str, field: &Field) -> Option<String> {
        if names(field.sort) == Names::Event {
            let used = |id: &String| self.on_file.event_ids.contains(id) || !(self.is_free)(id);
            let free = || self.questions().free_event_id(&|id| !(self.is_free)(id));
            return self.loaded.offer(at).filter(|id| !used(id)).or_else(free);
        }
        if let Some(offer) = self.loaded.offer(at) {
            // One that is proposed and has no file is asked for anew.
            let missing = names(field.sort) == Names::Attachment && !self.loaded.files.contains_key(&offer);
            return Some(offer).filter(|_| !missing);
        }
        if at.starts_with("/attachments/") && field.name == "title" {
            return self.questions().title(at);
        }
        if at == "/replaces" {
            return self.on_file.files.get(&self.answers.word("/event_id")?).cloned();
        }
        self.on_file.offers.get(at).cloned()
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
        Sort::Time => " (such as 2.30pm)",
        Sort::Flag => " (yes or no)",
        Sort::Prose => " (as many lines as you need, then a line with a single dot)",
        _ => "",
    });
    match offer {
        Some(offer) if !needed => text.push_str(&format!(" [{}] (-: none)", shown(sort, offer))),
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
        _ => offer.replace('\n', " / "),
    }
}
