//! Enters: a path that a person names for a command to write to. Leaves: whether it lies where only an office itself
//! writes.
//! Never: writes anything.

use super::{CONFIG_FILE, DEMO_KEYS, KEYS, OUTBOX, POLICY, TEMPLATES};
use crate::intake::INBOX;
use despatch_core::fault::Fault;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// The folders of an office in which a document or table would stop every command, or be taken for its own (F24).
const OWN: [&str; 6] = [KEYS, DEMO_KEYS, OUTBOX, POLICY, TEMPLATES, INBOX];

/// Checks that what a command writes for a person does not lie among what an office itself writes or reads: of any
/// office, whichever the command is for. `but` is a folder into which this command may write.
///
/// # Errors
/// It does, or where it lies cannot be found out.
pub fn spare_offices(path: &Path, but: Option<&str>) -> Result<(), Fault> {
    let cure = "choose another place";
    let fault = |cause: String| Fault::new(path.display().to_string(), "write.office", cause, cure);
    let whole = whole(path).map_err(|error| fault(format!("where it lies cannot be found out: {error}")))?;
    for office in whole.ancestors().filter(|folder| folder.join(CONFIG_FILE).exists()) {
        let first = whole.strip_prefix(office).ok().and_then(|inside| inside.iter().next());
        let own = OWN.iter().find(|own| first == Some(own.as_ref()) && but != Some(**own));
        if let Some(own) = own {
            return Err(fault(format!("it lies in {own}/ of the office {}", office.display())));
        }
    }
    Ok(())
}

/// Where a path leads, without links, though its last parts may be still to come.
fn whole(path: &Path) -> io::Result<PathBuf> {
    let mut there = std::path::absolute(path)?;
    let mut to_come: Vec<OsString> = Vec::new();
    loop {
        match there.canonicalize() {
            Ok(found) => return Ok(found.join(to_come.iter().rev().collect::<PathBuf>())),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Err(error) => {
                // What is missing has no `..` to follow, and a link that leads nowhere is not made by writing to it.
                let name = there.file_name().filter(|_| !there.is_symlink()).ok_or(error)?;
                to_come.push(name.to_owned());
                there.pop();
            }
        }
    }
}
