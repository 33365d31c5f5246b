//! Enters: what template authors ask for. Leaves: new kinds, the faults of templates, their look, and earlier versions.
//! Never: needs a complete office, a key or a real case, except to preview one.

mod check;
mod look;
mod preview;
mod sheet;
mod versions;

pub use check::{CheckTemplates, KindChecked, TemplatesChecked, check};
pub use look::{InUse, KindLook, Picture, VersionTexts, compare, look};
pub use preview::{CaseToPreview, ExamplePreview, Made, PreviewExample, preview_case};
pub use sheet::{Gallery, gallery};
pub use versions::{DiffVersions, VersionDiff, VersionShown, diff, show};

use super::Failure;
use despatch_core::fault::Fault;
use despatch_core::words::{KindName, Role, Sha256};
use despatch_letters::catalogue::{Catalogue, Kind, SHARED};
use despatch_letters::render::look::differs;
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The templates of a folder, even if the rest of the office is missing or faulty.
#[derive(Debug)]
pub struct Templates {
    /// The office's folder.
    office: PathBuf,
    /// The path of the program itself, which is also its rendering worker.
    program: PathBuf,
}

impl Templates {
    pub fn of(office: &Path, program: PathBuf) -> Self {
        Self { office: office.to_owned(), program }
    }

    /// The folder of the office's own templates.
    pub fn folder(&self) -> PathBuf {
        self.office.join("templates")
    }

    fn catalogue(&self) -> Result<Catalogue, Vec<Fault>> {
        Catalogue::load(Some(&self.folder()))
    }

    /// Starts workers with the templates of `catalogue`.
    fn pool(&self, catalogue: &Catalogue, workers: usize) -> Result<Pool, Failure> {
        Ok(Pool::start(&self.program, &catalogue.files(), workers, TIME_LIMIT)?)
    }
}

/// One kind of the catalogue.
#[derive(Debug, Serialize)]
pub struct KindView {
    pub kind: KindName,
    pub title: String,
    pub summary: String,
    pub roles: Vec<Role>,
    /// Whether the office has its own version.
    pub own: bool,
    pub version: Sha256,
}

/// Returns every kind, with the current version of its templates.
///
/// # Errors
/// Every fault of the templates.
pub fn list(templates: &Templates) -> Result<Vec<KindView>, Failure> {
    let catalogue = templates.catalogue()?;
    let view = |kind: &Kind| KindView {
        kind: kind.name.clone(),
        title: kind.title.clone(),
        summary: kind.summary.clone(),
        roles: kind.roles.clone(),
        own: kind.overlaid,
        version: catalogue.fingerprint(&kind.name),
    };
    Ok(catalogue.kinds().map(view).collect())
}

/// A request to create a kind as a copy of another.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewKind {
    pub name: KindName,
    pub from: KindName,
}

/// A kind that was copied into the office's own templates.
#[derive(Debug, Serialize)]
pub struct KindCopied {
    pub kind: KindName,
    pub from: KindName,
    pub folder: PathBuf,
    pub files: usize,
}

/// Creates a kind in the office's own templates as a copy of another.
///
/// # Errors
/// There is no such kind; the folder exists; a file cannot be written.
pub fn new(templates: &Templates, request: NewKind) -> Result<KindCopied, Failure> {
    let catalogue = templates.catalogue()?;
    let from = kind(&catalogue, &request.from)?;
    let folder = templates.folder().join(request.name.as_str());
    if folder.exists() {
        let (at, cure) = (folder.display().to_string(), "choose another name, or edit that folder");
        return Err(Fault::new(at, "template.exists", "there is such a folder already", cure).into());
    }
    let mut files = 0;
    for (path, text) in catalogue.texts_of(&from.name) {
        let Some((_, inside)) = path.split_once('/') else { continue };
        write(&folder.join(inside), text.as_bytes())?;
        files += 1;
    }
    Ok(KindCopied { from: from.name.clone(), kind: request.name, folder, files })
}

/// Finds the kind with that name.
fn kind<'c>(catalogue: &'c Catalogue, name: &KindName) -> Result<&'c Kind, Fault> {
    catalogue.kind(name).ok_or_else(|| unknown(name))
}

/// The kind with that name; without one, every kind.
fn kinds<'c>(catalogue: &'c Catalogue, only: Option<&KindName>) -> Result<Vec<&'c Kind>, Fault> {
    match only {
        Some(name) => Ok(vec![kind(catalogue, name)?]),
        None => Ok(catalogue.kinds().collect()),
    }
}

fn unknown(name: &KindName) -> Fault {
    let cure = "`despatch template list` says which kinds there are";
    Fault::new(name.as_str(), "kind.unknown", "there is no such kind, or something is wrong with it", cure)
}

/// Whether a fault is in the folder of that kind, or in the shared one.
fn concerns(fault: &Fault, kind: &KindName) -> bool {
    lies_in(fault, kind.as_str()) || lies_in(fault, SHARED)
}

fn lies_in(fault: &Fault, folder: &str) -> bool {
    fault.at.starts_with(&format!("templates/{folder}/"))
}

/// Whether two golden files look alike: a picture by what is seen of it.
fn alike(path: &str, one: &[u8], other: &[u8]) -> bool {
    if path.ends_with(".png") { !differs(one, other) } else { one == other }
}

/// Writes a template file, and creates the folders above it.
///
/// # Errors
/// A folder or the file cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(path, bytes)).map_err(|error| unwritten(path, &error))
}

fn unwritten(path: &Path, error: &io::Error) -> Fault {
    let cause = format!("it cannot be written: {error}");
    Fault::new(path.display().to_string(), "template.write", cause, "look at the folder's owner and rights")
}

/// Writes a document under a temporary name and renames it, so that a viewer never sees a partial file.
///
/// # Errors
/// The file cannot be written or renamed.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let part = path.with_file_name(format!(".{name}.part"));
    fs::write(&part, bytes).and_then(|()| fs::rename(&part, path)).map_err(|error| unwritten(path, &error))
}
