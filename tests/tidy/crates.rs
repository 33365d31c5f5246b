//! Enters: the manifests of the crates. Leaves: proof that each uses those below it alone, in its tests too.
//! Never: asks cargo; what a manifest does not name, the compiler refuses.

use super::read;
use std::collections::BTreeSet;
use toml::Table;

/// What each crate uses of the others. A crate stands below all that use it (ARCHITECTURE.md has the map).
const LAYERS: [(&str, &[&str]); 14] = [
    ("core", &[]),
    ("process", &["core"]),
    ("seal", &["core"]),
    ("documents", &["core"]),
    ("directory", &["core", "process", "seal"]),
    ("guards", &["core", "directory", "documents", "process"]),
    ("settings", &["core", "directory", "guards", "process", "seal"]),
    ("message", &["core", "documents", "seal"]),
    ("sheets", &[]),
    ("letters", &["core", "documents", "process", "settings", "sheets"]),
    ("ledger", &["core", "directory", "documents", "guards", "message", "process", "seal", "settings"]),
    (
        "app",
        &[
            "core",
            "directory",
            "documents",
            "guards",
            "ledger",
            "letters",
            "message",
            "process",
            "seal",
            "settings",
            "sheets",
        ],
    ),
    ("web", &["core"]),
    ("pages", &["app", "core", "directory", "guards", "ledger", "process", "seal", "settings", "web"]),
];

/// What only some crates may use: everything about pages in one, everything about the database in another.
const KEPT: [(&str, &[&str]); 6] = [
    ("typst", &["letters"]),
    ("hayro", &["letters"]),
    ("sqlx", &["ledger"]),
    ("calamine", &["sheets"]),
    ("rust_xlsxwriter", &["sheets"]),
    ("age", &["seal", "app", "pages"]),
];

fn names(manifest: &Table, section: &str) -> BTreeSet<String> {
    let own = manifest.get(section).and_then(|section| section.as_table());
    own.into_iter().flat_map(Table::keys).cloned().collect()
}

fn own(names: &BTreeSet<String>) -> BTreeSet<&str> {
    names.iter().filter_map(|name| name.strip_prefix("despatch-")).collect()
}

/// What is wrong with a crate's manifest, given what may be used.
fn out_of_place(name: &str, manifest: &str, may_use: &[&str]) -> Vec<String> {
    let manifest: Table = manifest.parse().expect("a manifest");
    let (uses, tests_use) = (names(&manifest, "dependencies"), names(&manifest, "dev-dependencies"));
    let may_use: BTreeSet<&str> = may_use.iter().copied().collect();
    let mut faults = Vec::new();
    for used in own(&uses).difference(&may_use) {
        faults.push(format!("{name} uses {used}, which it may not"));
    }
    for idle in may_use.difference(&own(&uses)) {
        faults.push(format!("{name} no longer uses {idle}: take it off the list"));
    }
    for used in own(&tests_use).difference(&may_use) {
        if *used != "testing" {
            faults.push(format!("the tests of {name} use {used}, which {name} does not"));
        }
    }
    for (library, crates) in KEPT {
        if uses.contains(library) && !crates.contains(&name) {
            faults.push(format!("{name} uses {library}, which is for {crates:?}"));
        }
    }
    faults
}

#[test]
fn each_crate_uses_the_crates_below_it_alone() {
    let manifest = "[dependencies]\ndespatch-core.workspace = true\ndespatch-app.workspace = true\n\
                    typst = { workspace = true }\n\n\
                    [dev-dependencies]\ndespatch-testing.workspace = true\ndespatch-ledger.workspace = true\n";
    assert_eq!(
        out_of_place("seal", manifest, &["core", "process"]),
        [
            "seal uses app, which it may not",
            "seal no longer uses process: take it off the list",
            "the tests of seal use ledger, which seal does not",
            "seal uses typst, which is for [\"letters\"]",
        ]
    );
    let mut faults = Vec::new();
    for (place, (name, may_use)) in LAYERS.iter().enumerate() {
        let below: BTreeSet<&str> = LAYERS[..place].iter().map(|(name, _)| *name).collect();
        let above = may_use.iter().filter(|used| !below.contains(*used));
        faults.extend(above.map(|used| format!("{used} does not stand below {name} in the list")));
        faults.extend(out_of_place(name, &read(&format!("crates/{name}/Cargo.toml")), may_use));
    }
    let there = std::fs::read_dir(super::root().join("crates")).expect("the crates");
    for name in there.map(|entry| entry.expect("a crate").file_name().to_string_lossy().into_owned()) {
        if name != "testing" && !LAYERS.iter().any(|(known, _)| *known == name) {
            faults.push(format!("{name} is not on the list"));
        }
    }
    super::holds(faults);
}

#[test]
fn what_only_tests_need_is_in_no_program() {
    let manifest: Table = read("Cargo.toml").parse().expect("a manifest");
    assert!(!names(&manifest, "dependencies").contains("despatch-testing"));
    assert!(names(&manifest, "dev-dependencies").contains("despatch-testing"));
    let manifest: Table = read("crates/testing/Cargo.toml").parse().expect("a manifest");
    assert_eq!(own(&names(&manifest, "dependencies")), BTreeSet::from(["core"]));
}
