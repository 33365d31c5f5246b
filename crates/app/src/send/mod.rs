//! Enters: an approved despatch. Leaves: a [`Verdict`] that the ledger can record as it stands.
//! Never: changes a byte, retries by itself, or calls something sent that a relay has not accepted.

/// One message, one relay, implicit TLS.
pub mod smtp;
mod courier;
mod round;

pub use courier::Courier;
pub use despatch_ledger::Verdict;
pub use round::{Outcome, send_due};
