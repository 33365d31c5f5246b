//! Enters: commands about the office's own keys. Leaves: what they are, and a new one in the place of an old one.
//! Never: shows a private key.

mod drill;
mod rotate;
mod signing;

use super::args::Keys;
use super::{open_ledger, open_office};
use crate::context::GlobalArgs as Common;
use crate::context::{CommandContext, Exit};
use crate::printing::Print;
use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;
use despatch_app::office::Office;
use despatch_app::operations::Failure;
use despatch_core::clock::Moment;
use despatch_core::words::date_words;
use despatch_ledger::{Event, Ledger, LedgerEvent, OfficeEvent, Rotated};
use despatch_seal::signing::{Signer, VerifyingKey};
use serde::Serialize;
use serde_json::json;

pub(super) fn keys(common: &Common, command: Keys, print: &Print) -> Result<Exit, Failure> {
    let (mut office, clock) = open_office(common)?;
    match command {
        Keys::Signing(command) => signing::signing(&office, common, &command, clock, print),
        Keys::List => list(&office, print),
        Keys::RotateReview(args) => {
            let actor = office.actor(common.actor.as_ref())?.clone();
            rotate::rotate(&mut office, &args, &actor, clock, print)
        }
        Keys::Drill(args) => {
            let actor = office.actor(common.actor.as_ref())?;
            drill::drill(&office, &args, actor, clock, print)
        }
    }
}

/// What `check` says of the keys: a review key that is not the one on record, a recovery key that nobody has tried.
pub(super) fn warnings(office: &Office, ledger: &mut Ledger, now: Moment) -> Result<Vec<String>, Failure> {
    let recorded = ledger.review_key_on_record()?;
    let another = recorded.filter(|recorded| *recorded != office.review_key.fingerprint()).map(|recorded| {
        format!(
            "The record has {recorded} for the review key, and keys/review.pub has {}: somebody put it there, or a change of the key was stopped half way. Nothing is made meanwhile. Put the right file back from a backup, or give `despatch keys rotate-review` again.",
            office.review_key.fingerprint()
        )
    });
    Ok(another.into_iter().chain(drill::overdue(office, ledger, now)?).collect())
}

/// One key as the list shows it.
#[derive(Debug, Serialize)]
struct Listed {
    what: &'static str,
    fingerprint: String,
    /// Since when, where that is on record; the first keys are as old as the office.
    since: Option<DateTime<Utc>>,
    state: &'static str,
    /// When somebody last proved that the recovery key opens what it should.
    last_drill: Option<DateTime<Utc>>,
}

impl Listed {
    fn row(&self) -> Vec<String> {
        let day = |at: DateTime<Utc>| date_words(at.with_timezone(&London).date_naive());
        let (since, drill) = match self.what {
            // Its settings name it; nobody takes note of since when.
            RECOVERY => ("not on record", self.last_drill.map_or_else(|| "never".to_owned(), day)),
            _ => ("the beginning", String::new()),
        };
        let since = self.since.map_or_else(|| since.to_owned(), day);
        vec![self.what.to_owned(), self.fingerprint.clone(), since, self.state.to_owned(), drill]
    }
}

/// A recovery key, as the list calls it.
const RECOVERY: &str = "recovery";
/// What the list says of a key that is used.
const IN_USE: &str = "in use";

fn list(office: &Office, print: &Print) -> Result<Exit, Failure> {
    let mut ledger = open_ledger(office)?;
    let listed = listed(office, &mut ledger)?;
    print.json(&json!({ "keys": listed }));
    let rows: Vec<Vec<String>> = listed.iter().map(Listed::row).collect();
    print.table(&["key", "fingerprint", "since", "state", "last drill"], &rows, "");
    Ok(Exit::Done)
}

fn listed(office: &Office, ledger: &mut Ledger) -> Result<Vec<Listed>, Failure> {
    let rotations = ledger.rotations()?;
    let since = |fingerprint: &str| {
        let last = rotations.iter().rfind(|rotated: &&Rotated| rotated.to == fingerprint);
        last.map(|rotated| rotated.at)
    };
    let review = |fingerprint: String, state| Listed {
        what: "review",
        since: since(&fingerprint),
        fingerprint,
        state,
        last_drill: None,
    };
    let mut keys = vec![review(office.review_key.fingerprint(), IN_USE)];
    keys.extend(office.old_review_keys().into_iter().map(|old| review(old, "kept for reading")));
    keys.extend(signing_keys(office, ledger)?);
    if let Some(recovery) = &office.config.recovery {
        let fingerprint = recovery.fingerprint();
        let last_drill = ledger.last_drill(&fingerprint)?.map(|drill| drill.at);
        keys.push(Listed { what: RECOVERY, fingerprint, since: None, state: IN_USE, last_drill });
    }
    Ok(keys)
}

/// The signing key in use, then those whose signatures still count.
fn signing_keys(office: &Office, ledger: &mut Ledger) -> Result<Vec<Listed>, Failure> {
    let made = ledger.events(Some("office"))?;
    let in_use = office.signing_public().ok().map(VerifyingKey::fingerprint);
    let listed = |signer: Signer| {
        let fingerprint = signer.key.fingerprint();
        let of_this = |event: &&Event| match &event.happened {
            LedgerEvent::Office(OfficeEvent::SigningKeyMade { fingerprint: made, .. }) => {
                *made == fingerprint
            }
            _ => false,
        };
        let since = made.iter().rfind(of_this).map(|event| event.at);
        let state =
            if in_use.as_ref() == Some(&fingerprint) { IN_USE } else { "what it signed still counts" };
        Listed { what: "signing", fingerprint, since, state, last_drill: None }
    };
    Ok(office.signers().into_iter().map(listed).collect())
}

/// The office's own keys: which there are, a new review key, a drill with the recovery key
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Keys,
}

pub fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    keys(&context.global, args.command, &context.print)
}
