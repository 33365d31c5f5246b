//! Enters: an office. Leaves: everything that is wrong with it at once, or what was found in order.
//! Never: changes anything.

use super::args::Common;
use super::print::Print;
use super::{Exit, Failure, open_office, this_program};
use crate::fault::Fault;
use crate::office::Office;
use crate::outbox::Ledger;
use crate::pipeline::Line;
use crate::send::Courier;
use crate::words::date_words;
use chrono::Months;

/// A calendar that ends sooner is reported: the longest process runs 18 working days (domain B4).
const CALENDAR_MONTHS_LEFT_MIN: Months = Months::new(3);

pub(super) fn check(common: &Common, print: &Print) -> Result<Exit, Failure> {
    let (office, clock) = open_office(common)?;
    let today = clock.now().today;
    let mut faults = Vec::new();
    if office.calendar.last_covered_day() < today + CALENDAR_MONTHS_LEFT_MIN {
        let cause = format!("the bank holidays end on {}", office.calendar.last_covered_day());
        let cure = "save https://www.gov.uk/bank-holidays.json as policy/bank-holidays.json in the office";
        faults.push(Fault::new("policy/bank-holidays.json", "calendar.ends_soon", cause, cure));
    }
    faults.extend(office.check_review_key().err());
    faults.extend(Courier::of(&office).err());
    faults.extend(check_ledger(&office));
    match Line::new(&office, &this_program()?) {
        Ok(line) => faults.extend(line.try_examples()),
        Err(found) => faults.extend(found),
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let in_order = in_order(&office);
    print.json(&serde_json::json!({ "faults": [], "in_order": in_order.iter().map(|row| row.join(": ")).collect::<Vec<_>>() }));
    print.table(&["checked", "found"], &in_order, "");
    print.line("Everything is in order.");
    Ok(Exit::Done)
}

fn check_ledger(office: &Office) -> Option<Fault> {
    let at = "outbox/ledger.db";
    let mut ledger = match Ledger::open(&office.outbox()) {
        Ok(ledger) => ledger,
        Err(error) => return Some(Fault::new(at, "ledger", error.to_string(), "restore it from a backup")),
    };
    match ledger.verify() {
        Ok(Ok(_)) => None,
        Ok(Err(broken)) => {
            let cause = format!("row {} of the record does not hold: {}", broken.seq, broken.why);
            Some(Fault::new(at, "ledger.chain", cause, "stop, keep the files, and find out who changed them"))
        }
        Err(error) => Some(Fault::new(at, "ledger", error.to_string(), "restore it from a backup")),
    }
}

fn in_order(office: &Office) -> Vec<Vec<String>> {
    let row = |what: &str, found: String| vec![what.to_owned(), found];
    let mut rows = vec![
        row("settings", format!("{} staff, {} teams", office.config.staff.len(), office.config.teams.len())),
        row("directory", format!("{} entries", office.directory.entries().len())),
        row("policy pack", format!("{}: {}", office.pack.id, office.pack.title)),
        row("calendar", format!("bank holidays until {}", date_words(office.calendar.last_covered_day()))),
        row("places", format!("{}", office.places.iter().count())),
        row("templates", format!("{} kinds, every example rendered", office.catalogue.kinds().count())),
        row("fonts", "built in: Liberation Sans".to_owned()),
        row("keys", format!("review key {}", office.review_key.fingerprint())),
        row("record", "whole and in order".to_owned()),
    ];
    if !office.overlays.is_empty() {
        rows.push(row("the office's own", office.overlays.join(", ")));
    }
    rows
}
