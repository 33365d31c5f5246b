//! Enters: an entry of the directory, and how the last message of the case to it was sealed. Leaves: whether its
//! address or keys have changed since. Never: shows an address.

use super::{Check, Guard, Outcome};
use chrono::NaiveDate;
use despatch_core::words::date_words;
use despatch_directory::entry::Entry;

/// The last message of the same case to the same entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// The despatch's id.
    pub despatch: String,
    pub issued_on: NaiveDate,
    pub address: String,
    pub fingerprints: Vec<String>,
}

/// Checks whether the address and the keys are those of the last message. A second person verified the change, but the
/// reviewer should know of a change in the middle of a case: a mailbox taken over looks just the same.
pub fn check(entry: &Entry, before: Option<&Before>) -> Check {
    let verified = entry.verified.as_ref().map_or_else(
        || "not verified".to_owned(),
        |verified| format!("verified by {} on {}", verified.by, date_words(verified.on)),
    );
    let Some(before) = before else {
        let words = format!("the first message of this case to {}; {verified}", entry.id);
        return Check::new(Guard::Change, Outcome::Passed, words);
    };
    let last = format!("{} of {}", before.despatch, date_words(before.issued_on));
    let mut changed = Vec::new();
    if before.address != entry.email.to_string() {
        changed.push("the address of ".to_owned() + entry.id.as_str() + " is another than");
    }
    // Without fingerprints it was not sent, or a passphrase opened it.
    if !before.fingerprints.is_empty() && before.fingerprints != entry.fingerprints() {
        let now = entry.fingerprints();
        let now = if now.is_empty() { "none".to_owned() } else { now.join(", ") };
        changed.push(format!(
            "the key of {} is {now}, and was {} in",
            entry.id,
            before.fingerprints.join(", ")
        ));
    }
    match changed.is_empty() {
        true => Check::new(Guard::Change, Outcome::Passed, format!("as in {last}; {verified}")),
        false => Check::new(
            Guard::Change,
            Outcome::Confirm,
            format!("{} {last}; {verified}", changed.join(", and ")),
        ),
    }
}
