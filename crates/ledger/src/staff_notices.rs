//! Enters: what waits in the outbox, and the staff list. Leaves: notices to whoever wants to be told, of numbers alone, and
//! what became of each. Never: tells of one despatch twice, or of what may wait more often than once in a quarter of an
//! hour.

use crate::despatch::{Despatch, State, Verdict};
use crate::error::LedgerError;
use crate::event_log;
use crate::events::{Event, LedgerEvent, OfficeEvent};
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::sending::{Parcel, THE_SENDER};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use despatch_core::clock::Moment;
use despatch_core::random::random_hex;
use despatch_core::words::{CaseId, Sha256, StaffId};
use despatch_message::{Mailbox, WaitingNotice};
use despatch_settings::{Config, NoticeKind, Staff};
use std::collections::{BTreeMap, BTreeSet};

/// Nobody is told more often, but of what presses.
const ONCE_IN: TimeDelta = TimeDelta::minutes(15);
/// What still waits after this is told again.
const AGAIN_AFTER: TimeDelta = TimeDelta::days(2);

/// A notice that may go now, and is on record.
#[derive(Debug)]
pub struct StaffNotice {
    to: StaffId,
    name: String,
    message_id: String,
    address: String,
    bytes: Vec<u8>,
}

impl StaffNotice {
    /// Returns the parcel for a courier.
    pub fn parcel(&self) -> Parcel<'_> {
        Parcel { name: self.name.clone(), to: &self.address, bytes: &self.bytes }
    }

    /// Returns the member of staff to whom it goes.
    pub fn to(&self) -> &StaffId {
        &self.to
    }
}

/// What waits for one person, by the kind of notice.
type Waiting = BTreeMap<NoticeKind, Vec<DespatchId>>;

impl Ledger {
    /// Returns the next notice to a member of staff who wants it, recorded before it is sent. Limits count that end on
    /// `soon` or before; `from` is the team that writes.
    ///
    /// # Errors
    /// The ledger fails, or the notice cannot be composed.
    pub fn next_staff_notice(
        &mut self,
        config: &Config,
        from: &Mailbox,
        soon: NaiveDate,
        now: Moment,
    ) -> Result<Option<StaffNotice>, LedgerError> {
        let wants = |staff: &&Staff| !staff.notices.is_empty() && staff.email.is_some();
        let mut who: Vec<(&Staff, BTreeSet<CaseId>)> = Vec::new();
        for staff in config.staff.iter().filter(wants) {
            who.push((staff, self.hidden_from(Some(&staff.id))?));
        }
        if who.is_empty() {
            return Ok(None);
        }
        let waiting = self.despatches(&[State::AwaitingReview, State::Held])?;
        let pages = config.pages.address();
        self.transact(THE_SENDER, now.at, async |tx| {
            let events = event_log::read_kinds_since(
                tx.connection(),
                &["staff_notice", "staff_notice_delivery"],
                now.at - AGAIN_AFTER,
            )
            .await?;
            let due = who.into_iter().find_map(|(staff, hidden)| {
                let seen = waiting.iter().filter(|one| !hidden.contains(&one.case_id));
                let fresh = due(&events, staff, seen, soon, now.at)?;
                Some((staff, staff.email.as_ref()?, fresh))
            });
            let Some((staff, address, about)) = due else { return Ok(None) };
            let nonce = random_hex(12)?;
            let message_id = format!("<waiting.{nonce}@{}>", config.mail_domain);
            let bytes = WaitingNotice {
                from: from.clone(),
                to: Mailbox { name: String::new(), address: address.clone() },
                waiting: about.iter().map(|(kind, ids)| (ids.len(), kind.label())).collect(),
                pages,
                date: now.at,
                message_id: message_id.clone(),
            }
            .compose()?;
            let (to, message) = (staff.id.clone(), Sha256::of(&bytes));
            let sending =
                OfficeEvent::StaffNotice { to: to.clone(), about, message_id: message_id.clone(), message };
            tx.record(LedgerEvent::Office(sending)).await?;
            let name = format!("notice-{nonce}");
            Ok(Some(StaffNotice { to, name, message_id, address: address.to_string(), bytes }))
        })
    }

    /// Records what became of a notice.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn record_staff_notice_delivery(
        &mut self,
        notice: &StaffNotice,
        verdict: Verdict,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let came = OfficeEvent::StaffNoticeDelivery { message_id: notice.message_id.clone(), verdict };
        self.transact(THE_SENDER, now.at, async |tx| tx.record(LedgerEvent::Office(came)).await)
    }
}

/// What somebody is to be told now; `None` if there is nothing new, or they were told of something a moment ago.
fn due<'d>(
    events: &[Event],
    staff: &Staff,
    waiting: impl Iterator<Item = &'d Despatch>,
    soon: NaiveDate,
    now: DateTime<Utc>,
) -> Option<Waiting> {
    let Told { last, failed, of } = told(events, staff);
    let mut fresh = Waiting::new();
    for despatch in waiting {
        for kind in kinds(despatch, staff, soon) {
            if !of.contains(&(kind, despatch.id)) {
                fresh.entry(kind).or_default().push(despatch.id);
            }
        }
    }
    let waits = last.is_some_and(|last| now < last + ONCE_IN);
    let presses = fresh.keys().any(|kind| kind.is_pressing());
    (!fresh.is_empty() && (!waits || (presses && !failed))).then_some(fresh)
}

/// What somebody was told.
struct Told {
    last: Option<DateTime<Utc>>,
    /// Whether the last notice certainly did not go.
    failed: bool,
    of: BTreeSet<(NoticeKind, DespatchId)>,
}

fn told(events: &[Event], staff: &Staff) -> Told {
    let mut failed: BTreeSet<&str> = BTreeSet::new();
    for event in events {
        if let LedgerEvent::Office(OfficeEvent::StaffNoticeDelivery { message_id, verdict }) = &event.happened
            && !verdict.may_have_gone()
        {
            failed.insert(message_id);
        }
    }
    let mut told = Told { last: None, failed: false, of: BTreeSet::new() };
    for event in events {
        let LedgerEvent::Office(OfficeEvent::StaffNotice { to, about, message_id, .. }) = &event.happened
        else {
            continue;
        };
        if *to != staff.id {
            continue;
        }
        told.last = Some(event.at);
        told.failed = failed.contains(message_id.as_str());
        if !told.failed {
            told.of.extend(about.iter().flat_map(|(kind, ids)| ids.iter().map(|id| (*kind, *id))));
        }
    }
    told
}

/// As what a despatch waits for somebody, of what they want to be told.
fn kinds(despatch: &Despatch, staff: &Staff, soon: NaiveDate) -> Vec<NoticeKind> {
    let first = despatch.first_approval.as_ref().map(|approval| &approval.by);
    let may_approve = staff.reviewer && despatch.prepared_by != staff.id && first != Some(&staff.id);
    let is_so = |kind: &NoticeKind| match kind {
        NoticeKind::ToReview => despatch.state == State::AwaitingReview && may_approve,
        NoticeKind::Limits => despatch.planned.deadline.as_ref().is_some_and(|limit| limit.due <= soon),
        NoticeKind::HealthcareCopies => despatch.planned.safety,
    };
    staff.notices.iter().copied().filter(is_so).collect()
}
