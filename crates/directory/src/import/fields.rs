//! Enters: the fields of one entry, in either format. Leaves: the entry, or what is wrong with it.
//! Never: depends on a format, or quotes a name, an address or a key in a fault.

use crate::entry::{Change, Entry, serves_places};
use crate::opening::OpeningMethod;
use chrono::NaiveDate;
use despatch_core::address::EmailAddress;
use despatch_core::words::{CaseId, EntryId, PlaceId, Role};
use despatch_seal::keys::PublicKey;
use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;

/// The longest name, organisation or note, in characters: what a letter's address block has room for.
pub const LINE_MAX: usize = 120;

/// The fields of one entry in a file, in either format: a TOML table or a row of a spreadsheet. What cannot be read is
/// `None`, and its fault is recorded.
pub(super) trait Fields {
    fn need<T: FromStr>(&self, field: &'static str, form: &str) -> Option<T>;
    fn list<T: FromStr>(&self, field: &'static str, form: &str) -> Vec<T>;
    fn line(&self, field: &'static str) -> Option<String>;
    fn may_line(&self, field: &'static str) -> Option<String>;
    fn role(&self) -> Option<Role>;
    fn email(&self) -> Option<EmailAddress>;
    fn group(&self) -> Option<bool>;
    fn method(&self) -> Option<OpeningMethod>;
    fn keys(&self) -> Vec<PublicKey>;
    fn expires(&self) -> Option<NaiveDate>;
    fn line_of(&self, field: &'static str) -> usize;
    fn fault(&self, field: &'static str, code: &'static str, cause: String, cure: String);
}

/// Reads one entry; `None` after a fault.
pub(super) fn entry(fields: &impl Fields, claimed: &mut Claimed, by: &Change) -> Option<Entry> {
    let id = fields.need::<EntryId>("id", EntryId::PATTERN);
    let role = fields.role();
    let (name, organisation) = (fields.line("name"), fields.line("organisation"));
    let email = fields.email();
    let telephone = fields.may_line("telephone");
    let group = fields.group();
    let places = fields.list::<PlaceId>("places", PlaceId::PATTERN);
    let cases = fields.list::<CaseId>("cases", CaseId::PATTERN);
    let method = fields.method();
    let keys = fields.keys();
    let expires = fields.expires();
    let mut claims: Vec<(&'static str, String)> = Vec::new();
    claims.extend(id.iter().map(|id| ("id", id.to_string())));
    claims.extend(email.iter().map(|email| ("email", email.as_str().to_ascii_lowercase())));
    claims.extend(keys.iter().map(|key| ("keys", key.to_string())));
    for (field, value) in claims {
        if let Some(first) = claimed.claim(field, value, fields.line_of(field)) {
            let cause = format!("this {field} is already on line {first}");
            fields.fault(field, "directory.twins", cause, format!("give each entry its own {field}"));
        }
    }
    let entered = Entry::entered(id?, role?, name?, organisation?, email?, by.clone());
    let entry = Entry {
        telephone,
        group: group.unwrap_or(entered.group),
        places,
        cases,
        method: method.or(OpeningMethod::for_keys(!keys.is_empty())),
        keys,
        expires,
        ..entered
    };
    for slip in slips(&entry) {
        fields.fault(slip.field, slip.code, slip.cause, slip.cure.to_owned());
    }
    Some(entry)
}

/// A contradiction between the fields of one entry, whatever its source.
pub struct Slip {
    pub field: &'static str,
    pub code: &'static str,
    pub cause: String,
    pub cure: &'static str,
}

/// Returns the contradictions between an entry's fields.
pub fn slips(entry: &Entry) -> Vec<Slip> {
    let mut slips = Vec::new();
    let mut slip = |field, code, cause: String, cure| slips.push(Slip { field, code, cause, cure });
    let role = entry.role.label();
    match (serves_places(entry.role), entry.places.is_empty()) {
        (true, true) => {
            let cause = format!("the {role} names no place that it serves");
            slip("places", "directory.places", cause, "add the ids of the places");
        }
        (false, false) => {
            let cause = format!("the {role} names places, though its role serves none");
            slip("places", "directory.places", cause, "leave the places out, or correct the role");
        }
        _ => {}
    }
    if !entry.keys.is_empty() && entry.method.is_some_and(|method| !method.needs_keys()) {
        let cause = "an entry that is told words on the telephone has no keys".to_owned();
        slip("keys", "directory.keys", cause, "leave the keys out, or give the method \"age\"");
    }
    let distinct: BTreeSet<String> = entry.keys.iter().map(PublicKey::to_string).collect();
    if distinct.len() < entry.keys.len() {
        let cause = "the same key is given twice".to_owned();
        slip("keys", "directory.keys", cause, "give each key once");
    }
    slips
}

/// The ids, addresses and keys of the entries so far, with their lines.
#[derive(Default)]
pub(super) struct Claimed(HashMap<(&'static str, String), usize>);

impl Claimed {
    /// Claims an id, an address or a key for one entry, since a second one would make a recipient ambiguous. Returns
    /// the line of an earlier claim.
    fn claim(&mut self, key: &'static str, value: String, line: usize) -> Option<usize> {
        let mut is_first = false;
        let first = *self.0.entry((key, value)).or_insert_with(|| {
            is_first = true;
            line
        });
        (!is_first).then_some(first)
    }
}
