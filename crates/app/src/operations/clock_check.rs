//! Enters: the machine's clock, what it said before, how long the machine has been up, the last event, the file system.
//! Leaves: whether the clock may be believed. Never: lets anything be sent, held or removed by a clock that jumped, or
//! corrects one (F12, F13).
//!
//! Messages lapse, approvals are void and files are removed by the date. A clock that was wrong once must not do that for
//! good, so what it says is compared with what cannot jump with it. `outbox/clock` keeps the last moment that was
//! believed, with the uptime of the machine at it: within one start of the machine both must have gone on alike. Between
//! two starts the record's last event has to do.

use super::{Actor, Failure, OpenOffice};
use chrono::{DateTime, TimeDelta, Utc};
use despatch_core::clock::{Clock, Uptime, uptime};
use despatch_core::fault::Fault;
use despatch_core::random::random_hex;
use despatch_core::words::moment_words;
use despatch_ledger::Ledger;
use std::fs;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// What two clocks may differ by: a clock is set right by minutes, and a virtual machine may be stopped for some.
const TOLERANCE: TimeDelta = TimeDelta::minutes(30);
/// How long an office may have done nothing before somebody is asked, where nothing better is known.
const IDLE_MAX: TimeDelta = TimeDelta::days(31);

/// A moment that was believed, and how long the machine had been up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Believed {
    pub at: DateTime<Utc>,
    pub uptime: Uptime,
}

impl Believed {
    fn text(&self) -> String {
        format!("{} {} {}\n", self.at.to_rfc3339(), self.uptime.start, self.uptime.seconds)
    }

    fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let at = words.next()?.parse().ok()?;
        let (start, seconds) = (words.next()?.to_owned(), words.next()?.parse().ok()?);
        Some(Self { at, uptime: Uptime { start, seconds } })
    }
}

/// What a clock is compared with; each may be unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Witnesses {
    pub before: Option<Believed>,
    pub uptime: Option<Uptime>,
    pub last_event: Option<DateTime<Utc>>,
    /// When the file system says that a file was written just now.
    pub file_system: Option<DateTime<Utc>>,
}

impl Witnesses {
    /// Says why `now` may not be believed; `None` if it may.
    pub fn against(&self, now: DateTime<Utc>) -> Option<String> {
        let far = |other: DateTime<Utc>| (now - other).abs() > TOLERANCE;
        if let Some(written) = self.file_system.filter(|written| far(*written)) {
            let (now, written) = (moment_words(now), moment_words(written));
            return Some(format!("the clock says {now}, and the file system {written}"));
        }
        let same_start = self.before.as_ref().zip(self.uptime.as_ref());
        if let Some((before, up)) = same_start.filter(|(before, up)| before.uptime.start == up.start) {
            let should_be = before.at + TimeDelta::seconds(up.seconds - before.uptime.seconds);
            return far(should_be).then(|| {
                format!(
                    "the clock says {}, and by the time since it last ran right it is {}",
                    moment_words(now),
                    moment_words(should_be)
                )
            });
        }
        let last = self.last_event?;
        if now < last - TOLERANCE {
            let (now, last) = (moment_words(now), moment_words(last));
            return Some(format!("the clock says {now}, and the last event on record is of {last}"));
        }
        (now > last + IDLE_MAX).then(|| {
            let (now, last) = (moment_words(now), moment_words(last));
            format!("the clock says {now}, and nothing is on record since {last}")
        })
    }
}

/// The fault of a clock that may not be believed.
fn jumped(why: String) -> Fault {
    let cure = "set the clock right; if it is right, one of the staff says so: `despatch clock --is-right`";
    Fault::new("the clock", "clock.jumped", format!("{why}; nothing is sent, held or removed by it"), cure)
}

/// Returns the fault of a clock that may not be believed, and changes nothing. A day given by `--today` is believed.
///
/// # Errors
/// The record cannot be read.
pub fn look(open: &mut OpenOffice) -> Result<Option<Fault>, Failure> {
    let of = (open.clock, open.office.config.demo);
    Ok(judge(&mut open.ledger, of, None)?.map(jumped))
}

/// Refuses to go on by a clock that may not be believed; takes note of one that may.
///
/// # Errors
/// It may not be believed, or the note cannot be written.
pub fn check_clock(open: &mut OpenOffice) -> Result<(), Failure> {
    check_clock_of(&mut open.ledger, open.clock, open.office.config.demo)
}

/// Does so for whoever has the record alone; `demo` says whether the office is a demo office.
///
/// # Errors
/// As for [`check_clock`].
pub fn check_clock_of(ledger: &mut Ledger, clock: Clock, demo: bool) -> Result<(), Failure> {
    if !matches!(clock, Clock::System) {
        return Ok(());
    }
    let note = write_note(ledger, clock)?;
    let written = fs::metadata(&note)?.modified().ok().map(DateTime::<Utc>::from);
    if let Some(why) = judge(ledger, (clock, demo), written)? {
        fs::remove_file(note)?;
        return Err(jumped(why).into());
    }
    Ok(fs::rename(note, ledger.files().clock())?)
}

/// Takes a person's word that the clock is right.
///
/// # Errors
/// The actor is not on the staff list, or the note cannot be written.
pub fn confirm_clock(open: &mut OpenOffice, actor: &Actor) -> Result<(), Failure> {
    let (by, now) = (actor.staff()?, open.now());
    open.ledger.record_clock_confirmed(by, now)?;
    let note = write_note(&open.ledger, open.clock)?;
    Ok(fs::rename(note, open.ledger.files().clock())?)
}

fn judge(
    ledger: &mut Ledger,
    (clock, demo): (Clock, bool),
    file_system: Option<DateTime<Utc>>,
) -> Result<Option<String>, Failure> {
    if !matches!(clock, Clock::System) {
        return Ok(None);
    }
    let before = match fs::read_to_string(ledger.files().clock()) {
        Ok(text) => Believed::read(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    // A demo office lives on days that its commands choose.
    let last_event = if demo { None } else { ledger.last_event_at()? };
    let witnesses = Witnesses { before, uptime: uptime(), last_event, file_system };
    Ok(witnesses.against(clock.now().at))
}

/// Writes the present moment beside the last one that was believed.
fn write_note(ledger: &Ledger, clock: Clock) -> io::Result<std::path::PathBuf> {
    // The threads of one process look at the same time.
    let own = random_hex(4)?;
    let path = ledger.files().clock().with_extension(format!("{own}.part"));
    let text = uptime().map_or_else(String::new, |uptime| Believed { at: clock.now().at, uptime }.text());
    write_private(&path, text.as_bytes())?;
    Ok(path)
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write;
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)
}
