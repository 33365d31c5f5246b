//! Enters: a reviewer who wants to be told what waits. Leaves: the email that tells them, once, and no word in it about
//! anybody. Never: a relay; the demo writes its emails into a folder.

use crate::support::office::{DemoOffice, REVIEWER};
use despatch_testing::swap::Swap;
use std::fs;

fn notices(office: &DemoOffice) -> Vec<String> {
    let sent = fs::read_dir(office.dir.join("sent")).into_iter().flatten().flatten();
    let own = sent.filter(|entry| entry.file_name().to_string_lossy().starts_with("notice-"));
    own.map(|entry| fs::read_to_string(entry.path()).unwrap()).collect()
}

#[test]
fn send_tells_whoever_wants_it_what_waits_for_them_and_tells_it_once() {
    let office = DemoOffice::new();
    let wants = "account = \"demo-beatrix-lund\"\nemail = \"beatrix.lund@office.example.invalid\"\n\
                 notices = [\"to_review\", \"healthcare_copies\"]";
    office.edit("despatch.toml", |text| text.swapped("account = \"demo-beatrix-lund\"", wants));
    let said = office.run(&["send", "--once"]).stdout;
    assert!(said.contains(&format!("told      {REVIEWER} what waits for them")), "{said}");
    let told = notices(&office);
    let [notice] = told.as_slice() else { panic!("{told:?}") };
    assert!(notice.contains("messages to review: ") && notice.contains("despatch outbox list"), "{notice}");
    for despatch in office.despatches() {
        for word in [&despatch["id"], &despatch["case_id"], &despatch["recipient"]["name"]] {
            assert!(!notice.contains(word.as_str().unwrap()), "{word}");
        }
    }
    office.run(&["send", "--once"]);
    assert_eq!(notices(&office).len(), 1);
    office.run(&["audit", "verify"]).expect(0);
}
