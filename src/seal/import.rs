//! Enters: the directory's TOML. Leaves: its entries, or every fault at once with file and line.
//! Never: quotes a name, an address or a key in a fault.

use super::address::EmailAddress;
use super::entry::{Entry, Verification, serves_places};
use super::keys::PublicKey;
use crate::fault::Fault;
use crate::settings::{Section, Settings};
use crate::words::{EntryId, PlaceId, Role, StaffId};
use std::collections::HashMap;

/// The longest name, organisation or note, in characters: what a letter's address block has room for.
const LINE_MAX: usize = 120;

/// Reads every `[[entry]]`.
pub(super) fn entries(file: &str, text: &str) -> Result<Vec<Entry>, Vec<Fault>> {
    let settings = Settings::parse(file, text);
    let mut claimed = Claimed::default();
    let top = settings.top();
    let found: Vec<Option<Entry>> =
        top.tables("entry").into_iter().map(|one| entry(one, &mut claimed)).collect();
    top.end();
    let faults = settings.into_faults();
    if faults.is_empty() { Ok(found.into_iter().flatten().collect()) } else { Err(faults) }
}

/// What entries have claimed for themselves, and on which line.
#[derive(Default)]
struct Claimed(HashMap<(&'static str, String), usize>);

impl Claimed {
    /// One id, one address and one key belong to one entry: two would make a recipient ambiguous.
    fn claim(&mut self, section: &Section<'_, '_>, key: &'static str, value: String) {
        if let Some(first) = self.0.insert((key, value), section.line_of(key)) {
            let cause = format!("this {key} stands already on line {first}");
            section.fault_at(key, "directory.twins", cause, format!("give each entry its own {key}"));
        }
    }
}

/// One entry; `None` after a fault.
fn entry(section: Section<'_, '_>, claimed: &mut Claimed) -> Option<Entry> {
    let id = section.need::<EntryId>("id", EntryId::PATTERN);
    let role = section.word::<Role>("role");
    let name = section.line("name", LINE_MAX);
    let organisation = section.line("organisation", LINE_MAX);
    let email = section.checked::<EmailAddress>("email");
    let telephone = section.may_line("telephone", LINE_MAX);
    let keys = section.checked_list::<PublicKey>("keys");
    let places = section.list::<PlaceId>("places", PlaceId::PATTERN);
    let verified = section.table("verified").map(verification);
    let expires = section.date("expires");
    id.iter().for_each(|id| claimed.claim(&section, "id", id.to_string()));
    email.iter().for_each(|email| claimed.claim(&section, "email", email.as_str().to_ascii_lowercase()));
    keys.iter().for_each(|key| claimed.claim(&section, "keys", key.to_string()));
    if let Some(role) = role {
        check_places(&section, role, &places);
    }
    section.end();
    Some(Entry {
        id: id?,
        role: role?,
        name: name?,
        organisation: organisation?,
        email: email?,
        telephone,
        places,
        keys,
        verified: verified.flatten(),
        expires,
    })
}

fn check_places(section: &Section<'_, '_>, role: Role, places: &[PlaceId]) {
    let (cause, cure) = match (serves_places(role), places.is_empty()) {
        (true, true) => ("names no place that it serves", "add places = [\"place-id\"]"),
        (false, false) => ("names places, though its role serves none", "remove places, or correct the role"),
        _ => return,
    };
    section.fault_at("places", "directory.places", format!("the {} {cause}", role.words()), cure);
}

fn verification(section: Section<'_, '_>) -> Option<Verification> {
    let by = section.need::<StaffId>("by", StaffId::PATTERN);
    let on = section.need_date("on");
    let how = section.line("how", LINE_MAX);
    section.end();
    Some(Verification { by: by?, on: on?, how: how? })
}
