//! Enters: what waits in the outbox, the limits of detention that are near, and the staff list. Leaves: notices to whoever
//! wants to be told, of numbers alone, and what became of each. Never: tells of one despatch or of one alarm twice, or of what
//! may wait more often than once in a quarter of an hour.

use crate::despatch::{Despatch, State, Verdict};
use crate::error::LedgerError;
use crate::event_log;
use crate::events::{Event, LedgerEvent, LimitStep, OfficeEvent};
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

/// What there is to tell of.
#[derive(Debug, Clone, Copy)]
pub struct Near<'a> {
    /// Deadlines of messages count that end on this day or before.
    pub soon: NaiveDate,
    /// The limits of detention whose alarm is due, each at its last step.
    pub limits: &'a [LimitStep],
}

/// What waits for one person.
#[derive(Debug, Default)]
struct Waiting {
    messages: BTreeMap<NoticeKind, Vec<DespatchId>>,
    limits: Vec<LimitStep>,
}

impl Waiting {
    fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.limits.is_empty()
    }

    /// Whether it is told at once, however short a time ago they were told of something.
    fn presses(&self) -> bool {
        !self.limits.is_empty() || self.messages.keys().any(|kind| kind.is_pressing())
    }

    /// How many limits there are, by whether they have lapsed.
    fn limits(&self) -> Vec<(usize, &'static str)> {
        let lapsed = self.limits.iter().filter(|limit| limit.is_lapsed()).count();
        let both = [
            (self.limits.len() - lapsed, "limits of detention that are near"),
            (lapsed, "limits of detention that have lapsed"),
        ];
        both.into_iter().filter(|(number, _)| *number > 0).collect()
    }
}

impl Ledger {
    /// Returns the next notice to a member of staff who wants it, recorded before it is sent; `from` is the team that
    /// writes.
    ///
    /// # Errors
    /// The ledger fails, or the notice cannot be composed.
    pub fn next_staff_notice(
        &mut self,
        config: &Config,
        from: &Mailbox,
        near: Near<'_>,
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
                let fresh = due(&events, (staff, &hidden), &waiting, near, now.at)?;
                Some((staff, staff.email.as_ref()?, fresh))
            });
            let Some((staff, address, about)) = due else { return Ok(None) };
            let nonce = random_hex(12)?;
            let message_id = format!("<waiting.{nonce}@{}>", config.mail_domain);
            let bytes = WaitingNotice {
                from: from.clone(),
                to: Mailbox { name: String::new(), address: address.clone() },
                messages: about.messages.iter().map(|(kind, ids)| (ids.len(), kind.label())).collect(),
                limits: about.limits(),
                pages,
                date: now.at,
                message_id: message_id.clone(),
            }
            .compose()?;
            let (to, message) = (staff.id.clone(), Sha256::of(&bytes));
            let Waiting { messages, limits } = about;
            let sending = OfficeEvent::StaffNotice {
                to: to.clone(),
                about: messages,
                limits,
                message_id: message_id.clone(),
                message,
            };
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
fn due(
    events: &[Event],
    (staff, hidden): (&Staff, &BTreeSet<CaseId>),
    waiting: &[Despatch],
    near: Near<'_>,
    now: DateTime<Utc>,
) -> Option<Waiting> {
    let Told { last, failed, of, limits } = told(events, staff);
    let mut fresh = Waiting::default();
    for despatch in waiting.iter().filter(|one| !hidden.contains(&one.case_id)) {
        for kind in kinds(despatch, staff, near.soon) {
            if !of.contains(&(kind, despatch.id)) {
                fresh.messages.entry(kind).or_default().push(despatch.id);
            }
        }
    }
    if staff.notices.contains(&NoticeKind::Limits) {
        let seen = near.limits.iter().filter(|one| !hidden.contains(&one.case_id));
        fresh.limits.extend(seen.filter(|one| !limits.contains(one)).cloned());
    }
    let waits = last.is_some_and(|last| now < last + ONCE_IN);
    (!fresh.is_empty() && (!waits || (fresh.presses() && !failed))).then_some(fresh)
}

/// What somebody was told.
struct Told {
    last: Option<DateTime<Utc>>,
    /// Whether the last notice certainly did not go.
    failed: bool,
    of: BTreeSet<(NoticeKind, DespatchId)>,
    limits: BTreeSet<LimitStep>,
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
    let mut told = Told { last: None, failed: false, of: BTreeSet::new(), limits: BTreeSet::new() };
    for event in events {
        let LedgerEvent::Office(OfficeEvent::StaffNotice { to, about, limits, message_id, .. }) =
            &event.happened
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
            told.limits.extend(limits.iter().cloned());
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
