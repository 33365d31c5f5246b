//! Enters: the lists at the head of a pack, and a word that the rest of it uses. Leaves: the lists, and a fault for each word
//! that is listed twice, or used and not listed. Never: knows what a word means.

use crate::attachments::AttachmentKind;
use crate::circumstances::Circumstance;
use crate::deadlines::DeadlineRule;
use crate::detention::terms::Population;
use crate::places::PlaceKind;
use despatch_core::settings::Section;
use despatch_core::words::{Role, Team};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// The words that a pack uses, each known to the program. What is not listed does not exist under the pack: a case file
/// that brings an attachment of another kind, or comes from another kind of place, is told so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Lists {
    /// Whose rows they are.
    pub teams: BTreeSet<Team>,
    /// Who is written to.
    pub roles: BTreeSet<Role>,
    /// What a case file may bring.
    pub attachments: BTreeSet<AttachmentKind>,
    /// What rows ask for.
    pub circumstances: BTreeSet<Circumstance>,
    /// The clocks that run.
    pub deadlines: BTreeSet<DeadlineRule>,
    /// Where the person may be.
    pub place_kinds: BTreeSet<PlaceKind>,
    /// For whom a stay is limited.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub populations: BTreeSet<Population>,
}

/// Reads the lists.
pub(super) fn read(section: &Section<'_, '_>) -> Lists {
    Lists {
        teams: list(section, "teams"),
        roles: list(section, "roles"),
        attachments: list(section, "attachments"),
        circumstances: list(section, "circumstances"),
        deadlines: list(section, "deadlines"),
        place_kinds: list(section, "place_kinds"),
        populations: list(section, "populations"),
    }
}

fn list<T: DeserializeOwned + Serialize + Ord + Copy>(
    section: &Section<'_, '_>,
    key: &'static str,
) -> BTreeSet<T> {
    let mut list = BTreeSet::new();
    for one in section.words::<T>(key) {
        if !list.insert(one) {
            let cause = format!("{} is listed twice", word(&one));
            section.fault_at(key, "pack.list", cause, "keep one of the two");
        }
    }
    list
}

/// Returns the word by which a pack writes a value.
pub(super) fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// Adds a fault at `key` for each word that is used there and that the list of this name lacks. Without lists, that they
/// are missing is what is told.
pub(super) fn check_use<'u, T: Serialize + Ord + 'u>(
    section: &Section<'_, '_>,
    key: &str,
    (name, list): (&str, Option<&BTreeSet<T>>),
    used: impl IntoIterator<Item = &'u T>,
) {
    let Some(list) = list else { return };
    for one in used.into_iter().filter(|one| !list.contains(*one)) {
        let cause = format!("{} is used, and the pack does not list it", word(one));
        let cure = format!("correct the word, or add it to `{name}` of [lists]");
        section.fault_at(key, "pack.list", cause, cure);
    }
}
