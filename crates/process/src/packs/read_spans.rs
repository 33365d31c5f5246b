//! Enters: a section of a pack's file. Leaves: its numbers of hours, days, months and years. Never: computes with one.

use crate::detention::rules::Span;
use despatch_core::settings::Section;

/// Maximum number of hours, days or months in a pack: more is a typing error.
const MOST: i64 = 366;

/// Reads a number of hours, days, months or years; required.
pub(super) fn number(section: &Section<'_, '_>, key: &'static str) -> Option<u32> {
    u32::try_from(section.need_number(key, 1, MOST)?).ok()
}

/// Reads `hours` or `days` under these keys: one of the two.
pub(super) fn span(section: &Section<'_, '_>, (hours, days): (&'static str, &'static str)) -> Option<Span> {
    match (section.has(hours), section.has(days)) {
        (true, false) => number(section, hours).map(Span::Hours),
        (false, true) => number(section, days).map(Span::Days),
        _ => {
            let cause = "this gives neither hours nor days, or both";
            section.fault("pack.span", cause, format!("write either {hours} or {days}"));
            None
        }
    }
}
