//! What people do to the office's settings: the one file of the suite that knows `despatch.toml` and the packs.

use super::super::support::office::{DemoOffice, REVIEWER};
use despatch_testing::swap::Swap;
use std::fs;
use std::path::Path;

const BUILT_IN: &str = "hoso-2022-09-12";
const OWN: &str = "own-2026";

/// The office has a virus scanner: a command that ends with 1 where it finds something.
pub fn has_a_virus_scanner(office: &DemoOffice) {
    let command = r#"["sh", "-c", "if grep -q EICAR-STANDARD; then exit 1; fi"]"#;
    office.edit("despatch.toml", |text| format!("{text}\n[virus_scan]\ncommand = {command}\n"));
}

/// The office has completed the list of standards in a pack of its own, so that responses can go.
pub fn can_answer_reports(office: &DemoOffice) {
    adopted(
        office,
        &format!(
            "id = \"{OWN}\"\ntitle = \"The office's own edition\"\nextends = \"{BUILT_IN}\"\n\n\
             [[change]]\nvalue = \"standards\"\nreason = \"The list was obtained\"\n\
             to = {{ complete = true, source = \"The made-up list\", standard = [\n\
             {{ id = \"author-regulated\", title = \"The author is regulated\", source = \"page 1\" }},\n] }}\n"
        ),
    );
}

/// Two people adopt a pack of the office's own; then somebody edits it, so that the report goes to the interpreter
/// agency, too.
pub fn routing_edited_after_adoption(office: &DemoOffice) {
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("policy/{BUILT_IN}.toml"));
    let pack = fs::read_to_string(built_in).expect("the built-in pack");
    adopted(office, &pack.swapped_once(&format!("id = \"{BUILT_IN}\""), &format!("id = \"{OWN}\"")));
    office.edit(&format!("policy/{OWN}.toml"), |text| {
        let (before, after) = text.split_once("kind = \"interpreter-booking\"").expect("the row");
        let after = after.swapped_once("encloses = []", "encloses = [\"external_medical_report\"]");
        format!("{before}kind = \"interpreter-booking\"{after}")
    });
}

/// Puts a pack of the office's own in force for new cases.
fn adopted(office: &DemoOffice, pack: &str) {
    fs::create_dir_all(office.dir.join("policy")).expect("a folder");
    fs::write(office.dir.join(format!("policy/{OWN}.toml")), pack).expect("a new file");
    let terms = ["policy", "adopt", OWN, "--reason", "it is ours", "--until", "2027-03-31"];
    office.run_as(REVIEWER, &terms).expect(0);
    office.run_as("tomasz-achebe", &["policy", "adopt", OWN]).expect(0);
    office.edit("despatch.toml", |text| {
        text.swapped(&format!("pack = \"{BUILT_IN}\""), &format!("pack = \"{OWN}\""))
    });
}
