//! Enters: case files that were rejected, and the staff list. Leaves: notices to their preparers, each once, and what
//! became of each. Never: a notice with a word that anybody typed: its text is fixed, and it is composed here.

use crate::despatch::Verdict;
use crate::error::LedgerError;
use crate::event_log;
use crate::events::{Event, LedgerEvent, SubmissionEvent};
use crate::ledger::Ledger;
use crate::sending::{ATTEMPTS_MAX, Parcel, THE_SENDER, wait};
use chrono::{DateTime, TimeDelta, Utc};
use despatch_core::clock::Moment;
use despatch_core::random::random_hex;
use despatch_core::words::{Sha256, StaffId};
use despatch_message::{Mailbox, RejectNotice};
use despatch_settings::Config;

/// A preparer is told of a reject within this or not at all: whoever switches notices on is not told of old ones.
const WITHIN: TimeDelta = TimeDelta::days(2);

/// A notice that may go now, and is on record.
#[derive(Debug)]
pub struct Notice {
    submission: i64,
    to: StaffId,
    address: String,
    bytes: Vec<u8>,
}

impl Notice {
    /// Returns the parcel for a courier.
    pub fn parcel(&self) -> Parcel<'_> {
        let name = format!("notice-{}", self.submission);
        Parcel { name, to: &self.address, bytes: &self.bytes }
    }

    /// Returns the number of the case file.
    pub fn submission(&self) -> i64 {
        self.submission
    }

    /// Returns the member of staff to whom it goes.
    pub fn to(&self) -> &StaffId {
        &self.to
    }
}

/// A reject of which somebody is to be told.
struct Due<'a> {
    submission: i64,
    to: &'a StaffId,
    rejected_at: DateTime<Utc>,
}

impl Ledger {
    /// Returns the next notice to a preparer with an address in the settings, recorded before it is sent: so one that may
    /// have gone is never sent twice. `from` is the team that writes.
    ///
    /// # Errors
    /// The ledger fails, or the notice cannot be composed.
    pub fn next_notice(
        &mut self,
        config: &Config,
        from: &Mailbox,
        now: Moment,
    ) -> Result<Option<Notice>, LedgerError> {
        self.transact(THE_SENDER, now.at, async |tx| {
            let events = event_log::read_kinds_since(
                tx.connection(),
                &["rejected", "preparer_notice", "preparer_notice_delivery"],
                now.at - WITHIN,
            )
            .await?;
            let found = events.iter().filter_map(|event| {
                let due = rejected(event).filter(|due| is_due(&events, due.submission, now))?;
                let address = config.staff_member(due.to)?.email.clone()?;
                Some((due, address))
            });
            let Some((due, address)) = found.into_iter().next() else { return Ok(None) };
            let nonce = random_hex(8)?;
            let message_id = format!("<notice.{}.{nonce}@{}>", due.submission, config.mail_domain);
            let bytes = RejectNotice {
                from: from.clone(),
                to: Mailbox { name: String::new(), address: address.clone() },
                number: due.submission,
                rejected_at: due.rejected_at,
                date: now.at,
                message_id: message_id.clone(),
            }
            .compose()?;
            let (to, message) = (due.to.clone(), Sha256::of(&bytes));
            let sending = SubmissionEvent::PreparerNotice { to: to.clone(), message_id, message };
            tx.record(LedgerEvent::Submission(due.submission, sending)).await?;
            Ok(Some(Notice { submission: due.submission, to, address: address.to_string(), bytes }))
        })
    }

    /// Records what became of a notice.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn record_notice_delivery(
        &mut self,
        notice: &Notice,
        verdict: Verdict,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let came = SubmissionEvent::PreparerNoticeDelivery { verdict };
        let came = LedgerEvent::Submission(notice.submission, came);
        self.transact(THE_SENDER, now.at, async |tx| tx.record(came).await)
    }
}

fn rejected(event: &Event) -> Option<Due<'_>> {
    match &event.happened {
        LedgerEvent::Submission(number, SubmissionEvent::Rejected { preparer: Some(to), .. }) => {
            Some(Due { submission: *number, to, rejected_at: event.at })
        }
        _ => None,
    }
}

/// Whether nothing has been sent about a submission yet, or the relay certainly did not take it and the wait is over.
fn is_due(events: &[Event], submission: i64, now: Moment) -> bool {
    let own = events.iter().filter_map(|event| match &event.happened {
        LedgerEvent::Submission(number, happened) if *number == submission => Some((event.at, happened)),
        _ => None,
    });
    let (mut attempts, mut next) = (0, Some(now.at));
    for (at, happened) in own {
        match happened {
            SubmissionEvent::PreparerNotice { .. } => {
                attempts += 1;
                next = None;
            }
            SubmissionEvent::PreparerNoticeDelivery { verdict: Verdict::Deferred { .. } } => {
                next = (attempts < ATTEMPTS_MAX).then(|| at + wait(attempts));
            }
            _ => {}
        }
    }
    next.is_some_and(|next| next <= now.at)
}
