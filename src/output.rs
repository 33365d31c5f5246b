//! Enters: the bytes that a command produces, and a destination. Leaves: private files there.
//! Never: overwrites a file, or leaves part of what cannot be written whole.

use despatch_app::new_file;
use despatch_app::office::spare_offices;
use despatch_core::fault::Fault;
use despatch_core::private::{self, Secret};
use despatch_core::random::random_hex;
use despatch_core::shown::shown_path;
use despatch_core::text::{SAVE_AS_UTF8, text_in, utf8_of};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Makes the folder for documents: the one asked for, else a new one in memory, so that nothing reaches a disk.
///
/// # Errors
/// The folder cannot be made, or the machine has no folder in memory.
pub fn folder_for(to: Option<&Path>, name: &str) -> Result<PathBuf, Fault> {
    let folder = match to {
        Some(folder) => folder.to_owned(),
        None => {
            let random = random_hex(4).map_err(|error| {
                let cause = format!("the system gives no random numbers: {error}");
                Fault::new("--to", "open.memory", cause, "say where with --to")
            })?;
            memory_folder()?.join(format!("despatch-{name}-{random}"))
        }
    };
    make_folder(&folder)?;
    Ok(folder)
}

/// Returns a folder in memory: the user's own, else the machine's. There is no fallback to a disk, which would keep
/// what is opened.
fn memory_folder() -> Result<PathBuf, Fault> {
    let own = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let found = own.into_iter().chain([PathBuf::from("/dev/shm")]).find(|path| path.is_dir());
    let cure = "say where with --to, best on an encrypted disk";
    found.ok_or_else(|| Fault::new("--to", "open.memory", "this machine has no folder in memory", cure))
}

/// Makes a private folder, and those above it.
///
/// # Errors
/// A file has its name, this account may not make it, or it lies among what an office itself writes.
pub fn make_folder(path: &Path) -> Result<(), Fault> {
    spare_offices(path, None)?;
    private::make_folder(path).map_err(|error| {
        let cause = match error.kind() {
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                "there is a file of this name, or of the name of a folder above it".to_owned()
            }
            _ => format!("the folder cannot be made: {error}"),
        };
        Fault::new(show(path), "open.folder", cause, "choose another place")
    })
}

/// Writes every document or none: those already written are removed if one fails.
///
/// # Errors
/// A document exists already, or cannot be written.
pub fn write_all(folder: &Path, documents: &[(String, Secret)]) -> Result<(), Fault> {
    let mut written: Vec<PathBuf> = Vec::new();
    for (name, plain) in documents {
        let path = folder.join(name);
        if let Err(fault) = write_new(&path, plain) {
            for path in &written {
                // The command fails anyway, so a failed removal changes nothing.
                let _ = fs::remove_file(path);
            }
            return Err(fault);
        }
        written.push(path);
    }
    Ok(())
}

/// Writes a new private file.
///
/// # Errors
/// The file exists already, cannot be written, or lies among what an office itself writes.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    spare_offices(path, None)?;
    new_file::write_new(path, bytes).map_err(|error| {
        let place = "choose another place";
        if error.kind() == io::ErrorKind::AlreadyExists {
            let cure = format!("move it away, or {place}");
            return Fault::new(show(path), "open.exists", "it is here already", cure);
        }
        Fault::new(show(path), "open.write", format!("it cannot be written: {error}"), place)
    })
}

/// Reads a file named on the command line.
///
/// # Errors
/// The file cannot be read; the fault has the given code.
pub fn read(path: &Path, code: &'static str) -> Result<Secret, Fault> {
    fs::read(path).map(Secret::new).map_err(|error| unread(path, code, &error))
}

/// Reads a text file named on the command line.
///
/// # Errors
/// The file cannot be read, or is neither UTF-8 nor marked as UTF-16; the fault has the given code.
pub fn read_text(path: &Path, code: &'static str) -> Result<String, Fault> {
    text(&show(path), &read(path, code)?, code)
}

/// Returns the text of a file that was read.
///
/// # Errors
/// It is neither UTF-8 nor marked as UTF-16; the fault has the given code.
pub fn text(at: &str, bytes: &[u8], code: &'static str) -> Result<String, Fault> {
    let unread = |why: &str| Fault::new(at, code, format!("it cannot be read: {why}"), SAVE_AS_UTF8);
    let bytes = utf8_of(bytes).map_err(unread)?;
    text_in(&bytes).map(str::to_owned).map_err(unread)
}

/// Makes the fault of a file or folder that cannot be read.
pub fn unread(path: &Path, code: &'static str, error: &io::Error) -> Fault {
    Fault::new(show(path), code, format!("it cannot be read: {error}"), CHECK)
}

/// What to do about a file that cannot be read.
pub const CHECK: &str = "check the name and who may read it";

/// Formats a path for a fault.
pub fn show(path: &Path) -> String {
    shown_path(path)
}
