//! Enters: the XML of a sheet. Leaves: the workbook around it. Never: a real person.

use despatch_sheets::{Cell, ReadAs, Refused, Sheet, read};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A zip of files.
pub(crate) fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in files {
        zip.start_file(*name, packed).expect("a file");
        zip.write_all(content).expect("its content");
    }
    zip.finish().expect("a zip").into_inner()
}

/// An Excel workbook with one sheet: what stands in its `worksheet` element.
pub(crate) fn excel(sheet: &str) -> Vec<u8> {
    excel_with(sheet, "", "")
}

/// An Excel workbook with styles, and with attributes of its sheet in the list.
pub(crate) fn excel_with(sheet: &str, styles: &str, listed: &str) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
                 <Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>";
    let root = format!(
        "<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" \
         Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>\
         <sheet name=\"Rows\" sheetId=\"1\" r:id=\"rId1\" {listed}/></sheets></workbook>"
    );
    let places = format!(
        "<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/worksheet\" \
         Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"{OFFICE}/styles\" \
         Target=\"styles.xml\"/></Relationships>"
    );
    let styles = format!("<styleSheet xmlns=\"{MAIN}\">{styles}</styleSheet>");
    let sheet = format!("<worksheet xmlns=\"{MAIN}\">{sheet}</worksheet>");
    zip_of(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", places.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

/// An OpenDocument spreadsheet with what stands in its table.
pub(crate) fn open_document(table: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\" xmlns:calcext=\"c\">\
         <office:body><office:spreadsheet><table:table table:name=\"Rows\">{table}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    zip_of(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_bytes()),
    ])
}

/// Reads the first sheet.
pub(crate) fn first(bytes: &[u8]) -> Result<Sheet, Refused> {
    read(bytes, &ReadAs::default())
}

/// Reads the first sheet of what is sound.
pub(crate) fn sheet(bytes: &[u8]) -> Sheet {
    first(bytes).unwrap_or_else(|refused| panic!("{refused:?}"))
}

/// Why it is refused.
pub(crate) fn refused(bytes: &[u8]) -> String {
    match first(bytes) {
        Err(refused) => refused.cause,
        Ok(sheet) => panic!("it was read: {} rows", sheet.rows.len()),
    }
}

pub(crate) fn text(words: &str) -> Cell {
    Cell::Text(words.to_owned())
}

/// The rows, each with its number.
pub(crate) fn rows(sheet: &Sheet) -> Vec<(u32, Vec<Cell>)> {
    sheet.rows.iter().map(|row| (row.number, row.cells.clone())).collect()
}
