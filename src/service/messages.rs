//! Enters: nothing. Leaves: what a client and the service say to each other, as values.
//! Never: carries a claim about who the client is, beyond `--as` of a demo office.

use crate::caller::{CallerPath, Delivery, PassphraseSource, ToSign};
use crate::global::Exit;
use crate::printing::Piece;
use chrono::NaiveDate;
use despatch_app::office::MadeKey;
use despatch_app::operations::reading::SealedDespatch;
use despatch_core::private::{Secret, secret_bytes};
use despatch_core::words::StaffId;
use despatch_seal::keys::{PublicKey, WrappedKey};
use despatch_seal::trial::Salt;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of what stands below. A service answers only clients of its own version: both are one program, and one of
/// the two was not started again after it was replaced.
pub(super) const VERSION: u32 = 1;

/// What a client wants. Who it is, the kernel says.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    pub version: u32,
    /// Whether the answer is for a program.
    pub json: bool,
    /// Who gives the command, in a demo office.
    pub named: Option<StaffId>,
    /// The day to take for today, in a demo office.
    pub today: Option<NaiveDate>,
    pub what: What,
}

#[derive(Debug, Serialize, Deserialize)]
pub enum What {
    /// A command that works in an office.
    Command(Value),
    /// What a command that works with the caller's files asks an office.
    Query(Value),
}

/// What the service tells a client, or asks it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Told {
    Out(Vec<Piece>),
    Log(Vec<Piece>),
    /// The answer to a query.
    Answer(Value),
    /// The command has ended.
    End(Exit),
    Passphrase(PassphraseSource, String),
    Unlock {
        source: PassphraseSource,
        locked: Vec<u8>,
        question: String,
    },
    /// A new key, whose passphrase is tried with this salt.
    MakeKey(PassphraseSource, String, Option<Salt>),
    PrivateKey {
        file: CallerPath,
        source: PassphraseSource,
        question: String,
    },
    /// The header of a file that is sealed to this key.
    FileKey(PublicKey, Vec<WrappedKey>),
    Sign(ToSign),
    /// A message that the service opened with this key of the client's; the client opens it itself, and keeps what comes
    /// out.
    Show(Option<CallerPath>, SealedDespatch),
    Deliver(Delivery),
}

/// What a client answers.
#[derive(Serialize, Deserialize)]
pub(super) enum Said {
    Passphrase(#[serde(with = "secret_bytes")] Secret),
    /// The public half of a key that the client has unlocked and keeps.
    Unlocked(PublicKey),
    NotUnlocked(String),
    Made(MadeKey),
    /// The key of that file, if it is sealed to the key.
    FileKey(#[serde(with = "secret_bytes")] Secret),
    NoFileKey,
    Signed(String),
    /// Where it is.
    Delivered(String),
    Refused(Refused),
}

/// A fault of the caller's own, such as a file that is there already.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Refused {
    pub at: String,
    pub code: String,
    pub cause: String,
    pub cure: String,
}
