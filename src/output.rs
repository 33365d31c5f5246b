//! Enters: bytes that a command was asked for, and where to. Leaves: private files there.
//! Never: writes over a file, or leaves a part of what cannot be written whole.

use despatch_app::operations::Failure;
use despatch_core::fault::Fault;
use despatch_core::private::{self, Secret};
use despatch_core::random::random_hex;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Where documents go: the folder that was asked for, else a new one in memory, which no disk keeps.
///
/// # Errors
/// It cannot be made, or the machine has no folder in memory.
pub fn folder_for(to: Option<&Path>, name: &str) -> Result<PathBuf, Failure> {
    let folder = match to {
        Some(folder) => folder.to_owned(),
        None => memory_folder()?.join(format!("despatch-{name}-{}", random_hex(4)?)),
    };
    make_folder(&folder)?;
    Ok(folder)
}

/// A folder in memory: the user's own, or the machine's.
///
/// # Errors
/// There is neither, and a disk would keep what is opened.
fn memory_folder() -> Result<PathBuf, Fault> {
    let own = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let found = own.into_iter().chain([PathBuf::from("/dev/shm")]).find(|path| path.is_dir());
    let cure = "say where with --to, best on an encrypted disk";
    found.ok_or_else(|| Fault::new("--to", "open.memory", "this machine has no folder in memory", cure))
}

/// Makes a private folder for what a command lays down, and those above it.
///
/// # Errors
/// Something else has its name, or this account may not make it.
pub fn make_folder(path: &Path) -> Result<(), Fault> {
    private::make_folder(path).map_err(|error| {
        let cause = match error.kind() {
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                "there is a file of this name, or of a folder's above it".to_owned()
            }
            _ => format!("the folder cannot be made: {error}"),
        };
        Fault::new(show(path), "open.folder", cause, "choose another place")
    })
}

/// Writes every document, or none: what was written is taken back when one cannot be.
///
/// # Errors
/// One is there already, or cannot be written.
pub fn write_all(folder: &Path, documents: &[(String, Secret)]) -> Result<(), Fault> {
    let mut written: Vec<PathBuf> = Vec::new();
    for (name, plain) in documents {
        let path = folder.join(name);
        if let Err(fault) = write_new(&path, plain) {
            if fault.code == "open.write" {
                written.push(path);
            }
            for path in &written {
                // What cannot be removed was said to be unwritten; there is nothing more to do about it.
                let _ = fs::remove_file(path);
            }
            return Err(fault);
        }
        written.push(path);
    }
    Ok(())
}

/// Writes a private file that was not there before.
///
/// # Errors
/// It is there already, or cannot be written.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| {
        let place = "choose another place";
        if error.kind() == io::ErrorKind::AlreadyExists {
            let cure = format!("move it away, or {place}");
            return Fault::new(show(path), "open.exists", "it is here already", cure);
        }
        Fault::new(show(path), "open.write", format!("it cannot be written: {error}"), place)
    })
}

/// Reads a file that a command was given.
///
/// # Errors
/// It cannot be read.
pub fn read(path: &Path) -> Result<Secret, Fault> {
    fs::read(path).map(Secret::new).map_err(|error| {
        let cause = format!("it cannot be read: {error}");
        Fault::new(show(path), "open.read", cause, "check the name and who may read it")
    })
}

/// Reads a text that a command was given.
///
/// # Errors
/// It cannot be read; the fault has this code.
pub fn read_text(path: &Path, code: &'static str) -> Result<String, Fault> {
    fs::read_to_string(path).map_err(|error| {
        let cause = format!("it cannot be read: {error}");
        Fault::new(show(path), code, cause, "check the name and who may read it")
    })
}

/// A path, for a fault.
pub fn show(path: &Path) -> String {
    path.display().to_string()
}
