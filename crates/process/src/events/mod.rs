//! Enters: the list of what can happen. Leaves: the event of a case file as a type, and what the program asks of any of
//! them. Never: knows one event from another: each has a file of its own.

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

/// A text that somebody wrote in their own words, with what it is.
pub type FreeText = (&'static str, String);

/// What one event puts on record: closed words, dates and ids alone, for the ledger keeps it.
pub trait EventFact {
    /// The day on which it happened.
    fn happened_on(&self) -> NaiveDate;

    /// What happened in one line, given its label and its day in words.
    fn summary(&self, what: &str, on: &str) -> String {
        format!("{what} on {on}")
    }
}

/// Of most events only the day goes on record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Day {
    pub on: NaiveDate,
}

impl EventFact for Day {
    fn happened_on(&self) -> NaiveDate {
        self.on
    }
}

/// What the program knows of one kind of event.
pub trait CaseEvent: Record {
    /// What goes on record of it.
    type Fact: EventFact;
    /// What happened, in words.
    const LABEL: &'static str;
    /// The attachments that it has; of the kinds that are not named, none or any.
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] = &[];

    /// Adds the contradictions within the file that the table of fields cannot say.
    fn check(_: &mut Checker<'_, '_>) {}

    /// What people wrote in their own words.
    fn free_texts(&self) -> Vec<FreeText> {
        Vec::new()
    }

    /// The contracted doctor whom it names.
    fn doctor(&self) -> Option<&Contact> {
        None
    }

    /// The appointment as it was confirmed, where it holds it.
    fn appointment(&self) -> Option<&AppointmentConfirmed> {
        None
    }

    /// What contradicts the record or cannot be, and what the event calls for. `None` where it means nothing that could
    /// go on record, with a fault that says why.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Self::Fact>;

    /// What it changes in the state of its case.
    fn apply(_: &Self::Fact, _: &PastEvent, _: &mut CaseState) {}

    /// What a template is given besides its fields, or in place of what every event has under the same name: an object.
    fn given_besides(&self, _: &Known<'_>) -> Value {
        Value::Null
    }
}

/// What the rules and the pack say of an event, for its letters.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub outcome: &'a crate::plan::Outcome,
    pub standards: &'a [Standard],
    /// Where the person was before a transfer.
    pub from: Option<&'a Place>,
}

/// What is known of an event before one has happened.
pub struct EventTable {
    /// Its fields.
    pub fields: &'static [Field],
    /// What happened, in words.
    pub label: &'static str,
    /// The attachments that it has.
    pub attachments: &'static [(AttachmentKind, Due)],
    pub(crate) check: fn(&mut Checker<'_, '_>),
}

impl EventTable {
    fn of<E: CaseEvent>() -> EventTable {
        EventTable { fields: E::FIELDS, label: E::LABEL, attachments: E::ATTACHMENTS, check: E::check }
    }
}

/// What stands before the fields of an event.
pub const HEAD: &[Field] = &[Field { name: "type", sort: Sort::Line, ..filled("Which event it is") }];

/// Each event by the file in which it is declared, whose name is its word in a case file.
macro_rules! events {
    ($($word:ident: $event:ident;)*) => {
        $(mod $word; pub use $word::$event;)*

        /// What happened.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(clippy::large_enum_variant, reason = "a case has one event, and few cases are in memory")]
        pub enum Event {
            $($event($event),)*
        }

        /// What kind of thing happened: the names of the events.
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
            /// Which event it is.
            pub fn name(&self) -> EventName {
                match self { $(Fact::$event(_) => EventName::$event,)* }
            }

            /// Puts it on top of the state of its case.
            pub(crate) fn apply(&self, past: &PastEvent, state: &mut CaseState) {
                match self { $(Fact::$event(fact) => $event::apply(fact, past, state),)* }
            }

            fn inner(&self) -> &dyn EventFact {
                match self { $(Fact::$event(fact) => fact,)* }
            }
        }

        impl EventName {
            /// Every event with the word that stands for it in a case file.
            pub const WORDS: &'static [(&'static str, EventName)] = &[$((stringify!($word), EventName::$event)),*];

            /// What is known of it before it has happened.
            pub fn table(self) -> EventTable {
                match self { $(EventName::$event => EventTable::of::<$event>(),)* }
            }
        }

        impl Event {
            /// Which event it is.
            pub fn name(&self) -> EventName {
                match self { $(Event::$event(_) => EventName::$event,)* }
            }

            fn read_fields(name: EventName, reader: &mut Reader<'_, '_>) -> Option<Event> {
                match name { $(EventName::$event => $event::read_fields(reader).map(Event::$event),)* }
            }

            /// What it calls for, given what is on record, and what goes on record of it.
            pub(crate) fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Fact> {
                match self { $(Event::$event(event) => event.decide(plan).map(Fact::$event),)* }
            }

            /// What people wrote in their own words, each with what it is.
            pub(crate) fn free_texts(&self) -> Vec<FreeText> {
                match self { $(Event::$event(event) => event.free_texts(),)* }
            }

            fn given_fields(&self) -> Map<String, Value> {
                match self { $(Event::$event(event) => event.given(),)* }
            }

            fn given_besides(&self, known: &Known<'_>) -> Value {
                match self { $(Event::$event(event) => event.given_besides(known),)* }
            }

            /// The appointment as it was confirmed, where the event holds it.
            pub fn appointment(&self) -> Option<&AppointmentConfirmed> {
                match self { $(Event::$event(event) => event.appointment(),)* }
            }

            /// The contracted doctor whom the event names.
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
    /// What a template is given of the event: its fields, `shared` by all events, and what is its own besides.
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
    /// The day on which it happened.
    pub fn happened_on(&self) -> NaiveDate {
        self.inner().happened_on()
    }

    /// What happened, with its dates, in one line.
    pub fn summary(&self) -> String {
        self.inner().summary(self.name().words(), &date_words(self.happened_on()))
    }
}

impl EventName {
    /// The event that this word stands for.
    pub fn of_word(word: &str) -> Option<EventName> {
        EventName::WORDS.iter().find(|(known, _)| *known == word).map(|(_, name)| *name)
    }

    /// The event in words, for people.
    pub fn words(self) -> &'static str {
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
        // Where the event is unknown, so are the names of its fields.
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
