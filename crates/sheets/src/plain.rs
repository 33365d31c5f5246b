//! Enters: the bytes of a text file of separated values. Leaves: its cells as text, with the encoding and the separator
//! that were found. Never: guesses in silence: what was found is said.

use crate::sheet::{Cell, Refused, Rows, Sheet, SheetFault};
use csv::{ReaderBuilder, StringRecord, Terminator};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// What may separate values, each with its name; of two that are as frequent, the first.
const SEPARATORS: [(u8, &str); 3] = [(b',', "commas"), (b';', "semicolons"), (b'\t', "tabs")];

/// Reads separated values.
///
/// # Errors
/// It is no text, or beyond the bounds.
pub(crate) fn read(bytes: &[u8]) -> Result<Sheet, Refused> {
    let (text, encoding) = decoded(bytes)?;
    let (text, announced) = announced(&text);
    let (separator, name) = announced.unwrap_or_else(|| separator(text));
    let mut rows = Rows::default();
    let mut faults = Vec::new();
    let mut width = None;
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .terminator(Terminator::Any(b'\n'))
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut next = u32::from(announced.is_some());
    loop {
        let before = reader.position().line();
        let more = reader.read_record(&mut record).map_err(|error| {
            Refused::new(
                format!("it cannot be read as separated values: {error}"),
                "save it again as a CSV file",
            )
        })?;
        if !more {
            break;
        }
        // The reader passes over empty lines, which are rows too.
        let lines = reader.position().line().saturating_sub(before);
        let inside: usize = record.iter().map(|value| value.matches('\n').count()).sum();
        let is_ended = text.ends_with('\n') || reader.position().byte() < text.len() as u64;
        let own = inside as u64 + u64::from(is_ended);
        let row = next.saturating_add(u32::try_from(lines.saturating_sub(own)).unwrap_or(u32::MAX));
        next = row.saturating_add(1);
        for (column, value) in record.iter().enumerate() {
            rows.put(row, u32::try_from(column).unwrap_or(u32::MAX), Cell::of_text(value))?;
        }
        let wide = *width.get_or_insert(record.len());
        if record.iter().skip(wide).any(|value| !value.trim().is_empty()) {
            faults.push(too_wide(row, record.len(), wide));
        }
    }
    let said = vec![encoding, format!("separated by {name}")];
    Ok(Sheet { said, rows: rows.into_rows(), faults })
}

/// A row with more values than there are headings: they may stand under wrong ones.
fn too_wide(row: u32, has: usize, wide: usize) -> SheetFault {
    SheetFault {
        row: Some(row.saturating_add(1)),
        column: None,
        cause: format!(
            "this row has {has} values and there are {wide} headings: values may stand in wrong columns"
        ),
        cure: "put a value that has a separator in it into quotation marks, or save the sheet again"
            .to_owned(),
    }
}

/// The text of the file, and the name of its encoding: what its first bytes say, else UTF-8 if it is that, else that of
/// Windows in western Europe.
fn decoded(bytes: &[u8]) -> Result<(String, String), Refused> {
    let (encoding, marked) = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => (encoding, true),
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, false),
        None => (WINDOWS_1252, false),
    };
    let (text, _, broken) = encoding.decode(bytes);
    let holds_nul = text.contains('\0');
    if broken || holds_nul {
        let cause =
            if holds_nul { "it has characters that no text has (NUL)" } else { "its text is damaged" };
        return Err(Refused::new(cause, "save it again, as an Excel workbook or as a CSV file in UTF-8"));
    }
    let name = match encoding.name() {
        "UTF-8" => "UTF-8",
        "UTF-16LE" | "UTF-16BE" => "UTF-16",
        _ => "Windows-1252",
    };
    let guess = if marked || encoding == UTF_8 { "" } else { " (a guess: see that accents are right)" };
    // Lines end in one way from here on, in cells too.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    Ok((text, format!("{name}{guess}")))
}

/// What a first line `sep=;` says, as Excel writes and hides it, and the text after it.
fn announced(text: &str) -> (&str, Option<(u8, &'static str)>) {
    let found = SEPARATORS.into_iter().find_map(|(byte, name)| {
        let rest = text.strip_prefix("sep=")?.strip_prefix(char::from(byte))?;
        Some((rest.strip_prefix('\n')?, (byte, name)))
    });
    match found {
        Some((rest, separator)) => (rest, Some(separator)),
        None => (text, None),
    }
}

/// The separator of the line of headings: the most frequent outside of quotation marks.
fn separator(text: &str) -> (u8, &'static str) {
    let mut counts = [0_usize; SEPARATORS.len()];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted && counts.iter().any(|count| *count > 0) => break,
            _ if quoted => {}
            _ => {
                let at = SEPARATORS.iter().position(|(separator, _)| *separator == byte);
                at.and_then(|at| counts.get_mut(at)).into_iter().for_each(|count| *count += 1);
            }
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    let found = SEPARATORS.into_iter().zip(counts).find(|(_, count)| *count == most);
    found.map_or((b',', "commas"), |(separator, _)| separator)
}
