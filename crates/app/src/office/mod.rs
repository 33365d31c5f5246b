//! Enters: the folder of one installation. Leaves: an [`Office`]: its settings, directory, packs, calendar, templates
//! and public keys, all checked, or every fault at once.
//! Never: opens the private review key unless asked to.

mod approvers;
mod candidate;
mod create;
mod identity_key;
mod keyring;
mod open_keys;
mod own_place;
mod permissions;
mod review_key;
mod signing_key;
mod two_passphrases;
mod loader;

pub use candidate::faults_with;
pub use create::{KeyLocks, NewOffice, create, demo_key, is_free, put_signing_key};
pub use loader::OfficeLoader;
pub use open_keys::{KeyId, OpenKeys};
pub use own_place::spare_offices;
pub use permissions::Reach;
pub use review_key::{KeyHolder, LockedKey, MadeKey, Unlock, private_key};
pub use two_passphrases::new_passphrases;

use crate::intake::IntakeFolders;
use despatch_core::fault::Fault;
use despatch_core::words::{Role, StaffId, Team};
use despatch_directory::directory::Directory;
use despatch_guards::others::IdentityKey;
use despatch_ledger::ConfigPath;
use despatch_letters::catalogue::Catalogue;
use despatch_process::places::Body;
use despatch_process::{Calendar, Packs, Place, Places};
use despatch_seal::keys::{PublicKey, SecretKey};
use despatch_seal::signing::VerifyingKey;
use despatch_settings::{Config, Sender, Staff};
use nix::unistd::{Uid, User};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// The settings file of an office.
pub const CONFIG_FILE: &str = "despatch.toml";
/// The folder with a demo office's unencrypted keys.
pub const DEMO_KEYS: &str = "PRIVATE-demo-keys";
/// The folder into which cases are dropped.
/// The folder of sealed despatches and of the ledger.
pub const OUTBOX: &str = "outbox";
/// The folder of drafts of case files, sealed to each person's own key.
pub const DRAFTS: &str = "drafts";
/// The folder of an office's own packs, places and bank holidays.
const POLICY: &str = "policy";
/// The folder of an office's own templates.
pub const TEMPLATES: &str = "templates";
/// An office's own list of places in that folder.
const PLACES_FILE: &str = "places.toml";
/// The mode of the office's own rules and templates, which all may read.
pub const OPEN_TO_READ: u32 = 0o644;
/// The folder of an office's keys.
const KEYS: &str = "keys";
/// The public half of the review key.
const REVIEW_PUBLIC: &str = "review.pub";
/// The private half, locked with a passphrase.
const REVIEW_LOCKED: &str = "review.key.age";
/// The private half in a demo office, unlocked.
const REVIEW_OPEN: &str = "review.key";

/// One installation, complete and checked.
#[derive(Debug)]
pub struct Office {
    root: PathBuf,
    pub config: Config,
    /// The recipients; empty until it is read from the ledger.
    pub directory: Directory,
    pub packs: Packs,
    pub calendar: Calendar,
    pub places: Places,
    pub catalogue: Catalogue,
    pub review_key: PublicKey,
    /// Missing in an office created before lists were signed.
    signing_key: Option<VerifyingKey>,
    former_signing_keys: Vec<VerifyingKey>,
    /// The office's files that override built-in ones.
    pub overlays: Vec<String>,
}

impl Office {
    /// Opens the office at `root`.
    ///
    /// # Errors
    /// Every fault of the office, at once.
    pub fn open(root: &Path) -> Result<Office, Vec<Fault>> {
        OfficeLoader::of(root, Reach::OthersReach).into_office()
    }

    /// Whether the settings in a folder say that it is a demo office; `None` if there are none or they cannot be read.
    pub fn says_demo(root: &Path) -> Option<bool> {
        let settings: toml::Table = fs::read_to_string(root.join(CONFIG_FILE)).ok()?.parse().ok()?;
        Some(settings.get("demo").and_then(toml::Value::as_bool).unwrap_or(false))
    }

    /// The office's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The places for which the directory is incomplete: messages to a missing body would be held.
    pub fn bodies_missing(&self) -> Vec<String> {
        let serves = |place: &Place, role: Role| {
            self.directory
                .entries()
                .iter()
                .any(|entry| entry.role == role && entry.places.contains(&place.id))
        };
        let mut missing = Vec::new();
        for place in self.places.iter() {
            let (there, lacking): (Vec<&Body>, Vec<&Body>) =
                place.bodies.iter().partition(|body| serves(place, body.role()));
            if !there.is_empty() {
                missing.extend(lacking.into_iter().map(|body| {
                    format!(
                        "The directory has no {} for {}: what is meant for it is held.",
                        body.label(),
                        place.id
                    )
                }));
            }
        }
        missing
    }

    /// What whoever drops into a shared inbox could use, if they found another weakness.
    pub fn inbox_warnings(&self) -> Vec<String> {
        permissions::inbox_warnings(&self.root, &self.intake())
    }

    /// The office's own files of rules and templates, in order.
    pub fn own_files(&self) -> Vec<ConfigPath> {
        let walk = |folder| WalkDir::new(self.root.join(folder)).sort_by_file_name().into_iter().flatten();
        let files =
            [POLICY, TEMPLATES].into_iter().flat_map(walk).filter(|entry| entry.file_type().is_file());
        let path = |entry: DirEntry| entry.path().strip_prefix(&self.root).ok()?.to_str()?.parse().ok();
        files.filter_map(path).collect()
    }

    /// Where its cases come in.
    pub fn intake(&self) -> IntakeFolders {
        IntakeFolders::of(&self.root, self.config.intake.as_deref())
    }

    /// The folder of sealed despatches and the ledger.
    pub fn outbox(&self) -> PathBuf {
        self.root.join(OUTBOX)
    }

    /// Returns the member of staff who has an account, as the kernel says whose it is; in a demo office, `named`. Root
    /// is nobody, unless the office is root's own: whoever administers the machine is not thereby on the staff.
    ///
    /// # Errors
    /// Nobody on the staff list has that account or id.
    pub fn actor(&self, uid: u32, named: Option<&StaffId>) -> Result<&Staff, Fault> {
        let cure = "ask whoever runs this office to add you to its staff list";
        if let Some(id) = named {
            if !self.config.demo {
                let cause = "--as is for demo offices: elsewhere the account that gives the command counts";
                return Err(Fault::new("--as", "actor.as", cause, "leave --as out"));
            }
            return self.config.staff_member(id).ok_or_else(|| {
                let known: Vec<&str> = self.config.staff.iter().map(|staff| staff.id.as_str()).collect();
                let cure = format!("use one of: {}", known.join(", "));
                Fault::new("--as", "actor.unknown", format!("{id} is not on the staff list"), cure)
            });
        }
        let fault = |cause: String, cure: &str| Fault::new("account", "actor.unknown", cause, cure);
        if uid == 0 && fs::metadata(&self.root).is_ok_and(|office| office.uid() != 0) {
            let cause = "root is nobody in an office that is not root's own".to_owned();
            return Err(fault(cause, "give the command as yourself, without sudo"));
        }
        let account = account_of(uid).unwrap_or_else(|| uid.to_string());
        self.config.staff_of_account(&account).ok_or_else(|| {
            let cause = format!("the account {account} is not on the staff list");
            let cure = if self.config.demo { "say who you are, for example --as beatrix-lund" } else { cure };
            fault(cause, cure)
        })
    }

    /// Whether the account that owns a case file is a member of staff: only then can `prepared_by` be checked.
    pub fn knows_account(&self, owner: u32) -> bool {
        self.staff_of_uid(owner).is_some()
    }

    /// Whether nothing proves who wrote a case file: `owner` is nobody's on the staff list, or others could write it.
    /// In a demo office one account is everybody's.
    pub fn is_uncertain(&self, owner: u32, others_write: bool) -> bool {
        !self.config.demo && (others_write || !self.knows_account(owner))
    }

    /// The account of a member of staff; `None` if the system does not know it.
    pub fn account_of_staff(&self, id: &StaffId) -> Option<u32> {
        let account = &self.config.staff_member(id)?.account;
        User::from_name(account).ok().flatten().map(|user| user.uid.as_raw())
    }

    /// The member of staff who has an account.
    pub(crate) fn staff_of_uid(&self, uid: u32) -> Option<&Staff> {
        self.config.staff_of_account(&account_of(uid)?)
    }

    /// Checks that a case names a known preparer who matches the account that owns its file.
    pub fn check_preparer(&self, prepared_by: &StaffId, owner: u32) -> Vec<Fault> {
        let fault = |code, cause: String, cure| vec![Fault::new("/prepared_by", code, cause, cure)];
        let Some(preparer) = self.config.staff_member(prepared_by) else {
            let cause = "nobody on the staff list has this id".to_owned();
            return fault(
                "prepared_by.unknown",
                cause,
                "use your own staff id, which `despatch new` fills in; whoever runs the office can tell you it",
            );
        };
        match self.staff_of_uid(owner) {
            Some(owner) if owner.id != preparer.id => {
                let cause = format!("the file belongs to {}, who is not the one named here", owner.id);
                fault("prepared_by.other_owner", cause, "let the person who prepared the case drop it")
            }
            _ => Vec::new(),
        }
    }

    /// Returns the details of a team for which the office writes.
    ///
    /// # Errors
    /// The settings do not have it.
    pub fn sender(&self, team: Team) -> Result<&Sender, Fault> {
        self.config.teams.get(&team).ok_or_else(|| {
            Fault::new("the settings", "team.unknown", "the team is missing", "run `despatch check`")
        })
    }

    /// Returns the key with which the identities in open cases are hashed; generates it on first use.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn identity_key(&self) -> Result<IdentityKey, Fault> {
        identity_key::identity_key(&self.root.join(KEYS))
    }

    /// Returns the private review key, unlocked with `unlock`; a demo office's is in clear.
    ///
    /// # Errors
    /// The key is missing, or the passphrase is wrong.
    pub fn review_secret(&self, unlock: &Unlock) -> Result<SecretKey, Fault> {
        self.review_secret_of(&self.review_key.fingerprint(), unlock)
    }
}

/// The names of what lies in a folder; none if there is no such folder.
fn names_in(folder: &Path) -> impl Iterator<Item = String> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok())
}

/// The name of an account, if the system knows it.
fn account_of(uid: u32) -> Option<String> {
    User::from_uid(Uid::from_raw(uid)).ok().flatten().map(|user| user.name)
}
