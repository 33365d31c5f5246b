//! Letters and emails without an office: templates are checked, typeset, read back as words.

mod catalogue;
mod engine;
mod ics;
mod mail;
mod shaper;
mod words;
mod words_of_reviews;
