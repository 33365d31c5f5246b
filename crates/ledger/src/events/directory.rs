//! Enters: what happened to an entry of the directory. Leaves: the closed list of it.
//! Never: a private key, or a word that opens a message.

use super::events;
use crate::sending::Verdict;
use despatch_core::words::Sha256;
use despatch_directory::entry::{Entry, Way};

events! {
    /// What happened to an entry; each change of it holds the whole entry as it is since.
    pub enum EntryEvent {
        "entry_added" Added { entry: Box<Entry> },
        "entry_changed" Changed { entry: Box<Entry> },
        /// A second person heard from the recipient what the entry says.
        "entry_verified" Verified { entry: Box<Entry>, way: Way, how: String },
        /// It ends on a day.
        "entry_expires" Expires { entry: Box<Entry>, reason: String },
        /// A letter without content was made for it: its hash.
        "trial_sent" TrialSent { entry: Box<Entry>, message: Sha256 },
        /// What became of that letter.
        "trial_delivery" TrialDelivery { message_id: String, review_key: String, verdict: Verdict },
        /// The recipient read out its words.
        "trial_opened" TrialOpened { entry: Box<Entry> },
        /// Somebody looked at the words that open it.
        "words_viewed" WordsViewed,
        /// Nothing goes to it since this incident.
        "frozen" Frozen { incident: u64 },
        "unfreeze_proposed" UnfreezeProposed { reason: String, incident: u64 },
        /// A second person, `with` the one who proposed it.
        "unfrozen" Unfrozen { reason: String, incident: u64, with: String },
    }
}

impl EntryEvent {
    /// The entry as this event leaves it; `None` where it leaves it alone.
    pub fn entry(&self) -> Option<&Entry> {
        match self {
            Self::Added { entry }
            | Self::Changed { entry }
            | Self::Verified { entry, .. }
            | Self::Expires { entry, .. }
            | Self::TrialSent { entry, .. }
            | Self::TrialOpened { entry } => Some(entry),
            Self::TrialDelivery { .. }
            | Self::WordsViewed
            | Self::Frozen { .. }
            | Self::UnfreezeProposed { .. }
            | Self::Unfrozen { .. } => None,
        }
    }

    /// The incident that froze an entry, or after which it is unfrozen.
    pub fn incident(&self) -> Option<u64> {
        match self {
            Self::Frozen { incident }
            | Self::UnfreezeProposed { incident, .. }
            | Self::Unfrozen { incident, .. } => Some(*incident),
            _ => None,
        }
    }
}
