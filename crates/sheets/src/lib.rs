//! Enters: the bytes of somebody's sheet. Leaves: its rows as typed cells with their places, what was found out about its
//! form, and what no reader should guess at; and workbooks of our own. Never: computes a formula, follows a link, or holds
//! more of a file than its bounds.

mod look;
mod mended;
mod open_document;
mod package;
mod plain;
mod read;
mod sheet;
mod template;
mod workbook;

pub use mended::with_faults;
pub use read::{ReadAs, read};
pub use sheet::{
    CELL_CHARS_MAX, CELLS_MAX, COLUMNS_MAX, Cell, FAULTS_HEADING, ROWS_MAX, Refused, Row, SHEET_BYTES_MAX,
    Sheet, SheetFault, TEXT_BYTES_MAX, UNPACKED_BYTES_MAX, column_letters,
};
pub use template::{Answer, Column, Template, template};
