//! Enters: an event as a value. Leaves: its stored form, and back again.
//! Never: an event outside these lists, or a value of the detained person.

mod batches;
mod casework;
mod config;
mod despatches;
mod directory;
mod office;
mod packs;
mod retention;
mod submissions;
mod users;

pub use batches::{BatchEvent, ListedRow};
pub use casework::{CaseworkEvent, CoverEvent, CoverKind, SearchEvent, SearchedBy};
pub use config::{ConfigEvent, ConfigPath};
pub use despatches::{DespatchEvent, HoldCause, Regenerated, Viewing};
pub use directory::EntryEvent;
pub use office::{IncidentEvent, LimitStep, OfficeEvent, ReviewKeyEvent, Tail, TriedFile};
pub use packs::PackEvent;
pub use retention::{
    AuthorityEvent, DropEvent, Erased, ExportEvent, InboxEvent, Purged, RemovedFile, RetentionEvent,
};
pub use submissions::{Queued, SubmissionEvent};
pub use users::{SignInWay, UserEvent};

use crate::ids::{DespatchId, IncidentId};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Europe::London;
use despatch_core::words::{BatchName, CaseId, EntryId, PackId, Sha256, StaffId};
use despatch_directory::entry::Entry;
use serde::de::DeserializeOwned;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// The version of the stored form of these events; each row and its hash include it.
pub const VERSION: i64 = 1;

/// Declares the events of one subject, each with the code that the ledger and `--json` use. Code and detail lie in columns
/// of their own; serde sees them as `{code: detail}`, for which it needs no second reader of each detail, as it would for
/// two named fields whose order it does not know.
macro_rules! events {
    ($(#[$meta:meta])* pub enum $name:ident {
        $( $(#[$vmeta:meta])* $code:literal $variant:ident $( ( $($tuple:tt)* ) )? $( { $($body:tt)* } )? , )*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub enum $name {
            $( $(#[$vmeta])* #[serde(rename = $code)] $variant $( ( $($tuple)* ) )? $( { $($body)* } )? , )*
        }
        impl $name {
            /// Returns the code of the event.
            pub fn code(&self) -> &'static str {
                match self { $( Self::$variant { .. } => $code, )* }
            }
        }
    };
}
use events;

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A case file taken from the inbox.
    Submission(i64),
    Despatch(DespatchId),
    Entry(EntryId),
    Pack(PackId),
    /// The retention of a case.
    Retention(CaseId),
    /// The authorities of representatives for a case.
    Authority(CaseId),
    /// The exported record of a case.
    Record(CaseId),
    Incident(IncidentId),
    /// The office's review key.
    ReviewKey,
    Office,
    /// The rejected case files.
    Rejected,
    /// The case file with these bytes, as it was dropped through the service.
    Dropped(Sha256),
    /// One of the office's own files of rules and templates.
    Config(ConfigPath),
    /// Who works on a case, and who may see it.
    Casework(CaseId),
    /// Who works in somebody's place.
    Cover(StaffId),
    /// The searches among the cases.
    Search,
    /// The account of a member of staff for the pages.
    User(StaffId),
    /// The case files that were made of one sheet.
    Batch(BatchName),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // A case id may look like a despatch id, so it is always prefixed.
            Self::Submission(number) => write!(f, "case {number}"),
            Self::Despatch(id) => id.fmt(f),
            Self::Entry(id) => write!(f, "entry {id}"),
            Self::Pack(id) => write!(f, "pack {id}"),
            Self::Retention(case) => write!(f, "retention {case}"),
            Self::Authority(case) => write!(f, "authority {case}"),
            Self::Record(case) => write!(f, "record {case}"),
            Self::Incident(number) => write!(f, "incident {number}"),
            Self::ReviewKey => f.write_str("review key"),
            Self::Office => f.write_str("office"),
            Self::Rejected => f.write_str("rejected"),
            Self::Dropped(file) => write!(f, "dropped {file}"),
            Self::Config(path) => write!(f, "config {path}"),
            Self::Casework(case) => write!(f, "casework {case}"),
            Self::Cover(staff) => write!(f, "cover {staff}"),
            Self::Search => f.write_str("search"),
            Self::User(id) => write!(f, "user {id}"),
            Self::Batch(name) => write!(f, "batch {name}"),
        }
    }
}

impl FromStr for Subject {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = match text.split_once(' ') {
            Some(("case", number)) => number.parse().ok().map(Self::Submission),
            Some(("entry", id)) => id.parse().ok().map(Self::Entry),
            Some(("pack", id)) => id.parse().ok().map(Self::Pack),
            Some(("retention", case)) => case.parse().ok().map(Self::Retention),
            Some(("authority", case)) => case.parse().ok().map(Self::Authority),
            Some(("record", case)) => case.parse().ok().map(Self::Record),
            Some(("incident", number)) => number.parse().ok().map(Self::Incident),
            Some(("config", path)) => path.parse().ok().map(Self::Config),
            Some(("casework", case)) => case.parse().ok().map(Self::Casework),
            Some(("cover", staff)) => staff.parse().ok().map(Self::Cover),
            Some(("user", id)) => id.parse().ok().map(Self::User),
            Some(("batch", name)) => name.parse().ok().map(Self::Batch),
            Some(("dropped", file)) => file.parse().ok().map(Self::Dropped),
            Some(("review", "key")) => Some(Self::ReviewKey),
            Some(_) => None,
            None if text == "office" => Some(Self::Office),
            None if text == "rejected" => Some(Self::Rejected),
            None if text == "search" => Some(Self::Search),
            None => text.parse().ok().map(Self::Despatch),
        };
        known.ok_or_else(|| format!("{text} is not the subject of any event"))
    }
}

/// An event with its subject.
#[derive(Debug, Clone, PartialEq)]
pub enum LedgerEvent {
    Submission(i64, SubmissionEvent),
    Despatch(DespatchId, DespatchEvent),
    Entry(EntryId, EntryEvent),
    Pack(PackId, PackEvent),
    Retention(CaseId, RetentionEvent),
    Authority(CaseId, AuthorityEvent),
    Record(CaseId, ExportEvent),
    Incident(IncidentId, IncidentEvent),
    ReviewKey(ReviewKeyEvent),
    Office(OfficeEvent),
    Rejected(InboxEvent),
    Dropped(Sha256, DropEvent),
    Config(ConfigPath, ConfigEvent),
    Casework(CaseId, CaseworkEvent),
    Cover(StaffId, CoverEvent),
    Search(SearchEvent),
    User(StaffId, UserEvent),
    Batch(BatchName, BatchEvent),
}

/// Applies the same expression to the event of any subject.
macro_rules! each {
    ($event:expr, $inner:ident => $do:expr) => {
        match $event {
            LedgerEvent::Submission(_, $inner) => $do,
            LedgerEvent::Despatch(_, $inner) => $do,
            LedgerEvent::Entry(_, $inner) => $do,
            LedgerEvent::Pack(_, $inner) => $do,
            LedgerEvent::Retention(_, $inner) => $do,
            LedgerEvent::Authority(_, $inner) => $do,
            LedgerEvent::Record(_, $inner) => $do,
            LedgerEvent::Incident(_, $inner) => $do,
            LedgerEvent::ReviewKey($inner) => $do,
            LedgerEvent::Office($inner) => $do,
            LedgerEvent::Rejected($inner) => $do,
            LedgerEvent::Dropped(_, $inner) => $do,
            LedgerEvent::Config(_, $inner) => $do,
            LedgerEvent::Casework(_, $inner) => $do,
            LedgerEvent::Cover(_, $inner) => $do,
            LedgerEvent::Search($inner) => $do,
            LedgerEvent::User(_, $inner) => $do,
            LedgerEvent::Batch(_, $inner) => $do,
        }
    };
}

impl LedgerEvent {
    /// Returns the subject of the event.
    pub fn subject(&self) -> Subject {
        match self {
            Self::Submission(number, _) => Subject::Submission(*number),
            Self::Despatch(id, _) => Subject::Despatch(*id),
            Self::Entry(id, _) => Subject::Entry(id.clone()),
            Self::Pack(id, _) => Subject::Pack(id.clone()),
            Self::Retention(case, _) => Subject::Retention(case.clone()),
            Self::Authority(case, _) => Subject::Authority(case.clone()),
            Self::Record(case, _) => Subject::Record(case.clone()),
            Self::Incident(number, _) => Subject::Incident(*number),
            Self::ReviewKey(_) => Subject::ReviewKey,
            Self::Office(_) => Subject::Office,
            Self::Rejected(_) => Subject::Rejected,
            Self::Dropped(file, _) => Subject::Dropped(*file),
            Self::Config(path, _) => Subject::Config(path.clone()),
            Self::Casework(case, _) => Subject::Casework(case.clone()),
            Self::Cover(staff, _) => Subject::Cover(staff.clone()),
            Self::Search(_) => Subject::Search,
            Self::User(id, _) => Subject::User(id.clone()),
            Self::Batch(name, _) => Subject::Batch(name.clone()),
        }
    }

    /// Returns the code of the event, such as `approved`.
    pub fn code(&self) -> &'static str {
        each!(self, event => event.code())
    }

    /// Returns the label that people read.
    pub fn label(&self) -> String {
        match self {
            // The state in which a despatch was made says more than "made".
            Self::Despatch(_, DespatchEvent::Made(despatch)) => despatch.state.label().to_owned(),
            other => other.code().replace('_', " "),
        }
    }

    /// Returns the detail as JSON; null if the code says everything.
    ///
    /// # Errors
    /// The event cannot be serialised.
    pub fn detail(&self) -> serde_json::Result<Value> {
        let mut whole = each!(self, event => serde_json::to_value(event))?;
        // A code without detail is a text by itself.
        Ok(whole.get_mut(self.code()).map(Value::take).unwrap_or_default())
    }

    /// Parses the event of a stored row.
    ///
    /// # Errors
    /// There is no such event; the message says why.
    pub fn read(subject: &str, what: &str, detail: &str) -> Result<Self, String> {
        fn inner<T: DeserializeOwned>(what: &str, detail: &str) -> Result<T, String> {
            let what = Value::from(what);
            serde_json::from_str(&format!("{{{what}:{detail}}}"))
                .map_err(|error| format!("what happened cannot be read: {error}"))
        }
        Ok(match subject.parse()? {
            Subject::Submission(number) => Self::Submission(number, inner(what, detail)?),
            Subject::Despatch(id) => Self::Despatch(id, inner(what, detail)?),
            Subject::Entry(id) => Self::Entry(id, inner(what, detail)?),
            Subject::Pack(id) => Self::Pack(id, inner(what, detail)?),
            Subject::Retention(case) => Self::Retention(case, inner(what, detail)?),
            Subject::Authority(case) => Self::Authority(case, inner(what, detail)?),
            Subject::Record(case) => Self::Record(case, inner(what, detail)?),
            Subject::Incident(number) => Self::Incident(number, inner(what, detail)?),
            Subject::ReviewKey => Self::ReviewKey(inner(what, detail)?),
            Subject::Office => Self::Office(inner(what, detail)?),
            Subject::Rejected => Self::Rejected(inner(what, detail)?),
            Subject::Dropped(file) => Self::Dropped(file, inner(what, detail)?),
            Subject::Config(path) => Self::Config(path, inner(what, detail)?),
            Subject::Casework(case) => Self::Casework(case, inner(what, detail)?),
            Subject::Cover(staff) => Self::Cover(staff, inner(what, detail)?),
            Subject::Search => Self::Search(inner(what, detail)?),
            Subject::User(id) => Self::User(id, inner(what, detail)?),
            Subject::Batch(name) => Self::Batch(name, inner(what, detail)?),
        })
    }

    /// Returns the directory entry after this event, if it changes one.
    pub fn entry(&self) -> Option<&Entry> {
        match self {
            Self::Entry(_, event) => event.entry(),
            _ => None,
        }
    }
}

/// One recorded event: when, by whom, and what.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its position in the record, counted from 1.
    pub seq: i64,
    /// In whole milliseconds, as recorded.
    pub at: DateTime<Utc>,
    /// A member of staff, or the component of despatch that acts by itself.
    pub actor: String,
    pub happened: LedgerEvent,
}

impl Event {
    /// Returns the subject as recorded: `case 17`, or a despatch's id.
    pub fn subject(&self) -> String {
        self.happened.subject().to_string()
    }

    /// Returns the code of the event.
    pub fn code(&self) -> &'static str {
        self.happened.code()
    }

    /// Returns the label that people read.
    pub fn label(&self) -> String {
        self.happened.label()
    }

    /// Returns the detail as JSON.
    pub fn detail(&self) -> Value {
        self.happened.detail().unwrap_or_default()
    }

    /// Returns the day in Europe/London.
    pub fn day(&self) -> NaiveDate {
        self.at.with_timezone(&London).date_naive()
    }

    /// Returns the time as recorded.
    pub fn at_text(&self) -> String {
        at_text(self.at)
    }
}

/// Formats a time as recorded.
pub(crate) fn at_text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut event = serializer.serialize_struct("Event", 6)?;
        event.serialize_field("seq", &self.seq)?;
        event.serialize_field("at", &self.at_text())?;
        event.serialize_field("actor", &self.actor)?;
        event.serialize_field("subject", &self.subject())?;
        event.serialize_field("what", self.code())?;
        let mut detail = self.happened.detail().map_err(serde::ser::Error::custom)?;
        // As `Entry::shown`: this form is for people.
        if let Some(test_message) = detail.pointer_mut("/entry/test_message").and_then(Value::as_object_mut) {
            test_message.remove("answer");
        }
        event.serialize_field("detail", &detail)?;
        event.end()
    }
}
