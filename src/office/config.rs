//! Enters: the text of `despatch.toml`. Leaves: the office's settings, or every fault with its line.
//! Never: reads a file; the paths in it are resolved by `office`.

use crate::fault::Fault;
use crate::policy::pack::Adoption;
use crate::render::data::Letterhead;
use crate::seal::address::EmailAddress;
use crate::settings::{Section, Settings};
use crate::words::{PackId, StaffId, Team};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The settings of one office.
#[derive(Debug, Clone)]
pub struct Config {
    /// A made-up office: unencrypted keys and `--as` are accepted, and every letter says so.
    pub demo: bool,
    /// The domain of Message-IDs.
    pub mail_domain: String,
    pub pack: PackId,
    pub adoptions: Vec<Adoption>,
    /// The teams that the office acts for; another team's row is an event to wait for (G2).
    pub teams: BTreeMap<Team, Sender>,
    pub staff: Vec<Staff>,
    pub courier: CourierConfig,
    /// Rendering processes.
    pub workers: usize,
}

/// One team that the office writes for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The address from which its mail is sent.
    pub from: EmailAddress,
    pub letterhead: Letterhead,
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    pub id: StaffId,
    pub name: String,
    /// May approve what others prepared.
    pub reviewer: bool,
    /// The operating system's account.
    pub account: String,
}

/// How messages leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CourierConfig {
    /// Written as `.eml` files to a folder: the demo's way.
    Folder(PathBuf),
    Relay(RelayConfig),
}

/// A mail relay, spoken to over implicit TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayConfig {
    pub host: String,
    pub port: u16,
    /// The name that this machine gives itself in EHLO.
    pub hello_name: String,
    /// The only trusted authority, as PEM; the system's where absent.
    pub tls_ca: Option<PathBuf>,
    pub user: Option<String>,
    pub password_file: Option<PathBuf>,
}

/// The port of SMTP over implicit TLS. RFC 8314, 7.3.
const SUBMISSIONS_PORT: i64 = 465;

impl Config {
    /// Reads `despatch.toml`.
    pub fn parse(file: &str, text: &str) -> Result<Config, Vec<Fault>> {
        let settings = Settings::parse(file, text);
        let config = read(settings.top());
        let faults = settings.into_faults();
        match config {
            Some(config) if faults.is_empty() => Ok(config),
            _ => Err(faults),
        }
    }
}

fn read(top: Section<'_, '_>) -> Option<Config> {
    let demo = top.flag("demo").unwrap_or(false);
    let mail_domain = top.need("mail_domain", "the domain of Message-IDs, such as \"despatch.example.org\"");
    let workers = top.number("workers", 1, 64).unwrap_or(2);
    let policy = top.table("policy");
    if policy.is_none() {
        top.fault(
            "settings.missing",
            "[policy] is missing",
            "add it, with the pack that the office has adopted",
        );
    }
    let policy = policy.and_then(read_policy);
    let teams = top.tables("team").into_iter().map(read_team).collect::<Vec<_>>();
    let staff: Vec<_> = top.tables("staff").into_iter().map(read_staff).collect();
    let courier = top.table("courier");
    if courier.is_none() {
        top.fault(
            "settings.missing",
            "[courier] is missing",
            "add it, with transport = \"folder\" or \"smtp\"",
        );
    }
    let courier = courier.and_then(|section| read_courier(section, demo));
    if teams.is_empty() {
        top.fault(
            "settings.missing",
            "no [[team]] is named",
            "add the team or teams that the office acts for",
        );
    }
    let staff: Option<Vec<Staff>> = staff.into_iter().collect();
    let known: &[Staff] = staff.as_deref().unwrap_or_default();
    check_staff(&top, known);
    top.end();
    let (pack, adoptions) = policy?;
    Some(Config {
        demo,
        mail_domain: mail_domain?,
        pack,
        adoptions,
        teams: teams.into_iter().collect::<Option<_>>()?,
        staff: staff?,
        courier: courier?,
        workers: usize::try_from(workers).ok()?,
    })
}

fn check_staff(top: &Section<'_, '_>, staff: &[Staff]) {
    for (index, one) in staff.iter().enumerate() {
        let others = staff.get(..index).unwrap_or_default();
        if others.iter().any(|other| other.id == one.id) {
            let cause = format!("two members of staff are called {}", one.id);
            top.fault_at("staff", "staff.twice", cause, "give each an id of their own");
        }
        if others.iter().any(|other| other.account == one.account) {
            let cause = format!("{} shares the account {} with another", one.id, one.account);
            top.fault_at("staff", "staff.account_twice", cause, "give each person an account of their own");
        }
    }
    if !staff.iter().any(|one| one.reviewer) {
        top.fault_at("staff", "staff.no_reviewer", "nobody may approve", "give somebody reviewer = true");
    }
}

fn read_policy(section: Section<'_, '_>) -> Option<(PackId, Vec<Adoption>)> {
    let pack = section.need("pack", PackId::PATTERN);
    let adoptions = section
        .tables("adoption")
        .into_iter()
        .map(|one| {
            let adoption = (
                one.need("pack", PackId::PATTERN),
                one.list("by", StaffId::PATTERN),
                one.need("reason", "a sentence"),
                one.date("from"),
                one.date("expires"),
            );
            if adoption.3.is_none() || adoption.4.is_none() {
                one.fault(
                    "adoption.dates",
                    "an adoption says from when and until when",
                    "add from and expires",
                );
            }
            one.end();
            Some(Adoption {
                pack: adoption.0?,
                by: adoption.1,
                reason: adoption.2?,
                from: adoption.3?,
                expires: adoption.4?,
            })
        })
        .collect::<Vec<_>>();
    section.end();
    Some((pack?, adoptions.into_iter().collect::<Option<_>>()?))
}

fn read_team(section: Section<'_, '_>) -> Option<(Team, Sender)> {
    let id = section.need::<Team>("id", "\"dmrt\" or \"casework\"");
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

fn read_staff(section: Section<'_, '_>) -> Option<Staff> {
    let id = section.need("id", StaffId::PATTERN);
    let name = section.need("name", "the person's name");
    let reviewer = section.flag("reviewer").unwrap_or(false);
    let account = section.need("account", "the person's account on this machine");
    section.end();
    Some(Staff { id: id?, name: name?, reviewer, account: account? })
}

fn read_courier(section: Section<'_, '_>, demo: bool) -> Option<CourierConfig> {
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
    courier
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
