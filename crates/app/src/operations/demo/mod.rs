//! Enters: a folder and a day. Leaves: a fictional office in it, ready to process the sample cases in its inbox.
//! Never: touches a folder that is not a demo office.

mod samples;

use super::users::{DEMO_PASSPHRASE, add_made_up};
use super::{Failure, OpenOffice};
use crate::office::{NewOffice, Office, create, demo_key, is_free};
use chrono::TimeDelta;
use despatch_core::clock::Clock;
use despatch_core::fault::Fault;
use despatch_directory::entry::Change;
use despatch_directory::import;
use despatch_ledger::{Confirmation, Ledger, SealedTestMessage, Terms};
use despatch_seal::keys::SecretKey;
use despatch_seal::signing::SigningKey;
use samples::{Authorised, Samples, Verified};
use std::path::Path;

/// Why and for how long the demo's staff adopt a quashed pack.
const ADOPTED_BECAUSE: &str = "A demonstration with made-up cases: no letter of it is served on anybody";
const ADOPTED_FOR: TimeDelta = TimeDelta::days(180);
/// How long before its first case the demo's directory was entered and verified.
const SETTLED_BEFORE: TimeDelta = TimeDelta::days(20);
/// The passphrase in the demo's test messages.
const TEST_WORDS: &str = "made up";

/// Creates a demo office in `dir`, unless there is one. Returns whether it was created.
///
/// # Errors
/// The folder contains something else, or a file cannot be written.
pub fn prepare(dir: &Path, clock: Clock) -> Result<bool, Failure> {
    if is_free(dir) {
        let samples = Samples::new(clock.now().today)?;
        let directory = make(dir, &samples)?;
        settle(&Office::open(dir)?, &directory, &samples, clock)?;
        return Ok(true);
    }
    if Office::says_demo(dir) != Some(true) {
        let (at, cause) = (dir.display().to_string(), "the folder is not empty and is not a demo office");
        return Err(Fault::new(at, "demo.folder", cause, "choose another with --dir").into());
    }
    Ok(false)
}

/// Drops the sample cases into the inbox of a demo office.
///
/// # Errors
/// A sample cannot be made, or a file cannot be written.
pub fn drop_samples(open: &OpenOffice) -> Result<(), Failure> {
    Samples::new(open.now().today)?.drop_into(open.office.intake().inbox(), &open.program)
}

/// Creates the office: new keys for the reviewers and for each entry of its directory that has one. Returns the
/// directory's text with these keys.
fn make(dir: &Path, samples: &Samples) -> Result<String, Failure> {
    let mut keys = Vec::new();
    let directory = samples.directory(|entry| {
        let key = SecretKey::generate();
        let public = key.to_public().to_string();
        keys.push((entry.to_owned(), key));
        public
    })?;
    let new = NewOffice {
        config: &samples.config()?,
        intake: None,
        places: Some(&samples.places()?),
        review: &SecretKey::generate(),
        signing: &SigningKey::generate().map_err(Failure::Internal)?,
        locks: None,
    };
    for (entry, key) in &keys {
        demo_key(dir, &format!("{entry}.key"), key)?;
    }
    create(dir, &new)?;
    Ok(directory)
}

/// Does what an office does before its first case: one member of staff imports the directory, others verify the
/// entries, the representatives' authorities are recorded, and two adopt each pack, because none is known to be in force.
fn settle(office: &Office, directory: &str, samples: &Samples, clock: Clock) -> Result<(), Failure> {
    let now = clock.now();
    let earlier = Clock::Fixed(now.today - SETTLED_BEFORE).now();
    let mut ledger = Ledger::open(&office.outbox())?;
    let rules = &office.config.addresses;
    let clerk = office.config.staff.first().ok_or_else(|| unstaffed("nobody"))?;
    let colleague = office.config.staff.get(1).ok_or_else(|| unstaffed("nobody else"))?;
    let key = office.identity_key()?;
    let entered = Change::new(clerk.id.clone(), earlier.today);
    let entries = import::read("directory.toml", directory, &entered)?;
    ledger.put_entries(entries.clone(), rules, clerk, earlier)??;
    // No email is sent to a fictional mailbox: the demo treats test messages as opened.
    for entry in entries.iter().filter(|entry| !entry.keys.is_empty()) {
        let message_id = format!("<test.{}@{}>", entry.id, office.config.mail_domain);
        let answer = key.answer(&message_id, TEST_WORDS);
        let message = SealedTestMessage { bytes: Vec::new(), message_id, answer };
        ledger.test_message_sent(&entry.id, message, rules, colleague, earlier)?;
        ledger.test_message_opened(&entry.id, (TEST_WORDS, &key), rules, colleague, earlier)?;
    }
    for Verified { entry, by, way, how } in samples.verified()? {
        let staff = office.config.staff_member(&by).ok_or_else(|| unstaffed(by.as_str()))?;
        let Some(known) = entries.iter().find(|known| known.id == entry) else { continue };
        let (email, fingerprints) = (known.email.clone(), known.fingerprints());
        ledger.verify_entry(
            &entry,
            &Confirmation { email, fingerprints, way, how, until: None },
            rules,
            staff,
            earlier,
        )?;
    }
    for Authorised { entry, case, dated } in samples.authorities() {
        ledger.record_authority(&entry, &case, dated, clerk, now)?;
    }
    let terms = Terms { reason: ADOPTED_BECAUSE.to_owned(), expires: now.today + ADOPTED_FOR };
    for pack in office.config.packs() {
        let text = office.packs.text(&pack).ok_or_else(|| unstaffed(pack.as_str()))?;
        let reviewers = office.config.staff.iter().filter(|staff| staff.reviewer).take(2);
        for (staff, terms) in reviewers.zip([Some(&terms), None]) {
            ledger.adopt((&pack, text.sha256), staff, terms, now)?;
        }
    }
    add_made_up(&mut ledger, &office.config.staff, DEMO_PASSPHRASE, now.at)
}

fn unstaffed(who: &str) -> Fault {
    Fault::new("examples/despatch.toml", "demo.sample", format!("{who} is not on its staff"), "report this")
}
