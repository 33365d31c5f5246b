//! What people do to the directory, each a function named by what a person does. This is the one file of the suite that
//! knows where the directory is kept. Whoever can write `directory.toml` changes it alone today: nobody else is asked,
//! and the line that says who verified the entry stays as it was.

use super::super::support::office::DemoOffice;
use despatch::seal::keys::SecretKey;
use std::fs;
use toml::{Table, Value};

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
        self.set(entry, "email", Value::from(email))
    }

    /// Somebody changes an entry's address and then says to have verified it.
    pub fn address_changed_and_verified_by_the_same(&self, entry: &str, email: &str) -> Done {
        self.address_changed_by_one(entry, email)?;
        self.verified(entry, "tomasz-achebe", "called back", "2026-11-23")
    }

    /// Somebody changes an entry's address; a second person, in haste, says to have verified it.
    pub fn address_changed_and_hastily_verified(&self, entry: &str, email: &str) -> Done {
        self.address_changed_by_one(entry, email)?;
        self.verified(entry, "beatrix-lund", "called the number in the email that asked for it", "2026-11-23")
    }

    /// Somebody replaces an entry's key, alone: the new one.
    pub fn key_replaced_by_one(&self, entry: &str) -> Result<SecretKey, String> {
        let stray = SecretKey::generate();
        self.set(entry, "keys", Value::from(vec![stray.to_public().to_string()]))?;
        Ok(stray)
    }

    /// Somebody replaces an entry's key and then says to have verified it.
    pub fn key_replaced_and_verified_by_the_same(&self, entry: &str) -> Result<SecretKey, String> {
        let stray = self.key_replaced_by_one(entry)?;
        self.verified(entry, "tomasz-achebe", "read out on the telephone", "2026-11-23")?;
        Ok(stray)
    }

    /// Somebody replaces an entry's key; a second person, in haste, says to have verified it.
    pub fn key_replaced_and_hastily_verified(&self, entry: &str) -> Result<SecretKey, String> {
        let stray = self.key_replaced_by_one(entry)?;
        self.verified(entry, "beatrix-lund", "read out on the telephone", "2026-11-23")?;
        Ok(stray)
    }

    /// Somebody adds a key to an entry, alone.
    pub fn key_added_by_one(&self, entry: &str) -> Result<SecretKey, String> {
        let stray = SecretKey::generate();
        self.change(entry, |table| {
            let keys = table.get_mut("keys").and_then(Value::as_array_mut).expect("keys");
            keys.push(Value::from(stray.to_public().to_string()));
        })?;
        Ok(stray)
    }

    /// Somebody exchanges the keys of two entries, alone.
    pub fn keys_exchanged_by_one(&self, one: &str, other: &str) -> Done {
        let (ours, theirs) = (self.get(one, "keys"), self.get(other, "keys"));
        self.set(one, "keys", theirs)?;
        self.set(other, "keys", ours)
    }

    /// Somebody gives an entry the key of another; a second person, in haste, says to have verified it.
    pub fn key_of_another_hastily_verified(&self, entry: &str, of: &str) -> Done {
        self.set(entry, "keys", self.get(of, "keys"))?;
        self.verified(entry, "beatrix-lund", "read out on the telephone", "2026-11-23")
    }

    /// Somebody puts a successor's name and address into an entry, alone, and leaves the key.
    pub fn holder_changed_by_one(&self, entry: &str, name: &str, email: &str) -> Done {
        self.set(entry, "name", Value::from(name))?;
        self.address_changed_by_one(entry, email)
    }

    /// Somebody writes into an entry's organisation, with a second person.
    pub fn organisation_called(&self, entry: &str, organisation: &str) -> Done {
        self.set(entry, "organisation", Value::from(organisation))?;
        self.verified(entry, "beatrix-lund", "called back", "2026-11-23")
    }

    /// A representative goes to another firm: its name, an address there; a second person verified it.
    pub fn moved_to_another_firm(&self, entry: &str, organisation: &str, email: &str) -> Done {
        self.set(entry, "organisation", Value::from(organisation))?;
        self.address_changed_and_hastily_verified(entry, email)
    }

    /// Somebody gives an entry another role, alone.
    pub fn role_changed_by_one(&self, entry: &str, role: &str) -> Done {
        self.set(entry, "role", Value::from(role))
    }

    /// Somebody says that an entry serves these places, alone.
    pub fn places_changed_by_one(&self, entry: &str, places: &[&str]) -> Done {
        self.set(entry, "places", Value::from(places.to_vec()))
    }

    /// A new entry that nobody has verified.
    pub fn imported(&self, new: New<'_>) -> Result<SecretKey, String> {
        let key = SecretKey::generate();
        self.import(new, &key);
        Ok(key)
    }

    /// A new entry that a second person verified; no trial letter was opened.
    pub fn imported_and_verified_without_a_trial(&self, new: New<'_>) -> Result<SecretKey, String> {
        let key = self.imported(new)?;
        self.verified(new.id, "beatrix-lund", "called back", "2026-11-20")?;
        Ok(key)
    }

    /// A new entry with everything in order as far as the office can see: verified by a second person, and its
    /// trial letter opened.
    pub fn imported_and_verified(&self, new: New<'_>) -> Result<SecretKey, String> {
        self.imported_and_verified_without_a_trial(new)
    }

    /// A new entry that somebody who is not on the staff list says to have verified.
    pub fn imported_and_verified_by_a_stranger(&self, new: New<'_>) -> Result<SecretKey, String> {
        let key = self.imported(new)?;
        self.verified(new.id, "somebody-else", "called back", "2026-11-20")?;
        Ok(key)
    }

    /// Somebody says when and by whom an entry was verified.
    pub fn verified(&self, entry: &str, by: &str, how: &str, on: &str) -> Done {
        let day: toml::value::Datetime = on.parse().expect("a date");
        let verified: Table =
            [("by", Value::from(by)), ("how", Value::from(how)), ("on", Value::Datetime(day))]
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect();
        self.set(entry, "verified", Value::Table(verified))
    }

    /// An entry was last verified on a day long ago.
    pub fn last_verified(&self, entry: &str, on: &str) -> Done {
        self.verified(entry, "beatrix-lund", "called back", on)
    }

    /// Nobody ever verified an entry.
    pub fn never_verified(&self, entry: &str) -> Done {
        self.change(entry, |table| {
            table.remove("verified");
        })
    }

    /// An entry holds until a day.
    pub fn expires(&self, entry: &str, on: &str) -> Done {
        self.set(entry, "expires", Value::Datetime(on.parse().expect("a date")))
    }

    /// The office records an incident: something went to this entry that was not for it. There is no way to do so today.
    pub fn incident_recorded(&self, _entry: &str, _case: &str) -> Done {
        Ok(())
    }

    /// The office records that a representative has the person's authority for a case, and from which day. Today the
    /// case file alone says so.
    pub fn authority_recorded(&self, _entry: &str, _case: &str, _from: &str) -> Done {
        Ok(())
    }

    fn set(&self, entry: &str, key: &str, value: Value) -> Done {
        self.change(entry, |table| {
            table.insert(key.to_owned(), value);
        })
    }

    fn get(&self, entry: &str, key: &str) -> Value {
        let mut table = self.read();
        of(&mut table, entry).get(key).cloned().expect("the entry has it")
    }

    fn change(&self, entry: &str, change: impl FnOnce(&mut Table)) -> Done {
        let mut table = self.read();
        change(of(&mut table, entry));
        self.write(&table);
        Ok(())
    }

    fn import(&self, new: New<'_>, key: &SecretKey) {
        let mut entry = Table::new();
        for (name, text) in [
            ("id", new.id),
            ("role", new.role),
            ("name", new.name),
            ("organisation", new.organisation),
            ("email", new.email),
        ] {
            entry.insert(name.to_owned(), Value::from(text));
        }
        if !new.places.is_empty() {
            entry.insert("places".to_owned(), Value::from(new.places.to_vec()));
        }
        entry.insert("keys".to_owned(), Value::from(vec![key.to_public().to_string()]));
        let mut table = self.read();
        table.get_mut("entry").and_then(Value::as_array_mut).expect("entries").push(Value::Table(entry));
        self.write(&table);
    }

    fn read(&self) -> Table {
        let text = fs::read_to_string(self.0.dir.join("directory.toml")).expect("the directory");
        text.parse().expect("TOML")
    }

    fn write(&self, table: &Table) {
        fs::write(self.0.dir.join("directory.toml"), table.to_string()).expect("the directory");
    }
}

fn of<'t>(table: &'t mut Table, entry: &str) -> &'t mut Table {
    let entries = table.get_mut("entry").and_then(Value::as_array_mut).expect("entries");
    let mut tables = entries.iter_mut().filter_map(Value::as_table_mut);
    tables.find(|table| table["id"].as_str() == Some(entry)).expect("the entry")
}
