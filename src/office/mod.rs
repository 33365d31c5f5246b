//! Enters: the folder of one installation. Leaves: an [`Office`]: its settings, directory, pack, calendar,
//! templates and review key, all checked, or everything that is wrong at once.
//! Never: opens the private review key without being asked.

mod config;
mod found;
mod review_key;

pub use config::{Config, CourierConfig, RelayConfig, Sender, Staff};
pub use found::{Founding, demo_key, found};
pub use review_key::Unlock;

use crate::case::Case;
use crate::catalogue::Catalogue;
use crate::fault::Fault;
use crate::policy::{Calendar, Pack, Places, permits};
use crate::seal::directory::Directory;
use crate::seal::keys::{PublicKey, SecretKey};
use crate::words::StaffId;
use chrono::NaiveDate;
use nix::unistd::{Uid, User, getuid};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The settings file of an office.
pub const CONFIG_FILE: &str = "despatch.toml";
/// The directory of an office.
pub const DIRECTORY_FILE: &str = "directory.toml";
/// The folder in which a demo office's unencrypted keys lie.
pub const DEMO_KEYS: &str = "PRIVATE-demo-keys";
/// The folder of an office's keys.
const KEYS: &str = "keys";
/// The public half of the review key.
const REVIEW_PUBLIC: &str = "review.pub";
/// The private half, locked with a passphrase.
const REVIEW_LOCKED: &str = "review.key.age";
/// The private half of a demo office, open.
const REVIEW_OPEN: &str = "review.key";

/// What the program brings along; an office's `policy/` folder has the last word.
const BUILT_IN_PACKS: [(&str, &str); 1] =
    [("hoso-2022-09-12.toml", include_str!("../../policy/hoso-2022-09-12.toml"))];
const BUILT_IN_HOLIDAYS: &str = include_str!("../../policy/bank-holidays.json");
const BUILT_IN_PLACES: &str = include_str!("../../policy/places.toml");

/// One installation, whole and checked.
#[derive(Debug)]
pub struct Office {
    root: PathBuf,
    pub config: Config,
    pub directory: Directory,
    pub pack: Pack,
    pub calendar: Calendar,
    pub places: Places,
    pub catalogue: Catalogue,
    pub review_key: PublicKey,
    /// Which files of the office stand in for built-in ones.
    pub overlays: Vec<String>,
}

impl Office {
    /// Opens the office at `root` as of `today`.
    ///
    /// Errors: everything that is wrong with it, at once.
    pub fn open(root: &Path, today: NaiveDate) -> Result<Office, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut overlays = Vec::new();
        let config =
            read(root, CONFIG_FILE).and_then(|text| Config::parse(CONFIG_FILE, &text)).or_note(&mut faults);
        let directory = read(root, DIRECTORY_FILE)
            .and_then(|text| Directory::parse(DIRECTORY_FILE, &text))
            .or_note(&mut faults);
        let calendar = overlaid(root, "bank-holidays.json", Some(BUILT_IN_HOLIDAYS), &mut overlays)
            .and_then(|text| Calendar::parse(&text))
            .or_note(&mut faults);
        let places = overlaid(root, "places.toml", Some(BUILT_IN_PLACES), &mut overlays)
            .and_then(|text| Places::parse(&text))
            .or_note(&mut faults);
        let pack = match &config {
            Some(config) => open_pack(root, config, today, &mut overlays).or_note(&mut faults),
            None => None,
        };
        let templates = root.join("templates");
        let catalogue =
            Catalogue::load(templates.is_dir().then_some(templates.as_path())).or_note(&mut faults);
        let review_key = read_review_key(root).or_note(&mut faults);
        if let (Some(catalogue), Some(pack), Some(config)) = (&catalogue, &pack, &config) {
            overlays.extend(
                catalogue.kinds().filter(|kind| kind.overlaid).map(|kind| format!("templates/{}", kind.name)),
            );
            faults.extend(disagreements(catalogue, pack, config));
        }
        match (config, directory, calendar, places, pack, catalogue, review_key) {
            (
                Some(config),
                Some(directory),
                Some(calendar),
                Some(places),
                Some(pack),
                Some(catalogue),
                Some(review_key),
            ) if faults.is_empty() => {
                let root = root.to_owned();
                Ok(Office {
                    root,
                    config,
                    directory,
                    pack,
                    calendar,
                    places,
                    catalogue,
                    review_key,
                    overlays,
                })
            }
            _ => Err(faults),
        }
    }

    /// Whether the settings in a folder say that it is a demo office; `None` where there are none to be read.
    pub fn says_demo(root: &Path) -> Option<bool> {
        let settings: toml::Table = fs::read_to_string(root.join(CONFIG_FILE)).ok()?.parse().ok()?;
        Some(settings.get("demo").and_then(toml::Value::as_bool).unwrap_or(false))
    }

    /// The office's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether the pack may be used on `today`: an adoption ends while a program runs.
    ///
    /// Errors: it is not in force and not, or no longer, adopted.
    pub fn pack_permitted(&self, today: NaiveDate) -> Result<(), Fault> {
        let adoption = self.config.adoptions.iter().find(|adoption| adoption.pack == self.pack.id);
        permits(&self.pack, adoption, today)
    }

    /// Where cases are dropped.
    pub fn inbox(&self) -> PathBuf {
        self.root.join("inbox")
    }

    /// Where sealed despatches and the ledger lie.
    pub fn outbox(&self) -> PathBuf {
        self.root.join("outbox")
    }

    /// The member of staff who gives this command: by the account that runs it; where that is nobody's on the list
    /// (the service's own), by the account that called sudo; in a demo office, by `named`.
    ///
    /// Errors: nobody on the staff list has that account or id.
    pub fn actor(&self, named: Option<&StaffId>) -> Result<&Staff, Fault> {
        let cure = "ask whoever runs this office to add you to [[staff]] in despatch.toml";
        if let Some(id) = named {
            if !self.config.demo {
                let cause = "--as is for demo offices: elsewhere the account that runs the command counts";
                return Err(Fault::new("--as", "actor.as", cause, "leave --as out"));
            }
            return self.config.staff.iter().find(|staff| staff.id == *id).ok_or_else(|| {
                let known: Vec<&str> = self.config.staff.iter().map(|staff| staff.id.as_str()).collect();
                let cure = format!("use one of: {}", known.join(", "));
                Fault::new("--as", "actor.unknown", format!("{id} is not on the staff list"), cure)
            });
        }
        let account = account_of(getuid().as_raw()).unwrap_or_else(|| getuid().to_string());
        let staff = |account: &str| self.config.staff.iter().find(|staff| staff.account == account);
        if let Some(found) = staff(&account) {
            return Ok(found);
        }
        let behind = account_behind_sudo();
        let account = behind.unwrap_or(account);
        staff(&account).ok_or_else(|| {
            let cause = format!("the account {account} is not on the staff list");
            let cure = if self.config.demo { "say who you are, for example --as beatrix-lund" } else { cure };
            Fault::new("account", "actor.unknown", cause, cure)
        })
    }

    /// Whether the account that owns a case file is a member of staff: only then can `prepared_by` be checked.
    pub fn knows_account(&self, owner: u32) -> bool {
        account_of(owner).is_some_and(|name| self.config.staff.iter().any(|staff| staff.account == name))
    }

    /// Whether a case names a known preparer who agrees with the account that owns its file.
    pub fn check_preparer(&self, case: &Case, owner: u32) -> Vec<Fault> {
        let at = "/prepared_by";
        let Some(preparer) = self.config.staff.iter().find(|staff| staff.id == case.prepared_by) else {
            let cause = "nobody on the staff list has this id";
            return vec![Fault::new(
                at,
                "prepared_by.unknown",
                cause,
                "use the id that [[staff]] in despatch.toml has",
            )];
        };
        let owner =
            account_of(owner).and_then(|name| self.config.staff.iter().find(|staff| staff.account == name));
        match owner {
            Some(owner) if owner.id != preparer.id => {
                let cause = format!("the file belongs to {}, who is not the one named here", owner.id);
                vec![Fault::new(
                    at,
                    "prepared_by.other_owner",
                    cause,
                    "let the person who prepared the case drop it",
                )]
            }
            _ => Vec::new(),
        }
    }

    /// Whether the private review key is there, and fits the public one as far as can be seen without a passphrase.
    ///
    /// Errors: it is missing, damaged or another.
    pub fn check_review_key(&self) -> Result<(), Fault> {
        if !self.config.demo {
            return review_key::check_locked(&self.root.join(KEYS).join(REVIEW_LOCKED));
        }
        let path = self.root.join(DEMO_KEYS).join(REVIEW_OPEN);
        if review_key::read_open(&path)?.to_public() == self.review_key {
            return Ok(());
        }
        let cause = "it does not belong to keys/review.pub";
        Err(Fault::new(path.display().to_string(), "review_key", cause, "restore both files from a backup"))
    }

    /// The private review key, unlocked as `unlock` says. A demo office's lies open.
    ///
    /// Errors: it is missing, or the passphrase is wrong.
    pub fn review_secret(&self, unlock: &Unlock) -> Result<SecretKey, Fault> {
        if self.config.demo {
            let path = self.root.join(DEMO_KEYS).join(REVIEW_OPEN);
            return review_key::read_open(&path);
        }
        review_key::read_locked(&self.root.join(KEYS).join(REVIEW_LOCKED), unlock)
    }
}

/// Notes the faults and goes on, so that all are found at once.
trait OrNote<T> {
    fn or_note(self, faults: &mut Vec<Fault>) -> Option<T>;
}

impl<T> OrNote<T> for Result<T, Vec<Fault>> {
    fn or_note(self, faults: &mut Vec<Fault>) -> Option<T> {
        self.map_err(|found| faults.extend(found)).ok()
    }
}

fn read(root: &Path, name: &str) -> Result<String, Vec<Fault>> {
    fs::read_to_string(root.join(name)).map_err(|error| {
        let cure = match error.kind() {
            io::ErrorKind::NotFound => "make an office with `despatch init`, or choose one with --office",
            _ => "check the file and who may read it",
        };
        vec![Fault::new(name, "office.file", format!("it cannot be read: {error}"), cure)]
    })
}

/// A policy file: the office's own, else the one that the program brings.
fn overlaid(
    root: &Path,
    name: &str,
    built_in: Option<&str>,
    overlays: &mut Vec<String>,
) -> Result<String, Vec<Fault>> {
    let own = format!("policy/{name}");
    match (root.join(&own).exists(), built_in) {
        (true, _) => {
            overlays.push(own.clone());
            read(root, &own)
        }
        (false, Some(built_in)) => Ok(built_in.to_owned()),
        (false, None) => {
            let cure = "correct policy.pack in despatch.toml, or add the file";
            Err(vec![Fault::new(own, "pack.missing", "there is no such pack", cure)])
        }
    }
}

fn open_pack(
    root: &Path,
    config: &Config,
    today: NaiveDate,
    overlays: &mut Vec<String>,
) -> Result<Pack, Vec<Fault>> {
    let name = format!("{}.toml", config.pack);
    let built_in = BUILT_IN_PACKS.iter().find(|(file, _)| *file == name).map(|(_, text)| *text);
    let text = overlaid(root, &name, built_in, overlays)?;
    let pack = Pack::parse(&format!("policy/{name}"), &text)?;
    let mut faults = Vec::new();
    let adoption = config.adoptions.iter().find(|adoption| adoption.pack == pack.id);
    faults.extend(permits(&pack, adoption, today).err());
    for adoption in &config.adoptions {
        for by in adoption.by.iter().filter(|by| !config.staff.iter().any(|staff| staff.id == **by)) {
            let cause = format!("{by}, who adopted {}, is not on the staff list", adoption.pack);
            faults.push(Fault::new(CONFIG_FILE, "adoption.staff", cause, "name two members of staff"));
        }
    }
    if faults.is_empty() { Ok(pack) } else { Err(faults) }
}

fn read_review_key(root: &Path) -> Result<PublicKey, Vec<Fault>> {
    let at = format!("{KEYS}/{REVIEW_PUBLIC}");
    let text = read(root, &at)?;
    text.trim().parse().map_err(|why| {
        vec![Fault::new(
            at,
            "review_key",
            format!("it holds no key: {why}"),
            "restore the file from a backup",
        )]
    })
}

/// What the pack asks for and the templates or the settings do not have.
fn disagreements(catalogue: &Catalogue, pack: &Pack, config: &Config) -> Vec<Fault> {
    let at = format!("policy/{}.toml", pack.id);
    let mut faults = Vec::new();
    for row in &pack.rows {
        match catalogue.kind(&row.kind) {
            None => {
                let cause = format!("row {} makes {}, and there is no such template", row.number, row.kind);
                faults.push(Fault::new(&at, "kind.unknown", cause, "add the folder under templates/"));
            }
            Some(kind) if !kind.roles.contains(&row.role) => {
                let cause = format!(
                    "row {} sends {} to the {}, which kind.toml does not allow",
                    row.number,
                    row.kind,
                    row.role.words()
                );
                faults.push(Fault::new(&at, "kind.role", cause, "correct the row, or roles in kind.toml"));
            }
            Some(_) => {}
        }
    }
    if !pack.rows.iter().any(|row| config.teams.contains_key(&row.team)) {
        let cause = "the office acts for no team that the pack has a row for";
        faults.push(Fault::new(CONFIG_FILE, "team.none", cause, "correct the [[team]] entries"));
    }
    faults
}

/// The account that called sudo, where staff run despatch as the service's own account, which owns the outbox.
/// Whoever could forge this variable is that account already, and could write to the ledger itself.
fn account_behind_sudo() -> Option<String> {
    std::env::var("SUDO_UID").ok()?.parse().ok().and_then(account_of)
}

/// The name of an account, if the system knows it.
fn account_of(uid: u32) -> Option<String> {
    User::from_uid(Uid::from_raw(uid)).ok().flatten().map(|user| user.name)
}
