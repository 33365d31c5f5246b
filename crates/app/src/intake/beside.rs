//! Enters: a case file that lies anywhere. Leaves: its bytes and those of its attachments, looked at as the inbox
//! would. Never: changes a file, follows a link, or takes a file for another of the same name.

use super::plain;
use super::scan::{CASE_BYTES_MAX, places};
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_core::words::Sha256;
use despatch_process::case::Attachment;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A case file that nobody has dropped yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loose {
    folder: PathBuf,
    name: PathBuf,
    /// The account that owns the file.
    pub owner: u32,
    pub bytes: Secret,
}

/// An attachment that lies beside such a file, byte for byte as the case lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LooseAttachment {
    pub file: String,
    pub bytes: Secret,
}

impl Loose {
    /// Reads a case file.
    ///
    /// Errors: it is not there, no plain file, or larger than a case file can be.
    pub fn read(path: &Path) -> Result<Loose, Fault> {
        let at = path.display().to_string();
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let name = path.file_name().map(PathBuf::from).unwrap_or_default();
        let opened = plain::open(&folder, &name).and_then(|(handle, metadata)| {
            Ok((metadata.uid(), plain::read(handle, &metadata, CASE_BYTES_MAX)?))
        });
        match opened {
            Ok((owner, bytes)) => Ok(Loose { folder, name, owner, bytes }),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Err(Fault::new(
                at,
                "file.too_large",
                "a case file has at most 1 MiB",
                "check that it is a case file",
            )),
            Err(error) if plain::is_no_plain_file(&error) => Err(Fault::new(
                at,
                "file.not_plain",
                "it is a link, a folder, a pipe or has a second name",
                "give a plain file",
            )),
            Err(error) => Err(Fault::new(
                at,
                "file.unreadable",
                format!("it cannot be read: {error}"),
                "check the name and who may read it",
            )),
        }
    }

    /// The file's name without its folder and its ending.
    pub fn stem(&self) -> String {
        self.name.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
    }

    /// The listed attachments that lie in the folder of the case's name or beside it, in the case's order.
    ///
    /// Errors: one fault for each that is missing or is not the file that the case lists.
    pub fn attachments(&self, listed: &[Attachment]) -> Result<Vec<LooseAttachment>, Vec<Fault>> {
        let (mut found, mut faults) = (Vec::new(), Vec::new());
        for (index, attachment) in listed.iter().enumerate() {
            match self.attachment(attachment) {
                Ok(bytes) => found.push(LooseAttachment { file: attachment.file.to_string(), bytes }),
                Err((code, cause, cure)) => {
                    faults.push(Fault::new(format!("/attachments/{index}/file"), code, cause, cure));
                }
            }
        }
        if faults.is_empty() { Ok(found) } else { Err(faults) }
    }

    fn attachment(&self, listed: &Attachment) -> Result<Secret, (&'static str, String, &'static str)> {
        let name = &listed.file;
        let mut why = (
            "attachment.missing",
            format!("{name} is not there"),
            "put it beside the case file, or into a folder that has the case file's name",
        );
        let other = |cause: String| {
            (
                "attachment.differs",
                cause,
                "put the right file there, or correct its size and sha256 in the case",
            )
        };
        for path in places(&self.name, name) {
            let (handle, metadata) = match plain::open(&self.folder, &path) {
                Ok(opened) => opened,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) if plain::is_no_plain_file(&error) => {
                    why = other(format!("{name} is not a plain file"));
                    continue;
                }
                Err(error) => {
                    why = other(format!("{name} cannot be read: {error}"));
                    continue;
                }
            };
            if metadata.len() != listed.size {
                why =
                    other(format!("{name} has {} bytes and the case lists {}", metadata.len(), listed.size));
                continue;
            }
            match plain::read(handle, &metadata, listed.size) {
                Ok(bytes) if Sha256::of(&bytes) == listed.sha256 => return Ok(bytes),
                Ok(_) => {
                    why = other(format!("{name} is not the file that the case lists: its SHA-256 differs"))
                }
                Err(error) => why = other(format!("{name} cannot be read: {error}")),
            }
        }
        Err(why)
    }
}
