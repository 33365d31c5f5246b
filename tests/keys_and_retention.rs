//! Enters: offices, demo and real, as those who look after them have them. Leaves: proof that nothing is left lying
//! about, that nothing is lost that is to be kept, and that what is to go goes.
//! Never: looks inside the program; a test sees files, permissions, processes and what the commands say.

mod backup;
mod permissions;
mod recovery;
mod retention;
mod rotation;
mod unlock;

use crate::support::office::{DemoOffice, Said};
use crate::travel::real::RealOffice;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("our own file");
}

/// An opened despatch's folder, and what the command said.
fn open_to(office: &RealOffice, id: &str, more: &[&str]) -> (tempfile::TempDir, Said) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let to = folder.path().join("opened");
    let said = office.run(&[&["outbox", "open", id, "--to", to.to_str().unwrap()], more].concat());
    (folder, said)
}
