//! Enters: the templates and their examples. Leaves: what does not render, or how each example looks and what its
//! email says. Never: writes a file, or uses a real case.

use super::Line;
use despatch_core::fault::Fault;
use despatch_core::words::{KindName, Sha256, short_date_words};
use despatch_directory::opening::OpeningMethod;
use despatch_letters::catalogue::{Catalogue, Kind};
use despatch_letters::render::job::Job;
use despatch_letters::render::mail::{ClearMail, Mail, Mailer};
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// The resolution of a golden picture: legible, with less than 20 kB per page.
pub const GOLDEN_PPI: u16 = 50;

/// The print size of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Print {
    /// As in the example.
    AsGiven,
    /// Large print.
    Large,
}

impl Line<'_> {
    /// Renders the examples of the office's own templates before any case is processed and returns all faults.
    pub fn try_examples(&self) -> Vec<Fault> {
        try_own(&self.office.catalogue, &self.pool)
    }
}

/// Renders every example of the kinds that use a file of the office's own and returns all faults, each once. Templates
/// that came with the program are tried by its tests.
pub fn try_own(catalogue: &Catalogue, pool: &Pool) -> Vec<Fault> {
    let own = catalogue.kinds().filter(|kind| catalogue.is_own(kind));
    own.flat_map(|kind| try_kind(catalogue, kind, pool, &[Print::AsGiven])).collect()
}

/// Renders every example of a kind in each print size and returns all faults, each once.
pub fn try_kind(catalogue: &Catalogue, kind: &Kind, pool: &Pool, prints: &[Print]) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    for (path, data) in catalogue.examples(&kind.name) {
        let own = kind.files().map(|file| job(kind, file, path, &data, Print::AsGiven));
        let sheets = catalogue.companions(&kind.name).map(|sheet| Job {
            main: sheet.main.clone(),
            ident: format!("{path}{}", sheet.main),
            language: sheet.spoken.clone(),
            ..job(kind, "", path, &data, Print::AsGiven)
        });
        for job in own.chain(sheets) {
            for print in prints {
                let found = pool.render(&in_print(job.clone(), *print)).err();
                let found = found.iter().flat_map(|fault| fault.faults()).collect();
                each_once(found, path, *print, &mut faults);
            }
        }
    }
    faults
}

fn each_once(found: Vec<Fault>, path: &str, print: Print, faults: &mut Vec<Fault>) {
    let large = if print == Print::Large { " in large print" } else { "" };
    for fault in found {
        let known = |one: &Fault| one.at == fault.at && one.cause.starts_with(&fault.cause);
        if !faults.iter().any(known) {
            faults.push(Fault { cause: format!("{} (seen with {path}{large})", fault.cause), ..fault });
        }
    }
}

/// The job that renders one document of an example.
pub fn job(kind: &Kind, file: &str, path: &str, data: &Value, print: Print) -> Job {
    let job = Job {
        main: format!("/{}/{file}", kind.name),
        title: kind.title.clone(),
        author: "despatch check".to_owned(),
        keywords: Vec::new(),
        date: chrono::NaiveDate::default(),
        ident: format!("{path}/{file}"),
        language: None,
        data: data.clone(),
    };
    in_print(job, print)
}

fn in_print(mut job: Job, print: Print) -> Job {
    if print == Print::Large {
        job.data["large_print"] = json!(true);
    }
    job
}

/// Golden files: path under `templates/`, and content.
pub type Looks = BTreeMap<String, Vec<u8>>;

/// Renders every example of a kind as its golden files.
///
/// # Errors
/// Every fault of a document or an email that cannot be made.
pub fn looks(catalogue: &Catalogue, kind: &Kind, pool: &Pool, mailer: &Mailer) -> Result<Looks, Vec<Fault>> {
    let mut files = Looks::new();
    let mut faults = Vec::new();
    for (path, data) in catalogue.examples(&kind.name) {
        let stem = path.strip_suffix(".json").unwrap_or(path);
        for file in kind.files() {
            let what = file.strip_suffix(".typ").unwrap_or(file);
            match pool.look(&job(kind, file, path, &data, Print::AsGiven), GOLDEN_PPI) {
                Ok(pages) => {
                    let text: Vec<String> = pages.iter().map(|page| page.text.clone()).collect();
                    files.insert(format!("{stem}.{what}.txt"), text.join("\n---\n\n").into_bytes());
                    for (number, page) in pages.into_iter().enumerate() {
                        files.insert(format!("{stem}.{what}.{}.png", number + 1), page.picture);
                    }
                }
                Err(fault) => each_once(fault.faults(), path, Print::AsGiven, &mut faults),
            }
        }
        match mailer.write(&kind.name, &clear(&data)) {
            Ok(Mail { subject, text, .. }) => {
                files.insert(format!("{stem}.email.txt"), format!("{subject}\n\n{text}").into_bytes());
            }
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(files) } else { Err(faults) }
}

/// The kind that was rendered last, in which version, and how it looks. A page asks for each of its pictures.
#[derive(Debug, Default)]
pub struct Rendered(Option<(KindName, Sha256, Looks)>);

impl Rendered {
    /// How the built-in templates of a kind make its examples.
    ///
    /// # Errors
    /// Every fault of a document or an email that cannot be made; no worker can be started.
    pub fn of(&mut self, kind: &Kind, catalogue: &Catalogue, program: &Path) -> Result<&Looks, Vec<Fault>> {
        let (name, version) = (&kind.name, catalogue.fingerprint(&kind.name));
        let known = self.0.take().filter(|known| (&known.0, &known.1) == (name, &version));
        let known = match known {
            Some(known) => known,
            None => {
                let pool =
                    Pool::start(program, &catalogue.files(), 1, TIME_LIMIT).map_err(|fault| vec![fault])?;
                let looks = looks(catalogue, kind, &pool, &Mailer::new(catalogue)?)?;
                (name.clone(), version, looks)
            }
        };
        Ok(&self.0.insert(known).2)
    }
}

/// The values of an example that its email may use; a fixed sentence stands in for the pack's handling instructions.
pub fn clear(data: &Value) -> ClearMail {
    let words = |at: &str| data.pointer(at).and_then(Value::as_str).map(str::to_owned);
    let said = |at: &str| words(at).unwrap_or_default();
    ClearMail {
        // Letters may have no marking, but an email always has one.
        marking: words("/marking")
            .filter(|marking| !marking.is_empty())
            .unwrap_or_else(|| "OFFICIAL".to_owned()),
        reference: said("/case/id"),
        despatch: "17-3".to_owned(),
        dated: words("/issued_on/iso").and_then(|iso| iso.parse().ok()).map(short_date_words),
        your_reference: words("/recipient/reference"),
        recipient: said("/recipient/name"),
        organisation: said("/recipient/organisation"),
        team: said("/sender/team"),
        team_email: said("/sender/email"),
        team_telephone: said("/sender/telephone"),
        action_by: words("/deadline/due/weekday"),
        opening: OpeningMethod::Age.code(),
        documents: data.pointer("/documents").and_then(Value::as_array).map_or(1, |others| others.len() + 1),
        demo: data["demo"] == json!(true),
        handling: "Only the addressee may open the attached documents.".to_owned(),
    }
}
