//! Enters: the questions of an event, and somebody who answers. Leaves: a case file that its reader takes, and the
//! files that it lists. Never: writes anything, or goes on from an answer that the reader refuses.

use super::answers::Answers;
use super::desk::{Desk, OnFile, Options};
use super::question::{Due, Question, Sort, When};
use super::table::sections;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, StaffId, date_words};
use despatch_process::case::EventName;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Whoever answers: somebody at a terminal, or a pipe.
pub trait Person {
    /// The next line for the question at this pointer.
    ///
    /// # Errors
    /// There are no more lines.
    fn line(&mut self, at: &str, prompt: &str) -> Result<String, Fault>;
    /// Says something that is no question.
    fn tell(&mut self, text: &str);
}

/// What the record says of a case.
pub type Record<'a> = &'a mut dyn FnMut(&CaseId) -> OnFile;

/// The questions to one person about one event.
pub struct Interview<'a> {
    pub(super) event: EventName,
    pub(super) desk: &'a Desk,
    pub(super) record: Record<'a>,
    /// Whether a case file of this name may be written.
    pub(super) is_free: &'a dyn Fn(&str) -> bool,
    pub(super) person: &'a mut dyn Person,
    pub(super) answers: Answers,
    pub(super) on_file: OnFile,
    /// Pointers that were asked for, those that were left out among them.
    pub(super) asked: BTreeSet<String>,
    /// What was said to the questions that are yes or no before an object.
    gates: BTreeMap<String, bool>,
    /// Where each attachment lies, by its name in the case file.
    pub(super) sources: BTreeMap<String, PathBuf>,
}

/// What an interview leaves.
#[derive(Debug, Clone)]
pub struct Finished {
    pub bytes: Vec<u8>,
    /// The name of the case file, without its ending.
    pub name: String,
    /// Where each attachment lies, by its name in the case file.
    pub sources: BTreeMap<String, PathBuf>,
}

pub(super) fn join(base: &str, name: &str) -> String {
    if name.is_empty() { format!("{base}/?") } else { format!("{base}/{name}") }
}

impl<'a> Interview<'a> {
    /// An interview before its first question.
    pub fn new(
        event: EventName,
        desk: &'a Desk,
        prepared_by: &StaffId,
        record: Record<'a>,
        is_free: &'a dyn Fn(&str) -> bool,
        person: &'a mut dyn Person,
    ) -> Self {
        Interview {
            event,
            desk,
            record,
            is_free,
            person,
            answers: Answers::new(event, prepared_by),
            on_file: OnFile::default(),
            asked: BTreeSet::new(),
            gates: BTreeMap::new(),
            sources: BTreeMap::new(),
        }
    }

    /// Asks everything, until the reader takes the file and the person wants it; `None` where they do not.
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
            let said = self.person.line(
                "write",
                &format!("{shown}\nWrite it? (yes, no, or the number of an answer to change)"),
            )?;
            match said.trim().to_lowercase().as_str() {
                "yes" | "y" => return Ok(Some(self.finished())),
                "no" | "n" => return Ok(None),
                number => match number.parse::<usize>().ok().and_then(|number| self.numbered(number)) {
                    Some((at, question)) => self.ask_again(&at, question)?,
                    None => self.person.tell("  Answer yes or no, or write the number of an answer."),
                },
            }
        }
    }

    fn finished(self) -> Finished {
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

    /// Asks whatever is due and was not asked, and drops what is due no longer.
    fn walk_all(&mut self) -> Result<(), Fault> {
        // An answer that was changed on the way may call for an earlier one.
        loop {
            let before = self.asked.clone();
            for (base, questions) in sections(self.event) {
                self.walk(base, questions)?;
            }
            if self.asked == before {
                return Ok(());
            }
        }
    }

    fn walk(&mut self, base: &str, questions: &'static [Question]) -> Result<(), Fault> {
        for question in questions {
            let at = join(base, question.at);
            let Some(needed) = self.due(base, question.due) else {
                self.drop_answer(&at);
                continue;
            };
            match question.sort {
                Sort::Group(inner) => {
                    if self.gate(&at, question, needed)? {
                        self.walk(&at, inner)?;
                    } else {
                        self.drop_answer(&at);
                        self.asked.insert(at);
                    }
                }
                Sort::Aside(inner) => {
                    if self.gate(&at, question, needed)? {
                        self.walk(base, inner)?;
                    } else {
                        inner.iter().for_each(|inner| self.drop_answer(&join(base, inner.at)));
                    }
                }
                Sort::List(inner) => self.list(&at, inner)?,
                _ => {
                    let missing = needed && self.answers.get(&at).is_none();
                    if missing || !self.asked.contains(&at) {
                        self.ask(&at, question, needed)?;
                        self.settle(&at, question)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a question is asked now: `Some(true)` where it must be answered.
    pub(super) fn due(&self, base: &str, due: Due) -> Option<bool> {
        match due {
            Due::Must => Some(true),
            Due::May => Some(false),
            Due::MustIf(when) => self.says(base, when).then_some(true),
            Due::MayIf(when) => self.says(base, when).then_some(false),
            Due::MustElseMay(when) => Some(self.says(base, when)),
        }
    }

    fn says(&self, base: &str, when: When) -> bool {
        let pointer = |at: &str| if at.starts_with('/') { at.to_owned() } else { format!("{base}/{at}") };
        match when {
            When::Is(at, words) => {
                self.answers.word(&pointer(at)).is_some_and(|word| words.contains(&word.as_str()))
            }
            When::There(at) => self.answers.get(&pointer(at)).is_some(),
            When::Absent(at) => self.answers.get(&pointer(at)).is_none(),
        }
    }

    /// Whether the fields of an object are asked for: where it may be left out, its own question says.
    fn gate(&mut self, at: &str, question: &Question, needed: bool) -> Result<bool, Fault> {
        if needed {
            return Ok(true);
        }
        if let Some(said) = self.gates.get(at) {
            return Ok(*said);
        }
        let offered = self.on_file.offers.get(at).is_some_and(|offer| offer == "yes");
        let prompt = format!("{} (yes or no) [{}]", question.ask, if offered { "yes" } else { "no" });
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

    /// Forgets an answer and whatever lies in it.
    pub(super) fn drop_answer(&mut self, at: &str) {
        self.answers.remove(at);
        let below = format!("{at}/");
        self.asked.retain(|asked| asked != at && !asked.starts_with(&below));
        self.gates.retain(|gate, _| !gate.starts_with(&below));
    }

    /// An answer may contradict an earlier one: then the person says which of the two is wrong.
    fn settle(&mut self, at: &str, question: &'static Question) -> Result<(), Fault> {
        loop {
            let faults = self.answers.faults();
            let earlier = faults.iter().find(|fault| fault.at != at && self.asked.contains(&fault.at));
            let Some(fault) = earlier else { return Ok(()) };
            let Some((_, other)) = self.leaves().into_iter().find(|(at, _)| *at == fault.at) else {
                return Ok(());
            };
            self.person.tell(&format!("  {}: {}", fault.cause, fault.cure));
            let prompt = format!("Which is to be answered anew?\n  1  {}\n  2  {}", other.ask, question.ask);
            let said = self.person.line("settle", &prompt)?;
            match said.trim() {
                "1" => self.ask_again(&fault.at, other)?,
                "2" => self.ask_again(at, question)?,
                _ => self.person.tell("  Write 1 or 2."),
            }
        }
    }

    /// Asks one question anew; a list is added to, or an entry taken out of it.
    fn ask_again(&mut self, at: &str, question: &'static Question) -> Result<(), Fault> {
        if let Sort::Group(_) | Sort::Aside(_) = question.sort {
            self.gates.remove(at);
            self.asked.remove(at);
            return Ok(());
        }
        if let Sort::List(_) = question.sort {
            self.take_out(at)?;
            self.asked.remove(at);
            return Ok(());
        }
        self.answers.remove(at);
        let base = at.rsplit_once('/').map_or("", |(base, _)| base);
        let needed = self.due(base, question.due).unwrap_or(false);
        self.ask(at, question, needed)
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
            // The others move up, and what was left out of one may be asked for again.
            let below = format!("{at}/");
            self.asked.retain(|asked| !asked.starts_with(&below) || self.answers.get(asked).is_some());
        }
        Ok(())
    }

    fn list(&mut self, at: &str, inner: &'static [Question]) -> Result<(), Fault> {
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
        self.tell_faults_at(at);
        loop {
            let entry = format!("{at}/{}", self.answers.count(at));
            self.ask(&join(&entry, first.at), first, false)?;
            if self.answers.get(&entry).is_some() {
                self.walk(&entry, rest)?;
            } else if !self.tell_faults_at(at) {
                self.asked.insert(at.to_owned());
                return Ok(());
            }
        }
    }

    /// Tells what is wrong with a list as a whole; `false` where nothing is.
    fn tell_faults_at(&mut self, at: &str) -> bool {
        let faults: Vec<Fault> = self.answers.faults().into_iter().filter(|fault| fault.at == at).collect();
        for fault in &faults {
            self.person.tell(&format!("  {}: {}", fault.cause, fault.cure));
        }
        !faults.is_empty()
    }

    /// Lets the person mend what the reader finds wrong with the whole file.
    fn mend(&mut self, faults: &[Fault]) -> Result<(), Fault> {
        let leaves = self.leaves();
        let mut any = false;
        for fault in faults {
            self.person.tell(&format!("  {}: {}; {}", fault.at, fault.cause, fault.cure));
            let here = leaves.iter().find(|(at, _)| *at == fault.at);
            if let Some((at, question)) = here {
                any = true;
                self.ask_again(at, question)?;
            }
        }
        if !any {
            let shown = self.summary();
            let prompt = format!("{shown}\nThe number of the answer to change");
            let said = self.person.line("mend", &prompt)?;
            if let Some((at, question)) = said.trim().parse().ok().and_then(|number| self.numbered(number)) {
                self.ask_again(&at, question)?;
            }
        }
        Ok(())
    }

    /// Every question that is due, in order, with the pointer of its answer.
    fn leaves(&self) -> Vec<(String, &'static Question)> {
        let mut leaves = Vec::new();
        for (base, questions) in sections(self.event) {
            self.collect(base, questions, &mut leaves);
        }
        leaves
    }

    fn collect(
        &self,
        base: &str,
        questions: &'static [Question],
        leaves: &mut Vec<(String, &'static Question)>,
    ) {
        for question in questions {
            let at = join(base, question.at);
            let Some(needed) = self.due(base, question.due) else { continue };
            let open = needed || self.gates.get(&at) == Some(&true);
            if !matches!(question.sort, Sort::Group(_)) || !needed {
                leaves.push((at.clone(), question));
            }
            match question.sort {
                Sort::Group(inner) if open => self.collect(&at, inner, leaves),
                Sort::Aside(inner) if open => self.collect(base, inner, leaves),
                Sort::List(inner) => {
                    for index in 0..self.answers.count(&at) {
                        self.collect(&format!("{at}/{index}"), inner, leaves);
                    }
                }
                _ => {}
            }
        }
    }

    fn numbered(&self, number: usize) -> Option<(String, &'static Question)> {
        self.leaves().into_iter().nth(number.checked_sub(1)?)
    }

    /// The case in short, each answer with its number.
    fn summary(&self) -> String {
        let mut text = format!("\nThe case, {}:", self.event.words());
        for (number, (at, question)) in self.leaves().into_iter().enumerate() {
            let said = match self.answers.get(&at) {
                Some(Value::Array(list)) => format!("{} in the list", list.len()),
                Some(Value::Object(_)) => "yes".to_owned(),
                Some(Value::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
                Some(_) => self.in_words(&at, &question.sort),
                None if self.gates.get(&at) == Some(&true) => "yes".to_owned(),
                None => "-".to_owned(),
            };
            text.push_str(&format!("\n  {:>3}  {}: {said}", number + 1, question.ask));
        }
        text
    }

    /// An answer as people read it.
    fn in_words(&self, at: &str, sort: &Sort) -> String {
        let word = self.answers.word(at).unwrap_or_default();
        match sort {
            Sort::Date => word.parse().map_or(word, date_words),
            Sort::Choice(words) => {
                let named = words().into_iter().find(|(known, _)| *known == word);
                named.map_or(word, |(_, words)| words.to_owned())
            }
            _ => word.replace('\n', " / "),
        }
    }

    /// What can be chosen from at a question; empty where it is no choice.
    pub(super) fn options(&self, at: &str, sort: &Sort) -> Options {
        use super::desk::options;
        match sort {
            Sort::Choice(words) => options(words()),
            Sort::Entry(role) => self.desk.of_role(*role),
            Sort::Place => self.desk.places.clone(),
            Sort::Standard => self.on_file.standards.as_ref().unwrap_or(&self.desk.standards).clone(),
            Sort::Kind => self.kinds(at),
            _ => Options::new(),
        }
    }
}
