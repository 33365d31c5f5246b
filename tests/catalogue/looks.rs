//! Enters: every example of every kind, in both prints. Leaves: the proof that each looks as it did when somebody last
//! looked at it, and that no page ends in a heading or begins with a lonely signature.

use crate::support::folder::folder;
use crate::support::office::PROGRAM;
use crate::support::pdf::{flowing_text, words_of};
use crate::support::tools::{command, run};
use despatch_app::pipeline::examples::{Print, job, looks};
use despatch_letters::catalogue::{Catalogue, Kind};
use despatch_letters::render::look::differs;
use despatch_letters::render::mail::Mailer;
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub(super) fn built_in() -> (Catalogue, Pool) {
    let catalogue = Catalogue::load(None).expect("the templates");
    let pool = Pool::start(Path::new(PROGRAM), &catalogue.files(), 2, TIME_LIMIT).expect("workers");
    (catalogue, pool)
}

#[test]
fn every_example_looks_and_reads_as_its_golden_pictures_and_texts() {
    let (catalogue, pool) = built_in();
    let mailer = Mailer::new(&catalogue).expect("the emails");
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let kept = Catalogue::load(Some(&kept)).expect("the same templates, as an office's own");
    let mut wrong = Vec::new();
    for kind in catalogue.kinds() {
        let now = looks(&catalogue, kind, &pool, &mailer).unwrap_or_else(|faults| panic!("{faults:?}"));
        let kept = kept.golden(kept.kind(&kind.name).expect("the kind")).expect("the golden files");
        let golden = kept.expect("an office's own kind has some");
        for path in
            now.keys().map(String::as_str).chain(golden.keys().map(String::as_str)).collect::<BTreeSet<_>>()
        {
            let same = match (now.get(path), golden.get(path)) {
                (Some(now), Some(golden)) if path.ends_with(".png") => !differs(now, golden),
                (Some(now), Some(golden)) => now == golden,
                _ => false,
            };
            if !same {
                wrong.push(path.to_owned());
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} golden files differ; `despatch template check --update` at the root of the repository writes them anew, \
         `despatch template gallery` shows them:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_picture_that_was_tampered_with_differs() {
    let (catalogue, pool) = built_in();
    let kind = catalogue.kinds().next().expect("a kind");
    let (path, data) = catalogue.examples(&kind.name).next().expect("an example");
    let look = |data: &Value| {
        pool.look(&job(kind, "cover-note.typ", path, data, Print::AsGiven), 50).expect("pages")
    };
    let (before, mut data) = (look(&data), data);
    assert!(!differs(&before[0].picture, &look(&data)[0].picture));
    data["case"]["id"] = json!("EMR-2026-9999");
    assert!(differs(&before[0].picture, &look(&data)[0].picture));
    assert!(differs(&before[0].picture, b"no picture"));
}

/// One line of a page: its words, whether all of them are bold, and how far its foot is below that of the line before.
struct Line {
    said: String,
    bold: bool,
    gap: i64,
}

/// How often the layout is enlarged, so that whole numbers tell 12 points from 11.7.
const ZOOM: i64 = 3;

/// The layout of a document as pdftohtml reads it, enlarged [`ZOOM`] times.
fn layout(pdf: &[u8]) -> String {
    let folder = folder();
    let path = folder.path().join("letter.pdf");
    std::fs::write(&path, pdf).expect("a new file");
    let args = ["-xml", "-i", "-zoom", &ZOOM.to_string(), "-stdout"];
    let xml = run(command("pdftohtml").args(args).arg(&path)).expect("pdftohtml reads it");
    String::from_utf8_lossy(&xml).into_owned()
}

/// The lines of each page without its head and foot.
fn body_lines(layout: &str) -> Vec<Vec<Line>> {
    layout.split("<page ").skip(1).map(page_lines).collect()
}

fn page_lines(page: &str) -> Vec<Line> {
    let height = attribute(page, "height") / 2;
    let mut rows: BTreeMap<i64, Vec<(String, bool)>> = BTreeMap::new();
    for text in page.split("<text ").skip(1) {
        // What stands on one line may differ by a part of a point.
        let foot = (attribute(text, "top") + attribute(text, "height")) / 2;
        let said =
            text.split_once('>').map_or("", |(_, said)| said).split("</text>").next().unwrap_or_default();
        let bold = said.starts_with("<b>") && said.ends_with("</b>");
        rows.entry(foot).or_default().push((said.replace("<b>", "").replace("</b>", ""), bold));
    }
    let mut lines: Vec<Line> = Vec::new();
    let mut before = 0;
    for (foot, pieces) in rows {
        let bold = pieces.iter().filter(|(said, _)| !said.trim().is_empty()).all(|(_, bold)| *bold);
        let said = pieces.into_iter().map(|(said, _)| said).collect::<Vec<_>>().join(" ");
        let of_foot = ["Home Office reference:", "Our reference:", "Made-up letter"]
            .iter()
            .any(|foot| said.starts_with(foot));
        let outside = foot <= height / 14 || (foot > height - height / 7 && of_foot);
        if !outside && !said.trim().is_empty() && !said.contains("OFFICIAL") {
            lines.push(Line { said, bold, gap: foot - before });
            before = foot;
        }
    }
    // "Page 1 of 2" stands in the foot too.
    lines.retain(|line| !line.said.trim().starts_with("Page "));
    lines
}

fn attribute(text: &str, name: &str) -> i64 {
    let value = text.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split('"').next());
    value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in {text:.80}"))
}

fn each_document(mut look: impl FnMut(&Kind, &str, Print, &[u8])) {
    let (catalogue, pool) = built_in();
    for kind in catalogue.kinds() {
        for (path, data) in catalogue.examples(&kind.name) {
            for file in kind.files() {
                for print in [Print::AsGiven, Print::Large] {
                    let pdf = pool
                        .render(&job(kind, file, path, &data, print))
                        .unwrap_or_else(|why| panic!("{path}: {why:?}"));
                    look(kind, &format!("{path} {file} {print:?}"), print, &pdf);
                }
            }
        }
    }
}

/// Where a page ends in a heading or begins with a lonely signature.
fn badly_broken(what: &str, layout: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let pages = body_lines(layout);
    for (number, page) in pages.iter().enumerate() {
        // A heading stands apart from what is above it; the last line of a bold date does not.
        let usual = page.iter().map(|line| line.gap).filter(|gap| *gap > 8).min().unwrap_or(0);
        let sentence = |line: &&Line| line.said.trim().ends_with(['.', ':', '?']);
        let heading = page
            .last()
            .filter(|line| line.bold && line.gap * 4 > usual * 5 && page.len() > 1 && !sentence(line));
        if let Some(Line { said, .. }) = heading.filter(|_| number + 1 < pages.len()) {
            wrong.push(format!("{what}: page {} ends in {said:?}", number + 1));
        }
        let closing = page.iter().position(|line| line.said.starts_with("Yours sincerely"));
        if closing.is_some_and(|at| at == 0) {
            wrong.push(format!("{what}: the signature stands alone on page {}", number + 1));
        }
    }
    wrong
}

/// Points: GDS asks for 12 at least, and large print is 18 (docs/readings.md, "Accessibility").
const NORMAL: i64 = 12;
const LARGE: i64 = 18;

#[test]
fn no_page_ends_badly_and_all_is_in_twelve_point_or_in_large_print_in_eighteen_with_the_same_words() {
    let mut before = BTreeSet::new();
    let mut wrong = Vec::new();
    each_document(|_, what, print, pdf| {
        let layout = layout(pdf);
        wrong.extend(badly_broken(what, &layout));
        let sizes: Vec<i64> =
            layout.split("<fontspec ").skip(1).map(|font| attribute(font, "size")).collect();
        // The person reads none of these.
        let others = ["cover-note", "record-of-service", "addressee-only"];
        let persons = !others.iter().any(|file| what.contains(file));
        let least = if print == Print::Large && persons { LARGE } else { NORMAL };
        assert!(sizes.iter().all(|size| *size >= ZOOM * least), "{what}: {sizes:?} thirds of a point");
        let pages = layout.matches("<page ").count();
        let flat = flowing_text(pdf);
        assert!(flat.contains(&format!("Page {pages} of {pages}")), "{what}");
        let mut said: Vec<String> =
            flat.split([' ', '/', '-']).filter(|word| !word.is_empty()).map(str::to_owned).collect();
        // Heads and feet stand on each page, and a long word may break elsewhere.
        said.retain(|word| word.chars().all(char::is_alphabetic) && word.len() < 12);
        let words: BTreeSet<String> = said.into_iter().collect();
        match print {
            Print::AsGiven => before = words,
            // The cruel ones have words that are longer than a line, and are cut elsewhere.
            Print::Large if what.contains("cruel") => {}
            Print::Large => {
                let lost: Vec<&String> = before.difference(&words).collect();
                assert!(lost.is_empty(), "{what} lacks {lost:?}");
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In points; see `in-window` in `templates/_shared/service.typ`.
const WINDOW: [f64; 4] = [20.0 * MM, 57.0 * MM, 100.0 * MM, 81.0 * MM];
const MM: f64 = 72.0 / 25.4;

#[test]
fn the_address_shows_in_the_window_of_a_dl_envelope_and_nothing_else_does() {
    let (catalogue, pool) = built_in();
    let kind = catalogue.kind(&"service-pack".parse().expect("a name")).expect("the kind");
    let (path, data) =
        catalogue.examples(&kind.name).find(|(path, _)| !path.contains("cruel")).expect("an example");
    let pdf = pool.render(&job(kind, "addressee-only.typ", path, &data, Print::AsGiven)).expect("a sheet");
    let name = data["person"]["name"].as_str().expect("a name");
    let place = data["place"]["name"].as_str().expect("a place");
    let due: Vec<&str> =
        ["ADDRESSEE", "ONLY"].into_iter().chain(name.split(' ')).chain(place.split(' ')).collect();
    let shown: Vec<String> = words_of(&pdf)
        .into_iter()
        // The window shows 11 mm more above or below, and 10 mm more at a side, as the sheet slides.
        .filter(|(_, [left, top, right, bottom])| {
            *right > WINDOW[0] - 10.0 * MM
                && *left < WINDOW[2] + 10.0 * MM
                && *bottom > WINDOW[1] - 11.0 * MM
                && *top < WINDOW[3] + 11.0 * MM
        })
        .inspect(|(word, [left, top, right, bottom])| {
            let whole =
                *left >= WINDOW[0] && *top >= WINDOW[1] && *right <= WINDOW[2] && *bottom <= WINDOW[3];
            assert!(whole, "{word} is cut off: {:?}", [left, top, right, bottom]);
        })
        .map(|(word, _)| word)
        .collect();
    assert_eq!(shown, due);
}
