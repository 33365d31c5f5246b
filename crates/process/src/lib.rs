//! Enters: case files, policy packs, calendars, places and what is on record of a case. Leaves: valid cases and the
//! plan of what is to be made for whom by when. Never: touches a file, a clock, a database or a typesetter.

/// Untrusted JSON into a valid case, or every fault at once.
pub mod case;
/// Working days, the response window, routing and the plan: pure rules over a dated pack.
pub mod policy;
