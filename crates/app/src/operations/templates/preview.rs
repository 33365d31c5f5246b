//! Enters: a kind, and an example of it or a case file. Leaves: its documents as PDFs. Never: seals, queues or sends
//! anything, or writes the contents of a case to disk.

use super::{Templates, concerns, unknown};
use crate::intake::{Incoming, LocalCase};
use crate::operations::{Actor, Failure, OpenOffice};
use crate::pipeline::examples::{Print, job};
use crate::pipeline::{Line, checked_plan, record_for};
use despatch_core::fault::Fault;
use despatch_core::words::{KindName, Sha256};
use despatch_letters::catalogue::Catalogue;
use despatch_letters::render::pool::Pool;
use despatch_process::case;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::PathBuf;
use walkdir::{DirEntry, WalkDir};

/// A document: its file name and its bytes.
pub type Made = (String, Vec<u8>);

/// A request to preview an example of a kind.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PreviewExample {
    pub kind: KindName,
    /// The name of its file; without one, the first example.
    pub example: Option<String>,
}

/// Renders examples with the current templates, in a worker that is started once.
pub struct ExamplePreview<'a> {
    templates: &'a Templates,
    pool: Option<Pool>,
}

impl<'a> ExamplePreview<'a> {
    pub fn of(templates: &'a Templates) -> Self {
        Self { templates, pool: None }
    }

    /// Renders the documents of one example.
    ///
    /// # Errors
    /// There is no such kind or example, or its templates have faults.
    pub fn make(&mut self, request: &PreviewExample) -> Result<Vec<Made>, Failure> {
        let PreviewExample { kind: name, example } = request;
        let (catalogue, faults) = Catalogue::read(Some(&self.templates.folder()));
        let Some(kind) = catalogue.kind(name) else {
            // Faults of other kinds do not concern this author.
            let ours: Vec<Fault> = faults.into_iter().filter(|fault| concerns(fault, name)).collect();
            return Err(if ours.is_empty() { unknown(name).into() } else { ours.into() });
        };
        let named =
            |path: &str| example.as_ref().is_none_or(|wanted| path.ends_with(&format!("/{wanted}.json")));
        let (path, data) = catalogue.examples(name).find(|(path, _)| named(path)).ok_or_else(|| {
            let cure = "name a file of its folder `examples`, without .json";
            Fault::new(name.as_str(), "template.example", "the kind has no such example", cure)
        })?;
        let pool = match self.pool.take() {
            Some(mut pool) => {
                pool.replace_files(&catalogue.files());
                pool
            }
            None => self.templates.pool(&catalogue, 1)?,
        };
        let pool = self.pool.insert(pool);
        let mut made = Vec::new();
        for file in kind.files() {
            let job = job(kind, file, path, &data, Print::AsGiven);
            let pdf = pool.render(&job).map_err(|fault| fault.faults())?;
            made.push((format!("{}.pdf", file.strip_suffix(".typ").unwrap_or(file)), pdf));
        }
        Ok(made)
    }
}

impl Templates {
    /// Returns a hash over the office's own templates.
    pub fn state(&self) -> Sha256 {
        let mut all = Vec::new();
        let files = WalkDir::new(self.folder()).sort_by_file_name().into_iter().flatten();
        let files = files.filter(|entry| entry.file_type().is_file()).map(DirEntry::into_path);
        // Golden pictures are many and do not affect a preview.
        for path in files.filter(|path| path.extension().is_none_or(|ending| ending != "png")) {
            all.extend_from_slice(path.as_os_str().as_encoded_bytes());
            all.extend(fs::read(&path).unwrap_or_default());
        }
        Sha256::of(&all)
    }
}

/// A request to preview the documents of a kind that a case would produce.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CaseToPreview {
    pub kind: KindName,
    pub case: LocalCase,
}

/// Renders the documents of a kind that a case would produce today.
///
/// # Errors
/// Every fault of the case, or its event does not produce this kind.
pub fn preview_case(open: &mut OpenOffice, _: &Actor, request: CaseToPreview) -> Result<Vec<Made>, Failure> {
    let CaseToPreview { kind, case: file } = request;
    let now = open.now();
    let OpenOffice { office, ledger, program, .. } = open;
    let case = &case::parse(file.bytes()?)?;
    let attachments = file.attachments(&case.attachments)?;
    let record = record_for(ledger, case, now.today)?;
    let (pack, plan) = checked_plan(office, case, &record, file.owner, &[], now.today)?;
    let incoming =
        Incoming::unclaimed(0, PathBuf::from(&file.shown), file.owner, file.bytes()?.clone(), attachments);
    let made = Line::new(office, program)?.preview(case, (pack, &plan), &incoming, now, &kind)?;
    if made.is_empty() {
        let cause = format!("the event of this case makes no {kind}");
        return Err(
            Fault::new(file.shown, "preview.none", cause, "`despatch plan` says what it makes").into()
        );
    }
    Ok(made)
}
