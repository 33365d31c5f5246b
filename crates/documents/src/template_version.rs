//! Enters: nothing by itself. Leaves: one version of a kind's templates, as the ledger stores it.
//! Never: reads a template (the catalogue does).

use despatch_core::words::{KindName, Sha256};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One version of a kind's templates, identified by content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateVersion {
    pub kind: KindName,
    /// The SHA-256 of the list of fonts.
    pub fonts: Sha256,
    /// The version of the typesetting engine.
    pub typst: String,
    /// By path under `templates/`.
    pub files: BTreeMap<String, String>,
}

impl TemplateVersion {
    /// Returns the hash of all of it.
    pub fn hash(&self) -> Sha256 {
        let mut all = format!("{}\n{}\n{}\n", self.kind, self.fonts, self.typst).into_bytes();
        for (path, text) in &self.files {
            // Lengths delimit the files unambiguously.
            all.extend_from_slice(format!("{} {path}\n{}\n", path.len(), text.len()).as_bytes());
            all.extend_from_slice(text.as_bytes());
        }
        Sha256::of(&all)
    }
}
