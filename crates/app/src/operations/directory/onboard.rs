//! Enters: an entry. Leaves: the steps that remain before the first letter to it, with the words to send.
//! Never: takes any of these steps.

use super::test_message::delivery;
use super::{HoldView, holds, known_entry};
use crate::operations::{Actor, Failure, OpenOffice};
use crate::send::Verdict;
use despatch_core::words::{EntryId, date_words};
use despatch_directory::entry::{Entry, TestMessage};
use despatch_directory::opening::OpeningMethod;
use serde::Serialize;

/// What a recipient with a key is asked on the telephone.
const READ_OUT: &str = "Please read out the fingerprint of your key, so that we know that it is yours: \
    `printf %s \"$(age-keygen -y key.txt)\" | sha256sum` shows it on Linux, and the same with `shasum -a 256` in place of \
    `sha256sum` on macOS; the first 16 characters are enough.";

/// The steps before the first letter to an entry.
#[derive(Debug, Serialize)]
pub struct Onboarding {
    #[serde(rename = "entry")]
    pub id: EntryId,
    pub steps: Vec<Step>,
    pub ready: bool,
    #[serde(skip)]
    pub entry: Entry,
    #[serde(skip)]
    pub holds: Vec<HoldView>,
}

/// One step.
#[derive(Debug, Serialize)]
pub struct Step {
    pub done: Option<String>,
    pub to_do: String,
    pub command: Option<String>,
    /// The words to say to the recipient.
    pub words: Option<String>,
}

/// Returns the steps before the first letter to an entry.
///
/// # Errors
/// The directory has no such entry, or the ledger cannot be read.
pub fn onboard(open: &mut OpenOffice, _: &Actor, id: EntryId) -> Result<Onboarding, Failure> {
    let entry = known_entry(&open.office, &id)?.clone();
    let sent = test_message_step(open, &entry)?;
    let mut steps = vec![method(&entry), sent, opened(&entry), verified(&entry)];
    let against = open.office.directory.rules().against(&entry);
    let rule = |to_do: String| Step { done: None, to_do, command: None, words: None };
    steps.extend(against.iter().map(|reason| rule(reason.to_string())));
    let holds = holds(&open.office.directory, &entry, open.now().today);
    Ok(Onboarding { id, steps, ready: holds.is_empty(), entry, holds })
}

fn method(entry: &Entry) -> Step {
    let done = entry.opening().map(|method| match method.needs_keys() {
        true => format!("it opens with the key {}", entry.fingerprints().join(", ")),
        false => format!("it opens what it gets {}", method.label()),
    });
    let id = &entry.id;
    Step {
        done,
        to_do: "ask the recipient how they will open what they get, and enter it".to_owned(),
        command: Some(format!(
            "despatch directory key {id} --key age1… (or: despatch directory change {id} --method pdf-password)"
        )),
        words: Some(ask()),
    }
}

/// What a recipient without a key is asked, with the opening methods from the most to the least secure.
fn ask() -> String {
    let offers =
        (1..).zip(OpeningMethod::ALL).map(|(number, method)| format!("{number}. {}", method.details().offer));
    let offers: Vec<String> = offers.collect();
    let intro =
        "We send documents that only you can open. Please tell us by telephone which of these you can use:";
    format!("{intro}\n{}.", offers.join(";\n"))
}

/// The step for the test message; one that was certainly not delivered must be sent again.
fn test_message_step(open: &mut OpenOffice, entry: &Entry) -> Result<Step, Failure> {
    let came = entry
        .test_message
        .as_ref()
        .map(|test_message| delivery(&mut open.ledger, &entry.id, test_message))
        .transpose()?
        .flatten();
    let void = entry.test_message.as_ref().is_some_and(TestMessage::is_void);
    let failed = match came.map(|came| came.verdict) {
        Some(Verdict::Deferred { reply } | Verdict::Refused { reply }) => {
            Some(format!("for the last one did not go ({reply})"))
        }
        _ => void.then(|| "for wrong numbers were given too often for the last one".to_owned()),
    };
    let sent = entry.test_message.as_ref().filter(|_| failed.is_none());
    Ok(Step {
        done: sent.map(|test_message| format!("a test message went on {}", date_words(test_message.sent_on))),
        to_do: failed.map_or_else(
            || {
                format!(
                    "have somebody other than {} send a test message, which holds nothing about anybody",
                    entry.changed.by
                )
            },
            |why| format!("send a test message again, {why}"),
        ),
        command: Some(format!("despatch directory trial {}", entry.id)),
        words: None,
    })
}

fn opened(entry: &Entry) -> Step {
    let opened = entry.test_message.as_ref().and_then(|test_message| test_message.opened.as_ref());
    Step {
        done: opened.map(|opened| format!("{} heard its numbers on {}", opened.by, date_words(opened.on))),
        to_do: "have the recipient read out the numbers in it".to_owned(),
        command: Some(format!("despatch directory opened {} --words \"…\"", entry.id)),
        words: Some("Please read out the numbers that you find in the test message.".to_owned()),
    }
}

fn verified(entry: &Entry) -> Step {
    let fingerprints: String = entry.keys.iter().map(|_| " --fingerprint …").collect();
    let by = &entry.changed.by;
    let verified = entry.verified.as_ref();
    Step {
        done: verified.map(|verified| format!("{} verified it on {}", verified.by, date_words(verified.on))),
        to_do: format!(
            "somebody other than {by} rings the recipient on a number that the office had from elsewhere, or sees them"
        ),
        command: Some(format!(
            "despatch directory verify {} --email …{fingerprints} --way call-back --how \"…\"",
            entry.id
        )),
        words: (!entry.keys.is_empty()).then(|| READ_OUT.to_owned()),
    }
}
