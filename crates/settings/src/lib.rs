//! Enters: the text of `despatch.toml`. Leaves: the office's settings, or every fault with its line.
//! Never: reads a file; `office` resolves the paths in it.

mod approval;
mod guards;
mod pages;
mod staff;

pub use approval::{SignedApproval, Unseen};
pub use guards::{GuardSettings, VirusScan};
pub use pages::{Listen, PageSettings, PageUnlock};
pub use staff::{NoticeKind, PostCover, Staff};

use chrono::Months;
use despatch_core::address::EmailAddress;
use despatch_core::fault::Fault;
use despatch_core::settings::{Section, Settings};
use despatch_core::words::{KindName, PackId, Role, StaffId, Team};
use despatch_directory::domain::Domain;
use despatch_directory::rules::AddressRules;
use despatch_seal::keys::PublicKey;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The settings of one office.
#[derive(Debug, Clone)]
pub struct Config {
    /// A fictitious office: unencrypted keys and `--as` are accepted, and every letter says so.
    pub demo: bool,
    /// The domain of Message-IDs.
    pub mail_domain: String,
    /// The pack under which new cases are planned.
    pub pack: PackId,
    /// Further packs that the office uses beside it, each the owner of other events.
    pub beside: Vec<PackId>,
    /// The teams that the office acts for; another team's row is an event to wait for (G2).
    pub teams: BTreeMap<Team, Sender>,
    pub staff: Vec<Staff>,
    pub courier: CourierConfig,
    /// How many messages go at once, each over a connection of its own.
    pub connections: usize,
    /// The rules for the addresses to which the office writes.
    pub addresses: AddressRules,
    /// The number of rendering processes.
    pub workers: usize,
    pub guards: GuardSettings,
    pub unseen: Unseen,
    pub signed_approval: SignedApproval,
    /// The kinds whose messages two people approve.
    pub two_approvals: BTreeSet<KindName>,
    /// The public half of a key that is kept offline; every review copy is also sealed to it.
    pub recovery: Option<PublicKey>,
    pub retention: Retention,
    /// A program and its arguments that keeps each checkpoint, given on its standard input, elsewhere; or nothing.
    pub push: Vec<String>,
    /// The folder for the backups that staff ask the service for.
    pub backups: Option<PathBuf>,
    /// The folder in which the inbox lies with `claimed/` and `rejected/` beside it; in the office if absent.
    pub intake: Option<PathBuf>,
    /// Whether preparers are told of rejected case files by email, those who have an address in the staff list.
    pub tell_preparers: bool,
    /// Whether there are pages, and how they are reached.
    pub pages: PageSettings,
}

/// The retention period of each kind of record, in days; without a period it is kept for good. No default deletes
/// anything: the Home Office's own period is not known (docs/readings.md, "Retention").
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// Messages that were sent.
    pub sent: Option<i64>,
    /// Messages that a person stopped for good.
    pub cancelled: Option<i64>,
    /// Messages that were superseded.
    pub superseded: Option<i64>,
    /// Sealed case files whose messages are all settled.
    pub received: Option<i64>,
    /// Rejected case files and their attachments, in clear.
    pub rejected: Option<i64>,
}

/// A hundred years; to keep records for good, the period is omitted.
const RETENTION_DAYS_MAX: i64 = 36_500;

/// A team's details as printed on its letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Letterhead {
    #[serde(rename = "team")]
    pub name: String,
    pub telephone: String,
    pub fax: Option<String>,
    pub email: String,
    pub address: Vec<String>,
}

/// A team for which the office writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The address from which its mail is sent.
    pub from: EmailAddress,
    pub letterhead: Letterhead,
}

/// How messages are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CourierConfig {
    /// Written as `.eml` files to a folder, as in the demo office.
    Folder(PathBuf),
    Relay(RelayConfig),
}

/// A mail relay, reached over implicit TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayConfig {
    pub host: String,
    pub port: u16,
    /// The name that this machine gives in EHLO.
    pub hello_name: String,
    /// The only trusted certificate authority, as PEM; the system's if absent.
    pub tls_ca: Option<PathBuf>,
    pub user: Option<String>,
    pub password_file: Option<PathBuf>,
}

/// Messages that go to a relay at once, if the settings do not say: fewer than any relay minds.
const CONNECTIONS: i64 = 4;
/// The most that may be set: each has its message in memory.
const CONNECTIONS_MAX: i64 = 32;

/// The port of SMTP over implicit TLS (RFC 8314, 7.3).
const SUBMISSIONS_PORT: i64 = 465;

/// What was readable in `despatch.toml`: the whole, or the parts that other checks can use.
#[derive(Debug, Default)]
pub struct ConfigRead {
    /// The settings, if there are no faults at all.
    pub config: Option<Config>,
    pub demo: bool,
    pub pack: Option<PackId>,
    pub beside: Vec<PackId>,
    /// The line on which they are named.
    pub packs_line: usize,
    pub courier: Option<CourierConfig>,
    pub addresses: AddressRules,
    pub intake: Option<PathBuf>,
    pub faults: Vec<Fault>,
}

impl Config {
    /// Reads `despatch.toml`.
    pub fn read(file: &str, text: &str) -> ConfigRead {
        let settings = Settings::parse(file, text);
        let mut found = read(settings.top());
        found.faults = settings.into_faults();
        if !found.faults.is_empty() {
            found.config = None;
        }
        found
    }

    /// Returns the member of staff with this id.
    pub fn staff_member(&self, id: &StaffId) -> Option<&Staff> {
        self.staff.iter().find(|staff| staff.id == *id)
    }

    /// Returns the packs that the office uses: the one for new cases, and those beside it.
    pub fn packs(&self) -> Vec<PackId> {
        std::iter::once(&self.pack).chain(&self.beside).cloned().collect()
    }

    /// Returns the member of staff with this account.
    pub fn staff_of_account(&self, account: &str) -> Option<&Staff> {
        self.staff.iter().find(|staff| staff.account == account)
    }
}

fn read(top: Section<'_, '_>) -> ConfigRead {
    let demo = top.flag("demo").unwrap_or(false);
    let mail_domain = top.need("mail_domain", "the domain of Message-IDs, such as \"despatch.example.org\"");
    let workers = top.number("workers", 1, 64).unwrap_or(2);
    let staff = staff::read(&top);
    let (pack, beside, packs_line) = top.need_table("policy").map(read_policy).unwrap_or_default();
    let teams: Vec<Option<(Team, Sender)>> = top.tables("team").into_iter().map(read_team).collect();
    if teams.is_empty() {
        let cure = "add the team or teams that the office acts for";
        top.fault("settings.missing", "no [[team]] is named", cure);
    }
    let mut addresses = top.table("addresses").map(read_addresses).unwrap_or_default();
    addresses.own = own_domains(mail_domain.as_ref(), &teams);
    let courier = top.need_table("courier").and_then(|section| read_courier(section, demo));
    let (courier, connections) = courier.unzip();
    let guards = guards::read(&top);
    let (unseen, signed_approval, two_approvals) = approval::read(&top, demo);
    let recovery = top.table("recovery").and_then(read_recovery);
    let retention = top.table("retention").map(read_retention).unwrap_or_default();
    let push = top.table("audit").map(read_push).unwrap_or_default();
    let backups = top.table("backup").and_then(|section| {
        read_folder(section, "the folder for backups, outside the office", "/srv/backups")
    });
    let intake = top.table("intake").and_then(|section| {
        read_folder(section, "the folder of the inbox, claimed/ and rejected/", "/srv/despatch-intake")
    });
    let pages = pages::read(&top);
    let tell_preparers = top.table("notices").is_some_and(|section| read_notices(section, &staff));
    top.end();
    let config = || {
        Some(Config {
            demo,
            mail_domain: mail_domain?,
            pack: pack.clone()?,
            beside: beside.clone(),
            teams: teams.into_iter().collect::<Option<_>>()?,
            staff: staff.into_iter().collect::<Option<_>>()?,
            courier: courier.clone()?,
            connections: connections?,
            addresses: addresses.clone(),
            workers: usize::try_from(workers).ok()?,
            guards: guards.clone(),
            unseen: unseen.clone(),
            signed_approval: signed_approval.clone(),
            two_approvals: two_approvals.clone(),
            recovery: recovery.clone(),
            retention,
            push: push.clone(),
            backups: backups.clone(),
            intake: intake.clone(),
            tell_preparers,
            pages: pages.clone(),
        })
    };
    ConfigRead {
        config: config(),
        demo,
        pack,
        beside,
        packs_line,
        courier,
        addresses,
        intake,
        faults: Vec::new(),
    }
}

/// The domains by which recipients know the office: that of its messages, and those of its teams' addresses.
fn own_domains(mail_domain: Option<&String>, teams: &[Option<(Team, Sender)>]) -> Vec<Domain> {
    let of_mail = mail_domain.and_then(|domain| domain.parse().ok());
    let mut own: Vec<Domain> = Vec::new();
    for domain in of_mail.into_iter().chain(teams.iter().flatten().map(|(_, team)| Domain::of(&team.from))) {
        if !own.contains(&domain) {
            own.push(domain);
        }
    }
    own
}

/// Reads the packs, and the line of those beside the first.
fn read_policy(section: Section<'_, '_>) -> (Option<PackId>, Vec<PackId>, usize) {
    let pack = section.need("pack", PackId::PATTERN);
    let beside = section.list("beside", PackId::PATTERN);
    let line = section.line_of("beside");
    section.end();
    (pack, beside, line)
}

fn read_recovery(section: Section<'_, '_>) -> Option<PublicKey> {
    let key = section.checked("key");
    section.end();
    key
}

fn read_push(section: Section<'_, '_>) -> Vec<String> {
    let command: Vec<String> = section.list("push", "a program and its arguments");
    section.end();
    command
}

fn read_folder(section: Section<'_, '_>, what: &str, such_as: &str) -> Option<PathBuf> {
    let folder: Option<String> = section.need("folder", what);
    let folder = folder.map(PathBuf::from).filter(|folder| {
        if !folder.is_absolute() {
            let cure = format!("write the whole path, such as \"{such_as}\"");
            section.fault_at("folder", "settings.path", "it is no absolute path", cure);
        }
        folder.is_absolute()
    });
    section.end();
    folder
}

/// Reads whether preparers are told of rejects. `staff` is whom that could be.
fn read_notices(section: Section<'_, '_>, staff: &[Option<Staff>]) -> bool {
    let rejected = section.flag("rejected").unwrap_or(false);
    // Somebody whose entry is unreadable may have one.
    if rejected && staff.iter().all(|one| one.as_ref().is_some_and(|one| one.email.is_none())) {
        let cure = "give those who prepare cases an email in [[staff]], or leave rejected out";
        section.fault_at("rejected", "settings.missing", "nobody in [[staff]] has an email", cure);
    }
    section.end();
    rejected
}

fn read_retention(section: Section<'_, '_>) -> Retention {
    let days = |key| section.number(key, 1, RETENTION_DAYS_MAX);
    let retention = Retention {
        sent: days("sent"),
        cancelled: days("cancelled"),
        superseded: days("superseded"),
        received: days("received"),
        rejected: days("rejected"),
    };
    section.end();
    retention
}

fn read_team(section: Section<'_, '_>) -> Option<(Team, Sender)> {
    let id = section.need::<Team>("id", "\"dmrt\", \"casework\" or \"r35t\"");
    let name = section.need("name", "the team's name");
    let telephone = section.need("telephone", "a telephone number");
    let fax = section.may("fax", "a fax number");
    let from = section.need::<EmailAddress>("email", "the address from which its mail is sent");
    let address = section.list("address", "the lines of a postal address");
    section.end();
    let from = from?;
    let letterhead = Letterhead { name: name?, telephone: telephone?, fax, email: from.to_string(), address };
    Some((id?, Sender { from, letterhead }))
}

fn read_addresses(section: Section<'_, '_>) -> AddressRules {
    let mut rules = AddressRules {
        groups: section.checked_list::<EmailAddress>("groups"),
        alike: section.checked_list::<Domain>("alike"),
        ..Default::default()
    };
    if let Some(domains) = section.table("domains") {
        for role in Role::ALL {
            if domains.has(role.code()) {
                rules.domains.insert(role, domains.checked_list::<Domain>(role.code()));
            }
        }
        domains.end();
    }
    if let Some(months) =
        section.number("verify_again_months", 1, 60).and_then(|months| u32::try_from(months).ok())
    {
        rules.verify_again = Months::new(months);
    }
    section.end();
    rules
}

/// Reads how messages are sent, and how many at once.
fn read_courier(section: Section<'_, '_>, demo: bool) -> Option<(CourierConfig, usize)> {
    let connections = section.number("connections", 1, CONNECTIONS_MAX);
    let transport: Option<String> = section.need("transport", "\"folder\" or \"smtp\"");
    let courier = match transport.as_deref() {
        Some("folder") => section.need("folder", "the folder to write to").map(CourierConfig::Folder),
        Some("smtp") => read_relay(&section, demo).map(CourierConfig::Relay),
        Some(_) => {
            section.fault_at(
                "transport",
                "settings.value",
                "courier.transport is not known",
                "write \"folder\" or \"smtp\"",
            );
            None
        }
        None => None,
    };
    section.end();
    let courier = courier?;
    let otherwise = if matches!(courier, CourierConfig::Relay(_)) { CONNECTIONS } else { 1 };
    Some((courier, usize::try_from(connections.unwrap_or(otherwise)).ok()?))
}

fn read_relay(section: &Section<'_, '_>, demo: bool) -> Option<RelayConfig> {
    let host: Option<String> = section.need("host", "the relay's name, as in its certificate");
    let port = section.number("port", 1, u16::MAX.into()).unwrap_or(SUBMISSIONS_PORT);
    let hello_name = section.need("hello_name", "the name of this machine");
    let tls_ca = section.may("tls_ca", "the path of a PEM file");
    let user = section.may("user", "a user name");
    let password_file = section.may("password_file", "the path of a file that holds the password");
    if user.is_some() != password_file.is_some() {
        section.fault("courier.login", "user and password_file belong together", "give both or neither");
    }
    if demo && host.as_deref().is_some_and(|host| host != "localhost") {
        section.fault_at(
            "host",
            "courier.demo",
            "a demo office sends to no real relay",
            "use \"localhost\" or transport = \"folder\"",
        );
    }
    Some(RelayConfig {
        host: host?,
        port: u16::try_from(port).ok()?,
        hello_name: hello_name?,
        tls_ca,
        user,
        password_file,
    })
}
