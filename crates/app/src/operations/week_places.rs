//! Enters: a week, or a case. Leaves: how many of the week's places for second opinions are taken, of how many (B3).
//! Never: grants one, or says whose they are.

use super::Failure;
use crate::office::Office;
use chrono::NaiveDate;
use despatch_core::words::{PackId, date_words};
use despatch_ledger::{Ledger, OnRecord};
use despatch_process::{Fact, History, Plan};
use serde::Serialize;

/// The places of one week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WeekPlaces {
    /// Its first day.
    pub week: NaiveDate,
    pub taken: u32,
    pub of: u32,
    /// Whether the case in question has one of those taken.
    pub has_one: bool,
}

impl WeekPlaces {
    /// Those of the week of this day, by the pack for new cases.
    pub(super) fn of_day(
        ledger: &mut Ledger,
        office: &Office,
        day: NaiveDate,
    ) -> Result<Option<Self>, Failure> {
        let used = office.config.packs();
        let mut packs = used.iter().filter_map(|id| office.packs.get(id)?.second_opinion());
        let Some(capacity) = packs.next().map(|rules| &rules.capacity) else {
            return Ok(None);
        };
        let week = capacity.week_of(day);
        let taken = ledger.granted_in(week)?;
        Ok(Some(WeekPlaces { week, taken, of: capacity.reports, has_one: false }))
    }

    /// Those of the week in which the report of this case was referred; `None` before that, or without a request.
    pub(super) fn of_case(
        ledger: &mut Ledger,
        office: &Office,
        events: &[OnRecord],
    ) -> Result<Option<Self>, Failure> {
        let facts = events.iter().rev().map(|event| (&event.pack, &event.recorded.fact));
        let Some((week, has_one, pack)) = asked(facts) else {
            return Ok(None);
        };
        let taken = ledger.granted_in(week)?;
        Ok(reports(office, pack).map(|of| WeekPlaces { week, taken, of, has_one }))
    }

    /// Those of the week that a case file asks for, with the place that it would take itself; or of the week in which the
    /// report of its case was referred.
    pub(super) fn of_plan(
        ledger: &mut Ledger,
        office: &Office,
        plan: &Plan,
        history: &History,
    ) -> Result<Option<Self>, Failure> {
        let own = (&plan.pack, &plan.recorded.fact);
        let before = history.events.iter().rev().map(|past| (&past.pack, &past.recorded.fact));
        let Some((week, has_one, pack)) = asked(std::iter::once(own).chain(before)) else {
            return Ok(None);
        };
        let taken = match own.1 {
            Fact::ReferralReceived(_) => {
                history.granted.get(&week).copied().unwrap_or(0) + u32::from(has_one)
            }
            _ => ledger.granted_in(week)?,
        };
        Ok(reports(office, pack).map(|of| WeekPlaces { week, taken, of, has_one }))
    }

    /// "4 of 10 are taken in the week from 2 March 2026, one by this report"
    pub fn words(&self) -> String {
        let verb = if self.taken == 1 { "is" } else { "are" };
        let own = if self.has_one { ", one by this report" } else { "" };
        let (taken, of, week) = (self.taken, self.of, date_words(self.week));
        format!("{taken} of {of} {verb} taken in the week from {week}{own}")
    }
}

/// Returns the week of the latest request for a second opinion, and whether it has a place.
fn asked<'f>(
    mut facts: impl Iterator<Item = (&'f PackId, &'f Fact)>,
) -> Option<(NaiveDate, bool, &'f PackId)> {
    facts.find_map(|(pack, fact)| match fact {
        Fact::ReferralReceived(referral) if referral.requested => {
            Some((referral.week, referral.granted, pack))
        }
        _ => None,
    })
}

fn reports(office: &Office, pack: &PackId) -> Option<u32> {
    office.packs.get(pack)?.second_opinion().map(|rules| rules.capacity.reports)
}
