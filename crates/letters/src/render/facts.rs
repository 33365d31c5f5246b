//! Enters: nothing by itself. Leaves: everything that the letters of one despatch may say, as types.
//! Never: shapes it for templates (`data` and `event` do).

use crate::catalogue::Kind;
use despatch_core::words::Sha256;
use despatch_process::case::Case;
use despatch_process::{Pack, Place, Places, Plan, Planned};
use despatch_settings::Letterhead;
use serde::Serialize;

/// A party's name and organisation in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Party {
    pub name: String,
    pub organisation: String,
}

/// One document as the cover note lists it; the cover note itself is number 1 and is not listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    pub number: usize,
    pub title: String,
    /// The file name before sealing.
    pub file: String,
    pub relevance: Option<String>,
    /// `None` if the pages cannot be counted.
    pub pages: Option<usize>,
    pub sha256: Sha256,
}

/// Everything that the letters of one despatch may say.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub case: &'a Case,
    pub plan: &'a Plan,
    pub planned: &'a Planned,
    pub kind: &'a Kind,
    pub pack: &'a Pack,
    pub place: &'a Place,
    /// Where the person was before a transfer.
    pub from: Option<&'a Place>,
    /// Every place, because an appointment need not be where the person is now.
    pub places: &'a Places,
    pub sender: &'a Letterhead,
    pub recipient: &'a Party,
    pub representative: Option<&'a Party>,
    pub doctor: Option<&'a Party>,
    pub decision_maker: Option<&'a Party>,
    pub demo: bool,
}

/// Returns "A" or "An" for the name of a language, by sound: "a Ukrainian", "a Uyghur", "a Ewe".
pub fn article(language: &str) -> &'static str {
    /// Names that are spelt with an initial vowel and spoken with a consonant.
    const SPOKEN_WITH_A_CONSONANT: [&str; 4] = ["ukrainian", "uyghur", "uighur", "ewe"];
    let name = language.to_lowercase();
    let vowel = name.starts_with(['a', 'e', 'i', 'o', 'u', 'á', 'é', 'í', 'ó', 'ú']);
    let consonant = SPOKEN_WITH_A_CONSONANT.iter().any(|word| name.starts_with(word));
    if vowel && !consonant { "An" } else { "A" }
}
