//! Enters: jobs and clear mail values. Leaves: PDFs made in worker processes, and mail bodies.
//! Never: reads a clock or a network, or writes case data to disk.

/// The data that a template is given.
pub mod data;
/// One typst world in memory: a job into a PDF.
pub mod engine;
/// What crosses to a worker and back.
pub mod job;
/// The clear cover email: subject, text, HTML.
pub mod mail;
/// The worker processes: limits, replacement, several threads at once.
pub mod pool;
/// The child's side of a worker.
pub mod worker;
