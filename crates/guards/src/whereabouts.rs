//! Enters: the text of a medical report, the known places, and the person's place according to the case.
//! Leaves: whether the report names another place. Never: says where the person is.

use super::text::{Word, holds, plain_words};
use super::{Check, Guard, Outcome};
use despatch_core::words::PlaceId;
use despatch_process::case::{Case, Event};
use despatch_process::events::TransferFact;
use despatch_process::{Fact, History, Place, PlaceKind, Places};
use std::collections::BTreeSet;

/// Part of a removal centre's name in a list, and seldom in a report.
const REMOVAL_CENTRE: &str = "irc";

/// Returns the removal centres and places of the prison service that a text names. Other places are called after their towns, which reports
/// name for many reasons.
pub fn named(places: &Places, words: &[Word]) -> BTreeSet<PlaceId> {
    let own_name = |text: &str| -> Vec<String> {
        plain_words(text).into_iter().filter(|word| word != REMOVAL_CENTRE).collect()
    };
    let is_named = |place: &&Place| {
        (place.kind == PlaceKind::Irc || place.kind.is_of_prison_service())
            && [place.name.as_str(), place.id.as_str()].iter().any(|name| holds(words, &own_name(name)))
    };
    places.iter().filter(is_named).map(|place| place.id.clone()).collect()
}

/// Checks the medical report with this number: `None` if it names no place, the person's place, or one from which they
/// were moved. Whoever examined the person knows where, and a report of the wrong place would go to its nurses.
pub fn check(number: usize, named: &BTreeSet<PlaceId>, case: &Case, history: &History) -> Option<Check> {
    let moved_from = |place: &PlaceId| {
        let before = history
            .events
            .iter()
            .any(|past| matches!(&past.recorded.fact, Fact::Transferred(TransferFact { from, .. }) if from == place));
        before || matches!(&case.event, Event::Transferred(moved) if moved.from == *place)
    };
    let explained = |place: &PlaceId| *place == case.detention.place || moved_from(place);
    if named.is_empty() || named.iter().any(explained) {
        return None;
    }
    let words = format!(
        "document {number} speaks of another place of detention than the case file, and no transfer is on record"
    );
    Some(Check::new(Guard::Identity, Outcome::Confirm, words))
}
