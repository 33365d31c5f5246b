//! Enters: an approved despatch. Leaves: a [`Verdict`] that the ledger can record unchanged.
//! Never: changes a byte, retries by itself, or reports as sent what a relay has not accepted.

/// Delivery of one message to one relay over implicit TLS.
pub mod smtp;
mod answer;
mod courier;
mod lanes;
mod notices;
mod round;
mod session;

pub use courier::Courier;
pub use despatch_ledger::Verdict;
pub use notices::{send_notices, send_staff_notices};
pub use round::send_due;
