//! Enters: a day. Leaves: proof that the demo works on it, again on the same folder, and only in a folder of its own.
//! Never: reads the clock.

use super::files;
use crate::support::office::{DemoOffice, TODAY, despatch};
use despatch_testing::swap::Swap;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;

const DAYS: [(&str, &str); 12] = [
    ("a Saturday", "2026-11-28"),
    ("a Sunday on which the clocks change", "2026-03-29"),
    ("Christmas Eve", "2026-12-24"),
    ("the Sunday between Boxing Day and its substitute", "2026-12-27"),
    ("New Year's Eve", "2026-12-31"),
    ("the substitute of the second of January, a holiday in Scotland alone", "2028-01-04"),
    ("Good Friday", "2027-03-26"),
    ("Easter Monday, no holiday in Scotland", "2027-03-29"),
    ("St Andrew's Day, a holiday in Scotland alone", "2026-11-30"),
    ("the twelfth of July, a holiday in Northern Ireland alone", "2027-07-12"),
    ("a bank holiday Monday", "2027-05-03"),
    ("a leap day", "2028-02-29"),
];

#[test]
fn the_demo_shows_the_same_on_any_day() {
    let mut wrong = Vec::new();
    for (name, day) in DAYS {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("office");
        let said = despatch(&["demo", "--json", "--once", "--today", day, "--dir", dir.to_str().unwrap()]);
        let summary: Value =
            said.stdout.lines().last().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default();
        let waiting = summary["waiting"].as_array().map(Vec::len);
        let seen = (said.code, summary["queued"].as_u64(), summary["rejected"].as_u64(), waiting);
        if seen != (0, Some(8), Some(2), Some(1)) {
            wrong.push(format!("{name}, {day}: {seen:?}\n{}{}", said.stdout, said.stderr));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_second_demo_in_the_same_folder_makes_nothing_twice() {
    let office = DemoOffice::new();
    let before = office.despatches();
    let said =
        despatch(&["demo", "--once", "--today", TODAY, "--dir", office.dir.to_str().unwrap()]).expect(0);
    assert_eq!(said.stdout.matches("\nknown  ").count(), 8, "{}", said.stdout);
    assert!(said.stdout.contains("0 queued, 2 rejected, 8 known already, 1 waiting"), "{}", said.stdout);
    assert!(said.stdout.contains("Nothing new was queued."), "{}", said.stdout);
    assert_eq!(office.despatches(), before);
}

#[test]
fn a_folder_that_is_no_demo_office_is_refused_and_left_alone() {
    let real = DemoOffice::new();
    real.edit("despatch.toml", |text| text.swapped("demo = true", ""));
    let theirs = tempfile::tempdir().unwrap();
    fs::write(theirs.path().join("letter.txt"), "mine").unwrap();
    let file = theirs.path().join("letter.txt");
    for dir in [real.dir.as_path(), theirs.path(), &file] {
        let before = files(dir);
        let said = despatch(&["demo", "--once", "--today", TODAY, "--dir", dir.to_str().unwrap()]).expect(1);
        assert!(said.stderr.contains("not a demo office") && said.stdout.is_empty(), "{said:?}");
        assert_eq!(files(dir), before);
    }
}

#[test]
fn everything_in_a_demo_office_is_private() {
    let office = DemoOffice::new();
    for (path, _) in files(&office.dir) {
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, expected, "{} has mode {mode:o}", path.display());
    }
}
