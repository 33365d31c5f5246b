//! Enters: an approved message's final bytes. Leaves: a [`Verdict`] that the ledger can record as it stands.
//! Never: changes a byte, retries by itself, or calls something sent that a relay has not accepted.

/// One message, one relay, implicit TLS.
pub mod smtp;

use serde::{Deserialize, Serialize};

/// What became of one attempt to deliver one message. The texts are the relay's or ours, without control
/// characters and cut short, fit for the ledger and a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case", deny_unknown_fields)]
pub enum Verdict {
    /// The relay answered 250 to the dot: it is responsible for the message now.
    Accepted { reply: String },
    /// Certainly not delivered, and worth trying again: a 4xx answer, or a failure before the dot.
    Deferred { reply: String },
    /// Certainly not delivered, and trying again would fail again: a 5xx answer to the message or an address.
    Refused { reply: String },
    /// The dot may have arrived and no certain answer came back: only a person can decide (RFC 1047).
    InDoubt { why: String },
}
