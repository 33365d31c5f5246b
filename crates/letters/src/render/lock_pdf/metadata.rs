//! Enters: the metadata of a PDF. Leaves: the metadata of its locked copy, which is not PDF/A.
//! Never: adds anything.

use super::tokens::{write_name, write_string};
use hayro_syntax::metadata::Metadata;
use hayro_syntax::object::DateTime;

/// Formats the document information dictionary; non-standard keys are left out.
pub(super) fn information(about: &Metadata) -> Vec<u8> {
    let mut out = b"<<".to_vec();
    let texts = [
        ("Title", &about.title),
        ("Author", &about.author),
        ("Subject", &about.subject),
        ("Keywords", &about.keywords),
        ("Creator", &about.creator),
        ("Producer", &about.producer),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            write_name(&mut out, name.as_bytes());
            write_string(&mut out, text, false);
        }
    }
    for (name, moment) in [("CreationDate", &about.creation_date), ("ModDate", &about.modification_date)] {
        if let Some(moment) = moment {
            write_name(&mut out, name.as_bytes());
            write_string(&mut out, date(moment).as_bytes(), false);
        }
    }
    out.extend_from_slice(b">>");
    out
}

/// Formats a date as PDF requires (7.9.4).
fn date(moment: &DateTime) -> String {
    let DateTime { year, month, day, hour, minute, second, utc_offset_hour, utc_offset_minute } = moment;
    let sign = if *utc_offset_hour < 0 { '-' } else { '+' };
    let hours = utc_offset_hour.unsigned_abs();
    format!(
        "D:{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}{sign}{hours:02}'{utc_offset_minute:02}'"
    )
}

/// Removes from XMP the claim to be PDF/A, which forbids encryption (ISO 19005-2, 6.1.3). The claim to be PDF/UA stays
/// true.
pub(super) fn without_pdfa(xmp: &str) -> String {
    let mut text = xmp.to_owned();
    for name in ["part", "conformance", "amd", "corr", "rev"] {
        text = without(&text, &format!("<pdfaid:{name}>"), &format!("</pdfaid:{name}>"));
        text = without(&text, &format!("pdfaid:{name}=\""), "\"");
    }
    text
}

/// Removes from `text` each part that begins with `from` and ends with the next `to`.
fn without(text: &str, from: &str, to: &str) -> String {
    let mut pieces = text.split(from);
    let mut rest = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once(to) {
            Some((_, after)) => rest.push_str(after),
            None => rest.extend([from, piece]),
        }
    }
    rest
}
