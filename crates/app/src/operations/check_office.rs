//! Enters: the folder of an office. Leaves: every fault at once, or a list of what is in order.
//! Never: changes anything.

use super::alarms::incident_text;
use super::case_watch::CaseWatch;
use super::clock_check::look;
use super::inbox::LiesThere;
use super::incidents::running;
use super::outbox::review_due;
use super::policy::in_use::{ending_soon, unfit};
use super::{Actor, Failure, OpenOffice, config_files, directory, keys, push, retention};
use crate::office::{CONFIG_FILE, OUTBOX, Office, OfficeLoader, Reach};
use crate::pipeline::examples::{Print, try_kind, try_own};
use crate::pipeline::with_waiting_reports;
use crate::send::Courier;
use chrono::{Months, NaiveDate};
use despatch_core::clock::Clock;
use despatch_core::confine::Kernel;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, PackId, count, date_words, moment_words};
use despatch_directory::directory::Directory;
use despatch_ledger::{Despatch, Ledger, LedgerError, State, is_unread};
use despatch_letters::catalogue::Catalogue;
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use serde::Serialize;
use std::io;
use std::path::{Path, PathBuf};

/// Rendering processes for the examples: few, because a check shares the machine with the office's own.
const RENDERERS: usize = 2;
/// A calendar that ends sooner is reported: the longest process runs 18 working days (domain B4).
const CALENDAR_MONTHS_LEFT_MIN: Months = Months::new(3);

/// An office without faults.
#[derive(Debug, Serialize)]
pub struct OfficeChecked {
    /// Always empty: this value exists only without faults.
    pub faults: [Fault; 0],
    /// What was checked and what was found, one line each.
    pub in_order: Vec<String>,
    pub warnings: Vec<String>,
    /// The same in two columns.
    #[serde(skip)]
    pub rows: Vec<[String; 2]>,
}

/// Checks every part of the office at `root`; `program` renders its examples. What only needs attention is told of the
/// cases that the actor may see.
///
/// # Errors
/// Every fault, at once.
pub fn check(
    root: &Path,
    clock: Clock,
    program: PathBuf,
    actor: &dyn Fn(&Office) -> Actor,
) -> Result<OfficeChecked, Failure> {
    let today = clock.now().today;
    let mut loader = OfficeLoader::of(root, Reach::EachFile);
    let mut faults = std::mem::take(&mut loader.faults);
    if root.join(CONFIG_FILE).exists() {
        faults.extend(check_parts(&loader, today, &program)?);
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let mut open = OpenOffice::of(loader.into_office()?, clock, program)?;
    if let Some(fault) = look(&mut open)? {
        return Err(fault.into());
    }
    let rows = in_order(&open.office);
    let actor = actor(&open.office);
    let warnings = warnings(&mut open, &actor)?;
    Ok(OfficeChecked {
        faults: [],
        in_order: rows.iter().map(|row| row.join(": ")).collect(),
        warnings,
        rows,
    })
}

/// What is not a fault but needs attention.
fn warnings(open: &mut OpenOffice, actor: &Actor) -> Result<Vec<String>, Failure> {
    let now = open.now();
    let OpenOffice { office, ledger, .. } = open;
    let hidden = ledger.hidden_from(actor.reader())?;
    let is_seen = |case: &CaseId| !hidden.contains(case);
    let mut warnings = ending_soon(ledger, &office.packs, &office.config.packs(), now.today)?;
    warnings.extend(office.inbox_warnings());
    warnings.extend(office.bodies_missing());
    warnings.extend(LiesThere::of(office, ledger, actor.reader())?.texts(now));
    if office.config.unseen.names_everything_in_vain() {
        let words =
            "[approval.unseen]: \"*\" allows nothing outside a demo office; name each kind with its reason.";
        warnings.push(words.to_owned());
    }
    warnings.extend(office.config.addresses.own_alike().map(|(one, other)| {
        format!(
            "despatch.toml has {one} and {other} for the office itself, and one could be taken for the other: correct \
             the one that is mistyped, or list it under alike in [addresses]."
        )
    }));
    if let Some(approvers) = office.required_approvers()? {
        warnings.extend(office.approvers_missing(&approvers, now.at));
    }
    warnings.extend(directory::not_ready(&office.directory, now.today));
    let unreviewed = ledger.unreviewed()?;
    warnings.extend(unreviewed.iter().filter(|one| is_seen(&one.case_id)).map(review_due));
    let too_long = ledger.waiting_too_long(now)?;
    warnings.extend(too_long.iter().filter(|one| is_seen(&one.case_id)).map(|one| {
        let until = one.next_attempt.map_or_else(String::new, moment_words);
        format!(
            "{} was to wait until {until}: a clock was wrong when that was said; the next `send` tries it",
            one.id
        )
    }));
    let unserved = CaseWatch::default().unserved(ledger, &office.calendar, now.today)?;
    warnings.extend(unserved.iter().filter(|one| is_seen(&one.case_id)).map(|one| one.text()));
    let incidents = running(ledger)?;
    let incidents = incidents.iter().filter(|incident| is_seen(&incident.case_id));
    warnings.extend(incidents.map(|incident| incident_text(incident, now)));
    warnings.extend(unconfined(Kernel::here()));
    warnings.extend(push::warning(&office.config.push, ledger, now)?);
    warnings.extend(config_files::warning(open)?);
    warnings.extend(keys::warnings(open)?);
    warnings.extend(retention::warnings(open)?);
    Ok(warnings)
}

/// Checks the parts by using them: each on its own, so that one does not hide another.
fn check_parts(loader: &OfficeLoader, today: NaiveDate, program: &Path) -> Result<Vec<Fault>, Failure> {
    let mut faults = Vec::new();
    let calendar = loader.calendar.as_ref().map(|calendar| calendar.last_covered_day());
    if let Some(last) = calendar.filter(|last| *last < today + CALENDAR_MONTHS_LEFT_MIN) {
        let cause = format!("the bank holidays end on {}", date_words(last));
        let cure = "save https://www.gov.uk/bank-holidays.json as policy/bank-holidays.json in the office";
        faults.push(Fault::new("policy/bank-holidays.json", "calendar.ends_soon", cause, cure));
    }
    faults.extend(loader.check_review_secret().err());
    faults.extend(loader.check_identity_key().err());
    faults.extend(loader.check_signing_secret().err());
    let courier = loader.settings.courier.as_ref();
    faults.extend(courier.and_then(|courier| Courier::of(&loader.root, courier).err()));
    faults.extend(check_outbox(loader, today).unwrap_or_else(|error| {
        vec![Fault::new(LEDGER, "ledger", error.to_string(), "restore it from a backup")]
    }));
    if let Some(catalogue) = &loader.catalogue {
        let pool = Pool::start(program, &catalogue.files(), RENDERERS, TIME_LIMIT)?;
        faults.extend(try_own(catalogue, &pool));
        // A machine on which no letter can be rendered is found before the first case comes in.
        let one = catalogue.kinds().take(1);
        faults.extend(
            one.filter(|kind| !catalogue.is_own(kind))
                .flat_map(|kind| try_kind(catalogue, kind, &pool, &[Print::AsGiven])),
        );
    }
    Ok(faults)
}

/// The path of the record, as shown to people.
const LEDGER: &str = "outbox/ledger.db";

/// Checks the record, the packs in use, and the unsent messages: each must be the one that was made.
fn check_outbox(loader: &OfficeLoader, today: NaiveDate) -> Result<Vec<Fault>, LedgerError> {
    let mut ledger = Ledger::open(&loader.root.join(OUTBOX))?;
    if let Err(broken) = ledger.verify()? {
        let cause = format!("row {} of the record does not hold: {}", broken.seq, broken.why);
        let cure = "stop, keep the files, and find out who changed them";
        return Ok(vec![Fault::new(LEDGER, "ledger.chain", cause, cure)]);
    }
    let mut faults = directory_faults(loader, &ledger.directory(&loader.settings.addresses)?);
    if let Some(default) = &loader.settings.pack {
        faults.extend(pack_faults(loader, &mut ledger, default, today)?);
    }
    match ledger.check_reconciled() {
        Ok(()) => {}
        Err(LedgerError::Refused(fault)) => faults.push(fault),
        Err(error) => return Err(error),
    }
    faults.extend(altered_messages(&mut ledger)?);
    Ok(faults)
}

/// The packs that are in use but may not be used.
fn pack_faults(
    loader: &OfficeLoader,
    ledger: &mut Ledger,
    default: &PackId,
    today: NaiveDate,
) -> Result<Vec<Fault>, LedgerError> {
    let beside = &loader.settings.beside;
    let used: Vec<PackId> = std::iter::once(default).chain(beside).cloned().collect();
    let mut faults = unfit(ledger, &loader.packs, &used, today)?;
    // The faults of a pack that cannot be read are reported already.
    faults.retain(|fault| !loader.unread_packs.iter().any(|id| fault.at.ends_with(id.as_str())));
    // Under a pack that may not be used, no healthcare copies of new reports are made.
    let at = format!("policy pack {default}");
    let stops_all = |fault: &Fault| fault.at == at && fault.code != "pack.cases";
    let alarmed = |fault: Fault| match &loader.places {
        Some(places) if stops_all(&fault) => with_waiting_reports(loader.intake().inbox(), places, fault),
        _ => fault,
    };
    Ok(faults.into_iter().map(alarmed).collect())
}

/// Unsent messages that are missing or altered, including those refused or in doubt, which may still be released.
fn altered_messages(ledger: &mut Ledger) -> Result<Vec<Fault>, LedgerError> {
    use State::{Approved, AwaitingReview, Deferred, Held, InDoubt, Refused};
    let despatches = ledger.despatches(&[Held, AwaitingReview, Approved, Deferred, Refused, InDoubt])?;
    let files = ledger.files();
    let wrong = |despatch: &Despatch| {
        let bound = despatch.message.as_ref()?;
        files.message_bytes(despatch.id, bound.revision, bound.sha256).err()
    };
    let fault = |despatch: &Despatch, error: &io::Error| {
        if is_unread(error) {
            let cause = format!("its message in the outbox cannot be read: {error}");
            let cure = "look at the disk and at who may read it: nothing says that the message is altered";
            return Fault::new(despatch.id.to_string(), "unread", cause, cure);
        }
        let cause = "its message in the outbox is missing or is not the one that was made";
        let cure = "find out who changed it; `despatch outbox release` regenerates a held one";
        Fault::new(despatch.id.to_string(), "altered", cause, cure)
    };
    Ok(despatches.iter().filter_map(|one| Some(fault(one, &wrong(one)?))).collect())
}

fn directory_faults(loader: &OfficeLoader, directory: &Directory) -> Vec<Fault> {
    if directory.entries().is_empty() {
        let cure = "add whom the office writes to: `despatch directory import` or `add`";
        return vec![Fault::new("the directory", "directory.empty", "nobody may be written to", cure)];
    }
    loader.check_directory(directory)
}

/// The packs, those for new cases first.
fn packs(office: &Office) -> String {
    let used = office.config.packs();
    let others = office.packs.iter().map(|pack| &pack.id).filter(|id| !used.contains(id));
    used.iter().chain(others).map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn keys_in_use(office: &Office) -> String {
    let review = format!("review key {}", office.review_key.fingerprint());
    let signing = office.signing_public().map(|key| format!(", signing key {}", key.fingerprint()));
    review + &signing.unwrap_or_default()
}

/// The kinds of letters, and how many of them were tried here.
fn templates(catalogue: &Catalogue) -> String {
    let kinds = count(catalogue.kinds().count(), "kind");
    match catalogue.kinds().filter(|kind| catalogue.is_own(kind)).count() {
        0 => format!("{kinds}, as they came with the program"),
        own => format!("{kinds}, every example of the {own} of the office's own rendered"),
    }
}

/// What this kernel keeps rendering workers, senders and the intake from.
fn confinement(kernel: Kernel) -> String {
    let landlock = kernel.landlock.map(|version| format!("Landlock {version}"));
    let seccomp = kernel.seccomp.then(|| "seccomp".to_owned());
    let has: Vec<String> = landlock.into_iter().chain(seccomp).collect();
    if has.is_empty() { "by limits alone".to_owned() } else { format!("by this kernel: {}", has.join(", ")) }
}

/// What is missing where a kernel cannot confine.
fn unconfined(kernel: Kernel) -> impl Iterator<Item = String> {
    let landlock = "This kernel has no Landlock (Linux 5.13, switched on): a sender that is made to could read the inbox and the keys, and the process that takes cases in the keys.";
    let seccomp = "This kernel has no seccomp: a rendering worker, or the process that takes cases in, could be made to start programs and open sockets.";
    let missing = [(kernel.landlock.is_none(), landlock), (!kernel.seccomp, seccomp)];
    missing.into_iter().filter(|(missing, _)| *missing).map(|(_, words)| words.to_owned())
}

fn in_order(office: &Office) -> Vec<[String; 2]> {
    let row = |what: &str, found: String| [what.to_owned(), found];
    let config = &office.config;
    let mut rows = vec![
        row("settings", format!("{} staff, {}", config.staff.len(), count(config.teams.len(), "team"))),
        row("directory", count(office.directory.entries().len(), "entry")),
        row("policy packs", packs(office)),
        row("calendar", format!("bank holidays until {}", date_words(office.calendar.last_covered_day()))),
        row("places", office.places.iter().count().to_string()),
        row("templates", templates(&office.catalogue)),
        row("fonts", "built in: 20 files, 23 scripts".to_owned()),
        row("keys", keys_in_use(office)),
        row("record", "whole and in order".to_owned()),
        row("confinement", confinement(Kernel::here())),
    ];
    if !office.overlays.is_empty() {
        rows.push(row("the office's own", office.overlays.join(", ")));
    }
    rows
}
