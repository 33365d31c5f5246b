//! Enters: the hash that a despatch names. Leaves: the templates of which it was made, or two versions side by side.
//! Never: changes the templates that are in use.

use super::sheet::{documents, head, strip};
use super::{TEMPLATES, kind, on_disk, pool, unwritten};
use crate::commands::args::{DiffTemplate, ShowTemplate};
use crate::context::Exit;
use crate::context::GlobalArgs as Common;
use crate::printing::{Print, wrapped};
use despatch_app::operations::Failure;
use despatch_documents::template_version::TemplateVersion;
use despatch_letters::catalogue::Catalogue;

use despatch_app::office::OUTBOX;
use despatch_app::pipeline::examples::looks;
use despatch_core::fault::Fault;
use despatch_core::words::{KindName, count, date_words};
use despatch_ledger::{Kept, Ledger};
use despatch_letters::render::look::differs;
use despatch_letters::render::mail::Mailer;
use handlebars::html_escape;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The version that is in use.
const CURRENT: &str = "current";
/// The version that the program brings.
const BUILT_IN: &str = "built-in";

pub(super) fn show(common: &Common, args: &ShowTemplate, print: &Print) -> Result<Exit, Failure> {
    let Kept { hash, version, since } = kept(&common.office, &args.hash)?;
    if let Some(to) = &args.to {
        for (path, text) in &version.files {
            let target = on_disk(to, path);
            let made = target.parent().map_or(Ok(()), fs::create_dir_all);
            made.and_then(|()| fs::write(&target, text)).map_err(|error| unwritten(&target, &error))?;
        }
    }
    print.json(&serde_json::json!({ "hash": hash, "since": since, "version": version }));
    print.line(&wrapped("version", &hash.to_string()));
    print.line(&wrapped("kind", version.kind.as_str()));
    print.line(&wrapped("in use since", &date_words(since)));
    print.line(&wrapped("made with", &format!("typst {}, fonts {}", version.typst, version.fonts.short())));
    for (path, text) in &version.files {
        print.line(&format!("  {path} ({})", count(text.lines().count(), "line")));
    }
    match &args.to {
        Some(to) => print.line(&format!("Written to {}.", to.display())),
        None => print.line("--to DIR writes them out."),
    }
    Ok(Exit::Done)
}

/// The one version whose hash begins so.
fn kept(office: &Path, beginning: &str) -> Result<Kept, Failure> {
    let hex = beginning.len() >= 6 && beginning.bytes().all(|b| b.is_ascii_hexdigit());
    let fault = |cause: &str| {
        let cure = "`despatch outbox show ID` names the version of a despatch; write 6 letters and digits of it or more";
        Fault::new(beginning, "template.version", cause, cure)
    };
    if !hex {
        return Err(fault("this is not the beginning of a hash").into());
    }
    if !office.join(OUTBOX).is_dir() {
        return Err(fault("there is no outbox here, so no version is kept").into());
    }
    let mut found = Ledger::open(&office.join(OUTBOX))?.versions(&beginning.to_lowercase())?;
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (None, _) => Err(fault("no version of this hash was used here").into()),
        _ => Err(fault("several versions begin so").into()),
    }
}

pub(super) fn diff(common: &Common, args: &DiffTemplate, print: &Print) -> Result<Exit, Failure> {
    let one = drawn(common, &args.kind, &args.a)?;
    let other = drawn(common, &args.kind, &args.b)?;
    let (one, other) = (documents(&one), documents(&other));
    let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let mut html = head(&format!("{}: {} and {}", args.kind, args.a, args.b));
    let mut changed = Vec::new();
    for name in &names {
        let (before, after) = (one.get(*name), other.get(*name));
        let differ = !alike(before, after);
        if differ {
            changed.push(name.as_str());
        }
        html += &format!(
            "<h2>{}{}</h2>\n<h3>{}</h3>\n{}<h3>{}</h3>\n{}",
            html_escape(name),
            if differ { ": changed" } else { "" },
            html_escape(&args.a),
            strip(name, before.map(Vec::as_slice).unwrap_or_default(), differ),
            html_escape(&args.b),
            strip(name, after.map(Vec::as_slice).unwrap_or_default(), differ),
        );
    }
    html += "</body>\n</html>\n";
    fs::write(&args.to, html).map_err(|error| unwritten(&args.to, &error))?;
    print.json(&serde_json::json!({ "kind": args.kind, "documents": names.len(), "changed": changed, "file": args.to }));
    let differ = if changed.is_empty() { "nothing differs".to_owned() } else { changed.join(", ") };
    print.line(&wrapped("differ", &differ));
    print.line(&format!("Both versions side by side: {}", args.to.display()));
    Ok(Exit::Done)
}

fn alike(one: Option<&Vec<(&str, &[u8])>>, other: Option<&Vec<(&str, &[u8])>>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return false };
    type File<'a> = (&'a str, &'a [u8]);
    let same = |(a, b): (&File<'_>, &File<'_>)| {
        a.0 == b.0 && if a.0.ends_with(".png") { !differs(a.1, b.1) } else { a.1 == b.1 }
    };
    one.len() == other.len() && one.iter().zip(other).all(same)
}

/// How the examples that there are now look in one version.
fn drawn(common: &Common, name: &KindName, which: &str) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let own = common.office.join(TEMPLATES);
    let current = Catalogue::load(Some(&own))?;
    let catalogue = match which {
        CURRENT => current,
        BUILT_IN => Catalogue::load(None)?,
        hash => {
            let Kept { version, .. } = kept(&common.office, hash)?;
            if version.kind != *name {
                let cause = format!("that is a version of {}", version.kind);
                return Err(Fault::new(hash, "template.version", cause, "name that kind").into());
            }
            with_examples(version, &current)?
        }
    };
    let kind = kind(&catalogue, name)?;
    Ok(looks(&catalogue, kind, &pool(&catalogue, 2)?, &Mailer::new(&catalogue)?)?)
}

fn with_examples(version: TemplateVersion, current: &Catalogue) -> Result<Catalogue, Vec<Fault>> {
    let examples =
        current.examples(&version.kind).map(|(path, data)| (path.to_owned(), data.to_string().into_bytes()));
    let mut files: BTreeMap<String, Vec<u8>> = examples.collect();
    files.extend(version.files.into_iter().map(|(path, text)| (path, text.into_bytes())));
    Catalogue::from_files(files)
}
