//! Enters: the path of a folder of case files, or of a file with one a line. Leaves: the cases, read where the command was
//! given. Never: follows a link in the folder.

use clap::builder::{PathBufValueParser, TypedValueParser};
use despatch_app::intake::LocalCase;
use despatch_app::operations::Failure;
use despatch_app::operations::batch::{Prepared, PreparedRow};
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use despatch_process::case::EventName;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// The cases of a folder or of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Source {
    shown: String,
    cases: Result<Vec<LocalCase>, String>,
}

/// Parses a path given on the command line, and reads what is there.
pub(super) fn given() -> impl TypedValueParser<Value = Source> {
    PathBufValueParser::new().map(|path| Source::read(&path))
}

impl Source {
    fn read(path: &Path) -> Self {
        let cases = if path.is_dir() { of_folder(path) } else { of_lines(path) };
        Self { shown: path.display().to_string(), cases: cases.map_err(|error| error.to_string()) }
    }

    /// The cases as rows, each with the number of its line or of its place in the folder.
    pub(super) fn prepared(self, event: Option<EventName>) -> Result<Prepared, Failure> {
        let cases = self.cases.map_err(|why| {
            let cause = format!("it cannot be read: {why}");
            Fault::new(self.shown.as_str(), "batch.unread", cause, "check the name and who may read it")
        })?;
        let mut hashes = String::new();
        for case in &cases {
            hashes += &Sha256::of(case.bytes()?).to_string();
        }
        let rows = cases.into_iter().zip(1..).map(|(file, row)| PreparedRow { row, file });
        let sheet = Sha256::of(hashes.as_bytes());
        Ok(Prepared { event, sheet, identical_reasons: false, rows: rows.collect() })
    }
}

fn of_folder(folder: &Path) -> std::io::Result<Vec<LocalCase>> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")));
    files.sort();
    Ok(files.iter().map(|path| LocalCase::read(path)).collect())
}

fn of_lines(file: &Path) -> std::io::Result<Vec<LocalCase>> {
    let text = fs::read_to_string(file)?;
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    Ok(lines
        .map(|(line, number)| LocalCase::in_memory(&format!("line-{number}"), line.into(), Vec::new()))
        .collect())
}
