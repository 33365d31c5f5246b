//! Enters: case files, policy packs, calendars, places and what is on record of a case. Leaves: valid cases and the
//! plan of what is to be made for whom by when. Never: touches a file, a clock, a database or a typesetter.

/// The files that lie beside a case.
pub mod attachments;
/// Untrusted JSON into a valid case, or every fault at once.
pub mod case;
/// What can happen: a file an event.
pub mod events;
/// The tables of what a case file holds, and its strict reader.
pub mod fields;
/// The people whom a case file names.
pub mod people;
/// Working days, the response window, routing and the plan: pure rules over a dated pack.
pub mod policy;
/// The JSON Schema of a case file.
pub mod schema;
