//! Enters: the text of a `kind.toml`. Leaves: the kind, or every fault of its folder and its values.
//! Never: reads a template.

use super::{COVER_NOTE, Document, Kind, MAIL, SHARED, fault_at};
use despatch_core::fault::{Fault, Refusal};
use despatch_core::words::{KindName, Role};
use despatch_process::case::AttachmentKind;
use despatch_process::packs::marking::{Descriptor, Handling, KindMarking};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// The letter of a kind that does not list its documents.
const LETTER: &str = "letter.typ";
/// The files that every kind has.
const REQUIRED: [&str; 2] = ["kind.toml", COVER_NOTE];

/// `kind.toml` as written; its values are checked one by one, so that all faults are reported.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindToml {
    title: Spanned<String>,
    summary: Spanned<String>,
    roles: Spanned<Vec<Spanned<String>>>,
    needs: Vec<Spanned<String>>,
    #[serde(default)]
    anonymous: bool,
    #[serde(default)]
    calendar: bool,
    #[serde(default)]
    attachments: Vec<AttachmentKind>,
    #[serde(default)]
    marking: MarkingToml,
    #[serde(default)]
    document: Vec<Spanned<Document>>,
}

/// The kind's additions to the pack's marking.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkingToml {
    handling: Option<Spanned<String>>,
    #[serde(default)]
    descriptors: Vec<Descriptor>,
}

/// Reads one kind, and appends every fault of its own.
pub(super) fn read_kind(
    folder: &str,
    files: &BTreeMap<String, String>,
    replaced: &BTreeSet<String>,
    faults: &mut Vec<Fault>,
) -> Option<Kind> {
    missing_files(folder, files, faults);
    let Ok(name) = folder.parse::<KindName>() else {
        faults.push(Fault::new(
            format!("templates/{folder}"),
            "catalogue.name",
            "this is not a name for a kind",
            format!("name the folder with {}", KindName::PATTERN),
        ));
        return None;
    };
    let path = format!("{folder}/kind.toml");
    let text = files.get(&path)?;
    let found = match toml::from_str::<KindToml>(text) {
        Ok(found) => found,
        Err(error) => {
            let offset = error.span().map_or(0, |span| span.start);
            let cure = "write title, summary, roles = [..] and needs = [..], if need be anonymous, calendar, attachments, [marking] and [[document]], \
                        and nothing else";
            faults.push(fault_at(&path, text, offset, "catalogue.toml", error.message(), cure));
            return None;
        }
    };
    let before = faults.len();
    let roles = check_words(&path, text, &found, faults);
    for document in &found.document {
        let file = &document.get_ref().file;
        if !file.ends_with(".typ") || file == COVER_NOTE || !files.contains_key(&format!("{folder}/{file}")) {
            let cure = "name a .typ file of this folder that defines `document`";
            let at = document.span().start;
            faults.push(fault_at(&path, text, at, "catalogue.document", "this letter has no template", cure));
        }
    }
    let marking = check_marking(&path, text, &found.marking, &roles, faults);
    (faults.len() == before).then(|| Kind {
        documents: documents(folder, &found, files),
        anonymous: found.anonymous,
        calendar: found.calendar,
        attachments: found.attachments,
        marking,
        overlaid: replaced.contains(folder),
        name,
        title: found.title.into_inner(),
        summary: found.summary.into_inner(),
        roles,
        needs: found.needs.into_iter().map(Spanned::into_inner).collect(),
    })
}

/// Appends a fault for each file that the kind lacks, including the parts of the shared email.
fn missing_files(folder: &str, files: &BTreeMap<String, String>, faults: &mut Vec<Fault>) {
    let has = |folder: &str, name: &str| files.contains_key(&format!("{folder}/{name}"));
    let mut missing = |name: &str, cause: &str, cure: &str| {
        faults.push(Fault::new(format!("templates/{folder}/{name}"), "catalogue.missing_file", cause, cure));
    };
    for name in REQUIRED.into_iter().filter(|name| !has(folder, name)) {
        missing(name, "the kind lacks this file", "add it; every kind has kind.toml and cover-note.typ");
    }
    for name in MAIL.into_iter().filter(|name| !has(folder, name) && !has(SHARED, name)) {
        let cure = "add it to _shared, for every kind, or to the folder of this one";
        missing(name, "neither the kind nor _shared has this part of the email", cure);
    }
}

/// Returns the letters that `kind.toml` lists; if it lists none, `letter.typ`, if that exists.
fn documents(folder: &str, found: &KindToml, files: &BTreeMap<String, String>) -> Vec<Document> {
    if !found.document.is_empty() {
        return found.document.iter().map(|document| document.get_ref().clone()).collect();
    }
    let letter = files.contains_key(&format!("{folder}/{LETTER}"));
    let one = || Document { file: LETTER.to_owned(), title: found.title.get_ref().clone(), to: Vec::new() };
    letter.then(one).into_iter().collect()
}

/// Reads the marking that a kind adds; a handling instruction that excludes a role of the kind is a fault.
fn check_marking(
    path: &str,
    text: &str,
    found: &MarkingToml,
    roles: &[Role],
    faults: &mut Vec<Fault>,
) -> KindMarking {
    let mut marking = KindMarking { handling: None, descriptors: found.descriptors.clone() };
    let Some(handling) = &found.handling else { return marking };
    let mut fault = |cause: &str, cure: &str| {
        faults.push(fault_at(path, text, handling.span().start, "catalogue.marking", cause, cure));
    };
    match handling.get_ref().parse::<Handling>() {
        Ok(parsed) => {
            if let Some(role) = roles.iter().find(|role| !parsed.allows(**role)) {
                let cause = format!("{parsed} keeps out the {}, who may get this kind", role.label());
                fault(&cause, "choose another instruction");
            }
            marking.handling = Some(parsed);
        }
        Err(Refusal { cause, cure }) => fault(cause, cure),
    }
    marking
}

/// Returns the roles, and appends a fault for each invalid value of `kind.toml`.
fn check_words(path: &str, text: &str, found: &KindToml, faults: &mut Vec<Fault>) -> Vec<Role> {
    let mut fault =
        |at: usize, code, cause: &str, cure: &str| faults.push(fault_at(path, text, at, code, cause, cure));
    for words in [&found.title, &found.summary] {
        if words.get_ref().trim().is_empty() {
            fault(words.span().start, "catalogue.toml", "it is empty", "write it; people read it");
        }
    }
    if found.roles.get_ref().is_empty() {
        let cure = "name the roles that may get this kind";
        fault(found.roles.span().start, "catalogue.role", "no role may get this kind", cure);
    }
    for need in &found.needs {
        if !need.get_ref().starts_with('/') {
            let cure = "write a JSON pointer into the data, such as /event/appointment";
            fault(need.span().start, "catalogue.need", "this is not a JSON pointer", cure);
        }
    }
    let mut roles = Vec::new();
    for word in found.roles.get_ref() {
        match Role::ALL.into_iter().find(|role| role.code() == word.get_ref()) {
            Some(role) => roles.push(role),
            None => {
                let cause = format!("there is no role {:?}", word.get_ref());
                let cure = format!("use one of {}", Role::ALL.map(Role::code).join(", "));
                fault(word.span().start, "catalogue.role", &cause, &cure);
            }
        }
    }
    roles
}
