//! Enters: commands about the office's own keys. Leaves: what they are, and a new one in the place of an old one.
//! Never: shows a private key.

mod drill;
mod rotate;
mod signing;

use super::args::{Common, Keys};
use super::print::Print;
use super::{Exit, Failure, open_ledger, open_office};
use crate::clock::Moment;
use crate::office::Office;
use crate::outbox::{Ledger, Rotated};
use crate::words::date_words;
use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;
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

/// What `check` says of the keys: a rotation that was stopped, a recovery key that nobody has tried.
pub(super) fn warnings(office: &Office, ledger: &mut Ledger, now: Moment) -> Result<Vec<String>, Failure> {
    let recorded = ledger.rotations()?.pop().map(|last| last.to);
    let stopped = recorded.filter(|recorded| *recorded != office.review_key.fingerprint()).map(|recorded| {
        format!(
            "The record has {recorded} for the review key, and keys/review.pub has {}: a change of the key was stopped half way. Give `despatch keys rotate-review` again.",
            office.review_key.fingerprint()
        )
    });
    Ok(stopped.into_iter().chain(drill::overdue(office, ledger, now)?).collect())
}

/// One key as the list shows it.
#[derive(Debug, Serialize)]
struct Listed {
    what: &'static str,
    fingerprint: String,
    /// Since when; the first review key is as old as the office.
    since: Option<DateTime<Utc>>,
    state: &'static str,
}

fn list(office: &Office, print: &Print) -> Result<Exit, Failure> {
    let mut ledger = open_ledger(office)?;
    let listed = listed(office, &mut ledger)?;
    print.json(&json!({ "keys": listed }));
    let row = |one: &Listed| {
        let since = one.since.map_or_else(
            || "the beginning".to_owned(),
            |at| date_words(at.with_timezone(&London).date_naive()),
        );
        vec![one.what.to_owned(), one.fingerprint.clone(), since, one.state.to_owned()]
    };
    print.table(&["key", "fingerprint", "since", "state"], &listed.iter().map(row).collect::<Vec<_>>(), "");
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
    };
    let mut keys = vec![review(office.review_key.fingerprint(), "in use")];
    keys.extend(office.old_review_keys().into_iter().map(|old| review(old, "kept for reading")));
    if let Some(recovery) = &office.config.recovery {
        let fingerprint = recovery.fingerprint();
        let since = ledger.last_drill(&fingerprint)?.map(|drill| drill.at);
        let state = if since.is_some() { "tried on that day" } else { "never tried" };
        keys.push(Listed { what: "recovery", fingerprint, since, state });
    }
    Ok(keys)
}
