//! Enters: a despatch, and what a reviewer signs about it with a key of their own. Leaves: the text to sign, with a number
//! that is on record; and that a signature counts for this message, this recipient and this person, once.
//! Never: makes a signature, or believes a row that says there is one.

use crate::apply::{State as Replayed, apply};
use crate::despatch::{Despatch, Hold, MessageBinding, Signed};
use crate::engine::LedgerConnection;
use crate::error::{LedgerError, refuse};
use crate::event_log;
use crate::events::DespatchEvent;
use crate::signed::{codes, is_of, unfit};
use crate::transact::Transaction;
use chrono::{SubsecRound, TimeDelta};
use despatch_core::clock::Moment;
use despatch_core::random::random_hex;
use despatch_core::words::StaffId;
use despatch_guards::Guard;
use despatch_seal::approval::{Choice, Statement};
use despatch_seal::approvers::Approvers;
use despatch_settings::Staff;

/// How long a number counts.
const COUNTS_FOR_MINUTES: i64 = 30;
/// The bytes of a number.
const NUMBER_BYTES: usize = 16;

/// What an office asks that takes signed approvals alone.
#[derive(Debug, Clone, Copy)]
pub struct Signing<'a> {
    /// Whose signatures count.
    pub approvers: &'a Approvers,
    /// The reviewer's, if they gave one.
    pub signature: Option<&'a str>,
}

/// The decision that is signed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decided<'a> {
    pub(crate) choice: Choice,
    pub(crate) by: &'a Staff,
    pub(crate) confirmed: &'a [Guard],
}

/// Takes note of a number for this decision, and returns the text to sign. An earlier one of this person ends.
///
/// # Errors
/// The system provides no randomness, or the ledger fails.
pub(crate) async fn ask(
    tx: &mut Transaction<'_>,
    despatch: &Despatch,
    decided: Decided<'_>,
    office: &str,
    now: Moment,
) -> Result<String, LedgerError> {
    let bound = despatch.message.as_ref().and_then(|bound| Some((bound, bound.opening?)));
    let (Some(entry), Some((bound, opening))) = (&despatch.recipient.entry, bound) else {
        let cause = "it is not sealed to anybody yet";
        return refuse(despatch.id, "approve.no_message", cause, "release it once what holds it is mended");
    };
    let statement = Statement {
        office: office.to_owned(),
        despatch: despatch.id.to_string(),
        message: bound.sha256,
        choice: decided.choice,
        entry: entry.clone(),
        address: despatch.recipient.address.clone(),
        opening: opening.code().to_owned(),
        keys: bound.fingerprints.clone(),
        confirmed: codes(decided.confirmed),
        by: decided.by.id.clone(),
        number: random_hex(NUMBER_BYTES)?,
        until: now.at.trunc_subsecs(3) + TimeDelta::minutes(COUNTS_FOR_MINUTES),
    };
    let text = statement.text();
    let text = text.ok_or_else(|| LedgerError::Failed(format!("{}: no text says this once", despatch.id)))?;
    tx.change(despatch.id, DespatchEvent::ApprovalAsked { text: text.clone() }).await?;
    Ok(text)
}

/// Checks the signature of a decision; `None` if the office asks for none.
///
/// # Errors
/// There is none, or it does not count.
pub(crate) fn accept(
    (despatch, bound): (&Despatch, &MessageBinding),
    decided: Decided<'_>,
    signing: Option<Signing<'_>>,
    now: Moment,
) -> Result<Option<Signed>, LedgerError> {
    const ANEW: &str = "give the command again, which asks for a new number, and sign that";
    let Some(Signing { approvers, signature }) = signing else { return Ok(None) };
    let (id, by) = (despatch.id, &decided.by.id);
    let Some(signature) = signature else {
        let cause = format!("this office lets nothing go that {by} has not signed with a key of their own");
        let cure = "give the command with --sign-key FILE: your private key, or its .pub where the key itself is in \
                    ssh-agent or on a security key";
        return refuse(id, "approve.unsigned", cause, cure);
    };
    let Some((text, statement)) = asked(despatch, by, decided.choice) else {
        let cause = format!(
            "nothing of it is to be signed by {by}: no number was asked for, or it was used already or ended with a hold"
        );
        return refuse(id, "approve.number", cause, ANEW);
    };
    if now.at > statement.until {
        return refuse(id, "approve.lapsed", "the number that was signed has lapsed", ANEW);
    }
    if !is_of(&statement, despatch, bound) || statement.confirmed != codes(decided.confirmed) {
        let cause = "what was signed is another message, another recipient or other checks than these";
        return refuse(id, "approve.number", cause, ANEW);
    }
    if let Err(fault) = approvers.verify(by, now.at, text, signature) {
        let cause = format!("the signature does not count: {fault}");
        let cure = "sign the text as it is given, with a key that the office's file of approvers has for you";
        return refuse(id, "approve.signature", cause, cure);
    }
    Ok(Some(Signed { text: text.to_owned(), signature: signature.to_owned() }))
}

/// Returns what this person was asked to sign of a despatch, and may still.
fn asked<'d>(despatch: &'d Despatch, by: &StaffId, choice: Choice) -> Option<(&'d str, Statement)> {
    let open = despatch.to_sign.iter().filter_map(|text| Some((text.as_str(), Statement::read(text)?)));
    let mut theirs = open.filter(|(_, statement)| statement.by == *by && statement.choice == choice);
    theirs.next()
}

/// Returns the hold of a despatch that is approved by no signature that counts, or whose row is not what its own events
/// made of it: whoever can write a row can put an approval back that a hold had ended.
///
/// # Errors
/// The ledger cannot be read.
pub(crate) async fn hold_unsigned(
    connection: &mut LedgerConnection,
    despatch: &Despatch,
    approvers: &Approvers,
) -> Result<Option<Hold>, LedgerError> {
    let unsigned = |words: String| Some(Hold { code: Hold::UNSIGNED.to_owned(), words, regenerate: false });
    let approvals = despatch.approval.iter().chain(&despatch.first_approval);
    if let Some(why) = approvals.filter_map(|approval| unfit(approval, despatch, approvers)).next() {
        return Ok(unsigned(format!("{why}: release it, and it is reviewed anew")));
    }
    if follows(connection, despatch).await? {
        return Ok(None);
    }
    Ok(unsigned("its row does not follow from what happened: `despatch audit verify` says more".to_owned()))
}

/// Returns whether a despatch is what its events make of it.
async fn follows(connection: &mut LedgerConnection, despatch: &Despatch) -> Result<bool, LedgerError> {
    let mut replayed = Replayed::default();
    for event in event_log::read(connection, Some(&despatch.id.to_string())).await? {
        if apply(&mut replayed, &event).is_err() {
            return Ok(false);
        }
    }
    Ok(replayed.despatches.get(&despatch.id) == Some(despatch))
}
