//! Enters: the bytes of a composed message. Leaves: what its recipient's mail program shows before anything is opened.
//! Never: vouches for it, or opens a sealed part.

use super::decoding::{header, one_line};
use super::mime;
use serde::Serialize;

/// A cover email, as a mail program shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SeenEmail {
    pub from: String,
    pub to: String,
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The names and sizes, in bytes, of what comes with it.
    pub files: Vec<(String, usize)>,
}

/// Reads what a message shows; empty if it is none.
pub fn seen(message: &[u8]) -> SeenEmail {
    let emails = mime::emails(message);
    let Some(email) = emails.first() else { return SeenEmail::default() };
    let value =
        |name: &str| email.headers.value(name).map_or_else(String::new, |value| one_line(&header(value)));
    let text = email.leaves.iter().find(|leaf| leaf.kind == "text/plain" && !leaf.is_attachment);
    let files = email.leaves.iter().filter(|leaf| leaf.is_attachment);
    SeenEmail {
        from: value("from"),
        to: value("to"),
        subject: value("subject"),
        text: text.and_then(mime::Leaf::text).unwrap_or_default(),
        files: files.map(|leaf| (leaf.name.clone().unwrap_or_default(), leaf.bytes.len())).collect(),
    }
}
