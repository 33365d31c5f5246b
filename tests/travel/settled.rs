//! What the staff of an office do before its first case: its settings, its directory, and the adoption of its pack.

use super::real::today;
use crate::support::directory::prove;
use crate::support::tools::{command, run};
use despatch_app::office::Office;
use despatch_core::clock::Clock;
use despatch_directory::entry::{Change, Way};
use despatch_directory::import;
use despatch_ledger::{Confirmation, Ledger, Terms};
use std::path::Path;

pub(crate) const SETTINGS: &str = r#"
mail_domain = "despatch.example.invalid"
[policy]
pack = "hoso-2022-09-12"
[[team]]
id = "casework"
name = "Detained Casework Team"
telephone = "020 7946 0177"
email = "casework@office.example.invalid"
address = ["1 Example Street", "Exampleton ZZ99 1ZZ"]
[[staff]]
id = "the-reviewer"
name = "The Reviewer"
account = "ACCOUNT"
reviewer = true
[[staff]]
id = "the-preparer"
name = "The Preparer"
account = "nobody"
reviewer = true
[addresses]
groups = ["dmrt-inbox@office.example.invalid", "healthcare-brook-house@office.example.invalid"]
[courier]
transport = "folder"
folder = "sent"
"#;

/// Has the staff of an office enter and verify a directory, and adopt the pack.
pub(crate) fn settle_in(dir: &Path) {
    enter_directory(dir);
    adopt(dir);
}

/// Has the staff of an office enter and verify a directory.
pub(crate) fn enter_directory(dir: &Path) {
    let entry = |id: &str, role: &str, more: &str| {
        let key = dir.with_file_name(format!("{id}.key"));
        run(command("age-keygen").arg("-o").arg(&key)).unwrap();
        let public = String::from_utf8(run(command("age-keygen").arg("-y").arg(&key)).unwrap()).unwrap();
        format!(
            "[[entry]]\nid = \"{id}\"\nrole = \"{role}\"\nname = \"The {role}\"\norganisation = \"Made up\"\n\
             email = \"{id}@office.example.invalid\"\nkeys = [\"{}\"]\n\
             {more}\n",
            public.trim()
        )
    };
    let directory = [
        entry("dmrt-inbox", "dmrt", ""),
        entry("caseworker-marisol", "caseworker", ""),
        entry("manager-ayesha", "casework_manager", ""),
        entry("healthcare-brook-house", "healthcare", "places = [\"brook-house\"]"),
        entry("harbour-lane-law", "representative", ""),
    ];
    settle(dir, &directory.concat());
}

/// One of its staff enters the directory, the other one verifies it.
fn settle(dir: &Path, directory: &str) {
    let office = Office::open(dir).expect("an office in order");
    let mut ledger = Ledger::open(&office.outbox()).expect("a ledger");
    let now = Clock::System.now();
    let [one, other, ..] = office.config.staff.as_slice() else { panic!("two members of staff") };
    let entered = Change::new(one.id.clone(), now.today);
    let entries = import::read("directory.toml", directory, &entered).expect("a sound directory");
    ledger
        .put_entries(entries.clone(), &office.config.addresses, one, now)
        .expect("a ledger")
        .expect("no fault");
    for entry in entries {
        prove(dir, Clock::System, entry.id.as_str());
        let heard = Confirmation {
            fingerprints: entry.fingerprints(),
            email: entry.email,
            way: Way::InPerson,
            how: "a test".to_owned(),
            until: None,
        };
        ledger.verify_entry(&entry.id, &heard, &office.config.addresses, other, now).expect("verified");
    }
}

/// Two of its staff adopt the pack, which is no longer in force.
fn adopt(dir: &Path) {
    let office = Office::open(dir).expect("an office in order");
    let mut ledger = Ledger::open(&office.outbox()).expect("a ledger");
    let (now, expires) = (Clock::System.now(), today().succ_opt().unwrap());
    let terms = Terms { reason: "a test with made-up cases".to_owned(), expires };
    for (staff, terms) in office.config.staff.iter().zip([Some(&terms), None]) {
        let text = office.packs.text(&office.config.pack).expect("the pack");
        ledger.adopt((&office.config.pack, text.sha256), staff, terms, now).expect("an adoption");
    }
}
