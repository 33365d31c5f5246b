//! Enters: who takes, hands over or restricts a case, and who is away. Leaves: it on record.
//! Never: gives a case to somebody who may not see it, or restricts one to people who could not let anything of it go.

use crate::error::{LedgerError, refuse};
use crate::events::{CaseworkEvent, CoverEvent, CoverKind, LedgerEvent};
use crate::ledger::Ledger;
use crate::queries::case_events::knows;
use crate::queries::casework::{Restriction, covers, owner_of, restriction_of};
use crate::transact::Transaction;
use chrono::NaiveDate;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, StaffId};
use despatch_settings::Staff;
use std::collections::BTreeSet;

impl Restriction {
    /// Whether a member of staff may see the case.
    pub fn admits(&self, who: Option<&StaffId>) -> bool {
        who.is_some_and(|who| self.to.contains(who))
    }

    /// What somebody is told who may not see it. Nothing of it is said but who can be asked.
    pub fn refusal(&self) -> Fault {
        let cause = "it is restricted to named people, and you are none of them";
        let cure = format!("ask {}, who restricted it", self.by);
        Fault::new(self.case_id.to_string(), "case.restricted", cause, cure)
    }
}

impl Ledger {
    /// Records that somebody owns a case from now on.
    ///
    /// # Errors
    /// Nothing of the case is recorded, they own it already, or they may not see it.
    pub fn take_case(&mut self, case: &CaseId, by: &Staff, now: Moment) -> Result<(), LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            known_to(tx, case, &by.id).await?;
            let owner = owner_of(tx.connection(), case).await?;
            if owner.is_some_and(|owner| owner.owner == by.id) {
                let cause = format!("{} owns it already", by.id);
                return refuse(case, "case.owned", cause, "look at it with `despatch case`");
            }
            tx.record(LedgerEvent::Casework(case.clone(), CaseworkEvent::Taken)).await
        })
    }

    /// Records that a case is handed over, with what its next owner needs to know.
    ///
    /// # Errors
    /// Nothing of the case is recorded, either of them may not see it, or that person owns it already.
    pub fn hand_over(
        &mut self,
        case: &CaseId,
        to: &StaffId,
        word: &str,
        by: &Staff,
        now: Moment,
    ) -> Result<(), LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            known_to(tx, case, &by.id).await?;
            let restriction = restriction_of(tx.connection(), case).await?;
            if restriction.is_some_and(|restriction| !restriction.admits(Some(to))) {
                let cause = format!("it is restricted, and {to} is none of the people who may see it");
                return refuse(
                    case,
                    "case.restricted",
                    cause,
                    "name them with `despatch case restrict` first",
                );
            }
            let from = owner_of(tx.connection(), case).await?.map(|owner| owner.owner);
            if from.as_ref() == Some(to) {
                let cause = format!("{to} owns it already");
                return refuse(case, "case.owned", cause, "look at it with `despatch case`");
            }
            let over = CaseworkEvent::HandedOver { from, to: to.clone(), word: word.to_owned() };
            tx.record(LedgerEvent::Casework(case.clone(), over)).await
        })
    }

    /// Restricts a case to these people.
    ///
    /// # Errors
    /// Nothing of the case is recorded, or whoever asks may not see it.
    pub fn restrict_case(
        &mut self,
        case: &CaseId,
        to: BTreeSet<StaffId>,
        reason: &str,
        by: &Staff,
        now: Moment,
    ) -> Result<(), LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            known_to(tx, case, &by.id).await?;
            let restricted = CaseworkEvent::Restricted { to, reason: reason.to_owned() };
            tx.record(LedgerEvent::Casework(case.clone(), restricted)).await
        })
    }

    /// Lets everybody see a case again.
    ///
    /// # Errors
    /// It is not restricted, or whoever asks may not see it.
    pub fn unrestrict_case(
        &mut self,
        case: &CaseId,
        reason: &str,
        by: &Staff,
        now: Moment,
    ) -> Result<(), LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            known_to(tx, case, &by.id).await?;
            if restriction_of(tx.connection(), case).await?.is_none() {
                let cause = "everybody may see it";
                return refuse(case, "case.unrestricted", cause, "look at it with `despatch case`");
            }
            let opened = CaseworkEvent::Unrestricted { reason: reason.to_owned() };
            tx.record(LedgerEvent::Casework(case.clone(), opened)).await
        })
    }

    /// Records that somebody is away on these days and who works in their place.
    ///
    /// # Errors
    /// The days are in the wrong order, or an absence of theirs begins or runs on one of them already.
    pub fn record_absence(
        &mut self,
        who: &StaffId,
        days: (NaiveDate, NaiveDate),
        covered_by: &StaffId,
        by: &Staff,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let (from, until) = days;
        let absent = CoverEvent::Absent { from, until, covered_by: covered_by.clone() };
        self.cover(who, CoverKind::Absence, days, absent, (by, now))
    }

    /// Records that somebody approves out of hours on these days.
    ///
    /// # Errors
    /// The days are in the wrong order, or that is on record for one of them already.
    pub fn record_out_of_hours(
        &mut self,
        who: &StaffId,
        days: (NaiveDate, NaiveDate),
        by: &Staff,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let (from, until) = days;
        self.cover(who, CoverKind::OutOfHours, days, CoverEvent::OutOfHours { from, until }, (by, now))
    }

    fn cover(
        &mut self,
        who: &StaffId,
        kind: CoverKind,
        (from, until): (NaiveDate, NaiveDate),
        happened: CoverEvent,
        (by, now): (&Staff, Moment),
    ) -> Result<(), LedgerError> {
        if until < from || until < now.today {
            let cause = "its last day is before its first, or before today";
            return refuse(who, "cover.days", cause, "give the first day and the last one");
        }
        self.transact(by.id.as_str(), now.at, async |tx| {
            let known = covers(tx.connection(), from).await?;
            let meets = known
                .iter()
                .find(|one| one.staff == *who && one.kind == kind && one.from <= until && from <= one.until);
            if let Some(one) = meets {
                let cause =
                    format!("{who} is on record as {} from {} to {}", kind.label(), one.from, one.until);
                return refuse(who, "cover.known", cause, "end that one first, with `despatch cover end`");
            }
            tx.record(LedgerEvent::Cover(who.clone(), happened)).await
        })
    }

    /// Ends an absence, or days out of hours, that begin on this day.
    ///
    /// # Errors
    /// There is none.
    pub fn end_cover(
        &mut self,
        who: &StaffId,
        kind: CoverKind,
        from: NaiveDate,
        by: &Staff,
        now: Moment,
    ) -> Result<(), LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let known = covers(tx.connection(), from).await?;
            if !known.iter().any(|one| one.staff == *who && one.kind == kind && one.from == from) {
                let cause = "nothing of this kind begins on that day for them";
                return refuse(who, "cover.unknown", cause, "look with `despatch cover list`");
            }
            tx.record(LedgerEvent::Cover(who.clone(), CoverEvent::Ended { kind, from })).await
        })
    }
}

/// Checks that something of a case is recorded, and that this person may see it.
async fn known_to(tx: &mut Transaction<'_>, case: &CaseId, who: &StaffId) -> Result<(), LedgerError> {
    if !knows(tx.connection(), case).await? {
        let cause = "nothing of this case is on record";
        return refuse(case, "case.unknown", cause, "check the case's id with `despatch outbox list`");
    }
    match restriction_of(tx.connection(), case).await? {
        Some(restriction) if !restriction.admits(Some(who)) => {
            Err(LedgerError::Refused(restriction.refusal()))
        }
        _ => Ok(()),
    }
}
