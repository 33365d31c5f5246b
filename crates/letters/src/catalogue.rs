//! Enters: the built-in templates and an office's own. Leaves: every kind, fully checked.
//! Never: renders anything, follows a link or leaves the templates folder.

mod companion;
mod files;
mod kind;
mod mail_lint;
mod typst_lint;

use despatch_core::fault::Fault;
use despatch_core::words::{KindName, Role, Sha256};
use despatch_documents::template_version::TemplateVersion;
use despatch_process::case::AttachmentKind;
use despatch_process::packs::marking::KindMarking;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub use companion::{COMPANIONS, Companion};
pub use mail_lint::CLEAR_FIELDS;
pub(crate) use mail_lint::syntax as mail_syntax;

/// The folder that every kind may use and that is not a kind itself.
pub const SHARED: &str = "_shared";
/// The template of the cover note, which every kind has.
pub const COVER_NOTE: &str = "cover-note.typ";
/// The templates of the email that travels in clear. All kinds share the email in [`SHARED`], because a sentence of its
/// own would give a kind away; a kind may still have its own.
pub const MAIL: [&str; 3] = ["subject.hbs", "body.txt.hbs", "body.html.hbs"];

/// A kind of communication: one folder under `templates/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// The folder's name.
    pub name: KindName,
    /// What the document is called, for people.
    pub title: String,
    /// What it is for, one sentence.
    pub summary: String,
    /// The roles that may receive it.
    pub roles: Vec<Role>,
    /// JSON pointers to the data that it requires.
    pub needs: Vec<String>,
    /// The letters that go with the cover note, in order; one file may be listed twice, as two copies.
    pub documents: Vec<Document>,
    /// Whether its templates are told nothing about the person (G21).
    pub anonymous: bool,
    /// Whether the appointment is attached as a calendar file (`calendar = true`), the last document. It names the case
    /// by its reference alone.
    pub calendar: bool,
    /// The attachments of a case that may go with it; a row of the pack that encloses any other is a fault.
    pub attachments: Vec<AttachmentKind>,
    /// What it adds to the pack's marking.
    pub marking: KindMarking,
    /// Whether the office's own folder replaces the built-in one.
    pub overlaid: bool,
}

/// A letter of a kind: one PDF.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The template's name in the kind's folder.
    pub file: String,
    /// What the list of documents calls it.
    pub title: String,
    /// The roles that get it; all of the kind's if none is named.
    #[serde(default)]
    pub to: Vec<Role>,
}

impl Document {
    /// Returns whether the recipient with this role gets it.
    pub fn goes_to(&self, role: Role) -> bool {
        self.to.is_empty() || self.to.contains(&role)
    }
}

impl Kind {
    /// Returns the templates that it renders, each once: its letters, then the cover note.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let letters: BTreeSet<&str> = self.documents.iter().map(|document| document.file.as_str()).collect();
        letters.into_iter().chain([COVER_NOTE])
    }

    /// Returns the needs of this kind that are absent from `data`, or null.
    pub fn missing_needs(&self, data: &Value) -> Vec<String> {
        let missing = |need: &&String| data.pointer(need).is_none_or(Value::is_null);
        self.needs.iter().filter(missing).cloned().collect()
    }
}

/// Every kind, with the template files.
#[derive(Debug, Clone)]
pub struct Catalogue {
    kinds: BTreeMap<KindName, Kind>,
    companions: Vec<Companion>,
    /// Texts by path under `templates/`, without a leading slash.
    files: BTreeMap<String, String>,
    /// The office's own kinds and shared files.
    own: BTreeSet<String>,
    /// The folder of the office's own templates, for the golden files, which are read only when they are compared.
    overlay: Option<PathBuf>,
    /// The version of each kind, once somebody asked: every message names its own.
    fingerprints: BTreeMap<KindName, OnceLock<Sha256>>,
}

impl Catalogue {
    /// Loads the built-in kinds, overlaid by the office's templates folder, if any: a whole kind, or one file of
    /// `_shared`, replaces the built-in of that name.
    ///
    /// # Errors
    /// A file is at fault; every fault of every file is returned.
    pub fn load(overlay: Option<&Path>) -> Result<Self, Vec<Fault>> {
        let (catalogue, faults) = Self::read(overlay);
        if faults.is_empty() { Ok(catalogue) } else { Err(faults) }
    }

    /// Like [`Catalogue::load`], but also returns the kinds without faults when others have some.
    pub fn read(overlay: Option<&Path>) -> (Self, Vec<Fault>) {
        let mut files = files::built_in();
        let mut faults = Vec::new();
        let own = overlay.map(|folder| files::read_folder(folder, &mut faults)).unwrap_or_default();
        let replaced: BTreeSet<String> = own
            .keys()
            .filter_map(|path| folder_of(path))
            .filter(|name| !is_common(name))
            .map(str::to_owned)
            .collect();
        files.retain(|path, _| folder_of(path).is_none_or(|name| !replaced.contains(name)));
        let shared = own.keys().filter(|path| folder_of(path).is_some_and(is_common)).cloned();
        let replacing = replaced.iter().cloned().chain(shared).collect();
        let texts = if own.is_empty() { Texts::BuiltIn } else { Texts::OfOffice };
        files.extend(own);
        let (catalogue, faults) = Self::check(files, texts, &replaced, faults);
        (Self { own: replacing, overlay: overlay.map(Path::to_path_buf), ..catalogue }, faults)
    }

    /// Builds a catalogue of `files` alone, by path under `templates/` (`invitation/kind.toml`).
    ///
    /// # Errors
    /// A file is at fault; every fault of every file is returned.
    pub fn from_files(files: BTreeMap<String, Vec<u8>>) -> Result<Self, Vec<Fault>> {
        let (catalogue, faults) = Self::check(files, Texts::OfOffice, &BTreeSet::new(), Vec::new());
        if faults.is_empty() { Ok(catalogue) } else { Err(faults) }
    }

    fn check(
        files: BTreeMap<String, Vec<u8>>,
        whose: Texts,
        replaced: &BTreeSet<String>,
        mut faults: Vec<Fault>,
    ) -> (Self, Vec<Fault>) {
        let files = files::texts(files, &mut faults);
        let mut kinds = BTreeMap::new();
        let folders: BTreeSet<&str> =
            files.keys().filter_map(|path| folder_of(path)).filter(|name| !is_common(name)).collect();
        for folder in folders {
            if let Some(kind) = kind::read_kind(folder, &files, replaced, &mut faults) {
                kinds.insert(kind.name.clone(), kind);
            }
        }
        if kinds.is_empty() && faults.is_empty() {
            faults.push(Fault::new(
                "templates",
                "catalogue.empty",
                "there is no kind at all",
                "add a folder with a kind.toml",
            ));
        }
        if whose == Texts::OfOffice {
            lint(&files, &mut faults);
        }
        let companions = companion::read(&files, &kinds, &mut faults);
        let wrong =
            |name: &str| faults.iter().any(|fault| fault.at.starts_with(&format!("templates/{name}")));
        let all_wrong = wrong(&format!("{SHARED}/")) || wrong(&format!("{COMPANIONS}/"));
        kinds.retain(|name, _| !all_wrong && !wrong(&format!("{name}/")));
        let fingerprints = kinds.keys().map(|name| (name.clone(), OnceLock::new())).collect();
        (Self { kinds, companions, files, own: BTreeSet::new(), overlay: None, fingerprints }, faults)
    }

    /// Returns the kind of that name.
    pub fn kind(&self, name: &KindName) -> Option<&Kind> {
        self.kinds.get(name)
    }

    /// Returns the companions that may go with a letter of this kind.
    pub fn companions(&self, kind: &KindName) -> impl Iterator<Item = &Companion> {
        self.companions.iter().filter(move |companion| companion.with.contains(kind))
    }

    /// Returns every kind, by name.
    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.values()
    }

    /// Returns what the office's own folder replaces: whole kinds, and single files of `_shared`.
    pub fn own(&self) -> impl Iterator<Item = &str> {
        self.own.iter().map(String::as_str)
    }

    /// Whether a kind uses any of the office's own files.
    pub fn is_own(&self, kind: &Kind) -> bool {
        let common = |path: &String| folder_of(path).is_some_and(is_common);
        kind.overlaid || self.own.iter().any(common)
    }

    /// Returns the files that the typesetting engine may see: templates (`/invitation/letter.typ`) and pictures.
    pub fn files(&self) -> BTreeMap<String, String> {
        let typeset = |path: &&String| path.ends_with(".typ") || path.ends_with(".svg");
        let files = self.files.keys().filter(typeset);
        files.filter_map(|path| Some((format!("/{path}"), self.files.get(path)?.clone()))).collect()
    }

    /// Returns the text of one file by its path under `templates/`.
    pub fn file(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Returns what the templates of a kind, with the shared ones, can ask of their data: names and quoted words.
    pub fn names_used(&self, name: &KindName) -> BTreeSet<String> {
        let version = self.version(name);
        let templates = version.files.iter().filter(|(path, _)| path.ends_with(".typ"));
        templates.flat_map(|(_, text)| typst_lint::names(text)).collect()
    }

    /// Returns every text of a kind's folder, by path under `templates/`.
    pub fn texts_of(&self, name: &KindName) -> impl Iterator<Item = (&str, &str)> {
        let ours = move |path: &str| folder_of(path) == Some(name.as_str());
        let texts = self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        texts.filter(move |(path, _)| ours(path))
    }

    /// Returns the examples of a kind: their paths under `templates/`, and their data.
    pub fn examples(&self, name: &KindName) -> impl Iterator<Item = (&str, Value)> {
        let folder = format!("{name}/examples/");
        self.files.iter().filter_map(move |(path, text)| {
            (path.starts_with(&folder) && path.ends_with(".json"))
                .then(|| Some((path.as_str(), serde_json::from_str(text).ok()?)))
                .flatten()
        })
    }

    /// Returns the shared mail partials: stem and text.
    pub fn partials(&self) -> impl Iterator<Item = (&str, &str)> {
        mail_lint::partials(&self.files)
    }

    /// Returns the path of the template of one part of a kind's email: the kind's own if any, else the shared one.
    pub fn mail_path(&self, kind: &KindName, part: &str) -> String {
        let own = format!("{kind}/{part}");
        if self.files.contains_key(&own) { own } else { format!("{SHARED}/{part}") }
    }

    /// Reads the golden files of a kind from the office's folder, by path under `templates/`: how its examples looked
    /// when somebody there last checked them. A built-in kind of which there are none looks as the built-in templates
    /// make it, and the program's own tests compare that with pictures.
    ///
    /// # Errors
    /// A golden file is not a plain, readable file.
    pub fn golden(&self, kind: &Kind) -> Result<Option<BTreeMap<String, Vec<u8>>>, Vec<Fault>> {
        let Some(folder) = &self.overlay else { return Ok(None) };
        let files = files::golden_of_office(folder, kind.name.as_str())?;
        Ok(Some(files).filter(|files| kind.overlaid || !files.is_empty()))
    }

    /// Returns the version of a kind: all that its documents are made of, without the examples.
    pub fn version(&self, name: &KindName) -> TemplateVersion {
        let examples = format!("{name}/examples/");
        let sheets: Vec<&str> = self
            .companions(name)
            .filter_map(|one| one.main.get(1..)?.rsplit_once('/'))
            .map(|(folder, _)| folder)
            .collect();
        let files = self.files.iter().filter(|(path, _)| {
            let folder = folder_of(path);
            let own =
                (folder == Some(name.as_str()) || folder == Some(SHARED)) && !path.starts_with(&examples);
            own || path.rsplit_once('/').is_some_and(|(folder, _)| sheets.contains(&folder))
        });
        let files = files.map(|(path, text)| (path.clone(), text.clone()));
        TemplateVersion {
            kind: name.clone(),
            fonts: Sha256::of(FONTS.as_bytes()),
            typst: typst::utils::version().raw().to_owned(),
            files: files.collect(),
        }
    }

    /// Returns the version of every kind.
    pub fn versions(&self) -> Vec<TemplateVersion> {
        self.kinds.keys().map(|name| self.version(name)).collect()
    }

    /// Returns the hash of [`Catalogue::version`].
    pub fn fingerprint(&self, name: &KindName) -> Sha256 {
        let asked = || self.version(name).hash();
        self.fingerprints.get(name).map_or_else(asked, |known| *known.get_or_init(asked))
    }
}

/// Whose texts a catalogue has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Texts {
    /// Those that came with the program alone. A test looks through them, so that no start of the program has to.
    BuiltIn,
    /// Some are an office's own: all are looked through, because each may use one of those.
    OfOffice,
}

/// The list of fonts, with the hash of each; a test compares the page with the files.
const FONTS: &str = include_str!("../../../fonts/README.md");

/// Returns the line and column of a byte offset, both from 1, as `line:column`, and the line itself.
pub(crate) fn place(text: &str, offset: usize) -> (String, &str) {
    let offset = text.floor_char_boundary(offset);
    let (before, after) = text.split_at(offset);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count() + 1;
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    let line_end = offset + after.find('\n').unwrap_or(after.len());
    (format!("{line}:{column}"), text.get(line_start..line_end).unwrap_or_default())
}

/// Makes a fault at a byte offset of a template file.
fn fault_at(path: &str, text: &str, offset: usize, code: &'static str, cause: &str, cure: &str) -> Fault {
    let (numbers, line) = place(text, offset);
    let line = line.trim();
    let cause = if line.is_empty() { cause.to_owned() } else { format!("{cause}, in: {line}") };
    Fault::new(format!("templates/{path}:{numbers}"), code, cause, cure)
}

/// Whether a folder of the templates is shared by all kinds.
fn is_common(folder: &str) -> bool {
    folder == SHARED || folder == COMPANIONS
}

/// Returns the first folder of a path, if the file is in one.
fn folder_of(path: &str) -> Option<&str> {
    path.split_once('/').map(|(folder, _)| folder)
}

/// Looks through the templates of letters and emails, and the examples.
fn lint(files: &BTreeMap<String, String>, faults: &mut Vec<Fault>) {
    for (path, text) in files {
        match path.rsplit_once('.') {
            Some((_, "typ")) => typst_lint::check(path, text, files, faults),
            Some((_, "json")) => check_example(path, text, faults),
            _ => {}
        }
    }
    mail_lint::check(files, faults);
}

fn check_example(path: &str, text: &str, faults: &mut Vec<Fault>) {
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        faults.push(Fault::new(
            format!("templates/{path}:{}:{}", error.line(), error.column()),
            "catalogue.json",
            "the example is not JSON",
            "mend the JSON at this place",
        ));
    }
}
