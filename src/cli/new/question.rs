//! Enters: nothing by itself. Leaves: the words by which questions are written down: one question, when it is asked,
//! what sort of answer it takes. Never: asks one, or knows an event.

use despatch_core::words::Role;
use despatch_process::case::GRADES;

/// One question, and the field that its answer fills.
#[derive(Debug)]
pub struct Question {
    /// The field's name in the object that it stands in.
    pub at: &'static str,
    /// The question, for people.
    pub ask: &'static str,
    pub sort: Sort,
    pub due: Due,
}

/// When a question is asked, and whether it must be answered.
#[derive(Debug, Clone, Copy)]
pub enum Due {
    Must,
    May,
    /// Asked only then, and must be answered.
    MustIf(When),
    /// Asked only then, and may be left out.
    MayIf(When),
    /// Must be answered then; else it may be left out.
    MustElseMay(When),
}

/// What an earlier answer says. A name that begins with `/` is a pointer into the whole file; another is a field of
/// the same object.
#[derive(Debug, Clone, Copy)]
pub enum When {
    Is(&'static str, &'static [&'static str]),
    There(&'static str),
    Absent(&'static str),
}

/// A word of a case file, and its words for people.
pub type Words = Vec<(&'static str, &'static str)>;

/// What sort of answer it takes.
#[derive(Debug)]
pub enum Sort {
    /// One line of text, an id or a reference.
    Line,
    /// The id of this event: one is proposed.
    EventId,
    /// Several lines, ended by a line with a single dot.
    Prose,
    Date,
    Time,
    Flag,
    /// One of a closed list, shown numbered.
    Choice(fn() -> Words),
    /// An entry of the directory, of one role.
    Entry(Role),
    /// A place of detention that the office knows.
    Place,
    /// A standard for external medical reports, of the policy pack.
    Standard,
    /// The path of a PDF: it fills the name, the size and the SHA-256.
    File,
    /// The kind of an attachment: one that the event may have.
    Kind,
    /// An object; where it may be left out, its question is yes or no.
    Group(&'static [Question]),
    /// Fields of the same object, asked for only after a yes.
    Aside(&'static [Question]),
    /// A list of objects; it ends where its first field is left out.
    List(&'static [Question]),
}

pub(super) const fn must(at: &'static str, ask: &'static str, sort: Sort) -> Question {
    Question { at, ask, sort, due: Due::Must }
}

pub(super) const fn may(at: &'static str, ask: &'static str, sort: Sort) -> Question {
    Question { at, ask, sort, due: Due::May }
}

pub(super) const fn when(due: Due, at: &'static str, ask: &'static str, sort: Sort) -> Question {
    Question { at, ask, sort, due }
}

pub(super) fn closed<T: Copy>(list: &[(&'static str, T)], words: impl Fn(T) -> &'static str) -> Words {
    list.iter().map(|(word, value)| (*word, words(*value))).collect()
}

pub(super) const REFERENCE: Question =
    may("reference", "The reference by which they know the case", Sort::Line);

pub(super) const GRADE: Question = must("grade", "Their grade", Sort::Choice(grades));

fn grades() -> Words {
    GRADES.iter().map(|(word, _)| (*word, *word)).collect()
}
