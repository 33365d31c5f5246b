//! Enters: the directory. Leaves: who is in it, what is missing of each, and what happened to one.
//! Never: changes anything.

use super::Desk;
use crate::commands::args::directory::ListEntries;
use crate::context::Exit;
use crate::printing::{strong, wrapped};
use despatch_app::operations::Failure;

use chrono::NaiveDate;
use despatch_core::words::{EntryId, date_words};
use despatch_directory::directory::HoldReason;
use despatch_directory::entry::{Entry, Way};
use serde_json::{Value, json};

impl Desk<'_> {
    pub(super) fn list(&self, list: &ListEntries) -> Result<Exit, Failure> {
        let today = self.now().today;
        let entries: Vec<&Entry> = self
            .office
            .directory
            .entries()
            .iter()
            .filter(|entry| list.role.is_none_or(|role| role == entry.role))
            .filter(|entry| list.place.as_ref().is_none_or(|place| entry.places.contains(place)))
            .collect();
        let told: Vec<serde_json::Value> = entries.iter().map(|entry| self.told(entry, today)).collect();
        self.print.json(&json!({ "entries": told }));
        let rows: Vec<Vec<String>> = entries.iter().map(|entry| self.row(entry, today)).collect();
        self.print.table(
            &["entry", "role", "address", "opens", "verified", "until", "waits for"],
            &rows,
            "Nobody is in it.",
        );
        Ok(Exit::Done)
    }

    /// An entry with what it must wait for.
    pub(super) fn told(&self, entry: &Entry, today: NaiveDate) -> serde_json::Value {
        let holds = self.office.directory.holds(entry, today);
        let holds: Vec<serde_json::Value> =
            holds.iter().map(|hold| json!({ "code": hold.code(), "words": hold.to_string() })).collect();
        json!({
            "entry": entry, "fingerprints": entry.fingerprints(), "holds": holds,
            "ends_soon": self.office.directory.ends_soon(entry, today),
        })
    }

    fn row(&self, entry: &Entry, today: NaiveDate) -> Vec<String> {
        let directory = &self.office.directory;
        let holds = directory.holds(entry, today);
        let state = match (holds.first(), directory.ends_soon(entry, today)) {
            (Some(first), _) => first.code().replace('_', " "),
            (None, Some(_)) => "ends soon".to_owned(),
            (None, None) => String::new(),
        };
        vec![
            entry.id.to_string(),
            entry.role.code().to_owned(),
            entry.email.to_string(),
            entry.method.map_or("", |method| method.code()).to_owned(),
            entry.verified.as_ref().map_or_else(String::new, |verified| date_words(verified.on)),
            entry.expires.map_or_else(String::new, date_words),
            state,
        ]
    }

    pub(super) fn show(&mut self, id: &EntryId) -> Result<Exit, Failure> {
        let today = self.now().today;
        let entry = self.entry(id)?.clone();
        let events = self.ledger.events(Some(&despatch_ledger::subject(id)))?;
        let mut told = self.told(&entry, today);
        let authorities = self.ledger.authorities_of(id)?;
        let listed: Vec<Value> = authorities
            .iter()
            .map(|(case, seen)| json!({ "case_id": case, "dated": seen.dated, "by": seen.by, "on": seen.on }))
            .collect();
        told["events"] = json!(events);
        told["authorities"] = json!(listed);
        self.print.json(&told);
        self.tell(&entry);
        for (case, seen) in &authorities {
            let dated = seen.dated.map_or_else(String::new, |dated| format!(" of {}", date_words(dated)));
            let words = format!("for {case}{dated}, recorded by {} on {}", seen.by, date_words(seen.on));
            self.print.line(&wrapped("authority", &words));
        }
        if let Some(last) = self.office.directory.ends_soon(&entry, today) {
            self.print.line(&wrapped("ends soon", &format!("{}: have it verified anew", date_words(last))));
        }
        self.what_is_missing(&entry, today);
        let rows: Vec<Vec<String>> = events
            .iter()
            .map(|event| {
                let entry = event.happened.entry();
                vec![
                    event.at.date_naive().to_string(),
                    event.label(),
                    event.actor.clone(),
                    entry.map_or_else(String::new, |entry| entry.email.to_string()),
                    entry.map_or_else(String::new, |entry| entry.fingerprints().join(", ")),
                ]
            })
            .collect();
        self.print.line("");
        self.print.table(&["on", "what", "by", "address", "keys"], &rows, "");
        Ok(Exit::Done)
    }

    /// Everything that an entry says.
    pub(super) fn tell(&self, entry: &Entry) {
        let line = |label: &str, text: &str| self.print.line(&wrapped(label, text));
        self.print.line(&strong(&format!("{}  {}", entry.id, entry.role.words())));
        line("name", &format!("{}, {}", entry.name, entry.organisation));
        let group = if entry.group { " (several people read it)" } else { "" };
        line("address", &format!("{}{group}", entry.email));
        entry.telephone.iter().for_each(|telephone| line("telephone", telephone));
        if !entry.places.is_empty() {
            line("places", &words(&entry.places));
        }
        if !entry.cases.is_empty() {
            line("cases", &format!("{} and no others", words(&entry.cases)));
        }
        entry.method.iter().for_each(|method| line("opens", method.words()));
        for (key, fingerprint) in entry.keys.iter().zip(entry.fingerprints()) {
            line("key", &format!("{fingerprint}  {key}"));
        }
        if !entry.replaced.is_empty() {
            line("replaced", &format!("{}: nobody has verified that yet", entry.replaced.join(", ")));
        }
        line("entered", &format!("by {} on {}", entry.changed.by, date_words(entry.changed.on)));
        if let Some(verified) = &entry.verified {
            let way = Way::words(verified.way);
            line(
                "verified",
                &format!("by {} on {}, {way}: {}", verified.by, date_words(verified.on), verified.how),
            );
        }
        if let Some(trial) = &entry.trial {
            let opened = trial.opened.as_ref().map_or_else(
                || "nobody has heard yet whether it could be opened".to_owned(),
                |opened| format!("opened, {} heard on {}", opened.by, date_words(opened.on)),
            );
            line("trial letter", &format!("sent on {}; {opened}", date_words(trial.sent_on)));
        }
        entry.expires.iter().for_each(|last| line("until", &date_words(*last)));
    }

    /// What would hold a despatch, entry by entry.
    pub(super) fn check(&self) -> Result<Exit, Failure> {
        let today = self.now().today;
        let directory = &self.office.directory;
        let mut rows = Vec::new();
        let mut told = Vec::new();
        for entry in directory.entries() {
            let holds = directory.holds(entry, today);
            if !holds.is_empty() {
                told.push(self.told(entry, today));
            }
            rows.extend(holds.iter().map(|hold: &HoldReason| (entry.id.to_string(), hold.to_string())));
            rows.extend(directory.ends_soon(entry, today).map(|last| {
                (
                    entry.id.to_string(),
                    format!("it holds until {} only; have it verified anew", date_words(last)),
                )
            }));
        }
        let missing = self.office.bodies_missing();
        self.print.json(&json!({ "entries": directory.entries().len(), "held": told, "missing": missing }));
        for (entry, words) in &rows {
            self.print.line(&wrapped(entry, words));
        }
        missing.iter().for_each(|missing| self.print.line(&wrapped("missing", missing)));
        if rows.is_empty() && missing.is_empty() {
            self.print.line(&format!("All {} entries may be written to.", directory.entries().len()));
        }
        Ok(if told.is_empty() { Exit::Done } else { Exit::AtFault })
    }
}

fn words<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
