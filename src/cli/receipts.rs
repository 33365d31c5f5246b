//! Enters: what recipients let the office know, and what they did not. Leaves: it on record, and an alarm for what
//! nobody has acknowledged. Never: takes silence for a receipt.

use super::args::{Received, Unopened};
use super::print::{Print, red};
use super::{Exit, Failure, one_line, open_ledger};
use chrono::NaiveDate;
use despatch_app::office::Office;
use despatch_core::clock::Moment;
use despatch_core::words::{CaseId, date_words, weekday_words};
use despatch_ledger::{Despatch, DespatchId, Ledger};
use despatch_process::{Calendar, Division};
use despatch_settings::Staff;
use serde::Serialize;

/// Working days after which a message that nobody has acknowledged raises an alarm.
const ALARM_AFTER_WORKING_DAYS: u32 = 1;
/// The longest note, in characters.
const NOTE_MAX: usize = 200;

/// A message that was sent and, as far as the office knows, not opened.
#[derive(Debug, Serialize)]
pub(super) struct Unheard {
    pub(super) despatch: DespatchId,
    pub(super) case_id: CaseId,
    sent_on: Option<NaiveDate>,
    pub(super) cannot_open: bool,
    /// The case's clock: what is due by this message, and when.
    due: Option<NaiveDate>,
    what: Option<String>,
    recipient: String,
}

/// Every message whose recipient said that they cannot open it, or said nothing for a working day.
pub(super) fn unheard(
    ledger: &mut Ledger,
    calendar: &Calendar,
    now: Moment,
) -> Result<Vec<Unheard>, Failure> {
    let days = calendar.working_days(Division::EnglandAndWales);
    let late =
        |sent: NaiveDate| days.after(sent, ALARM_AFTER_WORKING_DAYS).is_ok_and(|last| last < now.today);
    let sent = ledger.unacknowledged()?;
    Ok(sent
        .into_iter()
        .filter(|one| one.receipt.is_some() || one.sent_on.is_some_and(late))
        .map(Unheard::of)
        .collect())
}

impl Unheard {
    fn of(despatch: Despatch) -> Unheard {
        let deadline = despatch.planned.deadline.as_ref();
        Unheard {
            despatch: despatch.id,
            case_id: despatch.case_id.clone(),
            sent_on: despatch.sent_on,
            cannot_open: despatch.receipt.is_some(),
            due: deadline.map(|deadline| deadline.due),
            what: deadline.map(|deadline| deadline.what.clone()),
            recipient: despatch.recipient.name.clone(),
        }
    }

    pub(super) fn show(&self, print: &Print) {
        let said = match (self.cannot_open, self.sent_on) {
            (true, _) => format!("{} cannot open it", self.recipient),
            (false, Some(day)) => {
                format!("{} has not acknowledged it since {}", self.recipient, date_words(day))
            }
            (false, None) => format!("{} has not acknowledged it", self.recipient),
        };
        let clock = match (&self.what, self.due) {
            (Some(what), Some(due)) => format!("; {what} by {}", weekday_words(due)),
            _ => String::new(),
        };
        print.line(&red(&format!("ALARM  {} of {}: {said}{clock}", self.despatch, self.case_id)));
    }

    /// The alarm for a log, where no recipient is named.
    pub(super) fn log_words(&self) -> String {
        let said = if self.cannot_open { "cannot open it" } else { "has not acknowledged it" };
        format!("ALARM  {} of {}: the recipient {said}", self.despatch, self.case_id)
    }
}

pub(super) fn received(
    office: &Office,
    args: &Received,
    actor: &Staff,
    now: Moment,
    print: &Print,
) -> Result<Exit, Failure> {
    let how = match &args.message_id {
        Some(id) => one_line(id, "--message-id", NOTE_MAX)?,
        None => one_line(&args.how, "--how", NOTE_MAX)?,
    };
    let despatch = open_ledger(office)?.record_receipt(args.id, true, &how, actor, now)?;
    print.json(&despatch);
    print.line(&format!("{} was received by {}.", despatch.id, despatch.recipient.name));
    Ok(Exit::Done)
}

pub(super) fn unopened(
    office: &Office,
    args: &Unopened,
    actor: &Staff,
    now: Moment,
    print: &Print,
) -> Result<Exit, Failure> {
    let how = one_line(&args.reason, "--reason", NOTE_MAX)?;
    let mut ledger = open_ledger(office)?;
    let despatch = ledger.record_receipt(args.id, false, &how, actor, now)?;
    print.json(&despatch);
    Unheard::of(despatch.clone()).show(print);
    let entry = despatch.recipient.entry.map_or_else(|| "ENTRY".to_owned(), |entry| entry.to_string());
    print.line(&format!(
        "Find out why: `despatch directory onboard {entry}`. Telephone meanwhile; the clock of the case runs on."
    ));
    Ok(Exit::Done)
}
