//! Enters: an open office. Leaves: how its parts do right now: queue, processes, relay, disk, calendar, clock, keys, backups.
//! Never: checks what takes long: `check_office` does.

use super::clock_check::look;
use super::keys::list as keys;
use super::{Actor, Failure, OpenOffice};
use chrono::{DateTime, Months, TimeDelta, Utc};
use despatch_core::words::{count, date_words, moment_words};
use despatch_ledger::{Files, State};
use despatch_settings::CourierConfig;
use nix::sys::statvfs::statvfs;
use serde::Serialize;

/// A calendar that ends sooner needs somebody: the longest process runs 18 working days (domain B4).
const CALENDAR_MONTHS_LEFT_MIN: Months = Months::new(3);
/// The least space on the disk, in bytes: a few thousand messages.
const SPACE_MIN: u64 = 1 << 30;
/// A backup or a checkpoint that is older needs somebody.
const COPY_AGE_MAX: TimeDelta = TimeDelta::days(7);

/// How a part does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    Well,
    /// Somebody should look at it.
    Look,
}

/// One part of an office.
#[derive(Debug, Clone, Serialize)]
pub struct Part {
    pub part: &'static str,
    pub does: Does,
    pub words: String,
}

impl Part {
    fn new(part: &'static str, well: bool, words: impl Into<String>) -> Self {
        Self { part, does: if well { Does::Well } else { Does::Look }, words: words.into() }
    }
}

/// Returns how the parts of the office do.
///
/// # Errors
/// The actor is not on the staff list, or the ledger cannot be read.
pub fn health(open: &mut OpenOffice, actor: &Actor) -> Result<Vec<Part>, Failure> {
    actor.staff()?;
    let mut parts = queue(open, actor)?;
    parts.extend(processes(open));
    parts.push(relay(open)?);
    parts.push(disk(open));
    let (now, last) = (open.now(), open.office.calendar.last_covered_day());
    let long = last >= now.today + CALENDAR_MONTHS_LEFT_MIN;
    parts.push(Part::new("calendar", long, format!("bank holidays until {}", date_words(last))));
    parts.push(match look(open)? {
        None => Part::new("clock", true, format!("believed: {}", moment_words(now.at))),
        Some(fault) => Part::new("clock", false, fault.cause),
    });
    parts.push(record(open)?);
    for key in keys(open, actor)? {
        let drill = key.last_drill.map_or_else(String::new, |at| format!(", tried on {}", moment_words(at)));
        let words = format!("{} {} ({}){drill}", key.what.label(), key.fingerprint, key.state);
        parts.push(Part::new("key", true, words));
    }
    parts.push(copies(open, "backup", "backed_up")?);
    Ok(parts)
}

fn queue(open: &mut OpenOffice, actor: &Actor) -> Result<Vec<Part>, Failure> {
    let mut number = |state| {
        let number = open.ledger.count_waiting(state, actor.reader())?;
        Ok::<_, Failure>(usize::try_from(number).unwrap_or(usize::MAX))
    };
    let (review, approved) = (number(State::AwaitingReview)?, number(State::Approved)?);
    let (deferred, doubt, refused) =
        (number(State::Deferred)?, number(State::InDoubt)?, number(State::Refused)?);
    let queue = format!("{} awaiting review, {approved} approved and to be sent", count(review, "message"));
    let stuck = format!("{deferred} deferred, {refused} refused, {doubt} in doubt");
    Ok(vec![Part::new("queue", true, queue), Part::new("sending", refused + doubt == 0, stuck)])
}

fn processes(open: &OpenOffice) -> Vec<Part> {
    let root = open.office.outbox();
    let at_work = |name: &str| Files::is_leased(&root, name);
    let words = |works: bool| if works { "at work" } else { "not at work" };
    let (takes, sends) = (at_work("watcher"), at_work("sender"));
    let workers = open.office.config.workers;
    vec![
        Part::new(
            "run",
            takes,
            format!("takes cases and makes letters with {}: {}", count(workers, "worker"), words(takes)),
        ),
        Part::new("send", sends, format!("gives what is approved to the relay: {}", words(sends))),
    ]
}

fn relay(open: &mut OpenOffice) -> Result<Part, Failure> {
    let to = match &open.office.config.courier {
        CourierConfig::Folder(folder) => format!("a folder, {}", folder.display()),
        CourierConfig::Relay(relay) => format!("{}, port {}", relay.host, relay.port),
    };
    let last = open.ledger.last_of("sent")?;
    let last = last.map_or_else(
        || "nothing was sent yet".to_owned(),
        |at| format!("the last message went on {}", moment_words(at)),
    );
    Ok(Part::new("relay", true, format!("{to}; {last}")))
}

fn disk(open: &OpenOffice) -> Part {
    match statvfs(open.office.root()) {
        Ok(found) => {
            let free = found.blocks_available().saturating_mul(found.fragment_size());
            let words = format!("{} MB free", free / 1_000_000);
            Part::new("disk", free >= SPACE_MIN, words)
        }
        Err(error) => Part::new("disk", false, format!("how much is free cannot be told: {error}")),
    }
}

fn record(open: &mut OpenOffice) -> Result<Part, Failure> {
    let now = open.now();
    let due = open.ledger.checkpoint_is_due(now)?;
    let events = open.ledger.tail()?.map_or(0, |(seq, _)| usize::try_from(seq).unwrap_or(0));
    let signed = if due { "no checkpoint was signed today" } else { "a checkpoint was signed today" };
    Ok(Part::new("record", !due, format!("{}; {signed}", count(events, "event"))))
}

fn copies(open: &mut OpenOffice, part: &'static str, code: &'static str) -> Result<Part, Failure> {
    let now: DateTime<Utc> = open.now().at;
    Ok(match open.ledger.last_of(code)? {
        None => Part::new(part, false, "none was made"),
        Some(at) => Part::new(
            part,
            now - at <= COPY_AGE_MAX,
            format!("the last one was made on {}", moment_words(at)),
        ),
    })
}
