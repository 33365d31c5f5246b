//! Enters: a path on the command line, and what is said of the sheet there. Leaves: the sheet, the files that its rows may
//! name and how its columns are mapped, read where the command was given. Never: reads more of a folder than travels to the
//! service.

use crate::context::event;
use clap::{ArgMatches, Command, FromArgMatches, Id};
use despatch_app::intake::LocalCase;
use despatch_app::operations::batch::reading::{ReadBatch, Source};
use despatch_app::operations::batch::{FILES_BYTES_MAX, Files, Mapping, NamedFile};
use despatch_core::fault::Fault;
use despatch_core::private::Secret;
use despatch_core::shown::shown_path;
use despatch_process::case::EventName;
use despatch_process::case::MAX_ATTACHMENT_BYTES;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The most bytes of a sheet that are read: the first one too many tells that it is too large.
const SHEET_BYTES: u64 = (despatch_sheets::SHEET_BYTES_MAX + 1) as u64;
/// The most bytes of a saved mapping.
const MAPPING_BYTES: u64 = 1 << 20;

/// What is typed.
#[derive(Debug, clap::Args)]
struct Typed {
    /// A sheet (CSV, .xlsx, .ods), lines of case files (.ndjson), or a folder of case files
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What happened in each row of a sheet, such as transferred; `despatch new` lists the events
    #[arg(long, value_parser = event)]
    event: Option<EventName>,
    /// The field that a column fills; without a field the column is left out
    #[arg(long = "column", value_name = "HEADING=FIELD", value_parser = by_hand)]
    columns: Vec<(String, String)>,
    /// A file that says it for each heading: `"Surname" = "person.name"` (TOML)
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// The folder with the files that rows name [default: that of the sheet]
    #[arg(long, value_name = "FOLDER")]
    attachments: Option<PathBuf>,
    /// The sheet of a workbook [default: the first]
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// In dates such as 03/12/2026 the day comes first
    #[arg(long)]
    days_first: bool,
    /// Reasons that many rows give in the same words are meant for each of them; that goes on record
    #[arg(long)]
    identical_reasons: bool,
}

/// What was given, read.
#[derive(Debug, Serialize, Deserialize)]
pub struct Given(Result<ReadBatch, Unread>);

/// Why it was not read.
#[derive(Debug, Serialize, Deserialize)]
struct Unread {
    at: String,
    cause: String,
    cure: String,
}

impl Given {
    /// What was read.
    ///
    /// # Errors
    /// The file or the folder could not be read, or is too large.
    pub fn read(self) -> Result<ReadBatch, Fault> {
        self.0.map_err(|unread| Fault::new(unread.at, "batch.unread", unread.cause, unread.cure))
    }

    fn of(typed: Typed) -> Given {
        Given(given(typed))
    }
}

impl clap::Args for Given {
    fn group_id() -> Option<Id> {
        Typed::group_id()
    }

    fn augment_args(command: Command) -> Command {
        Typed::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Typed::augment_args_for_update(command)
    }
}

impl FromArgMatches for Given {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Given, clap::Error> {
        Typed::from_arg_matches(matches).map(Given::of)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Given::from_arg_matches(matches)?;
        Ok(())
    }
}

/// A heading and its field.
fn by_hand(text: &str) -> Result<(String, String), &'static str> {
    let said = text.rsplit_once('=').map(|(heading, field)| (heading.trim(), field.trim()));
    match said {
        Some((heading, field)) if !heading.is_empty() => Ok((heading.to_owned(), field.to_owned())),
        _ => Err("write HEADING=FIELD, such as \"Surname=person.name\""),
    }
}

fn given(typed: Typed) -> Result<ReadBatch, Unread> {
    let path = typed.file.as_path();
    let is_folder = path.is_dir();
    let source = if is_folder {
        Source::Cases(cases(path)?)
    } else {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Source::File(name, bytes(path, SHEET_BYTES)?)
    };
    let beside = || match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let files = match &typed.attachments {
        Some(folder) => files(folder)?,
        None if is_folder => Files::default(),
        // Somebody who names no folder may have none.
        None => files(&beside()).unwrap_or_default(),
    };
    let saved = match &typed.mapping {
        None => None,
        Some(file) => {
            let text = String::from_utf8(bytes(file, MAPPING_BYTES)?.to_vec());
            Some(text.map_err(|_| unread(file, "it is no text in UTF-8", "save it as UTF-8"))?)
        }
    };
    Ok(ReadBatch {
        source,
        event: typed.event,
        mapping: Mapping { by_hand: typed.columns, saved },
        files,
        sheet: typed.sheet,
        days_first: typed.days_first,
        identical_reasons: typed.identical_reasons,
    })
}

fn unread(path: &Path, cause: impl Into<String>, cure: &str) -> Unread {
    Unread { at: shown_path(path), cause: cause.into(), cure: cure.to_owned() }
}

fn failed(path: &Path, error: &io::Error) -> Unread {
    unread(path, format!("it cannot be read: {error}"), "check the name and who may read it")
}

/// Up to so many bytes of a file.
fn bytes(path: &Path, most: u64) -> Result<Secret, Unread> {
    let mut bytes = Secret::new(Vec::new());
    let opened = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    opened.map(|_| bytes).map_err(|error| failed(path, &error))
}

/// The files of a folder with one of these endings, by their names.
fn listed(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Unread> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut paths: Vec<PathBuf> = entries
        .map_err(|error| failed(folder, &error))?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end.eq_ignore_ascii_case(ending)))
        .collect();
    paths.sort();
    Ok(paths)
}

fn cases(folder: &Path) -> Result<Vec<LocalCase>, Unread> {
    let paths = listed(folder, "json")?;
    if paths.is_empty() {
        return Err(unread(
            folder,
            "no case file (.json) is in this folder",
            "name the folder with the case files",
        ));
    }
    let (mut cases, mut left) = (Vec::new(), FILES_BYTES_MAX);
    for path in paths {
        let case = LocalCase::read(&path);
        let own = case.bytes().map_or(0, |bytes| bytes.len());
        let size = own + case.files().values().map(|bytes| bytes.len()).sum::<usize>();
        left = left.checked_sub(size as u64).ok_or_else(|| {
            let cause = format!("its files have more than {} MiB together", FILES_BYTES_MAX >> 20);
            unread(folder, cause, "split it into several folders")
        })?;
        cases.push(case);
    }
    Ok(cases)
}

/// The PDFs of a folder, as many as travel to the service; of the others why not.
fn files(folder: &Path) -> Result<Files, Unread> {
    let (mut files, mut left) = (Files::default(), FILES_BYTES_MAX);
    for path in listed(folder, "pdf")? {
        let Some(name) = path.file_name().and_then(|name| name.to_str()).map(str::to_owned) else { continue };
        let size = match fs::metadata(&path) {
            Ok(about) if about.is_file() => about.len(),
            Ok(_) => continue,
            Err(error) => {
                files.unread.push((name, error.to_string()));
                continue;
            }
        };
        if size > MAX_ATTACHMENT_BYTES {
            files.unread.push((name, format!("it has more than {} MiB", MAX_ATTACHMENT_BYTES >> 20)));
            continue;
        }
        let Some(rest) = left.checked_sub(size) else {
            let why =
                format!("the files of the folder have more than {} MiB together", FILES_BYTES_MAX >> 20);
            files.unread.push((name, why));
            continue;
        };
        match bytes(&path, size) {
            Ok(bytes) => {
                left = rest;
                files.read.push(NamedFile { name, bytes });
            }
            Err(unread) => files.unread.push((name, unread.cause)),
        }
    }
    Ok(files)
}
