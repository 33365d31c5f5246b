//! Enters: nothing by itself. Leaves: the one list of events, and their names.
//! Never: knows what an event holds or does: each has its own file.

use crate::fields::json::Node;
use crate::fields::reader::choice;
use crate::fields::{FieldValue, Location, Sort};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Calls a macro with every event: the name of its file, which is also its word in a case file; its type; its label
/// for people; what it leaves on record, and the field that says on which day it happened. A word that serde would make
/// otherwise stands before it.
macro_rules! event_list {
    ($make:ident) => {
        $make! {
            external_report_received: ExternalReportReceived = "external medical report received", ReportFact.received_on;
            copied_to_healthcare: CopiedToHealthcare = "copied to the healthcare team at once", CopyFact.on;
            referral_received: ReferralReceived = "referral received", ReferralFact.received_on;
            no_doctor_available: NoDoctorAvailable = "no doctor available", Day.on;
            appointment_confirmed: AppointmentConfirmed = "appointment confirmed", BookedFact.referred_on;
            letter_served: LetterServed = "letter served", ServiceFact.on;
            service_failed: ServiceFailed = "service failed", Day.on;
            guidance_given: GuidanceGiven = "guidance given", Day.on;
            response_received: ResponseReceived = "response received", ResponseFact.on;
            no_response: NoResponse = "no response", Day.on;
            records_received: RecordsReceived = "healthcare records received", Day.on;
            assessment_outcome: AssessmentOutcome = "assessment outcome", OutcomeFact.date;
            concerns_raised: ConcernsRaised = "concerns raised", Day.on;
            second_opinion_received: SecondOpinionReceived = "second opinion received", OpinionFact.on;
            transferred: Transferred = "transferred", TransferFact.on;
            release_decided: ReleaseDecided = "release decided", Day.on;
            removal_set: RemovalSet = "removal set", RemovalFact.on;
            release_withdrawn: ReleaseWithdrawn = "decision to release withdrawn", WithdrawalFact.on;
            left_detention: LeftDetention = "left detention", DepartureFact.on;
            detained_again: DetainedAgain = "detained again", Day.on;
            removal_failed: RemovalFailed = "removal failed", FailedRemovalFact.on;
            representative_changed: RepresentativeChanged = "representative changed", Day.on;
            died: Died = "died", Day.on;
            response_decided: ResponseDecided = "response decided", DecisionFact.on;
            answer_served: AnswerServed = "answer to the report served", Day.on;
            detention_began: DetentionBegan = "detention began", BeganFact.on;
            review_completed: ReviewCompleted = "review of detention completed", ReviewFact.on;
            material_change: MaterialChange = "circumstances changed", Day.on;
            vulnerability_evidence: VulnerabilityEvidence = "evidence of vulnerability received", Day.on;
            written_reasons_served: WrittenReasonsServed = "written reasons served", ReasonsFact.on;
            panel_recommended: PanelRecommended = "panel recommended", PanelFact.on;
            #[serde(rename = "rule_35_received")]
            rule_35_received: Rule35Received = "report of healthcare staff received", ReportReceivedFact.on;
            #[serde(rename = "rule_35_decided")]
            rule_35_decided: Rule35Decided = "report of healthcare staff answered", ReportDecidedFact.on;
            pregnancy_established: PregnancyEstablished = "limit of section 60 began", HourLimitFact.on;
            arrived: Arrived = "arrived at another place", ArrivalFact.on;
            minister_authorised: MinisterAuthorised = "minister authorised a longer time", MinisterFact.on;
            detention_ended: DetentionEnded = "detention ended", EndedFact.on;
        }
    };
}
pub(crate) use event_list;

macro_rules! names {
    ($($(#[$as:meta])? $word:ident: $event:ident = $label:literal, $fact:ident.$on:ident;)*) => {
        /// The kind of an event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum EventName {
            $($(#[$as])? $event,)*
        }

        impl EventName {
            /// Every event with its word in a case file.
            pub const WORDS: &'static [(&'static str, EventName)] = &[$((stringify!($word), EventName::$event)),*];

            /// Returns the event in words, for people.
            pub fn label(self) -> &'static str {
                match self { $(EventName::$event => $label,)* }
            }
        }
    };
}
event_list!(names);

despatch_core::closed! {
    /// A family of events: those of one kind of case, which one pack of an office owns.
    Family {
        SecondOpinion = "second_opinion", "a second opinion on an external medical report";
        DetentionReviews = "detention_reviews", "the reviews of one continuous detention";
    }
}

impl EventName {
    /// Returns the family to which it belongs.
    pub fn family(self) -> Family {
        use EventName::*;
        match self {
            DetentionBegan
            | ReviewCompleted
            | MaterialChange
            | VulnerabilityEvidence
            | WrittenReasonsServed
            | PanelRecommended
            | Rule35Received
            | Rule35Decided
            | PregnancyEstablished
            | Arrived
            | MinisterAuthorised
            | DetentionEnded => Family::DetentionReviews,
            _ => Family::SecondOpinion,
        }
    }

    /// Returns every event of a family.
    pub fn of_family(family: Family) -> impl Iterator<Item = EventName> {
        EventName::WORDS.iter().map(|(_, name)| *name).filter(move |name| name.family() == family)
    }

    /// Returns its word in a case file.
    pub fn word(self) -> &'static str {
        EventName::WORDS.iter().find(|(_, name)| *name == self).map_or("", |(word, _)| word)
    }

    /// Returns the event with this word.
    pub fn of_word(word: &str) -> Option<EventName> {
        EventName::WORDS.iter().find(|(known, _)| *known == word).map(|(_, name)| *name)
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
