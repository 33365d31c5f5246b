//! Enters: what somebody says of a recipient. Leaves: the entry as it is now, unverified, and what waits for that.
//! Never: takes a private key, or keeps a verification that was for something else.

use super::Desk;
use crate::commands::args::directory::{
    AddEntry, ChangeEntry, ExpireEntry, KeyEntry, KeySource, RecordAuthority, Said,
};
use crate::context::Exit;
use crate::printing::wrapped;
use despatch_app::operations::Failure;
use despatch_app::operations::reason;

use despatch_core::fault::{Fault, Refusal};
use despatch_core::words::date_words;
use despatch_directory::entry::{Change, Entry, Method};
use despatch_directory::import::slips;
use despatch_directory::rules::is_group_by_role;
use despatch_seal::keys::PublicKey;
use despatch_settings::Staff;
use serde_json::json;
use std::fs;

impl Desk<'_> {
    pub(super) fn add(&mut self, add: &AddEntry, actor: &Staff) -> Result<Exit, Failure> {
        if self.office.directory.get(&add.entry).is_some() {
            let cause = "the directory has this entry already";
            let cure = "choose another id, or use `despatch directory change`";
            return Err(Fault::new(despatch_ledger::subject(&add.entry), "entry.exists", cause, cure).into());
        }
        let keys = self.read_keys(&add.keys)?;
        let said = &add.said;
        let needed = |value: &Option<String>, option: &str| match value {
            Some(text) => super::plain(text, option),
            None => Err(missing(option)),
        };
        let method = said.method.or((!keys.is_empty()).then_some(Method::Age));
        let entry = Entry {
            id: add.entry.clone(),
            role: add.role,
            name: needed(&said.name, "--name")?,
            organisation: needed(&said.organisation, "--organisation")?,
            email: said.email.clone().ok_or_else(|| missing("--email"))?,
            telephone: said.telephone.as_deref().map(|text| super::plain(text, "--telephone")).transpose()?,
            group: said.group.unwrap_or_else(|| is_group_by_role(add.role)),
            places: said.places.clone(),
            cases: said.cases.clone(),
            method,
            keys,
            expires: add.expires,
            changed: self.change_by(actor),
            replaced: Vec::new(),
            verified: None,
            trial: None,
        };
        self.take(entry, actor)
    }

    pub(super) fn change(&mut self, change: &ChangeEntry, actor: &Staff) -> Result<Exit, Failure> {
        let mut entry = self.entry(&change.entry)?.clone();
        let Said { name, organisation, email, telephone, group, places, cases, method } = &change.said;
        if let Some(name) = name {
            entry.name = super::plain(name, "--name")?;
        }
        if let Some(organisation) = organisation {
            entry.organisation = super::plain(organisation, "--organisation")?;
        }
        if let Some(email) = email {
            entry.email = email.clone();
        }
        if let Some(telephone) = telephone {
            entry.telephone = Some(super::plain(telephone, "--telephone")?);
        }
        entry.group = group.unwrap_or(entry.group);
        if !places.is_empty() {
            entry.places.clone_from(places);
        }
        if !cases.is_empty() {
            entry.cases.clone_from(cases);
        }
        if let Some(method) = method {
            entry.method = Some(*method);
            if *method != Method::Age {
                entry.keys.clear();
            }
        }
        entry.changed = self.change_by(actor);
        self.take(entry, actor)
    }

    /// Puts keys in the place of those that an entry has.
    pub(super) fn key(&mut self, key: &KeyEntry, actor: &Staff) -> Result<Exit, Failure> {
        let mut entry = self.entry(&key.entry)?.clone();
        let before = entry.fingerprints();
        entry.keys = self.read_keys(&key.keys)?;
        if entry.keys.is_empty() {
            return Err(missing("--key"));
        }
        entry.method = Some(Method::Age);
        entry.changed = self.change_by(actor);
        let now = entry.fingerprints();
        if !before.is_empty() && before != now {
            self.print
                .line(&wrapped("key", &format!("{} is replaced by {}", before.join(", "), now.join(", "))));
        }
        self.take(entry, actor)
    }

    /// Records that somebody saw the authority of a representative.
    pub(super) fn authority(&mut self, said: &RecordAuthority, actor: &Staff) -> Result<Exit, Failure> {
        let RecordAuthority { entry, case, dated } = said;
        self.ledger.record_authority(entry, case, *dated, actor, self.now())?;
        self.print.json(&json!({ "entry": entry, "case_id": case, "dated": dated, "by": actor.id }));
        let dated = date_words(*dated);
        self.print.line(&format!("On record: {entry} has the person's authority of {dated} for {case}."));
        Ok(Exit::Done)
    }

    pub(super) fn expire(&mut self, expire: &ExpireEntry, actor: &Staff) -> Result<Exit, Failure> {
        let reason = reason(&expire.reason)?;
        let now = self.now();
        let last = expire.on.unwrap_or_else(|| now.today.pred_opt().unwrap_or(now.today));
        let (entry, held) = self.ledger.expire_entry(
            &expire.entry,
            last,
            &reason,
            &self.office.config.addresses,
            actor,
            now,
        )?;
        self.print.json(&entry);
        self.print.line(&format!("{} holds until {} and no longer.", entry.id, date_words(last)));
        if !held.is_empty() {
            let ids: Vec<String> = held.iter().map(ToString::to_string).collect();
            self.print.line(&wrapped("held", &ids.join(", ")));
        }
        Ok(Exit::Done)
    }

    /// One entry into the directory, told of as it is then.
    fn take(&mut self, entry: Entry, actor: &Staff) -> Result<Exit, Failure> {
        let at = despatch_ledger::subject(&entry.id);
        let faults: Vec<Fault> =
            slips(&entry).into_iter().map(|slip| Fault::new(&at, slip.code, slip.cause, slip.cure)).collect();
        if !faults.is_empty() {
            return Err(faults.into());
        }
        let id = entry.id.clone();
        let placed = self.put(vec![entry], actor)?;
        self.print.json(&super::placed_json(&placed));
        for one in &placed {
            self.print.line(&format!("{} {}.", one.id, super::put_words(one.put)));
            self.tell_held(one);
        }
        let today = self.now().today;
        let directory = self.ledger.directory(&self.office.config.addresses)?;
        if let Some(entry) = directory.get(&id) {
            self.what_is_missing(entry, today);
        }
        Ok(Exit::Done)
    }

    fn change_by(&self, actor: &Staff) -> Change {
        Change::new(actor.id.clone(), self.now().today)
    }

    /// The keys that were given on the command line, and those of files.
    fn read_keys(&self, keys: &KeySource) -> Result<Vec<PublicKey>, Failure> {
        let mut texts = keys.keys.clone();
        for file in &keys.key_files {
            let text = fs::read_to_string(file).map_err(|error| {
                let cause = format!("it cannot be read: {error}");
                Fault::new(
                    file.display().to_string(),
                    "key.file",
                    cause,
                    "check the name and who may read it",
                )
            })?;
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            texts.extend(lines.map(str::to_owned));
        }
        let read = |text: &String| {
            text.parse().map_err(|refusal: Refusal| Fault::new("--key", "key", refusal.cause, refusal.cure))
        };
        Ok(texts.iter().map(read).collect::<Result<Vec<_>, _>>()?)
    }
}

fn missing(option: &str) -> Failure {
    Failure::Request(Fault::new(option, "option.missing", "it is missing", "give it"))
}
