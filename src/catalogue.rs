//! Enters: the built-in templates and an office's own. Leaves: every kind, checked whole.
//! Never: renders anything, follows a link or leaves the templates folder.

mod mail_lint;
mod typst_lint;

use crate::fault::Fault;
use crate::words::{KindName, Role, Sha256};
use include_dir::{Dir, DirEntry, include_dir};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use toml::Spanned;

pub use mail_lint::CLEAR_FIELDS;

/// The folder that every kind may use and that is no kind.
pub const SHARED: &str = "_shared";
/// The largest template file, in bytes.
const FILE_BYTES: u64 = 1 << 20;
/// The most files that an office's folder may hold.
const FILES: usize = 2_000;
/// The template of the cover note, which every kind has.
pub const COVER_NOTE: &str = "cover-note.typ";
/// The letter of a kind that does not list its documents.
const LETTER: &str = "letter.typ";
/// What every kind has.
const REQUIRED: [&str; 5] = ["kind.toml", COVER_NOTE, "subject.hbs", "body.txt.hbs", "body.html.hbs"];

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// A kind of communication: one folder under `templates/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// The folder's name.
    pub name: KindName,
    /// What the document is called, for people.
    pub title: String,
    /// What it is for, one sentence.
    pub summary: String,
    /// Who may get it.
    pub roles: Vec<Role>,
    /// JSON pointers into the data that must be there.
    pub needs: Vec<String>,
    /// The letters that go with the cover note, in their order; one file may stand twice, as two copies.
    pub documents: Vec<Document>,
    /// Whether its templates are told nothing about the person (G21).
    pub anonymous: bool,
    /// Whether the appointment goes with it as a calendar file (`calendar = true`): the last document, for the
    /// recipient's own calendar. It names the case by its reference alone.
    pub calendar: bool,
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
}

impl Kind {
    /// The templates that it renders, each once: its letters, then the cover note.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let letters: BTreeSet<&str> = self.documents.iter().map(|document| document.file.as_str()).collect();
        letters.into_iter().chain([COVER_NOTE])
    }

    /// The needs of this kind that `data` does not hold, or holds as null.
    pub fn missing_needs(&self, data: &Value) -> Vec<String> {
        let missing = |need: &&String| data.pointer(need).is_none_or(Value::is_null);
        self.needs.iter().filter(missing).cloned().collect()
    }
}

/// `kind.toml` as it stands; its words are checked one by one, so that all faults are told.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindToml {
    title: Spanned<String>,
    summary: Spanned<String>,
    roles: Spanned<Vec<Spanned<String>>>,
    needs: Vec<Spanned<String>>,
    #[serde(default)]
    anonymous: bool,
    #[serde(default)]
    calendar: bool,
    #[serde(default)]
    document: Vec<Spanned<Document>>,
}

/// Every kind, and the files that they are made of.
#[derive(Debug, Clone)]
pub struct Catalogue {
    kinds: BTreeMap<KindName, Kind>,
    /// By path under `templates/`, without a leading slash.
    files: BTreeMap<String, String>,
    /// The office's own kinds and shared files.
    own: BTreeSet<String>,
}

impl Catalogue {
    /// The built-in kinds, and over them the office's templates folder, if there is one: a whole
    /// kind, or one file of `_shared`, replaces the built-in of that name.
    ///
    /// # Errors
    /// Everything that is wrong with any file, at once.
    pub fn load(overlay: Option<&Path>) -> Result<Self, Vec<Fault>> {
        let (catalogue, faults) = Self::read(overlay);
        if faults.is_empty() { Ok(catalogue) } else { Err(faults) }
    }

    /// The same, with the kinds that nothing is wrong with where something is wrong with others.
    pub fn read(overlay: Option<&Path>) -> (Self, Vec<Fault>) {
        let mut files = BTreeMap::new();
        built_in_files(&BUILT_IN, &mut files);
        let mut faults = Vec::new();
        let own = overlay.map(|folder| read_folder(folder, &mut faults)).unwrap_or_default();
        let replaced: BTreeSet<String> = own
            .keys()
            .filter_map(|path| folder_of(path))
            .filter(|name| *name != SHARED)
            .map(str::to_owned)
            .collect();
        files.retain(|path, _| folder_of(path).is_none_or(|name| !replaced.contains(name)));
        let shared = own.keys().filter(|path| folder_of(path) == Some(SHARED)).cloned();
        let replacing = replaced.iter().cloned().chain(shared).collect();
        files.extend(own);
        let (catalogue, faults) = Self::check(files, &replaced, faults);
        (Self { own: replacing, ..catalogue }, faults)
    }

    /// A catalogue of `files` alone, by path under `templates/` (`invitation/kind.toml`).
    ///
    /// # Errors
    /// Everything that is wrong with any file, at once.
    pub fn from_files(files: BTreeMap<String, Vec<u8>>) -> Result<Self, Vec<Fault>> {
        let (catalogue, faults) = Self::check(files, &BTreeSet::new(), Vec::new());
        if faults.is_empty() { Ok(catalogue) } else { Err(faults) }
    }

    fn check(
        files: BTreeMap<String, Vec<u8>>,
        replaced: &BTreeSet<String>,
        mut faults: Vec<Fault>,
    ) -> (Self, Vec<Fault>) {
        let files = texts(files, &mut faults);
        let mut kinds = BTreeMap::new();
        let folders: BTreeSet<&str> =
            files.keys().filter_map(|path| folder_of(path)).filter(|name| *name != SHARED).collect();
        for folder in folders {
            if let Some(kind) = read_kind(folder, &files, replaced, &mut faults) {
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
        for (path, text) in &files {
            match path.rsplit_once('.') {
                Some((_, "typ")) => typst_lint::check(path, text, &files, &mut faults),
                Some((_, "json")) => check_example(path, text, &mut faults),
                _ => {}
            }
        }
        mail_lint::check(&files, &mut faults);
        let wrong =
            |name: &str| faults.iter().any(|fault| fault.at.starts_with(&format!("templates/{name}")));
        kinds.retain(|name, _| !wrong(SHARED) && !wrong(&format!("{name}/")));
        (Self { kinds, files, own: BTreeSet::new() }, faults)
    }

    /// The kind of that name.
    pub fn kind(&self, name: &KindName) -> Option<&Kind> {
        self.kinds.get(name)
    }

    /// Every kind, by name.
    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.values()
    }

    /// What the office's own folder replaces: whole kinds, and single files of `_shared`.
    pub fn own(&self) -> impl Iterator<Item = &str> {
        self.own.iter().map(String::as_str)
    }

    /// What the typesetting engine may see: `/invitation/letter.typ` and its like, and pictures.
    pub fn files(&self) -> BTreeMap<String, String> {
        let typeset = |path: &&String| path.ends_with(".typ") || path.ends_with(".svg");
        let files = self.files.keys().filter(typeset);
        files.filter_map(|path| Some((format!("/{path}"), self.files.get(path)?.clone()))).collect()
    }

    /// The text of one file by its path under `templates/`.
    pub fn file(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The examples of a kind: their paths under `templates/`, and their data.
    pub fn examples(&self, name: &KindName) -> impl Iterator<Item = (&str, Value)> {
        let folder = format!("{name}/examples/");
        self.files.iter().filter_map(move |(path, text)| {
            path.starts_with(&folder)
                .then(|| Some((path.as_str(), serde_json::from_str(text).ok()?)))
                .flatten()
        })
    }

    /// The shared mail pieces: stem and text.
    pub fn partials(&self) -> impl Iterator<Item = (&str, &str)> {
        mail_lint::partials(&self.files)
    }

    /// One hash over all that a kind is made of: its folder and the shared one.
    pub fn fingerprint(&self, name: &KindName) -> Sha256 {
        let mut all = Vec::new();
        for (path, text) in &self.files {
            if folder_of(path).is_some_and(|folder| folder == name.as_str() || folder == SHARED) {
                // Lengths keep one file's end apart from the next one's start.
                all.extend_from_slice(format!("{} {path}\n{}\n", path.len(), text.len()).as_bytes());
                all.extend_from_slice(text.as_bytes());
            }
        }
        Sha256::of(&all)
    }
}

/// The line and column of a byte offset, both from 1, as `line:column`, and the line itself.
pub(crate) fn place(text: &str, offset: usize) -> (String, &str) {
    let offset = text.floor_char_boundary(offset);
    let (before, after) = text.split_at(offset);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count() + 1;
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    let line_end = offset + after.find('\n').unwrap_or(after.len());
    (format!("{line}:{column}"), text.get(line_start..line_end).unwrap_or_default())
}

/// A fault at a byte of a template file.
fn fault_at(path: &str, text: &str, offset: usize, code: &'static str, cause: &str, cure: &str) -> Fault {
    let (numbers, line) = place(text, offset);
    let line = line.trim();
    let cause = if line.is_empty() { cause.to_owned() } else { format!("{cause}, in: {line}") };
    Fault::new(format!("templates/{path}:{numbers}"), code, cause, cure)
}

/// The first folder of a path, if the file is in one.
fn folder_of(path: &str) -> Option<&str> {
    path.split_once('/').map(|(folder, _)| folder)
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}

fn built_in_files(folder: &Dir<'_>, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(inner) => built_in_files(inner, files),
            DirEntry::File(file) => {
                let hidden = file.path().file_name().and_then(|name| name.to_str()).is_none_or(is_hidden);
                if let (Some(path), false) = (file.path().to_str(), hidden) {
                    files.insert(path.to_owned(), file.contents().to_vec());
                }
            }
        }
    }
}

/// The plain files of an office's folder. A folder that is not there is an empty one.
fn read_folder(folder: &Path, faults: &mut Vec<Fault>) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    if !folder.exists() {
        return files;
    }
    let walk = walkdir::WalkDir::new(folder).min_depth(1).max_depth(4).sort_by_file_name();
    let seen = |entry: &walkdir::DirEntry| !entry.file_name().to_str().is_some_and(is_hidden);
    for entry in walk.into_iter().filter_entry(|entry| entry.depth() == 0 || seen(entry)).take(FILES + 1) {
        let path = entry.as_ref().ok().and_then(|entry| entry.path().strip_prefix(folder).ok()?.to_str());
        let Some(path) = path.map(str::to_owned) else {
            let at = format!("{}", folder.display());
            faults.push(unreadable(at, "a file cannot be read, or its name is not UTF-8"));
            continue;
        };
        let Ok(entry) = entry else { continue };
        if entry.file_type().is_dir() {
            continue;
        }
        let small = entry.metadata().is_ok_and(|about| about.len() <= FILE_BYTES);
        let read = (entry.file_type().is_file() && small).then(|| fs::read(entry.path()));
        match read {
            Some(Ok(bytes)) if files.len() < FILES => {
                files.insert(path, bytes);
            }
            _ => faults.push(unreadable(
                format!("templates/{path}"),
                "it is no plain, readable file of at most 1 MiB, or there are more than 2,000 files",
            )),
        }
    }
    files
}

fn unreadable(at: String, cause: &str) -> Fault {
    Fault::new(at, "catalogue.file", cause, "put a plain file there (no link), or take it away")
}

/// The files as text; what is none, or lies in a place where nothing looks for it, is a fault.
fn texts(files: BTreeMap<String, Vec<u8>>, faults: &mut Vec<Fault>) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for (path, bytes) in files {
        let at = format!("templates/{path}");
        let expected = match path.rsplit_once('.') {
            Some((_, "typ" | "svg" | "hbs")) => folder_of(&path).is_some(),
            Some((before, "json")) => before.split('/').nth(1) == Some("examples"),
            Some((before, "toml")) => before.ends_with("/kind"),
            Some((_, "md")) => true,
            _ => false,
        };
        match String::from_utf8(bytes) {
            Ok(text) if expected => {
                texts.insert(path, text);
            }
            Ok(_) => faults.push(Fault::new(
                at,
                "catalogue.file",
                "no kind has such a file",
                "take it away; a kind has kind.toml, .typ, .hbs and .svg files and examples/*.json",
            )),
            Err(_) => {
                faults.push(Fault::new(at, "catalogue.utf8", "it is not UTF-8 text", "save it as UTF-8"))
            }
        }
    }
    texts
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

/// One kind, if its `kind.toml` can be read; every fault of its own on the way.
fn read_kind(
    folder: &str,
    files: &BTreeMap<String, String>,
    replaced: &BTreeSet<String>,
    faults: &mut Vec<Fault>,
) -> Option<Kind> {
    for name in REQUIRED {
        if !files.contains_key(&format!("{folder}/{name}")) {
            faults.push(Fault::new(
                format!("templates/{folder}/{name}"),
                "catalogue.missing_file",
                "the kind lacks this file",
                "add it; every kind has kind.toml, cover-note.typ, subject.hbs, body.txt.hbs and body.html.hbs",
            ));
        }
    }
    let Ok(name) = folder.parse::<KindName>() else {
        faults.push(Fault::new(
            format!("templates/{folder}"),
            "catalogue.name",
            "this is no name for a kind",
            format!("name the folder with {}", KindName::PATTERN),
        ));
        return None;
    };
    let path = format!("{folder}/kind.toml");
    let text = files.get(&path)?;
    let found = match toml::from_str::<KindToml>(text) {
        Ok(found) => found,
        Err(error) => {
            let offset = error.span().map_or(0, |span| span.start);
            let cure = "write title, summary, roles = [..] and needs = [..], if need be anonymous, calendar and [[document]], \
                        and nothing else";
            faults.push(fault_at(&path, text, offset, "catalogue.toml", error.message(), cure));
            return None;
        }
    };
    let before = faults.len();
    let roles = check_words(&path, text, &found, faults);
    for document in &found.document {
        let file = &document.get_ref().file;
        if !file.ends_with(".typ") || file == COVER_NOTE || !files.contains_key(&format!("{folder}/{file}")) {
            let cure = "name a .typ file of this folder that defines `document`";
            let at = document.span().start;
            faults.push(fault_at(&path, text, at, "catalogue.document", "this letter has no template", cure));
        }
    }
    (faults.len() == before).then(|| Kind {
        documents: documents(folder, &found, files),
        anonymous: found.anonymous,
        calendar: found.calendar,
        overlaid: replaced.contains(folder),
        name,
        title: found.title.into_inner(),
        summary: found.summary.into_inner(),
        roles,
        needs: found.needs.into_iter().map(Spanned::into_inner).collect(),
    })
}

/// The letters that `kind.toml` lists; where it lists none, the one called `letter.typ`, if there is one.
fn documents(folder: &str, found: &KindToml, files: &BTreeMap<String, String>) -> Vec<Document> {
    if !found.document.is_empty() {
        return found.document.iter().map(|document| document.get_ref().clone()).collect();
    }
    let letter = files.contains_key(&format!("{folder}/{LETTER}"));
    let one = || Document { file: LETTER.to_owned(), title: found.title.get_ref().clone() };
    letter.then(one).into_iter().collect()
}

/// The roles, and a fault for each word of `kind.toml` that means nothing.
fn check_words(path: &str, text: &str, found: &KindToml, faults: &mut Vec<Fault>) -> Vec<Role> {
    for words in [&found.title, &found.summary] {
        if words.get_ref().trim().is_empty() {
            let cure = "write it; people read it";
            faults.push(fault_at(path, text, words.span().start, "catalogue.toml", "it is empty", cure));
        }
    }
    if found.roles.get_ref().is_empty() {
        let cure = "name the roles that may get this kind";
        let at = found.roles.span().start;
        faults.push(fault_at(path, text, at, "catalogue.role", "no role may get this kind", cure));
    }
    for need in &found.needs {
        if !need.get_ref().starts_with('/') {
            let cure = "write a JSON pointer into the data, such as /event/appointment";
            let at = need.span().start;
            faults.push(fault_at(path, text, at, "catalogue.need", "this is no JSON pointer", cure));
        }
    }
    let mut roles = Vec::new();
    for word in found.roles.get_ref() {
        match Role::deserialize(Value::from(word.get_ref().as_str())) {
            Ok(role) => roles.push(role),
            Err(_) => faults.push(fault_at(
                path,
                text,
                word.span().start,
                "catalogue.role",
                &format!("there is no role {:?}", word.get_ref()),
                "use dmrt, caseworker, casework_manager, senior_caseworker, healthcare, doctor, det, ost, \
                 representative or interpreter_booking",
            )),
        }
    }
    roles
}
