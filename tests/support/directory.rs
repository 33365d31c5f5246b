//! Changes to the directory of a test's office, made as its staff make them.

use super::office::{DemoOffice, PREPARER, Said, TODAY};
use despatch_app::office::Office;
use despatch_core::clock::Clock;
use despatch_core::words::EntryId;
use despatch_ledger::{Ledger, SealedTestMessage};
use serde_json::Value;

/// Verifies what [`PREPARER`] changed, and approves nothing in the tests.
pub const VERIFIER: &str = "tomasz-achebe";

impl DemoOffice {
    /// Runs a command about the directory as [`PREPARER`].
    pub fn directory(&self, words: &[&str]) -> Said {
        self.run_as(PREPARER, &[&["directory"], words].concat())
    }

    /// Returns an entry with its fingerprints and holds.
    pub fn entry(&self, id: &str) -> Value {
        self.run(&["--json", "directory", "show", id]).expect(0).json()
    }

    /// Changes an entry, as one person.
    #[track_caller]
    pub fn says(&self, id: &str, words: &[&str]) {
        self.directory(&[&["change", id], words].concat()).expect(0);
    }

    /// Replaces the keys of an entry, as one person.
    #[track_caller]
    pub fn new_key(&self, id: &str, public: &str) {
        self.directory(&["key", id, "--key", public]).expect(0);
    }

    /// Verifies an entry as it stands, as a second person.
    #[track_caller]
    pub fn verify(&self, id: &str, more: &[&str]) {
        let entry = self.entry(id);
        let email = entry["entry"]["email"].as_str().expect("an address").to_owned();
        let mut words =
            vec!["directory", "verify", id, "--email", &email, "--way", "call-back", "--how", "a test"];
        for fingerprint in entry["fingerprints"].as_array().expect("a list") {
            words.extend(["--fingerprint", fingerprint.as_str().expect("a fingerprint")]);
        }
        words.extend(more);
        self.run_as(VERIFIER, &words).expect(0);
    }

    /// Records that the recipient opened a test message, without sending one.
    pub fn opened(&self, id: &str) {
        prove(&self.dir, Clock::Fixed(TODAY.parse().expect("a day")), id);
    }

    /// Does all that a changed entry needs before it may be written to: a test message and a verification.
    #[track_caller]
    pub fn settle(&self, id: &str) {
        self.opened(id);
        self.verify(id, &[]);
    }
}

/// Records that an entry of the office at `dir` opened a test message.
pub fn prove(dir: &std::path::Path, clock: Clock, id: &str) {
    let office = Office::open(dir).expect("an office in order");
    let mut ledger = Ledger::open(&office.outbox()).expect("a ledger");
    let (rules, now) = (&office.config.addresses, clock.now());
    let id: EntryId = id.parse().expect("an id");
    let directory = ledger.directory(rules).expect("a directory");
    // Whoever entered or changed it sends it none.
    let changed = &directory.get(&id).expect("an entry").changed;
    let staff = office.config.staff.iter().find(|one| !changed.is_partly_of(&one.id)).expect("somebody else");
    let key = office.identity_key().expect("a key");
    let answer = key.answer("<a@b.example>", "made up");
    let message = SealedTestMessage { bytes: Vec::new(), message_id: "<a@b.example>".to_owned(), answer };
    ledger.test_message_sent(&id, message, rules, staff, now).expect("a trial");
    ledger.test_message_opened(&id, ("made up", &key), rules, staff, now).expect("it was opened");
}
