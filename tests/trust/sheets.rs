//! Enters: entries whose words are formulas. Leaves: proof that no sheet of the program runs them, and that they come
//! back as they were. Never: opens a spreadsheet.

use crate::support::office::DemoOffice;
use std::fs;

#[test]
fn f23_no_cell_of_an_exported_sheet_is_a_formula_and_it_is_imported_as_it_was() {
    let office = DemoOffice::new();
    let names = [
        "=HYPERLINK(\"https://example.invalid\",\"open\")",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "'=1+1",
        "'plain",
        "\u{ff1d}1+1",
        "|cmd",
    ];
    let id = "det-brook-house";
    for name in names {
        office.says(
            id,
            &[&format!("--name={name}"), &format!("--organisation={name}"), "--telephone=+44 20 7946 0000"],
        );
        let to = office.dir.join("all.csv");
        let _ = fs::remove_file(&to);
        office.directory(&["export", "--to", to.to_str().unwrap()]).expect(0);
        let mut sheet = csv::Reader::from_path(&to).unwrap();
        for row in sheet.records() {
            for cell in &row.unwrap() {
                let first = cell.trim_start().chars().next();
                assert!(!first.is_some_and(|c| "=+-@|\u{ff1d}\t\r".contains(c)), "{cell:?}");
            }
        }
        let said = office.directory(&["--json", "import", to.to_str().unwrap()]).expect(0).json();
        let entries = said["entries"].as_array().unwrap();
        assert!(entries.iter().all(|one| one["came"] == "as before"), "{name}: {said}");
    }
}
