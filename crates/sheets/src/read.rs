//! Enters: the bytes of a sheet, whatever its format. Leaves: its rows, or why it cannot be read. Never: trusts the ending
//! of a file's name: what it is shows in its first bytes.

use crate::package::{Package, SAVE_AGAIN};
use crate::sheet::{Refused, SHEET_BYTES_MAX, SPLIT, Sheet};
use crate::{open_document, plain, workbook};
use serde::{Deserialize, Serialize};

/// How the formats begin that are none of ours, each with its name and what to do.
const OTHERS: [(&[u8], &str, &str); 3] = [
    (
        b"\xD0\xCF\x11\xE0",
        "it is a workbook of the old form (.xls), or one that is locked with a password",
        "save it as .xlsx, without a password",
    ),
    (b"%PDF", "it is a PDF", "give the sheet from which it was made"),
    (b"\x1F\x8B", "it is a compressed file", "give the sheet itself"),
];
/// The file of a zip that says what the zip is, in OpenDocument.
const MIMETYPE: &str = "mimetype";

/// How a sheet is to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadAs {
    /// The name of the sheet in the workbook; without one, the first.
    pub sheet: Option<String>,
}

/// Reads a sheet: separated values, an Excel workbook or an OpenDocument spreadsheet.
///
/// # Errors
/// It is none of these, damaged, or beyond the bounds.
pub fn read(bytes: &[u8], how: &ReadAs) -> Result<Sheet, Refused> {
    if bytes.len() > SHEET_BYTES_MAX {
        return Err(Refused::new(format!("it has more than {} MiB", SHEET_BYTES_MAX >> 20), SPLIT));
    }
    if let Some((_, cause, cure)) = OTHERS.iter().find(|(begins, ..)| bytes.starts_with(begins)) {
        return Err(Refused::new(*cause, *cure));
    }
    let wanted = how.sheet.as_deref();
    let sheet = if bytes.starts_with(b"PK") {
        let mut package = Package::open(bytes)?;
        if package.has(workbook::LIST) {
            workbook::read(bytes, &mut package, wanted)?
        } else if package.has(MIMETYPE) && package.has(open_document::CONTENT) {
            open_document::read(&mut package, wanted)?
        } else {
            return Err(Refused::new("it is a zip, and not that of a workbook", SAVE_AGAIN));
        }
    } else {
        plain::read(bytes)?
    };
    if sheet.rows.is_empty() {
        return Err(Refused::new("nothing stands in it", "give a sheet with headings and rows"));
    }
    Ok(sheet)
}
