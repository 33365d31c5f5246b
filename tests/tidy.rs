//! Enters: the repository's own files. Leaves: the proof that the house rules hold, or each place where one does not.
//! Never: changes a file, or trusts a rule that cannot fail: each is first tried on a small text that breaks it.

mod circles;
mod commands;
mod crates;
mod readings;
mod source;

use despatch_core::words::Sha256;
use source::{File, Function, crate_of, functions, line_of};
use std::fs;
use std::path::{Path, PathBuf};

/// The longest file and the longest function, in lines.
const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 70;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every Rust file below these folders.
fn rust_files(folders: &[&str]) -> Vec<File> {
    let mut files = Vec::new();
    let mut left: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a folder of the repository");
            left.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let path =
                path.strip_prefix(root()).expect("a path below the root").to_string_lossy().into_owned();
            files.push(File::new(&path, &read(&path)));
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(files.len() > 3, "the files of {folders:?} were not found");
    files
}

/// The program and its crates, without their tests and what only tests need.
fn program() -> Vec<File> {
    let mut files = rust_files(&["src", "crates"]);
    files.retain(|file| file.path.starts_with("src/") || file.path.contains("/src/"));
    files.retain(|file| crate_of(&file.path) != "testing");
    files
}

fn everywhere() -> Vec<File> {
    rust_files(&["src", "crates", "tests", "benches"])
}

#[track_caller]
fn holds(faults: Vec<String>) {
    assert!(faults.is_empty(), "broken in {} places:\n{}", faults.len(), faults.join("\n"));
}

/// The rule finds exactly this in a file that breaks it.
#[track_caller]
fn finds(rule: impl Fn(&[File]) -> Vec<String>, path: &str, text: &str, expected: &[&str]) {
    assert_eq!(rule(&[File::new(path, text)]), expected, "of {path}:\n{text}");
}

fn without_header(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        let header: Vec<&str> = file.text.lines().take_while(|line| line.starts_with("//!")).collect();
        let header = header.join("\n");
        if header.is_empty() {
            faults.push(format!("{}:1: it does not begin with //!", file.path));
            continue;
        }
        // The map says of each module what it does; it has no stage of its own.
        let staged = file.path.contains("src/") && file.path != "src/lib.rs";
        for word in ["Enters:", "Leaves:", "Never:"] {
            if staged && !header.contains(word) {
                faults.push(format!("{}:1: its header does not say {word}", file.path));
            }
        }
    }
    faults
}

#[test]
fn every_file_says_first_what_enters_what_leaves_and_what_it_never_does() {
    finds(without_header, "tests/a.rs", "use b;\n//! late\n", &["tests/a.rs:1: it does not begin with //!"]);
    let bad = "//! Enters: a. Leaves: b.\nfn f() {}\n//! Never: c.\n";
    finds(without_header, "src/a.rs", bad, &["src/a.rs:1: its header does not say Never:"]);
    holds(without_header(&everywhere()));
}

fn too_long(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        let lines = file.text.lines().count();
        if lines > FILE_LINES {
            faults.push(format!("{}:1: {lines} lines", file.path));
        }
        for Function { name, first, last } in functions(file) {
            let lines = last - first + 1;
            if lines > FUNCTION_LINES {
                faults.push(format!("{}:{first}: {name} has {lines} lines", file.path));
            }
        }
    }
    faults
}

#[test]
fn no_file_and_no_function_is_too_long_to_read() {
    let body = "    // a brace: { \"}\" '}' r#\"}\"#\n".repeat(FUNCTION_LINES - 1);
    let long = format!(
        "trait T {{ fn sign(x: [u8; 2]); }}\nfn long<'a>(x: &'a str) {{\n{body}}}\nfn short() {{}}\n"
    );
    finds(too_long, "src/a.rs", &long, &["src/a.rs:2: long has 71 lines"]);
    let tall = "\n".repeat(FILE_LINES + 1);
    finds(too_long, "src/a.rs", &tall, &["src/a.rs:1: 501 lines"]);
    holds(too_long(&everywhere()));
}

fn gives_up(files: &[File]) -> Vec<String> {
    const METHODS: [&str; 4] = ["unwrap", "expect", "unwrap_err", "expect_err"];
    const MACROS: [&str; 5] = ["panic", "todo", "unimplemented", "dbg", "unreachable"];
    let mut faults = Vec::new();
    for file in files {
        for (at, word) in file.words() {
            let of_something = file.code[..at].ends_with(['.', ':']);
            let called = file.code[at + word.len()..].starts_with('!');
            if (of_something && METHODS.contains(&word)) || (called && MACROS.contains(&word)) {
                faults.push(file.fault(at, word));
            }
        }
    }
    faults
}

#[test]
fn nothing_in_the_program_gives_up_where_a_fault_could_be_told() {
    let bad =
        "// x.unwrap()\nfn f() { a\n  .unwrap(); b.expect(\"panic!\"); c.map(Option::unwrap) }\npanic!();\n";
    let expected = ["src/a.rs:3: unwrap", "src/a.rs:3: expect", "src/a.rs:3: unwrap", "src/a.rs:4: panic"];
    finds(gives_up, "src/a.rs", bad, &expected);
    finds(
        gives_up,
        "src/a.rs",
        "#[expect(x, reason = \"\")]\nstd::panic::catch_unwind(f);\na.unwrap_or(1);\n",
        &[],
    );
    holds(gives_up(&program()));
}

/// Where days come from.
const CLOCK: &str = "crates/core/src/clock.rs";

/// Days come from one file. `Instant` measures a wait and is no day, so it may stand elsewhere.
fn reads_the_clock(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.path != CLOCK) {
        for (at, word) in file.words() {
            let of = |owner: &str| file.code[..at].ends_with(&format!("{owner}::"));
            if ["SystemTime", "Local", "date_now"].contains(&word) || (word == "now" && of("Utc")) {
                faults.push(file.fault(at, &format!("{word} is for crates/core/src/clock.rs alone")));
            }
        }
    }
    faults
}

#[test]
fn the_clock_is_read_in_one_file() {
    let bad = "fn f(clock: Clock) { clock.now(); Utc::now(); std::time::SystemTime::now(); }\n";
    let expected = [
        "src/a.rs:1: now is for crates/core/src/clock.rs alone",
        "src/a.rs:1: SystemTime is for crates/core/src/clock.rs alone",
    ];
    finds(reads_the_clock, "src/a.rs", bad, &expected);
    finds(reads_the_clock, CLOCK, bad, &[]);
    holds(reads_the_clock(&program()));
}

/// Whether the path before a word ends in a type: `Names::File` is a variant of an enum, not a file.
fn is_of_a_type(before: &str) -> bool {
    let owner = before.trim_end_matches(':').rsplit(|c: char| !c.is_alphanumeric() && c != '_').next();
    owner.is_some_and(|owner| owner.starts_with(char::is_uppercase))
}

fn touches_the_world(files: &[File]) -> Vec<String> {
    const PURE: [&str; 6] = ["process", "seal", "directory", "documents", "guards", "letters"];
    const OUTSIDE: [&str; 4] = [
        "crates/letters/src/render/pool.rs",
        "crates/letters/src/render/worker.rs",
        "crates/letters/src/catalogue.rs",
        "crates/letters/src/catalogue/files.rs",
    ];
    const WORLD: [&str; 14] = [
        "fs",
        "net",
        "env",
        "process",
        "File",
        "OpenOptions",
        "Command",
        "TcpStream",
        "UdpSocket",
        "Instant",
        "clock",
        "sqlx",
        "tokio",
        "nix",
    ];
    let pure = |file: &&File| PURE.contains(&crate_of(&file.path)) && !OUTSIDE.contains(&file.path.as_str());
    let mut faults = Vec::new();
    for file in files.iter().filter(pure) {
        for (at, word) in file.words() {
            let (before, after) = (&file.code[..at], &file.code[at + word.len()..]);
            let is_path = after.starts_with("::") || (before.ends_with("::") && !is_of_a_type(before));
            let statement = before.rsplit(';').next().unwrap_or(before);
            let is_grouped =
                statement.contains("use ") && before.ends_with(['{', ' ']) && after.starts_with([',', '}']);
            if WORLD.contains(&word) && (is_path || is_grouped) {
                faults.push(file.fault(at, &format!("{word} has no place among the pure parts")));
            }
        }
    }
    faults
}

#[test]
fn the_rules_the_letters_and_the_sealing_touch_no_file_clock_or_network() {
    let bad = "use std::{fs, fmt};\nuse std::net::IpAddr;\nfn f(file: Text) { File::open(file.fs); }\n";
    let place = |line, word| format!("crates/seal/src/a.rs:{line}: {word} has no place among the pure parts");
    let expected = [place(1, "fs"), place(2, "net"), place(3, "File")];
    finds(touches_the_world, "crates/seal/src/a.rs", bad, &expected.each_ref().map(String::as_str));
    let named = "enum Names {\n    File,\n}\nfn f() { Names::File; }\n";
    finds(touches_the_world, "crates/seal/src/a.rs", named, &[]);
    finds(touches_the_world, "crates/letters/src/render/pool.rs", bad, &[]);
    finds(touches_the_world, "crates/ledger/src/files.rs", bad, &[]);
    holds(touches_the_world(&program()));
}

fn unlisted_fonts(readme: &str, fonts: &[(String, Vec<u8>)]) -> Vec<String> {
    let font = |line: &&str| line.starts_with("| `") && (line.contains(".ttf`") || line.contains(".ttc`"));
    let rows: Vec<&str> = readme.lines().filter(font).collect();
    let mut faults = Vec::new();
    for (name, bytes) in fonts {
        match rows.iter().find(|row| row.contains(&format!("`{name}`"))) {
            None => faults.push(format!("{name} is not listed")),
            Some(row) if !row.contains(&format!("`{}`", Sha256::of(bytes))) => {
                faults.push(format!("{name} is not the file that is listed"));
            }
            Some(_) => {}
        }
    }
    if rows.len() > fonts.len() {
        faults.push("a font that is listed is not there".to_owned());
    }
    faults
}

#[test]
fn every_font_is_the_one_that_its_readme_lists() {
    let font = |name: &str| (name.to_owned(), b"made up".to_vec());
    let readme = format!("| `a.ttf` | `{}` |\n| `b.ttf` | `00` |\n", Sha256::of(b"made up"));
    let found = unlisted_fonts(&readme, &[font("a.ttf"), font("b.ttf"), font("c.ttf")]);
    assert_eq!(found, ["b.ttf is not the file that is listed", "c.ttf is not listed"]);
    assert_eq!(unlisted_fonts(&readme, &[font("a.ttf")]), ["a font that is listed is not there"]);
    let folder = fs::read_dir(root().join("fonts")).expect("the folder of fonts");
    let names = folder.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    // `make` makes them.
    let fonts = names.filter(|name| !name.ends_with(".md") && !name.ends_with(".txt") && name != "make");
    let fonts: Vec<_> =
        fonts.map(|name| (fs::read(root().join("fonts").join(&name)).expect("a font"), name)).collect();
    let fonts: Vec<_> = fonts.into_iter().map(|(bytes, name)| (name, bytes)).collect();
    assert!(!fonts.is_empty(), "no font was found");
    holds(unlisted_fonts(&read("fonts/README.md"), &fonts));
}

fn unexplained_dependencies(manifest: &str) -> Vec<String> {
    let (mut listing, mut explained, mut faults) = (false, false, Vec::new());
    for (number, line) in manifest.lines().enumerate() {
        match line.trim() {
            "" => explained = false,
            line if line.starts_with('[') => {
                listing = line.contains("dependencies");
                explained = false;
            }
            line if line.starts_with('#') => explained = true,
            // Its reason stands where the workspace lists it.
            line if line.ends_with(".workspace = true") => {}
            line if listing && !explained => {
                let name = line.split([' ', '=', '.']).next().unwrap_or(line);
                faults.push(format!("Cargo.toml:{}: nothing above {name} says why it is there", number + 1));
            }
            _ => {}
        }
    }
    faults
}

#[test]
fn every_dependency_stands_below_the_reason_for_it() {
    let bad = "[package]\nname = \"a\"\n\n[dependencies]\n# Because.\nb = \"1\"\nc = \"1\"\n\nd = \"1\"\n";
    let expected = ["Cargo.toml:9: nothing above d says why it is there"];
    assert_eq!(unexplained_dependencies(bad), expected);
    holds(unexplained_dependencies(&read("Cargo.toml")));
}

fn may_change_nothing(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        for (at, word) in file.words() {
            let before =
                file.code[..at].chars().rev().filter(|c| !c.is_whitespace()).take("|text|{text.".len());
            let before: String = before.collect::<Vec<_>>().into_iter().rev().collect();
            let edits = before.ends_with("|text|text.") || before.ends_with("|text|{text.");
            if word == "replacen" && before.ends_with('.') || word == "replace" && edits {
                faults.push(file.fault(at, "it may change nothing: `swapped` fails then"));
            }
        }
    }
    faults
}

#[test]
fn what_a_test_means_to_change_it_changes() {
    let bad = "let a = b.replacen(\"a\", \"b\", 1);\noffice.edit(\"c\", |text| {\n    text.replace(\"a\", \"b\")\n});\n\
               office.edit(\"c\", |text| text.swapped(\"a\", \"b\"));\nlet plain = text.replace('-', \"\");\n";
    let expected = [
        "tests/a.rs:1: it may change nothing: `swapped` fails then",
        "tests/a.rs:3: it may change nothing: `swapped` fails then",
    ];
    finds(may_change_nothing, "tests/a.rs", bad, &expected);
    let mut files = rust_files(&["tests", "crates"]);
    files.retain(|file| file.path.starts_with("tests/") || file.path.contains("/tests/"));
    holds(may_change_nothing(&files));
}

fn unsafe_unannounced(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        let lines: Vec<&str> = file.text.lines().collect();
        // Attributes stand between an item and the blank line, or the end of a statement, before it.
        let announced = |line: usize| {
            let above = lines.iter().take(line.saturating_sub(1)).rev().map(|line| line.trim());
            let above = above.take_while(|line| !line.is_empty() && !line.ends_with(['{', '}', ';']));
            above
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect::<String>()
                .replace(' ', "")
                .contains("#[expect(unsafe_code,reason=")
        };
        for (at, _) in file.words().filter(|(_, word)| *word == "unsafe") {
            let line = line_of(&file.code, at);
            let around = functions(file).into_iter().filter(|f| (f.first..=f.last).contains(&line));
            if !around.map(|f| f.first).chain([line]).any(announced) {
                faults
                    .push(file.fault(at, "unsafe without #[expect(unsafe_code, reason = …)] directly above"));
            }
        }
    }
    faults
}

#[test]
fn what_is_unsafe_is_announced_with_its_reason() {
    let good = "#[expect(unsafe_code, reason = \"one call\")]\nfn f() {\n    unsafe { g() }\n}\n";
    finds(unsafe_unannounced, "src/a.rs", good, &[]);
    let bad = format!("{good}fn h() {{\n    // unsafe\n    unsafe {{ g() }}\n}}\n");
    let expected = "src/a.rs:7: unsafe without #[expect(unsafe_code, reason = …)] directly above";
    finds(unsafe_unannounced, "src/a.rs", &bad, &[expected]);
    holds(unsafe_unannounced(&everywhere()));
}
