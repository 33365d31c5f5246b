//! Enters: people whose names are words of every email. Leaves: proof that nothing is held for that alone.
//! Never: lets the other half of such a name through.

use crate::support::office::{DemoOffice, appointment, drop_into, paper};

const REPORT: &[u8] = paper!("A made-up report.");

#[test]
fn nobody_is_held_up_for_being_called_like_a_day_a_month_or_a_document() {
    let office = DemoOffice::new();
    let names = ["Monday Eze", "April Document", "December Subject", "May Mon"];
    for (n, name) in (1..).zip(names) {
        let mut case = appointment(n, REPORT);
        case["person"]["name"] = name.into();
        case["home_office_reference"] = format!("Q770000{n}").into();
        drop_into(
            &office.dir.join("inbox"),
            &format!("name-{n}"),
            &case.to_string(),
            &[("report.pdf", REPORT)],
        );
    }
    office.run(&["run", "--once"]);
    let made = office.despatches();
    for (n, name) in (1..).zip(names) {
        let case = appointment(n, REPORT)["case_id"].clone();
        let of_case: Vec<_> = made.iter().filter(|one| one["case_id"] == case).collect();
        assert_eq!(of_case.len(), 6, "{name}");
        for one in of_case {
            let checks = one["checks"].as_array().expect("a list");
            let clear: Vec<_> = checks.iter().filter(|check| check["guard"] == "clear").collect();
            assert!(
                !clear.is_empty() && clear.iter().all(|check| check["outcome"] == "passed"),
                "{name}: {clear:?}"
            );
        }
    }
}
