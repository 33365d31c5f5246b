//! Enters: an office. Leaves: everything that is wrong with it at once, or what was found in order.
//! Never: changes anything.

use super::directory::not_ready;
use super::keys;
use super::policy::{ending_soon, unfit};
use super::retention;
use super::{clock, open_ledger};
use crate::context::GlobalArgs as Common;
use crate::context::this_program;
use crate::context::{CommandContext, Exit};
use crate::printing::{Print, wrapped};
use chrono::{Months, NaiveDate};
use despatch_app::office::{CONFIG_FILE, INBOX, OUTBOX, Office, Survey};
use despatch_app::operations::Failure;
use despatch_app::operations::alarms::{incident_text, with_waiting_reports};
use despatch_app::operations::incidents::running;
use despatch_app::operations::outbox::review_due;
use despatch_app::pipeline::try_examples;
use despatch_app::send::Courier;
use despatch_core::fault::Fault;
use despatch_core::words::{count, date_words};
use despatch_directory::directory::Directory;
use despatch_ledger::{Despatch, Ledger, LedgerError, State};
use despatch_letters::render::pool::{Pool, TIME_LIMIT};

/// Rendering processes for the examples: a check shares the machine with the office's own.
const RENDERERS: usize = 2;
/// A calendar that ends sooner is reported: the longest process runs 18 working days (domain B4).
const CALENDAR_MONTHS_LEFT_MIN: Months = Months::new(3);

pub(super) fn check(common: &Common, print: &Print) -> Result<Exit, Failure> {
    let today = clock(common)?.now().today;
    let mut survey = Survey::of(&common.office);
    let mut faults = std::mem::take(&mut survey.faults);
    if common.office.join(CONFIG_FILE).exists() {
        faults.extend(check_parts(&survey, today)?);
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let mut office = survey.into_office()?;
    let mut ledger = open_ledger(&office)?;
    office.directory = ledger.directory(&office.config.addresses)?;
    let in_order = in_order(&office);
    let mut warnings = ending_soon(&mut ledger, &office.packs, &office.config.pack, today)?;
    warnings.extend(office.bodies_missing());
    warnings.extend(not_ready(&office.directory, today));
    warnings.extend(ledger.unreviewed()?.iter().map(review_due));
    let now = clock(common)?.now();
    warnings.extend(running(&mut ledger)?.iter().map(|incident| incident_text(incident, now)));
    warnings.extend(keys::warnings(&office, &mut ledger, now)?);
    warnings.extend(retention::warnings(&office, &mut ledger)?);
    let lines: Vec<String> = in_order.iter().map(|row| row.join(": ")).collect();
    print.json(&serde_json::json!({ "faults": [], "in_order": lines, "warnings": warnings }));
    print.table(&["checked", "found"], &in_order, "");
    warnings.iter().for_each(|warning| print.line(&wrapped("warning", warning)));
    print.line(&match warnings.len() {
        0 => "Everything is in order.".to_owned(),
        some => format!("Nothing is wrong; {}.", count(some, "warning")),
    });
    Ok(Exit::Done)
}

/// What shows only when the parts are used: each on its own, so that one does not hide another.
fn check_parts(survey: &Survey, today: NaiveDate) -> Result<Vec<Fault>, Failure> {
    let mut faults = Vec::new();
    if let Some(calendar) = survey.calendar.as_ref()
        && calendar.last_covered_day() < today + CALENDAR_MONTHS_LEFT_MIN
    {
        let cause = format!("the bank holidays end on {}", date_words(calendar.last_covered_day()));
        let cure = "save https://www.gov.uk/bank-holidays.json as policy/bank-holidays.json in the office";
        faults.push(Fault::new("policy/bank-holidays.json", "calendar.ends_soon", cause, cure));
    }
    faults.extend(survey.check_review_secret().err());
    faults.extend(survey.check_identity_key().err());
    faults.extend(survey.check_signing_secret().err());
    faults.extend(
        survey.settings.courier.as_ref().and_then(|courier| Courier::of(&survey.root, courier).err()),
    );
    faults.extend(check_outbox(survey, today));
    if let Some(catalogue) = &survey.catalogue {
        let pool = Pool::start(&this_program()?, &catalogue.files(), RENDERERS, TIME_LIMIT)?;
        faults.extend(try_examples(catalogue, &pool));
    }
    Ok(faults)
}

/// The record, the packs that are in use, and the messages that are still to go: each must be the one that was made.
fn check_outbox(survey: &Survey, today: NaiveDate) -> Vec<Fault> {
    let at = "outbox/ledger.db";
    let unread =
        |error: LedgerError| vec![Fault::new(at, "ledger", error.to_string(), "restore it from a backup")];
    let mut ledger = match Ledger::open(&survey.root.join(OUTBOX)) {
        Ok(ledger) => ledger,
        Err(error) => return unread(error),
    };
    match ledger.verify() {
        Ok(Ok(_)) => {}
        Ok(Err(broken)) => {
            let cause = format!("row {} of the record does not hold: {}", broken.seq, broken.why);
            return vec![Fault::new(
                at,
                "ledger.chain",
                cause,
                "stop, keep the files, and find out who changed them",
            )];
        }
        Err(error) => return unread(error),
    }
    let mut faults = match ledger.directory(&survey.settings.addresses) {
        Ok(directory) => directory_faults(survey, &directory),
        Err(error) => return unread(error),
    };
    let in_use = survey.settings.pack.as_ref().map(|pack| unfit(&mut ledger, &survey.packs, pack, today));
    let mut of_packs = match in_use.unwrap_or_else(|| Ok(Vec::new())) {
        Ok(faults) => faults,
        Err(error) => return unread(error),
    };
    // Of a pack that cannot be read its own faults are told already.
    let is_unread = |fault: &Fault| survey.unread_packs.iter().any(|id| fault.at.ends_with(id.as_str()));
    of_packs.retain(|fault| !is_unread(fault));
    faults.extend(of_packs);
    // Nobody makes the healthcare copies of new reports under a pack that may not be used.
    let default = survey.settings.pack.as_ref().map(|pack| format!("policy pack {pack}"));
    if let Some(places) = &survey.places {
        let stops_all = |fault: &Fault| default.as_ref() == Some(&fault.at) && fault.code != "pack.cases";
        let told = |fault: Fault| with_waiting_reports(&survey.root.join(INBOX), places, fault);
        faults =
            faults.into_iter().map(|fault| if stops_all(&fault) { told(fault) } else { fault }).collect();
    }
    match ledger.check_reconciled() {
        Ok(()) => {}
        Err(LedgerError::Refused(fault)) => faults.push(fault),
        Err(error) => return unread(error),
    }
    match altered_messages(&mut ledger) {
        Ok(altered) => faults.extend(altered),
        Err(error) => return unread(error),
    }
    faults
}

/// The messages that may still go, a release of what was refused or is in doubt included, and are not as they were made.
fn altered_messages(ledger: &mut Ledger) -> Result<Vec<Fault>, LedgerError> {
    use State::{Approved, AwaitingReview, Deferred, Held, InDoubt, Refused};
    let despatches = ledger.despatches(&[Held, AwaitingReview, Approved, Deferred, Refused, InDoubt])?;
    let altered = |despatch: &&Despatch| {
        let bound = despatch.message.as_ref();
        bound.is_some_and(|bound| {
            ledger.files().message_bytes(despatch.id, bound.revision, bound.sha256).is_err()
        })
    };
    let fault = |despatch: &Despatch| {
        let cause = "its message in the outbox is missing or is not the one that was made";
        let cure = "find out who changed it; `despatch outbox release` makes a held one anew";
        Fault::new(despatch.id.to_string(), "altered", cause, cure)
    };
    Ok(despatches.iter().filter(altered).map(fault).collect())
}

fn directory_faults(survey: &Survey, directory: &Directory) -> Vec<Fault> {
    if directory.entries().is_empty() {
        let cure = "add whom the office writes to: `despatch directory import` or `add`";
        return vec![Fault::new("the directory", "directory.empty", "nobody may be written to", cure)];
    }
    survey.check_directory(directory)
}

/// The packs, the one for new cases first.
fn packs(office: &Office) -> String {
    let default = &office.config.pack;
    let others = office.packs.iter().map(|pack| &pack.id).filter(|id| *id != default);
    std::iter::once(default).chain(others).map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn keys(office: &Office) -> String {
    let review = format!("review key {}", office.review_key.fingerprint());
    let signing = office.signing_public().map(|key| format!(", signing key {}", key.fingerprint()));
    review + &signing.unwrap_or_default()
}

fn in_order(office: &Office) -> Vec<Vec<String>> {
    let row = |what: &str, found: String| vec![what.to_owned(), found];
    let mut rows = vec![
        row(
            "settings",
            format!("{} staff, {}", office.config.staff.len(), count(office.config.teams.len(), "team")),
        ),
        row("directory", count(office.directory.entries().len(), "entry")),
        row("policy packs", packs(office)),
        row("calendar", format!("bank holidays until {}", date_words(office.calendar.last_covered_day()))),
        row("places", format!("{}", office.places.iter().count())),
        row(
            "templates",
            format!("{}, every example rendered", count(office.catalogue.kinds().count(), "kind")),
        ),
        row("fonts", "built in: 20 files, 23 scripts".to_owned()),
        row("keys", keys(office)),
        row("record", "whole and in order".to_owned()),
    ];
    if !office.overlays.is_empty() {
        rows.push(row("the office's own", office.overlays.join(", ")));
    }
    rows
}

/// Say everything that is wrong with the office
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: Args, context: &CommandContext) -> Result<Exit, Failure> {
    check(&context.global, &context.print)
}
