//! Enters: templates, planned documents and third-party PDFs. Leaves: letters, cover emails, calendar files, and the
//! inspections of the PDFs. Never: decides who gets what, or seals anything.

/// The kinds under `templates/`, all checked before anything is made.
pub mod catalogue;
/// Appointments and deadlines as a calendar file.
pub mod ics;
/// Rendering of planned documents to PDF (in worker processes), and of cover emails to text and HTML.
pub mod render;
