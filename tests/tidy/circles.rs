//! Enters: the Rust files of one crate. Leaves: each file that uses another which uses it in turn, however far round.
//! Never: counts a file that uses the one above it (`a/b.rs` and `a.rs`, which is its head), or what a test names.

use super::source::File;
use std::collections::{BTreeMap, BTreeSet};

/// Where a file stands among the modules of its crate: `["a", "b"]` for `src/a/b.rs` and for `src/a/b/mod.rs`.
type Module = Vec<String>;

/// A file, what each name that it brings in stands for, and the paths that it uses, each with its place.
struct Names<'a> {
    file: &'a File,
    brought: BTreeMap<String, Module>,
    used: Vec<(usize, Module)>,
}

/// The uses that are part of a circle.
pub(super) fn circles(files: &[File]) -> Vec<String> {
    let known: BTreeSet<Module> = files.iter().map(module).collect();
    let all: BTreeMap<Module, Names> =
        files.iter().map(|file| (module(file), Names::of(file, &known))).collect();
    let mut uses = BTreeMap::<&Module, BTreeMap<Module, usize>>::new();
    for (from, names) in &all {
        let found = uses.entry(from).or_default();
        for (at, path) in &names.used {
            let used = home(&all, path, 0);
            if !from.starts_with(&used) {
                found.entry(used).or_insert(*at);
            }
        }
    }
    let mut faults = Vec::new();
    for (from, used) in &uses {
        for (to, at) in used.iter().filter(|(to, _)| reaches(&uses, to, from)) {
            let (file, other) = (all[*from].file, &all[to].file.path);
            faults.push(file.fault(*at, &format!("it uses {other}, which uses it in turn")));
        }
    }
    faults
}

fn reaches(uses: &BTreeMap<&Module, BTreeMap<Module, usize>>, start: &Module, end: &Module) -> bool {
    let (mut seen, mut left) = (BTreeSet::new(), vec![start]);
    while let Some(next) = left.pop() {
        if next == end {
            return true;
        }
        if seen.insert(next) {
            left.extend(uses.get(next).into_iter().flat_map(BTreeMap::keys));
        }
    }
    false
}

fn module(file: &File) -> Module {
    let below = file.path.split_once("src/").map_or(file.path.as_str(), |(_, below)| below);
    let mut names: Module = below.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    let head = names.last().is_some_and(|last| last == "mod")
        || names.len() == 1 && ["lib", "main"].contains(&names[0].as_str());
    if head {
        names.pop();
    }
    names
}

/// The file in which what a path names stands; what a file only passes on stands further down.
fn home(all: &BTreeMap<Module, Names>, path: &[String], depth: usize) -> Module {
    for length in (0..=path.len()).rev() {
        let (above, rest) = path.split_at(length);
        let Some(names) = all.get(above) else { continue };
        let passed_on = rest.first().and_then(|name| names.brought.get(name));
        return match passed_on {
            // A name that stands for itself would go on for ever.
            Some(further) if depth < 9 => home(all, &[further.as_slice(), &rest[1..]].concat(), depth + 1),
            _ => above.to_vec(),
        };
    }
    Vec::new()
}

impl<'a> Names<'a> {
    fn of(file: &'a File, known: &BTreeSet<Module>) -> Self {
        let own = module(file);
        let mut names = Names { file, brought: BTreeMap::new(), used: Vec::new() };
        // The parts of the code that bring names in; the rest uses them.
        let mut statements = Vec::new();
        // `use<'a>` in a type brings in nothing.
        let brings = |(at, word): &(usize, &str)| *word == "use" && !file.code[at + 3..].starts_with('<');
        for (at, _) in file.words().filter(brings) {
            let end = file.code[at..].find(';').map_or(file.code.len(), |end| at + end);
            statements.push(at..end);
            let line = &file.code[..at];
            let passes_on = line[line.rfind('\n').map_or(0, |at| at + 1)..].trim_start().starts_with("pub");
            for (path, name) in leaves(&file.code[at + "use".len()..end]) {
                let Some(path) = absolute(&own, &path, known) else { continue };
                if !passes_on {
                    names.used.push((at, path.clone()));
                }
                names.brought.insert(name, path);
            }
        }
        for (at, path) in paths(file) {
            if statements.iter().any(|statement| statement.contains(&at)) {
                continue;
            }
            let brought = names.brought.get(&path[0]).map(|to| [to.as_slice(), &path[1..]].concat());
            names.used.extend(absolute(&own, &path, known).or(brought).map(|path| (at, path)));
        }
        names
    }
}

/// The path from the crate's root; nothing where it leads out of the crate.
fn absolute(own: &[String], path: &[String], known: &BTreeSet<Module>) -> Option<Module> {
    let ups = path.iter().take_while(|name| *name == "super").count();
    let (base, rest) = match path.first()?.as_str() {
        "crate" => (&[][..], &path[1..]),
        "self" => (own, &path[1..]),
        "super" => (&own[..own.len().checked_sub(ups)?], &path[ups..]),
        first => (known.contains(&[own, &[first.to_owned()]].concat()).then_some(own)?, path),
    };
    Some([base, rest].concat())
}

/// Each path of a `use` with the name that it brings in.
fn leaves(tree: &str) -> Vec<(Module, String)> {
    let tree = tree.trim();
    if let Some((before, group)) = tree.split_once('{') {
        let before: Module = segments(before);
        let group = group.rsplit_once('}').map_or(group, |(inside, _)| inside);
        return parts(group)
            .into_iter()
            .flat_map(leaves)
            .map(|(path, name)| {
                let path = [before.as_slice(), &path].concat();
                if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
                    let path = path[..path.len() - 1].to_vec();
                    let name = if name == "self" { path[path.len() - 1].clone() } else { name };
                    return (path, name);
                }
                (path, name)
            })
            .collect();
    }
    let (path, name) = tree.split_once(" as ").unwrap_or((tree, ""));
    let path = segments(path);
    let name =
        if name.is_empty() { path.last().cloned().unwrap_or_default() } else { name.trim().to_owned() };
    vec![(path, name)]
}

fn segments(path: &str) -> Module {
    path.split("::").map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// What stands between the commas of a group, with the groups inside it whole.
fn parts(group: &str) -> Vec<&str> {
    let (mut depth, mut from, mut parts) = (0_usize, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&group[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&group[from..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// Each path of two names or more, `a::b`, with its place.
fn paths(file: &File) -> Vec<(usize, Module)> {
    let mut paths: Vec<(usize, usize, Module)> = Vec::new();
    for (at, word) in file.words() {
        let end = at + word.len();
        match paths.last_mut() {
            Some((_, ends, path)) if file.code[..at].ends_with("::") && *ends + 2 == at => {
                path.push(word.to_owned());
                *ends = end;
            }
            _ if file.code[..at].ends_with(':') => {}
            _ => paths.push((at, end, vec![word.to_owned()])),
        }
    }
    paths.into_iter().filter(|(_, _, path)| path.len() > 1).map(|(at, _, path)| (at, path)).collect()
}

#[test]
fn a_circle_is_seen_wherever_it_closes() {
    let files = |texts: &[(&str, &str)]| -> Vec<File> {
        texts.iter().map(|(path, text)| File::new(&format!("crates/x/src/{path}"), text)).collect()
    };
    let uses = |path: &str, line: usize, other: &str| {
        format!("crates/x/src/{path}:{line}: it uses crates/x/src/{other}, which uses it in turn")
    };
    let two = files(&[
        ("lib.rs", "mod a;\nmod b;\npub use a::A;\n"),
        ("a.rs", "use crate::b::{self, B};\n"),
        ("b.rs", "// crate::a\nfn f() -> super::A {}\n"),
    ]);
    assert_eq!(circles(&two), [uses("a.rs", 1, "b.rs"), uses("b.rs", 2, "a.rs")]);
    let three = files(&[
        ("a/mod.rs", "mod one;\nmod two;\nuse one::One;\n"),
        ("a/one.rs", "use super::two::Two as Other;\n"),
        ("a/two.rs", "fn f() { crate::c::g(); }\n"),
        ("c.rs", "use crate::a::One;\n"),
    ]);
    assert_eq!(circles(&three).len(), 3, "{:?}", circles(&three));
    let none = files(&[
        ("lib.rs", "mod a;\nmod b;\n"),
        ("a.rs", "mod one;\npub struct A;\nfn f() { one::g(); }\n"),
        ("a/one.rs", "use super::A;\nuse std::a::B;\npub fn g() { \"crate::b\"; }\n"),
        ("b.rs", "use crate::a::A;\n"),
    ]);
    assert_eq!(circles(&none), [""; 0]);
}

#[test]
fn no_files_of_a_crate_use_each_other_in_a_circle() {
    let mut crates = BTreeMap::<String, Vec<File>>::new();
    for file in super::program() {
        crates.entry(super::crate_of(&file.path).to_owned()).or_default().push(file);
    }
    assert!(crates.len() > 8, "the crates were not found");
    super::holds(crates.values().flat_map(|files| circles(files)).collect());
}
