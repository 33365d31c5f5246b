//! Enters: the directory's TOML. Leaves: its entries, or every fault at once with file and line.
//! Never: takes the file's word for a verification.

use super::{Claimed, LINE_MAX, method_or_key, slips};
use crate::entry::{Change, Entry, Method};
use crate::rules::is_group_by_role;
use despatch_core::address::EmailAddress;
use despatch_core::fault::Fault;
use despatch_core::settings::{Section, Settings};
use despatch_core::words::{CaseId, EntryId, PlaceId, Role};
use despatch_seal::keys::PublicKey;

/// Reads every `[[entry]]`.
pub(super) fn entries(file: &str, text: &str, by: &Change) -> Result<Vec<Entry>, Vec<Fault>> {
    let settings = Settings::parse(file, text);
    let mut claimed = Claimed::default();
    let top = settings.top();
    let found: Vec<Option<Entry>> =
        top.tables("entry").into_iter().map(|one| entry(one, &mut claimed, by)).collect();
    top.end();
    settings.finish(found.into_iter().flatten().collect())
}

/// One entry; `None` after a fault.
fn entry(section: Section<'_, '_>, claimed: &mut Claimed, by: &Change) -> Option<Entry> {
    let id = section.need::<EntryId>("id", EntryId::PATTERN);
    let role = section.word::<Role>("role");
    let name = section.line("name", LINE_MAX);
    let organisation = section.line("organisation", LINE_MAX);
    let email = section.checked::<EmailAddress>("email");
    let telephone = section.may_line("telephone", LINE_MAX);
    let group = section.flag("group");
    let method = section.may_word::<Method>("method");
    let keys = section.checked_list::<PublicKey>("keys");
    let places = section.list::<PlaceId>("places", PlaceId::PATTERN);
    let cases = section.list::<CaseId>("cases", CaseId::PATTERN);
    let expires = section.date("expires");
    let mut claim = |key: &'static str, value: String| {
        if let Some(first) = claimed.claim(key, value, section.line_of(key)) {
            let cause = format!("this {key} stands already on line {first}");
            section.fault_at(key, "directory.twins", cause, format!("give each entry its own {key}"));
        }
    };
    id.iter().for_each(|id| claim("id", id.to_string()));
    email.iter().for_each(|email| claim("email", email.as_str().to_ascii_lowercase()));
    keys.iter().for_each(|key| claim("keys", key.to_string()));
    let entry = || {
        let role = role?;
        Some(Entry {
            id: id?,
            role,
            name: name?,
            organisation: organisation?,
            email: email?,
            telephone,
            group: group.unwrap_or_else(|| is_group_by_role(role)),
            places,
            cases,
            method: method_or_key(method, !keys.is_empty()),
            keys,
            expires,
            changed: by.clone(),
            replaced: Vec::new(),
            verified: None,
            trial: None,
        })
    };
    let entry = entry();
    for slip in entry.iter().flat_map(slips) {
        section.fault_at(slip.field, slip.code, slip.cause, slip.cure);
    }
    section.end();
    entry
}
