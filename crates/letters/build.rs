//! Enters: the folder of templates. Leaves: a list of its files with their contents, for the program. Never: changes
//! a template, or lists how an example looks: the program draws it when it is asked for, and the pictures are 12 MB.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The folder, from this crate's.
const TEMPLATES: &str = "../../templates";

fn main() -> io::Result<()> {
    // Named as a whole, because the compiler does not see that a file is new.
    println!("cargo:rerun-if-changed={TEMPLATES}");
    let mut list = String::from("&[\n");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join(TEMPLATES);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    // Copied, because several checkouts may share what they build: a path into one of them is gone with it.
    let copies = out.join("templates");
    if copies.exists() {
        fs::remove_dir_all(&copies)?;
    }
    for file in files(&folder)? {
        let path = file.strip_prefix(&folder).map_err(io::Error::other)?;
        let copy = copies.join(path);
        copy.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(&copy, fs::read(&file)?)?;
        let place = Path::new("/templates").join(path);
        writeln!(list, "    ({path:?}, include_bytes!(concat!(env!(\"OUT_DIR\"), {place:?}))),")
            .map_err(io::Error::other)?;
    }
    list.push_str("]\n");
    fs::write(out.join("templates.rs"), list)
}

/// The files below a folder; of examples, the data alone.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let data_alone = folder.ends_with("examples");
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            found.extend(files(&path)?);
        } else if !data_alone || path.extension().is_some_and(|ending| ending == "json") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
