//! Enters: the sealed files named by the events, and the folders. Leaves: each file that is missing, altered or
//! unknown. Never: opens one, or removes it.

use super::{Audit, Wrong};
use crate::apply::State;
use crate::despatch::MessageBinding;
use crate::events::{DespatchEvent, LedgerEvent, SubmissionEvent};
use crate::files::Files;
use crate::ids::DespatchId;
use despatch_core::reading::patiently;
use despatch_core::words::Sha256;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The sealed files that the events name, with the hash of each.
#[derive(Debug, Default)]
pub(super) struct SealedFiles {
    messages: Vec<(DespatchId, u32, Sha256, Option<Sha256>)>,
    originals: Vec<(i64, Sha256)>,
}

impl SealedFiles {
    pub(super) fn take(&mut self, happened: &LedgerEvent) {
        let mut made = |id: &DespatchId, message: &Option<MessageBinding>| {
            let told = message.as_ref().map(|bound| (*id, bound.revision, bound.sha256, bound.copy));
            self.messages.extend(told);
        };
        match happened {
            LedgerEvent::Despatch(id, DespatchEvent::Made(despatch)) => made(id, &despatch.message),
            LedgerEvent::Despatch(id, DespatchEvent::Regenerated(new)) => made(id, &new.message),
            LedgerEvent::Submission(number, SubmissionEvent::Queued(queued)) => {
                self.originals.push((*number, queued.original_sha256));
            }
            _ => {}
        }
    }

    /// Compares them with the folders.
    pub(super) fn check(&self, files: &Files, state: &State, audit: &mut Audit) -> io::Result<()> {
        let removed: BTreeSet<String> = state.removed.iter().filter_map(|(path, ())| name(path)).collect();
        let messages = self.messages.iter().flat_map(|(id, revision, sha256, copy)| {
            let message = (files.message(*id, *revision), *sha256);
            [message].into_iter().chain(copy.map(|copy| (files.copy(*id, *revision), copy)))
        });
        let originals = self.originals.iter().map(|(number, sha256)| (files.original(*number), *sha256));
        let all: Vec<(PathBuf, Sha256)> = messages.chain(originals).collect();
        let mut known = BTreeSet::new();
        for (path, sha256) in &all {
            known.extend(name(path));
            audit.check_file(path, *sha256, &removed)?;
        }
        for folder in [files.despatches(), files.received()] {
            for entry in fs::read_dir(folder)? {
                let name = entry?.file_name().to_string_lossy().into_owned();
                // A test message belongs to no case, and its copy is replaced by the next one.
                if !known.contains(&name) && !name.starts_with("test-message-") {
                    audit.unknown_files.push(name);
                }
            }
        }
        audit.unknown_files.sort();
        Ok(())
    }
}

fn name(path: impl AsRef<Path>) -> Option<String> {
    Some(path.as_ref().file_name()?.to_string_lossy().into_owned())
}

impl Audit {
    fn check_file(&mut self, path: &Path, hash: Sha256, removed: &BTreeSet<String>) -> io::Result<()> {
        let name = name(path).unwrap_or_default();
        match patiently(|| fs::read(path)) {
            Ok(bytes) => {
                self.files += 1;
                if hash != Sha256::of(&bytes) {
                    self.wrong.push(Wrong::new(name, "the file is not the one that the record tells of"));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if !removed.contains(&name) {
                    self.wrong.push(Wrong::new(name, "the record tells of this file and it is missing"));
                }
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
