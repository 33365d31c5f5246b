//! Enters: templates, planned documents and PDFs of others. Leaves: letters, cover emails, calendar files, and what
//! was found in the PDFs. Never: decides who gets what, or seals anything.

/// The kinds found under `templates/`, checked whole before anything is made.
pub mod catalogue;
/// Appointments and deadlines as the text of a calendar file.
pub mod ics;
/// A planned document into a PDF (in worker processes) and a cover email into text and HTML.
pub mod render;
