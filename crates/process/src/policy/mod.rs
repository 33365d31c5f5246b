//! Enters: a case, its history, a pack, the calendar, the places and today's date. Leaves: a [`Plan`], or faults
//! that name the lawful answer. Never: touches a file, a clock, a network, an address or a key.

use crate::case::Case;
use chrono::NaiveDate;
use despatch_core::words::{EntryId, KindName, PackId, PlaceId, Role, Team};
use serde::{Deserialize, Serialize};

/// Replies to the invitation, and which of them counts.
pub mod answers;
/// Bank holidays and working days, with the arithmetic in words.
pub mod calendar;
/// Deadlines: which rule, counted from when, by whose calendar.
pub mod timing;
/// What is on record of a case: closed words, dates and ids.
pub mod history;
/// The protective marking: which words may stand together, in which order.
pub mod marking;
/// One edition of the guidance as data, and whether it may be used.
pub mod pack;
/// Every pack of an office, those that extend another one worked out.
pub mod packs;
/// Places of detention: kind and division.
pub mod places;
mod plan;
mod read_pack;
/// When detention is next reviewed.
pub mod reviews;
/// The deadlines that the process knows.
pub mod rule;
/// How a case stands after what is on record.
pub mod standing;
/// The circumstances that rows ask for.
pub mod when;
/// When an invitation can be served and answered (B4, B5).
pub mod window;

pub use calendar::{BeyondCalendar, Calendar, Division, WorkingDays};
pub use history::{Fact, History, Recorded, Told};
pub use pack::{Adoption, Pack, PackRecord, Withdrawal, permits};
pub use packs::Packs;
pub use places::{Place, PlaceClass, PlaceKind, Places, unknown_place};
pub use plan::plan;
pub use rule::Rule;
pub use standing::{Answers, Booked, Standing};
pub use timing::Days;

/// What one event calls for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub pack: PackId,
    /// The day on which the plan was first made: the date on every letter of it.
    pub issued_on: NaiveDate,
    /// The day on which what this corrects was issued, where the case file replaces another.
    pub corrects: Option<NaiveDate>,
    pub despatches: Vec<Planned>,
    /// Rows that the event names and that were not made, with the reason.
    pub not_made: Vec<NotMade>,
    /// What a reviewer should know and that stops nothing.
    pub warnings: Vec<String>,
    /// Notes for CID and Atlas, to be copied there (G15).
    pub notes: Vec<String>,
    /// What goes on record.
    pub recorded: Recorded,
    pub outcome: Outcome,
}

/// One message that the plan calls for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// The row of the process ("12"), or the reading that implies it ("G6").
    pub row: String,
    /// Whose row it is: under whose letterhead and From it goes (G2).
    pub team: Team,
    pub kind: KindName,
    pub role: Role,
    pub to: To,
    /// A copy of a message to somebody else (row 1's manager).
    pub copy: bool,
    /// Indexes into the case's attachments, in the order in which they are enclosed.
    pub attachments: Vec<usize>,
    pub deadline: Option<Deadline>,
    /// The response window that must still be open when this is approved and sent (B5).
    pub window: Option<ResponseWindow>,
    /// The last day on which sending this makes sense (G11); `None` where it never goes stale.
    pub not_after: Option<NaiveDate>,
    /// A copy for the healthcare team: holds of policy do not delay it (G19).
    pub safety: bool,
    /// What it is for, as far as that decides what a later event does to it.
    #[serde(default)]
    pub purpose: Purpose,
    /// What the rules say that a person must decide first.
    pub hold: Option<PolicyHold>,
    /// The sentence of the guidance that calls for it, or "implied".
    pub source: String,
}

impl Planned {
    /// Whether it serves an appointment, booked or to be arranged, and gives way with it (`Unsent::Appointment`). What
    /// cancels one, or withdraws consent, never goes stale and stays; the response before a removal serves another end.
    pub fn gives_way(&self) -> bool {
        let of_removal = self.deadline.as_ref().is_some_and(|deadline| deadline.rule == Rule::BeforeRemoval);
        self.not_after.is_some() && !self.safety && !of_removal
    }

    /// The reference by which whoever gets this knows the case; that of an event's new doctor is not the former one's.
    pub fn reference<'c>(&self, case: &'c Case) -> Option<&'c str> {
        let doctor = case.event.doctor().map(|doctor| To::Entry(doctor.entry.clone()));
        let another = self.role == Role::Doctor && doctor.as_ref() != Some(&self.to);
        case.reference_of(self.role).filter(|_| !another)
    }
}

/// What a person must decide before a despatch may go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyHold {
    /// A closed word (`late_response`).
    pub code: String,
    /// What it is and how to go on.
    pub words: String,
    /// Whether only a change of the pack or the case lifts it; else a person may, with a reason.
    pub firm: bool,
}

/// What a message is for, as far as that decides what a later event does to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// It goes on with the process.
    #[default]
    Forward,
    /// It asks for the healthcare records, or carries them: only while the person consents (G5).
    Records,
    /// It tells those at work to stop: what stops something is not held.
    Stops,
    /// It tells the person, or their representative, that an appointment is off.
    Cancels,
}

/// What an event does to despatches of its case that have not gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unsent {
    /// Those that serve an appointment give way to what this event makes.
    Appointment,
    /// So do the notes of how the invitation was answered (G6): another answer counts now.
    Results,
    /// So do the notes of opposite answers (row 21): they are opposite no longer, or another way.
    Opposites,
    /// So does what an answer called for that led to papers alone (row 22 and what it calls off): the person attends.
    Papers,
    /// So do the bookings of the interpreter and the room (rows 9 and 10): nothing is to be held there.
    Bookings,
    /// So does what asks for the healthcare records or carries them: there is no consent to it (G5).
    Records,
    /// All but safety messages, and what stops something, are held for a person (G10).
    Held,
    /// Letters about an appointment that is off, which somebody is to hand to the person, are held for a person: the
    /// person is not there, or not alive.
    HeldLetters,
    /// Those for the legal representative are held for a person (G10).
    HeldForRepresentative,
    /// Copies for a healthcare team that has the person no longer in its care are held for a person: the address is not
    /// in order (G19).
    HeldCopies,
}

impl Unsent {
    /// Whether what it concerns gives way; else it is held.
    pub fn supersedes(self) -> bool {
        use Unsent::*;
        matches!(self, Appointment | Results | Opposites | Papers | Bookings | Records)
    }

    /// Whether an event that does this means a despatch of an earlier event, which went on record as `made`.
    pub fn means(self, by: &Recorded, planned: &Planned, made: Option<&Fact>) -> bool {
        let row = planned.row.as_str();
        let of_answer = matches!(made, Some(Fact::ResponseReceived(_) | Fact::NoResponse(_)));
        let other_place =
            matches!(by.fact, Fact::Transferred(_)) && planned.to == To::Body(Some(by.place.clone()));
        match self {
            Unsent::Appointment => planned.gives_way(),
            Unsent::Results => of_answer && row == "G6" && planned.purpose == Purpose::Forward,
            Unsent::Opposites => row == "21",
            Unsent::Papers => of_answer && (row == "22" || row == "G10" && planned.purpose == Purpose::Stops),
            Unsent::Bookings => ["9", "10"].contains(&row),
            Unsent::Records => planned.purpose == Purpose::Records,
            Unsent::Held => !planned.safety && !matches!(planned.purpose, Purpose::Stops | Purpose::Cancels),
            Unsent::HeldLetters => {
                planned.purpose == Purpose::Cancels && matches!(planned.role, Role::Det | Role::Ost)
            }
            Unsent::HeldForRepresentative => planned.role == Role::Representative,
            Unsent::HeldCopies => planned.safety && !other_place,
        }
    }
}

/// To whom: an entry that the case names, or the body that serves a role at a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    Entry(EntryId),
    /// The one verified entry of this role that serves the place; `None` for a role without places (DMRT).
    Body(Option<PlaceId>),
}

/// A row that was not made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotMade {
    pub row: String,
    pub reason: String,
}

/// By when, and how that was worked out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deadline {
    /// `Immediately` in what was put on record before rules were.
    #[serde(default)]
    pub rule: Rule,
    pub due: NaiveDate,
    /// What must be done by then ("refer to the DMRT").
    pub what: String,
    /// The sentence of the guidance.
    pub source: String,
    /// "7 working days after 31 March 2026, by the calendar of England and Wales; 3 and 6 April are bank holidays"
    pub arithmetic: String,
}

/// The dates around one appointment (B4, B5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponseWindow {
    /// The last day on which service still leaves the working days to respond.
    pub latest_service: NaiveDate,
    /// By when the DET must serve: the sooner of that and 3 working days from receipt.
    pub serve_by: NaiveDate,
    /// The deadline printed on the letter.
    pub respond_by: NaiveDate,
    pub appointment: NaiveDate,
}

impl ResponseWindow {
    /// Whether service on `today` still leaves the person the days to respond (B5): asked again at
    /// approval and at sending (G3).
    pub fn is_open_on(&self, today: NaiveDate) -> bool {
        today <= self.latest_service
    }
}

/// What the rules found out about the event, for the letters to say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Why these messages go: a sentence that names nobody.
    pub reason: Option<String>,
    /// Whether a second opinion is asked for (B1, B2).
    pub second_opinion_requested: Option<bool>,
    /// The dates that the letters may print.
    pub dates: Dates,
    /// The appointment that the event is about, or the one on record.
    pub appointment: Option<Booked>,
    /// The appointment that does not take place after all.
    pub cancelled: Option<Booked>,
    /// The answers to the invitation as they count now (B6).
    pub answers: Answers,
    /// The doctor was told before this event to assess on papers alone.
    #[serde(default)]
    pub papers_only: bool,
}

/// The dates of a case that letters print; each `None` where it is not known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Dates {
    pub referred_on: Option<NaiveDate>,
    pub refer_by: Option<NaiveDate>,
    pub assess_by: Option<NaiveDate>,
    pub serve_by: Option<NaiveDate>,
    pub latest_service: Option<NaiveDate>,
    pub respond_by: Option<NaiveDate>,
    pub report_by: Option<NaiveDate>,
    pub rebook_by: Option<NaiveDate>,
    pub served_on: Option<NaiveDate>,
    pub removal_on: Option<NaiveDate>,
}
