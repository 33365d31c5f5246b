//! Enters: a case file and its attachments. Leaves: both in the inbox, in a new folder of their own.
//! Never: overwrites anything there, or lets a run see the case file before it and its attachments are complete.

use super::AttachedFile;
use super::folder::Folder;
use super::inbox::{Held, Inbox};
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How many names are tried for a folder: the plain one, then with `-2`, `-3` and so on.
const NAMES_MAX: u32 = 10_000;

impl Inbox {
    /// Deposits a case in the inbox under `name`, or `name-2` and so on if that is taken: the case file under a hidden
    /// name, which is renamed once its attachments are complete. Returns its path relative to the inbox.
    ///
    /// # Errors
    /// The inbox cannot be written to; what was written of the case is removed again.
    pub fn deposit(&self, name: &str, case: &[u8], attachments: &[AttachedFile]) -> io::Result<PathBuf> {
        let held = self.hold()?;
        let (name, folder) = new_folder(&held, name)?;
        let file = format!("{name}.json");
        fill(&held, &folder, &file, case, attachments).inspect_err(|_| {
            // What cannot be removed either has no case file, so it is never processed.
            let _ = held.root.remove_tree(OsStr::new(&name));
        })?;
        Ok(Path::new(&name).join(file))
    }

    /// Whether a case that was deposited under this name lies in the inbox.
    ///
    /// # Errors
    /// The inbox cannot be opened.
    pub fn has_deposit(&self, name: &str) -> io::Result<bool> {
        let held = self.hold()?;
        let lies = |name: &str| held.root.has(&Path::new(name).join(format!("{name}.json")));
        let there = |name: &String| held.root.has(Path::new(name));
        Ok(names(name).take_while(there).any(|name| lies(&name)))
    }

    /// Removes what a command that was killed left under this name without its case file.
    ///
    /// # Errors
    /// The inbox cannot be opened, or the system refuses.
    pub fn clear_unfinished(&self, name: &str) -> io::Result<()> {
        let held = self.hold()?;
        let there = |name: &String| held.root.has(Path::new(name));
        let found: Vec<String> = names(name).take_while(there).collect();
        for name in found {
            let folder = held.root.below(Path::new(&name))?;
            let inside = folder.names()?;
            if inside.is_empty() || inside.contains(&unfinished(&format!("{name}.json")).into()) {
                held.root.remove_tree(OsStr::new(&name))?;
            }
        }
        Ok(())
    }
}

/// The hidden name of a case file that is not complete.
fn unfinished(file: &str) -> String {
    format!(".{file}.part")
}

/// The names under which something is deposited, in the order in which they are tried.
fn names(name: &str) -> impl Iterator<Item = String> + '_ {
    let numbered = (2..=NAMES_MAX).map(move |number| format!("{name}-{number}"));
    std::iter::once(name.to_owned()).chain(numbered)
}

/// Creates the folder, which reserves the name.
fn new_folder(held: &Held, name: &str) -> io::Result<(String, Folder)> {
    for name in names(name) {
        // A case file of the same name beside the folder would claim the folder as its own.
        if held.root.lying(OsStr::new(&format!("{name}.json"))).is_ok() {
            continue;
        }
        match held.root.make(OsStr::new(&name)) {
            Ok(folder) => {
                held.taken_from().map_or(Ok(()), |mode| folder.set_mode(mode))?;
                return Ok((name, folder));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, "every name for it in the inbox is taken"))
}

fn fill(
    held: &Held,
    folder: &Folder,
    file: &str,
    case: &[u8],
    attachments: &[AttachedFile],
) -> io::Result<()> {
    let write = |name: &str, bytes: &[u8]| {
        let mut file = folder.write(OsStr::new(name), true)?;
        file.write_all(bytes)?;
        held.share(&file)?;
        file.sync_all()
    };
    // First, so that a folder in which it stands is one that nobody finished: what takes a case away leaves none behind.
    let unfinished = unfinished(file);
    write(&unfinished, case)?;
    for attachment in attachments {
        write(&attachment.file, &attachment.bytes)?;
    }
    folder.rename(OsStr::new(&unfinished), folder, OsStr::new(file))?;
    folder.sync()
}
