//! Enters: advisories.txt, deny.toml and Cargo.lock. Leaves: proof that what is known against a library of the program
//! is named, with the reason why it does not bite. Never: asks the network; cargo-deny does where it may.

use despatch_testing::swap::Swap;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use toml::Table;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect(name)
}

/// Everything in which the list, the reasons and the libraries disagree.
fn faults(list: &str, deny: &str, lock: &str) -> Vec<String> {
    let (deny, lock): (Table, Table) = (deny.parse().expect("TOML"), lock.parse().expect("TOML"));
    let text =
        |value: &toml::Value, key: &str| value.get(key).and_then(|v| v.as_str()).unwrap_or("").to_owned();
    let packages: BTreeSet<(String, String)> = lock["package"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(one, "name"), text(one, "version")))
        .collect();
    let reasons: BTreeMap<String, String> = deny["advisories"]["ignore"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(one, "id"), text(one, "reason")))
        .collect();
    let (mut faults, mut listed) = (Vec::new(), BTreeSet::new());
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split(' ').collect();
        let [id, name, version] = words[..] else {
            faults.push(format!("{line} is not an id, a crate and a version"));
            continue;
        };
        listed.insert(id.to_owned());
        if !packages.contains(&(name.to_owned(), version.to_owned())) {
            faults.push(format!("{id}: {name} {version} is not in Cargo.lock any more: look again"));
        }
        if reasons.get(id).is_none_or(|reason| reason.len() < 40) {
            faults.push(format!("{id}: deny.toml has no reason"));
        }
    }
    faults.extend(reasons.keys().filter(|id| !listed.contains(*id)).map(|id| format!("{id} is not listed")));
    faults
}

#[test]
fn f30_every_advisory_that_applies_is_in_deny_toml_with_its_reason() {
    let (list, deny, lock) = (read("advisories.txt"), read("deny.toml"), read("Cargo.lock"));
    let found = faults(&list, &deny, &lock);
    assert!(found.is_empty(), "{found:#?}");
    for id in ["2026-0194", "2026-0195", "2026-0192", "2026-0206"] {
        assert!(deny.contains(&format!("RUSTSEC-{id}")), "{id}");
    }
    let looked = list.lines().find_map(|line| line.strip_prefix("# looked through: ")).expect("the day");
    assert!(looked[..10].parse::<chrono::NaiveDate>().is_ok(), "{looked}");
}

#[test]
fn f30_a_list_that_no_longer_fits_is_told() {
    let (list, deny, lock) = (read("advisories.txt"), read("deny.toml"), read("Cargo.lock"));
    assert_eq!(faults(&list, &deny, &lock.swapped("\"0.25.1\"", "\"0.25.2\"")).len(), 1);
    assert_eq!(faults(&format!("{list}RUSTSEC-2026-9999 lettre 0.11.23\n"), &deny, &lock).len(), 1);
    assert_eq!(faults(&list.swapped("RUSTSEC-2026-0206", "RUSTSEC-2026-0207"), &deny, &lock).len(), 2);
}
