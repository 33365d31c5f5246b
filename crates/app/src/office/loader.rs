//! Enters: the folder of an office, in whatever state it is. Leaves: each part of it that can be read, and every fault.
//! Never: lets a broken part hide the faults of another.

use super::{
    CONFIG_FILE, DEMO_KEYS, KEYS, Office, PLACES_FILE, POLICY, REVIEW_LOCKED, REVIEW_OPEN, REVIEW_PUBLIC,
    Reach, TEMPLATES, identity_key, keyring, names_in, permissions, review_key, signing_key,
};
use crate::intake::IntakeFolders;
use despatch_core::fault::Fault;
use despatch_core::text::{SAVE_AS_UTF8, text_in, utf8_of};
use despatch_core::words::{PackId, PlaceId};
use despatch_directory::directory::Directory;
use despatch_directory::entry::Entry;
use despatch_letters::catalogue::{Catalogue, Kind};
use despatch_process::{Calendar, Pack, Packs, Places};
use despatch_seal::keys::PublicKey;
use despatch_seal::signing::VerifyingKey;
use despatch_settings::{Config, ConfigRead};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The built-in policy files; those in an office's `policy/` folder take precedence.
const BUILT_IN_PACKS: [(&str, &str); 2] = [
    ("hoso-2022-09-12.toml", include_str!("../../../../policy/hoso-2022-09-12.toml")),
    ("gi-v3-reviews.toml", include_str!("../../../../policy/gi-v3-reviews.toml")),
];
const BUILT_IN_HOLIDAYS: &str = include_str!("../../../../policy/bank-holidays.json");
const BUILT_IN_PLACES: &str = include_str!("../../../../policy/places.toml");

/// The parts of an office that could be read.
#[derive(Debug, Default)]
pub struct OfficeLoader {
    pub root: PathBuf,
    pub settings: ConfigRead,
    pub calendar: Option<Calendar>,
    pub places: Option<Places>,
    pub packs: Packs,
    /// The packs that exist and cannot be read; their faults are in `faults`.
    pub unread_packs: Vec<PackId>,
    /// The kinds without faults.
    pub catalogue: Option<Catalogue>,
    templates_sound: bool,
    pub review_key: Option<PublicKey>,
    signing_key: Option<VerifyingKey>,
    former_signing_keys: Vec<VerifyingKey>,
    /// The office's files that override built-in ones.
    pub overlays: Vec<String>,
    pub faults: Vec<Fault>,
}

impl OfficeLoader {
    /// Reads every part of the office at `root`, and looks for what is open to others as far as `reach` says.
    pub fn of(root: &Path, reach: Reach) -> OfficeLoader {
        let mut loader = OfficeLoader { root: root.to_owned(), ..OfficeLoader::default() };
        let settings = match loader.read(CONFIG_FILE) {
            Ok(text) => Config::read(CONFIG_FILE, &text),
            // Without its settings a folder is not an office, and a list of what else is missing would not help.
            Err(faults) => {
                loader.faults = faults;
                return loader;
            }
        };
        loader.faults.extend(settings.faults.iter().cloned());
        loader.settings = settings;
        loader.faults.extend(permissions::faults(root, &loader.intake(), reach));
        let calendar =
            loader.overlaid("bank-holidays.json", BUILT_IN_HOLIDAYS).and_then(|text| Calendar::parse(&text));
        loader.calendar = loader.note(calendar);
        let places = loader.overlaid("places.toml", BUILT_IN_PLACES).and_then(|text| Places::parse(&text));
        loader.places = loader.note(places);
        loader.packs = loader.read_packs();
        let templates = root.join(TEMPLATES);
        let (catalogue, wrong) = Catalogue::read(templates.is_dir().then_some(templates.as_path()));
        loader.templates_sound = wrong.is_empty();
        loader.faults.extend(wrong);
        loader.catalogue = Some(catalogue);
        let review_key = loader.read_review_key();
        loader.review_key = loader.note(review_key);
        let signing_key = signing_key::read_public(root).map_err(|fault| vec![fault]);
        loader.signing_key = loader.note(signing_key).flatten();
        let former = signing_key::read_former(root).map_err(|fault| vec![fault]);
        loader.former_signing_keys = loader.note(former).unwrap_or_default();
        loader.compare();
        loader
    }

    /// Where its cases come in, as far as its settings say.
    pub fn intake(&self) -> IntakeFolders {
        IntakeFolders::of(&self.root, self.settings.intake.as_deref())
    }

    /// Returns the office if it has no faults.
    ///
    /// # Errors
    /// Every fault of the office.
    pub fn into_office(self) -> Result<Office, Vec<Fault>> {
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        let office = || {
            Some(Office {
                root: self.root,
                config: self.settings.config?,
                directory: Directory::default(),
                packs: self.packs,
                calendar: self.calendar?,
                places: self.places?,
                catalogue: self.catalogue?,
                review_key: self.review_key?,
                signing_key: self.signing_key,
                former_signing_keys: self.former_signing_keys,
                overlays: self.overlays,
            })
        };
        // A part is missing only if it has a fault, so this is unreachable; an incomplete office must never be opened.
        let unread = || {
            vec![Fault::new(CONFIG_FILE, "office.unread", "a part of the office was not read", "report this")]
        };
        office().ok_or_else(unread)
    }

    /// Checks that the private review key exists and matches the public one, as far as a passphrase is not needed.
    ///
    /// # Errors
    /// The key is missing, unreadable, not locked, or does not match.
    pub fn check_review_secret(&self) -> Result<(), Fault> {
        let demo = self.settings.demo;
        let path = match &self.review_key {
            Some(key) => keyring::private_file(&self.root, demo, key, &key.fingerprint()),
            None if demo => self.root.join(DEMO_KEYS).join(REVIEW_OPEN),
            None => self.root.join(KEYS).join(REVIEW_LOCKED),
        };
        if !demo {
            return review_key::check_locked(&path, review_key::unreadable);
        }
        let public = review_key::read_open(&path)?.to_public();
        if self.review_key.as_ref().is_none_or(|key| *key == public) {
            return Ok(());
        }
        let cause = "it does not belong to keys/review.pub";
        Err(Fault::new(path.display().to_string(), "review_key", cause, "restore both files from a backup"))
    }

    /// Checks the directory's entries against the places and the office's address rules.
    pub fn check_directory(&self, directory: &Directory) -> Vec<Fault> {
        let mut faults = Vec::new();
        for entry in directory.entries() {
            let at = format!("entry {}", entry.id);
            if let Some(places) = &self.places {
                faults.extend(entry.places.iter().filter_map(|id| not_there(places, entry, id, &at)));
            }
            // Without readable settings the address rules would report spurious faults.
            let known = self.settings.config.is_some();
            let against = if known { directory.rules().against(entry) } else { Vec::new() };
            faults
                .extend(against.iter().map(|why| Fault::new(&at, "directory.rule", why.cause(), why.cure())));
        }
        faults
    }

    /// Checks that the key for the identities in open cases can be used, if it exists.
    ///
    /// # Errors
    /// The file cannot be read, or does not contain a key.
    pub fn check_identity_key(&self) -> Result<(), Fault> {
        identity_key::check(&self.root.join(KEYS))
    }

    /// Checks that the signing key exists and, as far as is possible without a passphrase, that its halves match.
    ///
    /// # Errors
    /// The key is missing, unreadable, not locked, or its halves do not match.
    pub fn check_signing_secret(&self) -> Result<(), Fault> {
        signing_key::check(&self.root, self.settings.demo, self.signing_key.as_ref())
    }

    fn note<T>(&mut self, read: Result<T, Vec<Fault>>) -> Option<T> {
        read.map_err(|faults| self.faults.extend(faults)).ok()
    }

    fn read(&self, name: &str) -> Result<String, Vec<Fault>> {
        let read = fs::read(self.root.join(name)).and_then(|bytes| {
            let text = utf8_of(&bytes).map_err(io::Error::other)?;
            text_in(&text).map(str::to_owned).map_err(io::Error::other)
        });
        read.map_err(|error| {
            let missing = error.kind() == io::ErrorKind::NotFound;
            let (at, cause, cure) = match name {
                CONFIG_FILE if missing => (
                    self.root.display().to_string(),
                    "this folder is not an office: it has no despatch.toml".to_owned(),
                    "choose an office with --office, or make one with `despatch init`",
                ),
                _ => (
                    name.to_owned(),
                    format!("it cannot be read: {error}"),
                    match error.kind() {
                        io::ErrorKind::Other => SAVE_AS_UTF8,
                        _ => "restore it, or correct who may read it",
                    },
                ),
            };
            vec![Fault::new(at, "office.file", cause, cure)]
        })
    }

    /// Reads a policy file: the office's own, otherwise the built-in one.
    fn overlaid(&mut self, name: &str, built_in: &str) -> Result<String, Vec<Fault>> {
        let own = format!("policy/{name}");
        if !self.root.join(&own).exists() {
            return Ok(built_in.to_owned());
        }
        let text = self.read(&own);
        self.overlays.push(own);
        text
    }

    /// Reads every pack: the built-in ones, overridden by the office's own.
    fn read_packs(&mut self) -> Packs {
        let named = |name: &str, text: String| (format!("policy/{name}"), text);
        let mut files: BTreeMap<String, String> =
            BUILT_IN_PACKS.iter().map(|(name, text)| named(name, (*text).to_owned())).collect();
        let mut own = BTreeSet::new();
        for name in own_packs(&self.root.join(POLICY)) {
            own.extend(name.strip_suffix(".toml").and_then(|id| id.parse().ok()));
            match self.read(&format!("policy/{name}")) {
                Ok(text) => drop(files.insert(format!("policy/{name}"), text)),
                Err(faults) => self.faults.extend(faults),
            }
            self.overlays.push(format!("policy/{name}"));
        }
        let (packs, faults) = Packs::read(&files);
        let packs = packs.with_own(own);
        let ids = files.keys().filter_map(|file| Path::new(file).file_stem()?.to_str()?.parse().ok());
        self.unread_packs = ids.filter(|id| packs.get(id).is_none()).collect();
        let named: Vec<PackId> = self.settings.pack.iter().chain(&self.settings.beside).cloned().collect();
        let told = |fault: &Fault, id: &PackId| fault.at.starts_with(&format!("policy/{id}.toml"));
        let lacking = |id: &&PackId| packs.get(id).is_none() && !faults.iter().any(|fault| told(fault, id));
        for id in named.iter().filter(lacking) {
            let cure = "correct [policy] in despatch.toml, or add the file";
            let at = format!("policy/{id}.toml");
            self.faults.push(Fault::new(at, "pack.missing", "there is no such pack", cure));
        }
        self.faults.extend(packs.owned_twice(&named, &format!("{CONFIG_FILE}:{}", self.settings.packs_line)));
        self.faults.extend(faults);
        packs
    }

    fn read_review_key(&self) -> Result<PublicKey, Vec<Fault>> {
        let at = format!("{KEYS}/{REVIEW_PUBLIC}");
        let text = self.read(&at)?;
        text.trim().parse().map_err(|why| {
            let cause = format!("it holds no key: {why}");
            vec![Fault::new(at, "review_key", cause, "restore the file from a backup")]
        })
    }

    /// Checks the parts against each other.
    fn compare(&mut self) {
        let mut faults = Vec::new();
        if let Some(catalogue) = &self.catalogue {
            if self.templates_sound {
                faults.extend(self.packs.iter().flat_map(|pack| rows_without_templates(catalogue, pack)));
                faults.extend(self.packs.iter().flat_map(|pack| sampled_in_vain(catalogue, pack)));
            }
            self.overlays.extend(catalogue.own().map(|name| format!("templates/{name}")));
        }
        if let (Some(catalogue), Some(config), true) =
            (&self.catalogue, &self.settings.config, self.templates_sound)
        {
            let unseen = config.unseen.kinds().map(|kind| ("[approval.unseen]", kind));
            let two = config.two_approvals.iter().map(|kind| ("[approval] two", kind));
            let unknown = unseen.chain(two).filter(|(_, kind)| catalogue.kind(kind).is_none());
            faults.extend(unknown.map(|(setting, kind)| {
                let cause = format!("{setting} names {kind}, and there is no such template");
                Fault::new(CONFIG_FILE, "approval.kind", cause, "use a name of `despatch template list`")
            }));
        }
        if let Some(config) = &self.settings.config {
            let used = config.packs();
            let packs = used.iter().filter_map(|id| self.packs.get(id));
            let ours = |pack: &&Pack| pack.rows.iter().any(|row| config.teams.contains_key(&row.team));
            faults.extend(packs.filter(|pack| !ours(pack)).map(|pack| {
                let cause = format!("the office acts for no team that the pack {} has a row for", pack.id);
                Fault::new(CONFIG_FILE, "team.none", cause, "correct the [[team]] entries")
            }));
        }
        self.faults.extend(faults);
    }
}

/// Returns why an entry of the directory cannot serve a place.
fn not_there(places: &Places, entry: &Entry, id: &PlaceId, at: &str) -> Option<Fault> {
    match places.get(id) {
        None => {
            let cause = format!("it serves {id}, and the list of places has no such place");
            Some(Fault::new(
                at,
                "directory.place",
                cause,
                "use the id of a place that `despatch new` lists, or ask whoever runs the office to add the place",
            ))
        }
        Some(place) if !place.has(entry.role) => {
            let cause =
                format!("it serves {id}, where no {} works by the list of places", entry.role.label());
            let cure = "correct the entry's role or places, or the bodies of the place";
            Some(Fault::new(at, "directory.body", cause, cure))
        }
        Some(_) => None,
    }
}

/// The file names of the office's own packs, in order.
fn own_packs(folder: &Path) -> Vec<String> {
    let names = names_in(folder).filter(|name| name.ends_with(".toml") && name != PLACES_FILE);
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// Kinds of which a pack would open a sample although their letters may name somebody.
fn sampled_in_vain(catalogue: &Catalogue, pack: &Pack) -> Vec<Fault> {
    let named = pack.sampled.iter().filter_map(|kind| catalogue.kind(kind)).filter(|kind| !kind.anonymous);
    let fault = |kind: &Kind| {
        let cause =
            format!("it opens a sample of {}, whose templates may say something of a person", kind.name);
        let cure =
            "take it out of `sampled`: only a kind with `anonymous = true` in its kind.toml may stand there";
        Fault::new(format!("policy/{}.toml", pack.id), "pack.sampled", cause, cure)
    };
    named.map(fault).collect()
}

fn rows_without_templates(catalogue: &Catalogue, pack: &Pack) -> Vec<Fault> {
    let at = format!("policy/{}.toml", pack.id);
    let fault = |code, cause: String, cure: &str| Some(Fault::new(&at, code, cause, cure));
    let missing = pack.rows.iter().filter_map(|row| match catalogue.kind(&row.kind) {
        None => {
            let cause = format!("row {} makes {}, and there is no such template", row.number, row.kind);
            fault("kind.unknown", cause, "add the folder under templates/")
        }
        Some(kind) if !kind.roles.contains(&row.role) => {
            let (number, name, role) = (&row.number, &row.kind, row.role.label());
            let cause = format!("row {number} sends {name} to the {role}, which kind.toml does not allow");
            fault("kind.role", cause, "correct the row, or roles in kind.toml")
        }
        Some(kind) if !row.encloses.iter().all(|enclosed| kind.attachments.contains(enclosed)) => {
            let cause = format!(
                "row {} encloses something that kind.toml of {} does not allow",
                row.number, row.kind
            );
            fault("kind.attachment", cause, "correct the row, or attachments in kind.toml")
        }
        Some(kind) => {
            let handling = kind.marking.handling.as_ref().or(pack.marking.handling.as_ref());
            let kept_out = handling.filter(|handling| !handling.allows(row.role))?;
            let cause =
                format!("{kept_out} keeps out the {}, to whom row {} goes", row.role.label(), row.number);
            fault("pack.marking", cause, "choose another handling instruction")
        }
    });
    missing.collect()
}
