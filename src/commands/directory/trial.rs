//! Enters: an entry. Leaves: a letter without content on its way to it, with what the courier said of it on record, and,
//! later, that it could be opened. Never: sends anything of a case.

use super::Desk;
use crate::context::Exit;
use crate::context::this_program;
use crate::printing::show_passphrase;
use despatch_app::office::Unlock;
use despatch_app::operations::Failure;
use despatch_app::operations::reading::passphrase_in_copy;
use despatch_app::pipeline::trial;
use despatch_app::send::{Courier, Verdict};
use despatch_core::fault::Fault;
use despatch_core::words::EntryId;
use despatch_directory::entry::Trial;
use despatch_ledger::{EntryEvent, LedgerError, LedgerEvent, subject, write_durably};
use despatch_settings::Staff;

/// What came of the delivery of a trial letter.
#[derive(Debug)]
pub(super) struct Delivery {
    message_id: String,
    /// The review key to which the office's own copy is sealed, by its fingerprint.
    review_key: String,
    pub(super) verdict: Verdict,
}

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
        let message_id = draft.message.message_id.clone();
        let (with_words, rules) = (copy.is_some(), &self.office.config.addresses);
        let letter = self.ledger.trial_sent(id, draft.message, rules, actor, now)?;
        let Some(sender) = self.office.config.teams.values().next() else {
            return Err(Failure::Internal("the office writes for no team".to_owned()));
        };
        let verdict = courier.deliver(&sender.from, &letter.parcel(), &mut || Ok::<(), LedgerError>(()));
        let (review_key, now) = (self.office.review_key.fingerprint(), self.now());
        self.ledger.record_trial_delivery(id, message_id, review_key, verdict.clone(), actor, now)?;
        self.print.json(&serde_json::json!({ "entry": id, "verdict": verdict }));
        let (exit, reply) = match &verdict {
            Verdict::Accepted { reply } => (Exit::Done, reply),
            Verdict::Deferred { reply } => (Exit::TryAgain, reply),
            Verdict::Refused { reply } | Verdict::InDoubt { why: reply } => (Exit::AtFault, reply),
        };
        self.print.line(&format!("trial letter to {}, {}: {reply}", entry.name, entry.organisation));
        if !verdict.may_have_gone() {
            self.print.line(
                "It did not go, and nothing tries again by itself: mend that and give the command again.",
            );
        }
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

    /// What came of the delivery of an entry's trial letter, if that is on record.
    pub(super) fn delivery(&mut self, id: &EntryId, trial: &Trial) -> Result<Option<Delivery>, Failure> {
        let events = self.ledger.events(Some(&subject(id)))?;
        let mut deliveries = events.into_iter().rev().filter_map(|event| match event.happened {
            LedgerEvent::Entry(_, EntryEvent::TrialDelivery { message_id, review_key, verdict }) => {
                Some(Delivery { message_id, review_key, verdict })
            }
            _ => None,
        });
        Ok(deliveries.find(|came| came.message_id == trial.message_id))
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
        let trial = self.entry(id)?.trial.clone();
        let came = trial.map(|trial| self.delivery(id, &trial)).transpose()?.flatten();
        // A letter of which no delivery is on record was sealed to the key that is in use.
        let sealed_to = came.map_or_else(|| self.office.review_key.fingerprint(), |came| came.review_key);
        let secret = self.office.review_secret_of(&sealed_to, unlock)?;
        let at = self.now().at;
        self.ledger.record_words_view(&subject(id), actor.id.as_str(), at)?;
        let words = passphrase_in_copy(&path, None, &secret)?;
        show_passphrase(&words, &self.entry(id)?.name, self.print);
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
