//! Sheets as people and programs save them, and as nobody should: read into cells with their places, or refused.

mod hostile;
mod libreoffice;
mod made;
mod open_document;
mod plain;
mod workbook;
mod written;
