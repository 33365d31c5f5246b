//! Enters: the bytes of a workbook, which is a zip of XML files. Leaves: readers of its files, once all of them together
//! are known to be within the bound. Never: believes the sizes that a zip states.

use crate::sheet::{Refused, SPLIT, UNPACKED_BYTES_MAX};
use quick_xml::events::BytesStart;
use quick_xml::{Reader, XmlVersion};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// The most files in a workbook.
const FILES_MAX: usize = 2_000;
/// What to do about a workbook that cannot be read.
pub(crate) const SAVE_AGAIN: &str = "open it in a spreadsheet program, and save it again as .xlsx or as CSV";

/// The files of a workbook.
pub(crate) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Package<'a> {
    /// Opens a zip, and unpacks all of it into nothing to see how much it is.
    ///
    /// # Errors
    /// It is cut short, damaged, locked, or unpacks to too much.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Package<'a>, Refused> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
        if archive.len() > FILES_MAX {
            return Err(Refused::new(format!("it is a zip of {} files", archive.len()), SAVE_AGAIN));
        }
        let mut left = UNPACKED_BYTES_MAX;
        for index in 0..archive.len() {
            let file = archive.by_index(index).map_err(|error| damaged(&error))?;
            let unpacked = io::copy(&mut file.take(left + 1), &mut io::sink());
            let unpacked = unpacked.map_err(|_| cut())?;
            left = left.checked_sub(unpacked).ok_or_else(|| {
                Refused::new(format!("it unpacks to more than {} MiB", UNPACKED_BYTES_MAX >> 20), SPLIT)
            })?;
        }
        Ok(Package { archive })
    }

    /// Whether it has a file of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// A reader of an XML file.
    ///
    /// # Errors
    /// There is none of this name.
    pub(crate) fn xml(&mut self, name: &str) -> Result<Reader<impl BufRead>, Refused> {
        let file = self.archive.by_name(name).map_err(|error| damaged(&error))?;
        let mut reader = Reader::from_reader(BufReader::new(file));
        reader.config_mut().trim_text(false);
        Ok(reader)
    }
}

/// The value of an attribute by its name without prefix; what is no text counts as absent.
pub(crate) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = element.attributes();
    let mut all = all.with_checks(false).filter_map(Result::ok);
    let found = all.find(|one| one.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}

/// What is wrong with XML that cannot be read.
pub(crate) fn no_xml(error: &quick_xml::Error) -> Refused {
    Refused::new(format!("a file in it is damaged: {error}"), SAVE_AGAIN)
}

fn damaged(error: &ZipError) -> Refused {
    match error {
        ZipError::UnsupportedArchive(why) if why.contains("assword") => {
            Refused::new("it is locked with a password", "save it without one")
        }
        ZipError::FileNotFound => Refused::new("it is a zip, and not that of a workbook", SAVE_AGAIN),
        _ => cut(),
    }
}

fn cut() -> Refused {
    Refused::new("it is cut short or damaged", "copy it again, or save it again as .xlsx or as CSV")
}
