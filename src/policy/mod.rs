//! Enters: a case, a pack, the calendar, the places and today's date. Leaves: a [`Plan`], or faults that name
//! the lawful answer. Never: touches a file, a clock, a network, an address or a key.

use crate::words::{EntryId, KindName, PackId, PlaceId, Role, Team};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Bank holidays and working days, with the arithmetic in words.
pub mod calendar;
/// One edition of the guidance as data, and whether it may be used.
pub mod pack;
/// Places of detention: kind and division.
pub mod places;
mod plan;
mod read_pack;
/// Whether a second opinion is requested (B1, B2).
pub mod referral;
/// When an invitation can be served and answered (B4, B5).
pub mod window;

pub use calendar::{BeyondCalendar, Calendar, Division, WorkingDays};
pub use pack::{Adoption, Pack, permits};
pub use places::{Place, PlaceKind, Places};
pub use plan::plan;

/// What one event calls for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub pack: PackId,
    /// The day on which the plan was first made: the date on every letter of it.
    pub issued_on: NaiveDate,
    pub despatches: Vec<Planned>,
    /// Rows that the event names and that were not made, with the reason.
    pub not_made: Vec<NotMade>,
    /// What a reviewer should know and that stops nothing.
    pub warnings: Vec<String>,
    pub outcome: Outcome,
}

/// One message that the plan calls for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// The row of domain.md, section A ("12").
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
    /// The sentence of the guidance that calls for it.
    pub source: String,
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Outcome {
    ExternalReportReceived {
        /// Whether a second opinion is asked for (B1, B2).
        second_opinion_requested: bool,
        /// Why, in a sentence for the referral.
        reason: String,
        refer_by: NaiveDate,
    },
    AppointmentConfirmed {
        window: ResponseWindow,
        /// 5 working days after the appointment (B4).
        report_by: NaiveDate,
    },
}
