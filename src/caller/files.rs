//! Enters: a path on the command line. Leaves: the path, which only the caller's own process can use, or the contents of
//! the file there. Never: opens a path in the service.

use crate::output::{CHECK, text};
use clap::builder::{MapValueParser, PathBufValueParser, TypedValueParser, ValueParserFactory};
use despatch_core::fault::Fault;
use despatch_core::private::{Secret, secret_bytes};
use despatch_core::shown::shown_path;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The most that is read of a file that a command line names; larger ones are of no use to any command.
const FILE_BYTES_MAX: u64 = 32 << 20;

/// A path among the caller's files. It can be shown; to open it takes [`super::Terminal`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallerPath(PathBuf);

impl CallerPath {
    /// The path, for the process in which the command was given.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Whether it is `-`: standard output.
    pub fn is_stdout(&self) -> bool {
        self.0 == Path::new("-")
    }

    /// The path as it may be shown.
    pub fn shown(&self) -> String {
        shown_path(&self.0)
    }

    /// How the name of the file ends, in small letters.
    pub fn ending(&self) -> Option<String> {
        Some(self.0.extension()?.to_str()?.to_ascii_lowercase())
    }

    /// The name of the file, if the path is no more than that, or names this folder and a file in it.
    pub fn name_in(&self, folder: &Path) -> Option<&str> {
        let name = self.0.file_name()?.to_str()?;
        let there = self.0 == Path::new(name) || self.0.parent() == Some(folder);
        (there && !name.starts_with('.')).then_some(name)
    }
}

impl ValueParserFactory for CallerPath {
    type Parser = MapValueParser<PathBufValueParser, fn(PathBuf) -> CallerPath>;
    fn value_parser() -> Self::Parser {
        PathBufValueParser::new().map(CallerPath)
    }
}

impl From<PathBuf> for CallerPath {
    fn from(path: PathBuf) -> Self {
        Self(path)
    }
}

/// A file that the command line names, read where the command was given.
#[derive(Clone, Serialize, Deserialize)]
pub struct LocalFile {
    shown: String,
    name: String,
    contents: Contents,
}

#[derive(Clone, Serialize, Deserialize)]
enum Contents {
    Read(#[serde(with = "secret_bytes")] Secret),
    /// Why not.
    Unread(String),
}

impl ValueParserFactory for LocalFile {
    type Parser = MapValueParser<PathBufValueParser, fn(PathBuf) -> LocalFile>;
    fn value_parser() -> Self::Parser {
        PathBufValueParser::new().map(LocalFile::read)
    }
}

impl LocalFile {
    /// Reads the file; a failure is told when the contents are asked for.
    fn read(path: PathBuf) -> Self {
        let read = || {
            let mut bytes = Secret::new(Vec::new());
            File::open(&path)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > FILE_BYTES_MAX {
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than any such file"));
            }
            Ok::<_, io::Error>(bytes)
        };
        let contents = match read() {
            Ok(bytes) => Contents::Read(bytes),
            Err(error) => Contents::Unread(format!("it cannot be read: {error}")),
        };
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("the file").to_owned();
        Self { shown: shown_path(&path), name, contents }
    }

    /// The name of the file, without its folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path as it was given, as it may be shown.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Returns the contents.
    ///
    /// # Errors
    /// The file could not be read; the fault has the given code.
    pub fn bytes(&self, code: &'static str) -> Result<&Secret, Fault> {
        match &self.contents {
            Contents::Read(bytes) => Ok(bytes),
            Contents::Unread(why) => Err(Fault::new(self.shown.as_str(), code, why.as_str(), CHECK)),
        }
    }

    /// Returns the contents as text.
    ///
    /// # Errors
    /// The file could not be read, or is neither UTF-8 nor marked as UTF-16; the fault has the given code.
    pub fn text(&self, code: &'static str) -> Result<String, Fault> {
        text(&self.shown, self.bytes(code)?, code)
    }
}

impl fmt::Debug for LocalFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LocalFile({})", self.shown)
    }
}
