//! Enters: pictures and texts of examples. Leaves: one HTML file with every picture, for a quick review.
//! Never: refers to another file or the network.

use super::{Templates, kinds};
use crate::operations::Failure;
use crate::pipeline::examples::looks;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use despatch_core::fault::Fault;
use despatch_core::words::{KindName, Role};
use despatch_letters::catalogue::Kind;
use despatch_letters::render::mail::{Mailer, escape_html};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const HEAD: &str = r#"<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TITLE</title>
<style>
body { font-family: Arial, Helvetica, sans-serif; line-height: 1.5; margin: 1em; color: #111; background: #e9e9e9; }
nav ul { columns: 16em; }
h2 { margin: 2em 0 0; }
h3 { font-size: 1rem; margin: 1.2em 0 0.3em; }
.pages { display: flex; flex-wrap: wrap; gap: 0.6em; align-items: flex-start; }
img { background: white; border: 1px solid #999; max-width: 100%; height: auto; }
pre { background: white; border: 1px solid #999; padding: 0.6em; margin: 0; max-width: 34em; white-space: pre-wrap; }
.changed img, .changed pre { border: 3px solid #b10e1e; }
</style>
</head>
<body>
"#;

/// The beginning of a sheet.
pub(super) fn head(title: &str) -> String {
    HEAD.replace("TITLE", &escape_html(title))
}

/// One sheet with a picture of every letter.
#[derive(Debug)]
pub struct Gallery {
    pub html: String,
    pub kinds: usize,
    pub pages: usize,
}

/// The most workers for one sheet: each has half a gigabyte.
const WORKERS_MAX: usize = 8;

/// Draws every letter, or those of one kind, as many at once as the machine has processors. `report` is told how many kinds
/// are done, of how many.
///
/// # Errors
/// The templates have faults; there is no such kind; a worker cannot be started.
pub fn gallery(
    templates: &Templates,
    only: Option<&KindName>,
    report: &(dyn Fn(usize, usize) + Sync),
) -> Result<Gallery, Failure> {
    let catalogue = templates.catalogue()?;
    let kinds = kinds(&catalogue, only)?;
    let workers = thread::available_parallelism().map_or(1, usize::from).min(WORKERS_MAX);
    let pool = templates.pool(&catalogue, workers)?;
    let mailer = Mailer::new(&catalogue)?;
    let drawn = draw(&kinds, workers, report, &|kind| looks(&catalogue, kind, &pool, &mailer))?;
    let mut html = head("Every letter");
    html += "<h1>Every letter</h1>\n<nav aria-label=\"Kinds\"><ul>\n";
    for kind in &kinds {
        html += &format!("<li><a href=\"#{0}\">{0}</a></li>\n", kind.name);
    }
    html += "</ul></nav>\n";
    let mut pages = 0;
    for (kind, files) in kinds.iter().zip(drawn) {
        pages += files.keys().filter(|path| path.ends_with(".png")).count();
        html += &section(kind, &files);
    }
    html += "</body>\n</html>\n";
    Ok(Gallery { html, kinds: kinds.len(), pages })
}

/// The files of a kind's examples, by path.
type Files = BTreeMap<String, Vec<u8>>;

/// Draws the kinds at once, one after the other in each thread, and returns them in their order.
fn draw(
    kinds: &[&Kind],
    threads: usize,
    report: &(dyn Fn(usize, usize) + Sync),
    draw: &(dyn Fn(&Kind) -> Result<Files, Vec<Fault>> + Sync),
) -> Result<Vec<Files>, Vec<Fault>> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let drawn: Vec<OnceLock<Result<Files, Vec<Fault>>>> = kinds.iter().map(|_| OnceLock::new()).collect();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let (Some(kind), Some(place)) = (kinds.get(index), drawn.get(index)) else { return };
                    place.get_or_init(|| draw(kind));
                    report(done.fetch_add(1, Ordering::Relaxed) + 1, kinds.len());
                }
            });
        }
    });
    let mut faults = Vec::new();
    let mut all = Vec::with_capacity(drawn.len());
    for files in drawn.into_iter().filter_map(OnceLock::into_inner) {
        match files {
            Ok(files) => all.push(files),
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() { Ok(all) } else { Err(faults) }
}

fn section(kind: &Kind, files: &BTreeMap<String, Vec<u8>>) -> String {
    let roles: Vec<&str> = kind.roles.iter().map(|role| Role::label(*role)).collect();
    let mut html = format!(
        "<h2 id=\"{0}\">{0}: {1}</h2>\n<p>{2} For: {3}.</p>\n",
        kind.name,
        escape_html(&kind.title),
        escape_html(&kind.summary),
        roles.join(", ")
    );
    for (document, pages) in documents(files) {
        html += &format!("<h3>{}</h3>\n{}", escape_html(&document), strip(&document, &pages, false));
    }
    html
}

/// Groups the files by document and example: `cruel.letter` and its pages.
pub(super) fn documents(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<(&str, &[u8])>> {
    let mut documents: BTreeMap<String, Vec<(&str, &[u8])>> = BTreeMap::new();
    for (path, bytes) in files {
        let name = path.rsplit('/').next().unwrap_or(path);
        let document: Vec<&str> = name.split('.').take(2).collect();
        documents.entry(document.join(".")).or_default().push((path, bytes));
    }
    documents
}

/// The pages of one document side by side, each picture with its text as alternative; an email as text.
pub(super) fn strip(document: &str, files: &[(&str, &[u8])], changed: bool) -> String {
    let text = files
        .iter()
        .find(|(path, _)| path.ends_with(".txt"))
        .map(|(_, bytes)| String::from_utf8_lossy(bytes));
    let text = text.unwrap_or_default();
    let mut html = format!("<div class=\"pages{}\">\n", if changed { " changed" } else { "" });
    let pictures: Vec<&[u8]> =
        files.iter().filter(|(path, _)| path.ends_with(".png")).map(|(_, bytes)| *bytes).collect();
    if pictures.is_empty() {
        html += &format!("<pre>{}</pre>\n", escape_html(&text));
    }
    let words: Vec<&str> = text.split("\n---\n").collect();
    for (number, picture) in pictures.iter().enumerate() {
        let said = words.get(number).copied().unwrap_or(document);
        html += &format!(
            "<img alt=\"{}\" src=\"data:image/png;base64,{}\">\n",
            escape_html(said.trim()),
            STANDARD.encode(picture)
        );
    }
    html + "</div>\n"
}
