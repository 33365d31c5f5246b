//! Enters: the directory's TOML. Leaves: its entries, or every fault at once with file and line.
//! Never: quotes a name, an address or a key in a fault.

use super::address::EmailAddress;
use super::entry::{Entry, Verification, serves_places};
use super::keys::PublicKey;
use super::{Refusal, is_plain_line};
use crate::fault::Fault;
use crate::words::{EntryId, PlaceId, Role, StaffId};
use chrono::NaiveDate;
use std::collections::HashMap;
use std::ops::Range;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const FIELDS: [&str; 10] =
    ["id", "role", "name", "organisation", "email", "telephone", "places", "keys", "verified", "expires"];
const VERIFIED_FIELDS: [&str; 3] = ["by", "on", "how"];

/// Reads every `[[entry]]`.
pub(super) fn entries(file: &str, text: &str) -> Result<Vec<Entry>, Vec<Fault>> {
    let mut reader = Reader { file, text, faults: Vec::new(), claimed: HashMap::new() };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let cause = format!("the file is not valid TOML: {}", first_line(error.message()));
        reader.fault(error.span().unwrap_or(0..0), "directory.toml", cause, "correct the line");
    }
    // What a recovering parser guesses about a broken file would only make false faults.
    if !reader.faults.is_empty() {
        return Err(reader.faults);
    }
    let mut found = Vec::new();
    for (key, value) in document.get_ref() {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("entry", DeValue::Array(list)) => {
                for item in list.iter() {
                    found.extend(reader.entry(item));
                }
            }
            _ => reader.fault(
                key.span(),
                "directory.unknown",
                "only [[entry]] tables belong in the directory",
                "remove it, or write [[entry]] above the entry's lines",
            ),
        }
    }
    if reader.faults.is_empty() { Ok(found) } else { Err(reader.faults) }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    faults: Vec<Fault>,
    /// What an entry has claimed for itself, and on which line.
    claimed: HashMap<(&'static str, String), usize>,
}

/// A field's value and where it stands.
type Field<'t, 'i> = &'t Spanned<DeValue<'i>>;

impl Reader<'_> {
    fn fault(
        &mut self,
        at: Range<usize>,
        code: &'static str,
        cause: impl Into<String>,
        cure: impl Into<String>,
    ) {
        let line = self.line_at(at.start);
        self.faults.push(Fault::new(format!("{}:{line}", self.file), code, cause, cure));
    }

    fn line_at(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        1 + before.iter().filter(|&&b| b == b'\n').count()
    }

    fn refused(&mut self, at: Range<usize>, code: &'static str, refusal: &Refusal) {
        self.fault(at, code, refusal.cause, refusal.cure);
    }

    /// One `[[entry]]`; `None` after a fault.
    fn entry(&mut self, item: Field<'_, '_>) -> Option<Entry> {
        let at = item.span();
        let DeValue::Table(table) = item.get_ref() else {
            self.fault(
                at,
                "directory.type",
                "an entry is not a table",
                "write [[entry]] and its fields below",
            );
            return None;
        };
        self.unknown(table, &FIELDS, "an entry");
        let id = self.required(table, &at, "id").and_then(|v| {
            let id = self.parsed::<EntryId>(v, EntryId::PATTERN)?;
            self.claim(v.span(), "id", id.to_string());
            Some(id)
        });
        let role = self.required(table, &at, "role").and_then(|v| self.role(v));
        let name = self.required(table, &at, "name").and_then(|v| self.line(v));
        let organisation = self.required(table, &at, "organisation").and_then(|v| self.line(v));
        let email = self.required(table, &at, "email").and_then(|v| {
            let email = self.checked::<EmailAddress>(v, "directory.email")?;
            self.claim(v.span(), "email", email.as_str().to_ascii_lowercase());
            Some(email)
        });
        let telephone = table.get("telephone").map(|v| self.line(v));
        let keys = self.list(table.get("keys"), |reader, v| {
            let key = reader.checked::<PublicKey>(v, "directory.key")?;
            reader.claim(v.span(), "key", key.to_string());
            Some(key)
        });
        let places =
            self.list(table.get("places"), |reader, v| reader.parsed::<PlaceId>(v, PlaceId::PATTERN));
        let verified = table.get("verified").map(|v| self.verification(v));
        let expires = table.get("expires").map(|v| self.date(v));
        let (role, places) = (role?, places?);
        self.check_places(&at, role, &places)?;
        Some(Entry {
            id: id?,
            role,
            name: name?,
            organisation: organisation?,
            email: email?,
            telephone: flat(telephone)?,
            places,
            keys: keys?,
            verified: flat(verified)?,
            expires: flat(expires)?,
        })
    }

    fn check_places(&mut self, at: &Range<usize>, role: Role, places: &[PlaceId]) -> Option<()> {
        let (cause, cure) = match (serves_places(role), places.is_empty()) {
            (true, true) => ("names no place that it serves", "add places = [\"place-id\"]"),
            (false, false) => {
                ("names places, though its role serves none", "remove places, or correct the role")
            }
            _ => return Some(()),
        };
        self.fault(at.clone(), "directory.places", format!("the {} {cause}", role.words()), cure);
        None
    }

    fn unknown(&mut self, table: &DeTable<'_>, known: &[&str], what: &str) {
        for (key, _) in table {
            if !known.contains(&key.get_ref().as_ref()) {
                let cure = format!("use one of {}", known.join(", "));
                self.fault(
                    key.span(),
                    "directory.unknown",
                    format!("{what} has no field of this name"),
                    cure,
                );
            }
        }
    }

    fn required<'t, 'i>(
        &mut self,
        table: &'t DeTable<'i>,
        at: &Range<usize>,
        name: &str,
    ) -> Option<Field<'t, 'i>> {
        let found = table.get(name);
        if found.is_none() {
            self.fault(
                at.clone(),
                "directory.missing",
                format!("{name} is missing"),
                format!("add {name} = …"),
            );
        }
        found
    }

    fn text_of<'t>(&mut self, value: &'t Spanned<DeValue<'_>>) -> Option<&'t str> {
        let found = value.get_ref().as_str();
        if found.is_none() {
            self.fault(value.span(), "directory.type", "this must be text", "write it between double quotes");
        }
        found
    }

    fn line(&mut self, value: Field<'_, '_>) -> Option<String> {
        let text = self.text_of(value)?;
        if is_plain_line(text, 120) {
            return Some(text.to_owned());
        }
        let cause = "the text is empty, longer than 120 characters, or holds a line break, an invisible \
                     character or a space at an end";
        self.fault(value.span(), "directory.text", cause, "type it again as one plain line");
        None
    }

    fn parsed<T: FromStr>(&mut self, value: Field<'_, '_>, pattern: &str) -> Option<T> {
        let parsed = self.text_of(value)?.parse().ok();
        if parsed.is_none() {
            self.fault(value.span(), "directory.id", "this is not a valid id", format!("use {pattern}"));
        }
        parsed
    }

    fn checked<T: FromStr<Err = Refusal>>(&mut self, value: Field<'_, '_>, code: &'static str) -> Option<T> {
        match self.text_of(value)?.parse() {
            Ok(parsed) => Some(parsed),
            Err(refusal) => {
                self.refused(value.span(), code, &refusal);
                None
            }
        }
    }

    fn role(&mut self, value: Field<'_, '_>) -> Option<Role> {
        let word = |role: Role| serde_json::to_value(role).ok().and_then(|v| v.as_str().map(str::to_owned));
        let text = self.text_of(value)?;
        let found = Role::ALL.into_iter().find(|&role| word(role).as_deref() == Some(text));
        if found.is_none() {
            let words: Vec<String> = Role::ALL.into_iter().filter_map(word).collect();
            self.fault(
                value.span(),
                "directory.role",
                "there is no such role",
                format!("use one of {}", words.join(", ")),
            );
        }
        found
    }

    fn date(&mut self, value: Field<'_, '_>) -> Option<NaiveDate> {
        let date = match value.get_ref() {
            DeValue::Datetime(at) if at.time.is_none() && at.offset.is_none() => at.date.and_then(|d| {
                NaiveDate::from_ymd_opt(i32::from(d.year), u32::from(d.month), u32::from(d.day))
            }),
            _ => None,
        };
        if date.is_none() {
            self.fault(
                value.span(),
                "directory.date",
                "this must be a date",
                "write it as 2026-11-23, without quotes",
            );
        }
        date
    }

    fn list<T>(
        &mut self,
        value: Option<Field<'_, '_>>,
        mut read: impl FnMut(&mut Self, Field<'_, '_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Some(value) = value else {
            return Some(Vec::new());
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.fault(
                value.span(),
                "directory.type",
                "this must be a list",
                "write it between square brackets",
            );
            return None;
        };
        let mut all = Vec::new();
        let mut whole = true;
        for item in items.iter() {
            match read(self, item) {
                Some(one) => all.push(one),
                None => whole = false,
            }
        }
        whole.then_some(all)
    }

    fn verification(&mut self, value: Field<'_, '_>) -> Option<Verification> {
        let at = value.span();
        let DeValue::Table(table) = value.get_ref() else {
            self.fault(
                at,
                "directory.type",
                "verified must say by, on and how",
                "write verified = { by, on, how }",
            );
            return None;
        };
        self.unknown(table, &VERIFIED_FIELDS, "verified");
        let by = self.required(table, &at, "by").and_then(|v| self.parsed(v, StaffId::PATTERN));
        let on = self.required(table, &at, "on").and_then(|v| self.date(v));
        let how = self.required(table, &at, "how").and_then(|v| self.line(v));
        Some(Verification { by: by?, on: on?, how: how? })
    }

    /// One id, one address and one key belong to one entry: two would make a recipient ambiguous.
    fn claim(&mut self, at: Range<usize>, what: &'static str, claim: String) {
        let line = self.line_at(at.start);
        if let Some(first) = self.claimed.get(&(what, claim.clone())) {
            let cause = format!("this {what} stands already on line {first}");
            self.fault(at, "directory.twins", cause, format!("give each entry its own {what}"));
        } else {
            self.claimed.insert((what, claim), line);
        }
    }
}

/// `None`: a fault; `Some(None)`: the field isn't there.
#[allow(clippy::option_option, reason = "three outcomes of an optional field: absent, wrong, right")]
fn flat<T>(field: Option<Option<T>>) -> Option<Option<T>> {
    match field {
        None => Some(None),
        Some(None) => None,
        Some(found) => Some(found),
    }
}
