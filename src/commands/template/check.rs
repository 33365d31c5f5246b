//! Enters: the templates of an office. Leaves: everything that is wrong with them, and whether the examples still look
//! as they did when somebody last looked. Never: changes a file, except golden ones where it is told to.

use super::{kind, on_disk, pool, unwritten};
use crate::commands::args::CheckTemplate;
use crate::context::Exit;
use crate::printing::Print;
use despatch_app::operations::Failure;
use despatch_app::pipeline::examples::{Print as Size, clear, looks, try_kind};
use despatch_core::fault::Fault;
use despatch_core::words::count;
use despatch_letters::catalogue::{Catalogue, Kind, MAIL, SHARED};
use despatch_letters::render::look::differs;
use despatch_letters::render::mail::{ClearMail, Mailer};
use despatch_letters::render::pool::Pool;
use serde::Serialize;
use std::fs;
use std::path::Path;

/// Worker processes of a check.
const WORKERS: usize = 2;
/// The longest line of a plain-text email (RFC 5322, section 2.1.1).
const LINE: usize = 78;
/// What would tell somebody who sees the email what its documents are about. Looked for in the template's own words:
/// the name of a team may hold them.
const TELLING: [&str; 14] = [
    "medical",
    "health",
    "doctor",
    "clinic",
    "diagnos",
    "illness",
    "assessment",
    "opinion",
    "detain",
    "detention",
    "immigration",
    "removal",
    "asylum",
    "invitation",
];

/// What was found of one kind.
#[derive(Serialize)]
struct Found<'a> {
    kind: &'a str,
    examples: usize,
    golden: usize,
    /// Golden files that are missing, differ or belong to no example, by path.
    changed: Vec<String>,
    updated: bool,
}

pub(super) fn check(folder: &Path, args: &CheckTemplate, print: &Print) -> Result<Exit, Failure> {
    let (catalogue, mut faults) = Catalogue::read(Some(folder));
    if let Some(name) = &args.kind {
        faults.retain(|fault| concerns(fault, name.as_str()));
    }
    let kinds: Vec<&Kind> = match &args.kind {
        Some(_) if !faults.is_empty() => Vec::new(),
        Some(name) => vec![kind(&catalogue, name)?],
        None => catalogue.kinds().collect(),
    };
    let pool = pool(&catalogue, WORKERS)?;
    let mailer = Mailer::new(&catalogue)?;
    let mut found = Vec::new();
    for kind in kinds {
        let mut wrong = wrong_with(&catalogue, kind, &pool, &mailer);
        if wrong.is_empty() {
            match golden(folder, &catalogue, kind, &pool, &mailer, args.update) {
                Ok(one) => found.push(one),
                Err(Failure::Faults(more)) => faults.extend(more),
                Err(other) => return Err(other),
            }
        }
        // The email that all kinds share is wrong once, not once for each kind.
        let new = |fault: &Fault, told: &[Fault]| {
            !told.iter().any(|one| (&one.at, one.code) == (&fault.at, fault.code))
        };
        wrong.retain(|fault| !lies_in(fault, SHARED) || new(fault, &faults));
        faults.extend(wrong);
    }
    tell(&found, &faults, args.update, print);
    let changed = found.iter().any(|one| !one.changed.is_empty() && !one.updated);
    if !faults.is_empty() {
        return Err(faults.into());
    }
    Ok(if changed { Exit::AtFault } else { Exit::Done })
}

/// Whether a fault lies in the folder of that kind, or in what all share.
fn concerns(fault: &Fault, kind: &str) -> bool {
    lies_in(fault, kind) || lies_in(fault, SHARED)
}

fn lies_in(fault: &Fault, folder: &str) -> bool {
    fault.at.starts_with(&format!("templates/{folder}/"))
}

/// Everything that is wrong with one kind whose files can be read.
fn wrong_with(catalogue: &Catalogue, kind: &Kind, pool: &Pool, mailer: &Mailer) -> Vec<Fault> {
    let mut faults = try_kind(catalogue, kind, pool, &[Size::AsGiven, Size::Large]);
    faults.extend(needs(catalogue, kind));
    let mut letters = 0;
    for (path, data) in catalogue.examples(&kind.name) {
        letters += 1;
        let mail = mailer.write(&kind.name, &clear(&data));
        match mail {
            Ok(mail) => faults.extend(long_line(catalogue, kind, path, &mail.text)),
            Err(fault) => faults.push(fault),
        }
    }
    if letters == 0 {
        let at = format!("templates/{}/examples", kind.name);
        let cure = "add one with every value that the kind needs, and a cruel one: the longest name, nothing optional";
        faults.push(Fault::new(at, "template.example", "the kind has no example", cure));
    }
    faults.extend(telling_words(catalogue, kind, mailer));
    faults
}

/// What `kind.toml` says that the kind needs: each example has it, and a template uses it.
fn needs(catalogue: &Catalogue, kind: &Kind) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, data) in catalogue.examples(&kind.name) {
        for need in kind.missing_needs(&data) {
            let at = format!("templates/{path}");
            let cause = format!("the kind needs {need}, and the example does not give it");
            faults.push(Fault::new(
                at,
                "template.need_missing",
                cause,
                "add it to the example, or take the need away",
            ));
        }
    }
    let names = catalogue.names_used(&kind.name);
    let used = |need: &str| {
        let mut fields = need.split('/').filter(|part| !part.is_empty() && part.parse::<usize>().is_err());
        fields.all(|field| names.contains(field))
    };
    for need in kind.needs.iter().filter(|need| !used(need)) {
        let at = format!("templates/{}/kind.toml", kind.name);
        let cause = format!("the kind needs {need}, and no template of it uses that");
        faults.push(Fault::new(at, "template.need_unused", cause, "take the need away, or use the value"));
    }
    faults
}

fn long_line(catalogue: &Catalogue, kind: &Kind, path: &str, text: &str) -> Option<Fault> {
    // One long word, such as an address, cannot be broken.
    let too_long = |line: &str| line.chars().count() > LINE && line.trim().contains(' ');
    let (number, line) = text.lines().enumerate().find(|(_, line)| too_long(line))?;
    let at = format!("templates/{}", catalogue.mail_path(&kind.name, "body.txt.hbs"));
    let length = line.chars().count();
    let cause =
        format!("line {} of the text for {path} has {length} characters, and {LINE} is the most", number + 1);
    Some(Fault::new(at, "template.mail_line", cause, "break the line in the template"))
}

/// The words of the email's own templates that would give away what it brings: values are left out of it.
fn telling_words(catalogue: &Catalogue, kind: &Kind, mailer: &Mailer) -> Vec<Fault> {
    let x = || "x".to_owned();
    let neutral = ClearMail {
        marking: "OFFICIAL".to_owned(),
        reference: x(),
        your_reference: Some(x()),
        recipient: x(),
        organisation: x(),
        team: x(),
        team_email: x(),
        team_telephone: x(),
        action_by: Some(x()),
        opens_with_words: false,
        opens_as_pdf: false,
        documents: 1,
        demo: true,
        handling: x(),
    };
    let Ok(mail) = mailer.write(&kind.name, &neutral) else { return Vec::new() };
    let mut faults = Vec::new();
    for (file, said) in MAIL.into_iter().zip([&mail.subject, &mail.text, &mail.html]) {
        let said = said.to_lowercase();
        for word in TELLING.iter().filter(|word| said.contains(*word)) {
            let cause =
                format!("the email says \"{word}\": it travels in clear and must not tell what it brings");
            let at = format!("templates/{}", catalogue.mail_path(&kind.name, file));
            faults.push(Fault::new(at, "template.mail_tells", cause, "say it in the sealed cover note"));
        }
    }
    faults
}

/// Compares the examples with their golden files, or writes these anew.
fn golden<'a>(
    folder: &Path,
    catalogue: &Catalogue,
    kind: &'a Kind,
    pool: &Pool,
    mailer: &Mailer,
    update: bool,
) -> Result<Found<'a>, Failure> {
    let now = looks(catalogue, kind, pool, mailer)?;
    let before = catalogue.golden(kind)?;
    let same = |path: &str, bytes: &[u8]| {
        before.get(path).is_some_and(|known| {
            if path.ends_with(".png") { !differs(known, bytes) } else { known.as_slice() == bytes }
        })
    };
    let mut changed: Vec<String> =
        now.iter().filter(|(path, bytes)| !same(path, bytes)).map(|(path, _)| path.clone()).collect();
    let gone: Vec<&str> = before.keys().map(String::as_str).filter(|path| !now.contains_key(*path)).collect();
    if update {
        for path in &changed {
            let target = on_disk(folder, path);
            let bytes = now.get(path).map(Vec::as_slice).unwrap_or_default();
            let made = target.parent().map_or(Ok(()), fs::create_dir_all);
            made.and_then(|()| fs::write(&target, bytes)).map_err(|error| unwritten(&target, &error))?;
        }
        for path in gone.iter().map(|path| on_disk(folder, path)).filter(|path| path.exists()) {
            fs::remove_file(&path).map_err(|error| unwritten(&path, &error))?;
        }
    }
    changed.extend(gone.into_iter().map(str::to_owned));
    let examples = catalogue.examples(&kind.name).count();
    Ok(Found { kind: kind.name.as_str(), examples, golden: now.len(), changed, updated: update })
}

fn tell(found: &[Found<'_>], faults: &[Fault], update: bool, print: &Print) {
    if faults.is_empty() {
        print.json(&serde_json::json!({ "kinds": found, "faults": [] }));
    }
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|one| {
            let looks = match (one.changed.len(), update) {
                (0, _) => "as before".to_owned(),
                (changed, true) => format!("{} updated", count(changed, "file")),
                (changed, false) => format!("{} changed", count(changed, "file")),
            };
            vec![one.kind.to_owned(), one.examples.to_string(), one.golden.to_string(), looks]
        })
        .collect();
    print.table(&["kind", "examples", "golden files", "looks"], &rows, "No kind could be checked.");
    let changed: Vec<&String> = found.iter().flat_map(|one| &one.changed).collect();
    if !changed.is_empty() && !update {
        print.line("\nThese look other than when somebody last looked, or are new:");
        changed.iter().for_each(|path| print.line(&format!("  templates/{path}")));
        print.line("Look at them (`despatch template gallery`); if they are right, add --update.");
    }
}
