//! Enters: the limits of a pack. Leaves: how long somebody may stay where, and when alarms are given, with every fault.
//! Never: takes a condition without its longer limit, or a limit that holds nowhere.

use super::read_spans::{number, span};
use crate::detention::rules::{AlarmRules, Longer, PregnancyRules, StayAuthority, StayLimit};
use crate::packs::lists::{Lists, check_use};
use crate::places::PlaceKind;
use despatch_core::settings::Section;
use despatch_core::words::PlaceId;
use std::collections::BTreeSet;

/// Maximum number of hours before a limit at which an alarm is given.
const ALARM_MAX: i64 = 720;

/// Reads the limit of the detention of pregnant women.
pub(super) fn pregnancy(section: Section<'_, '_>) -> Option<PregnancyRules> {
    let (hours, minister_days) = (number(&section, "hours"), number(&section, "minister_days"));
    let source = section.sentence("source");
    section.end();
    Some(PregnancyRules { hours: hours?, minister_days: minister_days?, source: source? })
}

/// Reads when alarms are given of a limit.
pub(super) fn alarms(section: Section<'_, '_>) -> Option<AlarmRules> {
    let hours = |key| -> Vec<u32> {
        let numbers = section.numbers(key, 1, ALARM_MAX).into_iter();
        numbers.filter_map(|number| u32::try_from(number).ok()).collect()
    };
    let short_hours = number(&section, "short_hours");
    let (short_before, before) = (hours("short_before"), hours("before"));
    if before.is_empty() || short_before.is_empty() {
        let cause = "no alarm is given before a limit";
        section.fault("pack.alarms", cause, "list hours under short_before and before");
    }
    section.end();
    Some(AlarmRules { short_hours: short_hours?, short_before, before })
}

/// Reads one limit of stay, of the words that the pack lists.
pub(super) fn stay(section: Section<'_, '_>, lists: Option<&Lists>) -> Option<StayLimit> {
    let what = section.sentence("what");
    let norm = section.flag("norm").unwrap_or(false);
    let population = section.word("population");
    let kinds: BTreeSet<PlaceKind> = section.words("kinds").into_iter().collect();
    check_use(&section, "population", ("populations", lists.map(|lists| &lists.populations)), &population);
    check_use(&section, "kinds", ("place_kinds", lists.map(|lists| &lists.place_kinds)), &kinds);
    let place = section.may::<PlaceId>("place", PlaceId::PATTERN);
    let nation = section.may_word("nation");
    if kinds.is_empty() == place.is_none() {
        let cause = "the limit holds at no place, or at one place and at kinds of places";
        section.fault("pack.limit", cause, "name either `place` or `kinds`");
    }
    let counts_from = section.word("counts_from");
    let stay = span(&section, ("hours", "days"));
    let longer = longer(&section);
    let authority = authority(&section);
    if norm && (longer.is_some() || authority.is_some()) {
        let cause = "what is normally so has no longer time, and nobody authorises it";
        section.fault_at("norm", "pack.limit", cause, "take out `norm`, or longer_on and authority");
    }
    let source = section.sentence("source");
    section.end();
    Some(StayLimit {
        what: what?,
        norm,
        population: population?,
        kinds,
        place,
        nation,
        counts_from: counts_from?,
        stay: stay?,
        longer,
        authority,
        source: source?,
    })
}

fn longer(section: &Section<'_, '_>) -> Option<Longer> {
    let on: Option<String> = section.may("longer_on", "\"minister\" or \"removal\"");
    let given = section.has("longer_hours") || section.has("longer_days");
    match on.as_deref() {
        None if given => {
            let cause = "a longer limit is given, and not on what condition";
            section.fault("pack.limit", cause, "add longer_on: \"minister\" or \"removal\"");
            None
        }
        None => None,
        Some("minister") => span(section, ("longer_hours", "longer_days")).map(Longer::Minister),
        Some("removal") => span(section, ("longer_hours", "longer_days")).map(Longer::Removal),
        Some(_) => {
            let cause = "no such condition is known";
            section.fault_at("longer_on", "pack.limit", cause, "write \"minister\" or \"removal\"");
            None
        }
    }
}

fn authority(section: &Section<'_, '_>) -> Option<StayAuthority> {
    let given = section.has("authority_after_hours") || section.has("authority_after_days");
    if !given && !section.has("authority") {
        return None;
    }
    let after = span(section, ("authority_after_hours", "authority_after_days"));
    let needs = section.word("authority");
    Some(StayAuthority { after: after?, needs: needs? })
}
