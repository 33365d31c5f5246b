//! Enters: nothing by itself. Leaves: a message that is required, its recipient, its hold, and a row not made.
//! Never: holds a name or a text of the case.

use crate::deadlines::{Deadline, DeadlineRule};
use crate::packs::pack::RowNumber;
use crate::purpose::Purpose;
use crate::response_window::ResponseWindow;
use chrono::NaiveDate;
use despatch_core::words::{EntryId, KindName, PlaceId, Role, Team};
use serde::{Deserialize, Serialize};

/// One message that the plan requires.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    pub purpose: Purpose,
    /// The number that its row cites ("12", "G6"), for people.
    pub row: RowNumber,
    /// The team whose row it is, which determines the letterhead and the From address (G2).
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
    /// The last day on which sending this is useful (G11); `None` if it never goes stale.
    pub not_after: Option<NaiveDate>,
    /// It keeps a person in detention, or tells them that they stay: it goes before a limit of their detention lapses, or not
    /// at all. That is asked by the hour at approval and at sending, of the record as it is then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub maintains: bool,
    /// A copy for the healthcare team: policy holds do not delay it (G19).
    pub safety: bool,
    /// What a person must decide first, according to the rules.
    pub hold: Option<PolicyHold>,
    /// The sentence of the guidance that requires it, or "implied".
    pub source: String,
}

impl Planned {
    /// Returns the deadline by which the recipient must act; `None` if it is the sender's own.
    pub fn recipients_deadline(&self) -> Option<&Deadline> {
        self.deadline.as_ref().filter(|deadline| deadline.rule.is_of(self.role))
    }

    /// Returns whether it serves an appointment, booked or to be arranged, and is superseded with it
    /// (`PendingEffect::Appointment`). What cancels one, or withdraws consent, never goes stale and remains; the
    /// response before a removal has another purpose.
    pub fn gives_way(&self) -> bool {
        let of_removal =
            self.deadline.as_ref().is_some_and(|deadline| deadline.rule == DeadlineRule::BeforeRemoval);
        self.not_after.is_some() && !self.safety && !of_removal
    }
}

/// What a person must decide before a despatch may be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyHold {
    /// A code from a closed list (`late_response`).
    pub code: String,
    /// What it is and how to proceed.
    pub words: String,
    /// Whether only a change of the pack or the case lifts it; otherwise a person may, with a reason.
    pub firm: bool,
}

/// The recipient: an entry that the case names, or the body that serves a role at a place.
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
    pub purpose: Purpose,
    pub row: RowNumber,
    pub reason: String,
}
