//! Enters: an entry. Leaves: what is still to do before the first letter to it, step by step, with the words to send.
//! Never: does any of it.

use super::Desk;
use crate::context::Exit;
use crate::printing::{strong, wrapped};
use despatch_app::operations::Failure;

use despatch_app::send::Verdict;
use despatch_core::words::{EntryId, date_words};
use despatch_directory::entry::{Entry, Method};
use serde_json::json;

/// What somebody without a key is asked, with the three ways of opening in the order in which they protect.
const ASK: &str = "We send documents that only you can open. Please tell us by telephone which of these you can use:\n\
    1. a key of your own. Install the free program age (age-encryption.org), run `age-keygen -o key.txt`, keep that \
    file to yourself, and tell us the line that begins with age1;\n\
    2. words that we tell you on the telephone for each letter, with the program age;\n\
    3. PDFs that ask for such words, which open in the PDF reader that you have. Nothing is to be installed.";

/// What somebody with a key is asked on the telephone.
const READ_OUT: &str = "Please read out the fingerprint of your key, so that we know that it is yours: \
    `printf %s \"$(age-keygen -y key.txt)\" | sha256sum` shows it on Linux, and the same with `shasum -a 256` in place of \
    `sha256sum` on macOS; the first 16 characters are enough.";

/// One thing to do.
struct Step {
    done: Option<String>,
    what: String,
    command: Option<String>,
    words: Option<&'static str>,
}

impl Desk<'_> {
    pub(super) fn onboard(&mut self, id: &EntryId) -> Result<Exit, Failure> {
        let today = self.now().today;
        let entry = &self.entry(id)?.clone();
        let sent = self.trial_step(entry)?;
        let mut steps = vec![self.method(entry), sent, opened(entry), verified(entry)];
        steps.extend(self.rules(entry));
        let holds = self.office.directory.holds(entry, today);
        let told: Vec<serde_json::Value> = steps
            .iter()
            .map(|step| json!({ "done": step.done, "to_do": step.what, "command": step.command, "words": step.words }))
            .collect();
        self.print.json(&json!({ "entry": id, "steps": told, "ready": holds.is_empty() }));
        self.print.line(&strong(&format!("{}: {}, {}", entry.id, entry.name, entry.organisation)));
        for (number, step) in (1..).zip(&steps) {
            match &step.done {
                Some(done) => self.print.line(&wrapped(&format!("{number}  done"), done)),
                None => {
                    self.print.line(&wrapped(&format!("{number}  to do"), &step.what));
                    step.command.iter().for_each(|command| self.print.line(&wrapped("", command)));
                    for line in step.words.iter().flat_map(|words| words.lines()) {
                        self.print.line(&wrapped("  say", line));
                    }
                }
            }
        }
        self.what_is_missing(entry, today);
        Ok(if holds.is_empty() { Exit::Done } else { Exit::AtFault })
    }

    fn method(&self, entry: &Entry) -> Step {
        let done = match entry.method {
            Some(Method::Age) if entry.keys.is_empty() => None,
            Some(Method::Age) => Some(format!("it opens with the key {}", entry.fingerprints().join(", "))),
            Some(method) => Some(format!("it opens what it gets {}", method.words())),
            None => None,
        };
        let id = &entry.id;
        Step {
            done,
            what: "ask the recipient how they will open what they get, and enter it".to_owned(),
            command: Some(format!(
                "despatch directory key {id} --key age1… (or: despatch directory change {id} --method pdf-password)"
            )),
            words: Some(ASK),
        }
    }

    /// A trial letter that certainly did not go is still to be sent.
    fn trial_step(&mut self, entry: &Entry) -> Result<Step, Failure> {
        let mut step = trial(entry);
        let came = entry.trial.as_ref().map(|trial| self.delivery(&entry.id, trial)).transpose()?.flatten();
        if let Some(Verdict::Deferred { reply } | Verdict::Refused { reply }) = came.map(|came| came.verdict)
        {
            step.done = None;
            step.what = format!("send a trial letter again, for the last one did not go ({reply})");
        }
        Ok(step)
    }

    /// What the office's own rules ask for.
    fn rules(&self, entry: &Entry) -> Vec<Step> {
        let against = self.office.directory.rules().against(entry);
        let step = |what: String| Step { done: None, what, command: None, words: None };
        against.iter().map(|reason| step(reason.to_string())).collect()
    }
}

fn trial(entry: &Entry) -> Step {
    Step {
        done: entry
            .trial
            .as_ref()
            .map(|trial| format!("a trial letter went on {}", date_words(trial.sent_on))),
        what: "send a trial letter, which holds nothing about anybody".to_owned(),
        command: Some(format!("despatch directory trial {}", entry.id)),
        words: None,
    }
}

fn opened(entry: &Entry) -> Step {
    let opened = entry.trial.as_ref().and_then(|trial| trial.opened.as_ref());
    Step {
        done: opened.map(|opened| format!("{} heard its numbers on {}", opened.by, date_words(opened.on))),
        what: "have the recipient read out the numbers in it".to_owned(),
        command: Some(format!("despatch directory opened {} --words \"…\"", entry.id)),
        words: Some("Please read out the numbers that you find in the trial letter."),
    }
}

fn verified(entry: &Entry) -> Step {
    let fingerprints: String = entry.keys.iter().map(|_| " --fingerprint …").collect();
    let by = &entry.changed.by;
    Step {
        done: entry
            .verified
            .as_ref()
            .map(|verified| format!("{} verified it on {}", verified.by, date_words(verified.on))),
        what: format!(
            "somebody other than {by} rings the recipient on a number that the office had from elsewhere, or sees them"
        ),
        command: Some(format!(
            "despatch directory verify {} --email …{fingerprints} --way call-back --how \"…\"",
            entry.id
        )),
        words: (!entry.keys.is_empty()).then_some(READ_OUT),
    }
}
