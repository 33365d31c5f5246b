//! Enters: nothing by itself. Leaves: what the ledger keeps of each event, and the closed words in which it does.
//! Never: holds a name or a text: only closed words, dates and ids; of health only what the rules count with.

use crate::detention::facts::{
    ArrivalFact, BeganFact, EndedFact, HourLimitFact, MinisterFact, PanelFact, ReasonsFact,
    ReportDecidedFact, ReportReceivedFact, ReviewFact,
};
use crate::events::list::{EventName, event_list};
use crate::fields::closed::closed;
use crate::places::PlaceKind;
use crate::response_window::ResponseWindow;
use chrono::{NaiveDate, NaiveTime};
use despatch_core::words::{EntryId, PlaceId, Sha256};
use serde::{Deserialize, Serialize};

macro_rules! facts {
    ($($(#[$as:meta])? $word:ident: $event:ident = $label:literal, $fact:ident.$on:ident;)*) => {
        /// What happened, without anything personal.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "event", rename_all = "snake_case")]
        #[allow(clippy::large_enum_variant, reason = "a case has few events, and one that is booked is usual")]
        pub enum Fact {
            $($(#[$as])? $event($fact),)*
        }

        impl Fact {
            /// Returns the kind of the event.
            pub fn name(&self) -> EventName {
                match self { $(Fact::$event(_) => EventName::$event,)* }
            }

            /// Returns the day on which it happened.
            pub fn happened_on(&self) -> NaiveDate {
                match self { $(Fact::$event(fact) => fact.$on,)* }
            }
        }
    };
}
event_list!(facts);

impl Fact {
    /// Returns whether the person is detained no longer once it happened.
    pub fn ends_detention(&self) -> bool {
        matches!(self, Fact::LeftDetention(_) | Fact::Died(_) | Fact::DetentionEnded(_))
    }
}

/// The fact of most events, which record only the day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Day {
    pub on: NaiveDate,
}

closed! {
    /// The vulnerability evidence level (adults at risk policy; G0, "Considering the evidence").
    Level {
        One = "1", "level 1";
        Two = "2", "level 2";
        Three = "3", "level 3";
        None = "none", "no level";
    }
}

closed! {
    /// Who answered the invitation (row 19).
    Respondent {
        Individual = "individual", "the individual";
        Representative = "representative", "the legal representative";
    }
}

closed! {
    /// An answer to one question of the invitation.
    Answer {
        Yes = "yes", "yes";
        No = "no", "no";
        NotGiven = "not_given", "not given";
    }
}

closed! {
    /// The outcome of an appointment (rows 20 and 22 to 26).
    Outcome {
        Completed = "completed", "the assessment was completed";
        TooIll = "too_ill", "the person said that they were too ill to attend";
        Unfit = "unfit", "the person said that they were unfit to be interviewed";
        DidNotAttend = "did_not_attend", "the person did not attend";
        Refused = "refused", "the person refused to undergo the assessment";
        StaffUnavailable = "staff_unavailable", "nobody at the place of detention was available to facilitate the appointment";
        Technical = "technical", "technical issues prevented the appointment";
        InterpreterUnavailable = "interpreter_unavailable", "no interpreter was available";
        OtherHomeOffice = "other_home_office", "the Home Office had to cancel for another reason beyond its control";
    }
}

closed! {
    /// Whether a cancelled assessment can be rebooked in time (rows 24 to 26).
    Rebooking {
        Possible = "possible", "can be booked again";
        Impossible = "impossible", "cannot be booked again in time";
    }
}

closed! {
    /// What follows where an assessment that the Home Office cancelled cannot be booked again (rows 25 and 26).
    AfterCancellation {
        PapersOnly = "papers_only", "the doctor assesses the report on papers alone";
        StandardsOnly = "standards_only", "the report is considered without a second opinion";
    }
}

impl Outcome {
    /// Returns whether the Home Office cancelled, whatever its reason.
    pub fn is_of_home_office(self) -> bool {
        use Outcome::{InterpreterUnavailable, OtherHomeOffice, StaffUnavailable, Technical};
        matches!(self, StaffUnavailable | Technical | InterpreterUnavailable | OtherHomeOffice)
    }
}

closed! {
    /// What a healthcare team gets a copy of at once (rows 2 and 31).
    CopyOf {
        Report = "report", "the external medical report";
        SecondOpinion = "second_opinion", "the second opinion report";
    }
}

closed! {
    /// How the second opinion was formed (G0, "The second opinion report").
    OpinionMethod {
        Video = "video", "by video-link";
        Papers = "papers", "on papers alone";
    }
}

closed! {
    /// How the person left detention.
    Departure {
        Released = "released", "released";
        Removed = "removed", "removed from the United Kingdom";
    }
}

closed! {
    /// The decision about detention.
    Decision {
        Maintain = "maintain", "detention is maintained";
        Release = "release", "the person is to be released";
    }
}

/// The recorded facts of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportFact {
    pub received_on: NaiveDate,
    pub requested: bool,
    /// No second opinion can be requested, for more reasons than a removal.
    pub barred: bool,
    pub removal_on: Option<NaiveDate>,
    pub level: Option<Level>,
    /// The report is below the baseline standard (G14).
    #[serde(default)]
    pub rejected: bool,
    /// A decision to release rules out a second opinion, and nothing else that outlasts a removal.
    #[serde(default)]
    pub barred_by_release: bool,
}

/// The recorded facts of a copy that went ahead of its file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CopyFact {
    pub on: NaiveDate,
    pub of: CopyOf,
    /// The document.
    pub sha256: Option<Sha256>,
    /// What is wrong with the rest concerns a manager too.
    pub for_manager: bool,
}

/// The recorded facts of a referral.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReferralFact {
    pub received_on: NaiveDate,
    pub requested: bool,
    /// The first day of the week whose places are counted.
    pub week: NaiveDate,
    /// One of that week's places was free.
    pub granted: bool,
    pub doctor: Option<EntryId>,
}

/// An appointment as recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookedFact {
    pub referred_on: NaiveDate,
    pub date: NaiveDate,
    pub time: NaiveTime,
    pub doctor: EntryId,
    pub interpreter: bool,
    /// `None` for a rebooking to which the earlier answers still apply.
    pub window: Option<ResponseWindow>,
    /// When this corrects a file: the issue date of the invitation whose time to answer continues.
    #[serde(default)]
    pub invited_on: Option<NaiveDate>,
}

impl BookedFact {
    /// Returns whether it asks the person anew: what was served or answered before concerned an earlier invitation.
    pub fn restarts_questions(&self) -> bool {
        self.window.is_some() && self.invited_on.is_none()
    }
}

/// The recorded facts of a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceFact {
    pub on: NaiveDate,
    pub in_time: bool,
}

/// The recorded facts of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponseFact {
    pub on: NaiveDate,
    pub from: Respondent,
    pub attend: Answer,
    pub records: Answer,
    pub own_instruction: bool,
    /// What follows waits for a person's decision.
    pub held: bool,
}

/// The recorded facts of an appointment that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutcomeFact {
    pub date: NaiveDate,
    pub outcome: Outcome,
    pub rebooking: Option<Rebooking>,
    /// What follows, if it cannot be booked again.
    #[serde(default)]
    pub then: Option<AfterCancellation>,
}

/// The recorded facts of a second opinion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpinionFact {
    pub on: NaiveDate,
    pub method: OpinionMethod,
}

/// The recorded facts of a transfer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransferFact {
    pub on: NaiveDate,
    pub from: PlaceId,
    pub from_kind: PlaceKind,
}

/// The recorded facts of a removal that was set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemovalFact {
    pub on: NaiveDate,
    pub removal_on: NaiveDate,
    /// It precedes the end of the process, so nothing more is arranged.
    pub calls_off: bool,
}

/// The recorded facts of a decision to release that was withdrawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WithdrawalFact {
    pub on: NaiveDate,
    /// Nobody was told of the decision yet, so what it would have ended goes on.
    pub stands: bool,
    /// The report is referred anew.
    pub referred: bool,
}

/// The recorded facts of the end of detention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DepartureFact {
    pub on: NaiveDate,
    pub how: Departure,
}

/// The recorded facts of a failed removal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FailedRemovalFact {
    pub on: NaiveDate,
    pub maintained: bool,
    pub removal_on: Option<NaiveDate>,
    /// The process that the removal cut short continues.
    pub referred: bool,
}

/// The recorded facts of the response to the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionFact {
    pub on: NaiveDate,
    pub level: Level,
    pub outcome: Decision,
    /// This is the response before a removal (row 33).
    pub before_removal: bool,
}
