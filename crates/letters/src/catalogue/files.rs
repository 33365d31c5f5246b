//! Enters: the built-in templates, and the folder of an office's own. Leaves: their texts and golden files by path.
//! Never: follows a link, leaves the folder, or interprets a kind.

use super::folder_of;
use despatch_core::fault::Fault;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The largest template file, in bytes.
const FILE_BYTES: u64 = 1 << 20;
/// The most files that an office's folder may hold, golden pictures included.
const FILES: usize = 4_000;

/// The built-in templates by path, without the golden files of their examples.
static BUILT_IN: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// Returns the built-in templates.
pub(super) fn built_in() -> BTreeMap<String, Vec<u8>> {
    BUILT_IN.iter().map(|(path, content)| ((*path).to_owned(), content.to_vec())).collect()
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}

/// Reads the plain files of an office's folder, without their golden files. A missing folder counts as empty.
pub(super) fn read_folder(folder: &Path, faults: &mut Vec<Fault>) -> BTreeMap<String, Vec<u8>> {
    read_below(folder, folder, &|path| !is_golden(path), faults)
}

/// Reads the golden files that an office has of a kind.
///
/// # Errors
/// A golden file is not a plain, readable file.
pub(super) fn golden_of_office(folder: &Path, kind: &str) -> Result<BTreeMap<String, Vec<u8>>, Vec<Fault>> {
    let mut faults = Vec::new();
    let files = read_below(folder, &folder.join(kind).join("examples"), &is_golden, &mut faults);
    if faults.is_empty() { Ok(files) } else { Err(faults) }
}

/// Reads the plain files below `start` that are `wanted`, by their path below `folder`; of the others only the type and
/// size are checked.
fn read_below(
    folder: &Path,
    start: &Path,
    wanted: &impl Fn(&str) -> bool,
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, Vec<u8>> {
    let (mut files, mut count) = (BTreeMap::new(), 0);
    if !start.exists() {
        return files;
    }
    let walk = walkdir::WalkDir::new(start).min_depth(1).max_depth(4).sort_by_file_name();
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
        let plain = entry.file_type().is_file() && small && count < FILES;
        count += 1;
        let read = plain.then(|| if wanted(&path) { fs::read(entry.path()).map(Some) } else { Ok(None) });
        match read {
            Some(Ok(Some(bytes))) => {
                files.insert(path, bytes);
            }
            Some(Ok(None)) => {}
            _ => faults.push(unreadable(
                format!("templates/{path}"),
                "it is not a plain, readable file of at most 1 MiB, or there are more than 4,000 files",
            )),
        }
    }
    files
}

fn unreadable(at: String, cause: &str) -> Fault {
    Fault::new(at, "catalogue.file", cause, "put a plain file there (no link), or take it away")
}

/// Decodes the files as text; a file that is not UTF-8, or is in an unexpected place, is a fault.
pub(super) fn texts(files: BTreeMap<String, Vec<u8>>, faults: &mut Vec<Fault>) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for (path, bytes) in files {
        let at = format!("templates/{path}");
        let expected = match path.rsplit_once('.') {
            Some((_, "typ" | "svg" | "hbs")) => folder_of(&path).is_some(),
            Some((before, "json")) => before.split('/').nth(1) == Some("examples"),
            Some((before, "toml")) => before.ends_with("/kind") || before.ends_with("/companion"),
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
                "take it away; a kind has kind.toml, .typ, .hbs and .svg files and examples/*.json with their pictures and texts",
            )),
            Err(_) => {
                faults.push(Fault::new(at, "catalogue.utf8", "it is not UTF-8 text", "save it as UTF-8"))
            }
        }
    }
    texts
}

/// Whether a path is a golden file: `KIND/examples/NAME.png` or `.txt`.
fn is_golden(path: &str) -> bool {
    let in_examples = path.split('/').nth(1) == Some("examples");
    in_examples && path.rsplit_once('.').is_some_and(|(_, ending)| matches!(ending, "png" | "txt"))
}
