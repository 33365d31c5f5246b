//! Enters: the hash that a despatch names. Leaves: the templates from which it was made, or two versions side by side.
//! Never: changes the current templates.

use super::sheet::{documents, head, strip};
use super::{Templates, alike, kind};
use crate::office::OUTBOX;
use crate::operations::{Failure, OpenOffice};
use crate::pipeline::examples::looks;
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{KindName, Sha256};
use despatch_documents::template_version::TemplateVersion;
use despatch_ledger::{Kept, Ledger};
use despatch_letters::catalogue::Catalogue;
use despatch_letters::render::mail::{Mailer, escape_html};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The name of the version in use.
const CURRENT: &str = "current";
/// The name of the version built into the program.
const BUILT_IN: &str = "built-in";

/// The templates from which a despatch was made.
#[derive(Debug, Serialize)]
pub struct VersionShown {
    pub hash: Sha256,
    /// The day from which it could be used.
    pub since: NaiveDate,
    pub version: TemplateVersion,
}

/// Returns the version whose hash has this prefix.
///
/// # Errors
/// This is not a prefix of a hash; no version used here has it, or several have.
pub fn show(templates: &Templates, beginning: &str) -> Result<VersionShown, Failure> {
    let fault = |cause: &str| {
        let cure = "`despatch outbox show ID` names the version of a despatch; write 6 letters and digits of it or more";
        Failure::from(Fault::new(beginning, "template.version", cause, cure))
    };
    if beginning.len() < 6 || !beginning.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(fault("this is not the beginning of a hash"));
    }
    let outbox = templates.office.join(OUTBOX);
    if !outbox.is_dir() {
        return Err(fault("there is no outbox here, so no version is kept"));
    }
    let mut found = Ledger::open(&outbox)?.versions(&beginning.to_lowercase())?;
    match (found.pop(), found.is_empty()) {
        (Some(Kept { hash, version, since }), true) => Ok(VersionShown { hash, since, version }),
        (None, _) => Err(fault("no version of this hash was used here")),
        _ => Err(fault("several versions begin with it")),
    }
}

/// A request to compare two versions of a kind: each a hash or its prefix, "current" or "built-in".
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DiffVersions {
    pub kind: KindName,
    pub a: String,
    pub b: String,
}

/// Two versions side by side.
#[derive(Debug)]
pub struct VersionDiff {
    pub html: String,
    pub documents: usize,
    /// The documents that look different.
    pub changed: Vec<String>,
}

/// Draws two versions of a kind side by side.
///
/// # Errors
/// One of them does not exist, or its templates have faults.
pub fn diff(templates: &Templates, request: &DiffVersions) -> Result<VersionDiff, Failure> {
    let DiffVersions { kind, a, b } = request;
    let (one, other) = (drawn(templates, kind, a)?, drawn(templates, kind, b)?);
    let (one, other) = (documents(&one), documents(&other));
    let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let mut html = head(&format!("{kind}: {a} and {b}"));
    let mut changed = Vec::new();
    for name in &names {
        let (before, after) = (one.get(*name), other.get(*name));
        let differ = !all_alike(before, after);
        if differ {
            changed.push((*name).clone());
        }
        html += &format!(
            "<h2>{}{}</h2>\n<h3>{}</h3>\n{}<h3>{}</h3>\n{}",
            escape_html(name),
            if differ { ": changed" } else { "" },
            escape_html(a),
            strip(name, before.map(Vec::as_slice).unwrap_or_default(), differ),
            escape_html(b),
            strip(name, after.map(Vec::as_slice).unwrap_or_default(), differ),
        );
    }
    html += "</body>\n</html>\n";
    Ok(VersionDiff { html, documents: names.len(), changed })
}

fn all_alike(one: Option<&Vec<(&str, &[u8])>>, other: Option<&Vec<(&str, &[u8])>>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return false };
    type File<'a> = (&'a str, &'a [u8]);
    let same = |(a, b): (&File<'_>, &File<'_>)| a.0 == b.0 && alike(a.0, a.1, b.1);
    one.len() == other.len() && one.iter().zip(other).all(same)
}

/// Renders the current examples with one version.
fn drawn(templates: &Templates, name: &KindName, which: &str) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let current = templates.catalogue()?;
    let catalogue = match which {
        CURRENT => current,
        BUILT_IN => Catalogue::load(None)?,
        hash => {
            let version = show(templates, hash)?.version;
            if version.kind != *name {
                let cause = format!("that is a version of {}", version.kind);
                return Err(Fault::new(hash, "template.version", cause, "name that kind").into());
            }
            with_examples(version, &current)?
        }
    };
    let kind = kind(&catalogue, name)?;
    Ok(looks(&catalogue, kind, &templates.pool(&catalogue, 2)?, &Mailer::new(&catalogue)?)?)
}

/// The texts of one version of a kind.
///
/// # Errors
/// There is no such kind or version, or the ledger cannot be read.
pub(super) fn files_of(
    open: &mut OpenOffice,
    name: &KindName,
    which: &str,
) -> Result<BTreeMap<String, String>, Failure> {
    kind(&open.office.catalogue, name)?;
    match which {
        CURRENT => Ok(open.office.catalogue.version(name).files),
        BUILT_IN => Ok(Catalogue::load(None)?.version(name).files),
        hash => {
            let known = open.ledger.versions_of(name)?;
            let found =
                known.iter().find(|(known, _)| hash.len() >= 6 && known.to_string().starts_with(hash));
            let unknown = || {
                let cure = "choose one of those that the page of the kind lists";
                Fault::new(hash, "template.version", "no version of this kind begins so", cure)
            };
            let (found, _) = found.ok_or_else(unknown)?;
            let kept = open.ledger.versions(&found.to_string())?.pop();
            Ok(kept.ok_or_else(unknown)?.version.files)
        }
    }
}

fn with_examples(version: TemplateVersion, current: &Catalogue) -> Result<Catalogue, Vec<Fault>> {
    let examples =
        current.examples(&version.kind).map(|(path, data)| (path.to_owned(), data.to_string().into_bytes()));
    let mut files: BTreeMap<String, Vec<u8>> = examples.collect();
    files.extend(version.files.into_iter().map(|(path, text)| (path, text.into_bytes())));
    Catalogue::from_files(files)
}
