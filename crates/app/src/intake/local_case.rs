//! Enters: a case file anywhere on disk, with its attachments. Leaves: their bytes, checked as in the inbox, as a value
//! that travels to the service. Never: changes a file, follows a link, or mistakes a file for another of the same name.

use super::folder::Folder;
use super::scan::{ATTACHMENT_BYTES_MAX, CASE_BYTES_MAX, places};
use super::{AttachedFile, plain};
use despatch_core::fault::Fault;
use despatch_core::private::{Secret, secret_bytes};
use despatch_core::words::Sha256;
use despatch_process::case::{Attachment, named_files};
use nix::unistd::geteuid;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A case file that has not been dropped into the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalCase {
    /// The path as it was given, for messages.
    pub shown: String,
    /// The file name without its extension.
    pub stem: String,
    /// The account that owns the file.
    pub owner: u32,
    case: Candidate,
    /// The files found under the names that the case lists.
    named: Vec<(String, Candidate)>,
}

/// What was found at a place where a file may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Candidate {
    File(#[serde(with = "secret_bytes")] Secret),
    NotPlain,
    Unreadable(String),
    /// Its size in bytes, which exceeds the limit.
    TooLarge(u64),
}

impl LocalCase {
    /// Reads a case file and the files that it names, from the folder of its name or from beside it. What cannot be
    /// read is told when it is asked for.
    pub fn read(path: &Path) -> LocalCase {
        let shown = path.display().to_string();
        let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let unread = |case| LocalCase {
            shown: shown.clone(),
            stem: stem.clone(),
            owner: u32::MAX,
            case,
            named: Vec::new(),
        };
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let name = path.file_name().map(PathBuf::from).unwrap_or_default();
        // The person's own path, with whatever links it has; what they name in it is no link.
        let opened = File::open(&folder).map(Folder::from);
        let read = opened.and_then(|folder| Ok((plain::read_at(&folder, &name, CASE_BYTES_MAX)?, folder)));
        let ((metadata, bytes), folder) = match read {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                return unread(Candidate::TooLarge(CASE_BYTES_MAX));
            }
            Err(error) if plain::is_no_plain_file(&error) => return unread(Candidate::NotPlain),
            Err(error) => return unread(Candidate::Unreadable(error.to_string())),
        };
        let named = named_files(&bytes).into_iter().filter_map(|(file, sha256)| {
            let candidates: Vec<Candidate> =
                places(&name, &file).filter_map(|path| Candidate::at(&folder, &path)).collect();
            // The one that matches the case; otherwise the last, whose fault is reported.
            let right =
                |one: &&Candidate| matches!(one, Candidate::File(bytes) if Sha256::of(bytes) == sha256);
            let chosen = candidates.iter().find(right).or(candidates.last())?.clone();
            Some((file, chosen))
        });
        let named = named.collect();
        LocalCase { shown, stem, owner: metadata.uid(), case: Candidate::File(bytes), named }
    }

    /// A case that was written in this process and lies nowhere yet, with its attachments by the names that it lists.
    pub fn in_memory(name: &str, bytes: Vec<u8>, attachments: Vec<AttachedFile>) -> LocalCase {
        LocalCase {
            shown: format!("{name}.json"),
            stem: name.to_owned(),
            owner: geteuid().as_raw(),
            case: Candidate::File(bytes.into()),
            named: attachments.into_iter().map(|one| (one.file, Candidate::File(one.bytes))).collect(),
        }
    }

    /// Returns the bytes of the case file.
    ///
    /// # Errors
    /// The file was missing, not a plain file, or larger than a case file may be.
    pub fn bytes(&self) -> Result<&Secret, Fault> {
        let fault = |code, cause: &str, cure| Err(Fault::new(self.shown.as_str(), code, cause, cure));
        match &self.case {
            Candidate::File(bytes) => Ok(bytes),
            Candidate::TooLarge(_) => {
                fault("file.too_large", "a case file has at most 1 MiB", "check that it is a case file")
            }
            Candidate::NotPlain => {
                let cause = "it is a link, a folder, a pipe or has a second name";
                fault("file.not_plain", cause, "give a plain file")
            }
            Candidate::Unreadable(why) => {
                let cure = "check the name and who may read it";
                fault("file.unreadable", &format!("it cannot be read: {why}"), cure)
            }
        }
    }

    /// Returns the attachments that lie with it, by their names, whether or not they are those that it lists.
    pub fn files(&self) -> BTreeMap<String, Secret> {
        let files = self.named.iter().filter_map(|(name, candidate)| match candidate {
            Candidate::File(bytes) => Some((name.clone(), bytes.clone())),
            _ => None,
        });
        files.collect()
    }

    /// Whether it says of itself that it is a report, however faulty it is.
    pub fn is_report(&self) -> bool {
        let case = self.bytes().ok().and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok());
        let word = case.as_ref().and_then(|case| case.pointer("/event/type")?.as_str());
        word == Some("external_report_received")
    }

    /// Returns the attachments that the case lists, in its order.
    ///
    /// # Errors
    /// One fault for each that is missing or is not the file that the case lists.
    pub fn attachments(&self, listed: &[Attachment]) -> Result<Vec<AttachedFile>, Vec<Fault>> {
        let (mut attachments, mut faults) = (Vec::new(), Vec::new());
        for (index, attachment) in listed.iter().enumerate() {
            match self.attachment(attachment) {
                Ok(bytes) => attachments.push(AttachedFile { file: attachment.file.to_string(), bytes }),
                Err((code, why, cure)) => {
                    let at = format!("/attachments/{index}/file");
                    faults.push(Fault::new(at, code, format!("{} {why}", attachment.file), cure));
                }
            }
        }
        if faults.is_empty() { Ok(attachments) } else { Err(faults) }
    }

    fn attachment(&self, listed: &Attachment) -> Result<Secret, (&'static str, String, &'static str)> {
        let named = self.named.iter().find(|(file, _)| *file == *listed.file);
        let of_size = |size: u64| format!("has {size} bytes and the case lists {}", listed.size);
        let why = match named.map(|(_, candidate)| candidate) {
            None => {
                let cure = "put it beside the case file, or into a folder that has the case file's name";
                return Err(("attachment.missing", "is not there".to_owned(), cure));
            }
            Some(Candidate::File(bytes)) if bytes.len() as u64 != listed.size => of_size(bytes.len() as u64),
            Some(Candidate::File(bytes)) if Sha256::of(bytes) == listed.sha256 => return Ok(bytes.clone()),
            Some(Candidate::File(_)) => "is not the file that the case lists: its SHA-256 differs".to_owned(),
            Some(Candidate::TooLarge(size)) => of_size(*size),
            Some(Candidate::NotPlain) => "is not a plain file".to_owned(),
            Some(Candidate::Unreadable(why)) => format!("cannot be read: {why}"),
        };
        let cure = "put the right file there, or correct its size and sha256 in the case";
        Err(("attachment.differs", why, cure))
    }
}

impl Candidate {
    /// Reads what is at a path; `None` if nothing is.
    fn at(folder: &Folder, path: &Path) -> Option<Candidate> {
        let unreadable = |error: io::Error| Candidate::Unreadable(error.to_string());
        let (handle, metadata) = match folder.open(path) {
            Ok(opened) => opened,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) if plain::is_no_plain_file(&error) => return Some(Candidate::NotPlain),
            Err(error) => return Some(unreadable(error)),
        };
        Some(match plain::read(handle, &metadata, ATTACHMENT_BYTES_MAX) {
            Ok(bytes) => Candidate::File(bytes),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Candidate::TooLarge(metadata.len()),
            Err(error) => unreadable(error),
        })
    }
}
