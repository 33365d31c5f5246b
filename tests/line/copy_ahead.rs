//! The healthcare team's copy goes although another part of its file is at fault, and the rest is told (G19).

use super::{REPORT, said_lines, tidy_office, words};
use crate::support::office::{DemoOffice, report_received};
use serde_json::{Value, json};

const ATTACHED: &[(&str, &[u8])] = &[("report.pdf", REPORT)];

type Change = fn(&mut Value);

/// What one run says of a case file: its findings, and all that it prints beside them.
fn process(office: &DemoOffice, name: &str, case: &Value) -> (Vec<Value>, String) {
    office.drop_case(name, &case.to_string(), ATTACHED);
    let said = office.run(&["--json", "run", "--once"]);
    let ours = |line: &Value| line["file"].as_str().is_some_and(|file| file.starts_with(name));
    let found = said_lines(&said).into_iter().filter(ours).collect();
    (found, format!("{}{}", said.stdout, said.stderr))
}

fn kinds(office: &DemoOffice) -> Vec<String> {
    let all = office.despatches();
    let all = all.iter().filter(|one| one["case_id"] == "TEST-00001");
    all.map(|one| format!("{} {}", words(&one["planned"]["kind"]), words(&one["state"]))).collect()
}

/// The changes by which the whole file is rejected, and what the alarm says.
const AT_FAULT: [(&str, Change, &str); 3] = [
    (
        "the manager's grade",
        |case| case["manager"]["grade"] = json!("EO"),
        "the caseworker must see to it now",
    ),
    ("no manager", |case| case["manager"] = Value::Null, "the caseworker must see to it now"),
    ("a child", |case| case["person"]["date_of_birth"] = json!("2010-05-17"), "and the casework manager"),
];

#[test]
fn the_copy_goes_the_rest_is_rejected_and_the_mended_file_does_not_send_it_twice() {
    for (name, change, alarm) in AT_FAULT {
        let office = tidy_office();
        let sound = report_received(1, REPORT);
        let mut faulty = sound.clone();
        change(&mut faulty);
        let (found, said) = process(&office, "faulty", &faulty);
        let outcomes: Vec<&str> = found.iter().map(|one| words(&one["outcome"])).collect();
        assert_eq!(outcomes, ["queued", "rejected"], "{name}: {said}");
        assert!(said.contains("ALARM") && said.contains(alarm), "{name}: {said}");
        assert!(!said.contains("Selamawit"), "{name}: {said}");
        assert_eq!(kinds(&office).len(), 1, "{name}");
        assert!(kinds(&office)[0].starts_with("report-to-healthcare"), "{name}: {:?}", kinds(&office));
        let board = office.run(&["deadlines"]).expect(0).stdout;
        assert!(board.contains("the rest of its file was rejected"), "{name}: {board}");
        // The same fault again, in other bytes, makes no second copy.
        let mut again = faulty.clone();
        again["representative"]["reference"] = json!("HLL/again");
        let (found, _) = process(&office, "again", &again);
        let outcomes: Vec<&str> = found.iter().map(|one| words(&one["outcome"])).collect();
        assert_eq!(outcomes, ["rejected"], "{name}");
        let (found, _) = process(&office, "mended", &sound);
        let made: Vec<&str> = found[0]["despatches"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| words(&one["planned"]["kind"]))
            .collect();
        assert_eq!(made, ["referral", "referral"], "{name}");
        let copies = kinds(&office).iter().filter(|kind| kind.starts_with("report-to-healthcare")).count();
        assert_eq!(copies, 1, "{name}");
        office.run(&["audit", "verify"]).expect(0);
    }
}

/// Who, where, what and from whom: where one of these is in doubt nothing goes.
#[test]
fn what_concerns_the_copy_itself_stops_it() {
    let stops: [(&str, Change); 4] = [
        ("no name", |case| case["person"]["name"] = json!("")),
        ("no such place", |case| case["detention"]["place"] = json!("nowhere")),
        ("no such preparer", |case| case["prepared_by"] = json!("nobody")),
        ("no document", |case| case["attachments"] = json!([])),
    ];
    for (name, change) in stops {
        let office = tidy_office();
        let mut case = report_received(1, REPORT);
        case["manager"]["grade"] = json!("EO");
        change(&mut case);
        let (found, _) = process(&office, "faulty", &case);
        let outcomes: Vec<&str> = found.iter().map(|one| words(&one["outcome"])).collect();
        assert_eq!(outcomes, ["rejected"], "{name}");
        assert!(kinds(&office).is_empty(), "{name}");
    }
}
