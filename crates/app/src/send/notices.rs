//! Enters: case files that were rejected, and what waits for staff. Leaves: their preparers and the staff told, where the
//! settings say so.
//! Never: keeps a letter back: whatever fails here is told and on record.

use super::{Courier, Verdict};
use crate::office::Office;
use chrono::NaiveDate;
use despatch_core::clock::Clock;
use despatch_ledger::{Ledger, LedgerError, LimitStep, Near, Notice, StaffNotice};
use despatch_message::Mailbox;
use despatch_process::Division;

/// Sends the notices that are due, in the name of the first team of the settings, and reports each. The caller holds the
/// `sender` lease.
///
/// # Errors
/// The ledger fails, or a notice cannot be composed.
pub fn send_notices(
    office: &Office,
    ledger: &mut Ledger,
    courier: &Courier,
    clock: Clock,
    report: &mut dyn FnMut(&Notice, &Verdict),
) -> Result<(), LedgerError> {
    let team = office.config.teams.values().next().filter(|_| office.config.tell_preparers);
    let Some(team) = team else { return Ok(()) };
    let from = Mailbox { name: team.letterhead.name.clone(), address: team.from.clone() };
    while let Some(notice) = ledger.next_notice(&office.config, &from, clock.now())? {
        // On record before it goes, as a test message is: at most one of a reject may arrive.
        let verdict = courier.deliver(&team.from, &notice.parcel(), &mut || Ok::<(), LedgerError>(()));
        ledger.record_notice_delivery(&notice, verdict.clone(), clock.now())?;
        report(&notice, &verdict);
    }
    Ok(())
}

/// Sends the notices of what waits for staff and of the limits of detention that are near, in the name of the first team of
/// the settings, and reports each. The caller holds the `sender` lease.
///
/// # Errors
/// The ledger fails, or a notice cannot be composed.
pub fn send_staff_notices(
    office: &Office,
    ledger: &mut Ledger,
    courier: &Courier,
    (clock, limits): (Clock, &[LimitStep]),
    report: &mut dyn FnMut(&StaffNotice, &Verdict),
) -> Result<(), LedgerError> {
    let Some(team) = office.config.teams.values().next() else { return Ok(()) };
    let from = Mailbox { name: team.letterhead.name.clone(), address: team.from.clone() };
    let near = Near { soon: next_working_day(office, clock.now().today), limits };
    while let Some(notice) = ledger.next_staff_notice(&office.config, &from, near, clock.now())? {
        let verdict = courier.deliver(&team.from, &notice.parcel(), &mut || Ok::<(), LedgerError>(()));
        ledger.record_staff_notice_delivery(&notice, verdict.clone(), clock.now())?;
        report(&notice, &verdict);
    }
    Ok(())
}

/// The next working day; where the calendar does not reach so far, today: a limit is told late rather than not at all.
fn next_working_day(office: &Office, today: NaiveDate) -> NaiveDate {
    office.calendar.working_days(Division::EnglandAndWales).after(today, 1).unwrap_or(today)
}
