//! Enters: the list of events. Leaves: the event of a case file as a type, and what the program asks of every event.
//! Never: distinguishes one event from another: each has its own file.

use crate::attachments::{AttachmentKind, Due};
use crate::case_state::CaseState;
use crate::fields::check::Checker;
use crate::fields::json::Node;
use crate::fields::reader::{choice, fields_of, read_table, unknown};
use crate::fields::{Field, FieldValue, Location, Reader, Record, Sort, filled};
use crate::history::PastEvent;
use crate::packs::pack::Standard;
use crate::people::Contact;
use crate::places::Place;
use crate::plan::builder::PlanBuilder;
use chrono::NaiveDate;
use despatch_core::words::date_words;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

mod report;

pub use appointment_confirmed::{BookedFact, Gender, Interpreter, InterpreterMode};
pub use assessment_outcome::{Outcome, OutcomeFact, Rebooking};
pub use external_report_received::ReportFact;
pub use guidance_given::About;
pub use left_detention::{Departure, DepartureFact};
pub use letter_served::ServiceFact;
pub use referral_received::ReferralFact;
pub use removal_failed::{FailedRemovalFact, RemovalFailure};
pub use removal_set::RemovalFact;
pub use report::{Level, Method, Report};
pub use response_decided::{
    Agreement, Authority, Decision, DecisionFact, MAX_STANDARDS, Met, Official, SecondOpinion,
    StandardFinding,
};
pub use response_received::{Answer, Respondent, ResponseFact};
pub use second_opinion_received::{OpinionFact, OpinionMethod};
pub use transferred::TransferFact;

/// A free text, with its description.
pub type FreeText = (&'static str, String);

/// What one event records: only closed words, dates and ids, because the ledger keeps it.
pub trait EventFact {
    /// Returns the day on which it happened.
    fn happened_on(&self) -> NaiveDate;

    /// Returns a one-line summary, given the event's label and its day in words.
    fn summary(&self, what: &str, on: &str) -> String {
        format!("{what} on {on}")
    }
}

/// The fact of most events, which record only the day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Day {
    pub on: NaiveDate,
}

impl EventFact for Day {
    fn happened_on(&self) -> NaiveDate {
        self.on
    }
}

/// Everything the program knows about one kind of event.
pub trait CaseEvent: Record {
    /// What is recorded of it.
    type Fact: EventFact;
    /// What happened, in words.
    const LABEL: &'static str;
    /// The attachments it takes; of the kinds not named, none or any.
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] = &[];

    /// Adds the contradictions within the file that the table of fields cannot express.
    fn check(_: &mut Checker<'_, '_>) {}

    /// Returns the free texts.
    fn free_texts(&self) -> Vec<FreeText> {
        Vec::new()
    }

    /// Returns the contracted doctor whom it names.
    fn doctor(&self) -> Option<&Contact> {
        None
    }

    /// Returns the confirmed appointment, if the event holds it.
    fn appointment(&self) -> Option<&AppointmentConfirmed> {
        None
    }

    /// Determines what contradicts the record or is impossible, and what the event requires. `None` if nothing
    /// meaningful could be recorded, with a fault that says why.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Self::Fact>;

    /// Applies the fact to the state of its case.
    fn apply(_: &Self::Fact, _: &PastEvent, _: &mut CaseState) {}

    /// Returns an object of template data to add to its fields, or to override shared data of the same name.
    fn given_besides(&self, _: &Known<'_>) -> Value {
        Value::Null
    }
}

/// What the rules and the pack determine about an event, for its letters.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub outcome: &'a crate::plan::Outcome,
    pub standards: &'a [Standard],
    /// The person's place before a transfer.
    pub from: Option<&'a Place>,
}

/// The static description of a kind of event.
pub struct EventTable {
    /// Its fields.
    pub fields: &'static [Field],
    /// What happened, in words.
    pub label: &'static str,
    /// The attachments it takes.
    pub attachments: &'static [(AttachmentKind, Due)],
    pub(crate) check: fn(&mut Checker<'_, '_>),
}

impl EventTable {
    fn of<E: CaseEvent>() -> EventTable {
        EventTable { fields: E::FIELDS, label: E::LABEL, attachments: E::ATTACHMENTS, check: E::check }
    }
}

/// The fields that precede those of an event.
pub const HEAD: &[Field] = &[Field { name: "type", sort: Sort::Line, ..filled("Which event it is") }];

/// Declares each event by the name of its file, which is also its word in a case file.
macro_rules! events {
    ($($word:ident: $event:ident;)*) => {
        $(mod $word; pub use $word::$event;)*

        /// What happened.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(clippy::large_enum_variant, reason = "a case has one event, and few cases are in memory")]
        pub enum Event {
            $($event($event),)*
        }

        /// The kind of an event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum EventName {
            $($event,)*
        }

        /// What happened, without anything personal.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "event", rename_all = "snake_case")]
        #[allow(clippy::large_enum_variant, reason = "a case has few events, and one that is booked is usual")]
        pub enum Fact {
            $($event(<$event as CaseEvent>::Fact),)*
        }

        impl Fact {
            /// Returns the kind of the event.
            pub fn name(&self) -> EventName {
                match self { $(Fact::$event(_) => EventName::$event,)* }
            }

            /// Applies the fact to the state of its case.
            pub(crate) fn apply(&self, past: &PastEvent, state: &mut CaseState) {
                match self { $(Fact::$event(fact) => $event::apply(fact, past, state),)* }
            }

            fn inner(&self) -> &dyn EventFact {
                match self { $(Fact::$event(fact) => fact,)* }
            }
        }

        impl EventName {
            /// Every event with its word in a case file.
            pub const WORDS: &'static [(&'static str, EventName)] = &[$((stringify!($word), EventName::$event)),*];

            /// Returns its static description.
            pub fn table(self) -> EventTable {
                match self { $(EventName::$event => EventTable::of::<$event>(),)* }
            }
        }

        impl Event {
            /// Returns the kind of the event.
            pub fn name(&self) -> EventName {
                match self { $(Event::$event(_) => EventName::$event,)* }
            }

            fn read_fields(name: EventName, reader: &mut Reader<'_, '_>) -> Option<Event> {
                match name { $(EventName::$event => $event::read_fields(reader).map(Event::$event),)* }
            }

            /// Plans what the event requires, given the record, and returns what is recorded of it.
            pub(crate) fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Fact> {
                match self { $(Event::$event(event) => event.decide(plan).map(Fact::$event),)* }
            }

            /// Returns the free texts, each with its description.
            pub(crate) fn free_texts(&self) -> Vec<FreeText> {
                match self { $(Event::$event(event) => event.free_texts(),)* }
            }

            fn given_fields(&self) -> Map<String, Value> {
                match self { $(Event::$event(event) => event.given(),)* }
            }

            fn given_besides(&self, known: &Known<'_>) -> Value {
                match self { $(Event::$event(event) => event.given_besides(known),)* }
            }

            /// Returns the confirmed appointment, if the event holds it.
            pub fn appointment(&self) -> Option<&AppointmentConfirmed> {
                match self { $(Event::$event(event) => event.appointment(),)* }
            }

            /// Returns the contracted doctor whom the event names.
            pub fn doctor(&self) -> Option<&Contact> {
                match self { $(Event::$event(event) => event.doctor(),)* }
            }
        }
    };
}

events! {
    external_report_received: ExternalReportReceived;
    referral_received: ReferralReceived;
    no_doctor_available: NoDoctorAvailable;
    appointment_confirmed: AppointmentConfirmed;
    letter_served: LetterServed;
    service_failed: ServiceFailed;
    guidance_given: GuidanceGiven;
    response_received: ResponseReceived;
    no_response: NoResponse;
    records_received: RecordsReceived;
    assessment_outcome: AssessmentOutcome;
    concerns_raised: ConcernsRaised;
    second_opinion_received: SecondOpinionReceived;
    transferred: Transferred;
    release_decided: ReleaseDecided;
    removal_set: RemovalSet;
    left_detention: LeftDetention;
    removal_failed: RemovalFailed;
    representative_changed: RepresentativeChanged;
    died: Died;
    response_decided: ResponseDecided;
}

impl Event {
    /// Returns the template data of the event: its fields, those `shared` by all events, and its own additions.
    pub fn given(&self, known: &Known<'_>, shared: Map<String, Value>) -> Map<String, Value> {
        let mut given = self.given_fields();
        given.extend(shared);
        if let Value::Object(besides) = self.given_besides(known) {
            given.extend(besides);
        }
        given
    }
}

impl Fact {
    /// Returns the day on which it happened.
    pub fn happened_on(&self) -> NaiveDate {
        self.inner().happened_on()
    }

    /// Returns a one-line summary with the dates.
    pub fn summary(&self) -> String {
        self.inner().summary(self.name().label(), &date_words(self.happened_on()))
    }
}

impl EventName {
    /// Returns the event with this word.
    pub fn of_word(word: &str) -> Option<EventName> {
        EventName::WORDS.iter().find(|(known, _)| *known == word).map(|(_, name)| *name)
    }

    /// Returns the event in words, for people.
    pub fn label(self) -> &'static str {
        self.table().label
    }
}

impl FieldValue for EventName {
    const SORT: Sort = Sort::Line;

    fn read(location: &mut Location<'_>, node: &Node, _: usize) -> Option<Self> {
        choice(location, node, EventName::WORDS)
    }

    fn data(&self) -> Value {
        json!(self)
    }
}

impl FieldValue for Event {
    const SORT: Sort = Sort::Event;

    fn read(location: &mut Location<'_>, node: &Node, _: usize) -> Option<Self> {
        let given = fields_of(location, node)?;
        // If the event is unknown, so are its fields.
        let name: EventName = read_table(location, given, HEAD, |reader| reader.next())?;
        let table = name.table().fields;
        let event = read_table(location, given, table, |reader| Event::read_fields(name, reader));
        unknown(location, given, &[HEAD, table]);
        event
    }

    fn data(&self) -> Value {
        self.given_fields().into()
    }
}
