//! Enters: a whole pack with its lists. Leaves: a fault for each clock and attachment that it uses and does not list, and for
//! each word that it lists and does not use. Never: judges a row by itself (the readers of rows and limits do).

use super::lists::{Lists, check_use, word};
use super::pack::{OwnedEvent, Row, Rules};
use crate::attachments::{AttachmentKind, Due};
use crate::deadlines::DeadlineRule;
use crate::detention::rules::DetentionRules;
use crate::events::list::Family;
use crate::places::PlaceKind;
use despatch_core::settings::Section;
use serde::Serialize;
use std::collections::BTreeSet;

/// What of a pack uses its lists.
pub(super) struct Uses<'p> {
    pub family: Family,
    pub rules: Option<&'p Rules>,
    pub events: &'p [OwnedEvent],
    pub rows: &'p [Row],
}

impl Uses<'_> {
    /// Adds a fault for each clock and attachment that is used and not listed, and for each word that is listed and that
    /// nothing uses: it is a slip, or it is left over from what was taken out.
    pub(super) fn check(&self, section: &Section<'_, '_>, lists: &Lists) {
        let deadlines = self.deadlines();
        check_use(section, "deadlines", ("deadlines", Some(&lists.deadlines)), &deadlines);
        let needed = self.attachments(true);
        check_use(section, "attachments", ("attachments", Some(&lists.attachments)), &needed);
        // What a row at fault uses is not known.
        if !section.is_sound() {
            return;
        }
        let rows = self.rows;
        unused(section, "teams", &lists.teams, &rows.iter().map(|row| row.team).collect());
        unused(section, "roles", &lists.roles, &rows.iter().map(|row| row.role).collect());
        unused(section, "attachments", &lists.attachments, &self.attachments(false));
        let when = rows.iter().flat_map(|row| row.when.iter().copied()).collect();
        unused(section, "circumstances", &lists.circumstances, &when);
        unused(section, "deadlines", &lists.deadlines, &deadlines);
        unused(section, "place_kinds", &lists.place_kinds, &self.place_kinds());
        let limits = self.detention().map(|rules| rules.stay_limits.as_slice()).unwrap_or_default();
        let populations = limits.iter().map(|limit| limit.population).collect();
        unused(section, "populations", &lists.populations, &populations);
    }

    fn detention(&self) -> Option<&DetentionRules> {
        match self.rules {
            Some(Rules::Detention(rules)) => Some(rules),
            Some(Rules::SecondOpinion(_)) | None => None,
        }
    }

    /// The clocks of the rows, and those that the pack's numbers and limits set.
    fn deadlines(&self) -> BTreeSet<DeadlineRule> {
        use DeadlineRule::{
            Assess, BeforeRemoval, CasePanel, DetentionReview, PregnancyLimit, Rebook, Refer, Report,
            ReportDays, ReportHours, Respond, Review, Serve, StayAuthority, StayLimit, StayNorm,
            WrittenReasons,
        };
        let mut all: BTreeSet<DeadlineRule> = self.rows.iter().filter_map(|row| row.deadline).collect();
        match self.family {
            Family::SecondOpinion => {
                all.extend([Refer, Assess, Serve, Respond, Report, Rebook, BeforeRemoval, Review]);
            }
            Family::DetentionReviews => all.extend([
                DetentionReview,
                WrittenReasons,
                ReportHours,
                ReportDays,
                PregnancyLimit,
                CasePanel,
            ]),
        }
        for limit in self.detention().into_iter().flat_map(|rules| &rules.stay_limits) {
            all.insert(if limit.norm { StayNorm } else { StayLimit });
            all.extend(limit.authority.map(|_| StayAuthority));
        }
        all
    }

    /// The kinds that its rows enclose, and those that its events take, or cannot do without.
    fn attachments(&self, needed: bool) -> BTreeSet<AttachmentKind> {
        let taken = self.events.iter().flat_map(|event| event.name.table().attachments);
        let of_events = taken.filter(|(_, due)| match due {
            Due::Never => false,
            Due::May | Due::OneIf(_) | Due::OneIfUnless(..) => !needed,
            Due::One | Due::OneOrMore => true,
        });
        let mut all: BTreeSet<AttachmentKind> = of_events.map(|(kind, _)| *kind).collect();
        if !needed {
            all.extend(self.rows.iter().flat_map(|row| row.encloses.iter().copied()));
            // Kept with a case of whatever event.
            all.insert(AttachmentKind::OtherRecord);
        }
        all
    }

    fn place_kinds(&self) -> BTreeSet<PlaceKind> {
        let mut all: BTreeSet<PlaceKind> =
            self.rows.iter().flat_map(|row| row.places.iter().copied()).collect();
        if let Some(rules) = self.detention() {
            all.extend(rules.stay_limits.iter().flat_map(|limit| limit.kinds.iter().copied()));
            all.extend(rules.reasons.forms.iter().flat_map(|form| form.places.iter().copied()));
            all.extend(rules.reports.rules.iter().flat_map(|rule| rule.places.iter().copied()));
        }
        all
    }
}

fn unused<T: Serialize + Ord>(
    section: &Section<'_, '_>,
    key: &'static str,
    listed: &BTreeSet<T>,
    used: &BTreeSet<T>,
) {
    for one in listed.difference(used) {
        let cause = format!("{} is listed, and nothing of the pack uses it", word(one));
        section.fault_at(key, "pack.list", cause, "take it out, or correct the word");
    }
}
