//! Enters: the templates of an office. Leaves: all their faults, and whether the examples still look as they did when
//! last approved. Never: changes a file, except golden files if asked to.

use super::{Templates, alike, concerns, kinds, lies_in, unwritten, write};
use crate::operations::Failure;
use crate::pipeline::examples::{Looks, Print, clear, looks, try_kind};
use despatch_core::fault::Fault;
use despatch_core::words::KindName;
use despatch_directory::opening::OpeningMethod;
use despatch_letters::catalogue::{Catalogue, Kind, MAIL, SHARED};
use despatch_letters::render::mail::{ClearMail, Mailer};
use despatch_letters::render::pool::Pool;
use serde::{Deserialize, Serialize};
use std::fs;

/// Worker processes of a check.
const WORKERS: usize = 2;
/// The longest line of a plain-text email (RFC 5322, section 2.1.1).
const LINE: usize = 78;
/// Words that would reveal the subject of the documents to anyone who sees the email. Looked for only in the template's
/// own words, because the name of a team may contain them.
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

/// A request to check the kinds of an office, or one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CheckTemplates {
    pub kind: Option<KindName>,
    /// Whether to accept the current look of the examples.
    pub update: bool,
}

/// The result of a check.
#[derive(Debug, Serialize)]
pub struct TemplatesChecked {
    pub kinds: Vec<KindChecked>,
    pub faults: Vec<Fault>,
}

/// The result for one kind without faults.
#[derive(Debug, Serialize)]
pub struct KindChecked {
    pub kind: KindName,
    pub examples: usize,
    pub golden: usize,
    /// Golden files that are missing, differ or belong to no example, by path.
    pub changed: Vec<String>,
    pub updated: bool,
}

impl TemplatesChecked {
    /// Whether an example looks different from its golden files.
    pub fn has_changed(&self) -> bool {
        self.kinds.iter().any(|one| !one.changed.is_empty() && !one.updated)
    }
}

/// Checks the templates, and which examples look different from their golden files.
///
/// # Errors
/// There is no such kind; a worker cannot be started; a file cannot be read or written.
pub fn check(templates: &Templates, request: CheckTemplates) -> Result<TemplatesChecked, Failure> {
    let CheckTemplates { kind: only, update } = request;
    let (catalogue, mut faults) = Catalogue::read(Some(&templates.folder()));
    if let Some(name) = &only {
        faults.retain(|fault| concerns(fault, name));
    }
    let kinds = match &only {
        Some(_) if !faults.is_empty() => Vec::new(),
        only => kinds(&catalogue, only.as_ref())?,
    };
    // The office's own shared files are in built-in kinds too.
    let differ = kinds.iter().any(|kind| !kind.overlaid && catalogue.is_own(kind));
    let checker = Checker {
        templates,
        catalogue: &catalogue,
        pool: templates.pool(&catalogue, WORKERS)?,
        mailer: Mailer::new(&catalogue)?,
        built_in: differ.then(|| BuiltIn::of(templates)).transpose()?,
    };
    let mut checked = Vec::new();
    for kind in kinds {
        let mut wrong = checker.wrong_with(kind);
        if wrong.is_empty() {
            match checker.golden(kind, update) {
                Ok(one) => checked.push(one),
                Err(Failure::Faults(more)) => faults.extend(more),
                Err(other) => return Err(other),
            }
        }
        // A fault in the email that all kinds share is reported once, not for each kind.
        let is_told = |one: &Fault| faults.iter().any(|told| (&told.at, told.code) == (&one.at, one.code));
        wrong.retain(|fault| !lies_in(fault, SHARED) || !is_told(fault));
        faults.extend(wrong);
    }
    Ok(TemplatesChecked { kinds: checked, faults })
}

/// What is needed to check a kind.
struct Checker<'a> {
    templates: &'a Templates,
    catalogue: &'a Catalogue,
    pool: Pool,
    mailer: Mailer,
    /// If the office's files are in some of the built-in kinds.
    built_in: Option<BuiltIn>,
}

/// The templates that came with the program, and nothing of the office's.
struct BuiltIn {
    catalogue: Catalogue,
    pool: Pool,
    mailer: Mailer,
}

impl BuiltIn {
    fn of(templates: &Templates) -> Result<Self, Failure> {
        let catalogue = Catalogue::load(None)?;
        let (pool, mailer) = (templates.pool(&catalogue, WORKERS)?, Mailer::new(&catalogue)?);
        Ok(Self { catalogue, pool, mailer })
    }

    fn looks(&self, kind: &Kind) -> Result<Looks, Failure> {
        Ok(looks(&self.catalogue, kind, &self.pool, &self.mailer)?)
    }
}

impl Checker<'_> {
    /// All faults of one kind whose files can be read.
    fn wrong_with(&self, kind: &Kind) -> Vec<Fault> {
        let Self { catalogue, pool, mailer, .. } = self;
        let mut faults = try_kind(catalogue, kind, pool, &[Print::AsGiven, Print::Large]);
        faults.extend(needs(catalogue, kind));
        let mut letters = 0;
        for (path, data) in catalogue.examples(&kind.name) {
            letters += 1;
            match mailer.write(&kind.name, &clear(&data)) {
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

    /// Compares the examples with their golden files, or rewrites these.
    fn golden(&self, kind: &Kind, update: bool) -> Result<KindChecked, Failure> {
        let folder = self.templates.folder();
        let now = looks(self.catalogue, kind, &self.pool, &self.mailer)?;
        let before = match (self.catalogue.golden(kind)?, &self.built_in) {
            (Some(accepted), _) => accepted,
            (None, Some(built_in)) => built_in.looks(kind)?,
            (None, None) => now.clone(),
        };
        let same = |path: &str, bytes: &[u8]| before.get(path).is_some_and(|known| alike(path, known, bytes));
        let mut changed: Vec<String> =
            now.iter().filter(|(path, bytes)| !same(path, bytes)).map(|(path, _)| path.clone()).collect();
        let gone: Vec<&str> =
            before.keys().map(String::as_str).filter(|path| !now.contains_key(*path)).collect();
        if update && !(changed.is_empty() && gone.is_empty()) {
            // Of a built-in kind an office has all of them or none.
            let accepted = now.iter().filter(|(path, _)| !kind.overlaid || changed.contains(path));
            for (path, bytes) in accepted {
                write(&folder.join(path), bytes)?;
            }
            for path in gone.iter().map(|path| folder.join(path)).filter(|path| path.exists()) {
                fs::remove_file(&path).map_err(|error| unwritten(&path, &error))?;
            }
        }
        changed.extend(gone.into_iter().map(str::to_owned));
        let examples = self.catalogue.examples(&kind.name).count();
        Ok(KindChecked { kind: kind.name.clone(), examples, golden: now.len(), changed, updated: update })
    }
}

/// Checks that each example has the values that `kind.toml` needs, and that a template uses them.
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
    // A single long word, such as an address, cannot be broken.
    let too_long = |line: &str| line.chars().count() > LINE && line.trim().contains(' ');
    let (number, line) = text.lines().enumerate().find(|(_, line)| too_long(line))?;
    let at = format!("templates/{}", catalogue.mail_path(&kind.name, "body.txt.hbs"));
    let length = line.chars().count();
    let cause =
        format!("line {} of the text for {path} has {length} characters, and {LINE} is the most", number + 1);
    Some(Fault::new(at, "template.mail_line", cause, "break the line in the template"))
}

/// Finds words in the email's own templates that would reveal its subject; the case's values are left out.
fn telling_words(catalogue: &Catalogue, kind: &Kind, mailer: &Mailer) -> Vec<Fault> {
    let x = || "x".to_owned();
    let neutral = ClearMail {
        marking: "OFFICIAL".to_owned(),
        reference: x(),
        despatch: x(),
        dated: Some(x()),
        your_reference: Some(x()),
        recipient: x(),
        organisation: x(),
        team: x(),
        team_email: x(),
        team_telephone: x(),
        action_by: Some(x()),
        opening: OpeningMethod::Age.code(),
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
