//! Enters: the guard settings of `despatch.toml`. Leaves: limits, the virus scanner, the roles with urgent release.
//! Never: starts the scanner.

use despatch_core::settings::Section;
use despatch_core::words::Role;
use despatch_guards::attachment::{BYTES, Limits, PAGES};
use std::collections::BTreeSet;
use std::time::Duration;

/// The default time limit for scanning one attachment, in seconds.
const SCAN_SECONDS: i64 = 60;

/// The office's settings for its guards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuardSettings {
    pub limits: Limits,
    /// `None`: nothing is scanned.
    pub virus_scan: Option<VirusScan>,
    /// The roles whose safety messages one person alone may release, subject to later review (G19).
    pub urgent_release: BTreeSet<Role>,
}

/// The office's virus scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirusScan {
    /// A program and its arguments. It receives an attachment on standard input and exits with 0 if it finds nothing
    /// and with 1 if it finds something (`clamdscan(1)`, "RETURN CODES").
    pub command: Vec<String>,
    pub time_limit: Duration,
}

pub(super) fn read(top: &Section<'_, '_>) -> GuardSettings {
    let mut limits = Limits::default();
    if let Some(section) = top.table("attachments") {
        let pages = section.number("pages_max", 1, 100_000).unwrap_or(PAGES as i64);
        let bytes = section.number("bytes_max", 1, i64::from(u32::MAX)).unwrap_or(BYTES as i64);
        limits.pages = usize::try_from(pages).unwrap_or(PAGES);
        limits.bytes = u64::try_from(bytes).unwrap_or(BYTES);
        section.end();
    }
    for section in top.tables("size_limit") {
        let domain: Option<String> = section.need("domain", "the domain of recipients, such as \"nhs.net\"");
        let bytes = section.need_number("bytes", 1, i64::from(u32::MAX)).and_then(|n| u64::try_from(n).ok());
        limits.messages.extend(domain.map(|domain| domain.to_ascii_lowercase()).zip(bytes));
        section.end();
    }
    if let Some(section) = top.table("guards") {
        limits.history = section.may_word("history").unwrap_or_default();
        section.end();
    }
    let virus_scan = top.table("virus_scan").and_then(read_scan);
    let mut urgent_release = BTreeSet::new();
    if let Some(section) = top.table("urgent_release") {
        urgent_release.extend(section.words::<Role>("roles"));
        section.end();
    }
    GuardSettings { limits, virus_scan, urgent_release }
}

fn read_scan(section: Section<'_, '_>) -> Option<VirusScan> {
    let command: Vec<String> = section.list("command", "a program and its arguments");
    if command.is_empty() {
        let cure =
            "write command = [\"clamdscan\", \"--fdpass\", \"--no-summary\", \"-\"], or leave the table out";
        section.fault_at("command", "settings.missing", "no program is named", cure);
    }
    let seconds = section.number("seconds", 1, 600).unwrap_or(SCAN_SECONDS);
    section.end();
    let time_limit = Duration::from_secs(u64::try_from(seconds).ok()?);
    (!command.is_empty()).then_some(VirusScan { command, time_limit })
}
