//! Enters: case files, policy packs, calendars, places and what is on record of a case. Leaves: valid cases and the
//! plan of what is to be made for whom by when. Never: touches a file, a clock, a database or a typesetter.

/// Replies to the invitation, and which of them counts.
pub mod answers;
/// The files that lie beside a case.
pub mod attachments;
/// Bank holidays and working days, with the arithmetic in words.
pub mod calendar;
/// Untrusted JSON into a valid case, or every fault at once.
pub mod case;
/// How a case stands after what is on record.
pub mod case_state;
/// The circumstances that rules find in an event and rows ask for.
pub mod circumstances;
/// Deadlines: which rule, counted from when, by whose calendar.
pub mod deadlines;
/// When detention is next reviewed.
pub mod detention_reviews;
/// What can happen: a file an event, with its fields, its rules and what it changes.
pub mod events;
/// The tables of what a case file holds, and its strict reader.
pub mod fields;
/// What is on record of a case: closed words, dates and ids.
pub mod history;
/// Editions of the guidance as data: numbers, rows, wording, and whether they may be used.
pub mod packs;
/// What an event does to what has not gone.
pub mod pending_effects;
/// The people whom a case file names.
pub mod people;
/// Places of detention: kind and division.
pub mod places;
/// Which messages an event calls for, to whom and by when.
pub mod plan;
/// What messages are for.
pub mod purpose;
/// When an invitation can be served and answered (B4, B5).
pub mod response_window;
/// The JSON Schema of a case file.
pub mod schema;

pub use answers::Answers;
pub use calendar::{BeyondCalendar, Calendar, Division, WorkingDays};
pub use case_state::{Booked, CaseState};
pub use circumstances::Circumstance;
pub use deadlines::{CaseCalendars, Deadline, DeadlineRule};
pub use events::{BookedFact, Fact};
pub use history::{History, PastEvent, PastMessage, Recorded};
pub use packs::pack::RowNumber;
pub use packs::{Adoption, Pack, PackRecord, Packs, Withdrawal, permits};
pub use pending_effects::PendingEffect;
pub use places::{Place, PlaceKind, Places, unknown_place};
pub use plan::{Dates, NotMade, Outcome, Plan, Planned, PolicyHold, To, plan};
pub use purpose::Purpose;
pub use response_window::ResponseWindow;
