//! Enters: when and how somebody was detained, what was reviewed, served and found since, and the numbers of a pack.
//! Leaves: what is due, by when, who may sign it and which form tells the person. Never: knows a number or a table of the
//! guidance: those are the pack's.

/// Who may sign what: grades, cover and named authorities.
pub mod authority;
/// Decisions that the guidance sets out as tables.
pub mod decisions;
/// Which form gives the person written reasons.
pub mod forms;
/// What the ledger keeps of the events of a detention.
pub mod facts;
/// Moments in London, with elapsed hours.
pub mod london_time;
/// How long somebody may stay, and the alarms before.
pub mod limits;
/// Written reasons, counted from their last service.
pub mod reasons;
/// Reports of healthcare staff, and the two clocks of their answers.
pub mod reports;
/// The timetable of reviews.
pub mod reviews;
/// The numbers and tables of a pack.
pub mod rules;
/// The points at which detention is reviewed.
pub mod stages;
/// What the record has of one detention.
pub mod state;
/// The words that describe a detention.
pub mod terms;

pub use authority::{Authority, Cover, Signer};
pub use london_time::LondonTime;
pub use rules::DetentionRules;
pub use stages::Stage;
pub use state::DetentionState;
