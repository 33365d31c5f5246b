//! Enters: the list of events. Leaves: the event of a case file as a type, what the program asks of every event, and
//! the state of a case after its events.
//! Never: distinguishes one event from another: each has its own file.

use crate::attachments::{AttachmentKind, Due};
use crate::case_state::CaseState;
use crate::deadlines::{Deadline, DeadlineRule};
use crate::fields::check::Checker;
use crate::fields::json::Node;
use crate::fields::reader::{fields_of, read_table, unknown};
use crate::fields::{Field, FieldValue, Location, Reader, Record, Sort, filled};
use crate::history::{History, PastEvent, Recorded};
use crate::packs::pack::Standard;
use crate::pending_effects::PendingEffect;
use crate::people::Contact;
use crate::places::Place;
use crate::plan::builder::PlanBuilder;
use crate::plan::detention_outcome::DetentionOutcome;
use crate::purpose::Purpose;
use despatch_core::words::date_words;
use list::event_list;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

mod authorised;
pub(crate) mod list;
mod report;

pub use crate::detention::facts::{
    ArrivalFact, BeganFact, EndedFact, HourLimitFact, MinisterFact, PanelFact, ReasonsFact,
    ReportDecidedFact, ReportReceivedFact, ReviewFact,
};
pub use crate::facts::{
    AfterCancellation, Answer, BookedFact, CopyFact, CopyOf, Day, Decision, DecisionFact, Departure,
    DepartureFact, Fact, FailedRemovalFact, Level, OpinionFact, OpinionMethod, Outcome, OutcomeFact,
    Rebooking, ReferralFact, RemovalFact, ReportFact, Respondent, ResponseFact, ServiceFact, TransferFact,
    WithdrawalFact,
};
pub use appointment_confirmed::{Gender, Interpreter, InterpreterMode};
pub use authorised::Authorised;
pub use guidance_given::About;
pub use list::{EventName, Family};
pub use removal_failed::RemovalFailure;
pub use report::{Method, Report};
pub use response_decided::{
    Agreement, Authority, MAX_STANDARDS, Met, Official, SecondOpinion, StandardFinding,
};
pub use review_completed::Considered;
pub use vulnerability_evidence::WeighedFactor;

/// A free text, with its description.
pub type FreeText = (&'static str, String);

/// Everything the program knows about one kind of event.
pub trait CaseEvent: Record {
    /// What is recorded of it.
    type Fact;
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

    /// Whether it concerns the invitation that the person has, and so none that a correction sends later.
    const OF_INVITATION: bool = false;

    /// Determines what contradicts the record or is impossible, and what the event requires. `None` if nothing
    /// meaningful could be recorded, with a fault that says why.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Self::Fact>;

    /// Applies the fact to the state of its case.
    fn apply(_: &Self::Fact, _: &PastEvent, _: &mut CaseState) {}

    /// Returns a one-line summary of the fact, given the event's label and its day in words.
    fn summary(_: &Self::Fact, what: &str, on: &str) -> String {
        format!("{what} on {on}")
    }

    /// Returns an object of template data to add to its fields, or to override shared data of the same name.
    fn given_besides(&self, _: &Known<'_>) -> Value {
        Value::Null
    }
}

/// What the rules and the pack determine about an event, for its letters.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub outcome: &'a crate::plan::outcome::Outcome,
    pub standards: &'a [Standard],
    /// The person's place before a transfer.
    pub from: Option<&'a Place>,
}

impl Known<'_> {
    /// Returns what the rules found about a detention, as `detention`.
    pub(crate) fn detention(&self) -> Value {
        json!({ "detention": self.outcome.detention.as_ref().map(DetentionOutcome::data) })
    }
}

/// The static description of a kind of event.
pub struct EventTable {
    /// Its fields.
    pub fields: &'static [Field],
    /// The attachments it takes.
    pub attachments: &'static [(AttachmentKind, Due)],
    pub(crate) check: fn(&mut Checker<'_, '_>),
}

impl EventTable {
    fn of<E: CaseEvent>() -> EventTable {
        EventTable { fields: E::FIELDS, attachments: E::ATTACHMENTS, check: E::check }
    }
}

/// The fields that precede those of an event.
pub const HEAD: &[Field] = &[Field { name: "type", sort: Sort::Line, ..filled("Which event it is") }];

macro_rules! events {
    ($($(#[$as:meta])? $word:ident: $event:ident = $label:literal, $fact:ident.$on:ident;)*) => {
        $(mod $word; pub use $word::$event;)*

        /// What happened.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(clippy::large_enum_variant, reason = "a case has one event, and few cases are in memory")]
        pub enum Event {
            $($event($event),)*
        }

        impl Fact {
            /// Applies the fact to the state of its case.
            fn apply(&self, past: &PastEvent, state: &mut CaseState) {
                match self { $(Fact::$event(fact) => $event::apply(fact, past, state),)* }
            }

            /// Returns whether it concerns the invitation that the person had when it happened.
            fn is_of_invitation(&self) -> bool {
                match self { $(Fact::$event(_) => $event::OF_INVITATION,)* }
            }

            /// Returns a one-line summary with the dates.
            pub fn summary(&self) -> String {
                let (what, on) = (self.name().label(), date_words(self.happened_on()));
                match self { $(Fact::$event(fact) => $event::summary(fact, what, &on),)* }
            }
        }

        impl EventName {
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

            pub(crate) fn given_fields(&self) -> Map<String, Value> {
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
event_list!(events);

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

impl Recorded {
    /// Returns the effects that this event has on the messages of an earlier event that is corrected to `fact` after it.
    /// If the correction asks the person anew, what was served or answered before says nothing about the new letter; a
    /// refusal to release the records (G5) stands.
    pub fn effects_on_correction(&self, fact: &Fact) -> BTreeSet<PendingEffect> {
        let asks_anew = matches!(fact, Fact::AppointmentConfirmed(booked) if booked.restarts_questions());
        let past = asks_anew && self.fact.is_of_invitation();
        let stands = |effect: &PendingEffect| !past || *effect == PendingEffect::Records;
        self.pending_effects.iter().copied().filter(stands).collect()
    }
}

impl CaseState {
    /// Computes the state of a case from its whole record.
    pub fn of(history: &History) -> CaseState {
        let mut state = CaseState::default();
        for past in &history.events {
            state.apply(past);
        }
        state
    }

    /// Applies one more event.
    pub fn apply(&mut self, past: &PastEvent) {
        let recorded = &past.recorded;
        self.place = Some((recorded.place.clone(), recorded.place_kind));
        if self.representative != recorded.representative {
            self.answers.change_representative();
        }
        self.representative.clone_from(&recorded.representative);
        self.detained_since = Some(recorded.detained_since);
        let kept = self.keeps_on_file(&recorded.fact);
        recorded.fact.apply(past, self);
        let waits = |clock: &&Deadline| match clock.rule {
            // Complete once the message has been sent; no event reports it.
            DeadlineRule::Refer => {
                past.messages.iter().any(|message| message.purpose == Purpose::Referral && !message.sent)
            }
            DeadlineRule::Immediately => !kept && past.messages.iter().any(|message| !message.sent),
            _ => true,
        };
        self.clocks.extend(recorded.clocks.iter().filter(waits).cloned());
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
