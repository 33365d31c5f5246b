//! Enters: a form. Leaves: its inputs in order: for each its name, its words, its kind with its bounds and choices, and
//! what is answered already. Never: knows how a page draws them.

use super::desk::Options;
use super::form::{ATTACHMENTS, Form, Known};
use super::questions::{ASIDE_AT, names};
use super::walk::Asked;
use despatch_core::typed;
use despatch_core::words::capital;
use despatch_process::case;
use despatch_process::detention::{LondonTime, Stage};
use despatch_process::fields::prose::MAX_PROSE;
use despatch_process::fields::{Names, Sort};
use serde_json::Value;

/// The name of the input that asks whether the file corrects another one.
const ASIDE_NAME: &str = "aside";
/// The longest text that is written in one line.
const ONE_LINE: usize = 200;

/// The monthly reviews that a form lists: five years of them.
const MONTHS_LISTED: u32 = 65;

/// One question of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its pointer in the case file.
    pub at: String,
    /// The name of its form field: `person.name`.
    pub name: String,
    /// The part of the form to which it belongs.
    pub section: String,
    /// What its object is, within the part; empty for the part itself.
    pub group: String,
    /// The question.
    pub label: &'static str,
    /// What helps to answer it.
    pub help: String,
    /// What kind of answer it takes.
    pub kind: Kind,
    /// Whether it must be answered.
    pub needed: bool,
    /// The answer so far, as somebody types it.
    pub typed: String,
}

/// The kind of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Text in one line, of so many characters at most.
    Line(usize),
    /// Text in several lines, of so many characters at most.
    Text(usize),
    /// A day; `true` for one that has come.
    Date(bool),
    /// A time of day.
    Time,
    /// A day and a time of day in London.
    Moment,
    /// Yes or no.
    YesNo,
    /// One of a few.
    Choice(Options),
    /// Something that the office knows: an entry of the directory by its role, a place, a standard.
    Known(Options),
    /// Whether there is something to fill in, by yes or no.
    Gate,
    /// A list with so many entries, and so many at most.
    List(usize, usize),
    /// A file that lies with the case.
    File,
}

/// Returns the name of the form field of a pointer.
pub fn name_of(at: &str) -> String {
    if at == ASIDE_AT { ASIDE_NAME.to_owned() } else { at.trim_start_matches('/').replace('/', ".") }
}

/// Returns the pointer that a form field names.
pub fn pointer_of(name: &str) -> String {
    if name == ASIDE_NAME { ASIDE_AT.to_owned() } else { format!("/{}", name.replace('.', "/")) }
}

/// The three parts of a date as it is typed: day, month and year.
pub fn date_parts(typed: &str) -> [String; 3] {
    let mut parts = typed.splitn(3, '-').map(str::to_owned);
    let mut next = || parts.next().unwrap_or_default();
    let (year, month, day) = (next(), next(), next());
    let plain = |part: String| match part.strip_prefix('0') {
        Some(digit) if part.len() == 2 => digit.to_owned(),
        _ => part,
    };
    [plain(day), plain(month), year]
}

/// A date of three typed parts, as a case file writes it; empty if nothing was typed.
pub fn date_of([day, month, year]: [&str; 3]) -> String {
    let [day, month, year] = [day.trim(), month.trim(), year.trim()];
    if [day, month, year].iter().all(|part| part.is_empty()) {
        return String::new();
    }
    let two = |part: &str| if part.len() == 1 { format!("0{part}") } else { part.to_owned() };
    format!("{year}-{}-{}", two(month), two(day))
}

/// The four parts of a moment as it is typed: day, month, year and time.
pub fn moment_parts(typed: &str) -> [String; 4] {
    let (day, clock) = typed.split_once('T').unwrap_or((typed, ""));
    let clock = match typed.parse::<LondonTime>() {
        Ok(at) => at.time().format("%H:%M").to_string(),
        Err(_) => clock.to_owned(),
    };
    let [day, month, year] = date_parts(day);
    [day, month, year, clock]
}

/// A moment of four typed parts, as a case file writes it; empty if nothing was typed. What is no moment in London stays
/// as it was typed.
pub fn moment_of([day, month, year, clock]: [&str; 4]) -> String {
    let (day, clock) = (date_of([day, month, year]), clock.trim());
    if day.is_empty() && clock.is_empty() {
        return String::new();
    }
    let known = day.parse().ok().zip(typed::time(clock));
    let at = known.and_then(|(day, time)| LondonTime::of_clock(day, time));
    at.map_or_else(|| format!("{day}T{clock}"), |at| at.to_string())
}

impl Form {
    /// Returns the inputs of the form, in order.
    pub fn inputs(&self, known: Known<'_>) -> Vec<Input> {
        let asked = self.asked(known).into_iter().filter(|asked| !asked.is_object());
        asked.map(|asked| self.input(asked, known)).collect()
    }

    fn input(&self, asked: Asked, known: Known<'_>) -> Input {
        let questions = self.questions(known);
        let options = questions.options(&asked.at, asked.field);
        let kind = self.kind(&asked, options);
        Input {
            name: name_of(&asked.at),
            section: self.section(&asked.at),
            group: self.group(&asked.at),
            label: questions.question(&asked.at, asked.field),
            help: help(&asked),
            typed: self.typed(&asked, &kind, known),
            kind,
            needed: asked.needed,
            at: asked.at,
        }
    }

    fn kind(&self, asked: &Asked, mut options: Options) -> Kind {
        let field = asked.field;
        if asked.is_gate() {
            return Kind::Gate;
        }
        match field.sort {
            Sort::Prose => Kind::Text(MAX_PROSE),
            Sort::Line if field.most > ONE_LINE => Kind::Text(field.most),
            Sort::Line => Kind::Line(field.most),
            Sort::Date => Kind::Date(field.past),
            Sort::Time => Kind::Time,
            Sort::Flag => Kind::YesNo,
            Sort::Whole => Kind::Line(field.most.to_string().len()),
            Sort::List(_) => Kind::List(self.answers.count(&asked.at), field.most),
            Sort::Choice(all) => {
                // A kind that has no place here any more is shown, so that it can be seen what is wrong with it.
                if let Some(said) = self.answers.word(&asked.at)
                    && !options.iter().any(|(word, _)| *word == said)
                    && let Some((word, words)) = all.iter().find(|(word, _)| *word == said)
                {
                    options.push(((*word).to_owned(), (*words).to_owned()));
                }
                Kind::Choice(options)
            }
            Sort::Pattern(pattern) => match pattern.names {
                Names::Attachment => Kind::File,
                Names::Moment => Kind::Moment,
                Names::Stage => Kind::Known(stages(self.answers.word(&asked.at))),
                Names::Entry | Names::Place | Names::Standard if !options.is_empty() => {
                    // A value that the office does not know is kept until somebody chooses another one.
                    if let Some(said) = self.answers.word(&asked.at).filter(|said| !said.is_empty())
                        && !options.iter().any(|(id, _)| *id == said)
                    {
                        let words = format!("{said} (the office has no such entry)");
                        options.push((said, words));
                    }
                    Kind::Known(options)
                }
                _ => Kind::Line(pattern.length.1),
            },
            Sort::Object(_) | Sort::Event => Kind::Gate,
        }
    }

    /// What is answered, or proposed where nothing is.
    fn typed(&self, asked: &Asked, kind: &Kind, known: Known<'_>) -> String {
        if *kind == Kind::Gate {
            let said = match (self.is_open(&asked.at), self.is_seen(&asked.at)) {
                (true, _) => "yes",
                (false, true) => "no",
                (false, false) => "",
            };
            return said.to_owned();
        }
        match self.answers.get(&asked.at) {
            Some(Value::String(text)) => return text.clone(),
            Some(Value::Bool(flag)) => return if *flag { "yes" } else { "no" }.to_owned(),
            Some(Value::Number(number)) => return number.to_string(),
            _ => {}
        }
        if self.is_seen(&asked.at) {
            return String::new();
        }
        let of_event = || self.answers.word("/event_id");
        match asked.at.as_str() {
            "/event_id" => self.questions(known).free_event_id(&|_| false),
            "/replaces" => of_event().and_then(|id| known.on_file.files.get(&id).cloned()),
            _ => None,
        }
        .unwrap_or_default()
    }

    /// The heading under which a question stands.
    fn section(&self, at: &str) -> String {
        let first = at.split('/').nth(1).unwrap_or_default();
        let said = match first {
            "case_id" | "home_office_reference" => "The case",
            "caseworker" | "manager" | "decision_maker" | "representative" => "Who is written to",
            "event" => return capital(self.event().label()),
            "detention" | "person" | "attachments" => {
                case::fields().iter().find(|field| field.name == first).map_or("", |field| field.ask)
            }
            _ => "This file",
        };
        said.to_owned()
    }

    /// What the object is that a field belongs to, below its section.
    fn group(&self, at: &str) -> String {
        let above = at.rsplit_once('/').map_or("", |(above, _)| above);
        if above.matches('/').count() == 1 && !is_person(above) || above.is_empty() {
            return String::new();
        }
        let number = above.rsplit_once('/').and_then(|(_, last)| last.parse::<usize>().ok());
        let field = case::field_at(self.event(), above);
        let words = field.map_or("", |field| if field.note.is_empty() { field.ask } else { field.note });
        match number {
            Some(number) if above.starts_with(ATTACHMENTS) => format!("Attachment {}", number + 1),
            Some(number) => format!("{words}: {}", number + 1),
            None => words.to_owned(),
        }
    }
}

/// The stages to choose from, with one that was said and is none of them.
fn stages(said: Option<String>) -> Options {
    let mut options: Options =
        Stage::listed(MONTHS_LISTED).map(|stage| (stage.to_string(), capital(&stage.words()))).collect();
    if let Some(said) = said.filter(|said| !said.is_empty())
        && !options.iter().any(|(word, _)| *word == said)
    {
        options.push((said.clone(), said));
    }
    options
}

fn is_person(above: &str) -> bool {
    ["/caseworker", "/manager", "/decision_maker", "/representative"].contains(&above)
}

/// What helps to answer a question: its note, and the form of the answer.
fn help(asked: &Asked) -> String {
    let note = match asked.field.sort {
        // The note describes the object or the file, and is the question of what is in it.
        Sort::Object(_) => "",
        // How a file writes a moment or a stage is nothing to who fills in a form.
        _ if matches!(names(asked.field.sort), Names::Attachment | Names::Moment | Names::Stage) => "",
        _ => asked.field.note,
    };
    let form = match asked.field.sort {
        Sort::Date => "For example, 27 3 2026".to_owned(),
        Sort::Time => "For example, 14:30".to_owned(),
        Sort::Pattern(pattern) if pattern.names == Names::Moment => {
            "The day and the time in London. For example, 27 3 2026 and 14:30".to_owned()
        }
        Sort::Pattern(pattern) if pattern.names == Names::Nothing || pattern.names == Names::Event => {
            capital(pattern.says)
        }
        _ => String::new(),
    };
    match (note.is_empty(), form.is_empty()) {
        (true, _) => form,
        (false, true) => note.to_owned(),
        (false, false) => format!("{note}. {form}"),
    }
}
