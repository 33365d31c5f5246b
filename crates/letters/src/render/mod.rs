//! Enters: jobs, third-party PDFs and clear mail values. Leaves: PDFs rendered and inspected in worker processes, and
//! mail bodies. Never: reads a clock or the network, or writes case data to disk.

mod about;
mod data;
/// The typst engine: renders a job to a PDF in memory.
pub mod engine;
/// The types exchanged with a worker.
pub mod job;
mod event;
mod frames;
mod ink;
/// Languages of documents and names.
pub mod languages;
mod lock_pdf;
/// The fonts, and the characters that they cover.
pub mod fonts;
/// What the letters of one despatch may say.
pub mod facts;
/// Pages as small pictures, with their text.
pub mod look;
/// The clear cover email: subject, text, HTML.
pub mod mail;
mod named;
mod overprint;
/// Pages of anybody's documents as pictures.
pub mod page_picture;
mod pdf;
mod pdf_behind;
mod pdf_drawn;
mod pdf_fields;
mod pdf_line;
mod pdf_text;
mod pdf_type3;
mod pdf_unseen;
mod reading;
mod texts;
/// The worker processes: limits, replacement, several threads at once.
pub mod pool;
/// The worker process itself.
pub mod worker;
