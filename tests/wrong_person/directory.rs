//! What people do to the directory, each a function named by what a person does. This is the one file of the suite that
//! knows where the directory is kept: in the ledger, where one person's change waits for another's word. Whoever is in
//! haste here takes the test message for opened: it went to whoever reads the mailbox.

use crate::support::directory::{VERIFIER, prove};
use crate::support::office::{DemoOffice, PREPARER, REVIEWER, TODAY};
use despatch_core::clock::Clock;
use despatch_seal::keys::SecretKey;
use despatch_testing::swap::Swap;
use serde_json::Value;
use std::fs;

/// The directory of an office. What is refused is told by its code.
pub struct Directory<'a>(pub &'a DemoOffice);

/// A new entry, as somebody types it in or imports it.
#[derive(Clone, Copy)]
pub struct New<'a> {
    pub id: &'a str,
    pub role: &'a str,
    pub name: &'a str,
    pub organisation: &'a str,
    pub email: &'a str,
    pub places: &'a [&'a str],
}

type Done = Result<(), String>;

impl Directory<'_> {
    /// Somebody changes an entry's address, alone.
    pub fn address_changed_by_one(&self, entry: &str, email: &str) -> Done {
        self.did(PREPARER, &["change", entry, "--email", email])
    }

    /// Somebody changes an entry's address and then says to have verified it.
    pub fn address_changed_and_verified_by_the_same(&self, entry: &str, email: &str) -> Done {
        self.did(VERIFIER, &["change", entry, "--email", email])?;
        self.opened(entry);
        self.verified(entry, VERIFIER, "called back", TODAY)
    }

    /// Somebody changes an entry's address; a second person, in haste, says to have verified it.
    pub fn address_changed_and_hastily_verified(&self, entry: &str, email: &str) -> Done {
        self.address_changed_by_one(entry, email)?;
        self.opened(entry);
        self.verified(entry, REVIEWER, "called the number in the email that asked for it", TODAY)
    }

    /// Somebody replaces an entry's key, alone: the new one.
    pub fn key_replaced_by_one(&self, entry: &str) -> Result<SecretKey, String> {
        self.key_replaced(entry, PREPARER)
    }

    /// Somebody replaces an entry's key and then says to have verified it.
    pub fn key_replaced_and_verified_by_the_same(&self, entry: &str) -> Result<SecretKey, String> {
        let stray = self.key_replaced(entry, VERIFIER)?;
        self.opened(entry);
        self.verified(entry, VERIFIER, "read out on the telephone", TODAY)?;
        Ok(stray)
    }

    /// Somebody replaces an entry's key; a second person, in haste, says to have verified it.
    pub fn key_replaced_and_hastily_verified(&self, entry: &str) -> Result<SecretKey, String> {
        let stray = self.key_replaced_by_one(entry)?;
        self.opened(entry);
        self.verified(entry, REVIEWER, "read out on the telephone", TODAY)?;
        Ok(stray)
    }

    /// Somebody adds a key to an entry, alone.
    pub fn key_added_by_one(&self, entry: &str) -> Result<SecretKey, String> {
        let stray = SecretKey::generate();
        let public = stray.to_public().to_string();
        let known = self.keys(entry);
        let mut words = vec!["key", entry, "--key", &public];
        known.iter().for_each(|key| words.extend(["--key", key]));
        self.did(PREPARER, &words)?;
        Ok(stray)
    }

    /// Somebody exchanges the keys of two entries, alone.
    pub fn keys_exchanged_by_one(&self, one: &str, other: &str) -> Done {
        let (ours, theirs) = (self.keys(one).remove(0), self.keys(other).remove(0));
        self.did(PREPARER, &["key", one, "--key", &theirs])?;
        self.did(PREPARER, &["key", other, "--key", &ours])
    }

    /// Somebody gives an entry the key of another; a second person, in haste, says to have verified it.
    pub fn key_of_another_hastily_verified(&self, entry: &str, of: &str) -> Done {
        self.did(PREPARER, &["key", entry, "--key", &self.keys(of).remove(0)])?;
        self.verified(entry, REVIEWER, "read out on the telephone", TODAY)
    }

    /// Somebody puts a successor's name and address into an entry, alone, and leaves the key.
    pub fn holder_changed_by_one(&self, entry: &str, name: &str, email: &str) -> Done {
        self.did(PREPARER, &["change", entry, "--name", name, "--email", email])
    }

    /// Somebody writes into an entry's organisation, with a second person.
    pub fn organisation_called(&self, entry: &str, organisation: &str) -> Done {
        self.did(PREPARER, &["change", entry, "--organisation", organisation])?;
        self.verified(entry, REVIEWER, "called back", TODAY)
    }

    /// A representative goes to another firm: its name, an address there; a second person verified it.
    pub fn moved_to_another_firm(&self, entry: &str, organisation: &str, email: &str) -> Done {
        self.did(PREPARER, &["change", entry, "--organisation", organisation])?;
        self.address_changed_and_hastily_verified(entry, email)
    }

    /// Somebody gives an entry another role, alone: no command does, but a table that is imported.
    pub fn role_changed_by_one(&self, entry: &str, role: &str) -> Done {
        let table = self.0.dir.join("people.csv");
        let path = table.to_str().expect("a path");
        self.did(PREPARER, &["export", "--to", path])?;
        let text = fs::read_to_string(&table).expect("the table");
        let rows = text.lines().map(|row| match row.strip_prefix(&format!("{entry},")) {
            Some(rest) => format!("{entry},{role},{}", rest.split_once(',').expect("a row").1),
            None => row.to_owned(),
        });
        fs::write(&table, rows.collect::<Vec<_>>().join("\n")).expect("the table");
        self.did(PREPARER, &["import", path])
    }

    /// Somebody says that an entry serves these places, alone.
    pub fn places_changed_by_one(&self, entry: &str, places: &[&str]) -> Done {
        let words = places.iter().flat_map(|place| ["--place", place]);
        self.did(PREPARER, &["change", entry].into_iter().chain(words).collect::<Vec<_>>())
    }

    /// A new entry that nobody has verified. The office lists a mailbox of clerks before it writes to one.
    pub fn imported(&self, new: New<'_>) -> Result<SecretKey, String> {
        let key = SecretKey::generate();
        let public = key.to_public().to_string();
        let is_group = new.email.starts_with("clerks@");
        if is_group {
            let listed = format!("groups = [\n    \"{}\",", new.email);
            self.0.edit("despatch.toml", |text| text.swapped_once("groups = [", &listed));
        }
        let mut words = vec![
            "add",
            new.id,
            "--role",
            new.role,
            "--name",
            new.name,
            "--organisation",
            new.organisation,
            "--email",
            new.email,
            "--key",
            &public,
        ];
        words.extend(if is_group { ["--group", "true"].as_slice() } else { &[] });
        words.extend(new.places.iter().flat_map(|place| ["--place", place]));
        self.did(PREPARER, &words)?;
        Ok(key)
    }

    /// A new entry that a second person verified; no test message was opened.
    pub fn imported_and_verified_without_a_trial(&self, new: New<'_>) -> Result<SecretKey, String> {
        let key = self.imported(new)?;
        self.verified(new.id, REVIEWER, "called back", "2026-11-20")?;
        Ok(key)
    }

    /// A new entry with everything in order as far as the office can see: verified by a second person, and its
    /// test message opened.
    pub fn imported_and_verified(&self, new: New<'_>) -> Result<SecretKey, String> {
        let key = self.imported_and_verified_without_a_trial(new)?;
        self.opened(new.id);
        Ok(key)
    }

    /// A new entry that somebody who is not on the staff list says to have verified.
    pub fn imported_and_verified_by_a_stranger(&self, new: New<'_>) -> Result<SecretKey, String> {
        let key = self.imported(new)?;
        self.verified(new.id, "somebody-else", "called back", "2026-11-20")?;
        Ok(key)
    }

    /// Somebody says on a day to have verified an entry.
    pub fn verified(&self, entry: &str, by: &str, how: &str, on: &str) -> Done {
        let shown = self.0.entry(entry);
        let email = shown["entry"]["email"].as_str().expect("an address").to_owned();
        let mut words = vec!["verify", entry, "--email", &email, "--way", "call-back", "--how", how];
        let fingerprints = shown["fingerprints"].as_array().expect("a list").clone();
        for fingerprint in &fingerprints {
            words.extend(["--fingerprint", fingerprint.as_str().expect("a fingerprint")]);
        }
        self.did_on(on, by, &words)
    }

    /// An entry was last verified on a day long ago.
    pub fn last_verified(&self, entry: &str, on: &str) -> Done {
        self.verified(entry, REVIEWER, "called back", on)
    }

    /// Nobody ever verified an entry.
    pub fn never_verified(&self, entry: &str) -> Done {
        self.did(PREPARER, &["change", entry, "--telephone", "01632 960199"])
    }

    /// An entry holds until a day.
    pub fn expires(&self, entry: &str, on: &str) -> Done {
        self.did(PREPARER, &["expire", entry, "--on", on, "--reason", "the contract ends"])
    }

    /// The office records an incident: something went to this entry, or came from it, that was not for it.
    pub fn incident_recorded(&self, entry: &str, case: &str) -> Done {
        let words = ["--json", "incident", case, "--entry", entry, "--what", "the mailbox was taken over"];
        outcome(&self.0.run_as(PREPARER, &words))
    }

    /// The office records that a representative has the person's authority for a case, and from which day.
    pub fn authority_recorded(&self, entry: &str, case: &str, from: &str) -> Done {
        self.did(PREPARER, &["authority", entry, "--case", case, "--dated", from])
    }

    fn key_replaced(&self, entry: &str, by: &str) -> Result<SecretKey, String> {
        let stray = SecretKey::generate();
        self.did(by, &["key", entry, "--key", stray.to_public().as_str()])?;
        Ok(stray)
    }

    fn keys(&self, entry: &str) -> Vec<String> {
        let keys = self.0.entry(entry)["entry"]["keys"].as_array().expect("a list").clone();
        keys.iter().map(|key| key.as_str().expect("a key").to_owned()).collect()
    }

    /// Whoever reads the mailbox opened a test message.
    fn opened(&self, entry: &str) {
        prove(&self.0.dir, Clock::Fixed(TODAY.parse().expect("a day")), entry);
    }

    fn did(&self, staff: &str, words: &[&str]) -> Done {
        self.did_on(TODAY, staff, words)
    }

    fn did_on(&self, day: &str, staff: &str, words: &[&str]) -> Done {
        outcome(&self.0.on(day, &[&["--json", "--as", staff, "directory"], words].concat()))
    }
}

/// What a command came to: the code of its first fault, if it has one.
fn outcome(said: &crate::support::office::Said) -> Done {
    if said.code == 0 {
        return Ok(());
    }
    let told: Option<Value> = said.stdout.lines().find_map(|line| serde_json::from_str(line).ok());
    let code = told.and_then(|told| told["faults"][0]["code"].as_str().map(str::to_owned));
    Err(code.unwrap_or_else(|| said.stderr.lines().next().unwrap_or_default().to_owned()))
}
