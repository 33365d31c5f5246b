//! Enters: the comments, the policy data and the tests of the repository. Leaves: proof that whatever they cite can be
//! found: a reading, a row of the process, a section of the guidance, a page. Never: judges what the citation says.

use super::{holds, read, root};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// The folders whose files may cite, and the endings of those files.
const FOLDERS: [&str; 9] =
    ["benches", "crates", "docs", "examples", "outbox", "policy", "src", "templates", "tests"];
const ENDINGS: [&str; 6] = ["hbs", "md", "rs", "sql", "toml", "typ"];

/// What there is to cite.
struct Known {
    /// The titles of `docs/readings.md`: "B5", "G6", "Marking".
    readings: BTreeSet<String>,
    /// The numbers of the rows in `docs/process.md`.
    rows: BTreeSet<u32>,
    /// The titles of the guidance's sections.
    sections: Vec<String>,
}

impl Known {
    fn of(readings: &str, process: &str) -> Known {
        let titles = |line: &str| line.strip_prefix("### ").map(str::to_owned);
        let row = |line: &str| line.strip_prefix("## Row ")?.parse().ok();
        let guidance = readings.split("### G0\n").nth(1).and_then(|rest| rest.split("\n### ").next());
        let sections = guidance.unwrap_or_default().lines().filter_map(|line| line.strip_prefix("- "));
        Known {
            readings: readings.lines().filter_map(titles).collect(),
            rows: process.lines().filter_map(row).collect(),
            sections: sections.map(str::to_owned).collect(),
        }
    }

    /// Whether a section's title begins so: long titles may be cut at a colon, and the last mark may be left out.
    fn is_section(&self, cited: &str) -> bool {
        let cited = cited.trim_end_matches(['?', '.', ',']);
        self.sections.iter().any(|title| {
            title.strip_prefix(cited).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '?', ' ']))
        })
    }
}

/// The text of a file in which citations stand, in one line: of Rust and typst the comments alone, for their code has
/// grades and numbers of its own; of data and pages everything.
fn citing(path: &str, text: &str) -> String {
    let comments = path.ends_with(".rs") || path.ends_with(".typ");
    let lines = text.lines().map(|line| {
        let comment = line.trim_start().split_once("//").filter(|(before, _)| before.is_empty());
        match comment {
            Some((_, said)) if comments => said.trim_start_matches(['/', '!']).trim(),
            None if comments => "\u{b6}",
            _ => line.trim().trim_start_matches("# "),
        }
    });
    lines.collect::<Vec<_>>().join(" ")
}

/// Every citation of a file that leads nowhere.
fn astray(path: &str, text: &str, known: &Known) -> Vec<String> {
    let said = citing(path, text);
    let mut faults = Vec::new();
    let mut complain = |what: String| faults.push(format!("{path}: {what}"));
    for word in said.split(|c: char| !c.is_alphanumeric() && c != '_') {
        let number = word.strip_prefix(['B', 'G']).filter(|rest| !rest.is_empty());
        let is_reading =
            number.is_some_and(|rest| rest.len() < 3 && rest.bytes().all(|b| b.is_ascii_digit()));
        if is_reading && !known.readings.contains(word) {
            complain(format!("{word} is no title of docs/readings.md"));
        }
    }
    for number in rows_cited(&said) {
        if !known.rows.contains(&number) {
            complain(format!("row {number} is no title of docs/process.md"));
        }
    }
    for title in titles_after(&said, "G0, ") {
        if !known.is_section(&title) {
            complain(format!("G0 has no section {title:?}"));
        }
    }
    for piece in said.split("G0, ").skip(1) {
        if !["\"", "Annex A", "row"].iter().any(|start| piece.starts_with(start)) {
            let words: Vec<&str> = piece.split_whitespace().take(4).collect();
            complain(format!("the title after G0 stands without quotation marks: {}", words.join(" ")));
        }
    }
    for title in titles_after(&said, "docs/readings.md, ") {
        if !known.readings.contains(&title) {
            complain(format!("{title:?} is no title of docs/readings.md"));
        }
    }
    for piece in said.split("issue ").skip(1) {
        if piece.starts_with(|c: char| c.is_ascii_digit()) {
            complain(format!("issue {} is not in the repository", piece.split(' ').next().unwrap_or(piece)));
        }
    }
    for page in pages_named(&said) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let places = [page.clone(), format!("{folder}/{page}"), format!("docs/{page}")];
        if !places.iter().any(|place| root().join(place).is_file()) {
            complain(format!("there is no page {page}"));
        }
    }
    faults
}

/// The numbers after "row" and "rows": "rows 9, 10, 12 and 13", "rows 30 to 32".
fn rows_cited(said: &str) -> Vec<u32> {
    let mut numbers = Vec::new();
    let words: Vec<&str> = said.split_whitespace().collect();
    let starts = words
        .iter()
        .enumerate()
        .filter(|(_, word)| matches!(word.trim_start_matches(['(', '"']), "row" | "rows" | "Row" | "Rows"));
    for (at, _) in starts {
        for word in words.iter().skip(at + 1) {
            let digits = word.trim_end_matches([',', '.', ';', ':', ')', '"', '?']);
            match digits.parse() {
                Ok(number) => numbers.push(number),
                Err(_) if matches!(*word, "and" | "to" | "or") => continue,
                Err(_) => break,
            }
            if word.ends_with(['.', ';', ':', ')', '"']) {
                break;
            }
        }
    }
    numbers
}

/// The quoted titles that follow a mark: one, or several with commas, "and" or "to" between them.
fn titles_after(said: &str, mark: &str) -> Vec<String> {
    let mut titles = Vec::new();
    for piece in said.split(mark).skip(1) {
        let mut rest = piece;
        while let Some((title, after)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
            titles.push(title.to_owned());
            let joint = [", ", " and ", " to "].iter().find_map(|joint| after.strip_prefix(joint));
            rest = joint.unwrap_or("");
        }
    }
    titles
}

/// The pages that are named: words that end in `.md`.
fn pages_named(said: &str) -> Vec<String> {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '.' | '/' | '-' | '_');
    let names = said.split(|c| !inside(c)).map(|name| name.trim_end_matches('.'));
    names.filter(|name| name.ends_with(".md") && name.len() > 3).map(str::to_owned).collect()
}

#[test]
fn every_citation_leads_to_a_page_of_this_repository() {
    let readings =
        "### G0\n\n- Arranging an assessment\n- The report: what it says\n\n### B5\n\n### Marking\n";
    let known = Known::of(readings, "## Row 1\n## Row 12\n");
    let good = "//! B5; rows 1 and 12 (G0, \"Arranging an assessment\" and \"The report\"). docs/readings.md, \"Marking\".\n\
                fn f() { Grade::G7 }\n";
    assert_eq!(astray("src/a.rs", good, &known), Vec::<String>::new());
    let bad = "// B6, and rows 1 to 13: G0, \"Arranging\n// a thing\"; docs/readings.md, \"Colour\"; gone.md; issue 5 (G0, Conflicts).\n";
    let expected = [
        "src/a.rs: B6 is no title of docs/readings.md",
        "src/a.rs: row 13 is no title of docs/process.md",
        "src/a.rs: G0 has no section \"Arranging a thing\"",
        "src/a.rs: the title after G0 stands without quotation marks: Conflicts).",
        "src/a.rs: \"Colour\" is no title of docs/readings.md",
        "src/a.rs: issue 5 is not in the repository",
        "src/a.rs: there is no page gone.md",
    ];
    assert_eq!(astray("src/a.rs", bad, &known), expected);
    let data = astray("policy/a.toml", "number = \"G9\"\n", &known);
    assert_eq!(data, ["policy/a.toml: G9 is no title of docs/readings.md"]);

    let known = Known::of(&read("docs/readings.md"), &read("docs/process.md"));
    assert!(known.readings.len() > 37 && known.rows.len() > 36 && known.sections.len() > 20);
    let mut faults = Vec::new();
    let mut left: Vec<PathBuf> = FOLDERS.iter().map(|folder| root().join(folder)).collect();
    left.extend(["ARCHITECTURE.md", "CHANGELOG.md", "Cargo.toml", "README.md"].map(|name| root().join(name)));
    let mut read_files = 0;
    while let Some(path) = left.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a folder of the repository");
            left.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if path.extension().is_some_and(|ending| ENDINGS.iter().any(|one| ending == *one)) {
            let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
            faults.extend(astray(&name, &read(&name), &known));
            read_files += 1;
        }
    }
    assert!(read_files > 500, "only {read_files} files were found");
    holds(faults);
}
