//! Enters: the rows of a sheet, and the field that each of its columns fills. Leaves: the case file of each row, as a form
//! makes it of the same answers, or every fault of the row. Never: knows anything that the row, the record before it and
//! the office do not say: the same row gives the same bytes.

use super::RowFault;
use super::cells::{Days, typed};
use super::columns::{Columns, Filling};
use super::files::Files;
use crate::intake::{AttachedFile, LocalCase};
use crate::operations::new_case::desk::{Desk, OnFile};
use crate::operations::new_case::form::{ATTACHMENTS, Form, Known};
use crate::operations::new_case::inputs::name_of;
use crate::operations::new_case::questions::{ASIDE_AT, ASIDE_FIELDS};
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_core::words::{CaseId, EventId, Sha256, StaffId};
use despatch_process::case::{EventName, field_at};
use despatch_process::fields::Sort;
use despatch_sheets::{Row, Sheet};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How often answers may make further questions due.
const ROUNDS: usize = 4;
/// Hex digits of the hash in an id that is made of a row, and the letters of the event's name before them.
const HASH_DIGITS: usize = 12;
const EVENT_LETTERS: usize = 18;

/// A sheet of one event, as its rows are read.
pub(super) struct Filler<'a> {
    pub(super) event: EventName,
    pub(super) preparer: &'a StaffId,
    pub(super) columns: &'a Columns,
    pub(super) desk: &'a Desk,
    pub(super) files: &'a Files,
    days: BTreeMap<usize, Days>,
}

/// The answers of a row, before what is on record of its case is known.
pub(super) struct Answered<'a> {
    row: u32,
    /// What the cells say, each with its column.
    said: Vec<(&'a Filling, String)>,
    /// The files of the row by their place in the list of attachments.
    files: BTreeMap<usize, (&'a Filling, String, &'a Secret)>,
    /// The case, if the row names one.
    pub(super) case: Option<CaseId>,
    /// The event's id: the row's own, or one that is made of all that it says.
    pub(super) event_id: String,
    faults: Vec<RowFault>,
}

/// A row that was filled into a form.
pub(super) struct Filled {
    /// The case file with its attachments.
    pub(super) file: LocalCase,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// What is wrong with the row.
    pub(super) faults: Vec<RowFault>,
}

impl<'a> Filler<'a> {
    pub(super) fn new(
        (event, preparer): (EventName, &'a StaffId),
        columns: &'a Columns,
        (desk, files): (&'a Desk, &'a Files),
        sheet: &Sheet,
        days_first: bool,
    ) -> Filler<'a> {
        let dates = columns.fillings.iter().filter(|filling| matches!(filling.target.field.sort, Sort::Date));
        let days = dates.map(|filling| {
            let cells = sheet.rows.iter().skip(1).map(|row| row.cell(filling.index));
            (filling.index, Days::of(cells, days_first))
        });
        Filler { event, preparer, columns, desk, files, days: days.collect() }
    }

    /// Reads the cells of a row.
    pub(super) fn answered(&self, row: &Row) -> Answered<'a> {
        let mut answered = Answered {
            row: row.number,
            said: Vec::new(),
            files: BTreeMap::new(),
            case: None,
            event_id: String::new(),
            faults: Vec::new(),
        };
        for filling in &self.columns.fillings {
            let days = self.days.get(&filling.index).copied().unwrap_or(Days::Unknown);
            match typed(row.cell(filling.index), &filling.target, days, self.desk) {
                Ok(text) if text.is_empty() => {}
                Ok(text) if filling.target.is_file() => self.file(&mut answered, filling, text),
                Ok(text) => answered.said.push((filling, text)),
                Err((cause, cure)) => answered.fault(Some(&filling.heading), cause, cure),
            }
        }
        answered.case = answered.word("/case_id").and_then(|id| id.parse().ok());
        answered.event_id = match answered.word("/event_id") {
            Some(own) => own.to_owned(),
            None => self.made_id(&answered),
        };
        answered
    }

    fn file(&self, answered: &mut Answered<'a>, filling: &'a Filling, name: String) {
        let index = filling.target.at.split('/').find_map(|part| part.parse().ok());
        match self.files.find(&name) {
            Ok(bytes) => {
                index.map(|index: usize| answered.files.insert(index, (filling, name, bytes)));
            }
            Err((cause, cure)) => answered.fault(Some(&filling.heading), cause, cure),
        }
    }

    /// An id for the event: of the case, the event, and a hash of all that the row says.
    fn made_id(&self, answered: &Answered<'_>) -> String {
        let mut says: Vec<(String, String)> = answered
            .said
            .iter()
            .map(|(filling, text)| (filling.target.at.clone(), text.clone()))
            .chain(answered.files.iter().map(|(index, (_, name, bytes))| {
                (format!("{ATTACHMENTS}/{index}"), format!("{name} {}", Sha256::of(bytes)))
            }))
            .collect();
        says.sort();
        let hash = Sha256::of(json!(says).to_string().as_bytes()).to_string();
        let plain = |text: &str| -> String {
            let letters = text.to_lowercase().replace(['/', '_'], "-");
            letters.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
        };
        let case = answered.case.as_ref().map(|case| plain(case.as_str())).unwrap_or_default();
        let word =
            EventName::WORDS.iter().find(|(_, event)| *event == self.event).map_or("", |(word, _)| *word);
        let event: String = plain(word).chars().take(EVENT_LETTERS).collect();
        let hash: String = hash.chars().take(HASH_DIGITS).collect();
        // Where the row names no case, that is told; an id that begins with a hyphen would be a second fault, of no column.
        let parts = [case.as_str(), event.trim_end_matches('-'), hash.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
    }

    /// Fills a row into the form of its event, with what was on record of its case before it.
    pub(super) fn fill(&self, answered: &Answered<'_>, on_file: &OnFile, owner: u32) -> Filled {
        let known = Known { desk: self.desk, on_file };
        let mut form = match &answered.case {
            Some(case) => Form::begin(self.event, self.preparer, case, known),
            None => {
                let bare = json!({ "event": { "type": self.event } }).to_string();
                match Form::of_file(bare.as_bytes(), self.preparer, known) {
                    Some(form) => form,
                    None => return Filled::of(answered.faults.clone()),
                }
            }
        };
        let mut faults = answered.faults.clone();
        let attached = answered.attach(&mut form, known, &mut faults);
        let fields = answered.fields(&form);
        let one = |name: &str, value: &str| [(name.to_owned(), value.to_owned())];
        if answered.said.iter().any(|(filling, _)| ASIDE_FIELDS.contains(&filling.target.name.as_str())) {
            form.take(&one(&name_of(ASIDE_AT), "yes"), known);
        }
        form.take(&one("event_id", &answered.event_id), known);
        for _ in 0..ROUNDS {
            answered.entries(&mut form, known);
            form.take(&fields, known);
        }
        let bytes = form.bytes();
        answered.without_place(&form, &mut faults);
        // What a cell that was refused would have said is missing: that is told already.
        let told: Vec<Option<String>> = faults.iter().map(|fault| fault.column.clone()).collect();
        let found = form
            .faults()
            .iter()
            .map(|fault| self.columns.placed(self.event, answered.row, fault))
            .collect::<Vec<_>>();
        faults.extend(
            found.into_iter().filter(|fault| fault.column.is_none() || !told.contains(&fault.column)),
        );
        let mut file = LocalCase::in_memory(&form.file_name(), bytes.clone(), attached);
        file.owner = owner;
        Filled { file, bytes, faults }
    }
}

impl Columns {
    /// A fault of a case file, at the column where it can be mended.
    pub(super) fn placed(&self, event: EventName, row: u32, fault: &Fault) -> RowFault {
        let filling = self.heading_of(&fault.at);
        let field = field_at(event, &fault.at);
        let (cause, cure) = match (fault.code, field.map(|field| field.sort)) {
            ("field.missing", _) => {
                let words = field.map(|field| field.ask).unwrap_or_default();
                (format!("this is missing: {words}"), "fill it in".to_owned())
            }
            ("field.type", Some(Sort::Object(_))) => (fault.cause.clone(), "write yes or no".to_owned()),
            _ => (fault.cause.clone(), fault.cure.clone()),
        };
        let named = || fault.at.starts_with('/').then(|| name_of(&fault.at));
        let (column, cure) = match filling {
            Some(filling) => (Some(filling.heading.clone()), cure),
            None if fault.code == "field.missing" => {
                let name = name_of(&fault.at);
                let cure = format!("add a column with the heading {name}, and fill it in");
                (Some(name), cure)
            }
            None => (named(), cure),
        };
        RowFault { row: Some(row), column, cause, cure }
    }
}

impl Filled {
    fn of(faults: Vec<RowFault>) -> Filled {
        Filled { file: LocalCase::in_memory("row", Vec::new(), Vec::new()), bytes: Vec::new(), faults }
    }
}

impl Answered<'_> {
    fn word(&self, at: &str) -> Option<&str> {
        self.said.iter().find(|(filling, _)| filling.target.at == at).map(|(_, text)| text.as_str())
    }

    fn fault(&mut self, column: Option<&str>, cause: String, cure: String) {
        self.faults.push(RowFault { row: Some(self.row), column: column.map(str::to_owned), cause, cure });
    }

    /// The event's own id as the ledger knows it.
    pub(super) fn id(&self) -> Option<EventId> {
        self.event_id.parse().ok()
    }

    /// Lists the files of the row as attachments, without gaps, in the order of their columns.
    fn attach(&self, form: &mut Form, known: Known<'_>, faults: &mut Vec<RowFault>) -> Vec<AttachedFile> {
        let mut attached = Vec::new();
        for (filling, name, bytes) in self.files.values() {
            match form.attach(name, bytes, known) {
                Ok(found) => attached.push(AttachedFile { file: found.name, bytes: (*bytes).clone() }),
                Err(why) => faults.push(RowFault {
                    row: Some(self.row),
                    column: Some(filling.heading.clone()),
                    cause: why,
                    cure: "give another file".to_owned(),
                }),
            }
        }
        attached
    }

    /// What is posted into the form: the answers of the row, and a yes to each thing of which it says more.
    fn fields(&self, form: &Form) -> Vec<(String, String)> {
        let mut fields: BTreeMap<String, String> = BTreeMap::new();
        for (filling, text) in &self.said {
            let Some(at) = self.place(&filling.target.at) else { continue };
            let mut above = at.as_str();
            while let Some((upper, _)) = above.rsplit_once('/').filter(|(upper, _)| !upper.is_empty()) {
                let is_object = field_at(form.event(), upper)
                    .is_some_and(|field| matches!(field.sort, Sort::Object(_)) && field.optional);
                if is_object {
                    fields.entry(name_of(upper)).or_insert_with(|| "yes".to_owned());
                }
                above = upper;
            }
            fields.insert(name_of(&at), text.clone());
        }
        fields.into_iter().collect()
    }

    /// The pointer of an answer in the form: files that are not there leave no gap in the list of attachments.
    fn place(&self, at: &str) -> Option<String> {
        let Some(rest) = at.strip_prefix(ATTACHMENTS).and_then(|rest| rest.strip_prefix('/')) else {
            return Some(at.to_owned());
        };
        let (index, field) = rest.split_once('/')?;
        let index: usize = index.parse().ok()?;
        let place = self.files.keys().position(|one| *one == index)?;
        Some(format!("{ATTACHMENTS}/{place}/{field}"))
    }

    /// Adds the entries of lists of which the row says something.
    fn entries(&self, form: &mut Form, known: Known<'_>) {
        for (filling, _) in &self.said {
            let at = filling.target.at.as_str();
            if at.starts_with(ATTACHMENTS) {
                continue;
            }
            let number = at.split('/').find_map(|part| part.parse::<usize>().ok());
            let Some(number) = number else { continue };
            let Some((list, _)) = at.split_once(&format!("/{number}/")) else { continue };
            while form.answers().count(list) <= number {
                let before = form.answers().count(list);
                form.add(list, known);
                if form.answers().count(list) == before {
                    break;
                }
            }
        }
    }

    /// Adds a fault for each answer that the form does not take.
    fn without_place(&self, form: &Form, faults: &mut Vec<RowFault>) {
        for (filling, text) in &self.said {
            let at = self.place(&filling.target.at);
            let taken = match &at {
                None => false,
                Some(at) if filling.target.is_gate && text == "no" => {
                    !form.answers().get(at).is_some_and(Value::is_object)
                }
                Some(at) => form.answers().get(at).is_some(),
            };
            if !taken {
                let (cause, cure) = match at {
                    None => (
                        "this is about an attachment, and the row names no file for it",
                        "name the file, or leave this empty",
                    ),
                    Some(_) => (
                        "by the other answers of the row, nothing asks for this",
                        "leave it empty, or correct the others",
                    ),
                };
                faults.push(RowFault {
                    row: Some(self.row),
                    column: Some(filling.heading.clone()),
                    cause: cause.to_owned(),
                    cure: cure.to_owned(),
                });
            }
        }
    }
}
