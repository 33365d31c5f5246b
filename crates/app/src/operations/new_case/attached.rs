//! Enters: the bytes of a file and the name that it came with. Leaves: what a case file says of it as an attachment.
//! Never: takes a name as it came.

use despatch_core::words::Sha256;
use despatch_process::case::{MAX_ATTACHMENT_BYTES, MAX_FILE_NAME};
use std::collections::BTreeSet;
use std::path::Path;

/// The signature at the start of every PDF (ISO 32000-2, 7.5.2).
const PDF: &[u8] = b"%PDF-";

/// What a case file states about an attachment.
#[derive(Debug, Clone)]
pub struct Found {
    /// A name that a case file accepts.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// Of its bytes.
    pub sha256: Sha256,
}

/// Gives a file an unused name. `taken` has the other names, in lower case.
///
/// # Errors
/// It is not a PDF, or too large; the text is one sentence without a full stop.
pub fn found(given: &str, bytes: &[u8], taken: &BTreeSet<String>) -> Result<Found, String> {
    if !bytes.starts_with(PDF) {
        return Err("this is not a PDF: save it as one".to_owned());
    }
    if bytes.len() as u64 > MAX_ATTACHMENT_BYTES {
        return Err("it has more than 25 MiB".to_owned());
    }
    let given = Path::new(given).file_stem().map(|name| name.to_string_lossy().into_owned());
    let plain = plain(&given.unwrap_or_default());
    let numbered = std::iter::once(String::new()).chain((2..=u32::MAX).map(|number| format!("-{number}")));
    let name = numbered
        .map(|number| format!("{plain}{number}.pdf"))
        .find(|name| !taken.contains(&name.to_ascii_lowercase()))
        .unwrap_or_default();
    Ok(Found { name, size: bytes.len() as u64, sha256: Sha256::of(bytes) })
}

/// Replaces what a case file does not accept in a file name.
fn plain(name: &str) -> String {
    let good = |c: char| c.is_ascii_alphanumeric() || " ._-()".contains(c);
    let name: String = name.chars().map(|c| if good(c) { c } else { '-' }).collect();
    let name = name.replace("..", ".-");
    let name = name.trim_start_matches(['.', '-', ' ']);
    // Leaves room for the extension and a number.
    let name: String = name.chars().take(MAX_FILE_NAME.saturating_sub(16)).collect();
    if name.is_empty() { "attachment".to_owned() } else { name.trim_end_matches(['.', ' ']).to_owned() }
}
