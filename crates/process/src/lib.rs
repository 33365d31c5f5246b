//! Enters: case files, policy packs, calendars, places and the record of a case. Leaves: valid cases, and the plan of
//! which messages are made, for whom and by when. Never: touches a file, a clock, a database or a typesetter.

/// Replies to the invitation, and which of them count.
pub mod answers;
/// The files that accompany a case.
pub mod attachments;
/// Bank holidays and working days, with the arithmetic in words.
pub mod calendar;
/// Assessments that the Home Office cancelled.
pub mod cancellations;
/// Parses untrusted JSON into a valid case, or every fault at once.
pub mod case;
/// The calendars that count for one case, and its deadlines.
pub mod case_calendars;
/// The state of a case, computed from its record.
pub mod case_state;
/// The circumstances that rules find in an event and rows require.
pub mod circumstances;
/// Deadlines, and the rules that set them.
pub mod deadlines;
/// Reviews of detention, written reasons, reports on vulnerability and limits of stay.
pub mod detention;
/// The events: one file each, with its fields, its rules and its changes to the case.
pub mod events;
/// What the ledger keeps of each event.
pub mod facts;
/// The field tables of a case file, and its strict reader.
pub mod fields;
/// The record of a case: closed words, dates and ids.
pub mod history;
/// What is held and waits for nothing any more.
pub mod moot;
/// Editions of the guidance as data: numbers, rows, wording, and whether they may be used.
pub mod packs;
/// The effects of an event on unsent messages.
pub mod pending_effects;
/// The people whom a case file names.
pub mod people;
/// Places of detention: kind and division.
pub mod places;
/// Which messages an event requires, to whom and by when.
pub mod plan;
/// The purposes of messages.
pub mod purpose;
/// When an invitation can be served and answered (B4, B5).
pub mod response_window;
/// The healthcare team's copy of a file that is at fault.
pub mod safety_copy;
/// What a case file that may be at fault says of itself.
pub mod said;
/// The JSON Schema of a case file.
pub mod schema;

pub use answers::Answers;
pub use calendar::{BeyondCalendar, Calendar, Division, WorkingDays};
pub use case_calendars::CaseCalendars;
pub use case_state::{Booked, CaseState};
pub use circumstances::Circumstance;
pub use deadlines::{Deadline, DeadlineRule};
pub use facts::{BookedFact, Fact};
pub use history::{History, PastEvent, PastMessage, Recorded};
pub use moot::Pointless;
pub use packs::pack::RowNumber;
pub use packs::{Adoption, Pack, PackRecord, Packs, Withdrawal, permits};
pub use pending_effects::PendingEffect;
pub use places::{Place, PlaceKind, Places, unknown_place};
pub use plan::{Dates, NotMade, Outcome, Plan, Planned, PolicyHold, To, plan};
pub use purpose::Purpose;
pub use response_window::ResponseWindow;
