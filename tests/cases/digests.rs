//! Enters: a demo office, and what people decide in it. Leaves: proof that what is due is what the record says, whoever asked
//! before and whatever was kept of the cases since. The events themselves are in `detentions::whole` and `line::whole`.
//! Never: looks inside what is kept, but to spoil it.

use super::*;
use crate::support::office::{REVIEWER, TODAY, event};
use serde_json::json;

const SECOND: &str = "tomasz-achebe";

fn board(office: &DemoOffice, today: &str) -> Value {
    office.on(today, &["--json", "deadlines"]).expect(0).json()["board"].take()
}

/// The despatches in a state, in order.
fn in_state(office: &DemoOffice, state: &str) -> Vec<String> {
    let all = office.despatches().into_iter().filter(|one| one["state"] == state);
    all.map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn what_is_due_follows_every_decision_at_once() {
    let office = DemoOffice::new();
    let due = |after: &str| {
        eprintln!("after {after}");
        for day in [TODAY, "2026-12-08"] {
            office.due_is_what_the_record_says(day);
        }
    };
    due("nothing");
    let waiting = in_state(&office, "awaiting_review");
    let [first, second, third, fourth, fifth, sixth] = &waiting[..6] else { panic!("{waiting:?}") };
    office.run_as(REVIEWER, &["outbox", "approve", first, second]).expect(0);
    due("an approval");
    office.run(&["send", "--once"]).expect(0);
    due("the sending");
    office.run_as(REVIEWER, &["outbox", "received", first]).expect(0);
    office.run_as(REVIEWER, &["outbox", "unopened", second, "--reason", "a wrong key"]).expect(0);
    due("what recipients said");
    office.run_as(REVIEWER, &["outbox", "hold", third, "--reason", "a question"]).expect(0);
    due("a hold");
    office.run_as(REVIEWER, &["outbox", "release", third, "--reason", "it is answered"]).expect(0);
    due("a release");
    office.run_as(REVIEWER, &["outbox", "return", fourth, "--reason", "a wrong day"]).expect(0);
    office.run_as(REVIEWER, &["outbox", "cancel", fifth, sixth, "--reason", "they know"]).expect(0);
    due("a return and a cancellation");
    let step = board(&office, TODAY)["unauthorised"][0]["case_file"].to_string();
    office.run_as(SECOND, &["authorise", &step]).expect(0);
    due("an authority");
    let last = office.sql("SELECT MAX(number) FROM submission WHERE state = 'queued' AND superseded = 0");
    office.run_as(SECOND, &["withdraw", &last, "--reason", "it did not happen"]).expect(0);
    due("a withdrawal");
    office.run_as(REVIEWER, &["litigation", "hold", "DEMO-0902", "--reason", "a claim"]).expect(0);
    let restrict =
        ["case", "restrict", "DEMO-0901", "--to", REVIEWER, "--to", SECOND, "--reason", "a colleague"];
    office.run_as(REVIEWER, &restrict).expect(0);
    due("what is decided about a whole case");
    office.run(&["audit", "verify"]).expect(0);
    // Its files go after their period, and the case with them.
    office.on("2036-01-04", &["purge", "--do"]);
    office.due_is_what_the_record_says("2036-01-04");
}

#[test]
fn a_later_file_of_a_case_counts_at_once() {
    let office = DemoOffice::new();
    office.drop_case("booked", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    office.due_is_what_the_record_says(TODAY);
    let serve = |board: &Value| board["deadlines"].to_string().matches("serve the letter in person").count();
    let before = serve(&board(&office, TODAY));
    let left = json!({ "type": "left_detention", "on": TODAY, "how": "released" });
    office.drop_case("left", &event(1, "left-1", left).to_string(), &[]);
    let said = office.run(&["run", "--once"]);
    assert!(said.stdout.contains("1 queued"), "{said:?}");
    office.due_is_what_the_record_says(TODAY);
    assert_eq!(serve(&board(&office, TODAY)) + 1, before, "who has left is served nothing in detention");
}

/// What is kept is no source of truth: what is spoilt or of another program is made anew, and the audit tells what somebody
/// has altered.
#[test]
fn what_is_kept_of_a_case_is_never_believed_over_its_record() {
    let office = DemoOffice::new();
    let before = board(&office, TODAY);
    for spoilt in
        ["''", "'{}'", "'[1, 2'", "replace(digest, '0.1.0 1', '0.0.9 1')", "replace(digest, '}', '')"]
    {
        office.sql(&format!("UPDATE running_case SET digest = {spoilt}"));
        assert_eq!(board(&office, TODAY), before, "{spoilt}");
    }
    office.run(&["audit", "verify"]).expect(0);
    office.sql("UPDATE running_case SET digest = replace(digest, '2026-11-24', '2027-11-24')");
    assert_ne!(board(&office, TODAY), before, "it is read");
    let said = office.run(&["audit", "verify"]).expect(1);
    assert!(said.stderr.contains("the case DEMO-0901") && said.stderr.contains("what is due"), "{said:?}");
}

/// A ledger of a program that kept nothing of the cases is read as it is.
#[test]
fn a_ledger_of_an_earlier_program_gets_what_it_lacks() {
    let office = DemoOffice::new();
    let before = board(&office, TODAY);
    office.sql("ALTER TABLE running_case DROP COLUMN digest");
    assert_eq!(board(&office, TODAY), before);
    office.due_is_what_the_record_says(TODAY);
}

#[test]
fn who_may_not_see_a_case_sees_nothing_of_it_whoever_asked_before() {
    let office = DemoOffice::new();
    let restrict =
        ["case", "restrict", "DEMO-0902", "--to", REVIEWER, "--to", SECOND, "--reason", "a colleague"];
    office.run_as(REVIEWER, &restrict).expect(0);
    let seen =
        |who: &str| office.run_as(who, &["--json", "deadlines"]).expect(0).stdout.contains("DEMO-0902");
    // The one who may see it asks between the two who may not, so that it is kept.
    assert_eq!([PREPARER, REVIEWER, PREPARER].map(seen), [false, true, false]);
}
