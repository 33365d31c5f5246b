//! Enters: the folders under `templates/_companions/`. Leaves: the sheets that may accompany a letter: an approved
//! translation, or an explanation in plain language. Never: lets one replace the letter, or go out when the text that
//! it was approved for has changed.

use super::{Kind, fault_at};
use crate::render::languages::Language;
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{KindName, Sha256};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// The folder of the companions.
pub const COMPANIONS: &str = "_companions";
/// The template of a companion.
const SHEET: &str = "sheet.typ";
/// The approvals that a companion needs: its author or translator, and somebody else.
const APPROVALS: usize = 2;

/// A sheet that goes with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Companion {
    /// The path of its template from the catalogue's root.
    pub main: String,
    /// What the list of documents calls it.
    pub title: String,
    /// The language of its readers; without one it goes with everybody's letter.
    pub language: Option<String>,
    /// The language and the direction of its own words, for screen readers; without one, English.
    pub spoken: Option<Language>,
    /// The kinds that it accompanies.
    pub with: BTreeSet<KindName>,
}

impl Companion {
    /// Whether it accompanies a letter of `kind` to somebody who speaks `language`.
    pub fn accompanies(&self, kind: &KindName, language: Option<&str>) -> bool {
        let spoken =
            |own: &String| language.is_some_and(|spoken| own.to_lowercase() == spoken.to_lowercase());
        self.with.contains(kind) && self.language.as_ref().is_none_or(spoken)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompanionToml {
    title: Spanned<String>,
    language: Option<Spanned<String>>,
    /// The BCP 47 tag of its words, and how their lines run.
    tag: Option<Spanned<String>>,
    direction: Option<Direction>,
    with: Spanned<Vec<Spanned<String>>>,
    /// The text that it renders: a file of the templates, as it was when the companion was approved.
    of: Spanned<Of>,
    approval: Spanned<Vec<Approval>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Direction {
    LeftToRight,
    RightToLeft,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Of {
    file: String,
    sha256: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Approval {
    by: String,
    #[serde(deserialize_with = "day")]
    #[expect(dead_code, reason = "read so that a day that is none is a fault")]
    on: NaiveDate,
}

fn day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let date = toml::value::Datetime::deserialize(deserializer)?;
    let parsed = date.to_string().parse();
    parsed.map_err(|_| serde::de::Error::custom("write a date such as 2026-03-03"))
}

/// Reads the companions among `files`, and appends every fault.
pub(super) fn read(
    files: &BTreeMap<String, String>,
    kinds: &BTreeMap<KindName, Kind>,
    faults: &mut Vec<Fault>,
) -> Vec<Companion> {
    let inside =
        files.keys().filter_map(|path| path.strip_prefix(COMPANIONS)?.strip_prefix('/')?.split_once('/'));
    let names: BTreeSet<&str> = inside.map(|(name, _)| name).collect();
    names.into_iter().filter_map(|name| companion(name, files, kinds, faults)).collect()
}

fn companion(
    name: &str,
    files: &BTreeMap<String, String>,
    kinds: &BTreeMap<KindName, Kind>,
    faults: &mut Vec<Fault>,
) -> Option<Companion> {
    let (path, sheet) =
        (format!("{COMPANIONS}/{name}/companion.toml"), format!("{COMPANIONS}/{name}/{SHEET}"));
    let Some(text) = files.get(&path).filter(|_| files.contains_key(&sheet)) else {
        let cure = "a companion has companion.toml and sheet.typ, which defines `document`";
        let at = format!("templates/{COMPANIONS}/{name}");
        faults.push(Fault::new(at, "companion.file", "one of its files is missing", cure));
        return None;
    };
    let found: CompanionToml = match toml::from_str(text) {
        Ok(found) => found,
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            let cure = "write title, with = [..], of = { file, sha256 }, [[approval]] with by and on, and for a translation language, tag, direction = \"left-to-right\" or \"right-to-left\"";
            faults.push(fault_at(&path, text, at, "companion.toml", error.message(), cure));
            return None;
        }
    };
    let before = faults.len();
    let mut fault =
        |at: usize, code, cause: &str, cure: &str| faults.push(fault_at(&path, text, at, code, cause, cure));
    let mut with = BTreeSet::new();
    for kind in found.with.get_ref() {
        let known = kind.get_ref().parse::<KindName>().ok().and_then(|name| kinds.get(&name));
        match known {
            Some(kind) if !kind.anonymous => drop(with.insert(kind.name.clone())),
            _ => fault(
                kind.span().start,
                "companion.kind",
                "there is no such kind, or it knows of no person",
                "name kinds with a letter",
            ),
        }
    }
    let people: BTreeSet<&str> = found.approval.get_ref().iter().map(|one| one.by.trim()).collect();
    if people.len() < APPROVALS || people.contains("") {
        let cure = "add an [[approval]] of a second person, with by and on";
        fault(found.approval.span().start, "companion.approval", "it takes two people to approve it", cure);
    }
    let Of { file, sha256 } = found.of.get_ref();
    let now = files.get(file).map(|text| Sha256::of(text.as_bytes()).to_string());
    if now.as_deref() != Some(sha256) {
        let cause = match &now {
            None => "the templates have no such file".to_owned(),
            Some(now) => format!("the words have changed since it was approved: their SHA-256 is {now}"),
        };
        let cure =
            "have it looked at and approved again, then write that SHA-256 here; or take the companion away";
        fault(found.of.span().start, "companion.outdated", &cause, cure);
    }
    let spoken = spoken(&found, &path, text, faults);
    (faults.len() == before).then(|| Companion {
        main: format!("/{sheet}"),
        title: found.title.into_inner(),
        language: found.language.map(Spanned::into_inner),
        spoken,
        with,
    })
}

/// Returns the language of its own words. A translation must say it: read with an English voice, it is noise.
fn spoken(found: &CompanionToml, path: &str, text: &str, faults: &mut Vec<Fault>) -> Option<Language> {
    const CURE: &str = "write tag = \"..\", a language and if need be a region as in BCP 47, such as \"ti\" or \"fa-AF\", and \
                        direction = \"left-to-right\" or \"right-to-left\"";
    let mut fault = |at: usize, cause: &str| {
        faults.push(fault_at(path, text, at, "companion.language", cause, CURE));
    };
    match (&found.tag, found.direction, &found.language) {
        (Some(tag), Some(direction), _) => {
            let spoken = Language::parse(tag.get_ref(), direction == Direction::RightToLeft);
            if spoken.is_none() {
                fault(tag.span().start, "this is no tag of a language that a PDF can say");
            }
            spoken
        }
        (None, None, None) => None,
        (tag, _, language) => {
            let at = tag.as_ref().or(language.as_ref()).map_or(0, |one| one.span().start);
            fault(at, "it does not say in which language, and in which direction, its words are read");
            None
        }
    }
}
