//! Enters: jobs, PDFs of others and clear mail values. Leaves: PDFs made and looked at in worker processes,
//! and mail bodies. Never: reads a clock or a network, or writes case data to disk.

mod data;
/// One typst world in memory: a job into a PDF.
pub mod engine;
/// What crosses to a worker and back.
pub mod job;
mod event;
mod lock_pdf;
/// Every font there is, and which characters they have.
pub mod fonts;
/// What the letters of one despatch may say.
pub mod facts;
/// How a page looks: a small picture, and its words.
pub mod look;
/// The clear cover email: subject, text, HTML.
pub mod mail;
mod pdf;
mod pdf_text;
mod pdf_unseen;
/// The worker processes: limits, replacement, several threads at once.
pub mod pool;
/// The child's side of a worker.
pub mod worker;
