//! Enters: requests as text, as they would come through a socket. Leaves: proof that an operation does and answers what
//! its command does. Never: starts the program where an operation is what is tested.

use crate::support::office::{DemoOffice, PREPARER, PROGRAM, REVIEWER, TODAY, appointment, paper};
use despatch_app::intake::LocalCase;
use despatch_app::operations::{Actor, Failure, OpenOffice, decisions, foresight, outbox, to_sign};
use despatch_core::clock::Clock;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fs;

fn open(office: &DemoOffice) -> OpenOffice {
    let clock = Clock::Fixed(TODAY.parse().unwrap());
    OpenOffice::open(&office.dir, clock, PROGRAM.into()).expect("an office")
}

fn actor(open: &OpenOffice, name: &str) -> Actor {
    Actor::of_process(&open.office, Some(&name.parse().unwrap()))
}

/// A request that has travelled as text.
fn request<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_str(&value.to_string()).expect("a request")
}

fn answer(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).expect("an answer")
}

#[test]
fn a_request_that_came_as_text_does_what_the_command_does_and_answers_as_its_json() {
    let office = DemoOffice::new();
    let listed = office.run(&["--json", "outbox", "list", "--state", "awaiting review"]).expect(0).json();
    let mut open = open(&office);
    let reviewer = actor(&open, REVIEWER);
    let wanted =
        request(json!({ "states": ["awaiting_review"], "case": null, "role": null, "page": 1, "limit": 50 }));
    assert_eq!(answer(&outbox::list(&mut open, &reviewer, wanted).unwrap()), listed);

    let ids: Vec<Value> =
        listed["despatches"].as_array().unwrap().iter().take(2).map(|one| one["id"].clone()).collect();
    let stop = json!({ "ids": ids, "stop": "hold", "reason": "wrong appointment" });
    let decided = decisions::stop(&mut open, &reviewer, request(stop.clone())).unwrap();
    assert_eq!(decided.len(), 2);
    for one in decided {
        assert_eq!(answer(&one.outcome.unwrap().state), "held");
    }
    // What is refused keeps nothing else from being done, and is told as its fault.
    let preparer = actor(&open, PREPARER);
    let approve = json!({ "ids": [ids[0], "999-1"], "message": null, "confirm": [] });
    let decided = decisions::approve(&mut open, &preparer, request(approve)).unwrap();
    assert!(decided.iter().all(|one| matches!(&one.outcome, Err(Failure::Faults(_)))), "{decided:?}");
    assert_eq!(decided.len(), 2);
    let empty = json!({ "ids": ids, "stop": "cancel", "reason": " " });
    let refused = decisions::stop(&mut open, &reviewer, request(empty));
    assert!(matches!(refused, Err(Failure::Request(fault)) if fault.code == "reason.empty"));
}

/// The reviewer's side signs what the office gives it, with nothing but texts between the two.
#[test]
fn what_is_to_be_signed_and_its_signature_travel_as_text() {
    let office = DemoOffice::new();
    let mut open = open(&office);
    let reviewer = actor(&open, REVIEWER);
    let ask = json!({ "ids": ["1-1"], "message": null, "confirm": [], "urgently": false });
    let asked = to_sign::to_sign(&mut open, &reviewer, request(ask)).unwrap();
    assert!(asked.is_none(), "this office asks for none");
    let signatures = json!({ "1-1": "a signature", "1-2": "another" });
    let approve = json!({ "ids": ["1-1"], "message": null, "confirm": [], "signatures": signatures });
    let approve: decisions::Approve = request(approve);
    assert_eq!(answer(&approve)["signatures"], signatures);
}

#[test]
fn whoever_is_not_on_the_staff_list_may_look_and_not_decide() {
    let office = DemoOffice::new();
    let mut open = open(&office);
    let nobody = Actor::of_process(&open.office, Some(&"nobody-known".parse().unwrap()));
    let all = request(json!({ "states": [], "case": null, "role": null, "page": 1, "limit": 50 }));
    let before = answer(&outbox::list(&mut open, &nobody, all).unwrap());
    let id = &before["despatches"][0]["id"];
    let approve = json!({ "ids": [id], "message": null, "confirm": [] });
    let refused = decisions::approve(&mut open, &nobody, request(approve)).unwrap_err();
    assert!(matches!(refused, Failure::Faults(faults) if faults[0].code == "actor.unknown"));
    let all = request(json!({ "states": [], "case": null, "role": null, "page": 1, "limit": 50 }));
    assert_eq!(answer(&outbox::list(&mut open, &nobody, all).unwrap()), before);
}

#[test]
fn a_case_file_that_travelled_with_its_attachments_is_foreseen_as_plan_foresees_it() {
    const REPORT: &[u8] = paper!("A made-up report.");
    let office = DemoOffice::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.json");
    fs::write(&file, appointment(1, REPORT).to_string()).unwrap();
    fs::write(folder.path().join("report.pdf"), REPORT).unwrap();
    let planned = office.run(&["--json", "plan", file.to_str().unwrap()]).expect(0).json();

    let mut open = open(&office);
    let preparer = actor(&open, PREPARER);
    let travelled = request(answer(&LocalCase::read(&file)));
    // Bytes came along: what lies there now is nothing to the operation.
    fs::remove_file(folder.path().join("report.pdf")).unwrap();
    let foreseen = foresight::foresee(&mut open, &preparer, travelled).unwrap();
    assert_eq!(answer(&foreseen), planned);
}
