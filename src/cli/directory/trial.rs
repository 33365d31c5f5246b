//! Enters: an entry. Leaves: a letter without content on its way to it, and, later, that it could be opened.
//! Never: sends anything of a case.

use super::Desk;
use crate::cli::reading::{tell_words, words_of};
use crate::cli::{Exit, Failure, this_program};
use crate::fault::Fault;
use crate::office::{Staff, Unlock};
use crate::outbox::{LedgerError, subject, write_durably};
use crate::pipeline::trial;
use crate::send::{Courier, Verdict};
use crate::words::EntryId;

impl Desk<'_> {
    pub(super) fn trial(&mut self, id: &EntryId, signing: &Unlock, actor: &Staff) -> Result<Exit, Failure> {
        let now = self.now();
        let entry = self.entry(id)?.clone();
        let courier = Courier::of(self.office.root(), &self.office.config.courier)?;
        let signer = self.office.signing_secret(signing)?;
        let draft = trial(self.office, &signer, &this_program()?, &entry, now)?;
        // On record before it goes: a letter that nobody sent can be asked for again, one that nobody knows of cannot
        // be confirmed.
        let copy = draft.copy.as_deref();
        if let Some(copy) = copy {
            write_durably(&self.ledger.files().trial_copy(id), copy)?;
        }
        let (with_words, rules) = (copy.is_some(), &self.office.config.addresses);
        let letter = self.ledger.trial_sent(id, draft.message, rules, actor, now)?;
        let Some(sender) = self.office.config.teams.values().next() else {
            return Err(Failure::Internal("the office writes for no team".to_owned()));
        };
        let verdict = courier.deliver(&sender.from, &letter.parcel(), &mut || Ok::<(), LedgerError>(()));
        self.print.json(&serde_json::json!({ "entry": id, "verdict": verdict }));
        let (exit, reply) = match &verdict {
            Verdict::Accepted { reply } => (Exit::Done, reply),
            Verdict::Deferred { reply } => (Exit::TryAgain, reply),
            Verdict::Refused { reply } | Verdict::InDoubt { why: reply } => (Exit::AtFault, reply),
        };
        self.print.line(&format!("trial letter to {}, {}: {reply}", entry.name, entry.organisation));
        if exit == Exit::Done && with_words {
            self.print.line(&format!(
                "First tell the recipient the words that open it: despatch directory words {id}"
            ));
        }
        if exit == Exit::Done {
            self.print.line(&format!(
                "Once the recipient reads out its numbers: despatch directory opened {id} --words \"…\""
            ));
        }
        Ok(exit)
    }

    /// Tells the words that open the trial letter.
    pub(super) fn words(&mut self, id: &EntryId, unlock: &Unlock, actor: &Staff) -> Result<Exit, Failure> {
        let path = self.ledger.files().trial_copy(id);
        if !path.exists() {
            let cure = "send one with `despatch directory trial`, if the entry opens what it gets with words";
            return Err(
                Fault::new(subject(id), "words.none", "no words open a trial letter to it", cure).into()
            );
        }
        let secret = self.office.review_secret(unlock)?;
        let at = self.now().at;
        self.ledger.record_words_view(&subject(id), actor.id.as_str(), at)?;
        let words = words_of(&path, None, &secret)?;
        tell_words(&words, &self.entry(id)?.name, self.print);
        Ok(Exit::Done)
    }

    pub(super) fn opened(&mut self, id: &EntryId, words: &str, actor: &Staff) -> Result<Exit, Failure> {
        let now = self.now();
        let entry = self.ledger.trial_opened(id, words, &self.office.config.addresses, actor, now)?;
        self.print.json(&entry);
        self.print.line(&format!("{} could open the trial letter.", entry.id));
        self.what_is_missing(&entry, now.today);
        Ok(Exit::Done)
    }
}
