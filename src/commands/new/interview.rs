//! Enters: the questions of an event, and a person who answers. Leaves: a case file that its parser accepts, and the
//! files that it lists. Never: writes anything, or goes on from an answer that the parser refuses.

use super::loaded::{Loaded, Source};
use super::person::{Finished, Foresee, Person, Record, Sources, WRITE, WRITE_FAULTY};
use despatch_app::operations::new_case::answers::Answers;
use despatch_app::operations::new_case::desk::{Desk, OnFile};
use despatch_app::operations::new_case::questions::{ASIDE, ASIDE_AT, Questions, is_aside};
use despatch_app::operations::new_case::walk::Walk;
use despatch_core::fault::Fault;
use despatch_core::words::{StaffId, date_words};
use despatch_process::case::{self, EventName};
use despatch_process::fields::{Field, Sort};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The questions to one person about one event.
pub struct Interview<'a> {
    pub(super) event: EventName,
    pub(super) desk: &'a Desk,
    pub(super) record: Record<'a>,
    pub(super) is_free: &'a dyn Fn(&str) -> bool,
    foresee: Foresee<'a>,
    pub(super) loaded: Loaded,
    pub(super) person: &'a mut dyn Person,
    pub(super) answers: Answers,
    pub(super) on_file: OnFile,
    /// Pointers that were asked for, including those left out.
    pub(super) asked: BTreeSet<String>,
    /// The answers to the yes-or-no questions before optional objects.
    gates: BTreeMap<String, bool>,
    /// Where each attachment is, by its name in the case file.
    pub(super) sources: BTreeMap<String, Source>,
}

impl<'a> Interview<'a> {
    /// Prepares an interview.
    pub fn new(
        event: EventName,
        prepared_by: &StaffId,
        sources: Sources<'a>,
        person: &'a mut dyn Person,
    ) -> Self {
        let Sources { desk, record, is_free, foresee, loaded } = sources;
        Interview {
            event,
            desk,
            record,
            is_free,
            foresee,
            loaded,
            person,
            answers: Answers::new(event, prepared_by),
            on_file: OnFile::default(),
            asked: BTreeSet::new(),
            gates: BTreeMap::new(),
            sources: BTreeMap::new(),
        }
    }

    /// Asks until the parser accepts the file and the person agrees to write it; `None` if they decline.
    ///
    /// # Errors
    /// There are no more answers.
    pub fn run(mut self) -> Result<Option<Finished>, Fault> {
        loop {
            self.walk_all()?;
            let faults = self.answers.faults();
            if !faults.is_empty() {
                self.mend(&faults)?;
                continue;
            }
            let shown = self.summary();
            self.person.tell(&shown);
            let finished = self.finished();
            let (at, question) = match self.tell_wrong(&finished) {
                false => (WRITE, "Write it? (yes, no, or the number of an answer to change)"),
                true => {
                    (WRITE_FAULTY, "The number of an answer to change (yes: write it as it is; no: do not)")
                }
            };
            let said = self.person.line(at, question)?;
            match said.trim().to_lowercase().as_str() {
                "yes" | "y" => return Ok(Some(finished)),
                "no" | "n" => return Ok(None),
                number => match number.parse::<usize>().ok().and_then(|number| self.numbered(number)) {
                    Some((at, field)) => self.ask_again(&at, field)?,
                    None => self.person.tell("  Answer yes or no, or write the number of an answer."),
                },
            }
        }
    }

    /// Shows the plan, and tells what the office finds wrong with the case; returns `false` if there is nothing.
    fn tell_wrong(&mut self, finished: &Finished) -> bool {
        let wrong = (self.foresee)(finished);
        let leaves = self.leaves();
        for (at, words) in &wrong {
            let number = leaves.iter().position(|(leaf, _)| leaf == at);
            let place = number.map_or_else(|| at.clone(), |number| format!("{:>3}", number + 1));
            self.person.tell(&format!("  {place}  {words}"));
        }
        !wrong.is_empty()
    }

    fn finished(&self) -> Finished {
        let listed = |name: &String| {
            let list = self.answers.get("/attachments").and_then(Value::as_array);
            list.into_iter().flatten().any(|one| one.get("file").and_then(Value::as_str) == Some(name))
        };
        Finished {
            bytes: self.answers.bytes(),
            name: self.answers.word("/event_id").unwrap_or_default(),
            sources: self.sources.clone().into_iter().filter(|(name, _)| listed(name)).collect(),
        }
    }

    /// Asks every due question not asked before, and drops answers that no longer apply.
    fn walk_all(&mut self) -> Result<(), Fault> {
        // A changed answer may make an earlier question due.
        loop {
            let before = self.asked.clone();
            self.walk("", case::fields())?;
            if self.asked == before {
                return Ok(());
            }
        }
    }

    fn walk(&mut self, base: &str, fields: &'static [Field]) -> Result<(), Fault> {
        for field in fields.iter().filter(|field| !field.ask.is_empty()) {
            let at = format!("{base}/{}", field.name);
            let aside = is_aside(base, field) && !self.gate(ASIDE_AT, &ASIDE, false)?;
            let Some(needed) = self.questions().due(base, field).filter(|_| !aside) else {
                self.drop_answer(&at);
                continue;
            };
            match field.sort {
                Sort::Event => self.walk(&at, self.event.table().fields)?,
                Sort::Object(inner) => {
                    if self.gate(&at, field, needed)? {
                        self.walk(&at, inner)?;
                    } else {
                        self.drop_answer(&at);
                        self.asked.insert(at);
                    }
                }
                Sort::List(inner) => self.list(&at, inner)?,
                _ => {
                    let missing = needed && self.answers.get(&at).is_none();
                    if missing || !self.asked.contains(&at) {
                        self.ask(&at, field, needed)?;
                        self.settle(&at, field)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The questions, as far as they depend on the answers.
    pub(super) fn questions(&self) -> Questions<'_> {
        Questions { event: self.event, answers: &self.answers, desk: self.desk, on_file: &self.on_file }
    }

    /// Whether the fields of an object are asked for; an optional object has a question of its own.
    fn gate(&mut self, at: &str, field: &Field, needed: bool) -> Result<bool, Fault> {
        if needed {
            return Ok(true);
        }
        if let Some(said) = self.gates.get(at) {
            return Ok(*said);
        }
        let known = self.loaded.offer(at);
        let offered = known.as_ref().or(self.on_file.offers.get(at)).is_some_and(|offer| offer == "yes");
        let prompt = format!("{} (yes or no) [{}]", field.ask, if offered { "yes" } else { "no" });
        loop {
            let typed = self.person.line(at, &prompt)?;
            let said = if typed.trim().is_empty() { Some(offered) } else { super::typed::flag(typed.trim()) };
            match said {
                Some(said) => {
                    self.gates.insert(at.to_owned(), said);
                    return Ok(said);
                }
                None => self.person.tell("  Answer yes or no."),
            }
        }
    }

    /// Drops an answer and everything below it.
    pub(super) fn drop_answer(&mut self, at: &str) {
        self.answers.remove(at);
        let below = format!("{at}/");
        self.asked.retain(|asked| asked != at && !asked.starts_with(&below));
        self.gates.retain(|gate, _| !gate.starts_with(&below));
    }

    /// If an answer contradicts an earlier one, asks which of the two is wrong.
    fn settle(&mut self, at: &str, field: &'static Field) -> Result<(), Fault> {
        loop {
            let faults = self.answers.faults();
            let earlier = faults.iter().find(|fault| fault.at != at && self.asked.contains(&fault.at));
            let Some(fault) = earlier else { return Ok(()) };
            let Some((_, other)) = self.leaves().into_iter().find(|(at, _)| *at == fault.at) else {
                return Ok(());
            };
            self.person.tell(&format!("  {}: {}", fault.cause, fault.cure));
            let (first, second) =
                (self.questions().question(&fault.at, other), self.questions().question(at, field));
            let prompt = format!("Which one should be answered again?\n  1  {first}\n  2  {second}");
            let said = self.person.line("settle", &prompt)?;
            match said.trim() {
                "1" => self.ask_again(&fault.at, other)?,
                "2" => self.ask_again(at, field)?,
                _ => self.person.tell("  Write 1 or 2."),
            }
        }
    }

    /// Asks one question again; for a list, an entry can be added or removed.
    fn ask_again(&mut self, at: &str, field: &'static Field) -> Result<(), Fault> {
        if matches!(field.sort, Sort::Object(_)) || at == ASIDE_AT {
            self.gates.remove(at);
            self.asked.remove(at);
            return Ok(());
        }
        if let Sort::List(_) = field.sort {
            self.take_out(at)?;
            self.asked.remove(at);
            return Ok(());
        }
        self.answers.remove(at);
        let base = at.rsplit_once('/').map_or("", |(base, _)| base);
        let needed = self.questions().due(base, field).unwrap_or(false);
        self.ask(at, field, needed)
    }

    fn take_out(&mut self, at: &str) -> Result<(), Fault> {
        let count = self.answers.count(at);
        if count == 0 {
            return Ok(());
        }
        let named = |index: usize| {
            let word = |name| self.answers.word(&format!("{at}/{index}/{name}"));
            word("title").or_else(|| word("id")).unwrap_or_default()
        };
        let lines: Vec<String> =
            (0..count).map(|index| format!("\n  {}  {}", index + 1, named(index))).collect();
        let prompt =
            format!("In the list:{}\nThe number of one to take out, or Enter to add more", lines.concat());
        let said = self.person.line(at, &prompt)?;
        let index = said.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        if let Some(index) = index.filter(|index| *index < count) {
            self.answers.remove(&format!("{at}/{index}"));
            // Later entries move up, so a field that was left out of one may have to be asked for again.
            let below = format!("{at}/");
            self.asked.retain(|asked| !asked.starts_with(&below) || self.answers.get(asked).is_some());
        }
        Ok(())
    }

    fn list(&mut self, at: &str, inner: &'static [Field]) -> Result<(), Fault> {
        if self.answers.get(at).is_none() {
            self.answers.set(at, Value::Array(Vec::new()));
        }
        for index in 0..self.answers.count(at) {
            self.walk(&format!("{at}/{index}"), inner)?;
        }
        if self.asked.contains(at) {
            return Ok(());
        }
        let Some((first, rest)) = inner.split_first() else { return Ok(()) };
        self.tell_faults_at(&[at], "");
        loop {
            let entry = format!("{at}/{}", self.answers.count(at));
            self.ask(&format!("{entry}/{}", first.name), first, false)?;
            if self.answers.get(&entry).is_some() {
                self.walk(&entry, rest)?;
            } else if !self.tell_faults_at(&[at], "") {
                self.asked.insert(at.to_owned());
                return Ok(());
            }
        }
    }

    /// Tells the faults at these pointers, each with `end` after it. Returns `false` if there are none.
    pub(super) fn tell_faults_at(&mut self, pointers: &[&str], end: &str) -> bool {
        let mut faults = self.answers.faults();
        faults.retain(|fault| pointers.contains(&fault.at.as_str()));
        for fault in &faults {
            self.person.tell(&format!("  {}: {}{end}", fault.cause, fault.cure));
        }
        !faults.is_empty()
    }

    /// Lets the person correct what the parser finds wrong with the whole file.
    fn mend(&mut self, faults: &[Fault]) -> Result<(), Fault> {
        let leaves = self.leaves();
        let mut any = false;
        for fault in faults {
            self.person.tell(&format!("  {}: {}; {}", fault.at, fault.cause, fault.cure));
            let here = leaves.iter().find(|(at, _)| *at == fault.at);
            if let Some((at, field)) = here {
                any = true;
                self.ask_again(at, field)?;
            }
        }
        if !any {
            let shown = self.summary();
            let prompt = format!("{shown}\nThe number of the answer to change");
            let said = self.person.line("mend", &prompt)?;
            if let Some((at, field)) = said.trim().parse().ok().and_then(|number| self.numbered(number)) {
                self.ask_again(&at, field)?;
            }
        }
        Ok(())
    }

    /// Returns every field that is asked for, in order, with its pointer.
    fn leaves(&self) -> Vec<(String, &'static Field)> {
        let is_open = |at: &str| self.gates.get(at) == Some(&true);
        let walk = Walk { questions: self.questions(), is_open: &is_open, is_there: &|_| false };
        let asked = walk.all().into_iter().filter(|asked| !asked.is_object());
        asked.map(|asked| (asked.at, asked.field)).collect()
    }

    fn numbered(&self, number: usize) -> Option<(String, &'static Field)> {
        self.leaves().into_iter().nth(number.checked_sub(1)?)
    }

    /// Summarises the case, each answer with its number.
    fn summary(&self) -> String {
        let mut text = format!("\nThe case, {}:", self.event.label());
        for (number, (at, field)) in self.leaves().into_iter().enumerate() {
            let said = match self.answers.get(&at) {
                Some(Value::Array(list)) => format!("{} in the list", list.len()),
                Some(Value::Object(_)) => "yes".to_owned(),
                Some(Value::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
                Some(_) => self.in_words(&at, field.sort),
                None if self.gates.get(&at) == Some(&true) => "yes".to_owned(),
                None => "-".to_owned(),
            };
            text.push_str(&format!(
                "\n  {:>3}  {}: {said}",
                number + 1,
                self.questions().question(&at, field)
            ));
        }
        text
    }

    /// Formats an answer for people.
    fn in_words(&self, at: &str, sort: Sort) -> String {
        let word = self.answers.word(at).unwrap_or_default();
        match sort {
            Sort::Date => word.parse().map_or(word, date_words),
            Sort::Choice(words) => {
                let named = words.iter().find(|(known, _)| *known == word);
                named.map_or(word, |(_, words)| (*words).to_owned())
            }
            _ => word.replace('\n', " / "),
        }
    }
}
