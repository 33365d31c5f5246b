//! Enters: what happened to an entry of the directory. Leaves: the closed list of its events.
//! Never: a private key, or a passphrase.

use super::events;
use crate::despatch::Verdict;
use despatch_core::words::Sha256;
use despatch_directory::entry::{Entry, Way};

events! {
    /// The events of an entry; each change holds the whole entry after it.
    pub enum EntryEvent {
        "entry_added" Added { entry: Box<Entry> },
        "entry_changed" Changed { entry: Box<Entry> },
        /// A second person confirmed the entry with the recipient.
        "entry_verified" Verified { entry: Box<Entry>, way: Way, how: String },
        /// Its last day was set.
        "entry_expires" Expires { entry: Box<Entry>, reason: String },
        /// A test message with this hash was made for it.
        "test_message_sent" TestMessageSent { entry: Box<Entry>, message: Sha256 },
        /// The delivery result of the test message.
        "test_message_delivery" TestMessageDelivery { message_id: String, review_key: String, verdict: Verdict },
        /// The recipient read out the words of the test message.
        "test_message_opened" TestMessageOpened { entry: Box<Entry> },
        /// Somebody gave other numbers than those of the test message.
        "test_message_misheard" TestMessageMisheard { entry: Box<Entry> },
        /// Somebody viewed the passphrase of the test message.
        "passphrase_viewed" PassphraseViewed,
        /// Nothing is sent to it since this incident.
        "frozen" Frozen { incident: u64 },
        "unfreeze_proposed" UnfreezeProposed { reason: String, incident: u64 },
        /// A second person agreed with the one who proposed it (`with`).
        "unfrozen" Unfrozen { reason: String, incident: u64, with: String },
    }
}

impl EntryEvent {
    /// Returns the entry after this event; `None` if the event leaves it unchanged.
    pub fn entry(&self) -> Option<&Entry> {
        match self {
            Self::Added { entry }
            | Self::Changed { entry }
            | Self::Verified { entry, .. }
            | Self::Expires { entry, .. }
            | Self::TestMessageSent { entry, .. }
            | Self::TestMessageOpened { entry }
            | Self::TestMessageMisheard { entry } => Some(entry),
            Self::TestMessageDelivery { .. }
            | Self::PassphraseViewed
            | Self::Frozen { .. }
            | Self::UnfreezeProposed { .. }
            | Self::Unfrozen { .. } => None,
        }
    }

    /// Returns the incident that froze an entry, or after which it is unfrozen.
    pub fn incident(&self) -> Option<u64> {
        match self {
            Self::Frozen { incident }
            | Self::UnfreezeProposed { incident, .. }
            | Self::Unfrozen { incident, .. } => Some(*incident),
            _ => None,
        }
    }
}
